/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that are encapsulated, and taken out again.
 */
#include "config.h"

#include <openssl/rand.h>

#include "mechanism.h"

enum { SECRET_LEN = 32 };

/* A secret that may be read. */
struct wanted {
	CK_ATTRIBUTE t[6];
};

static struct wanted
wanted(const struct trial *t)
{
	static const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static const CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	static const CK_ULONG len = SECRET_LEN;

	return (struct wanted){ { attr_number(CKA_CLASS, &class), attr_number(CKA_KEY_TYPE, &type),
		attr_bool(CKA_TOKEN, t->token), attr_bool(CKA_SENSITIVE, false),
		attr_bool(CKA_EXTRACTABLE, true), attr_number(CKA_VALUE_LEN, &len) } };
}

/* Both sides have the secret: the end of what the mechanism comes to. */
static bool
is_same(const struct trial *t, CK_OBJECT_HANDLE made, const uint8_t *right, size_t n)
{
	uint8_t value[ROOM];
	size_t len = read_value(made, CKA_VALUE, value);

	f->C_DestroyObject(session, made);
	return (n != FAILED && n >= len && len == SECRET_LEN &&
		       memcmp(value, right + n - len, len) == 0) ||
	       trial_fails(t, "to something else than OpenSSL", n);
}

bool
use_encapsulate(struct trial *t)
{
	const struct key *key = key_for(t, CKF_ENCAPSULATE);
	struct wanted w = wanted(t);
	uint8_t cipher[ROOM], right[ROOM];
	CK_OBJECT_HANDLE made = 0;
	CK_ULONG told = 0, n = 0;
	CK_RV rv = CKR_OK;

	if (key == NULL)
		return false;
	rv = f3->C_EncapsulateKey(session, &t->m, key->handle, w.t, COUNT(w.t), NULL, &told, &made);
	n = told;
	if (rv == CKR_OK)
		rv = f3->C_EncapsulateKey(
			session, &t->m, key->handle, w.t, COUNT(w.t), cipher, &n, &made);
	if (rv != CKR_OK || n != told)
		return trial_fails(t, "a key", rv);
	return is_same(t, made, right,
		t->row->kind == KIND_EC ? ref_agree(key->pkey, cipher, n, right)
					: ref_crypt(t, key, false, cipher, n, right));
}

/* What OpenSSL sends; the secret in right. */
static size_t
ref_encapsulate(
	const struct trial *t, const struct key *key, uint8_t *cipher, uint8_t *right, size_t *len)
{
	size_t n = 0;

	if (t->row->kind == KIND_EC) {
		*len = ref_ecdh(key, cipher, &n, right);
		return *len == FAILED ? FAILED : n;
	}
	*len = t->row->scheme == SCHEME_RSA_RAW ? key_len(KIND_RSA, t->size) : SECRET_LEN;
	RAND_bytes(right, (int)*len);
	if (t->row->scheme == SCHEME_RSA_RAW)
		right[0] = 0;
	return ref_crypt(t, key, true, right, *len, cipher);
}

bool
use_decapsulate(struct trial *t)
{
	const struct key *key = key_for(t, CKF_DECAPSULATE);
	struct wanted w = wanted(t);
	uint8_t cipher[ROOM], right[ROOM];
	CK_OBJECT_HANDLE made = 0;
	size_t len = 0, n = 0;
	CK_RV rv = CKR_OK;

	if (key == NULL)
		return false;
	n = ref_encapsulate(t, key, cipher, right, &len);
	if (n == FAILED)
		return trial_fails(t, "is not known to OpenSSL", 0);
	rv = f3->C_DecapsulateKey(session, &t->m, key->handle, w.t, COUNT(w.t), cipher, n, &made);
	return rv == CKR_OK ? is_same(t, made, right, len) : trial_fails(t, "a key", rv);
}
