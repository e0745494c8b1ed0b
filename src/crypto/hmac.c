/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HMAC (RFC 2104) over one digest context: a TPM command needs three, and
 * EVP_MAC, which makes several contexts for each, takes twice the time.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto_private.h"

static void
pad_key(const uint8_t *key, size_t block_len, uint8_t with, uint8_t *out)
{
	for (size_t i = 0; i < block_len; i++)
		out[i] = key[i] ^ with;
}

static bool
hash_two(EVP_MD_CTX *ctx, struct bytes pad, const struct bytes *parts, size_t count, uint8_t *out)
{
	if (EVP_DigestUpdate(ctx, pad.ptr, pad.len) != 1)
		return false;
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) != 1)
			return false;
	return EVP_DigestFinal_ex(ctx, out, NULL) == 1;
}

/* key: a block, zeros to the right */
static bool
hmac_run(const struct hash_row *h, EVP_MD_CTX *ctx, const uint8_t *key, const struct bytes *parts,
	size_t count, uint8_t *out)
{
	uint8_t pad[DIGEST_BLOCK_MAX];
	uint8_t inner[DIGEST_MAX];
	struct bytes block = bytes_of(pad, h->block_len);
	struct bytes digest = bytes_of(inner, h->len);
	bool ok = false;

	pad_key(key, h->block_len, 0x36, pad);
	if (hash_two(ctx, block, parts, count, inner) && digest_ctx_restart(h->id, ctx)) {
		pad_key(key, h->block_len, 0x5c, pad);
		ok = hash_two(ctx, block, &digest, 1, out);
	}
	mem_wipe(pad, sizeof pad);
	mem_wipe(inner, sizeof inner);
	return ok;
}

CK_RV
crypto_hmac_into(
	enum hash h, struct bytes key, const struct bytes *parts, size_t count, uint8_t *out)
{
	const struct hash_row *row = hash_row(h);
	uint8_t block[DIGEST_BLOCK_MAX] = { 0 };
	EVP_MD_CTX *ctx = NULL;
	CK_RV rv = CKR_OK;

	if (row == NULL)
		return CKR_MECHANISM_INVALID;
	if (key.len > row->block_len)
		rv = crypto_hash_into(h, &key, 1, block);
	else if (key.len > 0)
		memcpy(block, key.ptr, key.len);
	if (rv != CKR_OK)
		return rv;
	ctx = digest_ctx_new(h);
	if (ctx == NULL || !hmac_run(row, ctx, block, parts, count, out))
		rv = rv_ossl("HMAC");
	EVP_MD_CTX_free(ctx);
	mem_wipe(block, sizeof block);
	return rv;
}
