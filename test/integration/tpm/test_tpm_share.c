/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More keys and more processes than a TPM without a resource manager has room
 * for: three objects, three sessions.
 */
#include "config.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "integration/tpm/rig_share.h"
#include "tpm/tpm_private.h"

enum { KEYS = 256, PROCESSES = 4 };

static struct rig_object keys[KEYS];

static int
setup(void **state)
{
	return rig_keys(state, keys, KEYS);
}

/* --- commands ------------------------------------------------------------------------------- */

static void
who_is_alone_keeps_what_it_has_loaded(void **state)
{
	struct rig *r = *state;
	struct tpm *t = rig_join(r, 0, NULL, NULL);

	assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[0]));
	assert_commands(r, "Load StartAuthSession Sign");
	assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[0]));
	assert_commands(r, "Sign");
	tpm_free(t);
	assert_commands(r, "FlushContext FlushContext");
}

static void
who_is_not_alone_leaves_nothing_behind(void **state)
{
	struct rig *r = *state;
	struct tpm *first = rig_join(r, 0, NULL, NULL);
	struct tpm *second = rig_join(r, 0, NULL, NULL);

	assert_rv(CKR_OK, rig_sign_and_verify(first, &keys[0]));
	rig_commands(r);
	assert_rv(CKR_OK, rig_sign_and_verify(second, &keys[1]));
	assert_commands(r, "Load StartAuthSession Sign FlushContext ContextSave");
	assert_rv(CKR_OK, rig_sign_and_verify(first, &keys[0]));
	assert_commands(r, "Sign FlushContext ContextSave");
	assert_int_equal(0, rig_left(r));
	assert_rv(CKR_OK, rig_sign_and_verify(second, &keys[1]));
	assert_commands(r, "Load ContextSave ContextLoad Sign FlushContext ContextSave");
	tpm_free(first);
	assert_commands(r, "FlushContext");
	assert_rv(CKR_OK, rig_sign_and_verify(second, &keys[1]));
	assert_commands(r, "ContextLoad ContextLoad Sign");
	assert_rv(CKR_OK, rig_sign_and_verify(second, &keys[1]));
	assert_commands(r, "Sign");
	tpm_free(second);
	assert_int_equal(0, rig_left(r));
}

/* Keys that are not in use cost their ContextSave once, when they come back for the first time. */
static void
contexts_are_used_where_they_cost_less(void **state)
{
	struct rig *r = *state;
	struct tpm *t = NULL;

	setenv("TOKENTEST_DELAY", "Load=30", 1);
	t = rig_join(r, 0, NULL, NULL);
	for (size_t i = 0; i < 9; i++) {
		rig_commands(r);
		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[i % 3]));
		if (i >= 6)
			assert_commands(r, "FlushContext ContextLoad Sign");
		else if (i >= 3)
			assert_commands(r, "FlushContext Load ContextSave Sign");
	}
	assert_rv(CKR_OK, tpm_forget(t, keys[0].o.public));
	assert_rv(CKR_OK, tpm_forget(t, keys[2].o.public));
	rig_commands(r);
	assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[0]));
	assert_commands(r, "Load Sign");
	tpm_free(t);
	unsetenv("TOKENTEST_DELAY");
}

static void
keys_are_loaded_where_contexts_cost_more(void **state)
{
	struct rig *r = *state;
	struct tpm *t = NULL;

	setenv("TOKENTEST_DELAY", "ContextLoad=30", 1);
	t = rig_join(r, 0, NULL, NULL);
	for (size_t i = 0; i < 12; i++) {
		rig_commands(r);
		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[i % 3]));
		if (i == 6)
			assert_commands(r, "FlushContext ContextLoad Sign");
		else if (i > 6)
			assert_commands(r, "FlushContext Load Sign");
	}
	tpm_free(t);
	unsetenv("TOKENTEST_DELAY");
}

static void
contexts_end_with_a_reset(void **state)
{
	struct rig *r = *state;
	struct tpm *t = rig_join(r, 0, NULL, NULL);
	struct tpm *other = rig_join(r, 0, NULL, NULL);

	for (size_t i = 0; i < 9; i++) {
		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[i % 3]));
		assert_rv(CKR_OK, rig_sign_and_verify(other, &keys[i % 3]));
	}
	assert_true(swtpm_reset(&r->swtpm));
	for (size_t i = 0; i < 6; i++) {
		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[i % 3]));
		assert_rv(CKR_OK, rig_sign_and_verify(other, &keys[i % 3]));
	}
	tpm_free(t);
	tpm_free(other);
	assert_int_equal(0, rig_left(r));
}

static void
primaries_come_back_from_their_context(void **state)
{
	struct rig *r = *state;
	struct tpm_parent null = { .handle = 0 };
	struct keyspec spec = { KEY_EC, CURVE_P256, 0, true, false, false };
	struct rig_object key;
	struct tpm *other = rig_join(r, 0, NULL, NULL);

	assert_rv(CKR_OK, rig_sign_and_verify(other, &keys[0]));
	r->tpm = rig_join(r, 0, NULL, NULL);
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_NULL, 0, BYTES_EMPTY, &null));
	rig_key(r, &null, &spec, &key);
	assert_rv(CKR_OK, rig_sign_and_verify(r->tpm, &key));
	assert_rv(CKR_OK, rig_sign_and_verify(r->tpm, &key));
	rig_commands(r);
	assert_rv(CKR_OK, tpm_forget(r->tpm, key.o.public)); /* so that it must be loaded */
	assert_rv(CKR_OK, rig_sign_and_verify(r->tpm, &key));
	assert_null(strstr(rig_commands(r), "CreatePrimary"));
	tpm_free(other);
	rig_object_free(&key);
	tpm_parent_free(&null);
}

struct fault_row {
	const char *fault;
	CK_RV rv;
	const char *commands;
};

/* The second signature; the process is not alone, so its session was saved after the first. */
static const struct fault_row faults[] = {
	/* too old */
	{ "ContextLoad=0x901", CKR_OK,
		"Load ContextSave ContextLoad FlushContext StartAuthSession Sign FlushContext "
		"ContextSave" },
	/* gone */
	{ "ContextLoad=0x1cb", CKR_OK,
		"Load ContextSave ContextLoad StartAuthSession Sign FlushContext ContextSave" },
	/* no slot, and nobody has one any more */
	{ "ContextLoad#1=0x903", CKR_OK,
		"Load ContextSave ContextLoad GetCapability ContextLoad Sign FlushContext ContextSave" },
	{ "ContextLoad#1=0x922", CKR_OK,
		"Load ContextSave ContextLoad ContextLoad Sign FlushContext ContextSave" },
	/* cannot be saved any more: given up */
	{ "ContextSave#3=0x901", CKR_OK,
		"Load ContextSave ContextLoad Sign FlushContext ContextSave FlushContext" },
	{ "ContextSave#2=0x101", CKR_OK,
		"Load ContextSave ContextLoad Sign FlushContext ContextSave" },
	/* the way broke */
	{ "ContextLoad#1=0xa000a", CKR_OK,
		"Load ContextSave ContextLoad Load StartAuthSession Sign FlushContext "
		"ContextSave" },
};

static void
session_that_cannot_be_had_again_is_started_anew(void **state)
{
	struct rig *r = *state;
	struct tpm *other = rig_join(r, 0, NULL, NULL);

	assert_rv(CKR_OK, rig_sign_and_verify(other, &keys[0]));
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct tpm *t = rig_join(r, 0, "TOKENTEST_FAULT", faults[i].fault);

		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[1]));
		rig_commands(r);
		assert_rv(faults[i].rv, rig_sign_and_verify(t, &keys[1]));
		assert_commands(r, faults[i].commands);
		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[1]));
		tpm_free(t);
		assert_true(swtpm_reset(&r->swtpm));
		rig_commands(r);
	}
	tpm_free(other);
}

/* --- many --------------------------------------------------------------------------------------
 */

static void
keys_take_turns_in_one_process(void **state)
{
	struct rig *r = *state;
	struct tpm *t = rig_join(r, 0, NULL, NULL);

	for (size_t i = 0; i < 3 * KEYS; i++)
		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[i % KEYS]));
	tpm_free(t);
	assert_int_equal(0, rig_left(r));
}

/* What processes tell each other. */
struct board {
	atomic_uint here;            /* who has signed once */
	atomic_uint done[PROCESSES]; /* signatures */
	atomic_uint least;           /* of anybody, when the first was through */
};

static unsigned
least_of(const struct board *b)
{
	unsigned least = KEYS;

	for (size_t i = 0; i < PROCESSES; i++)
		if (b->done[i] < least)
			least = b->done[i];
	return least;
}

/* Status 0: all signatures were right. */
static int
worker(struct rig *r, struct board *b, unsigned me)
{
	struct tpm *t = rig_join(r, 0, NULL, NULL);
	unsigned none = 0;
	CK_RV rv = rig_sign_and_verify(t, &keys[me]);

	b->here++;
	while (b->here < PROCESSES)
		sched_yield();
	for (unsigned i = 0; i < KEYS && rv == CKR_OK; i++) {
		rv = rig_sign_and_verify(t, &keys[(i + me * KEYS / PROCESSES) % KEYS]);
		b->done[me] += rv == CKR_OK;
	}
	atomic_compare_exchange_strong(&b->least, &none, least_of(b));
	tpm_free(t);
	return rv == CKR_OK ? 0 : 1;
}

static pid_t
start_worker(struct rig *r, struct board *b, unsigned me)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(worker(r, b, me));
	}
	assert_true(pid > 0);
	return pid;
}

/* Turns go round, so that nobody is far behind when the first is through. */
static void
keys_take_turns_in_four_processes_at_once(void **state)
{
	struct rig *r = *state;
	struct board *b =
		mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[PROCESSES];
	int status = 1;

	assert_ptr_not_equal(MAP_FAILED, b);
	for (unsigned i = 0; i < PROCESSES; i++)
		pids[i] = start_worker(r, b, i);
	for (unsigned i = 0; i < PROCESSES; i++) {
		assert_int_equal(pids[i], waitpid(pids[i], &status, 0));
		assert_int_equal(0, status);
		assert_int_equal(KEYS, b->done[i]);
	}
	assert_true(b->least >= KEYS / 4);
	assert_int_equal(0, rig_left(r));
	munmap(b, sizeof *b);
}

/* --- killed ------------------------------------------------------------------------------------
 */

/* A process that has signed with a key and is killed, at once or in the middle of the next ones. */
static void
live_and_die(struct rig *r, const struct rig_object *key, bool busy)
{
	int ready[2];
	char byte = 0;
	pid_t pid = 0;

	assert_int_equal(0, pipe(ready));
	pid = fork();
	if (pid == 0) {
		struct tpm *t = rig_join(r, 0, NULL, NULL);
		CK_RV rv = rig_sign_and_verify(t, key);

		for (int i = 0; busy && rv == CKR_OK && i < 10000; i++) {
			if (i == 5 && write(ready[1], "", 1) != 1)
				_exit(1);
			rv = rig_sign_and_verify(t, key);
		}
		if (rv == CKR_OK && write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(1, read(ready[0], &byte, 1));
	assert_int_equal(0, kill(pid, SIGKILL));
	assert_int_equal(pid, waitpid(pid, NULL, 0));
	close(ready[0]);
}

static void
killed_processes_lock_nobody_out(void **state)
{
	struct rig *r = *state;
	struct tpm *t = NULL;

	for (size_t i = 0; i < 10; i++)
		live_and_die(r, &keys[i], i % 2 == 1);
	t = rig_join(r, 0, NULL, NULL);
	for (size_t i = 0; i < 10; i++) {
		live_and_die(r, &keys[i], i % 2 == 1);
		assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[i]));
	}
	tpm_free(t);
}

/* More than the 64 sessions that a TPM has active, saved by processes that are no more. */
static void
sessions_that_killed_processes_saved_are_flushed(void **state)
{
	struct rig *r = *state;
	struct tpm *t = rig_join(r, 0, NULL, NULL);

	assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[0]));
	for (size_t i = 0; i < 70; i++)
		live_and_die(r, &keys[i], false);
	assert_rv(CKR_OK, rig_sign_and_verify(t, &keys[0]));
	tpm_free(t);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_is_alone_keeps_what_it_has_loaded),
		CASE(who_is_not_alone_leaves_nothing_behind),
		CASE(contexts_are_used_where_they_cost_less),
		CASE(keys_are_loaded_where_contexts_cost_more),
		CASE(contexts_end_with_a_reset),
		CASE(primaries_come_back_from_their_context),
		CASE(session_that_cannot_be_had_again_is_started_anew),
		CASE(keys_take_turns_in_one_process),
		CASE(keys_take_turns_in_four_processes_at_once),
		CASE(killed_processes_lock_nobody_out),
		CASE(sessions_that_killed_processes_saved_are_flushed),
	};
	int failures = 0;

	if (!swtpm_available())
		return 77;
	failures = cmocka_run_group_tests(tests, rig_setup, rig_teardown);
	rig_keys_free(keys, KEYS);
	return failures;
}
