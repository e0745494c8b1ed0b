/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file whose bytes processes lock to know of each other, to take turns, and
 * to do something one at a time.
 *
 * A lock belongs to the open file, not to the process: closing another
 * descriptor of it loses none, and the kernel frees those of a process that is
 * killed. One that is stopped keeps them, so no wait is for ever: after a limit
 * the caller goes on without.
 *
 * One thread at a time may use one lock of one struct lockfile.
 */
#ifndef BASE_LOCKFILE_H
#define BASE_LOCKFILE_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/rv.h"

/* Longer than a TPM takes for any key. */
#define LOCKFILE_LIMIT_MS 120000

struct lockfile {
	char *path;          /* NULL: there is none */
	atomic_int fd;       /* -1: not open; read in a child, without any lock */
	unsigned limit_ms;   /* of a wait */
	atomic_bool refused; /* it could not be opened, which has been said */
	atomic_bool late;    /* the last wait was for nothing, which has been said */
};

void lockfile_init(struct lockfile *l);
CHECKED CK_RV lockfile_set(struct lockfile *l, const char *path);
/* All locks are free then. */
void lockfile_clear(struct lockfile *l);
/* In the child of a fork: close its copy. Takes no lock. */
void lockfile_after_fork(struct lockfile *l);

/* Open it, and make it if it is not there. False: it cannot be used. */
CHECKED bool lockfile_open(struct lockfile *l);

/* --- locks, by number; the file is open --- */

/* Held together with others. False: it cannot be used. */
CHECKED bool lockfile_share(struct lockfile *l, uint32_t lock);
/* No other open file holds it. */
CHECKED bool lockfile_is_free(const struct lockfile *l, uint32_t lock);
/*
 * Held alone, first come, first served. False: it was not to be had within limit_ms. While that is
 * so, the next ones wait for a hundredth of it. The caller goes on in either case.
 */
bool lockfile_take(struct lockfile *l, uint32_t lock);
/* At once, and before those who wait: for who knows that there is nobody. False: another holds it. */
CHECKED bool lockfile_try(const struct lockfile *l, uint32_t lock);
/* Nothing happens if it is not held. */
void lockfile_release(struct lockfile *l, uint32_t lock);

#endif
