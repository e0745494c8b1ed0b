/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a function gave, against the elements of the reply that is expected.
 */
#include "config.h"

#include <string.h>

#include "reply.h"

static void
check_number(const struct place *p)
{
	const char *text = reply_text(p->x);
	CK_ULONG expected = 0;

	if (text == NULL || !value_number(p->field->names, text, &expected))
		reply_refuse(p);
	else
		reply_number(p, p->field->name, expected, *(const CK_ULONG *)p->at);
}

static void
check_flags(const struct place *p)
{
	const char *text = reply_text(p->x);
	CK_ULONG expected = 0;

	if (text == NULL || !value_flags(p->field->names, text, &expected))
		reply_refuse(p);
	else
		reply_number(p, p->field->name, expected, *(const CK_ULONG *)p->at);
}

/* Padded with blanks, whatever it says. */
static void
check_text(const struct place *p)
{
	const char *text = reply_text(p->x);
	struct bytes got = bytes_of(p->at, p->field->size);

	if (text == NULL || strlen(text) != got.len)
		reply_refuse(p);
	else if (memchr(got.ptr, '\0', got.len) != NULL)
		report_wrong(p->run->report, p->x->line, "%s: %s is not padded with blanks",
			p->function, p->field->name);
	else
		reply_bytes(p, p->field->name, false, bytes_str(text), got);
}

static void
check_version(const struct place *p)
{
	const CK_VERSION *got = p->at;
	const char *major = xml_attr(p->x, "major"), *minor = xml_attr(p->x, "minor");
	CK_ULONG a = 0, b = 0;

	if (major == NULL || minor == NULL || !xml_only(p->x, "major", "minor") ||
		p->x->child != NULL || !value_number(no_names, major, &a) ||
		!value_number(no_names, minor, &b) || a > 255 || b > 255)
		reply_refuse(p);
	else
		reply_number(
			p, p->field->name, a << 8 | b, (CK_ULONG)(got->major << 8 | got->minor));
}

static void
check_handle(const struct place *p)
{
	CK_ULONG got = *(const CK_ULONG *)p->at;

	if (got == CK_INVALID_HANDLE)
		report_wrong(p->run->report, p->x->line, "%s: a handle of 0", p->function);
	else
		reply_choice(p, p->field->name, reply_text(p->x), got);
}

typedef void checker_fn(const struct place *p);

static checker_fn *const checkers[] = {
	[AS_NUMBER] = check_number,
	[AS_FLAGS] = check_flags,
	[AS_TEXT] = check_text,
	[AS_VERSION] = check_version,
	[AS_HANDLE] = check_handle,
	[AS_BYTES] = check_signature,
	[AS_SLOTS] = check_list,
	[AS_MECHANISMS] = check_list,
	[AS_OBJECTS] = check_list,
	[AS_TEMPLATE] = check_template,
};

/* The reply's fields, within their wrapper if the function has one. */
static const struct xml *
fields_of(const struct function *fn, const struct xml *x)
{
	if (fn->wrapper == NULL)
		return x;
	if (xml_children(x) != 1 || !xml_is(x->child, fn->wrapper) ||
		!xml_only(x->child, NULL, NULL))
		return NULL;
	return x->child;
}

void
reply_compare(struct run *run, const struct function *fn, const struct xml *x, struct args *a)
{
	struct place p = { .run = run, .function = fn->name, .field = fn->out, .args = a };
	const struct xml *fields = fields_of(fn, x);

	p.x = fields != NULL ? fields->child : NULL;
	for (; p.field->name != NULL && xml_is(p.x, p.field->name); p.field++, p.x = p.x->next) {
		p.at = (uint8_t *)a + p.field->at;
		checkers[p.field->form](&p);
	}
	if (p.field->name != NULL)
		report_wrong(
			run->report, x->line, "%s: the reply lacks %s", fn->name, p.field->name);
	else if (p.x != NULL)
		report_wrong(run->report, p.x->line, "%s: %s is not known", fn->name, p.x->name);
}
