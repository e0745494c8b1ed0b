/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption and decryption of many messages with one key: PKCS#11 3.2, 5.9 and
 * 5.11. Each message has a cipher of its own, which puts the tag behind the
 * ciphertext and wants it there; the caller has it apart, in the parameter.
 */
#include "config.h"

#include <string.h>

#include "session/op.h"

static bool
encrypts(enum op_kind kind)
{
	return kind == OP_MESSAGE_ENCRYPT;
}

/* --- begin and end --- */

/* What is given is the layout of what comes with the messages; what it says there counts nothing.
 */
static CK_RV
check_mechanism(const struct mech *m, const CK_MECHANISM *given)
{
	if (!mech_has_messages(m))
		return rv_fail(CKR_MECHANISM_INVALID, "%s does not encrypt messages.", m->name);
	if (given->ulParameterLen != 0 &&
		(given->pParameter == NULL ||
			given->ulParameterLen != sizeof(CK_GCM_MESSAGE_PARAMS)))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"%s wants CK_GCM_MESSAGE_PARAMS, or nothing.", m->name);
	return CKR_OK;
}

static CK_RV
messages_begin(
	struct session *s, enum op_kind kind, const CK_MECHANISM *given, CK_OBJECT_HANDLE key)
{
	struct op *op = &s->op[kind];
	const struct mech *m = NULL;
	CK_RV rv = CKR_OK;

	if (given == NULL)
		return op_cancel(op);
	if ((rv = op_may(s, kind, CALL_INIT)) != CKR_OK)
		return rv;
	rv = op_begin_key(
		s, op, encrypts(kind) ? CKF_ENCRYPT : CKF_DECRYPT, given->mechanism, key, &m);
	if (rv == CKR_OK)
		rv = check_mechanism(m, given);
	if (rv == CKR_OK) {
		op->scheme.alg = m->alg;
		op->state = OP_READY;
	}
	return op_settle(op, rv, true);
}

/* The end rule for one message: it goes on if there is more to come, or nothing has come out. */
static CK_RV
settle(struct op *op, CK_RV rv, bool more)
{
	if (rv == CKR_BUFFER_TOO_SMALL || (rv == CKR_OK && more))
		return rv;
	cipher_free(op->cipher);
	op->cipher = NULL;
	op->state = OP_READY;
	/* PKCS#11 3.2, 5.11.2 */
	return rv == CKR_ENCRYPTED_DATA_INVALID ? CKR_AEAD_DECRYPT_FAILED : rv;
}

/* --- one message --- */

static CK_RV
read_params(enum op_kind kind, const struct message *m, struct message_params *out)
{
	return mech_message_params(m->parameter, m->parameter_len, encrypts(kind), out);
}

static CK_RV
needs(const void *there, const char *what)
{
	return there != NULL ? CKR_OK
			     : rv_fail(CKR_MECHANISM_PARAM_INVALID, "The %s is NULL.", what);
}

/* A cipher for the message; its IV goes back to the caller. */
static CK_RV
start(struct session *s, enum op_kind kind, const struct message_params *p, struct bytes aad)
{
	struct op *op = &s->op[kind];
	struct scheme message = { .alg = op->scheme.alg, .tag_len = p->tag_len };
	CK_RV rv = needs(p->iv, "IV");

	if (rv == CKR_OK)
		rv = op_data(aad);
	if (rv == CKR_OK)
		rv = ivs_next(&op->ivs, p, &message.iv);
	if (rv == CKR_OK)
		rv = buf_set(&message.aad, aad);
	if (rv == CKR_OK)
		rv = object_cipher_new(
			s->slot->token, op->key, &message, encrypts(kind), &op->cipher);
	if (rv == CKR_OK)
		memcpy(p->iv, message.iv.ptr, p->iv_len);
	scheme_free(&message);
	return rv;
}

/* The last part, and the tag, to where each belongs; there is room. */
static CK_RV
encrypt_last(
	struct op *op, const struct message_params *p, struct bytes part, const struct room *out)
{
	struct buf made = BUF_EMPTY;
	CK_RV rv = cipher_end(op->cipher, part, &made);

	if (rv == CKR_OK && made.len < p->tag_len)
		rv = CKR_GENERAL_ERROR;
	if (rv == CKR_OK) {
		memcpy(p->tag, made.ptr + made.len - p->tag_len, p->tag_len);
		made.len -= p->tag_len;
		op_put(out, &made);
	}
	buf_free(&made);
	return rv;
}

static CK_RV
decrypt_last(
	struct op *op, const struct message_params *p, struct bytes part, const struct room *out)
{
	struct buf input = BUF_EMPTY, made = BUF_EMPTY;
	CK_RV rv = buf_set(&input, part);

	if (rv == CKR_OK)
		rv = buf_append(&input, bytes_of(p->tag, p->tag_len));
	if (rv == CKR_OK)
		rv = cipher_end(op->cipher, view(&input), &made);
	if (rv == CKR_OK)
		op_put(out, &made);
	buf_free(&made);
	buf_free(&input);
	return rv;
}

static CK_RV
run_last(struct session *s, enum op_kind kind, const struct message_params *p, struct bytes part,
	const struct room *out)
{
	return encrypts(kind) ? encrypt_last(&s->op[kind], p, part, out)
			      : decrypt_last(&s->op[kind], p, part, out);
}

/* A message in one call: as long as it was. */
static CK_RV
whole(struct session *s, enum op_kind kind, const struct message *m, struct bytes data,
	const struct room *out)
{
	struct message_params p = { 0 };
	bool enough = false;
	CK_RV rv = op_may(s, kind, CALL_ONE_SHOT);

	if (rv != CKR_OK)
		return rv;
	rv = read_params(kind, m, &p);
	if (rv == CKR_OK)
		rv = needs(p.tag, "tag");
	if (rv == CKR_OK)
		rv = op_data(data);
	if (rv == CKR_OK)
		rv = op_room(out, data.len, &enough);
	if (!enough)
		return rv;
	rv = start(s, kind, &p, m->aad);
	if (rv == CKR_OK)
		rv = run_last(s, kind, &p, data, out);
	return settle(&s->op[kind], rv, false);
}

/* --- a message in parts --- */

static CK_RV
parts_begin(struct session *s, enum op_kind kind, const struct message *m)
{
	struct op *op = &s->op[kind];
	struct message_params p = { 0 };
	CK_RV rv = op_may(s, kind, CALL_ONE_SHOT);

	if (rv != CKR_OK)
		return rv;
	rv = read_params(kind, m, &p);
	if (rv == CKR_OK)
		rv = start(s, kind, &p, m->aad);
	if (rv == CKR_OK) {
		op->scheme.tag_len = p.tag_len;
		op->state = OP_STREAM;
	}
	return settle(op, rv, true);
}

/* The parameter comes with each part; the tag is as long as it was. */
static CK_RV
part_params(enum op_kind kind, const struct op *op, const struct message *m, bool last,
	struct message_params *p)
{
	CK_RV rv = read_params(kind, m, p);

	if (rv == CKR_OK && p->tag_len != op->scheme.tag_len)
		rv = rv_fail(
			CKR_MECHANISM_PARAM_INVALID, "The tag's length changes within a message.");
	return rv == CKR_OK && last ? needs(p->tag, "tag") : rv;
}

/* What this part puts out; the tag is not counted in. */
static size_t
part_len(enum op_kind kind, const struct op *op, size_t len, bool last)
{
	if (!last)
		return cipher_update_len(op->cipher, len);
	if (encrypts(kind))
		return cipher_rest_len(op->cipher, len) - op->scheme.tag_len;
	return cipher_rest_len(op->cipher, len + op->scheme.tag_len);
}

static CK_RV
run_part(struct op *op, struct bytes part, const struct room *out)
{
	struct buf made = BUF_EMPTY;
	CK_RV rv = cipher_update(op->cipher, part, &made);

	if (rv == CKR_OK)
		op_put(out, &made);
	buf_free(&made);
	return rv;
}

static CK_RV
part_next(struct session *s, enum op_kind kind, const struct message *m, struct bytes part,
	const struct room *out, bool last)
{
	struct op *op = &s->op[kind];
	struct message_params p = { 0 };
	bool enough = false;
	CK_RV rv = op_may(s, kind, CALL_UPDATE);

	if (rv == CKR_OK && op->state != OP_STREAM)
		rv = CKR_OPERATION_NOT_INITIALIZED;
	if (rv != CKR_OK)
		return rv;
	rv = part_params(kind, op, m, last, &p);
	if (rv == CKR_OK)
		rv = op_data(part);
	if (rv == CKR_OK)
		rv = op_room(out, part_len(kind, op, part.len, last), &enough);
	if (enough)
		rv = last ? run_last(s, kind, &p, part, out) : run_part(op, part, out);
	return settle(op, rv, !enough || !last);
}

/* --- encryption --- */

CK_RV
op_message_encrypt_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return messages_begin(s, OP_MESSAGE_ENCRYPT, m, key);
}

CK_RV
op_encrypt_message(
	struct session *s, const struct message *m, struct bytes data, const struct room *out)
{
	return whole(s, OP_MESSAGE_ENCRYPT, m, data, out);
}

CK_RV
op_encrypt_message_begin(struct session *s, const struct message *m)
{
	return parts_begin(s, OP_MESSAGE_ENCRYPT, m);
}

CK_RV
op_encrypt_message_next(struct session *s, const struct message *m, struct bytes part,
	const struct room *out, bool last)
{
	return part_next(s, OP_MESSAGE_ENCRYPT, m, part, out, last);
}

CK_RV
op_message_encrypt_final(struct session *s)
{
	return op_messages_end(s, OP_MESSAGE_ENCRYPT);
}

/* --- decryption --- */

CK_RV
op_message_decrypt_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return messages_begin(s, OP_MESSAGE_DECRYPT, m, key);
}

CK_RV
op_decrypt_message(
	struct session *s, const struct message *m, struct bytes data, const struct room *out)
{
	return whole(s, OP_MESSAGE_DECRYPT, m, data, out);
}

CK_RV
op_decrypt_message_begin(struct session *s, const struct message *m)
{
	return parts_begin(s, OP_MESSAGE_DECRYPT, m);
}

CK_RV
op_decrypt_message_next(struct session *s, const struct message *m, struct bytes part,
	const struct room *out, bool last)
{
	return part_next(s, OP_MESSAGE_DECRYPT, m, part, out, last);
}

CK_RV
op_message_decrypt_final(struct session *s)
{
	return op_messages_end(s, OP_MESSAGE_DECRYPT);
}
