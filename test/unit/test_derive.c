/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Derived keys: the shared secret, the KDFs, templates, and what a derived key
 * knows of its past.
 */
#include "config.h"

#include "token_fixture.h"

#include "base/der.h"
#include "crypto/crypto.h"

struct agreement {
	struct object *key;
	struct buf point; /* the other party's */
	struct buf z;     /* the secret, as the other party knows it */
};

static void
agree(struct fixture *f, struct agreement *a)
{
	*a = (struct agreement){ .key = NULL };
	assert_rv(CKR_OK, object_get(f->token, make_ec(f, "ec"), &a->key));
	assert_rv(CKR_OK, ecdh_ephemeral(object_pubkey(a->key), &a->point, &a->z));
}

static void
agreement_free(struct agreement *a)
{
	object_put(a->key);
	buf_free(&a->point);
	buf_free(&a->z);
}

static struct scheme
scheme_of(const struct agreement *a, enum kdf kdf, enum hash hash, struct bytes info)
{
	return (struct scheme){
		.alg = ALG_ECDH, .digest = hash, .kdf = kdf, .peer = view(&a->point), .info = info
	};
}

/* len 0: not given */
static void
give_template(struct attrs *t, CK_KEY_TYPE type, uint64_t len)
{
	give_u64(t, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(t, CKA_KEY_TYPE, type);
	give_bool(t, CKA_TOKEN, false);
	give_bool(t, CKA_SENSITIVE, false);
	give_bool(t, CKA_EXTRACTABLE, true);
	if (len != 0)
		give_u64(t, CKA_VALUE_LEN, len);
}

static CK_RV
try_derive(struct fixture *f, const struct agreement *a, const struct scheme *s, struct attrs *t,
	struct object **out)
{
	struct derivation d = { .scheme = s, .base = a->key };
	CK_RV rv = derive_one(f, &d, t, out);

	attrs_free(t);
	return rv;
}

static void
every_kdf_makes_what_the_other_party_makes(void **state)
{
	static const struct {
		enum kdf kdf;
		enum hash hash;
		uint64_t given, len;
	} rows[] = {
		{ KDF_NONE, HASH_NONE, 0, 32 },
		{ KDF_NONE, HASH_NONE, 32, 32 },
		{ KDF_NONE, HASH_NONE, 7, 7 },
		{ KDF_X963, HASH_SHA1, 0, 20 },
		{ KDF_X963, HASH_SHA256, 100, 100 },
		{ KDF_SP800, HASH_SHA512, 0, 64 },
		{ KDF_SP800, HASH_SHA224, 33, 33 },
		{ KDF_BLAKE2B_160, HASH_NONE, 0, 20 },
		{ KDF_BLAKE2B_384, HASH_NONE, 100, 100 },
	};
	struct fixture *f = *state;
	struct agreement a;

	agree(f, &a);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes info = rows[i].kdf == KDF_NONE ? BYTES_EMPTY : LITERAL("info");
		struct scheme s = scheme_of(&a, rows[i].kdf, rows[i].hash, info);
		struct attrs t = ATTRS_EMPTY;
		struct buf right = BUF_EMPTY;
		struct object *o = NULL;

		give_template(&t, CKK_GENERIC_SECRET, rows[i].given);
		fake_tpm.calls = 0;
		assert_rv(CKR_OK, try_derive(f, &a, &s, &t, &o));
		assert_int_equal(1, fake_tpm.calls);
		assert_rv(CKR_OK, crypto_kdf_shared(rows[i].kdf, rows[i].hash, view(&a.z), info,
					  rows[i].len, &right));
		assert_bytes_equal(view(&right), attrs_bytes(object_attrs(o), CKA_VALUE));
		assert_int_equal(rows[i].len, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
		assert_false(attrs_bool(object_attrs(o), CKA_LOCAL, true));
		buf_free(&right);
		object_put(o);
	}
	agreement_free(&a);
}

static void
a_secret_that_is_cut_loses_its_leading_bytes(void **state)
{
	struct fixture *f = *state;
	struct agreement a;
	struct scheme s;
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	agree(f, &a);
	s = scheme_of(&a, KDF_NONE, HASH_NONE, BYTES_EMPTY);
	give_template(&t, CKK_AES, 16);
	assert_rv(CKR_OK, try_derive(f, &a, &s, &t, &o));
	assert_bytes_equal(
		bytes_slice(view(&a.z), 16, 16), attrs_bytes(object_attrs(o), CKA_VALUE));
	object_put(o);
	agreement_free(&a);
}

static void
a_wrong_template_costs_no_command(void **state)
{
	static const struct {
		CK_KEY_TYPE type;
		uint64_t len;
		uint64_t extra;
		CK_RV rv;
	} rows[] = {
		{ CKK_GENERIC_SECRET, 33, CKA_SIGN, CKR_TEMPLATE_INCONSISTENT },
		{ CKK_AES, 17, CKA_SIGN, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKK_GENERIC_SECRET, 5000, CKA_SIGN, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKK_RC2, 24, CKA_SIGN, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKK_DES3, 16, CKA_SIGN, CKR_ATTRIBUTE_VALUE_INVALID },
		{ CKK_GENERIC_SECRET, 32, CKA_LOCAL, CKR_ATTRIBUTE_READ_ONLY },
		{ CKK_GENERIC_SECRET, 32, CKA_TRUSTED, CKR_ATTRIBUTE_READ_ONLY },
		{ CKK_GENERIC_SECRET, 32, CKA_ALWAYS_AUTHENTICATE, CKR_TEMPLATE_INCONSISTENT },
	};
	struct fixture *f = *state;
	struct agreement a;
	struct scheme s;
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	agree(f, &a);
	s = scheme_of(&a, KDF_NONE, HASH_NONE, BYTES_EMPTY);
	fake_tpm.calls = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		give_template(&t, rows[i].type, rows[i].len);
		give_bool(&t, rows[i].extra, true);
		assert_rv(rows[i].rv, try_derive(f, &a, &s, &t, &o));
	}
	give_u64(&t, CKA_CLASS, CKO_SECRET_KEY);
	assert_rv(CKR_TEMPLATE_INCOMPLETE, try_derive(f, &a, &s, &t, &o));
	give_template(&t, CKK_GENERIC_SECRET, 16);
	give(&t, CKA_VALUE, LITERAL("a value of mine."));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, try_derive(f, &a, &s, &t, &o));
	assert_int_equal(0, fake_tpm.calls);
	assert_null(o);
	agreement_free(&a);
}

static void
only_points_of_the_curve_reach_the_tpm(void **state)
{
	struct fixture *f = *state;
	struct agreement a;
	struct scheme s;
	struct attrs t = ATTRS_EMPTY;
	struct buf der = BUF_EMPTY;
	struct object *o = NULL;
	struct pubkey peer = { .kind = KEY_EC, .curve = CURVE_P256 };

	agree(f, &a);
	assert_rv(CKR_OK, buf_set(&peer.point, view(&a.point)));
	assert_rv(CKR_OK, der_ec_point_of(&peer, &der));
	s = scheme_of(&a, KDF_NONE, HASH_NONE, BYTES_EMPTY);
	s.peer = view(&der);
	give_template(&t, CKK_GENERIC_SECRET, 32);
	assert_rv(CKR_OK, try_derive(f, &a, &s, &t, &o));
	assert_bytes_equal(view(&a.z), attrs_bytes(object_attrs(o), CKA_VALUE));
	object_put(o);
	o = NULL;
	fake_tpm.calls = 0;
	a.point.ptr[40] ^= 1;
	s.peer = view(&a.point);
	for (size_t len = a.point.len - 1; len <= a.point.len; len++) {
		s.peer.len = len;
		give_template(&t, CKK_GENERIC_SECRET, 32);
		assert_rv(CKR_MECHANISM_PARAM_INVALID, try_derive(f, &a, &s, &t, &o));
	}
	assert_int_equal(0, fake_tpm.calls);
	assert_null(o);
	pubkey_free(&peer);
	buf_free(&der);
	agreement_free(&a);
}

static void
a_key_that_may_only_sign_derives_nothing(void **state)
{
	struct fixture *f = *state;
	struct agreement a;
	struct scheme s;
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	fake_tpm.fips = true;
	agree(f, &a);
	s = scheme_of(&a, KDF_NONE, HASH_NONE, BYTES_EMPTY);
	give_template(&t, CKK_GENERIC_SECRET, 32);
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, try_derive(f, &a, &s, &t, &o));
	agreement_free(&a);
}

static void
failures_of_the_tpm_and_rights_are_passed_on(void **state)
{
	struct fixture *f = *state;
	struct agreement a;
	struct scheme s;
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	agree(f, &a);
	s = scheme_of(&a, KDF_NONE, HASH_NONE, BYTES_EMPTY);
	fake_tpm.absent = true;
	give_template(&t, CKK_GENERIC_SECRET, 32);
	assert_rv(CKR_DEVICE_REMOVED, try_derive(f, &a, &s, &t, &o));
	fake_tpm.absent = false;
	assert_rv(CKR_OK, token_logout(f->token));
	give_template(&t, CKK_GENERIC_SECRET, 32);
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_derive(f, &a, &s, &t, &o));
	assert_null(o);
	agreement_free(&a);
}

/* PKCS#11 3.2, 6.3.17 */
static void
a_derived_key_inherits_its_past(void **state)
{
	struct fixture *f = *state;
	struct agreement a;
	struct scheme s;

	agree(f, &a); /* the base key is sensitive and was never extractable */
	s = scheme_of(&a, KDF_NONE, HASH_NONE, BYTES_EMPTY);
	for (int i = 0; i < 4; i++) {
		struct attrs t = ATTRS_EMPTY;
		struct object *o = NULL;

		give_template(&t, CKK_GENERIC_SECRET, 32);
		give_bool(&t, CKA_SENSITIVE, (i & 1) != 0);
		give_bool(&t, CKA_EXTRACTABLE, (i & 2) != 0);
		assert_rv(CKR_OK, try_derive(f, &a, &s, &t, &o));
		assert_int_equal(
			(i & 1) != 0, attrs_bool(object_attrs(o), CKA_ALWAYS_SENSITIVE, false));
		assert_int_equal(
			(i & 2) == 0, attrs_bool(object_attrs(o), CKA_NEVER_EXTRACTABLE, false));
		object_put(o);
	}
	agreement_free(&a);
}

static void
the_base_keys_template_is_kept(void **state)
{
	struct fixture *f = *state;
	struct agreement a = { .key = NULL };
	struct scheme s;
	struct attrs private = ATTRS_EMPTY;
	struct attrs t = ATTRS_EMPTY;
	struct buf nested = BUF_EMPTY;
	struct object *public = NULL;
	struct object *o = NULL;

	assert_rv(CKR_OK, buf_append_u64(&nested, CKA_EXTRACTABLE));
	assert_rv(CKR_OK, buf_append_sized(&nested, LITERAL("\0")));
	give(&private, CKA_DERIVE_TEMPLATE, view(&nested));
	assert_rv(CKR_OK, try_ec(f->token, &private, false, &public, &a.key));
	assert_rv(CKR_OK, ecdh_ephemeral(object_pubkey(a.key), &a.point, &a.z));
	s = scheme_of(&a, KDF_NONE, HASH_NONE, BYTES_EMPTY);
	give_template(&t, CKK_GENERIC_SECRET, 32);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_derive(f, &a, &s, &t, &o));
	give_template(&t, CKK_GENERIC_SECRET, 32);
	attrs_remove(&t, CKA_EXTRACTABLE);
	assert_rv(CKR_OK, try_derive(f, &a, &s, &t, &o));
	assert_false(attrs_bool(object_attrs(o), CKA_EXTRACTABLE, true));
	object_put(o);
	object_put(public);
	attrs_free(&private);
	buf_free(&nested);
	agreement_free(&a);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(every_kdf_makes_what_the_other_party_makes),
		USER(a_secret_that_is_cut_loses_its_leading_bytes),
		USER(a_wrong_template_costs_no_command),
		USER(only_points_of_the_curve_reach_the_tpm),
		USER(a_key_that_may_only_sign_derives_nothing),
		USER(failures_of_the_tpm_and_rights_are_passed_on),
		USER(a_derived_key_inherits_its_past),
		USER(the_base_keys_template_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
