/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key derivation with a PRF (SP 800-108): the modes differ in what of the last
 * segments goes into the next one. The PRF is a MAC, wherever its key is.
 */
#include "config.h"

#include "crypto/crypto.h"

struct kbkdf_run {
	const struct scheme *scheme;
	struct mac *prf;
	uint64_t number; /* of the segment: i; 0: A(0) is made, which has neither number nor A */
	uint64_t segments_bits; /* of all segments, and of the keys alone */
	uint64_t keys_bits;
	struct buf chain; /* K(i - 1), or A(i) */
};

static CK_RV
append_number(const struct kbkdf_part *p, uint64_t number, struct buf *out)
{
	uint8_t be[8];
	CK_RV rv = CKR_OK;

	if (p->width < sizeof be && number >> (8 * p->width) != 0)
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"A number of the derivation does not fit %zu bits.", 8 * p->width);
	put_u64(be, number);
	for (size_t i = 0; i < p->width && rv == CKR_OK; i++)
		rv = buf_append_u8(
			out, be[sizeof be - 1 - (p->little_endian ? i : p->width - 1 - i)]);
	return rv;
}

static CK_RV
append_part(const struct kbkdf_run *r, const struct kbkdf_part *p, struct buf *out)
{
	switch (p->kind) {
	case KBKDF_ITERATION:
		if (r->scheme->alg != ALG_KBKDF_COUNTER)
			return r->number > 0 ? buf_append(out, view(&r->chain)) : CKR_OK;
		return append_number(p, r->number, out);
	case KBKDF_COUNTER:
		return r->number > 0 ? append_number(p, r->number, out) : CKR_OK;
	case KBKDF_LENGTH:
		return append_number(p, p->of_segments ? r->segments_bits : r->keys_bits, out);
	case KBKDF_BYTES:
		return buf_append(out, p->bytes);
	default:
		return CKR_ARGUMENTS_BAD;
	}
}

static CK_RV
input(const struct kbkdf_run *r, struct buf *out)
{
	const struct kbkdf *k = &r->scheme->kbkdf;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < k->count && rv == CKR_OK; i++)
		rv = append_part(r, &k->parts[i], out);
	return rv;
}

static CK_RV
prf(const struct kbkdf_run *r, struct bytes in, struct buf *out)
{
	CK_RV rv = mac_restart(r->prf);

	if (rv == CKR_OK)
		rv = mac_update(r->prf, in);
	return rv == CKR_OK ? mac_final(r->prf, out) : rv;
}

/* 4.2: K(0) is the IV; 4.3: A(0) is what is the same in every input. */
static CK_RV
begin(struct kbkdf_run *r)
{
	if (r->scheme->alg == ALG_KBKDF_FEEDBACK)
		return buf_set(&r->chain, r->scheme->kbkdf.iv);
	return r->scheme->alg == ALG_KBKDF_PIPELINE ? input(r, &r->chain) : CKR_OK;
}

static CK_RV
next_segment(struct kbkdf_run *r, struct buf *segment)
{
	struct buf in = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	r->number++;
	if (r->scheme->alg == ALG_KBKDF_PIPELINE)
		rv = prf(r, view(&r->chain), &r->chain);
	if (rv == CKR_OK)
		rv = input(r, &in);
	if (rv == CKR_OK)
		rv = prf(r, view(&in), segment);
	if (rv == CKR_OK && r->scheme->alg == ALG_KBKDF_FEEDBACK)
		rv = buf_set(&r->chain, view(segment));
	buf_free(&in);
	return rv;
}

CK_RV
crypto_kbkdf(
	const struct scheme *s, struct mac *mac, size_t segments, size_t keys_len, struct buf *out)
{
	struct kbkdf_run r = { .scheme = s,
		.prf = mac,
		.segments_bits = (uint64_t)segments * s->kbkdf.segment_len * 8,
		.keys_bits = (uint64_t)keys_len * 8 };
	struct buf segment = BUF_EMPTY, fresh = BUF_EMPTY;
	CK_RV rv = segments <= kbkdf_segments_max(&s->kbkdf) ? begin(&r) : CKR_ARGUMENTS_BAD;

	while (rv == CKR_OK && r.number < segments) {
		rv = next_segment(&r, &segment);
		if (rv == CKR_OK)
			rv = buf_append(&fresh, view(&segment));
	}
	if (rv == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&segment);
	buf_free(&fresh);
	buf_free(&r.chain);
	return rv;
}
