/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM2_Sign: ECDSA, and RSA for keys that may not decrypt.
 *
 * A TPM takes digests of the lengths that its hashes have. ECDSA uses the
 * leftmost bits of a digest as a number, as many as the group's order has, so
 * any digest can be cut to the order, and a shorter one padded with zeros on
 * the left, as long as the result is not longer than the order: the TPM would
 * cut the wrong end.
 */
#include "config.h"

#include <string.h>

#include "tpm/tpm_private.h"

struct sign_args {
	const struct tpm_object *key;
	TPMT_SIG_SCHEME scheme;
	TPM2B_DIGEST digest;
	size_t len; /* of the signature */
	struct buf *out;
};

struct sign_send_args {
	ESYS_TR key;
	const TPMT_SIG_SCHEME *scheme;
	const TPM2B_DIGEST *digest;
	TPMT_SIGNATURE *signature;
};

static TSS2_RC
sign_send(ESYS_CONTEXT *esys, void *args)
{
	static const TPMT_TK_HASHCHECK no_ticket = { TPM2_ST_HASHCHECK, TPM2_RH_NULL, { 0 } };
	struct sign_send_args *a = args;

	return Esys_Sign(esys, a->key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, a->digest,
		a->scheme, &no_ticket, &a->signature);
}

/* By length. SHA-1 is not asked for: newer TPMs lack it. */
static const enum hash ecdsa_hashes[] = { HASH_SHA256, HASH_SHA384, HASH_SHA512 };

static const struct hash_row *
hash_for(size_t len)
{
	for (size_t i = 0; i < sizeof ecdsa_hashes / sizeof ecdsa_hashes[0]; i++)
		if (len <= hash_row(ecdsa_hashes[i])->len)
			return hash_row(ecdsa_hashes[i]);
	return NULL;
}

static CK_RV
ecdsa_fit(const struct curve_row *curve, struct bytes digest, struct sign_args *a)
{
	const struct hash_row *hash = NULL;

	/* P-521's order is longer than every digest, and not a whole number of bytes. */
	if (curve->bits % 8 == 0)
		digest = bytes_slice(digest, 0, curve->field_len);
	hash = hash_for(digest.len);
	if (hash == NULL)
		return CKR_DATA_LEN_RANGE;
	a->scheme.scheme = TPM2_ALG_ECDSA;
	a->scheme.details.ecdsa.hashAlg = hash->tpm_alg;
	a->digest.size = (UINT16)hash->len;
	if (digest.len > 0)
		memcpy(a->digest.buffer + (hash->len - digest.len), digest.ptr, digest.len);
	return CKR_OK;
}

static CK_RV
rsa_fit(const struct scheme *s, struct bytes digest, struct sign_args *a)
{
	const struct hash_row *hash = hash_row(s->digest);

	if (hash == NULL || hash->tpm_alg == 0)
		return CKR_MECHANISM_PARAM_INVALID;
	if (digest.len != hash->len)
		return CKR_DATA_LEN_RANGE;
	a->scheme.scheme = s->alg == ALG_RSA_PSS ? TPM2_ALG_RSAPSS : TPM2_ALG_RSASSA;
	a->scheme.details.any.hashAlg = hash->tpm_alg;
	a->digest.size = (UINT16)hash->len;
	memcpy(a->digest.buffer, digest.ptr, digest.len);
	return CKR_OK;
}

/* What TPM2_Sign is asked for, and how long its answer is. */
static CK_RV
sign_fit(const struct pubkey *key, const struct scheme *s, struct bytes digest, struct sign_args *a)
{
	a->len = pubkey_signature_len(key);
	if (key->kind == KEY_EC && s->alg == ALG_ECDSA)
		return ecdsa_fit(curve_row(key->curve), digest, a);
	if (key->kind == KEY_RSA && (s->alg == ALG_RSA_PKCS1 || s->alg == ALG_RSA_PSS))
		return rsa_fit(s, digest, a);
	return CKR_KEY_TYPE_INCONSISTENT;
}

/* r || s, each as long as the field: the TPM may strip zeros. */
static CK_RV
signature_ecdsa(const TPMS_SIGNATURE_ECDSA *in, size_t len, struct buf *out)
{
	const TPM2B_ECC_PARAMETER *parts[] = { &in->signatureR, &in->signatureS };
	struct buf part = BUF_EMPTY;
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < 2; i++) {
		if (parts[i]->size > sizeof parts[i]->buffer)
			rv = CKR_DEVICE_ERROR;
		else if ((rv = buf_set_padded(&part, bytes_of(parts[i]->buffer, parts[i]->size),
				  len / 2)) == CKR_OK)
			rv = buf_append(&fresh, view(&part));
	}
	if (rv == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&fresh);
	buf_free(&part);
	return rv;
}

static CK_RV
signature_take(const struct sign_args *a, const TPMT_SIGNATURE *in)
{
	const TPM2B_PUBLIC_KEY_RSA *rsa =
		&in->signature.rsassa.sig; /* rsapss has the same layout */
	CK_RV rv = CKR_DEVICE_ERROR;

	if (in->sigAlg == a->scheme.scheme) {
		if (in->sigAlg == TPM2_ALG_ECDSA)
			rv = signature_ecdsa(&in->signature.ecdsa, a->len, a->out);
		else if (rsa->size <= sizeof rsa->buffer)
			rv = buf_set_padded(a->out, bytes_of(rsa->buffer, rsa->size), a->len);
	}
	if (rv == CKR_DEVICE_ERROR)
		rv = rv_fail(rv, "the TPM answered TPM2_Sign with what is no signature");
	return rv;
}

/* A hash that this TPM does not have. */
static CK_RV
sign_failure(TSS2_RC rc)
{
	TSS2_RC code = rv_tss_code(rc);

	if (code == TPM2_RC_HASH || code == TPM2_RC_SCHEME)
		return rv_fail(CKR_DATA_LEN_RANGE,
			"this TPM cannot sign a digest of this length (0x%x)", (unsigned)rc);
	return rv_tss(rc, RV_KEY, "TPM2_Sign");
}

static CK_RV
sign_job(struct tpm *t, void *args)
{
	struct sign_args *a = args;
	struct sign_send_args s = { ESYS_TR_NONE, &a->scheme, &a->digest, NULL };
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = CKR_OK;

	if ((rv = load_key(t, a->key, &s.key)) != CKR_OK)
		return rv;
	rc = key_send(t, a->key, s.key, sign_send, &s);
	rv = rc == TSS2_RC_SUCCESS ? signature_take(a, s.signature) : sign_failure(rc);
	Esys_Free(s.signature);
	return rv;
}

CK_RV
tpm_sign(struct tpm *t, const struct tpm_object *key, const struct scheme *s, struct bytes digest,
	struct buf *signature)
{
	struct sign_args a = { .key = key, .out = signature };
	struct pubkey public = PUBKEY_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = tpm_public_key(key->public, &public)) == CKR_OK &&
		(rv = sign_fit(&public, s, digest, &a)) == CKR_OK)
		rv = tpm_job(t, sign_job, &a);
	pubkey_free(&public);
	return rv;
}
