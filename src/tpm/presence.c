/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Presence and turns: two locks of a file, and two counts in it.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tpm/presence.h"

/* LOCK_PRESENT: all who are in contact share it. LOCK_TURN: the one who talks to the TPM has it. */
enum presence_lock { LOCK_PRESENT, LOCK_TURN };

struct presence_counts {
	uint64_t flushed[PRESENCE_KINDS];
};

void
presence_init(struct presence *p)
{
	*p = (struct presence){ .without = false };
	lockfile_init(&p->file);
}

CK_RV
presence_set(struct presence *p, const char *path)
{
	return lockfile_set(&p->file, path);
}

void
presence_after_fork(struct presence *p)
{
	lockfile_after_fork(&p->file);
}

void
presence_clear(struct presence *p)
{
	lockfile_clear(&p->file);
}

static bool
present(struct presence *p)
{
	if (p->file.fd >= 0)
		return true;
	if (!lockfile_open(&p->file))
		return false;
	if (lockfile_share(&p->file, LOCK_PRESENT))
		return true;
	lockfile_after_fork(&p->file);
	return false;
}

static void
counts_read(const struct presence *p, struct presence_counts *out)
{
	*out = (struct presence_counts){ { 0 } };
	/* A new file is empty. */
	if (pread(p->file.fd, out, sizeof *out, 0) != (ssize_t)sizeof *out)
		*out = (struct presence_counts){ { 0 } };
}

static void
counts_compare(struct presence *p)
{
	struct presence_counts now;

	counts_read(p, &now);
	for (size_t i = 0; i < PRESENCE_KINDS; i++) {
		p->changed[i] = now.flushed[i] != p->flushed[i];
		p->flushed[i] = now.flushed[i];
	}
}

void
presence_enter(struct presence *p)
{
	if (p->file.path == NULL || !present(p))
		return;
	/* Where nobody else was there a moment ago, the queue is not looked at: once passes who has
	 * come since. */
	p->without = !(p->alone && lockfile_try(&p->file, LOCK_TURN)) &&
		     !lockfile_take(&p->file, LOCK_TURN);
	p->alone = false;
	counts_compare(p);
}

void
presence_leave(struct presence *p)
{
	lockfile_release(&p->file, LOCK_TURN);
}

bool
presence_alone(struct presence *p)
{
	p->alone =
		p->file.path == NULL || (!p->without && lockfile_is_free(&p->file, LOCK_PRESENT));
	return p->alone;
}

/* Read again: without a turn, others count at the same time. */
void
presence_note_flush(struct presence *p, enum presence_kind kind)
{
	struct presence_counts counts;

	if (p->file.fd < 0)
		return;
	counts_read(p, &counts);
	if (counts.flushed[kind]++ == p->flushed[kind])
		p->flushed[kind]++;
	if (pwrite(p->file.fd, &counts, sizeof counts, 0) != (ssize_t)sizeof counts)
		log_info("%s: %s", p->file.path, strerror(errno));
}
