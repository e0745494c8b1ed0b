/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key agreement with a private key: the TPM makes the shared secret, the host
 * a key of it.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

/* As long as asked for; else all of the secret, or one digest. */
struct lengths
agree_lengths(const struct pubkey *key, const struct scheme *s)
{
	size_t secret_len = pubkey_signature_len(key) / 2; /* the field's */

	if (s->kdf == KDF_NONE)
		return (struct lengths){ secret_len, 1, secret_len };
	return (struct lengths){ kdf_step_len(s->kdf, s->digest), 1, SIZE_MAX };
}

/* One command; no lock is held while it runs. */
static CK_RV
shared_secret(struct token *t, struct object *key, const struct scheme *s, struct buf *secret)
{
	struct object *o = NULL;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = key->key != NULL ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED;

	if (rv != CKR_OK)
		return rv;
	pthread_mutex_lock(&t->lock);
	rv = object_prepare(t, key, BYTES_EMPTY, &o, &auth);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = key_derive(o->key, s, view(&auth), secret);
	buf_free(&auth);
	object_put(o);
	return rv;
}

CK_RV
agree_value(
	struct token *t, struct object *key, const struct scheme *s, size_t len, struct buf *value)
{
	struct buf secret = BUF_EMPTY;
	CK_RV rv = shared_secret(t, key, s, &secret);

	if (rv == CKR_OK)
		rv = crypto_kdf_shared(s->kdf, s->digest, view(&secret), s->info, len, value);
	buf_free(&secret);
	return rv;
}
