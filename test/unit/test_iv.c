/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initialization vectors of messages: which bits are whose, and that none comes
 * twice.
 */
#include "config.h"

#include "unit.h"

#include "crypto/crypto.h"
#include "session/iv.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t fixed[12] = { 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb,
	0xfc };

static struct message_params
params(enum iv_source source, size_t fixed_bits, uint8_t *iv)
{
	memcpy(iv, fixed, sizeof fixed);
	return (struct message_params){
		.source = source, .fixed_bits = fixed_bits, .iv = iv, .iv_len = sizeof fixed
	};
}

static void
a_given_iv_is_taken(void **state)
{
	struct ivs v = { 0 };
	struct buf out = BUF_EMPTY;
	uint8_t iv[12];
	struct message_params p = params(IV_GIVEN, 96, iv);

	(void)state;
	assert_rv(CKR_OK, ivs_next(&v, &p, &out));
	assert_bytes_equal(bytes_of(fixed, 12), view(&out));
	buf_free(&out);
	ivs_clear(&v);
}

/* PKCS#11 3.2, 6.13: from zero, behind the fixed bits, which need not be whole bytes. */
static void
a_counter_starts_at_zero(void **state)
{
	static const struct {
		size_t fixed_bits;
		uint8_t first[12], third[12];
	} rows[] = {
		{ 0, { 0 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 } },
		{ 32, { 0xf1, 0xf2, 0xf3, 0xf4 },
			{ 0xf1, 0xf2, 0xf3, 0xf4, 0, 0, 0, 0, 0, 0, 0, 2 } },
		{ 84, { 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xf0, 0 },
			{ 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xf0, 2 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ivs v = { 0 };
		struct buf out = BUF_EMPTY;
		uint8_t iv[12];
		struct message_params p = params(IV_COUNTER, rows[i].fixed_bits, iv);

		assert_rv(CKR_OK, ivs_next(&v, &p, &out));
		assert_bytes_equal(bytes_of(rows[i].first, 12), view(&out));
		assert_rv(CKR_OK, ivs_next(&v, &p, &out));
		assert_rv(CKR_OK, ivs_next(&v, &p, &out));
		assert_bytes_equal(bytes_of(rows[i].third, 12), view(&out));
		buf_free(&out);
		ivs_clear(&v);
	}
}

static void
an_exclusive_counter_keeps_what_was_given(void **state)
{
	struct ivs v = { 0 };
	struct buf out = BUF_EMPTY;
	uint8_t iv[12];
	struct message_params p = params(IV_COUNTER_XOR, 64, iv);

	(void)state;
	assert_rv(CKR_OK, ivs_next(&v, &p, &out));
	assert_bytes_equal(bytes_of(fixed, 12), view(&out));
	assert_rv(CKR_OK, ivs_next(&v, &p, &out));
	assert_int_equal(0xfd, out.ptr[11]);
	iv[0] = 0; /* the fixed part may change */
	assert_rv(CKR_OK, ivs_next(&v, &p, &out));
	assert_int_equal(0, out.ptr[0]);
	assert_int_equal(0xfe, out.ptr[11]);
	/* The rest may not: this one with a 2 would be the second again. */
	iv[11] = 0xff;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, ivs_next(&v, &p, &out));
	buf_free(&out);
	ivs_clear(&v);
}

/* All of them, and no more: with four bits, sixteen. */
static void
nothing_comes_twice(void **state)
{
	static const enum iv_source sources[] = { IV_COUNTED, IV_COUNTER, IV_COUNTER_XOR };

	(void)state;
	for (size_t i = 0; i < COUNT(sources); i++) {
		struct ivs v = { 0 };
		struct buf out = BUF_EMPTY;
		bool seen[16] = { false };
		uint8_t iv[12];
		struct message_params p = params(sources[i], 92, iv);

		for (size_t n = 0; n < 16; n++) {
			assert_rv(CKR_OK, ivs_next(&v, &p, &out));
			assert_memory_equal(fixed, out.ptr, 11);
			assert_int_equal(0xf0, out.ptr[11] & 0xf0);
			assert_false(seen[out.ptr[11] & 0x0f]);
			seen[out.ptr[11] & 0x0f] = true;
		}
		assert_rv(CKR_MECHANISM_PARAM_INVALID, ivs_next(&v, &p, &out));
		p = params(IV_GIVEN, 0, iv);
		assert_rv(CKR_OK, ivs_next(&v, &p, &out));
		buf_free(&out);
		ivs_clear(&v);
	}
}

static void
ways_to_count_are_not_mixed(void **state)
{
	struct ivs v = { 0 };
	struct buf out = BUF_EMPTY;
	uint8_t iv[12], other[12];
	struct message_params p = params(IV_COUNTER, 32, iv);
	struct message_params bad[] = { params(IV_COUNTED, 32, other),
		params(IV_COUNTER_XOR, 32, other), params(IV_COUNTER, 40, other),
		params(IV_COUNTER, 32, other) };

	(void)state;
	bad[3].iv_len = 11;
	assert_rv(CKR_OK, ivs_next(&v, &p, &out));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_rv(CKR_MECHANISM_PARAM_INVALID, ivs_next(&v, &bad[i], &out));
	assert_rv(CKR_OK, ivs_next(&v, &p, &out));
	assert_int_equal(1, out.ptr[11]);
	buf_free(&out);
	ivs_clear(&v);
}

static void
random_ones_differ_and_are_long(void **state)
{
	struct ivs v = { 0 };
	struct buf one = BUF_EMPTY, two = BUF_EMPTY;
	uint8_t iv[12];
	struct message_params p = params(IV_RANDOM, 32, iv);

	(void)state;
	assert_rv(CKR_OK, ivs_next(&v, &p, &one));
	assert_rv(CKR_OK, ivs_next(&v, &p, &two));
	assert_memory_equal(fixed, one.ptr, 4);
	assert_memory_equal(fixed, two.ptr, 4);
	assert_memory_not_equal(one.ptr, two.ptr, 12);
	p.fixed_bits = 33;
	assert_rv(CKR_MECHANISM_PARAM_INVALID, ivs_next(&v, &p, &one));
	buf_free(&one);
	buf_free(&two);
	ivs_clear(&v);
}

/* Two operations with one key and one fixed part do not begin at the same number. */
static void
counting_begins_at_random(void **state)
{
	struct ivs v = { 0 }, w = { 0 };
	struct buf one = BUF_EMPTY, two = BUF_EMPTY;
	uint8_t iv[12];
	struct message_params p = params(IV_COUNTED, 32, iv);

	(void)state;
	assert_rv(CKR_OK, ivs_next(&v, &p, &one));
	assert_rv(CKR_OK, ivs_next(&w, &p, &two));
	assert_memory_not_equal(one.ptr, two.ptr, 12);
	assert_rv(CKR_OK, ivs_next(&v, &p, &two));
	assert_int_equal((uint8_t)(one.ptr[11] + 1), two.ptr[11]);
	buf_free(&one);
	buf_free(&two);
	ivs_clear(&v);
	ivs_clear(&w);
}

static int
set_up(void **state)
{
	(void)state;
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	crypto_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_given_iv_is_taken),
		cmocka_unit_test(a_counter_starts_at_zero),
		cmocka_unit_test(an_exclusive_counter_keeps_what_was_given),
		cmocka_unit_test(nothing_comes_twice),
		cmocka_unit_test(ways_to_count_are_not_mixed),
		cmocka_unit_test(random_ones_differ_and_are_long),
		cmocka_unit_test(counting_begins_at_random),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
