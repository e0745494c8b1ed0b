/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runner for the test cases of the OASIS PKCS #11 profiles: XML files of pairs
 * of a request and its reply. Each request is made, and all that the reply has
 * is compared. What the files have and this runner does not know is an error.
 */
#ifndef TEST_INTEGRATION_OASIS_OASIS_H
#define TEST_INTEGRATION_OASIS_OASIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"
#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- report.c: what was found --- */

struct report {
	FILE *out;
	const char *name; /* of the case */
	unsigned calls, same, varied, deviated, wrong;
};

/* A finding against the provider or the file; always false. */
bool report_wrong(struct report *r, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void report_deviation(struct report *r, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The last line; true if nothing was wrong and something was compared. */
bool report_end(const struct report *r);

/* --- xml.c: elements, attributes and text, which is skipped; nothing else --- */

#define XML_ATTRS 4

struct xml {
	char *name;
	struct {
		char *name, *value;
	} attrs[XML_ATTRS];
	size_t attr_count;
	unsigned line;
	struct xml *child; /* the first */
	struct xml *next;  /* after this one, in the same parent */
};

/* NULL, and a finding, if the text is not such a document. */
struct xml *xml_parse(struct bytes text, struct report *r);
void xml_free(struct xml *x);
const char *xml_attr(const struct xml *x, const char *name); /* NULL: it has none */
bool xml_is(const struct xml *x, const char *name);
/* Does it have no attributes but these? NULL: none. */
bool xml_only(const struct xml *x, const char *a, const char *b);
size_t xml_children(const struct xml *x);

/* --- vars.c: what ${Name} stands for --- */

#define VARS_MAX 64

struct vars {
	struct {
		char *name, *text;
	} list[VARS_MAX];
	size_t count;
};

bool vars_is_name(const char *text);
/* Replaces what the name stood for. False: not a name, or no room. */
bool vars_bind(struct vars *v, const char *name, const char *text);
bool vars_bind_number(struct vars *v, const char *name, CK_ULONG number);
/* The text itself, or what it stands for; NULL: that is not known. */
const char *vars_text(const struct vars *v, const char *text);
void vars_free(struct vars *v);

/* --- values.c: texts of the files as values --- */

struct name {
	const char *text; /* without prefix; NULL: the end */
	CK_ULONG number;
};

extern const struct name session_flags[], slot_flags[], token_flags[], mechanism_flags[],
	no_flags[];
extern const struct name users[], mechanisms[], no_names[];

struct attribute {
	const char *name; /* without prefix */
	CK_ATTRIBUTE_TYPE type;
	enum { FORM_BOOL, FORM_NUMBER, FORM_TEXT, FORM_HEX } form;
	const struct name *names; /* of a number */
};

bool value_number(const struct name *names, const char *text, CK_ULONG *out);
bool value_flags(const struct name *names, const char *text, CK_ULONG *out);
bool value_bool(const char *text, CK_BBOOL *out);
bool value_hex(const char *text, struct buf *out);
const struct attribute *attribute_find(const char *name);
/* As C_GetAttributeValue would give it. */
bool attribute_value(const struct attribute *a, const char *text, struct buf *out);

/* --- compare.c: what must be the same, what may vary, what can not be the same --- */

/* What earlier steps of a case have shown, for the checks that stand in for a comparison. */
struct seen {
	struct buf modulus, exponent, data;
	CK_MECHANISM_TYPE mechanism; /* the last one named in a request */
};

/* One value that a reply expects, and the one that came. */
struct finding {
	const char *function, *field;
	bool is_attribute; /* the field is an attribute's name */
	bool is_length;    /* of a value, or how many */
	bool is_number;
	CK_ULONG expected, got;
	struct bytes expected_bytes, got_bytes;
	unsigned line;
};

/* Count and, if it is not as expected and may not vary, print. */
void compare(const struct finding *f, const struct seen *seen, struct report *r);
void seen_free(struct seen *s);

/* --- signature.c --- */

/* Is it one of SHA-256 and PKCS #1 v1.5 over the data? */
bool signature_holds(const struct seen *seen, struct bytes signature);

/* --- call.c: the functions, what they take and give --- */

#define TEMPLATE_MAX 8
#define ROOM_MAX     65536 /* of any buffer that a file asks for */

/* Buffer for a list or for bytes, and how many came. */
struct room {
	bool given; /* else a NULL pointer: the size is asked for */
	CK_ULONG size, count;
	size_t unit;
	struct buf content;
};

/* All that any of the functions takes and gives. */
struct args {
	CK_BBOOL present;
	CK_ULONG slot, flags, session, user, object, type;
	struct buf pin, data;
	CK_ATTRIBUTE template[TEMPLATE_MAX];
	struct buf values[TEMPLATE_MAX];
	CK_ULONG template_count;
	struct room room;
	CK_INFO info;
	CK_SLOT_INFO slot_info;
	CK_TOKEN_INFO token_info;
	CK_MECHANISM_INFO mechanism_info;
};

enum form {
	AS_BOOL,
	AS_NUMBER,
	AS_FLAGS,
	AS_TEXT,
	AS_HEX,
	AS_VERSION,
	AS_HANDLE,    /* a number of the provider's choice, not 0 */
	AS_TYPE,      /* of a mechanism */
	AS_MECHANISM, /* an element with a Type */
	AS_TEMPLATE,
	AS_BYTES,      /* in a request: room for so many, or none */
	AS_ROOM,       /* in a request: the same of a list; in its reply one of these: */
	AS_SLOTS,      /* the slots that are named come first; there may be more */
	AS_MECHANISMS, /* those that are named are somewhere in the list */
	AS_OBJECTS,    /* these, and no more */
};

struct field {
	const char *name;
	enum form form;
	size_t at; /* in struct args */
	size_t size;
	const struct name *names; /* of a number or of flags */
	const char *item;         /* of a list: the name of its elements */
};

struct function {
	const char *name;
	CK_RV (*call)(CK_FUNCTION_LIST *f, struct args *a);
	const struct field *in; /* both end with a name that is NULL */
	const struct field *out;
	const char *wrapper; /* element around the reply's fields, or NULL */
};

const struct function *function_find(const char *name);
void args_free(struct args *a);

/* --- request.c, reply.c --- */

struct run {
	CK_FUNCTION_LIST *f;
	struct vars vars;
	struct seen seen;
	struct report *report;
};

bool request_read(
	struct run *run, const struct function *fn, const struct xml *x, struct args *out);
/* x is what is expected, a what came. */
void reply_compare(struct run *run, const struct function *fn, const struct xml *x, struct args *a);

/* --- case.c --- */

/* Run the case; true if all was as it must be. */
bool case_run(CK_FUNCTION_LIST *f, struct bytes text, const char *pin, struct report *r);

#endif
