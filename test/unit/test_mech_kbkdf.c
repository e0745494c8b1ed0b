/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters of SP 800-108, from the caller's memory. */
#include "config.h"

#include "model/mech.h"
#include "template.h"

static CK_SP800_108_COUNTER_FORMAT counter16 = { CK_FALSE, 16 }, counter32_le = { CK_TRUE, 32 };
static CK_SP800_108_DKM_LENGTH_FORMAT length64_le = { CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS,
	CK_TRUE, 64 };
static CK_SP800_108_DKM_LENGTH_FORMAT length8 = { CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_FALSE,
	8 };
static CK_BYTE bytes[5];
static CK_OBJECT_HANDLE key = 77;

#define ITERATION                                                                                  \
	{                                                                                          \
		CK_SP800_108_ITERATION_VARIABLE, &counter16, sizeof counter16                      \
	}
#define NO_FORMAT                                                                                  \
	{                                                                                          \
		CK_SP800_108_ITERATION_VARIABLE, NULL, 0                                           \
	}
#define COUNTER                                                                                    \
	{                                                                                          \
		CK_SP800_108_COUNTER, &counter32_le, sizeof counter32_le                           \
	}
#define LENGTH                                                                                     \
	{                                                                                          \
		CK_SP800_108_DKM_LENGTH, &length8, sizeof length8                                  \
	}
#define ARRAY                                                                                      \
	{                                                                                          \
		CK_SP800_108_BYTE_ARRAY, bytes, sizeof bytes                                       \
	}
#define KEY                                                                                        \
	{                                                                                          \
		CK_SP800_108_KEY_HANDLE, &key, sizeof key                                          \
	}

static CK_SP800_108_KDF_PARAMS
params_of(CK_PRF_DATA_PARAM *list, CK_ULONG count)
{
	return (CK_SP800_108_KDF_PARAMS){ CKM_SHA256_HMAC, count, list, 0, NULL };
}

/* The same for every mode. */
static CK_RV
scheme_of(CK_MECHANISM_TYPE type, const CK_SP800_108_KDF_PARAMS *p, struct scheme *out)
{
	CK_SP800_108_KDF_PARAMS plain = *p;
	CK_SP800_108_FEEDBACK_KDF_PARAMS feedback = { p->prfType, p->ulNumberOfDataParams,
		p->pDataParams, sizeof bytes, bytes, p->ulAdditionalDerivedKeys,
		p->pAdditionalDerivedKeys };
	CK_MECHANISM given = { type, &plain, sizeof plain };

	if (type == CKM_SP800_108_FEEDBACK_KDF)
		given = (CK_MECHANISM){ type, &feedback, sizeof feedback };
	return mech_scheme(mech_find(type), &given, CKF_DERIVE, out);
}

static void
parameters_become_a_scheme(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		enum alg alg;
	} modes[] = { { CKM_SP800_108_COUNTER_KDF, ALG_KBKDF_COUNTER },
		{ CKM_SP800_108_FEEDBACK_KDF, ALG_KBKDF_FEEDBACK },
		{ CKM_SP800_108_DOUBLE_PIPELINE_KDF, ALG_KBKDF_PIPELINE } };

	(void)state;
	for (size_t i = 0; i < COUNT(modes); i++) {
		CK_PRF_DATA_PARAM counted[] = { ARRAY, ITERATION, KEY,
			{ CK_SP800_108_DKM_LENGTH, &length64_le, sizeof length64_le }, ARRAY };
		CK_PRF_DATA_PARAM chained[] = { NO_FORMAT, COUNTER, KEY, LENGTH, ARRAY };
		bool counts = modes[i].alg == ALG_KBKDF_COUNTER;
		CK_SP800_108_KDF_PARAMS p = params_of(counts ? counted : chained, 5);
		struct scheme s = { 0 };
		const struct kbkdf_part *part = NULL;

		assert_rv(CKR_OK, scheme_of(modes[i].type, &p, &s));
		part = s.kbkdf.parts;
		assert_true(s.alg == modes[i].alg && s.kbkdf.prf == CKM_SHA256_HMAC);
		assert_true(s.kbkdf.segment_len == 32 && s.kbkdf.count == 5);
		assert_int_equal(
			modes[i].alg == ALG_KBKDF_FEEDBACK ? sizeof bytes : 0, s.kbkdf.iv.len);
		assert_true(part[2].kind == KBKDF_KEY && part[2].key == 77);
		assert_true(part[4].kind == KBKDF_BYTES && part[4].bytes.ptr == bytes &&
			    part[4].bytes.len == sizeof bytes);
		if (counts) {
			assert_true(part[1].kind == KBKDF_ITERATION && part[1].width == 2 &&
				    !part[1].little_endian);
			assert_true(part[3].kind == KBKDF_LENGTH && part[3].width == 8 &&
				    part[3].little_endian && part[3].of_segments);
		} else {
			assert_true(part[0].kind == KBKDF_ITERATION && part[0].width == 0);
			assert_true(part[1].kind == KBKDF_COUNTER && part[1].width == 4 &&
				    part[1].little_endian);
			assert_true(part[3].kind == KBKDF_LENGTH && part[3].width == 1 &&
				    !part[3].little_endian && !part[3].of_segments);
		}
		scheme_free(&s);
	}
}

static void
a_mac_of_ours_is_a_prf(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE prf;
		size_t len; /* 0: no PRF */
	} rows[] = {
		{ CKM_SHA_1_HMAC, 20 },
		{ CKM_SHA224_HMAC, 28 },
		{ CKM_SHA512_HMAC, 64 },
		{ CKM_SHA3_384_HMAC, 48 },
		{ CKM_AES_CMAC, 16 },
		{ CKM_SHA256, 0 },
		{ CKM_SHA256_HMAC_GENERAL, 0 },
		{ CKM_AES_CMAC_GENERAL, 0 },
		{ CKM_DES3_CMAC, 0 },
		{ CKM_ECDSA, 0 },
		{ 0, 0 },
	};
	CK_PRF_DATA_PARAM list[] = { ITERATION };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_SP800_108_KDF_PARAMS p = params_of(list, 1);
		struct scheme s = { 0 };

		p.prfType = rows[i].prf;
		assert_rv(rows[i].len > 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID,
			scheme_of(CKM_SP800_108_COUNTER_KDF, &p, &s));
		assert_int_equal(rows[i].len, s.kbkdf.segment_len);
		scheme_free(&s);
	}
}

static void
parts_that_do_not_fit_the_mode_are_refused(void **state)
{
	/* count: without those that are not there */
	static CK_PRF_DATA_PARAM lists[][3] = {
		{ ARRAY },
		{ ITERATION, ITERATION },
		{ ITERATION, COUNTER },
		{ NO_FORMAT },
		{ ITERATION, LENGTH, LENGTH },
		{ ITERATION, { CK_SP800_108_BYTE_ARRAY, bytes, 0 } },
		{ ITERATION, { CK_SP800_108_BYTE_ARRAY, NULL, 5 } },
		{ ITERATION, { CK_SP800_108_BYTE_ARRAY, bytes, (CK_ULONG)-1 / 2 } },
		{ ITERATION, { CK_SP800_108_KEY_HANDLE, &key, sizeof key - 1 } },
		{ ITERATION, { CK_SP800_108_KEY_HANDLE, NULL, sizeof key } },
		{ ITERATION, { CK_SP800_108_DKM_LENGTH, &length8, sizeof length8 + 1 } },
		{ ITERATION, { CK_SP800_108_DKM_LENGTH, NULL, sizeof length8 } },
		{ ITERATION, { 6, bytes, 5 } },
		{ ITERATION, { 0, bytes, 5 } },
		{ { CK_SP800_108_ITERATION_VARIABLE, &counter16, sizeof counter16 - 1 } },
		{ { CK_SP800_108_ITERATION_VARIABLE, NULL, sizeof counter16 } },
	};
	static CK_PRF_DATA_PARAM chained[][3] = {
		{ COUNTER },
		{ ITERATION },
		{ NO_FORMAT, NO_FORMAT },
		{ NO_FORMAT, COUNTER, COUNTER },
		{ NO_FORMAT, LENGTH, LENGTH },
		{ { CK_SP800_108_ITERATION_VARIABLE, bytes, 0 } },
		{ { CK_SP800_108_ITERATION_VARIABLE, NULL, 1 } },
		{ NO_FORMAT, { CK_SP800_108_COUNTER, NULL, 0 } },
	};
	static const CK_MECHANISM_TYPE types[] = { CKM_SP800_108_COUNTER_KDF,
		CKM_SP800_108_FEEDBACK_KDF, CKM_SP800_108_DOUBLE_PIPELINE_KDF };

	(void)state;
	for (size_t t = 0; t < COUNT(types); t++)
		for (size_t i = 0; i < (t == 0 ? COUNT(lists) : COUNT(chained)); i++) {
			CK_PRF_DATA_PARAM *list = t == 0 ? lists[i] : chained[i];
			CK_SP800_108_KDF_PARAMS p = params_of(list, 3);
			struct scheme s = { 0 };

			while (p.ulNumberOfDataParams > 1 &&
				list[p.ulNumberOfDataParams - 1].type == 0 &&
				list[p.ulNumberOfDataParams - 1].pValue == NULL)
				p.ulNumberOfDataParams--;
			assert_rv(CKR_MECHANISM_PARAM_INVALID, scheme_of(types[t], &p, &s));
			assert_null(s.kbkdf.parts);
		}
}

static void
numbers_are_of_whole_bytes_and_not_too_wide(void **state)
{
	static const struct {
		CK_BBOOL little_endian;
		CK_ULONG bits;
		CK_RV counter, length;
	} rows[] = {
		{ 0, 8, CKR_OK, CKR_OK },
		{ 1, 24, CKR_OK, CKR_OK },
		{ 0, 32, CKR_OK, CKR_OK },
		{ 0, 40, CKR_MECHANISM_PARAM_INVALID, CKR_OK },
		{ 1, 64, CKR_MECHANISM_PARAM_INVALID, CKR_OK },
		{ 0, 72, CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID },
		{ 0, (CK_ULONG)-8, CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID },
		{ 0, 0, CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID },
		{ 0, 12, CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID },
		{ 2, 16, CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_PARAM_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_SP800_108_COUNTER_FORMAT c = { rows[i].little_endian, rows[i].bits };
		CK_SP800_108_DKM_LENGTH_FORMAT l = { CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS,
			rows[i].little_endian, rows[i].bits };
		CK_PRF_DATA_PARAM counted[] = { { CK_SP800_108_ITERATION_VARIABLE, &c, sizeof c } };
		CK_PRF_DATA_PARAM chained[] = { NO_FORMAT, { CK_SP800_108_COUNTER, &c, sizeof c } };
		CK_PRF_DATA_PARAM measured[] = { ITERATION,
			{ CK_SP800_108_DKM_LENGTH, &l, sizeof l } };
		CK_SP800_108_KDF_PARAMS p = params_of(counted, 1);
		struct scheme s = { 0 };

		assert_rv(rows[i].counter, scheme_of(CKM_SP800_108_COUNTER_KDF, &p, &s));
		scheme_free(&s);
		p = params_of(chained, 2);
		assert_rv(rows[i].counter, scheme_of(CKM_SP800_108_FEEDBACK_KDF, &p, &s));
		scheme_free(&s);
		p = params_of(measured, 2);
		assert_rv(rows[i].length, scheme_of(CKM_SP800_108_COUNTER_KDF, &p, &s));
		scheme_free(&s);
		l.dkmLengthMethod = i % 2 == 0 ? 0 : 3;
		assert_rv(
			CKR_MECHANISM_PARAM_INVALID, scheme_of(CKM_SP800_108_COUNTER_KDF, &p, &s));
	}
}

static void
lengths_of_the_caller_are_not_believed(void **state)
{
	CK_PRF_DATA_PARAM list[] = { NO_FORMAT };
	CK_SP800_108_FEEDBACK_KDF_PARAMS f = { CKM_SHA256_HMAC, 1, list, 0, NULL, 0, NULL };
	CK_MECHANISM given = { CKM_SP800_108_FEEDBACK_KDF, &f, sizeof f };
	const struct mech *m = mech_find(CKM_SP800_108_FEEDBACK_KDF);
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, mech_scheme(m, &given, CKF_DERIVE, &s));
	scheme_free(&s);
	f.pIV = bytes; /* of nothing: none */
	assert_rv(CKR_OK, mech_scheme(m, &given, CKF_DERIVE, &s));
	assert_int_equal(0, s.kbkdf.iv.len);
	scheme_free(&s);
	f.ulIVLen = (CK_ULONG)-1 / 2;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_scheme(m, &given, CKF_DERIVE, &s));
	f.pIV = NULL;
	f.ulIVLen = 1;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_scheme(m, &given, CKF_DERIVE, &s));
	f.ulIVLen = 0;
	f.ulNumberOfDataParams = 0;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_scheme(m, &given, CKF_DERIVE, &s));
	f.ulNumberOfDataParams = (CK_ULONG)-1 / sizeof *list + 1;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_scheme(m, &given, CKF_DERIVE, &s));
	f.ulNumberOfDataParams = 1;
	f.pDataParams = NULL;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_scheme(m, &given, CKF_DERIVE, &s));
	f.pDataParams = list;
	given.ulParameterLen = sizeof(CK_SP800_108_KDF_PARAMS);
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_scheme(m, &given, CKF_DERIVE, &s));
	given.pParameter = NULL;
	given.ulParameterLen = sizeof f;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_scheme(m, &given, CKF_DERIVE, &s));
	assert_int_equal(ALG_NONE, s.alg);
}

static void
more_keys_come_with_templates_and_handles(void **state)
{
	CK_PRF_DATA_PARAM list[] = { ITERATION };
	CK_ATTRIBUTE template = { CKA_CLASS, NULL, 0 };
	CK_OBJECT_HANDLE handles[2] = { 1, 2 };
	CK_DERIVED_KEY keys[] = { { &template, 1, &handles[0] }, { NULL, 0, &handles[1] } };
	CK_SP800_108_KDF_PARAMS p = { CKM_SHA256_HMAC, 1, list, 2, keys };
	CK_MECHANISM given = { CKM_SP800_108_COUNTER_KDF, &p, sizeof p };
	const struct mech *m = mech_find(CKM_SP800_108_COUNTER_KDF);
	struct more_keys more = { NULL, 99 };

	(void)state;
	assert_rv(CKR_OK, mech_more_keys(m, &given, &more));
	assert_int_equal(2, more.count);
	assert_ptr_equal(&template, more_keys_at(&more, 0).pTemplate);
	assert_ptr_equal(&handles[1], more_keys_at(&more, 1).phKey);
	keys[1].ulAttributeCount = 1;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_more_keys(m, &given, &more));
	keys[1] = keys[0];
	keys[0].phKey = NULL;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_more_keys(m, &given, &more));
	p.ulAdditionalDerivedKeys = (CK_ULONG)-1 / sizeof *keys + 1;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_more_keys(m, &given, &more));
	p.ulAdditionalDerivedKeys = 1;
	p.pAdditionalDerivedKeys = NULL;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_more_keys(m, &given, &more));
	p.ulAdditionalDerivedKeys = 0;
	assert_rv(CKR_OK, mech_more_keys(m, &given, &more));
	assert_int_equal(0, more.count);
	given.ulParameterLen--;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_more_keys(m, &given, &more));
	more.count = 99;
	assert_rv(CKR_OK, mech_more_keys(mech_find(CKM_HKDF_DERIVE), &given, &more));
	assert_int_equal(0, more.count);
}

static void
any_secret_that_derives_takes_part(void **state)
{
	static const CK_KEY_TYPE types[] = { CKK_GENERIC_SECRET, CKK_AES, CKK_SHA_1_HMAC,
		CKK_HKDF };
	const struct mech *m = mech_find(CKM_SP800_108_FEEDBACK_KDF);

	(void)state;
	for (size_t i = 0; i < COUNT(types) * 2; i++) {
		CK_ATTRIBUTE list[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY),
			NUMBER(CKA_KEY_TYPE, types[i / 2]), YES(CKA_DERIVE) };
		struct attrs a = ATTRS_EMPTY;

		read_into(list, i % 2 == 0 ? 3 : 2, &a);
		assert_rv(i % 2 == 0 ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED,
			mech_fits(m, CKF_DERIVE, &a));
		assert_int_equal(
			types[i / 2] == CKK_GENERIC_SECRET || types[i / 2] == CKK_SHA_1_HMAC,
			mech_takes(mech_find(CKM_SHA_1_HMAC), &a));
		assert_int_equal(types[i / 2] == CKK_AES, mech_takes(mech_find(CKM_AES_CMAC), &a));
		attrs_free(&a);
	}
	CK_ATTRIBUTE private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY), NUMBER(CKA_KEY_TYPE, CKK_EC),
		YES(CKA_DERIVE) };
	struct attrs a = ATTRS_EMPTY;

	read_into(private, COUNT(private), &a);
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, mech_fits(m, CKF_DERIVE, &a));
	attrs_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_become_a_scheme),
		cmocka_unit_test(a_mac_of_ours_is_a_prf),
		cmocka_unit_test(parts_that_do_not_fit_the_mode_are_refused),
		cmocka_unit_test(numbers_are_of_whole_bytes_and_not_too_wide),
		cmocka_unit_test(lengths_of_the_caller_are_not_believed),
		cmocka_unit_test(more_keys_come_with_templates_and_handles),
		cmocka_unit_test(any_secret_that_derives_takes_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
