/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Within the comparison of a reply.
 */
#ifndef TEST_INTEGRATION_OASIS_REPLY_H
#define TEST_INTEGRATION_OASIS_REPLY_H

#include "oasis.h"

/* One element of a reply. */
struct place {
	struct run *run;
	const char *function;
	const struct field *field;
	const struct xml *x;
	struct args *args;
	void *at; /* the field's place in the arguments */
};

/* --- place.c --- */

/* A finding against the file. */
void reply_refuse(const struct place *p);
/* The text of an element that has a value and nothing else; NULL: it is not such a one. */
const char *reply_text(const struct xml *x);
/* Compare, under the field's or the attribute's name. */
void reply_number(const struct place *p, const char *name, CK_ULONG expected, CK_ULONG got);
void reply_length(const struct place *p, const char *name, CK_ULONG expected, CK_ULONG got);
void reply_bytes(const struct place *p, const char *name, bool is_attribute, struct bytes expected,
	struct bytes got);
/* If the text is a name, it stands for this number from now on. False: it is none. */
bool reply_bind(const struct place *p, const char *text, CK_ULONG got);
/* A number of the provider's choice, bound or compared. */
void reply_choice(const struct place *p, const char *name, const char *text, CK_ULONG got);

/* --- reply_list.c, reply_template.c --- */

void check_list(const struct place *p);
void check_signature(const struct place *p);
void check_template(const struct place *p);

#endif
