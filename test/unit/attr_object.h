/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects of every kind for the tests that walk the standard's attribute
 * tables: a template that has what the footnotes demand, and values to give.
 */
#ifndef TEST_UNIT_ATTR_OBJECT_H
#define TEST_UNIT_ATTR_OBJECT_H

#include "attr_standard.h"

struct object_kind {
	const char *name;
	uint32_t object; /* enum attr_object bit */
	CK_OBJECT_CLASS class;
	uint64_t selector; /* CKA_CLASS: the class says all */
	uint64_t value;
};

extern const struct object_kind object_kinds[];
extern const size_t object_kind_count;

/* Footnotes that say "must be" and "must not be" at this event; derivation is as unwrapping. */
uint32_t note_needed(enum attr_event event);
uint32_t note_refused(enum attr_event event);
/* Can an object of this kind come to be so? */
bool kind_has_event(uint32_t object, enum attr_event event);

/* A value of the attribute that is not was; canonical. */
void other_value(const struct standard_row *row, struct bytes was, struct buf *out);
/* A template with what the event needs, without the attribute of type `without`. */
#define WITHOUT_NONE UINT64_MAX
void needed_template(
	const struct object_kind *kind, enum attr_event event, uint64_t without, struct attrs *out);
/* An object of this kind with every attribute that it can have, the key's among them. */
void whole_object(const struct object_kind *kind, struct attrs *out);
/* attr_complete() with this template; class and type are the mechanism's where it is a generation.
 */
CK_RV complete(const struct object_kind *kind, enum attr_event event, enum attr_role role,
	const struct attrs *given, struct attrs *out);

#endif
