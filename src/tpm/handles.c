/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded-object cache: an object stays loaded after its use, since the next
 * signature is likely to be with the same key. Callers hold the tpm lock.
 *
 * Each idle object costs something: behind the kernel's resource manager three
 * commands for every one of ours, without a manager one of the TPM's three
 * slots, which all processes share: there objects stay only while this process
 * is alone (tpm/presence.h).
 */
#include "config.h"

#include "base/log.h"
#include "tpm/tpm_private.h"

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
		l->used = ++t->clock;
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
 * made or loaded takes another: so one idle key may stay. A resource manager needs no room made,
 * but is slow with what is loaded.
 */
void
handles_reserve(struct tpm *t, enum tpm_newcomer newcomer)
{
	if (newcomer == TPM_NEW_PRIMARY)
		handles_shrink(t, true, 0);
	handles_shrink(t, false, newcomer == TPM_NEW_KEY && t->manager ? 0 : 1);
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
	place->used = ++t->clock;
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
	for (size_t i = 0; i < TPM_LOADED_MAX; i++)
		t->loaded[i].pinned = false;
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
