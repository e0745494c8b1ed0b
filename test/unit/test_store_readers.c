/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that cannot be written serves those who may read it. */
#include "config.h"

#include <sys/wait.h>

#include "store_fixture.h"

#define NOBODY 65534

/* Take the right to write away from the store and from this process; false if that cannot be done.
 */
static void
become_reader(struct fixture *f)
{
	char command[512];

	snprintf(command, sizeof command, "chmod -R a+rX,a-w %s", f->directory);
	assert_int_equal(system(command), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
}

static void
become_writer(struct fixture *f)
{
	char command[512];

	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	snprintf(command, sizeof command, "chmod -R u+w %s", f->directory);
	assert_int_equal(system(command), 0);
}

static void
expect_one_readable_token(struct store *s, int64_t token)
{
	int64_t *ids = NULL;
	size_t count = 0;
	uint32_t tries = 0;

	assert_non_null(s);
	assert_true(store_is_read_only(s));
	assert_rv(CKR_OK, store_token_list(s, &ids, &count));
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], token);
	free(ids);
	assert_rv(CKR_TOKEN_WRITE_PROTECTED, store_begin(s));
	assert_rv(CKR_TOKEN_WRITE_PROTECTED, store_token_tries(s, token, true, TRIES_ADD, &tries));
	store_rollback(s);
}

static void
a_reader_uses_the_log_that_the_writer_left(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	uint64_t version = 0;

	fixture_close(f);
	become_reader(f);
	assert_rv(CKR_OK, store_open(f->path, false, &s));
	expect_one_readable_token(s, token);
	assert_false(s->immutable);
	assert_rv(CKR_OK, store_version(s, &version));
	store_close(s);
	become_writer(f);
}

static void
expect_version(struct store *s, uint64_t *last, bool changed)
{
	uint64_t now = 0;

	assert_rv(CKR_OK, store_version(s, &now));
	assert_int_equal(now != *last, changed);
	*last = now;
}

/* In a process of its own: those of one process share what SQLite knows of the log. */
static void
write_from_outside(struct fixture *f, struct store *reader, const char *label, const char *serial)
{
	int status = -1;
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child == 0) {
		struct store *s = NULL;

		store_abandon(reader);
		if (seteuid(0) != 0 || store_open(f->path, false, &s) != CKR_OK)
			_exit(1);
		store_a_token(s, label, serial);
		store_close(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
a_reader_sees_a_new_version_only_after_a_change(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;
	uint64_t version = 0;

	if (geteuid() != 0)
		skip();
	fixture_close(f);
	become_reader(f);
	assert_rv(CKR_OK, store_open(f->path, false, &s));
	assert_false(s->immutable);
	assert_rv(CKR_OK, store_version(s, &version));
	expect_version(s, &version, false);
	write_from_outside(f, s, "one", "0000000000000001");
	expect_version(s, &version, true);
	expect_version(s, &version, false);
	expect_version(s, &version, false);
	write_from_outside(f, s, "two", "0000000000000002");
	expect_version(s, &version, true);
	expect_version(s, &version, false);
	store_close(s);
	become_writer(f);
}

static void
a_reader_does_not_miss_a_writer_that_stays(void **state)
{
	struct fixture *f = *state;
	uint64_t version = 0;
	pid_t child = 0;
	int status = -1;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(f->directory, 0755), 0);
	store_a_token(f->store, "one", "0000000000000001");
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) { /* the reader; what its parent has open stays so */
		struct store *s = NULL;
		char command[512];

		store_abandon(f->store);
		snprintf(command, sizeof command, "chmod a+r %s/*", f->directory);
		if (system(command) != 0 || seteuid(NOBODY) != 0 ||
			store_open(f->path, false, &s) != CKR_OK || !s->read_only)
			_exit(1);
		if (store_version(s, &version) != CKR_OK)
			_exit(2);
		expect_version(s, &version, false);
		write_from_outside(f, s, "two", "0000000000000002");
		expect_version(s, &version, true);
		expect_version(s, &version, false);
		store_close(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
a_reader_works_where_no_log_can_be_made(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	char command[512];
	uint64_t before = 0;
	uint64_t after = 0;

	fixture_close(f);
	snprintf(command, sizeof command, "rm %s/*-wal %s/*-shm", f->directory, f->directory);
	assert_int_equal(system(command), 0);
	become_reader(f);
	assert_rv(CKR_OK, store_open(f->path, false, &s));
	expect_one_readable_token(s, token);
	assert_true(s->immutable);
	assert_rv(CKR_OK, store_version(s, &before));
	assert_rv(CKR_OK, store_version(s, &after));
	assert_true(before == after);
	store_close(s);
	become_writer(f);
}

static void
a_reader_without_locks_sees_that_somebody_writes(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;
	struct token_row back = { 0 };
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	int64_t later = 0;
	char command[512];
	uint64_t before = 0;
	uint64_t after = 0;

	fixture_close(f);
	snprintf(command, sizeof command, "rm %s/*-wal %s/*-shm; chmod a+r %s", f->directory,
		f->directory, f->path);
	assert_int_equal(system(command), 0);
	become_reader(f);
	assert_rv(CKR_OK, store_open(f->path, false, &s));
	expect_one_readable_token(s, token);
	assert_rv(CKR_OK, store_version(s, &before));
	become_writer(f);
	assert_rv(CKR_OK, store_open(f->path, false, &f->store));
	later = store_a_token(f->store, "two", "0000000000000002");
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	assert_rv(CKR_OK, store_version(s, &after));
	assert_true(before != after);
	assert_rv(CKR_OK, store_token_get(s, later, &back));
	assert_string_equal(back.label, "two");
	token_row_free(&back);
	store_close(s);
	become_writer(f);
}

/* As after root made a store and gave only the file and its directory away. */
static void
who_may_not_write_the_log_is_a_reader(void **state)
{
	static const mode_t modes[] = { 0444, 0600 };
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");

	if (geteuid() != 0)
		skip();
	fixture_close(f);
	assert_int_equal(chown(f->directory, NOBODY, NOBODY), 0);
	assert_int_equal(chown(f->path, NOBODY, NOBODY), 0);
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		struct store *s = NULL;
		char command[512];

		snprintf(command, sizeof command, "chmod %o %s/*-wal %s/*-shm", (unsigned)modes[i],
			f->directory, f->directory);
		assert_int_equal(system(command), 0);
		assert_int_equal(seteuid(NOBODY), 0);
		assert_rv(CKR_OK, store_open(f->path, false, &s));
		expect_one_readable_token(s, token);
		store_close(s);
		assert_int_equal(seteuid(0), 0);
	}
}

static void
changes_that_a_reader_cannot_see_are_not_ignored(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;
	char command[512];

	store_a_token(f->store, "one", "0000000000000001");
	/* As after a crash, on a medium without the -shm file. */
	snprintf(command, sizeof command, "mkdir -m 755 %s/d; cp %s %s-wal %s/d", f->directory,
		f->path, f->path, f->directory);
	assert_int_equal(system(command), 0);
	become_reader(f);
	snprintf(command, sizeof command, "%s/d/token.sqlite", f->directory);
	assert_rv(CKR_DEVICE_ERROR, store_open(command, false, &s));
	assert_non_null(strstr(log_last_error(), "as its owner"));
	become_writer(f);
	fixture_reopen(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(a_reader_uses_the_log_that_the_writer_left),
		STORE_CASE(a_reader_sees_a_new_version_only_after_a_change),
		STORE_CASE(a_reader_does_not_miss_a_writer_that_stays),
		STORE_CASE(a_reader_works_where_no_log_can_be_made),
		STORE_CASE(a_reader_without_locks_sees_that_somebody_writes),
		STORE_CASE(who_may_not_write_the_log_is_a_reader),
		STORE_CASE(changes_that_a_reader_cannot_see_are_not_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
