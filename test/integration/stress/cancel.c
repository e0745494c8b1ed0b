/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that was cancelled comes to the end of the call that it is in, so that no lock of the
 * module, and no answer of the TPM, is left to nobody.
 *
 *   cancel MODULE PIN
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "client.h"

/* Each call of a row comes after a cancellation, which is noticed wherever a thread may wait. */
struct call_row {
	const char *sentence;
	CK_RV (*call)(const struct client *c, CK_SESSION_HANDLE h);
};

struct cancelled {
	const struct client *c;
	const struct call_row *row;
	CK_SESSION_HANDLE session;
	CK_RV rv;
	bool came_back;
};

static CK_RV
generate(const struct client *c, CK_SESSION_HANDLE h)
{
	client_pair(c, h, "cancelled");
	return CKR_OK;
}

static CK_RV
sign(const struct client *c, CK_SESSION_HANDLE h)
{
	CK_BYTE signature[SIGNATURE_LEN];

	return client_sign(c, h, client_find(c, h, CKO_PRIVATE_KEY, "cancelled"), signature);
}

static CK_RV
restart(const struct client *c, CK_SESSION_HANDLE h)
{
	CK_RV rv = c->f->C_Finalize(NULL);

	(void)h;
	return rv == CKR_OK ? c->f->C_Initialize(NULL) : rv;
}

static const struct call_row rows[] = {
	{ "logs in", client_login },
	{ "makes a key", generate },
	{ "signs", sign },
	{ "closes the module and opens it", restart },
};

static void *
run(void *arg)
{
	struct cancelled *t = arg;

	pthread_cancel(pthread_self());
	t->rv = t->row->call(t->c, t->session);
	t->came_back = true;
	pthread_testcancel();
	return NULL;
}

/* False: what the thread held nobody gives back, and the next call would wait for ever. */
static bool
call_cancelled(const struct client *c, CK_SESSION_HANDLE h, const struct call_row *row)
{
	struct cancelled t = { .c = c, .row = row, .session = h };
	char sentence[80];
	pthread_t thread;
	void *end = NULL;

	must("a thread", pthread_create(&thread, NULL, run, &t) == 0 ? CKR_OK : CKR_HOST_MEMORY);
	pthread_join(thread, &end);
	(void)snprintf(
		sentence, sizeof sentence, "a cancelled thread %s, then ends", row->sentence);
	verdict(t.came_back && t.rv == CKR_OK && end == PTHREAD_CANCELED, sentence);
	return t.came_back;
}

int
main(int argc, char **argv)
{
	struct client c = { .f = NULL };
	CK_SESSION_HANDLE h = 0;

	must("arguments", argc == 3 ? CKR_OK : CKR_ARGUMENTS_BAD);
	client_load(&c, argv[1], argv[2]);
	client_start(&c);
	h = client_open(&c, CKF_RW_SESSION);
	for (size_t i = 0; i < COUNT(rows); i++)
		if (!call_cancelled(&c, h, &rows[i]))
			return 1;
	must("C_Finalize", c.f->C_Finalize(NULL));
	return verdicts();
}
