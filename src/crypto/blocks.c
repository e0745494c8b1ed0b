/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of AES and DES by libcrypto, with a key that is on the host. One context: a
 * mode mostly asks for the same thing again, and then the key's schedule stays.
 */
#include "config.h"

#include <stdlib.h>

#include "crypto/aes.h"
#include "crypto/crypto_private.h"

enum { RUN_MAX = 1 << 30 /* bytes; libcrypto counts in int */, DES3_KEY_LEN = 24 };

struct host_blocks {
	struct blocks base;
	struct buf key;
	EVP_CIPHER_CTX *ctx;
	const EVP_CIPHER *cipher; /* ctx is made for; NULL: nothing yet */
	bool encrypt;
};

/* Bytes: AES has 16, 24 or 32, DES 8, Triple DES 16 or 24. */
static bool
key_fits(enum block_mode mode, size_t len)
{
	size_t least = block_len(mode);

	return len >= least && len <= least + 16 && len % 8 == 0;
}

/* SP 800-67, 3.2: of two keys, the first is the third, too; of one, all three, which is single DES.
 */
static bool
des3_start(const struct host_blocks *b, const EVP_CIPHER *cipher, bool encrypt, const uint8_t *iv)
{
	uint8_t keys[DES3_KEY_LEN];
	bool good = false;

	for (size_t i = 0; i < sizeof keys; i++)
		keys[i] = b->key.ptr[i % b->key.len];
	good = EVP_CipherInit_ex2(b->ctx, cipher, keys, iv, encrypt, NULL) == 1;
	mem_wipe(keys, sizeof keys);
	return good;
}

static bool
key_start(const struct host_blocks *b, enum block_mode mode, const EVP_CIPHER *cipher, bool encrypt,
	const uint8_t *iv)
{
	if (block_len(mode) == DES_BLOCK_LEN)
		return des3_start(b, cipher, encrypt, iv);
	return EVP_CipherInit_ex2(b->ctx, cipher, b->key.ptr, iv, encrypt, NULL) == 1;
}

static bool
host_start(struct host_blocks *b, enum block_mode mode, bool encrypt, const uint8_t *iv)
{
	const EVP_CIPHER *cipher =
		block_len(mode) == DES_BLOCK_LEN ? libctx_des3(mode) : libctx_aes(mode, b->key.len);

	if (cipher != NULL && cipher == b->cipher && encrypt == b->encrypt)
		return EVP_CipherInit_ex2(b->ctx, NULL, NULL, iv, encrypt, NULL) == 1;
	b->cipher = NULL;
	if (cipher == NULL || !key_start(b, mode, cipher, encrypt, iv) ||
		EVP_CIPHER_CTX_set_padding(b->ctx, 0) != 1)
		return false;
	b->cipher = cipher;
	b->encrypt = encrypt;
	return true;
}

static bool
host_update(struct host_blocks *b, struct bytes in, uint8_t *out)
{
	for (size_t at = 0; at < in.len; at += RUN_MAX) {
		struct bytes part = bytes_slice(in, at, RUN_MAX);
		int done = 0;

		if (EVP_CipherUpdate(b->ctx, out + at, &done, part.ptr, (int)part.len) != 1 ||
			done != (int)part.len)
			return false;
	}
	return true;
}

static CK_RV
host_run(struct blocks *base, enum block_mode mode, bool encrypt, uint8_t *iv, struct bytes in,
	uint8_t *out)
{
	struct host_blocks *b = (struct host_blocks *)base;

	if (!key_fits(mode, b->key.len))
		return CKR_KEY_SIZE_RANGE;
	if (!host_start(b, mode, encrypt, iv) || !host_update(b, in, out) ||
		(iv != NULL && EVP_CIPHER_CTX_get_updated_iv(b->ctx, iv, block_len(mode)) != 1))
		return rv_ossl("a block cipher");
	return CKR_OK;
}

static void
host_free(struct blocks *base)
{
	struct host_blocks *b = (struct host_blocks *)base;

	EVP_CIPHER_CTX_free(b->ctx);
	buf_free(&b->key);
	free(b);
}

static const struct blocks_ops host_ops = { host_run, host_free };

CK_RV
blocks_host_new(struct bytes key, struct blocks **out)
{
	struct host_blocks *b = NULL;
	CK_RV rv = CKR_OK;

	if (!key_fits(BLOCK_ECB, key.len) && !key_fits(BLOCK_DES_ECB, key.len))
		return CKR_KEY_SIZE_RANGE;
	b = calloc(1, sizeof *b);
	if (b == NULL)
		return CKR_HOST_MEMORY;
	b->base.ops = &host_ops;
	b->ctx = EVP_CIPHER_CTX_new();
	rv = b->ctx != NULL ? buf_set(&b->key, key) : CKR_HOST_MEMORY;
	if (rv != CKR_OK) {
		host_free(&b->base);
		return rv;
	}
	*out = &b->base; /* owned by the caller */
	return CKR_OK;
}

void
blocks_free(struct blocks *b)
{
	if (b != NULL)
		b->ops->free(b);
}
