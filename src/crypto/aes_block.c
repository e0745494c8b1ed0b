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

static size_t
block_update_len(const struct cipher *c, size_t total)
{
	if (c->mode->padded && !c->encrypt && total > 0)
		total--;
	return total / AES_BLOCK_LEN * AES_BLOCK_LEN;
}

static size_t
block_rest_len(const struct cipher *c, size_t total)
{
	size_t whole = total / AES_BLOCK_LEN * AES_BLOCK_LEN;

	if (!c->mode->padded)
		return whole;
	if (c->encrypt)
		return whole + AES_BLOCK_LEN;
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
block_pad(struct buf *out, size_t before)
{
	size_t len = out->len - before;
	size_t pad = AES_BLOCK_LEN - len % AES_BLOCK_LEN;
	CK_RV rv = buf_resize(out, out->len + pad);

	for (size_t i = 1; rv == CKR_OK && i <= pad; i++)
		out->ptr[out->len - i] = (uint8_t)pad;
	return rv;
}

/* out's last block ends with a padding. Its length is a secret until it is known to be right. */
static CK_RV
block_unpad(struct buf *out)
{
	const uint8_t *last = out->ptr + out->len - AES_BLOCK_LEN;
	uint32_t pad = last[AES_BLOCK_LEN - 1];
	uint32_t wrong = ct_is_zero(pad) | ct_less(AES_BLOCK_LEN, pad);

	for (uint32_t i = 0; i < AES_BLOCK_LEN; i++)
		wrong |= ct_less(i, pad) & ~ct_equal(last[AES_BLOCK_LEN - 1 - i], pad);
	if (wrong != 0)
		return CKR_ENCRYPTED_DATA_INVALID;
	cipher_cut(out, out->len - pad);
	return CKR_OK;
}

static bool
block_fits(const struct cipher *c, size_t total)
{
	if (!c->mode->padded)
		return total % AES_BLOCK_LEN == 0;
	return c->encrypt || (total > 0 && total % AES_BLOCK_LEN == 0);
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
		rv = block_pad(out, before);
	if (rv == CKR_OK)
		rv = cipher_run(c, out->ptr + before, out->len - before);
	if (rv == CKR_OK && c->mode->padded && !c->encrypt)
		rv = block_unpad(out);
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
