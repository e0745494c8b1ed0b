/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See attr_object.h.
 */
#include "config.h"

#include "attr_object.h"
#include "template.h"

const struct object_kind object_kinds[] = {
	{ "data", OF_DATA, CKO_DATA, CKA_CLASS, CKO_DATA },
	{ "certificate", OF_X509, CKO_CERTIFICATE, CKA_CERTIFICATE_TYPE, CKC_X_509 },
	{ "RSA public key", OF_RSA_PUBLIC, CKO_PUBLIC_KEY, CKA_KEY_TYPE, CKK_RSA },
	{ "EC public key", OF_EC_PUBLIC, CKO_PUBLIC_KEY, CKA_KEY_TYPE, CKK_EC },
	{ "RSA private key", OF_RSA_PRIVATE, CKO_PRIVATE_KEY, CKA_KEY_TYPE, CKK_RSA },
	{ "EC private key", OF_EC_PRIVATE, CKO_PRIVATE_KEY, CKA_KEY_TYPE, CKK_EC },
	{ "AES key", OF_AES, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_AES },
	{ "generic secret", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_GENERIC_SECRET },
	{ "SHA-1 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA_1_HMAC },
	{ "SHA-224 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA224_HMAC },
	{ "SHA-256 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA256_HMAC },
	{ "SHA-384 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA384_HMAC },
	{ "SHA-512 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA512_HMAC },
	{ "SHA3-224 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA3_224_HMAC },
	{ "SHA3-256 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA3_256_HMAC },
	{ "SHA3-384 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA3_384_HMAC },
	{ "SHA3-512 HMAC key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SHA3_512_HMAC },
	{ "HKDF key", OF_GENERIC, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_HKDF },
	{ "DES key", OF_DES, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_DES },
	{ "DES2 key", OF_DES, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_DES2 },
	{ "DES3 key", OF_DES, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_DES3 },
};

const size_t object_kind_count = COUNT(object_kinds);

static const struct {
	uint32_t needed;
	uint32_t refused;
	uint32_t of;
} events[] = {
	[ATTR_CREATE] = { F(1), F(2), OF_STORAGE },
	[ATTR_GENERATE] = { F(3), F(4), OF_KEY },
	[ATTR_UNWRAP] = { F(5), F(6), OF_PRIVATE | OF_SECRET },
	[ATTR_DERIVE] = { 0, F(6), OF_SECRET },
};

uint32_t
note_needed(enum attr_event event)
{
	return events[event].needed;
}

uint32_t
note_refused(enum attr_event event)
{
	return events[event].refused;
}

bool
kind_has_event(uint32_t object, enum attr_event event)
{
	return (events[event].of & object) != 0;
}

/* Two values of each type of data, so that one of them is not was. */
static void
value_of_kind(enum attr_kind kind, bool second, struct buf *out)
{
	static const char *const dates[] = { "20260101", "20261231" };
	uint8_t byte = second;

	assert_rv(CKR_OK, buf_set(out, BYTES_EMPTY));
	switch (kind) {
	case KIND_BOOL:
		assert_rv(CKR_OK, buf_set(out, bytes_of(&byte, 1)));
		break;
	case KIND_NUMBER:
	case KIND_MECHANISMS:
		assert_rv(CKR_OK, buf_append_u64(out, second ? 16 : 24));
		break;
	case KIND_DATE:
		assert_rv(CKR_OK, buf_set(out, bytes_str(dates[second])));
		break;
	case KIND_TEMPLATE:
		assert_rv(CKR_OK, buf_append_u64(out, CKA_LABEL));
		assert_rv(CKR_OK, buf_append_sized(out, bytes_str(second ? "a" : "b")));
		break;
	case KIND_BYTES:
	case KIND_TEXT:
		assert_rv(CKR_OK, buf_set(out, bytes_str(second ? "a" : "b")));
		break;
	}
}

void
other_value(const struct standard_row *row, struct bytes was, struct buf *out)
{
	value_of_kind(row->kind, true, out);
	if (bytes_equal(was, view(out)))
		value_of_kind(row->kind, false, out);
}

static void
put_needed(const struct object_kind *kind, const struct standard_row *row, struct attrs *out)
{
	struct buf value = BUF_EMPTY;

	other_value(row, BYTES_EMPTY, &value);
	if (row->type == CKA_VALUE && kind->object == OF_X509)
		assert_rv(CKR_OK, buf_set(&value, bytes_of(certificate, sizeof certificate)));
	assert_rv(CKR_OK, attrs_set(out, row->type, view(&value)));
	buf_free(&value);
}

/* What says which kind of object it is. */
static void
put_kind(const struct object_kind *kind, struct attrs *out)
{
	assert_rv(CKR_OK, attrs_set_u64(out, CKA_CLASS, kind->class));
	assert_rv(CKR_OK, attrs_set_u64(out, kind->selector, kind->value));
}

void
needed_template(
	const struct object_kind *kind, enum attr_event event, uint64_t without, struct attrs *out)
{
	for (size_t i = 0; i < standard_count; i++) {
		const struct standard_row *row = &standard_rows[i];
		bool offered = deviation_find(row->type, kind->object, NOT_OFFERED) == NULL;

		if ((row->of & kind->object) != 0 && (row->notes & note_needed(event)) != 0 &&
			offered && row->type != CKA_CLASS && row->type != kind->selector)
			put_needed(kind, row, out);
	}
	if (event != ATTR_GENERATE)
		put_kind(kind, out);
	if (kind->object == OF_X509) { /* which CKA_URL would need */
		assert_rv(CKR_OK, attrs_set(out, CKA_HASH_OF_SUBJECT_PUBLIC_KEY, LITERAL("s")));
		assert_rv(CKR_OK, attrs_set(out, CKA_HASH_OF_ISSUER_PUBLIC_KEY, LITERAL("i")));
	}
	attrs_remove(out, without);
}

CK_RV
complete(const struct object_kind *kind, enum attr_event event, enum attr_role role,
	const struct attrs *given, struct attrs *out)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = { event, role, given, &fixed, NULL };
	CK_RV rv = CKR_OK;

	if (event == ATTR_GENERATE)
		put_kind(kind, &fixed);
	rv = attr_complete(&rq, out);
	attrs_free(&fixed);
	return rv;
}

void
whole_object(const struct object_kind *kind, struct attrs *out)
{
	struct attrs given = ATTRS_EMPTY;

	needed_template(kind, ATTR_CREATE, WITHOUT_NONE, &given);
	if ((kind->object & (OF_PRIVATE | OF_SECRET)) != 0)
		assert_rv(CKR_OK, attrs_set_bool(&given, CKA_PRIVATE, true));
	assert_rv(CKR_OK, complete(kind, ATTR_CREATE, ROLE_USER, &given, out));
	for (size_t i = 0; i < standard_count; i++)
		if (attr_row_for(standard_rows[i].type, kind->object) != NULL &&
			(standard_rows[i].of & kind->object) != 0 &&
			!attrs_has(out, standard_rows[i].type))
			put_needed(kind, &standard_rows[i], out);
	attrs_free(&given);
}
