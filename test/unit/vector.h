/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Published vectors are written as hex; what is made from them lives until the
 * next vectors_free().
 */
#ifndef TEST_UNIT_VECTOR_H
#define TEST_UNIT_VECTOR_H

#include "unit.h"

enum { VECTORS_MAX = 64 };

static struct buf vectors[VECTORS_MAX];
static size_t vectors_count;

static inline uint8_t
hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);

	assert_non_null(at);
	return (uint8_t)(at - digits);
}

static inline struct bytes
hex(const char *text)
{
	struct buf *b = &vectors[vectors_count];

	assert_true(vectors_count < VECTORS_MAX);
	vectors_count++;
	for (; *text != '\0'; text += 2)
		assert_rv(CKR_OK,
			buf_append_u8(b, (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]))));
	return view(b);
}

static inline void
vectors_free(void)
{
	while (vectors_count > 0)
		buf_free(&vectors[--vectors_count]);
}

#endif
