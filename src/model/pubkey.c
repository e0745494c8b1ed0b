/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys: from numbers to attributes, and back.
 */
#include "config.h"

#include "base/der.h"
#include "model/model_private.h"

static CK_RV
of_rsa(const struct pubkey *key, bool is_private, struct attrs *out)
{
	CK_RV rv = CKR_OK;

	if ((rv = attrs_set_u64(out, CKA_KEY_TYPE, CKK_RSA)) != CKR_OK ||
		(rv = attrs_set(out, CKA_MODULUS, view(&key->modulus))) != CKR_OK ||
		(rv = attrs_set(out, CKA_PUBLIC_EXPONENT, view(&key->exponent))) != CKR_OK)
		return rv;
	return is_private ? CKR_OK : attrs_set_u64(out, CKA_MODULUS_BITS, pubkey_bits(key));
}

static CK_RV
of_ec(const struct pubkey *key, struct attrs *out)
{
	const struct curve_row *curve = curve_row(key->curve);
	struct buf point = BUF_EMPTY;
	CK_RV rv = CKR_CURVE_NOT_SUPPORTED;

	if (curve == NULL)
		return rv;
	if ((rv = attrs_set_u64(out, CKA_KEY_TYPE, CKK_EC)) == CKR_OK &&
		(rv = attrs_set(out, CKA_EC_PARAMS, curve->oid)) == CKR_OK &&
		(rv = der_ec_point_of(key, &point)) == CKR_OK)
		rv = attrs_set(out, CKA_EC_POINT, view(&point));
	buf_free(&point);
	return rv;
}

CK_RV
attr_of_pubkey(const struct pubkey *key, bool is_private, struct attrs *out)
{
	struct buf info = BUF_EMPTY;
	CK_RV rv = key->kind == KEY_RSA ? of_rsa(key, is_private, out) : of_ec(key, out);

	if (rv == CKR_OK && (rv = der_spki_of(key, &info)) == CKR_OK)
		rv = attrs_set(out, CKA_PUBLIC_KEY_INFO, view(&info));
	buf_free(&info);
	return rv;
}

CK_RV
curve_of_params(struct bytes der, enum curve *out)
{
	const struct curve_row *row = curve_by_oid(der);
	struct bytes rest = der;
	struct bytes content = BYTES_EMPTY;
	struct bytes whole = BYTES_EMPTY;
	uint8_t tag = 0;

	if (row == NULL) {
		if (!der_read_any(&rest, &tag, &content, &whole) || rest.len != 0)
			return CKR_DOMAIN_PARAMS_INVALID;
		return rv_fail(CKR_CURVE_NOT_SUPPORTED,
			"CKA_EC_PARAMS is none of the curves P-256, P-384 and P-521.");
	}
	*out = row->id;
	return CKR_OK;
}

static CK_RV
to_rsa(const struct attrs *a, struct pubkey *out)
{
	struct bytes modulus = bytes_trim_left(attrs_bytes(a, CKA_MODULUS));
	struct bytes exponent = bytes_trim_left(attrs_bytes(a, CKA_PUBLIC_EXPONENT));
	CK_RV rv = CKR_OK;

	if (!attrs_has(a, CKA_MODULUS) || !attrs_has(a, CKA_PUBLIC_EXPONENT))
		return CKR_TEMPLATE_INCOMPLETE;
	if (modulus.len == 0 || exponent.len == 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	out->kind = KEY_RSA;
	if ((rv = buf_set(&out->modulus, modulus)) == CKR_OK)
		rv = buf_set(&out->exponent, exponent);
	return rv;
}

/* Uncompressed points only: the TPM and the readers of CKA_EC_POINT know no other. */
static CK_RV
to_ec(const struct attrs *a, struct pubkey *out)
{
	struct bytes point = BYTES_EMPTY;
	const struct curve_row *curve = NULL;
	CK_RV rv = CKR_OK;

	if (!attrs_has(a, CKA_EC_PARAMS) || !attrs_has(a, CKA_EC_POINT))
		return CKR_TEMPLATE_INCOMPLETE;
	if ((rv = curve_of_params(attrs_bytes(a, CKA_EC_PARAMS), &out->curve)) != CKR_OK)
		return rv;
	curve = curve_row(out->curve);
	if (!der_ec_point_read(attrs_bytes(a, CKA_EC_POINT), &point) ||
		point.len != 1 + 2 * curve->field_len || point.ptr[0] != 0x04)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	out->kind = KEY_EC;
	return buf_set(&out->point, point);
}

static CK_RV
info_repeats(struct bytes der, const struct pubkey *key)
{
	struct pubkey info = PUBKEY_EMPTY;
	CK_RV rv = der_spki_read(der, &info);

	if (rv == CKR_OK && !pubkey_equal(&info, key))
		rv = rv_fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_PUBLIC_KEY_INFO is another key's.");
	pubkey_free(&info);
	return rv;
}

CK_RV
attr_to_pubkey(const struct attrs *a, struct pubkey *out)
{
	struct pubkey key = PUBKEY_EMPTY;
	struct bytes info = attrs_bytes(a, CKA_PUBLIC_KEY_INFO);
	CK_RV rv = CKR_ATTRIBUTE_VALUE_INVALID;

	if (!attrs_has(a, CKA_KEY_TYPE))
		rv = CKR_TEMPLATE_INCOMPLETE;
	else if (attrs_u64(a, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION) == CKK_RSA)
		rv = to_rsa(a, &key);
	else if (attrs_u64(a, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION) == CKK_EC)
		rv = to_ec(a, &key);
	if (rv == CKR_OK && info.len != 0)
		rv = info_repeats(info, &key);
	if (rv != CKR_OK) {
		pubkey_free(&key);
		return rv;
	}
	pubkey_free(out);
	*out = key; /* owned by the caller */
	return CKR_OK;
}
