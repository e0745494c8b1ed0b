/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Choices without branches, for what nobody may measure. A mask is all ones for
 * yes and all zeros for no; numbers are below 2^31.
 */
#ifndef CRYPTO_CT_H
#define CRYPTO_CT_H

#include <stdint.h>

/* The compiler must not know that this is a mask: it would branch on it. */
static inline uint32_t
ct_hide(uint32_t x)
{
	__asm__("" : "+r"(x));
	return x;
}

static inline uint32_t
ct_is_zero(uint32_t x)
{
	return ct_hide(0 - ((~x & (x - 1)) >> 31));
}

static inline uint32_t
ct_equal(uint32_t a, uint32_t b)
{
	return ct_is_zero(a ^ b);
}

static inline uint32_t
ct_less(uint32_t a, uint32_t b)
{
	return ct_hide(0 - ((a - b) >> 31));
}

static inline uint32_t
ct_pick(uint32_t mask, uint32_t yes, uint32_t no)
{
	return (mask & yes) | (~mask & no);
}

/* 1: a mask of all ones; 0: none */
static inline uint64_t
ct_mask_u64(uint64_t bit)
{
	uint64_t mask = 0 - bit;

	__asm__("" : "+r"(mask));
	return mask;
}

#endif
