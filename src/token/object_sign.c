/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing with a private key: who may, and under which authorisation. The lock
 * is given back before the TPM works.
 */
#include "config.h"

#include "token_private.h"

CK_RV
object_auth(const struct token *t, const struct object *o, struct bytes context, struct buf *auth)
{
	CK_RV rv = token_allows(t, o->is_token, o->is_private);

	if (rv != CKR_OK || o->tpm_private.len == 0) /* a key on the host asks for nothing more */
		return rv;
	if (attrs_bool(&o->attrs, CKA_ALWAYS_AUTHENTICATE, false))
		return context.len > 0 ? buf_set(auth, context) : CKR_USER_NOT_LOGGED_IN;
	if (o->auth.len > 0)
		return buf_set(auth, view(&o->auth));
	return keyring_key_auth(t->keyring, object_uid(o), false, auth);
}

CK_RV
object_prepare(struct token *t, struct object *o, struct bytes context, struct object **verified,
	struct buf *auth)
{
	CK_RV rv = token_allows(t, o->is_token, o->is_private);

	if (rv != CKR_OK)
		return rv;
	if (o->row != 0 && !o->verified)
		rv = object_lookup(t, o->row, true, verified);
	else
		object_hold(*verified = o);
	return rv == CKR_OK ? object_auth(t, *verified, context, auth) : rv;
}

CK_RV
object_sign(struct token *t, struct object *key, const struct scheme *s, struct bytes context,
	struct bytes input, struct buf *out)
{
	struct object *o = NULL;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_KEY_FUNCTION_NOT_PERMITTED;

	if (key->key == NULL)
		return rv;
	pthread_mutex_lock(&t->lock);
	rv = object_prepare(t, key, context, &o, &auth);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = key_sign(o->key, s, view(&auth), input, out);
	buf_free(&auth);
	object_put(o);
	return rv;
}

CK_RV
object_sign_room(const struct object *key, const struct scheme *s, size_t input_len)
{
	return key->key != NULL ? key_sign_room(key->key, s, input_len)
				: CKR_KEY_FUNCTION_NOT_PERMITTED;
}
