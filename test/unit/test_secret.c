/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys: created and generated, what they show of themselves, and what
 * of them reaches the file.
 */
#include "config.h"

#include "token_fixture.h"

#include "crypto/crypto.h"

#define VALUE LITERAL("a secret of thirty-two bytes....")

static void
give_secret(struct attrs *a, CK_KEY_TYPE type, bool token)
{
	give_u64(a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(a, CKA_KEY_TYPE, type);
	give_bool(a, CKA_TOKEN, token);
}

static CK_RV
try_create(struct fixture *f, struct attrs *a, struct object **out)
{
	CK_RV rv = object_create(f->token, 7, a, out);

	attrs_free(a);
	return rv;
}

static CK_RV
try_generate(struct fixture *f, CK_MECHANISM_TYPE type, struct attrs *a, struct object **out)
{
	CK_RV rv = object_generate_secret(f->token, 7, mech_find(type), a, out);

	attrs_free(a);
	return rv;
}

static CK_RV
read_value(const struct object *o)
{
	uint8_t value[64];
	CK_ATTRIBUTE a = { CKA_VALUE, value, sizeof value };

	return attr_values(object_attrs(o), &a, 1);
}

/* --- C_CreateObject --- */

static void
every_type_of_secret_key_can_be_created(void **state)
{
	static const CK_KEY_TYPE types[] = { CKK_GENERIC_SECRET, CKK_AES, CKK_SHA_1_HMAC,
		CKK_SHA224_HMAC, CKK_SHA256_HMAC, CKK_SHA384_HMAC, CKK_SHA512_HMAC };
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * sizeof types / sizeof *types; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;

		give_secret(&a, types[i / 2], i % 2 == 1);
		give(&a, CKA_VALUE, VALUE);
		assert_rv(CKR_OK, try_create(f, &a, &o));
		assert_int_equal(32, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
		assert_true(object_is_private(o)); /* as someone is logged in */
		assert_false(attrs_bool(object_attrs(o), CKA_LOCAL, true));
		assert_false(attrs_bool(object_attrs(o), CKA_ALWAYS_SENSITIVE, true));
		assert_false(attrs_bool(object_attrs(o), CKA_NEVER_EXTRACTABLE, true));
		assert_int_equal(UINT64_MAX, attrs_u64(object_attrs(o), CKA_KEY_GEN_MECHANISM, 0));
		object_put(o);
	}
}

static void
templates_of_secret_keys_are_checked(void **state)
{
	static const struct {
		uint64_t type;
		const char *value;
		CK_RV rv;
	} rows[] = {
		{ CKA_VALUE, "", CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKA_VALUE, "seventeen bytes..", CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKA_CHECK_VALUE, "abc", CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKA_VALUE_LEN, "\0\0\0\0\0\0\0\x11", CKR_ATTRIBUTE_READ_ONLY },
		{ CKA_LOCAL, "\1", CKR_ATTRIBUTE_READ_ONLY },
		{ CKA_KEY_TYPE, "\0\0\0\0\0\0\0\x15", CKR_ATTRIBUTE_VALUE_INVALID }, /* DES3 */
	};
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = rows[i].type == CKA_LOCAL ? 1
			     : rows[i].value[0] == '\0' && rows[i].type != CKA_VALUE
				     ? 8
				     : strlen(rows[i].value);

		give_secret(&a, CKK_AES, true);
		give(&a, CKA_VALUE, VALUE);
		give(&a, rows[i].type, bytes_of(rows[i].value, len));
		assert_rv(rows[i].rv, try_create(f, &a, &o));
	}
	give_secret(&a, CKK_AES, true);
	assert_rv(CKR_TEMPLATE_INCOMPLETE, try_create(f, &a, &o));
	give_u64(&a, CKA_CLASS, CKO_SECRET_KEY);
	give(&a, CKA_VALUE, VALUE);
	assert_rv(CKR_TEMPLATE_INCOMPLETE, try_create(f, &a, &o));
	assert_null(o);
}

static void
check_values_are_those_of_the_standard(void **state)
{
	/* FIPS 197: E(k, 0), from libcrypto; the digest is that of "abc". */
	static const uint8_t aes128[] = { 0xc6, 0xa1, 0x3b };
	static const uint8_t sha1[] = { 0xa9, 0x99, 0x3e };
	static const uint8_t key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_secret(&a, CKK_AES, false);
	give(&a, CKA_VALUE, bytes_of(key, sizeof key));
	give(&a, CKA_CHECK_VALUE, bytes_of(aes128, sizeof aes128));
	give_u64(&a, CKA_VALUE_LEN, 16);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	object_put(o);
	give_secret(&a, CKK_GENERIC_SECRET, false);
	give(&a, CKA_VALUE, LITERAL("abc"));
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_bytes_equal(
		bytes_of(sha1, sizeof sha1), attrs_bytes(object_attrs(o), CKA_CHECK_VALUE));
	object_put(o);
	give_secret(&a, CKK_GENERIC_SECRET, false);
	give(&a, CKA_VALUE, LITERAL("abc"));
	give(&a, CKA_CHECK_VALUE, BYTES_EMPTY);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_int_equal(0, attrs_bytes(object_attrs(o), CKA_CHECK_VALUE).len);
	object_put(o);
}

/* --- C_GenerateKey --- */

static void
generated_keys_know_their_past(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;
		const struct attrs *got = NULL;

		give_bool(&a, CKA_SENSITIVE, (i & 1) != 0);
		give_bool(&a, CKA_EXTRACTABLE, (i & 2) != 0);
		give_u64(&a, CKA_VALUE_LEN, 24);
		assert_rv(CKR_OK, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
		got = object_attrs(o);
		assert_int_equal(CKK_AES, attrs_u64(got, CKA_KEY_TYPE, 0));
		assert_int_equal(24, attrs_bytes(got, CKA_VALUE).len);
		assert_int_equal(24, attrs_u64(got, CKA_VALUE_LEN, 0));
		assert_int_equal(3, attrs_bytes(got, CKA_CHECK_VALUE).len);
		assert_true(attrs_bool(got, CKA_LOCAL, false));
		assert_int_equal(CKM_AES_KEY_GEN, attrs_u64(got, CKA_KEY_GEN_MECHANISM, 0));
		assert_int_equal((i & 1) != 0, attrs_bool(got, CKA_ALWAYS_SENSITIVE, false));
		assert_int_equal((i & 2) == 0, attrs_bool(got, CKA_NEVER_EXTRACTABLE, false));
		assert_rv(i == 2 ? CKR_OK : CKR_ATTRIBUTE_SENSITIVE, read_value(o));
		object_put(o);
	}
}

static void
lengths_of_generated_keys_are_checked(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		uint64_t len;
		CK_RV rv;
	} rows[] = {
		{ CKM_AES_KEY_GEN, 16, CKR_OK },
		{ CKM_AES_KEY_GEN, 32, CKR_OK },
		{ CKM_AES_KEY_GEN, 0, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKM_AES_KEY_GEN, 20, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKM_GENERIC_SECRET_KEY_GEN, 1, CKR_OK },
		{ CKM_GENERIC_SECRET_KEY_GEN, 4096, CKR_OK },
		{ CKM_GENERIC_SECRET_KEY_GEN, 0, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKM_GENERIC_SECRET_KEY_GEN, 4097, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKM_GENERIC_SECRET_KEY_GEN, UINT64_MAX, CKR_ATTRIBUTE_VALUE_INVALID },
	};
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		give_u64(&a, CKA_VALUE_LEN, rows[i].len);
		o = NULL;
		assert_rv(rows[i].rv, try_generate(f, rows[i].type, &a, &o));
		object_put(o);
	}
	o = NULL;
	assert_rv(CKR_TEMPLATE_INCOMPLETE, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	give_u64(&a, CKA_VALUE_LEN, 16);
	give_u64(&a, CKA_KEY_TYPE, CKK_GENERIC_SECRET);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	give_u64(&a, CKA_VALUE_LEN, 16);
	give(&a, CKA_VALUE, LITERAL("sixteen bytes..."));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	give_u64(&a, CKA_VALUE_LEN, 16);
	give(&a, CKA_CHECK_VALUE, LITERAL("abc"));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	assert_null(o);
}

static void
without_a_login_there_are_session_keys(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_u64(&a, CKA_VALUE_LEN, 16);
	assert_rv(CKR_OK, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	object_put(o);
	o = NULL;
	give_u64(&a, CKA_VALUE_LEN, 16);
	give_bool(&a, CKA_PRIVATE, true);
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	give_u64(&a, CKA_VALUE_LEN, 16);
	give_bool(&a, CKA_TOKEN, true);
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	assert_null(o);
}

/* --- in the store --- */

/* Longer than a TPM holds. */
static void
a_long_key_comes_back_and_its_value_is_not_in_the_file(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct buf value = BUF_EMPTY;
	struct object *o = NULL;
	uint64_t handle = 0;

	for (int i = 0; i < 5; i++)
		assert_rv(CKR_OK, buf_append(&value, VALUE));
	give_secret(&a, CKK_GENERIC_SECRET, true);
	give(&a, CKA_VALUE, view(&value));
	give(&a, CKA_LABEL, LITERAL("secret"));
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	object_put(o);
	fixture_reopen(f);
	assert_false(fixture_file_has(f, VALUE));
	assert_int_equal(0, find_label(f->token, "secret", NULL));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_label(f->token, "secret", &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_bytes_equal(view(&value), attrs_bytes(object_attrs(o), CKA_VALUE));
	assert_int_equal(160, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
	assert_int_equal(3, attrs_bytes(object_attrs(o), CKA_CHECK_VALUE).len);
	assert_rv(CKR_OK, object_destroy(f->token, o));
	assert_int_equal(0, fake_tpm.forgotten);
	object_put(o);
	give_secret(&a, CKK_GENERIC_SECRET, true);
	give(&a, CKA_VALUE, view(&value));
	give_bool(&a, CKA_PRIVATE, false);
	o = NULL;
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_create(f, &a, &o));
	assert_null(o);
	buf_free(&value);
}

static void
a_key_that_became_sensitive_hides_its_value(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct attrs change = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *now = NULL;
	uint64_t handle = 0;

	give_secret(&a, CKK_GENERIC_SECRET, false);
	give(&a, CKA_VALUE, VALUE);
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_rv(CKR_OK, read_value(o));
	assert_int_equal(1, find_one(f->token, CKA_VALUE, VALUE, &handle));
	give_bool(&change, CKA_SENSITIVE, true);
	assert_rv(CKR_OK, object_change(f->token, o, &change));
	assert_rv(CKR_OK, object_get(f->token, handle, &now));
	assert_rv(CKR_ATTRIBUTE_SENSITIVE, read_value(now));
	assert_int_equal(0, find_one(f->token, CKA_VALUE, VALUE, &handle));
	give_bool(&change, CKA_SENSITIVE, false);
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_change(f->token, now, &change));
	attrs_free(&change);
	give(&change, CKA_VALUE, VALUE);
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_change(f->token, now, &change));
	attrs_free(&change);
	object_put(now);
	object_put(o);
}

static void
a_secret_key_signs_nothing_that_is_asymmetric(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_ECDSA };
	struct attrs a = ATTRS_EMPTY;
	struct buf out = BUF_EMPTY;
	struct object *o = NULL;

	give_u64(&a, CKA_VALUE_LEN, 16);
	assert_rv(CKR_OK, try_generate(f, CKM_AES_KEY_GEN, &a, &o));
	assert_null(object_pubkey(o));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED,
		object_sign(f->token, o, &s, BYTES_EMPTY, VALUE, &out));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_sign_room(o, &s, 32));
	object_put(o);
}

static void
a_secret_key_makes_macs_while_its_user_is_there(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_HMAC, .digest = HASH_SHA256, .mac_len = 32 };
	struct bytes data = LITERAL("data");
	struct attrs a = ATTRS_EMPTY;
	struct buf out = BUF_EMPTY;
	struct object *o = NULL;
	struct object *ec = NULL;
	struct mac *m = NULL;
	uint8_t right[32];

	give_secret(&a, CKK_GENERIC_SECRET, true);
	give(&a, CKA_VALUE, VALUE);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_rv(CKR_OK, object_mac_new(f->token, o, &s, &m));
	assert_rv(CKR_OK, mac_update(m, data));
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA256, VALUE, &data, 1, right));
	assert_bytes_equal(bytes_of(right, sizeof right), view(&out));
	mac_free(m);
	m = NULL;
	buf_free(&out);
	assert_rv(CKR_OK, object_get(f->token, make_ec(f, "ec"), &ec));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_mac_new(f->token, ec, &s, &m));
	s.alg = ALG_ECDSA;
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_mac_new(f->token, o, &s, &m));
	s.alg = ALG_HMAC;
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, object_mac_new(f->token, o, &s, &m));
	assert_null(m);
	object_put(ec);
	object_put(o);
}

#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(every_type_of_secret_key_can_be_created),
		USER(templates_of_secret_keys_are_checked),
		USER(check_values_are_those_of_the_standard),
		USER(generated_keys_know_their_past),
		USER(lengths_of_generated_keys_are_checked),
		TOKEN(without_a_login_there_are_session_keys),
		USER(a_long_key_comes_back_and_its_value_is_not_in_the_file),
		USER(a_key_that_became_sensitive_hides_its_value),
		USER(a_secret_key_signs_nothing_that_is_asymmetric),
		USER(a_secret_key_makes_macs_while_its_user_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
