/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters that come with each message: CK_GCM_MESSAGE_PARAMS, PKCS#11 3.2,
 * 6.13.
 */
#include "config.h"

#include <string.h>

#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { IV_LEN_MAX = 1024 }; /* the standard has no use for more than 12 bytes, and no limit */

static const struct {
	CK_GENERATOR_FUNCTION generator;
	enum iv_source source;
} sources[] = {
	{ CKG_NO_GENERATE, IV_GIVEN },
	{ CKG_GENERATE, IV_COUNTED },
	{ CKG_GENERATE_COUNTER, IV_COUNTER },
	{ CKG_GENERATE_RANDOM, IV_RANDOM },
	{ CKG_GENERATE_COUNTER_XOR, IV_COUNTER_XOR },
};

bool
mech_has_messages(const struct mech *m)
{
	return m->alg == ALG_AES_GCM;
}

static bool
find_source(CK_GENERATOR_FUNCTION generator, enum iv_source *out)
{
	for (size_t i = 0; i < COUNT(sources); i++) {
		if (sources[i].generator != generator)
			continue;
		*out = sources[i].source;
		return true;
	}
	return false;
}

/* Where it makes something, there must be bits that are not fixed. */
static bool
leaves_bits(const struct message_params *p)
{
	return p->source == IV_GIVEN || p->fixed_bits / 8 < p->iv_len;
}

CK_RV
mech_message_params(const void *parameter, size_t len, bool encrypt, struct message_params *out)
{
	CK_GCM_MESSAGE_PARAMS p = { 0 };
	struct message_params m = { .source = IV_GIVEN };

	if (parameter == NULL || len != sizeof p)
		return rv_fail(
			CKR_MECHANISM_PARAM_INVALID, "A message needs CK_GCM_MESSAGE_PARAMS.");
	memcpy(&p, parameter, sizeof p); /* may be unaligned */
	m.iv = p.pIv;
	m.iv_len = p.ulIvLen;
	m.tag = p.pTag;
	m.tag_len = p.ulTagBits / 8;
	if (encrypt)
		m.fixed_bits = p.ulIvFixedBits;
	if ((encrypt && !find_source(p.ivGenerator, &m.source)) || m.iv_len == 0 ||
		m.iv_len > IV_LEN_MAX || !mech_aes_tag_fits(p.ulTagBits) || !leaves_bits(&m))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"A message's IV or tag has an impossible length, or its IV an unknown "
			"source.");
	*out = m;
	return CKR_OK;
}
