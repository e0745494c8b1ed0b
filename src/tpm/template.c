/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates: the public areas that we ask the TPM to fill. No TPM here.
 */
#include "config.h"

#include <string.h>

#include "tpm/tpm_private.h"

#define FIXED (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT)

static void
template_start(TPM2B_PUBLIC *out, TPMI_ALG_PUBLIC type, TPMA_OBJECT attributes)
{
	memset(out, 0, sizeof *out);
	out->publicArea.type = type;
	out->publicArea.nameAlg = TPM2_ALG_SHA256;
	out->publicArea.objectAttributes = attributes;
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
	TPMA_OBJECT attributes = FIXED | TPMA_OBJECT_SENSITIVEDATAORIGIN |
				 TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA |
				 template_usage(spec, fips);
	TPMS_RSA_PARMS *rsa = &out->publicArea.parameters.rsaDetail;

	if (spec->kind == KEY_EC) {
		if (curve == NULL)
			return CKR_CURVE_NOT_SUPPORTED;
		template_start(out, TPM2_ALG_ECC, attributes);
		template_ecc(out, curve->tpm_curve);
		return CKR_OK;
	}
	if (spec->kind != KEY_RSA || spec->bits == 0 || spec->bits > 8 * TPM2_MAX_RSA_KEY_BYTES)
		return CKR_KEY_SIZE_RANGE;
	template_start(out, TPM2_ALG_RSA, attributes);
	rsa->symmetric.algorithm = TPM2_ALG_NULL;
	rsa->scheme.scheme = TPM2_ALG_NULL;
	rsa->keyBits = (TPMI_RSA_KEY_BITS)spec->bits;
	rsa->exponent = 0; /* 65537 */
	return CKR_OK;
}

bool
template_is_storage(const TPMT_PUBLIC *public)
{
	TPMA_OBJECT wanted = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;

	if (public->type != TPM2_ALG_ECC && public->type != TPM2_ALG_RSA)
		return false;
	return (public->objectAttributes & (wanted | TPMA_OBJECT_SIGN_ENCRYPT)) == wanted;
}
