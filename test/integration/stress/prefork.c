/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A preforking server: the parent logs in and signs, forks four children, and goes on signing while
 * each of them starts anew, logs in and signs.
 *
 *   prefork MODULE PIN
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

#define CHILDREN   4
#define SIGNATURES 50 /* each */

static bool
is_ok(const char *what, CK_RV rv)
{
	if (rv != CKR_OK)
		printf("# process %d: %s returned 0x%lx\n", (int)getpid(), what, rv);
	return rv == CKR_OK;
}

static bool
signs(const struct client *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE private = client_find(c, h, CKO_PRIVATE_KEY, "key");
	CK_OBJECT_HANDLE public = client_find(c, h, CKO_PUBLIC_KEY, "key");
	CK_BYTE signature[SIGNATURE_LEN];

	for (int i = 0; i < SIGNATURES; i++)
		if (!is_ok("C_Sign", client_sign(c, h, private, signature)) ||
			!is_ok("C_Verify", client_verify(c, h, public, signature)))
			return false;
	return true;
}

/* The parent's session is nothing here. Every second child ends without C_Finalize. */
static int
child(struct client *c, CK_SESSION_HANDLE parents, int number)
{
	CK_SESSION_INFO info;
	CK_SESSION_HANDLE h = 0;

	if (c->f->C_GetSessionInfo(parents, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	client_start(c);
	h = client_open(c, 0);
	if (!is_ok("C_Login", client_login(c, h)))
		return 2;
	if (!signs(c, h))
		return 3;
	return number % 2 == 0 || c->f->C_Finalize(NULL) == CKR_OK ? 0 : 4;
}

static pid_t
fork_one(struct client *c, CK_SESSION_HANDLE h, int number)
{
	pid_t pid = fork();

	if (pid == 0)
		exit(child(c, h, number)); /* which prints */
	if (pid < 0)
		must("fork", CKR_HOST_MEMORY);
	return pid;
}

static void
wait_for_all(const pid_t *pids)
{
	for (int i = 0; i < CHILDREN; i++) {
		int status = 0;
		bool ended = waitpid(pids[i], &status, 0) == pids[i];

		if (!ended || status != 0)
			printf("# status 0x%x\n", (unsigned)status);
		verdict(ended && status == 0, "a child starts anew, logs in and signs");
	}
}

int
main(int argc, char **argv)
{
	struct client c = { 0 };
	CK_SESSION_HANDLE h = 0;
	pid_t pids[CHILDREN];

	if (argc != 3)
		return 2;
	client_load(&c, argv[1], argv[2]);
	client_start(&c);
	h = client_open(&c, CKF_RW_SESSION);
	must("C_Login", client_login(&c, h));
	verdict(signs(&c, h), "the parent signs");
	fflush(stdout); /* or each child has it, too */
	for (int i = 0; i < CHILDREN; i++)
		pids[i] = fork_one(&c, h, i);
	verdict(signs(&c, h), "the parent signs while its children do");
	wait_for_all(pids);
	verdict(signs(&c, h), "the parent signs when they are gone");
	must("C_Finalize", c.f->C_Finalize(NULL));
	return verdicts();
}
