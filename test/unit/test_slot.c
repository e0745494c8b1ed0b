/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots where nothing works: programs that do not need us must not notice.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

#include "session/session.h"

static char dir[] = "/tmp/test_slot.XXXXXX";
static char conf[64], store[64];

/* A configuration with this content, a store that is not there, a TPM that nobody has. */
static struct slots *
open_with(const char *content)
{
	struct slots *s = NULL;
	FILE *f = fopen(conf, "w");

	assert_non_null(f);
	assert_true(fputs(content, f) >= 0);
	assert_int_equal(0, fclose(f));
	assert_rv(CKR_OK, slots_open(conf, &s));
	return s;
}

static CK_ULONG
slot_count(struct slots *s)
{
	CK_ULONG n = 99;

	assert_rv(CKR_OK, slots_list(s, NULL, &n));
	return n;
}

static void
bad_configuration_means_no_slots(void **state)
{
	struct slots *s = open_with("nonsense\n");
	CK_SLOT_INFO info;

	(void)state;
	assert_int_equal(0, slot_count(s));
	assert_rv(CKR_SLOT_ID_INVALID, slot_info(s, 1, &info));
	slots_close(s);
}

static void
bad_configuration_is_nothing_to_a_fork(void **state)
{
	struct slots *s = open_with("nonsense\n");
	struct timespec now = { 0 };

	(void)state;
	assert_true(slots_before_fork(s, &now));
	slots_after_fork_in_parent(s);
	slots_after_fork(s, true, false);
	slots_close(s);
}

static void
without_store_there_is_the_empty_slot(void **state)
{
	struct slots *s = open_with("");
	CK_SLOT_ID id = 0;
	CK_ULONG n = 1;
	CK_TOKEN_INFO info;

	(void)state;
	assert_int_equal(1, slot_count(s));
	assert_rv(CKR_OK, slots_list(s, &id, &n));
	assert_int_equal(1, id);
	assert_rv(CKR_OK, slot_token_info(s, id, &info));
	assert_int_equal(CKF_RNG, info.flags);
	slots_close(s);
}

static void
looking_makes_no_store(void **state)
{
	struct slots *s = open_with("");

	(void)state;
	assert_int_equal(1, slot_count(s));
	slots_close(s);
	assert_int_equal(-1, access(store, F_OK));
}

static void
digests_are_listed_before_there_is_a_token(void **state)
{
	struct slots *s = open_with("");
	CK_MECHANISM_INFO info;
	CK_ULONG n = 0;

	(void)state;
	assert_rv(CKR_OK, slot_mechanisms(s, 1, NULL, &n));
	assert_int_equal(9, n);
	assert_rv(CKR_OK, slot_mechanism_info(s, 1, CKM_SHA256, &info));
	assert_rv(CKR_MECHANISM_INVALID, slot_mechanism_info(s, 1, CKM_ECDSA, &info));
	assert_rv(CKR_MECHANISM_INVALID, slot_mechanism_info(s, 1, CKM_VENDOR_DEFINED, &info));
	assert_rv(CKR_SLOT_ID_INVALID, slot_mechanisms(s, 2, NULL, &n));
	slots_close(s);
}

static void
the_empty_slot_opens_a_session(void **state)
{
	struct slots *s = open_with("");
	CK_SESSION_HANDLE h = 0, still_open = 0;

	(void)state;
	assert_rv(CKR_OK, session_open(s, 1, CKF_SERIAL_SESSION, &h));
	assert_rv(CKR_OK, session_open(s, 1, CKF_SERIAL_SESSION | CKF_RW_SESSION, &still_open));
	assert_rv(CKR_OK, session_close(s, h));
	assert_rv(CKR_SLOT_ID_INVALID, session_open(s, 9, CKF_SERIAL_SESSION, &h));
	assert_rv(CKR_SESSION_HANDLE_INVALID, session_close(s, 0));
	assert_rv(CKR_SESSION_HANDLE_INVALID, session_close(s, ~0ul));
	slots_close(s);
}

static int
prepare(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(conf, sizeof(conf), "%s/conf", dir);
	snprintf(store, sizeof(store), "%s/store.db", dir);
	setenv("TPM2_TOKEN_STORE", store, 1);
	setenv("TPM2_TOKEN_TCTI", "device:/nonexistent", 1);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	unlink(conf);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_configuration_means_no_slots),
		cmocka_unit_test(bad_configuration_is_nothing_to_a_fork),
		cmocka_unit_test(without_store_there_is_the_empty_slot),
		cmocka_unit_test(looking_makes_no_store),
		cmocka_unit_test(digests_are_listed_before_there_is_a_token),
		cmocka_unit_test(the_empty_slot_opens_a_session),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
