/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSAES-OAEP's encoding and MGF1 (PKCS#1 2.2, 7.1.1 and B.2.1).
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto_private.h"

CK_RV
mgf1_xor(enum hash h, struct bytes seed, uint8_t *data, size_t len)
{
	const struct hash_row *row = hash_row(h);
	uint8_t counter[4] = { 0 };
	uint8_t mask[DIGEST_MAX];
	const struct bytes parts[] = { seed, bytes_of(counter, sizeof counter) };
	CK_RV rv = CKR_OK;

	if (row == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	for (size_t at = 0; at < len; at += row->len) {
		put_u32(counter, (uint32_t)(at / row->len));
		rv = crypto_hash_into(h, parts, 2, mask);
		if (rv != CKR_OK)
			break;
		for (size_t i = 0; i < row->len && at + i < len; i++)
			data[at + i] ^= mask[i];
	}
	mem_wipe(mask, sizeof mask);
	return rv;
}

/* em = 00 || seed || label hash || 00.. || 01 || message, still without its masks */
static CK_RV
oaep_fill(const struct hash_row *h, struct bytes label, struct bytes message, struct buf *em)
{
	uint8_t *seed = em->ptr + 1;
	uint8_t *db = seed + h->len;
	uint8_t *text = em->ptr + em->len - message.len;
	CK_RV rv = crypto_random(seed, h->len);

	if (rv == CKR_OK)
		rv = crypto_hash_into(h->id, &label, 1, db);
	text[-1] = 0x01;
	if (message.len > 0)
		memcpy(text, message.ptr, message.len);
	return rv;
}

CK_RV
pad_oaep(enum hash h, enum hash mgf, struct bytes label, struct bytes message, size_t modulus_len,
	struct buf *out)
{
	const struct hash_row *row = hash_row(h);
	struct buf em = BUF_EMPTY;
	struct bytes seed = BYTES_EMPTY;
	struct bytes db = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if (row == NULL || hash_row(mgf) == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	if (modulus_len < 2 * row->len + 2)
		return CKR_KEY_SIZE_RANGE;
	if (message.len > modulus_len - 2 * row->len - 2)
		return CKR_DATA_LEN_RANGE;
	if ((rv = buf_resize(&em, modulus_len)) != CKR_OK ||
		(rv = oaep_fill(row, label, message, &em)) != CKR_OK)
		goto out;
	seed = bytes_of(em.ptr + 1, row->len);
	db = bytes_slice(view(&em), 1 + row->len, em.len);
	if ((rv = mgf1_xor(mgf, seed, em.ptr + 1 + row->len, db.len)) != CKR_OK ||
		(rv = mgf1_xor(mgf, db, em.ptr + 1, seed.len)) != CKR_OK)
		goto out;
	buf_move(out, &em);
out:
	buf_free(&em);
	return rv;
}
