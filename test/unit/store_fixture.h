/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the store share: a store in a fresh directory for each
 * case, and rows to put into it.
 */
#ifndef TEST_UNIT_STORE_FIXTURE_H
#define TEST_UNIT_STORE_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"
#include "store/store_private.h"
#include "unit.h"

struct fixture {
	char directory[32];
	char path[128];
	struct store *store;
};

static inline int
fixture_set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (f == NULL)
		return -1;
	*state = f;
	snprintf(f->directory, sizeof f->directory, "/tmp/test_store.XXXXXX");
	if (mkdtemp(f->directory) == NULL)
		return -1;
	snprintf(f->path, sizeof f->path, "%s/token.sqlite", f->directory);
	log_forget_error();
	return store_open(f->path, true, &f->store) == CKR_OK ? 0 : -1;
}

static inline int
fixture_tear_down(void **state)
{
	struct fixture *f = *state;
	char command[192];
	int failed = 0;

	store_close(f->store);
	snprintf(command, sizeof command, "chmod -R u+rwX '%s'; rm -rf '%s'", f->directory,
		f->directory);
	failed = system(command);
	free(f);
	return failed;
}

#define STORE_CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

/* Run SQL on the file by a connection of its own, as whoever edits the file would. */
static inline void
fixture_sql(const struct fixture *f, const char *sql)
{
	sqlite3 *db = NULL;
	int on = 1;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static inline void
fixture_close(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

static inline void
fixture_reopen(struct fixture *f)
{
	fixture_close(f);
	assert_rv(CKR_OK, store_open(f->path, false, &f->store));
	assert_non_null(f->store);
}

static inline void
put_text(struct buf *b, const char *text)
{
	assert_rv(CKR_OK, buf_set(b, bytes_str(text)));
}

static inline struct token_row
make_token(const char *label, const char *serial)
{
	struct token_row row = { 0 };

	snprintf(row.label, sizeof row.label, "%s", label);
	snprintf(row.serial, sizeof row.serial, "%s", serial);
	row.parent_kind = PARENT_PERSISTENT;
	row.parent_handle = 0x81000001;
	put_text(&row.parent_name, "name");
	put_text(&row.parent_public, "parent public");
	put_text(&row.so.pub, "so public");
	put_text(&row.so.priv, "so private");
	put_text(&row.so.salt, "so salt");
	row.so.iterations = 1000;
	put_text(&row.objects_hash, "hash");
	put_text(&row.mac, "mac");
	return row;
}

static inline int64_t
store_a_token(struct store *s, const char *label, const char *serial)
{
	struct token_row row = make_token(label, serial);
	int64_t id = 0;

	assert_rv(CKR_OK, store_begin(s));
	assert_rv(CKR_OK, store_token_put(s, &row));
	assert_rv(CKR_OK, store_commit(s));
	id = row.id;
	token_row_free(&row);
	return id;
}

static inline struct object_row
make_object(int64_t token, uint64_t class, bool is_private, const char *label, const char *id)
{
	struct object_row row = {
		.token = token, .class = class, .key_type = CKK_EC, .is_private = is_private
	};

	snprintf(row.uid, sizeof row.uid, "uid-%s-%s", label, id);
	put_text(&row.label_key, label);
	put_text(&row.id_key, id);
	put_text(&row.mac, "object mac");
	assert_rv(CKR_OK, attrs_set(&row.attrs, CKA_LABEL, bytes_str(label)));
	assert_rv(CKR_OK, attrs_set(&row.attrs, CKA_ID, bytes_str(id)));
	return row;
}

/* In the caller's transaction. */
static inline int64_t
put_object(struct store *s, int64_t token, uint64_t class, bool is_private, const char *label,
	const char *id)
{
	struct object_row row = make_object(token, class, is_private, label, id);
	int64_t new_id = 0;

	assert_rv(CKR_OK, store_object_put(s, &row));
	new_id = row.id;
	object_row_free(&row);
	return new_id;
}

static inline int64_t
store_an_object(struct store *s, int64_t token, uint64_t class, bool is_private, const char *label,
	const char *id)
{
	int64_t new_id = 0;

	assert_rv(CKR_OK, store_begin(s));
	new_id = put_object(s, token, class, is_private, label, id);
	assert_rv(CKR_OK, store_commit(s));
	return new_id;
}

#endif
