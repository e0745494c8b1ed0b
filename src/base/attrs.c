/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: a sorted array. Objects have about thirty; nothing faster is
 * needed, and the order makes the encoding canonical.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/attrs.h"

/* Where type is, or where it belongs. */
static size_t
attrs_place(const struct attrs *a, uint64_t type)
{
	size_t low = 0;
	size_t high = a->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->list[middle].type < type)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
attrs_free(struct attrs *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->count; i++)
		buf_free(&a->list[i].value);
	free(a->list);
	*a = ATTRS_EMPTY;
}

void
attrs_move(struct attrs *dst, struct attrs *src)
{
	attrs_free(dst);
	*dst = *src;
	*src = ATTRS_EMPTY;
}

CK_RV
attrs_copy(struct attrs *dst, const struct attrs *src)
{
	struct attrs fresh = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < src->count && rv == CKR_OK; i++)
		rv = attrs_set(&fresh, src->list[i].type, view(&src->list[i].value));
	if (rv == CKR_OK)
		attrs_move(dst, &fresh);
	else
		attrs_free(&fresh);
	return rv;
}

const struct attr *
attrs_find(const struct attrs *a, uint64_t type)
{
	size_t at = attrs_place(a, type);

	return at < a->count && a->list[at].type == type ? &a->list[at] : NULL;
}

bool
attrs_has(const struct attrs *a, uint64_t type)
{
	return attrs_find(a, type) != NULL;
}

struct bytes
attrs_bytes(const struct attrs *a, uint64_t type)
{
	const struct attr *found = attrs_find(a, type);

	return found != NULL ? view(&found->value) : BYTES_EMPTY;
}

bool
attrs_bool(const struct attrs *a, uint64_t type, bool fallback)
{
	struct bytes v = attrs_bytes(a, type);

	return v.len == 1 ? v.ptr[0] != 0 : fallback;
}

uint64_t
attrs_u64(const struct attrs *a, uint64_t type, uint64_t fallback)
{
	struct reader r = reader_of(attrs_bytes(a, type));
	uint64_t v = read_u64(&r);

	return reader_done(&r) ? v : fallback;
}

static CK_RV
attrs_reserve(struct attrs *a)
{
	size_t room = a->room == 0 ? 16 : a->room * 2;
	struct attr *list = NULL;

	if (a->count < a->room)
		return CKR_OK;
	list = realloc(a->list, room * sizeof *list); /* moves pointers to values, not values */
	if (list == NULL)
		return CKR_HOST_MEMORY;
	a->list = list;
	a->room = room;
	return CKR_OK;
}

CK_RV
attrs_set(struct attrs *a, uint64_t type, struct bytes value)
{
	size_t at = attrs_place(a, type);
	struct attr fresh = { type, BUF_EMPTY };
	CK_RV rv = CKR_OK;

	if (at < a->count && a->list[at].type == type)
		return buf_set(&a->list[at].value, value);
	rv = attrs_reserve(a);
	if (rv == CKR_OK)
		rv = buf_set(&fresh.value, value);
	if (rv != CKR_OK)
		return rv;
	memmove(&a->list[at + 1], &a->list[at], (a->count - at) * sizeof *a->list);
	a->list[at] = fresh; /* owned by a */
	a->count++;
	return CKR_OK;
}

CK_RV
attrs_set_bool(struct attrs *a, uint64_t type, bool v)
{
	uint8_t byte = v ? 1 : 0;

	return attrs_set(a, type, bytes_of(&byte, 1));
}

CK_RV
attrs_set_u64(struct attrs *a, uint64_t type, uint64_t v)
{
	uint8_t be[8];

	put_u64(be, v);
	return attrs_set(a, type, bytes_of(be, sizeof be));
}

void
attrs_remove(struct attrs *a, uint64_t type)
{
	size_t at = attrs_place(a, type);

	if (at >= a->count || a->list[at].type != type)
		return;
	buf_free(&a->list[at].value);
	a->count--;
	memmove(&a->list[at], &a->list[at + 1], (a->count - at) * sizeof *a->list);
}

bool
attrs_match(const struct attrs *a, const struct attrs *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct attr *have = attrs_find(a, wanted->list[i].type);

		if (have == NULL || !bytes_equal(view(&have->value), view(&wanted->list[i].value)))
			return false;
	}
	return true;
}
