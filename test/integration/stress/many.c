/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of many processes at a TPM without a resource manager, or one with many
 * keys. Each signature is verified.
 *
 *   many MODULE PIN make KEYS              make P-256 keys
 *   many MODULE PIN sign KEYS FIRST COUNT  log in and sign with one after the other, COUNT times,
 *                                          beginning with key FIRST
 *   many MODULE PIN login COUNT            begin, log in, sign and end, COUNT times
 *
 * Counted, not timed. A line tells when the first signature is done.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

enum { KEYS_MAX = 1024, TOLD_MAX = 10 };

struct pair {
	CK_OBJECT_HANDLE private;
	CK_OBJECT_HANDLE public;
};

static const char *
label_of(unsigned key)
{
	static char label[16];

	snprintf(label, sizeof label, "key%u", key);
	return label;
}

static struct pair
pair_find(const struct client *c, CK_SESSION_HANDLE h, unsigned key)
{
	return (struct pair){ client_find(c, h, CKO_PRIVATE_KEY, label_of(key)),
		client_find(c, h, CKO_PUBLIC_KEY, label_of(key)) };
}

static CK_RV
sign_and_verify(const struct client *c, CK_SESSION_HANDLE h, struct pair pair)
{
	CK_BYTE signature[SIGNATURE_LEN];
	CK_RV rv = client_sign(c, h, pair.private, signature);

	return rv == CKR_OK ? client_verify(c, h, pair.public, signature) : rv;
}

/* Returns whether it failed. */
static bool
tell(CK_RV rv, const char *what, unsigned number, unsigned failures)
{
	if (rv != CKR_OK && failures < TOLD_MAX)
		printf("# %s %u: 0x%lx\n", what, number, rv);
	if (rv == CKR_OK && number == 0)
		printf("# begun\n");
	fflush(stdout);
	return rv != CKR_OK;
}

static CK_SESSION_HANDLE
begin(struct client *c)
{
	CK_SESSION_HANDLE h = 0;

	client_start(c);
	h = client_open(c, CKF_RW_SESSION);
	must("C_Login", client_login(c, h));
	return h;
}

static void
make(struct client *c, unsigned keys)
{
	CK_SESSION_HANDLE h = begin(c);

	for (unsigned i = 0; i < keys; i++)
		client_pair(c, h, label_of(i));
	must("C_Finalize", c->f->C_Finalize(NULL));
	verdict(true, "the keys are made");
}

static void
sign(struct client *c, unsigned keys, unsigned first, unsigned count)
{
	static struct pair pairs[KEYS_MAX];
	CK_SESSION_HANDLE h = begin(c);
	unsigned failures = 0;

	for (unsigned i = 0; i < keys; i++)
		pairs[i] = pair_find(c, h, i);
	for (unsigned i = 0; i < count; i++)
		failures += tell(
			sign_and_verify(c, h, pairs[(first + i) % keys]), "signature", i, failures);
	must("C_Finalize", c->f->C_Finalize(NULL));
	printf("# %u of %u signatures failed\n", failures, count);
	verdict(failures == 0, "every signature is right");
}

/* As a program does that has just begun: its session in the TPM is new. */
static CK_RV
log_in_once(struct client *c)
{
	CK_SESSION_HANDLE h = 0;
	CK_RV rv = CKR_OK;

	client_start(c);
	h = client_open(c, 0);
	if ((rv = client_login(c, h)) == CKR_OK)
		rv = sign_and_verify(c, h, pair_find(c, h, 0));
	must("C_Finalize", c->f->C_Finalize(NULL));
	return rv;
}

static void
log_in(struct client *c, unsigned count)
{
	unsigned failures = 0;

	for (unsigned i = 0; i < count; i++)
		failures += tell(log_in_once(c), "login", i, failures);
	printf("# %u of %u logins failed\n", failures, count);
	verdict(failures == 0, "every login succeeds");
}

int
main(int argc, char **argv)
{
	struct client c = { 0 };
	unsigned numbers[3] = { 0 };

	for (int i = 4; i < argc && i < 7; i++)
		numbers[i - 4] = (unsigned)strtoul(argv[i], NULL, 10);
	if (argc < 5 || numbers[0] == 0 || numbers[0] > KEYS_MAX)
		return 2;
	client_load(&c, argv[1], argv[2]);
	if (strcmp(argv[3], "make") == 0)
		make(&c, numbers[0]);
	else if (strcmp(argv[3], "sign") == 0)
		sign(&c, numbers[0], numbers[1], numbers[2]);
	else
		log_in(&c, numbers[0]);
	return verdicts();
}
