/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strangers at a TPM without a resource manager: processes with another store,
 * or programs of others, which know nothing of our turns. They flush what we
 * have loaded when they need room, as we do with theirs. Who loses something
 * that way twice leaves nothing loaded after a job; once may have been a reset.
 * But from the first time on there is a wait before anything is flushed that is
 * not our own: who is in the middle of a job is soon through.
 */
#include "config.h"

#include <time.h>

#include "base/log.h"
#include "tpm/tpm_private.h"

/* Jobs until keys are left loaded again, to see whether the strangers have gone. */
enum { CALM_FIRST = 16, CALM_LAST = 1024 };

/*
 * Pauses before something is flushed, of 1, 2, 4 ... ms: longer than a job of an emulated TPM. A
 * TPM that is a device lets one process in at a time.
 */
enum { WAITS = 7 };

/* Times that nothing was there to flush and there was no room either: others were faster. */
enum { WENT = 8 * WAITS };

/* Tries of a job that loses what it has loaded; the last pause is the longest. */
enum { TRIES = 16, PAUSE_LAST_MS = 128 };

/* Not twice the same, or two would meet again. */
static void
crowd_pause(unsigned ms)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	now = (struct timespec){ 0, (long)ms * 500000 + now.tv_nsec % ((long)ms * 1000000) };
	while (nanosleep(&now, &now) != 0)
		continue;
}

void
crowd_note(struct tpm *t)
{
	struct crowd *c = &t->crowd;

	if (t->manager)
		return;
	if (c->jobs == 0 && c->doubt == 0) {
		c->doubt = CALM_FIRST;
		return;
	}
	if (c->jobs == 0) {
		log_info("other programs make room for themselves in the TPM: leaving nothing in "
			 "it");
		c->span = c->span == 0 ? CALM_FIRST : c->span < CALM_LAST ? c->span * 2 : c->span;
	}
	c->jobs = c->span;
}

bool
crowd_is_there(const struct tpm *t)
{
	return t->crowd.jobs > 0;
}

static bool
crowd_is_suspected(const struct tpm *t)
{
	return t->crowd.jobs > 0 || t->crowd.doubt > 0;
}

bool
crowd_took_session(const struct tpm *t, TSS2_RC rc)
{
	return rv_tss_code(rc) == TPM2_RC_INTEGRITY && !t->manager;
}

void
crowd_job_ends(struct tpm *t)
{
	if (t->crowd.jobs > 0)
		t->crowd.jobs--;
	if (t->crowd.doubt > 0)
		t->crowd.doubt--;
}

bool
crowd_wait(struct tpm *t, unsigned tries)
{
	unsigned step = tries % (WAITS + 1);

	if (!crowd_is_suspected(t) || step == WAITS)
		return false;
	crowd_pause(1u << step);
	return true;
}

bool
crowd_went(struct tpm *t, unsigned tries)
{
	crowd_note(t);
	return tries <= WENT;
}

bool
crowd_try_again(struct tpm *t, unsigned tries)
{
	if (tries == 0)
		return true;
	if (t->manager || !t->alive || t->absent || tries >= TRIES)
		return false;
	crowd_pause(tries < 8 ? 1u << (tries - 1) : PAUSE_LAST_MS);
	return true;
}
