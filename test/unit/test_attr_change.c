/* SPDX-License-Identifier: BSD-2-Clause */
/* C_SetAttributeValue and C_CopyObject on every attribute of every kind of object, with the same
 * value and with another: footnotes 8, 10, 11 and 12 of the standard's tables. */
#include "config.h"

#include "attr_object.h"
#include "base/names.h"
#include "template.h"

struct
try {
	const struct object_kind *kind;
	const struct standard_row *row;
	enum attr_event event;
	enum attr_role role;
	struct bytes was;
	struct bytes value;
};

static bool
is_true(struct bytes value)
{
	return value.len == 1 && value.ptr[0] == 1;
}

/* Objects that nothing at all may be done with. */
static CK_RV
code_of_object(const struct try *t)
{
	uint64_t type = t->row->type;

	if (type == CKA_MODIFIABLE && !is_true(t->was) && t->event == ATTR_SET)
		return CKR_ACTION_PROHIBITED;
	if (type == CKA_COPYABLE && !is_true(t->was) && t->event == ATTR_COPY)
		return CKR_ACTION_PROHIBITED;
	if (type == CKA_TRUSTED && is_true(t->was) && t->kind->object == OF_X509 &&
		t->event == ATTR_SET)
		return CKR_ACTION_PROHIBITED;
	return CKR_OK;
}

/* A value of an attribute that may be changed. */
static CK_RV
code_of_value(const struct try *t, uint32_t notes)
{
	if (t->row->type == CKA_PUBLIC_KEY_INFO)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if ((notes & F(10)) != 0 && is_true(t->value) && t->role != ROLE_SO)
		return CKR_ATTRIBUTE_READ_ONLY;
	if ((notes & F(11)) != 0 && is_true(t->was))
		return CKR_ATTRIBUTE_READ_ONLY;
	if ((notes & F(12)) != 0 && !is_true(t->was))
		return CKR_ATTRIBUTE_READ_ONLY;
	return CKR_OK;
}

/* 4.10, 4.11: what a template gives must be what the library has calculated. */
static bool
is_compared(const struct try *t)
{
	return t->row->type == CKA_CHECK_VALUE ||
	       (t->row->type == CKA_PUBLIC_KEY_INFO && (t->kind->object & OF_PAIR) != 0);
}

static CK_RV
expected_code(const struct try *t)
{
	uint32_t notes = notes_expected(t->row->type, t->kind->object);
	uint32_t open = t->event == ATTR_COPY ? F(8) | F_COPY : F(8);
	bool same = bytes_equal(t->was, t->value);

	if (code_of_object(t) != CKR_OK)
		return code_of_object(t);
	if (t->row->type == CKA_UNIQUE_ID)
		return CKR_ATTRIBUTE_READ_ONLY;
	if (same)
		return t->event == ATTR_COPY || (notes & open) != 0 ? CKR_OK
								    : CKR_ATTRIBUTE_READ_ONLY;
	if ((notes & open) != 0)
		return code_of_value(t, notes);
	return t->event == ATTR_COPY && is_compared(t) ? CKR_ATTRIBUTE_VALUE_INVALID
						       : CKR_ATTRIBUTE_READ_ONLY;
}

static void
run(const struct try *t, const struct attrs *object)
{
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request copy = { ATTR_COPY, t->role, &given, NULL, object };
	CK_RV rv = CKR_OK;

	assert_rv(CKR_OK, attrs_set(&given, t->row->type, t->value));
	rv = t->event == ATTR_COPY ? attr_complete(&copy, &out)
				   : attr_change(t->role, object, &given, &out);
	if (rv != expected_code(t))
		fail_msg("%s of %s, %s: %s, not %s",
			name_of_attribute((CK_ATTRIBUTE_TYPE)t->row->type), t->kind->name,
			t->event == ATTR_COPY ? "copied" : "set", name_of_rv(rv),
			name_of_rv(expected_code(t)));
	assert_int_equal(out.count != 0, rv == CKR_OK);
	assert_true(rv != CKR_OK || attrs_match(&out, &given));
	attrs_free(&given);
	attrs_free(&out);
}

/* This value over that one: both events, by the user and by the SO. */
static void
run_all(struct try *t, const struct attrs *object)
{
	static const enum attr_event events[] = { ATTR_SET, ATTR_COPY };

	for (size_t e = 0; e < COUNT(events); e++)
		for (enum attr_role role = ROLE_USER; role <= ROLE_SO; role++) {
			t->event = events[e];
			t->role = role;
			run(t, object);
		}
}

/* Both values of a CK_BBOOL are tried over both. */
static void
try_attribute(
	const struct object_kind *kind, const struct standard_row *row, const struct attrs *whole)
{
	struct attrs object = ATTRS_EMPTY;
	struct buf was = BUF_EMPTY, other = BUF_EMPTY;
	struct try t = { .kind = kind, .row = row };

	for (int i = 0; i < (row->kind == KIND_BOOL ? 2 : 1); i++) {
		assert_rv(CKR_OK, attrs_copy(&object, whole));
		if (i == 1) { /* the value that it has not by default */
			other_value(row, attrs_bytes(whole, row->type), &was);
			assert_rv(CKR_OK, attrs_set(&object, row->type, view(&was)));
		}
		assert_rv(CKR_OK, buf_set(&was, attrs_bytes(&object, row->type)));
		other_value(row, view(&was), &other);
		t.was = view(&was);
		t.value = view(&was);
		run_all(&t, &object);
		t.value = view(&other);
		run_all(&t, &object);
		attrs_free(&object);
	}
	buf_free(&was);
	buf_free(&other);
}

static void
every_change_has_the_code_of_its_footnotes(void **state)
{
	(void)state;
	for (size_t k = 0; k < object_kind_count; k++) {
		const struct object_kind *kind = &object_kinds[k];
		struct attrs whole = ATTRS_EMPTY;

		whole_object(kind, &whole);
		for (size_t i = 0; i < standard_count; i++)
			if ((standard_rows[i].of & kind->object) != 0 &&
				attr_row_for(standard_rows[i].type, kind->object) != NULL &&
				standard_rows[i].type != CKA_ALWAYS_AUTHENTICATE)
				try_attribute(kind, &standard_rows[i], &whole);
		attrs_free(&whole);
	}
}

/* It goes with CKA_COPYABLE FALSE, so that there is no object with both values. */
static void
whether_a_key_asks_for_the_pin_is_settled_when_it_is_made(void **state)
{
	CK_ATTRIBUTE always[] = { YES(CKA_ALWAYS_AUTHENTICATE) };
	struct attrs object = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request copy = { ATTR_COPY, ROLE_USER, &given, NULL, &object };

	(void)state;
	READ(always, &given);
	for (size_t k = 0; k < object_kind_count; k++) {
		if ((object_kinds[k].object & OF_PRIVATE) == 0)
			continue;
		whole_object(&object_kinds[k], &object);
		assert_rv(CKR_ATTRIBUTE_READ_ONLY, attr_change(ROLE_USER, &object, &given, &out));
		assert_rv(CKR_ATTRIBUTE_READ_ONLY, attr_complete(&copy, &out));
		attrs_free(&object);
	}
	attrs_free(&given);
}

/* PKCS#11 3.2, 4.11: "may be used to destroy the attribute, by supplying no-value". */
static void
a_check_value_of_a_secret_key_can_be_taken_away(void **state)
{
	CK_ATTRIBUTE none[] = { NOTHING(CKA_CHECK_VALUE) };
	struct attrs given = ATTRS_EMPTY;

	(void)state;
	READ(none, &given);
	for (size_t k = 0; k < object_kind_count; k++) {
		struct attrs object = ATTRS_EMPTY;
		struct attrs out = ATTRS_EMPTY;
		struct attr_request copy = { ATTR_COPY, ROLE_USER, &given, NULL, &object };

		if ((object_kinds[k].object & OF_SECRET) == 0)
			continue;
		whole_object(&object_kinds[k], &object);
		assert_rv(CKR_OK, attr_change(ROLE_USER, &object, &given, &out));
		assert_int_equal(attrs_bytes(&out, CKA_CHECK_VALUE).len, 0);
		assert_rv(CKR_OK, attr_complete(&copy, &out));
		assert_int_equal(attrs_bytes(&out, CKA_CHECK_VALUE).len, 0);
		attrs_free(&object);
		attrs_free(&out);
	}
	attrs_free(&given);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_has_the_code_of_its_footnotes),
		cmocka_unit_test(whether_a_key_asks_for_the_pin_is_settled_when_it_is_made),
		cmocka_unit_test(a_check_value_of_a_secret_key_can_be_taken_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
