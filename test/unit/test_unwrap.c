/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unwrapping that is refused, and what nobody is told.
 */
#include "config.h"

#include "wrap_fixture.h"

static CK_RV
try_unwrap(struct fixture *f, enum alg alg, struct object *by, struct bytes wrapped,
	const struct attrs *a, struct object **out)
{
	struct scheme s = { .alg = alg, .digest = HASH_SHA256, .mgf = HASH_SHA256, .key_len = 32 };

	*out = NULL;
	return object_unwrap(f->token, OWNER, by, &s, wrapped, a, out);
}

static void
what_does_not_open_is_refused(void **state)
{
	struct fixture *f = *state;
	struct pair rsa = rsa_pair(f, 1024);
	struct object *by = secret(f, CKK_AES, 32, false);
	struct object *key = secret(f, CKK_AES, 16, false);
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	uint8_t garbage[152] = { 1, 2, 3 };

	give_kind(&a, key, false);
	assert_rv(CKR_WRAPPED_KEY_INVALID,
		try_unwrap(f, ALG_AES_KEY_WRAP, by, bytes_of(garbage, 24), &a, &o));
	assert_rv(CKR_WRAPPED_KEY_LEN_RANGE,
		try_unwrap(f, ALG_AES_KEY_WRAP, by, bytes_of(garbage, 23), &a, &o));
	assert_rv(CKR_WRAPPED_KEY_LEN_RANGE,
		try_unwrap(f, ALG_AES_KEY_WRAP_KWP, by, BYTES_EMPTY, &a, &o));
	assert_rv(CKR_WRAPPED_KEY_LEN_RANGE,
		try_unwrap(f, ALG_AES_ECB, by, bytes_of(garbage, 48), &a, &o));
	assert_rv(CKR_WRAPPED_KEY_LEN_RANGE,
		try_unwrap(f, ALG_RSA_OAEP, rsa.private, bytes_of(garbage, 127), &a, &o));
	assert_rv(CKR_WRAPPED_KEY_INVALID,
		try_unwrap(f, ALG_RSA_OAEP, rsa.private, bytes_of(garbage, 128), &a, &o));
	assert_rv(CKR_WRAPPED_KEY_LEN_RANGE,
		try_unwrap(f, ALG_RSA_AES_KEY_WRAP, rsa.private, bytes_of(garbage, 128), &a, &o));
	assert_rv(CKR_WRAPPED_KEY_INVALID,
		try_unwrap(f, ALG_RSA_AES_KEY_WRAP, rsa.private, bytes_of(garbage, 152), &a, &o));
	assert_rv(CKR_MECHANISM_INVALID, try_unwrap(f, ALG_AES_CMAC, by, BYTES_EMPTY, &a, &o));
	assert_null(o);
	object_put(key);
	object_put(by);
	pair_put(&rsa);
	attrs_free(&a);
}

static void
a_template_that_can_not_be_costs_no_command(void **state)
{
	struct fixture *f = *state;
	struct pair rsa = rsa_pair(f, 1024);
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	uint8_t garbage[128] = { 1 };
	struct bytes wrapped = bytes_of(garbage, sizeof garbage);
	unsigned calls = fake_tpm.calls;

	give_u64(&a, CKA_CLASS, CKO_SECRET_KEY);
	assert_rv(CKR_TEMPLATE_INCOMPLETE,
		try_unwrap(f, ALG_RSA_PKCS1, rsa.private, wrapped, &a, &o));
	give_u64(&a, CKA_KEY_TYPE, CKK_AES);
	give_u64(&a, CKA_VALUE_LEN, 17);
	assert_rv(CKR_TEMPLATE_INCONSISTENT,
		try_unwrap(f, ALG_RSA_PKCS1, rsa.private, wrapped, &a, &o));
	attrs_remove(&a, CKA_VALUE_LEN);
	assert_rv(
		CKR_TEMPLATE_INCOMPLETE, try_unwrap(f, ALG_RSA_RAW, rsa.private, wrapped, &a, &o));
	give(&a, CKA_VALUE, LITERAL("x"));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY,
		try_unwrap(f, ALG_RSA_PKCS1, rsa.private, wrapped, &a, &o));
	attrs_remove(&a, CKA_VALUE);
	give_bool(&a, CKA_LOCAL, true);
	assert_rv(CKR_ATTRIBUTE_READ_ONLY,
		try_unwrap(f, ALG_RSA_PKCS1, rsa.private, wrapped, &a, &o));
	attrs_remove(&a, CKA_LOCAL);
	give_u64(&a, CKA_CLASS, CKO_PRIVATE_KEY);
	assert_rv(CKR_TEMPLATE_INCONSISTENT,
		try_unwrap(f, ALG_RSA_PKCS1, rsa.private, wrapped, &a, &o));
	assert_int_equal(calls, fake_tpm.calls);
	assert_null(o);
	pair_put(&rsa);
	attrs_free(&a);
}

/* Who has no key can not ask whether the padding of a changed ciphertext is right. */
static void
a_bad_padding_gives_a_key_that_nobody_knows(void **state)
{
	struct fixture *f = *state;
	struct pair rsa = rsa_pair(f, 1024);
	struct attrs a = ATTRS_EMPTY;
	struct object *first = NULL;
	struct object *second = NULL;
	uint8_t garbage[128] = { 1, 2, 3 };

	give_u64(&a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(&a, CKA_KEY_TYPE, CKK_GENERIC_SECRET);
	give_u64(&a, CKA_VALUE_LEN, 48);
	for (uint8_t i = 0; i < 8; i++) {
		garbage[127] = i;
		assert_rv(CKR_OK, try_unwrap(f, ALG_RSA_PKCS1, rsa.private,
					  bytes_of(garbage, sizeof garbage), &a, &first));
		assert_rv(CKR_OK, try_unwrap(f, ALG_RSA_PKCS1, rsa.private,
					  bytes_of(garbage, sizeof garbage), &a, &second));
		assert_int_equal(48, attrs_u64(object_attrs(first), CKA_VALUE_LEN, 0));
		assert_same_content(f, first, second);
		object_put(first);
		object_put(second);
	}
	pair_put(&rsa);
	attrs_free(&a);
}

static void
des_template(struct attrs *a)
{
	give_u64(a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(a, CKA_KEY_TYPE, CKK_DES3);
}

/* Their type says how long they are: neither has CKA_VALUE_LEN. */
static void
des_keys_go_out_and_come_in(void **state)
{
	static const enum alg algs[] = { ALG_AES_ECB, ALG_AES_KEY_WRAP, ALG_AES_KEY_WRAP_KWP };
	static const size_t lens[] = { 32, 32, 32 };
	struct fixture *f = *state;
	struct object *by = secret(f, CKK_AES, 32, false);

	for (size_t i = 0; i < 2 * COUNT(algs); i++) {
		struct scheme s = { .alg = algs[i / 2] };
		struct attrs a = ATTRS_EMPTY;
		struct buf wrapped = BUF_EMPTY;
		struct object *key = NULL;
		struct object *o = NULL;
		size_t len = 0;

		give_bool(&a, CKA_TOKEN, i % 2 == 1);
		give_bool(&a, CKA_EXTRACTABLE, true);
		assert_rv(CKR_OK, object_generate_secret(
					  f->token, OWNER, mech_find(CKM_DES3_KEY_GEN), &a, &key));
		attrs_free(&a);
		assert_rv(CKR_OK, object_wrap_check(by, &s, key, &len));
		assert_int_equal(lens[i / 2], len);
		assert_rv(CKR_OK, object_wrap(f->token, by, &s, key, &wrapped));
		give_kind(&a, key, i % 2 == 1);
		assert_rv(CKR_OK, try_unwrap(f, s.alg, by, view(&wrapped), &a, &o));
		assert_same_content(f, key, o);
		assert_false(attrs_has(object_attrs(o), CKA_VALUE_LEN));
		attrs_free(&a);
		buf_free(&wrapped);
		object_put(o);
		object_put(key);
	}
	object_put(by);
}

static void
a_des_key_without_parity_is_refused(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_KEY_WRAP };
	struct object *by = secret(f, CKK_AES, 32, false);
	struct object *even = secret(f, CKK_GENERIC_SECRET, 24, false);
	struct attrs a = ATTRS_EMPTY;
	struct buf wrapped = BUF_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_OK, object_wrap(f->token, by, &s, even, &wrapped));
	des_template(&a);
	assert_rv(CKR_WRAPPED_KEY_INVALID,
		try_unwrap(f, ALG_AES_KEY_WRAP, by, view(&wrapped), &a, &o));
	assert_null(o);
	give_u64(&a, CKA_VALUE_LEN, 16);
	assert_rv(CKR_TEMPLATE_INCONSISTENT,
		try_unwrap(f, ALG_AES_KEY_WRAP, by, view(&wrapped), &a, &o));
	attrs_free(&a);
	buf_free(&wrapped);
	object_put(even);
	object_put(by);
}

/* The parity of what stands in for a bad padding would be wrong, and say so. */
static void
parity_does_not_tell_a_bad_padding(void **state)
{
	struct fixture *f = *state;
	struct pair rsa = rsa_pair(f, 1024);
	uint8_t garbage[128] = { 1, 2, 3 };

	for (uint8_t i = 0; i < 8; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct buf value = BUF_EMPTY;
		struct object *o = NULL;

		garbage[127] = i;
		des_template(&a);
		assert_rv(CKR_OK, try_unwrap(f, ALG_RSA_PKCS1, rsa.private,
					  bytes_of(garbage, sizeof garbage), &a, &o));
		assert_rv(CKR_OK, object_value(f->token, o, &value));
		assert_rv(CKR_OK, attr_secret_value(CKK_DES3, view(&value)));
		buf_free(&value);
		object_put(o);
		attrs_free(&a);
	}
	pair_put(&rsa);
}

static void
lengths_that_contradict_are_refused(void **state)
{
	struct fixture *f = *state;
	struct object *by = secret(f, CKK_AES, 32, false);
	struct object *key = secret(f, CKK_GENERIC_SECRET, 20, false);
	static const enum alg algs[] = { ALG_AES_ECB, ALG_AES_KEY_WRAP, ALG_AES_KEY_WRAP_KWP };
	static const size_t padded[] = { 32, 24, 20 }; /* with zeros that a length can take off */
	struct object *o = NULL;

	for (size_t i = 0; i < COUNT(algs); i++) {
		struct scheme s = { .alg = algs[i] };
		struct buf wrapped = BUF_EMPTY;

		assert_rv(CKR_OK, object_wrap(f->token, by, &s, key, &wrapped));
		for (size_t len = 18; len < 34; len++) {
			struct attrs a = ATTRS_EMPTY;
			bool fits = len >= 20 && len <= padded[i];

			give_kind(&a, key, false);
			give_u64(&a, CKA_VALUE_LEN, len);
			assert_rv(fits ? CKR_OK : CKR_WRAPPED_KEY_LEN_RANGE,
				try_unwrap(f, algs[i], by, view(&wrapped), &a, &o));
			object_put(o);
			attrs_free(&a);
		}
		buf_free(&wrapped);
	}
	object_put(key);
	object_put(by);
}

static CK_RV
unwrap_plain(struct fixture *f, struct bytes plain, uint64_t key_type)
{
	struct object *by = secret(f, CKK_AES, 32, false);
	struct scheme s = { .alg = ALG_AES_KEY_WRAP_KWP };
	struct cipher *c = NULL;
	struct buf wrapped = BUF_EMPTY;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	CK_RV rv = CKR_OK;

	assert_rv(CKR_OK, object_cipher_new(f->token, by, &s, true, &c));
	assert_rv(CKR_OK, cipher_end(c, plain, &wrapped));
	cipher_free(c);
	give_u64(&a, CKA_CLASS, CKO_PRIVATE_KEY);
	give_u64(&a, CKA_KEY_TYPE, key_type);
	rv = try_unwrap(f, ALG_AES_KEY_WRAP_KWP, by, view(&wrapped), &a, &o);
	object_put(o);
	object_put(by);
	attrs_free(&a);
	buf_free(&wrapped);
	return rv;
}

static void
what_is_no_private_key_is_refused(void **state)
{
	struct fixture *f = *state;
	struct privkey key = privkey_reference(EVP_EC_gen("P-256"));
	struct privkey large = privkey_reference(EVP_EC_gen("P-521"));
	struct buf der = BUF_EMPTY;

	assert_rv(CKR_OK, pkcs8_of(&key, &der));
	assert_rv(CKR_OK, unwrap_plain(f, view(&der), CKK_EC));
	assert_rv(CKR_TEMPLATE_INCONSISTENT, unwrap_plain(f, view(&der), CKK_RSA));
	assert_rv(CKR_OK, buf_append_u8(&der, 0));
	assert_rv(CKR_WRAPPED_KEY_INVALID, unwrap_plain(f, view(&der), CKK_EC));
	assert_rv(CKR_WRAPPED_KEY_INVALID, unwrap_plain(f, LITERAL("no DER at all"), CKK_EC));
	key.scalar.ptr[9] ^= 1;
	assert_rv(CKR_OK, pkcs8_of(&key, &der));
	assert_rv(CKR_WRAPPED_KEY_INVALID, unwrap_plain(f, view(&der), CKK_EC));
	assert_rv(CKR_OK, pkcs8_of(&large, &der));
	assert_rv(CKR_CURVE_NOT_SUPPORTED, unwrap_plain(f, view(&der), CKK_EC));
	buf_free(&der);
	privkey_free(&key);
	privkey_free(&large);
}

static void
an_unwrapping_key_may_say_what_comes_out(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct attrs kind = ATTRS_EMPTY;
	struct scheme s = { .alg = ALG_AES_KEY_WRAP };
	struct buf wrapped = BUF_EMPTY;
	struct object *by = NULL;
	struct object *o = NULL;
	struct object *key = secret(f, CKK_AES, 16, false);

	give_u64(&a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(&a, CKA_KEY_TYPE, CKK_AES);
	give(&a, CKA_VALUE, bytes_slice(VALUE, 0, 16));
	give_nested(&a, CKA_UNWRAP_TEMPLATE, CKA_EXTRACTABLE, false);
	assert_rv(CKR_OK, object_create(f->token, OWNER, &a, &by));
	assert_rv(CKR_OK, object_wrap(f->token, by, &s, key, &wrapped));
	give_kind(&kind, key, false);
	assert_rv(CKR_OK, try_unwrap(f, ALG_AES_KEY_WRAP, by, view(&wrapped), &kind, &o));
	assert_false(attrs_bool(object_attrs(o), CKA_EXTRACTABLE, true));
	object_put(o);
	give_bool(&kind, CKA_EXTRACTABLE, true);
	assert_rv(CKR_TEMPLATE_INCONSISTENT,
		try_unwrap(f, ALG_AES_KEY_WRAP, by, view(&wrapped), &kind, &o));
	object_put(key);
	object_put(by);
	attrs_free(&a);
	attrs_free(&kind);
	buf_free(&wrapped);
}

/* The n-th command fails, for every n. */
static void
unwrapping_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct privkey numbers = privkey_reference(EVP_EC_gen("P-256"));
	struct object *key = private_key(f, &numbers, false);
	struct pair rsa = rsa_pair(f, 1024);
	struct scheme s = { .alg = ALG_RSA_AES_KEY_WRAP,
		.digest = HASH_SHA256,
		.mgf = HASH_SHA256,
		.key_len = 32 };
	struct buf wrapped = BUF_EMPTY;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	size_t before = 0;
	unsigned at = 1;

	assert_rv(CKR_OK, object_wrap(f->token, rsa.public, &s, key, &wrapped));
	before = find_label(f->token, NULL, NULL);
	give_kind(&a, key, true);
	for (;; at++) {
		fake_tpm.calls = 0;
		fake_tpm.fail_at = at;
		if (try_unwrap(f, s.alg, rsa.private, view(&wrapped), &a, &o) == CKR_OK)
			break;
		assert_null(o);
		assert_int_equal(before, find_label(f->token, NULL, NULL));
	}
	fake_tpm.fail_at = 0;
	assert_int_equal(3, at); /* RSA_Decrypt, Import */
	assert_int_equal(before + 1, find_label(f->token, NULL, NULL));
	object_put(o);
	object_put(key);
	pair_put(&rsa);
	attrs_free(&a);
	buf_free(&wrapped);
	privkey_free(&numbers);
}

/* Public halves and session keys are anybody's. */
static void
a_public_key_wraps_without_a_login(void **state)
{
	struct fixture *f = *state;
	struct pair rsa = rsa_pair(f, 1024);
	struct scheme s = { .alg = ALG_RSA_PKCS1 };
	struct buf wrapped = BUF_EMPTY;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *key = NULL;

	assert_rv(CKR_OK, token_logout(f->token));
	key = secret(f, CKK_AES, 16, false);
	assert_rv(CKR_OK, object_wrap(f->token, rsa.public, &s, key, &wrapped));
	give_kind(&a, key, false);
	assert_rv(CKR_USER_NOT_LOGGED_IN,
		object_unwrap(f->token, OWNER, rsa.private, &s, view(&wrapped), &a, &o));
	object_put(key);
	pair_put(&rsa);
	attrs_free(&a);
	buf_free(&wrapped);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(what_does_not_open_is_refused),
		USER(a_template_that_can_not_be_costs_no_command),
		USER(a_bad_padding_gives_a_key_that_nobody_knows),
		USER(des_keys_go_out_and_come_in),
		USER(a_des_key_without_parity_is_refused),
		USER(parity_does_not_tell_a_bad_padding),
		USER(lengths_that_contradict_are_refused),
		USER(what_is_no_private_key_is_refused),
		USER(an_unwrapping_key_may_say_what_comes_out),
		USER(unwrapping_is_all_or_nothing),
		USER(a_public_key_wraps_without_a_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
