/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "cipher_reference.h"
#include "crypto/crypto.h"
#include "with_crypto.h"

/* FIPS 81, tables B1 and C1: single DES. SP 800-67, appendix B: Triple DES. */
#define FIPS81_PLAIN "4e6f77206973207468652074696d6520666f7220616c6c20"
#define FIPS81_KEY   "0123456789abcdef"
#define FIPS81_IV    "1234567890abcdef"

static const struct {
	enum alg alg;
	const char *key;
	const char *iv;
	const char *plain;
	const char *cipher;
} published[] = {
	{ ALG_DES_ECB, FIPS81_KEY, "", FIPS81_PLAIN,
		"3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53" },
	{ ALG_DES_CBC, FIPS81_KEY, FIPS81_IV, FIPS81_PLAIN,
		"e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6" },
	{ ALG_DES3_ECB, "0123456789abcdef23456789abcdef01456789abcdef0123", "",
		"5468652071756663"
		"6b2062726f776e20"
		"666f78206a756d70",
		"a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900" },
};

static const struct row {
	enum alg alg;
	size_t key_len;
	const char *name; /* libcrypto's, for its own choice of two or three keys */
	bool takes_iv;
	bool padded;
} rows[] = {
	{ ALG_DES3_ECB, 16, "DES-EDE-ECB", false, false },
	{ ALG_DES3_CBC, 16, "DES-EDE-CBC", true, false },
	{ ALG_DES3_CBC_PAD, 16, "DES-EDE-CBC", true, true },
	{ ALG_DES3_ECB, 24, "DES-EDE3-ECB", false, false },
	{ ALG_DES3_CBC, 24, "DES-EDE3-CBC", true, false },
	{ ALG_DES3_CBC_PAD, 24, "DES-EDE3-CBC", true, true },
	{ ALG_DES_ECB, 8, "DES-EDE3-ECB", false, false },
	{ ALG_DES_CBC, 8, "DES-EDE3-CBC", true, false },
	{ ALG_DES_CBC_PAD, 8, "DES-EDE3-CBC", true, true },
};

enum { ROWS = sizeof rows / sizeof *rows, LEN_MAX = 40 };

static const size_t parts[] = { 0, 1, 7, 8, 9, 17 };

enum { PARTS = sizeof parts / sizeof *parts };

static void
published_vectors_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
		struct scheme s = cipher_scheme(published[i].alg, hex(published[i].iv));
		struct bytes key = hex(published[i].key);
		struct bytes plain = hex(published[i].plain);
		struct bytes cipher = hex(published[i].cipher);
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, cipher_once(&s, true, key, plain, 0, &out));
		assert_bytes_equal(cipher, view(&out));
		buf_free(&out);
		assert_rv(CKR_OK, cipher_once(&s, false, key, cipher, 3, &out));
		assert_bytes_equal(plain, view(&out));
		buf_free(&out);
		scheme_free(&s);
	}
	vectors_free();
}

/* Single DES is Triple DES with one key thrice. */
static void
reference_des(
	const struct row *r, struct bytes key, struct bytes iv, struct bytes plain, struct buf *out)
{
	struct buf keys = BUF_EMPTY;

	for (size_t i = 0; i < (key.len == 8 ? 3 : 1); i++)
		assert_rv(CKR_OK, buf_append(&keys, key));
	reference_named(r->name, r->padded, view(&keys), iv, plain, out);
	buf_free(&keys);
}

static struct scheme
row_scheme(const struct row *r, struct bytes iv)
{
	return cipher_scheme(r->alg, r->takes_iv ? iv : BYTES_EMPTY);
}

static void
every_length_in_every_part_is_as_libcrypto_has_it(void **state)
{
	uint8_t key_room[24], iv_room[DES_BLOCK_LEN], room[LEN_MAX];
	struct bytes iv = reference_bytes(iv_room, sizeof iv_room, 2);

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t len = 0; len <= LEN_MAX; len += rows[i].padded ? 1 : 8) {
			const struct row *r = &rows[i];
			struct bytes key = reference_bytes(key_room, r->key_len, 3);
			struct bytes plain = reference_bytes(room, len, (uint32_t)len);
			struct scheme s = row_scheme(r, iv);
			struct buf right = BUF_EMPTY;
			struct buf out = BUF_EMPTY;

			reference_des(r, key, iv, plain, &right);
			for (size_t p = 0; p < PARTS; p++) {
				assert_rv(
					CKR_OK, cipher_once(&s, true, key, plain, parts[p], &out));
				assert_bytes_equal(view(&right), view(&out));
				buf_free(&out);
				assert_rv(CKR_OK,
					cipher_once(&s, false, key, view(&right), parts[p], &out));
				assert_bytes_equal(plain, view(&out));
				buf_free(&out);
			}
			buf_free(&right);
			scheme_free(&s);
		}
}

static void
sizes_are_told_exactly(void **state)
{
	uint8_t key[24] = { 1 };
	uint8_t iv[DES_BLOCK_LEN] = { 2 };

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		for (size_t len = 0; len <= LEN_MAX; len++) {
			struct scheme s = row_scheme(&rows[i], bytes_of(iv, sizeof iv));
			struct cipher *c = fake_cipher(&s, true, bytes_of(key, rows[i].key_len), 0);
			size_t whole = len / DES_BLOCK_LEN * DES_BLOCK_LEN;

			assert_int_equal(whole, cipher_update_len(c, len));
			assert_int_equal(rows[i].padded ? whole + DES_BLOCK_LEN : whole,
				cipher_rest_len(c, len));
			cipher_free(c);
			scheme_free(&s);
		}
}

static void
wrong_lengths_ivs_and_keys_are_refused(void **state)
{
	static const uint8_t room[32];
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		struct bytes key = bytes_of(room, r->key_len);
		struct scheme s = row_scheme(r, bytes_of(room, DES_BLOCK_LEN));
		struct scheme bad = cipher_scheme(r->alg, bytes_of(room, AES_BLOCK_LEN));
		struct cipher *c = NULL;

		if (!r->padded)
			assert_rv(CKR_DATA_LEN_RANGE,
				cipher_once(&s, true, key, bytes_of(room, 15), 0, &out));
		assert_rv(CKR_ENCRYPTED_DATA_LEN_RANGE,
			cipher_once(&s, false, key, bytes_of(room, 15), 0, &out));
		assert_rv(CKR_MECHANISM_PARAM_INVALID,
			cipher_new(&bad, true, fake_blocks_new(key, 0), &c));
		assert_rv(CKR_KEY_SIZE_RANGE,
			cipher_once(&s, true, bytes_of(room, 32), bytes_of(room, 16), 0, &out));
		assert_int_equal(0, out.len);
		assert_null(c);
		buf_free(&out); /* it may have got room before the failure */
		scheme_free(&s);
		scheme_free(&bad);
	}
}

/* A key of eight bytes is none of AES. */
static void
aes_takes_no_des_key(void **state)
{
	struct scheme s = { .alg = ALG_AES_ECB };
	static const uint8_t zeros[16];
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_KEY_SIZE_RANGE,
		cipher_once(&s, true, bytes_of(zeros, 8), bytes_of(zeros, 16), 0, &out));
	assert_int_equal(0, out.len);
	buf_free(&out);
}

/* Each last byte but the right ones is a padding that is wrong, and gives nothing out. */
static void
wrong_paddings_are_one_error(void **state)
{
	static const uint8_t key[8] = { 1 };
	static const uint8_t iv[DES_BLOCK_LEN] = { 9 };
	struct scheme pad = cipher_scheme(ALG_DES_CBC_PAD, bytes_of(iv, sizeof iv));
	struct scheme raw = cipher_scheme(ALG_DES_CBC, bytes_of(iv, sizeof iv));

	(void)state;
	for (unsigned last = 0; last < 256; last++) {
		uint8_t plain[16] = { 0 };
		struct buf cipher = BUF_EMPTY;
		struct buf out = BUF_EMPTY;
		CK_RV right = last == 1 ? CKR_OK : CKR_ENCRYPTED_DATA_INVALID;

		plain[15] = (uint8_t)last;
		assert_rv(CKR_OK,
			cipher_once(&raw, true, bytes_of(key, 8), bytes_of(plain, 16), 0, &cipher));
		assert_rv(
			right, cipher_once(&pad, false, bytes_of(key, 8), view(&cipher), 0, &out));
		assert_int_equal(right == CKR_OK ? 15 : 0, out.len);
		buf_free(&cipher);
		buf_free(&out);
	}
	scheme_free(&pad);
	scheme_free(&raw);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors_hold),
		cmocka_unit_test(every_length_in_every_part_is_as_libcrypto_has_it),
		cmocka_unit_test(sizes_are_told_exactly),
		cmocka_unit_test(wrong_lengths_ivs_and_keys_are_refused),
		cmocka_unit_test(aes_takes_no_des_key),
		cmocka_unit_test(wrong_paddings_are_one_error),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
