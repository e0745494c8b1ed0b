/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Presence and turns: two that share a file in one process, and one that dies.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tpm/presence.h"
#include "place.h"
#include "unit.h"

static void
present(struct presence *p, const char *path)
{
	presence_init(p);
	assert_rv(CKR_OK, presence_set(p, path));
	presence_enter(p);
	presence_leave(p);
}

static void
who_shares_nothing_is_alone_and_waits_for_nobody(void **state)
{
	struct presence p;

	(void)state;
	presence_init(&p);
	presence_enter(&p);
	assert_true(presence_alone(&p));
	presence_leave(&p);
	presence_clear(&p);
}

static void
each_knows_that_the_other_is_there(void **state)
{
	const struct place *place = *state;
	struct presence a;
	struct presence b;

	present(&a, place->path);
	assert_true(presence_alone(&a));
	present(&b, place->path);
	assert_false(presence_alone(&a));
	assert_false(presence_alone(&b));
	presence_clear(&b);
	assert_true(presence_alone(&a));
	presence_clear(&a);
}

static void
where_the_file_cannot_be_nobody_is_alone(void **state)
{
	const struct place *place = *state;
	char path[160];
	struct presence p;

	snprintf(path, sizeof path, "%s/no/such/folder", place->dir);
	present(&p, path);
	assert_false(presence_alone(&p));
	presence_clear(&p);
}

static void
closing_another_descriptor_of_the_file_loses_no_lock(void **state)
{
	const struct place *place = *state;
	struct presence a;
	struct presence b;
	FILE *other = NULL;

	present(&a, place->path);
	other = fopen(place->path, "r");
	assert_non_null(other);
	fclose(other);
	present(&b, place->path);
	assert_false(presence_alone(&b));
	presence_clear(&b);
	presence_clear(&a);
}

static void
owners_hear_of_what_was_flushed(void **state)
{
	const struct place *place = *state;
	struct presence a;
	struct presence b;

	present(&a, place->path);
	present(&b, place->path);
	presence_enter(&a);
	assert_false(a.changed[PRESENCE_OBJECTS] || a.changed[PRESENCE_SESSIONS]);
	presence_note_flush(&a, PRESENCE_OBJECTS);
	presence_leave(&a);
	presence_enter(&b);
	assert_true(b.changed[PRESENCE_OBJECTS]);
	assert_false(b.changed[PRESENCE_SESSIONS]);
	presence_note_flush(&b, PRESENCE_SESSIONS);
	presence_leave(&b);
	presence_enter(&a);
	assert_false(a.changed[PRESENCE_OBJECTS]);
	assert_true(a.changed[PRESENCE_SESSIONS]);
	presence_leave(&a);
	presence_clear(&a);
	presence_clear(&b);
}

struct turns {
	const char *path;
	pthread_barrier_t all_there;
	/* Of everybody together; atomic because ThreadSanitizer does not know locks on files. */
	atomic_int in_turn;
	atomic_int most;
	atomic_int taken;
	atomic_int alone;
};

static void *
take_turns(void *arg)
{
	struct turns *t = arg;
	struct presence p;

	present(&p, t->path);
	pthread_barrier_wait(&t->all_there);
	for (int i = 0; i < 500; i++) {
		int now = 0;

		presence_enter(&p);
		now = ++t->in_turn;
		if (now > t->most)
			t->most = now;
		t->taken++;
		t->in_turn--;
		t->alone += presence_alone(&p);
		presence_leave(&p);
	}
	pthread_barrier_wait(&t->all_there);
	presence_clear(&p);
	return NULL;
}

static void
who_was_alone_waits_for_who_has_come_since(void **state)
{
	const struct place *place = *state;
	struct presence a;
	struct presence b;

	present(&a, place->path);
	a.file.limit_ms = 1;
	presence_enter(&a);
	assert_true(presence_alone(&a));
	presence_leave(&a);
	present(&b, place->path);
	presence_enter(&b);
	presence_enter(&a);
	assert_true(a.without);
	assert_false(presence_alone(&a));
	presence_leave(&b);
	presence_clear(&b);
	presence_clear(&a);
}

static void
one_at_a_time_has_a_turn(void **state)
{
	const struct place *place = *state;
	struct turns t = { .path = place->path };
	pthread_t threads[4];

	assert_int_equal(0, pthread_barrier_init(&t.all_there, NULL, 4));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(0, pthread_create(&threads[i], NULL, take_turns, &t));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
	assert_int_equal(1, t.most);
	assert_int_equal(4 * 500, t.taken);
	assert_int_equal(0, t.alone);
	pthread_barrier_destroy(&t.all_there);
}

static void
turn_of_a_killed_process_is_free(void **state)
{
	const struct place *place = *state;
	struct presence p;
	int ready[2];
	char byte = 0;
	pid_t pid = 0;

	assert_int_equal(0, pipe(ready));
	pid = fork();
	if (pid == 0) {
		present(&p, place->path);
		presence_enter(&p);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(1, read(ready[0], &byte, 1));
	assert_int_equal(0, kill(pid, SIGKILL));
	present(&p, place->path); /* waits for the death at most */
	assert_int_equal(pid, waitpid(pid, NULL, 0));
	assert_true(presence_alone(&p));
	presence_clear(&p);
	close(ready[0]);
	close(ready[1]);
}

/* Its turn is not over, but it is not in the middle of anything. */
static void
who_waits_too_long_goes_on_and_is_not_alone(void **state)
{
	const struct place *place = *state;
	struct presence p;
	int ready[2];
	char byte = 0;
	int status = 0;
	pid_t pid = 0;

	assert_int_equal(0, pipe(ready));
	present(&p, place->path);
	pid = fork();
	if (pid == 0) {
		presence_after_fork(&p);
		present(&p, place->path);
		presence_enter(&p);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(1, read(ready[0], &byte, 1));
	assert_int_equal(0, kill(pid, SIGSTOP));
	assert_int_equal(pid, waitpid(pid, &status, WUNTRACED));
	p.file.limit_ms = 50;
	for (int i = 0; i < 2; i++) {
		presence_enter(&p);
		assert_true(p.without);
		assert_false(presence_alone(&p));
		presence_note_flush(&p, PRESENCE_OBJECTS);
		presence_leave(&p);
	}
	assert_int_equal(0, kill(pid, SIGKILL));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	presence_enter(&p);
	assert_false(p.without);
	assert_true(presence_alone(&p));
	presence_leave(&p);
	presence_clear(&p);
	close(ready[0]);
	close(ready[1]);
}

/* Two without a turn count at the same time. */
static void
no_flush_goes_unnoticed_without_a_turn(void **state)
{
	const struct place *place = *state;
	struct presence a;
	struct presence b;

	present(&a, place->path);
	present(&b, place->path);
	presence_note_flush(&a, PRESENCE_OBJECTS);
	presence_note_flush(&b, PRESENCE_OBJECTS);
	presence_note_flush(&a, PRESENCE_SESSIONS);
	presence_enter(&a);
	assert_true(a.changed[PRESENCE_OBJECTS]);
	assert_false(a.changed[PRESENCE_SESSIONS]);
	presence_leave(&a);
	presence_enter(&b);
	assert_true(b.changed[PRESENCE_OBJECTS]);
	assert_true(b.changed[PRESENCE_SESSIONS]);
	presence_leave(&b);
	presence_clear(&a);
	presence_clear(&b);
}

static void
child_gives_up_its_copy_and_the_parent_keeps_its_own(void **state)
{
	const struct place *place = *state;
	struct presence p;
	struct presence other;
	int status = 1;
	pid_t pid = 0;

	present(&p, place->path);
	pid = fork();
	if (pid == 0) {
		presence_after_fork(&p);
		present(&other, place->path);
		_exit(presence_alone(&other) ? 1 : 0);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	present(&other, place->path);
	assert_false(presence_alone(&other));
	presence_clear(&other);
	presence_clear(&p);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_shares_nothing_is_alone_and_waits_for_nobody),
		CASE(each_knows_that_the_other_is_there),
		CASE(where_the_file_cannot_be_nobody_is_alone),
		CASE(closing_another_descriptor_of_the_file_loses_no_lock),
		CASE(owners_hear_of_what_was_flushed),
		CASE(who_was_alone_waits_for_who_has_come_since),
		CASE(one_at_a_time_has_a_turn),
		CASE(turn_of_a_killed_process_is_free),
		CASE(who_waits_too_long_goes_on_and_is_not_alone),
		CASE(no_flush_goes_unnoticed_without_a_turn),
		CASE(child_gives_up_its_copy_and_the_parent_keeps_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
