/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads share a token: nobody waits for more than the TPM, and nobody who does not need it waits
 * for it.
 *
 *   share MODULE PIN fair        eight threads sign: each gets its part
 *   share MODULE PIN generation  one thread makes a key, which the TPM takes long for; the others
 * go on
 *
 * Counted, not timed.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

#define THREADS    8
#define SIGNATURES 1600 /* together */
#define ROUNDS     50   /* each of twenty calls */

/* --- eight threads sign -------------------------------------------------------------------------
 */

struct signer {
	const struct client *c;
	pthread_t thread;
	unsigned signatures;
	CK_RV rv;
};

static pthread_barrier_t start;
static atomic_uint left = SIGNATURES;

static bool
take_one(void)
{
	unsigned n = left;

	while (n > 0 && !atomic_compare_exchange_weak(&left, &n, n - 1))
		continue;
	return n > 0;
}

static void *
sign_all(void *arg)
{
	struct signer *s = arg;
	CK_SESSION_HANDLE h = client_open(s->c, 0);
	CK_OBJECT_HANDLE key = client_find(s->c, h, CKO_PRIVATE_KEY, "key");
	CK_BYTE signature[SIGNATURE_LEN];

	pthread_barrier_wait(&start);
	while (s->rv == CKR_OK && take_one()) {
		s->rv = client_sign(s->c, h, key, signature);
		s->signatures++;
	}
	return NULL;
}

static void
check_signers(const struct signer *signers)
{
	unsigned fewest = SIGNATURES;
	bool good = true;

	for (int i = 0; i < THREADS; i++) {
		good = good && signers[i].rv == CKR_OK;
		fewest = signers[i].signatures < fewest ? signers[i].signatures : fewest;
		printf("# thread %d: %u signatures\n", i, signers[i].signatures);
	}
	verdict(good, "all signatures are made");
	verdict(fewest >= SIGNATURES / THREADS / 3,
		"each thread gets at least a third of its share");
}

static void
fair(const struct client *c)
{
	static struct signer signers[THREADS];

	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		signers[i] = (struct signer){ .c = c };
		if (pthread_create(&signers[i].thread, NULL, sign_all, &signers[i]) != 0)
			must("pthread_create", CKR_HOST_MEMORY);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(signers[i].thread, NULL);
	check_signers(signers);
}

/* --- one thread makes a key ---------------------------------------------------------------------
 */

struct maker {
	const struct client *c;
	pthread_t thread;
	CK_SESSION_HANDLE h;
	atomic_bool done;
};

static void *
make_key(void *arg)
{
	struct maker *m = arg;

	client_pair(m->c, m->h, "slow");
	m->done = true;
	return NULL;
}

static CK_RV
ask(const struct client *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_BYTE label[16];
	CK_ATTRIBUTE a = { CKA_LABEL, label, sizeof label };
	CK_SESSION_INFO session;
	CK_TOKEN_INFO token;
	CK_RV rv = c->f->C_GetAttributeValue(h, key, &a, 1);

	if (rv == CKR_OK)
		rv = c->f->C_GetTokenInfo(c->slot, &token);
	if (rv == CKR_OK)
		rv = c->f->C_GetSessionInfo(h, &session);
	if (rv == CKR_OK && c->f->C_Initialize(NULL) != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		rv = CKR_GENERAL_ERROR;
	return rv;
}

static CK_RV
make_object(const struct client *c, CK_SESSION_HANDLE h)
{
	static CK_BBOOL no = CK_FALSE;
	static CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof class }, { CKA_TOKEN, &no, sizeof no } };
	CK_OBJECT_HANDLE o = CK_INVALID_HANDLE;
	CK_RV rv = c->f->C_CreateObject(h, t, COUNT(t), &o);

	return rv == CKR_OK ? c->f->C_DestroyObject(h, o) : rv;
}

/* The TPM is asked for the first, and then every 64 KiB. */
static CK_RV
draw(const struct client *c, CK_SESSION_HANDLE h)
{
	CK_BYTE out[16];

	return c->f->C_GenerateRandom(h, out, sizeof out);
}

/* What needs no TPM. */
static CK_RV
work(const struct client *c, CK_BYTE *signature)
{
	CK_SESSION_HANDLE h = client_open(c, CKF_RW_SESSION);
	CK_OBJECT_HANDLE key = client_find(c, h, CKO_PUBLIC_KEY, "key");
	CK_RV rv = client_verify(c, h, key, signature);

	if (rv == CKR_OK)
		rv = client_digest(c, h);
	if (rv == CKR_OK)
		rv = ask(c, h, key);
	if (rv == CKR_OK)
		rv = make_object(c, h);
	if (rv == CKR_OK)
		rv = draw(c, h);
	return rv == CKR_OK ? c->f->C_CloseSession(h) : rv;
}

/* Born meanwhile: a fork does not wait for the TPM. */
static CK_RV
have_a_child(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? CKR_OK
									 : CKR_GENERAL_ERROR;
}

static void
generation(const struct client *c, CK_SESSION_HANDLE h)
{
	struct maker m = { .c = c, .h = client_open(c, CKF_RW_SESSION) };
	CK_BYTE signature[SIGNATURE_LEN];
	CK_RV rv = client_sign(c, h, client_find(c, h, CKO_PRIVATE_KEY, "key"), signature);
	unsigned rounds = 0;

	must("C_Sign", rv);
	must("C_GenerateRandom", draw(c, h));
	if (pthread_create(&m.thread, NULL, make_key, &m) != 0)
		must("pthread_create", CKR_HOST_MEMORY);
	while (rv == CKR_OK && !m.done && rounds < 1000) {
		rv = rounds == ROUNDS / 2 ? have_a_child() : CKR_OK;
		if (rv == CKR_OK)
			rv = work(c, signature);
		rounds += rv == CKR_OK && !m.done;
	}
	printf("# %u rounds before the key was there\n", rounds);
	verdict(rv == CKR_OK, "what needs no TPM succeeds");
	verdict(rounds >= ROUNDS, "and does not wait for a key that is being made");
	pthread_join(m.thread, NULL);
	verdict(client_find(c, h, CKO_PRIVATE_KEY, "slow") != CK_INVALID_HANDLE,
		"the key is there then");
}

int
main(int argc, char **argv)
{
	struct client c = { 0 };
	CK_SESSION_HANDLE h = 0;

	if (argc != 4)
		return 2;
	client_load(&c, argv[1], argv[2]);
	client_start(&c);
	h = client_open(&c, 0);
	must("C_Login", client_login(&c, h));
	if (strcmp(argv[3], "fair") == 0)
		fair(&c);
	else
		generation(&c, h);
	must("C_Finalize", c.f->C_Finalize(NULL));
	return verdicts();
}
