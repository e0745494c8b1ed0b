/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of SP 800-108 (PKCS#11 3.2, 6.42): the PRF, what its input is put
 * together from, and the other keys that the derivation makes.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	COUNTER_BITS_MAX = 32, /* SP 800-108, 4: r */
	LENGTH_BITS_MAX = 64
};

static CK_RV
refuse(const struct mech *m, const char *what)
{
	return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s: %s.", m->name, what);
}

/* Both structures as the longer one. */
static bool
read_params(const struct mech *m, const CK_MECHANISM *given, CK_SP800_108_FEEDBACK_KDF_PARAMS *out)
{
	CK_SP800_108_KDF_PARAMS p = { .prfType = 0 };
	bool feedback = m->alg == ALG_KBKDF_FEEDBACK;

	if (given->pParameter == NULL ||
		given->ulParameterLen != (feedback ? sizeof *out : sizeof p))
		return false;
	if (feedback) {
		memcpy(out, given->pParameter, sizeof *out); /* may be unaligned, as all of these */
		return true;
	}
	memcpy(&p, given->pParameter, sizeof p);
	*out = (CK_SP800_108_FEEDBACK_KDF_PARAMS){ .prfType = p.prfType,
		.ulNumberOfDataParams = p.ulNumberOfDataParams,
		.pDataParams = p.pDataParams,
		.ulAdditionalDerivedKeys = p.ulAdditionalDerivedKeys,
		.pAdditionalDerivedKeys = p.pAdditionalDerivedKeys };
	return true;
}

/* --- what the input is put together from --- */

static bool
read_width(CK_BBOOL little_endian, CK_ULONG bits, CK_ULONG bits_max, struct kbkdf_part *out)
{
	if (little_endian > CK_TRUE || bits == 0 || bits > bits_max || bits % 8 != 0)
		return false;
	out->little_endian = little_endian;
	out->width = bits / 8;
	return true;
}

static bool
read_counter(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out)
{
	CK_SP800_108_COUNTER_FORMAT format = { .ulWidthInBits = 0 };

	(void)m;
	if (p->pValue == NULL || p->ulValueLen != sizeof format)
		return false;
	memcpy(&format, p->pValue, sizeof format);
	return read_width(format.bLittleEndian, format.ulWidthInBits, COUNTER_BITS_MAX, out);
}

/* Only in counter mode it is a number. */
static bool
read_iteration(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out)
{
	if (m->alg == ALG_KBKDF_COUNTER)
		return read_counter(m, p, out);
	return p->pValue == NULL && p->ulValueLen == 0;
}

static bool
read_optional_counter(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out)
{
	return m->alg != ALG_KBKDF_COUNTER && read_counter(m, p, out);
}

static bool
read_length(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out)
{
	CK_SP800_108_DKM_LENGTH_FORMAT format = { .dkmLengthMethod = 0 };

	(void)m;
	if (p->pValue == NULL || p->ulValueLen != sizeof format)
		return false;
	memcpy(&format, p->pValue, sizeof format);
	out->of_segments = format.dkmLengthMethod == CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS;
	return (out->of_segments ||
		       format.dkmLengthMethod == CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS) &&
	       read_width(format.bLittleEndian, format.ulWidthInBits, LENGTH_BITS_MAX, out);
}

static bool
read_array(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out)
{
	(void)m;
	return p->ulValueLen > 0 && params_bytes(p->pValue, p->ulValueLen, &out->bytes);
}

static bool
read_key(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out)
{
	CK_OBJECT_HANDLE key = 0;

	(void)m;
	if (p->pValue == NULL || p->ulValueLen != sizeof key)
		return false;
	memcpy(&key, p->pValue, sizeof key);
	out->key = key;
	return true;
}

static const struct {
	CK_PRF_DATA_TYPE type;
	enum kbkdf_kind kind;
	size_t least, most; /* of them in one input */
	bool (*read)(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out);
} kinds[] = {
	{ CK_SP800_108_ITERATION_VARIABLE, KBKDF_ITERATION, 1, 1, read_iteration },
	{ CK_SP800_108_COUNTER, KBKDF_COUNTER, 0, 1, read_optional_counter },
	{ CK_SP800_108_DKM_LENGTH, KBKDF_LENGTH, 0, 1, read_length },
	{ CK_SP800_108_BYTE_ARRAY, KBKDF_BYTES, 0, SIZE_MAX, read_array },
	{ CK_SP800_108_KEY_HANDLE, KBKDF_KEY, 0, SIZE_MAX, read_key },
};

static bool
read_part(const struct mech *m, const CK_PRF_DATA_PARAM *p, struct kbkdf_part *out)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].type == p->type) {
			out->kind = kinds[i].kind;
			return kinds[i].read(m, p, out);
		}
	return false;
}

static bool
counts_fit(const struct kbkdf *k)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t n = 0;

		for (size_t at = 0; at < k->count; at++)
			n += k->parts[at].kind == kinds[i].kind;
		if (n < kinds[i].least || n > kinds[i].most)
			return false;
	}
	return true;
}

static CK_RV
read_parts(const struct mech *m, const CK_SP800_108_FEEDBACK_KDF_PARAMS *p, struct kbkdf *k)
{
	const uint8_t *from = (const uint8_t *)p->pDataParams;
	size_t count = p->ulNumberOfDataParams;

	if (from == NULL || count == 0 || count > INT_MAX / sizeof *p->pDataParams)
		return refuse(m, "there is nothing to make the PRF's input from");
	k->parts = calloc(count, sizeof *k->parts);
	if (k->parts == NULL)
		return CKR_HOST_MEMORY;
	for (k->count = 0; k->count < count; k->count++) {
		CK_PRF_DATA_PARAM param = { .type = 0 };

		memcpy(&param, from + k->count * sizeof param, sizeof param);
		if (!read_part(m, &param, &k->parts[k->count]))
			return refuse(
				m, "a part of the PRF's input is malformed, or not of this mode");
	}
	return counts_fit(k) ? CKR_OK
			     : refuse(m, "a part of the PRF's input is missing, or there twice");
}

/* --- the whole --- */

static CK_RV
read_prf(const struct mech *m, CK_MECHANISM_TYPE type, struct kbkdf *k)
{
	const struct mech *prf = mech_find(type);
	const CK_MECHANISM given = { type, NULL, 0 };
	struct scheme s = { .alg = ALG_NONE };

	/* One that makes MACs of any length wants to be told which. */
	if (prf == NULL || (prf->alg != ALG_HMAC && prf->alg != ALG_AES_CMAC) ||
		prf->params(prf, &given, &s) != CKR_OK)
		return refuse(m, "there is no such PRF");
	k->prf = type;
	k->segment_len = s.mac_len;
	return CKR_OK;
}

CK_RV
params_kbkdf(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_SP800_108_FEEDBACK_KDF_PARAMS p = { .prfType = 0 };
	struct scheme s = { .alg = m->alg };
	CK_RV rv = CKR_OK;

	if (!read_params(m, given, &p) || !params_bytes(p.pIV, p.ulIVLen, &s.kbkdf.iv))
		return refuse(m, "its parameters are not there, or malformed");
	rv = read_prf(m, p.prfType, &s.kbkdf);
	if (rv == CKR_OK)
		rv = read_parts(m, &p, &s.kbkdf);
	if (rv == CKR_OK)
		*out = s; /* owns the parts */
	else
		scheme_free(&s);
	return rv;
}

CK_RV
mech_more_keys(const struct mech *m, const CK_MECHANISM *given, struct more_keys *out)
{
	CK_SP800_108_FEEDBACK_KDF_PARAMS p = { .prfType = 0 };

	*out = (struct more_keys){ NULL, 0 };
	if (m->params != params_kbkdf)
		return CKR_OK;
	if (!read_params(m, given, &p) ||
		p.ulAdditionalDerivedKeys > INT_MAX / sizeof(CK_DERIVED_KEY) ||
		(p.pAdditionalDerivedKeys == NULL && p.ulAdditionalDerivedKeys > 0))
		return refuse(m, "the other keys that it shall make are not there");
	*out = (struct more_keys){ p.pAdditionalDerivedKeys, p.ulAdditionalDerivedKeys };
	for (size_t i = 0; i < out->count; i++) {
		CK_DERIVED_KEY key = more_keys_at(out, i);

		if (key.phKey == NULL || (key.pTemplate == NULL && key.ulAttributeCount > 0))
			return refuse(
				m, "another key that it shall make has no template or handle");
	}
	return CKR_OK;
}

CK_DERIVED_KEY
more_keys_at(const struct more_keys *keys, size_t i)
{
	CK_DERIVED_KEY key = { .pTemplate = NULL };

	memcpy(&key, (const uint8_t *)keys->list + i * sizeof key, sizeof key);
	return key;
}
