/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded-object cache: an object stays loaded after its use, since the next
 * signature is likely to be with the same key. Callers hold the tpm lock.
 *
 * Each idle object costs something: without a resource manager one of the TPM's
 * three slots, which all processes share: there objects stay only while this
 * process is alone (tpm/presence.h). Behind the kernel's resource manager it
 * costs three commands for every one of ours, about 30 ms; to flush a key and
 * load it again costs 110 ms. So a second key stays there while two take turns,
 * and goes when it was not used for three commands.
 */
#include "config.h"

#include "base/log.h"
#include "tpm/tpm_private.h"

/* Behind a resource manager: for so many commands an idle key costs less than to load it again. */
enum { IDLE_COMMANDS = 3 };

static struct tpm_loaded *
handles_place(struct tpm *t)
{
	for (size_t i = 0; i < TPM_LOADED_MAX; i++)
		if (t->loaded[i].tr == ESYS_TR_NONE)
			return &t->loaded[i];
	return NULL;
}

static size_t
handles_count(const struct tpm *t, bool primary)
{
	size_t count = 0;

	for (size_t i = 0; i < TPM_LOADED_MAX; i++)
		if (t->loaded[i].tr != ESYS_TR_NONE && t->loaded[i].primary == primary)
			count++;
	return count;
}

/* Copies of a key have one public area and an authorisation each: the private area tells them
 * apart. */
struct tpm_loaded *
handles_find(struct tpm *t, struct bytes public, struct bytes private)
{
	for (size_t i = 0; i < TPM_LOADED_MAX; i++) {
		struct tpm_loaded *l = &t->loaded[i];

		if (l->tr == ESYS_TR_NONE || !bytes_equal(view(&l->public), public) ||
			!bytes_equal(view(&l->private), private))
			continue;
		l->pinned = true;
		return l;
	}
	return NULL;
}

static void
handles_flush(struct tpm *t, struct tpm_loaded *l)
{
	tpm_flush(t, &l->tr);
	buf_free(&l->public);
	buf_free(&l->private);
	l->pinned = false;
}

static struct tpm_loaded *
handles_oldest(struct tpm *t, bool primary)
{
	struct tpm_loaded *oldest = NULL;

	for (size_t i = 0; i < TPM_LOADED_MAX; i++) {
		struct tpm_loaded *l = &t->loaded[i];

		if (l->tr != ESYS_TR_NONE && !l->pinned && l->primary == primary &&
			(oldest == NULL || l->used < oldest->used))
			oldest = l;
	}
	return oldest;
}

bool
handles_have_primary(const struct tpm *t)
{
	return handles_count(t, true) > 0;
}

/* Flush idle objects of one kind, longest unused first, until no more than keep are left. */
static void
handles_shrink(struct tpm *t, bool primary, size_t keep)
{
	struct tpm_loaded *oldest = NULL;

	while (handles_count(t, primary) > keep && (oldest = handles_oldest(t, primary)) != NULL)
		handles_flush(t, oldest);
}

/*
 * Of a TPM's three slots the parent takes one while it is used, even a persistent one, and what is
 * made or loaded takes another: so one idle key may stay. It is the same TPM behind a manager.
 */
void
handles_reserve(struct tpm *t, enum tpm_newcomer newcomer)
{
	if (newcomer == TPM_NEW_PRIMARY)
		handles_shrink(t, true, 0);
	handles_shrink(t, false, 1);
}

static void
displaced_clear(struct tpm *t)
{
	buf_free(&t->displaced.public);
	buf_free(&t->displaced.private);
}

static void
handles_displace(struct tpm *t, struct tpm_loaded *l)
{
	displaced_clear(t);
	buf_move(&t->displaced.public, &l->public);
	buf_move(&t->displaced.private, &l->private);
	t->displaced.stayed = t->clock - t->settled;
	handles_flush(t, l);
}

/* The key that had to go is needed again, and neither it nor the other one was there for long. */
static bool
keys_alternate(const struct tpm *t, struct bytes public, struct bytes private)
{
	const struct tpm_displaced *d = &t->displaced;

	return bytes_equal(view(&d->public), public) && bytes_equal(view(&d->private), private) &&
	       d->stayed <= IDLE_COMMANDS && t->clock - t->settled <= IDLE_COMMANDS;
}

void
handles_reserve_key(struct tpm *t, struct bytes public, struct bytes private)
{
	struct tpm_loaded *l = NULL;

	if (!t->manager) {
		handles_shrink(t, false, 1);
		return;
	}
	/* A primary is loaded, too, and beside it two keys would take all that a manager gives. */
	if (keys_alternate(t, public, private) && !handles_have_primary(t)) {
		displaced_clear(t);
		return;
	}
	while ((l = handles_oldest(t, false)) != NULL)
		handles_displace(t, l);
}

/* What it took to load the other one is not counted. */
static bool
was_long_idle(const struct tpm *t, const struct tpm_loaded *l)
{
	return t->clock - (l->used > t->settled ? l->used : t->settled) >= IDLE_COMMANDS;
}

void
handles_age(struct tpm *t)
{
	struct tpm_loaded *oldest = NULL;

	if (t->manager && handles_count(t, false) > 1 &&
		(oldest = handles_oldest(t, false)) != NULL && was_long_idle(t, oldest))
		handles_flush(t, oldest);
}

CK_RV
handles_keep(struct tpm *t, ESYS_TR tr, struct bytes public, struct bytes private)
{
	struct tpm_loaded *place = handles_place(t);
	TPM2_HANDLE handle = 0;
	CK_RV rv = CKR_OK;

	if (place == NULL)
		rv = rv_fail(CKR_DEVICE_MEMORY, "all loaded objects are in use");
	else if ((rv = buf_set(&place->public, public)) == CKR_OK &&
		 (rv = buf_set(&place->private, private)) == CKR_OK)
		rv = tpm_name_tell(t, tr, public, &handle);
	if (rv != CKR_OK) {
		tpm_flush(t, &tr);
		return rv;
	}
	place->tr = tr;
	place->handle = handle;
	t->settled = t->clock;
	place->primary = private.len == 0;
	place->pinned = true;
	return CKR_OK;
}

bool
handles_make_room(struct tpm *t)
{
	bool made = false;

	for (size_t i = 0; i < TPM_LOADED_MAX; i++) {
		if (t->loaded[i].tr == ESYS_TR_NONE || t->loaded[i].pinned)
			continue;
		handles_flush(t, &t->loaded[i]);
		made = true;
	}
	return made;
}

void
handles_unpin(struct tpm *t)
{
	for (size_t i = 0; i < TPM_LOADED_MAX; i++) {
		if (t->loaded[i].pinned)
			t->loaded[i].used = t->clock;
		t->loaded[i].pinned = false;
	}
}

/*
 * It is not there any more, or its handle is another object's: nothing is sent. If it is there after
 * all, it is a leftover like those of others.
 */
static void
handles_forget(struct tpm *t, struct tpm_loaded *l)
{
	if (l->tr != ESYS_TR_NONE) {
		wire_name_drop(t->wire, l->handle);
		(void)Esys_TR_Close(t->esys, &l->tr);
	}
	l->tr = ESYS_TR_NONE;
	buf_free(&l->public);
	buf_free(&l->private);
	l->pinned = false;
}

void
handles_drop(struct tpm *t, bool flush)
{
	for (size_t i = 0; i < TPM_LOADED_MAX; i++) {
		if (flush)
			handles_flush(t, &t->loaded[i]);
		else
			handles_forget(t, &t->loaded[i]);
	}
	displaced_clear(t);
}

void
handles_supersede(struct tpm *t, TPM2_HANDLE handle)
{
	for (size_t i = 0; i < TPM_LOADED_MAX; i++)
		if (t->loaded[i].tr != ESYS_TR_NONE && t->loaded[i].handle == handle)
			handles_forget(t, &t->loaded[i]);
}

CK_RV
tpm_forget(struct tpm *t, struct bytes public)
{
	bool in_contact = false;

	tpm_turn_begin(t);
	/* Not a job: what is not open has nothing loaded. */
	in_contact = t->esys != NULL && way_open(t) == CKR_OK;
	for (size_t i = 0; i < TPM_LOADED_MAX; i++) {
		struct tpm_loaded *l = &t->loaded[i];

		if (l->tr == ESYS_TR_NONE || !bytes_equal(view(&l->public), public))
			continue;
		if (in_contact)
			handles_flush(t, l);
		else
			handles_forget(t, l);
	}
	saved_forget(&t->saved, public);
	tpm_turn_end(t);
	return CKR_OK;
}
