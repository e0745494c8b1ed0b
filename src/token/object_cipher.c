/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption and decryption. With a public key the host encrypts, and needs
 * neither a login nor a TPM; with a private key the TPM decrypts.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

CK_RV
object_encrypt_check(const struct object *key, const struct scheme *s)
{
	size_t most = 0;

	return crypto_message_max(&key->pubkey, s, &most);
}

CK_RV
object_decrypt_check(const struct object *key, const struct scheme *s)
{
	return key->key != NULL ? key_decrypt_check(key->key, s) : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

size_t
object_encrypt_len(const struct object *key, const struct scheme *s, size_t input_len)
{
	(void)s;
	(void)input_len;
	return key->pubkey.modulus.len;
}

size_t
object_decrypt_max(const struct object *key, const struct scheme *s, size_t input_len)
{
	size_t most = 0;

	return crypto_message_max(&key->pubkey, s, &most) == CKR_OK ? most : input_len;
}

CK_RV
object_encrypt(struct token *t, struct object *key, const struct scheme *s, struct bytes input,
	struct buf *out)
{
	(void)t;
	return crypto_encrypt(&key->pubkey, s, input, out);
}

CK_RV
object_decrypt(struct token *t, struct object *key, const struct scheme *s, struct bytes context,
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
		rv = key_decrypt(o->key, s, view(&auth), input, out);
	buf_free(&auth);
	object_put(o);
	return rv;
}
