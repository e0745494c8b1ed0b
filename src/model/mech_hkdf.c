/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of HKDF: which of its steps, the salt of the first and the info
 * of the second. PKCS#11 3.2, 6.62.
 */
#include "config.h"

#include <string.h>

#include "model/model_private.h"

static CK_RV
salt_of(const struct mech *m, const CK_HKDF_PARAMS *p, struct scheme *out)
{
	switch (p->ulSaltType) {
	case CKF_HKDF_SALT_NULL:
		return CKR_OK;
	case CKF_HKDF_SALT_DATA:
		if (!params_bytes(p->pSalt, p->ulSaltLen, &out->salt))
			break;
		return CKR_OK;
	case CKF_HKDF_SALT_KEY:
		out->second = p->hSaltKey;
		return p->hSaltKey != 0 ? CKR_OK : CKR_KEY_HANDLE_INVALID;
	default:
		break;
	}
	return rv_fail(CKR_MECHANISM_PARAM_INVALID,
		"%s: the salt is neither nothing nor data nor a key.", m->name);
}

/* What a step that is left out would take is ignored. */
static CK_RV
inputs_of(const struct mech *m, const CK_HKDF_PARAMS *p, struct scheme *out)
{
	if (p->bExpand && !params_bytes(p->pInfo, p->ulInfoLen, &out->info))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s: the info is not there.", m->name);
	return p->bExtract ? salt_of(m, p, out) : CKR_OK;
}

CK_RV
params_hkdf(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_HKDF_PARAMS p = { 0 };
	struct scheme s = { .alg = m->alg };
	const struct hash_row *hash = NULL;
	CK_RV rv = CKR_OK;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof p)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s needs CK_HKDF_PARAMS.", m->name);
	memcpy(&p, given->pParameter, sizeof p); /* may be unaligned */
	hash = hash_by_mechanism(p.prfHashMechanism);
	if (hash == NULL || p.bExtract > CK_TRUE || p.bExpand > CK_TRUE ||
		(!p.bExtract && !p.bExpand))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s: unknown hash, or no step at all.",
			m->name);
	s.digest = hash->id;
	s.extract = p.bExtract;
	s.expand = p.bExpand;
	rv = inputs_of(m, &p, &s);
	if (rv == CKR_OK)
		*out = s;
	return rv;
}
