/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: from CK_ATTRIBUTE to canonical form. Beyond base/attrs.h: an
 * attribute list inside an attribute is, for each of its attributes by number,
 * u64 type and the value in canonical form after its u32 length.
 */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "base/names.h"
#include "model/model_private.h"

/* A list in a list has no use; no caller makes us recurse deeper. */
enum { DEPTH_MAX = 1 };

/* Never the type of an object's attribute: a search that holds it finds nothing. */
#define TYPE_OF_NOTHING UINT64_MAX

static CK_RV template_read(const CK_ATTRIBUTE *list, CK_ULONG count, int depth, struct attrs *out);

static CK_RV
encode_bool(struct bytes in, struct buf *out)
{
	if (in.len != 1 || in.ptr[0] > 1)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return buf_set(out, in);
}

/* One number or many: each a CK_ULONG, which is as wide as the caller's machine makes it. */
static CK_RV
encode_numbers(struct bytes in, struct buf *out)
{
	CK_RV rv = CKR_OK;

	if (in.len % sizeof(CK_ULONG) != 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	for (size_t at = 0; at < in.len && rv == CKR_OK; at += sizeof(CK_ULONG)) {
		CK_ULONG v = 0;

		memcpy(&v, in.ptr + at, sizeof v); /* may be unaligned */
		rv = buf_append_u64(out, v == CK_UNAVAILABLE_INFORMATION ? UINT64_MAX : v);
	}
	return rv;
}

/* CK_DATE: YYYYMMDD, or nothing. */
static CK_RV
encode_date(struct bytes in, struct buf *out)
{
	if (in.len != 0 && in.len != sizeof(CK_DATE))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	for (size_t i = 0; i < in.len; i++)
		if (in.ptr[i] < '0' || in.ptr[i] > '9')
			return CKR_ATTRIBUTE_VALUE_INVALID;
	return buf_set(out, in);
}

static CK_RV
encode_template(struct bytes in, int depth, struct buf *out)
{
	struct attrs nested = ATTRS_EMPTY;
	CK_ATTRIBUTE one = { 0, NULL, 0 };
	CK_RV rv = CKR_OK;

	if (in.len % sizeof one != 0 || depth >= DEPTH_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	for (size_t at = 0; at < in.len && rv == CKR_OK; at += sizeof one) {
		memcpy(&one, in.ptr + at, sizeof one); /* may be unaligned */
		rv = template_read(&one, 1, depth + 1, &nested);
	}
	for (size_t i = 0; i < nested.count && rv == CKR_OK; i++) {
		rv = buf_append_u64(out, nested.list[i].type);
		if (rv == CKR_OK)
			rv = buf_append_sized(out, view(&nested.list[i].value));
	}
	attrs_free(&nested);
	return rv;
}

static CK_RV
encode_number(const struct attr_row *row, struct bytes in, struct buf *out)
{
	CK_ULONG v = 0;

	if (in.len != sizeof v)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(&v, in.ptr, sizeof v); /* may be unaligned */
	if (row->max != 0 && v > row->max)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return encode_numbers(in, out);
}

static CK_RV
encode(const struct attr_row *row, struct bytes in, int depth, struct buf *out)
{
	if (row->max != 0 && row->kind != KIND_NUMBER && in.len > row->max)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	switch (row->kind) {
	case KIND_BOOL:
		return encode_bool(in, out);
	case KIND_NUMBER:
		return encode_number(row, in, out);
	case KIND_MECHANISMS:
		return encode_numbers(in, out);
	case KIND_DATE:
		return encode_date(in, out);
	case KIND_TEMPLATE:
		return encode_template(in, depth, out);
	case KIND_BYTES:
	case KIND_TEXT:
		break;
	}
	return buf_set(out, in);
}

static CK_RV
value_of(const CK_ATTRIBUTE *a, struct bytes *value)
{
	if (a->pValue == NULL && a->ulValueLen != 0)
		return CKR_ARGUMENTS_BAD;
	if (a->ulValueLen > INT_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	*value = bytes_of(a->pValue, a->ulValueLen);
	return CKR_OK;
}

static CK_RV
entry_read(const CK_ATTRIBUTE *a, int depth, struct attrs *out)
{
	const struct attr_row *row = attr_row_of_type(a->type);
	struct buf value = BUF_EMPTY;
	struct bytes given = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = value_of(a, &given)) != CKR_OK)
		return rv;
	if (row == NULL)
		return rv_fail(CKR_ATTRIBUTE_TYPE_INVALID, "Attribute %s is unknown.",
			name_of_attribute(a->type));
	rv = encode(row, given, depth, &value);
	if (rv == CKR_ATTRIBUTE_VALUE_INVALID)
		rv = rv_fail(rv, "The value of %s has a wrong form or length.",
			name_of_attribute(a->type));
	if (rv == CKR_OK && attrs_has(out, a->type) &&
		!bytes_equal(attrs_bytes(out, a->type), view(&value)))
		rv = rv_fail(CKR_TEMPLATE_INCONSISTENT, "%s is given twice.",
			name_of_attribute(a->type));
	if (rv == CKR_OK)
		rv = attrs_set(out, a->type, view(&value));
	buf_free(&value);
	return rv;
}

/* Adds to out. */
static CK_RV
template_read(const CK_ATTRIBUTE *list, CK_ULONG count, int depth, struct attrs *out)
{
	CK_RV rv = CKR_OK;

	if (list == NULL && count != 0)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < count && rv == CKR_OK; i++)
		rv = entry_read(&list[i], depth, out);
	return rv;
}

CK_RV
attr_template_read(const CK_ATTRIBUTE *list, CK_ULONG count, struct attrs *out)
{
	struct attrs fresh = ATTRS_EMPTY;
	CK_RV rv = template_read(list, count, 0, &fresh);

	if (rv == CKR_OK)
		attrs_move(out, &fresh);
	attrs_free(&fresh);
	return rv;
}

static CK_RV
search_entry_read(const CK_ATTRIBUTE *a, struct attrs *out)
{
	const struct attr_row *row = attr_row_of_type(a->type);
	struct buf value = BUF_EMPTY;
	struct bytes given = BYTES_EMPTY;
	CK_RV rv = value_of(a, &given);

	if (rv == CKR_OK)
		rv = row != NULL ? encode(row, given, 0, &value) : buf_set(&value, given);
	if (rv == CKR_ATTRIBUTE_VALUE_INVALID || rv == CKR_ATTRIBUTE_TYPE_INVALID ||
		rv == CKR_TEMPLATE_INCONSISTENT)
		rv = attrs_set(out, TYPE_OF_NOTHING, BYTES_EMPTY);
	else if (rv == CKR_OK && attrs_has(out, a->type) &&
		 !bytes_equal(attrs_bytes(out, a->type), view(&value)))
		rv = attrs_set(out, TYPE_OF_NOTHING, BYTES_EMPTY);
	else if (rv == CKR_OK)
		rv = attrs_set(out, a->type, view(&value));
	buf_free(&value);
	return rv;
}

CK_RV
attr_search_read(const CK_ATTRIBUTE *list, CK_ULONG count, struct attrs *out)
{
	struct attrs fresh = ATTRS_EMPTY;
	CK_RV rv = list == NULL && count != 0 ? CKR_ARGUMENTS_BAD : CKR_OK;

	for (CK_ULONG i = 0; i < count && rv == CKR_OK; i++)
		rv = search_entry_read(&list[i], &fresh);
	if (rv == CKR_OK)
		attrs_move(out, &fresh);
	attrs_free(&fresh);
	return rv;
}

bool
attr_describe(uint64_t type, const char **name, enum attr_kind *kind)
{
	const struct attr_row *row = attr_row_of_type(type);

	if (row == NULL)
		return false;
	*name = name_of_attribute(type);
	*kind = row->kind;
	return true;
}
