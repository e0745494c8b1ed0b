/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attribute tables of PKCS#11 3.2 as data: one row an attribute and kind
 * of object, with the numbers of its footnotes. Written from the standard, not
 * from src/model/attr_table.c, which is compared with it.
 */
#ifndef TEST_UNIT_ATTR_STANDARD_H
#define TEST_UNIT_ATTR_STANDARD_H

#include "model/model_private.h"

/* Numbers of "Common footnotes for object attribute tables". */
#define F(n) (1u << (n))
/* No footnote, but said in the text: only C_CopyObject may change it (4.1.3). */
#define F_COPY F(20)

/* "(default ...)" of the tables. */
enum standard_default {
	STD_NONE,     /* says nothing */
	STD_TOKEN,    /* footnote 9, or "token-specific" */
	STD_COMPUTED, /* follows from the key, its history, or what makes the object */
	STD_EMPTY,
	STD_ZERO, /* CK_CERTIFICATE_CATEGORY_UNSPECIFIED, CK_SECURITY_DOMAIN_UNSPECIFIED */
	STD_FALSE,
	STD_TRUE,
};

struct standard_row {
	const char *section;
	uint64_t type;
	uint32_t of; /* enum attr_object bits */
	enum attr_kind kind;
	uint32_t notes; /* F() bits */
	enum standard_default fallback;
};

/* Where src/model/attr_table.c differs on purpose. */
struct deviation {
	uint64_t type;
	uint32_t of;
	uint32_t more; /* F() bits that it has beyond the standard's */
	uint32_t less; /* and those that it has not */
	enum {
		SAME,
		OTHER_DEFAULT,
		NOT_OFFERED, /* the standard's attribute is missing */
		OURS,        /* the standard has no such attribute */
		LIMITED,     /* a longer value is refused */
	} what;
	const char *reason;
};

extern const struct standard_row standard_rows[];
extern const size_t standard_count;
extern const struct deviation deviations[];
extern const size_t deviation_count;

/* NULL: the standard's object of this kind does not have it. */
const struct standard_row *standard_find(uint64_t type, uint32_t object);
/* The first deviation of this sort; NULL: none. */
const struct deviation *deviation_find(uint64_t type, uint32_t object, int what);
/* Footnotes as this project keeps them: the standard's, and the deviations. */
uint32_t notes_expected(uint64_t type, uint32_t object);

#endif
