/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys of a token: which of them the TPM uses, which it seals, and
 * which stay on the host; what a TPM with less does; and what is left when
 * something fails.
 */
#include "config.h"

#include <stdio.h>

#include "secret.h"
#include "tpm2-token/vendor.h"

#define VALUE_MAX 160
#define ON_HOST   (-1)

static const uint8_t value[VALUE_MAX] = "a value that is longer than any TPM could take";

static int
place_of(const struct object *o)
{
	struct bytes public = attrs_bytes(object_attrs(o), CKA_TPM2_TOKEN_PUBLIC);
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool exportable = false;

	if (public.len == 0)
		return ON_HOST;
	assert_int_equal(0, attrs_bytes(object_attrs(o), CKA_VALUE).len);
	assert_rv(CKR_OK, tpm_public_kind(public, &kind, &exportable));
	assert_true(!exportable || kind != TPM_KIND_SEALED);
	return (int)kind;
}

static bool
is_exportable(const struct object *o)
{
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool exportable = false;

	assert_rv(CKR_OK, tpm_public_kind(attrs_bytes(object_attrs(o), CKA_TPM2_TOKEN_PUBLIC),
				  &kind, &exportable));
	return exportable;
}

static struct object *
get_again(struct fixture *f)
{
	struct object *o = NULL;
	uint64_t handle = 0;

	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_label(f->token, "secret", &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	return o;
}

/* --- where --- */

static void
every_key_has_its_place_and_keeps_it(void **state)
{
	static const struct {
		CK_KEY_TYPE type;
		size_t len;
		int place;
	} rows[] = {
		{ CKK_AES, 16, TPM_KIND_AES },
		{ CKK_AES, 24, TPM_KIND_AES },
		{ CKK_AES, 32, TPM_KIND_AES },
		{ CKK_SHA_1_HMAC, 20, TPM_KIND_HMAC },
		{ CKK_SHA256_HMAC, 32, TPM_KIND_HMAC },
		{ CKK_SHA256_HMAC, 64, TPM_KIND_HMAC },
		{ CKK_SHA256_HMAC, 65, TPM_KIND_SEALED },
		{ CKK_SHA512_HMAC, 128, TPM_KIND_HMAC },
		{ CKK_SHA512_HMAC, 129, ON_HOST },
		{ CKK_GENERIC_SECRET, 24, TPM_KIND_SEALED },
		{ CKK_GENERIC_SECRET, 128, TPM_KIND_SEALED },
		{ CKK_GENERIC_SECRET, 129, ON_HOST },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct object *o = NULL;

		o = secret_create(f->token, rows[i].type, true, bytes_of(value, rows[i].len));
		assert_int_equal(rows[i].place, place_of(o));
		object_put(o);
		o = get_again(f);
		assert_int_equal(rows[i].place, place_of(o));
		assert_int_equal(rows[i].len, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
		assert_int_equal(3, attrs_bytes(object_attrs(o), CKA_CHECK_VALUE).len);
		if (rows[i].place == ON_HOST) /* the fake TPM's blobs are not encrypted */
			assert_false(fixture_file_has(f, bytes_of(value, 16)));
		assert_rv(CKR_OK, object_destroy(f->token, o));
		object_put(o);
	}
}

static void
the_tpm_makes_what_it_can_make(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		size_t len;
		int place;
		size_t check_len; /* of CKA_CHECK_VALUE: there is one if the value passed the host
				   */
	} rows[] = {
		{ CKM_AES_KEY_GEN, 32, TPM_KIND_AES, 0 },
		{ CKM_SHA256_KEY_GEN, 32, TPM_KIND_HMAC, 0 },
		{ CKM_SHA256_KEY_GEN, 20, TPM_KIND_HMAC, 3 },
		{ CKM_GENERIC_SECRET_KEY_GEN, 32, TPM_KIND_SEALED, 3 },
		{ CKM_GENERIC_SECRET_KEY_GEN, 200, ON_HOST, 3 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;

		assert_rv(CKR_OK, secret_generate(f->token, rows[i].type, rows[i].len, &a, &o));
		assert_int_equal(rows[i].place, place_of(o));
		assert_int_equal(rows[i].len, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
		assert_int_equal(
			rows[i].check_len, attrs_bytes(object_attrs(o), CKA_CHECK_VALUE).len);
		assert_true(attrs_bool(object_attrs(o), CKA_LOCAL, false));
		object_put(o);
	}
}

static void
making_an_aes_key_takes_one_command(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	unsigned before = fake_tpm.calls;

	assert_rv(CKR_OK, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	assert_int_equal(before + 1, fake_tpm.calls);
	assert_rv(CKR_OK, object_destroy(f->token, o));
	assert_int_equal(1, fake_tpm.forgotten);
	object_put(o);
	give(&a, CKA_CHECK_VALUE, LITERAL("abc"));
	o = NULL;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID,
		secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	give(&a, CKA_CHECK_VALUE, BYTES_EMPTY);
	assert_rv(CKR_OK, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	object_put(o);
}

static void
only_what_is_extractable_can_be_exported(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	assert_false(is_exportable(o));
	assert_rv(CKR_KEY_UNEXTRACTABLE, object_value(f->token, o, &out));
	object_put(o);
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	assert_true(is_exportable(o));
	assert_rv(CKR_OK, object_value(f->token, o, &out));
	assert_int_equal(16, out.len);
	object_put(o);
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, secret_generate(f->token, CKM_GENERIC_SECRET_KEY_GEN, 16, &a, &o));
	assert_false(is_exportable(o));
	buf_free(&out);
	object_put(o);
}

/* --- who --- */

static void
a_key_that_is_not_private_is_seen_by_all_and_used_after_a_login(void **state)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_AES_KEY_GEN, CKM_GENERIC_SECRET_KEY_GEN };
	struct fixture *f = *state;
	struct scheme hmac = { .alg = ALG_HMAC, .digest = HASH_SHA256, .mac_len = 32 };
	struct scheme cmac = { .alg = ALG_AES_CMAC, .mac_len = 16 };

	for (size_t i = 0; i < 2; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;
		struct buf out = BUF_EMPTY;
		uint64_t handle = 0;

		give_bool(&a, CKA_PRIVATE, false);
		assert_rv(CKR_OK, secret_generate(f->token, types[i], 16, &a, &o));
		assert_rv(CKR_OK, token_logout(f->token));
		object_put(o);
		fixture_reopen(f);
		assert_int_equal(1, find_label(f->token, "secret", &handle));
		assert_rv(CKR_OK, object_get(f->token, handle, &o));
		assert_int_equal(16, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
		assert_rv(CKR_USER_NOT_LOGGED_IN,
			secret_mac(f->token, o, i == 0 ? &cmac : &hmac, bytes_of(value, 32), &out));
		assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
		assert_rv(CKR_OK,
			secret_mac(f->token, o, i == 0 ? &cmac : &hmac, bytes_of(value, 32), &out));
		assert_rv(CKR_OK, object_destroy(f->token, o));
		buf_free(&out);
		object_put(o);
	}
}

static void
nobody_else_makes_keys_on_the_token(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	unsigned before = fake_tpm.calls;

	assert_rv(CKR_USER_NOT_LOGGED_IN, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	give_bool(&a, CKA_PRIVATE, false);
	assert_rv(CKR_USER_NOT_LOGGED_IN, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	assert_int_equal(before, fake_tpm.calls);
	assert_null(o);
}

/* --- TPMs that have less --- */

static int
token_without_aes(void **state)
{
	struct fixture *f = NULL;

	fixture_empty(state);
	f = *state;
	fake_tpm.no_aes = true;
	fake_tpm.hashes = 1U << HASH_SHA1 | 1U << HASH_SHA256;
	f->token = fixture_init(f->core, "one");
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	return 0;
}

static void
allow_sealed_aes(struct fixture *f)
{
	FILE *file = fopen(f->conf, "a");

	assert_non_null(file);
	fprintf(file, "seal-aes = yes\n");
	assert_int_equal(0, fclose(file));
	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
}

static void
without_encryption_aes_keys_are_refused_or_sealed(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	unsigned before = fake_tpm.calls;

	assert_rv(
		CKR_TEMPLATE_INCONSISTENT, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	secret_template(&a, CKK_AES, true);
	give(&a, CKA_VALUE, bytes_of(value, 16));
	assert_rv(CKR_TEMPLATE_INCONSISTENT, object_create(f->token, 7, &a, &o));
	assert_null(o);
	give_bool(&a, CKA_TOKEN, false);
	assert_rv(CKR_OK, object_create(f->token, 7, &a, &o)); /* a session's is not its affair */
	assert_int_equal(before, fake_tpm.calls);
	object_put(o);
	attrs_free(&a);
	allow_sealed_aes(f);
	assert_rv(CKR_OK, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	assert_int_equal(TPM_KIND_SEALED, place_of(o));
	assert_int_equal(3, attrs_bytes(object_attrs(o), CKA_CHECK_VALUE).len);
	object_put(o);
}

static void
a_sealed_key_is_unsealed_once_an_operation(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_AES_CTR, .counter_bits = 128 };
	struct buf out = BUF_EMPTY;
	struct cipher *c = NULL;
	struct object *o = NULL;
	unsigned before = 0;

	allow_sealed_aes(f);
	assert_rv(CKR_OK, buf_resize(&s.iv, AES_BLOCK_LEN));
	o = secret_create(f->token, CKK_AES, true, bytes_of(value, 16));
	before = fake_tpm.calls;
	assert_rv(CKR_OK, object_cipher_new(f->token, o, &s, true, &c));
	for (int i = 0; i < 8; i++)
		assert_rv(CKR_OK, cipher_update(c, bytes_of(value, 20), &out));
	assert_int_equal(before + 1, fake_tpm.calls);
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, cipher_update(c, bytes_of(value, 20), &out));
	cipher_free(c);
	object_put(o);
	buf_free(&out);
	scheme_free(&s);
}

static void
a_hash_that_the_tpm_lacks_makes_a_sealed_key(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_HMAC, .digest = HASH_SHA384, .mac_len = 48 };
	struct object *o = secret_create(f->token, CKK_SHA384_HMAC, true, bytes_of(value, 48));
	struct bytes data = LITERAL("data");
	struct buf out = BUF_EMPTY;
	uint8_t right[48];

	assert_int_equal(TPM_KIND_SEALED, place_of(o));
	assert_rv(CKR_OK, secret_mac(f->token, o, &s, data, &out));
	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA384, bytes_of(value, 48), &data, 1, right));
	assert_bytes_equal(bytes_of(right, sizeof right), view(&out));
	buf_free(&out);
	object_put(o);
}

/* --- when something fails --- */

static void
a_failure_leaves_no_key_behind(void **state)
{
	static const CK_KEY_TYPE types[] = { CKK_AES, CKK_SHA256_HMAC, CKK_GENERIC_SECRET };
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		struct attrs a = ATTRS_EMPTY;
		struct object *o = NULL;

		secret_template(&a, types[i], true);
		give(&a, CKA_LABEL, bytes_str("secret"));
		give(&a, CKA_VALUE, bytes_of(value, 32));
		fake_tpm.fail_at = fake_tpm.calls + 1;
		assert_rv(CKR_DEVICE_ERROR, object_create(f->token, 7, &a, &o));
		assert_null(o);
		assert_int_equal(0, find_label(f->token, "secret", NULL));
		attrs_free(&a);
	}
}

static void
log_out(void *arg)
{
	assert_rv(CKR_OK, token_logout(arg));
}

static void
a_logout_while_the_tpm_works_leaves_no_key_behind(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_bool(&a, CKA_PRIVATE, false);
	fake_tpm.during = log_out;
	fake_tpm.during_arg = f->token;
	assert_rv(CKR_USER_NOT_LOGGED_IN, secret_generate(f->token, CKM_AES_KEY_GEN, 16, &a, &o));
	assert_null(o);
	assert_int_equal(0, find_label(f->token, "secret", NULL));
}

static void
a_sealed_key_of_another_token_is_damaged(void **state)
{
	struct fixture *f = *state;
	struct scheme s = { .alg = ALG_HMAC, .digest = HASH_SHA256, .mac_len = 32 };
	struct object *o = secret_create(f->token, CKK_GENERIC_SECRET, true, bytes_of(value, 32));
	struct buf out = BUF_EMPTY;

	object_put(o);
	o = get_again(f);
	fake_tpm.fail_at = fake_tpm.calls + 1;
	fake_tpm.fail_rv = CKR_PIN_INCORRECT; /* what a TPM says of a wrong authorisation */
	assert_rv(CKR_DEVICE_ERROR, secret_mac(f->token, o, &s, bytes_of(value, 32), &out));
	assert_int_equal(0, out.len);
	object_put(o);
}

#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)
#define LESS(test)  cmocka_unit_test_setup_teardown(test, token_without_aes, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(every_key_has_its_place_and_keeps_it),
		USER(the_tpm_makes_what_it_can_make),
		USER(making_an_aes_key_takes_one_command),
		USER(only_what_is_extractable_can_be_exported),
		USER(a_key_that_is_not_private_is_seen_by_all_and_used_after_a_login),
		TOKEN(nobody_else_makes_keys_on_the_token),
		LESS(without_encryption_aes_keys_are_refused_or_sealed),
		LESS(a_sealed_key_is_unsealed_once_an_operation),
		LESS(a_hash_that_the_tpm_lacks_makes_a_sealed_key),
		USER(a_failure_leaves_no_key_behind),
		USER(a_logout_while_the_tpm_works_leaves_no_key_behind),
		USER(a_sealed_key_of_another_token_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
