/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside crypto/ only: the library context, contexts of running digests, MGF1
 * and the arithmetic that crypto_verify() puts together.
 */
#ifndef CRYPTO_CRYPTO_PRIVATE_H
#define CRYPTO_CRYPTO_PRIVATE_H

#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "crypto/crypto.h"

#define DIGEST_MAX       64  /* bytes of the longest digest */
#define DIGEST_BLOCK_MAX 144 /* bytes of the longest HMAC block: SHA3-224's */

#define AES_KEYS         3   /* 128, 192 and 256 bits */

/*
 * The library context, and what was fetched from it: borrowed until the last crypto_close(). NULL: closed, or libcrypto
 * has no such thing.
 */
OSSL_LIB_CTX *libctx(void);
/* h: one that has a row. */
const EVP_MD *libctx_digest(enum hash h);
const EVP_MD *libctx_shake256(void);
/* The cipher with a key of so many bytes; NULL: AES has none. */
const EVP_CIPHER *libctx_aes(enum block_mode mode, size_t key_len);
/* Triple DES with three keys, in one of its two modes. */
const EVP_CIPHER *libctx_des3(enum block_mode mode);
const EVP_CIPHER *libctx_aes256_gcm(void);
EVP_KDF *libctx_pbkdf2(void);
EVP_RAND_CTX *libctx_random(void);

/* A context that has started; NULL: no memory, or the library is closed. h: one that has a row. */
EVP_MD_CTX *digest_ctx_new(enum hash h);
/* Start again. */
bool digest_ctx_restart(enum hash h, EVP_MD_CTX *ctx);

/* At the last crypto_close(). */
void ec_groups_clear(void);
void ec_groups_forget(void); /* without freeing them */

/* PKCS#1 "MGF1": XOR len bytes of mask, made from seed, onto data. */
CHECKED CK_RV mgf1_xor(enum hash h, struct bytes seed, uint8_t *data, size_t len);

CHECKED CK_RV rsa_modulus_check(const struct pubkey *key);
CHECKED CK_RV rsa_key_check(const struct pubkey *key);
CHECKED CK_RV ec_key_check(const struct pubkey *key);
/* The EC half of crypto_privkey_complete(); out is empty before. */
CHECKED CK_RV ec_complete(const struct privkey *key, struct privkey *out);
/* r || s over the leftmost bits of digest. */
CHECKED CK_RV ecdsa_verify(const struct pubkey *key, struct bytes digest, struct bytes signature);

#endif
