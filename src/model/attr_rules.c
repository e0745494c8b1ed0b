/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: the engine. Walks the rows to say whether a template may be given, and
 * what object it makes.
 */
#include "config.h"

#include "base/der.h"
#include "base/names.h"
#include "model/model_private.h"

/* Which rules say "must be there" and "must not be given", by event. */
static const struct {
	uint32_t need;
	uint32_t refuse;
} events[] = {
	[ATTR_CREATE] = { NEED_CREATE, NOT_CREATE },
	[ATTR_GENERATE] = { NEED_GENERATE, NOT_GENERATE },
	[ATTR_UNWRAP] = { NEED_UNWRAP, NOT_UNWRAP },
	[ATTR_DERIVE] = { 0, NOT_DERIVE },
	[ATTR_COPY] = { 0, 0 },
	[ATTR_SET] = { 0, 0 },
};

/* The same number may come with leading zeros, the same point with or without its DER wrapping. */
static bool
value_repeats(const struct attr_row *row, struct bytes given, struct bytes fixed)
{
	if (bytes_equal(given, fixed))
		return true;
	if (row->type == CKA_EC_POINT)
		return der_ec_point_read(given, &given) && der_ec_point_read(fixed, &fixed) &&
		       bytes_equal(given, fixed);
	return (row->type == CKA_MODULUS || row->type == CKA_PUBLIC_EXPONENT) &&
	       bytes_equal(bytes_trim_left(given), bytes_trim_left(fixed));
}

/* A change of a value from old to new; old is empty when there was none. */
static CK_RV
change_allowed(const struct attr_row *row, enum attr_role role, struct bytes old, struct bytes new)
{
	bool was = old.len == 1 && old.ptr[0] == 1;
	bool becomes = new.len == 1 && new.ptr[0] == 1;

	if (row->kind != KIND_BOOL || was == becomes)
		return CKR_OK;
	if ((row->rules & STICKY_TRUE) != 0 && was)
		return CKR_ATTRIBUTE_READ_ONLY;
	if ((row->rules & STICKY_FALSE) != 0 && becomes && old.len != 0)
		return CKR_ATTRIBUTE_READ_ONLY;
	if ((row->rules & SO_TRUE) != 0 && becomes && role != ROLE_SO)
		return CKR_ATTRIBUTE_READ_ONLY;
	return CKR_OK;
}

static bool
event_has_old(enum attr_event event)
{
	return event == ATTR_COPY || event == ATTR_SET;
}

static bool
event_refuses(const struct attr_request *rq, const struct attr_row *row)
{
	return (row->rules & events[rq->event].refuse) != 0;
}

/* May a copy or a change give this attribute another value? */
static CK_RV
change_given(const struct attr_request *rq, const struct attr_row *row, struct bytes old,
	struct bytes new)
{
	uint32_t open = rq->event == ATTR_COPY ? SETTABLE | ON_COPY : SETTABLE;
	bool is_open = (row->rules & open) != 0;
	bool is_checked = (row->rules & IS_CHECKED) != 0;

	if ((row->rules & ERASABLE) != 0 && new.len == 0)
		return CKR_OK;
	if (!is_open && rq->event == ATTR_SET)
		return CKR_ATTRIBUTE_READ_ONLY;
	if (is_open && !is_checked)
		return change_allowed(row, rq->role, old, new);
	if (bytes_equal(old, new))
		return CKR_OK;
	return is_checked ? CKR_ATTRIBUTE_VALUE_INVALID : CKR_ATTRIBUTE_READ_ONLY;
}

/* What the token has set itself may be repeated. Of what is checked, an empty value says nothing if
 * the key has the right one anyway (PKCS#11 3.2, 4.9), else that there shall be none (4.11). */
static CK_RV
given_over_fixed(const struct attr_row *row, struct bytes given, struct attrs *out)
{
	if (value_repeats(row, given, attrs_bytes(out, row->type)))
		return CKR_OK;
	if ((row->rules & IS_CHECKED) == 0)
		return CKR_TEMPLATE_INCONSISTENT;
	if (given.len != 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	return (row->rules & COMPUTED) != 0 ? CKR_OK : attrs_set(out, row->type, BYTES_EMPTY);
}

/* One attribute of the template over what is fixed, or over the old object. */
static CK_RV
given_apply(const struct attr_request *rq, const struct attr *a, uint32_t object, struct attrs *out)
{
	const struct attr_row *row = attr_row_for(a->type, object);
	struct bytes value = view(&a->value);
	struct bytes present = attrs_bytes(out, a->type);
	CK_RV rv = CKR_OK;

	if (row == NULL) /* PKCS#11 3.2, 4.1.1: one of another kind of object's */
		return CKR_TEMPLATE_INCONSISTENT;
	if ((row->rules & NEVER_GIVEN) != 0)
		return CKR_ATTRIBUTE_READ_ONLY;
	if (event_has_old(rq->event))
		rv = change_given(rq, row, present, value);
	else if (event_refuses(rq, row))
		return CKR_OK; /* looked at when the right value is known: given_repeats() */
	else if (attrs_has(out, a->type))
		return given_over_fixed(row, value, out);
	else
		rv = change_allowed(row, rq->role, BYTES_EMPTY, value);
	return rv == CKR_OK ? attrs_set(out, a->type, value) : rv;
}

static CK_RV
all_given_apply(const struct attr_request *rq, uint32_t object, struct attrs *out)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < rq->given->count && rv == CKR_OK; i++) {
		const struct attr *a = &rq->given->list[i];

		rv = given_apply(rq, a, object, out);
		if (rv != CKR_OK && rv != CKR_HOST_MEMORY)
			rv = rv_fail(rv, "%s can not be given so for this object.",
				name_of_attribute((CK_ATTRIBUTE_TYPE)a->type));
	}
	return rv;
}

static CK_RV
one_given_repeats(const struct attr_row *row, struct bytes given, const struct attrs *out)
{
	bool is_checked = (row->rules & IS_CHECKED) != 0;

	if (is_checked && given.len == 0)
		return CKR_OK;
	if (!attrs_has(out, row->type))
		return is_checked ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_ATTRIBUTE_READ_ONLY;
	if (value_repeats(row, given, attrs_bytes(out, row->type)))
		return CKR_OK;
	return is_checked ? CKR_ATTRIBUTE_VALUE_INVALID : CKR_ATTRIBUTE_READ_ONLY;
}

/* What only the token sets may be given if it is right: clients copy whole objects. PKCS#11 3.2,
 * 4.10, has codes of its own for CKA_PUBLIC_KEY_INFO. */
static CK_RV
given_repeats(const struct attr_request *rq, uint32_t object, const struct attrs *out)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < rq->given->count && rv == CKR_OK; i++) {
		const struct attr *a = &rq->given->list[i];
		const struct attr_row *row = attr_row_for(a->type, object);

		if (row != NULL && event_refuses(rq, row))
			rv = one_given_repeats(row, view(&a->value), out);
		if (rv != CKR_OK)
			rv = rv_fail(rv, "%s is set by the token.",
				name_of_attribute((CK_ATTRIBUTE_TYPE)a->type));
	}
	return rv;
}

/* An attribute that neither template nor token gave. */
static CK_RV
missing_complete(const struct attr_request *rq, const struct attr_row *row, uint32_t object,
	struct attrs *out)
{
	const char *name = name_of_attribute((CK_ATTRIBUTE_TYPE)row->type);

	if ((row->rules & events[rq->event].need) == 0)
		return attr_default_set(rq, row, object, out);
	if (attrs_has(rq->given, row->type))
		return rv_fail(CKR_ATTRIBUTE_READ_ONLY, "%s is set by the token.", name);
	return rv_fail(CKR_TEMPLATE_INCOMPLETE, "%s is missing.", name);
}

/* A template asks for CKA_MODULUS_BITS; the key that is made answers. */
static bool
key_answers(const struct attr_request *rq, const struct attr_row *row)
{
	return rq->event == ATTR_GENERATE && (row->rules & COMPUTED) != 0 &&
	       (rq->fixed == NULL || !attrs_has(rq->fixed, row->type));
}

static CK_RV
rest_complete(const struct attr_request *rq, uint32_t object, struct attrs *out)
{
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < count && rv == CKR_OK; i++) {
		if ((rows[i].of & object) == 0)
			continue;
		if (!attrs_has(out, rows[i].type))
			rv = missing_complete(rq, &rows[i], object, out);
		else if (key_answers(rq, &rows[i]))
			attrs_remove(out, rows[i].type);
	}
	return rv;
}

/* What is there before the template: the object that is copied, then what the token sets. */
static CK_RV
ground(const struct attr_request *rq, struct attrs *out)
{
	CK_RV rv = CKR_OK;

	if (rq->event == ATTR_COPY && rq->base != NULL) {
		rv = attrs_copy(out, rq->base);
		attrs_remove(out, CKA_UNIQUE_ID);
	}
	for (size_t i = 0; rq->fixed != NULL && i < rq->fixed->count && rv == CKR_OK; i++)
		rv = attrs_set(out, rq->fixed->list[i].type, view(&rq->fixed->list[i].value));
	return rv;
}

/* The kind of object: what is fixed wins, a contradiction is found when the template is applied. */
static CK_RV
kind_of(const struct attr_request *rq, const struct attrs *fixed, uint32_t *object)
{
	static const uint64_t types[] = { CKA_CLASS, CKA_CERTIFICATE_TYPE, CKA_KEY_TYPE };
	struct attrs kind = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < sizeof types / sizeof types[0] && rv == CKR_OK; i++) {
		const struct attrs *from = attrs_has(fixed, types[i]) ? fixed : rq->given;

		if (attrs_has(from, types[i]))
			rv = attrs_set(&kind, types[i], attrs_bytes(from, types[i]));
	}
	if (rv == CKR_OK)
		rv = attr_object_of(&kind, object);
	attrs_free(&kind);
	return rv;
}

CK_RV
attr_complete(const struct attr_request *rq, struct attrs *out)
{
	struct attrs fresh = ATTRS_EMPTY;
	uint32_t object = 0;
	CK_RV rv = CKR_OK;

	if (rq->event == ATTR_COPY && rq->base != NULL && !attrs_bool(rq->base, CKA_COPYABLE, true))
		return CKR_ACTION_PROHIBITED;
	if ((rv = ground(rq, &fresh)) != CKR_OK || (rv = kind_of(rq, &fresh, &object)) != CKR_OK ||
		(rv = all_given_apply(rq, object, &fresh)) != CKR_OK)
		goto out;
	if (object == OF_X509 &&
		(rv = attr_of_certificate(attrs_bytes(&fresh, CKA_VALUE), &fresh)) != CKR_OK)
		goto out;
	if ((rv = rest_complete(rq, object, &fresh)) != CKR_OK ||
		(rv = given_repeats(rq, object, &fresh)) != CKR_OK ||
		(rv = attr_check_object(rq->event, object, &fresh)) != CKR_OK)
		goto out;
	attrs_move(out, &fresh);
out:
	attrs_free(&fresh);
	return rv;
}

CK_RV
attr_change(enum attr_role role, const struct attrs *object, const struct attrs *given,
	struct attrs *out)
{
	struct attr_request rq = { .event = ATTR_SET, .role = role, .given = given };
	struct attrs fresh = ATTRS_EMPTY;
	uint32_t kind = 0;
	CK_RV rv = CKR_OK;

	if (attr_object_of(object, &kind) != CKR_OK)
		return rv_fail(CKR_DEVICE_ERROR,
			"The store holds an object of a kind that this version does not know.");
	if (!attrs_bool(object, CKA_MODIFIABLE, kind != OF_PROFILE))
		return CKR_ACTION_PROHIBITED;
	if (kind == OF_X509 && attrs_bool(object, CKA_TRUSTED, false))
		return rv_fail(CKR_ACTION_PROHIBITED, "A trusted certificate can not be modified.");
	if ((rv = attrs_copy(&fresh, object)) == CKR_OK &&
		(rv = all_given_apply(&rq, kind, &fresh)) == CKR_OK)
		attrs_move(out, &fresh);
	attrs_free(&fresh);
	return rv;
}
