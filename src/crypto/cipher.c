/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES: CFB for the TPM's parameter encryption, GCM for what the store keeps.
 */
#include "config.h"

#include <limits.h>

#include <openssl/err.h>

#include "crypto/crypto_private.h"

enum { AES_BLOCK = 16, GCM_KEY = 32, GCM_NONCE = 12, GCM_TAG = 16 };

CK_RV
crypto_aes_cfb(struct bytes key, struct bytes iv, bool encrypt, uint8_t *data, size_t len)
{
	const EVP_CIPHER *cipher = libctx_aes(BLOCK_CFB, key.len);
	EVP_CIPHER_CTX *ctx = NULL;
	CK_RV rv = CKR_OK;
	int done = 0;

	if (cipher == NULL || iv.len != AES_BLOCK || len > INT_MAX)
		return CKR_ARGUMENTS_BAD;
	if (len == 0)
		return CKR_OK;
	ctx = EVP_CIPHER_CTX_new();
	if (ctx == NULL || EVP_CipherInit_ex2(ctx, cipher, key.ptr, iv.ptr, encrypt, NULL) != 1 ||
		EVP_CipherUpdate(ctx, data, &done, data, (int)len) != 1 || done != (int)len)
		rv = rv_ossl("AES-CFB");
	EVP_CIPHER_CTX_free(ctx);
	return rv;
}

/* Feed in; out may be NULL for additional data. */
static bool
gcm_update(EVP_CIPHER_CTX *ctx, uint8_t *out, struct bytes in)
{
	int done = 0;

	return in.len == 0 || EVP_CipherUpdate(ctx, out, &done, in.ptr, (int)in.len) == 1;
}

static bool
gcm_start(
	EVP_CIPHER_CTX *ctx, struct bytes key, const uint8_t *nonce, struct bytes aad, bool encrypt)
{
	/* 12 bytes are the default length of the nonce. */
	return ctx != NULL &&
	       EVP_CipherInit_ex2(ctx, libctx_aes256_gcm(), key.ptr, nonce, encrypt, NULL) == 1 &&
	       gcm_update(ctx, NULL, aad);
}

CK_RV
crypto_seal(struct bytes key, struct bytes aad, struct bytes plain, struct buf *out)
{
	EVP_CIPHER_CTX *ctx = NULL;
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_OK;
	uint8_t *tag = NULL;
	int done = 0;

	if (key.len != GCM_KEY || aad.len > INT_MAX || plain.len > INT_MAX)
		return CKR_ARGUMENTS_BAD;
	if ((rv = buf_resize(&fresh, GCM_NONCE + plain.len + GCM_TAG)) != CKR_OK ||
		(rv = crypto_random(fresh.ptr, GCM_NONCE)) != CKR_OK)
		goto out;
	tag = fresh.ptr + GCM_NONCE + plain.len;
	ctx = EVP_CIPHER_CTX_new();
	if (!gcm_start(ctx, key, fresh.ptr, aad, true) ||
		!gcm_update(ctx, fresh.ptr + GCM_NONCE, plain) ||
		EVP_CipherFinal_ex(ctx, tag, &done) != 1 ||
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag) != 1) {
		rv = rv_ossl("AES-GCM");
		goto out;
	}
	buf_move(out, &fresh);
out:
	EVP_CIPHER_CTX_free(ctx);
	buf_free(&fresh);
	return rv;
}

CK_RV
crypto_unseal(struct bytes key, struct bytes aad, struct bytes sealed, struct buf *out)
{
	EVP_CIPHER_CTX *ctx = NULL;
	struct buf fresh = BUF_EMPTY;
	struct bytes text = BYTES_EMPTY;
	uint8_t tag[GCM_TAG];
	uint8_t none[AES_BLOCK]; /* GCM has nothing left over */
	bool genuine = false;
	CK_RV rv = CKR_OK;
	int done = 0;

	if (key.len != GCM_KEY || aad.len > INT_MAX || sealed.len > INT_MAX)
		return CKR_ARGUMENTS_BAD;
	if (sealed.len < GCM_NONCE + GCM_TAG)
		return CKR_DEVICE_ERROR;
	text = bytes_slice(sealed, GCM_NONCE, sealed.len - GCM_NONCE - GCM_TAG);
	for (size_t i = 0; i < GCM_TAG; i++)
		tag[i] = sealed.ptr[sealed.len - GCM_TAG + i];
	rv = buf_resize(&fresh, text.len);
	if (rv != CKR_OK)
		goto out;
	ctx = EVP_CIPHER_CTX_new();
	if (!gcm_start(ctx, key, sealed.ptr, aad, false) || !gcm_update(ctx, fresh.ptr, text) ||
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, tag) != 1) {
		rv = rv_ossl("AES-GCM");
		goto out;
	}
	ERR_set_mark();
	genuine = EVP_CipherFinal_ex(ctx, none, &done) == 1;
	ERR_pop_to_mark();
	if (!genuine) {
		rv = rv_fail(CKR_DEVICE_ERROR, "sealed data is damaged or belongs to another key");
		goto out;
	}
	buf_move(out, &fresh);
out:
	EVP_CIPHER_CTX_free(ctx);
	buf_free(&fresh);
	return rv;
}
