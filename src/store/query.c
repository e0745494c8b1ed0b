/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries: prepared once and kept, parameters and columns from left to right,
 * every column checked for type and size.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/store_private.h"

static void
query_fail(struct query *q, CK_RV rv)
{
	if (q->rv == CKR_OK)
		q->rv = rv;
	if (q->s->writing)
		q->s->failed = true;
}

static void
query_fail_sqlite(struct query *q, int rc)
{
	q->rc = rc;
	/* These the caller explains: it knows whose label or which parent. */
	if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_FOREIGNKEY)
		query_fail(q, CKR_DEVICE_ERROR);
	else
		query_fail(q, rv_sqlite(rc, sqlite3_errmsg(q->s->db), q->what));
}

static void
statement_forget(struct statement *c)
{
	sqlite3_finalize(c->st);
	free(c->sql);
	*c = (struct statement){ NULL, NULL };
}

/* A place in the cache that nobody is using; NULL if all are running. */
static struct statement *
statement_room(struct store *s)
{
	for (unsigned tries = 0; tries < STORE_STATEMENTS; tries++) {
		struct statement *c = &s->statements[s->next_victim];

		s->next_victim = (s->next_victim + 1) % STORE_STATEMENTS;
		if (c->st == NULL || !sqlite3_stmt_busy(c->st)) {
			statement_forget(c);
			return c;
		}
	}
	return NULL;
}

static struct statement *
statement_find(struct store *s, const char *sql)
{
	for (size_t i = 0; i < STORE_STATEMENTS; i++)
		if (s->statements[i].sql != NULL && strcmp(s->statements[i].sql, sql) == 0)
			return &s->statements[i];
	return NULL;
}

static void
query_prepare(struct query *q, const char *sql)
{
	struct statement *c = statement_find(q->s, sql);
	int rc = SQLITE_OK;

	if (c != NULL && sqlite3_stmt_busy(c->st)) {
		query_fail(q, CKR_GENERAL_ERROR);
		return;
	}
	if (c == NULL && (c = statement_room(q->s)) == NULL) {
		query_fail(q, CKR_GENERAL_ERROR);
		return;
	}
	if (c->st == NULL) {
		rc = sqlite3_prepare_v3(q->s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &c->st, NULL);
		if (rc != SQLITE_OK) {
			query_fail_sqlite(q, rc);
			return;
		}
		c->sql = text_copy(sql);
		if (c->sql == NULL) {
			statement_forget(c);
			query_fail(q, CKR_HOST_MEMORY);
			return;
		}
	}
	q->st = c->st;
}

struct query
query_start(struct store *s, const char *what, const char *sql)
{
	struct query q = { s, NULL, what, 1, SQLITE_OK, CKR_OK };

	store_lock(s);
	if (s->db == NULL)
		query_fail(&q, CKR_DEVICE_ERROR);
	else
		query_prepare(&q, sql);
	return q;
}

static void
query_bound(struct query *q, int rc)
{
	q->at++;
	if (rc != SQLITE_OK)
		query_fail_sqlite(q, rc);
}

void
query_bind_int(struct query *q, int64_t v)
{
	if (q->rv == CKR_OK)
		query_bound(q, sqlite3_bind_int64(q->st, q->at, v));
}

void
query_bind_bytes(struct query *q, struct bytes v)
{
	/* A null pointer would bind NULL, which is not the same as no bytes. */
	const void *ptr = v.len > 0 ? (const void *)v.ptr : "";

	if (q->rv == CKR_OK && v.len > INT_MAX)
		query_fail_sqlite(q, SQLITE_TOOBIG);
	else if (q->rv == CKR_OK)
		query_bound(q, sqlite3_bind_blob(q->st, q->at, ptr, (int)v.len, SQLITE_STATIC));
}

void
query_bind_buf(struct query *q, const struct buf *v)
{
	query_bind_bytes(q, view(v));
}

void
query_bind_text(struct query *q, const char *v)
{
	if (q->rv == CKR_OK)
		query_bound(q, sqlite3_bind_text(q->st, q->at, v, -1, SQLITE_STATIC));
}

void
query_bind_null(struct query *q)
{
	if (q->rv == CKR_OK)
		query_bound(q, sqlite3_bind_null(q->st, q->at));
}

bool
query_row(struct query *q)
{
	if (q->rv != CKR_OK)
		return false;
	q->at = 0;
	q->rc = sqlite3_step(q->st);
	if (q->rc != SQLITE_ROW && q->rc != SQLITE_DONE)
		query_fail_sqlite(q, sqlite3_extended_errcode(q->s->db));
	return q->rc == SQLITE_ROW;
}

/* The next column if it has this type; -1 otherwise. */
static int
query_column(struct query *q, int type)
{
	int column = q->at++;

	if (q->rv != CKR_OK)
		return -1;
	if (sqlite3_column_type(q->st, column) == type)
		return column;
	query_fail(q, store_damaged(q->s, sqlite3_column_name(q->st, column)));
	return -1;
}

int64_t
query_int(struct query *q)
{
	int column = query_column(q, SQLITE_INTEGER);

	return column >= 0 ? sqlite3_column_int64(q->st, column) : 0;
}

uint32_t
query_uint(struct query *q, uint32_t max)
{
	int64_t v = query_int(q);

	if (q->rv == CKR_OK && (v < 0 || v > (int64_t)max))
		query_fail(q, store_damaged(q->s, sqlite3_column_name(q->st, q->at - 1)));
	return q->rv == CKR_OK ? (uint32_t)v : 0;
}

bool
query_bool(struct query *q)
{
	return query_uint(q, 1) != 0;
}

int64_t
query_int_or_null(struct query *q)
{
	if (q->rv == CKR_OK && sqlite3_column_type(q->st, q->at) == SQLITE_NULL) {
		q->at++;
		return 0;
	}
	return query_int(q);
}

struct bytes
query_bytes(struct query *q)
{
	int column = query_column(q, SQLITE_BLOB);
	struct bytes v = BYTES_EMPTY;

	if (column < 0)
		return v;
	v.ptr = sqlite3_column_blob(q->st, column);
	v.len = (size_t)sqlite3_column_bytes(q->st, column);
	if (v.len > 0 && v.ptr == NULL) {
		query_fail(q, CKR_HOST_MEMORY);
		return BYTES_EMPTY;
	}
	return v;
}

void
query_buf(struct query *q, struct buf *out)
{
	struct bytes v = query_bytes(q);
	CK_RV rv = buf_set(out, v);

	if (rv != CKR_OK)
		query_fail(q, rv);
}

void
query_text(struct query *q, char *out, size_t size)
{
	int column = query_column(q, SQLITE_TEXT);
	const unsigned char *text = NULL;
	size_t len = 0;

	out[0] = '\0';
	if (column < 0)
		return;
	text = sqlite3_column_text(q->st, column);
	len = (size_t)sqlite3_column_bytes(q->st, column);
	if (text == NULL)
		query_fail(q, CKR_HOST_MEMORY);
	else if (len >= size || memchr(text, '\0', len) != NULL)
		query_fail(q, store_damaged(q->s, sqlite3_column_name(q->st, column)));
	else
		memcpy(out, text, len + 1);
}

int
query_changes(const struct query *q)
{
	return sqlite3_changes(q->s->db);
}

CK_RV
query_end(struct query *q)
{
	if (q->st != NULL) {
		sqlite3_reset(q->st);
		sqlite3_clear_bindings(q->st); /* they point to the caller's memory */
	}
	q->st = NULL;
	store_unlock(q->s);
	return q->rv;
}

CK_RV
query_run(struct query *q)
{
	while (query_row(q))
		continue;
	return query_end(q);
}
