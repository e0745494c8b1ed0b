/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64 threads open, search, sign, verify, log in and out, make and destroy, all on one token.
 *
 *   stress MODULE PIN SECONDS
 *
 * Each call may answer what its row allows and nothing else; a signature that came with CKR_OK
 * verifies.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"

#define THREADS 64
#define KEYS    4

/* --- what may be answered, since others log out and destroy at any moment -----------------------
 */

enum call {
	CALL_OPEN,
	CALL_CLOSE,
	CALL_LOGIN,
	CALL_LOGOUT,
	CALL_SIGN,
	CALL_VERIFY,
	CALL_DIGEST,
	CALL_READ,
	CALL_MAKE,
	CALL_MAKE_IN_SESSION,
	CALL_DESTROY,
	CALL_FIND,
	CALLS
};

struct call_row {
	const char *name;
	CK_RV allowed[3]; /* besides CKR_OK; CKR_OK: no more */
};

static const struct call_row rows[CALLS] = {
	[CALL_OPEN] = { "C_OpenSession", { CKR_OK } },
	[CALL_CLOSE] = { "C_CloseSession", { CKR_OK } },
	[CALL_LOGIN] = { "C_Login", { CKR_USER_ALREADY_LOGGED_IN } },
	[CALL_LOGOUT] = { "C_Logout", { CKR_USER_NOT_LOGGED_IN } },
	[CALL_SIGN] = { "C_SignInit and C_Sign",
		{ CKR_KEY_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN, CKR_OPERATION_NOT_INITIALIZED } },
	[CALL_VERIFY] = { "C_VerifyInit and C_Verify", { CKR_OK } },
	[CALL_DIGEST] = { "C_DigestInit and C_Digest", { CKR_OK } },
	[CALL_READ] = { "C_GetAttributeValue", { CKR_OBJECT_HANDLE_INVALID } },
	[CALL_MAKE] = { "C_CreateObject on the token", { CKR_USER_NOT_LOGGED_IN } },
	[CALL_MAKE_IN_SESSION] = { "C_CreateObject in the session", { CKR_OK } },
	[CALL_DESTROY] = { "C_DestroyObject",
		{ CKR_OBJECT_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN } },
	[CALL_FIND] = { "C_FindObjects", { CKR_OK } },
};

struct worker {
	const struct client *c;
	pthread_t thread;
	CK_SESSION_HANDLE h;
	unsigned random;
	unsigned good[CALLS];
	unsigned steps;
};

static struct timespec end;
static atomic_uint wrong;

static bool
is_allowed(enum call call, CK_RV rv)
{
	for (size_t i = 0; i < COUNT(rows[call].allowed); i++)
		if (rows[call].allowed[i] == rv)
			return true;
	return rv == CKR_OK;
}

/* Was it CKR_OK? */
static bool
seen(struct worker *w, enum call call, CK_RV rv)
{
	if (!is_allowed(call, rv)) {
		printf("# %s returned 0x%lx\n", rows[call].name, rv);
		wrong++;
	}
	w->good[call] += rv == CKR_OK;
	return rv == CKR_OK;
}

/* --- steps of a thread --------------------------------------------------------------------------
 */

static unsigned
draw(struct worker *w, unsigned below)
{
	w->random = w->random * 1103515245u + 12345u;
	return (w->random >> 16) % below;
}

static void
open_another(struct worker *w)
{
	CK_FLAGS flags = CKF_SERIAL_SESSION | (draw(w, 4) > 0 ? CKF_RW_SESSION : 0);

	if (w->h != CK_INVALID_HANDLE)
		seen(w, CALL_CLOSE, w->c->f->C_CloseSession(w->h));
	seen(w, CALL_OPEN, w->c->f->C_OpenSession(w->c->slot, flags, NULL, NULL, &w->h));
}

static void
log_in(struct worker *w)
{
	seen(w, CALL_LOGIN, client_login(w->c, w->h));
}

static void
log_out(struct worker *w)
{
	seen(w, CALL_LOGOUT, w->c->f->C_Logout(w->h));
}

/* A handle is found while the user is logged in, and used when he may be no more. */
static void
sign(struct worker *w)
{
	CK_BYTE signature[SIGNATURE_LEN];
	CK_OBJECT_HANDLE private = 0, public = 0;
	char label[16];

	snprintf(label, sizeof label, "key %u", draw(w, KEYS));
	private = client_find(w->c, w->h, CKO_PRIVATE_KEY, label);
	public = client_find(w->c, w->h, CKO_PUBLIC_KEY, label);
	if (private != CK_INVALID_HANDLE &&
		seen(w, CALL_SIGN, client_sign(w->c, w->h, private, signature)))
		seen(w, CALL_VERIFY, client_verify(w->c, w->h, public, signature));
}

static void
digest(struct worker *w)
{
	seen(w, CALL_DIGEST, client_digest(w->c, w->h));
}

static void
read_one(struct worker *w, CK_OBJECT_HANDLE o)
{
	CK_BYTE label[64];
	CK_ATTRIBUTE a = { CKA_LABEL, label, sizeof label };

	seen(w, CALL_READ, w->c->f->C_GetAttributeValue(w->h, o, &a, 1));
}

static void
list(struct worker *w)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE on_token = { CKA_TOKEN, &yes, 1 };
	CK_OBJECT_HANDLE found[8];
	CK_ULONG count = 0;
	CK_RV rv = w->c->f->C_FindObjectsInit(w->h, &on_token, 1);

	while (rv == CKR_OK && (rv = w->c->f->C_FindObjects(w->h, found, 8, &count)) == CKR_OK &&
		count > 0)
		for (CK_ULONG i = 0; i < count; i++)
			read_one(w, found[i]);
	seen(w, CALL_FIND, rv == CKR_OK ? w->c->f->C_FindObjectsFinal(w->h) : rv);
}

static CK_RV
make(struct worker *w, CK_BBOOL token, CK_BBOOL private, CK_OBJECT_HANDLE *out)
{
	static char prey[] = "prey";
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof class }, { CKA_TOKEN, &token, 1 },
		{ CKA_PRIVATE, &private, 1 }, { CKA_LABEL, prey, 4 }, { CKA_VALUE, prey, 4 } };

	return w->c->f->C_CreateObject(w->h, t, COUNT(t), out);
}

static bool
may_write(struct worker *w)
{
	CK_SESSION_INFO info = { 0 };

	must("C_GetSessionInfo", w->c->f->C_GetSessionInfo(w->h, &info));
	return (info.flags & CKF_RW_SESSION) != 0;
}

/* For others to destroy. */
static void
make_prey(struct worker *w)
{
	CK_OBJECT_HANDLE o = 0;

	if (may_write(w))
		seen(w, CALL_MAKE, make(w, CK_TRUE, (CK_BBOOL)draw(w, 2), &o));
}

static void
destroy_prey(struct worker *w)
{
	CK_OBJECT_HANDLE o = client_find(w->c, w->h, CKO_DATA, "prey");

	if (o != CK_INVALID_HANDLE && may_write(w))
		seen(w, CALL_DESTROY, w->c->f->C_DestroyObject(w->h, o));
}

static void
make_and_destroy(struct worker *w)
{
	CK_OBJECT_HANDLE o = 0;

	if (seen(w, CALL_MAKE_IN_SESSION, make(w, CK_FALSE, CK_FALSE, &o)))
		seen(w, CALL_DESTROY, w->c->f->C_DestroyObject(w->h, o));
}

/* A row for each chance. */
static void (*const steps[])(struct worker *w) = { sign, sign, sign, sign, sign, sign, digest,
	digest, list, list, log_in, log_in, log_in, log_in, log_out, make_prey, make_prey,
	destroy_prey, destroy_prey, make_and_destroy, open_another, open_another };

static bool
time_is_up(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec);
}

static void *
run(void *arg)
{
	struct worker *w = arg;

	open_another(w);
	do {
		steps[draw(w, COUNT(steps))](w);
		w->steps++;
	} while (!time_is_up());
	seen(w, CALL_CLOSE, w->c->f->C_CloseSession(w->h));
	return NULL;
}

/* --- all of them --------------------------------------------------------------------------------
 */

/* This session stays, so that not every last one to close logs the others out. */
static CK_SESSION_HANDLE
prepare(struct client *c)
{
	CK_SESSION_HANDLE h = 0;
	char label[16];

	client_start(c);
	h = client_open(c, CKF_RW_SESSION);
	must("C_Login", client_login(c, h));
	for (int i = 0; i < KEYS; i++) {
		snprintf(label, sizeof label, "key %d", i);
		client_pair(c, h, label);
	}
	return h;
}

static void
run_all(struct worker *workers, const struct client *c)
{
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .c = c, .random = i };
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
			must("pthread_create", CKR_HOST_MEMORY);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
}

/* Each kind of call was CKR_OK for someone. */
static bool
all_happened(const struct worker *workers)
{
	bool all = true;

	for (int call = 0; call < CALLS; call++) {
		unsigned sum = 0;

		for (int i = 0; i < THREADS; i++)
			sum += workers[i].good[call];
		printf("# %s: %u times CKR_OK\n", rows[call].name, sum);
		all = all && sum > 0;
	}
	return all;
}

static unsigned
fewest_steps(const struct worker *workers)
{
	unsigned fewest = workers[0].steps;

	for (int i = 1; i < THREADS; i++)
		fewest = workers[i].steps < fewest ? workers[i].steps : fewest;
	printf("# at least %u steps a thread\n", fewest);
	return fewest;
}

int
main(int argc, char **argv)
{
	static struct worker workers[THREADS];
	struct client c = { 0 };
	CK_SESSION_HANDLE h = 0;

	if (argc != 4)
		return 2;
	client_load(&c, argv[1], argv[2]);
	h = prepare(&c);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += atol(argv[3]);
	run_all(workers, &c);
	verdict(wrong == 0, "every call answers what it may");
	verdict(all_happened(workers), "every kind of call succeeds for someone");
	verdict(fewest_steps(workers) > 0, "every thread gets on");
	verdict(c.f->C_CloseSession(h) == CKR_OK && c.f->C_Finalize(NULL) == CKR_OK,
		"the module ends well");
	return verdicts();
}
