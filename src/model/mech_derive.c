/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of the simple derivations (PKCS#11 3.2, 6.43, and key derivation
 * by data encryption): a string, another key, a bit.
 */
#include "config.h"

#include <string.h>

#include "model/model_private.h"

static CK_RV
refuse(const struct mech *m, const char *needs)
{
	return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s needs %s.", m->name, needs);
}

/* What AES encrypts is whole blocks. */
static bool
string_fits(const struct mech *m, struct bytes string)
{
	return m->key_type != CKK_AES || (string.len > 0 && string.len % AES_BLOCK_LEN == 0);
}

CK_RV
params_string(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_KEY_DERIVATION_STRING_DATA p = { 0 };
	struct bytes string = BYTES_EMPTY;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof p)
		return refuse(m, "CK_KEY_DERIVATION_STRING_DATA");
	memcpy(&p, given->pParameter, sizeof p); /* may be unaligned */
	if (!params_bytes(p.pData, p.ulLen, &string) || !string_fits(m, string))
		return refuse(m, "data of a length that will do");
	*out = (struct scheme){ .alg = m->alg, .info = string };
	return CKR_OK;
}

CK_RV
params_cbc_string(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_AES_CBC_ENCRYPT_DATA_PARAMS p = { .length = 0 };
	struct scheme s = { .alg = m->alg };
	CK_RV rv = CKR_OK;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof p)
		return refuse(m, "CK_AES_CBC_ENCRYPT_DATA_PARAMS");
	memcpy(&p, given->pParameter, sizeof p); /* may be unaligned */
	if (!params_bytes(p.pData, p.length, &s.info) || !string_fits(m, s.info))
		return refuse(m, "data of a length that will do");
	if ((rv = buf_set(&s.iv, bytes_of(p.iv, sizeof p.iv))) != CKR_OK)
		return rv;
	*out = s;
	return CKR_OK;
}

CK_RV
params_other_key(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_OBJECT_HANDLE key = 0;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof key)
		return refuse(m, "CK_OBJECT_HANDLE");
	memcpy(&key, given->pParameter, sizeof key); /* may be unaligned */
	if (key == 0)
		return CKR_KEY_HANDLE_INVALID;
	*out = (struct scheme){ .alg = m->alg, .second = key };
	return CKR_OK;
}

CK_RV
params_start_bit(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_ULONG bit = 0;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof bit)
		return refuse(m, "CK_EXTRACT_PARAMS");
	memcpy(&bit, given->pParameter, sizeof bit); /* may be unaligned */
	*out = (struct scheme){ .alg = m->alg, .start_bit = bit };
	return CKR_OK;
}
