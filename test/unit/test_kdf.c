/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/crypto.h"
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct bytes
repeated(uint8_t value, size_t len)
{
	struct buf *b = &vectors[vectors_count++];

	assert_rv(CKR_OK, buf_resize(b, len));
	memset(b->ptr, value, len);
	return view(b);
}

static void
assert_hmac(enum hash h, struct bytes key, struct bytes data, const char *expected)
{
	const struct bytes parts[] = { bytes_slice(data, 0, 3), bytes_slice(data, 3, data.len) };
	struct bytes want = hex(expected);
	uint8_t mac[64];

	assert_int_equal(want.len, hash_row(h)->len);
	assert_rv(CKR_OK, crypto_hmac_into(h, key, parts, COUNT(parts), mac));
	assert_bytes_equal(bytes_of(mac, want.len), want);
}

static void
hmacs_are_those_of_rfc_2202_and_4231(void **state)
{
	struct bytes jefe = LITERAL("Jefe");
	struct bytes what = LITERAL("what do ya want for nothing?");
	struct bytes larger = LITERAL("Test Using Larger Than Block-Size Key - Hash Key First");

	(void)state;
	assert_hmac(HASH_SHA1, jefe, what, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	assert_hmac(HASH_SHA224, jefe, what,
		"a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44");
	assert_hmac(HASH_SHA256, jefe, what,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_hmac(HASH_SHA384, jefe, what,
		"af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c7"
		"8b3239ecfab21649");
	assert_hmac(HASH_SHA512, jefe, what,
		"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a"
		"6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	assert_hmac(
		HASH_SHA1, repeated(0xaa, 80), larger, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
	assert_hmac(HASH_SHA256, repeated(0xaa, 131), larger,
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	assert_hmac(HASH_SHA512, repeated(0xaa, 131), larger,
		"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598"
		"bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
	vectors_free();
}

static void
an_empty_key_is_a_key(void **state)
{
	(void)state;
	assert_hmac(HASH_SHA256, BYTES_EMPTY, BYTES_EMPTY,
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
	vectors_free();
}

static void
hkdf_is_that_of_rfc_5869(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK,
		crypto_hkdf(HASH_SHA256, repeated(0x0b, 22), hex("000102030405060708090a0b0c"),
			hex("f0f1f2f3f4f5f6f7f8f9"), 42, &out));
	assert_bytes_equal(
		view(&out), hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
				"34007208d5b887185865"));
	assert_rv(CKR_OK,
		crypto_hkdf(HASH_SHA256, repeated(0x0b, 22), BYTES_EMPTY, BYTES_EMPTY, 42, &out));
	assert_bytes_equal(
		view(&out), hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
				"9d201395faa4b61a96c8"));
	assert_rv(CKR_OK,
		crypto_hkdf(HASH_SHA1, repeated(0x0b, 11), hex("000102030405060708090a0b0c"),
			hex("f0f1f2f3f4f5f6f7f8f9"), 42, &out));
	assert_bytes_equal(
		view(&out), hex("085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2"
				"c22e422478d305f3f896"));
	buf_free(&out);
	vectors_free();
}

static void
hkdf_ends_at_255_blocks(void **state)
{
	struct buf out = BUF_EMPTY;
	struct bytes k = LITERAL("key");

	(void)state;
	assert_rv(CKR_OK, crypto_hkdf(HASH_SHA256, k, k, k, 255 * 32, &out));
	assert_int_equal(out.len, 255 * 32);
	assert_rv(CKR_ARGUMENTS_BAD, crypto_hkdf(HASH_SHA256, k, k, k, 255 * 32 + 1, &out));
	assert_int_equal(out.len, 255 * 32);
	assert_rv(CKR_MECHANISM_INVALID, crypto_hkdf(HASH_NONE, k, k, k, 1, &out));
	buf_free(&out);
}

static void
pbkdf2_is_that_of_rfc_6070_and_7914(void **state)
{
	struct buf out = BUF_EMPTY;
	struct bytes password = LITERAL("password");
	struct bytes salt = LITERAL("salt");

	(void)state;
	assert_rv(CKR_OK, crypto_pbkdf2(HASH_SHA1, password, salt, 1, 20, &out));
	assert_bytes_equal(view(&out), hex("0c60c80f961f0e71f3a9b524af6012062fe037a6"));
	assert_rv(CKR_OK, crypto_pbkdf2(HASH_SHA1, password, salt, 4096, 20, &out));
	assert_bytes_equal(view(&out), hex("4b007901b765489abead49d926f721d065a429c1"));
	assert_rv(CKR_OK, crypto_pbkdf2(HASH_SHA256, LITERAL("passwd"), salt, 1, 64, &out));
	assert_bytes_equal(view(&out),
		hex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
		    "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"));
	buf_free(&out);
	vectors_free();
}

static void
pbkdf2_takes_an_empty_password_and_refuses_no_work(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_pbkdf2(HASH_SHA256, BYTES_EMPTY, BYTES_EMPTY, 1, 8, &out));
	assert_int_equal(out.len, 8);
	assert_rv(CKR_ARGUMENTS_BAD,
		crypto_pbkdf2(HASH_SHA256, LITERAL("p"), LITERAL("s"), 0, 8, &out));
	assert_rv(CKR_ARGUMENTS_BAD,
		crypto_pbkdf2(HASH_SHA256, LITERAL("p"), LITERAL("s"), 1, 0, &out));
	assert_rv(CKR_MECHANISM_INVALID,
		crypto_pbkdf2(HASH_NONE, LITERAL("p"), LITERAL("s"), 1, 8, &out));
	buf_free(&out);
}

/* libcrypto's own derivation with these parameters: the independent calculation. */
static void
reference(const char *name, const OSSL_PARAM *params, uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);

	assert_int_equal(1, EVP_KDF_derive(ctx, out, len, params));
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

/* KDFa is SP 800-108 in counter mode with the label's NUL as separator, and the length in bits. */
static void
kdfa_is_the_counter_mode_of_sp_800_108(void **state)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){ "SHA256" }, 6),
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_MAC, (char[]){ "HMAC" }, 4),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (char[]){ "the key" }, 7),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (char[]){ "ATH" }, 3),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (char[]){ "nonceTPMcaller" }, 14),
		OSSL_PARAM_END,
	};
	static const size_t lens[] = { 16, 32, 33, 100 };
	uint8_t want[100];
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(lens); i++) {
		reference("KBKDF", params, want, lens[i]);
		assert_rv(
			CKR_OK, crypto_kdfa(HASH_SHA256, LITERAL("the key"), "ATH",
					LITERAL("nonceTPM"), LITERAL("caller"), lens[i] * 8, &out));
		assert_bytes_equal(view(&out), bytes_of(want, lens[i]));
	}
	buf_free(&out);
}

/* KDFe is SP 800-56A's single step: counter || Z || label NUL U V. */
static void
kdfe_is_the_single_step_of_sp_800_56a(void **state)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){ "SHA256" }, 6),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (char[]){ "shared x" }, 8),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (char[]){ "SECRET\0ownpeer" }, 14),
		OSSL_PARAM_END,
	};
	static const size_t lens[] = { 16, 32, 70 };
	uint8_t want[70];
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(lens); i++) {
		reference("SSKDF", params, want, lens[i]);
		assert_rv(CKR_OK, crypto_kdfe(HASH_SHA256, LITERAL("shared x"), "SECRET",
					  LITERAL("own"), LITERAL("peer"), lens[i] * 8, &out));
		assert_bytes_equal(view(&out), bytes_of(want, lens[i]));
	}
	buf_free(&out);
}

static void
keys_of_a_shared_secret_are_those_of_x963_and_sp_800_56a(void **state)
{
	static const struct {
		enum kdf kdf;
		const char *name;
	} rows[] = { { KDF_X963, "X963KDF" }, { KDF_SP800, "SSKDF" } };
	static const size_t lens[] = { 1, 48, 96, 97 };
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){ "SHA384" }, 6),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (char[]){ "shared x" }, 8),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (char[]){ "info" }, 4),
		OSSL_PARAM_END,
	};
	uint8_t want[97];
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(lens); i++) {
		size_t len = lens[i / COUNT(rows)];

		reference(rows[i % COUNT(rows)].name, params, want, len);
		assert_rv(CKR_OK, crypto_kdf_shared(rows[i % COUNT(rows)].kdf, HASH_SHA384,
					  LITERAL("shared x"), LITERAL("info"), len, &out));
		assert_bytes_equal(view(&out), bytes_of(want, len));
	}
	buf_free(&out);
}

static void
without_a_kdf_the_secrets_end_is_the_key(void **state)
{
	struct bytes secret = LITERAL("shared x");
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_kdf_shared(KDF_NONE, HASH_NONE, secret, BYTES_EMPTY, 3, &out));
	assert_bytes_equal(view(&out), LITERAL("d x"));
	assert_rv(CKR_OK, crypto_kdf_shared(KDF_NONE, HASH_NONE, secret, BYTES_EMPTY, 8, &out));
	assert_bytes_equal(view(&out), secret);
	assert_rv(CKR_ARGUMENTS_BAD,
		crypto_kdf_shared(KDF_NONE, HASH_NONE, secret, BYTES_EMPTY, 9, &out));
	assert_rv(CKR_MECHANISM_INVALID,
		crypto_kdf_shared(KDF_X963, HASH_NONE, secret, BYTES_EMPTY, 9, &out));
	buf_free(&out);
}

static void
the_tpm_derivations_refuse_broken_bytes_and_no_hash(void **state)
{
	static const size_t wrong[] = { 0, 7, 129, 1u << 16 };
	struct bytes k = LITERAL("k");
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_rv(
			CKR_ARGUMENTS_BAD, crypto_kdfa(HASH_SHA256, k, "x", k, k, wrong[i], &out));
		assert_rv(
			CKR_ARGUMENTS_BAD, crypto_kdfe(HASH_SHA256, k, "x", k, k, wrong[i], &out));
	}
	assert_rv(CKR_MECHANISM_INVALID, crypto_kdfa(HASH_NONE, k, "x", k, k, 128, &out));
	assert_rv(CKR_MECHANISM_INVALID, crypto_kdfe(HASH_NONE, k, "x", k, k, 128, &out));
	assert_null(out.ptr);
}

static int
setup(void **state)
{
	(void)state;
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	crypto_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmacs_are_those_of_rfc_2202_and_4231),
		cmocka_unit_test(an_empty_key_is_a_key),
		cmocka_unit_test(hkdf_is_that_of_rfc_5869),
		cmocka_unit_test(hkdf_ends_at_255_blocks),
		cmocka_unit_test(pbkdf2_is_that_of_rfc_6070_and_7914),
		cmocka_unit_test(pbkdf2_takes_an_empty_password_and_refuses_no_work),
		cmocka_unit_test(kdfa_is_the_counter_mode_of_sp_800_108),
		cmocka_unit_test(kdfe_is_the_single_step_of_sp_800_56a),
		cmocka_unit_test(keys_of_a_shared_secret_are_those_of_x963_and_sp_800_56a),
		cmocka_unit_test(without_a_kdf_the_secrets_end_is_the_key),
		cmocka_unit_test(the_tpm_derivations_refuse_broken_bytes_and_no_hash),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
