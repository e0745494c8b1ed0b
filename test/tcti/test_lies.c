/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each lie about an answer is noticed, nothing of it is passed on, and the
 * next command works with a new session.
 */
#include "config.h"

#include "tcti/rig.h"

#define PW2    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE
#define SECRET "what is sealed, and nobody may change"

struct unsealer {
	struct rig *r;
	struct blob blob;
	ESYS_TR seal;
};

static void
begin(struct unsealer *u, void **state)
{
	u->r = *state;
	assert_int_equal(
		0, rig_create(u->r, RIG_SEAL, LITERAL(PASSWORD), LITERAL(SECRET), &u->blob));
	u->seal = rig_load(u->r, &u->blob, LITERAL(PASSWORD));
}

static TSS2_RC
unseal(const struct unsealer *u)
{
	TPM2B_SENSITIVE_DATA *data = NULL;
	TSS2_RC rc = Esys_Unseal(u->r->esys, u->seal, PW2, &data);

	if (rc == TSS2_RC_SUCCESS)
		assert_bytes_equal(LITERAL(SECRET), bytes_of(data->buffer, data->size));
	else
		assert_null(data);
	Esys_Free(data);
	return rc;
}

static void
lie_is_noticed(struct unsealer *u, enum lie lie)
{
	u->r->liar.lie = lie;
	assert_int_equal(WIRE_RC_FORGED, unseal(u));
	u->seal = rig_reopen(u->r, LITERAL(PASSWORD));
}

static void
every_lie_is_noticed(void **state)
{
	static const enum lie lies[] = { LIE_PARAM, LIE_HMAC, LIE_NONCE, LIE_ATTRIBUTE, LIE_REPLAY,
		LIE_STRIP, LIE_SHORT, LIE_SIZE };
	struct unsealer u;

	begin(&u, state);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		assert_int_equal(0, unseal(&u));
		lie_is_noticed(&u, lies[i]);
		assert_int_equal(0, unseal(&u));
		assert_int_equal(1, rig_sessions(u.r));
	}
	blob_free(&u.blob);
}

static void
change_of_any_byte_is_noticed(void **state)
{
	/* Header, the parameters' size, TPM2B, session. */
	const size_t len = 10 + 4 + 2 + sizeof SECRET - 1 + 2 + 32 + 1 + 2 + 32;
	struct unsealer u;

	begin(&u, state);
	for (u.r->liar.at = 0; u.r->liar.at < len; u.r->liar.at++)
		lie_is_noticed(&u, LIE_BYTE);
	assert_int_equal(0, unseal(&u));
	blob_free(&u.blob);
}

static void
swapped_answers_are_both_noticed(void **state)
{
	struct unsealer u;

	begin(&u, state);
	assert_int_equal(0, unseal(&u));
	lie_is_noticed(&u, LIE_SWAP);
	assert_int_equal(WIRE_RC_FORGED, unseal(&u));
	u.seal = rig_reopen(u.r, LITERAL(PASSWORD));
	assert_int_equal(0, unseal(&u));
	blob_free(&u.blob);
}

static void
session_that_never_was_is_noticed(void **state)
{
	static const enum lie lies[] = { LIE_SHORT, LIE_SIZE };
	struct unsealer u;

	begin(&u, state);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		rig_steal_session(u.r, 0);
		u.r->liar.code = TPM2_CC_StartAuthSession;
		lie_is_noticed(&u, lies[i]);
		u.r->liar.code = 0;
		/* The TPM made a session whose handle was never learnt. */
		rig_steal_session(u.r, 0);
		assert_int_equal(0, unseal(&u));
	}
	blob_free(&u.blob);
}

static void
session_nonce_of_another_only_costs_another(void **state)
{
	struct unsealer u;

	/* The TPM and we derive different keys: it does not accept our HMAC, and says so. */
	begin(&u, state);
	assert_true(swtpm_relax(&u.r->swtpm));
	wire_forget_sessions(u.r->wire);
	u.r->liar.code = TPM2_CC_StartAuthSession;
	u.r->liar.lie = LIE_HMAC; /* the last byte is the nonce's here */
	count_reset(&u.r->count);
	assert_int_equal(0, unseal(&u));
	assert_int_equal(2, count_of(&u.r->count, TPM2_CC_StartAuthSession));
	blob_free(&u.blob);
}

static void
error_turned_into_success_is_noticed(void **state)
{
	struct unsealer u;

	begin(&u, state);
	assert_true(swtpm_relax(&u.r->swtpm));
	rig_auth(u.r, u.seal, LITERAL("wrong"));
	lie_is_noticed(&u, LIE_CODE);
	assert_int_equal(0, unseal(&u));
	blob_free(&u.blob);
}

static void
pretended_loss_of_the_session_only_costs_another(void **state)
{
	struct unsealer u;

	begin(&u, state);
	assert_int_equal(0, unseal(&u));
	u.r->liar.lie = LIE_LOST;
	assert_int_equal(0, unseal(&u));
	assert_int_equal(2, count_of(&u.r->count, TPM2_CC_StartAuthSession));
	blob_free(&u.blob);
}

#define ECC(name) cmocka_unit_test_setup_teardown(name, rig_open_ecc, rig_close)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ECC(every_lie_is_noticed),
		ECC(change_of_any_byte_is_noticed),
		ECC(swapped_answers_are_both_noticed),
		ECC(session_that_never_was_is_noticed),
		ECC(session_nonce_of_another_only_costs_another),
		ECC(error_turned_into_success_is_noticed),
		ECC(pretended_loss_of_the_session_only_costs_another),
	};

	return rig_main(tests, sizeof tests / sizeof *tests);
}
