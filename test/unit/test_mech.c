/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "model/mech.h"
#include "template.h"

static const struct tpm_caps caps = { .curves = 1u << CURVE_P256 | 1u << CURVE_P384,
	.rsa_bits = 1u << 2 | 1u << 3 };
static const struct tpm_caps rsa_only = { .rsa_bits = 1u << 2 };

static void
without_a_token_there_are_digests_only(void **state)
{
	size_t count = 0;
	const struct mech *rows = mech_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		assert_int_equal(mech_supported(&rows[i], NULL), rows[i].flags == CKF_DIGEST);
}

static void
support_follows_from_the_tpm(void **state)
{
	CK_MECHANISM_INFO info;

	(void)state;
	assert_true(mech_supported(mech_find(CKM_SHA512_RSA_PKCS), &rsa_only));
	assert_false(mech_supported(mech_find(CKM_ECDSA), &rsa_only));
	assert_rv(CKR_MECHANISM_INVALID, mech_info(mech_find(CKM_ECDSA), &rsa_only, &info));
}

/* There the TPM pads around digests of its own; elsewhere the host around any. */
static void
fips_keys_sign_with_hashes_of_the_tpm_only(void **state)
{
	struct tpm_caps fips = rsa_only;

	(void)state;
	fips.fips = true;
	fips.hashes = 1u << HASH_SHA256;
	assert_true(mech_supported(mech_find(CKM_SHA256_RSA_PKCS), &fips));
	assert_true(mech_supported(mech_find(CKM_RSA_PKCS_PSS), &fips));
	assert_false(mech_supported(mech_find(CKM_SHA3_256_RSA_PKCS), &fips));
	assert_false(mech_supported(mech_find(CKM_SHA512_RSA_PKCS_PSS), &fips));
	assert_true(mech_supported(mech_find(CKM_SHA3_256_RSA_PKCS), &rsa_only));
}

static void
info_has_bits_and_says_that_it_is_hardware(void **state)
{
	CK_MECHANISM_INFO info;

	(void)state;
	assert_rv(CKR_OK, mech_info(mech_find(CKM_RSA_PKCS), &caps, &info));
	assert_int_equal(info.ulMinKeySize, 2048);
	assert_int_equal(info.ulMaxKeySize, 3072);
	assert_int_equal(info.flags, CKF_SIGN | CKF_VERIFY | CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER |
					     CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP |
					     CKF_ENCAPSULATE | CKF_DECAPSULATE | CKF_MESSAGE_SIGN |
					     CKF_MESSAGE_VERIFY | CKF_HW);
	assert_rv(CKR_OK, mech_info(mech_find(CKM_RSA_PKCS_OAEP), &caps, &info));
	assert_int_equal(info.flags, CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP |
					     CKF_ENCAPSULATE | CKF_DECAPSULATE | CKF_HW);
	assert_rv(CKR_OK, mech_info(mech_find(CKM_SHA256_RSA_PKCS), &caps, &info));
	assert_int_equal(info.flags, CKF_SIGN | CKF_VERIFY | CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY |
					     CKF_MULTI_MESSAGE | CKF_HW);
	assert_rv(CKR_OK, mech_info(mech_find(CKM_EC_KEY_PAIR_GEN), &caps, &info));
	assert_int_equal(info.ulMinKeySize, 256);
	assert_int_equal(info.ulMaxKeySize, 384);
	assert_int_equal(info.flags, CKF_GENERATE_KEY_PAIR | CKF_HW | CKF_EC_F_P |
					     CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS);
	assert_rv(CKR_OK, mech_info(mech_find(CKM_SHA256), NULL, &info));
	assert_int_equal(info.flags, CKF_DIGEST);
	assert_int_equal(info.ulMaxKeySize, 0);
}

static void
what_the_host_does_is_no_hardware(void **state)
{
	static const struct tpm_caps none = { .curves = 0 };
	CK_MECHANISM_INFO info;

	(void)state;
	assert_rv(CKR_OK, mech_info(mech_find(CKM_AES_KEY_GEN), &none, &info));
	assert_int_equal(info.flags, CKF_GENERATE);
	assert_int_equal(info.ulMinKeySize, 16);
	assert_int_equal(info.ulMaxKeySize, 32);
	assert_rv(CKR_OK, mech_info(mech_find(CKM_GENERIC_SECRET_KEY_GEN), &none, &info));
	assert_int_equal(info.ulMinKeySize, 8);
	assert_int_equal(info.ulMaxKeySize, 8 * 4096);
	assert_rv(CKR_OK, mech_info(mech_find(CKM_SHA3_256_KEY_GEN), &none, &info));
	assert_int_equal(info.flags, CKF_GENERATE);
	assert_int_equal(info.ulMinKeySize, 1);
	assert_int_equal(info.ulMaxKeySize, 4096);
	assert_rv(CKR_MECHANISM_INVALID, mech_info(mech_find(CKM_AES_KEY_GEN), NULL, &info));
}

static CK_RV
scheme_of(CK_MECHANISM_TYPE type, void *param, CK_ULONG len, CK_FLAGS use, struct scheme *out)
{
	CK_MECHANISM given = { type, param, len };

	return mech_scheme(mech_find(type), &given, use, out);
}

static void
schemes_are_made_of_the_row(void **state)
{
	struct scheme s = { 0 };
	uint8_t any = 0;

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_RSA_PKCS, NULL, 0, CKF_SIGN, &s));
	assert_true(s.alg == ALG_RSA_PKCS1 && s.hash == HASH_NONE);
	assert_rv(CKR_OK, scheme_of(CKM_ECDSA_SHA384, &any, 0, CKF_VERIFY, &s));
	assert_true(s.alg == ALG_ECDSA && s.hash == HASH_SHA384 && s.digest == HASH_SHA384);
	assert_rv(CKR_OK, scheme_of(CKM_SHA_1, NULL, 0, CKF_DIGEST, &s));
	assert_true(s.alg == ALG_DIGEST && s.hash == HASH_SHA1);
}

static void
uses_that_a_mechanism_does_not_have_are_refused(void **state)
{
	CK_MECHANISM other = { CKM_ECDSA, NULL, 0 };
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_MECHANISM_INVALID, scheme_of(CKM_SHA256, NULL, 0, CKF_SIGN, &s));
	assert_rv(CKR_MECHANISM_INVALID, scheme_of(CKM_RSA_PKCS, NULL, 0, CKF_DIGEST, &s));
	assert_rv(CKR_MECHANISM_INVALID,
		scheme_of(CKM_RSA_PKCS, NULL, 0, CKF_SIGN | CKF_DERIVE, &s));
	assert_rv(CKR_MECHANISM_INVALID, scheme_of(CKM_RSA_PKCS_PSS, NULL, 0, CKF_DECRYPT, &s));
	assert_rv(
		CKR_MECHANISM_INVALID, mech_scheme(mech_find(CKM_RSA_PKCS), &other, CKF_SIGN, &s));
}

static void
parameters_where_none_are_wanted_are_refused(void **state)
{
	struct scheme s = { 0 };
	uint8_t any = 0;

	(void)state;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, scheme_of(CKM_ECDSA, &any, 1, CKF_SIGN, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID, scheme_of(CKM_ECDSA, NULL, 1, CKF_SIGN, &s));
}

static void
pss_parameters_become_a_scheme(void **state)
{
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA1, 20 };
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_RSA_PKCS_PSS, &pss, sizeof pss, CKF_SIGN, &s));
	assert_true(s.alg == ALG_RSA_PSS && s.hash == HASH_NONE && s.digest == HASH_SHA256);
	assert_true(s.mgf == HASH_SHA1 && s.salt_len == 20);
	assert_rv(CKR_OK, scheme_of(CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof pss, CKF_SIGN, &s));
	assert_true(s.hash == HASH_SHA256 && s.digest == HASH_SHA256);
}

static void
pss_parameters_that_do_not_fit_are_refused(void **state)
{
	static const CK_RSA_PKCS_PSS_PARAMS bad[] = {
		{ CKM_SHA256, 99, 32 },
		{ CKM_MD5, CKG_MGF1_SHA1, 20 },
		{ CKM_SHA256, CKG_MGF1_SHA256, 513 },
		{ CKM_SHA256, CKG_MGF1_SHA256, (CK_ULONG)-1 },
	};
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA384, CKG_MGF1_SHA384, 48 };
	struct scheme s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		pss = bad[i];
		assert_rv(CKR_MECHANISM_PARAM_INVALID,
			scheme_of(CKM_RSA_PKCS_PSS, &pss, sizeof pss, CKF_SIGN, &s));
	}
	pss = (CK_RSA_PKCS_PSS_PARAMS){ CKM_SHA384, CKG_MGF1_SHA384, 48 };
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof pss, CKF_SIGN, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_RSA_PKCS_PSS, &pss, sizeof pss - 1, CKF_SIGN, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_RSA_PKCS_PSS, NULL, sizeof pss, CKF_SIGN, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID, scheme_of(CKM_RSA_PKCS_PSS, NULL, 0, CKF_SIGN, &s));
}

static void
oaep_parameters_become_a_scheme_with_a_label_of_its_own(void **state)
{
	char label[] = "label";
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, label, 5 };
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep, CKF_ENCRYPT, &s));
	label[0] = 'X';
	assert_true(s.alg == ALG_RSA_OAEP && s.digest == HASH_SHA256 && s.mgf == HASH_SHA1);
	assert_bytes_equal(LITERAL("label"), view(&s.label));
	scheme_free(&s);
	oaep = (CK_RSA_PKCS_OAEP_PARAMS){ CKM_SHA_1, CKG_MGF1_SHA1, 0, label, 0 };
	assert_rv(CKR_OK, scheme_of(CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep, CKF_DECRYPT, &s));
	assert_int_equal(0, s.label.len);
	scheme_free(&s);
}

static void
oaep_parameters_that_do_not_fit_are_refused(void **state)
{
	static const CK_RSA_PKCS_OAEP_PARAMS bad[] = {
		{ CKM_SHA256, 99, CKZ_DATA_SPECIFIED, NULL, 0 },
		{ CKM_MD5, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0 },
		{ CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, NULL, 1 },
		{ CKM_SHA256, CKG_MGF1_SHA256, 2, NULL, 0 },
		{ CKM_SHA256, CKG_MGF1_SHA256, 0, (void *)"x", 1 },
	};
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0 };
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep - 1, CKF_ENCRYPT, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_RSA_PKCS_OAEP, NULL, sizeof oaep, CKF_ENCRYPT, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_RSA_PKCS_OAEP, NULL, 0, CKF_ENCRYPT, &s));
	for (size_t i = 0; i < COUNT(bad); i++) {
		oaep = bad[i];
		assert_rv(CKR_MECHANISM_PARAM_INVALID,
			scheme_of(CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep, CKF_ENCRYPT, &s));
	}
	assert_int_equal(ALG_NONE, s.alg);
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
a_key_fits_by_type_then_by_use_then_by_its_list(void **state)
{
	CK_ATTRIBUTE key[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY), NUMBER(CKA_KEY_TYPE, CKK_RSA),
		YES(CKA_SIGN), NUMBERS(CKA_ALLOWED_MECHANISMS, CKM_RSA_PKCS, CKM_RSA_PKCS_PSS) };
	CK_ATTRIBUTE idle[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY), NUMBER(CKA_KEY_TYPE, CKK_RSA),
		NO(CKA_SIGN) };
	CK_ATTRIBUTE public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY), NUMBER(CKA_KEY_TYPE, CKK_EC),
		YES(CKA_VERIFY), NOTHING(CKA_ALLOWED_MECHANISMS) };

	(void)state;
	assert_rv(CKR_OK, fits(CKM_RSA_PKCS_PSS, CKF_SIGN, key, COUNT(key)));
	assert_rv(CKR_MECHANISM_INVALID, fits(CKM_RSA_X_509, CKF_SIGN, key, COUNT(key)));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, fits(CKM_ECDSA, CKF_SIGN, idle, COUNT(idle)));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, fits(CKM_RSA_PKCS, CKF_SIGN, idle, COUNT(idle)));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, fits(CKM_RSA_PKCS, CKF_VERIFY, key, COUNT(key)));
	assert_rv(CKR_OK, fits(CKM_ECDSA, CKF_VERIFY, public, COUNT(public)));
	assert_rv(CKR_MECHANISM_INVALID, fits(CKM_SHA256, CKF_DIGEST, public, COUNT(public)));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED,
		fits(CKM_RSA_PKCS, CKF_DECRYPT, key, COUNT(key)));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, fits(CKM_RSA_PKCS, CKF_ENCRYPT, key, COUNT(key)));
	assert_rv(CKR_MECHANISM_INVALID, fits(CKM_RSA_PKCS_PSS, CKF_DECRYPT, key, COUNT(key)));
}

static void
an_hmac_takes_generic_secrets_and_keys_for_its_hash(void **state)
{
	static const struct {
		CK_KEY_TYPE type;
		CK_RV rv;
	} rows[] = { { CKK_GENERIC_SECRET, CKR_OK }, { CKK_SHA256_HMAC, CKR_OK },
		{ CKK_SHA384_HMAC, CKR_KEY_TYPE_INCONSISTENT },
		{ CKK_AES, CKR_KEY_TYPE_INCONSISTENT } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_ATTRIBUTE key[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY),
			NUMBER(CKA_KEY_TYPE, rows[i].type), YES(CKA_SIGN), NO(CKA_VERIFY) };

		assert_rv(rows[i].rv, fits(CKM_SHA256_HMAC, CKF_SIGN, key, COUNT(key)));
	}
	CK_ATTRIBUTE idle[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY),
		NUMBER(CKA_KEY_TYPE, CKK_GENERIC_SECRET), YES(CKA_SIGN), NO(CKA_VERIFY) };
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED,
		fits(CKM_SHA256_HMAC, CKF_VERIFY, idle, COUNT(idle)));
}

static void
the_length_of_a_mac_is_the_hashs_or_a_parameter(void **state)
{
	static const CK_ULONG bad[] = { 0, 33, (CK_ULONG)-1 };
	CK_ULONG len = 10;
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_SHA256_HMAC, NULL, 0, CKF_SIGN, &s));
	assert_true(s.alg == ALG_HMAC && s.digest == HASH_SHA256 && s.mac_len == 32);
	assert_true(s.hash == HASH_NONE); /* the key takes the data itself */
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_SHA256_HMAC, &len, sizeof len, CKF_SIGN, &s));
	assert_rv(CKR_OK, scheme_of(CKM_SHA256_HMAC_GENERAL, &len, sizeof len, CKF_VERIFY, &s));
	assert_int_equal(s.mac_len, 10);
	for (size_t i = 0; i < COUNT(bad); i++) {
		len = bad[i];
		assert_rv(CKR_MECHANISM_PARAM_INVALID,
			scheme_of(CKM_SHA256_HMAC_GENERAL, &len, sizeof len, CKF_SIGN, &s));
	}
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_SHA256_HMAC_GENERAL, NULL, 0, CKF_SIGN, &s));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		scheme_of(CKM_SHA256_HMAC_GENERAL, &len, 4, CKF_SIGN, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_token_there_are_digests_only),
		cmocka_unit_test(support_follows_from_the_tpm),
		cmocka_unit_test(fips_keys_sign_with_hashes_of_the_tpm_only),
		cmocka_unit_test(info_has_bits_and_says_that_it_is_hardware),
		cmocka_unit_test(what_the_host_does_is_no_hardware),
		cmocka_unit_test(schemes_are_made_of_the_row),
		cmocka_unit_test(uses_that_a_mechanism_does_not_have_are_refused),
		cmocka_unit_test(parameters_where_none_are_wanted_are_refused),
		cmocka_unit_test(pss_parameters_become_a_scheme),
		cmocka_unit_test(pss_parameters_that_do_not_fit_are_refused),
		cmocka_unit_test(oaep_parameters_become_a_scheme_with_a_label_of_its_own),
		cmocka_unit_test(oaep_parameters_that_do_not_fit_are_refused),
		cmocka_unit_test(a_key_fits_by_type_then_by_use_then_by_its_list),
		cmocka_unit_test(an_hmac_takes_generic_secrets_and_keys_for_its_hash),
		cmocka_unit_test(the_length_of_a_mac_is_the_hashs_or_a_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
