/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys that OpenSSL makes, writes down and verifies signatures of: those
 * that go into a token and come out of it.
 */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "api.h"

EVP_PKEY *
openssl_key(const char *curve)
{
	return curve != NULL ? EVP_EC_gen(curve) : EVP_RSA_gen(2048);
}

void
openssl_key_free(EVP_PKEY *key)
{
	EVP_PKEY_free(key);
}

size_t
openssl_pkcs8(EVP_PKEY *key, uint8_t *out)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *p = out;
	int len = i2d_PKCS8_PRIV_KEY_INFO(info, &p);

	PKCS8_PRIV_KEY_INFO_free(info);
	return len > 0 ? (size_t)len : 0;
}

/* Big-endian, as long as it is, or as long as len. */
static CK_ATTRIBUTE
number(EVP_PKEY *key, const char *name, CK_ATTRIBUTE_TYPE type, size_t len, uint8_t **next)
{
	CK_ATTRIBUTE a = { type, *next, 0 };
	BIGNUM *n = NULL;

	if (EVP_PKEY_get_bn_param(key, name, &n) == 1) {
		a.ulValueLen = len != 0 ? len : (size_t)BN_num_bytes(n);
		BN_bn2binpad(n, *next, (int)a.ulValueLen);
		*next += a.ulValueLen;
	}
	BN_clear_free(n);
	return a;
}

static const struct {
	const char *name;
	CK_ATTRIBUTE_TYPE type;
} rsa_numbers[] = {
	{ OSSL_PKEY_PARAM_RSA_N, CKA_MODULUS },
	{ OSSL_PKEY_PARAM_RSA_E, CKA_PUBLIC_EXPONENT },
	{ OSSL_PKEY_PARAM_RSA_D, CKA_PRIVATE_EXPONENT },
	{ OSSL_PKEY_PARAM_RSA_FACTOR1, CKA_PRIME_1 },
	{ OSSL_PKEY_PARAM_RSA_FACTOR2, CKA_PRIME_2 },
	{ OSSL_PKEY_PARAM_RSA_EXPONENT1, CKA_EXPONENT_1 },
	{ OSSL_PKEY_PARAM_RSA_EXPONENT2, CKA_EXPONENT_2 },
	{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, CKA_COEFFICIENT },
};

CK_ULONG
openssl_key_numbers(EVP_PKEY *key, uint8_t *memory, CK_ATTRIBUTE *list)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	CK_ULONG n = 0;

	if (EVP_PKEY_is_a(key, "EC")) {
		list[n++] = attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256));
		list[n++] = number(key, OSSL_PKEY_PARAM_PRIV_KEY, CKA_VALUE, 32, &memory);
		return n;
	}
	for (size_t i = 0; i < COUNT(rsa_numbers); i++)
		list[n++] = number(key, rsa_numbers[i].name, rsa_numbers[i].type, 0, &memory);
	return n;
}

static bool
verifies(EVP_PKEY_CTX *ctx, const uint8_t *signature, size_t len, const uint8_t *digest)
{
	return EVP_PKEY_verify(ctx, signature, len, digest, 32) == 1;
}

static bool
ecdsa_verifies(EVP_PKEY_CTX *ctx, const uint8_t *raw, size_t len, const uint8_t *digest)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	uint8_t *der = NULL;
	int der_len = 0;
	bool ok = false;

	ECDSA_SIG_set0(sig, BN_bin2bn(raw, (int)len / 2, NULL),
		BN_bin2bn(raw + len / 2, (int)len / 2, NULL));
	der_len = i2d_ECDSA_SIG(sig, &der);
	ok = der_len > 0 && verifies(ctx, der, (size_t)der_len, digest);
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	return ok;
}

/* CKM_RSA_PKCS of the digest as it is, or CKM_ECDSA. */
bool
openssl_key_verifies(
	EVP_PKEY *key, const uint8_t *digest, const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool ok = EVP_PKEY_verify_init(ctx) == 1;

	if (EVP_PKEY_is_a(key, "EC"))
		ok = ok && ecdsa_verifies(ctx, signature, signature_len, digest);
	else
		ok = ok && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		     verifies(ctx, signature, signature_len, digest);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

bool
openssl_key_is(EVP_PKEY *key, const uint8_t *pkcs8, size_t len)
{
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &pkcs8, (long)len);
	EVP_PKEY *other = info != NULL ? EVP_PKCS82PKEY(info) : NULL;
	bool same = other != NULL && EVP_PKEY_eq(key, other) == 1;

	EVP_PKEY_free(other);
	PKCS8_PRIV_KEY_INFO_free(info);
	return same;
}
