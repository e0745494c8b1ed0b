/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that share a TPM without a resource manager: a file beside the
 * store through which they know of each other and take turns. It costs no TPM
 * command.
 *
 * What it is locked for: base/lockfile.h. What it holds are two counts: of
 * sessions and of objects that a process flushed though they were not its own.
 *
 * Callers hold the tpm lock.
 */
#ifndef TPM_PRESENCE_H
#define TPM_PRESENCE_H

#include "base/bytes.h"
#include "base/lockfile.h"

enum presence_kind { PRESENCE_SESSIONS, PRESENCE_OBJECTS, PRESENCE_KINDS };

struct presence {
	struct lockfile file;             /* without a path: this process is alone */
	bool without;                     /* the last turn could not be had */
	bool alone;                       /* at the end of the last turn */
	uint64_t flushed[PRESENCE_KINDS]; /* the counts when we last looked */
	bool changed[PRESENCE_KINDS];     /* since our last turn */
};

void presence_init(struct presence *p);
CHECKED CK_RV presence_set(struct presence *p, const char *path);
/* Gone for the others, too. */
void presence_clear(struct presence *p);
/* In the child of a fork: close its copy. Takes no lock. */
void presence_after_fork(struct presence *p);

/*
 * Wait for the turn; the first time, make the presence known. Where the file cannot be used there
 * are no turns, and who waits too long goes on without one: then nobody is alone.
 */
void presence_enter(struct presence *p);
void presence_leave(struct presence *p);
/* Nobody else is in contact with the TPM. */
CHECKED bool presence_alone(struct presence *p);
/* In our turn: let the owners know. */
void presence_note_flush(struct presence *p, enum presence_kind kind);

#endif
