/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "unit.h"

static void
buffer_keeps_its_content_while_it_grows(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_rv(CKR_OK, buf_append_u8(&b, (uint8_t)i));
	assert_int_equal(b.len, 1000);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(b.ptr[i], (uint8_t)i);
	buf_free(&b);
	assert_null(b.ptr);
	assert_int_equal(b.len, 0);
}

static void
numbers_are_big_endian(void **state)
{
	struct buf b = BUF_EMPTY;
	struct reader r;

	(void)state;
	assert_rv(CKR_OK, buf_append_u16(&b, 0x0102));
	assert_rv(CKR_OK, buf_append_u32(&b, 0x03040506));
	assert_rv(CKR_OK, buf_append_u64(&b, 0x0708090a0b0c0d0eULL));
	assert_bytes_equal(view(&b), LITERAL("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e"));
	r = reader_of(view(&b));
	assert_int_equal(read_u16(&r), 0x0102);
	assert_int_equal(read_u32(&r), 0x03040506);
	assert_true(read_u64(&r) == 0x0708090a0b0c0d0eULL);
	assert_true(reader_done(&r));
	buf_free(&b);
}

static void
reader_stops_at_the_end_and_stays_failed(void **state)
{
	struct reader r = reader_of(LITERAL("\x00\x05" "abc"));

	(void)state;
	assert_int_equal(read_sized_u16(&r).len, 0);
	assert_true(r.failed);
	assert_int_equal(read_u8(&r), 0);
	assert_false(reader_done(&r));
}

static void
sized_bytes_come_back(void **state)
{
	struct buf b = BUF_EMPTY;
	struct reader r;

	(void)state;
	assert_rv(CKR_OK, buf_append_sized(&b, LITERAL("abc")));
	assert_rv(CKR_OK, buf_append_sized(&b, BYTES_EMPTY));
	r = reader_of(view(&b));
	assert_bytes_equal(read_sized(&r), LITERAL("abc"));
	assert_int_equal(read_sized(&r).len, 0);
	assert_true(reader_done(&r));
	buf_free(&b);
}

static void
padding_keeps_the_number(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set_padded(&b, LITERAL("\x01\x02"), 4));
	assert_bytes_equal(view(&b), LITERAL("\x00\x00\x01\x02"));
	assert_rv(CKR_OK, buf_set_padded(&b, LITERAL("\x00\x00\x00\x07"), 2));
	assert_bytes_equal(view(&b), LITERAL("\x00\x07"));
	assert_rv(CKR_DEVICE_ERROR, buf_set_padded(&b, LITERAL("\x01\x00\x00"), 2));
	assert_bytes_equal(view(&b), LITERAL("\x00\x07"));
	buf_free(&b);
}

static void
resize_zeroes_what_is_new(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set(&b, LITERAL("abcd")));
	assert_rv(CKR_OK, buf_resize(&b, 2));
	assert_rv(CKR_OK, buf_resize(&b, 4));
	assert_bytes_equal(view(&b), LITERAL("ab\0\0"));
	buf_free(&b);
}

static void
comparison_orders_by_content_then_length(void **state)
{
	(void)state;
	assert_true(bytes_compare(LITERAL("a"), LITERAL("b")) < 0);
	assert_true(bytes_compare(LITERAL("ab"), LITERAL("a")) > 0);
	assert_true(bytes_compare(BYTES_EMPTY, BYTES_EMPTY) == 0);
	assert_true(mem_equal_ct("abc", "abc", 3));
	assert_false(mem_equal_ct("abc", "abd", 3));
}

static void
slices_stay_inside(void **state)
{
	(void)state;
	assert_bytes_equal(bytes_slice(LITERAL("abcdef"), 2, 3), LITERAL("cde"));
	assert_bytes_equal(bytes_slice(LITERAL("abc"), 2, SIZE_MAX), LITERAL("c"));
	assert_int_equal(bytes_slice(LITERAL("abc"), 3, 1).len, 0);
}

static void
hex_is_lower_case(void **state)
{
	char out[9];

	(void)state;
	assert_string_equal(hex_of(LITERAL("\x00\xff\x1a\xb0"), out), "00ff1ab0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffer_keeps_its_content_while_it_grows),
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(reader_stops_at_the_end_and_stays_failed),
		cmocka_unit_test(sized_bytes_come_back),
		cmocka_unit_test(padding_keeps_the_number),
		cmocka_unit_test(resize_zeroes_what_is_new),
		cmocka_unit_test(comparison_orders_by_content_then_length),
		cmocka_unit_test(slices_stay_inside),
		cmocka_unit_test(hex_is_lower_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
