/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES: every mode as one kind of running operation, over blocks that somebody
 * computes: libcrypto with a key that is on the host, or the TPM with one that
 * it does not give out. DES and Triple DES have the oldest of the modes.
 */
#ifndef CRYPTO_AES_H
#define CRYPTO_AES_H

#include "base/alg.h"

struct mac; /* crypto/crypto.h */

/* Who computes. Another layer makes one by having this as its first member. */
struct blocks {
	const struct blocks_ops *ops;
};

struct blocks_ops {
	/*
	 * in to out, as long; both may be the same memory. ECB and CBC: whole blocks; the others: a part of a
	 * block only at the very end. iv: a block, afterwards what the next call needs; NULL for ECB.
	 * CTR counts all 128 bits.
	 */
	CK_RV (*run)(struct blocks *b, enum block_mode mode, bool encrypt, uint8_t *iv, struct bytes in,
		uint8_t *out);
	void (*free)(struct blocks *b);
};

/*
 * The host; key: copied, wiped at the end. What it is used for says what it is: AES has 16, 24 or 32 bytes,
 * DES 8, Triple DES 16 or 24; CKR_KEY_SIZE_RANGE, here or from run.
 */
CHECKED CK_RV blocks_host_new(struct bytes key, struct blocks **out);
void blocks_free(struct blocks *b); /* NULL is fine */

struct cipher; /* a running encryption or decryption */

/*
 * s->alg: ALG_AES_ECB .. ALG_AES_GCM, ALG_AES_KEY_WRAP, ALG_AES_KEY_WRAP_KWP, ALG_DES_ECB .. ALG_DES3_CBC_PAD; its parameters are copied. blocks is taken, also on
 * failure, and freed at the end or when something fails. Nothing is run yet. GCM and the key wraps are made of ECB.
 *
 * CKR_MECHANISM_PARAM_INVALID: the length of the IV (GCM: 1 to 256 bytes) or tag (4 to 16), or counter_bits (1 to 128);
 * CKR_MECHANISM_INVALID.
 */
CHECKED CK_RV cipher_new(
	const struct scheme *s, bool encrypt, struct blocks *blocks, struct cipher **out);
/* How many bytes cipher_update() will put out for in_len more: exact. A decryption that checks puts out nothing before its end. */
size_t cipher_update_len(const struct cipher *c, size_t in_len);
/* The most that in_len more and then the end will put out together; exact, but for a decryption that takes a padding off. */
size_t cipher_rest_len(const struct cipher *c, size_t in_len);
/*
 * out: appended; as it was, when it fails. Any failure ends the operation, as the end does: CKR_OPERATION_NOT_INITIALIZED from then on.
 * Encrypting: CKR_DATA_LEN_RANGE, which is also what CTR says in both directions when its counter would overflow;
 * decrypting: CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID, one code and one time for
 * whatever is wrong with a padding or tag; what blocks->run says.
 */
CHECKED CK_RV cipher_update(struct cipher *c, struct bytes in, struct buf *out);
/* in, and then the end, in as few runs as it can be done: what is there at once should come this way. */
CHECKED CK_RV cipher_end(struct cipher *c, struct bytes in, struct buf *out);
CHECKED CK_RV cipher_final(struct cipher *c, struct buf *out); /* the end without more input */
void cipher_free(struct cipher *c); /* wipes; NULL is fine */

/* CMAC (SP 800-38B), 16 bytes, made of CBC; mac_update() and the rest work on it. blocks is taken, also on failure. */
CHECKED CK_RV cmac_new(struct blocks *blocks, struct mac **out);

#endif
