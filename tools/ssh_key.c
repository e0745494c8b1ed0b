/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SSH's form of public keys: RFC 4253, 6.6 (RSA) and RFC 5656, 3.1 (ECDSA).
 */
#include "config.h"

#include <string.h>

#include "base/base64.h"
#include "tool.h"

/* mpint: positive, so a leading zero byte where the first bit is set (RFC 4251, 5). */
static CK_RV
append_mpint(struct buf *out, struct bytes number)
{
	struct buf mpint = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	number = bytes_trim_left(number);
	if (number.len > 0 && number.ptr[0] >= 0x80)
		rv = buf_append_u8(&mpint, 0);
	if (rv == CKR_OK)
		rv = buf_append(&mpint, number);
	if (rv == CKR_OK)
		rv = buf_append_sized(out, view(&mpint));
	buf_free(&mpint);
	return rv;
}

static CK_RV
blob_of(const struct pubkey *key, const char *algorithm, struct buf *blob)
{
	CK_RV rv = buf_append_sized(blob, bytes_str(algorithm));

	if (key->kind == KEY_RSA) {
		if (rv == CKR_OK)
			rv = append_mpint(blob, view(&key->exponent));
		if (rv == CKR_OK)
			rv = append_mpint(blob, view(&key->modulus));
		return rv;
	}
	if (rv == CKR_OK)
		rv = buf_append_sized(blob, bytes_str(curve_row(key->curve)->ssh));
	if (rv == CKR_OK)
		rv = buf_append_sized(blob, view(&key->point));
	return rv;
}

/* One line whatever the label holds. */
static CK_RV
append_comment(struct buf *out, struct bytes comment)
{
	CK_RV rv = comment.len > 0 ? buf_append_u8(out, ' ') : CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < comment.len; i++)
		rv = buf_append_u8(out,
			comment.ptr[i] < 0x20 || comment.ptr[i] == 0x7f ? '?' : comment.ptr[i]);
	return rv;
}

CK_RV
ssh_key_line(const struct pubkey *key, struct bytes comment, struct buf *out)
{
	char algorithm[32] = "ssh-rsa";
	struct buf blob = BUF_EMPTY;
	CK_RV rv;

	if (key->kind == KEY_EC)
		snprintf(algorithm, sizeof algorithm, "ecdsa-sha2-%s", curve_row(key->curve)->ssh);
	if ((rv = blob_of(key, algorithm, &blob)) == CKR_OK)
		rv = buf_append(out, bytes_str(algorithm));
	if (rv == CKR_OK)
		rv = buf_append_u8(out, ' ');
	if (rv == CKR_OK)
		rv = base64_encode(view(&blob), out);
	if (rv == CKR_OK)
		rv = append_comment(out, comment);
	buf_free(&blob);
	return rv;
}
