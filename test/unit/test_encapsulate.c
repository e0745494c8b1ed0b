/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encapsulated keys: what they cost, what a template may ask for, and that no
 * wrong one costs a command.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_fixture.h"

#define MODULUS_LEN 256

static const struct scheme pkcs1 = { .alg = ALG_RSA_PKCS1 };
static const struct scheme oaep = { .alg = ALG_RSA_OAEP, .digest = HASH_SHA256, .mgf = HASH_SHA1 };
static const struct scheme raw = { .alg = ALG_RSA_RAW };
static const struct scheme ecdh = { .alg = ALG_ECDH };
static const struct scheme hashed = { .alg = ALG_ECDH, .kdf = KDF_X963, .digest = HASH_SHA3_256 };

struct pair {
	struct object *public, *private;
};

/* of: CKM_RSA_PKCS_KEY_PAIR_GEN or CKM_EC_KEY_PAIR_GEN; list: a template of one attribute in each
 * half. */
static struct pair
make_pair(struct fixture *f, CK_MECHANISM_TYPE of, const struct buf *list)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	struct attrs pub = ATTRS_EMPTY, priv = ATTRS_EMPTY;
	struct pair pair = { NULL, NULL };

	if (of == CKM_RSA_PKCS_KEY_PAIR_GEN)
		give_u64(&pub, CKA_MODULUS_BITS, MODULUS_LEN * 8);
	else
		give(&pub, CKA_EC_PARAMS, bytes_of(p256, sizeof p256));
	give_bool(&pub, CKA_ENCAPSULATE, true);
	give_bool(&priv, CKA_DECAPSULATE, true);
	if (list != NULL) {
		give(&pub, CKA_ENCAPSULATE_TEMPLATE, view(list));
		give(&priv, CKA_DECAPSULATE_TEMPLATE, view(list));
	}
	assert_rv(CKR_OK, object_generate_pair(f->token, 1, mech_find(of), &pub, &priv,
				  &pair.public, &pair.private));
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

static struct pair
pair_for(struct fixture *f, const struct scheme *s)
{
	return make_pair(
		f, s->alg == ALG_ECDH ? CKM_EC_KEY_PAIR_GEN : CKM_RSA_PKCS_KEY_PAIR_GEN, NULL);
}

/* A key that can be read; type CK_UNAVAILABLE_INFORMATION, len 0: not given. */
static struct attrs
wanted(CK_KEY_TYPE type, uint64_t len)
{
	struct attrs t = ATTRS_EMPTY;

	give_u64(&t, CKA_CLASS, CKO_SECRET_KEY);
	if (type != CK_UNAVAILABLE_INFORMATION)
		give_u64(&t, CKA_KEY_TYPE, type);
	if (len != 0)
		give_u64(&t, CKA_VALUE_LEN, len);
	return t;
}

/* Takes t. */
static CK_RV
encapsulate(struct fixture *f, const struct pair *p, const struct scheme *s, struct attrs t,
	struct buf *cipher, struct object **out)
{
	CK_RV rv = object_encapsulate(f->token, 1, p->public, s, &t, cipher, out);

	attrs_free(&t);
	return rv;
}

static CK_RV
decapsulate(struct fixture *f, const struct pair *p, const struct scheme *s, struct attrs t,
	struct bytes cipher, struct object **out)
{
	CK_RV rv = object_decapsulate(f->token, 1, p->private, s, &t, cipher, out);

	attrs_free(&t);
	return rv;
}

static void
both_sides_have_one_key_for_one_command(void **state)
{
	static const struct {
		const struct scheme *scheme;
		CK_KEY_TYPE type;
		uint64_t sent, opened, len; /* as the templates ask; what it is */
	} rows[] = {
		{ &pkcs1, CKK_AES, 32, 32, 32 },
		{ &pkcs1, CKK_GENERIC_SECRET, 245, 0, 245 },
		{ &oaep, CKK_AES, 16, 0, 16 },
		{ &oaep, CKK_SHA256_HMAC, 190, 190, 190 },
		{ &raw, CKK_GENERIC_SECRET, 0, 0, 256 },
		{ &raw, CKK_AES, 32, 32, 32 },
		{ &ecdh, CKK_GENERIC_SECRET, 0, 0, 32 },
		{ &ecdh, CKK_AES, 16, 16, 16 },
		{ &hashed, CKK_GENERIC_SECRET, 100, 100, 100 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct scheme *s = rows[i].scheme;
		struct pair pair = pair_for(f, s);
		struct object *sent = NULL, *opened = NULL;
		struct buf cipher = BUF_EMPTY;
		struct bytes value;

		fake_tpm.calls = 0;
		assert_rv(CKR_OK, encapsulate(f, &pair, s, wanted(rows[i].type, rows[i].sent),
					  &cipher, &sent));
		assert_int_equal(0, fake_tpm.calls);
		assert_int_equal(object_encapsulate_len(pair.public, s), cipher.len);
		assert_rv(CKR_OK, decapsulate(f, &pair, s, wanted(rows[i].type, rows[i].opened),
					  view(&cipher), &opened));
		assert_int_equal(1, fake_tpm.calls);
		value = attrs_bytes(object_attrs(sent), CKA_VALUE);
		assert_int_equal(rows[i].len, value.len);
		assert_bytes_equal(value, attrs_bytes(object_attrs(opened), CKA_VALUE));
		object_put(sent);
		object_put(opened);
		buf_free(&cipher);
		drop(&pair);
	}
}

/* PKCS#11 3.2, 5.18.8 and 5.18.9 */
static void
its_past_is_that_of_a_key_that_came_wrapped(void **state)
{
	struct fixture *f = *state;
	struct pair pair = pair_for(f, &ecdh);
	struct buf cipher = BUF_EMPTY;

	for (int hidden = 0; hidden < 2; hidden++) {
		struct attrs t = wanted(CKK_AES, 16);
		struct object *o[2] = { NULL, NULL };

		if (hidden) {
			give_bool(&t, CKA_SENSITIVE, true);
			give_bool(&t, CKA_EXTRACTABLE, false);
		}
		assert_rv(CKR_OK,
			object_encapsulate(f->token, 1, pair.public, &ecdh, &t, &cipher, &o[0]));
		assert_rv(CKR_OK, decapsulate(f, &pair, &ecdh, t, view(&cipher), &o[1]));
		for (int i = 0; i < 2; i++) {
			const struct attrs *a = object_attrs(o[i]);

			assert_int_equal(!hidden, attrs_bool(a, CKA_EXTRACTABLE, false));
			assert_int_equal(hidden, attrs_bool(a, CKA_SENSITIVE, false));
			assert_false(attrs_bool(a, CKA_ALWAYS_SENSITIVE, true));
			assert_false(attrs_bool(a, CKA_NEVER_EXTRACTABLE, true));
			assert_false(attrs_bool(a, CKA_LOCAL, true));
			assert_int_equal(UINT64_MAX, attrs_u64(a, CKA_KEY_GEN_MECHANISM, 0));
			object_put(o[i]);
		}
	}
	buf_free(&cipher);
	drop(&pair);
}

static void
a_wrong_template_costs_no_command(void **state)
{
	static const struct {
		const struct scheme *scheme;
		CK_KEY_TYPE type;
		uint64_t len, extra;
		CK_RV sends, opens;
	} rows[] = {
		{ &pkcs1, CKK_AES, 0, CKA_SIGN, CKR_TEMPLATE_INCOMPLETE, CKR_OK },
		{ &oaep, CK_UNAVAILABLE_INFORMATION, 16, CKA_SIGN, CKR_TEMPLATE_INCOMPLETE,
			CKR_TEMPLATE_INCOMPLETE },
		{ &ecdh, CK_UNAVAILABLE_INFORMATION, 16, CKA_SIGN, CKR_TEMPLATE_INCOMPLETE,
			CKR_TEMPLATE_INCOMPLETE },
		{ &pkcs1, CKK_GENERIC_SECRET, 246, CKA_SIGN, CKR_TEMPLATE_INCONSISTENT,
			CKR_TEMPLATE_INCONSISTENT },
		{ &oaep, CKK_GENERIC_SECRET, 191, CKA_SIGN, CKR_TEMPLATE_INCONSISTENT,
			CKR_TEMPLATE_INCONSISTENT },
		{ &raw, CKK_GENERIC_SECRET, 257, CKA_SIGN, CKR_TEMPLATE_INCONSISTENT,
			CKR_TEMPLATE_INCONSISTENT },
		{ &ecdh, CKK_GENERIC_SECRET, 33, CKA_SIGN, CKR_TEMPLATE_INCONSISTENT,
			CKR_TEMPLATE_INCONSISTENT },
		{ &raw, CKK_AES, 0, CKA_SIGN, CKR_ATTRIBUTE_VALUE_INVALID,
			CKR_ATTRIBUTE_VALUE_INVALID },
		{ &oaep, CKK_AES, 17, CKA_SIGN, CKR_ATTRIBUTE_VALUE_INVALID,
			CKR_ATTRIBUTE_VALUE_INVALID },
		{ &oaep, CKK_AES, 16, CKA_LOCAL, CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY },
		{ &oaep, CKK_AES, 16, CKA_TRUSTED, CKR_ATTRIBUTE_READ_ONLY,
			CKR_ATTRIBUTE_READ_ONLY },
	};
	static const uint8_t nothing[MODULUS_LEN];
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair = pair_for(f, rows[i].scheme);
		struct object *o = NULL;
		struct buf cipher = BUF_EMPTY;

		fake_tpm.calls = 0;
		for (int opens = 0; opens < 2; opens++) {
			struct attrs t = wanted(rows[i].type, rows[i].len);

			give_bool(&t, rows[i].extra, true);
			if (!opens)
				assert_rv(rows[i].sends,
					encapsulate(f, &pair, rows[i].scheme, t, &cipher, &o));
			else if (rows[i].opens != CKR_OK)
				assert_rv(rows[i].opens,
					decapsulate(f, &pair, rows[i].scheme, t,
						bytes_of(nothing, sizeof nothing), &o));
			else
				attrs_free(&t);
		}
		assert_int_equal(0, fake_tpm.calls);
		assert_null(o);
		assert_null(cipher.ptr);
		drop(&pair);
	}
}

static void
what_is_no_ciphertext_is_refused(void **state)
{
	static const struct scheme *const schemes[] = { &pkcs1, &oaep, &raw, &ecdh };
	static const uint8_t zeros[MODULUS_LEN + 1];
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		const struct scheme *s = schemes[i];
		struct pair pair = pair_for(f, s);
		size_t len = object_encapsulate_len(pair.public, s);
		struct object *o = NULL;

		assert_rv(
			CKR_ENCRYPTED_DATA_LEN_RANGE, decapsulate(f, &pair, s, wanted(CKK_AES, 16),
							      bytes_of(zeros, len - 1), &o));
		assert_rv(
			CKR_ENCRYPTED_DATA_LEN_RANGE, decapsulate(f, &pair, s, wanted(CKK_AES, 16),
							      bytes_of(zeros, len + 1), &o));
		if (s != &pkcs1)
			assert_rv(CKR_ENCRYPTED_DATA_INVALID,
				decapsulate(f, &pair, s, wanted(CKK_AES, 16), bytes_of(zeros, len),
					&o));
		assert_null(o);
		drop(&pair);
	}
}

/* Nobody learns whether a PKCS#1 padding is bad, nor the length of what it hides. */
static void
a_bad_padding_opens_to_a_key_of_the_wanted_length(void **state)
{
	static const uint8_t bad[MODULUS_LEN] = { 0, 1 };
	struct fixture *f = *state;
	struct pair pair = pair_for(f, &pkcs1);
	struct object *sent = NULL, *o[2] = { NULL, NULL };
	struct buf cipher = BUF_EMPTY;

	for (int i = 0; i < 2; i++)
		assert_rv(CKR_OK, decapsulate(f, &pair, &pkcs1, wanted(CKK_AES, 32),
					  bytes_of(bad, sizeof bad), &o[i]));
	assert_bytes_equal(attrs_bytes(object_attrs(o[0]), CKA_VALUE),
		attrs_bytes(object_attrs(o[1]), CKA_VALUE));
	object_put(o[0]);
	object_put(o[1]);
	assert_rv(CKR_OK,
		encapsulate(f, &pair, &pkcs1, wanted(CKK_GENERIC_SECRET, 33), &cipher, &sent));
	assert_rv(CKR_OK, decapsulate(f, &pair, &pkcs1, wanted(CKK_AES, 32), view(&cipher), &o[0]));
	assert_int_equal(32, attrs_bytes(object_attrs(o[0]), CKA_VALUE).len);
	assert_false(bytes_equal(attrs_bytes(object_attrs(o[0]), CKA_VALUE),
		bytes_slice(attrs_bytes(object_attrs(sent), CKA_VALUE), 0, 32)));
	object_put(o[0]);
	object_put(sent);
	buf_free(&cipher);
	drop(&pair);
}

static void
a_key_of_another_length_is_refused(void **state)
{
	struct fixture *f = *state;
	struct pair pair = pair_for(f, &oaep);
	struct object *sent = NULL, *o = NULL;
	struct buf cipher = BUF_EMPTY;

	assert_rv(CKR_OK,
		encapsulate(f, &pair, &oaep, wanted(CKK_GENERIC_SECRET, 20), &cipher, &sent));
	assert_rv(CKR_WRAPPED_KEY_LEN_RANGE,
		decapsulate(f, &pair, &oaep, wanted(CKK_GENERIC_SECRET, 21), view(&cipher), &o));
	assert_rv(CKR_WRAPPED_KEY_LEN_RANGE,
		decapsulate(f, &pair, &oaep, wanted(CKK_AES, 0), view(&cipher), &o));
	assert_null(o);
	object_put(sent);
	buf_free(&cipher);
	drop(&pair);
}

/* PKCS#11 3.2, 4.9: new keys must match the public key's; the private key's joins in. */
static void
templates_of_the_pair_are_kept(void **state)
{
	struct fixture *f = *state;
	struct buf list = BUF_EMPTY, cipher = BUF_EMPTY;
	struct object *o = NULL;
	struct attrs t = ATTRS_EMPTY;
	struct pair pair;

	assert_rv(CKR_OK, buf_append_u64(&list, CKA_SENSITIVE));
	assert_rv(CKR_OK, buf_append_sized(&list, LITERAL("\1")));
	pair = make_pair(f, CKM_EC_KEY_PAIR_GEN, &list);
	assert_rv(CKR_TEMPLATE_INCONSISTENT,
		encapsulate(f, &pair, &ecdh, wanted(CKK_AES, 16), &cipher, &o));
	t = wanted(CKK_AES, 16);
	give_bool(&t, CKA_SENSITIVE, true);
	assert_rv(CKR_OK, encapsulate(f, &pair, &ecdh, t, &cipher, &o));
	object_put(o);
	assert_rv(CKR_OK, decapsulate(f, &pair, &ecdh, wanted(CKK_AES, 16), view(&cipher), &o));
	assert_true(attrs_bool(object_attrs(o), CKA_SENSITIVE, false));
	object_put(o);
	o = NULL;
	t = wanted(CKK_AES, 16);
	give_bool(&t, CKA_SENSITIVE, false);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, decapsulate(f, &pair, &ecdh, t, view(&cipher), &o));
	assert_null(o);
	buf_free(&list);
	buf_free(&cipher);
	drop(&pair);
}

static void
rights_are_looked_at_before_the_tpm_works(void **state)
{
	struct fixture *f = *state;
	struct pair pair = pair_for(f, &ecdh);
	struct attrs t = ATTRS_EMPTY;
	struct buf cipher = BUF_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_OK, encapsulate(f, &pair, &ecdh, wanted(CKK_AES, 16), &cipher, &o));
	object_put(o);
	o = NULL;
	assert_rv(CKR_OK, token_logout(f->token));
	fake_tpm.calls = 0;
	assert_rv(CKR_USER_NOT_LOGGED_IN,
		decapsulate(f, &pair, &ecdh, wanted(CKK_AES, 16), view(&cipher), &o));
	t = wanted(CKK_AES, 16);
	give_bool(&t, CKA_TOKEN, true);
	assert_rv(CKR_USER_NOT_LOGGED_IN, encapsulate(f, &pair, &ecdh, t, &cipher, &o));
	assert_null(o);
	assert_int_equal(0, fake_tpm.calls);
	assert_rv(CKR_OK, encapsulate(f, &pair, &ecdh, wanted(CKK_AES, 16), &cipher, &o));
	object_put(o);
	buf_free(&cipher);
	drop(&pair);
}

static void
failures_of_the_tpm_are_passed_on(void **state)
{
	struct fixture *f = *state;
	struct pair pair = pair_for(f, &raw);
	struct buf cipher = BUF_EMPTY;
	struct object *o = NULL;
	struct scheme pss = { .alg = ALG_RSA_PSS };

	assert_rv(CKR_OK, encapsulate(f, &pair, &raw, wanted(CKK_GENERIC_SECRET, 0), &cipher, &o));
	object_put(o);
	o = NULL;
	fake_tpm.absent = true;
	assert_rv(CKR_DEVICE_REMOVED,
		decapsulate(f, &pair, &raw, wanted(CKK_GENERIC_SECRET, 0), view(&cipher), &o));
	fake_tpm.absent = false;
	assert_rv(CKR_MECHANISM_INVALID,
		encapsulate(f, &pair, &pss, wanted(CKK_AES, 16), &cipher, &o));
	assert_rv(CKR_MECHANISM_INVALID,
		decapsulate(f, &pair, &pss, wanted(CKK_AES, 16), view(&cipher), &o));
	assert_null(o);
	buf_free(&cipher);
	drop(&pair);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(both_sides_have_one_key_for_one_command),
		USER(its_past_is_that_of_a_key_that_came_wrapped),
		USER(a_wrong_template_costs_no_command),
		USER(what_is_no_ciphertext_is_refused),
		USER(a_bad_padding_opens_to_a_key_of_the_wanted_length),
		USER(a_key_of_another_length_is_refused),
		USER(templates_of_the_pair_are_kept),
		USER(rights_are_looked_at_before_the_tpm_works),
		USER(failures_of_the_tpm_are_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
