/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Children of a program that uses the module: they start clean, their parent
 * goes on, and nobody waits for what the other one held.
 *
 *   fork MODULE PIN
 *   fork files           how many files that are not the standard ones are open here
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fork.h"

static const char *self;
static const char *module;

/* --- what stories share --- */

bool
signs(const struct client *c)
{
	CK_SESSION_HANDLE h = client_open(c, 0);
	CK_BYTE signature[SIGNATURE_LEN];
	CK_RV rv = client_sign(c, h, client_find(c, h, CKO_PRIVATE_KEY, "key"), signature);

	if (rv == CKR_OK)
		rv = client_verify(c, h, client_find(c, h, CKO_PUBLIC_KEY, "key"), signature);
	if (rv != CKR_OK)
		printf("# process %d signs: 0x%lx\n", (int)getpid(), rv);
	must("C_CloseSession", c->f->C_CloseSession(h));
	return rv == CKR_OK;
}

static enum child
log_in_and_sign(struct client *c)
{
	CK_RV rv = client_login(c, client_open(c, 0));

	if (rv != CKR_OK)
		printf("# process %d logs in: 0x%lx\n", (int)getpid(), rv);
	return rv == CKR_OK && signs(c) ? CHILD_GOOD : CHILD_WRONG;
}

static bool
is_uninitialised(const struct client *c)
{
	CK_INFO info;
	CK_ULONG count = 0;

	return c->f->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED &&
	       c->f->C_GetSlotList(CK_TRUE, NULL, &count) == CKR_CRYPTOKI_NOT_INITIALIZED &&
	       c->f->C_CloseAllSessions(c->slot) == CKR_CRYPTOKI_NOT_INITIALIZED &&
	       c->f->C_Finalize(NULL) == CKR_CRYPTOKI_NOT_INITIALIZED;
}

enum child
use_anew(struct client *c)
{
	CK_SLOT_ID slots[4];
	CK_ULONG count = COUNT(slots);
	CK_TOKEN_INFO info = { .flags = 0 };
	enum child child = CHILD_WRONG;

	if (!is_uninitialised(c))
		return CHILD_WRONG;
	must("C_Initialize", c->f->C_Initialize(NULL));
	must("C_GetSlotList", c->f->C_GetSlotList(CK_TRUE, slots, &count));
	if (count > 0)
		must("C_GetTokenInfo", c->f->C_GetTokenInfo(slots[0], &info));
	if ((info.flags & CKF_TOKEN_INITIALIZED) != 0)
		child = log_in_and_sign(c);
	else
		printf("# process %d has no token\n", (int)getpid());
	must("C_Finalize", c->f->C_Finalize(NULL));
	return child;
}

pid_t
give_birth(enum child (*life)(struct client *c), struct client *c)
{
	pid_t pid = -1;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		must("fork", CKR_HOST_MEMORY);
	if (pid == 0) {
		alarm(PATIENCE);
		exit(life(c));
	}
	return pid;
}

enum child
outlive(pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, 0) != pid)
		must("waitpid", CKR_GENERAL_ERROR);
	if (WIFEXITED(status) && WEXITSTATUS(status) <= CHILD_WRONG)
		return (enum child)WEXITSTATUS(status);
	printf("# process %d ended with status 0x%x\n", (int)pid, (unsigned)status);
	return CHILD_WRONG;
}

/* --- stories: the parent is logged in before and after each --- */

static enum child
only_exit(struct client *c)
{
	(void)c;
	return CHILD_GOOD;
}

static enum child
start_again_and_again(struct client *c)
{
	for (int i = 0; i < 3; i++)
		if (use_anew(c) != CHILD_GOOD)
			return CHILD_WRONG;
	return is_uninitialised(c) ? CHILD_GOOD : CHILD_WRONG;
}

static enum child
have_a_child_at_once(struct client *c)
{
	return is_uninitialised(c) ? outlive(give_birth(use_anew, c)) : CHILD_WRONG;
}

/* It has sessions of its own, and a key loaded. */
static enum child
have_a_child_in_use(struct client *c)
{
	pid_t pid = -1;

	client_start(c);
	if (log_in_and_sign(c) != CHILD_GOOD)
		return CHILD_WRONG;
	pid = give_birth(use_anew, c);
	if (!signs(c) || outlive(pid) != CHILD_GOOD || !signs(c))
		return CHILD_WRONG;
	return c->f->C_Finalize(NULL) == CKR_OK ? CHILD_GOOD : CHILD_WRONG;
}

/* What a daemon does: it goes on when the process that logged in is gone. */
static enum child
go_on_alone(struct client *c, int parents_end, int report)
{
	char nothing = 0;
	char good = 0;

	(void)!read(parents_end, &nothing, 1); /* ends when the parent does */
	good = use_anew(c) == CHILD_GOOD;
	return write(report, &good, 1) == 1 ? CHILD_GOOD : CHILD_WRONG;
}

static enum child
become_a_daemon(struct client *c)
{
	int life[2], report[2];
	char good = 0;
	pid_t pid = -1;

	if (pipe(life) != 0 || pipe(report) != 0 || (pid = fork()) < 0)
		return CHILD_WRONG;
	if (pid == 0) {
		client_start(c);
		if (log_in_and_sign(c) != CHILD_GOOD || (pid = fork()) != 0)
			_exit(pid > 0 ? 0 : 1); /* in use, and without C_Finalize */
		alarm(PATIENCE);
		close(life[1]);
		_exit(go_on_alone(c, life[0], report[1]));
	}
	close(life[1]);
	close(report[1]);
	if (outlive(pid) != CHILD_GOOD || read(report[0], &good, 1) != 1)
		good = 0;
	close(life[0]);
	close(report[0]);
	return good ? CHILD_GOOD : CHILD_WRONG;
}

static enum child
unload(struct client *c)
{
	void *dl = dlopen(module, RTLD_NOW | RTLD_NOLOAD);

	if (use_anew(c) != CHILD_GOOD)
		return CHILD_WRONG;
	for (int i = 0; i < 2; i++) /* once for this dlopen(), once for the parent's */
		dlclose(dl);
	if (dlopen(module, RTLD_NOW | RTLD_NOLOAD) != NULL)
		puts("# it stays in memory");
	return outlive(give_birth(only_exit, c));
}

struct story {
	const char *sentence;
	enum child (*life)(struct client *c);
};

static const struct story stories[] = {
	{ "a child that only exits", only_exit },
	{ "a child that uses the module", use_anew },
	{ "a child that starts and ends it three times", start_again_and_again },
	{ "a child with a child, before it has used the module", have_a_child_at_once },
	{ "a child with a child, in the middle of using it", have_a_child_in_use },
	{ "a daemon whose parents are gone", become_a_daemon },
	{ "a child that unloads the module and has a child", unload },
};

static void
tell(struct client *c, const struct story *s)
{
	pid_t pid = give_birth(s->life, c);
	bool beside = signs(c);
	bool good = outlive(pid) == CHILD_GOOD;

	verdict(good && beside && signs(c), s->sentence);
}

/* --- another program, without fork handlers --- */

static int
count_files(void)
{
	int count = 0;

	for (int fd = STDERR_FILENO + 1; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
spawn_another_program(struct client *c, int files_before)
{
	char *arguments[] = { (char *)self, (char *)"files", NULL };
	int status = 0;
	pid_t pid = -1;

	if (posix_spawn(&pid, self, NULL, NULL, arguments, NULL) != 0)
		must("posix_spawn", CKR_GENERAL_ERROR);
	verdict(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
			WEXITSTATUS(status) == files_before && signs(c),
		"a program that is spawned gets no file of the module");
}

/* --- all of them --- */

/* The handler of fork() is gone with the module. */
static void
fork_without_the_module(struct client *c)
{
	for (int i = 0; i < 20; i++) {
		void *dl = dlopen(module, RTLD_NOW | RTLD_NOLOAD);

		must("C_Initialize", c->f->C_Initialize(NULL));
		must("C_Finalize", c->f->C_Finalize(NULL));
		dlclose(dl);
		dlclose(dl);
		if (i < 19)
			client_load(c, module, c->pin);
	}
	verdict(outlive(give_birth(only_exit, c)) == CHILD_GOOD, "a child without the module");
}

int
main(int argc, char **argv)
{
	struct client c = { 0 };
	int files_before = count_files();

	if (argc == 2 && strcmp(argv[1], "files") == 0)
		return count_files();
	if (argc != 3)
		return 2;
	self = argv[0];
	module = argv[1];
	client_load(&c, module, argv[2]);
	client_start(&c);
	must("C_Login", client_login(&c, client_open(&c, CKF_RW_SESSION)));
	verdict(signs(&c), "the parent signs");
	for (size_t i = 0; i < COUNT(stories); i++)
		tell(&c, &stories[i]);
	spawn_another_program(&c, files_before);
	fork_beside_threads(&c);
	fork_without_the_module(&c);
	return verdicts();
}
