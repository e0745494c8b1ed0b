/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#8. An EC key's curve stands in the AlgorithmIdentifier; in ECPrivateKey it is
 * read, where somebody repeats it, and not written.
 */
#include "config.h"

#include "base/der.h"
#include "base/pkcs8.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { RSA_VERSION = 0, EC_VERSION = 1, PKCS8_VERSION = 0 };

/* RSAPrivateKey's INTEGERs behind the version. */
static const size_t rsa_numbers[] = {
	offsetof(struct privkey, public.modulus),
	offsetof(struct privkey, public.exponent),
	offsetof(struct privkey, exponent),
	offsetof(struct privkey, prime1),
	offsetof(struct privkey, prime2),
	offsetof(struct privkey, exponent1),
	offsetof(struct privkey, exponent2),
	offsetof(struct privkey, coefficient),
};

static const struct buf *
number_get(const struct privkey *key, size_t offset)
{
	return (const struct buf *)((const char *)key + offset);
}

static struct buf *
number_place(struct privkey *key, size_t offset)
{
	return (struct buf *)((char *)key + offset);
}

/* --- writing --- */

static CK_RV
append_version(struct buf *out, uint8_t version)
{
	return der_append_uint(out, bytes_of(&version, 1));
}

static CK_RV
rsa_append(struct buf *out, const struct privkey *key)
{
	struct buf body = BUF_EMPTY;
	CK_RV rv = append_version(&body, RSA_VERSION);

	for (size_t i = 0; i < COUNT(rsa_numbers) && rv == CKR_OK; i++) {
		const struct buf *number = number_get(key, rsa_numbers[i]);

		rv = number->len > 0 ? der_append_uint(&body, view(number))
				     : CKR_ATTRIBUTE_VALUE_INVALID;
	}
	if (rv == CKR_OK)
		rv = der_append(out, DER_SEQUENCE, view(&body));
	buf_free(&body);
	return rv;
}

/* The scalar is as long as the order, which has the field's length on all curves. */
static CK_RV
scalar_append(struct buf *out, const struct privkey *key)
{
	const struct curve_row *curve = curve_row(key->public.curve);
	struct buf padded = BUF_EMPTY;
	CK_RV rv = CKR_ATTRIBUTE_VALUE_INVALID;

	if (curve == NULL || key->scalar.len == 0 || key->scalar.len > curve->field_len)
		return rv;
	rv = buf_set_padded(&padded, view(&key->scalar), curve->field_len);
	if (rv == CKR_OK)
		rv = der_append(out, DER_OCTET_STRING, view(&padded));
	buf_free(&padded);
	return rv;
}

static CK_RV
point_append(struct buf *out, const struct privkey *key)
{
	struct buf bits = BUF_EMPTY;
	struct buf inside = BUF_EMPTY;
	CK_RV rv = buf_append_u8(&bits, 0); /* no unused bits */

	if (rv == CKR_OK)
		rv = buf_append(&bits, view(&key->public.point));
	if (rv == CKR_OK)
		rv = der_append(&inside, DER_BIT_STRING, view(&bits));
	if (rv == CKR_OK)
		rv = der_append(out, DER_CONTEXT_1, view(&inside));
	buf_free(&bits);
	buf_free(&inside);
	return rv;
}

static CK_RV
ec_append(struct buf *out, const struct privkey *key)
{
	struct buf body = BUF_EMPTY;
	CK_RV rv = append_version(&body, EC_VERSION);

	if (rv == CKR_OK)
		rv = scalar_append(&body, key);
	if (rv == CKR_OK)
		rv = point_append(&body, key);
	if (rv == CKR_OK)
		rv = der_append(out, DER_SEQUENCE, view(&body));
	buf_free(&body);
	return rv;
}

CK_RV
pkcs8_of(const struct privkey *key, struct buf *out)
{
	struct buf inside = BUF_EMPTY;
	struct buf body = BUF_EMPTY;
	struct buf whole = BUF_EMPTY;
	CK_RV rv = append_version(&body, PKCS8_VERSION);

	if (rv == CKR_OK)
		rv = der_algorithm_append(&body, &key->public);
	if (rv == CKR_OK)
		rv = key->public.kind == KEY_RSA ? rsa_append(&inside, key)
						 : ec_append(&inside, key);
	if (rv == CKR_OK)
		rv = der_append(&body, DER_OCTET_STRING, view(&inside));
	if (rv == CKR_OK)
		rv = der_append(&whole, DER_SEQUENCE, view(&body));
	if (rv == CKR_OK)
		buf_move(out, &whole);
	buf_free(&inside);
	buf_free(&body);
	buf_free(&whole);
	return rv;
}

/* --- reading --- */

static bool
read_version(struct bytes *rest, uint8_t version)
{
	struct bytes content = BYTES_EMPTY;

	return der_read(rest, DER_INTEGER, &content) && content.len == 1 &&
	       content.ptr[0] == version;
}

static CK_RV
rsa_read(struct bytes inside, struct privkey *out)
{
	struct bytes numbers = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if (!der_read_sequence(inside, &numbers) || !read_version(&numbers, RSA_VERSION))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	for (size_t i = 0; i < COUNT(rsa_numbers) && rv == CKR_OK; i++) {
		struct bytes number = BYTES_EMPTY;

		rv = der_read_uint(&numbers, &number)
			     ? buf_set(number_place(out, rsa_numbers[i]), number)
			     : CKR_ATTRIBUTE_VALUE_INVALID;
	}
	return rv == CKR_OK && numbers.len > 0 ? CKR_ATTRIBUTE_VALUE_INVALID : rv;
}

/* Some writers cut the scalar's leading zeros. */
static CK_RV
scalar_read(struct bytes *rest, const struct curve_row *curve, struct privkey *out)
{
	struct bytes scalar = BYTES_EMPTY;

	if (!der_read(rest, DER_OCTET_STRING, &scalar) || scalar.len > curve->field_len)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	scalar = bytes_trim_left(scalar);
	return scalar.len > 0 ? buf_set(&out->scalar, scalar) : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
point_read(struct bytes inside, const struct curve_row *curve, struct privkey *out)
{
	struct bytes bits = BYTES_EMPTY;

	if (!der_read(&inside, DER_BIT_STRING, &bits) || inside.len > 0 ||
		bits.len != 2 + 2 * curve->field_len || bits.ptr[0] != 0 || bits.ptr[1] != 0x04)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return buf_set(&out->public.point, bytes_slice(bits, 1, bits.len));
}

static CK_RV
ec_read(struct bytes inside, struct privkey *out)
{
	const struct curve_row *curve = curve_row(out->public.curve);
	struct bytes body = BYTES_EMPTY;
	struct bytes tagged = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if (!der_read_sequence(inside, &body) || !read_version(&body, EC_VERSION))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	rv = scalar_read(&body, curve, out);
	if (rv == CKR_OK && der_read(&body, DER_CONTEXT_0, &tagged) &&
		!bytes_equal(tagged, curve->oid))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv == CKR_OK && der_read(&body, DER_CONTEXT_1, &tagged))
		rv = point_read(tagged, curve, out);
	return rv == CKR_OK && body.len > 0 ? CKR_ATTRIBUTE_VALUE_INVALID : rv;
}

CK_RV
pkcs8_read(struct bytes der, struct privkey *out)
{
	struct privkey fresh = PRIVKEY_EMPTY;
	struct bytes body = BYTES_EMPTY;
	struct bytes inside = BYTES_EMPTY;
	struct bytes attributes = BYTES_EMPTY; /* of no use here */
	CK_RV rv = CKR_ATTRIBUTE_VALUE_INVALID;

	if (!der_read_sequence(der, &body) || !read_version(&body, PKCS8_VERSION))
		return rv;
	rv = der_algorithm_read(&body, &fresh.public.kind, &fresh.public.curve);
	if (rv != CKR_OK)
		return rv;
	if (!der_read(&body, DER_OCTET_STRING, &inside))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	(void)der_read(&body, DER_CONTEXT_0, &attributes);
	if (body.len > 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	rv = fresh.public.kind == KEY_RSA ? rsa_read(inside, &fresh) : ec_read(inside, &fresh);
	if (rv == CKR_OK) {
		privkey_free(out);
		*out = fresh;
		fresh = PRIVKEY_EMPTY; /* owned by out */
	}
	privkey_free(&fresh);
	return rv;
}
