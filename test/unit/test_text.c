/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/text.h"

static void
a_copy_is_another_string(void **state)
{
	char text[] = "text";
	char *copy = text_copy(text);

	(void)state;
	assert_non_null(copy);
	text[0] = 'n';
	assert_string_equal(copy, "text");
	free(copy);
}

static void
an_empty_text_has_a_copy(void **state)
{
	char *copy = text_copy("");

	(void)state;
	assert_string_equal(copy, "");
	free(copy);
}

static void
a_format_makes_a_text_of_any_length(void **state)
{
	char *text = text_format("%05000d%s", 7, "-wal");

	(void)state;
	assert_non_null(text);
	assert_int_equal(strlen(text), 5004);
	assert_string_equal(text + 4998, "07-wal");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_another_string),
		cmocka_unit_test(an_empty_text_has_a_copy),
		cmocka_unit_test(a_format_makes_a_text_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
