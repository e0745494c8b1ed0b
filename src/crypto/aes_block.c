/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ECB and CBC: whole blocks, or with PKCS#7's padding. A decryption that takes
 * the padding off keeps the last block until it knows that it is the last.
 */
#include "config.h"

#include "crypto/aes_private.h"
#include "crypto/ct.h"

static CK_RV
block_start(struct cipher *c, const struct scheme *s)
{
	(void)c;
	(void)s;
	return CKR_OK;
}

/* Bytes of a block. */
static size_t
unit(const struct cipher *c)
{
	return block_len(c->mode->block);
}

static size_t
block_update_len(const struct cipher *c, size_t total)
{
	if (c->mode->padded && !c->encrypt && total > 0)
		total--;
	return total / unit(c) * unit(c);
}

static size_t
block_rest_len(const struct cipher *c, size_t total)
{
	size_t whole = total / unit(c) * unit(c);

	if (!c->mode->padded)
		return whole;
	if (c->encrypt)
		return whole + unit(c);
	return whole > 0 ? whole - 1 : 0;
}

/* Put what is held and the beginning of in behind out, len bytes, and hold the rest. */
static CK_RV
block_take(struct cipher *c, struct bytes in, size_t len, struct buf *out)
{
	size_t from_in = len - c->held.len;
	CK_RV rv = buf_append(out, view(&c->held));

	if (rv == CKR_OK)
		rv = buf_append(out, bytes_slice(in, 0, from_in));
	if (rv == CKR_OK)
		rv = buf_set(&c->held, bytes_slice(in, from_in, in.len));
	return rv;
}

static CK_RV
block_update(struct cipher *c, struct bytes in, struct buf *out)
{
	size_t len = block_update_len(c, c->held.len + in.len);
	size_t before = out->len;
	CK_RV rv = CKR_OK;

	if (len == 0)
		return buf_append(&c->held, in);
	rv = block_take(c, in, len, out);
	return rv == CKR_OK ? cipher_run(c, out->ptr + before, len) : rv;
}

static CK_RV
block_pad(const struct cipher *c, struct buf *out, size_t before)
{
	size_t len = out->len - before;
	size_t pad = unit(c) - len % unit(c);
	CK_RV rv = buf_resize(out, out->len + pad);

	for (size_t i = 1; rv == CKR_OK && i <= pad; i++)
		out->ptr[out->len - i] = (uint8_t)pad;
	return rv;
}

/* out's last block ends with a padding. Its length is a secret until it is known to be right. */
static CK_RV
block_unpad(const struct cipher *c, struct buf *out)
{
	const uint32_t len = (uint32_t)unit(c);
	const uint8_t *last = out->ptr + out->len - len;
	uint32_t pad = last[len - 1];
	uint32_t wrong = ct_is_zero(pad) | ct_less(len, pad);

	for (uint32_t i = 0; i < len; i++)
		wrong |= ct_less(i, pad) & ~ct_equal(last[len - 1 - i], pad);
	if (wrong != 0)
		return CKR_ENCRYPTED_DATA_INVALID;
	cipher_cut(out, out->len - pad);
	return CKR_OK;
}

static bool
block_fits(const struct cipher *c, size_t total)
{
	if (!c->mode->padded)
		return total % unit(c) == 0;
	return c->encrypt || (total > 0 && total % unit(c) == 0);
}

static CK_RV
block_end(struct cipher *c, struct bytes in, struct buf *out)
{
	size_t total = c->held.len + in.len;
	size_t before = out->len;
	CK_RV rv = CKR_OK;

	if (!block_fits(c, total))
		return cipher_len_error(c);
	rv = block_take(c, in, total, out);
	if (rv == CKR_OK && c->mode->padded && c->encrypt)
		rv = block_pad(c, out, before);
	if (rv == CKR_OK)
		rv = cipher_run(c, out->ptr + before, out->len - before);
	if (rv == CKR_OK && c->mode->padded && !c->encrypt)
		rv = block_unpad(c, out);
	return rv;
}

const struct mode_ops block_ops = {
	.size = sizeof(struct cipher),
	.start = block_start,
	.update_len = block_update_len,
	.rest_len = block_rest_len,
	.update = block_update,
	.end = block_end,
};
