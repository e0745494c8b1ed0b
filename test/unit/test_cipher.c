/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cipher_reference.h"
#include "crypto/crypto.h"
#include "with_crypto.h"

/* SP 800-38A, appendix F */
#define PLAIN                                                                                      \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"         \
	"e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define KEY128 "2b7e151628aed2a6abf7158809cf4f3c"
#define KEY192 "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"
#define KEY256 "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define IV     "000102030405060708090a0b0c0d0e0f"
#define CTR    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"

static const struct {
	enum alg alg;
	const char *key;
	const char *iv;
	const char *cipher;
} vectors_38a[] = {
	{ ALG_AES_ECB, KEY128, "",
		"3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
		"43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4" },
	{ ALG_AES_ECB, KEY192, "",
		"bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
		"ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e" },
	{ ALG_AES_ECB, KEY256, "",
		"f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
		"b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7" },
	{ ALG_AES_CBC, KEY128, IV,
		"7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
		"73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7" },
	{ ALG_AES_CBC, KEY192, IV,
		"4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
		"571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd" },
	{ ALG_AES_CBC, KEY256, IV,
		"f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
		"39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b" },
	{ ALG_AES_CFB, KEY128, IV,
		"3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b"
		"26751f67a3cbb140b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6" },
	{ ALG_AES_CFB, KEY256, IV,
		"dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b"
		"df10132415e54b92a13ed0a8267ae2f975a385741ab9cef82031623d55b1e471" },
	{ ALG_AES_OFB, KEY128, IV,
		"3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825"
		"9740051e9c5fecf64344f7a82260edcc304c6528f659c77866a510d9c1d6ae5e" },
	{ ALG_AES_OFB, KEY256, IV,
		"dc7e84bfda79164b7ecd8486985d38604febdc6740d20b3ac88f6ad82a4fb08d"
		"71ab47a086e86eedf39d1c5bba97c4080126141d67f37be8538f5a8be740e484" },
	{ ALG_AES_CTR, KEY128, CTR,
		"874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
		"5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee" },
	{ ALG_AES_CTR, KEY192, CTR,
		"1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
		"1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050" },
	{ ALG_AES_CTR, KEY256, CTR,
		"601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
		"2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6" },
};

static const struct row {
	enum alg alg;
	const char *name; /* libcrypto's */
	bool whole;       /* blocks only */
	bool padded;
} rows[] = {
	{ ALG_AES_ECB, "ECB", true, false },
	{ ALG_AES_CBC, "CBC", true, false },
	{ ALG_AES_CBC_PAD, "CBC", false, true },
	{ ALG_AES_CTR, "CTR", false, false },
	{ ALG_AES_CFB, "CFB", false, false },
	{ ALG_AES_OFB, "OFB", false, false },
};

enum { ROWS = sizeof rows / sizeof *rows, LEN_MAX = 80 };

static const size_t parts[] = { 0, 1, 3, 15, 16, 17, 33, 64 };

enum { PARTS = sizeof parts / sizeof *parts };

static struct scheme
row_scheme(const struct row *r)
{
	uint8_t iv[AES_BLOCK_LEN];

	return cipher_scheme(
		r->alg, r->alg == ALG_AES_ECB ? BYTES_EMPTY : reference_bytes(iv, sizeof iv, 9));
}

static void
modes_are_those_of_sp_800_38a(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors_38a / sizeof *vectors_38a; i++) {
		struct scheme s = cipher_scheme(vectors_38a[i].alg, hex(vectors_38a[i].iv));
		struct bytes key = hex(vectors_38a[i].key);
		struct bytes plain = hex(PLAIN);
		struct bytes cipher = hex(vectors_38a[i].cipher);
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, cipher_once(&s, true, key, plain, 0, &out));
		assert_bytes_equal(cipher, view(&out));
		buf_free(&out);
		assert_rv(CKR_OK, cipher_once(&s, false, key, cipher, 0, &out));
		assert_bytes_equal(plain, view(&out));
		buf_free(&out);
		scheme_free(&s);
		vectors_free();
	}
}

/* One length, both ways, in parts. What was in out before stays. */
static void
assert_row(const struct row *r, const struct scheme *s, struct bytes key, size_t len)
{
	uint8_t room[LEN_MAX];
	struct bytes plain = reference_bytes(room, len, (uint32_t)len);
	struct buf expected = BUF_EMPTY;

	assert_rv(CKR_OK, buf_set(&expected, LITERAL("x")));
	reference_cipher(r->name, r->padded, key, view(&s->iv), plain, &expected);
	for (size_t i = 0; i < PARTS; i++) {
		struct buf cipher = BUF_EMPTY;
		struct buf back = BUF_EMPTY;

		assert_rv(CKR_OK, buf_set(&cipher, LITERAL("x")));
		assert_rv(CKR_OK, cipher_once(s, true, key, plain, parts[i], &cipher));
		assert_bytes_equal(view(&expected), view(&cipher));
		assert_rv(CKR_OK,
			cipher_once(s, false, key, bytes_slice(view(&cipher), 1, cipher.len),
				parts[i], &back));
		assert_bytes_equal(plain, view(&back));
		buf_free(&cipher);
		buf_free(&back);
	}
	buf_free(&expected);
}

static void
every_length_in_any_parts_is_what_libcrypto_makes(void **state)
{
	uint8_t room[32];

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct scheme s = row_scheme(&rows[i]);

		for (size_t key_len = 16; key_len <= 32; key_len += 8)
			for (size_t len = 0; len <= LEN_MAX; len += rows[i].whole ? 16 : 1)
				assert_row(&rows[i], &s, reference_bytes(room, key_len, 1), len);
		scheme_free(&s);
	}
}

static void
half_blocks_are_refused(void **state)
{
	uint8_t room[LEN_MAX];
	struct bytes key = hex(KEY128);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct scheme s = row_scheme(&rows[i]);

		for (size_t len = 0; len < LEN_MAX; len++) {
			struct bytes in = reference_bytes(room, len, 3);
			struct buf out = BUF_EMPTY;
			bool fits = len % 16 == 0 && (len > 0 || !rows[i].padded);

			if (fits)
				continue;
			assert_rv(CKR_ENCRYPTED_DATA_LEN_RANGE,
				cipher_once(&s, false, key, in, len % 2 * 7, &out));
			if (!rows[i].padded)
				assert_rv(CKR_DATA_LEN_RANGE,
					cipher_once(&s, true, key, in, len % 2 * 7, &out));
			buf_free(&out);
		}
		scheme_free(&s);
	}
	vectors_free();
}

static void
a_wrong_length_costs_no_run_when_all_is_there(void **state)
{
	uint8_t room[LEN_MAX];
	struct scheme s = row_scheme(&rows[1]);
	struct cipher *c = fake_cipher(&s, true, hex(KEY128), 0);
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_DATA_LEN_RANGE, cipher_end(c, reference_bytes(room, 79, 3), &out));
	assert_int_equal(0, fake_runs);
	assert_int_equal(0, out.len);
	cipher_free(c);
	buf_free(&out);
	scheme_free(&s);
	vectors_free();
}

static void
what_is_there_at_once_is_one_run(void **state)
{
	uint8_t room[LEN_MAX];

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct scheme s = row_scheme(&rows[i]);
		struct cipher *c = fake_cipher(&s, true, hex(KEY128), 0);
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK,
			cipher_end(c, reference_bytes(room, rows[i].whole ? 64 : 61, 3), &out));
		assert_int_equal(1, fake_runs);
		cipher_free(c);
		buf_free(&out);
		scheme_free(&s);
		vectors_free();
	}
}

/* Each way in which the last block can end. */
static void
only_a_whole_padding_is_one(void **state)
{
	struct bytes key = hex(KEY256);
	struct scheme cbc = cipher_scheme(ALG_AES_CBC, hex(IV));
	struct scheme s = cipher_scheme(ALG_AES_CBC_PAD, hex(IV));

	(void)state;
	for (unsigned pad = 0; pad < 256; pad++)
		for (unsigned at = 1; at <= 16; at++) {
			uint8_t plain[32];
			struct buf cipher = BUF_EMPTY;
			struct buf out = BUF_EMPTY;
			bool good = pad >= 1 && pad <= 16;

			memset(plain, (int)pad, sizeof plain);
			plain[32 - at] ^= at > 1 ? 0x80 : 0;
			good = good && (at == 1 || at > pad);
			assert_rv(CKR_OK,
				cipher_once(&cbc, true, key, bytes_of(plain, 32), 0, &cipher));
			assert_rv(good ? CKR_OK : CKR_ENCRYPTED_DATA_INVALID,
				cipher_once(&s, false, key, view(&cipher), 0, &out));
			assert_int_equal(good ? 32 - pad : 0, out.len);
			buf_free(&cipher);
			buf_free(&out);
		}
	scheme_free(&cbc);
	scheme_free(&s);
	vectors_free();
}

static void
lengths_are_told_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct scheme s = row_scheme(&rows[i]);
		struct cipher *e = fake_cipher(&s, true, hex(KEY128), 0);
		struct cipher *d = fake_cipher(&s, false, hex(KEY128), 0);

		for (size_t len = 0; len < LEN_MAX; len += rows[i].whole ? 16 : 1) {
			size_t sealed = rows[i].padded ? len / 16 * 16 + 16 : len;

			assert_int_equal(sealed, cipher_rest_len(e, len));
			assert_int_equal(
				rows[i].padded ? sealed - 1 : len, cipher_rest_len(d, sealed));
		}
		/* No overflow: what can not be is still a large number. */
		assert_true(cipher_rest_len(e, SIZE_MAX) > SIZE_MAX / 2);
		assert_true(cipher_update_len(d, SIZE_MAX - 1) > SIZE_MAX / 2);
		cipher_free(e);
		cipher_free(d);
		scheme_free(&s);
		vectors_free();
	}
}

/* All counting bits but the lowest are one: two blocks, and the counter is at its end. Block by block with ECB. */
static void
a_counter_ends_with_its_bits(void **state)
{
	static const size_t bits[] = { 1, 2, 3, 8, 9, 32, 63, 64, 65, 127, 128 };
	static const uint8_t zeros[33];
	struct bytes key = hex(KEY128);

	(void)state;
	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
		for (size_t part = 0; part < 40; part += 13) {
			struct scheme s =
				cipher_scheme(ALG_AES_CTR, hex("a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"));
			struct scheme ecb = cipher_scheme(ALG_AES_ECB, BYTES_EMPTY);
			uint8_t blocks[32];
			struct buf out = BUF_EMPTY;
			struct buf expected = BUF_EMPTY;

			for (size_t b = 1; b < bits[i]; b++)
				s.iv.ptr[15 - b / 8] |= (uint8_t)(1 << b % 8);
			s.iv.ptr[15] &= 0xfe;
			s.counter_bits = bits[i];
			memcpy(blocks, s.iv.ptr, 16);
			memcpy(blocks + 16, s.iv.ptr, 16);
			blocks[31] |= 1;
			assert_rv(CKR_OK,
				cipher_once(&ecb, true, key, bytes_of(blocks, 32), 0, &expected));
			assert_rv(CKR_OK,
				cipher_once(&s, true, key, bytes_of(zeros, 32), part, &out));
			assert_bytes_equal(view(&expected), view(&out));
			buf_free(&out);
			assert_rv(CKR_DATA_LEN_RANGE,
				cipher_once(&s, true, key, bytes_of(zeros, 33), part, &out));
			buf_free(&out);
			assert_rv(CKR_DATA_LEN_RANGE,
				cipher_once(&s, false, key, bytes_of(zeros, 33), part, &out));
			buf_free(&out);
			buf_free(&expected);
			scheme_free(&s);
			scheme_free(&ecb);
		}
	vectors_free();
}

static void
parameters_are_checked(void **state)
{
	static const size_t lens[] = { 0, 1, 8, 12, 15, 17, 32 };
	struct bytes key = hex(KEY128);
	struct cipher *c = NULL;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t n = 0; n < sizeof lens / sizeof *lens; n++) {
			struct scheme s =
				cipher_scheme(rows[i].alg, bytes_slice(hex(PLAIN), 0, lens[n]));

			if (rows[i].alg == ALG_AES_ECB && lens[n] == 0)
				continue;
			assert_rv(CKR_MECHANISM_PARAM_INVALID,
				cipher_new(&s, true, fake_blocks_new(key, 0), &c));
			assert_int_equal(1, fake_freed);
			scheme_free(&s);
			if (n % 4 == 3) {
				vectors_free();
				key = hex(KEY128);
			}
		}
	assert_null(c);
	vectors_free();
}

static void
counters_have_1_to_128_bits(void **state)
{
	static const size_t wrong[] = { 0, 129, SIZE_MAX };
	struct cipher *c = NULL;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct scheme s = cipher_scheme(ALG_AES_CTR, hex(IV));

		s.counter_bits = wrong[i];
		assert_rv(CKR_MECHANISM_PARAM_INVALID,
			cipher_new(&s, true, fake_blocks_new(hex(KEY128), 0), &c));
		scheme_free(&s);
	}
	vectors_free();
}

static void
what_is_no_mode_is_refused(void **state)
{
	struct scheme s = { .alg = ALG_RSA_OAEP };
	struct cipher *c = NULL;
	struct blocks *b = NULL;

	(void)state;
	assert_rv(CKR_MECHANISM_INVALID, cipher_new(&s, true, fake_blocks_new(hex(KEY128), 0), &c));
	assert_int_equal(1, fake_freed);
	for (size_t len = 0; len < 40; len++)
		if (len != 8 && len != 16 && len != 24 && len != 32)
			assert_rv(CKR_KEY_SIZE_RANGE,
				blocks_host_new(bytes_slice(hex(PLAIN), 0, len), &b));
	assert_null(b);
	blocks_free(NULL);
	cipher_free(NULL);
	vectors_free();
}

/* Whatever run fails, out is as before that call, behind its end too, and the operation is over. */
static void
a_failed_run_leaves_nothing_behind(void **state)
{
	uint8_t room[LEN_MAX];
	struct bytes in = reference_bytes(room, LEN_MAX, 4);
	static const uint8_t zeros[2 * LEN_MAX];

	(void)state;
	for (size_t i = 0; i < 2 * ROWS; i++)
		for (size_t fail_at = 1; fail_at <= 3; fail_at++) {
			struct scheme s = row_scheme(&rows[i / 2]);
			struct cipher *c = fake_cipher(&s, i % 2 == 0, hex(KEY128), fail_at);
			struct buf out = BUF_EMPTY;
			size_t before = 0;
			CK_RV rv = CKR_OK;

			assert_rv(CKR_OK, buf_resize(&out, 2 * LEN_MAX));
			assert_rv(CKR_OK, buf_resize(&out, 0));
			for (size_t at = 0; rv == CKR_OK; at += 33) {
				before = out.len;
				rv = cipher_update(c, bytes_slice(in, at % 40, 33), &out);
			}
			assert_rv(CKR_DEVICE_ERROR, rv);
			assert_int_equal(fail_at, fake_runs);
			assert_int_equal(1, fake_freed);
			assert_int_equal(before, out.len);
			assert_true(out.cap >= 2 * LEN_MAX);
			assert_memory_equal(zeros, out.ptr + out.len, 2 * LEN_MAX - out.len);
			assert_rv(CKR_OPERATION_NOT_INITIALIZED, cipher_update(c, in, &out));
			assert_rv(CKR_OPERATION_NOT_INITIALIZED, cipher_final(c, &out));
			cipher_free(c);
			buf_free(&out);
			scheme_free(&s);
			vectors_free();
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_are_those_of_sp_800_38a),
		cmocka_unit_test(every_length_in_any_parts_is_what_libcrypto_makes),
		cmocka_unit_test(half_blocks_are_refused),
		cmocka_unit_test(a_wrong_length_costs_no_run_when_all_is_there),
		cmocka_unit_test(what_is_there_at_once_is_one_run),
		cmocka_unit_test(only_a_whole_padding_is_one),
		cmocka_unit_test(lengths_are_told_before),
		cmocka_unit_test(a_counter_ends_with_its_bits),
		cmocka_unit_test(parameters_are_checked),
		cmocka_unit_test(counters_have_1_to_128_bits),
		cmocka_unit_test(what_is_no_mode_is_refused),
		cmocka_unit_test(a_failed_run_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
