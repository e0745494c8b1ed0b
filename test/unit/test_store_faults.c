/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The n-th access to a file fails, for every n until nothing is left to fail:
 * a change is stored as a whole or not at all, and nothing leaks.
 */
#include "config.h"

#include "store_fixture.h"

struct faulty_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs *real_vfs;
static sqlite3_vfs faulty_vfs;
static unsigned accesses; /* so far */
static unsigned failing;  /* this one fails; 0: none */
static bool forbidden;    /* a policy that access() does not know forbids to write */

static bool
fails_now(void)
{
	return ++accesses == failing;
}

static sqlite3_file *
real_of(sqlite3_file *f)
{
	return ((struct faulty_file *)f)->real;
}

static int
faulty_close(sqlite3_file *f)
{
	sqlite3_file *real = real_of(f);

	return real->pMethods != NULL ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int
faulty_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at)
{
	return fails_now() ? SQLITE_IOERR_READ
			   : real_of(f)->pMethods->xRead(real_of(f), to, len, at);
}

static int
faulty_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at)
{
	return fails_now() ? SQLITE_IOERR_WRITE
			   : real_of(f)->pMethods->xWrite(real_of(f), from, len, at);
}

static int
faulty_truncate(sqlite3_file *f, sqlite3_int64 len)
{
	return fails_now() ? SQLITE_IOERR_TRUNCATE
			   : real_of(f)->pMethods->xTruncate(real_of(f), len);
}

static int
faulty_sync(sqlite3_file *f, int flags)
{
	return fails_now() ? SQLITE_IOERR_FSYNC : real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int
faulty_file_size(sqlite3_file *f, sqlite3_int64 *len)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), len);
}

static int
faulty_lock(sqlite3_file *f, int level)
{
	return fails_now() ? SQLITE_IOERR_LOCK : real_of(f)->pMethods->xLock(real_of(f), level);
}

static int
faulty_unlock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int
faulty_check_lock(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int
faulty_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int
faulty_sector_size(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int
faulty_characteristics(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int
faulty_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	if (fails_now())
		return SQLITE_IOERR_SHMMAP;
	return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}

static int
faulty_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	bool fails = (flags & SQLITE_SHM_LOCK) != 0 && fails_now();

	return fails ? SQLITE_IOERR_SHMLOCK
		     : real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void
faulty_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int
faulty_shm_unmap(sqlite3_file *f, int delete)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), delete);
}

static const sqlite3_io_methods faulty_methods = { 2, faulty_close, faulty_read, faulty_write,
	faulty_truncate, faulty_sync, faulty_file_size, faulty_lock, faulty_unlock,
	faulty_check_lock, faulty_control, faulty_sector_size, faulty_characteristics,
	faulty_shm_map, faulty_shm_lock, faulty_shm_barrier, faulty_shm_unmap, NULL, NULL };

static int
faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *flags_out)
{
	struct faulty_file *file = (struct faulty_file *)f;
	int rc = SQLITE_OK;

	(void)vfs;
	f->pMethods = NULL;
	file->real = (sqlite3_file *)(file + 1);
	if (fails_now())
		return SQLITE_CANTOPEN;
	if (forbidden)
		flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) |
			SQLITE_OPEN_READONLY;
	rc = real_vfs->xOpen(real_vfs, name, file->real, flags, flags_out);
	if (file->real->pMethods != NULL)
		f->pMethods = &faulty_methods;
	return rc;
}

static int
register_faulty_vfs(void **state)
{
	(void)state;
	real_vfs = sqlite3_vfs_find(NULL);
	faulty_vfs = *real_vfs;
	faulty_vfs.zName = "faulty";
	faulty_vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
	faulty_vfs.xOpen = faulty_open;
	return sqlite3_vfs_register(&faulty_vfs, 1) == SQLITE_OK ? 0 : -1;
}

static void
arm(unsigned n)
{
	accesses = 0;
	failing = n;
}

static CK_RV
change_everything(struct store *s, struct token_row *row, struct object_row *object)
{
	CK_RV rv = store_begin(s);

	if (rv != CKR_OK)
		return rv;
	rv = store_object_put(s, object);
	if (rv == CKR_OK)
		rv = store_token_put(s, row);
	if (rv == CKR_OK)
		rv = store_commit(s);
	store_rollback(s);
	return rv;
}

/* Label and number of objects agree with whether the change was stored. */
static void
expect_whole(struct store *s, int64_t token, const char *label, uint64_t objects)
{
	struct token_row row = { 0 };
	uint64_t count = 0;

	assert_rv(CKR_OK, store_token_get(s, token, &row));
	assert_string_equal(row.label, label);
	assert_rv(CKR_OK, store_object_count(s, token, INT64_MAX, &count));
	assert_int_equal(count, objects);
	token_row_free(&row);
}

static void
a_change_is_stored_whole_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "before", "0000000000000001");
	CK_RV rv = CKR_GENERAL_ERROR;
	unsigned n = 0;

	while (rv != CKR_OK) {
		struct token_row row = make_token("after", "0000000000000001");
		struct object_row object = make_object(token, CKO_DATA, false, "x", "1");

		assert_true(n < 1000);
		row.id = token;
		put_text(&row.so.priv, "new seal");
		fixture_reopen(f);
		arm(++n);
		rv = change_everything(f->store, &row, &object);
		/* What is wiped after the commit may fail without harm. */
		if (accesses >= n && rv == CKR_OK)
			expect_whole(f->store, token, "after", 1);
		arm(0);
		if (rv != CKR_OK)
			expect_whole(f->store, token, "before", 0);
		token_row_free(&row);
		object_row_free(&object);
	}
	assert_true(n > 3);
	fixture_reopen(f);
	expect_whole(f->store, token, "after", 1);
}

static void
opening_survives_every_failure(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	unsigned n = 0;

	do {
		fixture_close(f);
		assert_true(n < 1000);
		arm(++n);
		if (store_open(f->path, false, &f->store) != CKR_OK)
			assert_null(f->store);
	} while (accesses >= n);
	arm(0);
	expect_whole(f->store, token, "one", 0);
}

static void
making_a_store_leaves_nothing_half_made(void **state)
{
	struct fixture *f = *state;
	unsigned n = 0;

	do {
		struct store *s = NULL;
		char path[96];

		assert_true(n < 1000);
		snprintf(path, sizeof path, "%s/new%u/token.sqlite", f->directory, ++n);
		arm(n);
		(void)!store_open(path, true, &s);
		store_close(s);
		if (accesses < n)
			break;
		arm(0);
		assert_rv(CKR_OK, store_open(path, true, &s));
		store_a_token(s, "one", "0000000000000001");
		store_close(s);
	} while (true);
	arm(0);
	assert_true(n > 5);
}

static void
reading_fails_with_a_code_and_works_again(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	int64_t object = store_an_object(f->store, token, CKO_DATA, false, "x", "1");
	CK_RV rv = CKR_GENERAL_ERROR;
	unsigned n = 0;

	while (rv != CKR_OK) {
		struct object_row back = { 0 };

		assert_true(n < 1000);
		fixture_reopen(f);
		arm(++n);
		rv = store_object_get(f->store, token, object, &back);
		arm(0);
		if (rv != CKR_OK) {
			assert_rv(CKR_DEVICE_ERROR, rv);
			assert_rv(CKR_OK, store_object_get(f->store, token, object, &back));
		}
		object_row_free(&back);
	}
	assert_true(n > 1);
}

static void
where_a_policy_forbids_to_write_the_store_is_read(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");

	fixture_close(f);
	forbidden = true;
	assert_rv(CKR_OK, store_open(f->path, false, &f->store));
	assert_true(store_is_read_only(f->store));
	assert_rv(CKR_TOKEN_WRITE_PROTECTED, store_begin(f->store));
	expect_whole(f->store, token, "one", 0);
	forbidden = false;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(a_change_is_stored_whole_or_not_at_all),
		STORE_CASE(opening_survives_every_failure),
		STORE_CASE(making_a_store_leaves_nothing_half_made),
		STORE_CASE(reading_fails_with_a_code_and_works_again),
		STORE_CASE(where_a_policy_forbids_to_write_the_store_is_read),
	};

	return cmocka_run_group_tests(tests, register_faulty_vfs, NULL);
}
