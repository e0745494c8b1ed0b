/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: C_GetAttributeValue. One bad entry never keeps the others from
 * being filled; its length says CK_UNAVAILABLE_INFORMATION.
 */
#include "config.h"

#include <string.h>

#include "model/model_private.h"

static CK_ULONG
number_of(uint64_t v)
{
	return v > (CK_ULONG)-1 ? CK_UNAVAILABLE_INFORMATION : (CK_ULONG)v;
}

/* Room for len bytes in the caller's entry; sets the length. *fill: there is a buffer to fill. */
static CK_RV
entry_room(CK_ATTRIBUTE *entry, size_t len, bool *fill)
{
	bool small = entry->pValue != NULL && entry->ulValueLen < len;

	*fill = entry->pValue != NULL && !small;
	entry->ulValueLen = small ? CK_UNAVAILABLE_INFORMATION : len;
	return small ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

static CK_RV
put_bytes(struct bytes value, CK_ATTRIBUTE *entry)
{
	bool fill = false;
	CK_RV rv = entry_room(entry, value.len, &fill);

	if (fill && value.len > 0)
		memcpy(entry->pValue, value.ptr, value.len);
	return rv;
}

static CK_RV
put_numbers(struct bytes value, CK_ATTRIBUTE *entry)
{
	struct reader r = reader_of(value);
	size_t count = value.len / 8;
	bool fill = false;
	CK_RV rv = entry_room(entry, count * sizeof(CK_ULONG), &fill);

	for (size_t i = 0; fill && i < count; i++) {
		CK_ULONG v = number_of(read_u64(&r));

		memcpy((uint8_t *)entry->pValue + i * sizeof v, &v, sizeof v);
	}
	return rv;
}

/* A value that is not a list. */
static CK_RV
put_value(enum attr_kind kind, struct bytes value, CK_ATTRIBUTE *entry)
{
	return kind == KIND_NUMBER || kind == KIND_MECHANISMS ? put_numbers(value, entry)
							      : put_bytes(value, entry);
}

static size_t
template_count(struct bytes value)
{
	struct reader r = reader_of(value);
	size_t count = 0;

	for (; r.rest.len > 0 && !r.failed; count++) {
		(void)read_u64(&r);
		(void)read_sized(&r);
	}
	return count;
}

/* The caller gives an array of entries; each of them is answered as an entry of the outer list is.
 */
static CK_RV
put_template(struct bytes value, CK_ATTRIBUTE *entry)
{
	struct reader r = reader_of(value);
	size_t count = template_count(value);
	bool fill = false;
	CK_RV rv = entry_room(entry, count * sizeof(CK_ATTRIBUTE), &fill);

	for (size_t i = 0; fill && i < count; i++) {
		uint8_t *place = (uint8_t *)entry->pValue + i * sizeof(CK_ATTRIBUTE);
		uint64_t type = read_u64(&r);
		struct bytes nested = read_sized(&r);
		const struct attr_row *row = attr_row_of_type(type);
		CK_ATTRIBUTE one;
		CK_RV one_rv = CKR_OK;

		memcpy(&one, place, sizeof one);
		one.type = number_of(type);
		one_rv = put_value(row != NULL ? row->kind : KIND_BYTES, nested, &one);
		memcpy(place, &one, sizeof one);
		rv = rv == CKR_OK ? one_rv : rv;
	}
	return rv;
}

static bool
value_is_hidden(const struct attrs *object, const struct attr_row *row)
{
	return (row->rules & SECRET) != 0 && (attrs_bool(object, CKA_SENSITIVE, true) ||
						     !attrs_bool(object, CKA_EXTRACTABLE, false));
}

bool
attr_matches(const struct attrs *object, const struct attrs *wanted)
{
	uint32_t kind = 0;

	if (attr_object_of(object, &kind) != CKR_OK)
		return false;
	for (size_t i = 0; i < wanted->count; i++) {
		const struct attr_row *row = attr_row_for(wanted->list[i].type, kind);

		if (row != NULL && value_is_hidden(object, row))
			return false;
	}
	return attrs_match(object, wanted);
}

static CK_RV
entry_fill(const struct attrs *object, uint32_t kind, CK_ATTRIBUTE *entry)
{
	const struct attr_row *row = attr_row_for(entry->type, kind);
	bool reads_empty =
		row != NULL && (row->fallback == DEF_READS_EMPTY || row->fallback == DEF_EMPTY);
	struct bytes value = attrs_bytes(object, entry->type);
	CK_RV rv = CKR_OK;

	if (row != NULL && value_is_hidden(object, row))
		rv = CKR_ATTRIBUTE_SENSITIVE;
	else if (row != NULL && (row->rules & SECRET) != 0 && !attrs_has(object, entry->type))
		rv = CKR_ATTRIBUTE_SENSITIVE; /* it may be read, but the TPM has it */
	else if (row == NULL || (!attrs_has(object, entry->type) && !reads_empty))
		rv = CKR_ATTRIBUTE_TYPE_INVALID;
	if (rv != CKR_OK) {
		entry->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return rv;
	}
	return row->kind == KIND_TEMPLATE ? put_template(value, entry)
					  : put_value(row->kind, value, entry);
}

bool
attr_asks_secret(const struct attrs *object, const CK_ATTRIBUTE *list, CK_ULONG count)
{
	uint32_t kind = 0;

	if (list == NULL || attr_object_of(object, &kind) != CKR_OK)
		return false;
	for (CK_ULONG i = 0; i < count; i++) {
		const struct attr_row *row = attr_row_for(list[i].type, kind);

		if (row != NULL && (row->rules & SECRET) != 0 &&
			!attrs_has(object, list[i].type) && !value_is_hidden(object, row))
			return true;
	}
	return false;
}

CK_RV
attr_values(const struct attrs *object, CK_ATTRIBUTE *list, CK_ULONG count)
{
	uint32_t kind = 0;
	CK_RV rv = CKR_OK;

	if (list == NULL && count != 0)
		return CKR_ARGUMENTS_BAD;
	if (attr_object_of(object, &kind) != CKR_OK)
		return rv_fail(CKR_DEVICE_ERROR,
			"The store holds an object of a kind that this version does not know.");
	for (CK_ULONG i = 0; i < count; i++) {
		CK_RV entry = entry_fill(object, kind, &list[i]);

		rv = rv == CKR_OK ? entry : rv;
	}
	return rv;
}
