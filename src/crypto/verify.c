/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verification with a public key. RSA compares in the encoded domain: the
 * expected encoding is built and must be what the signature opens to, so there
 * is no parser that a forger could mislead.
 */
#include "config.h"

#include "crypto/crypto_private.h"

struct verification {
	enum alg alg;
	enum key_kind kind;
	/* opened: the signature to the power of the exponent */
	CK_RV(*rsa)
	(const struct pubkey *key, const struct scheme *s, struct bytes input, struct bytes opened);
};

static CK_RV
compare(CK_RV rv, const struct buf *expected, struct bytes opened)
{
	if (rv == CKR_OK && !bytes_equal(view(expected), opened))
		rv = CKR_SIGNATURE_INVALID;
	return rv;
}

static CK_RV
verify_pkcs1(
	const struct pubkey *key, const struct scheme *s, struct bytes input, struct bytes opened)
{
	struct buf info = BUF_EMPTY;
	struct buf expected = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (s->hash != HASH_NONE)
		rv = pad_digest_info(s->hash, input, &info);
	if (rv == CKR_OK)
		rv = pad_pkcs1(
			s->hash != HASH_NONE ? view(&info) : input, key->modulus.len, &expected);
	rv = compare(rv, &expected, opened);
	buf_free(&info);
	buf_free(&expected);
	return rv;
}

static CK_RV
verify_pss(
	const struct pubkey *key, const struct scheme *s, struct bytes input, struct bytes opened)
{
	return pad_pss_verify(s, input, pubkey_bits(key), opened);
}

static CK_RV
verify_raw(
	const struct pubkey *key, const struct scheme *s, struct bytes input, struct bytes opened)
{
	struct buf expected = BUF_EMPTY;
	CK_RV rv = CKR_DATA_LEN_RANGE;

	(void)s;
	if (input.len <= key->modulus.len)
		rv = buf_set_padded(&expected, input, key->modulus.len);
	rv = compare(rv, &expected, opened);
	buf_free(&expected);
	return rv;
}

static const struct verification verifications[] = {
	{ ALG_RSA_PKCS1, KEY_RSA, verify_pkcs1 },
	{ ALG_RSA_PSS, KEY_RSA, verify_pss },
	{ ALG_RSA_RAW, KEY_RSA, verify_raw },
	{ ALG_ECDSA, KEY_EC, NULL },
};

static const struct verification *
verification_of(enum alg alg)
{
	for (size_t i = 0; i < sizeof verifications / sizeof verifications[0]; i++)
		if (verifications[i].alg == alg)
			return &verifications[i];
	return NULL;
}

/* The signature to the power of the exponent. */
static CK_RV
open_signature(const struct pubkey *key, struct bytes signature, struct buf *opened)
{
	CK_RV rv = rsa_public(key, signature, opened);

	return rv == CKR_DATA_INVALID ? CKR_SIGNATURE_INVALID : rv; /* not below the modulus */
}

static CK_RV
verify_rsa(const struct verification *v, const struct pubkey *key, const struct scheme *s,
	struct bytes input, struct bytes signature)
{
	struct buf opened = BUF_EMPTY;
	CK_RV rv = open_signature(key, signature, &opened);

	if (rv == CKR_OK)
		rv = v->rsa(key, s, input, view(&opened));
	buf_free(&opened);
	return rv;
}

static CK_RV
verify_ec(const struct pubkey *key, const struct scheme *s, struct bytes input,
	struct bytes signature)
{
	const struct hash_row *hash = hash_row(s->hash);

	/* For a number 0 anybody can make a signature: no digest is not a digest. */
	if (input.len == 0 || (hash != NULL && input.len != hash->len))
		return CKR_DATA_LEN_RANGE;
	return ecdsa_verify(key, input, signature);
}

CK_RV
crypto_verify(const struct pubkey *key, const struct scheme *s, struct bytes input,
	struct bytes signature)
{
	const struct verification *v = verification_of(s->alg);

	if (v == NULL)
		return CKR_MECHANISM_INVALID;
	if (v->kind != key->kind)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (!pubkey_signature_fits(key, signature.len))
		return CKR_SIGNATURE_LEN_RANGE;
	return v->rsa != NULL ? verify_rsa(v, key, s, input, signature)
			      : verify_ec(key, s, input, signature);
}

CK_RV
crypto_recover(const struct pubkey *key, const struct scheme *s, struct bytes signature,
	struct buf *out)
{
	struct buf opened = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (s->alg != ALG_RSA_PKCS1 && s->alg != ALG_RSA_RAW)
		return CKR_MECHANISM_INVALID;
	if (key->kind != KEY_RSA)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (signature.len != key->modulus.len)
		return CKR_SIGNATURE_LEN_RANGE;
	rv = open_signature(key, signature, &opened);
	if (rv == CKR_OK && s->alg == ALG_RSA_PKCS1)
		rv = unpad_pkcs1(view(&opened), out);
	else if (rv == CKR_OK)
		buf_move(out, &opened);
	buf_free(&opened);
	return rv;
}

CK_RV
crypto_pubkey_check(const struct pubkey *key)
{
	switch (key->kind) {
	case KEY_RSA:
		return rsa_key_check(key);
	case KEY_EC:
		return ec_key_check(key);
	case KEY_NONE:
		break;
	}
	return CKR_ATTRIBUTE_VALUE_INVALID;
}
