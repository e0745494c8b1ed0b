/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSAES-OAEP's encoding and MGF1 (PKCS#1 2.2, 7.1.1 and B.2.1).
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto_private.h"
#include "crypto/ct.h"

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

/* A mask: db = label hash || 00.. || 01 || message, and the message begins at *start. */
static uint32_t
oaep_find(struct bytes db, struct bytes label_hash, uint32_t *start)
{
	uint32_t wrong = 0;
	uint32_t found = 0;

	*start = 0;
	for (size_t i = 0; i < label_hash.len; i++)
		wrong |= (uint32_t)(db.ptr[i] ^ label_hash.ptr[i]);
	for (size_t i = label_hash.len; i < db.len; i++) {
		uint32_t one = ct_equal(db.ptr[i], 0x01);

		*start = ct_pick(~found & one, (uint32_t)i + 1, *start);
		wrong |= ~found & ~one & db.ptr[i];
		found |= one;
	}
	return ct_is_zero(wrong) & found;
}

/* em without its masks; all that can be wrong with it is one answer. */
static CK_RV
oaep_take(const struct hash_row *h, struct bytes label, struct bytes em, struct buf *out)
{
	struct bytes db = bytes_slice(em, 1 + h->len, em.len);
	uint8_t label_hash[DIGEST_MAX];
	uint32_t start = 0;
	uint32_t good = 0;
	CK_RV rv = crypto_hash_into(h->id, &label, 1, label_hash);

	if (rv != CKR_OK)
		return rv;
	good = oaep_find(db, bytes_of(label_hash, h->len), &start) & ct_is_zero(em.ptr[0]);
	return good != 0 ? buf_set(out, bytes_slice(db, start, db.len))
			 : CKR_ENCRYPTED_DATA_INVALID;
}

CK_RV
unpad_oaep(enum hash h, enum hash mgf, struct bytes label, struct bytes em, struct buf *out)
{
	const struct hash_row *row = hash_row(h);
	struct buf open = BUF_EMPTY;
	uint8_t *seed = NULL;
	uint8_t *db = NULL;
	size_t db_len = 0;
	CK_RV rv = CKR_OK;

	if (row == NULL || hash_row(mgf) == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	if (em.len < 2 * row->len + 2)
		return CKR_KEY_SIZE_RANGE;
	if ((rv = buf_set(&open, em)) != CKR_OK)
		return rv;
	seed = open.ptr + 1;
	db = seed + row->len;
	db_len = em.len - row->len - 1;
	if ((rv = mgf1_xor(mgf, bytes_of(db, db_len), seed, row->len)) == CKR_OK &&
		(rv = mgf1_xor(mgf, bytes_of(seed, row->len), db, db_len)) == CKR_OK)
		rv = oaep_take(row, label, view(&open), out);
	buf_free(&open);
	return rv;
}
