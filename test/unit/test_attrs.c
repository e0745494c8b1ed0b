/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/attrs.h"
#include "unit.h"

static void
attributes_are_kept_in_order(void **state)
{
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		assert_rv(CKR_OK, attrs_set_u64(&a, (i * 37) % 101, i));
	assert_int_equal(a.count, 100);
	for (size_t i = 1; i < a.count; i++)
		assert_true(a.list[i - 1].type < a.list[i].type);
	for (unsigned i = 0; i < 100; i++)
		assert_true(attrs_u64(&a, (i * 37) % 101, 999) == i);
	attrs_free(&a);
}

static void
setting_twice_replaces(void **state)
{
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, attrs_set(&a, CKA_LABEL, LITERAL("one")));
	assert_rv(CKR_OK, attrs_set(&a, CKA_LABEL, LITERAL("two")));
	assert_int_equal(a.count, 1);
	assert_bytes_equal(attrs_bytes(&a, CKA_LABEL), LITERAL("two"));
	attrs_remove(&a, CKA_LABEL);
	assert_false(attrs_has(&a, CKA_LABEL));
	attrs_remove(&a, CKA_LABEL);
	attrs_free(&a);
}

static void
malformed_values_give_the_fallback(void **state)
{
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, attrs_set(&a, CKA_TOKEN, LITERAL("xx")));
	assert_true(attrs_bool(&a, CKA_TOKEN, true));
	assert_true(attrs_u64(&a, CKA_TOKEN, 7) == 7);
	assert_false(attrs_bool(&a, CKA_PRIVATE, false));
	attrs_free(&a);
}

static void
match_wants_every_value_to_be_the_same(void **state)
{
	struct attrs a = ATTRS_EMPTY;
	struct attrs wanted = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, attrs_set_bool(&a, CKA_TOKEN, true));
	assert_rv(CKR_OK, attrs_set(&a, CKA_ID, LITERAL("\x01")));
	assert_true(attrs_match(&a, &wanted));
	assert_rv(CKR_OK, attrs_set_bool(&wanted, CKA_TOKEN, true));
	assert_true(attrs_match(&a, &wanted));
	assert_rv(CKR_OK, attrs_set(&wanted, CKA_ID, LITERAL("\x01\x00")));
	assert_false(attrs_match(&a, &wanted));
	assert_rv(CKR_OK, attrs_set(&wanted, CKA_ID, LITERAL("\x01")));
	assert_rv(CKR_OK, attrs_set(&wanted, CKA_LABEL, BYTES_EMPTY));
	assert_false(attrs_match(&a, &wanted));
	attrs_free(&a);
	attrs_free(&wanted);
}

static void
a_copy_is_independent(void **state)
{
	struct attrs a = ATTRS_EMPTY;
	struct attrs b = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, attrs_set(&a, CKA_ID, LITERAL("1")));
	assert_rv(CKR_OK, attrs_copy(&b, &a));
	assert_rv(CKR_OK, attrs_set(&a, CKA_ID, LITERAL("2")));
	assert_bytes_equal(attrs_bytes(&b, CKA_ID), LITERAL("1"));
	attrs_move(&a, &b);
	assert_bytes_equal(attrs_bytes(&a, CKA_ID), LITERAL("1"));
	assert_int_equal(b.count, 0);
	attrs_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_kept_in_order),
		cmocka_unit_test(setting_twice_replaces),
		cmocka_unit_test(malformed_values_give_the_fallback),
		cmocka_unit_test(match_wants_every_value_to_be_the_same),
		cmocka_unit_test(a_copy_is_independent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
