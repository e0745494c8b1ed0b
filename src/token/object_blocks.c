/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES and DES with a secret key: the mode is crypto's, the blocks are computed where
 * the key is. An operation may last for hours, so who is logged in is asked
 * anew for each of its runs, and no lock is held while the TPM works.
 */
#include "config.h"

#include <stdlib.h>

#include "token_private.h"

CK_RV
object_open(struct token *t, struct object *key, struct object **verified, struct key **own)
{
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_KEY_FUNCTION_NOT_PERMITTED;

	if (key->key == NULL)
		return rv;
	pthread_mutex_lock(&t->lock);
	rv = object_prepare(t, key, BYTES_EMPTY, verified, &auth);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = key_unseal((*verified)->key, view(&auth), own);
	buf_free(&auth);
	return rv;
}

struct object_blocks {
	struct blocks base; /* first: what callers hold */
	struct token *token;
	struct object *key; /* a reference */
	struct key *own;    /* NULL: the object's */
};

static CK_RV
object_blocks_run(struct blocks *base, enum block_mode mode, bool encrypt, uint8_t *iv,
	struct bytes in, uint8_t *out)
{
	struct object_blocks *b = (struct object_blocks *)base;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&b->token->lock);
	rv = b->own != NULL ? token_allows(b->token, b->key->is_token, b->key->is_private)
			    : object_auth(b->token, b->key, BYTES_EMPTY, &auth);
	pthread_mutex_unlock(&b->token->lock);
	if (rv == CKR_OK)
		rv = key_blocks(b->own != NULL ? b->own : b->key->key, mode, encrypt, view(&auth),
			iv, in, out);
	buf_free(&auth);
	return rv;
}

static void
object_blocks_free(struct blocks *base)
{
	struct object_blocks *b = (struct object_blocks *)base;

	key_free(b->own);
	object_put(b->key);
	free(b);
}

static const struct blocks_ops object_blocks_ops = { object_blocks_run, object_blocks_free };

/* What each algorithm that a TPM can do is made of. */
static const struct {
	enum alg alg;
	enum block_mode mode;
} parts[] = {
	{ ALG_AES_ECB, BLOCK_ECB },
	{ ALG_AES_CBC, BLOCK_CBC },
	{ ALG_AES_CBC_PAD, BLOCK_CBC },
	{ ALG_AES_CTR, BLOCK_CTR },
	{ ALG_AES_CFB, BLOCK_CFB },
	{ ALG_AES_OFB, BLOCK_OFB },
	{ ALG_AES_GCM, BLOCK_ECB },
	{ ALG_AES_CMAC, BLOCK_CBC },
	{ ALG_AES_KEY_WRAP, BLOCK_ECB },
	{ ALG_AES_KEY_WRAP_KWP, BLOCK_ECB },
	{ ALG_DERIVE_ECB, BLOCK_ECB },
	{ ALG_DERIVE_CBC, BLOCK_CBC },
};

/* The host can do everything. */
static bool
tpm_computes(struct token *t, const struct object_blocks *b, enum alg alg)
{
	struct tpm_caps caps = { 0 };

	if (b->own != NULL || b->key->tpm_private.len == 0 || !token_capabilities(t, &caps))
		return true;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i].alg == alg)
			return caps_mode(&caps, parts[i].mode);
	return false;
}

CK_RV
object_blocks_new(struct token *t, struct object *key, enum alg alg, struct blocks **out)
{
	uint64_t key_type = attrs_u64(&key->attrs, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
	enum block_mode ecb = BLOCK_ECB;
	struct object_blocks *b = NULL;
	CK_RV rv = CKR_OK;

	if (!secret_is_for_blocks(key_type, &ecb))
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	b = calloc(1, sizeof *b);
	if (b == NULL)
		return CKR_HOST_MEMORY;
	b->base.ops = &object_blocks_ops;
	b->token = t;
	rv = object_open(t, key, &b->key, &b->own);
	if (rv == CKR_OK && !tpm_computes(t, b, alg))
		rv = rv_fail(CKR_KEY_FUNCTION_NOT_PERMITTED,
			"The TPM that has this key can not compute such a mode.");
	if (rv != CKR_OK) {
		object_blocks_free(&b->base);
		return rv;
	}
	*out = &b->base; /* owned by the caller */
	return CKR_OK;
}

CK_RV
object_cipher_new(struct token *t, struct object *key, const struct scheme *s, bool encrypt,
	struct cipher **out)
{
	struct blocks *b = NULL;
	CK_RV rv = object_blocks_new(t, key, s->alg, &b);

	return rv == CKR_OK ? cipher_new(s, encrypt, b, out) : rv;
}
