/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that do not know of each other (their stores are different users') on one TPM without a
 * resource manager: each flushes what another has loaded, whenever it needs room.
 *
 * STRANGERS_SIGNATURES: how many each process makes.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "integration/tpm/rig_share.h"
#include "tpm/tpm_private.h"

enum { KEYS = 12, PROCESSES = 4, SIGNATURES = 150 };

static struct rig_object keys[KEYS];

static int
setup(void **state)
{
	return rig_keys(state, keys, KEYS);
}

static unsigned
signatures(void)
{
	const char *number = getenv("STRANGERS_SIGNATURES");

	return number != NULL ? (unsigned)strtoul(number, NULL, 10) : SIGNATURES;
}

/*
 * Status 0: all signatures were right. Each process has keys of its own, as each store has: one that
 * finds its own key at a handle where another's was a moment ago takes the refusal for the truth.
 */
static int
worker(struct rig *r, unsigned me, unsigned count)
{
	struct tpm *t = rig_join(r, me, NULL, NULL);
	unsigned failures = 0;

	for (unsigned i = 0; i < count; i++) {
		CK_RV rv = rig_sign_and_verify(t, &keys[(i * PROCESSES + me) % KEYS]);

		if (rv != CKR_OK && failures++ < 5)
			print_message("process %u, signature %u: 0x%lx: %s\n", me, i, rv,
				log_last_error());
	}
	tpm_free(t);
	if (failures > 0)
		print_message("process %u: %u of %u failed\n", me, failures, count);
	return failures == 0 ? 0 : 1;
}

static void
strangers_sign_at_the_same_time(void **state)
{
	struct rig *r = *state;
	pid_t pids[PROCESSES];
	int status = 0;
	unsigned good = 0;

	for (unsigned i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(worker(r, i, signatures()));
		}
		assert_true(pids[i] > 0);
	}
	for (unsigned i = 0; i < PROCESSES; i++) {
		assert_int_equal(pids[i], waitpid(pids[i], &status, 0));
		good += status == 0;
	}
	assert_int_equal(PROCESSES, good);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(strangers_sign_at_the_same_time),
	};
	int failures = 0;

	if (!swtpm_available())
		return 77;
	failures = cmocka_run_group_tests(tests, rig_setup, rig_teardown);
	rig_keys_free(keys, KEYS);
	return failures;
}
