/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: a set of values ordered by type, in canonical form, the form of
 * the store: CK_BBOOL one byte 0 or 1, numbers (CK_ULONG) eight bytes
 * big-endian, lists of mechanisms eight bytes each, CK_DATE eight characters
 * or nothing, all else as it is. Equal values are equal bytes.
 */
#ifndef BASE_ATTRS_H
#define BASE_ATTRS_H

#include "base/bytes.h"

struct attr {
	uint64_t type; /* CKA_* */
	struct buf value;
};

struct attrs {
	struct attr *list; /* ascending by type */
	size_t count;
	size_t room;
};

#define ATTRS_EMPTY ((struct attrs){ NULL, 0, 0 })

void attrs_free(struct attrs *a); /* wipes; NULL is fine */
void attrs_move(struct attrs *dst, struct attrs *src);
CHECKED CK_RV attrs_copy(struct attrs *dst, const struct attrs *src);

/* Lent; NULL when absent. */
const struct attr *attrs_find(const struct attrs *a, uint64_t type);
bool attrs_has(const struct attrs *a, uint64_t type);
/* Empty when absent. */
struct bytes attrs_bytes(const struct attrs *a, uint64_t type);
/* fallback when absent or malformed. */
bool attrs_bool(const struct attrs *a, uint64_t type, bool fallback);
uint64_t attrs_u64(const struct attrs *a, uint64_t type, uint64_t fallback);

/* Set or replace. Unchanged when it fails (CKR_HOST_MEMORY). */
CHECKED CK_RV attrs_set(struct attrs *a, uint64_t type, struct bytes value);
CHECKED CK_RV attrs_set_bool(struct attrs *a, uint64_t type, bool v);
CHECKED CK_RV attrs_set_u64(struct attrs *a, uint64_t type, uint64_t v);
void attrs_remove(struct attrs *a, uint64_t type);

/* Every attribute of wanted is in a with the same bytes. */
bool attrs_match(const struct attrs *a, const struct attrs *wanted);

#endif
