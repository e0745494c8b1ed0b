/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seals and keys in a real TPM: results, exact codes, and the commands that
 * each call may cost.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "integration/tpm/rig.h"

static void
seal_costs_one_command_and_unsealing_three(void **state)
{
	struct rig *r = *state;
	struct rig_object seal;
	struct buf secret = BUF_EMPTY;

	rig_seal(r, &r->parent, &seal);
	assert_commands(r, "Create");
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &seal.o, &secret));
	assert_commands(r, "Load Unseal FlushContext");
	assert_bytes_equal(view(&secret), LITERAL("a secret"));
	buf_free(&secret);
	rig_object_free(&seal);
}

static void
first_unsealing_of_a_process_starts_its_session(void **state)
{
	struct rig *r = *state;
	struct rig_object seal;
	struct buf secret = BUF_EMPTY;
	struct tpm *other = NULL;

	rig_seal(r, &r->parent, &seal);
	other = rig_tpm(r, TPM_MANAGER_YES, NULL, NULL);
	rig_commands(r);
	assert_rv(CKR_OK, tpm_unseal(other, &seal.o, &secret));
	assert_commands(r, "Load StartAuthSession Unseal FlushContext");
	tpm_free(other);
	assert_commands(r, "");
	buf_free(&secret);
	rig_object_free(&seal);
}

static void
wrong_authorisation_of_a_seal_is_a_wrong_pin(void **state)
{
	struct rig *r = *state;
	struct rig_object seal;
	struct buf secret = BUF_EMPTY;
	struct tpm_lockout lockout;

	rig_seal(r, &r->parent, &seal);
	seal.o.auth = rig_wrong_auth();
	assert_rv(CKR_OK, tpm_reset_lockout(r->tpm, BYTES_EMPTY));
	assert_rv(CKR_PIN_INCORRECT, tpm_unseal(r->tpm, &seal.o, &secret));
	assert_null(secret.ptr);
	assert_rv(CKR_OK, tpm_read_lockout(r->tpm, &lockout));
	assert_int_equal(lockout.counter, 1);
	assert_false(lockout.locked);
	seal.o.auth = rig_auth();
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &seal.o, &secret));
	buf_free(&secret);
	rig_object_free(&seal);
}

static void
seal_takes_1_to_128_bytes(void **state)
{
	struct rig *r = *state;
	struct rig_object seal = { .public = BUF_EMPTY };
	struct buf big = BUF_EMPTY;

	assert_rv(CKR_OK, buf_resize(&big, 129));
	assert_rv(CKR_ARGUMENTS_BAD, tpm_seal(r->tpm, &r->parent, BYTES_EMPTY, rig_auth(),
					     view(&big), &seal.public, &seal.private));
	assert_rv(CKR_ARGUMENTS_BAD, tpm_seal(r->tpm, &r->parent, BYTES_EMPTY, rig_auth(),
					     BYTES_EMPTY, &seal.public, &seal.private));
	assert_commands(r, "");
	assert_rv(CKR_OK, buf_resize(&big, 128));
	assert_rv(CKR_OK, tpm_seal(r->tpm, &r->parent, BYTES_EMPTY, rig_auth(), view(&big),
				  &seal.public, &seal.private));
	buf_free(&big);
	rig_object_free(&seal);
}

static void
blobs_of_another_parent_or_damaged_are_refused(void **state)
{
	struct rig *r = *state;
	struct tpm_parent other = { .handle = 0 };
	struct rig_object seal;
	struct buf secret = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &other));
	rig_seal(r, &r->parent, &seal);
	seal.o.parent = &other;
	assert_rv(CKR_DEVICE_ERROR, tpm_unseal(r->tpm, &seal.o, &secret));
	assert_sentence("the TPM was cleared, or this store comes from another machine");
	seal.o.parent = &r->parent;
	seal.private.ptr[seal.private.len - 1] ^= 1;
	assert_rv(CKR_DEVICE_ERROR, tpm_unseal(r->tpm, &seal.o, &secret));
	seal.o.private = bytes_slice(seal.o.private, 0, seal.o.private.len - 1);
	assert_rv(CKR_DEVICE_ERROR, tpm_unseal(r->tpm, &seal.o, &secret));
	assert_null(secret.ptr);
	rig_object_free(&seal);
	tpm_parent_free(&other);
}

static void
key_stays_loaded(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf signature = BUF_EMPTY;

	rig_ec_key(r, &key);
	assert_commands(r, "Create");
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &signature));
	assert_commands(r, "Load Sign");
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &signature));
	assert_commands(r, "Sign");
	assert_rv(CKR_OK, tpm_forget(r->tpm, key.o.public));
	assert_commands(r, "FlushContext");
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &signature));
	assert_commands(r, "Load Sign");
	buf_free(&signature);
	rig_object_free(&key);
}

/* Any curve, any digest: against libcrypto. */
static void
signatures_with_digests_of_every_length_verify(void **state)
{
	static const size_t lengths[] = { 1, 20, 28, 31, 32, 33, 48, 49, 64 };
	struct scheme s = { .alg = ALG_ECDSA };
	struct rig *r = *state;
	uint8_t digest[64];

	for (enum curve c = CURVE_P256; c < CURVE_COUNT; c++) {
		struct keyspec spec = { KEY_EC, c, 0, true, false, false };
		struct pubkey public = PUBKEY_EMPTY;
		struct buf signature = BUF_EMPTY;
		struct rig_object key;

		rig_key(r, &r->parent, &spec, &key);
		assert_rv(CKR_OK, tpm_public_key(key.o.public, &public));
		for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
			struct bytes input = bytes_of(digest, lengths[i]);

			assert_rv(CKR_OK, crypto_random(digest, sizeof digest));
			assert_rv(CKR_OK, tpm_sign(r->tpm, &key.o, &s, input, &signature));
			assert_int_equal(signature.len, pubkey_signature_len(&public));
			assert_rv(CKR_OK, crypto_verify(&public, &s, input, view(&signature)));
		}
		buf_free(&signature);
		pubkey_free(&public);
		rig_object_free(&key);
	}
}

static void
digest_that_no_hash_of_a_tpm_gives_is_refused(void **state)
{
	struct keyspec spec = { KEY_EC, CURVE_P521, 0, true, false, false };
	struct scheme s = { .alg = ALG_ECDSA };
	struct rig *r = *state;
	struct rig_object key;
	struct buf signature = BUF_EMPTY;
	uint8_t digest[66] = { 0 };

	rig_key(r, &r->parent, &spec, &key);
	rig_commands(r);
	assert_rv(CKR_DATA_LEN_RANGE,
		tpm_sign(r->tpm, &key.o, &s, bytes_of(digest, sizeof digest), &signature));
	assert_commands(r, "");
	rig_object_free(&key);
}

static void
rsa_signs_and_computes(void **state)
{
	struct keyspec spec = { KEY_RSA, CURVE_NONE, 2048, true, false, false };
	struct scheme pkcs1 = { .alg = ALG_RSA_PKCS1, .hash = HASH_SHA256, .digest = HASH_SHA256 };
	struct scheme pss = {
		.alg = ALG_RSA_PSS,
		.hash = HASH_SHA256,
		.digest = HASH_SHA256,
		.mgf = HASH_SHA256,
		.salt_len = 32,
	};
	struct scheme ecdsa = { .alg = ALG_ECDSA };
	struct bytes digest = LITERAL("a digest of just thirty-two byte");
	struct rig *r = *state;
	struct pubkey public = PUBKEY_EMPTY;
	struct buf signature = BUF_EMPTY;
	struct buf opened = BUF_EMPTY;
	struct rig_object key;

	rig_key(r, &r->parent, &spec, &key);
	assert_rv(CKR_OK, tpm_public_key(key.o.public, &public));
	assert_rv(CKR_OK, tpm_sign(r->tpm, &key.o, &pkcs1, digest, &signature));
	assert_rv(CKR_OK, crypto_verify(&public, &pkcs1, digest, view(&signature)));
	assert_rv(CKR_OK, tpm_sign(r->tpm, &key.o, &pss, digest, &signature));
	assert_int_equal(signature.len, 256);
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, tpm_sign(r->tpm, &key.o, &ecdsa, digest, &signature));
	assert_rv(CKR_DATA_LEN_RANGE,
		tpm_sign(r->tpm, &key.o, &pkcs1, bytes_slice(digest, 0, 20), &signature));

	rig_commands(r);
	assert_rv(CKR_OK, tpm_rsa_private(r->tpm, &key.o, view(&signature), &opened));
	assert_commands(r, "RSA_Decrypt");
	assert_int_equal(opened.len, 256);
	assert_rv(CKR_OK, rsa_public(&public, view(&opened), &opened));
	assert_bytes_equal(view(&opened), view(&signature));
	assert_rv(
		CKR_DATA_INVALID, tpm_rsa_private(r->tpm, &key.o, view(&public.modulus), &opened));
	assert_rv(CKR_DATA_LEN_RANGE, tpm_rsa_private(r->tpm, &key.o, digest, &opened));
	buf_free(&opened);
	buf_free(&signature);
	pubkey_free(&public);
	rig_object_free(&key);
}

static void
wrong_authorisation_of_a_key_is_a_damaged_store(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf signature = BUF_EMPTY;

	rig_ec_key(r, &key);
	key.o.auth = rig_wrong_auth();
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &key, &signature));
	key.o.auth = rig_auth();
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &signature));
	/* The right value of a moment ago does not linger. */
	key.o.auth = BYTES_EMPTY;
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &key, &signature));
	buf_free(&signature);
	rig_object_free(&key);
}

/* Both are loaded at one time, and each takes its own authorisation only. */
static void
key_and_its_copy_have_an_authorisation_each(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct rig_object copy = { .public = BUF_EMPTY };
	struct buf out = BUF_EMPTY;

	rig_ec_key(r, &key);
	rig_commands(r);
	copy.o = key.o;
	assert_rv(CKR_OK, tpm_change_auth(r->tpm, &key.o, rig_wrong_auth(), &copy.private));
	assert_commands(r, "Load ObjectChangeAuth");
	assert_rv(CKR_OK, tpm_change_auth(r->tpm, &key.o, rig_wrong_auth(), &copy.private));
	assert_commands(r, "ObjectChangeAuth");
	copy.o.private = view(&copy.private);
	copy.o.auth = rig_wrong_auth();
	assert_rv(CKR_OK, rig_sign(r->tpm, &copy, &out));
	assert_commands(r, "Load Sign");
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	assert_rv(CKR_OK, rig_sign(r->tpm, &copy, &out));
	assert_commands(r, "Sign Sign");
	copy.o.auth = rig_auth();
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &copy, &out));
	assert_rv(CKR_DEVICE_ERROR, tpm_change_auth(r->tpm, &copy.o, rig_wrong_auth(), &out));
	rig_commands(r);
	assert_rv(CKR_OK, tpm_forget(r->tpm, key.o.public));
	assert_commands(r, "FlushContext FlushContext");
	buf_free(&out);
	rig_object_free(&copy);
	rig_object_free(&key);
}

static void
key_of_a_primary_gets_another_authorisation(void **state)
{
	struct keyspec p256 = { KEY_EC, CURVE_P256, 0, true, false, false };
	struct rig *r = *state;
	struct tpm_parent parent = { .handle = 0 };
	struct rig_object key;
	struct rig_object copy = { .public = BUF_EMPTY };
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &parent));
	rig_key(r, &parent, &p256, &key);
	copy.o = key.o;
	assert_rv(CKR_OK, tpm_change_auth(r->tpm, &key.o, rig_wrong_auth(), &copy.private));
	copy.o.private = view(&copy.private);
	copy.o.auth = rig_wrong_auth();
	assert_rv(CKR_OK, rig_sign(r->tpm, &copy, &out));
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	buf_free(&out);
	rig_object_free(&copy);
	rig_object_free(&key);
	tpm_parent_free(&parent);
}

static void
an_authorisation_must_be_possible(void **state)
{
	static const uint8_t long_one[65] = { 1 };
	struct rig *r = *state;
	struct rig_object key;
	struct buf out = BUF_EMPTY;

	rig_ec_key(r, &key);
	rig_commands(r);
	assert_rv(CKR_ARGUMENTS_BAD, tpm_change_auth(r->tpm, &key.o, BYTES_EMPTY, &out));
	assert_rv(CKR_ARGUMENTS_BAD,
		tpm_change_auth(r->tpm, &key.o, bytes_of(long_one, sizeof long_one), &out));
	assert_commands(r, "");
	assert_null(out.ptr);
	rig_object_free(&key);
}

static void
keys_that_this_tpm_does_not_have_are_refused(void **state)
{
	struct keyspec p521 = { KEY_EC, CURVE_P521, 0, true, false, false };
	struct keyspec rsa = { KEY_RSA, CURVE_NONE, 3072, true, false, false };
	struct rig *r = *state;
	struct rig_object key = { .public = BUF_EMPTY };
	struct tpm *less = rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_HIDE", "P-521,RSA-3072");
	struct tpm_caps caps;

	assert_rv(CKR_OK, tpm_read_caps(less, &caps));
	rig_commands(r);
	assert_rv(CKR_CURVE_NOT_SUPPORTED, tpm_create_key(less, &r->parent, BYTES_EMPTY, &caps,
						   &p521, rig_auth(), &key.public, &key.private));
	assert_rv(CKR_KEY_SIZE_RANGE, tpm_create_key(less, &r->parent, BYTES_EMPTY, &caps, &rsa,
					      rig_auth(), &key.public, &key.private));
	assert_commands(r, "");
	assert_rv(CKR_CURVE_NOT_SUPPORTED, tpm_create_key(less, &r->parent, BYTES_EMPTY, NULL,
						   &p521, rig_auth(), &key.public, &key.private));
	tpm_free(less);
}

static void
five_keys_take_turns_in_three_slots(void **state)
{
	struct rig *r = *state;
	struct rig_object keys[5];
	struct rig_object seal;
	struct buf out = BUF_EMPTY;

	for (size_t i = 0; i < 5; i++)
		rig_ec_key(r, &keys[i]);
	rig_seal(r, &r->parent, &seal);
	rig_commands(r);
	for (size_t i = 0; i < 10; i++) {
		assert_rv(CKR_OK, rig_sign(r->tpm, &keys[i % 5], &out));
		assert_commands(r, i < 2 ? "Load Sign"
				  : i < 5 ? "FlushContext Load Sign"
					  : "FlushContext Load ContextSave Sign");
	}
	assert_rv(CKR_OK, rig_sign(r->tpm, &keys[3], &out));
	assert_commands(r, "Sign");
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &seal.o, &out));
	assert_commands(r, "FlushContext Load Unseal FlushContext");
	/* The one used longest ago had to go. */
	assert_rv(CKR_OK, rig_sign(r->tpm, &keys[3], &out));
	assert_commands(r, "Sign");
	buf_free(&out);
	rig_object_free(&seal);
	for (size_t i = 0; i < 5; i++)
		rig_object_free(&keys[i]);
}

static void
behind_a_manager_one_key_stays(void **state)
{
	struct rig *r = *state;
	struct rig_object keys[2];
	struct buf out = BUF_EMPTY;
	struct tpm *t = NULL;

	rig_ec_key(r, &keys[0]);
	rig_ec_key(r, &keys[1]);
	t = rig_tpm(r, TPM_MANAGER_YES, NULL, NULL);
	rig_commands(r);
	assert_rv(CKR_OK, rig_sign(t, &keys[0], &out));
	assert_commands(r, "Load StartAuthSession Sign");
	assert_rv(CKR_OK, rig_sign(t, &keys[1], &out));
	assert_commands(r, "FlushContext Load Sign");
	assert_rv(CKR_OK, rig_sign(t, &keys[1], &out));
	assert_commands(r, "Sign");
	assert_rv(CKR_OK, tpm_forget(t, keys[1].o.public));
	rig_commands(r);
	tpm_free(t);
	assert_commands(r, "");
	buf_free(&out);
	rig_object_free(&keys[0]);
	rig_object_free(&keys[1]);
}

static void
closing_flushes_what_is_loaded(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf out = BUF_EMPTY;
	struct tpm *t = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);

	rig_ec_key(r, &key);
	rig_commands(r);
	assert_rv(CKR_OK, rig_sign(t, &key, &out));
	assert_commands(r, "Load StartAuthSession Sign");
	tpm_free(t);
	assert_commands(r, "FlushContext FlushContext");
	buf_free(&out);
	rig_object_free(&key);
}

static void
secrets_do_not_stay_in_memory(void **state)
{
	struct rig *r = *state;
	struct rig_object seal = { .public = BUF_EMPTY };
	struct buf auth = BUF_EMPTY;
	struct buf secret = BUF_EMPTY;
	uint8_t masked_auth[32];
	uint8_t masked_secret[96];

	rig_random(&auth, sizeof masked_auth, masked_auth);
	if (!rig_heap_has(masked_auth, sizeof masked_auth)) {
		buf_free(&auth);
		skip(); /* sanitizers have a heap of their own */
	}
	rig_random(&secret, sizeof masked_secret, masked_secret);
	assert_rv(CKR_OK, tpm_seal(r->tpm, &r->parent, BYTES_EMPTY, view(&auth), view(&secret),
				  &seal.public, &seal.private));
	buf_free(&secret);
	seal.o = (struct tpm_object){ &r->parent, BYTES_EMPTY, view(&seal.public),
		view(&seal.private), view(&auth) };
	assert_false(rig_heap_has(masked_secret + 64, 32));
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &seal.o, &secret));
	assert_true(rig_heap_has(masked_secret + 64, 32));
	buf_free(&secret);
	buf_free(&auth);
	assert_false(rig_heap_has(masked_secret, 32));
	assert_false(rig_heap_has(masked_secret + 64, 32));
	assert_false(rig_heap_has(masked_auth, sizeof masked_auth));
	rig_object_free(&seal);
}

static void
new_authorisation_does_not_stay_in_memory(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf auth = BUF_EMPTY;
	struct buf private = BUF_EMPTY;
	uint8_t masked[32];
	bool seen = false;
	bool left = false;

	rig_ec_key(r, &key);
	rig_random(&auth, sizeof masked, masked);
	assert_rv(CKR_OK, tpm_change_auth(r->tpm, &key.o, view(&auth), &private));
	seen = rig_heap_has(masked, sizeof masked); /* ours */
	buf_free(&auth);
	left = rig_heap_has(masked, sizeof masked);
	buf_free(&private);
	rig_object_free(&key);
	if (!seen)
		skip(); /* sanitizers have a heap of their own */
	assert_false(left);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(secrets_do_not_stay_in_memory),
		CASE(new_authorisation_does_not_stay_in_memory),
		CASE(seal_costs_one_command_and_unsealing_three),
		CASE(first_unsealing_of_a_process_starts_its_session),
		CASE(wrong_authorisation_of_a_seal_is_a_wrong_pin),
		CASE(seal_takes_1_to_128_bytes),
		CASE(blobs_of_another_parent_or_damaged_are_refused),
		CASE(key_stays_loaded),
		CASE(signatures_with_digests_of_every_length_verify),
		CASE(digest_that_no_hash_of_a_tpm_gives_is_refused),
		CASE(rsa_signs_and_computes),
		CASE(wrong_authorisation_of_a_key_is_a_damaged_store),
		CASE(key_and_its_copy_have_an_authorisation_each),
		CASE(key_of_a_primary_gets_another_authorisation),
		CASE(an_authorisation_must_be_possible),
		CASE(keys_that_this_tpm_does_not_have_are_refused),
		CASE(five_keys_take_turns_in_three_slots),
		CASE(behind_a_manager_one_key_stays),
		CASE(closing_flushes_what_is_loaded),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
