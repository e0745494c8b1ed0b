/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire's sessions: lost, refused, broken off, flushed.
 */
#include "config.h"

#include "tcti/rig.h"

#define PW2    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE
#define SECRET "what is sealed"

/* Response codes without handle, session and parameter numbers. */
#define CODE(rc) ((rc) & 0xbf)

static struct rig *
rig_of(void **state)
{
	return *state;
}

static void
session_flushed_by_another_is_replaced(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	assert_int_equal(0, rig_sign(r, key));
	rig_steal_session(r, 0);
	count_reset(&r->count);
	assert_int_equal(0, rig_sign(r, key));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(2, count_of(&r->count, TPM2_CC_Sign));
}

static void
every_way_to_say_that_a_session_is_lost_is_understood(void **state)
{
	static const TSS2_RC codes[] = {
		TPM2_RC_REFERENCE_S0,
		TSS2_RESMGR_TPM_RC_LAYER | TPM2_RC_REFERENCE_S0,
		TSS2_RESMGR_RC_LAYER | TPM2_RC_REFERENCE_S0,
		TPM2_RC_HANDLE | TPM2_RC_S | TPM2_RC_1,
		TPM2_RC_VALUE | TPM2_RC_S | TPM2_RC_1,
	};
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		rig_steal_session(r, 0);
		r->count.fault_count = 0;
		count_fault_add(&r->count, TPM2_CC_Sign, 1, codes[i]);
		count_reset(&r->count);
		assert_int_equal(0, rig_sign(r, key));
		assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
		assert_int_equal(2, count_of(&r->count, TPM2_CC_Sign));
	}
}

static void
errors_that_are_not_a_lost_session_are_handed_up(void **state)
{
	static const TSS2_RC codes[] = {
		TPM2_RC_REFERENCE_S1, /* there is only one session */
		TPM2_RC_VALUE | TPM2_RC_P | TPM2_RC_1,
		TPM2_RC_HANDLE | TPM2_RC_1,
		TPM2_RC_LOCKOUT,
		TPM2_RC_REFERENCE_H0,
	};
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		r->count.fault_count = 0;
		count_fault_add(&r->count, TPM2_CC_Sign, 1, codes[i]);
		assert_int_equal(codes[i], rig_sign(r, key));
		assert_int_equal(0, rig_sign(r, key));
	}
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
}

static void
session_that_is_lost_for_ever_is_given_up(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	count_fault_add(&r->count, TPM2_CC_Sign, 0, TPM2_RC_REFERENCE_S0);
	assert_int_equal(TPM2_RC_REFERENCE_S0, rig_sign(r, key));
	r->count.fault_count = 0;
	assert_int_equal(0, rig_sign(r, key));
}

static void
full_tpm_is_told_and_the_next_try_works(void **state)
{
	struct rig *r = rig_of(state);
	struct blob blob;

	count_fault_add(&r->count, TPM2_CC_StartAuthSession, 1, TPM2_RC_SESSION_MEMORY);
	assert_int_equal(TPM2_RC_SESSION_MEMORY,
		rig_create(r, RIG_SEAL, LITERAL(PASSWORD), LITERAL(SECRET), &blob));
	assert_int_equal(1, r->count.commands);
	assert_int_equal(0, rig_create(r, RIG_SEAL, LITERAL(PASSWORD), LITERAL(SECRET), &blob));
	blob_free(&blob);
}

static void
broken_transport_costs_the_session(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	/*
	 * Nobody knows whether the command ran, so the nonce is in doubt: another session, the old
	 * one flushed.
	 */
	count_fault_add(&r->count, TPM2_CC_Sign, 1, TSS2_TCTI_RC_IO_ERROR);
	assert_int_equal(TSS2_TCTI_RC_IO_ERROR, rig_sign(r, key));
	count_reset(&r->count);
	key = rig_reopen(r, LITERAL(PASSWORD));
	assert_int_equal(0, rig_sign(r, key));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_FlushContext));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(1, rig_sessions(r));
}

static void
busy_tpm_is_asked_again(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	count_fault_add(&r->count, TPM2_CC_Sign, 1, TPM2_RC_RETRY);
	assert_int_equal(0, rig_sign(r, key));
	assert_int_equal(2, count_of(&r->count, TPM2_CC_Sign));
}

static void
both_sessions_of_a_command_may_be_lost(void **state)
{
	struct rig *r = rig_of(state);
	const TPM2B_DATA qualifying = { 0 };
	const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_ECDSA,
		.details.ecdsa.hashAlg = TPM2_ALG_SHA256 };
	TPM2B_ATTEST *attest = NULL;
	TPMT_SIGNATURE *signature = NULL;
	ESYS_TR signer = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));
	ESYS_TR object = rig_key(r, RIG_ECDH_P256, LITERAL("the object's password"));

	for (int i = 0; i < 2; i++) {
		count_reset(&r->count);
		assert_int_equal(
			0, Esys_Certify(r->esys, object, signer, ESYS_TR_PASSWORD, ESYS_TR_PASSWORD,
				   ESYS_TR_NONE, &qualifying, &scheme, &attest, &signature));
		Esys_Free(attest);
		Esys_Free(signature);
		rig_steal_session(r, 0);
		rig_steal_session(r, 1);
	}
	assert_int_equal(3, count_of(&r->count, TPM2_CC_Certify));
	assert_int_equal(2, count_of(&r->count, TPM2_CC_StartAuthSession));
}

static void
tpm_reset_that_takes_the_parent_is_told(void **state)
{
	struct rig *r = rig_of(state);
	const TPM2B_AUTH owner = { .size = 5, .buffer = "owner" };
	const TPM2B_AUTH none = { 0 };

	assert_int_equal(0, Esys_HierarchyChangeAuth(r->esys, ESYS_TR_RH_OWNER, PW2, &owner));
	rig_auth(r, ESYS_TR_RH_OWNER, LITERAL("owner"));
	assert_true(swtpm_reset(&r->swtpm));
	/* The transient parent is gone with the session: the TPM says so, and it is the answer. */
	assert_int_equal(CODE(TPM2_RC_REFERENCE_H0),
		CODE(Esys_HierarchyChangeAuth(r->esys, ESYS_TR_RH_OWNER, PW2, &none)));
}

static void
tpm_reset_is_survived_with_a_persistent_parent(void **state)
{
	struct rig *r = rig_of(state);
	const TPM2B_AUTH owner = { .size = 5, .buffer = "owner" };
	const TPM2B_AUTH none = { 0 };

	rig_persist_parent(r);
	assert_int_equal(0, Esys_HierarchyChangeAuth(r->esys, ESYS_TR_RH_OWNER, PW2, &owner));
	rig_auth(r, ESYS_TR_RH_OWNER, LITERAL("owner"));
	assert_true(swtpm_reset(&r->swtpm));
	count_reset(&r->count);
	assert_int_equal(0, Esys_HierarchyChangeAuth(r->esys, ESYS_TR_RH_OWNER, PW2, &none));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
}

static void
freeing_leaves_no_session_behind(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	assert_int_equal(0, rig_sign(r, key));
	assert_int_equal(1, rig_sessions(r));
	Esys_Finalize(&r->esys);
	wire_free(r->wire, true);
	r->wire = NULL;
	assert_int_equal(0, Esys_Initialize(&r->esys, count_tcti(&r->count), NULL));
	assert_int_equal(0, rig_sessions(r));
}

static void
forgetting_sends_nothing(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	count_reset(&r->count);
	wire_forget_sessions(r->wire);
	assert_int_equal(0, r->count.commands);
	assert_int_equal(0, rig_sign(r, key));
	assert_int_equal(0, count_of(&r->count, TPM2_CC_FlushContext));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
}

#define ECC(name) cmocka_unit_test_setup_teardown(name, rig_open_ecc, rig_close)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ECC(session_flushed_by_another_is_replaced),
		ECC(every_way_to_say_that_a_session_is_lost_is_understood),
		ECC(errors_that_are_not_a_lost_session_are_handed_up),
		ECC(session_that_is_lost_for_ever_is_given_up),
		ECC(full_tpm_is_told_and_the_next_try_works),
		ECC(broken_transport_costs_the_session),
		ECC(busy_tpm_is_asked_again),
		ECC(both_sessions_of_a_command_may_be_lost),
		ECC(tpm_reset_that_takes_the_parent_is_told),
		ECC(tpm_reset_is_survived_with_a_persistent_parent),
		ECC(freeing_leaves_no_session_behind),
		ECC(forgetting_sends_nothing),
	};

	return rig_main(tests, sizeof tests / sizeof *tests);
}
