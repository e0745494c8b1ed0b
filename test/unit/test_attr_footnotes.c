/* SPDX-License-Identifier: BSD-2-Clause */
/* Every attribute of every kind of object, left out, given, read and searched for: what the
 * footnotes of the standard's tables say is what happens. */
#include "config.h"

#include "attr_object.h"
#include "base/names.h"
#include "template.h"

static const enum attr_event events[] = { ATTR_CREATE, ATTR_GENERATE, ATTR_UNWRAP, ATTR_DERIVE };

static void
expect(CK_RV expected, CK_RV got, const struct object_kind *kind, uint64_t type, const char *what)
{
	if (expected != got)
		fail_msg("%s of %s, %s: %s, not %s", name_of_attribute((CK_ATTRIBUTE_TYPE)type),
			kind->name, what, name_of_rv(got), name_of_rv(expected));
}

typedef void walker(
	const struct object_kind *kind, enum attr_event event, const struct standard_row *row);

/* Call fn with each attribute that each kind of object has, at each event. */
static void
walk(walker *fn)
{
	for (size_t k = 0; k < object_kind_count; k++)
		for (size_t e = 0; e < COUNT(events); e++)
			for (size_t i = 0; i < standard_count; i++)
				if (kind_has_event(object_kinds[k].object, events[e]) &&
					(standard_rows[i].of & object_kinds[k].object) != 0 &&
					attr_row_for(standard_rows[i].type,
						object_kinds[k].object) != NULL)
					fn(&object_kinds[k], events[e], &standard_rows[i]);
}

/* --- left out: footnotes 1, 3, 5 ---------------------------------------------------------------
 */

static void
leave_out(const struct object_kind *kind, enum attr_event event, const struct standard_row *row)
{
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	bool needed = (row->notes & note_needed(event)) != 0;
	bool says_kind = row->type == CKA_CLASS || row->type == kind->selector;
	CK_RV expected = needed ? CKR_TEMPLATE_INCOMPLETE : CKR_OK;

	if (row->type == CKA_SUBJECT && kind->object == OF_X509)
		expected = CKR_OK; /* the certificate says it */
	if (says_kind) /* without these no rule applies; a mechanism that generates has them */
		expected = event == ATTR_GENERATE ? CKR_OK : CKR_TEMPLATE_INCOMPLETE;
	needed_template(kind, event, row->type, &given);
	expect(expected, complete(kind, event, ROLE_USER, &given, &out), kind, row->type,
		"left out");
	attrs_free(&given);
	attrs_free(&out);
}

static void
what_the_footnotes_demand_is_demanded(void **state)
{
	(void)state;
	walk(leave_out);
}

/* --- given: footnotes 2, 4, 6, 10 --------------------------------------------------------------
 */

/* One attribute more than the event needs. */
static CK_RV
give(const struct object_kind *kind, enum attr_event event, enum attr_role role, uint64_t type,
	struct bytes value, struct attrs *out)
{
	struct attrs given = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	needed_template(kind, event, WITHOUT_NONE, &given);
	assert_rv(CKR_OK, attrs_set(&given, type, value));
	rv = complete(kind, event, role, &given, out);
	attrs_free(&given);
	return rv;
}

static CK_RV
code_of_giving(const struct object_kind *kind, enum attr_event event, enum attr_role role,
	uint64_t type, struct bytes value)
{
	uint32_t notes = notes_expected(type, kind->object);
	bool is_true = value.len == 1 && value.ptr[0] == 1;

	if ((notes & note_refused(event)) != 0)
		return type == CKA_PUBLIC_KEY_INFO ? CKR_ATTRIBUTE_TYPE_INVALID
						   : CKR_ATTRIBUTE_READ_ONLY;
	if ((notes & F(10)) != 0 && is_true && role != ROLE_SO)
		return CKR_ATTRIBUTE_READ_ONLY;
	return CKR_OK;
}

static void
give_other(const struct object_kind *kind, enum attr_event event, const struct standard_row *row)
{
	struct attrs needed = ATTRS_EMPTY;
	struct attrs made = ATTRS_EMPTY;
	struct buf value = BUF_EMPTY;

	needed_template(kind, event, WITHOUT_NONE, &needed);
	assert_rv(CKR_OK, complete(kind, event, ROLE_USER, &needed, &made));
	other_value(row, attrs_bytes(&made, row->type), &value);
	for (enum attr_role role = ROLE_USER; role <= ROLE_SO; role++) {
		struct attrs out = ATTRS_EMPTY;
		CK_RV expected = code_of_giving(kind, event, role, row->type, view(&value));
		CK_RV got = give(kind, event, role, row->type, view(&value), &out);

		expect(expected, got, kind, row->type, "given");
		if (got == CKR_OK && attrs_has(&out, row->type))
			assert_bytes_equal(attrs_bytes(&out, row->type), view(&value));
		attrs_free(&out);
	}
	buf_free(&value);
	attrs_free(&needed);
	attrs_free(&made);
}

/* Other values of what says which kind it is make another kind, or none. */
static void
give_if_it_is_of_the_kind(
	const struct object_kind *kind, enum attr_event event, const struct standard_row *row)
{
	bool is_value = row->type == CKA_VALUE && kind->object == OF_X509;

	if (row->type != CKA_CLASS && row->type != kind->selector && !is_value)
		give_other(kind, event, row);
}

static void
what_the_footnotes_forbid_is_refused_and_the_rest_is_taken(void **state)
{
	(void)state;
	walk(give_if_it_is_of_the_kind);
}

/* Clients copy whole objects: what the token sets may be given as the token sets it. */
static void
give_same(const struct object_kind *kind, enum attr_event event, const struct standard_row *row)
{
	struct attrs given = ATTRS_EMPTY;
	struct attrs made = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;

	needed_template(kind, event, WITHOUT_NONE, &given);
	assert_rv(CKR_OK, complete(kind, event, ROLE_USER, &given, &made));
	if (attrs_has(&made, row->type))
		expect(CKR_OK,
			give(kind, event, ROLE_USER, row->type, attrs_bytes(&made, row->type),
				&out),
			kind, row->type, "repeated");
	attrs_free(&given);
	attrs_free(&made);
	attrs_free(&out);
}

static void
what_the_token_sets_may_be_repeated(void **state)
{
	(void)state;
	walk(give_same);
}

/* --- attributes of other objects ---------------------------------------------------------------
 */

static void
try_foreign(const struct object_kind *kind, const struct attr_row *row)
{
	struct attrs object = ATTRS_EMPTY;
	struct attrs foreign = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request copy = { ATTR_COPY, ROLE_USER, &foreign, NULL, &object };

	whole_object(kind, &object);
	assert_rv(CKR_OK, attrs_set(&foreign, row->type, LITERAL("x")));
	expect(CKR_TEMPLATE_INCONSISTENT,
		give(kind, ATTR_CREATE, ROLE_USER, row->type, LITERAL("x"), &out), kind, row->type,
		"given");
	expect(CKR_TEMPLATE_INCONSISTENT, attr_change(ROLE_USER, &object, &foreign, &out), kind,
		row->type, "set");
	expect(CKR_TEMPLATE_INCONSISTENT, attr_complete(&copy, &out), kind, row->type, "copied");
	attrs_free(&object);
	attrs_free(&foreign);
}

/* PKCS#11 3.2, 4.1.1, item 5, has this as its example. */
static void
attributes_of_other_objects_are_inconsistent(void **state)
{
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);

	(void)state;
	for (size_t k = 0; k < object_kind_count; k++)
		for (size_t i = 0; i < count; i++)
			if (attr_row_for(rows[i].type, object_kinds[k].object) == NULL)
				try_foreign(&object_kinds[k], &rows[i]);
}

/* --- read and searched for: footnote 7 ---------------------------------------------------------
 */

static void
read_and_search(const struct object_kind *kind, const struct attrs *object, bool hidden)
{
	for (size_t i = 0; i < object->count; i++) {
		const struct attr *a = &object->list[i];
		CK_ATTRIBUTE entry = { (CK_ATTRIBUTE_TYPE)a->type, NULL, 0 };
		struct attrs wanted = ATTRS_EMPTY;
		bool is_secret = hidden && (notes_expected(a->type, kind->object) & F(7)) != 0;

		expect(is_secret ? CKR_ATTRIBUTE_SENSITIVE : CKR_OK, attr_values(object, &entry, 1),
			kind, a->type, "read");
		assert_int_equal(entry.ulValueLen == CK_UNAVAILABLE_INFORMATION, is_secret);
		assert_rv(CKR_OK, attrs_set(&wanted, a->type, view(&a->value)));
		assert_int_equal(attr_matches(object, &wanted), !is_secret);
		attrs_free(&wanted);
	}
}

static void
every_attribute_is_read_and_found_unless_it_is_secret(void **state)
{
	(void)state;
	for (size_t k = 0; k < object_kind_count; k++) {
		const struct object_kind *kind = &object_kinds[k];
		bool can_hide = (kind->object & (OF_PRIVATE | OF_SECRET)) != 0;

		for (int i = 0; i < (can_hide ? 4 : 1); i++) {
			struct attrs object = ATTRS_EMPTY;
			bool sensitive = (i & 1) != 0, extractable = (i & 2) != 0;

			whole_object(kind, &object);
			if (can_hide) {
				assert_rv(
					CKR_OK, attrs_set_bool(&object, CKA_SENSITIVE, sensitive));
				assert_rv(CKR_OK,
					attrs_set_bool(&object, CKA_EXTRACTABLE, extractable));
			}
			read_and_search(kind, &object, can_hide && (sensitive || !extractable));
			attrs_free(&object);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_footnotes_demand_is_demanded),
		cmocka_unit_test(what_the_footnotes_forbid_is_refused_and_the_rest_is_taken),
		cmocka_unit_test(what_the_token_sets_may_be_repeated),
		cmocka_unit_test(attributes_of_other_objects_are_inconsistent),
		cmocka_unit_test(every_attribute_is_read_and_found_unless_it_is_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
