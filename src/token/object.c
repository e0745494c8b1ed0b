/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects in memory: counted references and handles.
 */
#include "config.h"

#include <stdlib.h>

#include "token_private.h"

/* --- references --- */

CK_RV
object_new(struct object **out)
{
	struct object *o = calloc(1, sizeof *o);

	if (o == NULL)
		return CKR_HOST_MEMORY;
	atomic_init(&o->refs, 1);
	*out = o;
	return CKR_OK;
}

void
object_hold(struct object *o)
{
	atomic_fetch_add(&o->refs, 1);
}

void
object_put(struct object *o)
{
	if (o == NULL || atomic_fetch_sub(&o->refs, 1) != 1)
		return;
	attrs_free(&o->attrs);
	pubkey_free(&o->pubkey);
	key_free(o->key);
	buf_free(&o->tpm_public);
	buf_free(&o->tpm_private);
	buf_free(&o->auth);
	free(o);
}

uint64_t
object_handle(const struct object *o)
{
	return o->handle;
}

const struct attrs *
object_attrs(const struct object *o)
{
	return &o->attrs;
}

/* The public area counts once, as an attribute. */
size_t
object_size(const struct object *o)
{
	size_t size = o->tpm_private.len;

	for (size_t i = 0; i < o->attrs.count; i++)
		size += o->attrs.list[i].value.len;
	return size;
}

bool
object_is_token(const struct object *o)
{
	return o->is_token;
}

bool
object_is_private(const struct object *o)
{
	return o->is_private;
}

const struct pubkey *
object_pubkey(const struct object *o)
{
	return o->pubkey.kind != KEY_NONE ? &o->pubkey : NULL;
}

struct bytes
object_uid(const struct object *o)
{
	return attrs_bytes(&o->attrs, CKA_UNIQUE_ID);
}

void
object_number(struct token *t, struct object *o, int64_t row, token_owner owner)
{
	o->row = row;
	o->owner = owner;
	if (row == 0) {
		o->handle = HANDLE_SESSION | ++t->next_session_object;
		o->order = o->handle;
		return;
	}
	o->order = (uint64_t)row;
	o->handle = (uint64_t)row | (o->is_private ? t->epoch << HANDLE_ROW_BITS : 0);
}

/* --- by handle ---------------------------------------------------------------------------------
 */

static CK_RV
object_read(struct token *t, int64_t row_id, struct object **out)
{
	struct object_row row = { 0 };
	CK_RV rv = store_object_get(t->core->store, t->id, row_id, &row);

	if (rv == CKR_OK && row.is_private && t->role != ROLE_USER)
		rv = CKR_OBJECT_HANDLE_INVALID;
	if (rv == CKR_OK)
		rv = object_of_row(t, &row, out);
	object_row_free(&row);
	return rv;
}

CK_RV
object_lookup(struct token *t, int64_t row, bool keep, struct object **out)
{
	struct object *o = index_find(&t->objects, (uint64_t)row);
	CK_RV rv = CKR_OK;

	if (o != NULL) {
		if (keep)
			index_use(&t->objects, o);
		object_hold(o);
		*out = o;
		return CKR_OK;
	}
	if (keep && (rv = index_reserve(&t->objects, 1)) != CKR_OK)
		return rv;
	rv = object_read(t, row, &o);
	if (rv != CKR_OK)
		return rv;
	if (keep)
		index_add(&t->objects, o);
	*out = o;
	return CKR_OK;
}

/* A handle that is not in the index: another process may have made the object since we looked. */
static CK_RV
object_get_row(struct token *t, int64_t row, struct object **out)
{
	CK_RV rv = CKR_OK;

	if (row == 0 || t->core->store == NULL)
		return CKR_OBJECT_HANDLE_INVALID;
	if (index_find(&t->objects, (uint64_t)row) == NULL && (rv = token_sync(t)) != CKR_OK)
		return rv;
	return object_lookup(t, row, true, out);
}

static CK_RV
object_get_locked(struct token *t, uint64_t handle, struct object **out)
{
	struct object *o = NULL;
	CK_RV rv = CKR_OK;

	if ((handle & (HANDLE_SESSION | HANDLE_PROFILE)) == 0)
		rv = object_get_row(t, (int64_t)(handle & HANDLE_ROW_MASK), &o);
	else if ((o = index_find(&t->objects, handle)) != NULL)
		object_hold(o);
	if (rv != CKR_OK)
		return rv;
	/* Not the same handle: one from before a logout. */
	if (o == NULL || o->handle != handle || (o->is_private && t->role != ROLE_USER)) {
		object_put(o);
		return CKR_OBJECT_HANDLE_INVALID;
	}
	*out = o; /* the reference is the caller's */
	return CKR_OK;
}

CK_RV
object_get(struct token *t, uint64_t handle, struct object **out)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = object_get_locked(t, handle, out);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

static bool
object_is_of_owner(const struct object *o, uint64_t owner)
{
	return o->row == 0 && !o->is_token && (o->handle & HANDLE_PROFILE) == 0 &&
	       o->owner == owner;
}

void
object_owner_gone(struct token *t, token_owner owner)
{
	pthread_mutex_lock(&t->lock);
	index_drop_if(&t->objects, object_is_of_owner, owner);
	pthread_mutex_unlock(&t->lock);
}
