/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>
#include <tss2/tss2_tpm2_types.h>

#include "base/log.h"
#include "unit.h"

static void
tpm_codes_mean_what_was_authorised(void **state)
{
	(void)state;
	assert_rv(CKR_OK, rv_tss(0, RV_PIN, "x"));
	assert_rv(CKR_PIN_INCORRECT, rv_tss(TPM2_RC_AUTH_FAIL | TPM2_RC_S | TPM2_RC_1, RV_PIN, "TPM2_Unseal"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TPM2_RC_AUTH_FAIL | TPM2_RC_S | TPM2_RC_1, RV_KEY, "TPM2_Sign"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TPM2_RC_BAD_AUTH | TPM2_RC_S | TPM2_RC_1, RV_PIN, "TPM2_Unseal"));
	assert_rv(CKR_PIN_LOCKED, rv_tss(TPM2_RC_LOCKOUT, RV_PIN, "TPM2_Unseal"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TPM2_RC_INTEGRITY | TPM2_RC_P | TPM2_RC_1, RV_PIN, "TPM2_Load"));
}

/* PKCS#11: C_Sign returns none of these codes. */
static void
only_who_makes_a_key_is_told_what_the_tpm_lacks(void **state)
{
	(void)state;
	assert_rv(CKR_CURVE_NOT_SUPPORTED, rv_tss(TPM2_RC_CURVE | TPM2_RC_P, RV_NEW, "TPM2_Create"));
	assert_rv(CKR_MECHANISM_INVALID, rv_tss(TPM2_RC_COMMAND_CODE, RV_NEW, "TPM2_Create"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TPM2_RC_CURVE | TPM2_RC_P, RV_KEY, "TPM2_Load"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TPM2_RC_COMMAND_CODE, RV_KEY, "TPM2_Sign"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TPM2_RC_COMMAND_CODE, RV_OTHER, "TPM2_GetRandom"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TPM2_RC_LOCKOUT, RV_KEY, "TPM2_Sign"));
}

static void
codes_of_a_resource_manager_are_the_tpms(void **state)
{
	(void)state;
	assert_rv(CKR_DEVICE_MEMORY, rv_tss(TSS2_RESMGR_TPM_RC_LAYER | TPM2_RC_OBJECT_MEMORY, RV_OTHER, "x"));
	assert_rv(CKR_PIN_LOCKED, rv_tss(TSS2_RESMGR_RC_LAYER | TPM2_RC_LOCKOUT, RV_PIN, "x"));
	assert_rv(CKR_DEVICE_ERROR, rv_tss(TSS2_TCTI_RC_IO_ERROR, RV_PIN, "x"));
	assert_rv(CKR_HOST_MEMORY, rv_tss(TSS2_ESYS_RC_MEMORY, RV_PIN, "x"));
}

static void
sqlite_and_errno_codes(void **state)
{
	(void)state;
	assert_rv(CKR_OK, rv_sqlite(SQLITE_OK, NULL, "x"));
	assert_rv(CKR_DEVICE_MEMORY, rv_sqlite(SQLITE_FULL, NULL, "x"));
	assert_rv(CKR_TOKEN_WRITE_PROTECTED, rv_sqlite(SQLITE_READONLY_DIRECTORY, NULL, "x"));
	assert_rv(CKR_DEVICE_ERROR, rv_sqlite(SQLITE_CORRUPT, NULL, "x"));
	assert_rv(CKR_OK, rv_errno(0, "x"));
	assert_rv(CKR_DEVICE_MEMORY, rv_errno(ENOSPC, "x"));
	assert_rv(CKR_HOST_MEMORY, rv_errno(EMFILE, "x"));
	assert_rv(CKR_DEVICE_ERROR, rv_errno(EACCES, "x"));
}

static void
the_last_error_is_kept_also_when_the_log_is_off(void **state)
{
	(void)state;
	log_forget_error();
	assert_string_equal(log_last_error(), "");
	assert_rv(CKR_ARGUMENTS_BAD, rv_fail(CKR_ARGUMENTS_BAD, "label %d is taken", 7));
	assert_string_equal(log_last_error(), "label 7 is taken");
	assert_rv(CKR_DEVICE_ERROR, rv_errno(EACCES, "/dev/tpmrm0"));
	assert_non_null(strstr(log_last_error(), "/dev/tpmrm0: "));
}

static void
a_log_file_gets_lines_of_its_level_and_above(void **state)
{
	char path[] = "/tmp/tpm2-token-log-XXXXXX";
	char spec[64];
	char text[256] = "";
	int fd = mkstemp(path);
	ssize_t n = 0;

	(void)state;
	assert_true(fd >= 0);
	snprintf(spec, sizeof spec, "warn:%s", path);
	log_open(spec);
	log_info("not this");
	log_warn("this");
	log_close();
	log_error("nor this");
	n = read(fd, text, sizeof text - 1);
	close(fd);
	unlink(path);
	assert_true(n > 0);
	assert_non_null(strstr(text, " warn: this\n"));
	assert_null(strstr(text, "not this"));
	assert_null(strstr(text, "nor this"));
}

static atomic_bool enough;

static void *
log_without_end(void *arg)
{
	while (!enough)
		log_error("busy");
	return arg;
}

/* Whatever another thread of the parent was doing; a child that hangs is killed. */
static void
the_child_of_a_fork_can_log(void **state)
{
	pthread_t thread;

	(void)state;
	log_open("debug:/dev/null");
	assert_int_equal(pthread_create(&thread, NULL, log_without_end, NULL), 0);
	for (int i = 0; i < 100; i++) {
		int status = -1;
		pid_t child = fork();

		assert_int_not_equal(child, -1);
		if (child == 0) {
			alarm(10);
			log_error("here");
			log_open("off");
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	enough = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
	log_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tpm_codes_mean_what_was_authorised),
		cmocka_unit_test(only_who_makes_a_key_is_told_what_the_tpm_lacks),
		cmocka_unit_test(codes_of_a_resource_manager_are_the_tpms),
		cmocka_unit_test(sqlite_and_errno_codes),
		cmocka_unit_test(the_last_error_is_kept_also_when_the_log_is_off),
		cmocka_unit_test(a_log_file_gets_lines_of_its_level_and_above),
		cmocka_unit_test(the_child_of_a_fork_can_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
