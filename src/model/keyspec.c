/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys in the TPM: from templates to what it shall make, or take.
 */
#include "config.h"

#include "model/model_private.h"

/* What the two templates of a key type mean. */
struct pair {
	CK_KEY_TYPE type;
	uint32_t private;           /* OF_ bit */
	const uint64_t *decrypting; /* uses that need the TPM's decrypt bit; ends with 0 */
};

static const uint64_t rsa_decrypting[] = { CKA_DECRYPT, CKA_UNWRAP, CKA_DECAPSULATE, 0 };
static const uint64_t ec_decrypting[] = { CKA_DERIVE, CKA_DECAPSULATE, 0 };

static const struct pair pairs[] = {
	{ CKK_RSA, OF_RSA_PRIVATE, rsa_decrypting },
	{ CKK_EC, OF_EC_PRIVATE, ec_decrypting },
};

static bool
use_wanted(const struct attrs *given, uint64_t type, uint32_t object)
{
	const struct attr_row *row = attr_row_for(type, object);

	return attrs_bool(given, type, attr_usage_default(given, row, object));
}

static CK_RV
spec_usage(const struct pair *pair, const struct attrs *private, struct keyspec *out)
{
	out->sign = use_wanted(private, CKA_SIGN, pair->private) ||
		    use_wanted(private, CKA_SIGN_RECOVER, pair->private);
	for (const uint64_t *type = pair->decrypting; *type != 0; type++)
		out->decrypt = out->decrypt || use_wanted(private, *type, pair->private);
	out->exportable = attrs_bool(private, CKA_EXTRACTABLE, false);
	if (!out->sign && !out->decrypt)
		return rv_fail(
			CKR_TEMPLATE_INCONSISTENT, "The private key's template forbids every use.");
	return CKR_OK;
}

/* Class and key type may be left out, or given as the mechanism has them. */
static CK_RV
template_agrees(const struct attrs *a, CK_OBJECT_CLASS class, CK_KEY_TYPE type)
{
	if (attrs_u64(a, CKA_CLASS, class) != class || attrs_u64(a, CKA_KEY_TYPE, type) != type)
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"Class or key type in the template is not the mechanism's.");
	return CKR_OK;
}

static CK_RV
spec_rsa(const struct tpm_caps *caps, const struct attrs *public, struct keyspec *out)
{
	static const uint8_t f4[] = { 0x01, 0x00, 0x01 };
	struct bytes exponent = attrs_bytes(public, CKA_PUBLIC_EXPONENT);
	uint64_t bits = attrs_u64(public, CKA_MODULUS_BITS, 0);

	if (!attrs_has(public, CKA_MODULUS_BITS))
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_MODULUS_BITS is missing.");
	if (attrs_has(public, CKA_PUBLIC_EXPONENT) &&
		!bytes_equal(bytes_trim_left(exponent), bytes_of(f4, sizeof f4)))
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The TPM makes RSA keys with exponent 65537 only.");
	if (bits > SIZE_MAX || !caps_rsa(caps, bits))
		return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
			"The TPM does not have RSA keys of this size.");
	out->kind = KEY_RSA;
	out->bits = bits;
	return CKR_OK;
}

static CK_RV
spec_ec(const struct tpm_caps *caps, const struct attrs *public, struct keyspec *out)
{
	CK_RV rv = CKR_OK;

	if (!attrs_has(public, CKA_EC_PARAMS))
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_EC_PARAMS is missing.");
	if ((rv = curve_of_params(attrs_bytes(public, CKA_EC_PARAMS), &out->curve)) != CKR_OK)
		return rv;
	if (!caps_curve(caps, out->curve))
		return rv_fail(CKR_CURVE_NOT_SUPPORTED, "The TPM does not have the curve %s.",
			curve_row(out->curve)->name);
	out->kind = KEY_EC;
	return CKR_OK;
}

CK_RV
mech_import_spec(const struct attrs *private, struct keyspec *out)
{
	bool is_ec = attrs_u64(private, CKA_KEY_TYPE, CKK_RSA) == CKK_EC;
	struct keyspec spec = { 0 };
	CK_RV rv = spec_usage(&pairs[is_ec], private, &spec);

	if (rv == CKR_OK)
		*out = spec;
	return rv;
}

CK_RV
mech_keyspec(const struct mech *m, const struct tpm_caps *caps, const struct attrs *public,
	const struct attrs *private, struct keyspec *out)
{
	const struct pair *pair = &pairs[m->key_type == CKK_EC];
	struct keyspec spec = { 0 };
	CK_RV rv = CKR_MECHANISM_INVALID;

	if ((m->flags & CKF_GENERATE_KEY_PAIR) == 0)
		return rv;
	if ((rv = template_agrees(public, CKO_PUBLIC_KEY, pair->type)) != CKR_OK ||
		(rv = template_agrees(private, CKO_PRIVATE_KEY, pair->type)) != CKR_OK)
		return rv;
	rv = pair->type == CKK_RSA ? spec_rsa(caps, public, &spec) : spec_ec(caps, public, &spec);
	if (rv == CKR_OK)
		rv = spec_usage(pair, private, &spec);
	if (rv == CKR_OK)
		*out = spec;
	return rv;
}
