/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrapping: every form there and back with every kind of key, and what is not wrapped.
 */
#include "config.h"

#include <openssl/rsa.h>

#include "wrap_fixture.h"

static uint8_t iv[16] = "initialisation.";

/* --- there and back --- */

struct form_row {
	const char *name;
	enum alg alg;
	bool rsa;
	bool carries_private;
	size_t unit; /* the length comes back only in the template, where it is no multiple */
	size_t iv_len, tag_len, counter_bits, key_len;
};

static const struct form_row form_rows[] = {
	{ "RSA-PKCS", ALG_RSA_PKCS1, true, false, 1, 0, 0, 0, 0 },
	{ "RSA-OAEP", ALG_RSA_OAEP, true, false, 1, 0, 0, 0, 0 },
	{ "RSA-X-509", ALG_RSA_RAW, true, false, 1000, 0, 0, 0, 0 },
	{ "RSA-AES-KEY-WRAP 128", ALG_RSA_AES_KEY_WRAP, true, true, 1, 0, 0, 0, 16 },
	{ "RSA-AES-KEY-WRAP 256", ALG_RSA_AES_KEY_WRAP, true, true, 1, 0, 0, 0, 32 },
	{ "AES-ECB", ALG_AES_ECB, false, false, 16, 0, 0, 0, 0 },
	{ "AES-CBC", ALG_AES_CBC, false, false, 16, 16, 0, 0, 0 },
	{ "AES-CBC-PAD", ALG_AES_CBC_PAD, false, true, 1, 16, 0, 0, 0 },
	{ "AES-CTR", ALG_AES_CTR, false, false, 1, 16, 0, 128, 0 },
	{ "AES-GCM", ALG_AES_GCM, false, true, 1, 12, 16, 0, 0 },
	{ "AES-KEY-WRAP", ALG_AES_KEY_WRAP, false, true, 8, 0, 0, 0, 0 },
	{ "AES-KEY-WRAP-KWP", ALG_AES_KEY_WRAP_KWP, false, true, 1, 0, 0, 0, 0 },
};

static struct scheme
scheme_of(const struct form_row *row)
{
	return (struct scheme){ .alg = row->alg,
		.digest = HASH_SHA256,
		.mgf = HASH_SHA256,
		.iv = { iv, row->iv_len, 0 }, /* lent */
		.tag_len = row->tag_len,
		.counter_bits = row->counter_bits,
		.key_len = row->key_len };
}

static void
there_and_back(struct fixture *f, const struct form_row *row, struct pair *by, struct object *key,
	bool token)
{
	struct scheme s = scheme_of(row);
	struct attrs a = ATTRS_EMPTY;
	struct buf wrapped = BUF_EMPTY;
	struct object *back = NULL;
	size_t len = (size_t)attrs_u64(object_attrs(key), CKA_VALUE_LEN, 0);
	size_t most = 0;
	unsigned calls = fake_tpm.calls;

	assert_rv(CKR_OK, object_wrap_check(by->public, &s, key, &most));
	assert_int_equal(calls, fake_tpm.calls);
	assert_rv(CKR_OK, object_wrap(f->token, by->public, &s, key, &wrapped));
	if (object_pubkey(key) == NULL || object_pubkey(key)->kind == KEY_EC)
		assert_int_equal(most, wrapped.len);
	assert_true(wrapped.len <= most && most <= wrapped.len + 16);
	give_kind(&a, key, token);
	if (len % row->unit != 0)
		give_u64(&a, CKA_VALUE_LEN, len);
	assert_rv(
		CKR_OK, object_unwrap(f->token, OWNER, by->private, &s, view(&wrapped), &a, &back));
	assert_same_content(f, key, back);
	assert_int_equal(token, object_is_token(back));
	object_put(back);
	attrs_free(&a);
	buf_free(&wrapped);
}

/* Wrapping keys: RSA, AES on the host, AES in the TPM. */
static void
every_form_carries_what_it_can(void **state)
{
	struct fixture *f = *state;
	struct privkey numbers[] = { privkey_reference(EVP_RSA_gen(1024)),
		privkey_reference(EVP_EC_gen("P-256")), privkey_reference(EVP_EC_gen("P-384")) };
	struct object *keys[] = { secret(f, CKK_AES, 16, true), secret(f, CKK_AES, 24, false),
		secret(f, CKK_AES, 32, false), secret(f, CKK_GENERIC_SECRET, 20, true),
		secret(f, CKK_SHA256_HMAC, 32, true), private_key(f, &numbers[0], true),
		private_key(f, &numbers[1], false), private_key(f, &numbers[2], true) };
	struct pair rsa = rsa_pair(f, 2048);
	struct object *host = secret(f, CKK_AES, 32, false);
	struct object *tpm = secret(f, CKK_AES, 16, true);

	for (size_t i = 0; i < COUNT(form_rows); i++)
		for (size_t k = 0; k < COUNT(keys); k++) {
			struct pair aes[] = { { host, host }, { tpm, tpm } };
			struct pair *by = form_rows[i].rsa ? &rsa : &aes[k % 2];

			if (object_pubkey(keys[k]) == NULL || form_rows[i].carries_private)
				there_and_back(f, &form_rows[i], by, keys[k], (i + k) % 2 == 0);
		}
	object_put(host);
	object_put(tpm);
	pair_put(&rsa);
	for (size_t k = 0; k < COUNT(keys); k++)
		object_put(keys[k]);
	for (size_t k = 0; k < COUNT(numbers); k++)
		privkey_free(&numbers[k]);
}

static void
what_was_unwrapped_says_so(void **state)
{
	struct fixture *f = *state;
	struct object *by = secret(f, CKK_AES, 32, false);
	struct object *key = secret(f, CKK_AES, 16, false);
	struct scheme s = { .alg = ALG_AES_KEY_WRAP };
	struct buf wrapped = BUF_EMPTY;
	struct attrs a = ATTRS_EMPTY;
	struct object *back = NULL;
	const struct attrs *has = NULL;

	assert_rv(CKR_OK, object_wrap(f->token, by, &s, key, &wrapped));
	give_kind(&a, key, false);
	assert_rv(CKR_OK, object_unwrap(f->token, OWNER, by, &s, view(&wrapped), &a, &back));
	has = object_attrs(back);
	assert_true(attrs_bool(has, CKA_EXTRACTABLE, false));
	assert_false(attrs_bool(has, CKA_LOCAL, true));
	assert_false(attrs_bool(has, CKA_ALWAYS_SENSITIVE, true));
	assert_false(attrs_bool(has, CKA_NEVER_EXTRACTABLE, true));
	assert_true(attrs_u64(has, CKA_KEY_GEN_MECHANISM, 0) == UINT64_MAX);
	assert_int_equal(16, attrs_u64(has, CKA_VALUE_LEN, 0));
	object_put(back);
	object_put(key);
	object_put(by);
	attrs_free(&a);
	buf_free(&wrapped);
}

/* --- who may not be wrapped --- */

static CK_RV
try_wrap(struct fixture *f, enum alg alg, struct object *by, struct object *key)
{
	struct scheme s = { .alg = alg, .digest = HASH_SHA256, .mgf = HASH_SHA256, .key_len = 32 };
	struct buf wrapped = BUF_EMPTY;
	size_t most = 0;
	unsigned calls = fake_tpm.calls;
	CK_RV rv = object_wrap_check(by, &s, key, &most);
	CK_RV again = object_wrap(f->token, by, &s, key, &wrapped);

	assert_rv(rv, again);
	if (rv != CKR_OK)
		assert_int_equal(calls, fake_tpm.calls);
	buf_free(&wrapped);
	return rv;
}

static struct object *
changed(struct fixture *f, uint64_t type, bool value, struct object *like)
{
	struct attrs a = ATTRS_EMPTY;
	struct object *copy = NULL;

	give_bool(&a, type, value);
	assert_rv(CKR_OK, object_copy(f->token, OWNER, like, &a, &copy));
	attrs_free(&a);
	return copy;
}

static void
what_may_not_leave_is_refused(void **state)
{
	struct fixture *f = *state;
	struct object *by = secret(f, CKK_AES, 32, false);
	struct object *key = secret(f, CKK_AES, 16, false);
	struct object *stays = changed(f, CKA_EXTRACTABLE, false, key);
	struct object *choosy = changed(f, CKA_WRAP_WITH_TRUSTED, true, key);
	struct attrs none = ATTRS_EMPTY;
	struct object *public = NULL;
	struct object *private = NULL;
	uint64_t data = make_data(f, "data", false, false);
	struct object *o = NULL;

	assert_rv(CKR_OK, try_wrap(f, ALG_AES_KEY_WRAP, by, key));
	assert_rv(CKR_KEY_UNEXTRACTABLE, try_wrap(f, ALG_AES_KEY_WRAP, by, stays));
	assert_rv(CKR_KEY_NOT_WRAPPABLE, try_wrap(f, ALG_AES_KEY_WRAP, by, choosy));
	assert_rv(CKR_OK, try_ec(f->token, &none, true, &public, &private));
	assert_rv(CKR_KEY_UNEXTRACTABLE, try_wrap(f, ALG_AES_KEY_WRAP_KWP, by, private));
	assert_rv(CKR_KEY_NOT_WRAPPABLE, try_wrap(f, ALG_AES_KEY_WRAP_KWP, by, public));
	assert_rv(CKR_KEY_NOT_WRAPPABLE, try_wrap(f, ALG_AES_ECB, by, private));
	assert_rv(CKR_MECHANISM_INVALID, try_wrap(f, ALG_AES_CMAC, by, key));
	assert_rv(CKR_OK, object_get(f->token, data, &o));
	assert_rv(CKR_KEY_HANDLE_INVALID, try_wrap(f, ALG_AES_KEY_WRAP, by, o));
	object_put(o);
	object_put(public);
	object_put(private);
	object_put(choosy);
	object_put(stays);
	object_put(key);
	object_put(by);
}

static void
only_the_so_makes_a_key_that_is_trusted(void **state)
{
	struct fixture *f = *state;
	struct object *by = secret(f, CKK_AES, 32, false);
	struct object *key = secret(f, CKK_AES, 16, false);
	struct object *choosy = changed(f, CKA_WRAP_WITH_TRUSTED, true, key);
	struct attrs a = ATTRS_EMPTY;

	give_bool(&a, CKA_TRUSTED, true);
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_change(f->token, by, &a));
	/* As if it was done by the SO, whose session objects are gone when the user is there. */
	assert_rv(CKR_OK, attrs_set_bool(&by->attrs, CKA_TRUSTED, true));
	assert_rv(CKR_OK, try_wrap(f, ALG_AES_KEY_WRAP, by, choosy));
	attrs_free(&a);
	object_put(choosy);
	object_put(key);
	object_put(by);
}

static void
a_key_that_asks_for_the_pin_each_time_is_not_wrapped(void **state)
{
	struct fixture *f = *state;
	struct object *by = secret(f, CKK_AES, 32, false);
	struct attrs a = ATTRS_EMPTY;
	struct object *public = NULL;
	struct object *private = NULL;

	give_bool(&a, CKA_ALWAYS_AUTHENTICATE, true);
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, try_ec(f->token, &a, true, &public, &private));
	assert_rv(CKR_KEY_NOT_WRAPPABLE, try_wrap(f, ALG_AES_KEY_WRAP_KWP, by, private));
	object_put(public);
	object_put(private);
	object_put(by);
	attrs_free(&a);
}

static void
sizes_have_codes_of_their_own(void **state)
{
	struct fixture *f = *state;
	struct pair rsa = rsa_pair(f, 1024);
	struct object *aes = secret(f, CKK_AES, 32, false);
	struct object *tiny = secret(f, CKK_GENERIC_SECRET, 8, false);
	struct attrs a = ATTRS_EMPTY;
	struct buf value = BUF_EMPTY;
	struct object *big = NULL;

	assert_rv(CKR_OK, buf_resize(&value, 118));
	give_u64(&a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(&a, CKA_KEY_TYPE, CKK_GENERIC_SECRET);
	give_bool(&a, CKA_EXTRACTABLE, true);
	give(&a, CKA_VALUE, view(&value));
	assert_rv(CKR_OK, object_create(f->token, OWNER, &a, &big));
	assert_rv(CKR_KEY_SIZE_RANGE, try_wrap(f, ALG_RSA_PKCS1, rsa.public, big));
	assert_rv(CKR_KEY_SIZE_RANGE, try_wrap(f, ALG_RSA_OAEP, rsa.public, big));
	assert_rv(CKR_OK, try_wrap(f, ALG_RSA_RAW, rsa.public, big));
	assert_rv(CKR_OK, try_wrap(f, ALG_RSA_AES_KEY_WRAP, rsa.public, big));
	/* RFC 3394 begins with two blocks. */
	{
		struct scheme s = { .alg = ALG_AES_KEY_WRAP };
		struct buf wrapped = BUF_EMPTY;

		assert_rv(CKR_KEY_SIZE_RANGE, object_wrap(f->token, aes, &s, tiny, &wrapped));
	}
	{
		struct scheme s = {
			.alg = ALG_RSA_OAEP, .digest = HASH_SHA512, .mgf = HASH_SHA512
		};
		size_t most = 0;

		assert_rv(CKR_WRAPPING_KEY_SIZE_RANGE,
			object_wrap_check(rsa.public, &s, tiny, &most));
	}
	object_put(big);
	object_put(tiny);
	object_put(aes);
	pair_put(&rsa);
	attrs_free(&a);
	buf_free(&value);
}

static void
a_wrapping_key_may_demand_what_it_wraps(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *by = NULL;
	struct object *key = secret(f, CKK_AES, 16, false);
	struct object *sensitive = changed(f, CKA_SENSITIVE, true, key);

	give_u64(&a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(&a, CKA_KEY_TYPE, CKK_AES);
	give(&a, CKA_VALUE, bytes_slice(VALUE, 0, 16));
	give_nested(&a, CKA_WRAP_TEMPLATE, CKA_SENSITIVE, true);
	assert_rv(CKR_OK, object_create(f->token, OWNER, &a, &by));
	assert_rv(CKR_KEY_HANDLE_INVALID, try_wrap(f, ALG_AES_KEY_WRAP, by, key));
	assert_rv(CKR_OK, try_wrap(f, ALG_AES_KEY_WRAP, by, sensitive));
	object_put(sensitive);
	object_put(key);
	object_put(by);
	attrs_free(&a);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(every_form_carries_what_it_can),
		USER(what_was_unwrapped_says_so),
		USER(what_may_not_leave_is_refused),
		USER(only_the_so_makes_a_key_that_is_trusted),
		USER(a_key_that_asks_for_the_pin_each_time_is_not_wrapped),
		USER(sizes_have_codes_of_their_own),
		USER(a_wrapping_key_may_demand_what_it_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
