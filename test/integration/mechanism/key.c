/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys, each made once. Private ones are made by the module, a public one that
 * verifies or encrypts is OpenSSL's, and secret ones are known to both. In the
 * token a private RSA key may do all that there is, in the session it signs or
 * opens: a TPM may do these in different ways.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "mechanism.h"

static struct key *keys[512];
static size_t keys_count;

static const struct {
	CK_FLAGS use;
	CK_ATTRIBUTE_TYPE allows;
	bool public;
} allowed[] = {
	{ CKF_SIGN, CKA_SIGN, false },
	{ CKF_SIGN_RECOVER, CKA_SIGN_RECOVER, false },
	{ CKF_DECRYPT, CKA_DECRYPT, false },
	{ CKF_DERIVE, CKA_DERIVE, false },
	{ CKF_VERIFY, CKA_VERIFY, true },
	{ CKF_VERIFY_RECOVER, CKA_VERIFY_RECOVER, true },
	{ CKF_ENCRYPT, CKA_ENCRYPT, true },
	{ CKF_UNWRAP, CKA_UNWRAP, false },
	{ CKF_DECAPSULATE, CKA_DECAPSULATE, false },
	{ CKF_WRAP, CKA_WRAP, true },
	{ CKF_ENCAPSULATE, CKA_ENCAPSULATE, true },
};

#define RSA_PUBLIC (CKF_VERIFY | CKF_VERIFY_RECOVER | CKF_ENCRYPT | CKF_WRAP | CKF_ENCAPSULATE)
#define RSA_SIGNS  (CKF_SIGN | CKF_SIGN_RECOVER)
#define RSA_OPENS  (CKF_DECRYPT | CKF_UNWRAP | CKF_DECAPSULATE)
#define EC_PUBLIC  (CKF_VERIFY | CKF_ENCAPSULATE)
#define EC_DERIVES (CKF_DERIVE | CKF_DECAPSULATE)
#define AES_ALL    (CKF_ENCRYPT | CKF_DECRYPT | CKF_SIGN | CKF_VERIFY | CKF_WRAP | CKF_UNWRAP)
#define DES_ALL    (CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP)
#define SECRET_MAC (CKF_SIGN | CKF_VERIFY)

static CK_RV
make_pair(struct key *k)
{
	CK_MECHANISM m = { k->kind == KIND_RSA ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN,
		NULL, 0 };
	const struct curve *curve = curve_find(k->size);
	CK_ATTRIBUTE public[] = { attr_bool(CKA_TOKEN, k->token),
		k->kind == KIND_RSA ? attr_number(CKA_MODULUS_BITS, &k->size)
				    : attr(CKA_EC_PARAMS, curve->oid, curve->oid_len) };
	CK_ATTRIBUTE private[2 + COUNT(allowed)] = { attr_bool(CKA_TOKEN, k->token),
		attr_bool(CKA_PRIVATE, true) };
	CK_OBJECT_HANDLE handle = 0;
	CK_ULONG n = 2;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < COUNT(allowed); i++)
		if ((allowed[i].use & k->use & promised) != 0)
	private[n++] = attr_bool(allowed[i].allows, true);
	rv = f->C_GenerateKeyPair(
		session, &m, public, COUNT(public), private, n, &handle, &k->handle);
	if (rv == CKR_OK)
		k->pkey = key_read(k->kind, k->size, handle);
	return rv;
}

/* A number of pkey into an attribute. */
static CK_ATTRIBUTE
attr_bn(CK_ATTRIBUTE_TYPE type, EVP_PKEY *pkey, const char *name, uint8_t *room)
{
	BIGNUM *bn = NULL;
	int len = 0;

	if (EVP_PKEY_get_bn_param(pkey, name, &bn) == 1)
		len = BN_bn2bin(bn, room);
	BN_free(bn);
	return attr(type, room, (size_t)len);
}

/* The point as an OCTET STRING in DER. */
static CK_ATTRIBUTE
attr_point(EVP_PKEY *pkey, uint8_t *room)
{
	uint8_t point[256];
	size_t len = 0, at = 0;

	EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len);
	room[at++] = 0x04;
	if (len > 127)
		room[at++] = 0x81;
	room[at++] = (uint8_t)len;
	memcpy(room + at, point, len);
	return attr(CKA_EC_POINT, room, at + len);
}

static CK_RV
make_public(struct key *k)
{
	static const CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	const CK_KEY_TYPE type = k->kind == KIND_RSA ? CKK_RSA : CKK_EC;
	const struct curve *curve = curve_find(k->size);
	uint8_t first[ROOM], second[ROOM];
	CK_ATTRIBUTE t[5 + COUNT(allowed)] = { attr_number(CKA_CLASS, &class),
		attr_number(CKA_KEY_TYPE, &type), attr_bool(CKA_TOKEN, k->token) };
	CK_ULONG n = 5;

	k->pkey = k->kind == KIND_RSA ? EVP_RSA_gen((unsigned)k->size) : EVP_EC_gen(curve->group);
	if (k->pkey == NULL)
		return CKR_GENERAL_ERROR;
	if (k->kind == KIND_RSA) {
		t[3] = attr_bn(CKA_MODULUS, k->pkey, OSSL_PKEY_PARAM_RSA_N, first);
		t[4] = attr_bn(CKA_PUBLIC_EXPONENT, k->pkey, OSSL_PKEY_PARAM_RSA_E, second);
	} else {
		t[3] = attr(CKA_EC_PARAMS, curve->oid, curve->oid_len);
		t[4] = attr_point(k->pkey, first);
	}
	for (size_t i = 0; i < COUNT(allowed); i++)
		if ((allowed[i].use & k->use & promised) != 0)
			t[n++] = attr_bool(allowed[i].allows, true);
	return f->C_CreateObject(session, t, n, &k->handle);
}

/* The lowest bit of each byte of a DES key makes their number odd. */
static void
make_odd(uint8_t *value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t bits = 0;

		for (int at = 1; at < 8; at++)
			bits ^= value[i] >> at & 1;
		value[i] = (uint8_t)((value[i] & 0xfe) | (bits ^ 1));
	}
}

static CK_RV
make_secret(struct key *k)
{
	static const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	/* What is made of a key that can not be read can not be read either. */
	CK_ATTRIBUTE t[6 + COUNT(allowed)] = { attr_number(CKA_CLASS, &class),
		attr_number(CKA_KEY_TYPE, &k->key_type), attr_bool(CKA_TOKEN, k->token),
		attr_bool(CKA_PRIVATE, true), attr(CKA_VALUE, k->value, k->size),
		attr_bool(CKA_EXTRACTABLE, k->use == CKF_DERIVE) };
	CK_ULONG n = 6;

	k->len = k->size;
	if (RAND_bytes(k->value, (int)k->len) != 1)
		return CKR_GENERAL_ERROR;
	if (k->kind == KIND_DES)
		make_odd(k->value, k->len);
	for (size_t i = 0; i < COUNT(allowed); i++)
		if ((allowed[i].use & k->use & promised) != 0)
			t[n++] = attr_bool(allowed[i].allows, true);
	return f->C_CreateObject(session, t, n, &k->handle);
}

static bool
is_public(CK_FLAGS use)
{
	for (size_t i = 0; i < COUNT(allowed); i++)
		if ((allowed[i].use & use) != 0)
			return allowed[i].public;
	return false;
}

static CK_RV
make(struct key *k)
{
	if (k->kind == KIND_SECRET || k->kind == KIND_AES || k->kind == KIND_DES)
		return make_secret(k);
	return is_public(k->use) ? make_public(k) : make_pair(k);
}

/* What the key is allowed to do: see above. */
static CK_FLAGS
uses_with(const struct trial *t, CK_FLAGS use)
{
	static const struct {
		enum kind kind;
		bool one, several; /* which keys are made so */
		CK_FLAGS uses;
	} sets[] = {
		{ KIND_RSA, true, true, RSA_PUBLIC },
		{ KIND_RSA, true, false, RSA_SIGNS | RSA_OPENS },
		{ KIND_RSA, false, true, RSA_SIGNS },
		{ KIND_RSA, false, true, RSA_OPENS },
		{ KIND_EC, true, true, EC_PUBLIC },
		{ KIND_EC, true, true, EC_DERIVES },
		{ KIND_AES, true, true, AES_ALL },
		{ KIND_DES, true, true, DES_ALL },
		{ KIND_SECRET, true, true, SECRET_MAC },
	};

	/* A TPM takes long to make a large one. */
	bool one = t->token || t->size > 3072;

	for (size_t i = 0; i < COUNT(sets); i++)
		if (sets[i].kind == t->row->kind && (one ? sets[i].one : sets[i].several) &&
			(sets[i].uses & use) != 0)
			return sets[i].uses;
	return use;
}

static struct key *
key_find(const struct trial *t, CK_FLAGS use)
{
	for (size_t i = 0; i < keys_count; i++) {
		struct key *k = keys[i];

		if (k->kind == t->row->kind && k->size == t->size && k->token == t->token &&
			k->key_type == t->key_type && (k->use & use) == use)
			return k;
	}
	return NULL;
}

const struct key *
key_for(const struct trial *t, CK_FLAGS use)
{
	struct key *k = key_find(t, use);

	if (k == NULL) {
		if (keys_count == COUNT(keys) || (k = calloc(1, sizeof(*k))) == NULL)
			return NULL;
		*k = (struct key){ .kind = t->row->kind,
			.size = t->size,
			.token = t->token,
			.key_type = t->key_type,
			.use = uses_with(t, use) };
		k->rv = make(k);
		keys[keys_count++] = k;
	}
	if (k->rv != CKR_OK)
		trial_fails(t, "without a key", k->rv);
	return k->rv == CKR_OK ? k : NULL;
}

void
keys_free(void)
{
	while (keys_count > 0) {
		EVP_PKEY_free(keys[--keys_count]->pkey);
		free(keys[keys_count]);
	}
}
