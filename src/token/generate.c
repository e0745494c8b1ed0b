/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key pairs. Templates are checked and memory is taken before the TPM makes
 * the key, which takes seconds on hardware; both objects are stored in one
 * transaction after it, or none.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

#define SESSION_AUTH_LEN 32

struct pair {
	struct token *token;
	const struct mech *mech;
	uint64_t epoch; /* of the login that asked */
	enum attr_role role;
	struct keyspec spec;
	struct attrs public;
	struct attrs private;
	struct buf auth; /* the key's authorisation value */
	bool own_auth;   /* a session key: random, kept with the object */
	struct buf tpm_public;
	struct buf tpm_private;
	struct object *objects[2]; /* public, private */
};

static void
pair_free(struct pair *p)
{
	attrs_free(&p->public);
	attrs_free(&p->private);
	buf_free(&p->auth);
	buf_free(&p->tpm_public);
	buf_free(&p->tpm_private);
	object_put(p->objects[0]);
	object_put(p->objects[1]);
}

/* --- templates --- */

/* Clients find the halves of a pair by the same id and label; what one template leaves out the
 * other gives. */
static CK_RV
share(uint64_t type, struct attrs *a, struct attrs *b)
{
	if (attrs_has(a, type) && !attrs_has(b, type))
		return attrs_set(b, type, attrs_bytes(a, type));
	if (attrs_has(b, type) && !attrs_has(a, type))
		return attrs_set(a, type, attrs_bytes(b, type));
	return CKR_OK;
}

static CK_RV
half_complete(const struct pair *p, uint64_t class, struct attrs *half)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attrs whole = ATTRS_EMPTY;
	struct attr_request rq = {
		.event = ATTR_GENERATE, .role = p->role, .given = half, .fixed = &fixed
	};
	CK_RV rv = object_uid_new(&fixed);

	if (rv == CKR_OK)
		rv = attrs_set_u64(&fixed, CKA_CLASS, class);
	if (rv == CKR_OK)
		rv = attrs_set_u64(&fixed, CKA_KEY_TYPE, p->mech->key_type);
	if (rv == CKR_OK)
		rv = attrs_set_bool(&fixed, CKA_LOCAL, true);
	if (rv == CKR_OK)
		rv = attrs_set_u64(&fixed, CKA_KEY_GEN_MECHANISM, p->mech->type);
	if (rv == CKR_OK)
		rv = attr_complete(&rq, &whole);
	if (rv == CKR_OK)
		attrs_move(half, &whole);
	attrs_free(&fixed);
	attrs_free(&whole);
	return rv;
}

static CK_RV
pair_templates(struct pair *p, const struct tpm_caps *caps, const struct attrs *public,
	const struct attrs *private)
{
	CK_RV rv = mech_keyspec(p->mech, caps, public, private, &p->spec);

	if (rv == CKR_OK)
		rv = attrs_copy(&p->public, public);
	if (rv == CKR_OK)
		rv = attrs_copy(&p->private, private);
	if (rv == CKR_OK)
		rv = share(CKA_ID, &p->public, &p->private);
	if (rv == CKR_OK)
		rv = share(CKA_LABEL, &p->public, &p->private);
	if (rv == CKR_OK)
		rv = half_complete(p, CKO_PUBLIC_KEY, &p->public);
	return rv == CKR_OK ? half_complete(p, CKO_PRIVATE_KEY, &p->private) : rv;
}

/* --- authorisation --- */

/* A session key of anybody: nothing to derive from, and nothing of it is stored. */
CK_RV
object_auth_random(struct buf *auth)
{
	CK_RV rv = buf_resize(auth, SESSION_AUTH_LEN);

	if (rv == CKR_OK)
		rv = crypto_random(auth->ptr, auth->len);
	if (rv == CKR_OK)
		auth->ptr[auth->len - 1] |= 1; /* never 0: the TPM cuts trailing zero bytes */
	return rv;
}

static CK_RV
auth_reserved(struct pair *p)
{
	struct buf uid = BUF_EMPTY;
	CK_RV rv = keyring_reserve_take(p->token->keyring, &uid, &p->auth);

	if (rv == CKR_OK)
		rv = attrs_set(&p->private, CKA_UNIQUE_ID, view(&uid));
	buf_free(&uid);
	return rv;
}

static CK_RV
half_allowed(const struct pair *p, const struct attrs *half)
{
	bool is_token = attrs_bool(half, CKA_TOKEN, false);
	CK_RV rv = token_allows(p->token, is_token, attrs_bool(half, CKA_PRIVATE, false));

	return rv == CKR_OK && is_token ? core_may_write(p->token->core) : rv;
}

/* Lock held. */
static CK_RV
pair_authorise(struct pair *p)
{
	CK_RV rv = half_allowed(p, &p->public);

	if (rv == CKR_OK)
		rv = half_allowed(p, &p->private);
	if (rv != CKR_OK)
		return rv;
	if (attrs_bool(&p->private, CKA_ALWAYS_AUTHENTICATE, false))
		return auth_reserved(p);
	p->own_auth = !attrs_bool(&p->private, CKA_TOKEN, false);
	if (p->own_auth)
		return object_auth_random(&p->auth);
	return keyring_key_auth(
		p->token->keyring, attrs_bytes(&p->private, CKA_UNIQUE_ID), false, &p->auth);
}

/* --- the key and its objects --- */

static CK_RV
pair_numbers(struct pair *p)
{
	struct pubkey key = PUBKEY_EMPTY;
	CK_RV rv = tpm_public_key(view(&p->tpm_public), &key);

	if (rv == CKR_OK)
		rv = object_id_default(&key, &p->public);
	if (rv == CKR_OK)
		rv = object_id_default(&key, &p->private);
	if (rv == CKR_OK)
		rv = attr_of_pubkey(&key, false, &p->public);
	pubkey_free(&key);
	return rv;
}

/* Lock held. */
static CK_RV
pair_objects(struct pair *p)
{
	struct buf none = BUF_EMPTY;
	CK_RV rv = object_of_attrs(p->token, &p->public, &none, &none, &p->objects[0]);

	if (rv == CKR_OK)
		rv = object_of_attrs(
			p->token, &p->private, &p->tpm_public, &p->tpm_private, &p->objects[1]);
	if (rv == CKR_OK && p->own_auth)
		buf_move(&p->objects[1]->auth, &p->auth);
	return rv;
}

/* Lock held. The login that asked must be the one that is there now: the key's authorisation comes
 * from it. */
static CK_RV
pair_add(struct pair *p, token_owner owner)
{
	struct token *t = p->token;
	CK_RV rv = t->role == p->role && t->epoch == p->epoch ? CKR_OK : CKR_USER_NOT_LOGGED_IN;

	if (rv == CKR_OK)
		rv = pair_objects(p);
	return rv == CKR_OK ? object_add_all(t, owner, p->objects, 2) : rv;
}

/* --- C_GenerateKeyPair --- */

/* The token's row, verified when someone is logged in: the key's parent comes from it. */
static CK_RV
pair_start(struct pair *p, struct token_row *row)
{
	struct token *t = p->token;
	CK_RV rv = token_row_read(t, row);

	pthread_mutex_lock(&t->lock);
	p->role = t->role;
	p->epoch = t->epoch;
	if (rv == CKR_OK && t->keyring != NULL)
		rv = protect_token_check(t->keyring, row);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

static CK_RV
pair_create(struct pair *p, const struct token_row *row, const struct tpm_caps *caps)
{
	struct token *t = p->token;
	struct tpm_parent parent = { 0 };
	struct buf hierarchy_auth = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = pair_authorise(p);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = token_parent_of(row, &parent);
	if (rv == CKR_OK)
		rv = token_parent_auth(t->core, &parent, &hierarchy_auth);
	if (rv == CKR_OK)
		rv = tpm_create_key(t->core->tpm, &parent, view(&hierarchy_auth), caps, &p->spec,
			view(&p->auth), &p->tpm_public, &p->tpm_private);
	buf_free(&hierarchy_auth);
	tpm_parent_free(&parent);
	return rv == CKR_OK ? pair_numbers(p) : rv;
}

static CK_RV
pair_make(
	struct pair *p, token_owner owner, const struct attrs *public, const struct attrs *private)
{
	struct token_row row = { 0 };
	struct tpm_caps caps = { 0 };
	CK_RV rv = pair_start(p, &row);

	if (rv == CKR_OK)
		rv = token_caps(p->token, &row, &caps);
	if (rv == CKR_OK)
		rv = pair_templates(p, &caps, public, private);
	if (rv == CKR_OK)
		rv = pair_create(p, &row, &caps);
	token_row_free(&row);
	if (rv != CKR_OK)
		return rv;
	pthread_mutex_lock(&p->token->lock);
	rv = pair_add(p, owner);
	pthread_mutex_unlock(&p->token->lock);
	return rv;
}

CK_RV
object_generate_pair(struct token *t, token_owner owner, const struct mech *m,
	const struct attrs *public, const struct attrs *private, struct object **public_out,
	struct object **private_out)
{
	struct pair p = { .token = t, .mech = m };
	CK_RV rv = pair_make(&p, owner, public, private);

	if (rv == CKR_OK) {
		*public_out = p.objects[0];
		*private_out = p.objects[1];
		p.objects[0] = p.objects[1] = NULL; /* the references are the caller's */
	}
	pair_free(&p);
	return rv;
}
