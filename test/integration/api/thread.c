/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Eight threads, each with its own sessions, use the token at once.
 */
#include "config.h"

#include <pthread.h>

#include "api.h"

#define THREADS 8
#define ROUNDS  5

struct worker {
	struct ctx c; /* a copy: handles are the thread's own */
	pthread_t thread;
};

static void
work(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t message[32] = "work", signature[256];
	CK_MECHANISM rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 }, ec = { CKM_ECDSA, NULL, 0 };
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
	CK_ULONG n = sizeof(signature);

	find_keys(c, h);
	expect(c, "C_DigestInit in a thread", CKR_OK, c->f->C_DigestInit(h, &sha256));
	expect(c, "C_Digest in a thread", CKR_OK,
		c->f->C_Digest(h, message, sizeof(message), signature, &n));
	n = sizeof(signature);
	expect(c, "RSA in a thread", CKR_OK,
		sign(c, h, &rsa, c->rsa.private, message, sizeof(message), signature, &n));
	expect(c, "C_VerifyInit in a thread", CKR_OK, c->f->C_VerifyInit(h, &rsa, c->rsa.public));
	expect(c, "C_Verify in a thread", CKR_OK,
		c->f->C_Verify(h, message, sizeof(message), signature, n));
	n = sizeof(signature);
	expect(c, "ECDSA in a thread", CKR_OK,
		sign(c, h, &ec, c->ec.private, message, sizeof(message), signature, &n));
	expect(c, "C_VerifyInit in a thread", CKR_OK, c->f->C_VerifyInit(h, &ec, c->ec.public));
	expect(c, "C_Verify in a thread", CKR_OK,
		c->f->C_Verify(h, message, sizeof(message), signature, n));
}

static void *
run(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		CK_SESSION_HANDLE h = open_session(&w->c, i % 2 == 0 ? CKF_RW_SESSION : 0);

		work(&w->c, h);
		expect(&w->c, "C_CloseSession", CKR_OK, w->c.f->C_CloseSession(h));
	}
	return NULL;
}

void
test_thread(struct ctx *c)
{
	static struct worker workers[THREADS];
	CK_SESSION_HANDLE h = open_session(c, 0);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	for (int i = 0; i < THREADS; i++) {
		workers[i].c = *c;
		expect_true(c, "a thread starts",
			pthread_create(&workers[i].thread, NULL, run, &workers[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	close_all(c);
}
