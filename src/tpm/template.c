/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates: the public areas that we ask the TPM to fill. No TPM here.
 */
#include "config.h"

#include <string.h>

#include "tpm/tpm_private.h"

#define FIXED (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT)

/*
 * SHA-256 of PolicyAuthValue, then PolicyCommandCode(Duplicate): whoever has the authorisation
 * value may take the object out, and this policy is good for nothing else.
 */
static const uint8_t export_policy[] = { 0x09, 0xbd, 0x2e, 0xc6, 0x18, 0xec, 0x5d, 0x46, 0x88, 0xb2,
	0x86, 0x1c, 0xd8, 0xae, 0xdb, 0xbc, 0xe1, 0xc1, 0xdd, 0x0b, 0x9e, 0x31, 0xe4, 0xa1, 0x2f,
	0x83, 0x77, 0x50, 0xb3, 0x38, 0x31, 0xe2 };

struct bytes
template_export_policy(void)
{
	return bytes_of(export_policy, sizeof export_policy);
}

static void
template_start(TPM2B_PUBLIC *out, TPMI_ALG_PUBLIC type, TPMA_OBJECT attributes)
{
	memset(out, 0, sizeof *out);
	out->publicArea.type = type;
	out->publicArea.nameAlg = TPM2_ALG_SHA256;
	out->publicArea.objectAttributes = attributes;
}

/* A key with an authorisation of 256 random bits: guesses are hopeless, so they need not be
 * counted.
 */
static void
template_leaf(TPM2B_PUBLIC *out, TPMI_ALG_PUBLIC type, TPMA_OBJECT usage, bool exportable)
{
	TPM2B_DIGEST *policy = &out->publicArea.authPolicy;

	template_start(out, type,
		TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | usage | (exportable ? 0 : FIXED));
	if (!exportable)
		return;
	policy->size = sizeof export_policy;
	memcpy(policy->buffer, export_policy, sizeof export_policy);
}

static void
template_ecc(TPM2B_PUBLIC *out, TPM2_ECC_CURVE curve)
{
	TPMS_ECC_PARMS *ecc = &out->publicArea.parameters.eccDetail;

	ecc->symmetric.algorithm = TPM2_ALG_NULL;
	ecc->scheme.scheme = TPM2_ALG_NULL;
	ecc->curveID = curve;
	ecc->kdf.scheme = TPM2_ALG_NULL;
}

/* With an empty unique field, as tpm2-openssl and ssh-tpm-agent make it: key files work in both
 * directions. */
void
template_storage(TPM2B_PUBLIC *out)
{
	TPMT_SYM_DEF_OBJECT *symmetric = &out->publicArea.parameters.eccDetail.symmetric;

	template_start(out, TPM2_ALG_ECC,
		FIXED | TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH |
			TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT);
	template_ecc(out, TPM2_ECC_NIST_P256);
	symmetric->algorithm = TPM2_ALG_AES;
	symmetric->keyBits.aes = 128;
	symmetric->mode.aes = TPM2_ALG_CFB;
}

static void
point_fill(struct bytes point, size_t len, TPMS_ECC_POINT *out)
{
	out->x.size = out->y.size = (UINT16)len;
	memcpy(out->x.buffer, point.ptr + 1, len);
	memcpy(out->y.buffer, point.ptr + 1 + len, len);
}

/* As the TPM's own storage keys, but in no TPM. */
void
template_host(struct bytes point, TPM2B_PUBLIC *out)
{
	template_storage(out);
	out->publicArea.objectAttributes &= ~(FIXED | (TPMA_OBJECT)TPMA_OBJECT_SENSITIVEDATAORIGIN);
	point_fill(point, curve_row(CURVE_P256)->field_len, &out->publicArea.unique.ecc);
}

/* Without noDA: guesses at a PIN count. */
void
template_seal(TPM2B_PUBLIC *out)
{
	template_start(out, TPM2_ALG_KEYEDHASH, FIXED | TPMA_OBJECT_USERWITHAUTH);
	out->publicArea.parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL;
}

/*
 * A usage that was not given means both. An RSA key that signs may decrypt too: what a TPM cannot
 * pad or hash is padded here and signed by the raw private operation. A TPM in FIPS mode refuses
 * both at once: signing wins.
 */
static TPMA_OBJECT
template_usage(const struct keyspec *spec, bool fips)
{
	bool any = !spec->sign && !spec->decrypt;
	bool sign = any || spec->sign || (spec->kind == KEY_RSA && !fips);
	bool decrypt = any || spec->decrypt || spec->kind == KEY_RSA;

	if (fips && sign)
		decrypt = false;
	return (sign ? TPMA_OBJECT_SIGN_ENCRYPT : 0) | (decrypt ? TPMA_OBJECT_DECRYPT : 0);
}

CK_RV
template_key(const struct keyspec *spec, bool fips, TPM2B_PUBLIC *out)
{
	const struct curve_row *curve = curve_row(spec->curve);
	TPMA_OBJECT usage = TPMA_OBJECT_SENSITIVEDATAORIGIN | template_usage(spec, fips);
	TPMS_RSA_PARMS *rsa = &out->publicArea.parameters.rsaDetail;

	if (spec->kind == KEY_EC) {
		if (curve == NULL)
			return CKR_CURVE_NOT_SUPPORTED;
		template_leaf(out, TPM2_ALG_ECC, usage, spec->exportable);
		template_ecc(out, curve->tpm_curve);
		return CKR_OK;
	}
	if (spec->kind != KEY_RSA || spec->bits == 0 || spec->bits > 8 * TPM2_MAX_RSA_KEY_BYTES)
		return CKR_KEY_SIZE_RANGE;
	template_leaf(out, TPM2_ALG_RSA, usage, spec->exportable);
	rsa->symmetric.algorithm = TPM2_ALG_NULL;
	rsa->scheme.scheme = TPM2_ALG_NULL;
	rsa->keyBits = (TPMI_RSA_KEY_BITS)spec->bits;
	rsa->exponent = 0; /* 65537 */
	return CKR_OK;
}

static CK_RV
unique_rsa(const struct pubkey *key, TPMT_PUBLIC *out)
{
	struct bytes e = view(&key->exponent);
	TPM2B_PUBLIC_KEY_RSA *modulus = &out->unique.rsa;
	uint32_t exponent = 0;

	for (size_t i = 0; i < e.len; i++)
		exponent = exponent << 8 | e.ptr[i];
	if (e.len == 0 || e.len > sizeof exponent || key->modulus.len > sizeof modulus->buffer)
		return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
			"TPMs have no RSA keys of this public exponent");
	out->parameters.rsaDetail.exponent = exponent == 65537 ? 0 : exponent;
	modulus->size = (UINT16)key->modulus.len;
	memcpy(modulus->buffer, key->modulus.ptr, key->modulus.len);
	return CKR_OK;
}

static CK_RV
unique_ecc(const struct pubkey *key, TPMT_PUBLIC *out)
{
	size_t len = curve_row(key->curve)->field_len;

	if (key->point.len != 1 + 2 * len || key->point.ptr[0] != 0x04)
		return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID, "a public key that is no point");
	point_fill(view(&key->point), len, &out->unique.ecc);
	return CKR_OK;
}

/* TPM 2.0 Part 3, "TPM2_Import": not fixed, whether it can be taken out again or not; with an empty
 * policy it never can. */
CK_RV
template_import(const struct pubkey *key, const struct keyspec *spec, bool fips, TPM2B_PUBLIC *out)
{
	CK_RV rv = template_key(spec, fips, out);

	if (rv != CKR_OK)
		return rv;
	out->publicArea.objectAttributes &= ~(FIXED | (TPMA_OBJECT)TPMA_OBJECT_SENSITIVEDATAORIGIN);
	return spec->kind == KEY_RSA ? unique_rsa(key, &out->publicArea)
				     : unique_ecc(key, &out->publicArea);
}

/* Encryption counts as signing. */
static const TPMA_OBJECT secret_usages[] = {
	[SECRET_AES] = TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_DECRYPT,
	[SECRET_HMAC] = TPMA_OBJECT_SIGN_ENCRYPT,
	[SECRET_SEALED] = 0,
};

void
template_secret(const struct secretspec *spec, TPM2B_PUBLIC *out)
{
	TPMU_PUBLIC_PARMS *parms = &out->publicArea.parameters;
	TPMA_OBJECT origin = spec->value.len == 0 ? TPMA_OBJECT_SENSITIVEDATAORIGIN : 0;
	bool aes = spec->kind == SECRET_AES;

	template_leaf(out, aes ? TPM2_ALG_SYMCIPHER : TPM2_ALG_KEYEDHASH,
		secret_usages[spec->kind] | origin, spec->exportable);
	if (aes) {
		parms->symDetail.sym.algorithm = TPM2_ALG_AES;
		parms->symDetail.sym.keyBits.aes = (TPMI_AES_KEY_BITS)(8 * spec->len);
		parms->symDetail.sym.mode.aes = TPM2_ALG_NULL; /* each command says which */
	} else if (spec->kind == SECRET_HMAC) {
		parms->keyedHashDetail.scheme.scheme = TPM2_ALG_HMAC;
		parms->keyedHashDetail.scheme.details.hmac.hashAlg = hash_row(spec->hash)->tpm_alg;
	} else {
		parms->keyedHashDetail.scheme.scheme = TPM2_ALG_NULL;
	}
}

bool
template_is_storage(const TPMT_PUBLIC *public)
{
	TPMA_OBJECT wanted = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;

	if (public->type != TPM2_ALG_ECC && public->type != TPM2_ALG_RSA)
		return false;
	return (public->objectAttributes & (wanted | TPMA_OBJECT_SIGN_ENCRYPT)) == wanted;
}
