/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_CopyObject. Copies of a key in the TPM have the same public area, but each
 * an authorisation of its own: one on the token must be usable after a new
 * login, so its authorisation follows from its unique id, and one in a session
 * must not stay usable with what the keyring gave for another object. The value
 * of a session's secret key goes into the TPM when its copy is on the token.
 */
#include "config.h"

#include "token_private.h"

struct copy {
	struct token *token;
	const struct attrs *given;
	uint64_t epoch; /* of the login that asked */
	enum attr_role role;
	struct object *source; /* verified where someone is logged in */
	struct attrs attrs;
	bool is_token;
	struct buf auth;     /* the source's; empty: it is no key in the TPM */
	struct buf new_auth; /* the copy's */
	struct secret_place place;
	struct object *made;
};

static void
copy_free(struct copy *c)
{
	object_put(c->source);
	attrs_free(&c->attrs);
	buf_free(&c->auth);
	buf_free(&c->new_auth);
	secret_place_free(&c->place);
	object_put(c->made);
}

/* --- what is copied, and what it becomes; lock held --- */

/* One that was loaded before the login is loaded anew, which verifies it. */
static CK_RV
copy_source(struct copy *c, struct object *o)
{
	CK_RV rv = token_allows(c->token, false, o->is_private);

	if (rv == CKR_OK && o->row != 0 && !o->verified && c->token->keyring != NULL)
		return object_lookup(c->token, o->row, true, &c->source);
	if (rv == CKR_OK)
		object_hold(c->source = o);
	return rv;
}

/* The authorisation of a key that asks for the PIN at each use is gone after the login. */
static CK_RV
copy_allowed(const struct object *o)
{
	if ((o->handle & HANDLE_PROFILE) != 0)
		return CKR_ACTION_PROHIBITED;
	if (attrs_bool(&o->attrs, CKA_ALWAYS_AUTHENTICATE, false))
		return rv_fail(CKR_ACTION_PROHIBITED,
			"A key that asks for the PIN at each use can not be copied.");
	return CKR_OK;
}

static CK_RV
copy_attrs(struct copy *c)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = { .event = ATTR_COPY,
		.role = c->role,
		.given = c->given,
		.fixed = &fixed,
		.base = &c->source->attrs };
	CK_RV rv = object_uid_new(&fixed);

	if (rv == CKR_OK)
		rv = attr_complete(&rq, &c->attrs);
	attrs_free(&fixed);
	if (rv != CKR_OK)
		return rv;
	c->is_token = attrs_bool(&c->attrs, CKA_TOKEN, false);
	rv = token_allows(c->token, c->is_token, attrs_bool(&c->attrs, CKA_PRIVATE, false));
	return rv == CKR_OK && c->is_token ? core_may_write(c->token->core) : rv;
}

static CK_RV
copy_authorise(struct copy *c)
{
	const struct token *t = c->token;
	CK_RV rv = object_auth(t, c->source, BYTES_EMPTY, &c->auth);

	if (rv == CKR_OK && !c->is_token)
		rv = object_auth_random(&c->new_auth);
	else if (rv == CKR_OK)
		rv = keyring_key_auth(
			t->keyring, attrs_bytes(&c->attrs, CKA_UNIQUE_ID), false, &c->new_auth);
	return rv;
}

static CK_RV
copy_prepare(struct copy *c, struct object *o)
{
	CK_RV rv = copy_source(c, o);

	c->role = c->token->role;
	c->epoch = c->token->epoch;
	if (rv == CKR_OK)
		rv = copy_allowed(c->source);
	if (rv == CKR_OK)
		rv = copy_attrs(c);
	return rv == CKR_OK && c->source->tpm_private.len > 0 ? copy_authorise(c) : rv;
}

/* --- the copy; lock held --- */

static CK_RV
copy_object(struct copy *c)
{
	CK_RV rv = object_of_attrs(
		c->token, &c->attrs, &c->place.tpm_public, &c->place.tpm_private, &c->made);

	if (rv == CKR_OK && !c->is_token)
		buf_move(&c->made->auth, &c->new_auth);
	return rv;
}

/* The login that asked must be the one that is there now: the copy's authorisation comes from it.
 */
static CK_RV
copy_add(struct copy *c, token_owner owner)
{
	struct token *t = c->token;
	CK_RV rv = t->role == c->role && t->epoch == c->epoch ? CKR_OK : CKR_USER_NOT_LOGGED_IN;

	if (rv == CKR_OK)
		rv = copy_object(c);
	return rv == CKR_OK ? object_add_all(t, owner, &c->made, 1) : rv;
}

/* --- C_CopyObject --- */

/* No lock: a key in the TPM gets its own authorisation, a secret one from the host its place. */
static CK_RV
copy_place(struct copy *c)
{
	CK_RV rv = CKR_OK;

	if (c->auth.len == 0)
		return secret_place(c->token, &c->attrs, &c->place);
	rv = key_change_auth(
		c->source->key, view(&c->auth), view(&c->new_auth), &c->place.tpm_private);
	return rv == CKR_OK ? buf_set(&c->place.tpm_public, view(&c->source->tpm_public)) : rv;
}

static CK_RV
copy_make(struct copy *c, token_owner owner, struct object *o)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&c->token->lock);
	rv = copy_prepare(c, o);
	pthread_mutex_unlock(&c->token->lock);
	if (rv == CKR_OK)
		rv = copy_place(c);
	if (rv != CKR_OK)
		return rv;
	pthread_mutex_lock(&c->token->lock);
	rv = copy_add(c, owner);
	pthread_mutex_unlock(&c->token->lock);
	return rv;
}

CK_RV
object_copy(struct token *t, token_owner owner, struct object *o, const struct attrs *given,
	struct object **out)
{
	struct copy c = { .token = t, .given = given };
	CK_RV rv = copy_make(&c, owner, o);

	if (rv == CKR_OK) {
		*out = c.made;
		c.made = NULL; /* the reference is the caller's */
	}
	copy_free(&c);
	return rv;
}
