/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simple derivations: the standard's examples, lengths, and that what is made
 * of a hidden key is hidden, and no shorter.
 */
#include "config.h"

#include "token_fixture.h"

#include "crypto/crypto.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* PKCS#11 3.2, 6.43 */
#define LEFT  LITERAL("\x01\x23\x45\x67")
#define RIGHT LITERAL("\x89\xab\xcd\xef")
#define BITS  LITERAL("\x32\x9f\x84\xa9")

static struct object *
make_secret(struct fixture *f, CK_KEY_TYPE type, bool hidden, struct bytes value)
{
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	give_u64(&t, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(&t, CKA_KEY_TYPE, type);
	give_bool(&t, CKA_SENSITIVE, hidden);
	give_bool(&t, CKA_EXTRACTABLE, !hidden);
	give(&t, CKA_VALUE, value);
	assert_rv(CKR_OK, object_create(f->token, 7, &t, &o));
	attrs_free(&t);
	return o;
}

/* Takes t; the key's value, or what went wrong. */
static CK_RV
try_template(struct fixture *f, const struct derivation *d, struct attrs *t, struct buf *value)
{
	struct object *o = NULL;
	CK_RV rv = derive_one(f, d, t, &o);

	if (rv == CKR_OK)
		assert_rv(CKR_OK, buf_set(value, attrs_bytes(object_attrs(o), CKA_VALUE)));
	object_put(o);
	attrs_free(t);
	return rv;
}

/* len 0: not given */
static CK_RV
try_len(struct fixture *f, const struct derivation *d, uint64_t len, struct buf *value)
{
	struct attrs t = ATTRS_EMPTY;

	if (len != 0)
		give_u64(&t, CKA_VALUE_LEN, len);
	return try_template(f, d, &t, value);
}

static void
keys_are_those_of_the_standards_examples(void **state)
{
	static const struct {
		enum alg alg;
		size_t bit;
		uint64_t len;
		const char *value;
		size_t value_len;
	} rows[] = {
		{ ALG_DERIVE_JOIN_KEY, 0, 0, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8 },
		{ ALG_DERIVE_JOIN_DATA, 0, 0, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8 },
		{ ALG_DERIVE_JOIN_DATA, 0, 5, "\x01\x23\x45\x67\x89", 5 },
		{ ALG_DERIVE_DATA_JOIN, 0, 0, "\x89\xab\xcd\xef\x01\x23\x45\x67", 8 },
		{ ALG_DERIVE_XOR, 0, 0, "\x88\x88\x88\x88", 4 },
		{ ALG_DERIVE_XOR, 0, 2, "\x88\x88", 2 },
		{ ALG_DERIVE_EXTRACT, 21, 2, "\x95\x26", 2 },
		{ ALG_DERIVE_EXTRACT, 0, 4, "\x32\x9f\x84\xa9", 4 },
		{ ALG_DERIVE_EXTRACT, 8, 4, "\x9f\x84\xa9\x32", 4 },
		{ ALG_DERIVE_EXTRACT, 31, 1, "\x99", 1 },
	};
	struct fixture *f = *state;
	struct object *left = make_secret(f, CKK_GENERIC_SECRET, false, LEFT);
	struct object *right = make_secret(f, CKK_SHA256_HMAC, false, RIGHT);
	struct object *bits = make_secret(f, CKK_HKDF, false, BITS);
	struct buf out = BUF_EMPTY;

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool key = rows[i].alg == ALG_DERIVE_JOIN_KEY;
		struct scheme s = { .alg = rows[i].alg, .start_bit = rows[i].bit };
		struct derivation d = { .scheme = &s,
			.base = rows[i].alg == ALG_DERIVE_EXTRACT ? bits : left,
			.second = key ? right : NULL };

		s.info = key || rows[i].alg == ALG_DERIVE_EXTRACT ? BYTES_EMPTY : RIGHT;
		assert_rv(CKR_OK, try_len(f, &d, rows[i].len, &out));
		assert_bytes_equal(bytes_of(rows[i].value, rows[i].value_len), view(&out));
	}
	buf_free(&out);
	object_put(bits);
	object_put(right);
	object_put(left);
}

static void
a_digest_is_a_key_with_every_hash(void **state)
{
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, true, LEFT);
	struct buf out = BUF_EMPTY, right = BUF_EMPTY;
	struct bytes part = LEFT;

	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		struct scheme s = { .alg = ALG_DERIVE_HASH, .digest = h };
		struct derivation d = { .scheme = &s, .base = base };

		assert_rv(CKR_OK, crypto_hash(h, &part, 1, &right));
		assert_rv(CKR_OK, try_len(f, &d, 0, &out));
		assert_bytes_equal(view(&right), view(&out));
		assert_rv(CKR_OK, try_len(f, &d, 16, &out));
		assert_bytes_equal(bytes_slice(view(&right), 0, 16), view(&out));
		assert_rv(CKR_TEMPLATE_INCONSISTENT, try_len(f, &d, right.len + 1, &out));
	}
	buf_free(&right);
	buf_free(&out);
	object_put(base);
}

/* FIPS 197, C.1, and SP 800-38A, F.2.1; the second block of CBC depends on the first. */
static void
encrypted_data_is_a_key(void **state)
{
	struct fixture *f = *state;
	struct bytes key =
		LITERAL("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f");
	struct bytes data =
		LITERAL("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff");
	struct bytes cipher =
		LITERAL("\x69\xc4\xe0\xd8\x6a\x7b\x04\x30\xd8\xcd\xb7\x80\x70\xb4\xc5\x5a");
	struct object *base = make_secret(f, CKK_AES, false, key);
	struct scheme s = { .alg = ALG_DERIVE_ECB, .info = data };
	struct derivation d = { .scheme = &s, .base = base };
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, try_len(f, &d, 0, &out));
	assert_bytes_equal(cipher, view(&out));
	assert_rv(CKR_OK, try_len(f, &d, 5, &out));
	assert_bytes_equal(bytes_slice(cipher, 0, 5), view(&out));
	assert_rv(CKR_DATA_LEN_RANGE, try_len(f, &d, 17, &out));
	s.alg = ALG_DERIVE_CBC;
	assert_rv(CKR_OK, buf_resize(&s.iv, AES_BLOCK_LEN));
	assert_rv(CKR_OK, try_len(f, &d, 0, &out));
	assert_bytes_equal(cipher, view(&out));
	assert_rv(CKR_OK, buf_set(&s.iv, data)); /* data XOR data: a block of zeros */
	assert_rv(CKR_OK, try_len(f, &d, 0, &out));
	assert_bytes_equal(
		LITERAL("\xc6\xa1\x3b\x37\x87\x8f\x5b\x82\x6f\x4f\x81\x62\xa1\xc8\xd8\x79"),
		view(&out));
	assert_bytes_equal(data, view(&s.iv)); /* the scheme's stays */
	scheme_free(&s);
	buf_free(&out);
	object_put(base);
}

static void
lengths_that_can_not_be_made_are_refused(void **state)
{
	static const struct {
		enum alg alg;
		size_t bit;
		uint64_t len;
		CK_RV rv;
	} rows[] = {
		{ ALG_DERIVE_JOIN_DATA, 0, 9, CKR_TEMPLATE_INCONSISTENT },
		{ ALG_DERIVE_DATA_JOIN, 0, 9, CKR_TEMPLATE_INCONSISTENT },
		{ ALG_DERIVE_XOR, 0, 5, CKR_TEMPLATE_INCONSISTENT },
		{ ALG_DERIVE_EXTRACT, 0, 5, CKR_TEMPLATE_INCONSISTENT },
		{ ALG_DERIVE_EXTRACT, 0, 0, CKR_TEMPLATE_INCOMPLETE },
		{ ALG_DERIVE_EXTRACT, 32, 4, CKR_MECHANISM_PARAM_INVALID },
		{ ALG_DERIVE_EXTRACT, (size_t)-1, 4, CKR_MECHANISM_PARAM_INVALID },
	};
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, false, LEFT);
	struct buf out = BUF_EMPTY;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scheme s = { .alg = rows[i].alg, .start_bit = rows[i].bit, .info = RIGHT };
		struct derivation d = { .scheme = &s, .base = base };

		assert_rv(rows[i].rv, try_len(f, &d, rows[i].len, &out));
	}
	assert_null(out.ptr);
	object_put(base);
}

/* Else who may derive takes a key apart, byte by byte. */
static void
nothing_is_cut_from_a_hidden_key(void **state)
{
	static const struct {
		enum alg alg;
		uint64_t whole;
	} rows[] = { { ALG_DERIVE_JOIN_DATA, 8 }, { ALG_DERIVE_DATA_JOIN, 8 },
		{ ALG_DERIVE_XOR, 4 }, { ALG_DERIVE_EXTRACT, 4 } };
	struct fixture *f = *state;
	struct object *base = make_secret(f, CKK_GENERIC_SECRET, true, LEFT);
	struct object *open = make_secret(f, CKK_GENERIC_SECRET, false, LEFT);
	struct buf out = BUF_EMPTY;
	struct scheme join = { .alg = ALG_DERIVE_JOIN_KEY };
	struct derivation end = { .scheme = &join, .base = open, .second = base };
	struct scheme short_data = { .alg = ALG_DERIVE_XOR, .info = bytes_slice(RIGHT, 0, 3) };
	struct derivation cut = { .scheme = &short_data, .base = base };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scheme s = { .alg = rows[i].alg, .info = RIGHT };
		struct derivation d = { .scheme = &s, .base = base };

		assert_rv(CKR_TEMPLATE_INCONSISTENT, try_len(f, &d, rows[i].whole - 1, &out));
		assert_rv(CKR_OK, try_len(f, &d, rows[i].whole, &out));
	}
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_len(f, &end, 7, &out));
	assert_rv(CKR_OK, try_len(f, &end, 8, &out));
	assert_rv(CKR_TEMPLATE_INCONSISTENT, try_len(f, &cut, 0, &out));
	buf_free(&out);
	object_put(open);
	object_put(base);
}

static void
what_is_made_of_a_hidden_key_is_hidden(void **state)
{
	struct fixture *f = *state;
	struct object *hidden = make_secret(f, CKK_GENERIC_SECRET, true, LEFT);
	struct object *open = make_secret(f, CKK_GENERIC_SECRET, false, RIGHT);
	struct scheme s = { .alg = ALG_DERIVE_JOIN_KEY };

	for (int i = 0; i < 4; i++) { /* which of both is hidden */
		bool is_hidden = i != 0;
		struct derivation d = { .scheme = &s,
			.base = (i & 1) != 0 ? hidden : open,
			.second = (i & 2) != 0 ? hidden : open };
		struct attrs t = ATTRS_EMPTY;
		struct object *o = NULL;

		assert_rv(CKR_OK, derive_one(f, &d, &t, &o));
		assert_int_equal(is_hidden, attrs_bool(object_attrs(o), CKA_SENSITIVE, false));
		assert_true(!is_hidden || !attrs_bool(object_attrs(o), CKA_EXTRACTABLE, true));
		assert_false(attrs_bool(object_attrs(o), CKA_ALWAYS_SENSITIVE, true));
		object_put(o);
		o = NULL;
		give_bool(&t, CKA_SENSITIVE, false);
		assert_rv(is_hidden ? CKR_TEMPLATE_INCONSISTENT : CKR_OK,
			derive_one(f, &d, &t, &o));
		object_put(o);
		o = NULL;
		attrs_free(&t);
		give_bool(&t, CKA_EXTRACTABLE, true);
		assert_rv(is_hidden ? CKR_TEMPLATE_INCONSISTENT : CKR_OK,
			derive_one(f, &d, &t, &o));
		object_put(o);
		attrs_free(&t);
	}
	object_put(open);
	object_put(hidden);
}

static struct object *
generate(struct fixture *f, bool hidden)
{
	struct attrs t = ATTRS_EMPTY;
	struct object *o = NULL;

	give_bool(&t, CKA_SENSITIVE, hidden);
	give_bool(&t, CKA_EXTRACTABLE, !hidden);
	give_u64(&t, CKA_VALUE_LEN, 4);
	assert_rv(CKR_OK,
		object_generate_secret(f->token, 7, mech_find(CKM_GENERIC_SECRET_KEY_GEN), &t, &o));
	attrs_free(&t);
	return o;
}

/* PKCS#11 3.2, 6.43: if and only if both have always been so. */
static void
its_past_is_that_of_both_keys(void **state)
{
	struct fixture *f = *state;
	struct object *keys[] = { generate(f, false), generate(f, true) };
	struct scheme s = { .alg = ALG_DERIVE_JOIN_KEY };

	for (int i = 0; i < 4; i++) {
		struct derivation d = { .scheme = &s, .base = keys[i & 1], .second = keys[i >> 1] };
		struct attrs t = ATTRS_EMPTY;
		struct object *o = NULL;

		give_bool(&t, CKA_SENSITIVE, true);
		give_bool(&t, CKA_EXTRACTABLE, false);
		assert_rv(CKR_OK, derive_one(f, &d, &t, &o));
		assert_int_equal(i == 3, attrs_bool(object_attrs(o), CKA_ALWAYS_SENSITIVE, false));
		assert_int_equal(i == 3, attrs_bool(object_attrs(o), CKA_NEVER_EXTRACTABLE, false));
		object_put(o);
		attrs_free(&t);
	}
	object_put(keys[0]);
	object_put(keys[1]);
}

#define USER(test) cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		USER(keys_are_those_of_the_standards_examples),
		USER(a_digest_is_a_key_with_every_hash),
		USER(encrypted_data_is_a_key),
		USER(lengths_that_can_not_be_made_are_refused),
		USER(nothing_is_cut_from_a_hidden_key),
		USER(what_is_made_of_a_hidden_key_is_hidden),
		USER(its_past_is_that_of_both_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
