/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request's elements as arguments of its function.
 */
#include "config.h"

#include <string.h>

#include "oasis.h"

/* Every form has a reader; at is the field's place in the arguments. */
typedef bool reader_fn(
	struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a);

/* What the element's only attribute says, or stands for. */
static const char *
text_of(const struct run *run, const struct xml *x)
{
	const char *text = xml_attr(x, "value");

	if (text == NULL || !xml_only(x, "value", NULL) || x->child != NULL)
		return NULL;
	return vars_text(&run->vars, text);
}

static bool
read_bool(struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	const char *text = text_of(run, x);

	(void)field;
	(void)a;
	return text != NULL && value_bool(text, at);
}

static bool
read_number(
	struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	const char *text = text_of(run, x);

	(void)a;
	return text != NULL && value_number(field->names, text, at);
}

static bool
read_flags(
	struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	const char *text = text_of(run, x);

	(void)a;
	return text != NULL && value_flags(field->names, text, at);
}

static bool
read_text(struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	const char *text = text_of(run, x);

	(void)field;
	(void)a;
	return text != NULL && buf_set(at, bytes_str(text)) == CKR_OK;
}

static bool
read_data(struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	const char *text = text_of(run, x);
	struct buf *data = at;

	(void)field;
	(void)a;
	return text != NULL && value_hex(text, data) &&
	       buf_set(&run->seen.data, view(data)) == CKR_OK;
}

static bool
read_type(struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	if (!read_number(run, field, x, at, a))
		return false;
	run->seen.mechanism = *(CK_MECHANISM_TYPE *)at;
	return true;
}

static bool
read_mechanism(
	struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	return xml_only(x, NULL, NULL) && xml_children(x) == 1 && xml_is(x->child, "Type") &&
	       read_type(run, field, x->child, at, a);
}

static bool
read_length(const struct run *run, const struct xml *x, CK_ULONG *out)
{
	const char *text = vars_text(&run->vars, xml_attr(x, "length"));

	return text != NULL && value_number(no_names, text, out) && *out <= ROOM_MAX;
}

static bool
read_room(struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	struct room *room = at;

	(void)a;
	room->unit = field->form == AS_BYTES ? 1 : sizeof(CK_ULONG);
	room->given = xml_attr(x, "length") != NULL;
	if (!xml_only(x, "length", NULL) || x->child != NULL)
		return false;
	return !room->given ||
	       (read_length(run, x, &room->size) &&
		       buf_resize(&room->content, room->size * room->unit) == CKR_OK);
}

/* With a value, with room for one, or with neither: the length is asked for. */
static bool
read_attribute(struct run *run, const struct xml *x, CK_ATTRIBUTE *out, struct buf *value)
{
	const char *type = xml_attr(x, "type"), *text = xml_attr(x, "value");
	const struct attribute *row = type != NULL ? attribute_find(type) : NULL;
	CK_ULONG length = 0;

	if (!xml_is(x, "Attribute") || row == NULL || x->child != NULL ||
		!xml_only(x, "type", text != NULL ? "value" : "length"))
		return false;
	if (text != NULL) {
		text = vars_text(&run->vars, text);
		if (text == NULL || !attribute_value(row, text, value))
			return false;
	} else if (xml_attr(x, "length") != NULL &&
		   (!read_length(run, x, &length) || buf_resize(value, length) != CKR_OK)) {
		return false;
	}
	*out = (CK_ATTRIBUTE){ row->type, value->ptr, value->len };
	return true;
}

static bool
read_template(
	struct run *run, const struct field *field, const struct xml *x, void *at, struct args *a)
{
	CK_ATTRIBUTE *template = at;

	(void)field;
	if (!xml_only(x, NULL, NULL) || xml_children(x) > TEMPLATE_MAX)
		return false;
	for (x = x->child; x != NULL; x = x->next) {
		size_t i = a->template_count++;

		if (!read_attribute(run, x, &template[i], &a -> values[i]))
			return false;
	}
	return true;
}

static reader_fn *const readers[] = {
	[AS_BOOL] = read_bool,
	[AS_NUMBER] = read_number,
	[AS_FLAGS] = read_flags,
	[AS_TEXT] = read_text,
	[AS_HEX] = read_data,
	[AS_TYPE] = read_type,
	[AS_MECHANISM] = read_mechanism,
	[AS_TEMPLATE] = read_template,
	[AS_ROOM] = read_room,
	[AS_BYTES] = read_room,
};

bool
request_read(struct run *run, const struct function *fn, const struct xml *x, struct args *out)
{
	const struct field *field = fn->in;
	const struct xml *child = x->child;

	if (!xml_only(x, NULL, NULL))
		return report_wrong(
			run->report, x->line, "%s: a request has elements only", fn->name);
	for (; field->name != NULL; field++, child = child->next) {
		if (!xml_is(child, field->name))
			return report_wrong(run->report, x->line, "%s: the request lacks %s",
				fn->name, field->name);
		if (!readers[field->form](run, field, child, (uint8_t *)out + field->at, out))
			return report_wrong(run->report, child->line, "%s: %s is not understood",
				fn->name, field->name);
	}
	if (child != NULL)
		return report_wrong(
			run->report, child->line, "%s: %s is not known", fn->name, child->name);
	return true;
}
