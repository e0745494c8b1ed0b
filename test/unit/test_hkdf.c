/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HKDF: what may take part, how long what comes of it may be, and what it
 * knows of its past. That the bytes are right is test_kdf.c's.
 */
#include "config.h"

#include "token_fixture.h"

#include "crypto/crypto.h"

#define KEY  LITERAL("a secret of thirty-three bytes...")
#define SALT LITERAL("a salt key")
#define INFO LITERAL("info")

/* extract, expand and info are always there; a salt is if salt says so. */
static struct scheme
scheme_of(enum alg alg, bool extract, bool expand, struct bytes salt)
{
	return (struct scheme){ .alg = alg,
		.digest = HASH_SHA256,
		.extract = extract,
		.expand = expand,
		.salt = salt,
		.info = INFO };
}

static void
secret_template(struct attrs *t, CK_KEY_TYPE type, struct bytes value)
{
	give_u64(t, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(t, CKA_KEY_TYPE, type);
	give_bool(t, CKA_TOKEN, false);
	give_bool(t, CKA_PRIVATE, false);
	give(t, CKA_VALUE, value);
}

static struct object *
make_secret(struct fixture *f, CK_KEY_TYPE type, struct bytes value)
{
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	secret_template(&t, type, value);
	assert_rv(CKR_OK, object_create(f->token, 7, &t, &o));
	attrs_free(&t);
	return o;
}

static struct object *
make_plain(struct fixture *f, struct bytes value)
{
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	give_u64(&t, CKA_CLASS, CKO_DATA);
	give(&t, CKA_VALUE, value);
	assert_rv(CKR_OK, object_create(f->token, 7, &t, &o));
	attrs_free(&t);
	return o;
}

/* Takes t. */
static CK_RV
try_derive(struct fixture *f, const struct derivation *d, struct attrs *t, struct object **out)
{
	CK_RV rv = derive_one(f, d, t, out);

	attrs_free(t);
	return rv;
}

static CK_RV
try_len(struct fixture *f, const struct derivation *d, CK_KEY_TYPE type, uint64_t len,
	struct object **out)
{
	struct attrs t = ATTRS_EMPTY;

	if (d->scheme->alg == ALG_HKDF)
		give_u64(&t, CKA_KEY_TYPE, type);
	if (len != 0)
		give_u64(&t, CKA_VALUE_LEN, len);
	return try_derive(f, d, &t, out);
}

static void
each_step_makes_a_key(void **state)
{
	static const struct {
		bool extract, expand;
		uint64_t given, len;
	} rows[] = { { true, true, 77, 77 }, { true, false, 0, 32 }, { true, false, 32, 32 },
		{ false, true, 16, 16 }, { true, true, 0, 32 } };
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_HKDF, KEY);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scheme s = scheme_of(ALG_HKDF, rows[i].extract, rows[i].expand, SALT);
		struct derivation d = { .scheme = &s, .base = base };
		struct object *o = NULL;
		struct buf right = BUF_EMPTY;

		if (rows[i].extract)
			assert_rv(CKR_OK, crypto_hkdf_extract(HASH_SHA256, KEY, SALT, &right));
		else
			assert_rv(CKR_OK, buf_set(&right, KEY));
		if (rows[i].expand)
			assert_rv(CKR_OK, crypto_hkdf_expand(HASH_SHA256, view(&right), INFO,
						  rows[i].len, &right));
		assert_rv(CKR_OK, try_len(f, &d, CKK_GENERIC_SECRET, rows[i].given, &o));
		assert_bytes_equal(view(&right), attrs_bytes(object_attrs(o), CKA_VALUE));
		assert_int_equal(rows[i].len, attrs_u64(object_attrs(o), CKA_VALUE_LEN, 0));
		assert_false(attrs_bool(object_attrs(o), CKA_LOCAL, true));
		buf_free(&right);
		object_put(o);
	}
	object_put(base);
}

/* PKCS#11 3.2, 6.62: nothing of it need be said. */
static void
a_key_is_a_generic_secret_unless_the_template_says(void **state)
{
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, KEY);
	struct scheme s = scheme_of(ALG_HKDF, true, false, BYTES_EMPTY);
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_OK, try_derive(f, &d, &t, &o));
	assert_int_equal(CKO_SECRET_KEY, attrs_u64(object_attrs(o), CKA_CLASS, 99));
	assert_int_equal(CKK_GENERIC_SECRET, attrs_u64(object_attrs(o), CKA_KEY_TYPE, 99));
	object_put(o);
	object_put(base);
}

static void
lengths_that_a_step_does_not_make_are_refused(void **state)
{
	static const struct {
		enum alg alg;
		bool extract, expand;
		CK_KEY_TYPE type;
		uint64_t len;
		CK_RV rv;
	} rows[] = {
		{ ALG_HKDF, true, false, CKK_GENERIC_SECRET, 31, CKR_TEMPLATE_INCONSISTENT },
		{ ALG_HKDF, true, false, CKK_GENERIC_SECRET, 33, CKR_TEMPLATE_INCONSISTENT },
		{ ALG_HKDF, true, true, CKK_AES, 17, CKR_ATTRIBUTE_VALUE_INVALID },
		{ ALG_HKDF, true, true, CKK_GENERIC_SECRET, 4097, CKR_ATTRIBUTE_VALUE_INVALID },
		{ ALG_HKDF_DATA, true, true, 0, 255 * 32 + 1, CKR_TEMPLATE_INCONSISTENT },
		{ ALG_HKDF_DATA, true, false, 0, 31, CKR_TEMPLATE_INCONSISTENT },
	};
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, KEY);
	struct object *o = NULL;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scheme s =
			scheme_of(rows[i].alg, rows[i].extract, rows[i].expand, BYTES_EMPTY);
		struct derivation d = { .scheme = &s, .base = base };

		assert_rv(rows[i].rv, try_len(f, &d, rows[i].type, rows[i].len, &o));
		assert_null(o);
	}
	object_put(base);
}

static void
what_is_no_secret_becomes_a_data_object(void **state)
{
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, KEY);
	struct scheme s = scheme_of(ALG_HKDF_DATA, true, true, SALT);
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t = ATTRS_EMPTY;
	struct buf right = BUF_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_OK, crypto_hkdf(HASH_SHA256, KEY, SALT, INFO, 255 * 32, &right));
	assert_rv(CKR_OK, try_len(f, &d, 0, 255 * 32, &o));
	assert_int_equal(CKO_DATA, attrs_u64(object_attrs(o), CKA_CLASS, 99));
	assert_bytes_equal(view(&right), attrs_bytes(object_attrs(o), CKA_VALUE));
	assert_false(attrs_has(object_attrs(o), CKA_VALUE_LEN));
	object_put(o);
	o = NULL;
	give_u64(&t, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(&t, CKA_VALUE_LEN, 16);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_derive(f, &d, &t, &o));
	give_bool(&t, CKA_SENSITIVE, true);
	give_u64(&t, CKA_VALUE_LEN, 16);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_derive(f, &d, &t, &o));
	buf_free(&right);
	object_put(base);
}

static void
a_key_may_be_the_salt(void **state)
{
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, KEY);
	struct object *salt = make_secret(f, CKK_HKDF, SALT);
	struct scheme s = scheme_of(ALG_HKDF, true, true, BYTES_EMPTY);
	struct derivation d = { .scheme = &s, .base = base, .second = salt };
	struct buf right = BUF_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_OK, crypto_hkdf(HASH_SHA256, KEY, SALT, INFO, 40, &right));
	assert_rv(CKR_OK, try_len(f, &d, CKK_GENERIC_SECRET, 40, &o));
	assert_bytes_equal(view(&right), attrs_bytes(object_attrs(o), CKA_VALUE));
	buf_free(&right);
	object_put(o);
	object_put(salt);
	object_put(base);
}

/* RFC 5869, 2.3 */
static void
a_key_that_is_shorter_than_a_digest_is_not_only_expanded(void **state)
{
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, bytes_slice(KEY, 0, 31));
	struct scheme s = scheme_of(ALG_HKDF, false, true, BYTES_EMPTY);
	struct derivation d = { .scheme = &s, .base = base };
	struct object *o = NULL;

	assert_rv(CKR_KEY_SIZE_RANGE, try_len(f, &d, CKK_GENERIC_SECRET, 16, &o));
	s.extract = true;
	assert_rv(CKR_OK, try_len(f, &d, CKK_GENERIC_SECRET, 16, &o));
	object_put(o);
	object_put(base);
}

static void
data_is_extracted_with_a_salt_and_as_long_as_a_digest(void **state)
{
	struct fixture *f = *state;
	struct bytes zeros =
		LITERAL("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	struct object *base = make_plain(f, zeros);
	struct object *longer = make_plain(f, KEY);
	struct object *salt = make_secret(f, CKK_HKDF, SALT);
	struct scheme s = scheme_of(ALG_HKDF, true, false, BYTES_EMPTY);
	struct derivation d = { .scheme = &s, .base = base, .second = salt };
	struct buf right = BUF_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_OK, crypto_hkdf_extract(HASH_SHA256, zeros, SALT, &right));
	assert_rv(CKR_OK, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	assert_bytes_equal(view(&right), attrs_bytes(object_attrs(o), CKA_VALUE));
	assert_false(attrs_bool(object_attrs(o), CKA_ALWAYS_SENSITIVE, true));
	object_put(o);
	o = NULL;
	d.base = longer;
	assert_rv(CKR_KEY_SIZE_RANGE, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	d = (struct derivation){ .scheme = &s, .base = base };
	assert_rv(CKR_MECHANISM_PARAM_INVALID, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	s = scheme_of(ALG_HKDF, false, true, SALT);
	assert_rv(CKR_MECHANISM_PARAM_INVALID, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	assert_null(o);
	buf_free(&right);
	object_put(salt);
	object_put(longer);
	object_put(base);
}

/* PKCS#11 3.2, 6.62: what was created has been seen, so what comes of it is no better. */
static void
a_key_of_a_created_secret_was_not_always_sensitive(void **state)
{
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, KEY);
	struct scheme s = scheme_of(ALG_HKDF, true, false, BYTES_EMPTY);
	struct derivation d = { .scheme = &s, .base = base };
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	give_bool(&t, CKA_SENSITIVE, true);
	give_bool(&t, CKA_EXTRACTABLE, false);
	assert_rv(CKR_OK, try_derive(f, &d, &t, &o));
	assert_true(attrs_bool(object_attrs(o), CKA_SENSITIVE, false));
	assert_false(attrs_bool(object_attrs(o), CKA_ALWAYS_SENSITIVE, true));
	assert_false(attrs_bool(object_attrs(o), CKA_NEVER_EXTRACTABLE, true));
	object_put(o);
	object_put(base);
}

static void
private_inputs_need_a_login(void **state)
{
	struct fixture *f = *state;
	struct attrs t = ATTRS_EMPTY;
	struct object *base = NULL, *data = NULL, *public = make_secret(f, CKK_HKDF, SALT);
	struct scheme s = scheme_of(ALG_HKDF, true, false, BYTES_EMPTY);
	struct derivation d = { .scheme = &s };
	struct object *o = NULL;

	secret_template(&t, CKK_HKDF, KEY);
	give_bool(&t, CKA_PRIVATE, true);
	assert_rv(CKR_OK, object_create(f->token, 7, &t, &base));
	attrs_free(&t);
	give_u64(&t, CKA_CLASS, CKO_DATA);
	give_bool(&t, CKA_PRIVATE, true);
	give(&t, CKA_VALUE, bytes_slice(KEY, 0, 32));
	assert_rv(CKR_OK, object_create(f->token, 7, &t, &data));
	attrs_free(&t);
	assert_rv(CKR_OK, token_logout(f->token));
	d.base = base;
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	d.base = data;
	d.second = public;
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	d.base = public;
	d.second = base;
	assert_rv(CKR_USER_NOT_LOGGED_IN, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	d.second = NULL;
	assert_rv(CKR_OK, try_len(f, &d, CKK_GENERIC_SECRET, 32, &o));
	object_put(o);
	object_put(public);
	object_put(data);
	object_put(base);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(each_step_makes_a_key),
		USER(a_key_is_a_generic_secret_unless_the_template_says),
		USER(lengths_that_a_step_does_not_make_are_refused),
		USER(what_is_no_secret_becomes_a_data_object),
		USER(a_key_may_be_the_salt),
		USER(a_key_that_is_shorter_than_a_digest_is_not_only_expanded),
		USER(data_is_extracted_with_a_salt_and_as_long_as_a_digest),
		USER(a_key_of_a_created_secret_was_not_always_sensitive),
		USER(private_inputs_need_a_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
