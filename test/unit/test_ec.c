/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "crypto/crypto.h"
#include "vector.h"
#include "with_crypto.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static const struct scheme ecdsa = { .alg = ALG_ECDSA };

struct ec_row {
	enum curve curve;
	enum hash hash; /* of "sample" */
	const char *point;
	const char *r, *s;
};

#define P256_KEY                                                                                   \
	"0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"         \
	"99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define P384_KEY                                                                                   \
	"04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea905586"         \
	"6064a254515480bc138015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9d"         \
	"b1288b231c3ae0d4fe7344fd2533264720"
#define P521_KEY                                                                                   \
	"0401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45db"         \
	"6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f5023a400493101c962cd4d2fddf78228"         \
	"5e64584139c2f91b47f87ff82354d6630f746a28a0db25741b5b34a828008b22acc23f924faafbd4"         \
	"d33f81ea66956dfeaa2bfdfcf5"

/* RFC 6979, A.2.5 to A.2.7: digests shorter than, as long as and longer than the order. */
static const struct ec_row ec_rows[] = {
	{ CURVE_P256, HASH_SHA1, P256_KEY,
		"61340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d32",
		"6d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb" },
	{ CURVE_P256, HASH_SHA256, P256_KEY,
		"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
		"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
	{ CURVE_P256, HASH_SHA512, P256_KEY,
		"8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00",
		"2362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe" },
	{ CURVE_P384, HASH_SHA384, P384_KEY,
		"94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
		"81a648152e44acf96e36dd1e80fabe46",
		"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
		"a329c145786e679e7b82c71a38628ac8" },
	{ CURVE_P521, HASH_SHA512, P521_KEY,
		"00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f"
		"174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e3"
		"77fa",
		"00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af"
		"282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4"
		"a67a" },
};

static struct pubkey
ec_key(enum curve curve, const char *point)
{
	struct pubkey k = { .kind = KEY_EC, .curve = curve };

	assert_rv(CKR_OK, buf_set(&k.point, hex(point)));
	return k;
}

static void
signature_of(const char *r, const char *s, struct buf *out)
{
	assert_rv(CKR_OK, buf_set(out, hex(r)));
	assert_rv(CKR_OK, buf_append(out, hex(s)));
}

static void
published_ecdsa_signatures_verify(void **state)
{
	const struct bytes sample = LITERAL("sample");
	struct buf digest = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(ec_rows); i++) {
		const struct ec_row *row = &ec_rows[i];
		struct pubkey k = ec_key(row->curve, row->point);
		struct scheme s = ecdsa;

		assert_rv(CKR_OK, crypto_hash(row->hash, &sample, 1, &digest));
		signature_of(row->r, row->s, &signature);
		assert_rv(CKR_OK, crypto_verify(&k, &s, view(&digest), view(&signature)));
		s.hash = row->hash;
		assert_rv(CKR_OK, crypto_verify(&k, &s, view(&digest), view(&signature)));
		digest.ptr[0] ^= 1;
		assert_rv(CKR_SIGNATURE_INVALID,
			crypto_verify(&k, &s, view(&digest), view(&signature)));
		pubkey_free(&k);
	}
	buf_free(&digest);
	buf_free(&signature);
	vectors_free();
}

static void
bits_beyond_the_order_do_not_count(void **state)
{
	const struct bytes sample = LITERAL("sample");
	const struct ec_row *row = &ec_rows[2];
	struct pubkey k = ec_key(row->curve, row->point);
	struct buf digest = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_hash(row->hash, &sample, 1, &digest));
	signature_of(row->r, row->s, &signature);
	assert_rv(CKR_OK,
		crypto_verify(&k, &ecdsa, bytes_slice(view(&digest), 0, 32), view(&signature)));
	digest.ptr[40] ^= 1;
	assert_rv(CKR_OK, crypto_verify(&k, &ecdsa, view(&digest), view(&signature)));
	digest.ptr[31] ^= 1;
	assert_rv(
		CKR_SIGNATURE_INVALID, crypto_verify(&k, &ecdsa, view(&digest), view(&signature)));
	pubkey_free(&k);
	buf_free(&digest);
	buf_free(&signature);
	vectors_free();
}

#define P256_ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define P256_ABOVE "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552"
#define P256_BELOW "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
#define ONE        "0000000000000000000000000000000000000000000000000000000000000001"
#define ONES       "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define R          "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
#define S          "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

static void
numbers_outside_the_order_are_no_signature(void **state)
{
	static const char *const wrong[][2] = {
		{ ZEROS, S },
		{ R, ZEROS },
		{ ZEROS, ZEROS },
		{ P256_ORDER, S },
		{ R, P256_ORDER },
		{ P256_ABOVE, S },
		{ R, P256_ABOVE },
		{ ONES, ONES },
		{ S, R },
		{ P256_BELOW, P256_BELOW },
	};
	const struct bytes sample = LITERAL("sample");
	struct buf digest = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_hash(HASH_SHA256, &sample, 1, &digest));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct pubkey k = ec_key(CURVE_P256, P256_KEY);

		signature_of(wrong[i][0], wrong[i][1], &signature);
		assert_rv(CKR_SIGNATURE_INVALID,
			crypto_verify(&k, &ecdsa, view(&digest), view(&signature)));
		pubkey_free(&k);
		vectors_free();
	}
	buf_free(&digest);
	buf_free(&signature);
}

#define P256_BASE                                                                                  \
	"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f"         \
	"9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

/* With the base point as key, e = 1, r = n - 1 and s = 1: G + (n - 1) G is no point. */
static void
the_point_at_infinity_is_no_signature(void **state)
{
	uint8_t digest[32] = { [31] = 1 };
	struct pubkey k = ec_key(CURVE_P256, P256_BASE);
	struct buf signature = BUF_EMPTY;

	(void)state;
	signature_of(P256_BELOW, ONE, &signature);
	assert_rv(CKR_SIGNATURE_INVALID,
		crypto_verify(&k, &ecdsa, bytes_of(digest, sizeof digest), view(&signature)));
	pubkey_free(&k);
	buf_free(&signature);
	vectors_free();
}

static void
an_ecdsa_signature_is_two_numbers_not_longer_than_the_field(void **state)
{
	static const size_t wrong[] = { 0, 1, 63, 65, 70, 72, 96, 128 };
	uint8_t signature[134] = { 1 };
	uint8_t digest[32] = { 1 };
	struct pubkey k = ec_key(CURVE_P256, P256_KEY);
	struct pubkey p521 = ec_key(CURVE_P521, P521_KEY);

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_rv(CKR_SIGNATURE_LEN_RANGE, crypto_verify(&k, &ecdsa, bytes_of(digest, 32),
							   bytes_of(signature, wrong[i])));
	assert_rv(CKR_SIGNATURE_LEN_RANGE,
		crypto_verify(&p521, &ecdsa, bytes_of(digest, 32), bytes_of(signature, 134)));
	pubkey_free(&k);
	pubkey_free(&p521);
	vectors_free();
}

/* The one of P-521 has numbers that begin with a zero. */
static void
an_ecdsa_signature_may_lack_zeros_that_both_numbers_begin_with(void **state)
{
	const struct bytes sample = LITERAL("sample");
	const struct ec_row *row = &ec_rows[COUNT(ec_rows) - 1];
	struct pubkey k = ec_key(row->curve, row->point);
	struct buf digest = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_hash(row->hash, &sample, 1, &digest));
	signature_of(row->r + 2, row->s + 2, &signature);
	assert_int_equal(130, signature.len);
	assert_rv(CKR_OK, crypto_verify(&k, &ecdsa, view(&digest), view(&signature)));
	digest.ptr[0] ^= 1;
	assert_rv(
		CKR_SIGNATURE_INVALID, crypto_verify(&k, &ecdsa, view(&digest), view(&signature)));
	signature_of(row->r + 2, row->s + 4, &signature);
	assert_rv(CKR_SIGNATURE_LEN_RANGE,
		crypto_verify(&k, &ecdsa, view(&digest), view(&signature)));
	pubkey_free(&k);
	buf_free(&digest);
	buf_free(&signature);
	vectors_free();
}

static void
ecdsa_wants_a_digest_of_its_hash(void **state)
{
	struct scheme s = { .alg = ALG_ECDSA, .hash = HASH_SHA256 };
	uint8_t digest[33] = { 1 };
	uint8_t signature[64] = { 1 };
	struct pubkey k = ec_key(CURVE_P256, P256_KEY);

	(void)state;
	assert_rv(CKR_DATA_LEN_RANGE,
		crypto_verify(&k, &s, bytes_of(digest, 33), bytes_of(signature, 64)));
	assert_rv(CKR_DATA_LEN_RANGE,
		crypto_verify(&k, &s, bytes_of(digest, 31), bytes_of(signature, 64)));
	assert_rv(CKR_DATA_LEN_RANGE,
		crypto_verify(&k, &ecdsa, BYTES_EMPTY, bytes_of(signature, 64)));
	pubkey_free(&k);
	vectors_free();
}

static void
points_that_are_not_on_the_curve_are_refused(void **state)
{
	struct pubkey k = ec_key(CURVE_P256, P256_KEY);
	struct buf point = BUF_EMPTY;
	struct buf z = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_pubkey_check(&k));
	for (size_t i = 0; i < k.point.len; i++) {
		k.point.ptr[i] ^= 1;
		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_pubkey_check(&k));
		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, ecdh_ephemeral(&k, &point, &z));
		k.point.ptr[i] ^= 1;
	}
	/* coordinates that are not below the prime; the point at infinity; compressed */
	assert_rv(CKR_OK, buf_set(&k.point, hex("04" ONES ONES)));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_pubkey_check(&k));
	assert_rv(CKR_OK, buf_set(&k.point, hex("00")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_pubkey_check(&k));
	assert_rv(CKR_OK, buf_set(&k.point, BYTES_EMPTY));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_pubkey_check(&k));
	assert_rv(CKR_OK,
		buf_set(&k.point,
			hex("0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_pubkey_check(&k));
	k.curve = CURVE_NONE;
	assert_rv(CKR_DOMAIN_PARAMS_INVALID, crypto_pubkey_check(&k));
	k.kind = KEY_NONE;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_pubkey_check(&k));
	assert_null(point.ptr);
	assert_null(z.ptr);
	pubkey_free(&k);
	vectors_free();
}

/* libcrypto agrees on the same x with the other half of the key. */
static void
both_sides_of_a_key_agreement_get_the_same(void **state)
{
	(void)state;
	for (enum curve c = CURVE_NONE + 1; c < CURVE_COUNT; c++) {
		EVP_PKEY *pair = EVP_EC_gen(curve_row(c)->name);
		EVP_PKEY *ours = EVP_PKEY_new();
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pair, NULL);
		struct pubkey peer = { .kind = KEY_EC, .curve = c };
		struct buf point = BUF_EMPTY;
		struct buf z = BUF_EMPTY;
		uint8_t want[66];
		uint8_t *encoded = NULL;
		size_t len = EVP_PKEY_get1_encoded_public_key(pair, &encoded);

		assert_rv(CKR_OK, buf_set(&peer.point, bytes_of(encoded, len)));
		for (int i = 0; i < 8; i++) {
			assert_rv(CKR_OK, ecdh_ephemeral(&peer, &point, &z));
			assert_int_equal(1, EVP_PKEY_copy_parameters(ours, pair));
			assert_int_equal(
				1, EVP_PKEY_set1_encoded_public_key(ours, point.ptr, point.len));
			len = sizeof want;
			assert_int_equal(1, EVP_PKEY_derive_init(ctx));
			assert_int_equal(1, EVP_PKEY_derive_set_peer(ctx, ours));
			assert_int_equal(1, EVP_PKEY_derive(ctx, want, &len));
			assert_bytes_equal(view(&z), bytes_of(want, len));
		}
		OPENSSL_free(encoded);
		EVP_PKEY_CTX_free(ctx);
		EVP_PKEY_free(ours);
		EVP_PKEY_free(pair);
		pubkey_free(&peer);
		buf_free(&point);
		buf_free(&z);
	}
}

static void
two_fresh_keys_agree(void **state)
{
	(void)state;
	for (enum curve c = CURVE_NONE + 1; c < CURVE_COUNT; c++) {
		struct pubkey publics[2] = { { .kind = KEY_EC, .curve = c },
			{ .kind = KEY_EC, .curve = c } };
		struct buf scalars[2] = { BUF_EMPTY, BUF_EMPTY };
		struct buf z[2] = { BUF_EMPTY, BUF_EMPTY };

		for (size_t i = 0; i < 2; i++)
			assert_rv(CKR_OK, ec_key_make(c, &scalars[i], &publics[i].point));
		for (size_t i = 0; i < 2; i++)
			assert_rv(CKR_OK, ecdh_shared(&publics[i], view(&scalars[1 - i]), &z[i]));
		assert_int_equal(curve_row(c)->field_len, z[0].len);
		assert_bytes_equal(view(&z[0]), view(&z[1]));
		for (size_t i = 0; i < 2; i++) {
			pubkey_free(&publics[i]);
			buf_free(&scalars[i]);
			buf_free(&z[i]);
		}
	}
}

static void
what_is_no_private_key_agrees_on_nothing(void **state)
{
	struct pubkey k = ec_key(CURVE_P256, P256_KEY);
	struct pubkey rsa = { .kind = KEY_RSA };
	struct buf z = BUF_EMPTY;
	struct buf scalar = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, ecdh_shared(&k, BYTES_EMPTY, &z));
	assert_rv(CKR_ARGUMENTS_BAD, ecdh_shared(&k, hex(ZEROS), &z));
	assert_rv(CKR_ARGUMENTS_BAD, ecdh_shared(&k, hex(ONES), &z));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, ecdh_shared(&rsa, hex("01"), &z));
	assert_rv(CKR_DOMAIN_PARAMS_INVALID, ec_key_make(CURVE_NONE, &scalar, &z));
	k.point.ptr[9] ^= 1;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, ecdh_shared(&k, hex("01"), &z));
	assert_null(z.ptr);
	assert_null(scalar.ptr);
	pubkey_free(&k);
	vectors_free();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_ecdsa_signatures_verify),
		cmocka_unit_test(bits_beyond_the_order_do_not_count),
		cmocka_unit_test(numbers_outside_the_order_are_no_signature),
		cmocka_unit_test(the_point_at_infinity_is_no_signature),
		cmocka_unit_test(an_ecdsa_signature_is_two_numbers_not_longer_than_the_field),
		cmocka_unit_test(an_ecdsa_signature_may_lack_zeros_that_both_numbers_begin_with),
		cmocka_unit_test(ecdsa_wants_a_digest_of_its_hash),
		cmocka_unit_test(points_that_are_not_on_the_curve_are_refused),
		cmocka_unit_test(both_sides_of_a_key_agreement_get_the_same),
		cmocka_unit_test(two_fresh_keys_agree),
		cmocka_unit_test(what_is_no_private_key_agrees_on_nothing),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
