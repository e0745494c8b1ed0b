/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this TPM can do: asked once and kept in the store.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "tpm/tpm_private.h"

/* TPM 2.0 Library 1.38, times 100: the first revision with PIN indices. */
#define REVISION_PIN_FAIL 138

struct caps_send_args {
	TPM2_CAP capability;
	UINT32 first;
	UINT32 count;
	TPMS_CAPABILITY_DATA *out;
};

static TSS2_RC
caps_send(ESYS_CONTEXT *esys, void *args)
{
	struct caps_send_args *a = args;
	TPMI_YES_NO more = TPM2_NO;

	return Esys_GetCapability(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, a->capability,
		a->first, a->count, &more, &a->out);
}

CK_RV
caps_get(struct tpm *t, TPM2_CAP capability, UINT32 first, UINT32 count, TPMS_CAPABILITY_DATA *out)
{
	struct caps_send_args a = { capability, first, count, NULL };
	CK_RV rv = rv_tss(tpm_send(t, caps_send, &a), RV_OTHER, "TPM2_GetCapability");

	if (rv != CKR_OK)
		return rv;
	if (a.out->capability == capability)
		*out = *a.out;
	else
		rv = rv_fail(CKR_DEVICE_ERROR,
			"the TPM answered TPM2_GetCapability with something else");
	Esys_Free(a.out);
	return rv;
}

UINT32
caps_property(const TPMS_CAPABILITY_DATA *data, TPM2_PT property)
{
	const TPML_TAGGED_TPM_PROPERTY *list = &data->data.tpmProperties;

	for (UINT32 i = 0; i < list->count && i < TPM2_MAX_TPM_PROPERTIES; i++)
		if (list->tpmProperty[i].property == property)
			return list->tpmProperty[i].value;
	return 0;
}

/* Four characters of a name; what is not printable is left out. */
static void
vendor_append(struct tpm_caps *out, UINT32 four)
{
	size_t len = strlen(out->vendor);
	uint8_t text[4];

	put_u32(text, four);
	for (size_t i = 0; i < sizeof text && len + 1 < sizeof out->vendor; i++)
		if (isprint(text[i]))
			out->vendor[len++] = (char)text[i];
	out->vendor[len] = '\0';
}

static CK_RV
read_properties(struct tpm *t, struct tpm_caps *out)
{
	static const TPM2_PT vendor[] = { TPM2_PT_MANUFACTURER, TPM2_PT_VENDOR_STRING_1,
		TPM2_PT_VENDOR_STRING_2, TPM2_PT_VENDOR_STRING_3, TPM2_PT_VENDOR_STRING_4 };
	TPMS_CAPABILITY_DATA data;
	CK_RV rv =
		caps_get(t, TPM2_CAP_TPM_PROPERTIES, TPM2_PT_FIXED, TPM2_MAX_TPM_PROPERTIES, &data);

	if (rv != CKR_OK)
		return rv;
	for (size_t i = 0; i < sizeof vendor / sizeof vendor[0]; i++)
		vendor_append(out, caps_property(&data, vendor[i]));
	out->firmware = (uint64_t)caps_property(&data, TPM2_PT_FIRMWARE_VERSION_1) << 32 |
			caps_property(&data, TPM2_PT_FIRMWARE_VERSION_2);
	out->fips = (caps_property(&data, TPM2_PT_MODES) & TPMA_MODES_FIPS_140_2) != 0;
	out->pin_fail = caps_property(&data, TPM2_PT_REVISION) >= REVISION_PIN_FAIL;
	rv = caps_get(t, TPM2_CAP_TPM_PROPERTIES, TPM2_PT_VAR, TPM2_MAX_TPM_PROPERTIES, &data);
	if (rv == CKR_OK)
		out->max_auth_fail = caps_property(&data, TPM2_PT_MAX_AUTH_FAIL);
	return rv;
}

static const uint16_t mode_algs[BLOCK_MODES] = {
	[BLOCK_ECB] = TPM2_ALG_ECB,
	[BLOCK_CBC] = TPM2_ALG_CBC,
	[BLOCK_CTR] = TPM2_ALG_CTR,
	[BLOCK_CFB] = TPM2_ALG_CFB,
	[BLOCK_OFB] = TPM2_ALG_OFB,
};

uint16_t
caps_mode_alg(enum block_mode mode)
{
	return mode_algs[mode];
}

/* A mode of a block cipher is an algorithm of its own. */
static uint32_t
mode_bit(uint16_t alg)
{
	for (unsigned m = 0; m < BLOCK_MODES; m++)
		if (mode_algs[m] == alg)
			return 1u << m;
	return 0;
}

static CK_RV
read_algorithms(struct tpm *t, struct tpm_caps *out)
{
	TPMS_CAPABILITY_DATA data;
	const TPML_ALG_PROPERTY *list = &data.data.algorithms;
	CK_RV rv = caps_get(t, TPM2_CAP_ALGS, TPM2_ALG_FIRST, TPM2_MAX_CAP_ALGS, &data);

	for (UINT32 i = 0; rv == CKR_OK && i < list->count && i < TPM2_MAX_CAP_ALGS; i++) {
		const struct hash_row *row = hash_by_tpm_alg(list->algProperties[i].alg);

		if (row != NULL)
			out->hashes |= 1u << row->id;
		out->modes |= mode_bit(list->algProperties[i].alg);
	}
	return rv;
}

static CK_RV
read_curves(struct tpm *t, struct tpm_caps *out)
{
	TPMS_CAPABILITY_DATA data;
	const TPML_ECC_CURVE *list = &data.data.eccCurves;
	CK_RV rv = caps_get(t, TPM2_CAP_ECC_CURVES, TPM2_ECC_NONE + 1, TPM2_MAX_ECC_CURVES, &data);

	for (UINT32 i = 0; rv == CKR_OK && i < list->count && i < TPM2_MAX_ECC_CURVES; i++) {
		const struct curve_row *row = curve_by_tpm(list->eccCurves[i]);

		if (row != NULL)
			out->curves |= 1u << row->id;
	}
	return rv;
}

/* The list begins with the first command that is not before the one asked for. */
static CK_RV
read_commands(struct tpm *t, struct tpm_caps *out)
{
	TPMS_CAPABILITY_DATA data;
	CK_RV rv = caps_get(t, TPM2_CAP_COMMANDS, TPM2_CC_EncryptDecrypt2, 1, &data);

	if (rv == CKR_OK && data.data.command.count > 0)
		out->encrypt_decrypt =
			(data.data.command.commandAttributes[0] & TPMA_CC_COMMANDINDEX_MASK) ==
			TPM2_CC_EncryptDecrypt2;
	return rv;
}

static TSS2_RC
parms_send(ESYS_CONTEXT *esys, void *args)
{
	return Esys_TestParms(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, args);
}

/* Does it have keys of this kind? One TestParms. */
static CK_RV
parms_exist(struct tpm *t, TPMT_PUBLIC_PARMS *parms, bool *exist)
{
	TSS2_RC rc = tpm_send(t, parms_send, parms);

	*exist = rc == TSS2_RC_SUCCESS;
	return t->lost ? rv_tss(rc, RV_OTHER, "TPM2_TestParms") : CKR_OK;
}

/* There is no list of RSA sizes: each is tried. */
static CK_RV
read_rsa_sizes(struct tpm *t, struct tpm_caps *out)
{
	TPMT_PUBLIC_PARMS parms = { .type = TPM2_ALG_RSA };
	TPMS_RSA_PARMS *rsa = &parms.parameters.rsaDetail;
	bool exist = false;
	CK_RV rv = CKR_OK;

	rsa->symmetric.algorithm = TPM2_ALG_NULL;
	rsa->scheme.scheme = TPM2_ALG_NULL;
	for (UINT16 bits = 1024; rv == CKR_OK && bits <= 4096; bits = (UINT16)(bits + 1024)) {
		rsa->keyBits = bits;
		rv = parms_exist(t, &parms, &exist);
		out->rsa_bits |= exist ? 1u << (bits / 1024) : 0;
	}
	return rv;
}

/* Nor of AES sizes, which say nothing where keys cannot be used. */
static CK_RV
read_aes_sizes(struct tpm *t, struct tpm_caps *out)
{
	TPMT_PUBLIC_PARMS parms = { .type = TPM2_ALG_SYMCIPHER };
	TPMT_SYM_DEF_OBJECT *aes = &parms.parameters.symDetail.sym;
	bool exist = false;
	CK_RV rv = CKR_OK;

	aes->algorithm = TPM2_ALG_AES;
	aes->mode.aes = TPM2_ALG_NULL; /* any that the TPM has */
	for (UINT16 bits = 128; rv == CKR_OK && out->encrypt_decrypt && bits <= 256;
		bits = (UINT16)(bits + 64)) {
		aes->keyBits.aes = bits;
		rv = parms_exist(t, &parms, &exist);
		out->aes_bits |= exist ? 1u << (bits / 64) : 0;
	}
	return rv;
}

static CK_RV
caps_job(struct tpm *t, void *args)
{
	struct tpm_caps fresh = { 0 };
	CK_RV rv = CKR_OK;

	if ((rv = read_properties(t, &fresh)) == CKR_OK &&
		(rv = read_algorithms(t, &fresh)) == CKR_OK &&
		(rv = read_curves(t, &fresh)) == CKR_OK &&
		(rv = read_commands(t, &fresh)) == CKR_OK &&
		(rv = read_rsa_sizes(t, &fresh)) == CKR_OK &&
		(rv = read_aes_sizes(t, &fresh)) == CKR_OK)
		memcpy(args, &fresh, sizeof fresh);
	return rv;
}

CK_RV
tpm_read_caps(struct tpm *t, struct tpm_caps *out)
{
	return tpm_job(t, caps_job, out);
}
