/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions and login, while other threads open and close sessions. The fake
 * TPM calls back while it works: what happens there happens at that moment.
 */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "token_fixture.h"

#include "session/op.h"

#define RW (CKF_SERIAL_SESSION | CKF_RW_SESSION)
#define RO CKF_SERIAL_SESSION

struct world {
	struct fixture *f;
	struct slots *slots;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE one, two;
	pthread_t closer;
	pthread_t other;
};

static CK_SESSION_HANDLE
open_one(struct world *w, CK_FLAGS flags)
{
	CK_SESSION_HANDLE h = 0;

	assert_rv(CKR_OK, session_open(w->slots, w->slot, flags, &h));
	return h;
}

static CK_RV
login(struct world *w, CK_SESSION_HANDLE h, CK_USER_TYPE user, struct bytes pin)
{
	struct session *s = NULL;

	assert_rv(CKR_OK, session_enter(w->slots, h, NEED_ANY, &s));
	return session_leave(s, session_login(s, user, pin));
}

static CK_STATE
state_of(struct world *w, CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_SESSION_INFO info = { 0 };

	assert_rv(CKR_OK, session_enter(w->slots, h, NEED_ANY, &s));
	session_info(s, &info);
	assert_rv(CKR_OK, session_leave(s, CKR_OK));
	return info.state;
}

/* A token "one" with both PINs, and two sessions on it. */
static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	assert_int_equal(0, fixture_token(state));
	w->f = *state;
	core_close(w->f->core);
	w->f->core = NULL;
	assert_rv(CKR_OK, slots_open(w->f->conf, &w->slots));
	w->slot = w->slots->list[0]->id;
	w->one = open_one(w, RW);
	w->two = open_one(w, RW);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	slots_close(w->slots);
	*state = w->f;
	free(w);
	return fixture_close(state);
}

static void *
close_first(void *arg)
{
	struct world *w = arg;

	assert_rv(CKR_OK, session_close(w->slots, w->one));
	return NULL;
}

/* Another thread closes the session whose call runs: it has left the table, and waits. */
static void
close_first_meanwhile(struct world *w)
{
	unsigned before = w->slots->list[0]->session_count;
	unsigned now = before;

	assert_int_equal(0, pthread_create(&w->closer, NULL, close_first, w));
	while (now == before) {
		sched_yield();
		pthread_mutex_lock(&w->slots->lock);
		now = w->slots->list[0]->session_count;
		pthread_mutex_unlock(&w->slots->lock);
	}
}

static void
close_both(void *arg)
{
	struct world *w = arg;

	close_first_meanwhile(w);
	assert_rv(CKR_OK, session_close(w->slots, w->two));
}

static void
a_login_does_not_outlive_the_last_session(void **state)
{
	struct world *w = *state;

	fake_tpm.during = close_both;
	fake_tpm.during_arg = w;
	assert_rv(CKR_OK, login(w, w->one, CKU_USER, USER_PIN));
	pthread_join(w->closer, NULL);
	assert_int_equal(CKS_RW_PUBLIC_SESSION, state_of(w, open_one(w, RW)));
}

static void
close_both_and_come_again(void *arg)
{
	struct world *w = arg;

	assert_rv(CKR_OK, session_close(w->slots, w->two));
	close_first_meanwhile(w);
	w->two = open_one(w, RW);
}

static void
a_close_does_not_log_out_those_who_came_since(void **state)
{
	struct world *w = *state;

	fake_tpm.during = close_both_and_come_again;
	fake_tpm.during_arg = w;
	assert_rv(CKR_OK, login(w, w->one, CKU_USER, USER_PIN));
	pthread_join(w->closer, NULL);
	assert_int_equal(CKS_RW_USER_FUNCTIONS, state_of(w, w->two));
}

static void *
second_so(void *arg)
{
	struct world *w = arg;

	assert_rv(CKR_USER_ALREADY_LOGGED_IN, login(w, w->two, CKU_SO, SO_PIN));
	return NULL;
}

/* While one login of the SO runs, another waits for it. */
static void
come_as_so(void *arg)
{
	struct world *w = arg;
	CK_SESSION_HANDLE h = 0;
	unsigned entering = 0;

	assert_int_equal(0, pthread_create(&w->other, NULL, second_so, w));
	while (entering < 2) {
		sched_yield();
		pthread_mutex_lock(&w->slots->lock);
		entering = w->slots->list[0]->so_enters;
		pthread_mutex_unlock(&w->slots->lock);
	}
	assert_rv(CKR_SESSION_READ_WRITE_SO_EXISTS, session_open(w->slots, w->slot, RO, &h));
}

static void
no_read_only_session_comes_while_the_so_logs_in(void **state)
{
	struct world *w = *state;
	CK_SESSION_HANDLE h = 0;

	fake_tpm.during = come_as_so;
	fake_tpm.during_arg = w;
	assert_rv(CKR_OK, login(w, w->one, CKU_SO, SO_PIN));
	pthread_join(w->other, NULL);
	assert_rv(CKR_SESSION_READ_WRITE_SO_EXISTS, session_open(w->slots, w->slot, RO, &h));
	assert_rv(CKR_OK, session_close_all(w->slots, w->slot));
	(void)open_one(w, RO);
}

/* What another process does, as far as this one can see. */
static void
make_token_elsewhere(struct world *w, CK_SLOT_ID id)
{
	static const char label[] = "made elsewhere                  ";
	struct slots *other = NULL;

	assert_rv(CKR_OK, slots_open(w->f->conf, &other));
	assert_rv(CKR_OK, slot_init_token(other, id, SO_PIN, bytes_of(label, sizeof(label) - 1)));
	slots_close(other);
}

static CK_ULONG
found_by(struct world *w, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE list[2];
	struct session *s = NULL;
	CK_ULONG n = 99;

	assert_rv(CKR_OK, session_enter(w->slots, h, NEED_SESSION, &s));
	assert_rv(CKR_OK, op_find_init(s, NULL, 0));
	assert_rv(CKR_OK, op_find(s, list, 2, &n));
	assert_rv(CKR_OK, op_find_final(s));
	assert_rv(CKR_OK, session_leave(s, CKR_OK));
	return n;
}

static void
an_error_ends_a_search(void **state)
{
	struct world *w = *state;
	struct session *s = NULL;
	CK_OBJECT_HANDLE list[2];
	CK_ULONG n = 0;
	CK_RV failed = CKR_OK, after = CKR_OK;

	assert_rv(CKR_OK, session_enter(w->slots, w->one, NEED_SESSION, &s));
	assert_rv(CKR_OK, op_find_init(s, NULL, 0));
	fixture_sql(w->f, "UPDATE token SET flags = 0; ALTER TABLE object RENAME TO away");
	failed = op_find(s, list, 2, &n);
	fixture_sql(w->f, "UPDATE token SET flags = 0; ALTER TABLE away RENAME TO object");
	after = op_find(s, list, 2, &n);
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, session_leave(s, op_find_final(s)));
	assert_rv(CKR_DEVICE_ERROR, failed);
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, after);
	assert_int_equal(0, found_by(w, w->one));
}

static void
a_session_without_token_stays_so(void **state)
{
	struct world *w = *state;
	CK_SLOT_ID empty = w->slots->list[1]->id;
	CK_SESSION_HANDLE before = 0, after = 0;
	struct session *s = NULL;
	CK_ULONG n = 0;

	assert_rv(CKR_OK, session_open(w->slots, empty, RW, &before));
	assert_rv(CKR_SESSION_EXISTS, slot_init_token(w->slots, empty, SO_PIN, SO_PIN));
	make_token_elsewhere(w, empty);
	assert_rv(CKR_OK, slots_list(w->slots, NULL, &n));
	assert_int_equal(3, n);
	assert_rv(CKR_OK, session_open(w->slots, empty, RW, &after));
	assert_rv(CKR_OK, login(w, after, CKU_SO, SO_PIN));
	assert_int_equal(CKS_RW_SO_FUNCTIONS, state_of(w, after));
	assert_rv(CKR_USER_NOT_LOGGED_IN, session_enter(w->slots, before, NEED_ANY, &s));
	assert_int_equal(0, found_by(w, before));
	assert_rv(CKR_OK, session_close(w->slots, before));
	assert_int_equal(CKS_RW_SO_FUNCTIONS, state_of(w, after));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_login_does_not_outlive_the_last_session),
		CASE(a_close_does_not_log_out_those_who_came_since),
		CASE(no_read_only_session_comes_while_the_so_logs_in),
		CASE(an_error_ends_a_search),
		CASE(a_session_without_token_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
