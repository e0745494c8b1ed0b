/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digests: computed on the host, for anyone.
 */
#include "config.h"

#include "session/op.h"

static CK_RV
begin(struct session *s, struct op *op, const CK_MECHANISM *given)
{
	const struct mech *m = NULL;
	CK_RV rv = CKR_OK;

	if ((rv = op_mech(s, given->mechanism, &m)) != CKR_OK)
		return rv;
	if ((rv = mech_scheme(m, given, CKF_DIGEST, &op->scheme)) != CKR_OK)
		return rv;
	return digest_new(op->scheme.hash, &op->digest);
}

CK_RV
op_digest_init(struct session *s, const CK_MECHANISM *m)
{
	struct op *op = &s->op[OP_DIGEST];
	CK_RV rv = CKR_OK;

	if (m == NULL)
		return op_cancel(op);
	if ((rv = op_may(s, OP_DIGEST, CALL_INIT)) != CKR_OK)
		return rv;
	if ((rv = begin(s, op, m)) == CKR_OK)
		op->state = OP_READY;
	return op_settle(op, rv, true);
}

/* The last data, if any, and the result. */
static CK_RV
finish(struct session *s, enum op_call call, struct bytes data, const struct room *out)
{
	struct op *op = &s->op[OP_DIGEST];
	struct buf digest = BUF_EMPTY;
	struct bytes input = BYTES_EMPTY;
	bool enough = false;
	CK_RV rv = op_may(s, OP_DIGEST, call);

	if (rv != CKR_OK)
		return rv;
	rv = op_room(out, hash_row(op->scheme.hash)->len, &enough);
	if (enough && (rv = op_input(op, data, &digest, &input)) == CKR_OK)
		op_put(out, &digest);
	buf_free(&digest);
	return op_settle(op, rv, !enough);
}

CK_RV
op_digest(struct session *s, struct bytes data, const struct room *out)
{
	return finish(s, CALL_ONE_SHOT, data, out);
}

CK_RV
op_digest_update(struct session *s, struct bytes part)
{
	return op_update(s, OP_DIGEST, part);
}

/* PKCS#11 3.2, 5.12.5: the value of a secret key. One that the caller may not read is not given
 * away by its hash either. */
static CK_RV
digest_key(struct session *s, struct op *op, struct object *key)
{
	const struct attrs *a = object_attrs(key);
	struct buf value = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (attrs_u64(a, CKA_CLASS, CK_UNAVAILABLE_INFORMATION) != CKO_SECRET_KEY ||
		attrs_bool(a, CKA_SENSITIVE, true) || !attrs_bool(a, CKA_EXTRACTABLE, false))
		return CKR_KEY_INDIGESTIBLE;
	rv = object_value(s->slot->token, key, &value);
	if (rv == CKR_OK)
		rv = digest_update(op->digest, view(&value));
	buf_free(&value);
	return rv == CKR_USER_NOT_LOGGED_IN || rv == CKR_KEY_UNEXTRACTABLE ? CKR_KEY_INDIGESTIBLE
									   : rv;
}

CK_RV
op_digest_key(struct session *s, CK_OBJECT_HANDLE handle)
{
	struct op *op = &s->op[OP_DIGEST];
	struct object *key = NULL;
	CK_RV rv = op_may(s, OP_DIGEST, CALL_UPDATE);

	if (rv != CKR_OK)
		return rv;
	op->state = OP_STREAM;
	rv = object_get(s->slot->token, handle, &key);
	if (rv == CKR_OK)
		rv = digest_key(s, op, key);
	else if (rv == CKR_OBJECT_HANDLE_INVALID)
		rv = CKR_KEY_HANDLE_INVALID;
	object_put(key);
	return op_settle(op, rv, true);
}

CK_RV
op_digest_final(struct session *s, const struct room *out)
{
	return finish(s, CALL_FINAL, BYTES_EMPTY, out);
}
