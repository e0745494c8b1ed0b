/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes of a reply: their values or lengths.
 */
#include "config.h"

#include "reply.h"

/* A NUL at the end of a text is part of the attribute, and XML can not write it. */
static struct bytes
text_part(const struct attribute *row, struct bytes expected, struct bytes got)
{
	bool more = row->form == FORM_TEXT && got.len == expected.len + 1 &&
		    got.ptr[expected.len] == '\0';

	return more ? bytes_slice(got, 0, expected.len) : got;
}

/* What later checks need. */
static bool
remember(struct seen *seen, CK_ATTRIBUTE_TYPE type, struct bytes value)
{
	if (type == CKA_MODULUS)
		return buf_set(&seen->modulus, value) == CKR_OK;
	return type != CKA_PUBLIC_EXPONENT || buf_set(&seen->exponent, value) == CKR_OK;
}

static void
check_attribute_value(const struct place *p, const struct attribute *row, size_t i)
{
	const CK_ATTRIBUTE *a = &p->args->template[i];
	struct buf expected = BUF_EMPTY;
	struct bytes got = { a->pValue, a->ulValueLen };

	if (got.ptr == NULL || got.len > p->args->values[i].len)
		report_wrong(p->run->report, p->x->line, "%s: %s: %zu bytes for %zu", p->function,
			row->name, got.len, p->args->values[i].len);
	else if (!remember(&p->run->seen, row->type, got) ||
		 !attribute_value(row, xml_attr(p->x, "value"), &expected))
		reply_refuse(p);
	else
		reply_bytes(
			p, row->name, true, view(&expected), text_part(row, view(&expected), got));
	buf_free(&expected);
}

static void
check_attribute(const struct place *p, size_t i)
{
	const char *type = xml_attr(p->x, "type"), *length = xml_attr(p->x, "length");
	const struct attribute *row = type != NULL ? attribute_find(type) : NULL;
	const CK_ATTRIBUTE *got = &p->args->template[i];
	CK_ULONG expected = 0;

	if (!xml_is(p->x, "Attribute") || p->x->child != NULL || row == NULL ||
		row->type != got->type || p->x->attr_count != 2 ||
		!xml_only(p->x, "type", length != NULL ? "length" : "value"))
		reply_refuse(p);
	else if (length == NULL)
		check_attribute_value(p, row, i);
	else if (!value_number(no_names, length, &expected))
		reply_refuse(p);
	else
		reply_length(p, row->name, expected, got->ulValueLen);
}

void
check_template(const struct place *p)
{
	struct place inner = *p;
	size_t i = 0;

	if (!xml_only(p->x, NULL, NULL) || xml_children(p->x) != p->args->template_count)
		reply_refuse(p);
	else
		for (inner.x = p->x->child; inner.x != NULL; inner.x = inner.x->next, i++)
			check_attribute(&inner, i);
}
