/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock that starves no thread.
 */
#include "config.h"

#include "base/clock.h"
#include "base/fairlock.h"

CK_RV
fairlock_init(struct fairlock *l)
{
	*l = (struct fairlock){ .span_us = FAIRLOCK_SPAN_US };
	STAILQ_INIT(&l->waiting);
	return pthread_mutex_init(&l->mutex, NULL) == 0 ? CKR_OK : CKR_HOST_MEMORY;
}

void
fairlock_clear(struct fairlock *l)
{
	pthread_mutex_destroy(&l->mutex);
}

static void
waiter_init(struct fairlock_waiter *w)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->turn, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static bool
may_pass(const struct fairlock *l)
{
	return STAILQ_EMPTY(&l->waiting) || clock_us() - l->first_us < l->span_us;
}

static void
queue_join(struct fairlock *l, struct fairlock_waiter *w)
{
	if (STAILQ_EMPTY(&l->waiting))
		l->first_us = clock_us();
	STAILQ_INSERT_TAIL(&l->waiting, w, next);
}

/* The first. */
static void
queue_leave(struct fairlock *l)
{
	STAILQ_REMOVE_HEAD(&l->waiting, next);
	l->first_us = clock_us();
	l->called = false;
}

/* Until somebody wakes us, or, if first_us and span_us say so, nobody may pass us any more. */
static void
wait_for_turn(struct fairlock *l, struct fairlock_waiter *w, bool limited)
{
	uint64_t end_us = l->first_us + l->span_us;
	struct timespec end = { (time_t)(end_us / 1000000), (long)(end_us % 1000000) * 1000 };

	if (!limited)
		(void)pthread_cond_wait(&w->turn, &l->mutex);
	else if (pthread_cond_timedwait(&w->turn, &l->mutex, &end) != 0)
		l->called = false;
}

/*
 * Whoever was passed by the one that had called it is not called again as long as it may be passed:
 * each call would be for nothing. If it should not, it comes by itself in the end.
 */
static void
queue_wait(struct fairlock *l)
{
	struct fairlock_waiter w;

	waiter_init(&w);
	queue_join(l, &w);
	while (l->held || STAILQ_FIRST(&l->waiting) != &w)
		wait_for_turn(l, &w, STAILQ_FIRST(&l->waiting) == &w && l->called && may_pass(l));
	queue_leave(l);
	pthread_cond_destroy(&w.turn);
}

void
fairlock_enter(struct fairlock *l)
{
	pthread_mutex_lock(&l->mutex);
	if (l->held || !may_pass(l))
		queue_wait(l);
	l->held = true;
	pthread_mutex_unlock(&l->mutex);
}

bool
fairlock_try(struct fairlock *l)
{
	bool taken = false;

	if (pthread_mutex_trylock(&l->mutex) != 0)
		return false;
	taken = !l->held;
	l->held = true;
	pthread_mutex_unlock(&l->mutex);
	return taken;
}

void
fairlock_leave(struct fairlock *l)
{
	pthread_mutex_lock(&l->mutex);
	l->held = false;
	if (!STAILQ_EMPTY(&l->waiting) && (!l->called || !may_pass(l))) {
		l->called = true;
		pthread_cond_signal(&STAILQ_FIRST(&l->waiting)->turn);
	}
	pthread_mutex_unlock(&l->mutex);
}
