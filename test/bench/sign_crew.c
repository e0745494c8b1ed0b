/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Works that sign from several threads of a process, and from several
 * processes, with one key of one token.
 */
#include "config.h"

#include <stdlib.h>

#include "bench/bench.h"
#include "bench/crew.h"

struct signer {
	struct bench *b;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
};

static struct signer *
signer_new(struct bench *b, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	struct signer *s = malloc(sizeof *s);

	if (s == NULL)
		die("no memory", 0);
	*s = (struct signer){ .b = b, .session = session, .key = key };
	return s;
}

static void
signer_once(void *mine)
{
	struct signer *s = mine;
	CK_BYTE signature[SIGNATURE_MAX];

	bench_sign(s->b, s->session, s->key, KIND_P256, signature);
}

/* --- threads: a session each, and the login that is common to all --- */

static void *
thread_enter(void *shared)
{
	struct signer *first = shared;
	CK_SESSION_HANDLE session = 0;

	must("C_OpenSession", first->b->f->C_OpenSession(first->b->slot,
				      CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
	return signer_new(first->b, session, first->key);
}

static void
thread_leave(void *mine)
{
	struct signer *s = mine;

	must("C_CloseSession", s->b->f->C_CloseSession(s->session));
	free(s);
}

void
threads_run(struct bench *b, const struct work *w)
{
	struct signer first = { .b = b };

	bench_enter(b);
	first.session = b->session;
	first.key = bench_key(b, CKO_PRIVATE_KEY, KIND_P256, 0);
	signer_once(&first);
	crew_threads(&(struct crew_work){ thread_enter, signer_once, thread_leave, &first }, w->arg,
		w->count);
	bench_leave(b);
}

/* --- processes: everything of their own --- */

static void *
process_enter(void *shared)
{
	struct bench *b = shared;
	struct signer *s = NULL;

	bench_enter(b);
	s = signer_new(b, b->session, bench_key(b, CKO_PRIVATE_KEY, KIND_P256, 0));
	signer_once(s);
	return s;
}

static void
process_leave(void *mine)
{
	struct signer *s = mine;

	bench_leave(s->b);
	free(s);
}

void
processes_run(struct bench *b, const struct work *w)
{
	crew_processes(&(struct crew_work){ process_enter, signer_once, process_leave, b }, w->arg,
		w->count);
}
