/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/aes.h"
#include "crypto/crypto.h"
#include "vector.h"
#include "with_crypto.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* HASH_NONE: AES-CMAC. */
static struct mac *
prf_new(enum hash h, struct bytes key)
{
	struct blocks *b = NULL;
	struct mac *m = NULL;

	if (h != HASH_NONE) {
		assert_rv(CKR_OK, mac_new(h, key, &m));
		return m;
	}
	assert_rv(CKR_OK, blocks_host_new(key, &b));
	assert_rv(CKR_OK, cmac_new(b, &m));
	return m;
}

static size_t
prf_len(enum hash h)
{
	return h == HASH_NONE ? AES_BLOCK_LEN : hash_row(h)->len;
}

/* As many segments as len needs. */
static CK_RV
derive(const struct scheme *s, enum hash h, struct bytes key, size_t len, struct buf *out)
{
	struct scheme whole = *s;
	struct mac *prf = prf_new(h, key);
	CK_RV rv = CKR_OK;

	whole.kbkdf.segment_len = prf_len(h);
	rv = crypto_kbkdf(&whole, prf, (len + prf_len(h) - 1) / prf_len(h), len, out);
	mac_free(prf);
	return rv == CKR_OK ? buf_resize(out, len) : rv;
}

/*
 * NIST's test vectors for KBKDF800-108 (CAVP): KDFCTR_gen with CTRLOCATION=BEFORE_FIXED, feedback
 * and double pipeline without a counter or with CTRLOCATION=AFTER_ITER.
 */
static const struct {
	enum alg alg;
	enum hash hash;
	size_t width; /* bytes of the counter; 0: none */
	const char *key, *iv, *fixed, *out;
} published[] = {
	{ ALG_KBKDF_COUNTER, HASH_SHA256, 4,
		"dd1d91b7d90b2bd3138533ce92b272fbf8a369316aefe242e659cc0ae238afe0", "",
		"01322b96b30acd197979444e468e1c5c6859bf1b1cf951b7e725303e237e46b8"
		"64a145fab25e517b08f8683d0315bb2911d80a0e8aba17f3b413faac",
		"10621342bfb0fd40046c0e29f2cfdbf0" },
	{ ALG_KBKDF_COUNTER, HASH_SHA256, 4,
		"c4bedbddb66493e7c7259a3bbbc25f8c7e0ca7fe284d92d431d9cd99a0d214ac", "",
		"1c69c54766791e315c2cc5c47ecd3ffab87d0d273dd920e70955814c220eacac"
		"e6a5946542da3dfe24ff626b4897898cafb7db83bdff3c14fa46fd4b",
		"1da47638d6c9c4d04d74d4640bbd42ab814d9e8cc22f4326695239f96b0693f1"
		"2d0dd1152cf44430" },
	{ ALG_KBKDF_COUNTER, HASH_NONE, 4, "695f1b1a16c949cea51cdf2554ec9d42", "",
		"4fce5942832a390aa1cbe8a0bf9d202cb799e986c9d6b51f45e4d597a6b57f06"
		"a4ebfec6467335d116b7f5f9c5b954062f661820f5db2a5bbb3e0625",
		"d34b601ec18c34dfa0f9e0b7523e218bdddb9befe8d08b6c0202d75ace0dba89" },
	{ ALG_KBKDF_COUNTER, HASH_NONE, 4,
		"d0b1b3b70b2393c48ca05159e7e28cbeadea93f28a7cdae964e5136070c45d5c", "",
		"dd2f151a3f173492a6fbbb602189d51ddf8ef79fc8e96b8fcbe6dabe73a35b48"
		"104f9dff2d63d48786d2b3af177091d646a9efae005bdfacb61a1214",
		"8c449fb474d1c1d4d2a33827103b656a" },
	{ ALG_KBKDF_FEEDBACK, HASH_SHA256, 4,
		"93f698e842eed75394d629d957e2e89c6e741f810b623c8b901e38376d068e7b",
		"9f575d9059d3e0c0803f08112f8a806de3c3471912cdf42b095388b14b33508e",
		"53b89c18690e2057a1d167822e636de50be0018532c431f7f5e37f77139220d5"
		"e042599ebe266af5767ee18cd2c5c19a1f0f80",
		"bd1476f43a4e315747cf5918e0ea5bc0d98769457477c3ab18b742def0e079a9"
		"33b756365afb5541f253fee43c6fd788a44041038509e9eeb68f7d65ffbb5f95" },
	{ ALG_KBKDF_FEEDBACK, HASH_NONE, 2, "d7f5fa7551645de0b36aecd46565f954", "",
		"fb5294ed40a0e4aa70a7be13913070a4c5cfc05f89b9f7dd26a493b8c63889c7"
		"c3b0b60dd6d598ffa296a426224c727a501946",
		"7164471f559812581a53aaf7fb6d6c53a1293115cda873887efcc7ce6b3a026b"
		"2d19f0d38db8590e218a2676df88f53cab3313ed63bd1e4828f3c066ea5eb1fd" },
	{ ALG_KBKDF_FEEDBACK, HASH_NONE, 0, "5c996c922f65de97d4408373229814c6",
		"28dc945cb8337ab5336c3e9b5bad21c7",
		"62afe5fed91e797221a854336b0aadd8a05ad0e3c8345729897b2efcec5a1178"
		"a2fa4c063007b67a7015e0d6b7271ea8d86b44",
		"88a9aae193abdd3fe8143bab66014ae41dc2d12ea9d08f5871588fc5d827924e"
		"b9942989d7a36d4b3b107997566472cad5942bd13cb5cff32b9dae30f1bb6300" },
	{ ALG_KBKDF_PIPELINE, HASH_NONE, 1, "08a5a251b8e4826fbf73292f4cd6c790", "",
		"aa5acbce73a98d4c4f361d5c22a2cc6f6bdc30027aa31af1ba8b15a5bd5b6a34"
		"d133519ad1a82483c2d2a6dd9a97273a780421",
		"ff1c72ec38b8968a1ce0942a571a1f522ddd2a1c6ffc2b60c90bb54a5c0e9de4"
		"0d289686cbff127b408ec64ef615b18c1abc0736ae4c94e33e54d832e686276e" },
	{ ALG_KBKDF_PIPELINE, HASH_NONE, 4,
		"2451975a33ab0c7535e00abe7b57982335b0471ad857a093c6765e6c58443852", "",
		"fb95eb3c47dcad3b783b045b29bcb6f5aefc0389735843b92b4d8fab97d61350"
		"b76b2a83442d7c5aa497aa1cf441760281a08b",
		"2f157687f782c8b64325826e3c755194c70abffd9d78c4678924b9d73dcced86"
		"dcaf7dfa3bf56cf03fa45c7fca05ca1092c41bbd934131e95db2b204241a9d02" },
	{ ALG_KBKDF_PIPELINE, HASH_NONE, 0, "ada2452f1f141a82c7a1b7d3e09ffed1", "",
		"335660eb265d2044efa06eacd848d3f9f57d219011343318f3a964df4a6fb1bf"
		"6cbdee711c7fcbe73b8f257f992e47e8b065af",
		"a73bd29176e38e761222ae07d639181f4b2c555a3b261815cde5d88a67c8b95c"
		"58b6b66ea4f10608c6d799b051519fc8e89de00cdc556350a7d966475086f9af" },
};

static void
keys_are_those_of_nists_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(published); i++) {
		bool counts = published[i].alg == ALG_KBKDF_COUNTER;
		size_t width = published[i].width;
		struct kbkdf_part parts[3] = {
			{ .kind = KBKDF_ITERATION, .width = counts ? width : 0 },
			{ .kind = KBKDF_BYTES, .bytes = hex(published[i].fixed) },
		};
		struct scheme s = { .alg = published[i].alg,
			.kbkdf = { .parts = parts, .count = 2, .iv = hex(published[i].iv) } };
		struct bytes want = hex(published[i].out);
		struct buf out = BUF_EMPTY;

		if (!counts && width > 0) {
			parts[2] = parts[1];
			parts[1] = (struct kbkdf_part){ .kind = KBKDF_COUNTER, .width = width };
			s.kbkdf.count = 3;
		}
		assert_rv(CKR_OK,
			derive(&s, published[i].hash, hex(published[i].key), want.len, &out));
		assert_bytes_equal(want, view(&out));
		buf_free(&out);
		vectors_free();
	}
}

/* --- libcrypto's own: [i] || label || 0 || context || [L], 32 bits each; K(i - 1) in front --- */

static void
reference(
	const char *mode, enum hash h, struct bytes key, struct bytes iv, uint8_t *out, size_t len)
{
	const char *name = h == HASH_NONE ? "AES-256-CBC" : hash_row(h)->name;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, (char *)mode, 0),
		OSSL_PARAM_construct_utf8_string(
			OSSL_KDF_PARAM_MAC, (char *)(h == HASH_NONE ? "CMAC" : "HMAC"), 0),
		OSSL_PARAM_construct_utf8_string(
			h == HASH_NONE ? OSSL_KDF_PARAM_CIPHER : OSSL_KDF_PARAM_DIGEST,
			(char *)name, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key.ptr, key.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (char[]){ "label" }, 5),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (char[]){ "context" }, 7),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, (void *)iv.ptr, iv.len),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);

	assert_int_equal(1, EVP_KDF_derive(ctx, out, len, params));
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static void
counter_and_feedback_with_every_prf_are_libcryptos(void **state)
{
	static const size_t lens[] = { 1, 16, 63, 200 };
	static const uint8_t ivs[64] = "of the PRF's length";
	struct bytes key = LITERAL("as long as the longest AES keys.");
	uint8_t want[200];

	(void)state;
	for (size_t i = 0; i < HASH_COUNT * COUNT(lens) * 2; i++) {
		enum hash h = (enum hash)(i / 2 / COUNT(lens));
		size_t len = lens[i / 2 % COUNT(lens)];
		bool feedback = i % 2 == 1;
		struct bytes iv = bytes_of(ivs, prf_len(h)); /* libcrypto wants just this length */
		struct kbkdf_part parts[] = {
			{ .kind = KBKDF_ITERATION },
			{ .kind = KBKDF_COUNTER, .width = 4 },
			{ .kind = KBKDF_BYTES, .bytes = LITERAL("label") },
			{ .kind = KBKDF_BYTES, .bytes = bytes_of("", 1) },
			{ .kind = KBKDF_BYTES, .bytes = LITERAL("context") },
			{ .kind = KBKDF_LENGTH, .width = 4 },
		};
		struct scheme s = { .alg = ALG_KBKDF_FEEDBACK,
			.kbkdf = { .parts = parts, .count = COUNT(parts), .iv = iv } };
		struct buf out = BUF_EMPTY;

		if (!feedback) {
			parts[1].kind = KBKDF_ITERATION;
			s = (struct scheme){ .alg = ALG_KBKDF_COUNTER,
				.kbkdf = { .parts = parts + 1, .count = COUNT(parts) - 1 } };
		}
		reference(feedback ? "FEEDBACK" : "COUNTER", h, key, feedback ? iv : BYTES_EMPTY,
			want, len);
		assert_rv(CKR_OK, derive(&s, h, key, len, &out));
		assert_bytes_equal(bytes_of(want, len), view(&out));
		buf_free(&out);
	}
}

/* --- by hand, as SP 800-108 says --- */

static void
assert_first_segment(const struct scheme *s, size_t keys_len, struct bytes input)
{
	struct mac *prf = prf_new(HASH_SHA256, LITERAL("key"));
	struct buf out = BUF_EMPTY;
	uint8_t want[32];

	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA256, LITERAL("key"), &input, 1, want));
	assert_rv(CKR_OK, crypto_kbkdf(s, prf, 3, keys_len, &out));
	assert_int_equal(96, out.len);
	assert_memory_equal(want, out.ptr, sizeof want);
	mac_free(prf);
	buf_free(&out);
}

static void
numbers_have_their_width_and_order(void **state)
{
	static const struct {
		struct kbkdf_part counter, length;
		const char *input;
	} rows[] = {
		{ { .width = 1 }, { .width = 1 }, "01f0" },
		{ { .width = 1 }, { .width = 2, .of_segments = true }, "010300" },
		{ { .width = 2 }, { .width = 2 }, "000100f0" },
		{ { .width = 2, .little_endian = true }, { .width = 2, .little_endian = true },
			"0100f000" },
		{ { .width = 3 }, { .width = 3, .little_endian = true, .of_segments = true },
			"000001000300" },
		{ { .width = 4, .little_endian = true }, { .width = 8 },
			"0100000000000000000000f0" },
		{ { .width = 4 }, { .width = 8, .little_endian = true },
			"00000001f000000000000000" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kbkdf_part parts[] = { rows[i].counter, rows[i].length };
		struct scheme s = { .alg = ALG_KBKDF_COUNTER,
			.kbkdf = { .segment_len = 32, .parts = parts, .count = 2 } };

		parts[0].kind = KBKDF_ITERATION;
		parts[1].kind = KBKDF_LENGTH;
		assert_first_segment(&s, 30, hex(rows[i].input));
		vectors_free();
	}
}

/* 4.3: A(0) has all but A and the counter; and an HMAC here, since NIST's vectors are CMACs. */
static void
the_double_pipeline_begins_with_what_does_not_change(void **state)
{
	struct kbkdf_part parts[] = {
		{ .kind = KBKDF_BYTES, .bytes = LITERAL("label") },
		{ .kind = KBKDF_COUNTER, .width = 2 },
		{ .kind = KBKDF_ITERATION },
		{ .kind = KBKDF_LENGTH, .width = 1 },
	};
	struct scheme s = { .alg = ALG_KBKDF_PIPELINE,
		.kbkdf = { .parts = parts, .count = COUNT(parts) } };
	struct bytes key = LITERAL("key"), a = LITERAL("label\xa0");
	uint8_t a_room[20], number[2] = { 0, 0 }, want[40];
	struct buf out = BUF_EMPTY;

	(void)state;
	for (uint8_t i = 0; i < 2; i++) {
		const struct bytes input[] = { LITERAL("label"), bytes_of(number, 2),
			bytes_of(a_room, 20), LITERAL("\xa0") };

		number[1] = (uint8_t)(i + 1);
		assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA1, key, &a, 1, a_room));
		a = bytes_of(a_room, 20);
		assert_rv(CKR_OK,
			crypto_hmac_into(HASH_SHA1, key, input, COUNT(input), want + i * 20));
	}
	assert_rv(CKR_OK, derive(&s, HASH_SHA1, key, 20, &out));
	assert_memory_equal(want, out.ptr, 20);
	parts[3] = (struct kbkdf_part){ .kind = KBKDF_BYTES, .bytes = LITERAL("\xa0") };
	assert_rv(CKR_OK, derive(&s, HASH_SHA1, key, 40, &out));
	assert_memory_equal(want, out.ptr, 40);
	buf_free(&out);
}

static void
segments_end_where_a_counter_does(void **state)
{
	struct kbkdf_part parts[] = {
		{ .kind = KBKDF_ITERATION, .width = 3 },
		{ .kind = KBKDF_LENGTH, .width = 1 },
		{ .kind = KBKDF_COUNTER, .width = 4 },
	};
	struct scheme s = { .alg = ALG_KBKDF_COUNTER, .kbkdf = { .parts = parts, .count = 1 } };
	struct mac *prf = prf_new(HASH_SHA256, LITERAL("key"));
	struct buf out = BUF_EMPTY;

	(void)state;
	s.kbkdf.segment_len = 32;
	assert_int_equal(0xffffff, kbkdf_segments_max(&s.kbkdf));
	parts[0].width = 0;
	s.kbkdf.count = 3;
	assert_int_equal(UINT32_MAX, kbkdf_segments_max(&s.kbkdf));
	parts[2].width = 2;
	assert_int_equal(0xffff, kbkdf_segments_max(&s.kbkdf));
	parts[0].width = 1;
	assert_int_equal(0xff, kbkdf_segments_max(&s.kbkdf));
	assert_rv(CKR_ARGUMENTS_BAD, crypto_kbkdf(&s, prf, 256, 1, &out));
	assert_rv(CKR_OK, crypto_kbkdf(&s, prf, 255, 31, &out));
	assert_int_equal(255 * 32, out.len);
	mac_free(prf);
	buf_free(&out);
}

static void
what_does_not_fit_makes_nothing(void **state)
{
	struct kbkdf_part parts[] = {
		{ .kind = KBKDF_ITERATION, .width = 1 },
		{ .kind = KBKDF_LENGTH, .width = 1 },
	};
	struct scheme s = { .alg = ALG_KBKDF_COUNTER,
		.kbkdf = { .segment_len = 32, .parts = parts, .count = 2 } };
	struct mac *prf = prf_new(HASH_SHA256, LITERAL("key"));
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, crypto_kbkdf(&s, prf, 1, 32, &out));
	parts[1].of_segments = true;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, crypto_kbkdf(&s, prf, 1, 31, &out));
	parts[1] = (struct kbkdf_part){ .kind = KBKDF_KEY, .key = 1 };
	assert_rv(CKR_ARGUMENTS_BAD, crypto_kbkdf(&s, prf, 1, 31, &out));
	assert_null(out.ptr);
	mac_free(prf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_nists_vectors),
		cmocka_unit_test(counter_and_feedback_with_every_prf_are_libcryptos),
		cmocka_unit_test(numbers_have_their_width_and_order),
		cmocka_unit_test(the_double_pipeline_begins_with_what_does_not_change),
		cmocka_unit_test(segments_end_where_a_counter_does),
		cmocka_unit_test(what_does_not_fit_makes_nothing),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
