/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Works that sign: the first time, steadily, with several keys, from several
 * threads and processes.
 */
#include "config.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"

#define THREADS_MAX   64
#define PROCESSES_MAX 16

static void
sign_often(struct bench *b, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, enum kind kind,
	unsigned count)
{
	CK_BYTE signature[SIGNATURE_MAX];

	for (unsigned i = 0; i < count; i++)
		bench_sign(b, session, key, kind, signature);
}

void
sign_first_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE key = 0;

	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	measure_begin();
	sign_often(b, b->session, key, w->kind, 1);
	measure_end(1);
	bench_leave(b);
}

void
sign_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE key = 0;

	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	sign_often(b, b->session, key, w->kind, 1);
	measure_begin();
	sign_often(b, b->session, key, w->kind, w->count);
	measure_end(w->count);
	bench_leave(b);
}

/* --- keys in turns --- */

void
robin_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE keys[KEYS_MAX];

	bench_enter(b);
	for (unsigned i = 0; i < w->arg; i++) {
		keys[i] = bench_key(b, CKO_PRIVATE_KEY, w->kind, i);
		sign_often(b, b->session, keys[i], w->kind, 1);
	}
	measure_begin();
	for (unsigned i = 0; i < w->count; i++)
		sign_often(b, b->session, keys[i % w->arg], w->kind, 1);
	measure_end(w->count);
	bench_leave(b);
}

/* --- threads --- */

struct signer {
	pthread_t thread;
	struct bench *b;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	enum kind kind;
	unsigned count;
};

static void *
signer_main(void *arg)
{
	struct signer *s = arg;

	sign_often(s->b, s->session, s->key, s->kind, s->count);
	return NULL;
}

void
threads_run(struct bench *b, const struct work *w)
{
	struct signer signers[THREADS_MAX];
	CK_OBJECT_HANDLE key = 0;

	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	sign_often(b, b->session, key, w->kind, 1);
	for (unsigned i = 0; i < w->arg; i++) {
		signers[i] = (struct signer){
			.b = b, .key = key, .kind = w->kind, .count = w->count / w->arg
		};
		must("C_OpenSession",
			b->f->C_OpenSession(b->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
				NULL, &signers[i].session));
	}
	measure_begin();
	for (unsigned i = 0; i < w->arg; i++)
		if (pthread_create(&signers[i].thread, NULL, signer_main, &signers[i]) != 0)
			die("no thread number", i);
	for (unsigned i = 0; i < w->arg; i++)
		pthread_join(signers[i].thread, NULL);
	measure_end(w->count / w->arg * w->arg);
	bench_leave(b);
}

/* --- processes --- */

/* A pipe for each child, of which nobody else has an end: who dies is heard. */
struct gate {
	int ready[PROCESSES_MAX]; /* a byte when it has signed once, another at the end */
	int go[2];                /* closed by the parent: all start */
};

static void
child_main(struct bench *b, const struct work *w, const struct gate *g, int ready)
{
	CK_OBJECT_HANDLE key = 0;
	char byte = 0;

	close(g->go[1]);
	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	sign_often(b, b->session, key, w->kind, 1);
	if (write(ready, &byte, 1) != 1 || read(g->go[0], &byte, 1) != 0)
		die("a pipe failed", 0);
	sign_often(b, b->session, key, w->kind, w->count / w->arg);
	if (write(ready, &byte, 1) != 1)
		die("a pipe failed", 1);
	bench_leave(b);
	_exit(0);
}

static int
child_start(struct bench *b, const struct work *w, const struct gate *g)
{
	int ready[2];
	pid_t pid = -1;

	if (pipe(ready) != 0 || (pid = fork()) < 0)
		die("no process", 0);
	if (pid == 0)
		child_main(b, w, g, ready[1]);
	close(ready[1]);
	return ready[0];
}

/* False: it ended before it said so. */
static bool
child_said(const struct gate *g, unsigned index)
{
	char byte = 0;

	return read(g->ready[index], &byte, 1) == 1;
}

void
processes_run(struct bench *b, const struct work *w)
{
	struct gate gate;
	int status = 0;
	bool done = true;

	if (pipe(gate.go) != 0)
		die("no pipe", 0);
	/* One after the other: SoftHSM2 fails when several start at once. */
	for (unsigned i = 0; i < w->arg; i++) {
		gate.ready[i] = child_start(b, w, &gate);
		done = child_said(&gate, i) && done;
	}
	measure_begin();
	close(gate.go[1]);
	for (unsigned i = 0; i < w->arg; i++)
		done = child_said(&gate, i) && done;
	if (done)
		measure_end(w->count / w->arg * w->arg);
	while (wait(&status) > 0)
		done = done && status == 0;
	if (!done)
		die("a process failed", 0);
}
