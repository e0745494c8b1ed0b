/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys by libcrypto.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "integration/tpm/host_key.h"
#include "unit/unit.h"

static void
number(EVP_PKEY *pkey, const char *name, struct buf *out)
{
	BIGNUM *n = NULL;

	assert_int_equal(1, EVP_PKEY_get_bn_param(pkey, name, &n));
	assert_rv(CKR_OK, buf_resize(out, (size_t)BN_num_bytes(n)));
	BN_bn2bin(n, out->ptr);
	BN_clear_free(n);
}

void
host_key_ec(enum curve c, struct privkey *out)
{
	EVP_PKEY *pkey = EVP_EC_gen(curve_row(c)->group);
	size_t len = 1 + 2 * curve_row(c)->field_len;

	*out = PRIVKEY_EMPTY;
	assert_non_null(pkey);
	out->public.kind = KEY_EC;
	out->public.curve = c;
	assert_rv(CKR_OK, buf_resize(&out->public.point, len));
	assert_int_equal(1, EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY,
				    out->public.point.ptr, len, &len));
	assert_int_equal(out->public.point.len, len);
	number(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &out->scalar);
	EVP_PKEY_free(pkey);
}

void
host_key_rsa(unsigned bits, uint64_t exponent, struct privkey *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_BITS, &bits),
		OSSL_PARAM_construct_uint64(OSSL_PKEY_PARAM_RSA_E, &exponent),
		OSSL_PARAM_construct_end(),
	};

	*out = PRIVKEY_EMPTY;
	assert_int_equal(1, EVP_PKEY_keygen_init(ctx));
	assert_int_equal(1, EVP_PKEY_CTX_set_params(ctx, params));
	assert_int_equal(1, EVP_PKEY_generate(ctx, &pkey));
	out->public.kind = KEY_RSA;
	number(pkey, OSSL_PKEY_PARAM_RSA_N, &out->public.modulus);
	number(pkey, OSSL_PKEY_PARAM_RSA_E, &out->public.exponent);
	number(pkey, OSSL_PKEY_PARAM_RSA_D, &out->exponent);
	number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1, &out->prime1);
	number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR2, &out->prime2);
	EVP_PKEY_free(pkey);
	EVP_PKEY_CTX_free(ctx);
}
