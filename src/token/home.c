/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The home of a new key in the TPM: below which parent, under which
 * authorisation, and by whose login. Found out before the TPM works, and asked
 * again after it, since the lock is not held meanwhile.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

#define SESSION_AUTH_LEN 32

void
home_close(struct home *p)
{
	tpm_parent_free(&p->parent);
	buf_free(&p->hierarchy_auth);
	buf_free(&p->auth);
}

/* The token's row is verified when someone is logged in: the key's parent comes from it. */
static CK_RV
home_login(struct home *p, const struct token_row *row)
{
	struct token *t = p->token;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	p->role = t->role;
	p->epoch = t->epoch;
	if (t->keyring != NULL)
		rv = protect_token_check(t->keyring, row);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

CK_RV
home_open(struct token *t, struct home *p)
{
	struct token_row row = { 0 };
	CK_RV rv = token_row_read(t, &row);

	*p = (struct home){ .token = t };
	if (rv == CKR_OK)
		rv = home_login(p, &row);
	if (rv == CKR_OK)
		rv = token_caps(t, &row, &p->caps);
	if (rv == CKR_OK)
		rv = token_parent_of(&row, &p->parent);
	if (rv == CKR_OK)
		rv = token_parent_auth(t->core, &p->parent, &p->hierarchy_auth);
	token_row_free(&row);
	return rv;
}

CK_RV
home_allows(const struct home *p, const struct attrs *object)
{
	bool is_token = attrs_bool(object, CKA_TOKEN, false);
	CK_RV rv = token_allows(p->token, is_token, attrs_bool(object, CKA_PRIVATE, false));

	return rv == CKR_OK && is_token ? core_may_write(p->token->core) : rv;
}

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
auth_reserved(struct home *p, struct attrs *key)
{
	struct buf uid = BUF_EMPTY;
	CK_RV rv = keyring_reserve_take(p->token->keyring, &uid, &p->auth);

	if (rv == CKR_OK)
		rv = attrs_set(key, CKA_UNIQUE_ID, view(&uid));
	buf_free(&uid);
	return rv;
}

CK_RV
home_authorise(struct home *p, struct attrs *key)
{
	CK_RV rv = home_allows(p, key);

	if (rv != CKR_OK)
		return rv;
	if (attrs_bool(key, CKA_ALWAYS_AUTHENTICATE, false))
		return auth_reserved(p, key);
	p->own_auth = !attrs_bool(key, CKA_TOKEN, false);
	if (p->own_auth)
		return object_auth_random(&p->auth);
	return keyring_key_auth(
		p->token->keyring, attrs_bytes(key, CKA_UNIQUE_ID), false, &p->auth);
}

CK_RV
home_is_ours(const struct home *p)
{
	const struct token *t = p->token;

	return t->role == p->role && t->epoch == p->epoch ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
}

CK_RV
home_object(struct home *p, struct attrs *attrs, struct buf *tpm_public, struct buf *tpm_private,
	struct object **out)
{
	CK_RV rv = object_of_attrs(p->token, attrs, tpm_public, tpm_private, out);

	if (rv == CKR_OK && p->own_auth)
		buf_move(&(*out)->auth, &p->auth);
	return rv;
}
