/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "rsa_reference.h"
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct reference rsa;

static const struct scheme raw = { .alg = ALG_RSA_RAW };
static const struct scheme pkcs1 = { .alg = ALG_RSA_PKCS1 };
static const struct scheme pkcs1_sha256 = { .alg = ALG_RSA_PKCS1, .hash = HASH_SHA256 };
static const struct scheme ecdsa = { .alg = ALG_ECDSA };

static void
pkcs1_signatures_of_every_hash_verify(void **state)
{
	uint8_t digest[64] = { 3 };
	struct scheme s = pkcs1;
	struct buf signature = BUF_EMPTY;

	(void)state;
	for (s.hash = HASH_NONE + 1; s.hash < HASH_COUNT; s.hash++) {
		struct bytes d = bytes_of(digest, hash_row(s.hash)->len);

		reference_sign(&rsa, &s, d, &signature);
		assert_rv(CKR_OK, crypto_verify(&rsa.key, &s, d, view(&signature)));
		digest[0] ^= 1;
		assert_rv(CKR_SIGNATURE_INVALID, crypto_verify(&rsa.key, &s, d, view(&signature)));
		digest[0] ^= 1;
		assert_rv(CKR_DATA_LEN_RANGE,
			crypto_verify(&rsa.key, &s, bytes_slice(d, 1, d.len), view(&signature)));
	}
	buf_free(&signature);
}

static void
pkcs1_without_a_hash_signs_any_data(void **state)
{
	uint8_t data[118] = { 1 };
	struct buf signature = BUF_EMPTY;

	(void)state;
	for (size_t len = 0; len <= 117; len += 39) {
		reference_sign(&rsa, &pkcs1, bytes_of(data, len), &signature);
		assert_rv(CKR_OK,
			crypto_verify(&rsa.key, &pkcs1, bytes_of(data, len), view(&signature)));
		assert_rv(CKR_SIGNATURE_INVALID,
			crypto_verify(&rsa.key, &pkcs1, bytes_of(data, len == 0 ? 1 : len - 1),
				view(&signature)));
	}
	assert_rv(CKR_DATA_LEN_RANGE,
		crypto_verify(&rsa.key, &pkcs1, bytes_of(data, 118), view(&signature)));
	buf_free(&signature);
}

/* What lax verifiers have accepted: start, FF as far as the modulus goes, end. */
struct forgery {
	const char *start;
	const char *end;
};

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static const struct forgery forgeries[] = {
	/* parameters absent */
	{ "0001", "00302f300b06096086480165030402010420" ZEROS },
	/* a length in its long form */
	{ "0001", "00308131300d060960864801650304020105000420" ZEROS },
	/* the other block type */
	{ "0002", "003031300d060960864801650304020105000420" ZEROS },
	/* the first byte not zero */
	{ "0101", "003031300d060960864801650304020105000420" ZEROS },
	/* padding that is not FF */
	{ "0001fe", "003031300d060960864801650304020105000420" ZEROS },
	/* something behind the digest */
	{ "0001", "003031300d060960864801650304020105000420" ZEROS "00" },
	/* something in the parameters */
	{ "0001", "003033300f06096086480165030402010502aabb0420" ZEROS },
	/* another hash */
	{ "0001", "003031300d060960864801650304020205000420" ZEROS },
	/* the digest alone */
	{ "0001", "00" ZEROS },
};

static void
forge(const struct forgery *f, struct buf *em)
{
	struct bytes start = hex(f->start);
	struct bytes end = hex(f->end);

	assert_rv(CKR_OK, buf_resize(em, rsa.key.modulus.len));
	memset(em->ptr, 0xff, em->len);
	memcpy(em->ptr, start.ptr, start.len);
	memcpy(em->ptr + em->len - end.len, end.ptr, end.len);
	vectors_free();
}

static void
only_the_exact_pkcs1_encoding_is_accepted(void **state)
{
	const struct forgery genuine = { "0001", "003031300d060960864801650304020105000420" ZEROS };
	uint8_t digest[32] = { 0 };
	struct bytes d = bytes_of(digest, sizeof digest);
	struct buf em = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;

	(void)state;
	forge(&genuine, &em);
	reference_sign(&rsa, &raw, view(&em), &signature);
	assert_rv(CKR_OK, crypto_verify(&rsa.key, &pkcs1_sha256, d, view(&signature)));
	for (size_t i = 0; i < COUNT(forgeries); i++) {
		forge(&forgeries[i], &em);
		reference_sign(&rsa, &raw, view(&em), &signature);
		assert_rv(CKR_SIGNATURE_INVALID,
			crypto_verify(&rsa.key, &pkcs1_sha256, d, view(&signature)));
	}
	buf_free(&em);
	buf_free(&signature);
}

static void
pss_signatures_verify(void **state)
{
	static const struct scheme schemes[] = {
		{ .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .mgf = HASH_SHA256, .salt_len = 32 },
		{ .alg = ALG_RSA_PSS, .digest = HASH_SHA1, .mgf = HASH_SHA256, .salt_len = 0 },
		{ .alg = ALG_RSA_PSS,
			.hash = HASH_SHA384,
			.digest = HASH_SHA384,
			.mgf = HASH_SHA384,
			.salt_len = 48 },
	};
	uint8_t digest[64] = { 7 };
	struct buf signature = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(schemes); i++) {
		struct scheme s = schemes[i];
		struct bytes d = bytes_of(digest, hash_row(s.digest)->len);

		reference_sign(&rsa, &s, d, &signature);
		assert_rv(CKR_OK, crypto_verify(&rsa.key, &s, d, view(&signature)));
		assert_rv(CKR_DATA_LEN_RANGE,
			crypto_verify(&rsa.key, &s, bytes_slice(d, 1, d.len), view(&signature)));
		s.salt_len++;
		assert_rv(CKR_SIGNATURE_INVALID, crypto_verify(&rsa.key, &s, d, view(&signature)));
		s.salt_len--;
		s.mgf = HASH_SHA512;
		assert_rv(CKR_SIGNATURE_INVALID, crypto_verify(&rsa.key, &s, d, view(&signature)));
	}
	buf_free(&signature);
}

static void
raw_signatures_verify_with_and_without_leading_zeros(void **state)
{
	uint8_t data[129] = { 0, 0, 5 };
	struct buf signature = BUF_EMPTY;

	(void)state;
	reference_sign(&rsa, &raw, bytes_of(data, 128), &signature);
	assert_rv(CKR_OK, crypto_verify(&rsa.key, &raw, bytes_of(data, 128), view(&signature)));
	assert_rv(CKR_OK, crypto_verify(&rsa.key, &raw, bytes_of(data + 2, 126), view(&signature)));
	assert_rv(CKR_SIGNATURE_INVALID,
		crypto_verify(&rsa.key, &raw, bytes_of(data + 3, 125), view(&signature)));
	assert_rv(CKR_DATA_LEN_RANGE,
		crypto_verify(&rsa.key, &raw, bytes_of(data, 129), view(&signature)));
	buf_free(&signature);
}

static void
an_rsa_signature_has_the_modulus_length_and_is_below_it(void **state)
{
	uint8_t digest[32] = { 0 };
	uint8_t wrong[129] = { 0 };
	struct bytes d = bytes_of(digest, sizeof digest);

	(void)state;
	assert_rv(CKR_SIGNATURE_LEN_RANGE,
		crypto_verify(&rsa.key, &pkcs1_sha256, d, bytes_of(wrong, 127)));
	assert_rv(CKR_SIGNATURE_LEN_RANGE,
		crypto_verify(&rsa.key, &pkcs1_sha256, d, bytes_of(wrong, 129)));
	assert_rv(CKR_SIGNATURE_LEN_RANGE, crypto_verify(&rsa.key, &pkcs1_sha256, d, BYTES_EMPTY));
	assert_rv(CKR_SIGNATURE_INVALID,
		crypto_verify(&rsa.key, &pkcs1_sha256, d, bytes_of(wrong, 128)));
	assert_rv(CKR_SIGNATURE_INVALID,
		crypto_verify(&rsa.key, &pkcs1_sha256, d, view(&rsa.key.modulus)));
	memset(wrong, 0xff, sizeof wrong);
	assert_rv(CKR_SIGNATURE_INVALID,
		crypto_verify(&rsa.key, &pkcs1_sha256, d, bytes_of(wrong, 128)));
}

static void
rsa_public_takes_numbers_below_the_modulus(void **state)
{
	uint8_t one[128] = { [127] = 1 };
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, rsa_public(&rsa.key, bytes_of(one, 128), &out));
	assert_bytes_equal(view(&out), bytes_of(one, 128));
	assert_rv(CKR_DATA_INVALID, rsa_public(&rsa.key, view(&rsa.key.modulus), &out));
	assert_rv(CKR_DATA_LEN_RANGE, rsa_public(&rsa.key, bytes_of(one, 127), &out));
	assert_bytes_equal(view(&out), bytes_of(one, 128));
	buf_free(&out);
}

struct rsa_row {
	size_t modulus_len;
	uint8_t first, last; /* bytes of the modulus */
	const char *exponent;
	CK_RV rv;
};

static const struct rsa_row rsa_rows[] = {
	{ 256, 0x80, 1, "010001", CKR_OK },
	{ 64, 0x80, 1, "03", CKR_OK },
	{ 2048, 0xff, 1, "010001", CKR_OK },
	{ 256, 0x80, 1, "ffffffffffffffff", CKR_OK },
	{ 256, 0x80, 2, "010001", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 256, 0x00, 1, "010001", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 0, 0x00, 0, "010001", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 64, 0x7f, 1, "010001", CKR_KEY_SIZE_RANGE },
	{ 2049, 0x01, 1, "010001", CKR_KEY_SIZE_RANGE },
	{ 256, 0x80, 1, "", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 256, 0x80, 1, "01", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 256, 0x80, 1, "00", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 256, 0x80, 1, "04", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 256, 0x80, 1, "000003", CKR_ATTRIBUTE_VALUE_INVALID },
	{ 256, 0x80, 1, "010000000000000001", CKR_ATTRIBUTE_VALUE_INVALID },
};

static void
rsa_keys_that_can_not_be_used_are_refused(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(rsa_rows); i++) {
		const struct rsa_row *row = &rsa_rows[i];
		struct pubkey k = { .kind = KEY_RSA };

		assert_rv(CKR_OK, buf_resize(&k.modulus, row->modulus_len));
		if (row->modulus_len > 0) {
			k.modulus.ptr[0] = row->first;
			k.modulus.ptr[row->modulus_len - 1] = row->last;
		}
		assert_rv(CKR_OK, buf_set(&k.exponent, hex(row->exponent)));
		assert_rv(row->rv, crypto_pubkey_check(&k));
		if (row->rv != CKR_OK)
			assert_rv(row->rv, rsa_public(&k, view(&k.modulus), &out));
		pubkey_free(&k);
	}
	vectors_free();
}

static void
key_and_scheme_must_fit(void **state)
{
	static const struct scheme unknown[] = { { .alg = ALG_NONE }, { .alg = ALG_RSA_OAEP } };
	struct pubkey ec = { .kind = KEY_EC, .curve = CURVE_P256 };
	uint8_t some[64] = { 1 };
	struct bytes b = bytes_of(some, sizeof some);
	struct buf a = BUF_EMPTY;
	struct buf z = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, crypto_verify(&ec, &pkcs1, b, b));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, crypto_verify(&rsa.key, &ecdsa, b, b));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, rsa_public(&ec, b, &a));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, ecdh_ephemeral(&rsa.key, &a, &z));
	for (size_t i = 0; i < COUNT(unknown); i++)
		assert_rv(CKR_MECHANISM_INVALID, crypto_verify(&ec, &unknown[i], b, b));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, crypto_recover(&ec, &pkcs1, b, &a));
	assert_rv(CKR_MECHANISM_INVALID, crypto_recover(&rsa.key, &ecdsa, b, &a));
	pubkey_free(&ec);
}

static void
what_was_signed_is_recovered(void **state)
{
	static const uint8_t data[117] = { 0x00, 0xff, 7 };
	static const size_t lengths[] = { 0, 1, 64, sizeof data };
	struct buf signature = BUF_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct bytes d = bytes_of(data, lengths[i]);

		reference_sign(&rsa, &pkcs1, d, &signature);
		assert_rv(CKR_OK, crypto_recover(&rsa.key, &pkcs1, view(&signature), &out));
		assert_bytes_equal(d, view(&out));
		assert_rv(CKR_OK, crypto_recover(&rsa.key, &raw, view(&signature), &out));
		assert_int_equal(128, out.len);
		assert_bytes_equal(d, bytes_slice(view(&out), 128 - d.len, d.len));
	}
	assert_rv(CKR_SIGNATURE_LEN_RANGE,
		crypto_recover(&rsa.key, &pkcs1, bytes_slice(view(&signature), 1, 127), &out));
	assert_rv(CKR_SIGNATURE_INVALID,
		crypto_recover(&rsa.key, &raw, view(&rsa.key.modulus), &out));
	signature.ptr[64] ^= 1;
	assert_rv(CKR_SIGNATURE_INVALID,
		crypto_recover(&rsa.key, &pkcs1, view(&signature), &out));
	buf_free(&signature);
	buf_free(&out);
}

static void
only_pkcs1_padding_is_taken_off(void **state)
{
	static const char *const bad[] = {
		"0002ffffffffffffffff00",
		"0101ffffffffffffffff00",
		"0001ffffffffffffff00aa",
		"0001ffffffffffffffffaa",
		"0001ffffffffffffffffff",
		"0001ffffffffffffff00",
		"",
	};
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_rv(CKR_SIGNATURE_INVALID, unpad_pkcs1(hex(bad[i]), &out));
	assert_null(out.ptr);
	assert_rv(CKR_OK, unpad_pkcs1(hex("0001ffffffffffffffff00aa"), &out));
	assert_bytes_equal(LITERAL("\xaa"), view(&out));
	vectors_free();
	buf_free(&out);
}

static int
setup(void **state)
{
	(void)state;
	rsa = reference_new(1024);
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	reference_free(&rsa);
	crypto_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pkcs1_signatures_of_every_hash_verify),
		cmocka_unit_test(pkcs1_without_a_hash_signs_any_data),
		cmocka_unit_test(only_the_exact_pkcs1_encoding_is_accepted),
		cmocka_unit_test(pss_signatures_verify),
		cmocka_unit_test(raw_signatures_verify_with_and_without_leading_zeros),
		cmocka_unit_test(an_rsa_signature_has_the_modulus_length_and_is_below_it),
		cmocka_unit_test(rsa_public_takes_numbers_below_the_modulus),
		cmocka_unit_test(rsa_keys_that_can_not_be_used_are_refused),
		cmocka_unit_test(key_and_scheme_must_fit),
		cmocka_unit_test(what_was_signed_is_recovered),
		cmocka_unit_test(only_pkcs1_padding_is_taken_off),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
