/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of key agreement: the other party's point, and what makes a key
 * of the shared secret. PKCS#11 3.2, 6.3.17 and the table of CKD_ numbers.
 */
#include "config.h"

#include <string.h>

#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct kdf_row {
	CK_ULONG number;
	enum kdf kdf;
	enum hash hash;
} kdfs[] = {
	{ CKD_NULL, KDF_NONE, HASH_NONE },
	{ CKD_SHA1_KDF, KDF_X963, HASH_SHA1 },
	{ CKD_SHA224_KDF, KDF_X963, HASH_SHA224 },
	{ CKD_SHA256_KDF, KDF_X963, HASH_SHA256 },
	{ CKD_SHA384_KDF, KDF_X963, HASH_SHA384 },
	{ CKD_SHA512_KDF, KDF_X963, HASH_SHA512 },
	{ CKD_SHA3_224_KDF, KDF_X963, HASH_SHA3_224 },
	{ CKD_SHA3_256_KDF, KDF_X963, HASH_SHA3_256 },
	{ CKD_SHA3_384_KDF, KDF_X963, HASH_SHA3_384 },
	{ CKD_SHA3_512_KDF, KDF_X963, HASH_SHA3_512 },
	{ CKD_SHA1_KDF_SP800, KDF_SP800, HASH_SHA1 },
	{ CKD_SHA224_KDF_SP800, KDF_SP800, HASH_SHA224 },
	{ CKD_SHA256_KDF_SP800, KDF_SP800, HASH_SHA256 },
	{ CKD_SHA384_KDF_SP800, KDF_SP800, HASH_SHA384 },
	{ CKD_SHA512_KDF_SP800, KDF_SP800, HASH_SHA512 },
	{ CKD_SHA3_224_KDF_SP800, KDF_SP800, HASH_SHA3_224 },
	{ CKD_SHA3_256_KDF_SP800, KDF_SP800, HASH_SHA3_256 },
	{ CKD_SHA3_384_KDF_SP800, KDF_SP800, HASH_SHA3_384 },
	{ CKD_SHA3_512_KDF_SP800, KDF_SP800, HASH_SHA3_512 },
	{ CKD_BLAKE2B_160_KDF, KDF_BLAKE2B_160, HASH_NONE },
	{ CKD_BLAKE2B_256_KDF, KDF_BLAKE2B_256, HASH_NONE },
	{ CKD_BLAKE2B_384_KDF, KDF_BLAKE2B_384, HASH_NONE },
	{ CKD_BLAKE2B_512_KDF, KDF_BLAKE2B_512, HASH_NONE },
};

static const struct kdf_row *
kdf_find(CK_ULONG number)
{
	for (size_t i = 0; i < COUNT(kdfs); i++)
		if (kdfs[i].number == number)
			return &kdfs[i];
	return NULL;
}

/* Two lengths and two pointers, of which each pair may be nothing. */
static bool
parts_are_there(const CK_ECDH1_DERIVE_PARAMS *p, const struct kdf_row *kdf)
{
	if ((p->pPublicData == NULL) != (p->ulPublicDataLen == 0))
		return false;
	return p->ulSharedDataLen == 0 || kdf->kdf != KDF_NONE;
}

CK_RV
params_ecdh(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_ECDH1_DERIVE_PARAMS p = { 0 };
	struct scheme s = { .alg = m->alg };
	const struct kdf_row *kdf = NULL;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof p)
		return rv_fail(
			CKR_MECHANISM_PARAM_INVALID, "%s needs CK_ECDH1_DERIVE_PARAMS.", m->name);
	memcpy(&p, given->pParameter, sizeof p); /* may be unaligned */
	kdf = kdf_find(p.kdf);
	if (kdf == NULL || !parts_are_there(&p, kdf) ||
		!params_bytes(p.pPublicData, p.ulPublicDataLen, &s.peer) ||
		!params_bytes(p.pSharedData, p.ulSharedDataLen, &s.info))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"%s: unknown KDF, or data where there can be none.", m->name);
	s.digest = kdf->hash;
	s.kdf = kdf->kdf;
	*out = s;
	return CKR_OK;
}

/* PKCS#11 3.2, 6.3.17: an encapsulated key comes with a point of its own. */
bool
ecdh_peer_fits(const struct scheme *s, CK_FLAGS use)
{
	bool encapsulated = (use & (CKF_ENCAPSULATE | CKF_DECAPSULATE)) != 0;

	return s->alg != ALG_ECDH || (s->peer.len == 0) == encapsulated;
}
