/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SP 800-108: which keys take part, what several keys get of one derivation,
 * and what they take over. That the bytes are right is test_kbkdf.c's.
 */
#include "config.h"

#include "secret.h"

#define BASE LITERAL("a base key of thirty-two bytes..")
#define MORE LITERAL("another secret")

enum { KEYS_MAX = 3 };

/* [i] in one byte || label || [L] in two. */
static struct kbkdf_part parts[] = {
	{ .kind = KBKDF_ITERATION, .width = 1 },
	{ .kind = KBKDF_BYTES },
	{ .kind = KBKDF_LENGTH, .width = 2 },
};

static struct scheme
scheme_of(enum alg alg, CK_MECHANISM_TYPE prf)
{
	parts[0].width = alg == ALG_KBKDF_COUNTER ? 1 : 0;
	parts[1] = (struct kbkdf_part){ .kind = KBKDF_BYTES, .bytes = LITERAL("label") };
	parts[2].of_segments = false;
	return (struct scheme){ .alg = alg,
		.kbkdf = { .prf = prf,
			.segment_len = prf == CKM_AES_CMAC ? 16 : 32,
			.parts = parts,
			.count = sizeof parts / sizeof *parts } };
}

/* By the same parts, with a key on the host. */
static void
right_value(const struct scheme *s, size_t segments, size_t keys_len, struct buf *out)
{
	struct blocks *b = NULL;
	struct mac *prf = NULL;

	if (s->kbkdf.prf == CKM_AES_CMAC) {
		assert_rv(CKR_OK, blocks_host_new(BASE, &b));
		assert_rv(CKR_OK, cmac_new(b, &prf));
	} else {
		assert_rv(CKR_OK, mac_new(HASH_SHA256, BASE, &prf));
	}
	assert_rv(CKR_OK, crypto_kbkdf(s, prf, segments, keys_len, out));
	mac_free(prf);
}

static void
key_template(struct attrs *t, CK_KEY_TYPE type, uint64_t len)
{
	give_u64(t, CKA_KEY_TYPE, type);
	give_u64(t, CKA_VALUE_LEN, len);
	give_bool(t, CKA_SENSITIVE, false);
	give_bool(t, CKA_EXTRACTABLE, true);
}

static CK_RV
try_one(struct fixture *f, const struct derivation *d, uint64_t len, struct object **out)
{
	struct attrs t = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	*out = NULL;
	key_template(&t, CKK_GENERIC_SECRET, len);
	rv = derive_one(f, d, &t, out);
	attrs_free(&t);
	return rv;
}

static void
assert_value(struct bytes want, const struct object *o)
{
	assert_bytes_equal(want, attrs_bytes(object_attrs(o), CKA_VALUE));
	assert_int_equal(want.len, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
	assert_false(attrs_bool(object_attrs(o), CKA_LOCAL, true));
}

static void
a_key_derives_the_same_wherever_it_is(void **state)
{
	static const struct {
		CK_KEY_TYPE type;
		CK_MECHANISM_TYPE prf;
	} rows[] = { { CKK_GENERIC_SECRET, CKM_SHA256_HMAC }, { CKK_SHA256_HMAC, CKM_SHA256_HMAC },
		{ CKK_AES, CKM_AES_CMAC } };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows * 2 * 3; i++) {
		size_t row = i / 6;
		struct scheme s = scheme_of(ALG_KBKDF_COUNTER + i / 2 % 3, rows[row].prf);
		struct object *base = secret_create(f->token, rows[row].type, i % 2 == 1, BASE);
		struct derivation d = { .scheme = &s, .base = base };
		struct buf right = BUF_EMPTY;
		struct object *o = NULL;

		right_value(&s, 80 / s.kbkdf.segment_len + (s.kbkdf.segment_len == 32), 80, &right);
		assert_rv(CKR_OK, try_one(f, &d, 80, &o));
		assert_value(bytes_slice(view(&right), 0, 80), o);
		buf_free(&right);
		object_put(o);
		object_put(base);
	}
}

static void
a_sealed_key_is_opened_once(void **state)
{
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_PIPELINE, CKM_SHA256_HMAC);
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, true, BASE);
	struct derivation d = { .scheme = &s, .base = base };
	unsigned before = fake_tpm.calls;
	struct object *o = NULL;

	assert_rv(CKR_OK, try_one(f, &d, 4000, &o));
	assert_int_equal(before + 1, fake_tpm.calls);
	object_put(o);
	object_put(base);
}

/* PKCS#11 3.2, 6.42, "Deriving Additional Keys": its example, and one key more. */
static void
keys_share_no_segment(void **state)
{
	static const size_t lens[KEYS_MAX] = { 48, 16, 32 }, at[KEYS_MAX] = { 0, 64, 96 };
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BASE);
	struct derivation d = { .scheme = &s, .base = base };

	for (int of_segments = 0; of_segments < 2; of_segments++) {
		struct attrs t[KEYS_MAX] = { ATTRS_EMPTY };
		struct object *out[KEYS_MAX] = { NULL };
		struct buf right = BUF_EMPTY;
		size_t wrong = 0;

		parts[2].of_segments = of_segments;
		right_value(&s, 4, 96, &right);
		for (size_t i = 0; i < KEYS_MAX; i++)
			key_template(&t[i], i == 2 ? CKK_AES : CKK_GENERIC_SECRET, lens[i]);
		assert_rv(CKR_OK, object_derive(f->token, 7, &d, t, KEYS_MAX, out, &wrong));
		assert_int_equal(KEYS_MAX, wrong);
		for (size_t i = 0; i < KEYS_MAX; i++) {
			assert_value(bytes_slice(view(&right), at[i], lens[i]), out[i]);
			object_put(out[i]);
			attrs_free(&t[i]);
		}
		buf_free(&right);
	}
	object_put(base);
}

static void
only_a_derivation_with_segments_makes_several_keys(void **state)
{
	struct fixture *f = *state;
	struct scheme s = {
		.alg = ALG_HKDF, .digest = HASH_SHA256, .extract = true, .expand = true
	};
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BASE);
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t[2] = { ATTRS_EMPTY };
	struct object *out[2] = { NULL };
	size_t wrong = 0;

	assert_rv(CKR_MECHANISM_INVALID, object_derive(f->token, 7, &d, t, 2, out, &wrong));
	assert_rv(CKR_MECHANISM_INVALID, object_derive(f->token, 7, &d, t, 0, out, &wrong));
	assert_null(out[0]);
	object_put(base);
}

static void
the_base_key_is_one_of_the_prfs(void **state)
{
	static const struct {
		CK_KEY_TYPE type;
		CK_MECHANISM_TYPE prf;
	} rows[] = { { CKK_AES, CKM_SHA256_HMAC }, { CKK_GENERIC_SECRET, CKM_AES_CMAC },
		{ CKK_SHA512_HMAC, CKM_SHA256_HMAC }, { CKK_HKDF, CKM_SHA256_HMAC },
		{ CKK_GENERIC_SECRET, CKM_MD5_HMAC } };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scheme s = scheme_of(ALG_KBKDF_COUNTER, rows[i].prf);
		struct object *base = secret_create(f->token, rows[i].type, false, BASE);
		struct derivation d = { .scheme = &s, .base = base };
		struct object *o = NULL;

		assert_rv(CKR_KEY_TYPE_INCONSISTENT, try_one(f, &d, 16, &o));
		assert_null(o);
		object_put(base);
	}
}

/* --- templates --- */

static void
the_key_whose_template_is_wrong_is_named(void **state)
{
	static const struct {
		uint64_t type, len;
		CK_RV rv;
	} rows[] = {
		{ UINT64_MAX, 16, CKR_TEMPLATE_INCOMPLETE },
		{ CKK_GENERIC_SECRET, UINT64_MAX, CKR_TEMPLATE_INCOMPLETE },
		{ CKK_GENERIC_SECRET, 0, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKK_AES, 17, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKK_RSA, 16, CKR_ATTRIBUTE_VALUE_INVALID },
	};
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BASE);
	struct derivation d = { .scheme = &s, .base = base };

	for (size_t i = 0; i < sizeof rows / sizeof *rows * KEYS_MAX; i++) {
		size_t row = i / KEYS_MAX, bad = i % KEYS_MAX, wrong = 99;
		struct attrs t[KEYS_MAX] = { ATTRS_EMPTY };
		struct object *out[KEYS_MAX] = { NULL };

		for (size_t n = 0; n < KEYS_MAX; n++) {
			uint64_t type = n == bad ? rows[row].type : CKK_GENERIC_SECRET;
			uint64_t len = n == bad ? rows[row].len : 20;

			if (type != UINT64_MAX)
				give_u64(&t[n], CKA_KEY_TYPE, type);
			if (len != UINT64_MAX)
				give_u64(&t[n], CKA_VALUE_LEN, len);
		}
		assert_rv(
			rows[row].rv, object_derive(f->token, 7, &d, t, KEYS_MAX, out, &wrong));
		assert_int_equal(bad, wrong);
		for (size_t n = 0; n < KEYS_MAX; n++) {
			assert_null(out[n]);
			attrs_free(&t[n]);
		}
	}
	object_put(base);
}

/* It follows from the value, so it is found wrong at the very end. */
static void
a_wrong_check_value_makes_no_key(void **state)
{
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BASE);
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t[2] = { ATTRS_EMPTY };
	struct object *out[2] = { NULL };
	size_t wrong = 99;

	key_template(&t[0], CKK_AES, 16);
	key_template(&t[1], CKK_AES, 16);
	give(&t[1], CKA_CHECK_VALUE, LITERAL("bad"));
	assert_rv(
		CKR_ATTRIBUTE_VALUE_INVALID, object_derive(f->token, 7, &d, t, 2, out, &wrong));
	assert_int_equal(1, wrong);
	assert_null(out[0]);
	attrs_free(&t[0]);
	attrs_free(&t[1]);
	object_put(base);
}

static void
what_a_counter_can_not_number_is_too_long(void **state)
{
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_AES_CMAC);
	struct object *base = secret_create(f->token, CKK_AES, false, BASE);
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t[2] = { ATTRS_EMPTY };
	struct object *out[2] = { NULL };
	struct object *o = NULL;
	size_t wrong = 99;

	assert_rv(CKR_OK, try_one(f, &d, 255 * 16, &o));
	object_put(o);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_one(f, &d, 255 * 16 + 1, &o));
	key_template(&t[0], CKK_GENERIC_SECRET, 253 * 16 + 1);
	key_template(&t[1], CKK_GENERIC_SECRET, 17);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, object_derive(f->token, 7, &d, t, 2, out, &wrong));
	assert_int_equal(1, wrong);
	give_u64(&t[1], CKA_VALUE_LEN, 16);
	assert_rv(CKR_OK, object_derive(f->token, 7, &d, t, 2, out, &wrong));
	parts[2].width = 1;
	object_put(out[0]);
	object_put(out[1]);
	out[0] = out[1] = NULL;
	assert_rv(
		CKR_MECHANISM_PARAM_INVALID, object_derive(f->token, 7, &d, t, 2, out, &wrong));
	assert_int_equal(2, wrong); /* no template is to blame */
	parts[2].width = 2;
	attrs_free(&t[0]);
	attrs_free(&t[1]);
	object_put(base);
}

static void
all_keys_are_made_or_none(void **state)
{
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BASE);
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t[KEYS_MAX] = { ATTRS_EMPTY };
	struct object *out[KEYS_MAX] = { NULL };
	size_t wrong = 99;

	for (size_t i = 0; i < KEYS_MAX; i++) {
		key_template(&t[i], i == 2 ? CKK_AES : CKK_GENERIC_SECRET, 16);
		give_bool(&t[i], CKA_TOKEN, i > 0);
		give(&t[i], CKA_LABEL, LITERAL("derived"));
	}
	for (unsigned at = 1; at <= 2; at++) {
		fake_tpm.calls = 0;
		fake_tpm.fail_at = at;
		assert_rv(CKR_DEVICE_ERROR,
			object_derive(f->token, 7, &d, t, KEYS_MAX, out, &wrong));
		fake_tpm.fail_at = 0;
		assert_int_equal(KEYS_MAX, wrong);
		assert_int_equal(0, find_label(f->token, "derived", NULL));
	}
	/* The last row, the AES key's, cannot be written. */
	fixture_sql(f,
		"UPDATE token SET flags = 0; CREATE INDEX no ON object (abs(iif(key_type = 31, "
		"-9223372036854775808, 0)))");
	assert_int_not_equal(CKR_OK, object_derive(f->token, 7, &d, t, KEYS_MAX, out, &wrong));
	assert_null(out[0]);
	assert_null(out[1]);
	assert_int_equal(0, find_label(f->token, "derived", NULL));
	fixture_sql(f, "UPDATE token SET flags = 0; DROP INDEX no");
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, object_derive(f->token, 7, &d, t, KEYS_MAX, out, &wrong));
	assert_int_equal(KEYS_MAX, find_label(f->token, "derived", NULL));
	for (size_t i = 0; i < KEYS_MAX; i++) {
		object_put(out[i]);
		attrs_free(&t[i]);
	}
	object_put(base);
}

/* --- secrecy --- */

/* A generated key has always been what it is now. */
static struct object *
generate(struct fixture *f, bool sensitive, bool extractable)
{
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	give_bool(&t, CKA_TOKEN, false);
	give_bool(&t, CKA_SENSITIVE, sensitive);
	give_bool(&t, CKA_EXTRACTABLE, extractable);
	give_u64(&t, CKA_VALUE_LEN, 32);
	assert_rv(CKR_OK,
		object_generate_secret(f->token, 7, mech_find(CKM_GENERIC_SECRET_KEY_GEN), &t, &o));
	attrs_free(&t);
	return o;
}

static bool
has(const struct object *o, uint64_t type)
{
	return attrs_bool(object_attrs(o), type, false);
}

static void
a_key_is_as_secret_as_its_base_unless_the_template_says(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		bool sensitive = i & 1, extractable = i & 2;
		struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
		struct object *base = generate(f, sensitive, extractable);
		struct derivation d = { .scheme = &s, .base = base };
		struct attrs t = ATTRS_EMPTY;
		struct object *o = NULL;

		give_u64(&t, CKA_KEY_TYPE, CKK_AES);
		give_u64(&t, CKA_VALUE_LEN, 16);
		assert_rv(CKR_OK, derive_one(f, &d, &t, &o));
		assert_int_equal(sensitive, has(o, CKA_SENSITIVE));
		assert_int_equal(extractable, has(o, CKA_EXTRACTABLE));
		assert_int_equal(sensitive, has(o, CKA_ALWAYS_SENSITIVE));
		assert_int_equal(!extractable, has(o, CKA_NEVER_EXTRACTABLE));
		object_put(o);
		give_bool(&t, CKA_SENSITIVE, !sensitive);
		give_bool(&t, CKA_EXTRACTABLE, !extractable);
		assert_rv(CKR_OK, derive_one(f, &d, &t, &o));
		assert_int_equal(!sensitive, has(o, CKA_SENSITIVE));
		assert_int_equal(!extractable, has(o, CKA_EXTRACTABLE));
		assert_false(has(o, CKA_ALWAYS_SENSITIVE));
		assert_false(has(o, CKA_NEVER_EXTRACTABLE));
		object_put(o);
		attrs_free(&t);
		object_put(base);
	}
}

static void
a_key_can_be_data_and_give_a_better_past(void **state)
{
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BASE);
	struct object *known = secret_create(f->token, CKK_HKDF, true, MORE);
	struct object *hidden = generate(f, true, false);
	struct derivation d = {
		.scheme = &s, .base = base, .inputs = (struct object *[]){ known }, .input_count = 1
	};
	struct attrs t = ATTRS_EMPTY;
	struct buf right = BUF_EMPTY;
	struct object *o = NULL;

	parts[1].bytes = MORE;
	right_value(&s, 1, 20, &right);
	parts[1] = (struct kbkdf_part){ .kind = KBKDF_KEY, .key = 99 };
	assert_rv(CKR_OK, try_one(f, &d, 20, &o));
	assert_value(bytes_slice(view(&right), 0, 20), o);
	object_put(o);
	d.inputs = (struct object *[]){ hidden };
	assert_rv(CKR_OK, try_one(f, &d, 20, &o)); /* HMAC: may be read all the same */
	object_put(o);
	give_u64(&t, CKA_KEY_TYPE, CKK_AES);
	give_u64(&t, CKA_VALUE_LEN, 16);
	give_bool(&t, CKA_SENSITIVE, true);
	give_bool(&t, CKA_EXTRACTABLE, false);
	assert_rv(CKR_OK, derive_one(f, &d, &t, &o));
	assert_true(has(o, CKA_ALWAYS_SENSITIVE) && has(o, CKA_NEVER_EXTRACTABLE));
	object_put(o);
	d.input_count = 0;
	o = NULL;
	assert_rv(CKR_KEY_HANDLE_INVALID, derive_one(f, &d, &t, &o));
	assert_null(o);
	attrs_free(&t);
	buf_free(&right);
	object_put(hidden);
	object_put(known);
	object_put(base);
}

/* Who knows the base key could run a CMAC backwards, to the hidden key. */
static void
a_hidden_key_does_not_come_out_of_a_cmac(void **state)
{
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_AES_CMAC);
	struct object *base = secret_create(f->token, CKK_AES, false, BASE);
	struct object *hidden = generate(f, true, false);
	struct derivation d = { .scheme = &s,
		.base = base,
		.inputs = (struct object *[]){ hidden },
		.input_count = 1 };
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	parts[1] = (struct kbkdf_part){ .kind = KBKDF_KEY, .key = 99 };
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_one(f, &d, 16, &o));
	give_u64(&t, CKA_KEY_TYPE, CKK_AES);
	give_u64(&t, CKA_VALUE_LEN, 16);
	assert_rv(CKR_OK, derive_one(f, &d, &t, &o));
	assert_true(has(o, CKA_SENSITIVE) && !has(o, CKA_EXTRACTABLE));
	object_put(o);
	attrs_free(&t);
	object_put(hidden);
	object_put(base);
}

/* What only the TPM has does not become data on the host. */
static void
a_key_that_the_tpm_keeps_is_no_data(void **state)
{
	struct fixture *f = *state;
	struct scheme s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BASE);
	struct attrs t = ATTRS_EMPTY;
	struct object *kept = NULL, *o = NULL;
	struct derivation d = { .scheme = &s, .base = base };

	give_bool(&t, CKA_EXTRACTABLE, false);
	assert_rv(CKR_OK, secret_generate(f->token, CKM_SHA256_KEY_GEN, 32, &t, &kept));
	d.inputs = (struct object *[]){ kept };
	d.input_count = 1;
	parts[1] = (struct kbkdf_part){ .kind = KBKDF_KEY, .key = 99 };
	assert_rv(CKR_KEY_UNEXTRACTABLE, try_one(f, &d, 16, &o));
	d = (struct derivation){ .scheme = &s, .base = kept };
	s = scheme_of(ALG_KBKDF_COUNTER, CKM_SHA256_HMAC);
	assert_rv(CKR_OK, try_one(f, &d, 16, &o)); /* but it may be the base */
	object_put(o);
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_one(f, &d, 16, &o));
	object_put(kept);
	object_put(base);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(a_key_derives_the_same_wherever_it_is),
		USER(a_sealed_key_is_opened_once),
		USER(keys_share_no_segment),
		USER(only_a_derivation_with_segments_makes_several_keys),
		USER(the_base_key_is_one_of_the_prfs),
		USER(the_key_whose_template_is_wrong_is_named),
		USER(a_wrong_check_value_makes_no_key),
		USER(what_a_counter_can_not_number_is_too_long),
		USER(all_keys_are_made_or_none),
		USER(a_key_is_as_secret_as_its_base_unless_the_template_says),
		USER(a_key_can_be_data_and_give_a_better_past),
		USER(a_hidden_key_does_not_come_out_of_a_cmac),
		USER(a_key_that_the_tpm_keeps_is_no_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
