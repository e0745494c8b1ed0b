/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures. The length follows from the key, so it is told, and the TPM
 * asked, only when there is room for the result.
 */
#include "config.h"

#include "session/op.h"

CK_RV
op_sign_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return op_begin_keyed(s, OP_SIGN, CKF_SIGN, m, key);
}

static CK_RV
sign_mac(struct op *op, struct bytes data, const struct room *out)
{
	struct buf mac = BUF_EMPTY;
	CK_RV rv = op_mac_make(op, data, &mac);

	if (rv == CKR_OK)
		op_put(out, &mac);
	buf_free(&mac);
	return rv;
}

static size_t
signature_len(const struct op *op)
{
	return op->mac != NULL ? op->scheme.mac_len : pubkey_signature_len(object_pubkey(op->key));
}

CK_RV
op_sign_data(struct session *s, struct op *op, struct bytes data, const struct room *out)
{
	struct buf digest = BUF_EMPTY, signature = BUF_EMPTY;
	struct bytes input = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = op_input(op, data, &digest, &input)) != CKR_OK)
		goto out;
	if ((rv = object_sign_room(op->key, &op->scheme, input.len)) != CKR_OK)
		goto out;
	rv = object_sign(
		s->slot->token, op->key, &op->scheme, view(&op->context), input, &signature);
	if (rv != CKR_OK)
		goto out;
	/* op_room() went by the key; a longer answer must not run over the caller's buffer. */
	if (signature.len > *out->len)
		rv = rv_fail(CKR_DEVICE_ERROR, "the TPM's signature is longer than its key allows");
	else
		op_put(out, &signature);
out:
	buf_free(&signature);
	buf_free(&digest);
	return rv;
}

static CK_RV
finish(struct session *s, enum op_call call, struct bytes data, const struct room *out)
{
	struct op *op = &s->op[OP_SIGN];
	bool enough = false;
	CK_RV rv = op_may(s, OP_SIGN, call);

	if (rv != CKR_OK)
		return rv;
	if (call == CALL_FINAL && !op_has_parts(op))
		return op_settle(op, CKR_FUNCTION_NOT_SUPPORTED, false);
	rv = op_room(out, signature_len(op), &enough);
	if (enough)
		rv = op->mac != NULL ? sign_mac(op, data, out)
				     : op_sign_data(s, op, data, out);
	return op_settle(op, rv, !enough);
}

CK_RV
op_sign(struct session *s, struct bytes data, const struct room *out)
{
	return finish(s, CALL_ONE_SHOT, data, out);
}

CK_RV
op_sign_update(struct session *s, struct bytes part)
{
	return op_update(s, OP_SIGN, part);
}

CK_RV
op_sign_final(struct session *s, const struct room *out)
{
	return finish(s, CALL_FINAL, BYTES_EMPTY, out);
}
