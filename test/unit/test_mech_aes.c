/* SPDX-License-Identifier: BSD-2-Clause */
/* AES: parameters of its mechanisms, and what is said of them. */
#include "config.h"

#include "model/mech.h"
#include "template.h"

#define FLAGS (CKF_ENCRYPT | CKF_DECRYPT)

static CK_BYTE iv[20] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
static CK_BYTE aad[] = { 0xa, 0xa, 0xd };

static CK_RV
scheme_of(CK_MECHANISM_TYPE type, void *param, CK_ULONG len, CK_FLAGS use, struct scheme *out)
{
	CK_MECHANISM given = { type, param, len };

	return mech_scheme(mech_find(type), &given, use, out);
}

/* Refused, and nothing is left that would have to be freed. */
static void
assert_refused(CK_MECHANISM_TYPE type, void *param, CK_ULONG len, CK_FLAGS use)
{
	struct scheme s = { 0 };

	assert_rv(CKR_MECHANISM_PARAM_INVALID, scheme_of(type, param, len, use, &s));
	assert_int_equal(ALG_NONE, s.alg);
	assert_null(s.iv.ptr);
}

/* One byte more or less than each of these mechanisms wants is refused. */
static void
an_iv_has_its_length(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		enum alg alg;
		CK_ULONG len;
	} rows[] = {
		{ CKM_AES_CBC, ALG_AES_CBC, 16 },
		{ CKM_AES_CBC_PAD, ALG_AES_CBC_PAD, 16 },
		{ CKM_AES_CFB128, ALG_AES_CFB, 16 },
		{ CKM_AES_OFB, ALG_AES_OFB, 16 },
		{ CKM_AES_KEY_WRAP, ALG_AES_KEY_WRAP, 8 },
		{ CKM_NSS_AES_KEY_WRAP, ALG_AES_KEY_WRAP, 8 },
		{ CKM_AES_KEY_WRAP_KWP, ALG_AES_KEY_WRAP_KWP, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scheme s = { 0 };

		assert_rv(CKR_OK, scheme_of(rows[i].type, iv, rows[i].len, FLAGS, &s));
		assert_int_equal(rows[i].alg, s.alg);
		assert_bytes_equal(bytes_of(iv, rows[i].len), view(&s.iv));
		assert_true(s.iv.ptr != iv && s.hash == HASH_NONE);
		scheme_free(&s);
		assert_refused(rows[i].type, iv, rows[i].len - 1, CKF_ENCRYPT);
		assert_refused(rows[i].type, iv, rows[i].len + 1, CKF_DECRYPT);
		assert_refused(rows[i].type, NULL, rows[i].len, CKF_ENCRYPT);
	}
	assert_refused(CKM_AES_CBC, NULL, 0, CKF_ENCRYPT);
}

static void
ecb_has_none(void **state)
{
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_AES_ECB, NULL, 0, FLAGS, &s));
	assert_true(s.alg == ALG_AES_ECB && s.iv.len == 0);
	assert_refused(CKM_AES_ECB, iv, 16, CKF_ENCRYPT);
}

/* Empty: the standard's own value. */
static void
key_wrapping_needs_none(void **state)
{
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_AES_KEY_WRAP, NULL, 0, FLAGS, &s));
	assert_true(s.alg == ALG_AES_KEY_WRAP && s.iv.len == 0);
	assert_rv(CKR_OK, scheme_of(CKM_AES_KEY_WRAP_KWP, NULL, 0, FLAGS, &s));
	assert_true(s.alg == ALG_AES_KEY_WRAP_KWP && s.iv.len == 0);
	/* Deprecated, and two different algorithms by two versions of the standard. */
	assert_null(mech_find(CKM_AES_KEY_WRAP_PAD));
}

static void
a_counter_has_1_to_128_bits(void **state)
{
	static const CK_ULONG good[] = { 1, 32, 128 }, bad[] = { 0, 129, (CK_ULONG)-1 };
	CK_AES_CTR_PARAMS p = { 0 };

	(void)state;
	memcpy(p.cb, iv, sizeof p.cb);
	for (size_t i = 0; i < COUNT(good); i++) {
		struct scheme s = { 0 };

		p.ulCounterBits = good[i];
		assert_rv(CKR_OK, scheme_of(CKM_AES_CTR, &p, sizeof p, FLAGS, &s));
		assert_true(s.alg == ALG_AES_CTR && s.counter_bits == good[i]);
		assert_bytes_equal(bytes_of(iv, 16), view(&s.iv));
		scheme_free(&s);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		p.ulCounterBits = bad[i];
		assert_refused(CKM_AES_CTR, &p, sizeof p, CKF_ENCRYPT);
	}
	p.ulCounterBits = 32;
	assert_refused(CKM_AES_CTR, &p, sizeof p - 1, CKF_ENCRYPT);
	assert_refused(CKM_AES_CTR, &p, sizeof p + 1, CKF_ENCRYPT);
	assert_refused(CKM_AES_CTR, NULL, sizeof p, CKF_ENCRYPT);
}

/* Clients fill in ulIvBits or not, and those of older headers do not have it. */
static void
gcm_parameters_have_two_layouts(void **state)
{
	CK_GCM_PARAMS p = { iv, 12, 0, aad, sizeof aad, 96 };
	struct {
		CK_BYTE *iv;
		CK_ULONG iv_len;
		CK_BYTE *aad;
		CK_ULONG aad_len, tag_bits;
	} brief = { iv, 12, aad, sizeof aad, 96 };
	struct {
		void *ptr;
		CK_ULONG len;
	} rows[] = { { &p, sizeof p }, { &brief, sizeof brief } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scheme s = { 0 };

		assert_rv(CKR_OK, scheme_of(CKM_AES_GCM, rows[i].ptr, rows[i].len, FLAGS, &s));
		assert_true(s.alg == ALG_AES_GCM && s.tag_len == 12);
		assert_bytes_equal(bytes_of(iv, 12), view(&s.iv));
		assert_bytes_equal(bytes_of(aad, sizeof aad), view(&s.aad));
		assert_true(s.iv.ptr != iv && s.aad.ptr != aad);
		scheme_free(&s);
		assert_refused(CKM_AES_GCM, rows[i].ptr, rows[i].len - 1, CKF_ENCRYPT);
		assert_refused(CKM_AES_GCM, rows[i].ptr, rows[i].len + 1, CKF_DECRYPT);
		assert_refused(CKM_AES_GCM, NULL, rows[i].len, CKF_ENCRYPT);
	}
	assert_refused(CKM_AES_GCM, NULL, 0, CKF_ENCRYPT);
}

static void
gcm_parameters_that_do_not_fit_are_refused(void **state)
{
	CK_GCM_PARAMS bad[] = {
		{ NULL, 12, 96, aad, 3, 128 },
		{ iv, 0, 0, aad, 3, 128 },
		{ iv, 12, 96, NULL, 3, 128 },
		{ iv, 12, 96, aad, 3, 0 },
		{ iv, 12, 96, aad, 3, 24 },
		{ iv, 12, 96, aad, 3, 127 },
		{ iv, 12, 96, aad, 3, 136 },
	};
	CK_GCM_PARAMS good = { iv, 12, 96, NULL, 0, 128 };
	struct scheme s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused(CKM_AES_GCM, &bad[i], sizeof bad[i], CKF_ENCRYPT);
	assert_rv(CKR_OK, scheme_of(CKM_AES_GCM, &good, sizeof good, CKF_ENCRYPT, &s));
	assert_int_equal(0, s.aad.len);
	scheme_free(&s);
}

static void
a_cmac_is_a_block_or_the_beginning_of_one(void **state)
{
	static const CK_ULONG bad[] = { 0, 17, (CK_ULONG)-1 };
	CK_ULONG len = 4;
	struct scheme s = { 0 };

	(void)state;
	assert_rv(CKR_OK, scheme_of(CKM_AES_CMAC, NULL, 0, CKF_SIGN | CKF_VERIFY, &s));
	assert_true(s.alg == ALG_AES_CMAC && s.mac_len == 16);
	assert_rv(CKR_OK, scheme_of(CKM_AES_CMAC_GENERAL, &len, sizeof len, CKF_VERIFY, &s));
	assert_int_equal(4, s.mac_len);
	for (size_t i = 0; i < COUNT(bad); i++) {
		len = bad[i];
		assert_refused(CKM_AES_CMAC_GENERAL, &len, sizeof len, CKF_SIGN);
	}
	assert_refused(CKM_AES_CMAC, &len, sizeof len, CKF_SIGN);
	assert_refused(CKM_AES_CMAC_GENERAL, NULL, 0, CKF_SIGN);
	assert_refused(CKM_AES_CMAC_GENERAL, &len, sizeof len - 1, CKF_SIGN);
}

/* What comes with a message may lie anywhere. */
static void
message_parameters_are_read(void **state)
{
	CK_GCM_MESSAGE_PARAMS p = { iv, 12, 32, CKG_GENERATE_COUNTER_XOR, aad, 96 };
	struct message_params m = { 0 };
	uint8_t memory[sizeof p + 1];

	(void)state;
	memcpy(memory + 1, &p, sizeof p);
	assert_rv(CKR_OK, mech_message_params(memory + 1, sizeof p, true, &m));
	assert_true(m.source == IV_COUNTER_XOR && m.fixed_bits == 32 && m.iv == iv);
	assert_true(m.iv_len == 12 && m.tag == aad && m.tag_len == 12);
	assert_rv(CKR_OK, mech_message_params(memory + 1, sizeof p, false, &m));
	assert_true(m.source == IV_GIVEN && m.fixed_bits == 0);
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_message_params(&p, sizeof p - 1, true, &m));
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_message_params(NULL, sizeof p, true, &m));
	p.ulIvFixedBits = 96;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, mech_message_params(&p, sizeof p, true, &m));
	assert_rv(CKR_OK, mech_message_params(&p, sizeof p, false, &m));
	assert_true(mech_has_messages(mech_find(CKM_AES_GCM)));
	assert_false(mech_has_messages(mech_find(CKM_AES_CTR)));
}

static void
assert_info(CK_MECHANISM_TYPE type, const struct tpm_caps *caps, CK_FLAGS hardware)
{
	CK_MECHANISM_INFO info;

	assert_rv(CKR_OK, mech_info(mech_find(type), caps, &info));
	assert_int_equal(16, info.ulMinKeySize);
	assert_int_equal(32, info.ulMaxKeySize);
	assert_int_equal(hardware, info.flags & CKF_HW);
}

/* The host does all of it with keys that are there. */
static void
it_is_hardware_where_the_tpm_has_the_mode(void **state)
{
	static const struct tpm_caps none = { 0 };
	static const struct tpm_caps ecb = { .encrypt_decrypt = true, .modes = 1u << BLOCK_ECB };
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_FLAGS hardware; /* with ECB alone */
	} rows[] = { { CKM_AES_KEY_GEN, CKF_HW }, { CKM_AES_ECB, CKF_HW }, { CKM_AES_GCM, CKF_HW },
		{ CKM_AES_KEY_WRAP, CKF_HW }, { CKM_AES_KEY_WRAP_KWP, CKF_HW }, { CKM_AES_CBC, 0 },
		{ CKM_AES_CBC_PAD, 0 }, { CKM_AES_CTR, 0 }, { CKM_AES_CFB128, 0 },
		{ CKM_AES_OFB, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tpm_caps all = { .encrypt_decrypt = true, .modes = ~0u };

		assert_info(rows[i].type, &none, 0);
		assert_info(rows[i].type, &ecb, rows[i].hardware);
		assert_info(rows[i].type, &all, CKF_HW);
		all.encrypt_decrypt = false;
		assert_info(rows[i].type, &all, 0);
		assert_false(mech_supported(mech_find(rows[i].type), NULL));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_iv_has_its_length),
		cmocka_unit_test(ecb_has_none),
		cmocka_unit_test(key_wrapping_needs_none),
		cmocka_unit_test(a_counter_has_1_to_128_bits),
		cmocka_unit_test(gcm_parameters_have_two_layouts),
		cmocka_unit_test(gcm_parameters_that_do_not_fit_are_refused),
		cmocka_unit_test(a_cmac_is_a_block_or_the_beginning_of_one),
		cmocka_unit_test(message_parameters_are_read),
		cmocka_unit_test(it_is_hardware_where_the_tpm_has_the_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
