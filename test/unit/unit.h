/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every unit test includes: cmocka and its prerequisites.
 */
#ifndef TEST_UNIT_UNIT_H
#define TEST_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

/* Bytes of a string literal that may hold NULs. */
#define LITERAL(s) bytes_of((s), sizeof(s) - 1)

#define assert_bytes_equal(a, b)                                     \
	do {                                                         \
		struct bytes a_ = (a), b_ = (b);                     \
		assert_int_equal(a_.len, b_.len);                    \
		if (a_.len > 0)                                      \
			assert_memory_equal(a_.ptr, b_.ptr, a_.len); \
	} while (0)

#define assert_rv(expected, call) assert_int_equal((expected), (call))

#endif
