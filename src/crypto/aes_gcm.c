/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GCM (SP 800-38D) of single blocks: whoever has the key computes the key of
 * GHASH, the mask of the tag and the key stream as one run of ECB, 64 blocks at
 * most, which the TPM does in one command. The rest happens here. A decryption
 * gives nothing out, and does not even ask for all of the key stream, before
 * the tag is right.
 */
#include "config.h"

#include <string.h>

#include "crypto/aes_private.h"
#include "crypto/ghash.h"

enum {
	STREAM_MAX = 64 * AES_BLOCK_LEN,
	FIRST = 2 * AES_BLOCK_LEN, /* of the first run: GHASH's key, the tag's mask */
	NONCE_LEN = 12,            /* that is not hashed */
	TAG_MIN = 4,
	TAG_MAX = AES_BLOCK_LEN
};

#define DATA_MAX (((uint64_t)1 << 36) - 32) /* bytes under one IV */
#define HELD_MAX ((size_t)1 << 30)          /* of a decryption, which holds all until its end */

struct gcm {
	struct cipher base;
	struct buf iv, aad; /* until the first run */
	size_t tag_len;
	bool running;
	struct ghash hash;
	uint64_t aad_len, data_len;
	uint8_t tag_mask[AES_BLOCK_LEN];
	uint8_t counter[AES_BLOCK_LEN]; /* of the block before the next */
	uint8_t stream[STREAM_MAX];
	size_t used, stream_len;
};

static CK_RV
gcm_start(struct cipher *base, const struct scheme *s)
{
	struct gcm *c = (struct gcm *)base;
	CK_RV rv = CKR_OK;

	if (s->tag_len < TAG_MIN || s->tag_len > TAG_MAX)
		return CKR_MECHANISM_PARAM_INVALID;
	c->tag_len = s->tag_len;
	c->aad_len = s->aad.len;
	rv = buf_set(&c->iv, view(&s->iv));
	return rv == CKR_OK ? buf_set(&c->aad, view(&s->aad)) : rv;
}

static size_t
gcm_update_len(const struct cipher *c, size_t total)
{
	return c->encrypt ? total : 0;
}

static size_t
gcm_rest_len(const struct cipher *base, size_t total)
{
	size_t tag_len = ((const struct gcm *)base)->tag_len;

	if (base->encrypt)
		return total + tag_len;
	return total > tag_len ? total - tag_len : 0;
}

/* Its last 32 bits count, and wrap. */
static void
counter_next(uint8_t *counter)
{
	for (size_t i = AES_BLOCK_LEN; i > NONCE_LEN && ++counter[i - 1] == 0; i--)
		;
}

/* As it is named, also to decrypt. */
static CK_RV
gcm_ecb(struct gcm *c, uint8_t *data, size_t len)
{
	struct blocks *b = c->base.blocks;

	return b->ops->run(b, BLOCK_ECB, true, NULL, bytes_of(data, len), data);
}

/* Behind the first `from` bytes of it, key stream for len bytes, but not more than fits. */
static CK_RV
stream_fetch(struct gcm *c, size_t from, size_t len)
{
	CK_RV rv = CKR_OK;

	c->stream_len =
		len > STREAM_MAX - from ? STREAM_MAX : from + cipher_round_up(len, AES_BLOCK_LEN);
	for (size_t at = from; at < c->stream_len; at += AES_BLOCK_LEN) {
		counter_next(c->counter);
		memcpy(c->stream + at, c->counter, AES_BLOCK_LEN);
	}
	rv = gcm_ecb(c, c->stream, c->stream_len);
	c->used = from;
	return rv;
}

/* The block that the counter begins with, and, if that takes it, GHASH's key. */
static CK_RV
gcm_first_counter(struct gcm *c)
{
	uint8_t key[AES_BLOCK_LEN] = { 0 };
	CK_RV rv = CKR_OK;

	if (c->iv.len == NONCE_LEN) {
		memcpy(c->counter, c->iv.ptr, NONCE_LEN);
		c->counter[AES_BLOCK_LEN - 1] = 1;
		return CKR_OK;
	}
	rv = gcm_ecb(c, key, sizeof key);
	if (rv == CKR_OK) {
		ghash_start(&c->hash, key);
		ghash_update(&c->hash, view(&c->iv));
		ghash_final(&c->hash, 0, c->iv.len, c->counter);
	}
	mem_wipe(key, sizeof key);
	return rv;
}

/* The first run, with key stream for data_len bytes. */
static CK_RV
gcm_run(struct gcm *c, size_t data_len)
{
	CK_RV rv = CKR_OK;

	if (c->running)
		return CKR_OK;
	rv = gcm_first_counter(c);
	if (rv != CKR_OK)
		return rv;
	memcpy(c->stream + AES_BLOCK_LEN, c->counter, AES_BLOCK_LEN);
	rv = stream_fetch(c, FIRST, data_len);
	if (rv != CKR_OK)
		return rv;
	ghash_start(&c->hash, c->stream);
	memcpy(c->tag_mask, c->stream + AES_BLOCK_LEN, AES_BLOCK_LEN);
	mem_wipe(c->stream, FIRST);
	ghash_update(&c->hash, view(&c->aad));
	ghash_fill(&c->hash);
	buf_free(&c->aad);
	c->running = true;
	return CKR_OK;
}

/* data ^= key stream. Who needs more than the first run's will need more still. */
static CK_RV
gcm_crypt(struct gcm *c, uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (c->used == c->stream_len) {
			CK_RV rv = stream_fetch(c, 0, STREAM_MAX);

			if (rv != CKR_OK)
				return rv;
		}
		data[i] ^= c->stream[c->used];
		c->stream[c->used++] = 0;
	}
	return CKR_OK;
}

static void
gcm_tag(struct gcm *c, uint8_t *tag)
{
	ghash_final(&c->hash, c->aad_len, c->data_len, tag);
	for (size_t i = 0; i < AES_BLOCK_LEN; i++)
		tag[i] ^= c->tag_mask[i];
}

static CK_RV
gcm_encrypt(struct gcm *c, struct bytes in, struct buf *out)
{
	size_t before = out->len;
	CK_RV rv = CKR_OK;

	if (in.len > DATA_MAX - c->data_len)
		return CKR_DATA_LEN_RANGE;
	c->data_len += in.len;
	if ((rv = gcm_run(c, in.len)) != CKR_OK || (rv = buf_append(out, in)) != CKR_OK)
		return rv;
	rv = gcm_crypt(c, out->ptr + before, in.len);
	ghash_update(&c->hash, bytes_of(out->ptr + before, in.len));
	return rv;
}

static CK_RV
gcm_encrypt_end(struct gcm *c, struct bytes in, struct buf *out)
{
	uint8_t tag[AES_BLOCK_LEN];
	CK_RV rv = gcm_encrypt(c, in, out);

	if (rv != CKR_OK)
		return rv;
	gcm_tag(c, tag);
	return buf_append(out, bytes_of(tag, c->tag_len));
}

static CK_RV
gcm_decrypt_end(struct gcm *c, struct buf *out)
{
	struct bytes all = view(&c->base.held);
	struct bytes text = BYTES_EMPTY;
	size_t before = out->len;
	uint8_t tag[AES_BLOCK_LEN];
	CK_RV rv = CKR_OK;

	if (all.len < c->tag_len)
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	text = bytes_slice(all, 0, all.len - c->tag_len);
	rv = gcm_run(c, text.len);
	if (rv != CKR_OK)
		return rv;
	ghash_update(&c->hash, text);
	c->data_len = text.len;
	gcm_tag(c, tag);
	if (!mem_equal_ct(tag, all.ptr + text.len, c->tag_len))
		rv = CKR_ENCRYPTED_DATA_INVALID;
	mem_wipe(tag, sizeof tag); /* it would be right */
	if (rv == CKR_OK)
		rv = buf_append(out, text);
	return rv == CKR_OK ? gcm_crypt(c, out->ptr + before, text.len) : rv;
}

static CK_RV
gcm_hold(struct cipher *base, struct bytes in)
{
	return in.len > HELD_MAX - base->held.len ? CKR_ENCRYPTED_DATA_LEN_RANGE
						  : buf_append(&base->held, in);
}

static CK_RV
gcm_update(struct cipher *base, struct bytes in, struct buf *out)
{
	return base->encrypt ? gcm_encrypt((struct gcm *)base, in, out)
			     : gcm_hold(base, in);
}

static CK_RV
gcm_end(struct cipher *base, struct bytes in, struct buf *out)
{
	CK_RV rv = CKR_OK;

	if (base->encrypt)
		return gcm_encrypt_end((struct gcm *)base, in, out);
	rv = gcm_hold(base, in);
	return rv == CKR_OK ? gcm_decrypt_end((struct gcm *)base, out) : rv;
}

static void
gcm_clear(struct cipher *base)
{
	struct gcm *c = (struct gcm *)base;

	buf_free(&c->iv);
	buf_free(&c->aad);
}

const struct mode_ops gcm_ops = {
	.size = sizeof(struct gcm),
	.start = gcm_start,
	.update_len = gcm_update_len,
	.rest_len = gcm_rest_len,
	.update = gcm_update,
	.end = gcm_end,
	.clear = gcm_clear,
};
