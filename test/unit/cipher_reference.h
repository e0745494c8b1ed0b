/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of ciphers: what libcrypto's own modes make of the same input, and
 * blocks that count their runs and fail at a chosen one.
 */
#ifndef TEST_UNIT_CIPHER_REFERENCE_H
#define TEST_UNIT_CIPHER_REFERENCE_H

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "crypto/aes.h"
#include "vector.h"

/* Bytes that look random, and are the same each time. */
static inline struct bytes
reference_bytes(uint8_t *room, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		room[i] = (uint8_t)(seed >> 16);
	}
	return bytes_of(room, len);
}

/* name: libcrypto's; appended to out. */
static inline void
reference_named(const char *name, bool padded, struct bytes key, struct bytes iv,
	struct bytes plain, struct buf *out)
{
	EVP_CIPHER *cipher = NULL;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t before = out->len;
	int len = 0;
	int last = 0;

	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	assert_non_null(cipher);
	assert_rv(CKR_OK, buf_resize(out, before + plain.len + 32));
	assert_int_equal(1, EVP_EncryptInit_ex2(ctx, cipher, key.ptr, iv.ptr, NULL));
	EVP_CIPHER_CTX_set_padding(ctx, padded);
	assert_int_equal(1,
		EVP_EncryptUpdate(ctx, out->ptr + before, &len, plain.ptr, (int)plain.len));
	assert_int_equal(1, EVP_EncryptFinal_ex(ctx, out->ptr + before + len, &last));
	assert_rv(CKR_OK, buf_resize(out, before + (size_t)(len + last)));
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

/* The same for AES; name: "CBC". */
static inline void
reference_cipher(const char *name, bool padded, struct bytes key, struct bytes iv,
	struct bytes plain, struct buf *out)
{
	char full[32];

	(void)snprintf(full, sizeof full, "AES-%zu-%s", key.len * 8, name);
	reference_named(full, padded, key, iv, plain, out);
}

/* The host's blocks, with a count, and a run that fails: 1 is the first, 0 none. */
struct fake_blocks {
	struct blocks base;
	struct blocks *inner;
	size_t *runs;
	size_t *freed;
	size_t fail_at;
};

static inline CK_RV
fake_run(struct blocks *base, enum block_mode mode, bool encrypt, uint8_t *iv, struct bytes in,
	uint8_t *out)
{
	struct fake_blocks *b = (struct fake_blocks *)base;

	assert_int_equal(0, in.len % block_len(mode));
	assert_true(in.len > 0);
	if (++*b->runs == b->fail_at) {
		/* Half of the work is done. */
		memset(out, 0x5a, in.len / 2);
		return CKR_DEVICE_ERROR;
	}
	return b->inner->ops->run(b->inner, mode, encrypt, iv, in, out);
}

static inline void
fake_free(struct blocks *base)
{
	struct fake_blocks *b = (struct fake_blocks *)base;

	++*b->freed;
	blocks_free(b->inner);
	free(b);
}

static size_t fake_runs;  /* since the last fake_blocks_new() */
static size_t fake_freed; /* likewise */

static inline struct blocks *
fake_blocks_new(struct bytes key, size_t fail_at)
{
	static const struct blocks_ops ops = { fake_run, fake_free };
	struct fake_blocks *b = calloc(1, sizeof *b);

	assert_non_null(b);
	fake_runs = 0;
	fake_freed = 0;
	*b = (struct fake_blocks){ { &ops }, NULL, &fake_runs, &fake_freed, fail_at };
	assert_rv(CKR_OK, blocks_host_new(key, &b->inner));
	return &b->base;
}

/* A cipher over such blocks. */
static inline struct cipher *
fake_cipher(const struct scheme *s, bool encrypt, struct bytes key, size_t fail_at)
{
	struct cipher *c = NULL;

	assert_rv(CKR_OK, cipher_new(s, encrypt, fake_blocks_new(key, fail_at), &c));
	return c;
}

/* A scheme with a copy of iv; scheme_free(). */
static inline struct scheme
cipher_scheme(enum alg alg, struct bytes iv)
{
	struct scheme s = { .alg = alg, .counter_bits = 128, .tag_len = 16 };

	assert_rv(CKR_OK, buf_set(&s.iv, iv));
	return s;
}

/* All of in, in parts of part bytes; each says its size before. What cipher_end() gets is all, when part is 0. */
static inline CK_RV
cipher_parts(struct cipher *c, struct bytes in, size_t part, struct buf *out)
{
	CK_RV rv = CKR_OK;

	if (part == 0)
		return cipher_end(c, in, out);
	for (size_t at = 0; at < in.len && rv == CKR_OK; at += part) {
		struct bytes piece = bytes_slice(in, at, part);
		size_t expected = out->len + cipher_update_len(c, piece.len);

		rv = cipher_update(c, piece, out);
		if (rv == CKR_OK)
			assert_int_equal(expected, out->len);
	}
	return rv == CKR_OK ? cipher_final(c, out) : rv;
}

/* The whole life of one operation. */
static inline CK_RV
cipher_once(const struct scheme *s, bool encrypt, struct bytes key, struct bytes in, size_t part,
	struct buf *out)
{
	struct cipher *c = fake_cipher(s, encrypt, key, 0);
	CK_RV rv = cipher_parts(c, in, part, out);

	assert_int_equal(1, fake_freed);
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, cipher_update(c, in, out));
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, cipher_final(c, out));
	cipher_free(c);
	return rv;
}

#endif
