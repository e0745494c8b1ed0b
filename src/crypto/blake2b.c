/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BLAKE2b without a key (RFC 7693): digests of any length up to 64 bytes.
 * libcrypto before 3.2 makes only those of 64, and PKCS#11's key derivation
 * has shorter ones.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto_private.h"

enum { BLOCK_LEN = 128, WORDS = 8, ROUNDS = 12 };

struct blake2b {
	uint64_t state[WORDS];
	uint64_t hashed; /* bytes; RFC 7693 counts in 128 bits, which no input fills */
	uint8_t block[BLOCK_LEN];
	size_t used;
};

static const uint64_t initial[WORDS] = {
	UINT64_C(0x6a09e667f3bcc908),
	UINT64_C(0xbb67ae8584caa73b),
	UINT64_C(0x3c6ef372fe94f82b),
	UINT64_C(0xa54ff53a5f1d36f1),
	UINT64_C(0x510e527fade682d1),
	UINT64_C(0x9b05688c2b3e6c1f),
	UINT64_C(0x1f83d9abfb41bd6b),
	UINT64_C(0x5be0cd19137e2179),
};

/* 2.7; the eleventh round begins again. */
static const uint8_t schedule[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

/* Which words each step of a round mixes: columns, then diagonals. */
static const uint8_t steps[8][4] = {
	{ 0, 4, 8, 12 },
	{ 1, 5, 9, 13 },
	{ 2, 6, 10, 14 },
	{ 3, 7, 11, 15 },
	{ 0, 5, 10, 15 },
	{ 1, 6, 11, 12 },
	{ 2, 7, 8, 13 },
	{ 3, 4, 9, 14 },
};

static uint64_t
rotated(uint64_t x, unsigned bits)
{
	return x >> bits | x << (64 - bits);
}

static uint64_t
word_at(const uint8_t *p)
{
	uint64_t x = 0;

	for (size_t i = 8; i > 0; i--)
		x = x << 8 | p[i - 1];
	return x;
}

static void
mix(uint64_t *v, const uint8_t at[4], uint64_t x, uint64_t y)
{
	uint64_t *a = &v[at[0]], *b = &v[at[1]], *c = &v[at[2]], *d = &v[at[3]];

	*a += *b + x;
	*d = rotated(*d ^ *a, 32);
	*c += *d;
	*b = rotated(*b ^ *c, 24);
	*a += *b + y;
	*d = rotated(*d ^ *a, 16);
	*c += *d;
	*b = rotated(*b ^ *c, 63);
}

static void
compress(struct blake2b *b, bool last)
{
	uint64_t v[2 * WORDS], m[2 * WORDS];

	memcpy(v, b->state, sizeof b->state);
	memcpy(v + WORDS, initial, sizeof initial);
	v[12] ^= b->hashed;
	if (last)
		v[14] = ~v[14];
	for (size_t i = 0; i < 2 * WORDS; i++)
		m[i] = word_at(b->block + 8 * i);
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < 8; i++)
			mix(v, steps[i], m[schedule[round % 10][2 * i]],
				m[schedule[round % 10][2 * i + 1]]);
	for (size_t i = 0; i < WORDS; i++)
		b->state[i] ^= v[i] ^ v[i + WORDS];
	mem_wipe(v, sizeof v);
	mem_wipe(m, sizeof m);
}

/* A full block waits: it may be the last. */
static void
update(struct blake2b *b, struct bytes data)
{
	while (data.len > 0) {
		size_t n = sizeof b->block - b->used;

		if (n == 0) {
			b->hashed += sizeof b->block;
			compress(b, false);
			b->used = 0;
			continue;
		}
		n = data.len < n ? data.len : n;
		memcpy(b->block + b->used, data.ptr, n);
		b->used += n;
		data = bytes_slice(data, n, data.len);
	}
}

static void
final(struct blake2b *b, size_t len, uint8_t *out)
{
	memset(b->block + b->used, 0, sizeof b->block - b->used);
	b->hashed += b->used;
	compress(b, true);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(b->state[i / 8] >> 8 * (i % 8));
}

CK_RV
crypto_blake2b_into(const struct bytes *parts, size_t count, size_t len, uint8_t *out)
{
	struct blake2b b = { .used = 0 };

	if (len == 0 || len > BLAKE2B_MAX)
		return CKR_ARGUMENTS_BAD;
	memcpy(b.state, initial, sizeof initial);
	b.state[0] ^= UINT64_C(0x01010000) ^ len;
	for (size_t i = 0; i < count; i++)
		update(&b, parts[i]);
	final(&b, len, out);
	mem_wipe(&b, sizeof b);
	return CKR_OK;
}
