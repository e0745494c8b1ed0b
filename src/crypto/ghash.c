/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GHASH: a product is the sum of those of the key's 128 powers that the other
 * factor's bits name; all are read, and a mask says which ones count.
 */
#include "config.h"

#include <string.h>

#include "crypto/ct.h"
#include "crypto/ghash.h"

#define REDUCTION ((uint64_t)0xe1 << 56) /* x^128 = 1 + x + x^2 + x^7 */

static struct ghash_element
element_of(const uint8_t *block)
{
	struct reader r = reader_of(bytes_of(block, 16));
	struct ghash_element e = { read_u64(&r), 0 };

	e.low = read_u64(&r);
	return e;
}

void
ghash_start(struct ghash *g, const uint8_t *key)
{
	struct ghash_element e = element_of(key);

	*g = (struct ghash){ 0 };
	for (size_t i = 0; i < 128; i++) {
		uint64_t carry = ct_mask_u64(e.low & 1) & REDUCTION;

		g->power[i] = e;
		e.low = e.low >> 1 | e.high << 63;
		e.high = e.high >> 1 ^ carry;
	}
}

/* sum of the 64 powers that the bits of half name, from its highest on */
static void
element_add(struct ghash_element *sum, const struct ghash_element *power, uint64_t half)
{
	for (size_t i = 0; i < 64; i++) {
		uint64_t mask = ct_mask_u64(half >> (63 - i) & 1);

		sum->high ^= mask & power[i].high;
		sum->low ^= mask & power[i].low;
	}
}

static void
ghash_block(struct ghash *g, const uint8_t *block)
{
	struct ghash_element e = element_of(block);
	struct ghash_element sum = { 0 };

	element_add(&sum, g->power, e.high ^ g->sum.high);
	element_add(&sum, g->power + 64, e.low ^ g->sum.low);
	g->sum = sum;
}

void
ghash_update(struct ghash *g, struct bytes data)
{
	while (data.len > 0) {
		size_t len = sizeof g->part - g->part_len;

		if (len > data.len)
			len = data.len;
		memcpy(g->part + g->part_len, data.ptr, len);
		g->part_len += len;
		data = bytes_of(data.ptr + len, data.len - len);
		if (g->part_len == sizeof g->part) {
			ghash_block(g, g->part);
			g->part_len = 0;
		}
	}
}

void
ghash_fill(struct ghash *g)
{
	static const uint8_t zeros[16];

	if (g->part_len > 0)
		ghash_update(g, bytes_of(zeros, sizeof zeros - g->part_len));
}

void
ghash_final(struct ghash *g, uint64_t len1, uint64_t len2, uint8_t *out)
{
	ghash_fill(g);
	put_u64(out, len1 * 8);
	put_u64(out + 8, len2 * 8);
	ghash_block(g, out);
	put_u64(out, g->sum.high);
	put_u64(out + 8, g->sum.low);
	g->sum = (struct ghash_element){ 0 };
}
