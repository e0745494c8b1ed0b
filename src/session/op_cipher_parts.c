/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption and decryption in parts, with secret keys. What a part gives is
 * known beforehand. The end of a decryption that takes a padding off is not, so
 * it is computed when there is a buffer, and kept if that is too small.
 */
#include "config.h"

#include "session/op.h"

/* PKCS#11 3.2, 6.16: key wrapping is single-part, as is all that RSA does. */
static bool
has_parts(const struct op *op)
{
	return op_key_is_secret(op) && op->scheme.alg != ALG_AES_KEY_WRAP &&
	       op->scheme.alg != ALG_AES_KEY_WRAP_KWP;
}

bool
op_cipher_is_exact(const struct op *op)
{
	return op->cipher != NULL && op->scheme.alg != ALG_AES_CBC_PAD &&
	       op->scheme.alg != ALG_AES_KEY_WRAP_KWP;
}

/* The end has been computed, and a larger buffer is awaited. */
static bool
is_over(const struct op *op)
{
	return op->cipher == NULL;
}

CK_RV
op_cipher_part(struct session *s, enum op_kind kind, struct bytes part, const struct room *out,
	struct buf *made, bool *enough)
{
	struct op *op = &s->op[kind];
	CK_RV rv = has_parts(op) ? op_data(part) : CKR_FUNCTION_NOT_SUPPORTED;

	*enough = false;
	if (rv == CKR_OK && is_over(op))
		rv = CKR_OPERATION_ACTIVE;
	if (rv == CKR_OK)
		rv = op_room(out, cipher_update_len(op->cipher, part.len), enough);
	if (*enough) {
		op->state = OP_STREAM;
		rv = cipher_update(op->cipher, part, made);
		*enough = rv == CKR_OK;
	}
	return op_settle(op, rv, true);
}

static CK_RV
update(struct session *s, enum op_kind kind, struct bytes part, const struct room *out)
{
	struct buf made = BUF_EMPTY;
	bool enough = false;
	CK_RV rv = op_may(s, kind, CALL_UPDATE);

	if (rv == CKR_OK)
		rv = op_cipher_part(s, kind, part, out, &made, &enough);
	if (enough)
		op_put(out, &made);
	buf_free(&made);
	return rv;
}

/* There is a buffer that may be large enough. */
static CK_RV
finish(struct op *op, const struct room *out, bool *enough)
{
	CK_RV rv = CKR_OK;

	op->state = OP_STREAM;
	if (!is_over(op)) {
		rv = cipher_final(op->cipher, &op->result);
		cipher_free(op->cipher);
		op->cipher = NULL;
	}
	if (rv == CKR_OK)
		rv = op_room(out, op->result.len, enough);
	if (*enough)
		op_put(out, &op->result);
	return rv;
}

static CK_RV
final(struct session *s, enum op_kind kind, const struct room *out)
{
	struct op *op = &s->op[kind];
	bool enough = false;
	size_t most = 0;
	CK_RV rv = op_may(s, kind, CALL_FINAL);

	if (rv != CKR_OK)
		return rv;
	if (!has_parts(op))
		return op_settle(op, CKR_FUNCTION_NOT_SUPPORTED, false);
	most = is_over(op) ? op->result.len : cipher_rest_len(op->cipher, 0);
	if (out->ptr == NULL || out->len == NULL ||
		(*out->len < most && (kind == OP_ENCRYPT || op_cipher_is_exact(op))))
		rv = op_room(out, most, &enough);
	else
		rv = finish(op, out, &enough);
	return op_settle(op, rv, !enough);
}

CK_RV
op_encrypt_update(struct session *s, struct bytes part, const struct room *out)
{
	return update(s, OP_ENCRYPT, part, out);
}

CK_RV
op_encrypt_final(struct session *s, const struct room *out)
{
	return final(s, OP_ENCRYPT, out);
}

CK_RV
op_decrypt_update(struct session *s, struct bytes part, const struct room *out)
{
	return update(s, OP_DECRYPT, part, out);
}

CK_RV
op_decrypt_final(struct session *s, const struct room *out)
{
	return final(s, OP_DECRYPT, out);
}
