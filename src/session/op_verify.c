/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verification: with the public key, on the host, without a login; of a MAC with
 * the secret key.
 */
#include "config.h"

#include "session/op.h"

CK_RV
op_verify_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return op_begin_keyed(s, OP_VERIFY, CKF_VERIFY, m, key);
}

CK_RV
op_verify_data(struct op *op, struct bytes data, struct bytes signature)
{
	struct buf digest = BUF_EMPTY;
	struct bytes input = BYTES_EMPTY;
	CK_RV rv = op_data(signature);

	if (rv == CKR_OK && op->mac != NULL)
		return op_mac_check(op, data, signature);
	if (rv == CKR_OK)
		rv = op_input(op, data, &digest, &input);
	if (rv == CKR_OK)
		rv = crypto_verify(object_pubkey(op->key), &op->scheme, input, signature);
	buf_free(&digest);
	return rv;
}

/* PKCS#11 3.2, 5.15.2, 5.15.4: it always ends the operation. */
CK_RV
op_verify_finish(struct session *s, enum op_kind kind, enum op_call call, struct bytes data,
	struct bytes signature)
{
	struct op *op = &s->op[kind];
	CK_RV rv = op_may(s, kind, call);

	if (rv != CKR_OK)
		return rv;
	if (call == CALL_FINAL && !op_has_parts(op))
		return op_settle(op, CKR_FUNCTION_NOT_SUPPORTED, false);
	return op_settle(op, op_verify_data(op, data, signature), false);
}

CK_RV
op_verify(struct session *s, struct bytes data, struct bytes signature)
{
	return op_verify_finish(s, OP_VERIFY, CALL_ONE_SHOT, data, signature);
}

CK_RV
op_verify_update(struct session *s, struct bytes part)
{
	return op_update(s, OP_VERIFY, part);
}

CK_RV
op_verify_final(struct session *s, struct bytes signature)
{
	return op_verify_finish(s, OP_VERIFY, CALL_FINAL, BYTES_EMPTY, signature);
}
