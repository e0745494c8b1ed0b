/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GHASH (SP 800-38D, 6.4), in a time that says nothing of key and data: no
 * table is read at a place that depends on them.
 */
#ifndef CRYPTO_GHASH_H
#define CRYPTO_GHASH_H

#include "base/bytes.h"

/* An element of GF(2^128); the first bit of its block is high's highest. */
struct ghash_element {
	uint64_t high, low;
};

struct ghash {
	struct ghash_element power[128]; /* the key times x^i */
	struct ghash_element sum;
	uint8_t part[16];
	size_t part_len;
};

/* key: 16 bytes */
void ghash_start(struct ghash *g, const uint8_t *key);
void ghash_update(struct ghash *g, struct bytes data);
/* Zeros up to a whole block. */
void ghash_fill(struct ghash *g);
/* Fill, then a block of two lengths in bytes; out, 16 bytes, is the hash, and the next one begins. */
void ghash_final(struct ghash *g, uint64_t len1, uint64_t len2, uint8_t *out);

#endif
