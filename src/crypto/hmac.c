/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HMAC (RFC 2104) over one digest context: a TPM command needs three, and
 * EVP_MAC, which makes several contexts for each, takes twice the time.
 */
#include "config.h"

#include <stdlib.h>
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

/* block: zeros before */
static CK_RV
key_block(const struct hash_row *row, struct bytes key, uint8_t *block)
{
	if (key.len > row->block_len)
		return crypto_hash_into(row->id, &key, 1, block);
	if (key.len > 0)
		memcpy(block, key.ptr, key.len);
	return CKR_OK;
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
	rv = key_block(row, key, block);
	if (rv != CKR_OK)
		return rv;
	ctx = digest_ctx_new(h);
	if (ctx == NULL || !hmac_run(row, ctx, block, parts, count, out))
		rv = rv_ossl("HMAC");
	EVP_MD_CTX_free(ctx);
	mem_wipe(block, sizeof block);
	return rv;
}

/* --- in parts --- */

struct hmac {
	struct mac base;
	const struct hash_row *hash;
	EVP_MD_CTX *ctx;
	uint8_t outer[DIGEST_BLOCK_MAX];
};

static CK_RV
hmac_start(struct hmac *m, struct bytes key)
{
	uint8_t block[DIGEST_BLOCK_MAX] = { 0 };
	uint8_t inner[DIGEST_BLOCK_MAX];
	CK_RV rv = key_block(m->hash, key, block);

	if (rv != CKR_OK)
		return rv;
	pad_key(block, m->hash->block_len, 0x36, inner);
	pad_key(block, m->hash->block_len, 0x5c, m->outer);
	m->ctx = digest_ctx_new(m->hash->id);
	if (m->ctx == NULL || EVP_DigestUpdate(m->ctx, inner, m->hash->block_len) != 1)
		rv = rv_ossl("HMAC");
	mem_wipe(block, sizeof block);
	mem_wipe(inner, sizeof inner);
	return rv;
}

static CK_RV
hmac_update(struct mac *base, struct bytes data)
{
	struct hmac *m = (struct hmac *)base;

	return EVP_DigestUpdate(m->ctx, data.ptr, data.len) == 1 ? CKR_OK : rv_ossl("HMAC");
}

static CK_RV
hmac_final(struct mac *base, struct buf *out)
{
	struct hmac *m = (struct hmac *)base;
	uint8_t inner[DIGEST_MAX] = { 0 };
	uint8_t whole[DIGEST_MAX];
	struct bytes digest = bytes_of(inner, m->hash->len);
	CK_RV rv = CKR_OK;

	if (EVP_DigestFinal_ex(m->ctx, inner, NULL) != 1 ||
		!digest_ctx_restart(m->hash->id, m->ctx) ||
		!hash_two(m->ctx, bytes_of(m->outer, m->hash->block_len), &digest, 1, whole))
		rv = rv_ossl("HMAC");
	else
		rv = buf_set(out, bytes_of(whole, m->hash->len));
	mem_wipe(inner, sizeof inner);
	mem_wipe(whole, sizeof whole);
	return rv;
}

static CK_RV
hmac_restart(struct mac *base)
{
	struct hmac *m = (struct hmac *)base;
	uint8_t inner[DIGEST_BLOCK_MAX];
	CK_RV rv = CKR_OK;

	pad_key(m->outer, m->hash->block_len, 0x5c ^ 0x36, inner);
	if (!digest_ctx_restart(m->hash->id, m->ctx) ||
		EVP_DigestUpdate(m->ctx, inner, m->hash->block_len) != 1)
		rv = rv_ossl("HMAC");
	mem_wipe(inner, sizeof inner);
	return rv;
}

static void
hmac_free(struct mac *base)
{
	struct hmac *m = (struct hmac *)base;

	EVP_MD_CTX_free(m->ctx);
	mem_wipe(m, sizeof *m);
	free(m);
}

static const struct mac_ops hmac_ops = { hmac_update, hmac_final, hmac_restart, hmac_free };

CK_RV
mac_new(enum hash h, struct bytes key, struct mac **out)
{
	struct hmac *m = NULL;
	CK_RV rv = CKR_OK;

	if (hash_row(h) == NULL)
		return CKR_MECHANISM_INVALID;
	m = calloc(1, sizeof *m);
	if (m == NULL)
		return CKR_HOST_MEMORY;
	m->base.ops = &hmac_ops;
	m->hash = hash_row(h);
	rv = hmac_start(m, key);
	if (rv != CKR_OK) {
		hmac_free(&m->base);
		return rv;
	}
	*out = &m->base; /* owned by the caller */
	return CKR_OK;
}
