/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Object rows with their attributes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "store/store_private.h"

#define OBJECT_COLUMNS                                                                             \
	"class, key_type, is_private, uid, label_key, id_key, tpm_public, tpm_private, mac"

void
object_row_free(struct object_row *row)
{
	if (row == NULL)
		return;
	buf_free(&row->label_key);
	buf_free(&row->id_key);
	buf_free(&row->tpm_public);
	buf_free(&row->tpm_private);
	attrs_free(&row->attrs);
	buf_free(&row->mac);
	*row = (struct object_row){ 0 };
}

static void
object_read(struct query *q, struct object_row *out)
{
	out->class = (uint64_t)query_int(q);
	out->key_type = (uint64_t)query_int(q);
	out->is_private = query_bool(q);
	query_text(q, out->uid, sizeof out->uid);
	query_buf(q, &out->label_key);
	query_buf(q, &out->id_key);
	query_buf(q, &out->tpm_public);
	query_buf(q, &out->tpm_private);
	query_buf(q, &out->mac);
}

static void
object_bind(struct query *q, const struct object_row *row)
{
	query_bind_int(q, (int64_t)row->class);
	query_bind_int(q, (int64_t)row->key_type);
	query_bind_int(q, row->is_private);
	query_bind_text(q, row->uid);
	query_bind_buf(q, &row->label_key);
	query_bind_buf(q, &row->id_key);
	query_bind_buf(q, &row->tpm_public);
	query_bind_buf(q, &row->tpm_private);
	query_bind_buf(q, &row->mac);
}

static CK_RV
object_row_read(struct store *s, int64_t token, int64_t id, struct object_row *out)
{
	struct query q = query_start(s, "reading an object",
		"SELECT " OBJECT_COLUMNS " FROM object WHERE id = ? AND token = ?");
	bool found = false;
	CK_RV rv = CKR_OK;

	query_bind_int(&q, id);
	query_bind_int(&q, token);
	found = query_row(&q);
	if (found)
		object_read(&q, out);
	rv = query_end(&q);
	return rv == CKR_OK && !found ? CKR_OBJECT_HANDLE_INVALID : rv;
}

static CK_RV
object_attrs_read(struct store *s, int64_t id, struct attrs *out)
{
	struct query q = query_start(
		s, "reading attributes", "SELECT type, value FROM attribute WHERE object = ?");
	CK_RV rv = CKR_OK;
	CK_RV end = CKR_OK;

	query_bind_int(&q, id);
	while (rv == CKR_OK && query_row(&q)) {
		uint64_t type = (uint64_t)query_int(&q);
		struct bytes value = query_bytes(&q);

		rv = attrs_set(out, type, value);
	}
	end = query_end(&q);
	return end != CKR_OK ? end : rv;
}

CK_RV
store_object_get(struct store *s, int64_t token, int64_t id, struct object_row *out)
{
	struct object_row fresh = { .id = id, .token = token };
	CK_RV rv = store_read_begin(s);

	if (rv != CKR_OK)
		return rv;
	rv = object_row_read(s, token, id, &fresh);
	if (rv == CKR_OK)
		rv = object_attrs_read(s, id, &fresh.attrs);
	store_read_end(s);
	if (rv == CKR_OK)
		*out = fresh; /* owned by the caller */
	else
		object_row_free(&fresh);
	return rv;
}

static CK_RV
object_insert(struct store *s, const struct object_row *row, int64_t *id)
{
	struct query q = query_start(s, "storing an object",
		"INSERT INTO object (" OBJECT_COLUMNS
		", token) VALUES (?,?,?,?,?,?,?,?,?,?) RETURNING id");
	CK_RV rv = CKR_OK;

	object_bind(&q, row);
	query_bind_int(&q, row->token);
	while (query_row(&q))
		*id = query_int(&q);
	rv = query_end(&q);
	return q.rc == SQLITE_CONSTRAINT_FOREIGNKEY ? CKR_TOKEN_NOT_PRESENT : rv;
}

/* A key that has got another authorisation can still be used with the old blob. */
static CK_RV
object_wipe_check(struct store *s, const struct object_row *row)
{
	struct query q = query_start(
		s, "comparing keys", "SELECT 1 FROM object WHERE id = ? AND tpm_private IS NOT ?");

	query_bind_int(&q, row->id);
	query_bind_buf(&q, &row->tpm_private);
	if (query_row(&q))
		s->wipe = true;
	return query_end(&q);
}

static CK_RV
object_update(struct store *s, const struct object_row *row)
{
	struct query q;
	CK_RV rv = object_wipe_check(s, row);

	if (rv != CKR_OK)
		return rv;
	q = query_start(s, "storing an object",
		"UPDATE object SET (" OBJECT_COLUMNS
		") = (?,?,?,?,?,?,?,?,?) WHERE id = ? AND token = ?");
	object_bind(&q, row);
	query_bind_int(&q, row->id);
	query_bind_int(&q, row->token);
	rv = query_run(&q);
	return rv == CKR_OK && query_changes(&q) == 0 ? CKR_OBJECT_HANDLE_INVALID : rv;
}

static CK_RV
object_attrs_delete(struct store *s, int64_t id)
{
	struct query q =
		query_start(s, "storing attributes", "DELETE FROM attribute WHERE object = ?");

	query_bind_int(&q, id);
	return query_run(&q);
}

static CK_RV
object_attrs_insert(struct store *s, int64_t id, const struct attrs *attrs)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < attrs->count && rv == CKR_OK; i++) {
		struct query q = query_start(s, "storing attributes",
			"INSERT INTO attribute (object, type, value) VALUES (?,?,?)");

		query_bind_int(&q, id);
		query_bind_int(&q, (int64_t)attrs->list[i].type);
		query_bind_buf(&q, &attrs->list[i].value);
		rv = query_run(&q);
	}
	return rv;
}

static CK_RV
object_write(struct store *s, struct object_row *row)
{
	int64_t id = row->id;
	CK_RV rv = id == 0 ? object_insert(s, row, &id) : object_update(s, row);

	if (rv == CKR_OK && row->id != 0)
		rv = object_attrs_delete(s, id);
	if (rv == CKR_OK)
		rv = object_attrs_insert(s, id, &row->attrs);
	if (rv == CKR_OK)
		row->id = id;
	return rv;
}

CK_RV
store_object_put(struct store *s, struct object_row *row)
{
	CK_RV rv = CKR_OK;

	store_lock(s);
	rv = store_writing(s);
	if (rv == CKR_OK)
		rv = object_write(s, row);
	store_unlock(s);
	return rv;
}

CK_RV
store_object_delete(struct store *s, int64_t token, int64_t id)
{
	struct query q;
	CK_RV rv = CKR_OK;

	store_lock(s);
	rv = store_writing(s);
	if (rv == CKR_OK) {
		q = query_start(
			s, "deleting an object", "DELETE FROM object WHERE id = ? AND token = ?");
		query_bind_int(&q, id);
		query_bind_int(&q, token);
		rv = query_run(&q);
		if (rv == CKR_OK && query_changes(&q) == 0)
			rv = CKR_OBJECT_HANDLE_INVALID;
		s->wipe = true;
	}
	store_unlock(s);
	return rv;
}
