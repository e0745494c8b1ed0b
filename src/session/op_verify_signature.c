/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verification of a signature that is given before the data: PKCS#11 3.2,
 * 5.15.7 to 5.15.10. For every mechanism that verifies.
 */
#include "config.h"

#include "session/op.h"

/* PKCS#11 3.2, 5.15.7: one that can not be of this key begins nothing. */
static CK_RV
keep_signature(struct op *op, struct bytes signature)
{
	const struct pubkey *key = object_pubkey(op->key);
	CK_RV rv = op_data(signature);

	if (rv == CKR_OK && key != NULL && !pubkey_signature_fits(key, signature.len))
		rv = CKR_SIGNATURE_LEN_RANGE;
	return rv == CKR_OK ? buf_set(&op->signature, signature) : rv;
}

CK_RV
op_verify_signature_init(
	struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key, struct bytes signature)
{
	struct op *op = &s->op[OP_VERIFY_SIGNATURE];
	CK_RV rv = op_begin_keyed(s, OP_VERIFY_SIGNATURE, CKF_VERIFY, m, key);

	if (rv != CKR_OK || m == NULL)
		return rv;
	return op_settle(op, keep_signature(op, signature), true);
}

CK_RV
op_verify_signature(struct session *s, struct bytes data)
{
	return op_verify_finish(s, OP_VERIFY_SIGNATURE, CALL_ONE_SHOT, data,
		view(&s->op[OP_VERIFY_SIGNATURE].signature));
}

CK_RV
op_verify_signature_update(struct session *s, struct bytes part)
{
	return op_update(s, OP_VERIFY_SIGNATURE, part);
}

CK_RV
op_verify_signature_final(struct session *s)
{
	return op_verify_finish(s, OP_VERIFY_SIGNATURE, CALL_FINAL, BYTES_EMPTY,
		view(&s->op[OP_VERIFY_SIGNATURE].signature));
}
