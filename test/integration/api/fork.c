/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child of a program that uses the module starts clean, and its parent goes on.
 */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api.h"

static void
use(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	uint8_t signature[64], digest[32] = "data";
	CK_ULONG n = sizeof(signature);

	find_keys(c, h);
	expect(c, "ECDSA around a fork", CKR_OK,
		sign(c, h, &m, c->ec.private, digest, sizeof(digest), signature, &n));
}

/* The parent signs while this runs. */
static void
child(struct ctx *c, CK_SESSION_HANDLE parents)
{
	CK_SESSION_HANDLE h = 0;
	CK_SESSION_INFO info;
	CK_ULONG n = 0;

	expect(c, "a call in a child", CKR_CRYPTOKI_NOT_INITIALIZED,
		c->f->C_GetSlotList(CK_TRUE, NULL, &n));
	expect(c, "the parent's session in a child", CKR_CRYPTOKI_NOT_INITIALIZED,
		c->f->C_GetSessionInfo(parents, &info));
	expect(c, "C_Finalize in a child", CKR_CRYPTOKI_NOT_INITIALIZED, c->f->C_Finalize(NULL));
	if (!expect_true(c, "a child starts", start(c)))
		return;
	expect(c, "the parent's session in a child that has started", CKR_SESSION_HANDLE_INVALID,
		c->f->C_GetSessionInfo(parents + 1, &info));
	h = open_session(c, 0);
	expect(c, "a child logs in for itself", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	for (int i = 0; i < 10; i++)
		use(c, h);
	expect(c, "C_Finalize", CKR_OK, c->f->C_Finalize(NULL));
}

struct maker {
	struct ctx *c;
	CK_SESSION_HANDLE h;
	CK_RV rv;
	atomic_bool done;
};

static void *
make_a_slow_key(void *arg)
{
	struct maker *m = arg;
	struct pair made;

	m->rv = generate_rsa(m->c, m->h, false, "while others fork", &made);
	m->done = true;
	return NULL;
}

static int
sockets_open(void)
{
	int count = 0;
	struct stat st;

	for (int fd = 0; fd < 256; fd++)
		count += fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
	return count;
}

/* A device file stays open between two commands, so that it is known by its name. */
static int
devices_open(void)
{
	static const char device[] = "/dev/tpm";
	int count = 0;
	char link[32], name[sizeof(device)] = "";

	for (int fd = 0; fd < 256; fd++) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		count += readlink(link, name, strlen(device)) == (ssize_t)strlen(device) &&
			 memcmp(name, device, strlen(device)) == 0;
	}
	return count;
}

/* before: sockets of others. */
static int
ways_open(int before)
{
	return sockets_open() - before + devices_open();
}

/* Was a child born while the TPM worked, and without a copy of the socket or the device file? */
static bool
fork_during(struct maker *m, int before)
{
	bool without = false;
	int status = 0;
	pid_t pid = -1;

	while (!m->done && ways_open(before) == 0)
		sched_yield();
	for (int i = 0; i < 10 && ways_open(before) > 0 && !without; i++) {
		pid = fork();
		if (pid == 0)
			_exit(ways_open(before));
		without = waitpid(pid, &status, 0) == pid && status == 0 && ways_open(before) > 0;
	}
	return without;
}

/*
 * swtpm serves one connection at a time: a child with a copy of it, even one that never calls the
 * module, hangs both; /dev/tpm0 is open to one process only, and /dev/tpmrm0 keeps what is loaded
 * until the last copy is closed. A fork in the middle of connecting does not count.
 */
static void
fork_while_a_thread_is_in_the_tpm(struct ctx *c, CK_SESSION_HANDLE h)
{
	int before = sockets_open();
	bool without = c->reference;

	for (int tries = 0; tries < 20 && !without; tries++) {
		struct maker m = { c, h, CKR_GENERAL_ERROR, false };
		pthread_t thread;

		if (!expect_true(c, "a thread starts",
			    pthread_create(&thread, NULL, make_a_slow_key, &m) == 0))
			return;
		without = fork_during(&m, before);
		pthread_join(thread, NULL);
		expect(c, "a key made around a fork", CKR_OK, m.rv);
	}
	expect_true(c, "a child has no copy of the way to the TPM", without);
}

void
test_fork(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	unsigned before = failures();
	int status = 0;
	pid_t pid = -1;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	use(c, h);
	pid = fork();
	if (pid == 0) {
		child(c, h);
		_exit(failures() == before ? 0 : 1);
	}
	expect_true(c, "a child is born", pid > 0);
	for (int i = 0; i < 10; i++)
		use(c, h);
	expect_true(c, "the child's tests pass", waitpid(pid, &status, 0) == pid && status == 0);
	use(c, h);
	fork_while_a_thread_is_in_the_tpm(c, h);
	use(c, h);
	close_all(c);
}
