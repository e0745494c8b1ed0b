/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A clock that nobody sets.
 */
#include "config.h"

#include <time.h>

#include "base/clock.h"

uint64_t
clock_us(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
