/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches. One a session; it yields nothing for ever once it is through. An
 * error ends it: Java's SunPKCS11 does not, and searches in the session again.
 */
#include "config.h"

#include "session/op.h"

CK_RV
op_find_init(struct session *s, const CK_ATTRIBUTE *list, CK_ULONG count)
{
	struct op *op = &s->op[OP_FIND];
	struct attrs wanted = ATTRS_EMPTY;
	CK_RV rv = op_may(s, OP_FIND, CALL_INIT);

	if (rv != CKR_OK)
		return rv;
	rv = attr_search_read(list, count, &wanted);
	if (rv == CKR_OK && !s->no_token)
		rv = find_start(s->slot->token, &wanted, &op->find);
	if (rv == CKR_OK)
		op->state = OP_READY;
	attrs_free(&wanted);
	return op_settle(op, rv, true);
}

/* Handles are 64 bits below and CK_ULONG above: in pieces. */
CK_RV
op_find(struct session *s, CK_OBJECT_HANDLE *list, CK_ULONG room, CK_ULONG *count)
{
	uint64_t handles[64];
	size_t got = 0, piece = 0;
	CK_RV rv = op_may(s, OP_FIND, CALL_UPDATE);

	if (rv != CKR_OK)
		return rv;
	*count = 0;
	if (s->no_token)
		return CKR_OK;
	do {
		piece = room - *count < 64 ? room - *count : 64;
		if ((rv = find_next(s->op[OP_FIND].find, handles, piece, &got)) != CKR_OK)
			return op_settle(&s->op[OP_FIND], rv, true);
		for (size_t i = 0; i < got; i++)
			list[(*count)++] = (CK_OBJECT_HANDLE)handles[i];
	} while (got > 0 && *count < room);
	return CKR_OK;
}

CK_RV
op_find_final(struct session *s)
{
	CK_RV rv = op_may(s, OP_FIND, CALL_FINAL);

	return rv != CKR_OK ? rv : op_settle(&s->op[OP_FIND], CKR_OK, false);
}
