/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys: from a template to numbers, and back to those attributes that
 * are secret. They pass through here and are never among an object's attributes.
 */
#include "config.h"

#include "base/der.h"
#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Of RSA keys. */
static const struct {
	uint64_t type;
	size_t offset;
	bool needed;
	bool secret;
} numbers[] = {
	{ CKA_MODULUS, offsetof(struct privkey, public.modulus), true, false },
	{ CKA_PUBLIC_EXPONENT, offsetof(struct privkey, public.exponent), false, false },
	{ CKA_PRIVATE_EXPONENT, offsetof(struct privkey, exponent), true, true },
	{ CKA_PRIME_1, offsetof(struct privkey, prime1), false, true },
	{ CKA_PRIME_2, offsetof(struct privkey, prime2), false, true },
	{ CKA_EXPONENT_1, offsetof(struct privkey, exponent1), false, true },
	{ CKA_EXPONENT_2, offsetof(struct privkey, exponent2), false, true },
	{ CKA_COEFFICIENT, offsetof(struct privkey, coefficient), false, true },
};

/* One that is left out may also be given empty. */
static CK_RV
to_rsa(const struct attrs *a, struct privkey *out)
{
	CK_RV rv = CKR_OK;

	out->public.kind = KEY_RSA;
	for (size_t i = 0; i < COUNT(numbers) && rv == CKR_OK; i++) {
		struct bytes value = attrs_bytes(a, numbers[i].type);
		struct bytes number = bytes_trim_left(value);

		if (numbers[i].needed && !attrs_has(a, numbers[i].type))
			rv = rv_fail(CKR_TEMPLATE_INCOMPLETE,
				"An RSA key needs CKA_MODULUS and CKA_PRIVATE_EXPONENT.");
		else if (number.len == 0 && (numbers[i].needed || value.len != 0))
			rv = CKR_ATTRIBUTE_VALUE_INVALID;
		else
			rv = buf_set((struct buf *)((char *)out + numbers[i].offset), number);
	}
	return rv;
}

static CK_RV
to_ec(const struct attrs *a, struct privkey *out)
{
	struct bytes given = attrs_bytes(a, CKA_EC_POINT);
	struct bytes scalar = bytes_trim_left(attrs_bytes(a, CKA_VALUE));
	struct bytes point = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if (!attrs_has(a, CKA_EC_PARAMS) || !attrs_has(a, CKA_VALUE))
		return rv_fail(
			CKR_TEMPLATE_INCOMPLETE, "An EC key needs CKA_EC_PARAMS and CKA_VALUE.");
	if ((rv = curve_of_params(attrs_bytes(a, CKA_EC_PARAMS), &out->public.curve)) != CKR_OK)
		return rv;
	if (scalar.len == 0 || (given.len != 0 && !der_ec_point_read(given, &point)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	out->public.kind = KEY_EC;
	rv = buf_set(&out->public.point, point);
	return rv == CKR_OK ? buf_set(&out->scalar, scalar) : rv;
}

CK_RV
attr_to_privkey(const struct attrs *a, struct privkey *out)
{
	struct privkey key = PRIVKEY_EMPTY;
	CK_RV rv = CKR_ATTRIBUTE_VALUE_INVALID;

	if (!attrs_has(a, CKA_KEY_TYPE))
		rv = CKR_TEMPLATE_INCOMPLETE;
	else if (attrs_u64(a, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION) == CKK_RSA)
		rv = to_rsa(a, &key);
	else if (attrs_u64(a, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION) == CKK_EC)
		rv = to_ec(a, &key);
	if (rv != CKR_OK) {
		privkey_free(&key);
		return rv;
	}
	privkey_free(out);
	*out = key; /* owned by the caller */
	return CKR_OK;
}

static CK_RV
of_ec(const struct privkey *key, struct attrs *out)
{
	const struct curve_row *curve = curve_row(key->public.curve);
	struct buf padded = BUF_EMPTY;
	CK_RV rv = CKR_CURVE_NOT_SUPPORTED;

	if (curve == NULL)
		return rv;
	rv = buf_set_padded(&padded, view(&key->scalar), curve->field_len);
	if (rv == CKR_OK)
		rv = attrs_set(out, CKA_VALUE, view(&padded));
	buf_free(&padded);
	return rv;
}

CK_RV
attr_of_privkey(const struct privkey *key, struct attrs *out)
{
	CK_RV rv = CKR_OK;

	if (key->public.kind == KEY_EC)
		return of_ec(key, out);
	for (size_t i = 0; i < COUNT(numbers) && rv == CKR_OK; i++)
		if (numbers[i].secret)
			rv = attrs_set(out, numbers[i].type,
				view((const struct buf *)((const char *)key + numbers[i].offset)));
	return rv;
}

void
attr_drop_privkey(struct attrs *a)
{
	attrs_remove(a, CKA_VALUE);
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (numbers[i].secret)
			attrs_remove(a, numbers[i].type);
}
