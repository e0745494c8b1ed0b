/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * harden COMMAND...: runs a program as systemd does with NoNewPrivileges=yes,
 * MemoryDenyWriteExecute=yes and SystemCallFilter=. The system calls that are
 * allowed are read as words from standard input, which the program then has
 * no more; any other call kills it. For where systemd itself does not run.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Kernel 6.3; older headers do not have them. */
#define SET_MDWE         65
#define REFUSE_EXEC_GAIN 1UL

#define ALLOW        0x7fff0000U
#define KILL_PROCESS 0x80000000U

/* libseccomp, of which only the library is installed everywhere. */
struct seccomp {
	void *(*init)(uint32_t action);
	int (*resolve)(const char *name);
	int (*rule_add)(void *filter, uint32_t action, int call, unsigned int count, ...);
	int (*load)(const void *filter);
};

/* ISO C has no cast from an object pointer to a function pointer. */
static int
symbol(void *library, const char *name, void *function)
{
	void *address = dlsym(library, name);

	if (address == NULL)
		fprintf(stderr, "harden: libseccomp has no %s\n", name);
	memcpy(function, &address, sizeof(address));
	return address == NULL;
}

static int
seccomp_open(struct seccomp *s)
{
	void *library = dlopen("libseccomp.so.2", RTLD_NOW);

	if (library == NULL) {
		fprintf(stderr, "harden: %s\n", dlerror());
		return 1;
	}
	return symbol(library, "seccomp_init", &s->init) |
	       symbol(library, "seccomp_syscall_resolve_name", &s->resolve) |
	       symbol(library, "seccomp_rule_add", &s->rule_add) |
	       symbol(library, "seccomp_load", &s->load);
}

/* A name that this machine does not have is not called here either. */
static int
filter_calls(void)
{
	struct seccomp s = { 0 };
	char name[64];
	int count = 0;
	void *filter;

	if (seccomp_open(&s) != 0 || (filter = s.init(KILL_PROCESS)) == NULL)
		return 1;
	while (scanf("%63s", name) == 1) {
		int call = s.resolve(name);

		if (call >= 0 && s.rule_add(filter, ALLOW, call, 0) == 0)
			count++;
	}
	if (count == 0)
		fputs("harden: no system call is allowed\n", stderr);
	return count == 0 || s.load(filter) != 0;
}

int
main(int argc, char **argv)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return 125;
	if (prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0)
		fputs("harden: this kernel can not deny memory to be written and executed\n",
			stderr);
	if (filter_calls() != 0)
		return 125;
	dup2(null, STDIN_FILENO);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 125;
}
