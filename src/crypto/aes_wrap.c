/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key wrap: RFC 3394, and RFC 5649 with a padding. All input is collected; the
 * algorithm goes over it six times, block by block. Nothing is given out before
 * it has been found whole.
 */
#include "config.h"

#include <string.h>

#include "crypto/aes_private.h"
#include "crypto/ct.h"

enum { HALF = AES_BLOCK_LEN / 2, ROUNDS = 6 };

#define WRAP_MAX                                                                                   \
	((size_t)UINT32_MAX - 7) /* bytes of a message: RFC 5649 keeps their number in 32 bits */

struct wrap {
	struct cipher base;
	uint8_t iv[HALF]; /* RFC 5649: the first four bytes of the first half block */
};

static CK_RV
wrap_start(struct cipher *base, const struct scheme *s)
{
	struct wrap *c = (struct wrap *)base;
	struct bytes iv = s->iv.len > 0 ? view(&s->iv) : bytes_str(base->mode->iv_own);

	memcpy(c->iv, iv.ptr, iv.len);
	return CKR_OK;
}

static size_t
wrap_update_len(const struct cipher *c, size_t total)
{
	(void)c;
	(void)total;
	return 0;
}

static CK_RV
wrap_update(struct cipher *c, struct bytes in, struct buf *out)
{
	(void)out;
	return buf_append(&c->held, in);
}

static size_t
wrap_rest_len(const struct cipher *c, size_t total)
{
	if (c->encrypt)
		return HALF + cipher_round_up(total, HALF);
	return total > HALF ? total - HALF : 0;
}

/* One step: the block of both halves, and a number that goes into the first. */
static CK_RV
wrap_step(struct cipher *c, uint8_t *first, uint8_t *half, uint64_t number)
{
	uint8_t block[AES_BLOCK_LEN];
	uint8_t mixed[HALF];
	CK_RV rv = CKR_OK;

	put_u64(mixed, number);
	memcpy(block, first, HALF);
	memcpy(block + HALF, half, HALF);
	for (size_t i = 0; i < HALF && !c->encrypt; i++)
		block[i] ^= mixed[i];
	rv = cipher_run(c, block, sizeof block);
	for (size_t i = 0; i < HALF && c->encrypt; i++)
		block[i] ^= mixed[i];
	memcpy(first, block, HALF);
	memcpy(half, block + HALF, HALF);
	mem_wipe(block, sizeof block);
	return rv;
}

/* data: the first half block, then those of the message; in place, in either direction. */
static CK_RV
wrap_rounds(struct cipher *c, uint8_t *data, size_t len)
{
	uint64_t count = len / HALF - 1;
	uint64_t steps = ROUNDS * count;
	CK_RV rv = CKR_OK;

	if (count == 1) /* RFC 5649's short cut; RFC 3394 has no message so short */
		return cipher_run(c, data, AES_BLOCK_LEN);
	for (uint64_t i = 1; rv == CKR_OK && i <= steps; i++) {
		uint64_t number = c->encrypt ? i : steps + 1 - i;
		size_t at = (size_t)((number - 1) % count) + 1;

		rv = wrap_step(c, data, data + at * HALF, number);
	}
	return rv;
}

/* out gets first, then the message with zeros up to a half block, wrapped. */
static CK_RV
wrap_seal(struct cipher *c, const uint8_t *first, struct buf *out)
{
	size_t before = out->len;
	size_t len = wrap_rest_len(c, c->held.len);
	CK_RV rv = buf_append(out, bytes_of(first, HALF));

	if (rv == CKR_OK)
		rv = buf_append(out, view(&c->held));
	if (rv == CKR_OK)
		rv = buf_resize(out, before + len);
	return rv == CKR_OK ? wrap_rounds(c, out->ptr + before, len) : rv;
}

static CK_RV
key_wrap_end(struct cipher *base, struct bytes in, struct buf *out)
{
	struct wrap *c = (struct wrap *)base;
	struct buf *held = &base->held;
	size_t least = base->encrypt ? AES_BLOCK_LEN : AES_BLOCK_LEN + HALF;
	CK_RV rv = buf_append(held, in);

	if (rv != CKR_OK)
		return rv;
	if (held->len % HALF != 0 || held->len < least || held->len > WRAP_MAX)
		return cipher_len_error(base);
	if (base->encrypt)
		return wrap_seal(base, c->iv, out);
	rv = wrap_rounds(base, held->ptr, held->len);
	if (rv != CKR_OK)
		return rv;
	if (!mem_equal_ct(held->ptr, c->iv, HALF))
		return CKR_ENCRYPTED_DATA_INVALID;
	return buf_append(out, bytes_slice(view(held), HALF, held->len));
}

static CK_RV
kwp_seal(struct wrap *c, struct buf *out)
{
	uint8_t first[HALF];

	memcpy(first, c->iv, HALF / 2);
	put_u32(first + HALF / 2, (uint32_t)c->base.held.len);
	return wrap_seal(&c->base, first, out);
}

/* opened: the first half block and the padded message. IV, length and padding are one check, in one
 * time. */
static CK_RV
kwp_check(const struct wrap *c, struct bytes opened, struct buf *out)
{
	struct reader r = reader_of(bytes_slice(opened, HALF / 2, HALF / 2));
	uint32_t pad = (uint32_t)(opened.len - HALF) - read_u32(&r);
	uint32_t wrong = pad & ~(uint32_t)(HALF - 1);

	for (size_t i = 0; i < HALF / 2; i++)
		wrong |= (uint32_t)(opened.ptr[i] ^ c->iv[i]);
	for (uint32_t i = 0; i < HALF; i++)
		wrong |= ct_less(i, pad & (HALF - 1)) & opened.ptr[opened.len - 1 - i];
	if (wrong != 0)
		return CKR_ENCRYPTED_DATA_INVALID;
	return buf_append(out, bytes_slice(opened, HALF, opened.len - HALF - pad));
}

static CK_RV
kwp_open(struct wrap *c, struct buf *out)
{
	struct buf *held = &c->base.held;
	CK_RV rv = wrap_rounds(&c->base, held->ptr, held->len);

	return rv == CKR_OK ? kwp_check(c, view(held), out) : rv;
}

static CK_RV
key_wrap_kwp_end(struct cipher *base, struct bytes in, struct buf *out)
{
	struct wrap *c = (struct wrap *)base;
	struct buf *held = &base->held;
	CK_RV rv = buf_append(held, in);

	if (rv != CKR_OK)
		return rv;
	if (held->len < 1 || held->len > WRAP_MAX ||
		(!base->encrypt && (held->len < AES_BLOCK_LEN || held->len % HALF != 0)))
		return cipher_len_error(base);
	return base->encrypt ? kwp_seal(c, out) : kwp_open(c, out);
}

const struct mode_ops key_wrap_ops = {
	.size = sizeof(struct wrap),
	.start = wrap_start,
	.update_len = wrap_update_len,
	.rest_len = wrap_rest_len,
	.update = wrap_update,
	.end = key_wrap_end,
};

const struct mode_ops key_wrap_kwp_ops = {
	.size = sizeof(struct wrap),
	.start = wrap_start,
	.update_len = wrap_update_len,
	.rest_len = wrap_rest_len,
	.update = wrap_update,
	.end = key_wrap_kwp_end,
};
