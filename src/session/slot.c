/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots: one for each token, with the token's id, and at the end an empty one
 * with the id that the next token will have, so that a slot keeps its id when
 * a token is made in it, in this process and in all others.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "session/op.h"

/* A free entry at the end of the list; the table's lock is held. */
static CK_RV
slot_new(struct slots *s, CK_SLOT_ID id, struct slot **out)
{
	struct slot **grown = NULL;
	struct slot *slot = calloc(1, sizeof(*slot));

	if (slot == NULL)
		return CKR_HOST_MEMORY;
	grown = realloc(s->list, (s->count + 1) * sizeof(*grown));
	if (grown == NULL) {
		free(slot);
		return CKR_HOST_MEMORY;
	}
	s->list = grown;
	slot->id = id;
	s->list[s->count++] = slot;
	*out = slot;
	return CKR_OK;
}

struct slot *
slot_find(struct slots *s, CK_SLOT_ID id)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->list[i]->id == id)
			return s->list[i];
	return NULL;
}

/* The slot with this id is in the list from now on. */
static CK_RV
slot_list(struct slots *s, CK_SLOT_ID id, struct token *token)
{
	struct slot *slot = slot_find(s, id);
	CK_RV rv = CKR_OK;

	if (slot == NULL && (rv = slot_new(s, id, &slot)) != CKR_OK)
		return rv;
	if (token != NULL)
		slot->token = token;
	slot->listed = true;
	return CKR_OK;
}

/* The table's lock is held. */
static CK_RV
list_tokens(struct slots *s)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < s->count; i++)
		s->list[i]->listed = false;
	for (size_t i = 0; i < core_token_count(s->core); i++) {
		struct token *t = core_token(s->core, i);

		if (token_is_gone(t))
			continue;
		if ((rv = slot_list(s, (CK_SLOT_ID)token_id(t), t)) != CKR_OK)
			return rv;
	}
	return CKR_OK;
}

/* The store may keep us waiting, so it is asked before the table is locked. */
static CK_RV
refresh(struct slots *s)
{
	int64_t next = 0;
	CK_RV rv = CKR_OK;

	if (s->core == NULL)
		return CKR_OK;
	if ((rv = core_refresh(s->core)) != CKR_OK)
		return rv;
	if (core_store_state(s->core) == CKR_OK &&
		(rv = core_next_token_id(s->core, &next)) != CKR_OK)
		return rv;
	pthread_mutex_lock(&s->lock);
	rv = list_tokens(s);
	if (rv == CKR_OK && next > 0)
		rv = slot_list(s, (CK_SLOT_ID)next, NULL);
	pthread_mutex_unlock(&s->lock);
	return rv;
}

/*
 * p11-kit's proxy gives up on all modules when one fails here: a store that can not be read now
 * means the slots that were known. The failure has been logged.
 */
static void
refresh_if_possible(struct slots *s)
{
	CK_RV rv = refresh(s);

	(void)rv;
}

CK_RV
slots_open(const char *conf_file, struct slots **out)
{
	struct slots *s = calloc(1, sizeof(*s));
	CK_RV rv = CKR_OK;

	if (s == NULL)
		return CKR_HOST_MEMORY;
	pthread_mutex_init(&s->lock, NULL);
	rv = core_open(conf_file, &s->core);
	if (rv == CKR_HOST_MEMORY) {
		slots_close(s);
		return rv;
	}
	if (rv == CKR_OK)
		refresh_if_possible(s);
	*out = s;
	return CKR_OK;
}

void
slots_close(struct slots *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++) {
		CK_RV rv = session_close_all(s, s->list[i]->id);

		(void)rv;
	}
	states_free(&s->states);
	core_close(s->core);
	for (size_t i = 0; i < s->count; i++)
		free(s->list[i]);
	free(s->list);
	free(s->entries);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

bool
slots_before_fork(struct slots *s, const struct timespec *end)
{
	return s == NULL || s->core == NULL || core_before_fork(s->core, end);
}

void
slots_after_fork_in_parent(struct slots *s)
{
	if (s != NULL && s->core != NULL)
		core_after_fork_in_parent(s->core);
}

void
slots_after_fork(struct slots *s, bool held, bool busy)
{
	core_after_fork(s != NULL ? s->core : NULL, held, busy);
}

void
slots_abandon(struct slots *s)
{
	/* Another thread of the parent may have been changing anything but core's pointer: it stays
	 * where it is. */
	if (s != NULL && s->core != NULL)
		core_abandon(s->core);
}

/* The next listed slot from *i on: first those with a token, then the empty one. */
static struct slot *
next_listed(struct slots *s, size_t *i)
{
	for (; *i < 2 * s->count; (*i)++) {
		struct slot *slot = s->list[*i % s->count];

		if (slot->listed && (slot->token == NULL) == (*i >= s->count)) {
			(*i)++;
			return slot;
		}
	}
	return NULL;
}

static CK_ULONG
listed_count(struct slots *s)
{
	CK_ULONG n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->list[i]->listed;
	return n;
}

CK_RV
slots_list(struct slots *s, CK_SLOT_ID *list, CK_ULONG *count)
{
	CK_ULONG have = *count;
	struct slot *slot = NULL;
	size_t next = 0;
	CK_RV rv = CKR_OK;

	if (list == NULL)
		refresh_if_possible(s);
	pthread_mutex_lock(&s->lock);
	*count = listed_count(s);
	if (list != NULL && have < *count)
		rv = CKR_BUFFER_TOO_SMALL;
	else if (list != NULL)
		while ((slot = next_listed(s, &next)) != NULL)
			*list++ = slot->id;
	pthread_mutex_unlock(&s->lock);
	return rv;
}

/* Take the slot for initialisation: no sessions may be or come. */
static CK_RV
slot_close_down(struct slots *s, CK_SLOT_ID id, struct slot **out)
{
	struct slot *slot = NULL;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&s->lock);
	slot = slot_find(s, id);
	if (slot == NULL)
		rv = CKR_SLOT_ID_INVALID;
	else if (slot->session_count > 0)
		rv = CKR_SESSION_EXISTS;
	else if (slot->closed)
		rv = CKR_FUNCTION_FAILED;
	else
		slot->closed = true;
	pthread_mutex_unlock(&s->lock);
	*out = rv == CKR_OK ? slot : NULL;
	return rv;
}

static void
slot_reopen(struct slots *s, struct slot *slot, struct token *token)
{
	pthread_mutex_lock(&s->lock);
	if (token != NULL)
		slot->token = token;
	slot->closed = false;
	pthread_mutex_unlock(&s->lock);
}

/* The token that the slot has, also one that another process has made in it since. */
static CK_RV
slot_token_now(struct slots *s, struct slot *slot, struct token **out)
{
	CK_RV rv = CKR_OK;

	*out = slot->token;
	if (slot->token != NULL)
		return CKR_OK;
	if ((rv = core_refresh(s->core)) == CKR_OK)
		*out = core_token_by_id(s->core, (int64_t)slot->id);
	return rv;
}

static struct bytes
trim_blanks(struct bytes label)
{
	while (label.len > 0 && label.ptr[label.len - 1] == ' ')
		label.len--;
	return label;
}

CK_RV
slot_init_token(struct slots *s, CK_SLOT_ID id, struct bytes so_pin, struct bytes label)
{
	struct token_request rq = { .label = trim_blanks(label), .so_pin = so_pin };
	struct token *made = NULL;
	struct slot *slot = NULL;
	CK_RV rv = slot_close_down(s, id, &slot);

	if (rv != CKR_OK)
		return rv;
	rq.id = (int64_t)id;
	if ((rv = slot_token_now(s, slot, &rq.again)) == CKR_OK)
		rv = token_init(s->core, &rq, &made);
	slot_reopen(s, slot, rv == CKR_OK ? made : rq.again);
	return rv;
}
