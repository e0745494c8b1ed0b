/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA's public operation, by BIGNUM. Sizes are limited before any arithmetic:
 * the numbers come from callers and from certificates.
 */
#include "config.h"

#include <openssl/bn.h>

#include "crypto/crypto_private.h"

enum { MODULUS_MIN_BITS = 512, MODULUS_MAX_BITS = 16384, EXPONENT_MAX_LEN = 8 };

static bool
exponent_usable(struct bytes e)
{
	return e.len >= 1 && e.len <= EXPONENT_MAX_LEN && e.ptr[0] != 0 &&
	       (e.ptr[e.len - 1] & 1) == 1 && !(e.len == 1 && e.ptr[0] == 1);
}

CK_RV
rsa_modulus_check(const struct pubkey *key)
{
	struct bytes n = view(&key->modulus);
	size_t bits = pubkey_bits(key);

	if (n.len == 0 || n.ptr[0] == 0 || (n.ptr[n.len - 1] & 1) == 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return bits < MODULUS_MIN_BITS || bits > MODULUS_MAX_BITS ? CKR_KEY_SIZE_RANGE : CKR_OK;
}

CK_RV
rsa_key_check(const struct pubkey *key)
{
	CK_RV rv = rsa_modulus_check(key);

	if (rv != CKR_OK)
		return rv;
	return exponent_usable(view(&key->exponent)) ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* out has the modulus' length */
static CK_RV
rsa_power(const struct pubkey *key, struct bytes in, uint8_t *out, BN_CTX *ctx)
{
	BIGNUM *n = BN_CTX_get(ctx);
	BIGNUM *e = BN_CTX_get(ctx);
	BIGNUM *x = BN_CTX_get(ctx); /* NULL if one of them is */

	if (x == NULL || BN_bin2bn(key->modulus.ptr, (int)key->modulus.len, n) == NULL ||
		BN_bin2bn(key->exponent.ptr, (int)key->exponent.len, e) == NULL ||
		BN_bin2bn(in.ptr, (int)in.len, x) == NULL)
		return rv_ossl("BN_bin2bn");
	if (BN_cmp(x, n) >= 0)
		return CKR_DATA_INVALID;
	if (BN_mod_exp_mont(x, x, e, n, ctx, NULL) != 1 ||
		BN_bn2binpad(x, out, (int)key->modulus.len) < 0)
		return rv_ossl("BN_mod_exp_mont");
	return CKR_OK;
}

CK_RV
rsa_public(const struct pubkey *key, struct bytes in, struct buf *out)
{
	struct buf fresh = BUF_EMPTY;
	BN_CTX *ctx = NULL;
	CK_RV rv = CKR_OK;

	if (key->kind != KEY_RSA)
		return CKR_KEY_TYPE_INCONSISTENT;
	if ((rv = rsa_key_check(key)) != CKR_OK)
		return rv;
	if (in.len != key->modulus.len)
		return CKR_DATA_LEN_RANGE;
	if ((rv = buf_resize(&fresh, in.len)) != CKR_OK)
		return rv;
	ctx = BN_CTX_new_ex(libctx());
	if (ctx == NULL) {
		rv = rv_ossl("BN_CTX_new_ex");
		goto out;
	}
	BN_CTX_start(ctx);
	rv = rsa_power(key, in, fresh.ptr, ctx);
	BN_CTX_end(ctx);
	if (rv == CKR_OK)
		buf_move(out, &fresh);
out:
	BN_CTX_free(ctx); /* wipes */
	buf_free(&fresh);
	return rv;
}
