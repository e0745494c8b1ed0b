/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches over a token's objects.
 *
 * A search is one SELECT for public objects and, if wanted, one for private
 * ones, joined by UNION ALL. Each names its index, so that the cost does not
 * hang on what SQLite believes about the data; each gives ids in order, so the
 * union is a merge and LIMIT ends it early.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "store/store_private.h"

/* The index to use: of the keys that are given, the one that selects most. */
static const char *
find_index(const struct store_query *q)
{
	if (q->by_uid)
		return "object_by_uid";
	if (q->by_id)
		return "object_by_id";
	if (q->by_label)
		return "object_by_label";
	if (q->by_class)
		return "object_by_class";
	return "object_by_private";
}

/* Every search has the parameters in the same order: numbered, so that both halves share them. */
static void
find_half(char *out, size_t size, const struct store_query *q, bool is_private)
{
	snprintf(out, size,
		"SELECT id FROM object INDEXED BY %s WHERE token = ?1 AND is_private = %d%s%s%s%s "
		"AND id > ?2",
		find_index(q), is_private, q->by_class ? " AND class = ?4" : "",
		!q->by_label ? ""
		: is_private ? " AND label_key = ?6"
			     : " AND label_key = ?5",
		!q->by_id    ? ""
		: is_private ? " AND id_key = ?8"
			     : " AND id_key = ?7",
		q->by_uid ? " AND uid = ?9" : "");
}

static bool
find_private(const struct store_query *q)
{
	return q->with_private && !(q->by_label && q->label_keyed.len == 0) &&
	       !(q->by_id && q->id_keyed.len == 0);
}

/* A parameter that the statement does not use cannot be bound. */
static void
find_bind_bytes(struct query *q, int at, bool used, struct bytes v)
{
	q->at = at;
	if (used)
		query_bind_bytes(q, v);
}

static void
find_bind(struct query *f, const struct store_query *q, size_t room, const char *uid)
{
	bool private = find_private(q);

	query_bind_int(f, q->token);
	query_bind_int(f, q->after);
	query_bind_int(f, room > INT64_MAX ? INT64_MAX : (int64_t)room);
	if (q->by_class)
		query_bind_int(f, (int64_t)q->class);
	find_bind_bytes(f, 5, q->by_label, q->label_plain);
	find_bind_bytes(f, 6, q->by_label && private, q->label_keyed);
	find_bind_bytes(f, 7, q->by_id, q->id_plain);
	find_bind_bytes(f, 8, q->by_id && private, q->id_keyed);
	f->at = 9;
	if (q->by_uid)
		query_bind_text(f, uid);
}

/* As text; false: no object can have this uid. */
static bool
find_uid(struct bytes uid, char out[STORE_UID_LEN + 1])
{
	if (uid.len == 0 || uid.len > STORE_UID_LEN || memchr(uid.ptr, '\0', uid.len) != NULL)
		return false;
	memcpy(out, uid.ptr, uid.len);
	out[uid.len] = '\0';
	return true;
}

void
find_sql(const struct store_query *q, char *out, size_t size)
{
	char public[256];
	char private[256];

	find_half(public, sizeof public, q, false);
	find_half(private, sizeof private, q, true);
	if (find_private(q))
		snprintf(out, size, "%s UNION ALL %s ORDER BY id LIMIT ?3", public, private);
	else
		snprintf(out, size, "%s ORDER BY id LIMIT ?3", public);
}

CK_RV
store_object_find(
	struct store *s, const struct store_query *q, int64_t *ids, size_t room, size_t *count)
{
	char sql[FIND_SQL_LEN];
	char uid[STORE_UID_LEN + 1] = "";
	struct query f;
	size_t n = 0;
	CK_RV rv = CKR_OK;

	*count = 0;
	if (room == 0 || (q->by_uid && !find_uid(q->uid, uid)))
		return CKR_OK;
	find_sql(q, sql, sizeof sql);
	f = query_start(s, "searching objects", sql);
	find_bind(&f, q, room, uid);
	while (n < room && query_row(&f))
		ids[n++] = query_int(&f);
	rv = query_end(&f);
	if (rv == CKR_OK)
		*count = n;
	return rv;
}

CK_RV
store_object_macs(struct store *s, int64_t token,
	CK_RV (*fn)(void *arg, int64_t id, struct bytes mac), void *arg)
{
	struct query q = query_start(s, "reading MACs",
		"SELECT id, mac FROM object INDEXED BY object_by_token WHERE token = ? ORDER BY "
		"id");
	CK_RV rv = CKR_OK;
	CK_RV end = CKR_OK;

	query_bind_int(&q, token);
	while (rv == CKR_OK && query_row(&q)) {
		int64_t id = query_int(&q);
		struct bytes mac = query_bytes(&q);

		if (q.rv == CKR_OK)
			rv = fn(arg, id, mac);
	}
	end = query_end(&q);
	return end != CKR_OK ? end : rv;
}

CK_RV
store_object_count(struct store *s, int64_t token, int64_t most, uint64_t *count)
{
	struct query q = query_start(s, "counting objects",
		"SELECT count(*) FROM (SELECT 1 FROM object INDEXED BY object_by_token WHERE token = "
		"? LIMIT ?)");
	uint64_t n = 0;
	CK_RV rv = CKR_OK;

	query_bind_int(&q, token);
	query_bind_int(&q, most);
	if (query_row(&q))
		n = (uint64_t)query_int(&q);
	rv = query_end(&q);
	if (rv == CKR_OK)
		*count = n;
	return rv;
}
