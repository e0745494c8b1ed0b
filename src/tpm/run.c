/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running jobs and commands: what to do about an answer that is not final
 * stands in one table.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "tpm/tpm_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Pauses of 5, 10, 20 ... ms: together under 1.3 s, enough for a self-test or a write to flash. */
#define PAUSE_FIRST_MS 5
#define PAUSE_LAST_MS  640

/* As many sessions as TPMs have active, and some waits for each. */
enum { ROOMS_MAX = 512 };

enum remedy {
	REMEDY_NONE,
	REMEDY_AGAIN,  /* in a moment */
	REMEDY_ROOM,   /* after flushing what is not in use */
	REMEDY_RELOAD, /* what we had loaded is gone */
	REMEDY_ABSENT, /* so may it be; but only of what is persistent do TPMs say so */
	REMEDY_START,  /* so is everything: it waits for TPM2_Startup */
	REMEDY_REOPEN  /* the way to the TPM is broken */
};

struct remedy_row {
	TSS2_RC first;
	TSS2_RC last;
	enum remedy remedy;
};

static const struct remedy_row remedies[] = {
	{ TPM2_RC_RETRY, TPM2_RC_RETRY, REMEDY_AGAIN },
	{ TPM2_RC_YIELDED, TPM2_RC_YIELDED, REMEDY_AGAIN },
	{ TPM2_RC_TESTING, TPM2_RC_TESTING, REMEDY_AGAIN },
	{ TPM2_RC_NV_RATE, TPM2_RC_NV_RATE, REMEDY_AGAIN },
	{ TPM2_RC_CONTEXT_GAP, TPM2_RC_CONTEXT_GAP, REMEDY_ROOM },
	{ TPM2_RC_OBJECT_MEMORY, TPM2_RC_OBJECT_MEMORY, REMEDY_ROOM },
	{ TPM2_RC_SESSION_MEMORY, TPM2_RC_SESSION_MEMORY, REMEDY_ROOM },
	{ TPM2_RC_OBJECT_HANDLES, TPM2_RC_OBJECT_HANDLES, REMEDY_ROOM },
	{ TPM2_RC_SESSION_HANDLES, TPM2_RC_SESSION_HANDLES, REMEDY_ROOM },
	{ TPM2_RC_HANDLE, TPM2_RC_HANDLE, REMEDY_ABSENT },
	{ TPM2_RC_REFERENCE_H0, TPM2_RC_REFERENCE_H6, REMEDY_RELOAD },
	{ TPM2_RC_REFERENCE_S0, TPM2_RC_REFERENCE_S6, REMEDY_RELOAD },
	{ TPM2_RC_INITIALIZE, TPM2_RC_INITIALIZE, REMEDY_START },
	{ TSS2_TCTI_RC_IO_ERROR, TSS2_TCTI_RC_IO_ERROR, REMEDY_REOPEN },
	{ TSS2_TCTI_RC_NO_CONNECTION, TSS2_TCTI_RC_NO_CONNECTION, REMEDY_REOPEN },
	{ TSS2_TCTI_RC_BAD_SEQUENCE, TSS2_TCTI_RC_BAD_SEQUENCE, REMEDY_REOPEN },
	{ TSS2_TCTI_RC_GENERAL_FAILURE, TSS2_TCTI_RC_GENERAL_FAILURE, REMEDY_REOPEN },
	{ TSS2_TCTI_RC_INSUFFICIENT_BUFFER, TSS2_TCTI_RC_INSUFFICIENT_BUFFER, REMEDY_REOPEN },
	{ TSS2_ESYS_RC_BAD_SEQUENCE, TSS2_ESYS_RC_BAD_SEQUENCE, REMEDY_REOPEN },
	{ TSS2_SYS_RC_BAD_SEQUENCE, TSS2_SYS_RC_BAD_SEQUENCE, REMEDY_REOPEN },
	/* The answer cannot be one. */
	{ TSS2_SYS_RC_MALFORMED_RESPONSE, TSS2_SYS_RC_INSUFFICIENT_RESPONSE, REMEDY_REOPEN },
};

/* Of a handle in the command, not of a parameter or a session. */
static bool
is_of_a_handle(TSS2_RC rc)
{
	return (rc & TPM2_RC_FMT1) != 0 && (rc & (TPM2_RC_P | TPM2_RC_S)) == 0 &&
	       (rc & TPM2_RC_N_MASK) != 0;
}

static enum remedy
remedy_of(TSS2_RC rc)
{
	TSS2_RC code = rv_tss_code(rc);

	/* This TPM has no such handles: we were told a wrong one. */
	if (code == TPM2_RC_VALUE && is_of_a_handle(rc))
		return REMEDY_RELOAD;
	for (size_t i = 0; i < COUNT(remedies); i++)
		if (code >= remedies[i].first && code <= remedies[i].last)
			return remedies[i].remedy;
	return REMEDY_NONE;
}

static void
pause_ms(unsigned ms)
{
	struct timespec rest = { 0, (long)ms * 1000000 };

	while (nanosleep(&rest, &rest) != 0)
		continue;
}

/* What of others to flush, first and if there is none. */
struct room_row {
	TSS2_RC code;
	enum wire_leftover first;
	enum wire_leftover then;
	bool passes; /* others make room when their jobs end */
};

static const struct room_row room_rows[] = {
	{ TPM2_RC_CONTEXT_GAP, WIRE_SAVED_SESSION, WIRE_SAVED_SESSION, false },
	{ TPM2_RC_SESSION_MEMORY, WIRE_SESSION, WIRE_SESSION, true },
	{ TPM2_RC_SESSION_HANDLES, WIRE_SAVED_SESSION, WIRE_SESSION, false },
	{ TPM2_RC_OBJECT_MEMORY, WIRE_OBJECT, WIRE_OBJECT, true },
	{ TPM2_RC_OBJECT_HANDLES, WIRE_OBJECT, WIRE_OBJECT, true },
};

/* In our turn: who lives is not in the middle of anything, and is told. */
static bool
flush_leftover(struct tpm *t, enum wire_leftover kind)
{
	if (!wire_flush_leftover(t->wire, kind))
		return false;
	/* A saved session is found gone by its owner, who loads it. */
	if (kind != WIRE_SAVED_SESSION)
		presence_note_flush(
			&t->presence, kind == WIRE_OBJECT ? PRESENCE_OBJECTS : PRESENCE_SESSIONS);
	return true;
}

static const struct room_row *
room_of(TSS2_RC rc)
{
	TSS2_RC code = rv_tss_code(rc);

	for (size_t i = 0; i < COUNT(room_rows); i++)
		if (room_rows[i].code == code)
			return &room_rows[i];
	return NULL;
}

static bool
flush_leftovers(struct tpm *t, const struct room_row *row)
{
	return flush_leftover(t, row->first) ||
	       (row->then != row->first && flush_leftover(t, row->then));
}

/* First of what we keep ourselves; after that, without a manager, of what others left. */
static bool
make_room(struct tpm *t, TSS2_RC rc, unsigned tries)
{
	const struct room_row *row = t->manager || tries >= ROOMS_MAX ? NULL : room_of(rc);

	if (tries == 0 && handles_make_room(t))
		return true;
	if (row == NULL)
		return false;
	return (row->passes && crowd_wait(t, tries)) || flush_leftovers(t, row) ||
	       (row->passes && crowd_went(t, tries));
}

/*
 * Firmware or resource manager starts a TPM up. Where neither is, nobody else would after a reset.
 * If it runs by now, it answers with the same code.
 */
static bool
start_up(struct tpm *t)
{
	TSS2_RC rc = Esys_Startup(t->esys, TPM2_SU_CLEAR);

	return rc == TSS2_RC_SUCCESS || rc == TPM2_RC_INITIALIZE;
}

/* The job starts anew: over the same way, if the TPM answers there. */
static void
note_loss(struct tpm *t, enum remedy remedy)
{
	t->lost = true;
	t->absent = remedy == REMEDY_ABSENT;
	t->alive = t->absent || remedy == REMEDY_RELOAD ||
		   (remedy == REMEDY_START && !t->manager && start_up(t));
}

void
tpm_start_anew(struct tpm *t)
{
	t->lost = true;
	t->absent = false;
	t->alive = true;
}

TSS2_RC
tpm_send(struct tpm *t, tpm_send_fn *send, void *args)
{
	unsigned wait_ms = PAUSE_FIRST_MS;
	unsigned rooms = 0;

	handles_age(t);
	t->clock++;
	for (;;) {
		TSS2_RC rc = TSS2_RC_SUCCESS;

		wire_work_begin(&t->work);
		rc = send(t->esys, args);
		wire_work_end(&t->work);
		switch (remedy_of(rc)) {
		case REMEDY_AGAIN:
			if (wait_ms > PAUSE_LAST_MS)
				return rc;
			pause_ms(wait_ms);
			wait_ms *= 2;
			break;
		case REMEDY_ROOM:
			if (!make_room(t, rc, rooms++))
				return rc;
			break;
		case REMEDY_RELOAD:
		case REMEDY_ABSENT:
		case REMEDY_START:
		case REMEDY_REOPEN:
			note_loss(t, remedy_of(rc));
			return rc;
		case REMEDY_NONE:
			return rc;
		}
	}
}

TSS2_RC
tpm_send_timed(struct tpm *t, tpm_send_fn *send, void *args, uint64_t *cost)
{
	uint64_t start = clock_us();
	TSS2_RC rc = tpm_send(t, send, args);

	if (rc == TSS2_RC_SUCCESS)
		saved_measure(cost, clock_us() - start);
	return rc;
}

/*
 * Nothing is flushed: after a reset our old handles may be somebody else's. A resource manager
 * keeps handles by connection, so a new one brings order. Without one the wire finds out by itself
 * whether its session lives.
 */
static void
tpm_recover(struct tpm *t)
{
	log_info("the TPM lost what we had loaded, or the way to it broke: starting anew");
	if (t->alive && !t->absent)
		crowd_note(t);
	saved_clear(&t->saved);
	if (t->alive && !t->manager) {
		handles_drop(t, false);
		t->salted = false; /* to what may be gone */
		return;
	}
	wire_forget_sessions(t->wire);
	tpm_close(t, false);
}

/* What another process flushed may have been ours, and its handle be another's by now. */
static void
forget_flushed(struct tpm *t)
{
	if (t->presence.changed[PRESENCE_OBJECTS])
		handles_drop(t, false);
	if (t->presence.changed[PRESENCE_SESSIONS])
		wire_forget_live(t->wire);
}

void
tpm_turn_begin(struct tpm *t)
{
	fairlock_enter(&t->lock);
	if (t->manager)
		return;
	presence_enter(&t->presence);
	if (t->esys != NULL)
		forget_flushed(t);
}

/* What stays loaded between turns is in the others' way. */
static void
leave_nothing(struct tpm *t)
{
	if (handles_have_primary(t))
		t->salted = false;
	handles_drop(t, true);
	wire_save_sessions(t->wire);
}

void
tpm_turn_end(struct tpm *t)
{
	if (!t->manager) {
		if (t->esys != NULL && way_is_open(t) &&
			(crowd_is_there(t) || !presence_alone(&t->presence)))
			leave_nothing(t);
		crowd_job_ends(t);
		way_rest(t);
		presence_leave(&t->presence);
	}
	fairlock_leave(&t->lock);
}

CK_RV
tpm_job(struct tpm *t, tpm_job_fn *job, void *args)
{
	CK_RV rv = CKR_OK;

	tpm_turn_begin(t);
	for (unsigned tries = 0;; tries++) {
		t->lost = false;
		rv = tpm_open(t);
		if (rv == CKR_OK) {
			rv = job(t, args);
			handles_unpin(t);
			wire_forget_answer(t->wire);
		}
		if (!t->lost)
			break;
		tpm_recover(t);
		if (!crowd_try_again(t, tries))
			break;
	}
	tpm_turn_end(t);
	return rv;
}

void
tpm_flush(struct tpm *t, ESYS_TR *tr)
{
	TPM2_HANDLE handle = 0;

	if (*tr == ESYS_TR_NONE)
		return;
	if (Esys_TR_GetTpmHandle(t->esys, *tr, &handle) == TSS2_RC_SUCCESS)
		wire_name_drop(t->wire, handle);
	t->clock++;
	if (Esys_FlushContext(t->esys, *tr) != TSS2_RC_SUCCESS) {
		log_info("an object could not be flushed");
		(void)Esys_TR_Close(t->esys, tr);
	}
	*tr = ESYS_TR_NONE;
}

CK_RV
tpm_auth_set(struct tpm *t, ESYS_TR tr, struct bytes auth)
{
	TPM2B_AUTH value = { 0 };
	CK_RV rv = CKR_OK;

	if (auth.len > sizeof value.buffer)
		return rv_fail(CKR_ARGUMENTS_BAD, "an authorisation value of %zu bytes is too long",
			auth.len);
	value.size = (UINT16)auth.len;
	if (auth.len > 0)
		memcpy(value.buffer, auth.ptr, auth.len);
	rv = rv_tss(Esys_TR_SetAuth(t->esys, tr, &value), RV_OTHER, "Esys_TR_SetAuth");
	mem_wipe(&value, sizeof value);
	return rv;
}

void
tpm_auth_clear(struct tpm *t, ESYS_TR tr)
{
	/* NULL would set the length only and leave the bytes. */
	static const TPM2B_AUTH empty;

	if (t->esys != NULL)
		(void)Esys_TR_SetAuth(t->esys, tr, &empty);
}

CK_RV
tpm_name_tell(struct tpm *t, ESYS_TR tr, struct bytes public, TPM2_HANDLE *handle)
{
	struct buf name = BUF_EMPTY;
	CK_RV rv =
		rv_tss(Esys_TR_GetTpmHandle(t->esys, tr, handle), RV_OTHER, "Esys_TR_GetTpmHandle");

	if (rv == CKR_OK && (rv = tpm_public_name(public, &name)) == CKR_OK) {
		/* The TPM gave a handle anew that we think is in use: it was reset. */
		handles_supersede(t, *handle);
		rv = wire_name_set(t->wire, *handle, view(&name));
	}
	buf_free(&name);
	return rv;
}
