/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of DES and Triple DES: their parity, their length, which no attribute
 * says, and the TPM that keeps them but does not use them.
 */
#include "config.h"

#include "model/attr.h"
#include "model/mech.h"
#include "secret.h"
#include "tpm2-token/vendor.h"

/* SP 800-67, appendix B */
static const uint8_t value[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x23, 0x45, 0x67,
	0x89, 0xab, 0xcd, 0xef, 0x01, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23 };
static const char plain[] = "The qufck brown fox jump";
static const uint8_t encrypted[] = { 0xa8, 0x26, 0xfd, 0x8c, 0xe5, 0x3b, 0x85, 0x5f, 0xcc, 0xe2,
	0x1c, 0x81, 0x12, 0x25, 0x6f, 0xe6, 0x68, 0xd5, 0xc0, 0x5d, 0xd9, 0xb6, 0xb9, 0x00 };

#define BYTES(array) bytes_of(array, sizeof(array))

static const struct {
	CK_KEY_TYPE type;
	size_t len;
	CK_MECHANISM_TYPE made_by;
	enum alg ecb;
} types[] = {
	{ CKK_DES, 8, CKM_DES_KEY_GEN, ALG_DES_ECB },
	{ CKK_DES2, 16, CKM_DES2_KEY_GEN, ALG_DES3_ECB },
	{ CKK_DES3, 24, CKM_DES3_KEY_GEN, ALG_DES3_ECB },
};

enum { TYPES = sizeof types / sizeof *types };

static bool
is_odd(uint8_t byte)
{
	unsigned bits = 0;

	for (; byte != 0; byte >>= 1)
		bits += byte & 1;
	return bits % 2 == 1;
}

static CK_RV
try_create(struct fixture *f, CK_KEY_TYPE type, struct bytes v, struct object **o)
{
	struct attrs a = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	secret_template(&a, type, false);
	give(&a, CKA_VALUE, v);
	rv = object_create(f->token, 7, &a, o);
	attrs_free(&a);
	return rv;
}

/* --- the model --- */

static void
each_byte_has_its_parity(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		uint8_t v[8] = { 1, 1, 1, 1, 1, 1, 1, (uint8_t)i };

		assert_rv(is_odd((uint8_t)i) ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID,
			attr_secret_value(CKK_DES, BYTES(v)));
		attr_secret_shape(CKK_GENERIC_SECRET, v, sizeof v);
		assert_int_equal(i, v[7]);
		attr_secret_shape(CKK_DES, v, sizeof v);
		assert_rv(CKR_OK, attr_secret_value(CKK_DES, BYTES(v)));
		assert_int_equal(i & 0xfe, v[7] & 0xfe);
	}
}

static void
only_des_types_say_how_long_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < TYPES; i++) {
		assert_int_equal(types[i].len, attr_secret_own_len(types[i].type));
		for (size_t len = 0; len <= sizeof value; len++)
			assert_rv(len == types[i].len ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID,
				attr_secret_value(types[i].type, bytes_of(value, len)));
	}
	assert_int_equal(0, attr_secret_own_len(CKK_AES));
	assert_int_equal(0, attr_secret_own_len(CKK_GENERIC_SECRET));
}

static void
mechanisms_take_their_keys_and_are_not_the_tpms(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE mechanism;
		CK_KEY_TYPE key;
		CK_RV rv;
	} rows[] = {
		{ CKM_DES_ECB, CKK_DES, CKR_OK },
		{ CKM_DES_ECB, CKK_DES2, CKR_KEY_TYPE_INCONSISTENT },
		{ CKM_DES_CBC_PAD, CKK_DES3, CKR_KEY_TYPE_INCONSISTENT },
		{ CKM_DES3_ECB, CKK_DES3, CKR_OK },
		{ CKM_DES3_CBC, CKK_DES2, CKR_OK },
		{ CKM_DES3_CBC_PAD, CKK_DES2, CKR_OK },
		{ CKM_DES3_CBC, CKK_DES, CKR_KEY_TYPE_INCONSISTENT },
		{ CKM_DES3_ECB, CKK_AES, CKR_KEY_TYPE_INCONSISTENT },
		{ CKM_AES_ECB, CKK_DES3, CKR_KEY_TYPE_INCONSISTENT },
	};
	static const struct tpm_caps all = {
		.encrypt_decrypt = true, .modes = UINT32_MAX, .aes_bits = UINT32_MAX
	};
	CK_MECHANISM_INFO info;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct mech *m = mech_find(rows[i].mechanism);
		struct attrs a = ATTRS_EMPTY;

		secret_template(&a, rows[i].key, false);
		give_bool(&a, CKA_ENCRYPT, true);
		assert_rv(rows[i].rv, mech_fits(m, CKF_ENCRYPT, &a));
		attrs_free(&a);
		assert_rv(CKR_OK, mech_info(m, &all, &info));
		assert_true(rows[i].mechanism == CKM_AES_ECB || (info.flags & CKF_HW) == 0);
	}
}

static void
an_iv_has_eight_bytes(void **state)
{
	static const CK_MECHANISM_TYPE chained[] = { CKM_DES_CBC, CKM_DES_CBC_PAD, CKM_DES3_CBC,
		CKM_DES3_CBC_PAD };
	uint8_t iv[16] = "initial vector.";

	(void)state;
	for (size_t i = 0; i < sizeof chained / sizeof *chained; i++)
		for (size_t len = 0; len <= sizeof iv; len++) {
			CK_MECHANISM given = { chained[i], iv, len };
			struct scheme s = { .alg = ALG_NONE };

			assert_rv(len == 8 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID,
				mech_scheme(mech_find(chained[i]), &given, CKF_ENCRYPT, &s));
			scheme_free(&s);
		}
}

/* --- the token --- */

static void
a_created_key_has_odd_parity_or_is_refused(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < TYPES; i++)
		for (size_t at = 0; at < types[i].len; at++) {
			uint8_t bad[sizeof value];
			struct object *o = NULL;

			memcpy(bad, value, sizeof bad);
			bad[at] ^= 1;
			assert_rv(CKR_ATTRIBUTE_VALUE_INVALID,
				try_create(f, types[i].type, bytes_of(bad, types[i].len), &o));
			assert_null(o);
		}
}

static void
a_generated_key_has_odd_parity_and_no_length(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * TYPES; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;
		struct buf v = BUF_EMPTY;

		give_bool(&a, CKA_TOKEN, i % 2 == 1);
		assert_rv(CKR_OK, object_generate_secret(
					  f->token, 7, mech_find(types[i / 2].made_by), &a, &o));
		attrs_free(&a);
		assert_rv(CKR_OK, object_value(f->token, o, &v));
		assert_int_equal(types[i / 2].len, v.len);
		assert_rv(CKR_OK, attr_secret_value(types[i / 2].type, view(&v)));
		assert_false(attrs_has(object_attrs(o), CKA_VALUE_LEN));
		assert_int_equal(3, attrs_bytes(object_attrs(o), CKA_CHECK_VALUE).len);
		buf_free(&v);
		object_put(o);
	}
}

static void
a_template_has_no_length(void **state)
{
	static const struct {
		uint64_t len;
		CK_RV rv;
	} rows[] = { { 24, CKR_TEMPLATE_INCONSISTENT }, { 16, CKR_ATTRIBUTE_VALUE_INVALID } };
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;

		assert_rv(rows[i].rv,
			secret_generate(f->token, CKM_DES3_KEY_GEN, rows[i].len, &a, &o));
		assert_null(o);
	}
}

/* Three bytes of a block of zeros, as a published key has them: SP 800-67's, from libcrypto. */
static void
check_values_are_of_an_encrypted_block(void **state)
{
	struct fixture *f = *state;
	static const uint8_t zeros[8];

	for (size_t i = 0; i < TYPES; i++) {
		struct scheme s = { .alg = types[i].ecb };
		struct buf out = BUF_EMPTY;
		struct object *o = NULL;

		assert_rv(CKR_OK, try_create(f, types[i].type, bytes_of(value, types[i].len), &o));
		assert_rv(CKR_OK, secret_cipher(f->token, o, &s, true, BYTES(zeros), &out));
		assert_bytes_equal(bytes_slice(view(&out), 0, 3),
			attrs_bytes(object_attrs(o), CKA_CHECK_VALUE));
		buf_free(&out);
		object_put(o);
	}
}

static void
the_tpm_keeps_what_the_host_uses(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_DES3_ECB };

	for (int token = 0; token < 2; token++) {
		struct object *o = secret_create(f->token, CKK_DES3, token, BYTES(value));
		struct bytes public = attrs_bytes(object_attrs(o), CKA_TPM2_TOKEN_PUBLIC);
		enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
		bool exportable = true;
		struct buf out = BUF_EMPTY;

		if (token) {
			assert_rv(CKR_OK, tpm_public_kind(public, &kind, &exportable));
			assert_int_equal(TPM_KIND_SEALED, kind);
			assert_int_equal(0, attrs_bytes(object_attrs(o), CKA_VALUE).len);
		} else {
			assert_int_equal(0, public.len);
		}
		fake_tpm.calls = 0;
		assert_rv(CKR_OK, secret_cipher(f->token, o, &s, true, bytes_str(plain), &out));
		assert_bytes_equal(BYTES(encrypted), view(&out));
		assert_int_equal(token, fake_tpm.calls);
		buf_free(&out);
		assert_rv(CKR_OK, secret_cipher(f->token, o, &s, false, BYTES(encrypted), &out));
		assert_bytes_equal(bytes_str(plain), view(&out));
		buf_free(&out);
		object_put(o);
	}
}

static CK_RV
derive(struct fixture *f, struct object *base, uint64_t len, struct object **out)
{
	struct scheme s = {
		.alg = ALG_HKDF, .digest = HASH_SHA256, .extract = true, .expand = true
	};
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	secret_template(&t, CKK_DES3, false);
	give_bool(&t, CKA_SENSITIVE, false);
	give_bool(&t, CKA_EXTRACTABLE, true);
	if (len != 0)
		give_u64(&t, CKA_VALUE_LEN, len);
	rv = derive_one(f, &d, &t, out);
	attrs_free(&t);
	return rv;
}

/* PKCS#11 3.2, 6.8: a length may be given with a type that has one, if it is that one. */
static void
a_derived_key_has_odd_parity(void **state)
{
	struct fixture *f = *state;
	struct object *base = secret_create(f->token, CKK_GENERIC_SECRET, false, BYTES(value));
	struct object *o = NULL;

	for (uint64_t len = 0; len <= 24; len += 24) {
		assert_rv(CKR_OK, derive(f, base, len, &o));
		assert_rv(CKR_OK,
			attr_secret_value(CKK_DES3, attrs_bytes(object_attrs(o), CKA_VALUE)));
		assert_false(attrs_has(object_attrs(o), CKA_VALUE_LEN));
		object_put(o);
	}
	o = NULL;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, derive(f, base, 16, &o));
	assert_null(o);
	object_put(base);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_has_its_parity),
		cmocka_unit_test(only_des_types_say_how_long_they_are),
		cmocka_unit_test(mechanisms_take_their_keys_and_are_not_the_tpms),
		cmocka_unit_test(an_iv_has_eight_bytes),
		USER(a_created_key_has_odd_parity_or_is_refused),
		USER(a_generated_key_has_odd_parity_and_no_length),
		USER(a_template_has_no_length),
		USER(check_values_are_of_an_encrypted_block),
		USER(the_tpm_keeps_what_the_host_uses),
		USER(a_derived_key_has_odd_parity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
