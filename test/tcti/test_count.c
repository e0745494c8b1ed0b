/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The test TCTI as other processes get it: a loadable module, set up by the
 * environment.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <tss2/tss2_tctildr.h>

#include "tcti/rig.h"

#define NONE3 ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE

static struct swtpm tpm;

struct stack {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
};

static int
start(void **state)
{
	(void)state;
	setenv("TSS2_LOG", "all+NONE", 0);
	return swtpm_start(&tpm) ? 0 : -1;
}

static int
stop(void **state)
{
	(void)state;
	swtpm_stop(&tpm);
	return 0;
}

static TSS2_RC
open_module(struct stack *s)
{
	char conf[512];
	TSS2_RC rc = TSS2_RC_SUCCESS;

	*s = (struct stack){ NULL, NULL };
	snprintf(conf, sizeof conf, "%s:%s", TOKENTEST_MODULE, tpm.tcti);
	if ((rc = Tss2_TctiLdr_Initialize(conf, &s->tcti)) != TSS2_RC_SUCCESS)
		return rc;
	return Esys_Initialize(&s->esys, s->tcti, NULL);
}

static int
close_module(void **state)
{
	struct stack *s = *state;

	(void)unsetenv("TOKENTEST_LOG");
	(void)unsetenv("TOKENTEST_FAULT");
	(void)unsetenv("TOKENTEST_DELAY");
	(void)unsetenv("TOKENTEST_HIDE");
	if (s == NULL)
		return 0;
	Esys_Finalize(&s->esys);
	Tss2_TctiLdr_Finalize(&s->tcti);
	return 0;
}

static struct stack *
opened(void **state)
{
	static struct stack s;

	*state = &s;
	assert_int_equal(0, open_module(&s));
	return &s;
}

static TSS2_RC
random_bytes(struct stack *s)
{
	TPM2B_DIGEST *bytes = NULL;
	TSS2_RC rc = Esys_GetRandom(s->esys, NONE3, 8, &bytes);

	Esys_Free(bytes);
	return rc;
}

static void
log_has_a_line_a_command(void **state)
{
	char path[128], line[64];
	struct stack *s = NULL;
	FILE *log = NULL;

	snprintf(path, sizeof path, "%s/log", tpm.dir);
	setenv("TOKENTEST_LOG", path, 1);
	s = opened(state);
	assert_int_equal(0, random_bytes(s));
	log = fopen(path, "re");
	assert_non_null(log);
	assert_non_null(fgets(line, sizeof line, log));
	assert_string_equal("GetRandom 0x17b 0x0 0 0\n", line);
	assert_null(fgets(line, sizeof line, log));
	fclose(log);
}

/* A primary that stays, and a session that ends with the command that uses it. */
static void
use_object_and_session(struct stack *s)
{
	const TPM2B_SENSITIVE_CREATE sensitive = { 0 };
	const TPM2B_DATA outside = { 0 };
	const TPML_PCR_SELECTION pcr = { 0 };
	const TPM2B_PUBLIC template = {
		.publicArea = { .type = TPM2_ALG_KEYEDHASH,
			.nameAlg = TPM2_ALG_SHA256,
			.objectAttributes = TPMA_OBJECT_SENSITIVEDATAORIGIN |
					    TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_USERWITHAUTH,
			.parameters.keyedHashDetail.scheme = { .scheme = TPM2_ALG_HMAC,
				.details.hmac.hashAlg = TPM2_ALG_SHA256 } }
	};
	const TPMT_SYM_DEF none = { .algorithm = TPM2_ALG_NULL };
	ESYS_TR primary = ESYS_TR_NONE;
	ESYS_TR session = ESYS_TR_NONE;
	TPM2B_DIGEST *bytes = NULL;

	assert_int_equal(0, Esys_CreatePrimary(s->esys, ESYS_TR_RH_NULL, ESYS_TR_PASSWORD,
				    ESYS_TR_NONE, ESYS_TR_NONE, &sensitive, &template, &outside,
				    &pcr, &primary, NULL, NULL, NULL, NULL));
	assert_int_equal(0, Esys_StartAuthSession(s->esys, ESYS_TR_NONE, ESYS_TR_NONE, NONE3, NULL,
				    TPM2_SE_HMAC, &none, TPM2_ALG_SHA256, &session));
	assert_int_equal(0, Esys_TRSess_SetAttributes(s->esys, session, TPMA_SESSION_AUDIT, 0xff));
	assert_int_equal(
		0, Esys_GetRandom(s->esys, session, ESYS_TR_NONE, ESYS_TR_NONE, 8, &bytes));
	Esys_Free(bytes);
	assert_int_equal(0, Esys_FlushContext(s->esys, primary));
	assert_int_equal(0, random_bytes(s));
}

static void
log_tells_what_the_tpm_holds_at_each_command(void **state)
{
	static const char *const lines[] = { "CreatePrimary 0x131 0x0 0 0\n",
		"StartAuthSession 0x176 0x0 1 0\n", "GetRandom 0x17b 0x0 1 1\n",
		"FlushContext 0x165 0x0 1 0\n", "GetRandom 0x17b 0x0 0 0\n" };
	char path[128], line[64];
	FILE *log = NULL;

	snprintf(path, sizeof path, "%s/held", tpm.dir);
	setenv("TOKENTEST_LOG", path, 1);
	use_object_and_session(opened(state));
	log = fopen(path, "re");
	assert_non_null(log);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		assert_non_null(fgets(line, sizeof line, log));
		assert_string_equal(lines[i], line);
	}
	assert_null(fgets(line, sizeof line, log));
	fclose(log);
}

static void
faults_come_when_they_should(void **state)
{
	struct stack *s = NULL;

	setenv("TOKENTEST_FAULT", "2=0x922,GetRandom#4=0x101,GetTestResult=0x120", 1);
	s = opened(state);
	assert_int_equal(0, random_bytes(s));
	/* The second is TPM_RC_RETRY, which ESYS answers by sending once more. */
	assert_int_equal(0, random_bytes(s));
	assert_int_equal(0x101, random_bytes(s));
	assert_int_equal(0, random_bytes(s));
}

static void
transport_faults_come_too(void **state)
{
	struct stack *s = NULL;

	setenv("TOKENTEST_FAULT", "GetRandom=0xa000a", 1);
	s = opened(state);
	assert_int_equal(TSS2_TCTI_RC_IO_ERROR, random_bytes(s));
}

static bool
has_curve(struct stack *s, TPM2_ECC_CURVE curve)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	bool found = false;

	assert_int_equal(
		0, Esys_GetCapability(s->esys, NONE3, TPM2_CAP_ECC_CURVES, 0, 64, NULL, &data));
	for (uint32_t i = 0; i < data->data.eccCurves.count; i++)
		found = found || data->data.eccCurves.eccCurves[i] == curve;
	Esys_Free(data);
	return found;
}

static bool
has_alg(struct stack *s, TPM2_ALG_ID alg)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	bool found = false;

	assert_int_equal(0, Esys_GetCapability(s->esys, NONE3, TPM2_CAP_ALGS, 0, 128, NULL, &data));
	for (uint32_t i = 0; i < data->data.algorithms.count; i++)
		found = found || data->data.algorithms.algProperties[i].alg == alg;
	Esys_Free(data);
	return found;
}

static bool
has_command(struct stack *s, TPM2_CC code)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	bool found = false;

	assert_int_equal(0, Esys_GetCapability(s->esys, NONE3, TPM2_CAP_COMMANDS, TPM2_CC_FIRST,
				    254, NULL, &data));
	for (uint32_t i = 0; i < data->data.command.count; i++)
		found = found || (data->data.command.commandAttributes[i] &
					 TPMA_CC_COMMANDINDEX_MASK) == code;
	Esys_Free(data);
	return found;
}

static void
hidden_things_are_not_listed(void **state)
{
	struct stack *s = NULL;

	setenv("TOKENTEST_HIDE", "SHA512,P-384,EncryptDecrypt2", 1);
	s = opened(state);
	assert_false(has_alg(s, TPM2_ALG_SHA512));
	assert_true(has_alg(s, TPM2_ALG_SHA256));
	assert_false(has_curve(s, TPM2_ECC_NIST_P384));
	assert_true(has_curve(s, TPM2_ECC_NIST_P256));
	assert_false(has_command(s, TPM2_CC_EncryptDecrypt2));
	assert_true(has_command(s, TPM2_CC_Sign));
}

static TSS2_RC
test_rsa(struct stack *s, uint16_t bits)
{
	const TPMT_PUBLIC_PARMS parms = { .type = TPM2_ALG_RSA,
		.parameters.rsaDetail = { .symmetric.algorithm = TPM2_ALG_NULL,
			.scheme.scheme = TPM2_ALG_NULL,
			.keyBits = bits } };

	return Esys_TestParms(s->esys, NONE3, &parms);
}

static void
hidden_things_are_refused(void **state)
{
	const TPM2B_MAX_BUFFER data = { .size = 3, .buffer = "abc" };
	TPM2B_DIGEST *digest = NULL;
	struct stack *s = NULL;

	setenv("TOKENTEST_HIDE", "SHA512,RSA-2048,RSA-3072,GetTestResult", 1);
	assert_int_not_equal(
		0, open_module(&(struct stack){ NULL, NULL })); /* RSA-2048: none may lack it */
	setenv("TOKENTEST_HIDE", "SHA512,RSA-3072,GetTestResult", 1);
	s = opened(state);
	assert_int_equal(0, test_rsa(s, 2048));
	assert_int_equal(TPM2_RC_VALUE | TPM2_RC_P | TPM2_RC_1, test_rsa(s, 3072));
	assert_int_equal(TPM2_RC_HASH | TPM2_RC_P | TPM2_RC_2,
		Esys_Hash(s->esys, NONE3, &data, TPM2_ALG_SHA512, ESYS_TR_RH_OWNER, &digest, NULL));
	assert_int_equal(TPM2_RC_COMMAND_CODE, Esys_GetTestResult(s->esys, NONE3, NULL, NULL));
}

static void
settings_that_are_not_understood_are_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "TOKENTEST_FAULT", "Sgin=0x922" },
		{ "TOKENTEST_FAULT", "Sign" },
		{ "TOKENTEST_FAULT", "Sign#x=1" },
		{ "TOKENTEST_DELAY", "Sign=fast" },
		{ "TOKENTEST_HIDE", "SHA5" },
		{ "TOKENTEST_LOG", "/nonexistent/log" },
	};
	struct stack s;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		setenv(bad[i][0], bad[i][1], 1);
		assert_int_not_equal(0, open_module(&s));
		(void)unsetenv(bad[i][0]);
	}
}

#define CASE(name) cmocka_unit_test_teardown(name, close_module)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(log_has_a_line_a_command),
		CASE(log_tells_what_the_tpm_holds_at_each_command),
		CASE(faults_come_when_they_should),
		CASE(transport_faults_come_too),
		CASE(hidden_things_are_not_listed),
		CASE(hidden_things_are_refused),
		CASE(settings_that_are_not_understood_are_refused),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, start, stop);
}
