/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSAES-PKCS1-v1_5's encoding (PKCS#1 2.2, 7.2). What is not encoded so opens to
 * a message made from the ciphertext and a secret (draft-irtf-cfrg-rsa-guidance,
 * "implicit rejection"): without the secret nobody can tell it from a real one,
 * so there is nothing that Bleichenbacher could ask.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto_private.h"
#include "crypto/ct.h"

enum {
	OVERHEAD = 11,   /* 00 02, at least eight random bytes, 00 */
	ZERO_MIN = 10,   /* where the zero may stand at first */
	KEY_LEN = 32,    /* of HMAC-SHA256 */
	CANDIDATES = 128 /* the length is drawn so often, to be even */
};

static CK_RV
random_without_zeros(uint8_t *out, size_t len)
{
	CK_RV rv = crypto_random(out, len);

	for (size_t i = 0; i < len; i++)
		while (rv == CKR_OK && out[i] == 0)
			rv = crypto_random(out + i, 1);
	return rv;
}

CK_RV
pad_pkcs1_cipher(struct bytes message, size_t modulus_len, struct buf *out)
{
	struct buf em = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (modulus_len < OVERHEAD || message.len > modulus_len - OVERHEAD)
		return CKR_DATA_LEN_RANGE;
	if ((rv = buf_resize(&em, modulus_len)) != CKR_OK)
		return rv;
	em.ptr[1] = 0x02;
	if (message.len > 0)
		memcpy(em.ptr + modulus_len - message.len, message.ptr, message.len);
	rv = random_without_zeros(em.ptr + 2, modulus_len - message.len - 3);
	if (rv == CKR_OK)
		buf_move(out, &em);
	buf_free(&em);
	return rv;
}

/* The draft's IRPRF. */
static CK_RV
expand(struct bytes key, const char *label, uint8_t *out, size_t len)
{
	uint8_t counter[2] = { 0 };
	uint8_t bits[2] = { 0 };
	uint8_t block[KEY_LEN];
	const struct bytes parts[] = { bytes_of(counter, sizeof counter), bytes_str(label),
		bytes_of(bits, sizeof bits) };
	CK_RV rv = CKR_OK;

	put_u16(bits, (uint16_t)(8 * len));
	for (size_t at = 0; at < len && rv == CKR_OK; at += KEY_LEN) {
		put_u16(counter, (uint16_t)(at / KEY_LEN));
		rv = crypto_hmac_into(HASH_SHA256, key, parts, 3, block);
		if (rv == CKR_OK)
			memcpy(out + at, block, len - at < KEY_LEN ? len - at : KEY_LEN);
	}
	mem_wipe(block, sizeof block);
	return rv;
}

/* The last candidate that is below limit. */
static uint32_t
choose_len(const uint8_t *candidates, uint32_t limit)
{
	uint32_t mask = limit;
	uint32_t chosen = 0;

	for (unsigned shift = 1; shift <= 8; shift *= 2)
		mask |= mask >> shift;
	for (size_t i = 0; i < CANDIDATES; i++) {
		uint32_t len = ((uint32_t)candidates[2 * i] << 8 | candidates[2 * i + 1]) & mask;

		chosen = ct_pick(ct_less(len, limit), len, chosen);
	}
	return chosen;
}

/* text: em.len bytes; *start: where the message in them begins, if it may have any length. */
static CK_RV
synthesise(
	struct bytes em, struct bytes secret, struct bytes cipher, uint8_t *text, uint32_t *start)
{
	uint8_t candidates[2 * CANDIDATES];
	uint8_t key[KEY_LEN];
	struct bytes k = bytes_of(key, sizeof key);
	CK_RV rv = crypto_hmac_into(HASH_SHA256, secret, &cipher, 1, key);

	if (rv == CKR_OK)
		rv = expand(k, "length", candidates, sizeof candidates);
	if (rv == CKR_OK)
		rv = expand(k, "message", text, em.len);
	if (rv == CKR_OK)
		*start = (uint32_t)em.len - choose_len(candidates, (uint32_t)em.len - ZERO_MIN);
	mem_wipe(key, sizeof key);
	mem_wipe(candidates, sizeof candidates);
	return rv;
}

/* A mask: em is well encoded, its message begins at *start. */
static uint32_t
find_message(struct bytes em, uint32_t *start)
{
	uint32_t good = ct_is_zero(em.ptr[0]) & ct_equal(em.ptr[1], 0x02);
	uint32_t found = 0;
	uint32_t zero_at = 0;

	for (uint32_t i = 2; i < em.len; i++) {
		uint32_t zero = ct_is_zero(em.ptr[i]);

		zero_at = ct_pick(~found & zero, i, zero_at);
		found |= zero;
	}
	*start = zero_at + 1;
	return good & found & ~ct_less(zero_at, ZERO_MIN);
}

CK_RV
unpad_pkcs1_cipher(
	struct bytes em, struct bytes secret, struct bytes cipher, size_t len, struct buf *out)
{
	struct buf text = BUF_EMPTY;
	uint32_t good = 0;
	uint32_t start = 0;
	uint32_t synthetic_start = 0;
	CK_RV rv = CKR_OK;

	if (em.len < OVERHEAD || em.len > UINT16_MAX / 8 || len > em.len - OVERHEAD)
		return CKR_KEY_SIZE_RANGE;
	if ((rv = buf_resize(&text, em.len)) != CKR_OK ||
		(rv = synthesise(em, secret, cipher, text.ptr, &synthetic_start)) != CKR_OK)
		goto out;
	good = find_message(em, &start);
	if (len != 0) {
		good &= ct_equal((uint32_t)em.len - start, (uint32_t)len);
		synthetic_start = (uint32_t)(em.len - len);
	}
	start = ct_pick(good, start, synthetic_start);
	for (size_t i = 0; i < em.len; i++)
		text.ptr[i] = (uint8_t)ct_pick(good, em.ptr[i], text.ptr[i]);
	rv = buf_set(out, bytes_slice(view(&text), start, em.len));
out:
	buf_free(&text);
	return rv;
}
