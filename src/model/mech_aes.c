/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES: parameters of its mechanisms (PKCS#11 3.2, 6.10, 6.11, 6.13, 6.14, 6.16),
 * and what of the block cipher each is made of. And the one parameter of DES.
 */
#include "config.h"

#include <string.h>

#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { TAG_BITS_MIN = 32, TAG_BITS_MAX = 128 };

/* What the TPM must be able to do so that a key in it can be used. */
static const struct {
	enum alg alg;
	enum block_mode mode;
} made_of[] = {
	{ ALG_AES_ECB, BLOCK_ECB },
	{ ALG_AES_CBC, BLOCK_CBC },
	{ ALG_AES_CBC_PAD, BLOCK_CBC },
	{ ALG_AES_CTR, BLOCK_CTR },
	{ ALG_AES_CFB, BLOCK_CFB },
	{ ALG_AES_OFB, BLOCK_OFB },
	{ ALG_AES_GCM, BLOCK_ECB },
	{ ALG_AES_CMAC, BLOCK_CBC },
	{ ALG_AES_KEY_WRAP, BLOCK_ECB },
	{ ALG_AES_KEY_WRAP_KWP, BLOCK_ECB },
	{ ALG_DERIVE_ECB, BLOCK_ECB },
	{ ALG_DERIVE_CBC, BLOCK_CBC },
};

bool
mech_aes_in_tpm(const struct mech *m, const struct tpm_caps *caps)
{
	if (m->key_type != CKK_AES || caps == NULL)
		return false;
	for (size_t i = 0; i < COUNT(made_of); i++)
		if (made_of[i].alg == m->alg)
			return caps_mode(caps, made_of[i].mode);
	return caps->encrypt_decrypt; /* it makes the keys */
}

/* Exactly len bytes. */
static CK_RV
read_iv(const struct mech *m, const CK_MECHANISM *given, size_t len, struct scheme *out)
{
	struct scheme s = { .alg = m->alg };
	CK_RV rv = CKR_OK;

	if (given->pParameter == NULL || given->ulParameterLen != len)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"%s needs an initialization vector of %zu bytes.", m->name, len);
	if ((rv = buf_set(&s.iv, bytes_of(given->pParameter, len))) != CKR_OK)
		return rv;
	*out = s;
	return CKR_OK;
}

CK_RV
params_aes_iv(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	return read_iv(m, given, AES_BLOCK_LEN, out);
}

CK_RV
params_des_iv(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	return read_iv(m, given, DES_BLOCK_LEN, out);
}

CK_RV
params_aes_wrap(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	if (given->ulParameterLen == 0)
		return params_none(m, given, out);
	return read_iv(m, given, m->alg == ALG_AES_KEY_WRAP_KWP ? 4 : 8, out);
}

CK_RV
params_aes_ctr(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_AES_CTR_PARAMS ctr = { 0 };
	struct scheme s = { .alg = m->alg };
	CK_RV rv = CKR_OK;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof ctr)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s needs CK_AES_CTR_PARAMS.", m->name);
	memcpy(&ctr, given->pParameter, sizeof ctr); /* may be unaligned */
	if (ctr.ulCounterBits == 0 || ctr.ulCounterBits > 8 * sizeof ctr.cb)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s does not count %lu bits.", m->name,
			ctr.ulCounterBits);
	if ((rv = buf_set(&s.iv, bytes_of(ctr.cb, sizeof ctr.cb))) != CKR_OK)
		return rv;
	s.counter_bits = ctr.ulCounterBits;
	*out = s;
	return CKR_OK;
}

/* CK_GCM_PARAMS as the text of PKCS#11 2.40 had it, and headers made from that: without ulIvBits.
 */
struct gcm_params_2_40 {
	CK_BYTE *iv;
	CK_ULONG iv_len;
	CK_BYTE *aad;
	CK_ULONG aad_len;
	CK_ULONG tag_bits;
};

/* May be unaligned. ulIvBits says nothing: some clients leave it 0. */
static bool
read_gcm(const CK_MECHANISM *given, struct gcm_params_2_40 *out)
{
	CK_GCM_PARAMS p = { 0 };

	if (given->pParameter == NULL)
		return false;
	if (given->ulParameterLen == sizeof *out) {
		memcpy(out, given->pParameter, sizeof *out);
		return true;
	}
	if (given->ulParameterLen != sizeof p)
		return false;
	memcpy(&p, given->pParameter, sizeof p);
	*out = (struct gcm_params_2_40){ p.pIv, p.ulIvLen, p.pAAD, p.ulAADLen, p.ulTagBits };
	return true;
}

bool
mech_aes_tag_fits(CK_ULONG bits)
{
	return bits % 8 == 0 && bits >= TAG_BITS_MIN && bits <= TAG_BITS_MAX;
}

CK_RV
params_aes_gcm(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	struct gcm_params_2_40 p = { 0 };
	struct scheme s = { .alg = m->alg };
	CK_RV rv = CKR_OK;

	if (!read_gcm(given, &p))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s needs CK_GCM_PARAMS.", m->name);
	if (p.iv == NULL || p.iv_len == 0 || (p.aad == NULL && p.aad_len > 0) ||
		!mech_aes_tag_fits(p.tag_bits))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"%s: no initialization vector, or a tag that has not 32 to 128 bits in "
			"whole bytes.",
			m->name);
	rv = buf_set(&s.iv, bytes_of(p.iv, p.iv_len));
	if (rv == CKR_OK)
		rv = buf_set(&s.aad, bytes_of(p.aad, p.aad_len));
	if (rv != CKR_OK) {
		scheme_free(&s);
		return rv;
	}
	s.tag_len = p.tag_bits / 8;
	*out = s;
	return CKR_OK;
}

CK_RV
params_cmac(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	if (given->ulParameterLen != 0)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s has no parameters.", m->name);
	*out = (struct scheme){ .alg = m->alg, .mac_len = AES_BLOCK_LEN };
	return CKR_OK;
}

/* CK_MAC_GENERAL_PARAMS: the length of the MAC. */
CK_RV
params_cmac_general(const struct mech *m, const CK_MECHANISM *given, struct scheme *out)
{
	CK_ULONG len = 0;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof len)
		return rv_fail(
			CKR_MECHANISM_PARAM_INVALID, "%s needs CK_MAC_GENERAL_PARAMS.", m->name);
	memcpy(&len, given->pParameter, sizeof len); /* may be unaligned */
	if (len == 0 || len > AES_BLOCK_LEN)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "%s does not make MACs of %lu bytes.",
			m->name, len);
	*out = (struct scheme){ .alg = m->alg, .mac_len = len };
	return CKR_OK;
}
