/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One element of a reply: what all forms of it have in common.
 */
#include "config.h"

#include "reply.h"

void
reply_refuse(const struct place *p)
{
	report_wrong(p->run->report, p->x->line, "%s: %s is not understood", p->function,
		p->field->name);
}

static struct finding
finding_of(const struct place *p, const char *field)
{
	return (struct finding){ .function = p->function, .field = field, .line = p->x->line };
}

void
reply_number(const struct place *p, const char *name, CK_ULONG expected, CK_ULONG got)
{
	struct finding f = finding_of(p, name);

	f.is_number = true;
	f.expected = expected;
	f.got = got;
	compare(&f, &p->run->seen, p->run->report);
}

void
reply_length(const struct place *p, const char *name, CK_ULONG expected, CK_ULONG got)
{
	struct finding f = finding_of(p, name);

	f.is_number = f.is_length = true;
	f.expected = expected;
	f.got = got;
	compare(&f, &p->run->seen, p->run->report);
}

void
reply_bytes(const struct place *p, const char *name, bool is_attribute, struct bytes expected,
	struct bytes got)
{
	struct finding f = finding_of(p, name);

	f.is_attribute = is_attribute;
	f.expected_bytes = expected;
	f.got_bytes = got;
	compare(&f, &p->run->seen, p->run->report);
}

const char *
reply_text(const struct xml *x)
{
	return xml_only(x, "value", NULL) && x->child == NULL ? xml_attr(x, "value") : NULL;
}

bool
reply_bind(const struct place *p, const char *text, CK_ULONG got)
{
	if (!vars_is_name(text))
		return false;
	if (vars_bind_number(&p->run->vars, text, got))
		p->run->report->varied++;
	else
		reply_refuse(p);
	return true;
}

void
reply_choice(const struct place *p, const char *name, const char *text, CK_ULONG got)
{
	CK_ULONG expected = 0;

	if (text != NULL && reply_bind(p, text, got))
		return;
	if (text == NULL || !value_number(no_names, text, &expected))
		reply_refuse(p);
	else
		reply_number(p, name, expected, got);
}
