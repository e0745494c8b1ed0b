/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake TPM's import and export.
 */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "fake_private.h"

/* --- import --- */

enum { RSA_N, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QI, RSA_NUMBERS };

static const char *const rsa_names[RSA_NUMBERS] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E,
	OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };

static BIGNUM *
number_of(const struct buf *b)
{
	return BN_bin2bn(b->ptr, (int)b->len, NULL);
}

/* A TPM takes one prime and makes all else of it. False: it does not divide the modulus. */
static bool
rsa_complete(BIGNUM *n[RSA_NUMBERS])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *rest = BN_new();
	BIGNUM *p1 = BN_dup(n[RSA_P]);
	BIGNUM *q1 = NULL;
	BIGNUM *phi = BN_new();
	bool good = !BN_is_zero(n[RSA_P]) && !BN_is_one(n[RSA_P]) &&
		    BN_div(n[RSA_Q], rest, n[RSA_N], n[RSA_P], ctx) == 1 && BN_is_zero(rest) &&
		    !BN_is_one(n[RSA_Q]);

	q1 = BN_dup(n[RSA_Q]);
	good = good && BN_sub_word(p1, 1) == 1 && BN_sub_word(q1, 1) == 1 &&
	       BN_mul(phi, p1, q1, ctx) == 1 &&
	       BN_mod_inverse(n[RSA_D], n[RSA_E], phi, ctx) != NULL &&
	       BN_mod(n[RSA_DP], n[RSA_D], p1, ctx) == 1 &&
	       BN_mod(n[RSA_DQ], n[RSA_D], q1, ctx) == 1 &&
	       BN_mod_inverse(n[RSA_QI], n[RSA_Q], n[RSA_P], ctx) != NULL;
	BN_free(phi);
	BN_free(q1);
	BN_free(p1);
	BN_free(rest);
	BN_CTX_free(ctx);
	return good;
}

static EVP_PKEY *
key_from(const char *type, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return key;
}

static EVP_PKEY *
rsa_from(const struct privkey *from)
{
	BIGNUM *n[RSA_NUMBERS] = { [RSA_N] = number_of(&from->public.modulus),
		[RSA_E] = number_of(&from->public.exponent),
		[RSA_D] = BN_new(),
		[RSA_P] = number_of(&from->prime1),
		[RSA_Q] = BN_new(),
		[RSA_DP] = BN_new(),
		[RSA_DQ] = BN_new(),
		[RSA_QI] = BN_new() };
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	bool good = rsa_complete(n);
	EVP_PKEY *key = NULL;

	for (int i = 0; i < RSA_NUMBERS; i++)
		good = good && OSSL_PARAM_BLD_push_BN(build, rsa_names[i], n[i]) == 1;
	if (good)
		key = key_from("RSA", build);
	OSSL_PARAM_BLD_free(build);
	for (int i = 0; i < RSA_NUMBERS; i++)
		BN_free(n[i]);
	return key;
}

static EVP_PKEY *
ec_from(const struct privkey *from)
{
	const struct buf *point = &from->public.point;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *scalar = number_of(&from->scalar);
	EVP_PKEY_CTX *check = NULL;
	EVP_PKEY *key = NULL;

	if (OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
		    curve_row(from->public.curve)->group, 0) == 1 &&
		OSSL_PARAM_BLD_push_octet_string(
			build, OSSL_PKEY_PARAM_PUB_KEY, point->ptr, point->len) == 1 &&
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1)
		key = key_from("EC", build);
	if (key != NULL)
		check = EVP_PKEY_CTX_new(key, NULL);
	if (key != NULL && EVP_PKEY_pairwise_check(check) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	EVP_PKEY_CTX_free(check);
	OSSL_PARAM_BLD_free(build);
	BN_free(scalar);
	return key;
}

CK_RV
tpm_import(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	const struct tpm_caps *caps, const struct privkey *key, const struct keyspec *spec,
	struct bytes auth, struct buf *public, struct buf *private)
{
	struct keyspec whole = *spec;
	EVP_PKEY *pkey = NULL;
	CK_RV rv = fake_command();

	(void)t;
	(void)hierarchy_auth;
	whole.kind = key->public.kind;
	whole.curve = key->public.curve;
	if (rv == CKR_OK && whole.kind == KEY_EC && !caps_curve(caps, whole.curve))
		rv = CKR_CURVE_NOT_SUPPORTED;
	if (rv == CKR_OK && whole.kind == KEY_RSA && !caps_rsa(caps, pubkey_bits(&key->public)))
		rv = CKR_KEY_SIZE_RANGE;
	if (rv != CKR_OK)
		return rv;
	pkey = whole.kind == KEY_RSA ? rsa_from(key) : ec_from(key);
	rv = pkey != NULL ? fake_key_blobs(pkey, parent, &whole, auth, public, private)
			  : CKR_ATTRIBUTE_VALUE_INVALID;
	EVP_PKEY_free(pkey);
	return rv;
}

/* --- export --- */

static CK_RV
numbers_out(EVP_PKEY *key, struct privkey *out)
{
	CK_RV rv = CKR_OK;

	if (out->public.kind == KEY_EC)
		return fake_number(key, OSSL_PKEY_PARAM_PRIV_KEY, &out->scalar);
	if ((rv = fake_number(key, OSSL_PKEY_PARAM_RSA_D, &out->exponent)) != CKR_OK)
		return rv;
	if ((rv = fake_number(key, OSSL_PKEY_PARAM_RSA_FACTOR1, &out->prime1)) != CKR_OK)
		return rv;
	return fake_number(key, OSSL_PKEY_PARAM_RSA_FACTOR2, &out->prime2);
}

static CK_RV
export_private(const struct tpm_object *key, struct privkey *out)
{
	EVP_PKEY *pkey = NULL;
	CK_RV rv = fake_key_open(key, &pkey);

	if (rv == CKR_OK)
		rv = tpm_public_key(key->public, &out->public);
	if (rv == CKR_OK)
		rv = numbers_out(pkey, out);
	EVP_PKEY_free(pkey);
	return rv;
}

static CK_RV
export_value(const struct tpm_object *key, struct buf *value)
{
	struct bytes content = BYTES_EMPTY;
	CK_RV rv = fake_command();

	if (rv == CKR_OK)
		rv = fake_private_open(key, CKR_DEVICE_ERROR, &content);
	return rv == CKR_OK ? buf_set(value, content) : rv;
}

CK_RV
tpm_export(struct tpm *t, const struct tpm_object *key, struct privkey *out, struct buf *value)
{
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool exportable = false;
	CK_RV rv = tpm_public_kind(key->public, &kind, &exportable);

	(void)t;
	if (rv == CKR_OK && !exportable)
		rv = CKR_KEY_UNEXTRACTABLE;
	if (rv != CKR_OK)
		return rv;
	return kind == TPM_KIND_ASYMMETRIC ? export_private(key, out) : export_value(key, value);
}
