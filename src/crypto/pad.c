/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#1 v1.5 encodings for signatures (PKCS#1 2.2, 9.2).
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto_private.h"

enum { PKCS1_OVERHEAD = 11 }; /* 00 01, at least eight FF, 00 */

CK_RV
pad_pkcs1(struct bytes data, size_t modulus_len, struct buf *out)
{
	struct buf em = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (modulus_len < PKCS1_OVERHEAD || data.len > modulus_len - PKCS1_OVERHEAD)
		return CKR_DATA_LEN_RANGE;
	rv = buf_resize(&em, modulus_len);
	if (rv != CKR_OK)
		return rv;
	memset(em.ptr + 1, 0xff, modulus_len - data.len - 2);
	em.ptr[1] = 0x01;
	if (data.len > 0)
		memcpy(em.ptr + modulus_len - data.len, data.ptr, data.len);
	buf_move(out, &em);
	return CKR_OK;
}

CK_RV
unpad_pkcs1(struct bytes em, struct buf *out)
{
	size_t at = 2;

	if (em.len < PKCS1_OVERHEAD || em.ptr[0] != 0x00 || em.ptr[1] != 0x01)
		return CKR_SIGNATURE_INVALID;
	while (at < em.len && em.ptr[at] == 0xff)
		at++;
	if (at < PKCS1_OVERHEAD - 1 || at == em.len || em.ptr[at] != 0x00)
		return CKR_SIGNATURE_INVALID;
	return buf_set(out, bytes_slice(em, at + 1, em.len));
}

CK_RV
pad_digest_info(enum hash h, struct bytes digest, struct buf *out)
{
	const struct hash_row *row = hash_row(h);
	struct buf info = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (row == NULL)
		return CKR_MECHANISM_INVALID;
	if (digest.len != row->len)
		return CKR_DATA_LEN_RANGE;
	rv = buf_append(&info, row->digest_info);
	if (rv == CKR_OK)
		rv = buf_append(&info, digest);
	if (rv == CKR_OK)
		buf_move(out, &info);
	buf_free(&info);
	return rv;
}

enum hash
pad_digest_info_read(struct bytes data, struct bytes *digest)
{
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		const struct hash_row *row = hash_row(h);
		struct bytes prefix = bytes_slice(data, 0, row->digest_info.len);

		if (data.len == prefix.len + row->len && bytes_equal(prefix, row->digest_info)) {
			*digest = bytes_slice(data, prefix.len, row->len);
			return h;
		}
	}
	return HASH_NONE;
}
