/* SPDX-License-Identifier: BSD-2-Clause */
/* The attribute table row by row against the standard's. A difference that is not in the table of
 * deviations fails, and so does a deviation that is none. */
#include "config.h"

#include "attr_standard.h"
#include "base/names.h"
#include "unit.h"

/* Our rules as footnotes. */
static const struct {
	uint32_t rule;
	uint32_t note;
} notes[] = {
	{ NEED_CREATE, F(1) },
	{ NOT_CREATE, F(2) },
	{ NEED_GENERATE, F(3) },
	{ NOT_GENERATE, F(4) },
	{ NEED_UNWRAP, F(5) },
	{ NOT_UNWRAP, F(6) },
	{ SECRET, F(7) },
	{ SETTABLE, F(8) },
	{ SO_TRUE, F(10) },
	{ STICKY_TRUE, F(11) },
	{ STICKY_FALSE, F(12) },
	{ ON_COPY, F_COPY },
};

static uint32_t
notes_of(const struct attr_row *row)
{
	uint32_t out = 0;

	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		if ((row->rules & notes[i].rule) != 0)
			out |= notes[i].note;
	return out;
}

static bool
default_is(enum attr_default ours, enum standard_default standard)
{
	switch (standard) {
	case STD_EMPTY:
		return ours == DEF_EMPTY || ours == DEF_READS_EMPTY;
	case STD_ZERO:
		return ours == DEF_ZERO;
	case STD_FALSE:
		return ours == DEF_FALSE;
	case STD_TRUE:
		return ours == DEF_TRUE;
	case STD_NONE:
	case STD_TOKEN:
	case STD_COMPUTED:
		break;
	}
	return true; /* the standard leaves it */
}

static const char *
name(uint64_t type)
{
	return name_of_attribute((CK_ATTRIBUTE_TYPE)type);
}

static void
compare_row(const struct standard_row *standard, uint32_t object)
{
	const struct attr_row *ours = attr_row_for(standard->type, object);
	bool other = deviation_find(standard->type, object, OTHER_DEFAULT) != NULL;
	bool missing = deviation_find(standard->type, object, NOT_OFFERED) != NULL;

	if ((ours == NULL) != missing)
		fail_msg("%s: %s", name(standard->type), missing ? "is offered" : "is missing");
	if (missing)
		return;
	if (ours->kind != standard->kind)
		fail_msg("%s is of another data type", name(ours->type));
	if (default_is(ours->fallback, standard->fallback) == other)
		fail_msg("%s of object 0x%x: default", name(ours->type), object);
}

static void
every_attribute_of_the_standard_is_offered_with_its_type_and_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < standard_count; i++)
		for (uint32_t object = 1; object < OF_ANY; object <<= 1)
			if ((standard_rows[i].of & object) != 0)
				compare_row(&standard_rows[i], object);
}

static void
compare_notes(const struct attr_row *ours, uint32_t object)
{
	uint32_t expected = notes_expected(ours->type, object) & ~F(13);

	if (standard_find(ours->type, object) == NULL &&
		deviation_find(ours->type, object, OURS) == NULL)
		fail_msg("%s of object 0x%x is not in the standard", name(ours->type), object);
	if (notes_of(ours) != expected)
		fail_msg("%s of object 0x%x has footnotes 0x%x, not 0x%x", name(ours->type), object,
			notes_of(ours), expected);
	if ((ours->max != 0 && ours->kind != KIND_NUMBER) != (deviation_find(ours->type, object, LIMITED) != NULL))
		fail_msg("%s of object 0x%x: longest value", name(ours->type), object);
}

static void
every_attribute_has_the_footnotes_of_the_standard(void **state)
{
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (uint32_t object = 1; object < OF_ANY; object <<= 1)
			if ((rows[i].of & object) != 0)
				compare_notes(&rows[i], object);
}

/* The standard has no footnote for C_DeriveKey: it is as C_UnwrapKey, for the only keys that come
 * from it. */
static void
what_no_unwrapping_may_give_no_derivation_may(void **state)
{
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		if ((rows[i].of & OF_SECRET) != 0)
			assert_int_equal((rows[i].rules & NOT_UNWRAP) != 0,
				(rows[i].rules & NOT_DERIVE) != 0);
}

static void
a_deviation_is_needed_and_has_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < deviation_count; i++) {
		const struct deviation *d = &deviations[i];

		assert_true(strlen(d->reason) > 10);
		for (uint32_t object = 1; object < OF_ANY; object <<= 1) {
			const struct standard_row *row = standard_find(d->type, object);

			if ((d->of & object) == 0)
				continue;
			assert_int_equal(row == NULL, d->what == OURS);
			assert_true(d->what != SAME || d->more != 0 || d->less != 0);
			assert_true(row == NULL || (row->notes & d->more) == 0);
			assert_true(row == NULL || (row->notes & d->less) == d->less);
		}
	}
}

static void
no_attribute_is_twice_in_the_standard(void **state)
{
	(void)state;
	for (size_t i = 0; i < standard_count; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(standard_rows[i].type == standard_rows[j].type &&
				     (standard_rows[i].of & standard_rows[j].of) != 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_attribute_of_the_standard_is_offered_with_its_type_and_default),
		cmocka_unit_test(every_attribute_has_the_footnotes_of_the_standard),
		cmocka_unit_test(what_no_unwrapping_may_give_no_derivation_may),
		cmocka_unit_test(a_deviation_is_needed_and_has_a_reason),
		cmocka_unit_test(no_attribute_is_twice_in_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
