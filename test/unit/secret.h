/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of secret keys share: a key of a given value, and one call
 * for a whole encryption or MAC.
 */
#ifndef TEST_UNIT_SECRET_H
#define TEST_UNIT_SECRET_H

#include "token_fixture.h"

#include "crypto/aes.h"
#include "crypto/crypto.h"

static inline void
secret_template(struct attrs *a, CK_KEY_TYPE type, bool token)
{
	give_u64(a, CKA_CLASS, CKO_SECRET_KEY);
	give_u64(a, CKA_KEY_TYPE, type);
	give_bool(a, CKA_TOKEN, token);
}

static inline struct object *
secret_create(struct token *t, CK_KEY_TYPE type, bool token, struct bytes value)
{
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	secret_template(&a, type, token);
	give(&a, CKA_LABEL, bytes_str("secret"));
	give(&a, CKA_VALUE, value);
	assert_rv(CKR_OK, object_create(t, 7, &a, &o));
	attrs_free(&a);
	return o;
}

static inline CK_RV
secret_generate(
	struct token *t, CK_MECHANISM_TYPE type, size_t len, struct attrs *a, struct object **out)
{
	CK_RV rv = CKR_OK;

	give_bool(a, CKA_TOKEN, true);
	give(a, CKA_LABEL, bytes_str("secret"));
	give_u64(a, CKA_VALUE_LEN, len);
	rv = object_generate_secret(t, 7, mech_find(type), a, out);
	attrs_free(a);
	return rv;
}

static inline CK_RV
secret_cipher(struct token *t, struct object *key, const struct scheme *s, bool encrypt,
	struct bytes in, struct buf *out)
{
	struct cipher *c = NULL;
	CK_RV rv = object_cipher_new(t, key, s, encrypt, &c);

	if (rv == CKR_OK)
		rv = cipher_end(c, in, out);
	cipher_free(c);
	return rv;
}

static inline CK_RV
secret_mac(struct token *t, struct object *key, const struct scheme *s, struct bytes in,
	struct buf *out)
{
	struct mac *m = NULL;
	CK_RV rv = object_mac_new(t, key, s, &m);

	if (rv == CKR_OK)
		rv = mac_update(m, in);
	if (rv == CKR_OK)
		rv = mac_final(m, out);
	mac_free(m);
	return rv;
}

#endif
