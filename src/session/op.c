/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations: the rules that hold for every kind. Which call may come when is
 * a table; the size rule and the end rule are a function each.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "session/op.h"

/* PKCS#11 3.2, 5.2 and the sections of the single functions. */
static const CK_RV answers[OP_STATES][OP_CALLS] = {
	[OP_IDLE] = { [CALL_INIT] = CKR_OK,
		[CALL_ONE_SHOT] = CKR_OPERATION_NOT_INITIALIZED,
		[CALL_UPDATE] = CKR_OPERATION_NOT_INITIALIZED,
		[CALL_FINAL] = CKR_OPERATION_NOT_INITIALIZED },
	[OP_READY] = { [CALL_INIT] = CKR_OPERATION_ACTIVE,
		[CALL_ONE_SHOT] = CKR_OK,
		[CALL_UPDATE] = CKR_OK,
		[CALL_FINAL] = CKR_OK },
	/* A one-shot call has told the length; so it is one that ends the operation. */
	[OP_ASKED] = { [CALL_INIT] = CKR_OPERATION_ACTIVE,
		[CALL_ONE_SHOT] = CKR_OK,
		[CALL_UPDATE] = CKR_OPERATION_ACTIVE,
		[CALL_FINAL] = CKR_OPERATION_ACTIVE },
	[OP_STREAM] = { [CALL_INIT] = CKR_OPERATION_ACTIVE,
		[CALL_ONE_SHOT] = CKR_OPERATION_ACTIVE,
		[CALL_UPDATE] = CKR_OK,
		[CALL_FINAL] = CKR_OK },
};

/* Those that have one result: it is asked for in one call or in parts, and the wrong call ends the
 * operation as any error does (PKCS#11 3.2, 5.8 to 5.15). */
static const bool has_one_result[OP_KINDS] = { [OP_DIGEST] = true,
	[OP_SIGN] = true,
	[OP_VERIFY] = true,
	[OP_ENCRYPT] = true,
	[OP_DECRYPT] = true,
	[OP_SIGN_RECOVER] = true,
	[OP_VERIFY_RECOVER] = true,
	[OP_VERIFY_SIGNATURE] = true };

CK_RV
op_may(struct session *s, enum op_kind kind, enum op_call call)
{
	struct op *op = &s->op[kind];
	CK_RV rv = CKR_OK;

	if (op->key != NULL && object_is_private(op->key) &&
		op->logouts != slot_logouts(s->slots, s->slot))
		op_end(op);
	rv = answers[op->state][call];
	if (has_one_result[kind] && call != CALL_INIT && rv == CKR_OPERATION_ACTIVE)
		op_end(op);
	if (has_one_result[kind] && call == CALL_ONE_SHOT && rv == CKR_OK)
		op->state = OP_ASKED;
	return rv;
}

CK_RV
op_room(const struct room *room, size_t needed, bool *enough)
{
	CK_ULONG have = 0;

	*enough = false;
	if (room->len == NULL)
		return CKR_ARGUMENTS_BAD;
	have = *room->len;
	*enough = room->ptr != NULL && have >= needed;
	if (!*enough)
		*room->len = needed;
	return room->ptr != NULL && have < needed ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

void
op_put(const struct room *room, const struct buf *content)
{
	if (content->len > 0)
		memcpy(room->ptr, content->ptr, content->len);
	*room->len = content->len;
}

CK_RV
op_settle(struct op *op, CK_RV rv, bool more)
{
	if (rv != CKR_BUFFER_TOO_SMALL && !(rv == CKR_OK && more))
		op_end(op);
	return rv;
}

void
op_end(struct op *op)
{
	find_free(op->find);
	digest_free(op->digest);
	mac_free(op->mac);
	cipher_free(op->cipher);
	object_put(op->key);
	scheme_free(&op->scheme);
	buf_free(&op->context);
	buf_free(&op->input);
	buf_free(&op->result);
	buf_free(&op->signature);
	ivs_clear(&op->ivs);
	*op = (struct op){ .state = OP_IDLE };
}

CK_RV
op_cancel(struct op *op)
{
	CK_RV rv = op->state == OP_IDLE ? CKR_ARGUMENTS_BAD : CKR_OK;

	op_end(op);
	return rv;
}

CK_RV
op_data(struct bytes data)
{
	if (data.len >= PTRDIFF_MAX)
		return CKR_ARGUMENTS_BAD;
	return data.ptr == NULL && data.len > 0 ? CKR_ARGUMENTS_BAD : CKR_OK;
}

CK_RV
op_mech(struct session *s, CK_MECHANISM_TYPE type, const struct mech **out)
{
	const struct mech *m = mech_find(type);
	struct tpm_caps caps = { 0 };

	if (m == NULL || !mech_supported(m, slot_caps(s->slot, &caps) ? &caps : NULL))
		return CKR_MECHANISM_INVALID;
	*out = m;
	return CKR_OK;
}

CK_RV
op_begin_key(struct session *s, struct op *op, CK_FLAGS use, CK_MECHANISM_TYPE type,
	CK_OBJECT_HANDLE key, const struct mech **m)
{
	CK_RV rv = CKR_OK;

	if ((rv = op_mech(s, type, m)) != CKR_OK)
		return rv;
	op->logouts = slot_logouts(s->slots, s->slot);
	if ((rv = object_get(s->slot->token, key, &op->key)) != CKR_OK)
		return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_KEY_HANDLE_INVALID : rv;
	return mech_fits(*m, use, object_attrs(op->key));
}

bool
op_key_is_secret(const struct op *op)
{
	return attrs_u64(object_attrs(op->key), CKA_CLASS, CK_UNAVAILABLE_INFORMATION) ==
	       CKO_SECRET_KEY;
}

static CK_RV
begin_secret(struct session *s, struct op *op, CK_FLAGS use)
{
	struct token *t = s->slot->token;

	if ((use & (CKF_ENCRYPT | CKF_DECRYPT)) != 0)
		return object_cipher_new(
			t, op->key, &op->scheme, (use & CKF_ENCRYPT) != 0, &op->cipher);
	return object_mac_new(t, op->key, &op->scheme, &op->mac);
}

/* Fill an idle operation; on failure it is left for op_end(). */
static CK_RV
begin_keyed(struct session *s, struct op *op, CK_FLAGS use, const CK_MECHANISM *given,
	CK_OBJECT_HANDLE key)
{
	const struct mech *m = NULL;
	CK_RV rv = CKR_OK;

	if ((rv = op_begin_key(s, op, use, given->mechanism, key, &m)) != CKR_OK)
		return rv;
	if ((rv = mech_scheme(m, given, use, &op->scheme)) != CKR_OK)
		return rv;
	if (op_key_is_secret(op))
		return begin_secret(s, op, use);
	if (object_pubkey(op->key) == NULL)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (!pubkey_has_room(object_pubkey(op->key), &op->scheme))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "The salt is too long for the key.");
	if (op->scheme.hash == HASH_NONE)
		return CKR_OK;
	return digest_new(op->scheme.hash, &op->digest);
}

CK_RV
op_begin_keyed(struct session *s, enum op_kind kind, CK_FLAGS use, const CK_MECHANISM *m,
	CK_OBJECT_HANDLE key)
{
	struct op *op = &s->op[kind];
	CK_RV rv = CKR_OK;

	if (m == NULL)
		return op_cancel(op);
	if ((rv = op_may(s, kind, CALL_INIT)) != CKR_OK)
		return rv;
	if ((rv = begin_keyed(s, op, use, m, key)) == CKR_OK)
		op->state = OP_READY;
	return op_settle(op, rv, true);
}

bool
op_has_parts(const struct op *op)
{
	return op->digest != NULL || op->mac != NULL;
}

CK_RV
op_feed(struct op *op, struct bytes part)
{
	op->state = OP_STREAM;
	return op->mac != NULL ? mac_update(op->mac, part) : digest_update(op->digest, part);
}

CK_RV
op_update(struct session *s, enum op_kind kind, struct bytes part)
{
	struct op *op = &s->op[kind];
	CK_RV rv = op_may(s, kind, CALL_UPDATE);

	if (rv != CKR_OK)
		return rv;
	if (!op_has_parts(op))
		rv = CKR_FUNCTION_NOT_SUPPORTED;
	else if ((rv = op_data(part)) == CKR_OK)
		rv = op_feed(op, part);
	return op_settle(op, rv, true);
}

CK_RV
op_input(struct op *op, struct bytes data, struct buf *own, struct bytes *input)
{
	CK_RV rv = op_data(data);

	*input = data;
	if (rv != CKR_OK || op->digest == NULL)
		return rv;
	if ((rv = digest_update(op->digest, data)) != CKR_OK)
		return rv;
	rv = digest_final(op->digest, own);
	*input = view(own);
	return rv;
}
