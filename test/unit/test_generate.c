/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key pairs: generating, signing, keys that ask for the PIN each time.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_fixture.h"
#include "tpm2-token/vendor.h"

static void
a_pair_has_what_clients_look_for(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;
	unsigned calls = fake_tpm.calls;

	give(&priv, CKA_LABEL, LITERAL("pair"));
	assert_rv(CKR_OK, try_ec(f->token, &priv, true, &a, &b));
	assert_int_equal(calls + 1, fake_tpm.calls);
	assert_true(object_is_token(a) && object_is_token(b));
	assert_true(!object_is_private(a) && object_is_private(b));
	assert_bytes_equal(LITERAL("pair"), label_of(a));
	assert_bytes_equal(LITERAL("pair"), label_of(b));
	assert_int_equal(20, attrs_bytes(object_attrs(a), CKA_ID).len);
	assert_bytes_equal(
		attrs_bytes(object_attrs(a), CKA_ID), attrs_bytes(object_attrs(b), CKA_ID));
	assert_false(bytes_equal(attrs_bytes(object_attrs(a), CKA_UNIQUE_ID),
		attrs_bytes(object_attrs(b), CKA_UNIQUE_ID)));
	assert_bytes_equal(attrs_bytes(object_attrs(a), CKA_EC_POINT),
		attrs_bytes(object_attrs(b), CKA_EC_POINT));
	assert_true(attrs_bool(object_attrs(b), CKA_LOCAL, false));
	assert_int_equal(CKM_EC_KEY_PAIR_GEN, attrs_u64(object_attrs(b), CKA_KEY_GEN_MECHANISM, 0));
	assert_true(attrs_has(object_attrs(b), CKA_TPM2_TOKEN_PUBLIC));
	assert_rv(CKR_OK, try_sign(f->token, object_handle(b), BYTES_EMPTY));
	object_put(a);
	object_put(b);
	attrs_free(&priv);
}

static void
what_is_loaded_is_what_was_made(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *made[2] = { NULL, NULL };
	struct object *loaded = NULL;

	give(&priv, CKA_LABEL, LITERAL("pair"));
	give(&priv, CKA_ID, LITERAL("\x01"));
	assert_rv(CKR_OK, try_ec(f->token, &priv, true, &made[0], &made[1]));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	for (int i = 0; i < 2; i++) {
		uint64_t handle = 0;

		assert_int_equal(
			1, find_one(f->token, CKA_UNIQUE_ID,
				   attrs_bytes(object_attrs(made[i]), CKA_UNIQUE_ID), &handle));
		assert_rv(CKR_OK, object_get(f->token, handle, &loaded));
		assert_int_equal(object_attrs(made[i])->count, object_attrs(loaded)->count);
		assert_true(attrs_match(object_attrs(loaded), object_attrs(made[i])));
		object_put(loaded);
		object_put(made[i]);
	}
	attrs_free(&priv);
}

static void
an_rsa_pair_signs(void **state)
{
	static const uint8_t digest[32] = { 9 };
	struct fixture *f = *state;
	struct attrs pub = ATTRS_EMPTY;
	struct attrs priv = ATTRS_EMPTY;
	struct scheme s = { .alg = ALG_RSA_PKCS1, .hash = HASH_SHA256 };
	struct buf signature = BUF_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	give_u64(&pub, CKA_MODULUS_BITS, 2048);
	assert_rv(CKR_OK, object_generate_pair(f->token, 1, mech_find(CKM_RSA_PKCS_KEY_PAIR_GEN),
				  &pub, &priv, &a, &b));
	assert_int_equal(2048, attrs_u64(object_attrs(a), CKA_MODULUS_BITS, 0));
	assert_rv(CKR_OK, object_sign_room(b, &s, sizeof digest));
	assert_rv(CKR_DATA_LEN_RANGE, object_sign_room(b, &s, 1));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_sign_room(a, &s, sizeof digest));
	assert_rv(CKR_OK, object_sign(f->token, b, &s, BYTES_EMPTY, bytes_of(digest, sizeof digest),
				  &signature));
	assert_rv(CKR_OK, crypto_verify(object_pubkey(a), &s, bytes_of(digest, sizeof digest),
				  view(&signature)));
	buf_free(&signature);
	object_put(a);
	object_put(b);
	attrs_free(&pub);
	attrs_free(&priv);
}

/* A store of the first version did not ask the TPM for AES. */
static void
what_the_store_does_not_know_of_the_tpm_is_asked_once(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	unsigned calls = 0;

	fixture_sql(f, "UPDATE tpm_caps SET encrypt_decrypt = 1, aes_bits = 0");
	for (unsigned i = 0; i < 2; i++) {
		struct object *a = NULL;
		struct object *b = NULL;

		calls = fake_tpm.calls;
		assert_rv(CKR_OK, try_ec(f->token, &priv, true, &a, &b));
		assert_int_equal(calls + (i == 0 ? 2 : 1), fake_tpm.calls);
		object_put(a);
		object_put(b);
	}
}

static void
each_half_goes_where_its_template_says(void **state)
{
	struct fixture *f = *state;
	struct attrs pub = ATTRS_EMPTY;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	give(&pub, CKA_EC_PARAMS, curve_row(CURVE_P256)->oid);
	give(&pub, CKA_LABEL, LITERAL("split"));
	give_bool(&priv, CKA_TOKEN, true);
	assert_rv(CKR_OK, object_generate_pair(f->token, 7, mech_find(CKM_EC_KEY_PAIR_GEN), &pub,
				  &priv, &a, &b));
	assert_false(object_is_token(a));
	assert_true(object_is_token(b));
	object_put(a);
	object_put(b);
	object_owner_gone(f->token, 7);
	assert_int_equal(1, find_label(f->token, "split", NULL));
	attrs_free(&pub);
	attrs_free(&priv);
}

static void
generating_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	fake_tpm.calls = 0;
	fake_tpm.fail_at = 1;
	assert_rv(CKR_DEVICE_ERROR, try_ec(f->token, &priv, true, &a, &b));
	fake_tpm.fail_at = 0;
	/* The second row, the private key, cannot be written. */
	fixture_sql(f, "UPDATE token SET flags = 0; CREATE INDEX no ON object (abs(iif(class = 3, "
		       "-9223372036854775808, 0)))");
	assert_int_not_equal(CKR_OK, try_ec(f->token, &priv, true, &a, &b));
	assert_null(a);
	assert_null(b);
	assert_int_equal(0, find_label(f->token, NULL, NULL));
	fixture_sql(f, "UPDATE token SET flags = 0; DROP INDEX no");
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(0, find_label(f->token, NULL, NULL));
	attrs_free(&priv);
}

static void
logout_meanwhile(void *arg)
{
	assert_rv(CKR_OK, token_logout(arg));
}

static void
a_logout_while_the_tpm_works_leaves_no_key(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	fake_tpm.during = logout_meanwhile;
	fake_tpm.during_arg = f->token;
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_ec(f->token, &priv, true, &a, &b));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(0, find_label(f->token, NULL, NULL));
	attrs_free(&priv);
}

static void
a_refused_template_costs_no_command(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;
	unsigned calls = fake_tpm.calls;

	give(&priv, CKA_MODULUS, LITERAL("x"));
	assert_int_not_equal(CKR_OK, try_ec(f->token, &priv, true, &a, &b));
	attrs_remove(&priv, CKA_MODULUS);
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_ec(f->token, &priv, true, &a, &b));
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_ec(f->token, &priv, false, &a, &b));
	assert_int_equal(calls, fake_tpm.calls);
	attrs_free(&priv);
}

static void
a_public_session_key_needs_no_login(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct attrs change = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	give_bool(&priv, CKA_PRIVATE, false);
	assert_rv(CKR_OK, try_ec(f->token, &priv, false, &a, &b));
	assert_rv(CKR_OK, try_sign(f->token, object_handle(b), BYTES_EMPTY));
	give(&change, CKA_LABEL, LITERAL("renamed"));
	assert_rv(CKR_OK, object_change(f->token, b, &change));
	assert_rv(CKR_OK, try_sign(f->token, object_handle(b), BYTES_EMPTY));
	object_put(a);
	object_put(b);
	attrs_free(&priv);
	attrs_free(&change);
}

static void
signing_costs_one_call_and_no_lock(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	unsigned calls = fake_tpm.calls;

	fake_tpm.during = logout_meanwhile; /* would wait for the lock for ever */
	fake_tpm.during_arg = f->token;
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
	assert_int_equal(calls + 1, fake_tpm.calls);
	assert_int_equal(ROLE_PUBLIC, token_role(f->token));
}

/* --- keys that ask for the PIN each time --- */

static uint64_t
make_always(struct fixture *f)
{
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;
	uint64_t handle = 0;

	give_bool(&priv, CKA_ALWAYS_AUTHENTICATE, true);
	assert_rv(CKR_OK, try_ec(f->token, &priv, true, &a, &b));
	handle = object_handle(b);
	object_put(a);
	object_put(b);
	attrs_free(&priv);
	return handle;
}

static void
an_always_authenticate_key_wants_its_own_login(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_always(f);
	struct object *o = NULL;
	struct buf auth = BUF_EMPTY;

	assert_rv(CKR_USER_NOT_LOGGED_IN, try_sign(f->token, key, BYTES_EMPTY));
	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_rv(CKR_PIN_INCORRECT, token_login_context(f->token, o, LITERAL("nope"), &auth));
	assert_int_equal(ROLE_USER, token_role(f->token));
	assert_rv(CKR_OK, token_login_context(f->token, o, USER_PIN, &auth));
	assert_rv(CKR_OK, try_sign(f->token, key, view(&auth)));
	auth.ptr[0] ^= 1;
	assert_rv(CKR_DEVICE_ERROR, try_sign(f->token, key, view(&auth))); /* the TPM says no */
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, token_login_context(f->token, o, USER_PIN, &auth));
	object_put(o);
	buf_free(&auth);
}

static void
a_login_allows_eight_new_keys_of_that_kind(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	for (int i = 0; i < 8; i++)
		make_always(f);
	give_bool(&priv, CKA_ALWAYS_AUTHENTICATE, true);
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_ec(f->token, &priv, true, &a, &b));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	make_always(f);
	attrs_free(&priv);
}

#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(a_pair_has_what_clients_look_for),
		USER(what_is_loaded_is_what_was_made),
		USER(an_rsa_pair_signs),
		USER(what_the_store_does_not_know_of_the_tpm_is_asked_once),
		USER(each_half_goes_where_its_template_says),
		USER(generating_is_all_or_nothing),
		USER(a_logout_while_the_tpm_works_leaves_no_key),
		USER(a_refused_template_costs_no_command),
		TOKEN(a_public_session_key_needs_no_login),
		USER(signing_costs_one_call_and_no_lock),
		USER(an_always_authenticate_key_wants_its_own_login),
		USER(a_login_allows_eight_new_keys_of_that_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
