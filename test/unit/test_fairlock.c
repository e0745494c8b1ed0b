/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock that starves no thread.
 */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fairlock.h"
#include "unit.h"

enum { THREADS = 4, ROUNDS = 500, FOR_EVER = 3600 };

struct order {
	struct fairlock lock;
	unsigned inside;
	unsigned most;
	unsigned count;
	unsigned who[THREADS];
};

struct thread {
	struct order *order;
	unsigned number;
	pthread_t id;
};

static int
setup(void **state)
{
	static struct order order;

	order = (struct order){ .count = 0 };
	*state = &order;
	return fairlock_init(&order.lock) == CKR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	struct order *o = *state;

	fairlock_clear(&o->lock);
	return 0;
}

static unsigned
waiting(struct fairlock *l)
{
	struct fairlock_waiter *w = NULL;
	unsigned count = 0;

	pthread_mutex_lock(&l->mutex);
	STAILQ_FOREACH (w, &l->waiting, next)
		count++;
	pthread_mutex_unlock(&l->mutex);
	return count;
}

static void
wait_for_queue(struct fairlock *l, unsigned count)
{
	while (waiting(l) != count)
		sched_yield();
}

static void *
enter_once(void *arg)
{
	struct thread *t = arg;

	fairlock_enter(&t->order->lock);
	t->order->who[t->order->count++] = t->number;
	fairlock_leave(&t->order->lock);
	return NULL;
}

static void
start(struct thread *t, struct order *o, unsigned number, void *(*f)(void *))
{
	*t = (struct thread){ .order = o, .number = number };
	assert_int_equal(0, pthread_create(&t->id, NULL, f, t));
}

static void
who_waits_longest_is_next(void **state)
{
	struct order *o = *state;
	struct thread t[THREADS];

	o->lock.span_us = 0;
	fairlock_enter(&o->lock);
	for (unsigned i = 0; i < THREADS; i++) {
		start(&t[i], o, i, enter_once);
		wait_for_queue(&o->lock, i + 1);
	}
	fairlock_leave(&o->lock);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(0, pthread_join(t[i].id, NULL));
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(i, o->who[i]);
}

static void
within_the_span_the_last_one_may_pass(void **state)
{
	struct order *o = *state;
	struct thread t;

	o->lock.span_us = (uint64_t)FOR_EVER * 1000000;
	fairlock_enter(&o->lock);
	start(&t, o, 1, enter_once);
	wait_for_queue(&o->lock, 1);
	/* As if the other one had been woken and were not here yet. */
	pthread_mutex_lock(&o->lock.mutex);
	o->lock.called = true;
	pthread_mutex_unlock(&o->lock.mutex);
	fairlock_leave(&o->lock);
	fairlock_enter(&o->lock);
	o->who[o->count++] = 0;
	pthread_mutex_lock(&o->lock.mutex);
	o->lock.called = false;
	pthread_mutex_unlock(&o->lock.mutex);
	fairlock_leave(&o->lock);
	assert_int_equal(0, pthread_join(t.id, NULL));
	assert_int_equal(0, o->who[0]);
	assert_int_equal(1, o->who[1]);
}

static void
after_the_span_the_last_one_waits(void **state)
{
	struct order *o = *state;
	struct thread t;

	o->lock.span_us = 0;
	fairlock_enter(&o->lock);
	start(&t, o, 1, enter_once);
	wait_for_queue(&o->lock, 1);
	fairlock_leave(&o->lock);
	fairlock_enter(&o->lock);
	o->who[o->count++] = 0;
	fairlock_leave(&o->lock);
	assert_int_equal(0, pthread_join(t.id, NULL));
	assert_int_equal(1, o->who[0]);
	assert_int_equal(0, o->who[1]);
}

static void *
enter_often(void *arg)
{
	struct thread *t = arg;
	struct order *o = t->order;

	for (unsigned i = 0; i < ROUNDS; i++) {
		fairlock_enter(&o->lock);
		o->inside++;
		if (o->inside > o->most)
			o->most = o->inside;
		o->count++;
		o->inside--;
		fairlock_leave(&o->lock);
	}
	return NULL;
}

static void
one_thread_at_a_time(void **state)
{
	struct order *o = *state;
	struct thread t[THREADS];

	o->lock.span_us = 50;
	for (unsigned i = 0; i < THREADS; i++)
		start(&t[i], o, i, enter_often);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(0, pthread_join(t[i].id, NULL));
	assert_int_equal(1, o->most);
	assert_int_equal(THREADS * ROUNDS, o->count);
	assert_int_equal(0, waiting(&o->lock));
}

static void
try_takes_what_is_free_only(void **state)
{
	struct order *o = *state;

	assert_true(fairlock_try(&o->lock));
	assert_false(fairlock_try(&o->lock));
	fairlock_leave(&o->lock);
	pthread_mutex_lock(&o->lock.mutex);
	assert_false(fairlock_try(&o->lock));
	pthread_mutex_unlock(&o->lock.mutex);
	assert_true(fairlock_try(&o->lock));
	fairlock_leave(&o->lock);
}

static void
child_sees_that_its_parent_held_it(void **state)
{
	struct order *o = *state;
	int status = -1;
	pid_t pid = 0;

	fairlock_enter(&o->lock);
	pid = fork();
	if (pid == 0)
		_exit(fairlock_try(&o->lock) ? 1 : 0);
	fairlock_leave(&o->lock);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_waits_longest_is_next),
		CASE(within_the_span_the_last_one_may_pass),
		CASE(after_the_span_the_last_one_waits),
		CASE(one_thread_at_a_time),
		CASE(try_takes_what_is_free_only),
		CASE(child_sees_that_its_parent_held_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
