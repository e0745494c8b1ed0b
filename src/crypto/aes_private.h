/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside crypto/ only: what the modes have in common, and the families
 * that they fall into.
 */
#ifndef CRYPTO_AES_PRIVATE_H
#define CRYPTO_AES_PRIVATE_H

#include "crypto/aes.h"

struct mode;

/* Each family has this as its first member. */
struct cipher {
	const struct mode *mode;
	struct blocks *blocks;
	bool encrypt;
	bool ended;
	struct buf held; /* input that waits for more, or for the end */
	uint8_t iv[AES_BLOCK_LEN]; /* DES: its first half */
};

/* What fails may leave anything behind in out: who called takes it back. total: bytes held and to come. */
struct mode_ops {
	size_t size; /* bytes of the family's struct */
	/* What the mode wants of the parameters, besides the length of the IV. */
	CK_RV (*start)(struct cipher *c, const struct scheme *s);
	size_t (*update_len)(const struct cipher *c, size_t total);
	size_t (*rest_len)(const struct cipher *c, size_t total);
	CK_RV (*update)(struct cipher *c, struct bytes in, struct buf *out);
	/* in, and then the end. */
	CK_RV (*end)(struct cipher *c, struct bytes in, struct buf *out);
	void (*clear)(struct cipher *c); /* free what it owns; may be called again; NULL: nothing */
};

struct mode {
	enum alg alg;
	const struct mode_ops *ops;
	enum block_mode block; /* what it is made of */
	size_t iv_min, iv_max; /* bytes */
	const char *iv_own;    /* when none is given; NULL: one must be */
	bool padded;
};

extern const struct mode_ops block_ops;  /* ECB, CBC, CBC_PAD */
extern const struct mode_ops stream_ops; /* CTR, CFB, OFB */
extern const struct mode_ops gcm_ops;
extern const struct mode_ops key_wrap_ops;
extern const struct mode_ops key_wrap_kwp_ops;

/* len bytes in place, as the mode's primitive does it. */
CHECKED CK_RV cipher_run(struct cipher *c, uint8_t *data, size_t len);
/* The input has the wrong length. */
CHECKED CK_RV cipher_len_error(const struct cipher *c);
/* Cut out down to len bytes, and wipe what was behind them. */
void cipher_cut(struct buf *out, size_t len);
/* len, or a few more: up to the next whole unit. A number near the largest becomes smaller than len. */
size_t cipher_round_up(size_t len, size_t unit);

#endif
