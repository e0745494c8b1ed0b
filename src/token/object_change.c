/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing and destroying objects. What a row says is read again inside the
 * transaction: another process may have changed it since it was loaded.
 */
#include "config.h"

#include "base/log.h"
#include "token_private.h"

/* o with these attributes; blobs and a session key's authorisation are o's. */
static CK_RV
object_with(struct token *t, const struct object *o, struct attrs *attrs, struct object **out)
{
	struct buf tpm_public = BUF_EMPTY;
	struct buf tpm_private = BUF_EMPTY;
	struct object *fresh = NULL;
	CK_RV rv = buf_set(&tpm_public, view(&o->tpm_public));

	if (rv == CKR_OK)
		rv = buf_set(&tpm_private, view(&o->tpm_private));
	if (rv == CKR_OK)
		rv = object_of_attrs(t, attrs, &tpm_public, &tpm_private, &fresh);
	if (rv == CKR_OK)
		rv = buf_set(&fresh->auth, view(&o->auth));
	buf_free(&tpm_public);
	buf_free(&tpm_private);
	if (rv != CKR_OK) {
		object_put(fresh);
		return rv;
	}
	fresh->row = o->row;
	fresh->owner = o->owner;
	fresh->order = o->order;
	fresh->handle = o->handle;
	fresh->verified = o->verified;
	*out = fresh; /* owned by the caller */
	return CKR_OK;
}

static CK_RV
object_changed(
	struct token *t, const struct object *o, const struct attrs *given, struct object **out)
{
	struct attrs attrs = ATTRS_EMPTY;
	CK_RV rv = attr_change(t->role, &o->attrs, given, &attrs);

	if (rv == CKR_OK)
		rv = object_with(t, o, &attrs, out);
	attrs_free(&attrs);
	return rv;
}

static CK_RV
change_row(struct token *t, struct change *c, int64_t id, const struct attrs *given,
	struct object **out)
{
	struct object_row old = { 0 };
	struct object_row row = { 0 };
	struct object *now = NULL;
	CK_RV rv = change_read(c, id, &old);

	if (rv == CKR_OK)
		rv = object_of_row(t, &old, &now);
	if (rv == CKR_OK)
		rv = object_changed(t, now, given, out);
	if (rv == CKR_OK)
		rv = object_to_row(t, *out, &row);
	if (rv == CKR_OK)
		rv = change_replace(c, &old, &row);
	object_put(now);
	object_row_free(&old);
	object_row_free(&row);
	return rv;
}

static CK_RV
change_token_object(struct token *t, int64_t id, const struct attrs *given, struct object **out)
{
	struct change c = { 0 };
	CK_RV rv = change_begin(t, t->keyring, &c);

	if (rv == CKR_OK)
		rv = change_row(t, &c, id, given, out);
	if (rv == CKR_OK)
		rv = change_commit(&c);
	change_end(&c);
	return rv;
}

/* As it is now: a logout or another thread may have destroyed or changed it since o was given out.
 */
static CK_RV
session_object_now(const struct token *t, const struct object *o, const struct object **now)
{
	*now = index_find(&t->objects, o->order);
	return *now != NULL ? CKR_OK : CKR_OBJECT_HANDLE_INVALID;
}

static CK_RV
change_session_object(
	struct token *t, const struct object *o, const struct attrs *given, struct object **out)
{
	const struct object *now = NULL;
	CK_RV rv = session_object_now(t, o, &now);

	return rv == CKR_OK ? object_changed(t, now, given, out) : rv;
}

static CK_RV
object_change_locked(struct token *t, const struct object *o, const struct attrs *given)
{
	struct object *fresh = NULL;
	CK_RV rv = (o->handle & HANDLE_PROFILE) != 0 ? CKR_ACTION_PROHIBITED
						     : token_allows(t, o->is_token, o->is_private);

	if (rv == CKR_OK)
		rv = index_reserve(&t->objects, 1);
	if (rv == CKR_OK)
		rv = o->is_token ? change_token_object(t, o->row, given, &fresh)
				 : change_session_object(t, o, given, &fresh);
	if (rv == CKR_OK)
		index_add(&t->objects, fresh);
	object_put(fresh);
	return rv;
}

CK_RV
object_change(struct token *t, struct object *o, const struct attrs *given)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = object_change_locked(t, o, given);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

/* --- C_DestroyObject --- */

static CK_RV
destroy_row(struct token *t, int64_t id)
{
	struct change c = { 0 };
	struct object_row row = { 0 };
	struct object *now = NULL;
	CK_RV rv = change_begin(t, t->keyring, &c);

	if (rv == CKR_OK)
		rv = change_read(&c, id, &row);
	if (rv == CKR_OK)
		rv = object_of_row(t, &row, &now);
	if (rv == CKR_OK && !attrs_bool(&now->attrs, CKA_DESTROYABLE, true))
		rv = CKR_ACTION_PROHIBITED;
	if (rv == CKR_OK)
		rv = change_remove(&c, &row);
	if (rv == CKR_OK)
		rv = change_commit(&c);
	object_put(now);
	object_row_free(&row);
	change_end(&c);
	return rv;
}

static CK_RV
object_destroy_locked(struct token *t, const struct object *o)
{
	const struct object *now = o;
	CK_RV rv = o->is_token ? CKR_OK : session_object_now(t, o, &now);

	if (rv != CKR_OK)
		return rv;
	if ((o->handle & HANDLE_PROFILE) != 0 || !attrs_bool(&now->attrs, CKA_DESTROYABLE, true))
		return CKR_ACTION_PROHIBITED;
	rv = token_allows(t, o->is_token, o->is_private);
	if (rv == CKR_OK && o->is_token)
		rv = destroy_row(t, o->row);
	if (rv == CKR_OK)
		index_drop(&t->objects, o->order);
	return rv;
}

CK_RV
object_destroy(struct token *t, struct object *o)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = object_destroy_locked(t, o);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK && o->tpm_public.len > 0 &&
		tpm_forget(t->core->tpm, view(&o->tpm_public)) != CKR_OK)
		log_debug("a destroyed key stays loaded in the TPM until this process ends");
	return rv;
}
