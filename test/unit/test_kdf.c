/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/crypto.h"
#include "vector.h"
#include "with_crypto.h"

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

/* first, first + 1 ... */
static struct bytes
counted(uint8_t first, size_t len)
{
	struct buf *b = &vectors[vectors_count++];

	assert_rv(CKR_OK, buf_resize(b, len));
	for (size_t i = 0; i < len; i++)
		b->ptr[i] = (uint8_t)(first + i);
	return view(b);
}

static void
assert_hkdf(enum hash h, struct bytes key, struct bytes salt, struct bytes info, const char *prk,
	const char *okm)
{
	struct bytes want = hex(okm);
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, crypto_hkdf_extract(h, key, salt, &out));
	assert_bytes_equal(view(&out), hex(prk));
	assert_rv(CKR_OK, crypto_hkdf_expand(h, hex(prk), info, want.len, &out));
	assert_bytes_equal(view(&out), want);
	assert_rv(CKR_OK, crypto_hkdf(h, key, salt, info, want.len, &out));
	assert_bytes_equal(view(&out), want);
	buf_free(&out);
}

static void
hkdf_is_that_of_rfc_5869(void **state)
{
	struct bytes salt = counted(0x00, 13), info = counted(0xf0, 10);
	struct bytes long_key = counted(0x00, 80), long_salt = counted(0x60, 80);
	struct bytes long_info = counted(0xb0, 80), none = BYTES_EMPTY;

	(void)state;
	assert_hkdf(HASH_SHA256, repeated(0x0b, 22), salt, info,
		"077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
		"3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
		"34007208d5b887185865");
	assert_hkdf(HASH_SHA256, long_key, long_salt, long_info,
		"06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
		"b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
		"59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
		"cc30c58179ec3e87c14c01d5c1f3434f1d87");
	assert_hkdf(HASH_SHA256, repeated(0x0b, 22), none, none,
		"19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
		"8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
		"9d201395faa4b61a96c8");
	assert_hkdf(HASH_SHA1, repeated(0x0b, 11), salt, info,
		"9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243",
		"085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2"
		"c22e422478d305f3f896");
	assert_hkdf(HASH_SHA1, long_key, long_salt, long_info,
		"8adae09a2a307059478d309b26c4115a224cfaf6",
		"0bd770a74d1160f7c9f12cd5912a06ebff6adcae899d92191fe4305673ba2ffe"
		"8fa3f1a4e5ad79f3f334b3b202b2173c486ea37ce3d397ed034c7f9dfeb15c5e"
		"927336d0441f4c4300e2cff0d0900b52d3b4");
	assert_hkdf(HASH_SHA1, repeated(0x0b, 22), none, none,
		"da8c8a73c7fa77288ec6f5e7c297786aa0d32d01",
		"0ac1af7002b3d761d1e55298da9d0506b9ae52057220a306e07b6b87e8df21d0"
		"ea00033de03984d34918");
	assert_hkdf(HASH_SHA1, repeated(0x0c, 22), none, none,
		"2adccada18779e7c2077ad2eb19d3f3e731385dd",
		"2c91117204d745f3500d636a62f64f0ab3bae548aa53d423b0d1f27ebba6f5e5"
		"673a081d70cce7acfc48");
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
	assert_rv(CKR_ARGUMENTS_BAD, crypto_hkdf_expand(HASH_SHA1, k, k, 255 * 20 + 1, &out));
	assert_rv(CKR_MECHANISM_INVALID, crypto_hkdf(HASH_NONE, k, k, k, 1, &out));
	assert_rv(CKR_MECHANISM_INVALID, crypto_hkdf_extract(HASH_NONE, k, k, &out));
	assert_rv(CKR_MECHANISM_INVALID, crypto_hkdf_expand(HASH_NONE, k, k, 1, &out));
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

static void
hkdf_with_every_hash_is_libcryptos(void **state)
{
	static const char *const modes[] = { "EXTRACT_AND_EXPAND", "EXTRACT_ONLY", "EXPAND_ONLY" };
	struct bytes key = LITERAL("input keying material"), salt = LITERAL("NaCl");
	struct bytes info = LITERAL("info");
	struct buf out = BUF_EMPTY;
	uint8_t want[100];

	(void)state;
	for (size_t i = 0; i < (HASH_COUNT - 1) * COUNT(modes); i++) {
		const struct hash_row *h = hash_row((enum hash)(i / COUNT(modes)) + 1);
		size_t mode = i % COUNT(modes), len = mode == 1 ? h->len : sizeof want;
		const OSSL_PARAM params[] = {
			OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)h->name, 0),
			OSSL_PARAM_construct_utf8_string(
				OSSL_KDF_PARAM_MODE, (char *)modes[mode], 0),
			OSSL_PARAM_construct_octet_string(
				OSSL_KDF_PARAM_KEY, (void *)key.ptr, key.len),
			OSSL_PARAM_construct_octet_string(
				OSSL_KDF_PARAM_SALT, (void *)salt.ptr, salt.len),
			OSSL_PARAM_construct_octet_string(
				OSSL_KDF_PARAM_INFO, (void *)info.ptr, info.len),
			OSSL_PARAM_construct_end(),
		};

		reference("HKDF", params, want, len);
		if (mode == 0)
			assert_rv(CKR_OK, crypto_hkdf(h->id, key, salt, info, len, &out));
		else if (mode == 1)
			assert_rv(CKR_OK, crypto_hkdf_extract(h->id, key, salt, &out));
		else
			assert_rv(CKR_OK, crypto_hkdf_expand(h->id, key, info, len, &out));
		assert_bytes_equal(view(&out), bytes_of(want, len));
	}
	buf_free(&out);
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
assert_blake2b(struct bytes data, const char *expected)
{
	const struct bytes parts[] = { bytes_slice(data, 0, 5), bytes_slice(data, 5, data.len) };
	struct bytes want = hex(expected);
	uint8_t out[BLAKE2B_MAX], theirs[EVP_MAX_MD_SIZE];

	assert_rv(CKR_OK, crypto_blake2b_into(parts, COUNT(parts), want.len, out));
	assert_bytes_equal(bytes_of(out, want.len), want);
	assert_int_equal(1, EVP_Digest(data.ptr, data.len, theirs, NULL, EVP_blake2b512(), NULL));
	assert_int_equal(want.len == BLAKE2B_MAX, memcmp(theirs, out, want.len) == 0);
}

/* The digests of "abc" with 64 bytes are those of RFC 7693; libcrypto has that length, and Python's
 * hashlib made the others. */
static void
blake2b_is_that_of_rfc_7693(void **state)
{
	const struct bytes none[] = { BYTES_EMPTY };
	uint8_t out[BLAKE2B_MAX + 1];

	(void)state;
	assert_blake2b(LITERAL("abc"), "384264f676f39536840523f284921cdc68b6846b");
	assert_blake2b(BYTES_EMPTY, "3345524abf6bbe1809449224b5972c41790b6cf2");
	assert_blake2b(counted(0, 128), "e6992372ab022447b34f6d6032fbab707a11adef");
	assert_blake2b(counted(0, 257), "43dce65a753a287147934ed88c8972ff3061d351");
	assert_blake2b(
		LITERAL("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	assert_blake2b(
		BYTES_EMPTY, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	assert_blake2b(counted(0, 128),
		"c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1");
	assert_blake2b(counted(0, 257),
		"45f7f084c30bac7cbae2e1963bc6e6b0d8cb227a12927e97fb941d288fb1f9a3");
	assert_blake2b(LITERAL("abc"),
		"6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6"
		"c66ba83be64b302d7cba6ce15bb556f4");
	assert_blake2b(BYTES_EMPTY,
		"b32811423377f52d7862286ee1a72ee540524380fda1724a6f25d7978c6fd324"
		"4a6caf0498812673c5e05ef583825100");
	assert_blake2b(counted(0, 128),
		"a2c2acf7ce4079c02b7f38e2ef33bff531a31a7c7effe712c5348b4d616c0cba"
		"9b152679317984ec632d0c70eb11eece");
	assert_blake2b(counted(0, 257),
		"e08c350ef7832dcd875fdc18b0fbe1f4ecfbbff071e35292ef9f7265c5aef3cb"
		"5df744092c16b135cbeee955eaf5e5ce");
	assert_blake2b(LITERAL("abc"),
		"ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
		"7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
	assert_blake2b(BYTES_EMPTY,
		"786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
		"d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce");
	assert_blake2b(counted(0, 128),
		"2319e3789c47e2daa5fe807f61bec2a1a6537fa03f19ff32e87eecbfd64b7e0e"
		"8ccff439ac333b040f19b0c4ddd11a61e24ac1fe0f10a039806c5dcc0da3d115");
	assert_blake2b(counted(0, 257),
		"d8bfe068de0b4f9fa876a3f8024eb9f7b0029fd5dcf251199e065cee89e1a282"
		"c8dbf0442f2ade7294ac1c6be19b388dc990c34d8cb79f5f10c54fa813834fda");
	assert_rv(CKR_ARGUMENTS_BAD, crypto_blake2b_into(none, 1, 0, out));
	assert_rv(CKR_ARGUMENTS_BAD, crypto_blake2b_into(none, 1, BLAKE2B_MAX + 1, out));
	vectors_free();
}

/* By Python's hashlib. */
static void
blake2b_derives_as_sp_800_56a_does(void **state)
{
	static const struct {
		enum kdf kdf;
		const char *key;
	} rows[] = {
		{ KDF_BLAKE2B_160,
			"41bc6b94949746a639c2da54566da7c6c0ebefae8ba474a3d743dda887598a0a"
			"764581f265f41d7c9597a619b14412543073f285c0b689701ca576d087d6e923"
			"ffd7be03fdc2e418eb2c9feca8c7afb8b47618fcd49bfbf94e9931425503ef76"
			"fd" },
		{ KDF_BLAKE2B_256,
			"04bb23cad2d2802d33ec11cdde5e8f0a802dff7777be6606761732db2dbb66aa"
			"94f785ec84da9afbcfe7832b7e5fb241eafa8da9ac0ba0074507efb6cd287a49"
			"219fddfff26323e641c156716391c7cff13973313899a5fd1216858011d98d84"
			"7f" },
		{ KDF_BLAKE2B_384,
			"5b4f87c945646dd022f04b212ed5a55e034460451dba59295f03a640921a1c84"
			"72439a382096b851738dc8da4aea29f06b2b65452e726cd50706ad328bf50e2c"
			"41077ea953f8a0672a32029480853203b72621f3b2fed8c78f4b0c356d8dfa9c"
			"cb" },
		{ KDF_BLAKE2B_512,
			"f84c07a1985badda36d0abb7cb8aef65109346f02d07a24a0b8459f96abee44a"
			"c22860aae18bab99005aeb6e814e32ee547ef6636fb2d7013e002506cdbea08a"
			"76f08b146d38d026213f572cbc7a843df74d863923999d8de2e770adcf46caad"
			"d0" },
	};
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_rv(CKR_OK, crypto_kdf_shared(rows[i].kdf, HASH_NONE, LITERAL("shared x"),
					  LITERAL("info"), 97, &out));
		assert_bytes_equal(view(&out), hex(rows[i].key));
		vectors_free();
	}
	assert_int_equal(20, kdf_step_len(KDF_BLAKE2B_160, HASH_NONE));
	assert_int_equal(28, kdf_step_len(KDF_X963, HASH_SHA3_224));
	assert_int_equal(0, kdf_step_len(KDF_NONE, HASH_SHA1));
	assert_int_equal(0, kdf_step_len(KDF_SP800, HASH_NONE));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmacs_are_those_of_rfc_2202_and_4231),
		cmocka_unit_test(an_empty_key_is_a_key),
		cmocka_unit_test(hkdf_is_that_of_rfc_5869),
		cmocka_unit_test(hkdf_ends_at_255_blocks),
		cmocka_unit_test(hkdf_with_every_hash_is_libcryptos),
		cmocka_unit_test(pbkdf2_is_that_of_rfc_6070_and_7914),
		cmocka_unit_test(pbkdf2_takes_an_empty_password_and_refuses_no_work),
		cmocka_unit_test(kdfa_is_the_counter_mode_of_sp_800_108),
		cmocka_unit_test(kdfe_is_the_single_step_of_sp_800_56a),
		cmocka_unit_test(keys_of_a_shared_secret_are_those_of_x963_and_sp_800_56a),
		cmocka_unit_test(blake2b_is_that_of_rfc_7693),
		cmocka_unit_test(blake2b_derives_as_sp_800_56a_does),
		cmocka_unit_test(without_a_kdf_the_secrets_end_is_the_key),
		cmocka_unit_test(the_tpm_derivations_refuse_broken_bytes_and_no_hash),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
