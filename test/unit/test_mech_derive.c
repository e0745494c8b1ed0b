/* SPDX-License-Identifier: BSD-2-Clause */
/* Mechanisms that derive: their parameters, and the keys that they take. */
#include "config.h"

#include "model/mech.h"
#include "template.h"

static CK_RV
scheme_of(CK_MECHANISM_TYPE type, void *param, CK_ULONG len, CK_FLAGS use, struct scheme *out)
{
	CK_MECHANISM given = { type, param, len };

	return mech_scheme(mech_find(type), &given, use, out);
}

static CK_RV
fits(CK_MECHANISM_TYPE type, CK_FLAGS use, const CK_ATTRIBUTE *list, size_t count)
{
	struct attrs key = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	read_into(list, count, &key);
	rv = mech_fits(mech_find(type), use, &key);
	attrs_free(&key);
	return rv;
}

static void
parameters_of_key_agreement_become_a_scheme(void **state)
{
	static CK_BYTE point[65], shared[4];
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, sizeof point, point };
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_ECDH1_DERIVE, &ecdh, sizeof ecdh, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_ECDH && s.kdf == KDF_NONE && s.peer.ptr == point);
	assert_true(s.peer.len == sizeof point && s.info.len == 0);
	ecdh = (CK_ECDH1_DERIVE_PARAMS){ CKD_SHA256_KDF_SP800, sizeof shared, shared, sizeof point,
		point };
	assert_rv(CKR_OK, scheme_of(CKM_ECDH1_COFACTOR_DERIVE, &ecdh, sizeof ecdh, CKF_DERIVE, &s));
	assert_true(s.kdf == KDF_SP800 && s.digest == HASH_SHA256 && s.info.ptr == shared);
	ecdh.kdf = CKD_BLAKE2B_384_KDF;
	assert_rv(CKR_OK, scheme_of(CKM_ECDH1_DERIVE, &ecdh, sizeof ecdh, CKF_DERIVE, &s));
	assert_true(s.kdf == KDF_BLAKE2B_384 && s.digest == HASH_NONE);
	ecdh.kdf = CKD_SHA512_KDF;
	assert_rv(CKR_OK, scheme_of(CKM_ECDH1_DERIVE, &ecdh, sizeof ecdh, CKF_DERIVE, &s));
	assert_true(s.kdf == KDF_X963 && s.digest == HASH_SHA512);
}

static void
parameters_of_key_agreement_that_do_not_fit_are_refused(void **state)
{
	static CK_BYTE b[65];
	static const CK_ECDH1_DERIVE_PARAMS bad[] = {
		{ 0, 0, NULL, sizeof b, b },
		{ CKD_SHA1_KDF_ASN1, 0, NULL, sizeof b, b },
		{ CKD_NULL, 1, b, sizeof b, b },
		{ CKD_SHA1_KDF, 1, NULL, sizeof b, b },
		{ CKD_SHA1_KDF, 0, NULL, sizeof b, NULL },
		{ CKD_SHA1_KDF, 0, NULL, 0, b },
		{ CKD_SHA1_KDF, (CK_ULONG)-1, b, sizeof b, b },
		{ CKD_SHA1_KDF, 0, NULL, (CK_ULONG)-1 / 2, b },
	};
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, sizeof b, b };
	struct scheme s = { 0 };

	(void)state;
	assert_rv(
		CKR_MECHANISM_PARAM_INVALID, scheme_of(CKM_ECDH1_DERIVE, NULL, 0, CKF_DERIVE, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_ECDH1_DERIVE, &ecdh, sizeof ecdh - 1, CKF_DERIVE, &s));
	for (size_t i = 0; i < COUNT(bad); i++) {
		ecdh = bad[i];
		assert_rv(CKR_MECHANISM_PARAM_INVALID,
			scheme_of(CKM_ECDH1_DERIVE, &ecdh, sizeof ecdh, CKF_DERIVE, &s));
	}
}

/* PKCS#11 3.2, 6.3.17: its point comes as the ciphertext. */
static void
an_encapsulated_key_agrees_with_no_point_of_the_callers(void **state)
{
	static CK_BYTE point[65];
	static const CK_FLAGS uses[] = { CKF_DERIVE, CKF_ENCAPSULATE, CKF_DECAPSULATE };
	CK_ECDH1_DERIVE_PARAMS with = { CKD_SHA256_KDF, 0, NULL, sizeof point, point };
	CK_ECDH1_DERIVE_PARAMS without = { CKD_SHA256_KDF, 0, NULL, 0, NULL };
	struct scheme s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(uses); i++) {
		CK_RV alone = uses[i] == CKF_DERIVE ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
		CK_RV given = uses[i] == CKF_DERIVE ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;

		assert_rv(
			alone, scheme_of(CKM_ECDH1_DERIVE, &without, sizeof without, uses[i], &s));
		assert_rv(given, scheme_of(CKM_ECDH1_DERIVE, &with, sizeof with, uses[i], &s));
	}
	assert_rv(CKR_OK, scheme_of(CKM_RSA_X_509, NULL, 0, CKF_ENCAPSULATE, &s));
	assert_int_equal(ALG_RSA_RAW, s.alg);
}

static void
parameters_of_hkdf_become_a_scheme(void **state)
{
	static CK_BYTE salt[3], info[4];
	CK_HKDF_PARAMS p = { CK_TRUE, CK_TRUE, CKM_SHA3_256, CKF_HKDF_SALT_DATA, salt, sizeof salt,
		0, info, sizeof info };
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_HKDF_DERIVE, &p, sizeof p, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_HKDF && s.digest == HASH_SHA3_256 && s.extract && s.expand);
	assert_true(s.salt.ptr == salt && s.salt.len == sizeof salt && s.second == 0);
	assert_true(s.info.ptr == info && s.info.len == sizeof info);
	p.ulSaltType = CKF_HKDF_SALT_KEY;
	p.hSaltKey = 77;
	assert_rv(CKR_OK, scheme_of(CKM_HKDF_DATA, &p, sizeof p, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_HKDF_DATA && s.salt.len == 0 && s.second == 77);
	p.ulSaltType = CKF_HKDF_SALT_NULL;
	p.bExpand = CK_FALSE; /* so the info does not count */
	assert_rv(CKR_OK, scheme_of(CKM_HKDF_DERIVE, &p, sizeof p, CKF_DERIVE, &s));
	assert_true(s.extract && !s.expand && s.salt.len == 0 && s.second == 0 && s.info.len == 0);
	p.bExpand = CK_TRUE;
	p.bExtract = CK_FALSE; /* nor the salt */
	p.ulSaltType = 99;
	assert_rv(CKR_OK, scheme_of(CKM_HKDF_DERIVE, &p, sizeof p, CKF_DERIVE, &s));
	assert_true(!s.extract && s.expand && s.salt.len == 0 && s.info.len == sizeof info);
}

static void
parameters_of_hkdf_that_do_not_fit_are_refused(void **state)
{
	static CK_BYTE b[4];
	static const struct {
		CK_HKDF_PARAMS p;
		CK_RV rv;
	} bad[] = {
		{ { 0, 0, CKM_SHA256, CKF_HKDF_SALT_NULL, NULL, 0, 0, b, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 2, CKM_SHA256, CKF_HKDF_SALT_NULL, NULL, 0, 0, b, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 3, 1, CKM_SHA256, CKF_HKDF_SALT_NULL, NULL, 0, 0, b, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_MD5, CKF_HKDF_SALT_NULL, NULL, 0, 0, b, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256_HMAC, CKF_HKDF_SALT_NULL, NULL, 0, 0, b, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256, 0, NULL, 0, 0, b, 4 }, CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256, 3, b, 4, 7, b, 4 }, CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256, CKF_HKDF_SALT_DATA, NULL, 4, 0, b, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256, CKF_HKDF_SALT_NULL, NULL, 0, 0, NULL, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256, CKF_HKDF_SALT_DATA, b, (CK_ULONG)-1, 0, b, 4 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256, CKF_HKDF_SALT_NULL, NULL, 0, 0, b, (CK_ULONG)-1 / 2 },
			CKR_MECHANISM_PARAM_INVALID },
		{ { 1, 1, CKM_SHA256, CKF_HKDF_SALT_KEY, NULL, 0, 0, b, 4 },
			CKR_KEY_HANDLE_INVALID },
	};
	CK_HKDF_PARAMS p = bad[0].p;
	struct scheme s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		p = bad[i].p;
		assert_rv(bad[i].rv, scheme_of(CKM_HKDF_DERIVE, &p, sizeof p, CKF_DERIVE, &s));
	}
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_HKDF_DERIVE, &p, sizeof p - 1, CKF_DERIVE, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID, scheme_of(CKM_HKDF_DATA, NULL, 0, CKF_DERIVE, &s));
	assert_int_equal(ALG_NONE, s.alg);
}

static void
hkdf_takes_secrets_keys_of_its_own_and_data(void **state)
{
	static const struct {
		CK_OBJECT_CLASS class;
		CK_KEY_TYPE type;
		CK_RV rv;
	} rows[] = { { CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_OK },
		{ CKO_SECRET_KEY, CKK_HKDF, CKR_OK },
		{ CKO_SECRET_KEY, CKK_SHA256_HMAC, CKR_KEY_TYPE_INCONSISTENT },
		{ CKO_SECRET_KEY, CKK_AES, CKR_KEY_TYPE_INCONSISTENT },
		{ CKO_PRIVATE_KEY, CKK_EC, CKR_KEY_TYPE_INCONSISTENT } };
	CK_ATTRIBUTE data[] = { NUMBER(CKA_CLASS, CKO_DATA) };
	CK_ATTRIBUTE idle[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY), NUMBER(CKA_KEY_TYPE, CKK_HKDF),
		NO(CKA_DERIVE) };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_ATTRIBUTE key[] = { NUMBER(CKA_CLASS, rows[i].class),
			NUMBER(CKA_KEY_TYPE, rows[i].type), YES(CKA_DERIVE) };

		assert_rv(rows[i].rv, fits(CKM_HKDF_DERIVE, CKF_DERIVE, key, COUNT(key)));
		assert_rv(rows[i].rv, fits(CKM_HKDF_DATA, CKF_DERIVE, key, COUNT(key)));
	}
	assert_rv(CKR_OK, fits(CKM_HKDF_DERIVE, CKF_DERIVE, data, COUNT(data)));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, fits(CKM_ECDH1_DERIVE, CKF_DERIVE, data, COUNT(data)));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED,
		fits(CKM_HKDF_DERIVE, CKF_DERIVE, idle, COUNT(idle)));
}

static void
parameters_of_simple_derivations_become_a_scheme(void **state)
{
	static CK_BYTE data[32];
	CK_KEY_DERIVATION_STRING_DATA string = { data, sizeof data };
	CK_AES_CBC_ENCRYPT_DATA_PARAMS cbc = { { 1, 2, 3 }, data, 16 };
	CK_OBJECT_HANDLE key = 77;
	CK_ULONG bit = 9;
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_XOR_BASE_AND_DATA, &string, sizeof string, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_DERIVE_XOR && s.info.ptr == data && s.info.len == sizeof data);
	assert_rv(CKR_OK, scheme_of(CKM_AES_CBC_ENCRYPT_DATA, &cbc, sizeof cbc, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_DERIVE_CBC && s.info.len == 16 && s.iv.len == 16);
	assert_int_equal(2, s.iv.ptr[1]);
	scheme_free(&s);
	assert_rv(
		CKR_OK, scheme_of(CKM_CONCATENATE_BASE_AND_KEY, &key, sizeof key, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_DERIVE_JOIN_KEY && s.second == 77);
	assert_rv(CKR_OK, scheme_of(CKM_EXTRACT_KEY_FROM_KEY, &bit, sizeof bit, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_DERIVE_EXTRACT && s.start_bit == 9);
	assert_rv(CKR_OK, scheme_of(CKM_SHA3_256_KEY_DERIVATION, NULL, 0, CKF_DERIVE, &s));
	assert_true(s.alg == ALG_DERIVE_HASH && s.digest == HASH_SHA3_256);
}

static void
parameters_of_simple_derivations_that_do_not_fit_are_refused(void **state)
{
	static CK_BYTE data[32];
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_KEY_DERIVATION_STRING_DATA string;
	} bad[] = {
		{ CKM_CONCATENATE_BASE_AND_DATA, { NULL, 1 } },
		{ CKM_CONCATENATE_DATA_AND_BASE, { data, (CK_ULONG)-1 / 2 + 1 } },
		{ CKM_AES_ECB_ENCRYPT_DATA, { data, 15 } },
		{ CKM_AES_ECB_ENCRYPT_DATA, { data, 17 } },
		{ CKM_AES_ECB_ENCRYPT_DATA, { data, 0 } },
	};
	static const CK_MECHANISM_TYPE types[] = { CKM_XOR_BASE_AND_DATA, CKM_AES_ECB_ENCRYPT_DATA,
		CKM_AES_CBC_ENCRYPT_DATA, CKM_CONCATENATE_BASE_AND_KEY, CKM_EXTRACT_KEY_FROM_KEY };
	CK_AES_CBC_ENCRYPT_DATA_PARAMS cbc = { { 0 }, data, 31 };
	CK_OBJECT_HANDLE key = 0;
	struct scheme s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		CK_KEY_DERIVATION_STRING_DATA string = bad[i].string;

		assert_rv(CKR_MECHANISM_PARAM_INVALID,
			scheme_of(bad[i].type, &string, sizeof string, CKF_DERIVE, &s));
	}
	for (size_t i = 0; i < COUNT(types); i++) {
		assert_rv(
			CKR_MECHANISM_PARAM_INVALID, scheme_of(types[i], NULL, 0, CKF_DERIVE, &s));
		assert_rv(
			CKR_MECHANISM_PARAM_INVALID, scheme_of(types[i], data, 1, CKF_DERIVE, &s));
	}
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_AES_CBC_ENCRYPT_DATA, &cbc, sizeof cbc, CKF_DERIVE, &s));
	assert_rv(CKR_KEY_HANDLE_INVALID,
		scheme_of(CKM_CONCATENATE_BASE_AND_KEY, &key, sizeof key, CKF_DERIVE, &s));
	assert_int_equal(ALG_NONE, s.alg);
}

/* Except where AES computes. */
static void
simple_derivations_take_any_secret(void **state)
{
	static const CK_KEY_TYPE types[] = { CKK_GENERIC_SECRET, CKK_AES, CKK_SHA_1_HMAC,
		CKK_HKDF };

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		CK_ATTRIBUTE key[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY),
			NUMBER(CKA_KEY_TYPE, types[i]), YES(CKA_DERIVE) };

		assert_rv(CKR_OK, fits(CKM_XOR_BASE_AND_DATA, CKF_DERIVE, key, COUNT(key)));
		assert_rv(CKR_OK, fits(CKM_SHA256_KEY_DERIVATION, CKF_DERIVE, key, COUNT(key)));
		assert_rv(types[i] == CKK_AES ? CKR_OK : CKR_KEY_TYPE_INCONSISTENT,
			fits(CKM_AES_ECB_ENCRYPT_DATA, CKF_DERIVE, key, COUNT(key)));
	}
	CK_ATTRIBUTE private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY), NUMBER(CKA_KEY_TYPE, CKK_EC),
		YES(CKA_DERIVE) };
	assert_rv(CKR_KEY_TYPE_INCONSISTENT,
		fits(CKM_XOR_BASE_AND_DATA, CKF_DERIVE, private, COUNT(private)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_of_key_agreement_become_a_scheme),
		cmocka_unit_test(parameters_of_key_agreement_that_do_not_fit_are_refused),
		cmocka_unit_test(an_encapsulated_key_agrees_with_no_point_of_the_callers),
		cmocka_unit_test(parameters_of_hkdf_become_a_scheme),
		cmocka_unit_test(parameters_of_hkdf_that_do_not_fit_are_refused),
		cmocka_unit_test(hkdf_takes_secrets_keys_of_its_own_and_data),
		cmocka_unit_test(parameters_of_simple_derivations_become_a_scheme),
		cmocka_unit_test(parameters_of_simple_derivations_that_do_not_fit_are_refused),
		cmocka_unit_test(simple_derivations_take_any_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
