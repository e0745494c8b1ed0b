/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The libp11 engine as default for everything, as with openssl -engine pkcs11,
 * nginx or wpa_supplicant: libcrypto would send the module's own public-key
 * operations back into the module, whatever the library context. What crypto/
 * does must not notice.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

/* Engines are deprecated, and used. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/opensslconf.h>

#include "crypto/crypto.h"
#include "vector.h"
#include "with_crypto.h"

enum { SKIP = 77 };

#ifdef OPENSSL_NO_ENGINE

int
main(void)
{
	fprintf(stderr, "This libcrypto has no engines.\n");
	return SKIP;
}

#else

#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

static ENGINE *engine;

static void
the_engine_is_in_the_way(void **state)
{
	(void)state;
	if (ENGINE_get_pkey_meths(engine) == NULL) {
		print_message("This libp11 takes over no EVP_PKEY methods (0.4.13 and later, mostly).\n");
		skip();
	}
	/* Without this the other cases would show nothing. */
	assert_ptr_equal(ENGINE_get_pkey_meth_engine(EVP_PKEY_RSA), engine);
	assert_ptr_equal(ENGINE_get_pkey_meth_engine(EVP_PKEY_EC), engine);
}

/* With 3 as exponent, 2 opens to 8. */
static void
rsa_public_is_ours(void **state)
{
	struct pubkey k = { .kind = KEY_RSA };
	uint8_t two[256] = { [255] = 2 };
	uint8_t eight[256] = { [255] = 8 };
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_resize(&k.modulus, 256));
	memset(k.modulus.ptr, 0xff, 256);
	assert_rv(CKR_OK, buf_append_u8(&k.exponent, 3));
	assert_rv(CKR_OK, rsa_public(&k, bytes_of(two, 256), &out));
	assert_bytes_equal(view(&out), bytes_of(eight, 256));
	assert_rv(CKR_OK, crypto_verify(&k, &(struct scheme){ .alg = ALG_RSA_RAW },
				  bytes_of(eight, 256), bytes_of(two, 256)));
	pubkey_free(&k);
	buf_free(&out);
}

/* RFC 6979, A.2.5, SHA-256 of "sample" */
#define P256_KEY                                                                                   \
	"0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc"         \
	"99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define SIGNATURE                                                                                  \
	"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41"         \
	"d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

static void
elliptic_curves_are_ours(void **state)
{
	const struct bytes sample = LITERAL("sample");
	struct pubkey k = { .kind = KEY_EC, .curve = CURVE_P256 };
	struct scheme s = { .alg = ALG_ECDSA, .hash = HASH_SHA256 };
	struct buf digest = BUF_EMPTY;
	struct buf point = BUF_EMPTY;
	struct buf z = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set(&k.point, hex(P256_KEY)));
	assert_rv(CKR_OK, crypto_hash(HASH_SHA256, &sample, 1, &digest));
	assert_rv(CKR_OK, crypto_pubkey_check(&k));
	assert_rv(CKR_OK, crypto_verify(&k, &s, view(&digest), hex(SIGNATURE)));
	assert_rv(CKR_OK, ecdh_ephemeral(&k, &point, &z));
	assert_int_equal(point.len, 65);
	assert_int_equal(z.len, 32);
	pubkey_free(&k);
	buf_free(&digest);
	buf_free(&point);
	buf_free(&z);
	vectors_free();
}

static void
digests_and_ciphers_are_ours(void **state)
{
	struct bytes abc = LITERAL("abc");
	struct buf sealed = BUF_EMPTY;
	struct buf out = BUF_EMPTY;
	uint8_t key[32] = { 1 };
	uint8_t md[32];

	(void)state;
	assert_rv(CKR_OK, crypto_hash_into(HASH_SHA256, &abc, 1, md));
	assert_bytes_equal(bytes_of(md, 32),
		hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA256, abc, &abc, 1, md));
	assert_rv(CKR_OK, crypto_seal(bytes_of(key, 32), abc, abc, &sealed));
	assert_rv(CKR_OK, crypto_unseal(bytes_of(key, 32), abc, view(&sealed), &out));
	assert_bytes_equal(view(&out), abc);
	buf_free(&sealed);
	buf_free(&out);
	vectors_free();
}

static int
random_refused(unsigned char *out, int len)
{
	(void)out;
	(void)len;
	return 0;
}

/* An engine may be the generator of the process as well, and may ask us for its bytes. */
static void
random_is_ours(void **state)
{
	static const RAND_METHOD refusing = { .bytes = random_refused,
		.pseudorand = random_refused };
	struct pubkey k = { .kind = KEY_EC, .curve = CURVE_P256 };
	struct buf point = BUF_EMPTY;
	struct buf z = BUF_EMPTY;
	uint8_t bytes[16];

	(void)state;
	assert_rv(CKR_OK, buf_set(&k.point, hex(P256_KEY)));
	assert_int_equal(1, RAND_set_rand_method(&refusing));
	assert_int_equal(0, RAND_bytes(bytes, sizeof bytes));
	assert_rv(CKR_OK, crypto_random(bytes, sizeof bytes));
	assert_rv(CKR_OK, crypto_random_mix(LITERAL("seed")));
	assert_rv(CKR_OK, ecdh_ephemeral(&k, &point, &z));
	assert_int_equal(1, RAND_set_rand_method(NULL));
	pubkey_free(&k);
	buf_free(&point);
	buf_free(&z);
	vectors_free();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_engine_is_in_the_way),
		cmocka_unit_test(rsa_public_is_ours),
		cmocka_unit_test(elliptic_curves_are_ours),
		cmocka_unit_test(digests_and_ciphers_are_ours),
		cmocka_unit_test(random_is_ours),
	};
	int failed = 0;

	/* A call that reaches the engine fails: it has no module. */
	setenv("PKCS11_MODULE_PATH", "/nonexistent", 1);
	ENGINE_load_builtin_engines();
	engine = ENGINE_by_id("pkcs11");
	if (engine == NULL) {
		fprintf(stderr, "The libp11 engine (libengine-pkcs11-openssl) is not installed.\n");
		return SKIP;
	}
	if (ENGINE_init(engine) != 1 || ENGINE_set_default(engine, ENGINE_METHOD_ALL) != 1) {
		fprintf(stderr, "The libp11 engine can not be made the default.\n");
		return 1;
	}
	failed = cmocka_run_group_tests(tests, crypto_begin, crypto_end);
	ENGINE_finish(engine);
	ENGINE_free(engine);
	return failed;
}

#endif
