/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Token rows.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "store/store_private.h"

#define TOKEN_COLUMNS                                                                              \
	"label, serial, parent_kind, parent_handle, parent_name, parent_public, caps,"             \
	" so_public, so_private, so_salt, so_iterations, so_tries,"                                \
	" user_public, user_private, user_salt, user_iterations, user_tries, flags, "              \
	"objects_hash, mac"

static void
seal_free(struct seal_row *seal)
{
	buf_free(&seal->pub);
	buf_free(&seal->priv);
	buf_free(&seal->salt);
}

void
token_row_free(struct token_row *row)
{
	if (row == NULL)
		return;
	buf_free(&row->parent_name);
	buf_free(&row->parent_public);
	seal_free(&row->so);
	seal_free(&row->user);
	buf_free(&row->objects_hash);
	buf_free(&row->mac);
	*row = (struct token_row){ 0 };
}

static bool
id_list_append(int64_t **ids, size_t *count, int64_t id)
{
	int64_t *more = realloc(*ids, (*count + 1) * sizeof **ids);

	if (more == NULL)
		return false;
	more[(*count)++] = id;
	*ids = more;
	return true;
}

CK_RV
store_token_list(struct store *s, int64_t **ids, size_t *count)
{
	struct query q = query_start(s, "listing tokens", "SELECT id FROM token ORDER BY id");
	int64_t *list = NULL;
	size_t n = 0;
	bool memory = true;
	CK_RV rv = CKR_OK;

	while (memory && query_row(&q))
		memory = id_list_append(&list, &n, query_int(&q));
	rv = query_end(&q);
	if (rv == CKR_OK && !memory)
		rv = CKR_HOST_MEMORY;
	if (rv != CKR_OK) {
		free(list);
		return rv;
	}
	*ids = list; /* owned by the caller */
	*count = n;
	return CKR_OK;
}

static void
seal_read(struct query *q, struct seal_row *out)
{
	query_buf(q, &out->pub);
	query_buf(q, &out->priv);
	query_buf(q, &out->salt);
	out->iterations = query_uint(q, UINT32_MAX);
	out->tries = query_uint(q, UINT32_MAX);
}

static void
seal_bind(struct query *q, const struct seal_row *row)
{
	query_bind_buf(q, &row->pub);
	query_bind_buf(q, &row->priv);
	query_bind_buf(q, &row->salt);
	query_bind_int(q, row->iterations);
	query_bind_int(q, row->tries);
}

static void
token_read(struct query *q, struct token_row *out)
{
	query_text(q, out->label, sizeof out->label);
	query_text(q, out->serial, sizeof out->serial);
	out->parent_kind = (enum store_parent_kind)query_uint(q, PARENT_PERSISTENT);
	out->parent_handle = query_uint(q, UINT32_MAX);
	query_buf(q, &out->parent_name);
	query_buf(q, &out->parent_public);
	out->caps_id = query_int_or_null(q);
	seal_read(q, &out->so);
	seal_read(q, &out->user);
	out->flags = query_uint(q, UINT32_MAX);
	query_buf(q, &out->objects_hash);
	query_buf(q, &out->mac);
}

static void
token_bind(struct query *q, const struct token_row *row)
{
	query_bind_text(q, row->label);
	query_bind_text(q, row->serial);
	query_bind_int(q, row->parent_kind);
	query_bind_int(q, row->parent_handle);
	query_bind_buf(q, &row->parent_name);
	query_bind_buf(q, &row->parent_public);
	if (row->caps_id != 0)
		query_bind_int(q, row->caps_id);
	else
		query_bind_null(q);
	seal_bind(q, &row->so);
	seal_bind(q, &row->user);
	query_bind_int(q, row->flags);
	query_bind_buf(q, &row->objects_hash);
	query_bind_buf(q, &row->mac);
}

static bool
serial_is_valid(const char *serial)
{
	return strlen(serial) == STORE_SERIAL_LEN &&
	       strspn(serial, "0123456789abcdefABCDEF") == STORE_SERIAL_LEN;
}

CK_RV
store_token_get(struct store *s, int64_t id, struct token_row *out)
{
	struct query q = query_start(
		s, "reading a token", "SELECT " TOKEN_COLUMNS " FROM token WHERE id = ?");
	struct token_row fresh = { .id = id };
	bool found = false;
	CK_RV rv = CKR_OK;

	query_bind_int(&q, id);
	found = query_row(&q);
	if (found)
		token_read(&q, &fresh);
	rv = query_end(&q);
	if (rv == CKR_OK && !found)
		rv = CKR_TOKEN_NOT_PRESENT;
	if (rv == CKR_OK && !serial_is_valid(fresh.serial))
		rv = store_damaged(s, "serial");
	if (rv == CKR_OK)
		*out = fresh; /* owned by the caller */
	else
		token_row_free(&fresh);
	return rv;
}

/* A seal that a new PIN replaces can be opened with the old PIN: it must not stay in the log. */
static CK_RV
token_wipe_check(struct store *s, const struct token_row *row)
{
	struct query q = query_start(s, "comparing seals",
		"SELECT 1 FROM token WHERE id = ? AND (so_private IS NOT ? OR user_private IS NOT "
		"?)");

	query_bind_int(&q, row->id);
	query_bind_buf(&q, &row->so.priv);
	query_bind_buf(&q, &row->user.priv);
	if (query_row(&q))
		s->wipe = true;
	return query_end(&q);
}

static CK_RV
token_constraint(const struct query *q, const struct token_row *row, CK_RV rv)
{
	if (q->rc == SQLITE_CONSTRAINT_UNIQUE)
		return rv_fail(CKR_ARGUMENTS_BAD,
			"there is already a token with the label \"%s\" or the serial %s",
			row->label, row->serial);
	if (q->rc == SQLITE_CONSTRAINT_FOREIGNKEY)
		return rv_fail(CKR_ARGUMENTS_BAD,
			"token \"%s\" refers to capabilities that are not stored", row->label);
	return rv;
}

static CK_RV
token_insert(struct store *s, struct token_row *row)
{
	struct query q = query_start(s, "storing a token",
		"INSERT INTO token (" TOKEN_COLUMNS ")"
		" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id");
	int64_t id = 0;
	CK_RV rv = CKR_OK;

	token_bind(&q, row);
	while (query_row(&q))
		id = query_int(&q);
	rv = token_constraint(&q, row, query_end(&q));
	if (rv == CKR_OK)
		row->id = id;
	return rv;
}

static CK_RV
token_update(struct store *s, const struct token_row *row)
{
	struct query q;
	CK_RV rv = token_wipe_check(s, row);

	if (rv != CKR_OK)
		return rv;
	q = query_start(s, "storing a token",
		"UPDATE token SET (" TOKEN_COLUMNS
		") = (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) WHERE id = ?");
	token_bind(&q, row);
	query_bind_int(&q, row->id);
	rv = token_constraint(&q, row, query_run(&q));
	return rv == CKR_OK && query_changes(&q) == 0 ? CKR_TOKEN_NOT_PRESENT : rv;
}

CK_RV
store_token_put(struct store *s, struct token_row *row)
{
	CK_RV rv = CKR_OK;

	store_lock(s);
	rv = store_writing(s);
	if (rv == CKR_OK && !serial_is_valid(row->serial))
		rv = rv_fail(
			CKR_ARGUMENTS_BAD, "a serial is 16 hex digits, not \"%s\"", row->serial);
	if (rv == CKR_OK)
		rv = row->id == 0 ? token_insert(s, row) : token_update(s, row);
	store_unlock(s);
	return rv;
}

CK_RV
store_token_delete(struct store *s, int64_t id)
{
	struct query q;
	CK_RV rv = CKR_OK;

	store_lock(s);
	rv = store_writing(s);
	if (rv == CKR_OK) {
		q = query_start(s, "deleting a token", "DELETE FROM token WHERE id = ?");
		query_bind_int(&q, id);
		rv = query_run(&q);
		if (rv == CKR_OK && query_changes(&q) == 0)
			rv = CKR_TOKEN_NOT_PRESENT;
		s->wipe = true;
	}
	store_unlock(s);
	return rv;
}

/* Counts stop at the top: a count that wraps would open a locked PIN. */
#define TRIES_SQL(user, value)                                                                     \
	"UPDATE token SET " user "_tries = " value " WHERE id = ? RETURNING " user "_tries"
static const char *const tries_sql[2][3] = {
	{ TRIES_SQL("user", "0"), TRIES_SQL("user", "min(user_tries + 1, 4294967295)"),
		TRIES_SQL("user", "max(user_tries - 1, 0)") },
	{ TRIES_SQL("so", "0"), TRIES_SQL("so", "min(so_tries + 1, 4294967295)"),
		TRIES_SQL("so", "max(so_tries - 1, 0)") },
};

CK_RV
store_token_tries(struct store *s, int64_t id, bool so, enum store_tries how, uint32_t *tries)
{
	struct query q;
	uint32_t now = 0;
	bool found = false;
	CK_RV rv = store_begin(s);

	if (rv != CKR_OK)
		return rv;
	q = query_start(s, "counting a PIN", tries_sql[so][how]);
	query_bind_int(&q, id);
	while (query_row(&q)) {
		now = query_uint(&q, UINT32_MAX);
		found = true;
	}
	rv = query_end(&q);
	if (rv == CKR_OK && !found)
		rv = CKR_TOKEN_NOT_PRESENT;
	if (rv == CKR_OK)
		rv = store_commit(s);
	else
		store_rollback(s);
	if (rv == CKR_OK)
		*tries = now;
	return rv;
}

/* total() is a float: a sum of damaged counts is large, not an error. */
CK_RV
store_tries_sum(struct store *s, uint64_t *sum)
{
	struct query q = query_start(s, "adding up wrong PINs",
		"SELECT CAST(min(total(user_tries) + total(so_tries), 4294967295.0) AS INTEGER) "
		"FROM token");
	uint32_t now = 0;
	CK_RV rv = CKR_OK;

	while (query_row(&q))
		now = query_uint(&q, UINT32_MAX);
	if ((rv = query_end(&q)) == CKR_OK)
		*sum = now;
	return rv;
}
