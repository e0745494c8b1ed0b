/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes, and public keys as objects show them.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "mechanism.h"

static const struct curve curves[] = {
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

const struct curve *
curve_find(CK_ULONG bits)
{
	for (size_t i = 0; i < COUNT(curves); i++)
		if (curves[i].bits == bits)
			return &curves[i];
	return &curves[0];
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
			bld, OSSL_PKEY_PARAM_GROUP_NAME, curve_find(size)->group, 0);
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
