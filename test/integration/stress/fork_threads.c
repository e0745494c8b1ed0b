/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Children that are born while other threads are in the module: whatever lock a
 * thread of the parent held, its child never waits for it.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "fork.h"

#define THREADS  4
#define CHILDREN 12

static atomic_bool enough;

struct worker {
	pthread_t thread;
	const struct client *c;
	CK_SESSION_HANDLE h;
	CK_RV rv; /* the first that is not allowed */
};

/* --- what a thread does: what is allowed is CKR_OK --- */

static CK_RV
keep_signing(struct worker *w)
{
	CK_BYTE signature[SIGNATURE_LEN];

	return client_sign(w->c, w->h, client_find(w->c, w->h, CKO_PRIVATE_KEY, "key"), signature);
}

/* Each thread does, so most find that another one was first. */
static CK_RV
keep_logging_in(struct worker *w)
{
	CK_RV rv = w->c->f->C_Logout(w->h);

	if (rv != CKR_OK && rv != CKR_USER_NOT_LOGGED_IN)
		return rv;
	rv = client_login(w->c, w->h);
	return rv == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : rv;
}

static CK_RV
keep_making_keys(struct worker *w)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	CK_MECHANISM ec = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public = { CKA_EC_PARAMS, p256, sizeof p256 };
	CK_OBJECT_HANDLE pair[2] = { 0 };
	CK_RV rv = w->c->f->C_GenerateKeyPair(w->h, &ec, &public, 1, NULL, 0, &pair[0], &pair[1]);

	for (int i = 0; rv == CKR_OK && i < 2; i++)
		rv = w->c->f->C_DestroyObject(w->h, pair[i]);
	return rv;
}

static CK_RV
keep_writing(struct worker *w)
{
	static CK_BBOOL yes = CK_TRUE;
	static CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof class }, { CKA_TOKEN, &yes, 1 } };
	CK_OBJECT_HANDLE o = 0;
	CK_RV rv = w->c->f->C_CreateObject(w->h, t, COUNT(t), &o);

	if (rv == CKR_OK)
		rv = w->c->f->C_DestroyObject(w->h, o);
	return rv == CKR_OK ? keep_signing(w) : rv; /* meanwhile the children write */
}

static CK_RV
keep_searching(struct worker *w)
{
	return client_find(w->c, w->h, CKO_PUBLIC_KEY, "key") != CK_INVALID_HANDLE
		       ? CKR_OK
		       : CKR_OBJECT_HANDLE_INVALID;
}

static CK_RV
keep_drawing(struct worker *w)
{
	CK_BYTE out[16]; /* so that the TPM is rarely asked */

	return w->c->f->C_GenerateRandom(w->h, out, sizeof out);
}

/* Sessions go with it, so this is the last row. */
static CK_RV
keep_starting(struct worker *w)
{
	CK_RV rv = w->c->f->C_Finalize(NULL);

	if (rv != CKR_OK && rv != CKR_CRYPTOKI_NOT_INITIALIZED)
		return rv;
	rv = w->c->f->C_Initialize(NULL);
	return rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : rv;
}

struct row {
	const char *what;
	CK_RV (*keep)(struct worker *w);
};

static const struct row rows[] = {
	{ "C_Sign", keep_signing },
	{ "C_GenerateKeyPair", keep_making_keys },
	{ "C_CreateObject", keep_writing },
	{ "C_FindObjects", keep_searching },
	{ "C_GenerateRandom", keep_drawing },
	{ "C_Login", keep_logging_in },
	{ "C_Initialize and C_Finalize", keep_starting },
};

/* --- all of them --- */

static CK_RV (*keep_doing)(struct worker *w);

static void *
run(void *arg)
{
	struct worker *w = arg;

	while (w->rv == CKR_OK && !enough)
		w->rv = keep_doing(w);
	return NULL;
}

static void
begin(struct worker *workers, const struct client *c, const struct row *row)
{
	enough = false;
	keep_doing = row->keep;
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .c = c, .h = client_open(c, CKF_RW_SESSION) };
		if (i == 0)
			(void)client_login(c, workers[i].h);
	}
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
			must("pthread_create", CKR_HOST_MEMORY);
}

static bool
end(struct worker *workers)
{
	bool good = true;

	enough = true;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].rv != CKR_OK)
			printf("# a thread got 0x%lx\n", workers[i].rv);
		good = good && workers[i].rv == CKR_OK;
	}
	return good;
}

/* Two at a time, so that the threads get on, too. */
static bool
bear_children(struct client *c)
{
	unsigned well = 0;

	for (int i = 0; i < CHILDREN; i += 2) {
		pid_t pair[2] = { give_birth(use_anew, c), give_birth(use_anew, c) };

		for (int k = 0; k < 2; k++)
			well += outlive(pair[k]) == CHILD_GOOD;
	}
	printf("# of %d children %u are well\n", CHILDREN, well);
	return well == CHILDREN;
}

static void
fork_beside(struct client *c, const struct row *row)
{
	struct worker workers[THREADS];
	char sentence[128];
	bool good = false;

	begin(workers, c, row);
	good = bear_children(c);
	good = end(workers) && good;
	snprintf(sentence, sizeof sentence, "children are born beside threads in %s", row->what);
	verdict(good, sentence);
}

/* Its malloc() does not make its own locks anew in a child, which then waits for ever. */
#ifdef __SANITIZE_ADDRESS__
enum { MALLOC_FORKS = 0 };
#else
enum { MALLOC_FORKS = 1 };
#endif

void
fork_beside_threads(struct client *c)
{
	for (size_t i = 0; MALLOC_FORKS && i < COUNT(rows); i++)
		fork_beside(c, &rows[i]);
	if (!MALLOC_FORKS)
		puts("# not beside threads, with AddressSanitizer");
	(void)c->f->C_Finalize(NULL);
}
