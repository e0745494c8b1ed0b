/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/core_names.h>

#include "cipher_reference.h"
#include "crypto/crypto.h"
#include "with_crypto.h"

#define PLAIN                                                                                      \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"         \
	"e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define KEY128 "2b7e151628aed2a6abf7158809cf4f3c"
#define KEY192 "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"
#define KEY256 "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"

enum { LEN_MAX = 80 };

/* SP 800-38B, appendix D: the beginnings of PLAIN */
static const struct {
	const char *key;
	size_t len;
	const char *mac;
} published[] = {
	{ KEY128, 0, "bb1d6929e95937287fa37d129b756746" },
	{ KEY128, 16, "070a16b46b4d4144f79bdd9dd04a287c" },
	{ KEY128, 40, "dfa66747de9ae63030ca32611497c827" },
	{ KEY128, 64, "51f0bebf7e3b9d92fc49741779363cfe" },
	{ KEY192, 0, "d17ddf46adaacde531cac483de7a9367" },
	{ KEY192, 16, "9e99a7bf31e710900662f65e617c5184" },
	{ KEY192, 40, "8a1de5be2eb31aad089a82e6ee908b0e" },
	{ KEY192, 64, "a1d5df0eed790f794d77589659f39a11" },
	{ KEY256, 0, "028962f61b7bf89efc6b551f4667d983" },
	{ KEY256, 16, "28a7023f452e8f82bd4bf28d8c37c35c" },
	{ KEY256, 40, "aaf3d8f1de5640c232f5b169b9c911e6" },
	{ KEY256, 64, "e1992190549f6ed5696a2c056c315410" },
};

static struct mac *
fake_cmac(struct bytes key, size_t fail_at)
{
	struct mac *m = NULL;

	assert_rv(CKR_OK, cmac_new(fake_blocks_new(key, fail_at), &m));
	return m;
}

static void
assert_cmac(struct bytes key, struct bytes data, size_t part, struct bytes expected)
{
	struct mac *m = fake_cmac(key, 0);
	struct buf out = BUF_EMPTY;

	for (size_t at = 0; at < data.len; at += part)
		assert_rv(CKR_OK, mac_update(m, bytes_slice(data, at, part)));
	assert_rv(CKR_OK, mac_update(m, BYTES_EMPTY));
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_bytes_equal(expected, view(&out));
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, mac_update(m, data));
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, mac_final(m, &out));
	assert_rv(CKR_OK, mac_restart(m));
	assert_rv(CKR_OK, mac_update(m, LITERAL("a block and more, which does not count")));
	assert_rv(CKR_OK, mac_restart(m));
	assert_rv(CKR_OK, mac_update(m, data));
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_bytes_equal(expected, view(&out));
	mac_free(m);
	assert_int_equal(1, fake_freed);
	buf_free(&out);
}

static void
macs_are_those_of_sp_800_38b(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
		assert_cmac(hex(published[i].key), bytes_slice(hex(PLAIN), 0, published[i].len),
			LEN_MAX, hex(published[i].mac));
		vectors_free();
	}
}

/* By libcrypto's own CMAC. */
static void
reference_cmac(struct bytes key, struct bytes data, uint8_t *out)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
	char name[16];
	size_t len = 0;
	OSSL_PARAM params[2];

	(void)snprintf(name, sizeof name, "AES-%zu-CBC", key.len * 8);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0);
	params[1] = OSSL_PARAM_construct_end();
	assert_int_equal(1, EVP_MAC_init(ctx, key.ptr, key.len, params));
	assert_int_equal(1, EVP_MAC_update(ctx, data.ptr, data.len));
	assert_int_equal(1, EVP_MAC_final(ctx, out, &len, AES_BLOCK_LEN));
	assert_int_equal(AES_BLOCK_LEN, len);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}

static void
every_length_in_any_parts_is_what_libcrypto_makes(void **state)
{
	static const size_t parts[] = { 1, 3, 15, 16, 17, 33, LEN_MAX };
	uint8_t room[LEN_MAX];
	uint8_t expected[AES_BLOCK_LEN];

	(void)state;
	for (size_t key_len = 16; key_len <= 32; key_len += 8)
		for (size_t len = 0; len <= LEN_MAX; len++) {
			struct bytes key = bytes_slice(hex(PLAIN), 0, key_len);
			struct bytes data = reference_bytes(room, len, (uint32_t)len);

			reference_cmac(key, data, expected);
			for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
				assert_cmac(
					key, data, parts[i], bytes_of(expected, sizeof expected));
			vectors_free();
		}
}

static void
what_is_there_at_once_is_one_run_and_two_for_the_end(void **state)
{
	uint8_t room[LEN_MAX];
	struct mac *m = fake_cmac(hex(KEY128), 0);
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, mac_update(m, reference_bytes(room, 16, 1)));
	assert_int_equal(0, fake_runs);
	assert_rv(CKR_OK, mac_update(m, reference_bytes(room, LEN_MAX, 1)));
	assert_int_equal(1, fake_runs);
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_int_equal(3, fake_runs);
	mac_free(m);
	buf_free(&out);
	vectors_free();
}

static void
a_failed_run_ends_it(void **state)
{
	uint8_t room[LEN_MAX];
	struct bytes data = reference_bytes(room, LEN_MAX, 1);

	(void)state;
	for (size_t fail_at = 1; fail_at <= 3; fail_at++) {
		struct mac *m = fake_cmac(hex(KEY128), fail_at);
		struct buf out = BUF_EMPTY;
		CK_RV rv = mac_update(m, data);

		assert_rv(fail_at == 1 ? CKR_DEVICE_ERROR : CKR_OK, rv);
		assert_rv(fail_at == 1 ? CKR_OPERATION_NOT_INITIALIZED : CKR_DEVICE_ERROR,
			mac_final(m, &out));
		assert_rv(CKR_OPERATION_NOT_INITIALIZED, mac_update(m, data));
		assert_null(out.ptr);
		mac_free(m);
		assert_int_equal(1, fake_freed);
		vectors_free();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(macs_are_those_of_sp_800_38b),
		cmocka_unit_test(every_length_in_any_parts_is_what_libcrypto_makes),
		cmocka_unit_test(what_is_there_at_once_is_one_run_and_two_for_the_end),
		cmocka_unit_test(a_failed_run_ends_it),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
