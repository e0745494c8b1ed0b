/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HKDF (RFC 5869): its two steps, and both together.
 */
#include "config.h"

#include "crypto/crypto_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

CK_RV
crypto_hkdf_extract(enum hash h, struct bytes key, struct bytes salt, struct buf *prk)
{
	const struct hash_row *row = hash_row(h);
	uint8_t out[DIGEST_MAX];
	CK_RV rv = CKR_OK;

	if (row == NULL)
		return CKR_MECHANISM_INVALID;
	rv = crypto_hmac_into(h, salt, &key, 1, out);
	if (rv == CKR_OK)
		rv = buf_set(prk, bytes_of(out, row->len));
	mem_wipe(out, sizeof out);
	return rv;
}

/* 2.3: each block is made from the one before it. */
static CK_RV
expand_blocks(
	const struct hash_row *h, struct bytes prk, struct bytes info, size_t len, struct buf *out)
{
	uint8_t block[DIGEST_MAX];
	struct bytes parts[3] = { BYTES_EMPTY, info, BYTES_EMPTY };
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	for (uint8_t n = 1; fresh.len < len && rv == CKR_OK; n++) {
		parts[2] = bytes_of(&n, 1);
		rv = crypto_hmac_into(h->id, prk, parts, COUNT(parts), block);
		parts[0] = bytes_of(block, h->len);
		if (rv == CKR_OK)
			rv = buf_append(&fresh, bytes_slice(parts[0], 0, len - fresh.len));
	}
	if (rv == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&fresh);
	mem_wipe(block, sizeof block);
	return rv;
}

CK_RV
crypto_hkdf_expand(enum hash h, struct bytes prk, struct bytes info, size_t len, struct buf *out)
{
	const struct hash_row *row = hash_row(h);

	if (row == NULL)
		return CKR_MECHANISM_INVALID;
	if (len > HKDF_BLOCKS_MAX * row->len)
		return CKR_ARGUMENTS_BAD;
	return expand_blocks(row, prk, info, len, out);
}

CK_RV
crypto_hkdf(enum hash h, struct bytes key, struct bytes salt, struct bytes info, size_t len,
	struct buf *out)
{
	struct buf prk = BUF_EMPTY;
	CK_RV rv = crypto_hkdf_extract(h, key, salt, &prk);

	if (rv == CKR_OK)
		rv = crypto_hkdf_expand(h, view(&prk), info, len, out);
	buf_free(&prk);
	return rv;
}
