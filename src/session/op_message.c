/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many messages with one key: PKCS#11 3.2, 5.14 and 5.16. Between messages the
 * operation is ready, within the parts of one it streams. An error ends the
 * message, and only the final call the operation.
 */
#include "config.h"

#include "session/op.h"

/* None of the mechanisms has parameters that change from message to message. */
static CK_RV
parameter_none(size_t len)
{
	return len == 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

/* Ready for the next message; a context-specific login was for this one. */
static CK_RV
message_end(struct op *op, CK_RV rv)
{
	CK_RV fresh = CKR_OK;

	buf_free(&op->context);
	op->state = OP_READY;
	if (op->digest == NULL)
		return rv;
	digest_free(op->digest);
	op->digest = NULL;
	fresh = digest_new(op->scheme.hash, &op->digest);
	if (fresh != CKR_OK)
		op_end(op);
	return fresh != CKR_OK ? fresh : rv;
}

/* A whole message is begun, or its first part. */
static CK_RV
message_begin(struct session *s, enum op_kind kind, size_t parameter_len)
{
	CK_RV rv = op_may(s, kind, CALL_ONE_SHOT);

	return rv == CKR_OK ? parameter_none(parameter_len) : rv;
}

static CK_RV
parts_begin(struct session *s, enum op_kind kind, size_t parameter_len)
{
	struct op *op = &s->op[kind];
	CK_RV rv = message_begin(s, kind, parameter_len);

	if (rv == CKR_OK && op->digest == NULL)
		rv = CKR_FUNCTION_NOT_SUPPORTED;
	if (rv == CKR_OK)
		op->state = OP_STREAM;
	return rv;
}

static CK_RV
part_may(struct session *s, enum op_kind kind, size_t parameter_len)
{
	CK_RV rv = op_may(s, kind, CALL_UPDATE);

	if (rv == CKR_OK && s->op[kind].state != OP_STREAM)
		rv = CKR_OPERATION_NOT_INITIALIZED;
	return rv == CKR_OK ? parameter_none(parameter_len) : rv;
}

static CK_RV
part_add(struct op *op, struct bytes part)
{
	CK_RV rv = op_data(part);

	if (rv == CKR_OK)
		rv = digest_update(op->digest, part);
	return rv == CKR_OK ? CKR_OK : message_end(op, rv);
}

CK_RV
op_messages_end(struct session *s, enum op_kind kind)
{
	struct op *op = &s->op[kind];
	CK_RV rv = op_may(s, kind, CALL_FINAL);

	if (rv == CKR_OK && op->state == OP_STREAM)
		rv = CKR_OPERATION_ACTIVE;
	if (rv == CKR_OK)
		op_end(op);
	return rv;
}

/* For mechanisms with RSA and EC keys: those have CKF_MESSAGE_SIGN and CKF_MESSAGE_VERIFY. */
static CK_RV
messages_begin(struct session *s, enum op_kind kind, CK_FLAGS use, const CK_MECHANISM *m,
	CK_OBJECT_HANDLE key)
{
	struct op *op = &s->op[kind];
	CK_RV rv = op_begin_keyed(s, kind, use, m, key);

	if (rv == CKR_OK && m != NULL && op->mac != NULL)
		return op_settle(op, CKR_MECHANISM_INVALID, false);
	return rv;
}

/* --- signing --- */

CK_RV
op_message_sign_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return messages_begin(s, OP_MESSAGE_SIGN, CKF_SIGN, m, key);
}

static CK_RV
sign_last(struct session *s, struct bytes data, const struct room *out)
{
	struct op *op = &s->op[OP_MESSAGE_SIGN];
	bool enough = false;
	CK_RV rv = op_room(out, pubkey_signature_len(object_pubkey(op->key)), &enough);

	if (!enough && (rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL))
		return rv;
	if (enough)
		rv = op_sign_data(s, op, data, out);
	return message_end(op, rv);
}

CK_RV
op_sign_message(struct session *s, size_t parameter_len, struct bytes data, const struct room *out)
{
	CK_RV rv = message_begin(s, OP_MESSAGE_SIGN, parameter_len);

	return rv == CKR_OK ? sign_last(s, data, out) : rv;
}

CK_RV
op_sign_message_begin(struct session *s, size_t parameter_len)
{
	return parts_begin(s, OP_MESSAGE_SIGN, parameter_len);
}

CK_RV
op_sign_message_next(
	struct session *s, size_t parameter_len, struct bytes part, const struct room *out)
{
	CK_RV rv = part_may(s, OP_MESSAGE_SIGN, parameter_len);

	if (rv != CKR_OK)
		return rv;
	return out->len == NULL ? part_add(&s->op[OP_MESSAGE_SIGN], part) : sign_last(s, part, out);
}

CK_RV
op_message_sign_final(struct session *s)
{
	return op_messages_end(s, OP_MESSAGE_SIGN);
}

/* --- verification --- */

CK_RV
op_message_verify_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return messages_begin(s, OP_MESSAGE_VERIFY, CKF_VERIFY, m, key);
}

static CK_RV
verify_last(struct op *op, struct bytes data, struct bytes signature)
{
	return message_end(op, op_verify_data(op, data, signature));
}

CK_RV
op_verify_message(
	struct session *s, size_t parameter_len, struct bytes data, struct bytes signature)
{
	CK_RV rv = message_begin(s, OP_MESSAGE_VERIFY, parameter_len);

	return rv == CKR_OK ? verify_last(&s->op[OP_MESSAGE_VERIFY], data, signature) : rv;
}

CK_RV
op_verify_message_begin(struct session *s, size_t parameter_len)
{
	return parts_begin(s, OP_MESSAGE_VERIFY, parameter_len);
}

CK_RV
op_verify_message_next(
	struct session *s, size_t parameter_len, struct bytes part, struct bytes signature)
{
	struct op *op = &s->op[OP_MESSAGE_VERIFY];
	CK_RV rv = part_may(s, OP_MESSAGE_VERIFY, parameter_len);

	if (rv != CKR_OK)
		return rv;
	return signature.ptr == NULL ? part_add(op, part) : verify_last(op, part, signature);
}

CK_RV
op_message_verify_final(struct session *s)
{
	return op_messages_end(s, OP_MESSAGE_VERIFY);
}
