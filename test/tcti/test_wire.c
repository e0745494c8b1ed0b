/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire over a software TPM: plain ESAPI with passwords above, nothing
 * secret below.
 */
#include "config.h"

#include "tcti/rig.h"

#define NONE3  ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE
#define PW2    ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE
#define SECRET "what is sealed, and nobody may see"

/* Response codes without handle, session and parameter numbers. */
#define CODE(rc) ((rc) & 0xbf)

static struct rig *
rig_of(void **state)
{
	return *state;
}

static bool
was_seen(const struct rig *r, struct bytes what)
{
	return memmem(r->count.recorded.ptr, r->count.recorded.len, what.ptr, what.len) != NULL;
}

static void
sign_costs_one_session_and_one_command_each(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	/* StartAuthSession, Create, Load. */
	assert_int_equal(3, r->count.commands);
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
	for (int i = 0; i < 3; i++)
		assert_int_equal(0, rig_sign(r, key));
	assert_int_equal(3, count_of(&r->count, TPM2_CC_Sign));
	assert_int_equal(3, count_of(&r->count, TPM2_CC_VerifySignature));
	assert_int_equal(9, r->count.commands);
	assert_false(was_seen(r, LITERAL(PASSWORD)));
}

static void
sealed_secret_is_never_in_clear(void **state)
{
	struct rig *r = rig_of(state);
	struct blob blob;
	TPM2B_SENSITIVE_DATA *data = NULL;
	ESYS_TR seal = ESYS_TR_NONE;

	assert_int_equal(0, rig_create(r, RIG_SEAL, LITERAL(PASSWORD), LITERAL(SECRET), &blob));
	seal = rig_load(r, &blob, LITERAL(PASSWORD));
	assert_int_equal(0, Esys_Unseal(r->esys, seal, PW2, &data));
	assert_bytes_equal(LITERAL(SECRET), bytes_of(data->buffer, data->size));
	assert_false(was_seen(r, LITERAL(SECRET)));
	assert_false(was_seen(r, LITERAL(PASSWORD)));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_Create));
	Esys_Free(data);
	/*
	 * The first use of an authorisation with dictionary-attack protection costs a TPM_RC_RETRY,
	 * later ones nothing.
	 */
	count_reset(&r->count);
	assert_int_equal(0, Esys_Unseal(r->esys, seal, PW2, &data));
	assert_int_equal(1, r->count.commands);
	Esys_Free(data);
	blob_free(&blob);
}

static void
unseal_without_password_is_encrypted_too(void **state)
{
	struct rig *r = rig_of(state);
	struct blob blob;
	TPM2B_SENSITIVE_DATA *data = NULL;
	ESYS_TR seal = ESYS_TR_NONE;

	assert_int_equal(0, rig_create(r, RIG_SEAL, LITERAL(""), LITERAL(SECRET), &blob));
	seal = rig_load(r, &blob, BYTES_EMPTY);
	assert_int_equal(0, Esys_Unseal(r->esys, seal, PW2, &data));
	assert_bytes_equal(LITERAL(SECRET), bytes_of(data->buffer, data->size));
	assert_false(was_seen(r, LITERAL(SECRET)));
	Esys_Free(data);
	blob_free(&blob);
}

static void
rsa_decrypt_gives_the_plaintext(void **state)
{
	struct rig *r = rig_of(state);
	const TPMT_RSA_DECRYPT scheme = { .scheme = TPM2_ALG_RSAES };
	const TPM2B_DATA label = { 0 };
	TPM2B_PUBLIC_KEY_RSA plain = { .size = sizeof SECRET - 1, .buffer = SECRET };
	TPM2B_PUBLIC_KEY_RSA *cipher = NULL;
	TPM2B_PUBLIC_KEY_RSA *message = NULL;
	ESYS_TR key = rig_key(r, RIG_RSA, LITERAL(PASSWORD));

	assert_int_equal(
		0, Esys_RSA_Encrypt(r->esys, key, NONE3, &plain, &scheme, &label, &cipher));
	count_reset(&r->count);
	assert_int_equal(0, Esys_RSA_Decrypt(r->esys, key, PW2, cipher, &scheme, &label, &message));
	assert_bytes_equal(LITERAL(SECRET), bytes_of(message->buffer, message->size));
	assert_false(was_seen(r, LITERAL(SECRET)));
	assert_int_equal(1, r->count.commands);
	Esys_Free(cipher);
	Esys_Free(message);
}

static void
ecdh_gives_the_shared_point(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_ECDH_P256, LITERAL(PASSWORD));
	TPM2B_ECC_POINT *expected = NULL, *ephemeral = NULL, *shared = NULL;

	assert_int_equal(0, Esys_ECDH_KeyGen(r->esys, key, NONE3, &expected, &ephemeral));
	count_reset(&r->count);
	assert_int_equal(0, Esys_ECDH_ZGen(r->esys, key, PW2, ephemeral, &shared));
	assert_memory_equal(expected->point.x.buffer, shared->point.x.buffer, 32);
	assert_memory_equal(expected->point.y.buffer, shared->point.y.buffer, 32);
	assert_false(was_seen(r, bytes_of(shared->point.x.buffer, 32)));
	assert_int_equal(1, r->count.commands);
	Esys_Free(expected);
	Esys_Free(ephemeral);
	Esys_Free(shared);
}

static void
object_change_auth_hides_the_new_password(void **state)
{
	struct rig *r = rig_of(state);
	const TPM2B_AUTH fresh = { .size = 16, .buffer = "another password" };
	struct blob blob;
	TPM2B_PRIVATE *private = NULL;
	ESYS_TR key = ESYS_TR_NONE;

	assert_int_equal(0, rig_create(r, RIG_SIGN_P256, LITERAL(PASSWORD), BYTES_EMPTY, &blob));
	key = rig_load(r, &blob, LITERAL(PASSWORD));
	assert_int_equal(0, Esys_ObjectChangeAuth(r->esys, key, r->parent, PW2, &fresh, &private));
	rig_flush(r, key);
	Esys_Free(blob.private);
	blob.private = private;
	key = rig_load(r, &blob, LITERAL("another password"));
	assert_int_equal(0, rig_sign(r, key));
	assert_false(was_seen(r, LITERAL("another password")));
	assert_false(was_seen(r, LITERAL(PASSWORD)));
	blob_free(&blob);
}

static void
wrong_password_harms_nothing(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	assert_int_equal(0, rig_sign(r, key));
	rig_auth(r, key, LITERAL("wrong"));
	assert_int_equal(CODE(TPM2_RC_BAD_AUTH), CODE(rig_sign(r, key)));
	rig_auth(r, key, LITERAL(PASSWORD));
	assert_int_equal(0, rig_sign(r, key));
	assert_int_equal(1, count_of(&r->count, TPM2_CC_StartAuthSession));
}

static void
wrong_password_of_a_seal_is_auth_fail(void **state)
{
	struct rig *r = rig_of(state);
	struct blob blob;
	TPM2B_SENSITIVE_DATA *data = NULL;
	ESYS_TR seal = ESYS_TR_NONE;

	assert_true(swtpm_relax(&r->swtpm));
	assert_int_equal(0, rig_create(r, RIG_SEAL, LITERAL(PASSWORD), LITERAL(SECRET), &blob));
	seal = rig_load(r, &blob, LITERAL("wrong"));
	assert_int_equal(CODE(TPM2_RC_AUTH_FAIL), CODE(Esys_Unseal(r->esys, seal, PW2, &data)));
	rig_auth(r, seal, LITERAL(PASSWORD));
	assert_int_equal(0, Esys_Unseal(r->esys, seal, PW2, &data));
	Esys_Free(data);
	blob_free(&blob);
}

static void
zeros_at_the_end_of_a_password_do_not_count(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL("password\0\0"));

	assert_int_equal(0, rig_sign(r, key));
	rig_auth(r, key, LITERAL("password"));
	assert_int_equal(0, rig_sign(r, key));
}

static void
certify_has_two_secret_authorisations(void **state)
{
	struct rig *r = rig_of(state);
	const TPM2B_DATA qualifying = { .size = 5, .buffer = "nonce" };
	const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_ECDSA,
		.details.ecdsa.hashAlg = TPM2_ALG_SHA256 };
	TPM2B_ATTEST *attest = NULL;
	TPMT_SIGNATURE *signature = NULL;
	ESYS_TR signer = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));
	ESYS_TR object = rig_key(r, RIG_ECDH_P256, LITERAL("the object's password"));

	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			0, Esys_Certify(r->esys, object, signer, ESYS_TR_PASSWORD, ESYS_TR_PASSWORD,
				   ESYS_TR_NONE, &qualifying, &scheme, &attest, &signature));
		Esys_Free(attest);
		Esys_Free(signature);
	}
	assert_int_equal(2, count_of(&r->count, TPM2_CC_StartAuthSession));
	assert_false(was_seen(r, LITERAL(PASSWORD)));
	assert_false(was_seen(r, LITERAL("the object's password")));
}

static void
hierarchy_password_changes_inside_the_session(void **state)
{
	struct rig *r = rig_of(state);
	const TPM2B_AUTH owner = { .size = 17, .buffer = "owner's password" };
	const TPM2B_AUTH none = { 0 };

	assert_int_equal(0, Esys_HierarchyChangeAuth(r->esys, ESYS_TR_RH_OWNER, PW2, &owner));
	rig_auth(r, ESYS_TR_RH_OWNER, bytes_of(owner.buffer, owner.size));
	assert_int_equal(0, Esys_HierarchyChangeAuth(r->esys, ESYS_TR_RH_OWNER, PW2, &none));
	assert_false(was_seen(r, LITERAL("owner's password")));
}

static void
clear_with_the_lockout_password_empties_it(void **state)
{
	struct rig *r = rig_of(state);
	const TPM2B_AUTH lockout = { .size = 18, .buffer = "lockout's password" };

	assert_int_equal(0, Esys_HierarchyChangeAuth(r->esys, ESYS_TR_RH_LOCKOUT, PW2, &lockout));
	rig_auth(r, ESYS_TR_RH_LOCKOUT, bytes_of(lockout.buffer, lockout.size));
	assert_int_equal(0, Esys_Clear(r->esys, ESYS_TR_RH_LOCKOUT, PW2));
	assert_false(was_seen(r, LITERAL("lockout's password")));
}

static void
policy_sessions_pass_and_policy_secret_is_protected(void **state)
{
	struct rig *r = rig_of(state);
	const TPMT_SYM_DEF symmetric = { .algorithm = TPM2_ALG_NULL };
	ESYS_TR session = ESYS_TR_NONE;
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	assert_int_equal(0, Esys_StartAuthSession(r->esys, ESYS_TR_NONE, ESYS_TR_NONE, NONE3, NULL,
				    TPM2_SE_POLICY, &symmetric, TPM2_ALG_SHA256, &session));
	assert_int_equal(
		0, Esys_PolicySecret(r->esys, key, session, PW2, NULL, NULL, NULL, 0, NULL, NULL));
	assert_int_equal(0, Esys_FlushContext(r->esys, session));
	assert_false(was_seen(r, LITERAL(PASSWORD)));
}

static void
object_without_a_name_is_refused(void **state)
{
	struct rig *r = rig_of(state);
	ESYS_TR key = rig_key(r, RIG_SIGN_P256, LITERAL(PASSWORD));

	wire_name_drop(r->wire, rig_handle(r, key));
	count_reset(&r->count);
	assert_int_equal(WIRE_RC_REFUSED, rig_sign(r, key));
	assert_int_equal(0, r->count.commands);
	key = rig_reopen(r, LITERAL(PASSWORD));
	rig_name(r, key);
	assert_int_equal(0, rig_sign(r, key));
}

#define ECC(name) cmocka_unit_test_setup_teardown(name, rig_open_ecc, rig_close)
#define RSA(name)                                                                                  \
	{                                                                                          \
#name " (RSA parent)", name, rig_open_rsa, rig_close, NULL                         \
	}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ECC(sign_costs_one_session_and_one_command_each),
		ECC(sealed_secret_is_never_in_clear),
		ECC(unseal_without_password_is_encrypted_too),
		ECC(rsa_decrypt_gives_the_plaintext),
		ECC(ecdh_gives_the_shared_point),
		ECC(object_change_auth_hides_the_new_password),
		ECC(wrong_password_harms_nothing),
		ECC(wrong_password_of_a_seal_is_auth_fail),
		ECC(zeros_at_the_end_of_a_password_do_not_count),
		ECC(certify_has_two_secret_authorisations),
		ECC(hierarchy_password_changes_inside_the_session),
		ECC(clear_with_the_lockout_password_empties_it),
		ECC(policy_sessions_pass_and_policy_secret_is_protected),
		ECC(object_without_a_name_is_refused),
		RSA(sealed_secret_is_never_in_clear),
		RSA(sign_costs_one_session_and_one_command_each),
	};

	return rig_main(tests, sizeof tests / sizeof *tests);
}
