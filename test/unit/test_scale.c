/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store of 20,000 objects against one of 300: what SQLite does for a search,
 * a login and a handle, counted in statements, rows and loops, and how much
 * memory reading everything takes. No timing.
 */
#include "config.h"

#include <malloc.h>
#include <stdio.h>

#include <sqlite3.h>

#include "fill/fill.h"
#include "token_fixture.h"

#define SMALL 300 /* more than a login checks row by row */
#define LARGE 20000

/* Objects in memory are reckoned to take 1 MiB, SQLite's pages take 2; the rest is for what is not
 * reckoned. */
#define MEMORY_MAX (5u << 20)

/* --- what SQLite does ---------------------------------------------------------------------------
 */

static unsigned long sqlite_steps;

static int
on_statement_or_row(unsigned what, void *arg, void *statement, void *text)
{
	(void)what;
	(void)arg;
	(void)statement;
	(void)text;
	sqlite_steps++;
	return 0;
}

static int
on_loop(void *arg)
{
	(void)arg;
	sqlite_steps++;
	return 0;
}

static int
watch(sqlite3 *db, char **error, const void *api)
{
	(void)error;
	(void)api;
	sqlite3_trace_v2(db, SQLITE_TRACE_STMT | SQLITE_TRACE_ROW, on_statement_or_row, NULL);
	sqlite3_progress_handler(db, 1, on_loop, NULL);
	return SQLITE_OK;
}

/* --- jobs that must not grow --------------------------------------------------------------------
 */

struct search {
	const char *name;
	uint64_t type; /* 0: none */
	const char *text;
	uint64_t number;
};

static const struct search searches[] = {
	{ "all objects", 0, NULL, 0 },
	{ "data by class", CKA_CLASS, NULL, CKO_DATA },
	{ "private keys by class", CKA_CLASS, NULL, CKO_PRIVATE_KEY },
	{ "a label", CKA_LABEL, "copy 7", 0 },
	{ "an id", CKA_ID, "copy 7", 0 },
	{ "a label that is not there", CKA_LABEL, "nothing", 0 },
	{ "a unique id that is not there", CKA_UNIQUE_ID, "nothing", 0 },
};

#define SEARCHES (sizeof searches / sizeof *searches)

struct costs {
	unsigned long search[SEARCHES][2]; /* without and with a login */
	unsigned long login;
	unsigned long handle;
};

static void
search_first(struct token *t, const struct search *s)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct find *find = NULL;
	uint64_t handle = 0;
	size_t count = 0;

	if (s->text != NULL)
		give(&wanted, s->type, bytes_str(s->text));
	else if (s->type != 0)
		give_u64(&wanted, s->type, s->number);
	assert_rv(CKR_OK, find_start(t, &wanted, &find));
	assert_rv(CKR_OK, find_next(find, &handle, 1, &count));
	find_free(find);
	attrs_free(&wanted);
}

/* From nothing in memory to the first result. */
static unsigned long
search_cost(struct fixture *f, const struct search *s, bool login)
{
	unsigned long login_steps = 0;

	sqlite_steps = 0;
	fixture_reopen(f);
	if (login) {
		unsigned long before = sqlite_steps;

		assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
		login_steps = sqlite_steps - before;
	}
	search_first(f->token, s);
	return sqlite_steps - login_steps;
}

static unsigned long
login_cost(struct fixture *f)
{
	fixture_reopen(f);
	sqlite_steps = 0;
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	return sqlite_steps;
}

static unsigned long
handle_cost(struct fixture *f)
{
	uint64_t handle = 0;

	assert_int_equal(1, find_label(f->token, "copy 9", &handle));
	sqlite_steps = 0;
	assert_rv(CKR_OK, try_get(f->token, handle));
	return sqlite_steps;
}

static void
costs_measure(struct fixture *f, struct costs *out)
{
	for (size_t i = 0; i < SEARCHES; i++)
		for (int login = 0; login < 2; login++)
			out->search[i][login] = search_cost(f, &searches[i], login);
	out->login = login_cost(f);
	out->handle = handle_cost(f);
}

/* --- the store ----------------------------------------------------------------------------------
 */

struct scale {
	struct fixture *fixture;
	struct costs small;
};

static void
fill_from(struct fixture *f, uint64_t handle, size_t first, size_t count)
{
	struct object *o = NULL;

	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_rv(CKR_OK, fill_copies(f->token, o, first, count));
	object_put(o);
}

/* Half of them are private, and some of those are keys. */
static void
fill_all(struct fixture *f, size_t first, size_t count)
{
	uint64_t handle = 0;

	fill_from(f, make_data(f, "public", true, false), first, count / 2);
	fill_from(
		f, make_data(f, "private", true, true), first + count / 2, count / 2 - count / 20);
	assert_int_equal(2, find_label(f->token, "key", &handle));
	fill_from(f, handle, first + count - count / 20, count / 20);
}

/* The small store is measured while it is small. */
static int
setup(void **state)
{
	static struct scale s;

	sqlite3_auto_extension((void (*)(void))watch);
	fixture_user((void **)&s.fixture);
	make_ec(s.fixture, "key");
	fill_all(s.fixture, 0, SMALL);
	costs_measure(s.fixture, &s.small);
	fill_all(s.fixture, SMALL, LARGE - SMALL);
	*state = &s;
	return 0;
}

static int
teardown(void **state)
{
	struct scale *s = *state;

	sqlite3_cancel_auto_extension((void (*)(void))watch);
	return fixture_close((void **)&s->fixture);
}

/* --- cases --------------------------------------------------------------------------------------
 */

static void
no_more(const char *what, unsigned long small, unsigned long large)
{
	/* The log and the depth of an index make a step or two. */
	if (large > small + 2)
		fail_msg("%s: %lu steps in a small store, %lu in a large one", what, small, large);
}

static void
a_first_result_costs_the_same_in_a_large_store(void **state)
{
	struct scale *s = *state;
	struct costs large;

	costs_measure(s->fixture, &large);
	for (size_t i = 0; i < SEARCHES; i++)
		for (int login = 0; login < 2; login++)
			no_more(searches[i].name, s->small.search[i][login],
				large.search[i][login]);
	no_more("a login", s->small.login, large.login);
	no_more("a handle", s->small.handle, large.handle);
}

static size_t
memory_used(void)
{
	return mallinfo2().uordblks;
}

/* As a program that lists a token does it: search, and look at each. The most memory meanwhile. */
static size_t
read_everything(struct fixture *f, size_t *seen)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct find *find = NULL;
	uint64_t handles[100];
	size_t before = memory_used();
	size_t peak = before;
	size_t count = 0;

	*seen = 0;
	assert_rv(CKR_OK, find_start(f->token, &wanted, &find));
	do {
		assert_rv(CKR_OK, find_next(find, handles, 100, &count));
		for (size_t i = 0; i < count; i++)
			assert_rv(CKR_OK, try_get(f->token, handles[i]));
		peak = memory_used() > peak ? memory_used() : peak;
		*seen += count;
	} while (count > 0);
	find_free(find);
	return peak - before;
}

static void
reading_everything_takes_little_memory(void **state)
{
	struct scale *s = *state;
	size_t seen = 0;
	size_t peak = 0;

	fixture_reopen(s->fixture);
	assert_rv(CKR_OK, token_login(s->fixture->token, TOKEN_USER, USER_PIN));
	peak = read_everything(s->fixture, &seen);
	assert_true(seen > LARGE);
	if (peak > MEMORY_MAX)
		fail_msg("%zu bytes", peak);
}

static void
what_is_used_often_stays_in_memory(void **state)
{
	struct scale *s = *state;
	struct token *t = s->fixture->token;
	uint64_t often = 0;
	uint64_t other = 0;
	char name[32];

	assert_int_equal(2, find_label(t, "key", &often));
	assert_rv(CKR_OK, try_get(t, often));
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "copy %d", i);
		assert_int_equal(1, find_label(t, name, &other));
		assert_rv(CKR_OK, try_get(t, other));
		sqlite_steps = 0;
		assert_rv(CKR_OK, try_get(t, often));
		assert_int_equal(0, sqlite_steps);
	}
}

static void
what_has_left_memory_keeps_its_handle_and_its_users(void **state)
{
	struct scale *s = *state;
	struct token *t = s->fixture->token;
	struct object *held = NULL;
	uint64_t handle = 0;
	size_t seen = 0;

	assert_int_equal(1, find_label(t, "copy 1", &handle));
	assert_rv(CKR_OK, object_get(t, handle, &held));
	(void)read_everything(s->fixture, &seen);
	assert_bytes_equal(LITERAL("copy 1"), label_of(held));
	object_put(held);
	sqlite_steps = 0;
	assert_rv(CKR_OK, try_get(t, handle));
	assert_true(sqlite_steps > 0);
}

static void
objects_without_a_row_are_never_dropped(void **state)
{
	struct scale *s = *state;
	uint64_t handles[100];
	size_t seen = 0;

	for (size_t i = 0; i < 100; i++)
		handles[i] = make_data(s->fixture, "of the session", false, i % 2 == 0);
	(void)read_everything(s->fixture, &seen);
	for (size_t i = 0; i < 100; i++)
		assert_rv(CKR_OK, try_get(s->fixture->token, handles[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_result_costs_the_same_in_a_large_store),
		cmocka_unit_test(reading_everything_takes_little_memory),
		cmocka_unit_test(what_is_used_often_stays_in_memory),
		cmocka_unit_test(what_has_left_memory_keeps_its_handle_and_its_users),
		cmocka_unit_test(objects_without_a_row_are_never_dropped),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
