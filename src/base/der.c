/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DER: elements, public keys, the outline of a certificate. Private keys are in pkcs8.c.
 */
#include "config.h"

#include "base/der.h"

#define BYTES(...)                                                                                 \
	{                                                                                          \
		(const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })         \
	}

enum {
	TAG_UTC_TIME = 0x17,
	TAG_GENERALIZED_TIME = 0x18,
	TAG_LONG_FORM = 0x1f, /* the tag number follows: nothing here has one */
	LENGTH_LONG_FORM = 0x80,
	LENGTH_BYTES_MAX = 4,
};

static const struct bytes oid_rsa =
	BYTES(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
static const struct bytes oid_ec = BYTES(0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
static const struct bytes null = BYTES(0x05, 0x00);

/* The shortest form only: 0..127 in one byte, more in as few bytes as it takes. */
static size_t
read_length(struct reader *r)
{
	uint8_t first = read_u8(r);
	uint8_t count = first & (LENGTH_LONG_FORM - 1);
	size_t len = 0;

	if (first < LENGTH_LONG_FORM)
		return first;
	if (count == 0 || count > LENGTH_BYTES_MAX) {
		r->failed = true;
		return 0;
	}
	for (uint8_t i = 0; i < count; i++) {
		uint8_t next = read_u8(r);

		if (i == 0 && next == 0)
			r->failed = true;
		len = len << 8 | next;
	}
	if (len < LENGTH_LONG_FORM)
		r->failed = true;
	return len;
}

bool
der_read_any(struct bytes *rest, uint8_t *tag, struct bytes *content, struct bytes *whole)
{
	struct reader r = reader_of(*rest);
	uint8_t found = read_u8(&r);
	size_t len = read_length(&r);
	struct bytes inside = read_bytes(&r, len);

	if (r.failed || (found & TAG_LONG_FORM) == TAG_LONG_FORM)
		return false;
	*tag = found;
	*content = inside;
	*whole = bytes_of(rest->ptr, rest->len - r.rest.len);
	*rest = r.rest;
	return true;
}

bool
der_read(struct bytes *rest, uint8_t tag, struct bytes *content)
{
	struct bytes after = *rest;
	struct bytes inside = BYTES_EMPTY;
	struct bytes whole = BYTES_EMPTY;
	uint8_t found = 0;

	if (!der_read_any(&after, &found, &inside, &whole) || found != tag)
		return false;
	*content = inside;
	*rest = after;
	return true;
}

bool
der_read_whole(struct bytes *rest, uint8_t tag, struct bytes *whole)
{
	struct bytes before = *rest;
	struct bytes content = BYTES_EMPTY;

	if (!der_read(rest, tag, &content))
		return false;
	*whole = bytes_of(before.ptr, before.len - rest->len);
	return true;
}

bool
der_read_sequence(struct bytes der, struct bytes *content)
{
	return der_read(&der, DER_SEQUENCE, content) && der.len == 0;
}

CK_RV
der_append(struct buf *out, uint8_t tag, struct bytes content)
{
	uint8_t head[2 + LENGTH_BYTES_MAX] = { tag, (uint8_t)content.len };
	size_t head_len = 2;
	size_t before = out->len;
	CK_RV rv = CKR_OK;

	if (content.len > UINT32_MAX)
		return CKR_HOST_MEMORY;
	if (content.len >= LENGTH_LONG_FORM) {
		uint8_t be[LENGTH_BYTES_MAX] = { 0 };
		struct bytes shortest = BYTES_EMPTY;

		put_u32(be, (uint32_t)content.len);
		shortest = bytes_trim_left(bytes_of(be, sizeof be));
		head[1] = (uint8_t)(LENGTH_LONG_FORM | shortest.len);
		for (size_t i = 0; i < shortest.len; i++)
			head[head_len++] = shortest.ptr[i];
	}
	rv = buf_append(out, bytes_of(head, head_len));
	if (rv == CKR_OK)
		rv = buf_append(out, content);
	if (rv != CKR_OK)
		out->len = before;
	return rv;
}

CK_RV
der_append_uint(struct buf *out, struct bytes number)
{
	struct bytes digits = bytes_trim_left(number);
	struct buf content = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	/* Zero is one byte; a set top bit would say negative. */
	if (digits.len == 0 || (digits.ptr[0] & 0x80) != 0)
		rv = buf_append_u8(&content, 0);
	if (rv == CKR_OK)
		rv = buf_append(&content, digits);
	if (rv == CKR_OK)
		rv = der_append(out, DER_INTEGER, view(&content));
	buf_free(&content);
	return rv;
}

bool
der_read_uint(struct bytes *rest, struct bytes *number)
{
	struct bytes content = BYTES_EMPTY;

	if (!der_read(rest, DER_INTEGER, &content) || content.len == 0 ||
		(content.ptr[0] & 0x80) != 0)
		return false;
	if (content.len > 1 && content.ptr[0] == 0 && (content.ptr[1] & 0x80) == 0)
		return false;
	*number = bytes_trim_left(content);
	return number->len > 0;
}

/* What stands in the BIT STRING: RSAPublicKey, or the point. */
static CK_RV
key_bits_of(const struct pubkey *key, struct buf *out)
{
	struct buf numbers = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (key->kind == KEY_EC)
		return buf_append(out, view(&key->point));
	rv = der_append_uint(&numbers, view(&key->modulus));
	if (rv == CKR_OK)
		rv = der_append_uint(&numbers, view(&key->exponent));
	if (rv == CKR_OK)
		rv = der_append(out, DER_SEQUENCE, view(&numbers));
	buf_free(&numbers);
	return rv;
}

CK_RV
der_algorithm_append(struct buf *out, const struct pubkey *key)
{
	const struct curve_row *curve = curve_row(key->curve);
	bool ec = key->kind == KEY_EC;
	struct buf body = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (key->kind == KEY_NONE || (ec && curve == NULL))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	rv = buf_append(&body, ec ? oid_ec : oid_rsa);
	if (rv == CKR_OK)
		rv = buf_append(&body, ec ? curve->oid : null);
	if (rv == CKR_OK)
		rv = der_append(out, DER_SEQUENCE, view(&body));
	buf_free(&body);
	return rv;
}

static CK_RV
curve_read(struct bytes params, enum curve *out)
{
	const struct curve_row *curve = curve_by_oid(params);
	struct bytes content = BYTES_EMPTY;

	if (curve != NULL) {
		*out = curve->id;
		return CKR_OK;
	}
	return der_read(&params, DER_OID, &content) && params.len == 0
		       ? CKR_CURVE_NOT_SUPPORTED
		       : CKR_ATTRIBUTE_VALUE_INVALID;
}

CK_RV
der_algorithm_read(struct bytes *rest, enum key_kind *kind, enum curve *curve)
{
	struct bytes params = BYTES_EMPTY; /* after the OID */
	struct bytes oid = BYTES_EMPTY;

	if (!der_read(rest, DER_SEQUENCE, &params) || !der_read_whole(&params, DER_OID, &oid))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	*kind = KEY_EC;
	if (bytes_equal(oid, oid_ec))
		return curve_read(params, curve);
	*kind = KEY_RSA;
	return bytes_equal(oid, oid_rsa) && bytes_equal(params, null) ? CKR_OK
								      : CKR_ATTRIBUTE_VALUE_INVALID;
}

CK_RV
der_spki_of(const struct pubkey *key, struct buf *out)
{
	struct buf bits = BUF_EMPTY;
	struct buf body = BUF_EMPTY;
	struct buf spki = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = der_algorithm_append(&body, key)) != CKR_OK ||
		(rv = buf_append_u8(&bits, 0)) != CKR_OK || /* no unused bits */
		(rv = key_bits_of(key, &bits)) != CKR_OK ||
		(rv = der_append(&body, DER_BIT_STRING, view(&bits))) != CKR_OK ||
		(rv = der_append(&spki, DER_SEQUENCE, view(&body))) != CKR_OK)
		goto out;
	buf_move(out, &spki);
out:
	buf_free(&bits);
	buf_free(&body);
	buf_free(&spki);
	return rv;
}

static bool
is_point_of(const struct curve_row *curve, struct bytes b)
{
	return curve != NULL && b.len == 1 + 2 * curve->field_len && b.ptr[0] == 0x04;
}

static CK_RV
rsa_key_read(struct bytes bits, struct pubkey *out)
{
	struct bytes numbers = BYTES_EMPTY;
	struct bytes modulus = BYTES_EMPTY;
	struct bytes exponent = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if (!der_read_sequence(bits, &numbers) || !der_read_uint(&numbers, &modulus) ||
		!der_read_uint(&numbers, &exponent) || numbers.len > 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	rv = buf_set(&out->modulus, modulus);
	return rv == CKR_OK ? buf_set(&out->exponent, exponent) : rv;
}

static CK_RV
ec_key_read(struct bytes bits, struct pubkey *out)
{
	if (!is_point_of(curve_row(out->curve), bits))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return buf_set(&out->point, bits);
}

CK_RV
der_spki_read(struct bytes der, struct pubkey *out)
{
	struct pubkey fresh = PUBKEY_EMPTY;
	struct bytes body = BYTES_EMPTY;
	struct bytes bits = BYTES_EMPTY;
	CK_RV rv = CKR_ATTRIBUTE_VALUE_INVALID;

	if (!der_read_sequence(der, &body) ||
		der_algorithm_read(&body, &fresh.kind, &fresh.curve) != CKR_OK ||
		!der_read(&body, DER_BIT_STRING, &bits) || body.len > 0 || bits.len == 0 ||
		bits.ptr[0] != 0)
		return rv;
	bits = bytes_slice(bits, 1, bits.len);
	rv = fresh.kind == KEY_RSA ? rsa_key_read(bits, &fresh) : ec_key_read(bits, &fresh);
	if (rv == CKR_OK) {
		pubkey_free(out);
		*out = fresh;
		fresh = PUBKEY_EMPTY; /* owned by out */
	}
	pubkey_free(&fresh);
	return rv;
}

CK_RV
der_ec_point_of(const struct pubkey *key, struct buf *out)
{
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = der_append(&fresh, DER_OCTET_STRING, view(&key->point));

	if (rv == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&fresh);
	return rv;
}

/* Both begin with 04, but no length of one kind is a length of the other. */
bool
der_ec_point_read(struct bytes value, struct bytes *point)
{
	struct bytes rest = value;
	struct bytes inside = BYTES_EMPTY;
	bool wrapped = der_read(&rest, DER_OCTET_STRING, &inside) && rest.len == 0;

	for (enum curve c = CURVE_NONE + 1; c < CURVE_COUNT; c++) {
		if (wrapped && is_point_of(curve_row(c), inside)) {
			*point = inside;
			return true;
		}
		if (is_point_of(curve_row(c), value)) {
			*point = value;
			return true;
		}
	}
	return false;
}

static bool
read_time(struct bytes *rest, struct bytes *whole)
{
	return der_read_whole(rest, TAG_UTC_TIME, whole) ||
	       der_read_whole(rest, TAG_GENERALIZED_TIME, whole);
}

/* TBSCertificate up to the key; what follows (extensions) is nobody's business here. */
static bool
read_tbs(struct bytes tbs, struct der_certificate *c)
{
	struct bytes skipped = BYTES_EMPTY;
	struct bytes validity = BYTES_EMPTY;

	(void)der_read(&tbs, DER_CONTEXT_0, &skipped); /* version: absent in v1 */
	return der_read_whole(&tbs, DER_INTEGER, &c->serial) &&
	       der_read(&tbs, DER_SEQUENCE, &skipped) && /* signature algorithm */
	       der_read_whole(&tbs, DER_SEQUENCE, &c->issuer) &&
	       der_read(&tbs, DER_SEQUENCE, &validity) && read_time(&validity, &c->not_before) &&
	       read_time(&validity, &c->not_after) && validity.len == 0 &&
	       der_read_whole(&tbs, DER_SEQUENCE, &c->subject) &&
	       der_read_whole(&tbs, DER_SEQUENCE, &c->spki);
}

bool
der_certificate_read(struct bytes der, struct der_certificate *out)
{
	struct der_certificate c = { 0 };
	struct bytes body = BYTES_EMPTY;
	struct bytes tbs = BYTES_EMPTY;
	struct bytes skipped = BYTES_EMPTY;

	if (!der_read_sequence(der, &body) || !der_read(&body, DER_SEQUENCE, &tbs) ||
		!der_read(&body, DER_SEQUENCE, &skipped) ||
		!der_read(&body, DER_BIT_STRING, &skipped) || body.len > 0 || !read_tbs(tbs, &c))
		return false;
	*out = c;
	return true;
}
