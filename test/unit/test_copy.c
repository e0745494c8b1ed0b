/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies: of keys, which get an authorisation of their own, and of what has none.
 */
#include "config.h"

#include "token_fixture.h"

/* A copy of what handle is, to the token or the session; 0 where rv is not CKR_OK. */
static uint64_t
copy_to(struct fixture *f, uint64_t handle, bool token, const char *label, CK_RV rv)
{
	struct attrs given = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *made = NULL;
	uint64_t copy = 0;

	give_bool(&given, CKA_TOKEN, token);
	give(&given, CKA_LABEL, bytes_str(label));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_rv(rv, object_copy(f->token, 7, o, &given, &made));
	if (rv == CKR_OK) {
		copy = object_handle(made);
		assert_int_equal(token, object_is_token(made));
		assert_false(bytes_equal(attrs_bytes(object_attrs(o), CKA_UNIQUE_ID),
			attrs_bytes(object_attrs(made), CKA_UNIQUE_ID)));
	} else {
		assert_null(made);
	}
	object_put(made);
	object_put(o);
	attrs_free(&given);
	return copy;
}

/* The private half of a session pair that the session 7 has made. */
static uint64_t
make_session_ec(struct fixture *f, bool always)
{
	struct attrs pub = ATTRS_EMPTY;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;
	uint64_t handle = 0;

	give(&pub, CKA_EC_PARAMS, curve_row(CURVE_P256)->oid);
	if (always)
		give_bool(&priv, CKA_ALWAYS_AUTHENTICATE, true);
	assert_rv(CKR_OK, object_generate_pair(f->token, 7, mech_find(CKM_EC_KEY_PAIR_GEN), &pub,
				  &priv, &a, &b));
	handle = object_handle(b);
	object_put(a);
	object_put(b);
	attrs_free(&pub);
	attrs_free(&priv);
	return handle;
}

static void
login_again(struct fixture *f)
{
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
}

/* What keytool does: a pair in the session, then the private key to the token. */
static void
a_session_key_copied_to_the_token_signs_after_a_new_login(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_session_ec(f, false);
	uint64_t copy = 0;
	unsigned calls = fake_tpm.calls;

	copy = copy_to(f, key, true, "kept", CKR_OK);
	assert_int_equal(calls + 1, fake_tpm.calls);
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
	assert_rv(CKR_OK, try_sign(f->token, copy, BYTES_EMPTY));
	object_owner_gone(f->token, 7);
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, key));
	assert_rv(CKR_OK, try_sign(f->token, copy, BYTES_EMPTY));
	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_label(f->token, "kept", &copy));
	assert_rv(CKR_OK, try_sign(f->token, copy, BYTES_EMPTY));
	assert_rv(CKR_OK, token_check(f->token));
}

static void
a_token_key_copied_to_the_session_lives_as_long_as_that(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	uint64_t copy = copy_to(f, key, false, "passing", CKR_OK);

	assert_rv(CKR_OK, try_sign(f->token, copy, BYTES_EMPTY));
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
	object_owner_gone(f->token, 7);
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, copy));
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
}

static void
copies_on_the_token_are_keys_of_their_own(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	uint64_t copy = copy_to(f, key, true, "second", CKR_OK);
	struct object *o = NULL;

	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_rv(CKR_OK, object_destroy(f->token, o));
	object_put(o);
	assert_rv(CKR_OK, try_sign(f->token, copy, BYTES_EMPTY));
	login_again(f);
	assert_int_equal(1, find_label(f->token, "second", &copy));
	copy = copy_to(f, copy, true, "third", CKR_OK);
	assert_rv(CKR_OK, try_sign(f->token, copy, BYTES_EMPTY));
}

static void
a_copy_has_the_history_of_its_key(void **state)
{
	struct fixture *f = *state;
	uint64_t copy = copy_to(f, make_ec(f, "key"), true, "copy", CKR_OK);
	struct object *o = NULL;

	assert_rv(CKR_OK, object_get(f->token, copy, &o));
	assert_true(attrs_bool(object_attrs(o), CKA_LOCAL, false));
	assert_true(attrs_bool(object_attrs(o), CKA_NEVER_EXTRACTABLE, false));
	assert_int_equal(CKM_EC_KEY_PAIR_GEN, attrs_u64(object_attrs(o), CKA_KEY_GEN_MECHANISM, 0));
	assert_bytes_equal(LITERAL("copy"), label_of(o));
	object_put(o);
}

static void
data_is_copied_without_the_tpm(void **state)
{
	struct fixture *f = *state;
	uint64_t data = make_data(f, "data", true, true);
	unsigned calls = fake_tpm.calls;
	uint64_t copy = copy_to(f, data, false, "passing", CKR_OK);
	struct object *o = NULL;

	assert_int_equal(calls, fake_tpm.calls);
	assert_rv(CKR_OK, object_get(f->token, copy, &o));
	assert_bytes_equal(LITERAL("value of data"), attrs_bytes(object_attrs(o), CKA_VALUE));
	assert_true(object_is_private(o));
	object_put(o);
	copy = copy_to(f, copy, true, "kept", CKR_OK);
	login_again(f);
	assert_int_equal(1, find_label(f->token, "kept", &copy));
	assert_int_equal(0, find_label(f->token, "passing", NULL));
	assert_rv(CKR_OK, token_check(f->token));
}

static void
a_public_object_is_copied_to_the_session_without_a_login(void **state)
{
	struct fixture *f = *state;
	uint64_t data = make_data(f, "data", true, false);

	assert_rv(CKR_OK, token_logout(f->token));
	assert_int_equal(1, find_label(f->token, "data", &data));
	copy_to(f, data, false, "copy", CKR_OK);
	copy_to(f, data, true, "copy", CKR_USER_NOT_LOGGED_IN);
}

static void
what_is_not_copyable_stays_one(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	struct attrs change = ATTRS_EMPTY;
	struct object *o = NULL;
	unsigned calls = 0;

	give_bool(&change, CKA_COPYABLE, false);
	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_rv(CKR_OK, object_change(f->token, o, &change));
	object_put(o);
	calls = fake_tpm.calls;
	copy_to(f, key, true, "copy", CKR_ACTION_PROHIBITED);
	assert_int_equal(calls, fake_tpm.calls);
	attrs_free(&change);
}

static void
a_key_that_asks_each_time_says_that_it_is_not_copyable(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_session_ec(f, true);
	struct object *o = NULL;

	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_false(attrs_bool(object_attrs(o), CKA_COPYABLE, true));
	object_put(o);
	copy_to(f, key, true, "copy", CKR_ACTION_PROHIBITED);
}

static void
a_template_can_not_make_a_key_that_asks_each_time_copyable(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	give_bool(&priv, CKA_ALWAYS_AUTHENTICATE, true);
	give_bool(&priv, CKA_COPYABLE, true);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_ec(f->token, &priv, true, &a, &b));
	attrs_free(&priv);
}

static void
profiles_are_not_copied(void **state)
{
	struct fixture *f = *state;
	uint8_t class[8] = { 0, 0, 0, 0, 0, 0, 0, CKO_PROFILE };
	struct attrs none = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *made = NULL;
	uint64_t handle = 0;

	assert_int_not_equal(
		0, find_one(f->token, CKA_CLASS, bytes_of(class, sizeof class), &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_rv(CKR_ACTION_PROHIBITED, object_copy(f->token, 7, o, &none, &made));
	object_put(o);
}

static void
logout_meanwhile(void *arg)
{
	assert_rv(CKR_OK, token_logout(arg));
}

static void
copying_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");

	fake_tpm.fail_at = fake_tpm.calls + 1;
	copy_to(f, key, true, "copy", CKR_DEVICE_ERROR);
	fake_tpm.fail_at = 0;
	assert_int_equal(0, find_label(f->token, "copy", NULL));
	fake_tpm.during = logout_meanwhile;
	fake_tpm.during_arg = f->token;
	copy_to(f, key, true, "copy", CKR_USER_NOT_LOGGED_IN);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(0, find_label(f->token, "copy", NULL));
	assert_int_equal(2, find_label(f->token, "key", NULL));
}

static void
a_refused_template_costs_no_command(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	struct attrs given = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *made = NULL;
	unsigned calls = fake_tpm.calls;

	give_bool(&given, CKA_SENSITIVE, false);
	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_copy(f->token, 7, o, &given, &made));
	attrs_remove(&given, CKA_SENSITIVE);
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, object_copy(f->token, 7, o, &given, &made));
	assert_null(made);
	assert_int_equal(calls, fake_tpm.calls);
	object_put(o);
	attrs_free(&given);
}

static void
the_size_of_an_object_counts_values_and_blobs(void **state)
{
	struct fixture *f = *state;
	struct attrs change = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *longer = NULL;
	uint64_t data = make_data(f, "data", true, false);
	uint64_t key = make_ec(f, "key");

	assert_rv(CKR_OK, object_get(f->token, data, &o));
	give(&change, CKA_LABEL, LITERAL("data and seventeen"));
	assert_rv(CKR_OK, object_change(f->token, o, &change));
	assert_rv(CKR_OK, object_get(f->token, data, &longer));
	assert_true(object_size(longer) == object_size(o) + 14);
	object_put(longer);
	object_put(o);
	attrs_free(&change);
	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_true(object_size(o) > attrs_bytes(object_attrs(o), CKA_PUBLIC_KEY_INFO).len + 64);
	object_put(o);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(a_session_key_copied_to_the_token_signs_after_a_new_login),
		USER(a_token_key_copied_to_the_session_lives_as_long_as_that),
		USER(copies_on_the_token_are_keys_of_their_own),
		USER(a_copy_has_the_history_of_its_key),
		USER(data_is_copied_without_the_tpm),
		USER(a_public_object_is_copied_to_the_session_without_a_login),
		USER(what_is_not_copyable_stays_one),
		USER(a_key_that_asks_each_time_says_that_it_is_not_copyable),
		USER(a_template_can_not_make_a_key_that_asks_each_time_copyable),
		USER(profiles_are_not_copied),
		USER(copying_is_all_or_nothing),
		USER(a_refused_template_costs_no_command),
		USER(the_size_of_an_object_counts_values_and_blobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
