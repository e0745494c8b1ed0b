/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mechanisms: what follows from a row and from what the TPM can do.
 */
#include "config.h"

#include "base/names.h"
#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What a use asks of a key: the class of an asymmetric key, and the attribute that allows it. */
static const struct {
	CK_FLAGS use;
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE_TYPE usage;
} uses[] = {
	{ CKF_SIGN, CKO_PRIVATE_KEY, CKA_SIGN },
	{ CKF_VERIFY, CKO_PUBLIC_KEY, CKA_VERIFY },
	{ CKF_DECRYPT, CKO_PRIVATE_KEY, CKA_DECRYPT },
	{ CKF_ENCRYPT, CKO_PUBLIC_KEY, CKA_ENCRYPT },
	{ CKF_UNWRAP, CKO_PRIVATE_KEY, CKA_UNWRAP },
	{ CKF_WRAP, CKO_PUBLIC_KEY, CKA_WRAP },
	{ CKF_SIGN_RECOVER, CKO_PRIVATE_KEY, CKA_SIGN_RECOVER },
	{ CKF_VERIFY_RECOVER, CKO_PUBLIC_KEY, CKA_VERIFY_RECOVER },
	{ CKF_DERIVE, CKO_PRIVATE_KEY, CKA_DERIVE },
	{ CKF_DECAPSULATE, CKO_PRIVATE_KEY, CKA_DECAPSULATE },
	{ CKF_ENCAPSULATE, CKO_PUBLIC_KEY, CKA_ENCAPSULATE },
};

struct sizes {
	CK_ULONG min;
	CK_ULONG max;
};

static void
sizes_add(struct sizes *s, CK_ULONG bits)
{
	s->min = s->min == 0 || bits < s->min ? bits : s->min;
	s->max = bits > s->max ? bits : s->max;
}

/* Keys on the host, in the unit that the standard gives them. */
static const struct {
	CK_KEY_TYPE key_type;
	struct sizes sizes;
} host_keys[] = {
	{ CKK_GENERIC_SECRET, { 8, 8 * SECRET_LEN_MAX } }, /* bits */
	{ CKK_AES, { 16, 32 } },                           /* bytes, and so are these: */
	{ CKK_SHA_1_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA224_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA256_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA384_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA512_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA3_224_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA3_256_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA3_384_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_SHA3_512_HMAC, { 1, SECRET_LEN_MAX } },
	{ CKK_HKDF, { 1, SECRET_LEN_MAX } },
	{ CKK_DES, { 8, 8 } },
	{ CKK_DES2, { 16, 16 } },
	{ CKK_DES3, { 24, 24 } },
};

/* NULL: its key is in the TPM, or it needs none. */
static const struct sizes *
host_sizes(const struct mech *m)
{
	for (size_t i = 0; i < COUNT(host_keys); i++)
		if (host_keys[i].key_type == m->key_type)
			return &host_keys[i].sizes;
	return NULL;
}

/* Sizes of the keys that there are for this mechanism, in bits if the TPM has them; both 0: none.
 */
static struct sizes
key_sizes(const struct mech *m, const struct tpm_caps *caps)
{
	const struct sizes *host = host_sizes(m);
	struct sizes s = { 0, 0 };

	if (caps != NULL && host != NULL)
		return *host;

	for (size_t bits = 1024; m->key_type == CKK_RSA && bits <= 4096; bits += 1024)
		if (caps_rsa(caps, bits))
			sizes_add(&s, bits);
	for (enum curve c = CURVE_NONE + 1; m->key_type == CKK_EC && c < CURVE_COUNT; c++)
		if (caps_curve(caps, c))
			sizes_add(&s, curve_row(c)->bits);
	return s;
}

static bool
needs_no_key(const struct mech *m)
{
	return m->key_type == CK_UNAVAILABLE_INFORMATION;
}

/* Where a key that signs may not decrypt, the TPM pads: only around digests of its own hashes. */
static bool
hash_fits(const struct mech *m, const struct tpm_caps *caps)
{
	return m->key_type != CKK_RSA || m->hash == HASH_NONE || caps == NULL || !caps->fips ||
	       caps_hash(caps, m->hash);
}

bool
mech_supported(const struct mech *m, const struct tpm_caps *caps)
{
	return needs_no_key(m) || (key_sizes(m, caps).max != 0 && hash_fits(m, caps));
}

/* Many messages with one key: signatures, in parts where the mechanism hashes, and encryption. */
static CK_FLAGS
message_flags(const struct mech *m)
{
	CK_FLAGS flags = 0;

	if (mech_has_messages(m))
		return CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MULTI_MESSAGE;
	if (m->key_type != CKK_RSA && m->key_type != CKK_EC)
		return flags;
	if ((m->flags & CKF_SIGN) != 0)
		flags |= CKF_MESSAGE_SIGN;
	if ((m->flags & CKF_VERIFY) != 0)
		flags |= CKF_MESSAGE_VERIFY;
	return flags != 0 && m->hash != HASH_NONE ? flags | CKF_MULTI_MESSAGE : flags;
}

CK_RV
mech_info(const struct mech *m, const struct tpm_caps *caps, CK_MECHANISM_INFO *out)
{
	struct sizes s = key_sizes(m, caps);

	if (!mech_supported(m, caps))
		return CKR_MECHANISM_INVALID;
	*out = (CK_MECHANISM_INFO){
		.ulMinKeySize = s.min, .ulMaxKeySize = s.max, .flags = m->flags
	};
	if (!needs_no_key(m) && (host_sizes(m) == NULL || mech_aes_in_tpm(m, caps)))
		out->flags |= CKF_HW;
	out->flags |= message_flags(m);
	if (m->key_type == CKK_EC)
		out->flags |= CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
	return CKR_OK;
}

CK_RV
mech_scheme(const struct mech *m, const CK_MECHANISM *given, CK_FLAGS use, struct scheme *out)
{
	struct scheme s = { .alg = ALG_NONE };
	CK_RV rv = CKR_OK;

	if (given->mechanism != m->type || (m->flags & use) != use)
		return rv_fail(CKR_MECHANISM_INVALID, "%s can not be used so.", m->name);
	if ((rv = m->params(m, given, &s)) != CKR_OK)
		return rv;
	if (!ecdh_peer_fits(&s, use))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"%s: the other party's key is given where it must not be, or missing.",
			m->name);
	*out = s;
	return CKR_OK;
}

static bool
mech_allowed(const struct mech *m, const struct attrs *key)
{
	struct reader r = reader_of(attrs_bytes(key, CKA_ALLOWED_MECHANISMS));

	if (r.rest.len == 0)
		return true; /* no list: no limit */
	while (r.rest.len > 0 && !r.failed)
		if (read_u64(&r) == m->type)
			return true;
	return false;
}

/* Secret keys are one class for both directions. */
static CK_OBJECT_CLASS
class_for(const struct mech *m, CK_OBJECT_CLASS asymmetric)
{
	return m->key_type == CKK_RSA || m->key_type == CKK_EC ? asymmetric : CKO_SECRET_KEY;
}

/* Types of keys beside the one that stands in the row. PKCS#11 3.2: an HMAC takes those for its own
 * hash (6.21 and on), HKDF those for itself (6.62); Triple DES those of two DES keys. */
static const struct {
	enum alg alg;
	enum hash hash;
	CK_KEY_TYPE key_type;
} more_keys[] = {
	{ ALG_HMAC, HASH_SHA1, CKK_SHA_1_HMAC },
	{ ALG_HMAC, HASH_SHA224, CKK_SHA224_HMAC },
	{ ALG_HMAC, HASH_SHA256, CKK_SHA256_HMAC },
	{ ALG_HMAC, HASH_SHA384, CKK_SHA384_HMAC },
	{ ALG_HMAC, HASH_SHA512, CKK_SHA512_HMAC },
	{ ALG_HMAC, HASH_SHA3_224, CKK_SHA3_224_HMAC },
	{ ALG_HMAC, HASH_SHA3_256, CKK_SHA3_256_HMAC },
	{ ALG_HMAC, HASH_SHA3_384, CKK_SHA3_384_HMAC },
	{ ALG_HMAC, HASH_SHA3_512, CKK_SHA3_512_HMAC },
	{ ALG_HKDF, HASH_NONE, CKK_HKDF },
	{ ALG_HKDF_DATA, HASH_NONE, CKK_HKDF },
	{ ALG_DES3_ECB, HASH_NONE, CKK_DES2 },
	{ ALG_DES3_CBC, HASH_NONE, CKK_DES2 },
	{ ALG_DES3_CBC_PAD, HASH_NONE, CKK_DES2 },
};

/* PKCS#11 3.2, 6.21 and 6.43: any secret key will do; 6.42: any as data, while
 * what the base key must be depends on the PRF. */
static const enum alg any_secret[] = { ALG_KBKDF_COUNTER, ALG_KBKDF_FEEDBACK, ALG_KBKDF_PIPELINE,
	ALG_DERIVE_HASH, ALG_DERIVE_JOIN_KEY, ALG_DERIVE_JOIN_DATA, ALG_DERIVE_DATA_JOIN,
	ALG_DERIVE_XOR, ALG_DERIVE_EXTRACT };

static bool
key_type_fits(const struct mech *m, CK_KEY_TYPE key_type)
{
	if (key_type == m->key_type)
		return true;
	for (size_t i = 0; i < COUNT(any_secret); i++)
		if (any_secret[i] == m->alg)
			return true;
	for (size_t i = 0; i < COUNT(more_keys); i++)
		if (more_keys[i].alg == m->alg && more_keys[i].hash == m->hash &&
			more_keys[i].key_type == key_type)
			return true;
	return false;
}

static bool
type_fits(const struct mech *m, CK_OBJECT_CLASS asymmetric, const struct attrs *key)
{
	return attrs_u64(key, CKA_CLASS, CK_UNAVAILABLE_INFORMATION) == class_for(m, asymmetric) &&
	       key_type_fits(m, attrs_u64(key, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION));
}

bool
mech_takes(const struct mech *m, const struct attrs *key)
{
	return type_fits(m, CKO_SECRET_KEY, key);
}

/* PKCS#11 3.2, 6.62: HKDF takes data, too, which has no attributes that could forbid it. */
static bool
is_data_for(const struct mech *m, const struct attrs *key)
{
	return (m->alg == ALG_HKDF || m->alg == ALG_HKDF_DATA) &&
	       attrs_u64(key, CKA_CLASS, CK_UNAVAILABLE_INFORMATION) == CKO_DATA;
}

CK_RV
mech_fits(const struct mech *m, CK_FLAGS use, const struct attrs *key)
{
	for (size_t i = 0; i < COUNT(uses); i++) {
		if (uses[i].use != use)
			continue;
		if (needs_no_key(m) || (m->flags & use) == 0)
			break;
		if (is_data_for(m, key))
			return CKR_OK;
		if (!type_fits(m, uses[i].class, key))
			return rv_fail(CKR_KEY_TYPE_INCONSISTENT,
				"The key is of another type than %s needs.", m->name);
		if (!attrs_bool(key, uses[i].usage, false))
			return rv_fail(CKR_KEY_FUNCTION_NOT_PERMITTED, "%s of the key is false.",
				name_of_attribute(uses[i].usage));
		if (!mech_allowed(m, key))
			return rv_fail(CKR_MECHANISM_INVALID,
				"CKA_ALLOWED_MECHANISMS of the key does not have %s.", m->name);
		return CKR_OK;
	}
	return rv_fail(CKR_MECHANISM_INVALID, "%s can not be used so.", m->name);
}
