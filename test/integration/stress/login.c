/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that log in at the same moment: a right PIN is right for all of them, and guesses are
 * counted as if one came after the other.
 *
 *   login MODULE PIN right          sixteen log in
 *   login MODULE PIN wrong TRIES    sixteen guess: so many times the PIN is incorrect, then it is
 * locked login MODULE PIN killed         one is killed while the TPM looks at its PIN: that counts
 * as a try
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

#define PROCESSES 16

/* What a login gave, as an exit status. */
enum outcome { LOGGED_IN, INCORRECT, LOCKED, OTHER, OUTCOMES };

static enum outcome
outcome_of(CK_RV rv)
{
	switch (rv) {
	case CKR_OK:
		return LOGGED_IN;
	case CKR_PIN_INCORRECT:
		return INCORRECT;
	case CKR_PIN_LOCKED:
		return LOCKED;
	default:
		printf("# process %d: C_Login returned 0x%lx\n", (int)getpid(), rv);
		return OTHER;
	}
}

/* The parent closes its end of the pipe when all are there. */
static int
child(struct client *c, const int *start)
{
	CK_SESSION_HANDLE h = 0;
	enum outcome outcome = OTHER;
	char byte = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(start[1]);
	client_start(c);
	h = client_open(c, 0);
	if (read(start[0], &byte, 1) == 0)
		outcome = outcome_of(client_login(c, h));
	must("C_Finalize", c->f->C_Finalize(NULL));
	return outcome;
}

static void
start_all(struct client *c, const int *start, pid_t *pids)
{
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			exit(child(c, start)); /* which prints */
		if (pids[i] < 0)
			must("fork", CKR_HOST_MEMORY);
	}
}

static void
log_in_all(struct client *c, unsigned *counts)
{
	pid_t pids[PROCESSES];
	int start[2];
	int status = 0;

	if (pipe(start) != 0)
		must("pipe", CKR_HOST_MEMORY);
	fflush(stdout); /* or each child has it, too */
	start_all(c, start, pids);
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < PROCESSES; i++) {
		if (waitpid(pids[i], &status, 0) == pids[i] && WIFEXITED(status) &&
			WEXITSTATUS(status) < OTHER)
			counts[WEXITSTATUS(status)]++;
		else
			counts[OTHER]++;
	}
	printf("# %u logged in, %u PIN incorrect, %u locked, %u other\n", counts[LOGGED_IN],
		counts[INCORRECT], counts[LOCKED], counts[OTHER]);
}

static void
right(struct client *c)
{
	unsigned counts[OUTCOMES] = { 0 };

	log_in_all(c, counts);
	verdict(counts[LOGGED_IN] == PROCESSES, "sixteen processes log in with the right PIN");
}

static void
wrong(struct client *c, unsigned tries)
{
	unsigned counts[OUTCOMES] = { 0 };

	c->pin = "not the PIN at all";
	log_in_all(c, counts);
	verdict(counts[INCORRECT] == tries && counts[LOCKED] == PROCESSES - tries,
		"of sixteen guesses as many are tried as there are tries");
}

/* The TPM takes long. The flag says: a try is counted. */
static void
killed(struct client *c)
{
	CK_TOKEN_INFO info = { .flags = 0 };
	pid_t pid = 0;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		client_start(c);
		_exit(client_login(c, client_open(c, 0)) == CKR_OK ? 0 : 1);
	}
	client_start(c);
	for (int i = 0; i < 5000 && (info.flags & CKF_USER_PIN_COUNT_LOW) == 0; i++) {
		usleep(1000);
		must("C_GetTokenInfo", c->f->C_GetTokenInfo(c->slot, &info));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	must("C_GetTokenInfo", c->f->C_GetTokenInfo(c->slot, &info));
	verdict((info.flags & CKF_USER_PIN_COUNT_LOW) != 0,
		"a process that is killed in the middle has used a try");
	verdict(outcome_of(client_login(c, client_open(c, 0))) == LOGGED_IN,
		"and keeps nobody out");
	must("C_Finalize", c->f->C_Finalize(NULL));
}

int
main(int argc, char **argv)
{
	struct client c = { 0 };

	if (argc < 4)
		return 2;
	client_load(&c, argv[1], argv[2]);
	if (strcmp(argv[3], "right") == 0)
		right(&c);
	else if (strcmp(argv[3], "killed") == 0)
		killed(&c);
	else if (argc == 5)
		wrong(&c, (unsigned)strtoul(argv[4], NULL, 10));
	return verdicts();
}
