/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSASSA-PSS's encoding (PKCS#1 2.2, 9.1). The encoded message has one bit less
 * than the modulus; where that makes it a byte shorter, a zero byte stands in
 * front, so that it always has the modulus' length, as raw RSA wants it.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto_private.h"

enum { TRAILER = 0xbc };

/* Where the parts of EM lie: lead || masked DB || H || bc. DB ends with 01 || salt. */
struct pss_layout {
	const struct hash_row *hash;
	size_t em_len; /* the modulus' length */
	size_t lead;   /* 0, or the one zero byte */
	size_t db_len;
	size_t salt_len;
	uint8_t top_mask; /* bits of DB's first byte that may be set */
};

static CK_RV
pss_layout(const struct scheme *s, size_t digest_len, size_t modulus_bits, struct pss_layout *out)
{
	const struct hash_row *hash = hash_row(s->digest);
	size_t em_bits = modulus_bits - 1;
	size_t len = 0;

	if (hash == NULL || hash_row(s->mgf) == NULL)
		return CKR_MECHANISM_PARAM_INVALID;
	if (digest_len != hash->len)
		return CKR_DATA_LEN_RANGE;
	if (modulus_bits == 0)
		return CKR_KEY_SIZE_RANGE;
	len = (em_bits + 7) / 8;
	if (len < hash->len + 2 || s->salt_len > len - hash->len - 2)
		return CKR_KEY_SIZE_RANGE;
	*out = (struct pss_layout){
		.hash = hash,
		.em_len = (modulus_bits + 7) / 8,
		.lead = (modulus_bits + 7) / 8 - len,
		.db_len = len - hash->len - 1,
		.salt_len = s->salt_len,
		.top_mask = (uint8_t)(0xff >> (8 * len - em_bits)),
	};
	return CKR_OK;
}

/* H = Hash(eight zero bytes || digest || salt) */
static CK_RV
pss_hash(const struct pss_layout *l, struct bytes digest, struct bytes salt, uint8_t *out)
{
	static const uint8_t zeros[8];
	const struct bytes parts[] = { bytes_of(zeros, sizeof zeros), digest, salt };

	return crypto_hash_into(l->hash->id, parts, 3, out);
}

CK_RV
pad_pss(const struct scheme *s, struct bytes digest, size_t modulus_bits, struct buf *out)
{
	struct pss_layout l = { 0 };
	struct buf em = BUF_EMPTY;
	uint8_t *db = NULL;
	uint8_t *salt = NULL;
	uint8_t *hash = NULL;
	CK_RV rv = CKR_OK;

	if ((rv = pss_layout(s, digest.len, modulus_bits, &l)) != CKR_OK ||
		(rv = buf_resize(&em, l.em_len)) != CKR_OK)
		goto out;
	db = em.ptr + l.lead;
	hash = db + l.db_len;
	salt = hash - l.salt_len;
	salt[-1] = 0x01;
	hash[l.hash->len] = TRAILER;
	if ((rv = crypto_random(salt, l.salt_len)) != CKR_OK ||
		(rv = pss_hash(&l, digest, bytes_of(salt, l.salt_len), hash)) != CKR_OK ||
		(rv = mgf1_xor(s->mgf, bytes_of(hash, l.hash->len), db, l.db_len)) != CKR_OK)
		goto out;
	db[0] &= l.top_mask;
	buf_move(out, &em);
out:
	buf_free(&em);
	return rv;
}

/* DB without its mask is 00 .. 00 01 salt. */
static bool
pss_db_valid(const struct pss_layout *l, const uint8_t *db)
{
	size_t zeros = l->db_len - l->salt_len - 1;

	for (size_t i = 0; i < zeros; i++)
		if (db[i] != 0)
			return false;
	return db[zeros] == 0x01;
}

/* db: a copy of the masked one */
static CK_RV
pss_compare(const struct scheme *s, const struct pss_layout *l, struct bytes digest,
	struct bytes hash, uint8_t *db)
{
	uint8_t expected[DIGEST_MAX];
	CK_RV rv = mgf1_xor(s->mgf, hash, db, l->db_len);

	if (rv != CKR_OK)
		return rv;
	db[0] &= l->top_mask;
	if (!pss_db_valid(l, db))
		return CKR_SIGNATURE_INVALID;
	rv = pss_hash(l, digest, bytes_of(db + l->db_len - l->salt_len, l->salt_len), expected);
	if (rv != CKR_OK)
		return rv;
	return bytes_equal(hash, bytes_of(expected, l->hash->len)) ? CKR_OK : CKR_SIGNATURE_INVALID;
}

CK_RV
pad_pss_verify(
	const struct scheme *s, struct bytes digest, size_t modulus_bits, struct bytes encoded)
{
	struct pss_layout l = { 0 };
	struct buf db = BUF_EMPTY;
	struct bytes hash = BYTES_EMPTY;
	CK_RV rv = pss_layout(s, digest.len, modulus_bits, &l);

	if (rv != CKR_OK)
		return rv;
	if (encoded.len != l.em_len || encoded.ptr[encoded.len - 1] != TRAILER ||
		(l.lead > 0 && encoded.ptr[0] != 0) || (encoded.ptr[l.lead] & ~l.top_mask) != 0)
		return CKR_SIGNATURE_INVALID;
	hash = bytes_slice(encoded, l.lead + l.db_len, l.hash->len);
	rv = buf_set(&db, bytes_slice(encoded, l.lead, l.db_len));
	if (rv == CKR_OK)
		rv = pss_compare(s, &l, digest, hash, db.ptr);
	buf_free(&db);
	return rv;
}
