/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "crypto/crypto.h"
#include "vector.h"
#include "with_crypto.h"

/* SP 800-38A, F.3.13, F.3.15 and F.3.17 */
#define PLAIN                                                                                      \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"         \
	"e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define KEY128 "2b7e151628aed2a6abf7158809cf4f3c"
#define KEY192 "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"
#define KEY256 "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define IV     "000102030405060708090a0b0c0d0e0f"

static void
assert_cfb(const char *key, const char *cipher)
{
	struct bytes plain = hex(PLAIN);
	struct bytes k = hex(key);
	struct bytes iv = hex(IV);
	uint8_t data[64];

	memcpy(data, plain.ptr, sizeof data);
	assert_rv(CKR_OK, crypto_aes_cfb(k, iv, true, data, sizeof data));
	assert_bytes_equal(bytes_of(data, sizeof data), hex(cipher));
	assert_rv(CKR_OK, crypto_aes_cfb(k, iv, false, data, sizeof data));
	assert_bytes_equal(bytes_of(data, sizeof data), plain);
	/* A stream: what is shorter is the beginning of what is longer. */
	assert_rv(CKR_OK, crypto_aes_cfb(k, iv, true, data, 21));
	assert_bytes_equal(bytes_of(data, 21), bytes_slice(hex(cipher), 0, 21));
	vectors_free();
}

static void
cfb_is_that_of_sp_800_38a(void **state)
{
	(void)state;
	assert_cfb(KEY128, "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b"
			   "26751f67a3cbb140b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6");
	assert_cfb(KEY192, "cdc80d6fddf18cab34c25909c99a417467ce7f7f81173621961a2b70171d3d7a"
			   "2e1e8a1dd59b88b1c8e60fed1efac4c9c05f9f9ca9834fa042ae8fba584b09ff");
	assert_cfb(KEY256, "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b"
			   "df10132415e54b92a13ed0a8267ae2f975a385741ab9cef82031623d55b1e471");
}

static void
cfb_refuses_other_lengths(void **state)
{
	struct bytes key = hex(KEY128);
	struct bytes iv = hex(IV);
	uint8_t data[1] = { 7 };

	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, crypto_aes_cfb(bytes_slice(key, 0, 15), iv, true, data, 1));
	assert_rv(CKR_ARGUMENTS_BAD, crypto_aes_cfb(key, bytes_slice(iv, 0, 12), true, data, 1));
	assert_rv(CKR_ARGUMENTS_BAD, crypto_aes_cfb(key, iv, true, data, SIZE_MAX));
	assert_rv(CKR_OK, crypto_aes_cfb(key, iv, true, NULL, 0));
	assert_int_equal(data[0], 7);
	vectors_free();
}

/* Test case 16 of the specification of GCM, in the order of crypto_seal(). */
static void
unseal_opens_the_published_vector(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK,
		crypto_unseal(
			hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
			hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
			hex("cafebabefacedbaddecaf888"
			    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
			    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece"
			    "0f4e1768cddf8853bb2d551b"),
			&out));
	assert_bytes_equal(
		view(&out), hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
				"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
	buf_free(&out);
	vectors_free();
}

static void
what_is_sealed_is_unsealed(void **state)
{
	static const size_t lens[] = { 0, 1, 16, 1000 };
	struct bytes key = hex(KEY256);
	struct buf plain = BUF_EMPTY;
	struct buf sealed = BUF_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		assert_rv(CKR_OK, buf_resize(&plain, lens[i]));
		assert_rv(CKR_OK, crypto_seal(key, LITERAL("aad"), view(&plain), &sealed));
		assert_int_equal(sealed.len, lens[i] + 28);
		assert_rv(CKR_OK, crypto_unseal(key, LITERAL("aad"), view(&sealed), &out));
		assert_bytes_equal(view(&out), view(&plain));
	}
	buf_free(&plain);
	buf_free(&sealed);
	buf_free(&out);
	vectors_free();
}

static void
the_same_secret_is_never_sealed_the_same(void **state)
{
	struct bytes key = hex(KEY256);
	struct buf a = BUF_EMPTY;
	struct buf b = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_seal(key, BYTES_EMPTY, LITERAL("secret"), &a));
	assert_rv(CKR_OK, crypto_seal(key, BYTES_EMPTY, LITERAL("secret"), &b));
	assert_false(bytes_equal(view(&a), view(&b)));
	buf_free(&a);
	buf_free(&b);
	vectors_free();
}

static void
every_changed_bit_is_noticed(void **state)
{
	struct bytes key = hex(KEY256);
	struct buf sealed = BUF_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_seal(key, LITERAL("aad"), LITERAL("secret"), &sealed));
	for (size_t bit = 0; bit < sealed.len * 8; bit++) {
		sealed.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_rv(
			CKR_DEVICE_ERROR, crypto_unseal(key, LITERAL("aad"), view(&sealed), &out));
		sealed.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_rv(CKR_DEVICE_ERROR, crypto_unseal(key, LITERAL("aac"), view(&sealed), &out));
	assert_rv(CKR_DEVICE_ERROR, crypto_unseal(key, BYTES_EMPTY, view(&sealed), &out));
	for (size_t len = 0; len < sealed.len; len++)
		assert_rv(CKR_DEVICE_ERROR, crypto_unseal(key, LITERAL("aad"),
						    bytes_slice(view(&sealed), 0, len), &out));
	assert_null(out.ptr);
	buf_free(&sealed);
	vectors_free();
}

static void
seal_refuses_other_keys(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, crypto_seal(hex(KEY128), BYTES_EMPTY, BYTES_EMPTY, &out));
	assert_rv(CKR_ARGUMENTS_BAD, crypto_unseal(hex(KEY128), BYTES_EMPTY, hex(PLAIN), &out));
	assert_null(out.ptr);
	vectors_free();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cfb_is_that_of_sp_800_38a),
		cmocka_unit_test(cfb_refuses_other_lengths),
		cmocka_unit_test(unseal_opens_the_published_vector),
		cmocka_unit_test(what_is_sealed_is_unsealed),
		cmocka_unit_test(the_same_secret_is_never_sealed_the_same),
		cmocka_unit_test(every_changed_bit_is_noticed),
		cmocka_unit_test(seal_refuses_other_keys),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
