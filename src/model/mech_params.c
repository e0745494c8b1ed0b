/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mechanism parameters: from the caller's memory into struct scheme.
 */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "model/model_private.h"

/* The longest modulus of a TPM key, 4096 bits, has no room for more. */
enum { SALT_MAX = 512 };

bool
params_bytes(const void *ptr, CK_ULONG len, struct bytes *out)
{
	if (len > INT_MAX || (ptr == NULL && len != 0))
		return false;
	*out = bytes_of(ptr, len);
	return true;
}

CK_RV
params_none(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	/* A pointer to nothing is what some clients pass for none. */
	if (given->ulParameterLen != 0)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s has no parameters.", m->name);
	*out = (struct scheme){ .alg = m->alg, .hash = m->hash, .digest = m->hash };
	return CKR_OK;
}

CK_RV
params_pss(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_RSA_PKCS_PSS_PARAMS pss = { 0 };
	const struct hash_row *hash = NULL;
	const struct hash_row *mgf = NULL;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof pss)
		return rv_fail(
			CKR_MECHANISM_PARAM_INVALID, "%s needs CK_RSA_PKCS_PSS_PARAMS.", m->name);
	memcpy(&pss, given->pParameter, sizeof pss); /* may be unaligned */
	hash = hash_by_mechanism(pss.hashAlg);
	mgf = hash_by_mgf(pss.mgf);
	if (hash == NULL || mgf == NULL || pss.sLen > SALT_MAX)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"%s: unknown hash or MGF, or a salt of more than %d bytes.", m->name,
			SALT_MAX);
	if (m->hash != HASH_NONE && m->hash != hash->id)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s does not go with %s as hashAlg.",
			m->name, hash->name);
	*out = (struct scheme){ .alg = m->alg,
		.hash = m->hash,
		.digest = hash->id,
		.mgf = mgf->id,
		.salt_len = pss.sLen };
	return CKR_OK;
}

/* Some clients say 0 for a label that they do not give. */
static bool
oaep_label_is_there(const CK_RSA_PKCS_OAEP_PARAMS *p)
{
	if (p->ulSourceDataLen == 0)
		return p->source == CKZ_DATA_SPECIFIED || p->source == 0;
	return p->source == CKZ_DATA_SPECIFIED && p->pSourceData != NULL;
}

CK_RV
params_oaep(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = { 0 };
	const struct hash_row *hash = NULL;
	const struct hash_row *mgf = NULL;
	struct buf label = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof oaep)
		return rv_fail(
			CKR_MECHANISM_PARAM_INVALID, "%s needs CK_RSA_PKCS_OAEP_PARAMS.", m->name);
	memcpy(&oaep, given->pParameter, sizeof oaep); /* may be unaligned */
	hash = hash_by_mechanism(oaep.hashAlg);
	mgf = hash_by_mgf(oaep.mgf);
	if (hash == NULL || mgf == NULL)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s: unknown hash or MGF.", m->name);
	if (!oaep_label_is_there(&oaep))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s: the label is not given as data.",
			m->name);
	rv = buf_set(&label, bytes_of(oaep.pSourceData, oaep.ulSourceDataLen));
	if (rv != CKR_OK)
		return rv;
	*out = (struct scheme){
		.alg = m->alg, .hash = m->hash, .digest = hash->id, .mgf = mgf->id, .label = label
	};
	return CKR_OK;
}

/* PKCS#11 3.2, 6.1.21: the size of an AES key, and how it is wrapped. */
CK_RV
params_rsa_aes_wrap(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_RSA_AES_KEY_WRAP_PARAMS p = { 0 };
	CK_MECHANISM oaep = { given->mechanism, NULL, sizeof(CK_RSA_PKCS_OAEP_PARAMS) };
	CK_RV rv = CKR_OK;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof p)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s needs CK_RSA_AES_KEY_WRAP_PARAMS.",
			m->name);
	memcpy(&p, given->pParameter, sizeof p); /* may be unaligned */
	if (attr_secret_len(CKK_AES, p.ulAESKeyBits / 8) != CKR_OK || p.ulAESKeyBits % 8 != 0)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s: no AES key has %lu bits.", m->name,
			p.ulAESKeyBits);
	oaep.pParameter = p.pOAEPParams;
	rv = params_oaep(m, &oaep, out);
	if (rv == CKR_OK)
		out->key_len = p.ulAESKeyBits / 8;
	return rv;
}

CK_RV
params_hmac(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	if (given->ulParameterLen != 0)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s has no parameters.", m->name);
	*out = (struct scheme){
		.alg = m->alg, .digest = m->hash, .mac_len = hash_row(m->hash)->len
	};
	return CKR_OK;
}

/* CK_MAC_GENERAL_PARAMS: the length of the MAC, from 1 on (PKCS#11 3.2, General-length HMAC): one
 * of no bytes would be right for all data. */
CK_RV
params_hmac_general(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_ULONG len = 0;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof len)
		return rv_fail(
			CKR_MECHANISM_PARAM_INVALID, "%s needs CK_MAC_GENERAL_PARAMS.", m->name);
	memcpy(&len, given->pParameter, sizeof len); /* may be unaligned */
	if (len == 0 || len > hash_row(m->hash)->len)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s does not make MACs of %lu bytes.",
			m->name, len);
	*out = (struct scheme){ .alg = m->alg, .digest = m->hash, .mac_len = len };
	return CKR_OK;
}
