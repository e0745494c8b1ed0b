/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys at work, of a session and of the token: ciphers, MACs and values.
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
	assert_rv(
		CKR_KEY_FUNCTION_NOT_PERMITTED, object_cipher_new(f->token, generic, &s, true, &c));
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

/* --- keys in the TPM --- */

static void
a_short_message_takes_one_command_with_gcm(void **state)
{
	static const uint8_t message[992];
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_GCM, .tag_len = 16 };
	struct object *host = secret_create(f->token, CKK_AES, false, BYTES(key128));
	struct object *tpm = secret_create(f->token, CKK_AES, true, BYTES(key128));
	struct buf out = BUF_EMPTY;
	struct buf right = BUF_EMPTY;
	unsigned before = fake_tpm.calls;

	assert_rv(CKR_OK, buf_resize(&s.iv, 12));
	assert_rv(CKR_OK, secret_cipher(f->token, tpm, &s, true, BYTES(message), &out));
	assert_int_equal(before + 1, fake_tpm.calls);
	assert_rv(CKR_OK, secret_cipher(f->token, host, &s, true, BYTES(message), &right));
	assert_bytes_equal(view(&right), view(&out));
	assert_int_equal(before + 1, fake_tpm.calls);
	buf_free(&right);
	assert_rv(CKR_OK, secret_cipher(f->token, tpm, &s, false, view(&out), &right));
	assert_bytes_equal(BYTES(message), view(&right));
	assert_int_equal(before + 2, fake_tpm.calls);
	buf_free(&right);
	buf_free(&out);
	scheme_free(&s);
	object_put(tpm);
	object_put(host);
}

static void
an_hmac_key_sends_everything_at_once(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_HMAC, .digest = HASH_SHA256, .mac_len = 32 };
	struct object *o = secret_create(f->token, CKK_SHA256_HMAC, true, BYTES(key128));
	struct bytes data = LITERAL("part one, part two");
	struct buf out = BUF_EMPTY;
	struct mac *m = NULL;
	unsigned before = fake_tpm.calls;
	uint8_t right[32];

	assert_rv(CKR_OK, object_mac_new(f->token, o, &s, &m));
	assert_rv(CKR_OK, mac_update(m, bytes_slice(data, 0, 10)));
	assert_rv(CKR_OK, mac_update(m, bytes_slice(data, 10, SIZE_MAX)));
	assert_int_equal(before, fake_tpm.calls);
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_int_equal(before + 1, fake_tpm.calls);
	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA256, BYTES(key128), &data, 1, right));
	assert_bytes_equal(BYTES(right), view(&out));
	assert_rv(CKR_OK, mac_restart(m));
	assert_rv(CKR_OK, mac_update(m, data));
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_bytes_equal(BYTES(right), view(&out));
	mac_free(m);
	buf_free(&out);
	m = NULL;
	assert_rv(CKR_OK, object_mac_new(f->token, o, &s, &m));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, mac_final(m, &out));
	mac_free(m);
	object_put(o);
}

static void
a_mode_that_the_tpm_lacks_is_refused_at_once(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_CTR, .counter_bits = 128 };
	struct cipher *c = NULL;
	struct object *o = NULL;
	unsigned before = 0;

	fake_tpm.missing_modes = 1U << BLOCK_CTR;
	f->token = fixture_init(f->core, "two"); /* which asks the TPM what it can do */
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	o = secret_create(f->token, CKK_AES, true, BYTES(key128));
	assert_rv(CKR_OK, buf_resize(&s.iv, AES_BLOCK_LEN));
	before = fake_tpm.calls;
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_cipher_new(f->token, o, &s, true, &c));
	assert_int_equal(before, fake_tpm.calls);
	assert_null(c);
	object_put(o);
	o = secret_create(f->token, CKK_AES, false, BYTES(key128));
	assert_rv(CKR_OK, object_cipher_new(f->token, o, &s, true, &c));
	cipher_free(c);
	scheme_free(&s);
	object_put(o);
}

static void
a_failure_of_the_tpm_ends_the_operation(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_ECB };
	struct object *o = secret_create(f->token, CKK_AES, true, BYTES(key128));
	struct buf out = BUF_EMPTY;

	fake_tpm.fail_at = fake_tpm.calls + 1;
	assert_rv(CKR_DEVICE_ERROR, secret_cipher(f->token, o, &s, true, BYTES(plain), &out));
	assert_int_equal(0, out.len);
	buf_free(&out);
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
		USER(a_short_message_takes_one_command_with_gcm),
		USER(an_hmac_key_sends_everything_at_once),
		TOKEN(a_mode_that_the_tpm_lacks_is_refused_at_once),
		USER(a_failure_of_the_tpm_ends_the_operation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
