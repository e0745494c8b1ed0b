/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A clock that nobody sets.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in microseconds. */
uint64_t clock_us(void);

#endif
