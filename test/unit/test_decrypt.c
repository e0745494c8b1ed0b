/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption with a public key, decryption by the TPM.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_fixture.h"

#define CIPHER_LEN 256 /* of keys of 2048 bits */

static const struct scheme schemes[] = {
	{ .alg = ALG_RSA_PKCS1 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA1, .mgf = HASH_SHA1 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA512, .mgf = HASH_SHA256 },
};
static const struct scheme raw = { .alg = ALG_RSA_RAW };
static const struct scheme pss = { .alg = ALG_RSA_PSS };

struct pair {
	struct object *public, *private;
};

static struct pair
make_rsa(struct fixture *f, const char *label, bool always)
{
	struct attrs pub = ATTRS_EMPTY;
	struct attrs priv = ATTRS_EMPTY;
	struct pair pair = { NULL, NULL };

	give_u64(&pub, CKA_MODULUS_BITS, CIPHER_LEN * 8);
	give(&priv, CKA_LABEL, bytes_str(label));
	give_bool(&priv, CKA_TOKEN, true);
	give_bool(&priv, CKA_ALWAYS_AUTHENTICATE, always);
	assert_rv(CKR_OK, object_generate_pair(f->token, 1, mech_find(CKM_RSA_PKCS_KEY_PAIR_GEN),
				  &pub, &priv, &pair.public, &pair.private));
	attrs_free(&pub);
	attrs_free(&priv);
	return pair;
}

static void
drop(struct pair *pair)
{
	object_put(pair->public);
	object_put(pair->private);
}

static CK_RV
decrypt(struct fixture *f, struct object *key, const struct scheme *s, struct bytes cipher,
	struct buf *out)
{
	return object_decrypt(f->token, key, s, BYTES_EMPTY, cipher, out);
}

static void
one_command_opens_what_the_host_has_encrypted(void **state)
{
	struct fixture *f = *state;
	struct pair pair = make_rsa(f, "rsa", false);
	struct buf cipher = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;
	unsigned calls = fake_tpm.calls;

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		const struct scheme *s = &schemes[i];

		assert_rv(CKR_OK, object_encrypt_check(pair.public, s));
		assert_rv(CKR_OK, object_decrypt_check(pair.private, s));
		assert_int_equal(CIPHER_LEN, object_encrypt_len(pair.public, s, 4));
		assert_rv(
			CKR_OK, object_encrypt(f->token, pair.public, s, LITERAL("text"), &cipher));
		assert_int_equal(calls, fake_tpm.calls);
		assert_true(object_decrypt_max(pair.private, s, cipher.len) < CIPHER_LEN);
		assert_rv(CKR_OK, decrypt(f, pair.private, s, view(&cipher), &plain));
		assert_bytes_equal(LITERAL("text"), view(&plain));
		assert_int_equal(++calls, fake_tpm.calls);
	}
	buf_free(&cipher);
	buf_free(&plain);
	drop(&pair);
}

static void
raw_gives_as_many_bytes_as_the_modulus_has(void **state)
{
	struct fixture *f = *state;
	struct pair pair = make_rsa(f, "rsa", false);
	struct buf cipher = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;

	assert_rv(CKR_OK, object_encrypt(f->token, pair.public, &raw, LITERAL("text"), &cipher));
	assert_int_equal(CIPHER_LEN, object_decrypt_max(pair.private, &raw, cipher.len));
	assert_rv(CKR_OK, decrypt(f, pair.private, &raw, view(&cipher), &plain));
	assert_int_equal(CIPHER_LEN, plain.len);
	assert_bytes_equal(LITERAL("text"), bytes_trim_left(view(&plain)));
	buf_free(&cipher);
	buf_free(&plain);
	drop(&pair);
}

static void
what_is_no_ciphertext_costs_no_command(void **state)
{
	static const uint8_t zeros[CIPHER_LEN + 1];
	struct fixture *f = *state;
	struct pair pair = make_rsa(f, "rsa", false);
	struct buf plain = BUF_EMPTY;
	unsigned calls = fake_tpm.calls;

	assert_rv(CKR_ENCRYPTED_DATA_LEN_RANGE,
		decrypt(f, pair.private, &raw, bytes_of(zeros, CIPHER_LEN - 1), &plain));
	assert_rv(CKR_ENCRYPTED_DATA_LEN_RANGE,
		decrypt(f, pair.private, &raw, bytes_of(zeros, CIPHER_LEN + 1), &plain));
	assert_rv(CKR_ENCRYPTED_DATA_INVALID,
		decrypt(f, pair.private, &raw, view(&object_pubkey(pair.private)->modulus),
			&plain));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED,
		decrypt(f, pair.public, &raw, bytes_of(zeros, CIPHER_LEN), &plain));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_decrypt_check(pair.public, &raw));
	assert_rv(CKR_MECHANISM_INVALID, object_decrypt_check(pair.private, &pss));
	assert_rv(CKR_MECHANISM_INVALID, object_encrypt_check(pair.public, &pss));
	assert_int_equal(calls, fake_tpm.calls);
	assert_null(plain.ptr);
	drop(&pair);
}

static void
an_ec_key_decrypts_nothing(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct pair pair = { NULL, NULL };

	assert_rv(CKR_OK, try_ec(f->token, &priv, false, &pair.public, &pair.private));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_decrypt_check(pair.private, &raw));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, object_encrypt_check(pair.public, &raw));
	drop(&pair);
}

static void
a_key_that_the_tpm_lets_only_sign_does_not_decrypt(void **state)
{
	static const uint8_t zeros[CIPHER_LEN];
	struct fixture *f = *state;
	struct buf plain = BUF_EMPTY;
	struct pair pair = { NULL, NULL };

	fake_tpm.fips = true;
	pair = make_rsa(f, "rsa", false);
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED, object_decrypt_check(pair.private, &raw));
	assert_rv(CKR_KEY_FUNCTION_NOT_PERMITTED,
		decrypt(f, pair.private, &raw, bytes_of(zeros, sizeof zeros), &plain));
	drop(&pair);
}

/* The first bad ciphertext that is tried has no good padding: chances are one to 65536. */
static void
a_bad_padding_always_opens_to_the_same(void **state)
{
	static const uint8_t bad[CIPHER_LEN] = { 0, 7 };
	const struct bytes cipher = bytes_of(bad, sizeof bad);
	struct fixture *f = *state;
	struct pair pair = make_rsa(f, "one", false);
	struct pair other = make_rsa(f, "two", false);
	struct buf first = BUF_EMPTY;
	struct buf again = BUF_EMPTY;
	uint64_t handle = 0;

	assert_rv(CKR_OK, decrypt(f, pair.private, &schemes[0], cipher, &first));
	assert_rv(CKR_OK, decrypt(f, pair.private, &schemes[0], cipher, &again));
	assert_bytes_equal(view(&first), view(&again));
	assert_rv(CKR_OK, decrypt(f, other.private, &schemes[0], cipher, &again));
	assert_false(bytes_equal(view(&first), view(&again)));
	drop(&pair);
	drop(&other);
	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_label(f->token, "one", &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &pair.private));
	assert_rv(CKR_OK, decrypt(f, pair.private, &schemes[0], cipher, &again));
	assert_bytes_equal(view(&first), view(&again));
	assert_rv(
		CKR_ENCRYPTED_DATA_INVALID, decrypt(f, pair.private, &schemes[1], cipher, &again));
	object_put(pair.private);
	buf_free(&first);
	buf_free(&again);
}

static void
decryption_needs_a_login(void **state)
{
	static const uint8_t zeros[CIPHER_LEN];
	const struct bytes cipher = bytes_of(zeros, sizeof zeros);
	struct fixture *f = *state;
	struct pair pair = make_rsa(f, "rsa", false);
	struct pair always = make_rsa(f, "always", true);
	struct buf context = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;

	assert_rv(CKR_USER_NOT_LOGGED_IN, decrypt(f, always.private, &raw, cipher, &plain));
	assert_rv(CKR_OK, token_login_context(f->token, always.private, USER_PIN, &context));
	assert_rv(CKR_OK,
		object_decrypt(f->token, always.private, &raw, view(&context), cipher, &plain));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, decrypt(f, pair.private, &raw, cipher, &plain));
	assert_rv(CKR_OK,
		object_encrypt(f->token, pair.public, &schemes[0], LITERAL("text"), &plain));
	buf_free(&context);
	buf_free(&plain);
	drop(&pair);
	drop(&always);
}

static void
a_failure_of_the_tpm_is_told_as_it_is(void **state)
{
	static const uint8_t zeros[CIPHER_LEN];
	struct fixture *f = *state;
	struct pair pair = make_rsa(f, "rsa", false);
	struct buf plain = BUF_EMPTY;

	fake_tpm.fail_at = fake_tpm.calls + 1;
	fake_tpm.fail_rv = CKR_DEVICE_MEMORY;
	assert_rv(CKR_DEVICE_MEMORY,
		decrypt(f, pair.private, &schemes[0], bytes_of(zeros, sizeof zeros), &plain));
	assert_null(plain.ptr);
	drop(&pair);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_command_opens_what_the_host_has_encrypted),
		CASE(raw_gives_as_many_bytes_as_the_modulus_has),
		CASE(what_is_no_ciphertext_costs_no_command),
		CASE(an_ec_key_decrypts_nothing),
		CASE(a_key_that_the_tpm_lets_only_sign_does_not_decrypt),
		CASE(a_bad_padding_always_opens_to_the_same),
		CASE(decryption_needs_a_login),
		CASE(a_failure_of_the_tpm_is_told_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
