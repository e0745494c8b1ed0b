/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The index of objects in memory: those that someone asked for. An object never
 * changes once it is here; a change puts another in its place, and operations
 * that run keep the old one alive.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "token_private.h"

/* Of all objects with a row: hundreds of keys, or a few large certificates and data. */
#define MEMORY_MAX (1u << 20)

void
index_init(struct object_index *x)
{
	*x = (struct object_index){ 0 };
	TAILQ_INIT(&x->recent);
}

/* --- memory --- */

/* Roughly: a block of malloc() for each value; blobs and numbers are in the key, too. */
static size_t
object_memory(const struct object *o)
{
	return sizeof *o + o->attrs.room * sizeof *o->attrs.list + o->attrs.count * 32 +
	       2 * object_size(o);
}

static void
entry_in(struct object_index *x, struct object *o)
{
	if (o->row == 0)
		return;
	o->memory = object_memory(o);
	x->memory += o->memory;
	TAILQ_INSERT_TAIL(&x->recent, o, recent);
}

/* With the index's reference. */
static void
entry_out(struct object_index *x, struct object *o)
{
	if (o->row != 0) {
		TAILQ_REMOVE(&x->recent, o, recent);
		x->memory -= o->memory;
	}
	object_put(o);
}

/* The last one used stays, however large it is. */
static void
index_trim(struct object_index *x)
{
	while (x->memory > MEMORY_MAX && TAILQ_FIRST(&x->recent) != TAILQ_LAST(&x->recent, objects))
		index_drop(x, TAILQ_FIRST(&x->recent)->order);
}

void
index_use(struct object_index *x, struct object *o)
{
	if (o->row == 0)
		return;
	TAILQ_REMOVE(&x->recent, o, recent);
	TAILQ_INSERT_TAIL(&x->recent, o, recent);
}

/* --- entries --- */

/* Where order is, or where it belongs. */
static size_t
index_place(const struct object_index *x, uint64_t order)
{
	size_t low = 0;
	size_t high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->list[middle]->order < order)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct object *
index_find(const struct object_index *x, uint64_t order)
{
	size_t at = index_place(x, order);

	return at < x->count && x->list[at]->order == order ? x->list[at] : NULL;
}

struct object *
index_after(const struct object_index *x, uint64_t order)
{
	size_t at = index_place(x, order + 1);

	return at < x->count ? x->list[at] : NULL;
}

CK_RV
index_reserve(struct object_index *x, size_t more)
{
	size_t room = x->room == 0 ? 16 : x->room;
	struct object **list = NULL;

	if (more <= x->room - x->count)
		return CKR_OK;
	while (room - x->count < more)
		room *= 2;
	list = realloc(x->list, room * sizeof *list);
	if (list == NULL)
		return CKR_HOST_MEMORY;
	x->list = list;
	x->room = room;
	return CKR_OK;
}

void
index_add(struct object_index *x, struct object *o)
{
	size_t at = index_place(x, o->order);

	object_hold(o);
	if (at < x->count && x->list[at]->order == o->order) {
		entry_out(x, x->list[at]);
	} else {
		memmove(&x->list[at + 1], &x->list[at], (x->count - at) * sizeof *x->list);
		x->count++;
	}
	x->list[at] = o; /* the reference is the index's */
	entry_in(x, o);
	index_trim(x);
}

void
index_drop(struct object_index *x, uint64_t order)
{
	size_t at = index_place(x, order);

	if (at >= x->count || x->list[at]->order != order)
		return;
	entry_out(x, x->list[at]);
	x->count--;
	memmove(&x->list[at], &x->list[at + 1], (x->count - at) * sizeof *x->list);
}

void
index_drop_if(
	struct object_index *x, bool (*fn)(const struct object *o, uint64_t arg), uint64_t arg)
{
	size_t kept = 0;

	for (size_t i = 0; i < x->count; i++) {
		if (fn(x->list[i], arg))
			entry_out(x, x->list[i]);
		else
			x->list[kept++] = x->list[i];
	}
	x->count = kept;
}

void
index_free(struct object_index *x)
{
	for (size_t i = 0; i < x->count; i++)
		object_put(x->list[i]);
	free(x->list);
	index_init(x);
}
