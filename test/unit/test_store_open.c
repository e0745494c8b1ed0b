/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>

#include "store_fixture.h"

#define NOBODY 65534

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

/* The file is refused, and the log says why. */
static void
expect_refused(const char *path, const char *reason)
{
	struct store *s = NULL;

	log_forget_error();
	assert_rv(CKR_DEVICE_ERROR, store_open(path, false, &s));
	assert_null(s);
	assert_non_null(strstr(log_last_error(), reason));
	assert_rv(CKR_DEVICE_ERROR, store_open(path, true, &s));
}

static void
overwrite(const char *path, off_t at, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static void
an_absent_store_means_no_tokens(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	char path[160];

	snprintf(path, sizeof path, "%s/none/token.sqlite", f->directory);
	assert_rv(CKR_OK, store_open(path, false, &s));
	assert_null(s);
	assert_int_not_equal(access(path, F_OK), 0);
	snprintf(path, sizeof path, "%s/x", f->path); /* a file on the way */
	assert_rv(CKR_OK, store_open(path, false, &s));
	assert_null(s);
	store_close(NULL);
	store_abandon(NULL);
}

static void
a_relative_path_is_refused(void **state)
{
	struct store *s = NULL;

	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, store_open("token.sqlite", true, &s));
	assert_rv(CKR_ARGUMENTS_BAD, store_open("", false, &s));
	assert_rv(CKR_ARGUMENTS_BAD, store_open(":memory:", false, &s));
}

static void
modes_do_not_depend_on_the_umask(void **state)
{
	static const mode_t masks[] = { 0, 0777, 0077 };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
		char path[160];
		struct store *s = NULL;
		mode_t old = umask(masks[i]);

		snprintf(path, sizeof path, "%s/up%zu/own/token.sqlite", f->directory, i);
		assert_rv(CKR_OK, store_open(path, true, &s));
		store_a_token(s, "one", "0000000000000001");
		umask(old);
		assert_int_equal(mode_of(path), 0600);
		strcat(path, "-wal");
		assert_int_equal(mode_of(path), 0600);
		memcpy(path + strlen(path) - 3, "shm", 3);
		assert_int_equal(mode_of(path), 0600);
		*strrchr(path, '/') = '\0';
		assert_int_equal(mode_of(path), 0700);
		*strrchr(path, '/') = '\0';
		assert_int_equal(mode_of(path), 0755);
		store_close(s);
	}
}

static void
odd_characters_in_the_path_do_no_harm(void **state)
{
	static const char *const names[] = { "a b", "a?mode=memory", "a%41", "a#b", "file:x",
		"'; --", "\xc3\xbc\xff", "a&b=c" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char path[160];
		struct store *s = NULL;

		snprintf(path, sizeof path, "%s//%s", f->directory, names[i]);
		assert_rv(CKR_OK, store_open(path, true, &s));
		store_a_token(s, "one", "0000000000000001");
		store_close(s);
		assert_int_equal(mode_of(path), 0600);
		assert_rv(CKR_OK, store_open(path, false, &s));
		assert_non_null(s);
		store_close(s);
	}
}

static void
the_connection_has_the_pragmas_it_should(void **state)
{
	static const struct {
		const char *sql;
		const char *value;
	} rows[] = {
		{ "PRAGMA journal_mode", "wal" },
		{ "PRAGMA foreign_keys", "1" },
		{ "PRAGMA secure_delete", "1" },
		{ "PRAGMA synchronous", "2" },
		{ "PRAGMA busy_timeout", "5000" },
		{ "PRAGMA trusted_schema", "0" },
		{ "PRAGMA application_id", "1412584528" },
		{ "PRAGMA user_version", "2" },
		{ "PRAGMA integrity_check", "ok" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		sqlite3_stmt *st = NULL;

		assert_int_equal(
			sqlite3_prepare_v2(f->store->db, rows[i].sql, -1, &st, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(st), SQLITE_ROW);
		assert_string_equal((const char *)sqlite3_column_text(st, 0), rows[i].value);
		sqlite3_finalize(st);
	}
}

static void
a_directory_that_others_can_write_is_refused(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	assert_int_equal(chmod(f->directory, 0770), 0);
	expect_refused(f->path, "others can write to the directory");
	assert_int_equal(chmod(f->directory, 01777), 0);
	expect_refused(f->path, "others can write to the directory");
	assert_int_equal(chmod(f->directory, 0755), 0);
	fixture_reopen(f);
}

static void
a_file_that_others_can_write_is_refused(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	assert_int_equal(chmod(f->path, 0620), 0);
	expect_refused(f->path, "others can write to the store");
}

static void
a_symbolic_link_is_refused(void **state)
{
	struct fixture *f = *state;
	char link_path[96];

	fixture_close(f);
	snprintf(link_path, sizeof link_path, "%s/link", f->directory);
	assert_int_equal(symlink(f->path, link_path), 0);
	expect_refused(link_path, "symbolic link");
	unlink(link_path);
	assert_int_equal(symlink("/nonexistent/x", link_path), 0);
	expect_refused(link_path, "symbolic link");
}

static void
what_is_not_a_file_is_refused(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	unlink(f->path);
	assert_int_equal(mkdir(f->path, 0700), 0);
	expect_refused(f->path, "is not a file");
	rmdir(f->path);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	expect_refused(f->path, "is not a file");
}

static void
what_belongs_to_another_user_is_refused(void **state)
{
	struct fixture *f = *state;

	if (geteuid() != 0)
		skip();
	fixture_close(f);
	assert_int_equal(chown(f->path, NOBODY, NOBODY), 0);
	expect_refused(f->path, "belongs to another user");
	assert_int_equal(chown(f->path, 0, 0), 0);
	assert_int_equal(chown(f->directory, NOBODY, NOBODY), 0);
	expect_refused(f->path, "belongs to another user");
}

static void
no_permission_to_read_is_a_device_error(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;

	fixture_close(f);
	assert_int_equal(chmod(f->directory, 0755), 0);
	assert_int_equal(chmod(f->path, geteuid() == 0 ? 0600 : 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	assert_rv(CKR_DEVICE_ERROR, store_open(f->path, false, &s));
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_non_null(strstr(log_last_error(), "Permission denied"));
}

static void
what_is_not_a_store_is_refused(void **state)
{
	static char noise[8192];
	struct fixture *f = *state;

	fixture_close(f);
	assert_int_equal(truncate(f->path, 0), 0);
	expect_refused(f->path, "is empty");
	memset(noise, 'x', sizeof noise);
	overwrite(f->path, 0, noise, sizeof noise);
	expect_refused(f->path, "not a store");
	assert_int_equal(truncate(f->path, 20), 0);
	expect_refused(f->path, "not a store");
}

static void
a_damaged_header_is_refused(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	overwrite(f->path, 3, "?", 1);
	expect_refused(f->path, "not a store or is damaged");
}

static void
a_truncated_store_is_refused(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	assert_int_equal(truncate(f->path, 2 * 4096), 0);
	expect_refused(f->path, "not a store or is damaged");
}

static void
a_database_of_another_program_is_refused_untouched(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db = NULL;
	struct stat before;
	struct stat after;

	fixture_close(f);
	unlink(f->path);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(chmod(f->path, 0600), 0);
	assert_int_equal(stat(f->path, &before), 0);
	expect_refused(f->path, "another program");
	assert_int_equal(stat(f->path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void
a_newer_version_is_refused_with_the_remedy(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	fixture_sql(f, "PRAGMA user_version = 999");
	expect_refused(f->path, "update tpm2-token");
	fixture_sql(f, "PRAGMA user_version = 0");
	expect_refused(f->path, "impossible version");
	fixture_sql(f, "PRAGMA user_version = -4");
	expect_refused(f->path, "impossible version");
}

static void
damage_found_later_is_a_device_error(void **state)
{
	static char noise[4096];
	struct fixture *f = *state;
	struct object_row back = { 0 };
	struct stat st;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	int64_t object = store_an_object(f->store, token, CKO_DATA, false, "label", "id");

	fixture_close(f);
	assert_int_equal(stat(f->path, &st), 0);
	memset(noise, 0xa5, sizeof noise);
	for (off_t at = 4096; at < st.st_size; at += 4096)
		overwrite(f->path, at, noise, sizeof noise);
	assert_rv(CKR_OK, store_open(f->path, false, &f->store)); /* the first page is fine */
	assert_rv(CKR_DEVICE_ERROR, store_object_get(f->store, token, object, &back));
}

static void
missing_tables_are_a_device_error(void **state)
{
	struct fixture *f = *state;
	int64_t *ids = NULL;
	size_t count = 0;

	fixture_sql(f, "DROP TABLE attribute; DROP TABLE object; DROP TABLE token");
	fixture_reopen(f);
	assert_rv(CKR_DEVICE_ERROR, store_token_list(f->store, &ids, &count));
	assert_null(ids);
}

static void
views_and_triggers_of_the_file_do_not_run(void **state)
{
	struct fixture *f = *state;
	struct token_row back = { 0 };
	int64_t id = store_a_token(f->store, "one", "0000000000000001");
	uint32_t tries = 0;

	fixture_sql(f,
		"CREATE TRIGGER t AFTER UPDATE ON token BEGIN UPDATE token SET mac = x'00'; END");
	fixture_reopen(f);
	assert_rv(CKR_OK, store_token_tries(f->store, id, true, TRIES_ADD, &tries));
	assert_rv(CKR_OK, store_token_get(f->store, id, &back));
	assert_bytes_equal(view(&back.mac), LITERAL("mac"));
	token_row_free(&back);
}

static void
no_draft_is_left_behind(void **state)
{
	struct fixture *f = *state;
	char command[512];

	snprintf(command, sizeof command, "ls %s | grep -qvx 'token.sqlite\\(-wal\\|-shm\\)\\?'",
		f->directory);
	assert_int_not_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(an_absent_store_means_no_tokens),
		STORE_CASE(a_relative_path_is_refused),
		STORE_CASE(modes_do_not_depend_on_the_umask),
		STORE_CASE(odd_characters_in_the_path_do_no_harm),
		STORE_CASE(the_connection_has_the_pragmas_it_should),
		STORE_CASE(a_directory_that_others_can_write_is_refused),
		STORE_CASE(a_file_that_others_can_write_is_refused),
		STORE_CASE(a_symbolic_link_is_refused),
		STORE_CASE(what_is_not_a_file_is_refused),
		STORE_CASE(what_belongs_to_another_user_is_refused),
		STORE_CASE(no_permission_to_read_is_a_device_error),
		STORE_CASE(what_is_not_a_store_is_refused),
		STORE_CASE(a_damaged_header_is_refused),
		STORE_CASE(a_truncated_store_is_refused),
		STORE_CASE(a_database_of_another_program_is_refused_untouched),
		STORE_CASE(a_newer_version_is_refused_with_the_remedy),
		STORE_CASE(damage_found_later_is_a_device_error),
		STORE_CASE(missing_tables_are_a_device_error),
		STORE_CASE(views_and_triggers_of_the_file_do_not_run),
		STORE_CASE(no_draft_is_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
