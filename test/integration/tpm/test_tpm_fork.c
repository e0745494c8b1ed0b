/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is left of the way to the TPM in a child.
 */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "integration/tpm/rig.h"
#include "tpm/tpm_private.h"

static void
child_forgets_and_parent_goes_on(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf signature = BUF_EMPTY;
	int status = 0;
	pid_t pid = 0;

	rig_ec_key(r, &key);
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &signature));
	rig_commands(r);
	pid = fork();
	if (pid == 0) {
		tpm_abandon(r->tpm);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	assert_commands(r, "");
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &signature));
	assert_commands(r, "Sign");
	buf_free(&signature);
	rig_object_free(&key);
}

/* Which descriptor is /dev/zero; -1: none. */
static int
zero_open(void)
{
	struct stat zero;
	struct stat st;

	assert_int_equal(0, stat("/dev/zero", &zero));
	for (int fd = 0; fd < 256; fd++)
		if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == zero.st_rdev)
			return fd;
	return -1;
}

/* A child that keeps the device open keeps what its parent has loaded there, or locks it. */
static void
device_stays_with_the_process_that_opened_it(void **state)
{
	struct tpm *t = NULL;
	int status = 0;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(-1, zero_open());
	assert_rv(CKR_OK, tpm_new("device:/dev/zero", TPM_MANAGER_AUTO, &t));
	assert_rv(CKR_OK, tpm_open(t));
	assert_int_not_equal(-1, zero_open());
	assert_int_equal(FD_CLOEXEC, fcntl(zero_open(), F_GETFD) & FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		tpm_after_fork(t);
		_exit(zero_open() == -1 ? 0 : 1);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	assert_int_not_equal(-1, zero_open());
	tpm_free(t);
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

/* The numbers are other files' when the TPM's connection is closed: those stay open in a child. */
static void
child_keeps_what_is_not_the_tpms(void **state)
{
	struct rig *r = *state;
	int status = 0;
	int pair[2];
	int before = 0;
	pid_t pid = 0;
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_random(r->tpm, 32, &out));
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	before = sockets_open();
	pid = fork();
	if (pid == 0) {
		tpm_after_fork(r->tpm);
		_exit(sockets_open() == before ? 0 : 1);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	close(pair[0]);
	close(pair[1]);
	buf_free(&out);
}

struct maker {
	struct rig *r;
	struct tpm *t;
	CK_RV rv;
	atomic_bool done;
};

static void *
make_a_slow_key(void *arg)
{
	struct keyspec spec = { KEY_RSA, CURVE_NONE, 2048, true, true, false };
	struct maker *m = arg;
	struct buf public = BUF_EMPTY;
	struct buf private = BUF_EMPTY;

	m->rv = tpm_create_key(m->t, &m->r->parent, BYTES_EMPTY, &m->r->caps, &spec, rig_auth(),
		&public, &private);
	buf_free(&public);
	buf_free(&private);
	m->done = true;
	return NULL;
}

/*
 * swtpm serves one connection at a time, so a child that keeps a copy of the parent's hangs both.
 * The key takes some hundred ms; that the command is on its way is seen by its socket. A fork in
 * the middle of connecting does not count.
 */
static void
child_of_a_fork_during_a_command_holds_no_socket(void **state)
{
	struct rig *r = *state;
	int before = sockets_open();
	int without = 0;

	for (int tries = 0; tries < 20 && without == 0; tries++) {
		struct maker m = { r, r->tpm, CKR_GENERAL_ERROR, false };
		pthread_t thread;
		int status = 0;
		pid_t pid = 0;

		assert_int_equal(0, pthread_create(&thread, NULL, make_a_slow_key, &m));
		while (!m.done && sockets_open() == before)
			sched_yield();
		for (int i = 0; i < 10 && sockets_open() > before && without == 0; i++) {
			pid = fork();
			if (pid == 0) {
				tpm_after_fork(r->tpm);
				_exit(sockets_open() - before);
			}
			assert_int_equal(pid, waitpid(pid, &status, 0));
			without = status == 0 && sockets_open() > before;
		}
		assert_int_equal(0, pthread_join(thread, NULL));
		assert_rv(CKR_OK, m.rv);
	}
	assert_true(without);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(child_forgets_and_parent_goes_on),
		cmocka_unit_test(device_stays_with_the_process_that_opened_it),
		CASE(child_keeps_what_is_not_the_tpms),
		CASE(child_of_a_fork_during_a_command_holds_no_socket),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
