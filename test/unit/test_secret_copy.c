/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of secret keys between token and sessions, and what may be read of
 * keys that only the TPM has.
 */
#include "config.h"

#include "secret.h"
#include "tpm2-token/vendor.h"

static const uint8_t value[32] = "a value of thirty-two bytes.....";

#define VALUE bytes_of(value, sizeof value)

static CK_RV
try_copy(struct fixture *f, struct object *o, bool token, struct object **out)
{
	struct attrs a = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	give_bool(&a, CKA_TOKEN, token);
	give(&a, CKA_LABEL, bytes_str("copy"));
	rv = object_copy(f->token, 7, o, &a, out);
	attrs_free(&a);
	return rv;
}

static bool
is_in_tpm(const struct object *o)
{
	return attrs_has(object_attrs(o), CKA_TPM2_TOKEN_PUBLIC);
}

/* Both make the same MAC. */
static void
assert_same_key(struct fixture *f, struct object *a, struct object *b)
{
	struct scheme s = { .alg = ALG_AES_CMAC, .mac_len = 16 };
	struct buf one = BUF_EMPTY;
	struct buf two = BUF_EMPTY;

	assert_rv(CKR_OK, secret_mac(f->token, a, &s, VALUE, &one));
	assert_rv(CKR_OK, secret_mac(f->token, b, &s, VALUE, &two));
	assert_bytes_equal(view(&one), view(&two));
	buf_free(&one);
	buf_free(&two);
}

static void
a_session_key_moves_into_the_tpm_by_a_copy(void **state)
{
	struct fixture *f = *state;
	struct object *o = secret_create(f->token, CKK_AES, false, VALUE);
	struct object *copy = NULL;
	unsigned before = fake_tpm.calls;

	assert_rv(CKR_OK, try_copy(f, o, false, &copy));
	assert_false(is_in_tpm(copy));
	assert_int_equal(before, fake_tpm.calls);
	object_put(copy);
	copy = NULL;
	assert_rv(CKR_OK, try_copy(f, o, true, &copy));
	assert_true(is_in_tpm(copy));
	assert_false(attrs_has(object_attrs(copy), CKA_VALUE));
	assert_int_equal(32, attrs_u64(object_attrs(copy), CKA_VALUE_LEN, 0));
	assert_same_key(f, o, copy);
	object_put(copy);
	object_put(o);
}

static void
copies_of_a_key_in_the_tpm_stay_there(void **state)
{
	struct fixture *f = *state;
	struct object *o = secret_create(f->token, CKK_AES, true, VALUE);
	struct object *copy = NULL;
	uint64_t handle = 0;

	for (int token = 0; token < 2; token++) {
		assert_rv(CKR_OK, try_copy(f, o, token != 0, &copy));
		assert_true(is_in_tpm(copy));
		assert_int_equal(32, attrs_u64(object_attrs(copy), CKA_VALUE_LEN, 0));
		assert_same_key(f, o, copy);
		object_put(copy);
		copy = NULL;
	}
	object_put(o);
	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_label(f->token, "secret", &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_int_equal(1, find_label(f->token, "copy", &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &copy));
	assert_same_key(f, o, copy);
	object_put(copy);
	object_put(o);
}

static void
a_copy_that_fails_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct object *o = secret_create(f->token, CKK_AES, false, VALUE);
	struct object *copy = NULL;

	fake_tpm.fail_at = fake_tpm.calls + 1;
	assert_rv(CKR_DEVICE_ERROR, try_copy(f, o, true, &copy));
	assert_null(copy);
	assert_int_equal(0, find_label(f->token, "copy", NULL));
	object_put(o);
}

/* --- reading --- */

static CK_RV
read_value(struct fixture *f, struct object *o, struct buf *out)
{
	struct attrs all = ATTRS_EMPTY;
	uint8_t bytes[64];
	CK_ATTRIBUTE a = { CKA_VALUE, bytes, sizeof bytes };
	CK_RV rv = CKR_OK;

	if (attr_asks_secret(object_attrs(o), &a, 1))
		rv = object_reveal(f->token, o, &all);
	if (rv == CKR_OK)
		rv = attr_values(all.count > 0 ? &all : object_attrs(o), &a, 1);
	attrs_free(&all);
	return rv == CKR_OK ? buf_set(out, bytes_of(bytes, a.ulValueLen)) : rv;
}

static void
what_may_be_read_is_fetched_from_the_tpm(void **state)
{
	static const CK_KEY_TYPE types[] = { CKK_AES, CKK_SHA256_HMAC, CKK_GENERIC_SECRET };
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;
		struct buf out = BUF_EMPTY;
		uint64_t handle = 0;

		secret_template(&a, types[i], true);
		give(&a, CKA_VALUE, VALUE);
		give_bool(&a, CKA_EXTRACTABLE, true);
		give_bool(&a, CKA_PRIVATE, false);
		assert_rv(CKR_OK, object_create(f->token, 7, &a, &o));
		attrs_free(&a);
		assert_rv(CKR_OK, read_value(f, o, &out));
		assert_bytes_equal(VALUE, view(&out));
		assert_int_equal(0, find_one(f->token, CKA_VALUE, VALUE, &handle));
		assert_rv(CKR_OK, token_logout(f->token));
		assert_rv(CKR_ATTRIBUTE_SENSITIVE, read_value(f, o, &out));
		assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
		fake_tpm.fail_at = fake_tpm.calls + 1;
		assert_rv(CKR_DEVICE_ERROR, read_value(f, o, &out));
		buf_free(&out);
		object_put(o);
	}
}

static void
what_may_not_be_read_costs_no_command(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct attrs change = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *now = NULL;
	struct buf out = BUF_EMPTY;
	unsigned before = 0;

	assert_rv(CKR_OK, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	before = fake_tpm.calls;
	assert_rv(CKR_ATTRIBUTE_SENSITIVE, read_value(f, o, &out));
	object_put(o);
	assert_int_equal(before, fake_tpm.calls);
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	assert_rv(CKR_OK, read_value(f, o, &out));
	give_bool(&change, CKA_EXTRACTABLE, false);
	assert_rv(CKR_OK, object_change(f->token, o, &change));
	assert_rv(CKR_OK, object_get(f->token, object_handle(o), &now));
	before = fake_tpm.calls;
	assert_rv(CKR_ATTRIBUTE_SENSITIVE, read_value(f, now, &out));
	assert_int_equal(before, fake_tpm.calls);
	assert_int_equal(16, attrs_u64(object_attrs(now), CKA_VALUE_LEN, 0));
	buf_free(&out);
	attrs_free(&change);
	object_put(now);
	object_put(o);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(a_session_key_moves_into_the_tpm_by_a_copy),
		USER(copies_of_a_key_in_the_tpm_stay_there),
		USER(a_copy_that_fails_leaves_nothing),
		USER(what_may_be_read_is_fetched_from_the_tpm),
		USER(what_may_not_be_read_costs_no_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
