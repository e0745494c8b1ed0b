/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSASVE: OpenSSL recovers what was encapsulated, and its bounds.
 */
#include "config.h"

#include "rsa_reference.h"
#include "with_crypto.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { ROUNDS = 20 };

static void
openssl_recovers(const struct reference *r, struct bytes cipher, struct bytes secret)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(r->pair, NULL);
	uint8_t out[512];
	size_t len = sizeof out;

	assert_int_equal(1, EVP_PKEY_decapsulate_init(ctx, NULL));
	assert_int_equal(1, EVP_PKEY_CTX_set_kem_op(ctx, "RSASVE"));
	assert_int_equal(1, EVP_PKEY_decapsulate(ctx, out, &len, cipher.ptr, cipher.len));
	assert_bytes_equal(bytes_of(out, len), secret);
	EVP_PKEY_CTX_free(ctx);
}

/* The second modulus has one bit in its first byte. */
static void
openssl_recovers_the_secret(void **state)
{
	static const size_t sizes[] = { 1024, 1025, 2048 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct reference r = reference_new(sizes[i]);
		struct buf secret = BUF_EMPTY, cipher = BUF_EMPTY;

		for (int round = 0; round < ROUNDS; round++) {
			assert_rv(CKR_OK, rsa_encapsulate(&r.key, &secret, &cipher));
			assert_int_equal(r.key.modulus.len, secret.len);
			assert_rv(CKR_OK, rsa_encapsulated_check(&r.key, view(&cipher)));
			openssl_recovers(&r, view(&cipher), view(&secret));
		}
		buf_free(&secret);
		buf_free(&cipher);
		reference_free(&r);
	}
}

static void
secrets_are_drawn_anew(void **state)
{
	struct reference r = reference_new(1024);
	struct buf one = BUF_EMPTY, other = BUF_EMPTY, cipher = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, rsa_encapsulate(&r.key, &one, &cipher));
	assert_rv(CKR_OK, rsa_encapsulate(&r.key, &other, &cipher));
	assert_false(bytes_equal(view(&one), view(&other)));
	buf_free(&one);
	buf_free(&other);
	buf_free(&cipher);
	reference_free(&r);
}

/* SP 800-56B, 7.2.1.3 */
static void
a_ciphertext_is_between_one_and_the_last_number(void **state)
{
	static const struct {
		int n; /* times the modulus, then */
		int plus;
		CK_RV rv;
	} rows[] = { { 0, 0, CKR_ENCRYPTED_DATA_INVALID }, { 0, 1, CKR_ENCRYPTED_DATA_INVALID },
		{ 0, 2, CKR_OK }, { 0, 200, CKR_OK }, { 1, -3, CKR_OK }, { 1, -2, CKR_OK },
		{ 1, -1, CKR_ENCRYPTED_DATA_INVALID }, { 1, 0, CKR_ENCRYPTED_DATA_INVALID },
		{ 1, 1, CKR_ENCRYPTED_DATA_INVALID } };
	struct reference r = reference_new(1024);
	BIGNUM *n = BN_bin2bn(r.key.modulus.ptr, (int)r.key.modulus.len, NULL);
	uint8_t number[129];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		BIGNUM *b = BN_new();

		if (rows[i].n == 1)
			assert_non_null(BN_copy(b, n));
		if (rows[i].plus < 0)
			assert_int_equal(1, BN_sub_word(b, (BN_ULONG)-rows[i].plus));
		else
			assert_int_equal(1, BN_add_word(b, (BN_ULONG)rows[i].plus));
		assert_int_equal(128, BN_bn2binpad(b, number, 128));
		assert_rv(rows[i].rv, rsa_encapsulated_check(&r.key, bytes_of(number, 128)));
		BN_free(b);
	}
	assert_rv(CKR_ENCRYPTED_DATA_LEN_RANGE,
		rsa_encapsulated_check(&r.key, bytes_of(number, 127)));
	assert_rv(CKR_ENCRYPTED_DATA_LEN_RANGE,
		rsa_encapsulated_check(&r.key, bytes_of(number, 129)));
	BN_free(n);
	reference_free(&r);
}

static void
keys_that_can_not_are_refused(void **state)
{
	struct reference r = reference_new(1024);
	struct pubkey ec = { .kind = KEY_EC, .curve = CURVE_P256 };
	struct buf secret = BUF_EMPTY, cipher = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, rsa_encapsulate(&ec, &secret, &cipher));
	r.key.modulus.ptr[127] ^= 1;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, rsa_encapsulate(&r.key, &secret, &cipher));
	assert_null(secret.ptr);
	assert_null(cipher.ptr);
	reference_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_recovers_the_secret),
		cmocka_unit_test(secrets_are_drawn_anew),
		cmocka_unit_test(a_ciphertext_is_between_one_and_the_last_number),
		cmocka_unit_test(keys_that_can_not_are_refused),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
