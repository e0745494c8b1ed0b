/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions that are not what the wire thinks they are: no right password is
 * called wrong for that, and none is tried again and again.
 */
#include "config.h"

#include "tcti/rig.h"

#define PW2         ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE
#define SECRET      "what is sealed"
#define AUTH_FAILED (TPM2_RC_AUTH_FAIL | TPM2_RC_S | TPM2_RC_1)
#define BAD_SESSION (TPM2_RC_BAD_AUTH | TPM2_RC_S | TPM2_RC_1)

/* Where StartAuthSession's answer has the nonce. */
enum { NONCE_AT = 10 + 4 + 2 };

struct sealed {
	struct rig *r;
	struct blob blob;
	ESYS_TR seal;
};

static TSS2_RC
unseal(const struct sealed *s)
{
	TPM2B_SENSITIVE_DATA *data = NULL;
	TSS2_RC rc = Esys_Unseal(s->r->esys, s->seal, PW2, &data);

	Esys_Free(data);
	return rc;
}

static void
begin(struct sealed *s, void **state)
{
	s->r = *state;
	assert_int_equal(
		0, rig_create(s->r, RIG_SEAL, LITERAL(PASSWORD), LITERAL(SECRET), &s->blob));
	s->seal = rig_load(s->r, &s->blob, LITERAL(PASSWORD));
	/* The first time, the TPM notes that it is asked for passwords, and says TPM_RC_RETRY. */
	assert_int_equal(0, unseal(s));
}

static void
wrong_password_costs_one_check(void **state)
{
	struct sealed s;

	begin(&s, state);
	count_reset(&s.r->count);
	rig_auth(s.r, s.seal, LITERAL("another"));
	assert_int_equal(AUTH_FAILED, unseal(&s));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_Unseal));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_GetRandom));
	rig_auth(s.r, s.seal, LITERAL(PASSWORD));
	assert_int_equal(0, unseal(&s));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_GetRandom));
	assert_int_equal(0, count_of(&s.r->count, TPM2_CC_StartAuthSession));
	blob_free(&s.blob);
}

/* An Unseal has run, and was said to have failed. */
static void
begin_in_doubt(struct sealed *s, void **state)
{
	begin(s, state);
	s->r->liar.lie = LIE_FAIL;
	s->r->liar.code = TPM2_CC_Unseal;
	assert_int_equal(TPM2_RC_FAILURE, unseal(s));
}

/* The TPM has used the nonce, but nobody was told: the next password is not given in that session.
 */
static void
session_of_a_command_that_ran_and_failed_is_checked_before_it_is_used(void **state)
{
	struct sealed s;

	begin_in_doubt(&s, state);
	count_reset(&s.r->count);
	assert_int_equal(0, unseal(&s));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_Unseal));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_GetRandom));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(1, rig_sessions(s.r));
	blob_free(&s.blob);
}

/* Nor when another process had its turn in between. */
static void
doubts_outlast_a_saved_context(void **state)
{
	struct sealed s;

	begin_in_doubt(&s, state);
	wire_save_sessions(s.r->wire);
	count_reset(&s.r->count);
	assert_int_equal(0, unseal(&s));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_ContextLoad));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_GetRandom));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_Unseal));
	blob_free(&s.blob);
}

static void
session_of_a_command_that_failed_is_kept_if_it_is_right(void **state)
{
	struct sealed s;

	begin(&s, state);
	count_fault_add(&s.r->count, TPM2_CC_Unseal, 1, TPM2_RC_FAILURE);
	assert_int_equal(TPM2_RC_FAILURE, unseal(&s));
	count_reset(&s.r->count);
	assert_int_equal(0, unseal(&s));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_GetRandom));
	assert_int_equal(0, count_of(&s.r->count, TPM2_CC_StartAuthSession));
	blob_free(&s.blob);
}

/* Nobody else must know of it: flushing another program's session would break that program. */
static void
session_whose_handle_is_another_programs_is_replaced(void **state)
{
	struct sealed s;

	begin(&s, state);
	rig_steal_session(s.r, 0);
	rig_start_session(s.r);
	count_reset(&s.r->count);
	assert_int_equal(0, unseal(&s));
	assert_int_equal(2, count_of(&s.r->count, TPM2_CC_Unseal));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(0, count_of(&s.r->count, TPM2_CC_FlushContext));
	assert_int_equal(2, rig_sessions(s.r));
	blob_free(&s.blob);
}

/* With nonces that differ, every authorisation in that session is wrong: one is enough. */
static void
session_that_began_wrong_is_replaced_by_one_that_is_checked_first(void **state)
{
	struct sealed s;

	begin(&s, state);
	rig_steal_session(s.r, 0);
	s.r->liar.lie = LIE_BYTE;
	s.r->liar.at = NONCE_AT;
	s.r->liar.code = TPM2_CC_StartAuthSession;
	count_reset(&s.r->count);
	assert_int_equal(0, unseal(&s));
	assert_int_equal(2, count_of(&s.r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(2, count_of(&s.r->count, TPM2_CC_GetRandom));
	/* In the one that was lost, in the wrong one, and in the right one. */
	assert_int_equal(3, count_of(&s.r->count, TPM2_CC_Unseal));
	assert_int_equal(1, rig_sessions(s.r));
	blob_free(&s.blob);
}

/* Such is one that another program's has taken the place of before its first command. */
static void
session_that_was_never_right_is_replaced_once(void **state)
{
	struct sealed s;

	begin(&s, state);
	rig_steal_session(s.r, 0);
	wire_forget_sessions(s.r->wire);
	count_reset(&s.r->count);
	count_fault_add(&s.r->count, TPM2_CC_Unseal, 1, AUTH_FAILED);
	count_fault_add(&s.r->count, TPM2_CC_GetRandom, 1, BAD_SESSION);
	count_fault_add(&s.r->count, TPM2_CC_GetRandom, 2, BAD_SESSION);
	assert_int_equal(TPM2_RC_INTEGRITY, unseal(&s));
	assert_int_equal(1, count_of(&s.r->count, TPM2_CC_Unseal));
	assert_int_equal(2, count_of(&s.r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(0, unseal(&s));
	assert_int_equal(1, rig_sessions(s.r));
	blob_free(&s.blob);
}

/* What is refused is the session, not the password. */
static void
session_that_is_not_given_is_no_wrong_password(void **state)
{
	struct sealed s;

	begin(&s, state);
	rig_steal_session(s.r, 0);
	count_fault_add(&s.r->count, TPM2_CC_StartAuthSession, 1, AUTH_FAILED);
	assert_int_equal(TPM2_RC_FAILURE, unseal(&s));
	assert_int_equal(0, unseal(&s));
	blob_free(&s.blob);
}

static void
check_that_must_wait_leaves_the_question_open(void **state)
{
	struct sealed s;

	begin(&s, state);
	rig_auth(s.r, s.seal, LITERAL("another"));
	count_fault_add(&s.r->count, TPM2_CC_GetRandom, 1, TPM2_RC_NV_RATE);
	assert_int_equal(TPM2_RC_FAILURE, unseal(&s));
	assert_int_equal(AUTH_FAILED, unseal(&s));
	blob_free(&s.blob);
}

#define ECC(name) cmocka_unit_test_setup_teardown(name, rig_open_ecc, rig_close)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ECC(wrong_password_costs_one_check),
		ECC(session_of_a_command_that_ran_and_failed_is_checked_before_it_is_used),
		ECC(doubts_outlast_a_saved_context),
		ECC(session_of_a_command_that_failed_is_kept_if_it_is_right),
		ECC(session_whose_handle_is_another_programs_is_replaced),
		ECC(session_that_began_wrong_is_replaced_by_one_that_is_checked_first),
		ECC(session_that_was_never_right_is_replaced_once),
		ECC(session_that_is_not_given_is_no_wrong_password),
		ECC(check_that_must_wait_leaves_the_question_open),
	};

	return rig_main(tests, sizeof tests / sizeof *tests);
}
