/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HMAC: made and checked by the same calculation with a secret key.
 */
#include "config.h"

#include "session/op.h"

CK_RV
op_mac_make(struct op *op, struct bytes data, struct buf *out)
{
	CK_RV rv = op_data(data);

	if (rv == CKR_OK)
		rv = mac_update(op->mac, data);
	if (rv == CKR_OK)
		rv = mac_final(op->mac, out);
	return rv == CKR_OK ? buf_resize(out, op->scheme.mac_len) : rv;
}

CK_RV
op_mac_check(struct op *op, struct bytes data, struct bytes mac)
{
	struct buf right = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (mac.len != op->scheme.mac_len)
		return CKR_SIGNATURE_LEN_RANGE;
	rv = op_mac_make(op, data, &right);
	if (rv == CKR_OK && !mem_equal_ct(right.ptr, mac.ptr, mac.len))
		rv = CKR_SIGNATURE_INVALID;
	buf_free(&right);
	return rv;
}
