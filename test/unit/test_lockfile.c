/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks of a file: order, limits, and processes that are stopped or die with one.
 */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lockfile.h"
#include "place.h"
#include "unit.h"

enum { LIMIT_MS = 300 };

static void
begin(struct lockfile *l, void **state)
{
	const struct place *p = *state;

	lockfile_init(l);
	assert_rv(CKR_OK, lockfile_set(l, p->path));
	assert_true(lockfile_open(l));
}

/* A process that takes a lock and keeps it; or stands in the queue for it. */
static pid_t
start_holder(void **state, uint32_t lock)
{
	struct lockfile l;
	int ready[2];
	char byte = 0;
	pid_t pid = 0;

	assert_int_equal(0, pipe(ready));
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		begin(&l, state);
		if (lockfile_take(&l, lock) && write(ready[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	assert_true(pid > 0);
	assert_int_equal(1, read(ready[0], &byte, 1));
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void
stop(pid_t pid)
{
	int status = 0;

	assert_int_equal(0, kill(pid, SIGSTOP));
	assert_int_equal(pid, waitpid(pid, &status, WUNTRACED));
	assert_true(WIFSTOPPED(status));
}

static void
end(pid_t pid)
{
	assert_int_equal(0, kill(pid, SIGKILL));
	assert_int_equal(pid, waitpid(pid, NULL, 0));
}

/* --- one process --- */

static void
lock_is_held_by_one_open_file_until_it_gives_it_back(void **state)
{
	struct lockfile a;
	struct lockfile b;

	begin(&a, state);
	begin(&b, state);
	b.limit_ms = 0;
	assert_true(lockfile_take(&a, 7));
	assert_true(lockfile_is_free(&a, 7)); /* of others */
	assert_false(lockfile_is_free(&b, 7));
	assert_false(lockfile_take(&b, 7));
	lockfile_release(&b, 7); /* it has none */
	assert_false(lockfile_take(&b, 7));
	lockfile_release(&a, 7);
	assert_true(lockfile_take(&b, 7));
	lockfile_clear(&b);
	assert_true(lockfile_take(&a, 7));
	lockfile_clear(&a);
}

static void
lock_is_tried_for_without_a_wait(void **state)
{
	struct lockfile a;
	struct lockfile b;

	begin(&a, state);
	begin(&b, state);
	assert_true(lockfile_take(&a, 7));
	assert_false(lockfile_try(&b, 7));
	lockfile_release(&a, 7);
	assert_true(lockfile_try(&b, 7));
	assert_false(lockfile_try(&a, 7));
	lockfile_clear(&b);
	lockfile_clear(&a);
}

static void
locks_with_other_numbers_are_other_locks(void **state)
{
	struct lockfile a;
	struct lockfile b;

	begin(&a, state);
	begin(&b, state);
	a.limit_ms = b.limit_ms = 0;
	assert_true(lockfile_take(&a, 0));
	assert_true(lockfile_take(&b, 1));
	assert_true(lockfile_take(&b, UINT32_C(0x3fffffff)));
	assert_false(lockfile_take(&b, UINT32_C(0x40000000))); /* come round */
	assert_false(lockfile_take(&a, 1));
	lockfile_clear(&a);
	lockfile_clear(&b);
}

static void
shared_lock_is_free_when_the_last_one_has_gone(void **state)
{
	struct lockfile a;
	struct lockfile b;

	begin(&a, state);
	begin(&b, state);
	assert_true(lockfile_share(&a, 0));
	assert_true(lockfile_is_free(&a, 0));
	assert_true(lockfile_share(&b, 0));
	assert_false(lockfile_is_free(&a, 0));
	lockfile_clear(&b);
	assert_true(lockfile_is_free(&a, 0));
	lockfile_clear(&a);
}

static void
file_that_cannot_be_opened_is_refused(void **state)
{
	const struct place *place = *state;
	struct lockfile l;
	char path[128];

	lockfile_init(&l);
	snprintf(path, sizeof path, "%s/no/such", place->dir);
	assert_rv(CKR_OK, lockfile_set(&l, path));
	assert_false(lockfile_open(&l));
	assert_true(l.refused);
	assert_false(lockfile_is_free(&l, 0));
	lockfile_release(&l, 0);
	lockfile_clear(&l);
}

static void
what_is_no_file_is_refused_without_a_wait(void **state)
{
	struct lockfile l;
	int fd = -1;

	begin(&l, state);
	lockfile_after_fork(&l);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* not to be locked for writing */
	assert_true(fd >= 0);
	l.fd = fd;
	assert_false(lockfile_take(&l, 0));
	assert_true(l.refused);
	assert_false(l.late);
	lockfile_clear(&l);
}

/* --- order --- */

struct order {
	void **state;
	atomic_uint served;
	unsigned mine[4]; /* who was served first, second ... */
};

struct waiter {
	struct order *order;
	unsigned number;
};

static void *
wait_in_line(void *arg)
{
	struct waiter *w = arg;
	struct lockfile l;

	begin(&l, w->order->state);
	if (lockfile_take(&l, 3))
		w->order->mine[w->order->served++] = w->number;
	lockfile_clear(&l);
	return NULL;
}

/* Somebody stands at the n-th place of the queue. */
static bool
stands_in_line(void **state, unsigned place)
{
	const struct place *p = *state;
	struct flock f = {
		.l_type = F_WRLCK, .l_start = ((off_t)3 << 32) + 1 + (off_t)place, .l_len = 1
	};
	int fd = open(p->path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(0, fcntl(fd, F_OFD_GETLK, &f));
	close(fd);
	return f.l_type != F_UNLCK;
}

static void
who_comes_first_is_served_first(void **state)
{
	struct order order = { .state = state };
	struct waiter waiters[4];
	pthread_t threads[4];
	struct lockfile l;

	begin(&l, state);
	assert_true(lockfile_take(&l, 3));
	for (unsigned i = 0; i < 4; i++) {
		waiters[i] = (struct waiter){ &order, i };
		assert_int_equal(0, pthread_create(&threads[i], NULL, wait_in_line, &waiters[i]));
		while (!stands_in_line(state, i))
			sched_yield();
	}
	lockfile_release(&l, 3);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(i, order.mine[i]);
	lockfile_clear(&l);
}

/* --- other processes --- */

static void
lock_of_a_killed_process_is_free(void **state)
{
	pid_t pid = start_holder(state, 0);
	struct lockfile l;

	begin(&l, state);
	assert_false(lockfile_is_free(&l, 0));
	assert_int_equal(0, kill(pid, SIGKILL));
	assert_true(lockfile_take(&l, 0)); /* waits for the death at most */
	assert_int_equal(pid, waitpid(pid, NULL, 0));
	assert_false(l.late);
	lockfile_clear(&l);
}

static void
stopped_process_is_waited_for_up_to_the_limit_only(void **state)
{
	pid_t pid = start_holder(state, 0);
	struct lockfile l;

	begin(&l, state);
	l.limit_ms = LIMIT_MS;
	stop(pid);
	assert_false(lockfile_take(&l, 0));
	assert_true(l.late);
	l.limit_ms = LOCKFILE_LIMIT_MS; /* a hundredth of it now */
	assert_false(lockfile_take(&l, 0));
	end(pid);
	assert_true(lockfile_take(&l, 0));
	assert_false(l.late);
	lockfile_clear(&l);
}

/* It is the first in the queue, and does not take what is free. */
static void
process_that_is_stopped_in_the_queue_is_passed(void **state)
{
	struct lockfile l;
	pid_t pid = 0;

	begin(&l, state);
	assert_true(lockfile_take(&l, 3));
	pid = fork();
	if (pid == 0) {
		struct lockfile own;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		begin(&own, state);
		_exit(lockfile_take(&own, 3));
	}
	while (!stands_in_line(state, 0))
		sched_yield();
	stop(pid);
	lockfile_release(&l, 3);
	assert_true(lockfile_take(&l, 3));
	assert_false(l.late);
	end(pid);
	lockfile_clear(&l);
}

/* What a fork copies in the middle of a turn. */
static void
child_does_not_keep_its_parents_lock(void **state)
{
	struct lockfile l;
	struct lockfile other;
	pid_t pid = 0;

	begin(&l, state);
	begin(&other, state);
	assert_true(lockfile_take(&l, 0));
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	lockfile_release(&l, 0);
	assert_true(lockfile_take(&other, 0));
	end(pid);
	lockfile_clear(&other);
	lockfile_clear(&l);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lock_is_held_by_one_open_file_until_it_gives_it_back),
		CASE(lock_is_tried_for_without_a_wait),
		CASE(locks_with_other_numbers_are_other_locks),
		CASE(shared_lock_is_free_when_the_last_one_has_gone),
		CASE(file_that_cannot_be_opened_is_refused),
		CASE(what_is_no_file_is_refused_without_a_wait),
		CASE(who_comes_first_is_served_first),
		CASE(lock_of_a_killed_process_is_free),
		CASE(stopped_process_is_waited_for_up_to_the_limit_only),
		CASE(process_that_is_stopped_in_the_queue_is_passed),
		CASE(child_does_not_keep_its_parents_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
