/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens: making, finding, fork, random numbers, the doctor.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "token_fixture.h"

#include "token/token_private.h"

/* --- making --- */

static void
a_new_token_is_there_with_its_label_and_without_user_pin(void **state)
{
	struct fixture *f = *state;
	struct token_request rq = { .label = LITERAL("first"), .so_pin = SO_PIN };
	struct token_info info;
	struct token *t = NULL;
	int64_t next = 0;

	assert_int_equal(0, core_token_count(f->core));
	assert_rv(CKR_OK, core_next_token_id(f->core, &next));
	rq.id = next;
	assert_rv(CKR_OK, token_init(f->core, &rq, &t));
	assert_int_equal(1, core_token_count(f->core));
	assert_rv(CKR_OK, token_info(t, &info));
	assert_true(info.id == next && info.id == token_id(t));
	assert_string_equal("first", info.label);
	assert_int_equal(16, strlen(info.serial));
	assert_string_equal("owner", info.parent);
	assert_int_equal(0x81000001, info.parent_handle);
	assert_false(info.user_pin_set);
	assert_true(info.caps_known);
	assert_int_equal(6, info.tries_max);
	assert_rv(CKR_USER_PIN_NOT_INITIALIZED, token_login(t, TOKEN_USER, USER_PIN));
}

static void
a_token_of_another_id_than_expected_is_not_made(void **state)
{
	struct fixture *f = *state;
	struct token_request rq = { .label = LITERAL("x"), .so_pin = SO_PIN, .id = 5 };
	struct token *t = NULL;

	assert_rv(CKR_FUNCTION_FAILED, token_init(f->core, &rq, &t));
	assert_int_equal(0, core_token_count(f->core));
}

static void
bad_requests_are_refused_without_a_command(void **state)
{
	static const struct {
		const char *label;
		const char *pin;
		const char *parent;
		CK_RV rv;
	} rows[] = {
		{ "", "so-pin-1", NULL, CKR_ARGUMENTS_BAD },
		{ "123456789012345678901234567890123", "so-pin-1", NULL, CKR_ARGUMENTS_BAD },
		{ "one", "so-pin-1", NULL, CKR_ARGUMENTS_BAD }, /* exists */
		{ "two", "123", NULL, CKR_PIN_LEN_RANGE },
		{ "two", "so-pin-1", "nonsense", CKR_ARGUMENTS_BAD },
		{ "two", "so-pin-1", "0x80000001", CKR_ARGUMENTS_BAD },
		{ "two", "so-pin-1", "persistent", CKR_ARGUMENTS_BAD },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct token_request rq = { .label = bytes_str(rows[i].label),
			.so_pin = bytes_str(rows[i].pin),
			.parent = rows[i].parent };
		struct token *t = NULL;
		unsigned calls = fake_tpm.calls;

		assert_rv(rows[i].rv, token_init(f->core, &rq, &t));
		assert_int_equal(calls, fake_tpm.calls);
	}
	assert_int_equal(1, core_token_count(f->core));
}

static void
a_wrong_owner_authorisation_is_not_called_a_wrong_pin(void **state)
{
	struct fixture *f = *state;
	struct token_request rq = {
		.label = LITERAL("x"), .so_pin = SO_PIN, .hierarchy_auth = LITERAL("wrong")
	};
	struct token *t = NULL;

	assert_rv(CKR_DEVICE_ERROR, token_init(f->core, &rq, &t));
	rq.hierarchy_auth = LITERAL("owner");
	assert_rv(CKR_OK, token_init(f->core, &rq, &t));
}

static void
making_a_token_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct token_request rq = { .label = LITERAL("x"), .so_pin = SO_PIN };
	struct token *t = NULL;
	unsigned failures = 0;
	CK_RV rv = CKR_DEVICE_ERROR;

	for (unsigned n = 1; rv != CKR_OK; n++) {
		fake_tpm.calls = 0;
		fake_tpm.fail_at = n;
		rv = token_init(f->core, &rq, &t);
		if (rv == CKR_OK)
			break;
		assert_rv(CKR_DEVICE_ERROR, rv);
		assert_int_equal(0, core_token_count(f->core));
		failures++;
	}
	assert_true(failures >= 3); /* parent, random, seal at least */
	assert_int_equal(1, core_token_count(f->core));
}

static void
initialising_again_needs_the_so_pin_and_destroys_everything(void **state)
{
	struct fixture *f = *state;
	struct token_request rq = {
		.label = LITERAL("renamed"), .so_pin = LITERAL("wrong-pin"), .again = f->token
	};
	struct token_info before;
	struct token_info after;
	struct token *t = NULL;
	uint64_t handle = make_data(f, "public", true, false);

	make_data(f, "session", false, false);
	assert_rv(CKR_OK, token_info(f->token, &before));
	assert_rv(CKR_PIN_INCORRECT, token_init(f->core, &rq, &t));
	assert_rv(CKR_OK, try_get(f->token, handle));
	rq.so_pin = SO_PIN;
	assert_rv(CKR_OK, token_init(f->core, &rq, &t));
	assert_ptr_equal(f->token, t);
	assert_rv(CKR_OK, token_info(t, &after));
	assert_true(before.id == after.id);
	assert_string_equal(before.serial, after.serial);
	assert_string_equal("renamed", after.label);
	assert_false(after.user_pin_set);
	assert_int_equal(ROLE_PUBLIC, token_role(t));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(t, handle));
	assert_int_equal(0, find_label(t, NULL, NULL));
	assert_rv(CKR_OK, token_login(t, TOKEN_SO, SO_PIN));
	assert_rv(CKR_OK, token_init_pin(t, USER_PIN));
	assert_rv(CKR_OK, token_logout(t));
	assert_rv(CKR_OK, token_login(t, TOKEN_USER, USER_PIN));
}

static void
a_failed_second_initialisation_leaves_the_token_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct token_request rq = {
		.label = LITERAL("renamed"), .so_pin = SO_PIN, .again = f->token
	};
	uint64_t key = make_ec(f, "key");
	struct token *t = NULL;

	for (unsigned n = 1; n <= 4; n++) {
		fake_tpm.calls = 0;
		fake_tpm.fail_at = n;
		assert_rv(CKR_DEVICE_ERROR, token_init(f->core, &rq, &t));
	}
	fake_tpm.fail_at = 0;
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(2, find_label(f->token, "key", &key));
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
}

static void
tokens_are_found_by_label_serial_or_being_the_only_one(void **state)
{
	struct fixture *f = *state;
	struct token_info info;
	struct token *t = NULL;

	assert_rv(CKR_OK, core_token_find(f->core, NULL, &t));
	assert_ptr_equal(f->token, t);
	assert_rv(CKR_OK, token_info(t, &info));
	fixture_init(f->core, "two");
	assert_rv(CKR_ARGUMENTS_BAD, core_token_find(f->core, NULL, &t));
	assert_rv(CKR_ARGUMENTS_BAD, core_token_find(f->core, "three", &t));
	assert_rv(CKR_OK, core_token_find(f->core, info.serial, &t));
	assert_ptr_equal(f->token, t);
	assert_rv(CKR_OK, core_token_find(f->core, "two", &t));
	assert_ptr_not_equal(f->token, t);
}

static void
a_token_that_another_process_made_is_seen(void **state)
{
	struct fixture *f = *state;
	struct core *other = NULL;

	assert_rv(CKR_OK, core_open(f->conf, &other));
	fixture_init(other, "by another");
	assert_int_equal(0, core_token_count(f->core));
	assert_rv(CKR_OK, core_refresh(f->core));
	assert_int_equal(1, core_token_count(f->core));
	core_close(other);
}

static void
a_token_whose_row_is_gone_is_marked(void **state)
{
	struct fixture *f = *state;
	struct token_info info;

	fixture_sql(f, "DELETE FROM token");
	assert_rv(CKR_OK, core_refresh(f->core));
	assert_true(token_is_gone(f->token));
	assert_rv(CKR_TOKEN_NOT_PRESENT, token_info(f->token, &info));
}

/* A directory that others may write to stands for all that makes a store unusable for a while. */
static void
a_store_that_can_be_used_again_is_used(void **state)
{
	struct fixture *f = *state;
	struct core *late = NULL;

	assert_int_equal(0, chmod(f->dir, 0777));
	assert_rv(CKR_OK, core_open(f->conf, &late));
	assert_true(core_store_state(late) != CKR_OK);
	assert_int_equal(0, core_token_count(late));
	assert_int_equal(0, chmod(f->dir, 0700));
	assert_rv(CKR_OK, core_refresh(late));
	assert_rv(CKR_OK, core_store_state(late));
	assert_int_equal(1, core_token_count(late));
	core_close(late);
}

static void
opening_and_looking_sends_no_command(void **state)
{
	struct fixture *f = *state;
	struct token_info info;
	unsigned calls = fake_tpm.calls;

	fake_tpm.absent = true;
	fixture_reopen(f);
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(0, find_label(f->token, NULL, NULL));
	assert_int_equal(calls, fake_tpm.calls);
}

/* --- fork --- */

static int
exit_of(pid_t pid)
{
	int status = -1;

	assert_true(pid > 0);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

/* What the child of a fork does in C_Initialize. */
static int
child(struct fixture *f)
{
	struct core *fresh = NULL;

	core_abandon(f->core);
	if (core_open(f->conf, &fresh) != CKR_OK)
		return 1;
	if (token_role(core_token(fresh, 0)) != ROLE_PUBLIC)
		return 2;
	if (token_login(core_token(fresh, 0), TOKEN_USER, USER_PIN) != CKR_OK)
		return 3;
	core_close(fresh);
	return 0;
}

static void
a_forked_child_starts_clean_and_the_parent_goes_on(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	pid_t pid = fork();

	if (pid == 0)
		_exit(child(f));
	assert_int_equal(0, exit_of(pid));
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
	assert_int_equal(2, find_label(f->token, "key", NULL));
}

static int
child_without_store(struct fixture *f)
{
	struct core *fresh = NULL;

	core_abandon(f->core);
	if (core_open(f->conf, &fresh) != CKR_OK)
		return 1;
	if (core_token_count(fresh) != 0)
		return 2;
	if (core_store_state(fresh) != CKR_FUNCTION_FAILED)
		return 3;
	core_close(fresh);
	return 0;
}

/* SQLite would wait for locks that nobody gives back, and take none. */
static void
a_child_of_a_process_that_was_writing_uses_no_store(void **state)
{
	struct fixture *f = *state;
	pid_t pid = 0;

	assert_rv(CKR_OK, store_begin(f->core->store));
	pid = fork();
	if (pid == 0)
		_exit(child_without_store(f));
	assert_int_equal(0, exit_of(pid));
	store_rollback(f->core->store);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
}

/* As it is while another thread drops objects: in the list, but freed already. */
static void
a_child_leaves_what_a_thread_was_changing(void **state)
{
	struct fixture *f = *state;
	struct object *first = NULL;
	pid_t pid = 0;

	pthread_mutex_lock(&f->token->lock);
	first = f->token->objects.list[0];
	f->token->objects.list[0] = (struct object *)16;
	pid = fork();
	if (pid == 0)
		_exit(child(f));
	f->token->objects.list[0] = first;
	pthread_mutex_unlock(&f->token->lock);
	assert_int_equal(0, exit_of(pid));
}

/* --- random, doctor --- */

static void
random_asks_the_tpm_once_per_64_kib_and_works_without(void **state)
{
	struct fixture *f = *state;
	uint8_t a[32768] = { 0 };
	uint8_t b[32] = { 0 };
	unsigned calls = fake_tpm.calls;

	assert_rv(CKR_OK, core_random(f->core, a, 0));
	assert_int_equal(calls, fake_tpm.calls);
	assert_rv(CKR_OK, core_random(f->core, b, sizeof b));
	assert_int_equal(calls + 1, fake_tpm.calls);
	assert_rv(CKR_OK, core_random(f->core, a, sizeof a));
	assert_rv(CKR_OK, core_random(f->core, a, sizeof a));
	assert_int_equal(calls + 1, fake_tpm.calls);
	fake_tpm.absent = true;
	assert_rv(CKR_OK, core_random(f->core, a, sizeof a));
	assert_int_equal(calls + 2, fake_tpm.calls);
	assert_memory_not_equal(a, b, sizeof b);
}

struct findings {
	unsigned count[FINDING_BAD + 1];
	bool tpm_bad;
};

static void
see_finding(void *arg, const struct finding *f)
{
	struct findings *all = arg;

	all->count[f->state]++;
	assert_true(f->check[0] != '\0' && f->text[0] != '\0');
	if (f->state == FINDING_BAD)
		assert_true(f->remedy[0] != '\0');
	all->tpm_bad |= f->state == FINDING_BAD && strcmp(f->check, "tpm") == 0;
}

static void
the_doctor_finds_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	struct findings well = { 0 };
	struct findings ill = { 0 };

	assert_rv(CKR_OK, core_examine(f->core, "/usr/lib", see_finding, &well));
	assert_int_equal(0, well.count[FINDING_BAD]);
	assert_int_equal(2, well.count[FINDING_WARNING]); /* lockout authorisation; /usr/lib itself
							     is no module */
	fake_tpm.absent = true;
	assert_rv(CKR_OK, core_examine(f->core, "/nowhere/module.so", see_finding, &ill));
	assert_true(ill.tpm_bad);
	assert_int_equal(2, ill.count[FINDING_BAD]);
}

#define EMPTY(test) cmocka_unit_test_setup_teardown(test, fixture_empty, fixture_close)
#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMPTY(a_new_token_is_there_with_its_label_and_without_user_pin),
		EMPTY(a_token_of_another_id_than_expected_is_not_made),
		TOKEN(bad_requests_are_refused_without_a_command),
		EMPTY(a_wrong_owner_authorisation_is_not_called_a_wrong_pin),
		EMPTY(making_a_token_is_all_or_nothing),
		USER(initialising_again_needs_the_so_pin_and_destroys_everything),
		USER(a_failed_second_initialisation_leaves_the_token_as_it_was),
		TOKEN(tokens_are_found_by_label_serial_or_being_the_only_one),
		EMPTY(a_token_that_another_process_made_is_seen),
		TOKEN(a_token_whose_row_is_gone_is_marked),
		TOKEN(a_store_that_can_be_used_again_is_used),
		TOKEN(opening_and_looking_sends_no_command),
		USER(a_forked_child_starts_clean_and_the_parent_goes_on),
		TOKEN(a_child_of_a_process_that_was_writing_uses_no_store),
		TOKEN(a_child_leaves_what_a_thread_was_changing),
		EMPTY(random_asks_the_tpm_once_per_64_kib_and_works_without),
		TOKEN(the_doctor_finds_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
