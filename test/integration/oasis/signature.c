/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures, by OpenSSL and with the public key as the provider has shown it.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "oasis.h"

static EVP_PKEY *
key_from(OSSL_PARAM_BLD *bld)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return key;
}

static EVP_PKEY *
public_key(const struct seen *s)
{
	BIGNUM *n = BN_bin2bn(s->modulus.ptr, (int)s->modulus.len, NULL);
	BIGNUM *e = BN_bin2bn(s->exponent.ptr, (int)s->exponent.len, NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (n != NULL && e != NULL && bld != NULL &&
		OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
		OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		key = key_from(bld);
	OSSL_PARAM_BLD_free(bld);
	BN_free(e);
	BN_free(n);
	return key;
}

bool
signature_holds(const struct seen *s, struct bytes signature)
{
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *md = NULL;
	bool holds = false;

	if (s->mechanism != CKM_SHA256_RSA_PKCS || s->modulus.len == 0 || s->exponent.len == 0)
		return false;
	key = public_key(s);
	md = EVP_MD_CTX_new();
	holds = key != NULL && md != NULL &&
		EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
		EVP_DigestVerify(md, signature.ptr, signature.len, s->data.ptr, s->data.len) == 1;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return holds;
}
