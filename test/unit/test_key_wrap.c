/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cipher_reference.h"
#include "crypto/crypto.h"
#include "with_crypto.h"

#define KEK  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DATA "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f"

enum { LEN_MAX = 80 };

/* RFC 3394, 4.1 to 4.6: the beginnings of KEK and DATA */
static const struct {
	size_t key_len;
	size_t len;
	const char *wrapped;
} rfc_3394[] = {
	{ 16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5" },
	{ 24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d" },
	{ 32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7" },
	{ 24, 24, "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2" },
	{ 32, 24, "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1" },
	{ 32, 32,
		"28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd2"
		"1" },
};

static void
assert_wrap(const struct scheme *s, struct bytes key, struct bytes plain, struct bytes wrapped,
	size_t part)
{
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, buf_set(&out, LITERAL("x")));
	assert_rv(CKR_OK, cipher_once(s, true, key, plain, part, &out));
	assert_bytes_equal(wrapped, bytes_slice(view(&out), 1, out.len));
	buf_free(&out);
	assert_rv(CKR_OK, cipher_once(s, false, key, wrapped, part, &out));
	assert_bytes_equal(plain, view(&out));
	buf_free(&out);
}

static void
wrapped_keys_are_those_of_rfc_3394(void **state)
{
	struct scheme s = cipher_scheme(ALG_AES_KEY_WRAP, BYTES_EMPTY);

	(void)state;
	for (size_t i = 0; i < sizeof rfc_3394 / sizeof *rfc_3394; i++) {
		assert_wrap(&s, bytes_slice(hex(KEK), 0, rfc_3394[i].key_len),
			bytes_slice(hex(DATA), 0, rfc_3394[i].len), hex(rfc_3394[i].wrapped), 0);
		vectors_free();
	}
	scheme_free(&s);
}

static void
padded_keys_are_those_of_rfc_5649(void **state)
{
	struct scheme s = cipher_scheme(ALG_AES_KEY_WRAP_KWP, BYTES_EMPTY);
	struct bytes key = hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");

	(void)state;
	assert_wrap(&s, key, hex("c37b7e6492584340bed12207808941155068f738"),
		hex("138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"), 0);
	assert_wrap(&s, key, hex("466f7250617369"), hex("afbeb0f07dfbf5419200f2ccb50bb24f"), 0);
	scheme_free(&s);
	vectors_free();
}

/* By libcrypto's own key wrap. */
static void
reference_wrap(const struct scheme *s, struct bytes key, struct bytes plain, struct buf *out)
{
	char name[24];
	EVP_CIPHER *cipher = NULL;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;

	(void)snprintf(name, sizeof name, "AES-%zu-WRAP%s", key.len * 8,
		s->alg == ALG_AES_KEY_WRAP ? "" : "-PAD");
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	assert_non_null(cipher);
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	assert_int_equal(1, EVP_EncryptInit_ex2(ctx, cipher, key.ptr, s->iv.ptr, NULL));
	assert_rv(CKR_OK, buf_resize(out, plain.len + 16));
	assert_int_equal(1, EVP_EncryptUpdate(ctx, out->ptr, &len, plain.ptr, (int)plain.len));
	assert_rv(CKR_OK, buf_resize(out, (size_t)len));
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

static void
assert_lengths(enum alg alg, struct bytes iv, size_t first, size_t step)
{
	static const size_t parts[] = { 0, 1, 7, 16 };
	uint8_t room[LEN_MAX];
	struct scheme s = cipher_scheme(alg, iv);

	for (size_t key_len = 16; key_len <= 32; key_len += 8)
		for (size_t len = first; len <= LEN_MAX; len += step) {
			struct bytes key = bytes_slice(hex(KEK), 0, key_len);
			struct bytes plain = reference_bytes(room, len, (uint32_t)len);
			struct buf expected = BUF_EMPTY;

			reference_wrap(&s, key, plain, &expected);
			for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
				assert_wrap(&s, key, plain, view(&expected), parts[i]);
			buf_free(&expected);
			vectors_free();
		}
	scheme_free(&s);
}

static void
every_length_in_any_parts_is_what_libcrypto_makes(void **state)
{
	static const uint8_t iv[] = "initials";

	(void)state;
	assert_lengths(ALG_AES_KEY_WRAP, BYTES_EMPTY, 16, 8);
	assert_lengths(ALG_AES_KEY_WRAP, bytes_of(iv, 8), 16, 8);
	assert_lengths(ALG_AES_KEY_WRAP_KWP, BYTES_EMPTY, 1, 1);
	assert_lengths(ALG_AES_KEY_WRAP_KWP, bytes_of(iv, 4), 1, 1);
}

static void
other_lengths_are_refused(void **state)
{
	uint8_t room[LEN_MAX];
	struct scheme kw = cipher_scheme(ALG_AES_KEY_WRAP, BYTES_EMPTY);
	struct scheme kwp = cipher_scheme(ALG_AES_KEY_WRAP_KWP, BYTES_EMPTY);
	struct bytes key = hex(KEK);
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t len = 0; len <= LEN_MAX; len++) {
		struct bytes in = reference_bytes(room, len, 3);
		size_t part = len % 2 * 5;

		if (len % 8 != 0 || len < 16)
			assert_rv(CKR_DATA_LEN_RANGE, cipher_once(&kw, true, key, in, part, &out));
		if (len == 0)
			assert_rv(CKR_DATA_LEN_RANGE, cipher_once(&kwp, true, key, in, part, &out));
		assert_rv(len % 8 != 0 || len < 24 ? CKR_ENCRYPTED_DATA_LEN_RANGE
						   : CKR_ENCRYPTED_DATA_INVALID,
			cipher_once(&kw, false, key, in, part, &out));
		assert_rv(len % 8 != 0 || len < 16 ? CKR_ENCRYPTED_DATA_LEN_RANGE
						   : CKR_ENCRYPTED_DATA_INVALID,
			cipher_once(&kwp, false, key, in, part, &out));
	}
	assert_null(out.ptr);
	scheme_free(&kw);
	scheme_free(&kwp);
	vectors_free();
}

static void
every_changed_bit_is_noticed(void **state)
{
	static const enum alg algs[] = { ALG_AES_KEY_WRAP, ALG_AES_KEY_WRAP_KWP };
	struct bytes key = hex(KEK);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scheme s = cipher_scheme(algs[i], BYTES_EMPTY);
		struct buf wrapped = BUF_EMPTY;
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, cipher_once(&s, true, key, hex(DATA), 0, &wrapped));
		for (size_t bit = 0; bit < wrapped.len * 8; bit++) {
			wrapped.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_rv(CKR_ENCRYPTED_DATA_INVALID,
				cipher_once(&s, false, key, view(&wrapped), 0, &out));
			wrapped.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_null(out.ptr);
		buf_free(&wrapped);
		scheme_free(&s);
	}
	vectors_free();
}

/* What RFC 5649 puts in front is the IV of RFC 3394: here with a length and a padding of our own.
 */
static void
assert_kwp_of(const char *first, const char *padded, CK_RV expected, size_t len)
{
	struct scheme kw = cipher_scheme(ALG_AES_KEY_WRAP, hex(first));
	struct scheme kwp = cipher_scheme(ALG_AES_KEY_WRAP_KWP, BYTES_EMPTY);
	struct buf wrapped = BUF_EMPTY;
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, cipher_once(&kw, true, hex(KEK), hex(padded), 0, &wrapped));
	assert_rv(expected, cipher_once(&kwp, false, hex(KEK), view(&wrapped), 0, &out));
	assert_int_equal(len, out.len);
	buf_free(&wrapped);
	buf_free(&out);
	scheme_free(&kw);
	scheme_free(&kwp);
	vectors_free();
}

static void
length_and_padding_must_agree(void **state)
{
	(void)state;
	assert_kwp_of("a65959a600000010", "00112233445566778899aabbccddeeff", CKR_OK, 16);
	assert_kwp_of("a65959a60000000f", "00112233445566778899aabbccddee00", CKR_OK, 15);
	assert_kwp_of("a65959a600000009", "00112233445566778800000000000000", CKR_OK, 9);
	assert_kwp_of("a65959a60000000f", "00112233445566778899aabbccddee01",
		CKR_ENCRYPTED_DATA_INVALID, 0);
	assert_kwp_of("a65959a600000009", "00112233445566778801000000000000",
		CKR_ENCRYPTED_DATA_INVALID, 0);
	assert_kwp_of("a65959a600000008", "00112233445566770000000000000000",
		CKR_ENCRYPTED_DATA_INVALID, 0);
	assert_kwp_of("a65959a600000011", "00112233445566778899aabbccddeeff",
		CKR_ENCRYPTED_DATA_INVALID, 0);
	assert_kwp_of("a65959a600000000", "00000000000000000000000000000000",
		CKR_ENCRYPTED_DATA_INVALID, 0);
	assert_kwp_of("a65959a6fffffff8", "00000000000000000000000000000000",
		CKR_ENCRYPTED_DATA_INVALID, 0);
	assert_kwp_of("a65959a680000010", "00000000000000000000000000000000",
		CKR_ENCRYPTED_DATA_INVALID, 0);
	assert_kwp_of("a65959a700000010", "00112233445566778899aabbccddeeff",
		CKR_ENCRYPTED_DATA_INVALID, 0);
}

static void
lengths_are_told_before(void **state)
{
	static const enum alg algs[] = { ALG_AES_KEY_WRAP, ALG_AES_KEY_WRAP_KWP };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scheme s = cipher_scheme(algs[i], BYTES_EMPTY);
		struct cipher *e = fake_cipher(&s, true, hex(KEK), 0);
		struct cipher *d = fake_cipher(&s, false, hex(KEK), 0);
		struct buf out = BUF_EMPTY;

		assert_int_equal(0, cipher_update_len(e, 40));
		assert_rv(CKR_OK, cipher_update(e, hex(DATA), &out));
		assert_int_equal(0, out.len);
		assert_int_equal(40, cipher_rest_len(e, 0));
		assert_int_equal(64, cipher_rest_len(e, 24));
		assert_int_equal(0, cipher_rest_len(d, 0));
		assert_int_equal(32, cipher_rest_len(d, 40));
		cipher_free(e);
		cipher_free(d);
		scheme_free(&s);
		vectors_free();
	}
}

static void
parameters_are_checked(void **state)
{
	static const enum alg algs[] = { ALG_AES_KEY_WRAP, ALG_AES_KEY_WRAP_KWP };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t len = 1; len <= 16; len++) {
			struct scheme s = cipher_scheme(algs[i], bytes_slice(hex(DATA), 0, len));
			struct cipher *c = NULL;
			bool good = len == (i == 0 ? 8 : 4);

			assert_rv(good ? CKR_OK : CKR_MECHANISM_PARAM_INVALID,
				cipher_new(&s, true, fake_blocks_new(hex(KEK), 0), &c));
			cipher_free(c);
			assert_int_equal(1, fake_freed);
			scheme_free(&s);
			vectors_free();
		}
}

/* Four half blocks are 24 runs: whichever fails, nothing comes out. */
static void
a_failed_run_leaves_nothing_behind(void **state)
{
	static const uint8_t zeros[256];
	struct bytes key = hex(KEK);
	struct scheme s = cipher_scheme(ALG_AES_KEY_WRAP, BYTES_EMPTY);
	struct buf wrapped = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, cipher_once(&s, true, key, hex(DATA), 0, &wrapped));
	assert_int_equal(24, fake_runs);
	for (size_t i = 0; i < 2 * 24; i++) {
		struct cipher *c = fake_cipher(&s, i % 2 == 0, key, i / 2 + 1);
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, buf_resize(&out, sizeof zeros));
		assert_rv(CKR_OK, buf_resize(&out, 0));
		assert_rv(CKR_DEVICE_ERROR,
			cipher_end(c, i % 2 == 0 ? hex(DATA) : view(&wrapped), &out));
		assert_int_equal(1, fake_freed);
		assert_int_equal(0, out.len);
		assert_memory_equal(zeros, out.ptr, sizeof zeros);
		assert_rv(CKR_OPERATION_NOT_INITIALIZED, cipher_final(c, &out));
		cipher_free(c);
		buf_free(&out);
	}
	buf_free(&wrapped);
	scheme_free(&s);
	vectors_free();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrapped_keys_are_those_of_rfc_3394),
		cmocka_unit_test(padded_keys_are_those_of_rfc_5649),
		cmocka_unit_test(every_length_in_any_parts_is_what_libcrypto_makes),
		cmocka_unit_test(other_lengths_are_refused),
		cmocka_unit_test(every_changed_bit_is_noticed),
		cmocka_unit_test(length_and_padding_must_agree),
		cmocka_unit_test(lengths_are_told_before),
		cmocka_unit_test(parameters_are_checked),
		cmocka_unit_test(a_failed_run_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
