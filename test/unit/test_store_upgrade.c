/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of older versions: what is in them stays, and what they lack is added.
 */
#include "config.h"

#include "base/alg.h"
#include "store_fixture.h"

enum { NOBODY = 65534 };

/* As released: never edited. */
static const char version_1[] =
	"CREATE TABLE tpm_caps (id INTEGER PRIMARY KEY AUTOINCREMENT, vendor TEXT NOT NULL,"
	" firmware INTEGER NOT NULL, hashes INTEGER NOT NULL, curves INTEGER NOT NULL,"
	" rsa_bits INTEGER NOT NULL, encrypt_decrypt INTEGER NOT NULL, fips INTEGER NOT NULL,"
	" pin_fail INTEGER NOT NULL, max_auth_fail INTEGER NOT NULL, UNIQUE (vendor, firmware));"
	"CREATE TABLE token (id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL UNIQUE,"
	" serial TEXT NOT NULL UNIQUE, parent_kind INTEGER NOT NULL,"
	" parent_handle INTEGER NOT NULL, parent_name BLOB NOT NULL,"
	" parent_public BLOB NOT NULL, caps INTEGER REFERENCES tpm_caps (id),"
	" so_public BLOB NOT NULL, so_private BLOB NOT NULL, so_salt BLOB NOT NULL,"
	" so_iterations INTEGER NOT NULL, so_tries INTEGER NOT NULL, user_public BLOB NOT NULL,"
	" user_private BLOB NOT NULL, user_salt BLOB NOT NULL, user_iterations INTEGER NOT NULL,"
	" user_tries INTEGER NOT NULL, flags INTEGER NOT NULL, objects_hash BLOB NOT NULL,"
	" mac BLOB NOT NULL);"
	"CREATE TABLE object (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" token INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE,"
	" class INTEGER NOT NULL, key_type INTEGER NOT NULL, is_private INTEGER NOT NULL,"
	" uid TEXT NOT NULL, label_key BLOB NOT NULL, id_key BLOB NOT NULL,"
	" tpm_public BLOB NOT NULL, tpm_private BLOB NOT NULL, mac BLOB NOT NULL);"
	"CREATE INDEX object_by_token ON object (token);"
	"CREATE INDEX object_by_private ON object (token, is_private);"
	"CREATE INDEX object_by_class ON object (token, is_private, class);"
	"CREATE INDEX object_by_label ON object (token, is_private, label_key);"
	"CREATE INDEX object_by_id ON object (token, is_private, id_key);"
	"CREATE INDEX object_by_uid ON object (token, is_private, uid);"
	"CREATE TABLE attribute (object INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE,"
	" type INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (object, type)) WITHOUT ROWID;"
	"INSERT INTO tpm_caps VALUES (7, 'IFX', 5, 8, 2, 4, 1, 0, 1, 32);"
	"INSERT INTO token VALUES (3, 'old', '0000000000000003', 4, 2164260865, x'aa', x'bb', 7,"
	" x'01', x'02', x'03', 1000, 0, x'04', x'05', x'06', 1000, 2, 0, x'07', x'08');"
	"INSERT INTO object VALUES (9, 3, 0, -1, 0, 'uid', x'', x'', x'', x'', x'09');"
	"INSERT INTO attribute VALUES (9, 17, x'0a');"
	"PRAGMA application_id = 1412584528; PRAGMA user_version = 1;";

/* The fixture's own store is replaced. */
static void
make_old(struct fixture *f)
{
	fixture_close(f);
	assert_int_equal(unlink(f->path), 0);
	fixture_sql(f, version_1);
	assert_int_equal(chmod(f->path, 0600), 0);
}

static int
version_of(const struct fixture *f)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	int version = 0;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	version = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return version;
}

static void
what_an_old_file_holds_stays(void **state)
{
	struct fixture *f = *state;
	struct token_row token = { 0 };
	struct object_row object = { 0 };

	make_old(f);
	fixture_reopen(f);
	assert_int_equal(version_of(f), schema_version);
	assert_rv(CKR_OK, store_token_get(f->store, 3, &token));
	assert_string_equal(token.label, "old");
	assert_int_equal(token.caps_id, 7);
	assert_int_equal(token.user.tries, 2);
	assert_rv(CKR_OK, store_object_get(f->store, 3, 9, &object));
	assert_int_equal(object.attrs.count, 1);
	token_row_free(&token);
	object_row_free(&object);
}

/* Zero says that nobody has asked; what is found out then takes the row's place. */
static void
what_an_old_file_does_not_know_can_be_added(void **state)
{
	struct fixture *f = *state;
	struct tpm_caps caps;
	int64_t id = 0;

	make_old(f);
	fixture_reopen(f);
	assert_rv(CKR_OK, store_caps_get(f->store, 7, &caps));
	assert_true(caps.encrypt_decrypt);
	assert_int_equal(caps.max_auth_fail, 32);
	assert_int_equal(caps.modes, 0);
	assert_int_equal(caps.aes_bits, 0);
	caps.modes = 1u << BLOCK_CFB;
	caps.aes_bits = 1u << 2;
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_caps_put(f->store, &caps, &id));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_int_equal(id, 7);
	fixture_reopen(f);
	assert_rv(CKR_OK, store_caps_get(f->store, 7, &caps));
	assert_true(caps_aes(&caps, 128));
	assert_true(caps_mode(&caps, BLOCK_CFB));
}

static void
an_upgrade_that_fails_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;

	make_old(f);
	/* The second of the new columns is there already: somebody has edited the file. */
	fixture_sql(f, "ALTER TABLE tpm_caps ADD COLUMN aes_bits INTEGER");
	assert_true(store_open(f->path, false, &s) != CKR_OK);
	assert_null(s);
	assert_int_equal(version_of(f), 1);
	fixture_sql(f, "ALTER TABLE tpm_caps ADD COLUMN modes INTEGER"); /* still absent */
}

static void
an_old_file_that_cannot_be_written_is_refused_with_the_remedy(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;

	make_old(f);
	assert_int_equal(chmod(f->directory, 0755), 0);
	assert_int_equal(chmod(f->path, geteuid() == 0 ? 0644 : 0400), 0);
	/* Nothing is forbidden to root. */
	assert_int_equal(geteuid() == 0 ? seteuid(NOBODY) : 0, 0);
	assert_rv(CKR_DEVICE_ERROR, store_open(f->path, false, &s));
	assert_int_equal(getuid() == 0 ? seteuid(0) : 0, 0);
	assert_non_null(strstr(log_last_error(), "open it once as a user who may write"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(what_an_old_file_holds_stays),
		STORE_CASE(what_an_old_file_does_not_know_can_be_added),
		STORE_CASE(an_upgrade_that_fails_changes_nothing),
		STORE_CASE(an_old_file_that_cannot_be_written_is_refused_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
