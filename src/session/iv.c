/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initialization vectors: a fixed part, which is the caller's, and behind it
 * bits that are counted, random, or both.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "session/iv.h"

/* With fewer, two of a few thousand messages could get the same. */
enum { RANDOM_BITS_MIN = 64 };

static size_t
free_bits(const struct message_params *p)
{
	return 8 * p->iv_len - p->fixed_bits;
}

/* Which bits of byte i are not fixed. */
static uint8_t
free_mask(const struct message_params *p, size_t i)
{
	if (p->fixed_bits >= 8 * (i + 1))
		return 0;
	return p->fixed_bits <= 8 * i ? 0xff : (uint8_t)(0xff >> (p->fixed_bits - 8 * i));
}

/* Numbers are big-endian and end where the IV ends. */
static void
add_count(uint64_t count, struct buf *number)
{
	unsigned carry = 0;

	for (size_t i = number->len; i > 0; i--) {
		carry += number->ptr[i - 1] + (unsigned)(count & 0xff);
		number->ptr[i - 1] = (uint8_t)carry;
		carry >>= 8;
		count >>= 8;
	}
}

static CK_RV
random_number(size_t len, struct buf *out)
{
	CK_RV rv = buf_resize(out, len);

	return rv == CKR_OK ? crypto_random(out->ptr, len) : rv;
}

/* The caller's bits, or in their place those of number; exclusive: both. */
static CK_RV
put_together(
	const struct message_params *p, const struct buf *number, bool exclusive, struct buf *iv)
{
	CK_RV rv = buf_set(iv, bytes_of(p->iv, p->iv_len));

	for (size_t i = 0; rv == CKR_OK && i < p->iv_len; i++) {
		uint8_t mask = free_mask(p, i);

		if (!exclusive)
			iv->ptr[i] &= (uint8_t)~mask;
		iv->ptr[i] ^= number->ptr[i] & mask;
	}
	return rv;
}

static CK_RV
next_random(const struct message_params *p, struct buf *iv)
{
	struct buf number = BUF_EMPTY;
	CK_RV rv = CKR_MECHANISM_PARAM_INVALID;

	if (free_bits(p) < RANDOM_BITS_MIN)
		return rv_fail(rv, "Only %zu bits of the IV would be random.", free_bits(p));
	rv = random_number(p->iv_len, &number);
	if (rv == CKR_OK)
		rv = put_together(p, &number, false, iv);
	buf_free(&number);
	return rv;
}

static CK_RV
begin_counting(struct ivs *v, const struct message_params *p)
{
	CK_RV rv = CKR_OK;

	v->first = *p;
	buf_free(&v->base);
	if (p->source == IV_COUNTED)
		rv = random_number(p->iv_len, &v->base);
	else if (p->source == IV_COUNTER_XOR)
		rv = buf_set(&v->base, bytes_of(p->iv, p->iv_len));
	else
		rv = buf_resize(&v->base, p->iv_len); /* zeros */
	return rv;
}

/* The same bits are counted in the same way, and what the counter is added to has not changed. */
static bool
counts_on(const struct ivs *v, const struct message_params *p)
{
	if (p->source != v->first.source || p->iv_len != v->first.iv_len ||
		p->fixed_bits != v->first.fixed_bits)
		return false;
	for (size_t i = 0; p->source == IV_COUNTER_XOR && i < p->iv_len; i++)
		if (((p->iv[i] ^ v->base.ptr[i]) & free_mask(p, i)) != 0)
			return false;
	return true;
}

static bool
is_used_up(const struct ivs *v, const struct message_params *p)
{
	return free_bits(p) < 64 ? v->count >> free_bits(p) != 0 : v->count == UINT64_MAX;
}

static CK_RV
next_counted(struct ivs *v, const struct message_params *p, struct buf *iv)
{
	struct buf number = BUF_EMPTY;
	CK_RV rv = v->count == 0 ? begin_counting(v, p) : CKR_OK;

	if (rv != CKR_OK)
		return rv;
	if (!counts_on(v, p) || is_used_up(v, p))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"No IV is left, or it is to be counted in another way than before.");
	if (p->source == IV_COUNTER_XOR)
		rv = buf_resize(&number, p->iv_len);
	else
		rv = buf_set(&number, view(&v->base));
	if (rv == CKR_OK) {
		add_count(v->count, &number);
		rv = put_together(p, &number, p->source == IV_COUNTER_XOR, iv);
	}
	if (rv == CKR_OK)
		v->count++;
	buf_free(&number);
	return rv;
}

CK_RV
ivs_next(struct ivs *v, const struct message_params *p, struct buf *iv)
{
	if (p->source == IV_GIVEN)
		return buf_set(iv, bytes_of(p->iv, p->iv_len));
	return p->source == IV_RANDOM ? next_random(p, iv) : next_counted(v, p, iv);
}

void
ivs_clear(struct ivs *v)
{
	buf_free(&v->base);
	*v = (struct ivs){ .count = 0 };
}
