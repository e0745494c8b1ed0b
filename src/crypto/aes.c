/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The modes, one row each, and the life of an encryption or decryption:
 * parameters, input, end. Whatever fails ends it, wipes its state and takes
 * back what it has put out in that call.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/aes_private.h"

static const struct mode modes[] = {
	{ ALG_AES_ECB, &block_ops, BLOCK_ECB, 0, 0, NULL, false },
	{ ALG_AES_CBC, &block_ops, BLOCK_CBC, 16, 16, NULL, false },
	{ ALG_AES_CBC_PAD, &block_ops, BLOCK_CBC, 16, 16, NULL, true },
	{ ALG_AES_CTR, &stream_ops, BLOCK_CTR, 16, 16, NULL, false },
	{ ALG_AES_CFB, &stream_ops, BLOCK_CFB, 16, 16, NULL, false },
	{ ALG_AES_OFB, &stream_ops, BLOCK_OFB, 16, 16, NULL, false },
	{ ALG_AES_GCM, &gcm_ops, BLOCK_ECB, 1, 256, NULL, false },
	{ ALG_AES_KEY_WRAP, &key_wrap_ops, BLOCK_ECB, 8, 8, "\xa6\xa6\xa6\xa6\xa6\xa6\xa6\xa6",
		false },
	{ ALG_AES_KEY_WRAP_KWP, &key_wrap_kwp_ops, BLOCK_ECB, 4, 4, "\xa6\x59\x59\xa6", false },
	{ ALG_DES_ECB, &block_ops, BLOCK_DES_ECB, 0, 0, NULL, false },
	{ ALG_DES_CBC, &block_ops, BLOCK_DES_CBC, 8, 8, NULL, false },
	{ ALG_DES_CBC_PAD, &block_ops, BLOCK_DES_CBC, 8, 8, NULL, true },
	{ ALG_DES3_ECB, &block_ops, BLOCK_DES_ECB, 0, 0, NULL, false },
	{ ALG_DES3_CBC, &block_ops, BLOCK_DES_CBC, 8, 8, NULL, false },
	{ ALG_DES3_CBC_PAD, &block_ops, BLOCK_DES_CBC, 8, 8, NULL, true },
};

static const struct mode *
mode_find(enum alg alg)
{
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (modes[i].alg == alg)
			return &modes[i];
	return NULL;
}

static bool
mode_takes_iv(const struct mode *m, size_t len)
{
	return (len >= m->iv_min && len <= m->iv_max) || (len == 0 && m->iv_own != NULL);
}

static CK_RV
cipher_start(struct cipher *c, const struct scheme *s)
{
	if (!mode_takes_iv(c->mode, s->iv.len))
		return CKR_MECHANISM_PARAM_INVALID;
	if (block_takes_iv(c->mode->block))
		memcpy(c->iv, s->iv.ptr, s->iv.len);
	return c->mode->ops->start(c, s);
}

CK_RV
cipher_new(const struct scheme *s, bool encrypt, struct blocks *blocks, struct cipher **out)
{
	const struct mode *m = mode_find(s->alg);
	struct cipher *c = NULL;
	CK_RV rv = CKR_OK;

	if (m != NULL)
		c = calloc(1, m->ops->size);
	if (c == NULL) {
		blocks_free(blocks);
		return m == NULL ? CKR_MECHANISM_INVALID : CKR_HOST_MEMORY;
	}
	c->mode = m;
	c->blocks = blocks; /* owned by c */
	c->encrypt = encrypt;
	rv = cipher_start(c, s);
	if (rv != CKR_OK) {
		cipher_free(c);
		return rv;
	}
	*out = c; /* owned by the caller */
	return CKR_OK;
}

/* Of a length that no memory can hold, a little less, so that what is added to it fits. */
static size_t
total_len(const struct cipher *c, size_t in_len)
{
	const size_t most = SIZE_MAX - 1024;

	return in_len > most - c->held.len ? most : c->held.len + in_len;
}

size_t
cipher_update_len(const struct cipher *c, size_t in_len)
{
	return c->mode->ops->update_len(c, total_len(c, in_len));
}

size_t
cipher_rest_len(const struct cipher *c, size_t in_len)
{
	return c->mode->ops->rest_len(c, total_len(c, in_len));
}

/* It has done its work, or has failed: nothing but its mode is needed. */
static void
cipher_finish(struct cipher *c)
{
	const struct mode *m = c->mode;

	if (m->ops->clear != NULL)
		m->ops->clear(c);
	buf_free(&c->held);
	blocks_free(c->blocks);
	mem_wipe(c, m->ops->size);
	c->mode = m;
	c->ended = true;
}

CK_RV
cipher_update(struct cipher *c, struct bytes in, struct buf *out)
{
	size_t before = out->len;
	CK_RV rv = CKR_OK;

	if (c->ended)
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = c->mode->ops->update(c, in, out);
	if (rv != CKR_OK) {
		cipher_finish(c);
		cipher_cut(out, before);
	}
	return rv;
}

CK_RV
cipher_end(struct cipher *c, struct bytes in, struct buf *out)
{
	size_t before = out->len;
	CK_RV rv = CKR_OK;

	if (c->ended)
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = c->mode->ops->end(c, in, out);
	cipher_finish(c);
	if (rv != CKR_OK)
		cipher_cut(out, before);
	return rv;
}

CK_RV
cipher_final(struct cipher *c, struct buf *out)
{
	return cipher_end(c, BYTES_EMPTY, out);
}

void
cipher_free(struct cipher *c)
{
	if (c == NULL)
		return;
	cipher_finish(c);
	free(c);
}

CK_RV
cipher_run(struct cipher *c, uint8_t *data, size_t len)
{
	if (len == 0)
		return CKR_OK;
	return c->blocks->ops->run(c->blocks, c->mode->block, c->encrypt,
		block_takes_iv(c->mode->block) ? c->iv : NULL, bytes_of(data, len), data);
}

CK_RV
cipher_len_error(const struct cipher *c)
{
	return c->encrypt ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE;
}

void
cipher_cut(struct buf *out, size_t len)
{
	if (out->len <= len)
		return;
	mem_wipe(out->ptr + len, out->len - len);
	out->len = len;
}

size_t
cipher_round_up(size_t len, size_t unit)
{
	return (len + unit - 1) / unit * unit;
}
