/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other opinion: OpenSSL with the public key as the token shows it.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "api.h"

#define VALUE_MAX 1024

/* An attribute into value; its length, 0 on failure. */
static size_t
read_value(const struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
	uint8_t *value)
{
	CK_ATTRIBUTE a = { type, value, VALUE_MAX };

	return c->f->C_GetAttributeValue(h, o, &a, 1) == CKR_OK ? a.ulValueLen : 0;
}

static EVP_PKEY *
key_of(const char *type, OSSL_PARAM_BLD *bld)
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
rsa_key(const struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o)
{
	uint8_t n[VALUE_MAX], e[VALUE_MAX];
	BIGNUM *bn = BN_bin2bn(n, (int)read_value(c, h, o, CKA_MODULUS, n), NULL);
	BIGNUM *be = BN_bin2bn(e, (int)read_value(c, h, o, CKA_PUBLIC_EXPONENT, e), NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be);
	key = key_of("RSA", bld);
	OSSL_PARAM_BLD_free(bld);
	BN_free(be);
	BN_free(bn);
	return key;
}

/* P-256 only: CKA_EC_POINT is an OCTET STRING of 65 bytes. */
static EVP_PKEY *
ec_key(const struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o)
{
	uint8_t point[VALUE_MAX];
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (read_value(c, h, o, CKA_EC_POINT, point) == 67 && point[0] == 0x04 && point[1] == 65) {
		OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
		OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point + 2, 65);
		key = key_of("EC", bld);
	}
	OSSL_PARAM_BLD_free(bld);
	return key;
}

/* r || s to DER; the caller frees. */
static int
ecdsa_der(const uint8_t *raw, size_t len, uint8_t **der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int der_len = 0, half = (int)len / 2;

	ECDSA_SIG_set0(sig, BN_bin2bn(raw, half, NULL), BN_bin2bn(raw + half, half, NULL));
	der_len = i2d_ECDSA_SIG(sig, der);
	ECDSA_SIG_free(sig);
	return der_len;
}

size_t
openssl_digest(const char *hash, const void *data, size_t len, uint8_t *out)
{
	unsigned n = 0;

	return EVP_Digest(data, len, out, &n, EVP_get_digestbyname(hash), NULL) == 1 ? n : 0;
}

static bool
verifies(EVP_PKEY *key, const EVP_MD *md, int padding, const uint8_t *digest, size_t len,
	const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool ok = EVP_PKEY_verify_init(ctx) == 1;

	if (ok && padding != 0)
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1;
	if (ok && md != NULL)
		ok = EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
	ok = ok && EVP_PKEY_verify(ctx, signature, signature_len, digest, len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

bool
openssl_verifies(const struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE public,
	const char *hash, enum padding padding, const void *data, size_t len,
	const uint8_t *signature, size_t signature_len)
{
	static const int paddings[] = { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, 0 };
	const EVP_MD *md = hash != NULL ? EVP_get_digestbyname(hash) : NULL;
	EVP_PKEY *key = padding == PAD_NONE ? ec_key(c, h, public) : rsa_key(c, h, public);
	uint8_t digest[EVP_MAX_MD_SIZE], *der = NULL;
	int der_len = 0;
	bool ok = false;

	if (hash != NULL) {
		len = openssl_digest(hash, data, len, digest);
		data = digest;
	}
	if (padding == PAD_NONE)
		der_len = ecdsa_der(signature, signature_len, &der);
	if (key != NULL && der_len >= 0)
		ok = verifies(key, md, paddings[padding], data, len, der != NULL ? der : signature,
			der != NULL ? (size_t)der_len : signature_len);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	return ok;
}

bool
openssl_padding(EVP_PKEY_CTX *ctx, const struct padding_spec *spec)
{
	size_t len = spec->label != NULL ? strlen(spec->label) : 0;

	if (EVP_PKEY_CTX_set_rsa_padding(ctx, spec->padding) != 1)
		return false;
	if (spec->padding != RSA_PKCS1_OAEP_PADDING)
		return true;
	if (EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, spec->hash, NULL) != 1 ||
		EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, spec->mgf, NULL) != 1)
		return false;
	return len == 0 || EVP_PKEY_CTX_set0_rsa_oaep_label(
				   ctx, OPENSSL_memdup(spec->label, len), (int)len) == 1;
}

size_t
openssl_encrypts(const struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE public,
	const struct padding_spec *spec, const void *data, size_t len, uint8_t *out)
{
	EVP_PKEY *key = rsa_key(c, h, public);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t n = VALUE_MAX;

	if (EVP_PKEY_encrypt_init(ctx) != 1 || !openssl_padding(ctx, spec) ||
		EVP_PKEY_encrypt(ctx, out, &n, data, len) != 1)
		n = 0;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return n;
}
