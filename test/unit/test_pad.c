/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "rsa_reference.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One whose modulus is a whole number of bytes, and one where PSS's EM is a byte shorter. */
static struct reference keys[2];

static const struct scheme raw = { .alg = ALG_RSA_RAW };

static void
pkcs1_fills_up_to_the_modulus(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, pad_pkcs1(LITERAL("abc"), 16, &out));
	assert_bytes_equal(
		view(&out), LITERAL("\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00"
				    "abc"));
	assert_rv(CKR_OK, pad_pkcs1(BYTES_EMPTY, 11, &out));
	assert_bytes_equal(view(&out), LITERAL("\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x00"));
	buf_free(&out);
}

static void
pkcs1_needs_eleven_bytes(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_DATA_LEN_RANGE, pad_pkcs1(LITERAL("abcdef"), 16, &out));
	assert_rv(CKR_DATA_LEN_RANGE, pad_pkcs1(BYTES_EMPTY, 10, &out));
	assert_rv(CKR_DATA_LEN_RANGE, pad_pkcs1(BYTES_EMPTY, 0, &out));
	assert_null(out.ptr);
}

static void
a_digest_info_is_read_as_it_was_written(void **state)
{
	uint8_t digest[64] = { 1, 2, 3 };
	struct bytes found = BYTES_EMPTY;
	struct buf info = BUF_EMPTY;

	(void)state;
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		struct bytes d = bytes_of(digest, hash_row(h)->len);

		assert_rv(CKR_OK, pad_digest_info(h, d, &info));
		assert_int_equal(h, pad_digest_info_read(view(&info), &found));
		assert_bytes_equal(found, d);
		assert_rv(
			CKR_DATA_LEN_RANGE, pad_digest_info(h, bytes_of(digest, d.len - 1), &info));
	}
	assert_rv(CKR_MECHANISM_INVALID, pad_digest_info(HASH_NONE, BYTES_EMPTY, &info));
	buf_free(&info);
}

static void
what_is_not_exactly_a_digest_info_is_data(void **state)
{
	uint8_t digest[32] = { 0 };
	struct bytes found = BYTES_EMPTY;
	struct buf info = BUF_EMPTY;
	struct bytes all = BYTES_EMPTY;

	(void)state;
	assert_rv(CKR_OK, pad_digest_info(HASH_SHA256, bytes_of(digest, sizeof digest), &info));
	all = view(&info);
	for (size_t len = 0; len < all.len; len++)
		assert_int_equal(HASH_NONE, pad_digest_info_read(bytes_slice(all, 0, len), &found));
	for (size_t i = 0; i < all.len - sizeof digest; i++) {
		info.ptr[i] ^= 1;
		assert_int_equal(HASH_NONE, pad_digest_info_read(view(&info), &found));
		info.ptr[i] ^= 1;
	}
	assert_rv(CKR_OK, buf_append_u8(&info, 0));
	assert_int_equal(HASH_NONE, pad_digest_info_read(view(&info), &found));
	assert_null(found.ptr);
	buf_free(&info);
}

static const struct scheme pss_schemes[] = {
	{ .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .mgf = HASH_SHA256, .salt_len = 32 },
	{ .alg = ALG_RSA_PSS, .digest = HASH_SHA1, .mgf = HASH_SHA1, .salt_len = 20 },
	{ .alg = ALG_RSA_PSS, .digest = HASH_SHA384, .mgf = HASH_SHA256, .salt_len = 0 },
	{ .alg = ALG_RSA_PSS, .digest = HASH_SHA512, .mgf = HASH_SHA1, .salt_len = 7 },
	/* The longest salt of a 1024 bit key; a 1025 bit one has as much room. */
	{ .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .mgf = HASH_SHA512, .salt_len = 94 },
	{ .alg = ALG_RSA_PSS, .digest = HASH_SHA3_256, .mgf = HASH_SHA3_256, .salt_len = 32 },
	{ .alg = ALG_RSA_PSS, .digest = HASH_SHA3_384, .mgf = HASH_SHA3_224, .salt_len = 20 },
};

static void
libcrypto_accepts_our_pss(void **state)
{
	uint8_t digest[64] = { 9 };
	struct buf em = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;

	(void)state;
	for (size_t k = 0; k < COUNT(keys); k++) {
		for (size_t i = 0; i < COUNT(pss_schemes); i++) {
			const struct scheme *s = &pss_schemes[i];
			struct bytes d = bytes_of(digest, hash_row(s->digest)->len);

			assert_rv(CKR_OK, pad_pss(s, d, keys[k].bits, &em));
			assert_int_equal(em.len, keys[k].key.modulus.len);
			assert_rv(CKR_OK, pad_pss_verify(s, d, keys[k].bits, view(&em)));
			reference_sign(&keys[k], &raw, view(&em), &signature);
			assert_int_equal(1, reference_verify(&keys[k], s, d, view(&signature)));
		}
	}
	buf_free(&em);
	buf_free(&signature);
}

static void
pss_salts_are_fresh(void **state)
{
	uint8_t digest[32] = { 0 };
	struct buf a = BUF_EMPTY;
	struct buf b = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, pad_pss(&pss_schemes[0], bytes_of(digest, 32), 1024, &a));
	assert_rv(CKR_OK, pad_pss(&pss_schemes[0], bytes_of(digest, 32), 1024, &b));
	assert_false(bytes_equal(view(&a), view(&b)));
	buf_free(&a);
	buf_free(&b);
}

static void
pss_says_what_does_not_fit(void **state)
{
	struct scheme s = pss_schemes[4];
	uint8_t digest[64] = { 0 };
	struct bytes d = bytes_of(digest, 32);
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_DATA_LEN_RANGE, pad_pss(&s, bytes_of(digest, 31), 1024, &out));
	assert_rv(CKR_KEY_SIZE_RANGE, pad_pss(&s, d, 1016, &out));
	assert_rv(CKR_KEY_SIZE_RANGE, pad_pss(&s, d, 0, &out));
	assert_rv(CKR_KEY_SIZE_RANGE, pad_pss(&s, d, 8, &out));
	s.salt_len = 95;
	assert_rv(CKR_KEY_SIZE_RANGE, pad_pss(&s, d, 1024, &out));
	s.salt_len = SIZE_MAX;
	assert_rv(CKR_KEY_SIZE_RANGE, pad_pss(&s, d, 1024, &out));
	assert_rv(CKR_KEY_SIZE_RANGE, pad_pss_verify(&s, d, 1024, BYTES_EMPTY));
	s.salt_len = 0;
	s.mgf = HASH_NONE;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, pad_pss(&s, d, 1024, &out));
	s.digest = HASH_NONE;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, pad_pss(&s, d, 1024, &out));
	assert_null(out.ptr);
}

static void
pss_notices_every_changed_bit(void **state)
{
	struct scheme s = pss_schemes[0];
	uint8_t digest[32] = { 0 };
	struct bytes d = bytes_of(digest, sizeof digest);
	struct buf em = BUF_EMPTY;

	(void)state;
	for (size_t bits = 1023; bits <= 1025; bits++) {
		assert_rv(CKR_OK, pad_pss(&s, d, bits, &em));
		for (size_t bit = 0; bit < em.len * 8; bit++) {
			em.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_rv(CKR_SIGNATURE_INVALID, pad_pss_verify(&s, d, bits, view(&em)));
			em.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_rv(CKR_SIGNATURE_INVALID,
			pad_pss_verify(&s, d, bits, bytes_slice(view(&em), 0, em.len - 1)));
		assert_rv(CKR_SIGNATURE_INVALID, pad_pss_verify(&s, d, bits, BYTES_EMPTY));
	}
	/* The length of the salt is part of the scheme. */
	assert_rv(CKR_OK, pad_pss(&s, d, 1024, &em));
	s.salt_len = 31;
	assert_rv(CKR_SIGNATURE_INVALID, pad_pss_verify(&s, d, 1024, view(&em)));
	s.salt_len = 33;
	assert_rv(CKR_SIGNATURE_INVALID, pad_pss_verify(&s, d, 1024, view(&em)));
	buf_free(&em);
}

static const struct scheme oaep_schemes[] = {
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA1, .mgf = HASH_SHA1 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA256, .mgf = HASH_SHA256 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA256, .mgf = HASH_SHA1 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA384, .mgf = HASH_SHA512 },
};

static void
assert_oaep_opens(
	const struct reference *r, const struct scheme *s, struct bytes label, struct bytes message)
{
	struct buf em = BUF_EMPTY;
	struct buf cipher = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;

	assert_rv(CKR_OK, pad_oaep(s->digest, s->mgf, label, message, r->key.modulus.len, &em));
	assert_rv(CKR_OK, rsa_public(&r->key, view(&em), &cipher));
	reference_decrypt(r, s, label, view(&cipher), &plain);
	assert_bytes_equal(view(&plain), message);
	buf_free(&em);
	buf_free(&cipher);
	buf_free(&plain);
}

static void
libcrypto_opens_our_oaep(void **state)
{
	uint8_t message[128] = { 5 };

	(void)state;
	for (size_t k = 0; k < COUNT(keys); k++) {
		for (size_t i = 0; i < COUNT(oaep_schemes); i++) {
			const struct scheme *s = &oaep_schemes[i];
			size_t longest = keys[k].key.modulus.len - 2 * hash_row(s->digest)->len - 2;

			assert_oaep_opens(&keys[k], s, BYTES_EMPTY, bytes_of(message, 16));
			assert_oaep_opens(
				&keys[k], s, LITERAL("IDENTITY\0"), bytes_of(message, longest));
			assert_oaep_opens(&keys[k], s, LITERAL("x"), bytes_of(message, 0));
		}
	}
}

static void
oaep_says_what_does_not_fit(void **state)
{
	uint8_t message[63] = { 0 };
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_DATA_LEN_RANGE,
		pad_oaep(HASH_SHA256, HASH_SHA256, BYTES_EMPTY, bytes_of(message, 63), 128, &out));
	assert_rv(CKR_KEY_SIZE_RANGE,
		pad_oaep(HASH_SHA512, HASH_SHA512, BYTES_EMPTY, BYTES_EMPTY, 129, &out));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		pad_oaep(HASH_NONE, HASH_SHA1, BYTES_EMPTY, BYTES_EMPTY, 128, &out));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		pad_oaep(HASH_SHA1, HASH_NONE, BYTES_EMPTY, BYTES_EMPTY, 128, &out));
	assert_null(out.ptr);
}

static int
setup(void **state)
{
	(void)state;
	keys[0] = reference_new(1024);
	keys[1] = reference_new(1025);
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(keys); k++)
		reference_free(&keys[k]);
	crypto_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pkcs1_fills_up_to_the_modulus),
		cmocka_unit_test(pkcs1_needs_eleven_bytes),
		cmocka_unit_test(a_digest_info_is_read_as_it_was_written),
		cmocka_unit_test(what_is_not_exactly_a_digest_info_is_data),
		cmocka_unit_test(libcrypto_accepts_our_pss),
		cmocka_unit_test(pss_salts_are_fresh),
		cmocka_unit_test(pss_says_what_does_not_fit),
		cmocka_unit_test(pss_notices_every_changed_bit),
		cmocka_unit_test(libcrypto_opens_our_oaep),
		cmocka_unit_test(oaep_says_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
