/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * API tests: what a module does that is reached through dlopen() and its
 * function list only. The same tests run against a reference module, to test
 * the tests; where that one differs with good reason is a row of a table.
 */
#ifndef TEST_INTEGRATION_API_API_H
#define TEST_INTEGRATION_API_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define SO_PIN   "87654321"
#define USER_PIN "123456"
#define LABEL    "api tests"

struct pair {
	CK_OBJECT_HANDLE public, private;
};

struct ctx {
	void *dl;
	CK_FUNCTION_LIST *f;
	const CK_FUNCTION_LIST_3_2 *f3; /* NULL: a module of 2.40 */
	bool reference;                 /* SoftHSM: known differences apply */
	CK_SLOT_ID slot;                /* of the token that the tests have made */
	struct pair rsa, ec;            /* token keys, made by the key generation chapter */
};

/* --- main.c --------------------------------------------------------------------------------------
 */

/* One assertion. what: a sentence, unique, by which a known difference is found. True if got is
 * expected. */
bool expect(const struct ctx *c, const char *what, CK_RV expected, CK_RV got);
bool expect_true(const struct ctx *c, const char *what, bool got);
unsigned failures(void);
/* Results of other threads and processes. */
void add_failures(unsigned n);

/* --- differences.c -------------------------------------------------------------------------------
 */

/* Why the reference module may answer this; NULL: it may not. */
const char *difference_reason(const char *what, CK_RV rv);

/* --- helpers.c -----------------------------------------------------------------------------------
 */

CK_SESSION_HANDLE open_session(const struct ctx *c, CK_FLAGS flags);
CK_SESSION_HANDLE open_rw(const struct ctx *c);
CK_RV login(const struct ctx *c, CK_SESSION_HANDLE h, CK_USER_TYPE user, const char *pin);
void close_all(const struct ctx *c);
/* C_Initialize and the token's slot by its label. */
bool start(struct ctx *c);
bool find_slot(struct ctx *c);

extern const CK_BBOOL yes, no;
CK_ATTRIBUTE attr_bytes(CK_ATTRIBUTE_TYPE type, const void *value, size_t len);
CK_ATTRIBUTE attr_bool(CK_ATTRIBUTE_TYPE type, bool value);
CK_ATTRIBUTE attr_text(CK_ATTRIBUTE_TYPE type, const char *value);
/* value must outlive the attribute. */
CK_ATTRIBUTE attr_number(CK_ATTRIBUTE_TYPE type, const CK_ULONG *value);

CK_RV generate_rsa(
	const struct ctx *c, CK_SESSION_HANDLE h, bool token, const char *label, struct pair *out);
CK_RV generate_ec(
	const struct ctx *c, CK_SESSION_HANDLE h, bool token, const char *label, struct pair *out);
/* A key for all that AES does, its value known: a session key, or a token key. */
CK_OBJECT_HANDLE aes_key(
	const struct ctx *c, CK_SESSION_HANDLE h, bool token, const uint8_t *value, size_t len);
/* The handles of the token keys, which change with each login of the user. */
void find_keys(struct ctx *c, CK_SESSION_HANDLE h);
/* How many objects match, at most room of them into list. */
CK_RV search(const struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE *t, CK_ULONG n,
	CK_OBJECT_HANDLE *list, CK_ULONG room, CK_ULONG *count);
CK_RV sign(const struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
	const void *data, size_t len, uint8_t *signature, CK_ULONG *signature_len);

/* --- openssl.c -----------------------------------------------------------------------------------
 */

enum padding { PAD_PKCS1, PAD_PSS, PAD_NONE };
struct padding_spec {
	int padding; /* RSA_PKCS1_PADDING ... */
	const char *hash, *mgf, *label; /* of OAEP */
};
/* Does OpenSSL accept the signature of data under this public key of the token? hash NULL: data is
 * the digest. */
bool openssl_verifies(const struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE public,
	const char *hash, enum padding padding, const void *data, size_t len,
	const uint8_t *signature, size_t signature_len);
struct evp_pkey_ctx_st; /* EVP_PKEY_CTX */
bool openssl_padding(struct evp_pkey_ctx_st *ctx, const struct padding_spec *spec);
/* What OpenSSL makes of data for this public key of the token; 0: it could not. */
size_t openssl_encrypts(const struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE public,
	const struct padding_spec *spec, const void *data, size_t len, uint8_t *out);
size_t openssl_digest(const char *hash, const void *data, size_t len, uint8_t *out);

/* --- openssl_aes.c -------------------------------------------------------------------------------
 */

#define GCM_IV_LEN  12
#define GCM_TAG_LEN 16

struct aes_row {
	const char *what;
	CK_MECHANISM_TYPE type;
	const char *mode; /* as OpenSSL calls it */
	CK_ULONG unit;    /* the data consists of so many bytes, or a multiple */
	void *parameter;
	CK_ULONG parameter_len;
};
extern const struct aes_row aes_rows[]; /* all mechanisms that encrypt */
extern const size_t aes_row_count;
CK_MECHANISM aes_mechanism(const struct aes_row *row);
/* What OpenSSL encrypts data to, with the parameters of the row. */
size_t openssl_aes(const struct aes_row *row, const uint8_t *key, size_t key_len,
	const uint8_t *data, size_t len, uint8_t *out);
size_t openssl_cmac(
	const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t *out);
struct gcm_case {
	const uint8_t *iv, *aad;
	size_t iv_len, aad_len, tag_len;
};
/* Ciphertext and tag apart. */
bool openssl_gcm(const struct gcm_case *g, const uint8_t *key, size_t key_len, const uint8_t *data,
	size_t len, uint8_t *out, uint8_t *tag);

/* --- openssl_key.c -------------------------------------------------------------------------------
 */

#define PKCS8_MAX 2048

struct evp_pkey_st; /* EVP_PKEY */
/* curve NULL: RSA, 2048 bits. */
struct evp_pkey_st *openssl_key(const char *curve);
void openssl_key_free(struct evp_pkey_st *key);
/* PrivateKeyInfo into out, which has PKCS8_MAX bytes. */
size_t openssl_pkcs8(struct evp_pkey_st *key, uint8_t *out);
bool openssl_key_is(struct evp_pkey_st *key, const uint8_t *pkcs8, size_t len);
/* The numbers of an RSA or P-256 key as attributes (at most 8) into list; memory: PKCS8_MAX bytes, which they point to. */
CK_ULONG openssl_key_numbers(struct evp_pkey_st *key, uint8_t *memory, CK_ATTRIBUTE *list);
/* Is it the key's signature of these 32 bytes, by CKM_RSA_PKCS or CKM_ECDSA? */
bool openssl_key_verifies(struct evp_pkey_st *key, const uint8_t *digest, const uint8_t *signature,
	size_t signature_len);

/* --- chapters, in this order
 * ---------------------------------------------------------------------- */

void test_interface(struct ctx *c); /* before C_Initialize */
void test_walk_uninitialised(struct ctx *c);
void test_general(struct ctx *c); /* leaves the module initialised */
void test_slot(struct ctx *c);    /* makes the token */
void test_session(struct ctx *c);
void test_login(struct ctx *c);
void test_keygen(struct ctx *c); /* makes the keys */
void test_object(struct ctx *c);
void test_attribute(struct ctx *c);
void test_template(struct ctx *c);
void test_changes(struct ctx *c);
void test_class(struct ctx *c);
void test_copy(struct ctx *c);
void test_find(struct ctx *c);
void test_sign(struct ctx *c);
void test_verify(struct ctx *c);
void test_recover(struct ctx *c);
void test_encrypt(struct ctx *c);
void test_verify_signature(struct ctx *c);
void test_message(struct ctx *c);
void test_digest(struct ctx *c);
void test_sha3(struct ctx *c);
void test_secret(struct ctx *c);
void test_secret_token(struct ctx *c);
void test_hmac(struct ctx *c);
void test_cipher(struct ctx *c);
void test_des(struct ctx *c);
void test_cipher_rules(struct ctx *c);
void test_dual(struct ctx *c);
void test_saved_state(struct ctx *c);
void test_message_cipher(struct ctx *c);
void test_derive(struct ctx *c);
void test_derive_simple(struct ctx *c);
void test_hkdf(struct ctx *c);
void test_kbkdf(struct ctx *c);
void test_encapsulate(struct ctx *c);
void test_import(struct ctx *c);
void test_wrap(struct ctx *c);
void test_wrap_rules(struct ctx *c);
void test_random(struct ctx *c);
void test_walk(struct ctx *c);
void test_thread(struct ctx *c);
void test_fork(struct ctx *c);

#endif
