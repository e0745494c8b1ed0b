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
#include <openssl/param_build.h>
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
#define SECRET_MAC (CKF_SIGN | CKF_VERIFY)

static const struct {
	CK_ULONG bits;
	const char *group;
	CK_BYTE oid[10];
	size_t oid_len;
} curves[] = {
	{ 256, "prime256v1", { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, 10 },
	{ 384, "secp384r1", { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 }, 7 },
	{ 521, "secp521r1", { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 }, 7 },
};

CK_ATTRIBUTE
attr(CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	return (CK_ATTRIBUTE){ type, (void *)value, len };
}

CK_ATTRIBUTE
attr_bool(CK_ATTRIBUTE_TYPE type, bool value)
{
	static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

	return attr(type, value ? &yes : &no, 1);
}

CK_ATTRIBUTE
attr_number(CK_ATTRIBUTE_TYPE type, const CK_ULONG *value)
{
	return attr(type, value, sizeof(*value));
}

static size_t
curve_of(CK_ULONG bits)
{
	for (size_t i = 0; i < COUNT(curves); i++)
		if (curves[i].bits == bits)
			return i;
	return 0;
}

/* RSA: of the modulus, EC: of a coordinate. */
size_t
key_len(enum kind kind, CK_ULONG size)
{
	return kind == KIND_RSA || kind == KIND_EC ? (size + 7) / 8 : size;
}

size_t
read_value(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, uint8_t *out)
{
	CK_ATTRIBUTE a = { type, out, ROOM };

	return f->C_GetAttributeValue(session, o, &a, 1) == CKR_OK ? a.ulValueLen : 0;
}

static EVP_PKEY *
pkey_of(const char *type, OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return key;
}

static EVP_PKEY *
read_rsa(CK_OBJECT_HANDLE o)
{
	uint8_t n[ROOM], e[ROOM];
	BIGNUM *bn = BN_bin2bn(n, (int)read_value(o, CKA_MODULUS, n), NULL);
	BIGNUM *be = BN_bin2bn(e, (int)read_value(o, CKA_PUBLIC_EXPONENT, e), NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be);
	key = pkey_of("RSA", bld);
	OSSL_PARAM_BLD_free(bld);
	BN_free(be);
	BN_free(bn);
	return key;
}

/* CKA_EC_POINT is an OCTET STRING. */
static EVP_PKEY *
read_ec(CK_ULONG size, CK_OBJECT_HANDLE o)
{
	uint8_t point[ROOM];
	size_t len = 1 + 2 * key_len(KIND_EC, size);
	size_t got = read_value(o, CKA_EC_POINT, point);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (got > len && point[0] == 0x04) {
		OSSL_PARAM_BLD_push_utf8_string(
			bld, OSSL_PKEY_PARAM_GROUP_NAME, curves[curve_of(size)].group, 0);
		OSSL_PARAM_BLD_push_octet_string(
			bld, OSSL_PKEY_PARAM_PUB_KEY, point + got - len, len);
		key = pkey_of("EC", bld);
	}
	OSSL_PARAM_BLD_free(bld);
	return key;
}

EVP_PKEY *
key_read(enum kind kind, CK_ULONG size, CK_OBJECT_HANDLE o)
{
	return kind == KIND_RSA ? read_rsa(o) : read_ec(size, o);
}

static CK_RV
make_pair(struct key *k)
{
	CK_MECHANISM m = { k->kind == KIND_RSA ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN,
		NULL, 0 };
	const size_t curve = curve_of(k->size);
	CK_ATTRIBUTE public[] = { attr_bool(CKA_TOKEN, k->token),
		k->kind == KIND_RSA
			? attr_number(CKA_MODULUS_BITS, &k->size)
			: attr(CKA_EC_PARAMS, curves[curve].oid, curves[curve].oid_len) };
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
	const size_t curve = curve_of(k->size);
	uint8_t first[ROOM], second[ROOM];
	CK_ATTRIBUTE t[5 + COUNT(allowed)] = { attr_number(CKA_CLASS, &class),
		attr_number(CKA_KEY_TYPE, &type), attr_bool(CKA_TOKEN, k->token) };
	CK_ULONG n = 5;

	k->pkey = k->kind == KIND_RSA ? EVP_RSA_gen((unsigned)k->size)
				      : EVP_EC_gen(curves[curve].group);
	if (k->pkey == NULL)
		return CKR_GENERAL_ERROR;
	if (k->kind == KIND_RSA) {
		t[3] = attr_bn(CKA_MODULUS, k->pkey, OSSL_PKEY_PARAM_RSA_N, first);
		t[4] = attr_bn(CKA_PUBLIC_EXPONENT, k->pkey, OSSL_PKEY_PARAM_RSA_E, second);
	} else {
		t[3] = attr(CKA_EC_PARAMS, curves[curve].oid, curves[curve].oid_len);
		t[4] = attr_point(k->pkey, first);
	}
	for (size_t i = 0; i < COUNT(allowed); i++)
		if ((allowed[i].use & k->use & promised) != 0)
			t[n++] = attr_bool(allowed[i].allows, true);
	return f->C_CreateObject(session, t, n, &k->handle);
}

static CK_RV
make_secret(struct key *k)
{
	static const CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_ATTRIBUTE t[5 + COUNT(allowed)] = { attr_number(CKA_CLASS, &class),
		attr_number(CKA_KEY_TYPE, &k->key_type), attr_bool(CKA_TOKEN, k->token),
		attr_bool(CKA_PRIVATE, true), attr(CKA_VALUE, k->value, k->size) };
	CK_ULONG n = 5;

	k->len = k->size;
	if (RAND_bytes(k->value, (int)k->len) != 1)
		return CKR_GENERAL_ERROR;
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
	if (k->kind == KIND_SECRET || k->kind == KIND_AES)
		return make_secret(k);
	return is_public(k->use) ? make_public(k) : make_pair(k);
}

/* What the key is allowed to do: see above. */
static CK_FLAGS
uses_with(const struct trial *t, CK_FLAGS use)
{
	static const struct {
		enum kind kind;
		bool token, session; /* where such a key is made */
		CK_FLAGS uses;
	} sets[] = {
		{ KIND_RSA, true, true, RSA_PUBLIC },
		{ KIND_RSA, true, false, RSA_SIGNS | RSA_OPENS },
		{ KIND_RSA, false, true, RSA_SIGNS },
		{ KIND_RSA, false, true, RSA_OPENS },
		{ KIND_EC, true, true, EC_PUBLIC },
		{ KIND_EC, true, true, EC_DERIVES },
		{ KIND_AES, true, true, AES_ALL },
		{ KIND_SECRET, true, true, SECRET_MAC },
	};

	for (size_t i = 0; i < COUNT(sets); i++)
		if (sets[i].kind == t->row->kind && (t->token ? sets[i].token : sets[i].session) &&
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
