/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schema, as steps: row n of the table brings a file of version n to
 * version n + 1. A step that was released is never edited; a new column or
 * table is a new row. PKCS#11 and TPM numbers are SQL integers of the same 64
 * bits; attribute values are blobs in canonical form (base/attrs.h).
 */
#include "config.h"

#include <stdio.h>

#include "store/store_private.h"

static const char *const steps[] = {
	/* AUTOINCREMENT: handles and slots are made from ids, which must never be used again. */
	"CREATE TABLE tpm_caps ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" vendor TEXT NOT NULL,"
	" firmware INTEGER NOT NULL,"
	" hashes INTEGER NOT NULL,"
	" curves INTEGER NOT NULL,"
	" rsa_bits INTEGER NOT NULL,"
	" encrypt_decrypt INTEGER NOT NULL,"
	" fips INTEGER NOT NULL,"
	" pin_fail INTEGER NOT NULL,"
	" max_auth_fail INTEGER NOT NULL,"
	" UNIQUE (vendor, firmware));"

	"CREATE TABLE token ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" label TEXT NOT NULL UNIQUE,"
	" serial TEXT NOT NULL UNIQUE,"
	" parent_kind INTEGER NOT NULL,"
	" parent_handle INTEGER NOT NULL,"
	" parent_name BLOB NOT NULL,"
	" parent_public BLOB NOT NULL,"
	" caps INTEGER REFERENCES tpm_caps (id),"
	" so_public BLOB NOT NULL,"
	" so_private BLOB NOT NULL,"
	" so_salt BLOB NOT NULL,"
	" so_iterations INTEGER NOT NULL,"
	" so_tries INTEGER NOT NULL,"
	" user_public BLOB NOT NULL,"
	" user_private BLOB NOT NULL,"
	" user_salt BLOB NOT NULL,"
	" user_iterations INTEGER NOT NULL,"
	" user_tries INTEGER NOT NULL,"
	" flags INTEGER NOT NULL,"
	" objects_hash BLOB NOT NULL,"
	" mac BLOB NOT NULL);"

	"CREATE TABLE object ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" token INTEGER NOT NULL REFERENCES token (id) ON DELETE CASCADE,"
	" class INTEGER NOT NULL,"
	" key_type INTEGER NOT NULL,"
	" is_private INTEGER NOT NULL,"
	" uid TEXT NOT NULL,"
	" label_key BLOB NOT NULL,"
	" id_key BLOB NOT NULL,"
	" tpm_public BLOB NOT NULL,"
	" tpm_private BLOB NOT NULL,"
	" mac BLOB NOT NULL);"

	/* An index entry ends with the row's id: equal keys come in order of creation, and paging
	   is a range. */
	"CREATE INDEX object_by_token ON object (token);"
	"CREATE INDEX object_by_private ON object (token, is_private);"
	"CREATE INDEX object_by_class ON object (token, is_private, class);"
	"CREATE INDEX object_by_label ON object (token, is_private, label_key);"
	"CREATE INDEX object_by_id ON object (token, is_private, id_key);"
	"CREATE INDEX object_by_uid ON object (token, is_private, uid);"

	"CREATE TABLE attribute ("
	" object INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE,"
	" type INTEGER NOT NULL,"
	" value BLOB NOT NULL,"
	" PRIMARY KEY (object, type)) WITHOUT ROWID;",

	/* What TPMs can do of AES. 0: nobody has asked yet. */
	"ALTER TABLE tpm_caps ADD COLUMN modes INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE tpm_caps ADD COLUMN aes_bits INTEGER NOT NULL DEFAULT 0;",
};

const int schema_version = sizeof steps / sizeof steps[0];

static CK_RV
schema_pragma(sqlite3 *db, const char *sql, int *value)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		*value = sqlite3_column_int(st, 0);
		rc = SQLITE_OK;
	} else if (rc == SQLITE_DONE) {
		rc = SQLITE_CORRUPT;
	}
	sqlite3_finalize(st);
	return rv_sqlite(rc, sqlite3_errmsg(db), "reading the store's header");
}

CK_RV
schema_check(sqlite3 *db, const char *path, int *version)
{
	int application = 0;
	CK_RV rv = schema_pragma(db, "PRAGMA application_id", &application);

	if (rv == CKR_OK)
		rv = schema_pragma(db, "PRAGMA user_version", version);
	if (rv != CKR_OK)
		return rv;
	if (application != STORE_APPLICATION_ID)
		return rv_fail(CKR_DEVICE_ERROR,
			"%s is a database of another program, not a store: name another file",
			path);
	if (*version > schema_version)
		return rv_fail(CKR_DEVICE_ERROR,
			"the store %s has version %d and this program knows up to %d: update "
			"tpm2-token",
			path, *version, schema_version);
	if (*version < 1)
		return rv_fail(CKR_DEVICE_ERROR,
			"the store %s has the impossible version %d: restore it from a backup",
			path, *version);
	return CKR_OK;
}

static CK_RV
schema_steps(sqlite3 *db)
{
	char sql[96];
	int version = 0;
	CK_RV rv = schema_pragma(
		db, "PRAGMA user_version", &version); /* again: now we hold the lock */

	for (; rv == CKR_OK && version < schema_version; version++)
		rv = store_exec(db, steps[version]);
	if (rv != CKR_OK)
		return rv;
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
		STORE_APPLICATION_ID, version);
	return store_exec(db, sql);
}

CK_RV
schema_upgrade(sqlite3 *db)
{
	CK_RV rv = store_exec(db, "BEGIN IMMEDIATE");

	if (rv != CKR_OK)
		return rv;
	rv = schema_steps(db);
	if (rv == CKR_OK)
		rv = store_exec(db, "COMMIT");
	if (rv != CKR_OK && !sqlite3_get_autocommit(db))
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return rv;
}
