/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads and processes that begin together.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/crew.h"

/* In memory that processes share. */
struct crew {
	const struct crew_work *work;
	pthread_barrier_t barrier;
	atomic_uint taken;
	unsigned count;
	unsigned members;
	unsigned done[CREW_MAX];
};

struct member {
	struct crew *crew;
	unsigned index;
	void *mine;
	pthread_t thread;
};

static struct crew *
crew_new(const struct crew_work *w, unsigned members, unsigned count)
{
	struct crew *c =
		mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t shared;

	if (c == MAP_FAILED || members == 0 || members > CREW_MAX)
		die("no crew of so many", members);
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	c->work = w;
	c->count = count;
	c->members = members;
	if (pthread_barrier_init(&c->barrier, &shared, members) != 0)
		die("no barrier for so many", members);
	pthread_barrierattr_destroy(&shared);
	return c;
}

static void
all_here(struct crew *c)
{
	(void)pthread_barrier_wait(&c->barrier);
}

static unsigned
do_share(struct crew *c, void *mine)
{
	unsigned done = 0;

	for (; atomic_fetch_add(&c->taken, 1) < c->count; done++)
		c->work->once(mine);
	return done;
}

/* The first one looks at the clock, while the others wait. */
static void
member_run(struct crew *c, unsigned index, void *mine)
{
	all_here(c);
	if (index == 0)
		measure_begin();
	all_here(c);
	c->done[index] = do_share(c, mine);
	all_here(c);
	if (index == 0)
		measure_end_shared(c->count, c->done, c->members);
	all_here(c);
}

static void *
thread_main(void *arg)
{
	struct member *m = arg;

	member_run(m->crew, m->index, m->mine);
	return NULL;
}

void
crew_threads(const struct crew_work *w, unsigned members, unsigned count)
{
	struct crew *c = crew_new(w, members, count);
	struct member list[CREW_MAX];

	for (unsigned i = 0; i < members; i++)
		list[i] = (struct member){ .crew = c, .index = i, .mine = w->enter(w->shared) };
	for (unsigned i = 0; i < members; i++)
		if (pthread_create(&list[i].thread, NULL, thread_main, &list[i]) != 0)
			die("no thread number", i);
	for (unsigned i = 0; i < members; i++)
		pthread_join(list[i].thread, NULL);
	for (unsigned i = 0; i < members; i++)
		w->leave(list[i].mine);
	munmap(c, sizeof *c);
}

static void
process_main(struct crew *c, unsigned index)
{
	void *mine = NULL;

	all_here(c);
	mine = c->work->enter(c->work->shared);
	member_run(c, index, mine);
	c->work->leave(mine);
	_exit(0);
}

static void
kill_all(const pid_t *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (list[i] > 0)
			kill(list[i], SIGKILL);
}

/* When one fails, the others would wait for it for ever. */
static void
wait_all(pid_t *list, unsigned count)
{
	int status = 0;
	pid_t pid = 0;

	while ((pid = wait(&status)) > 0) {
		for (unsigned i = 0; i < count; i++)
			if (list[i] == pid)
				list[i] = 0;
		if (status == 0)
			continue;
		kill_all(list, count);
		die("a process failed", (unsigned)status);
	}
}

void
crew_processes(const struct crew_work *w, unsigned members, unsigned count)
{
	struct crew *c = crew_new(w, members, count);
	pid_t list[CREW_MAX] = { 0 };

	for (unsigned i = 0; i < members; i++) {
		if ((list[i] = fork()) == 0)
			process_main(c, i);
		if (list[i] < 0) {
			kill_all(list, i);
			die("no process number", i);
		}
	}
	wait_all(list, members);
	munmap(c, sizeof *c);
}
