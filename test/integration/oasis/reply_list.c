/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists and signatures of a reply: what came into the room of the request, or
 * how much would have come.
 */
#include "config.h"

#include "reply.h"

/* The count alone, which is all that came for a NULL pointer. */
static void
check_count(const struct place *p)
{
	const struct room *room = p->at;
	const char *text = xml_attr(p->x, "length");
	CK_ULONG expected = 0;

	if (text == NULL || !xml_only(p->x, "length", NULL) || p->x->child != NULL)
		reply_refuse(p);
	else if (room->count == 0 || room->count > ROOM_MAX)
		report_wrong(p->run->report, p->x->line, "%s: %s has %lu entries", p->function,
			p->field->name, room->count);
	else if (reply_bind(p, text, room->count))
		return;
	else if (!value_number(no_names, text, &expected))
		reply_refuse(p);
	else
		reply_length(p, p->field->name, expected, room->count);
}

static bool
fits_room(const struct place *p)
{
	const struct room *room = p->at;

	return room->count <= room->size ||
	       report_wrong(p->run->report, p->x->line, "%s: %lu for %lu", p->function, room->count,
		       room->size);
}

void
check_signature(const struct place *p)
{
	const struct room *room = p->at;
	const char *text = reply_text(p->x);
	struct buf expected = BUF_EMPTY;

	if (!room->given)
		check_count(p);
	else if (text == NULL || !value_hex(text, &expected))
		reply_refuse(p);
	else if (fits_room(p))
		reply_bytes(p, p->field->name, false, view(&expected),
			bytes_of(room->content.ptr, room->count));
	buf_free(&expected);
}

static bool
list_has(const CK_ULONG *list, size_t count, CK_ULONG number)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return true;
	return false;
}

static void
check_mechanism(const struct place *p, const struct xml *x)
{
	const struct room *room = p->at;
	const char *text = reply_text(x);
	CK_ULONG type = 0;

	if (text == NULL || !value_number(p->field->names, text, &type))
		reply_refuse(p);
	else if (!list_has((const CK_ULONG *)room->content.ptr, room->count, type))
		report_wrong(
			p->run->report, x->line, "%s: %s is not in the list", p->function, text);
	else
		p->run->report->same++;
}

static void
check_item(const struct place *p, const struct xml *x, size_t i)
{
	const struct room *room = p->at;
	const CK_ULONG *list = (const CK_ULONG *)room->content.ptr;

	if (!xml_is(x, p->field->item))
		reply_refuse(p);
	else if (p->field->form == AS_MECHANISMS)
		check_mechanism(p, x);
	else if (list_has(list, i, list[i]))
		report_wrong(p->run->report, x->line, "%s: %lu came twice", p->function, list[i]);
	else if (p->field->form == AS_OBJECTS && list[i] == CK_INVALID_HANDLE)
		report_wrong(p->run->report, x->line, "%s: a handle of 0", p->function);
	else
		reply_choice(p, p->field->item, reply_text(x), list[i]);
}

/* Of objects as many as are named; of slots and mechanisms there may be more. */
static bool
enough_entries(const struct place *p)
{
	const struct room *room = p->at;
	size_t named = xml_children(p->x);

	if (p->field->form == AS_OBJECTS)
		reply_length(p, p->field->name, named, room->count);
	else if (named == 0)
		reply_refuse(p);
	else if (room->count < named)
		report_wrong(p->run->report, p->x->line, "%s: %lu entries, not %zu", p->function,
			room->count, named);
	return room->count >= named;
}

void
check_list(const struct place *p)
{
	const struct room *room = p->at;
	size_t i = 0;

	if (!room->given)
		check_count(p);
	else if (!xml_only(p->x, NULL, NULL))
		reply_refuse(p);
	else if (fits_room(p) && enough_entries(p))
		for (const struct xml *x = p->x->child; x != NULL; x = x->next, i++)
			check_item(p, x, i);
}
