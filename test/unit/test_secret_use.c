/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys at work: ciphers, MACs and values, of keys on the host.
 */
#include "config.h"

#include "token_fixture.h"

#include "crypto/aes.h"
#include "crypto/crypto.h"
#include "secret.h"

/* FIPS 197, C.1 */
static const uint8_t key128[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
	0x0b, 0x0c, 0x0d, 0x0e, 0x0f };
static const uint8_t plain[] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa,
	0xbb, 0xcc, 0xdd, 0xee, 0xff };
static const uint8_t encrypted[] = { 0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30, 0xd8, 0xcd,
	0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a };
/* RFC 4493, example 2: the key, the message and its MAC */
static const uint8_t mac_key[] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15,
	0x88, 0x09, 0xcf, 0x4f, 0x3c };
static const uint8_t mac_data[] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d,
	0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a };
static const uint8_t mac_right[] = { 0x07, 0x0a, 0x16, 0xb4, 0x6b, 0x4d, 0x41, 0x44, 0xf7, 0x9b,
	0xdd, 0x9d, 0xd0, 0x4a, 0x28, 0x7c };

#define BYTES(array) bytes_of(array, sizeof(array))

static void
a_key_encrypts_and_decrypts(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_ECB };

	for (int token = 0; token < 2; token++) {
		struct object *o = secret_create(f->token, CKK_AES, token, BYTES(key128));
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, secret_cipher(f->token, o, &s, true, BYTES(plain), &out));
		assert_bytes_equal(BYTES(encrypted), view(&out));
		buf_free(&out);
		assert_rv(CKR_OK, secret_cipher(f->token, o, &s, false, BYTES(encrypted), &out));
		assert_bytes_equal(BYTES(plain), view(&out));
		buf_free(&out);
		object_put(o);
	}
}

static void
a_key_makes_a_cmac(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_CMAC, .mac_len = 16 };

	for (int token = 0; token < 2; token++) {
		struct object *o = secret_create(f->token, CKK_AES, token, BYTES(mac_key));
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, secret_mac(f->token, o, &s, BYTES(mac_data), &out));
		assert_bytes_equal(BYTES(mac_right), view(&out));
		buf_free(&out);
		object_put(o);
	}
}

static void
who_is_logged_in_is_asked_at_every_run(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_ECB };
	struct scheme cmac = { .alg = ALG_AES_CMAC, .mac_len = 16 };
	struct object *o = secret_create(f->token, CKK_AES, true, BYTES(key128));
	struct buf out = BUF_EMPTY;
	struct cipher *c = NULL;
	struct mac *m = NULL;

	assert_rv(CKR_OK, object_cipher_new(f->token, o, &s, true, &c));
	assert_rv(CKR_OK, cipher_update(c, BYTES(plain), &out));
	assert_bytes_equal(BYTES(encrypted), view(&out));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, cipher_update(c, BYTES(plain), &out));
	cipher_free(c);
	c = NULL;
	assert_rv(CKR_USER_NOT_LOGGED_IN, object_cipher_new(f->token, o, &s, true, &c));
	assert_rv(CKR_USER_NOT_LOGGED_IN, object_mac_new(f->token, o, &cmac, &m));
	assert_null(c);
	assert_null(m);
	buf_free(&out);
	object_put(o);
}

static void
a_session_key_that_is_not_private_needs_no_login(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_ECB };
	struct object *o = secret_create(f->token, CKK_AES, false, BYTES(key128));
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, secret_cipher(f->token, o, &s, true, BYTES(plain), &out));
	buf_free(&out);
	assert_rv(CKR_OK, object_value(f->token, o, &out));
	assert_bytes_equal(BYTES(key128), view(&out));
	buf_free(&out);
	object_put(o);
}

static void
keys_of_other_types_do_not_encrypt(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_ECB };
	struct scheme cmac = { .alg = ALG_AES_CMAC, .mac_len = 16 };
	struct object *generic = secret_create(f->token, CKK_GENERIC_SECRET, false, BYTES(key128));
	struct object *ec = NULL;
	struct cipher *c = NULL;
	struct mac *m = NULL;

	assert_rv(CKR_OK, object_get(f->token, make_ec(f, "ec"), &ec));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED,
		object_cipher_new(f->token, generic, &s, true, &c));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_cipher_new(f->token, ec, &s, true, &c));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_mac_new(f->token, generic, &cmac, &m));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_mac_new(f->token, ec, &cmac, &m));
	assert_null(c);
	assert_null(m);
	object_put(generic);
	object_put(ec);
}

static void
values_are_for_who_is_logged_in(void **state)
{
	struct fixture *f = *state;
	struct object *o = secret_create(f->token, CKK_GENERIC_SECRET, true, BYTES(key128));
	struct object *ec = NULL;
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, object_get(f->token, make_ec(f, "ec"), &ec));
	assert_rv(CKR_KEY_UNEXTRACTABLE, object_value(f->token, ec, &out));
	assert_rv(CKR_OK, object_value(f->token, o, &out));
	assert_bytes_equal(BYTES(key128), view(&out));
	buf_free(&out);
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, object_value(f->token, o, &out));
	assert_int_equal(0, out.len);
	object_put(ec);
	object_put(o);
}

#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(a_key_encrypts_and_decrypts),
		USER(a_key_makes_a_cmac),
		USER(who_is_logged_in_is_asked_at_every_run),
		TOKEN(a_session_key_that_is_not_private_needs_no_login),
		USER(keys_of_other_types_do_not_encrypt),
		USER(values_are_for_who_is_logged_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
