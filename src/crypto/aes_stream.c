/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CTR, CFB and OFB: as many bytes out as in, at once. Whole blocks are asked
 * for: the last one is filled up with zeros, and what comes out for these is
 * the key stream for the bytes to come.
 */
#include "config.h"

#include <string.h>

#include "crypto/aes_private.h"

struct stream {
	struct cipher base;
	uint8_t ahead[AES_BLOCK_LEN]; /* key stream of the last block, behind */
	size_t used;                  /* so many bytes of it */
	uint64_t left;                /* CTR: bytes until the counter overflows */
};

/* A counter block, and which of its bits count. */
struct counter {
	uint64_t high, low;
};

static struct counter
counter_of(const uint8_t *block)
{
	struct reader r = reader_of(bytes_of(block, AES_BLOCK_LEN));
	struct counter c = { read_u64(&r), 0 };

	c.low = read_u64(&r);
	return c;
}

static uint64_t
low_bits(size_t count)
{
	return count >= 64 ? UINT64_MAX : ((uint64_t)1 << count) - 1;
}

static struct counter
counter_mask(size_t bits)
{
	return (struct counter){ bits > 64 ? low_bits(bits - 64) : 0, low_bits(bits) };
}

/* Bytes until the bits that count would be zero again; UINT64_MAX: more than anybody has. */
static uint64_t
counter_room(struct counter now, struct counter mask)
{
	uint64_t more = ~now.low & mask.low;

	if ((~now.high & mask.high) != 0 || more >= UINT64_MAX / AES_BLOCK_LEN)
		return UINT64_MAX;
	return (more + 1) * AES_BLOCK_LEN;
}

static CK_RV
stream_start(struct cipher *base, const struct scheme *s)
{
	struct stream *c = (struct stream *)base;

	c->used = AES_BLOCK_LEN;
	c->left = UINT64_MAX;
	if (base->mode->block != BLOCK_CTR)
		return CKR_OK;
	if (s->counter_bits < 1 || s->counter_bits > 8 * AES_BLOCK_LEN)
		return CKR_MECHANISM_PARAM_INVALID;
	c->left = counter_room(counter_of(base->iv), counter_mask(s->counter_bits));
	return CKR_OK;
}

static size_t
stream_len(const struct cipher *c, size_t total)
{
	(void)c;
	return total;
}

/* With what is left of the last block. CFB's next IV is the ciphertext, which is still coming
 * together. */
static void
stream_ahead(struct stream *c, uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++, c->used++) {
		uint8_t in = data[i];

		data[i] = in ^ c->ahead[c->used];
		if (c->base.mode->block == BLOCK_CFB)
			c->base.iv[c->used] = c->base.encrypt ? data[i] : in;
	}
}

/* out's last len bytes, which begin a block. */
static CK_RV
stream_blocks(struct stream *c, struct buf *out, size_t len)
{
	size_t from = out->len - len;
	size_t whole = cipher_round_up(len, AES_BLOCK_LEN);
	CK_RV rv = CKR_OK;

	if (len == 0)
		return CKR_OK;
	rv = buf_resize(out, from + whole);
	if (rv != CKR_OK)
		return rv;
	rv = cipher_run(&c->base, out->ptr + from, whole);
	if (rv != CKR_OK)
		return rv;
	c->used = AES_BLOCK_LEN - (whole - len);
	memcpy(c->ahead, out->ptr + out->len - AES_BLOCK_LEN, AES_BLOCK_LEN);
	mem_wipe(c->ahead, c->used);
	cipher_cut(out, from + len);
	return CKR_OK;
}

static CK_RV
stream_update(struct cipher *base, struct bytes in, struct buf *out)
{
	struct stream *c = (struct stream *)base;
	size_t before = out->len;
	size_t begin = AES_BLOCK_LEN - c->used;
	CK_RV rv = CKR_OK;

	if (in.len > c->left) /* PKCS#11 3.2, 6.11: in both directions */
		return CKR_DATA_LEN_RANGE;
	if (c->left != UINT64_MAX)
		c->left -= in.len;
	rv = buf_append(out, in);
	if (rv != CKR_OK || in.len == 0)
		return rv;
	if (begin > in.len)
		begin = in.len;
	stream_ahead(c, out->ptr + before, begin);
	return stream_blocks(c, out, in.len - begin);
}

const struct mode_ops stream_ops = {
	.size = sizeof(struct stream),
	.start = stream_start,
	.update_len = stream_len,
	.rest_len = stream_len,
	.update = stream_update,
	.end = stream_update,
};
