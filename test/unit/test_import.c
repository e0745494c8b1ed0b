/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys from outside: into the TPM, and, where they may leave it, out again.
 */
#include "config.h"

#include <openssl/rsa.h>

#include "crypto/crypto.h"
#include "privkey_reference.h"
#include "token/token_private.h"
#include "token_fixture.h"

static struct privkey
rsa_key(unsigned bits)
{
	return privkey_reference(EVP_RSA_gen(bits));
}

static struct privkey
ec_key(const char *group)
{
	return privkey_reference(EVP_EC_gen(group));
}

/* A template of all numbers, as pkcs11-tool sends it; CKA_TOKEN and more are the test's. */
static void
give_key(struct attrs *a, const struct privkey *key)
{
	bool rsa = key->public.kind == KEY_RSA;

	give_u64(a, CKA_CLASS, CKO_PRIVATE_KEY);
	give_u64(a, CKA_KEY_TYPE, rsa ? CKK_RSA : CKK_EC);
	assert_rv(CKR_OK, attr_of_privkey(key, a));
	if (rsa) {
		give(a, CKA_MODULUS, view(&key->public.modulus));
		give(a, CKA_PUBLIC_EXPONENT, view(&key->public.exponent));
	} else {
		give(a, CKA_EC_PARAMS, curve_row(key->public.curve)->oid);
	}
}

static CK_RV
try_create(struct fixture *f, const struct attrs *a, struct object **out)
{
	*out = NULL;
	return object_create(f->token, 7, a, out);
}

static CK_RV
try_rsa_sign(struct token *t, struct object *o)
{
	static const uint8_t digest[32] = { 1, 2, 3 };
	struct scheme s = { .alg = ALG_RSA_PKCS1, .hash = HASH_SHA256 };
	struct buf signature = BUF_EMPTY;
	CK_RV rv = object_sign(t, o, &s, BYTES_EMPTY, bytes_of(digest, sizeof digest), &signature);

	if (rv == CKR_OK)
		rv = crypto_verify(
			object_pubkey(o), &s, bytes_of(digest, sizeof digest), view(&signature));
	buf_free(&signature);
	return rv;
}

/* --- into the TPM --- */

static void
an_ec_key_signs_before_and_after_a_new_login(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	unsigned calls = fake_tpm.calls;
	uint64_t handle = 0;

	give_key(&a, &key);
	give_bool(&a, CKA_TOKEN, true);
	give(&a, CKA_LABEL, LITERAL("imported"));
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_int_equal(calls + 1, fake_tpm.calls);
	assert_true(pubkey_equal(&key.public, object_pubkey(o)));
	assert_rv(CKR_OK, try_sign(f->token, object_handle(o), BYTES_EMPTY));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_label(f->token, "imported", &handle));
	assert_rv(CKR_OK, try_sign(f->token, handle, BYTES_EMPTY));
	object_put(o);
	attrs_free(&a);
	privkey_free(&key);
}

static void
what_it_says_of_itself_is_what_the_standard_wants(void **state)
{
	struct fixture *f = *state;
	struct privkey key = rsa_key(1024);
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	const struct attrs *has = NULL;

	give_key(&a, &key);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	has = object_attrs(o);
	assert_false(attrs_bool(has, CKA_LOCAL, true));
	assert_false(attrs_bool(has, CKA_ALWAYS_SENSITIVE, true));
	assert_false(attrs_bool(has, CKA_NEVER_EXTRACTABLE, true));
	assert_true(attrs_bool(has, CKA_SENSITIVE, false));
	assert_false(attrs_bool(has, CKA_EXTRACTABLE, true));
	assert_true(attrs_u64(has, CKA_KEY_GEN_MECHANISM, 0) == UINT64_MAX);
	assert_bytes_equal(view(&key.public.modulus), attrs_bytes(has, CKA_MODULUS));
	assert_int_equal(20, attrs_bytes(has, CKA_ID).len);
	assert_true(attrs_bytes(has, CKA_PUBLIC_KEY_INFO).len > 0);
	assert_false(attrs_has(has, CKA_PRIVATE_EXPONENT));
	assert_false(attrs_has(has, CKA_PRIME_1));
	assert_false(attrs_has(has, CKA_COEFFICIENT));
	assert_rv(CKR_OK, try_rsa_sign(f->token, o));
	object_put(o);
	attrs_free(&a);
	privkey_free(&key);
}

static void
an_rsa_key_needs_no_primes(void **state)
{
	static const uint64_t rest[] = { CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2,
		CKA_COEFFICIENT };
	struct fixture *f = *state;
	struct privkey key = rsa_key(1024);
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_key(&a, &key);
	for (size_t i = 0; i < COUNT(rest); i++)
		attrs_remove(&a, rest[i]);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_rv(CKR_OK, try_rsa_sign(f->token, o));
	object_put(o);
	attrs_free(&a);
	privkey_free(&key);
}

/* --- refusals --- */

struct refusal {
	CK_RV rv;
	uint64_t type;
	const char *value; /* NULL: left out */
	size_t len;
};

#define VALUE(s) (s), sizeof(s) - 1

static const struct refusal rsa_refusals[] = {
	{ CKR_TEMPLATE_INCOMPLETE, CKA_MODULUS, NULL, 0 },
	{ CKR_TEMPLATE_INCOMPLETE, CKA_PRIVATE_EXPONENT, NULL, 0 },
	{ CKR_TEMPLATE_INCOMPLETE, CKA_KEY_TYPE, NULL, 0 },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_MODULUS, VALUE("") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_PRIVATE_EXPONENT, VALUE("\0") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_PRIVATE_EXPONENT, VALUE("\x03") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_PUBLIC_EXPONENT, VALUE("\x03") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_PRIME_1, VALUE("\x03") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_COEFFICIENT, VALUE("\x03") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_PUBLIC_KEY_INFO, VALUE("\x30\0") },
	{ CKR_TEMPLATE_INCONSISTENT, CKA_EC_PARAMS, VALUE("\x30\0") },
	{ CKR_ATTRIBUTE_READ_ONLY, CKA_LOCAL, VALUE("\x01") },
	{ CKR_ATTRIBUTE_READ_ONLY, CKA_UNIQUE_ID, VALUE("x") },
};

static const struct refusal ec_refusals[] = {
	{ CKR_TEMPLATE_INCOMPLETE, CKA_EC_PARAMS, NULL, 0 },
	{ CKR_TEMPLATE_INCOMPLETE, CKA_VALUE, NULL, 0 },
	{ CKR_DOMAIN_PARAMS_INVALID, CKA_EC_PARAMS, VALUE("\x30") },
	{ CKR_CURVE_NOT_SUPPORTED, CKA_EC_PARAMS, VALUE("\x06\x05\x2b\x81\x04\x00\x0a") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_VALUE, VALUE("") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_VALUE, VALUE("\0\0") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_EC_POINT, VALUE("\x04\x01\x04") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKA_PUBLIC_KEY_INFO, VALUE("\x30\0") },
};

static void
assert_refused(struct fixture *f, const struct attrs *whole, const struct refusal *row)
{
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	unsigned calls = fake_tpm.calls;

	assert_rv(CKR_OK, attrs_copy(&a, whole));
	attrs_remove(&a, row->type);
	if (row->value != NULL)
		give(&a, row->type, bytes_of(row->value, row->len));
	assert_rv(row->rv, try_create(f, &a, &o));
	assert_null(o);
	assert_int_equal(calls, fake_tpm.calls);
	attrs_free(&a);
}

static void
templates_that_are_wrong_get_exact_codes(void **state)
{
	struct fixture *f = *state;
	struct privkey rsa = rsa_key(1024);
	struct privkey ec = ec_key("P-256");
	struct attrs a = ATTRS_EMPTY;

	give_key(&a, &rsa);
	for (size_t i = 0; i < COUNT(rsa_refusals); i++)
		assert_refused(f, &a, &rsa_refusals[i]);
	attrs_free(&a);
	give_key(&a, &ec);
	for (size_t i = 0; i < COUNT(ec_refusals); i++)
		assert_refused(f, &a, &ec_refusals[i]);
	attrs_free(&a);
	privkey_free(&rsa);
	privkey_free(&ec);
}

static void
a_public_half_that_is_given_must_be_the_keys(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct privkey other = ec_key("P-256");
	struct attrs a = ATTRS_EMPTY;
	struct attrs right = ATTRS_EMPTY;
	struct attrs wrong = ATTRS_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_OK, attr_of_pubkey(&key.public, true, &right));
	assert_rv(CKR_OK, attr_of_pubkey(&other.public, true, &wrong));
	for (int i = 0; i < 2; i++) {
		uint64_t type = i == 0 ? CKA_EC_POINT : CKA_PUBLIC_KEY_INFO;

		give_key(&a, &key);
		give(&a, type, attrs_bytes(&wrong, type));
		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, try_create(f, &a, &o));
		give(&a, type, attrs_bytes(&right, type));
		assert_rv(CKR_OK, try_create(f, &a, &o));
		object_put(o);
		attrs_free(&a);
	}
	attrs_free(&right);
	attrs_free(&wrong);
	privkey_free(&key);
	privkey_free(&other);
}

/* The fake TPM has RSA keys of 1024 and 2048 bits, P-256 and P-384. */
static void
keys_that_the_tpm_does_not_have_are_refused(void **state)
{
	struct fixture *f = *state;
	struct privkey keys[] = { rsa_key(512), rsa_key(1016), ec_key("P-521") };
	const CK_RV codes[] = { CKR_TEMPLATE_INCONSISTENT, CKR_TEMPLATE_INCONSISTENT,
		CKR_CURVE_NOT_SUPPORTED };

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;

		give_key(&a, &keys[i]);
		assert_rv(codes[i], try_create(f, &a, &o));
		attrs_free(&a);
		privkey_free(&keys[i]);
	}
}

static struct privkey
rsa_with_exponent_3(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *e = BN_new();
	EVP_PKEY *key = NULL;

	assert_int_equal(1, BN_set_word(e, 3));
	assert_int_equal(1, EVP_PKEY_keygen_init(ctx));
	assert_int_equal(1, EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 1024));
	assert_int_equal(1, EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e));
	assert_int_equal(1, EVP_PKEY_keygen(ctx, &key));
	EVP_PKEY_CTX_free(ctx);
	BN_free(e);
	return privkey_reference(key);
}

static void
rsa_keys_with_other_exponents_are_refused(void **state)
{
	struct fixture *f = *state;
	struct privkey key = rsa_with_exponent_3();
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_key(&a, &key);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_create(f, &a, &o));
	attrs_free(&a);
	privkey_free(&key);
}

static void
importing_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	size_t before = find_label(f->token, NULL, NULL);

	give_key(&a, &key);
	give_bool(&a, CKA_TOKEN, true);
	fake_tpm.calls = 0;
	fake_tpm.fail_at = 1;
	assert_rv(CKR_DEVICE_ERROR, try_create(f, &a, &o));
	fake_tpm.fail_at = 0;
	fixture_sql(f, "UPDATE token SET flags = 0; CREATE INDEX no ON object (abs(iif(class = 3, "
		       "-9223372036854775808, 0)))");
	assert_int_not_equal(CKR_OK, try_create(f, &a, &o));
	assert_null(o);
	assert_int_equal(before, find_label(f->token, NULL, NULL));
	attrs_free(&a);
	privkey_free(&key);
}

/* --- who may --- */

static void
logout_meanwhile(void *arg)
{
	assert_rv(CKR_OK, token_logout(arg));
}

static void
a_login_is_needed_and_must_last(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_key(&a, &key);
	fake_tpm.during = logout_meanwhile;
	fake_tpm.during_arg = f->token;
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_create(f, &a, &o)); /* it ended */
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_create(f, &a, &o)); /* private */
	give_bool(&a, CKA_PRIVATE, false);
	give_bool(&a, CKA_TOKEN, true);
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_create(f, &a, &o));
	give_bool(&a, CKA_TOKEN, false);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_rv(CKR_OK, try_sign(f->token, object_handle(o), BYTES_EMPTY));
	object_put(o);
	attrs_free(&a);
	privkey_free(&key);
}

static void
a_key_may_ask_for_the_pin_at_each_use(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct attrs a = ATTRS_EMPTY;
	struct buf context = BUF_EMPTY;
	struct privkey out = PRIVKEY_EMPTY;
	struct object *o = NULL;

	give_key(&a, &key);
	give_bool(&a, CKA_TOKEN, true);
	give_bool(&a, CKA_ALWAYS_AUTHENTICATE, true);
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_sign(f->token, object_handle(o), BYTES_EMPTY));
	assert_rv(CKR_OK, token_login_context(f->token, o, USER_PIN, &context));
	assert_rv(CKR_OK, try_sign(f->token, object_handle(o), view(&context)));
	assert_rv(CKR_KEY_UNEXTRACTABLE, object_privkey(f->token, o, &out));
	buf_free(&context);
	object_put(o);
	attrs_free(&a);
	privkey_free(&key);
}

static void
a_use_that_is_forbidden_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_key(&a, &key);
	give_bool(&a, CKA_SIGN, false);
	give_bool(&a, CKA_DERIVE, false);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_create(f, &a, &o));
	give_bool(&a, CKA_DERIVE, true);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_false(attrs_bool(object_attrs(o), CKA_SIGN, true));
	object_put(o);
	attrs_free(&a);
	privkey_free(&key);
}

/* --- and out again --- */

static void
an_extractable_key_comes_out_as_it_went_in(void **state)
{
	struct fixture *f = *state;
	struct privkey keys[] = { rsa_key(1024), ec_key("P-256"), ec_key("P-384") };

	for (size_t i = 0; i < 2 * COUNT(keys); i++) {
		struct privkey *key = &keys[i / 2];
		struct attrs a = ATTRS_EMPTY;
		struct privkey out = PRIVKEY_EMPTY;
		struct object *o = NULL;

		if (key->public.kind == KEY_RSA)
			buf_free(&key->exponent); /* there is more than one; the TPM keeps none */
		assert_rv(CKR_OK, crypto_privkey_complete(key));
		give_key(&a, key);
		give_bool(&a, CKA_EXTRACTABLE, true);
		give_bool(&a, CKA_TOKEN, i % 2 == 0);
		assert_rv(CKR_OK, try_create(f, &a, &o));
		assert_rv(CKR_OK, object_privkey(f->token, o, &out));
		buf_free(&out.exponent);
		assert_rv(CKR_OK, crypto_privkey_complete(&out));
		assert_same_key(key, &out);
		object_put(o);
		privkey_free(&out);
		attrs_free(&a);
	}
	for (size_t i = 0; i < COUNT(keys); i++)
		privkey_free(&keys[i]);
}

static void
a_key_that_may_not_leave_stays(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct privkey out = PRIVKEY_EMPTY;
	struct attrs a = ATTRS_EMPTY;
	struct attrs yes = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *copy = NULL;

	give_key(&a, &key);
	give_bool(&yes, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_rv(CKR_KEY_UNEXTRACTABLE, object_privkey(f->token, o, &out));
	assert_rv(CKR_KEY_UNEXTRACTABLE, key_private(o->key, view(&o->auth), &out));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_change(f->token, o, &yes));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_copy(f->token, 7, o, &yes, &copy));
	assert_int_equal(KEY_NONE, out.public.kind);
	object_put(o);
	attrs_free(&yes);
	attrs_free(&a);
	privkey_free(&key);
}

static void
a_key_that_may_leave_can_lose_that(void **state)
{
	struct fixture *f = *state;
	struct privkey key = ec_key("P-256");
	struct privkey out = PRIVKEY_EMPTY;
	struct attrs a = ATTRS_EMPTY;
	struct attrs no = ATTRS_EMPTY;
	struct object *o = NULL;
	struct object *changed = NULL;

	give_key(&a, &key);
	give_bool(&a, CKA_TOKEN, true);
	give_bool(&a, CKA_EXTRACTABLE, true);
	give_bool(&no, CKA_EXTRACTABLE, false);
	assert_rv(CKR_OK, try_create(f, &a, &o));
	assert_rv(CKR_OK, object_change(f->token, o, &no));
	assert_rv(CKR_OK, object_get(f->token, object_handle(o), &changed));
	assert_rv(CKR_KEY_UNEXTRACTABLE, object_privkey(f->token, changed, &out));
	assert_rv(CKR_OK, try_sign(f->token, object_handle(o), BYTES_EMPTY));
	object_put(changed);
	object_put(o);
	attrs_free(&no);
	attrs_free(&a);
	privkey_free(&key);
}

static void
a_pair_leaves_only_if_it_was_made_so(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		struct privkey out = PRIVKEY_EMPTY;
		struct attrs a = ATTRS_EMPTY;
		struct object *public = NULL;
		struct object *private = NULL;

		give_bool(&a, CKA_EXTRACTABLE, i == 1);
		assert_rv(CKR_OK, try_ec(f->token, &a, i == 0, &public, &private));
		assert_int_equal(
			i == 0, attrs_bool(object_attrs(private), CKA_NEVER_EXTRACTABLE, i == 1));
		assert_rv(i == 1 ? CKR_OK : CKR_KEY_UNEXTRACTABLE,
			object_privkey(f->token, private, &out));
		if (i == 1)
			assert_true(pubkey_equal(&out.public, object_pubkey(public)));
		object_put(public);
		object_put(private);
		privkey_free(&out);
		attrs_free(&a);
	}
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(an_ec_key_signs_before_and_after_a_new_login),
		USER(what_it_says_of_itself_is_what_the_standard_wants),
		USER(an_rsa_key_needs_no_primes),
		USER(templates_that_are_wrong_get_exact_codes),
		USER(a_public_half_that_is_given_must_be_the_keys),
		USER(keys_that_the_tpm_does_not_have_are_refused),
		USER(rsa_keys_with_other_exponents_are_refused),
		USER(importing_is_all_or_nothing),
		USER(a_login_is_needed_and_must_last),
		USER(a_key_may_ask_for_the_pin_at_each_use),
		USER(a_use_that_is_forbidden_is_not_there),
		USER(an_extractable_key_comes_out_as_it_went_in),
		USER(a_key_that_may_not_leave_stays),
		USER(a_key_that_may_leave_can_lose_that),
		USER(a_pair_leaves_only_if_it_was_made_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
