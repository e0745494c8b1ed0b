/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys to wrap, and to wrap with, for the tests of both directions.
 */
#ifndef TEST_UNIT_WRAP_FIXTURE_H
#define TEST_UNIT_WRAP_FIXTURE_H

#include "crypto/crypto.h"
#include "privkey_reference.h"
#include "token/token_private.h"
#include "token_fixture.h"

#define OWNER 7
#define VALUE LITERAL("0123456789abcdefghijklmnopqrstuv") /* as much of it as a key has bytes */

static inline struct object *
secret(struct fixture *f, uint64_t type, size_t len, bool token)
{
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_u64(&a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(&a, CKA_KEY_TYPE, type);
	give_bool(&a, CKA_TOKEN, token);
	give_bool(&a, CKA_EXTRACTABLE, true);
	give(&a, CKA_VALUE, bytes_slice(VALUE, 0, len));
	assert_rv(CKR_OK, object_create(f->token, OWNER, &a, &o));
	attrs_free(&a);
	return o;
}

static inline struct object *
private_key(struct fixture *f, const struct privkey *key, bool token)
{
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	bool rsa = key->public.kind == KEY_RSA;

	give_u64(&a, CKA_CLASS, CKO_PRIVATE_KEY);
	give_u64(&a, CKA_KEY_TYPE, rsa ? CKK_RSA : CKK_EC);
	give_bool(&a, CKA_TOKEN, token);
	give_bool(&a, CKA_EXTRACTABLE, true);
	assert_rv(CKR_OK, attr_of_privkey(key, &a));
	if (rsa)
		give(&a, CKA_MODULUS, view(&key->public.modulus));
	else
		give(&a, CKA_EC_PARAMS, curve_row(key->public.curve)->oid);
	assert_rv(CKR_OK, object_create(f->token, OWNER, &a, &o));
	attrs_free(&a);
	return o;
}

struct pair {
	struct object *public, *private;
};

static inline struct pair
rsa_pair(struct fixture *f, uint64_t bits)
{
	struct attrs public = ATTRS_EMPTY;
	struct attrs private = ATTRS_EMPTY;
	struct pair p = { NULL, NULL };

	give_u64(&public, CKA_MODULUS_BITS, bits);
	give_bool(&public, CKA_WRAP, true);
	give_bool(&private, CKA_UNWRAP, true);
	give_bool(&private, CKA_TOKEN, true);
	assert_rv(
		CKR_OK, object_generate_pair(f->token, OWNER, mech_find(CKM_RSA_PKCS_KEY_PAIR_GEN),
				&public, &private, &p.public, &p.private));
	attrs_free(&public);
	attrs_free(&private);
	return p;
}

static inline void
pair_put(struct pair *p)
{
	object_put(p->public);
	object_put(p->private);
}

/* The template of what is unwrapped. */
static inline void
give_kind(struct attrs *a, const struct object *like, bool token)
{
	give_u64(a, CKA_CLASS, attrs_u64(object_attrs(like), CKA_CLASS, 0));
	give_u64(a, CKA_KEY_TYPE, attrs_u64(object_attrs(like), CKA_KEY_TYPE, 0));
	give_bool(a, CKA_TOKEN, token);
}

static inline void
assert_same_content(struct fixture *f, struct object *a, struct object *b)
{
	struct privkey x = PRIVKEY_EMPTY;
	struct privkey y = PRIVKEY_EMPTY;
	struct buf v = BUF_EMPTY;
	struct buf w = BUF_EMPTY;

	if (object_pubkey(a) == NULL) {
		assert_rv(CKR_OK, object_value(f->token, a, &v));
		assert_rv(CKR_OK, object_value(f->token, b, &w));
		assert_bytes_equal(view(&v), view(&w));
	} else {
		assert_rv(CKR_OK, object_privkey(f->token, a, &x));
		assert_rv(CKR_OK, object_privkey(f->token, b, &y));
		assert_same_key(&x, &y);
	}
	buf_free(&v);
	buf_free(&w);
	privkey_free(&x);
	privkey_free(&y);
}

/* CKA_WRAP_TEMPLATE and CKA_UNWRAP_TEMPLATE in canonical form. */
static inline void
give_nested(struct attrs *a, uint64_t list, uint64_t type, bool value)
{
	struct buf nested = BUF_EMPTY;
	uint8_t byte = value;

	assert_rv(CKR_OK, buf_append_u64(&nested, type));
	assert_rv(CKR_OK, buf_append_sized(&nested, bytes_of(&byte, 1)));
	give(a, list, view(&nested));
	buf_free(&nested);
}

#endif
