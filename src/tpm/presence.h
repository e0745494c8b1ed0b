/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that share a TPM without a resource manager: a file beside the
 * store through which they know of each other and take turns. It costs no TPM
 * command.
 *
 * Locks on its bytes belong to the open file, not to the process: closing
 * another descriptor of it loses none, and the kernel frees those of a process
 * that is killed. What the file holds are two counts: of sessions and of
 * objects that a process flushed though they were not its own.
 *
 * Callers hold the tpm lock.
 */
#ifndef TPM_PRESENCE_H
#define TPM_PRESENCE_H

#include <stdatomic.h>

#include "base/bytes.h"

enum presence_kind { PRESENCE_SESSIONS, PRESENCE_OBJECTS, PRESENCE_KINDS };

struct presence {
	char *path;                       /* NULL: this process is alone */
	atomic_int fd;                    /* -1: not open; read in a child, without the lock */
	bool refused;                     /* it could not be opened, which has been said */
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
 * are no turns: then nobody is alone.
 */
void presence_enter(struct presence *p);
void presence_leave(struct presence *p);
/* Nobody else is in contact with the TPM. */
CHECKED bool presence_alone(const struct presence *p);
/* In our turn: let the owners know. */
void presence_note_flush(struct presence *p, enum presence_kind kind);

#endif
