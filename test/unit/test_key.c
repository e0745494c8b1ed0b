/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keyring and keys: what a PIN opens, what it protects, and every way to sign.
 */
#include "config.h"

#include <stdlib.h>

#include "unit.h"

#include "crypto/crypto.h"
#include "fake_tpm.h"
#include "key/key_private.h"

#define PIN LITERAL("a pin")
#define UID LITERAL("01234567-89ab-4def-8123-456789abcdef")

struct fixture {
	struct tpm *tpm;
	struct tpm_parent parent;
	struct keyring *keyring;
	struct keyring_sealed sealed;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	fake_tpm_reset();
	assert_rv(CKR_OK, crypto_open());
	assert_rv(CKR_OK, tpm_new("fake", TPM_MANAGER_NO, &f->tpm));
	assert_rv(CKR_OK, tpm_parent_open(f->tpm, TPM_OWNER, 0, BYTES_EMPTY, &f->parent));
	assert_rv(CKR_OK, keyring_new(&f->keyring));
	assert_rv(CKR_OK, keyring_generate(f->keyring, f->tpm));
	assert_rv(
		CKR_OK, keyring_seal(f->keyring, f->tpm, &f->parent, BYTES_EMPTY, PIN, &f->sealed));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	keyring_sealed_free(&f->sealed);
	keyring_free(f->keyring);
	tpm_parent_free(&f->parent);
	tpm_free(f->tpm);
	crypto_close();
	free(f);
	return 0;
}

static CK_RV
unseal(struct fixture *f, struct keyring *k, struct bytes pin, bool keep_a)
{
	struct keyring_seal seal = {
		.parent = &f->parent,
		.public = view(&f->sealed.public),
		.private = view(&f->sealed.private),
		.salt = view(&f->sealed.salt),
		.iterations = f->sealed.iterations,
	};

	return keyring_unseal(k, f->tpm, &seal, pin, keep_a);
}

/* --- keyring --- */

static void
the_pin_brings_the_same_secret_back(void **state)
{
	struct fixture *f = *state;
	struct keyring *k = NULL;

	assert_rv(CKR_OK, keyring_new(&k));
	assert_false(keyring_is_open(k));
	assert_rv(CKR_PIN_INCORRECT, unseal(f, k, LITERAL("b pin"), true));
	assert_false(keyring_is_open(k));
	assert_rv(CKR_OK, unseal(f, k, PIN, true));
	assert_memory_equal(f->keyring->page, k->page, sizeof *k->page);
	keyring_free(k);
}

static void
a_goes_unless_it_is_kept(void **state)
{
	static const uint8_t zeros[KEYRING_PART_LEN];
	struct fixture *f = *state;
	struct keyring_sealed sealed = { 0 };
	struct buf auth = BUF_EMPTY;

	assert_rv(CKR_OK, unseal(f, f->keyring, PIN, false));
	assert_memory_equal(zeros, f->keyring->page->part[PART_A], sizeof zeros);
	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, false, &auth));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_key_auth(f->keyring, UID, true, &auth));
	assert_rv(CKR_FUNCTION_FAILED,
		keyring_seal(f->keyring, f->tpm, &f->parent, BYTES_EMPTY, PIN, &sealed));
	assert_rv(CKR_FUNCTION_FAILED, keyring_reserve(f->keyring, UID));
	buf_free(&auth);
}

static void
a_closed_keyring_does_nothing(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_EMPTY;

	keyring_close(f->keyring);
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_key_auth(f->keyring, UID, false, &out));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_mac(f->keyring, UID, &out));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_encrypt(f->keyring, UID, UID, &out));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_decrypt(f->keyring, UID, UID, &out));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_search_key(f->keyring, UID, &out));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_element(f->keyring, UID, 64, &out));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_reserve_take(f->keyring, &out, &out));
	assert_int_equal(0, out.len);
}

static void
authorisations_differ_by_key_and_kind_and_never_end_in_zero(void **state)
{
	struct fixture *f = *state;
	struct buf a = BUF_EMPTY;
	struct buf b = BUF_EMPTY;
	char uid[] = "01234567-89ab-4def-8123-000000000000";

	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, false, &a));
	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, false, &b));
	assert_bytes_equal(view(&a), view(&b));
	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, true, &b));
	assert_false(bytes_equal(view(&a), view(&b)));
	for (int i = 0; i < 2000; i++) {
		uid[35] = (char)('0' + i % 10);
		uid[34] = (char)('0' + i / 10 % 10);
		uid[33] = (char)('0' + i / 100 % 10);
		uid[32] = (char)('0' + i / 1000);
		assert_rv(CKR_OK, keyring_key_auth(f->keyring, bytes_str(uid), false, &a));
		assert_int_equal(32, a.len);
		assert_int_not_equal(0, a.ptr[31]);
	}
	buf_free(&a);
	buf_free(&b);
}

static void
the_last_authorisations_are_not_derived_again(void **state)
{
	struct fixture *f = *state;
	struct buf first = BUF_EMPTY;
	struct buf other = BUF_EMPTY;
	char uid[] = "01234567-89ab-4def-8123-000000000000";

	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, false, &first));
	f->keyring->page->part[PART_K][0] ^= 1;
	for (int i = 0; i < KEYRING_KNOWN_COUNT; i++) {
		assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, false, &other));
		assert_bytes_equal(view(&first), view(&other));
		uid[35] = (char)('0' + i % 10);
		uid[34] = (char)('0' + i / 10);
		assert_rv(CKR_OK, keyring_key_auth(f->keyring, bytes_str(uid), false, &other));
	}
	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, false, &other));
	assert_false(bytes_equal(view(&first), view(&other)));
	buf_free(&first);
	buf_free(&other);
}

static void
a_reserved_authorisation_is_that_of_its_key_and_given_once(void **state)
{
	struct fixture *f = *state;
	struct buf uid = BUF_EMPTY;
	struct buf auth = BUF_EMPTY;
	struct buf real = BUF_EMPTY;

	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, true, &real));
	assert_rv(CKR_OK, keyring_reserve(f->keyring, UID));
	keyring_wipe_a(f->keyring);
	assert_rv(CKR_OK, keyring_reserve_take(f->keyring, &uid, &auth));
	assert_bytes_equal(UID, view(&uid));
	assert_bytes_equal(view(&real), view(&auth));
	assert_rv(CKR_USER_NOT_LOGGED_IN, keyring_reserve_take(f->keyring, &uid, &auth));
	buf_free(&uid);
	buf_free(&auth);
	buf_free(&real);
}

static void
what_is_encrypted_opens_only_in_its_place(void **state)
{
	struct fixture *f = *state;
	struct buf sealed = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;

	assert_rv(CKR_OK, keyring_encrypt(f->keyring, LITERAL("here"), LITERAL("secret"), &sealed));
	assert_rv(CKR_OK, keyring_decrypt(f->keyring, LITERAL("here"), view(&sealed), &plain));
	assert_bytes_equal(LITERAL("secret"), view(&plain));
	assert_rv(CKR_DEVICE_ERROR,
		keyring_decrypt(f->keyring, LITERAL("there"), view(&sealed), &plain));
	buf_free(&sealed);
	buf_free(&plain);
}

static void
two_tokens_share_nothing(void **state)
{
	struct fixture *f = *state;
	struct keyring *other = NULL;
	struct buf a = BUF_EMPTY;
	struct buf b = BUF_EMPTY;

	assert_rv(CKR_OK, keyring_new(&other));
	assert_rv(CKR_OK, keyring_generate(other, f->tpm));
	assert_rv(CKR_OK, keyring_mac(f->keyring, UID, &a));
	assert_rv(CKR_OK, keyring_mac(other, UID, &b));
	assert_false(bytes_equal(view(&a), view(&b)));
	assert_rv(CKR_OK, keyring_search_key(f->keyring, UID, &a));
	assert_int_equal(16, a.len);
	keyring_free(other);
	buf_free(&a);
	buf_free(&b);
}

static void
a_copy_lives_on_when_the_first_is_closed(void **state)
{
	struct fixture *f = *state;
	struct keyring *copy = NULL;
	struct buf auth = BUF_EMPTY;

	assert_rv(CKR_OK, keyring_copy(f->keyring, &copy));
	keyring_close(f->keyring);
	assert_rv(CKR_OK, keyring_key_auth(copy, UID, false, &auth));
	keyring_free(copy);
	buf_free(&auth);
}

static void
no_random_numbers_no_secret(void **state)
{
	struct fixture *f = *state;
	struct keyring *k = NULL;

	assert_rv(CKR_OK, keyring_new(&k));
	fake_tpm.absent = true;
	assert_rv(CKR_DEVICE_REMOVED, keyring_generate(k, f->tpm));
	assert_false(keyring_is_open(k));
	keyring_free(k);
}

/* --- signing --- */

static struct key *
make_key(struct fixture *f, enum key_kind kind, struct buf *auth)
{
	struct keyspec spec = {
		.kind = kind, .curve = kind == KEY_EC ? CURVE_P256 : CURVE_NONE, .bits = 2048
	};
	struct buf public = BUF_EMPTY;
	struct buf private = BUF_EMPTY;
	struct tpm_caps caps = { 0 };
	struct key *key = NULL;

	assert_rv(CKR_OK, keyring_key_auth(f->keyring, UID, false, auth));
	assert_rv(CKR_OK, tpm_create_key(f->tpm, &f->parent, BYTES_EMPTY, &caps, &spec, view(auth),
				  &public, &private));
	assert_rv(CKR_OK,
		key_tpm_new(f->tpm, &f->parent, BYTES_EMPTY, view(&public), view(&private), &key));
	buf_free(&public);
	buf_free(&private);
	return key;
}

#define RAW_LEN 256

struct sign_row {
	enum key_kind kind;
	struct scheme scheme;
	size_t len;   /* of the input */
	CK_RV rv;     /* of a key that may decrypt too */
	CK_RV native; /* of one that may only sign */
};

static const struct sign_row sign_rows[] = {
	{ KEY_EC, { .alg = ALG_ECDSA }, 32, CKR_OK, CKR_OK },
	{ KEY_EC, { .alg = ALG_ECDSA, .hash = HASH_SHA256 }, 32, CKR_OK, CKR_OK },
	{ KEY_EC, { .alg = ALG_ECDSA, .hash = HASH_SHA256 }, 31, CKR_DATA_LEN_RANGE,
		CKR_DATA_LEN_RANGE },
	{ KEY_EC, { .alg = ALG_RSA_PKCS1 }, 32, CKR_KEY_FUNCTION_NOT_PERMITTED,
		CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA, { .alg = ALG_ECDSA }, 32, CKR_KEY_FUNCTION_NOT_PERMITTED,
		CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA, { .alg = ALG_RSA_PKCS1, .hash = HASH_SHA512 }, 64, CKR_OK, CKR_OK },
	{ KEY_RSA, { .alg = ALG_RSA_PKCS1 }, 36, CKR_OK, CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA, { .alg = ALG_RSA_PKCS1 }, RAW_LEN - 11, CKR_OK, CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA, { .alg = ALG_RSA_PKCS1 }, RAW_LEN - 10, CKR_DATA_LEN_RANGE, CKR_DATA_LEN_RANGE },
	{ KEY_RSA,
		{ .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .mgf = HASH_SHA256, .salt_len = 32 },
		32, CKR_OK, CKR_OK },
	{ KEY_RSA, { .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .mgf = HASH_SHA1, .salt_len = 7 },
		32, CKR_OK, CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA,
		{ .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .mgf = HASH_SHA256, .salt_len = 32 },
		20, CKR_DATA_LEN_RANGE, CKR_DATA_LEN_RANGE },
	{ KEY_RSA,
		{ .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .mgf = HASH_SHA256, .salt_len = 223 },
		32, CKR_KEY_SIZE_RANGE, CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA, { .alg = ALG_RSA_RAW }, 10, CKR_OK, CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA, { .alg = ALG_RSA_RAW }, RAW_LEN, CKR_OK, CKR_KEY_FUNCTION_NOT_PERMITTED },
	{ KEY_RSA, { .alg = ALG_RSA_RAW }, RAW_LEN + 1, CKR_DATA_LEN_RANGE, CKR_DATA_LEN_RANGE },
};

static void
check_rows(struct fixture *f, bool native)
{
	static const uint8_t input[RAW_LEN + 1] = { 1, 2, 3 }; /* below every modulus */
	struct buf auth = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;
	struct key *keys[] = {
		[KEY_RSA] = make_key(f, KEY_RSA, &auth), [KEY_EC] = make_key(f, KEY_EC, &auth)
	};

	for (size_t i = 0; i < sizeof sign_rows / sizeof *sign_rows; i++) {
		const struct sign_row *row = &sign_rows[i];
		struct key *key = keys[row->kind];
		struct bytes data = bytes_of(input, row->len);
		CK_RV expected = native ? row->native : row->rv;

		if (key_sign(key, &row->scheme, view(&auth), data, &signature) != expected)
			fail_msg("row %zu", i);
		if (expected == CKR_OK)
			assert_rv(CKR_OK,
				crypto_verify(&key->public, &row->scheme, data, view(&signature)));
	}
	key_free(keys[KEY_RSA]);
	key_free(keys[KEY_EC]);
	buf_free(&auth);
	buf_free(&signature);
}

static void
every_scheme_signs_what_it_may(void **state)
{
	check_rows(*state, false);
}

static void
a_key_that_may_not_decrypt_signs_digests_only(void **state)
{
	fake_tpm.fips = true;
	check_rows(*state, true);
}

static void
a_digest_info_is_signed_natively(void **state)
{
	static const uint8_t digest[32] = { 5 };
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_RSA_PKCS1 };
	struct buf auth = BUF_EMPTY;
	struct buf info = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;
	struct key *key = NULL;

	fake_tpm.fips = true;
	key = make_key(f, KEY_RSA, &auth);
	assert_rv(CKR_OK, pad_digest_info(HASH_SHA256, bytes_of(digest, sizeof digest), &info));
	assert_rv(CKR_OK, key_sign(key, &s, view(&auth), view(&info), &signature));
	assert_rv(CKR_OK, crypto_verify(&key->public, &s, view(&info), view(&signature)));
	key_free(key);
	buf_free(&auth);
	buf_free(&info);
	buf_free(&signature);
}

static void
a_number_above_the_modulus_is_invalid_data(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_RSA_RAW };
	struct buf auth = BUF_EMPTY;
	struct buf signature = BUF_EMPTY;
	struct key *key = make_key(f, KEY_RSA, &auth);
	unsigned calls = fake_tpm.calls;

	assert_rv(CKR_DATA_INVALID,
		key_sign(key, &s, view(&auth), view(&key->public.modulus), &signature));
	assert_int_equal(calls, fake_tpm.calls);
	key_free(key);
	buf_free(&auth);
	buf_free(&signature);
}

static void
a_malformed_public_area_makes_no_key(void **state)
{
	struct fixture *f = *state;
	struct key *key = NULL;

	assert_rv(CKR_DEVICE_ERROR, key_tpm_new(f->tpm, &f->parent, BYTES_EMPTY, LITERAL("junk"),
					    LITERAL("junk"), &key));
	assert_null(key);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_pin_brings_the_same_secret_back),
		CASE(a_goes_unless_it_is_kept),
		CASE(a_closed_keyring_does_nothing),
		CASE(authorisations_differ_by_key_and_kind_and_never_end_in_zero),
		CASE(the_last_authorisations_are_not_derived_again),
		CASE(a_reserved_authorisation_is_that_of_its_key_and_given_once),
		CASE(what_is_encrypted_opens_only_in_its_place),
		CASE(two_tokens_share_nothing),
		CASE(a_copy_lives_on_when_the_first_is_closed),
		CASE(no_random_numbers_no_secret),
		CASE(every_scheme_signs_what_it_may),
		CASE(a_key_that_may_not_decrypt_signs_digests_only),
		CASE(a_digest_info_is_signed_natively),
		CASE(a_number_above_the_modulus_is_invalid_data),
		CASE(a_malformed_public_area_makes_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
