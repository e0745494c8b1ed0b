/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock for what takes long, held by one thread at a time, that starves none.
 *
 * A mutex goes to the thread that asks at the right moment, which is mostly the
 * one that has just given it back: it need not be woken. Here too, but only for
 * a span; then who has waited longest is next. A short piece of work thus loses
 * little to waking, and a long one lets others in each time.
 */
#ifndef BASE_FAIRLOCK_H
#define BASE_FAIRLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/rv.h"

/* For how long others may pass the thread that is the first of those that wait. */
#define FAIRLOCK_SPAN_US 4000

/* On the stack of its thread, in the queue while it waits. */
struct fairlock_waiter {
	pthread_cond_t turn;
	STAILQ_ENTRY(fairlock_waiter) next;
};

struct fairlock {
	pthread_mutex_t mutex; /* guards all that follows */
	bool held;
	bool called;       /* the first in the queue is on its way */
	uint64_t first_us; /* when it became the first */
	uint64_t span_us;
	STAILQ_HEAD(, fairlock_waiter) waiting;
};

/* CKR_HOST_MEMORY: no mutex was to be had. */
CHECKED CK_RV fairlock_init(struct fairlock *l);
/* Nobody may hold it or wait for it. */
void fairlock_clear(struct fairlock *l);

/* Not to be cancelled in here: the module holds that back in each call. */
void fairlock_enter(struct fairlock *l);
/* False, at once: somebody holds it, or did when this process was forked. */
CHECKED bool fairlock_try(struct fairlock *l);
void fairlock_leave(struct fairlock *l);

#endif
