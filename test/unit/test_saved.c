/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of keys that were loaded before, and when a context pays.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "tpm/saved.h"
#include "unit.h"

static struct bytes
number(uint32_t n, uint8_t *out)
{
	put_u32(out, n);
	return bytes_of(out, 4);
}

static void
add(struct saved *s, uint32_t public, uint32_t private)
{
	uint8_t a[4];
	uint8_t b[4];
	struct saved_key *k = saved_add(s, number(public, a), number(private, b));

	assert_non_null(k);
	assert_rv(CKR_OK, buf_set(&k->context, LITERAL("a context")));
}

static struct saved_key *
find(struct saved *s, uint32_t public, uint32_t private)
{
	uint8_t a[4];
	uint8_t b[4];

	return saved_find(s, number(public, a), number(private, b));
}

static void
keys_are_known_by_both_halves(void **state)
{
	struct saved s = { .keys = NULL };
	uint8_t id[4];

	(void)state;
	assert_null(find(&s, 1, 2));
	add(&s, 1, 2);
	add(&s, 1, 3);
	add(&s, 4, 2);
	assert_non_null(find(&s, 1, 2));
	assert_ptr_not_equal(find(&s, 1, 2), find(&s, 1, 3));
	assert_null(find(&s, 4, 3));
	saved_forget(&s, number(1, id));
	assert_null(find(&s, 1, 2));
	assert_null(find(&s, 1, 3));
	assert_non_null(find(&s, 4, 2));
	saved_clear(&s);
}

static void
reset_ends_contexts_and_not_what_is_known_of_costs(void **state)
{
	struct saved s = { .keys = NULL };

	(void)state;
	add(&s, 1, 1);
	saved_measure(&s.costs.load, 100);
	saved_clear(&s);
	assert_null(find(&s, 1, 1));
	assert_int_equal(100, s.costs.load);
	add(&s, 1, 1);
	assert_non_null(find(&s, 1, 1));
	saved_clear(&s);
}

static void
longest_unused_makes_room(void **state)
{
	struct saved s = { .keys = NULL };

	(void)state;
	for (uint32_t i = 0; i < SAVED_MAX; i++)
		add(&s, i, i);
	assert_non_null(find(&s, 0, 0));
	add(&s, SAVED_MAX, SAVED_MAX);
	assert_int_equal(SAVED_MAX, s.count);
	assert_non_null(find(&s, 0, 0));
	assert_null(find(&s, 1, 1));
	assert_non_null(find(&s, SAVED_MAX, SAVED_MAX));
	saved_clear(&s);
}

static void
cheaper_way_is_taken_and_the_other_tried_again(void **state)
{
	struct saved s = { .keys = NULL };
	unsigned paid = 0;

	(void)state;
	saved_measure(&s.costs.load, 100);
	assert_true(saved_pays(&s)); /* to find out */
	saved_measure(&s.costs.context, 200);
	for (int i = 0; i < 256; i++)
		paid += saved_pays(&s);
	assert_int_equal(4, paid);
	for (int i = 0; i < 16; i++)
		saved_measure(&s.costs.context, 10);
	for (int i = 0; i < 16; i++)
		assert_true(saved_pays(&s));
	saved_clear(&s);
}

static int
open_crypto(void **state)
{
	(void)state;
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
close_crypto(void **state)
{
	(void)state;
	crypto_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_known_by_both_halves),
		cmocka_unit_test(reset_ends_contexts_and_not_what_is_known_of_costs),
		cmocka_unit_test(longest_unused_makes_room),
		cmocka_unit_test(cheaper_way_is_taken_and_the_other_tried_again),
	};

	return cmocka_run_group_tests(tests, open_crypto, close_crypto);
}
