/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every mechanism that a module lists, in every way that its flags promise,
 * with every size of key: OpenSSL makes or judges what the module judges or
 * makes. A mechanism, or a flag, that has no row here is a failure.
 */
#ifndef TEST_INTEGRATION_MECHANISM_MECHANISM_H
#define TEST_INTEGRATION_MECHANISM_MECHANISM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROOM	 4096 /* bytes: more than anything here is long */
#define FAILED	 ((size_t)-1)

/* The module and the one session; set by main.c. */
extern CK_FUNCTION_LIST *f;
extern const CK_FUNCTION_LIST_3_2 *f3; /* NULL: a module of 2.40 */
extern CK_SESSION_HANDLE session;
extern CK_FLAGS promised; /* all that any of its mechanisms does */

/* --- what there is to test -------------------------------------------------------- */
enum kind { KIND_NONE, KIND_RSA, KIND_EC, KIND_SECRET, KIND_AES, KIND_DES };

enum scheme {
	SCHEME_DIGEST,
	SCHEME_RSA_PKCS1,
	SCHEME_RSA_PSS,
	SCHEME_RSA_RAW,
	SCHEME_RSA_OAEP,
	SCHEME_ECDSA,
	SCHEME_HMAC,
	SCHEME_HMAC_GENERAL,
	SCHEME_CMAC,
	SCHEME_CMAC_GENERAL,
	SCHEME_AES_PLAIN, /* no parameter */
	SCHEME_AES_IV,
	SCHEME_AES_CTR,
	SCHEME_AES_GCM,
	SCHEME_AES_WRAP,
	SCHEME_RSA_AES, /* an AES key that RSA wraps, and what that key wraps */
	SCHEME_DES_PLAIN,
	SCHEME_DES_IV,
	SCHEME_ECDH,
	SCHEME_HKDF,
	SCHEME_KBKDF,
	SCHEME_KBKDF_FEEDBACK,
	SCHEME_DERIVE_HASH,
	SCHEME_DERIVE_KEY,
	SCHEME_DERIVE_STRING,
	SCHEME_DERIVE_BIT,
	SCHEME_DERIVE_AES_ECB,
	SCHEME_DERIVE_AES_CBC,
	SCHEME_GENERATE
};

struct hash {
	const char *name; /* OpenSSL's */
	CK_MECHANISM_TYPE digest, rsa, pss, ecdsa, hmac, hmac_general, key_gen, derive;
	CK_ULONG mgf;
	CK_KEY_TYPE key_type; /* of its HMAC keys */
};

struct row {
	CK_MECHANISM_TYPE type;
	enum scheme scheme;
	enum kind kind;
	const char *name; /* OpenSSL's: what stands behind "AES-128-", "DES-EDE3-" */
	CK_ULONG unit;	  /* data has a multiple of so many bytes; 0: any */
	bool single;	  /* not in parts */
	CK_KEY_TYPE key_type;	 /* of a secret key, where there is but one */
	const struct hash *hash; /* that it applies, or NULL */
};

/* NULL: this test does not know it. The answer lives until the next. */
const struct row *row_find(CK_MECHANISM_TYPE type);
const struct hash *hash_sha256(void);

union parameter {
	CK_RSA_PKCS_PSS_PARAMS pss;
	CK_RSA_PKCS_OAEP_PARAMS oaep;
	CK_ULONG mac_len;
	CK_BYTE iv[16];
	CK_AES_CTR_PARAMS ctr;
	CK_GCM_PARAMS gcm;
	CK_ECDH1_DERIVE_PARAMS ecdh;
	CK_HKDF_PARAMS hkdf;
	CK_SP800_108_KDF_PARAMS kbkdf;
	CK_SP800_108_FEEDBACK_KDF_PARAMS feedback;
	CK_OBJECT_HANDLE other;
	CK_KEY_DERIVATION_STRING_DATA string;
	CK_ULONG bit;
	CK_AES_CBC_ENCRYPT_DATA_PARAMS cbc;
	CK_RSA_AES_KEY_WRAP_PARAMS rsa_aes;
};

/* One mechanism with one size of key in one place. */
struct trial {
	const struct row *row;
	const char *use;
	CK_FLAGS flags; /* all that the mechanism promises */
	CK_ULONG size;
	bool token;
	CK_KEY_TYPE key_type; /* of a secret key */
	CK_MECHANISM m;
	union parameter p;
};

/* m and p, as the scheme wants them. */
void trial_parameter(struct trial *t);
/* Say what is wrong, and count it; false. */
bool trial_fails(const struct trial *t, const char *what, CK_RV rv);
/* Bytes for it to work on: not more than len, in pieces that it takes; out has room. */
size_t trial_data(const struct trial *t, size_t len, uint8_t *out);

/* --- keys -------------------------------------------------------------------------- */
struct key {
	enum kind kind;
	CK_ULONG size;
	bool token;
	CK_FLAGS use;
	CK_KEY_TYPE key_type;
	CK_RV rv;		 /* of its making */
	CK_OBJECT_HANDLE handle; /* that the use is of */
	EVP_PKEY *pkey;		 /* with the private half where OpenSSL has made it */
	uint8_t value[ROOM];	 /* of a secret key */
	size_t len;
};

/* A key for one of the uses: made at the first call, and kept. NULL: it could not be, which has been said. */
const struct key *key_for(const struct trial *t, CK_FLAGS use);
void keys_free(void);
struct curve {
	CK_ULONG bits;
	const char *group; /* OpenSSL's name */
	CK_BYTE oid[10];   /* DER */
	size_t oid_len;
};

const struct curve *curve_find(CK_ULONG bits);
/* Public key of an object; NULL on failure. */
EVP_PKEY *key_read(enum kind kind, CK_ULONG size, CK_OBJECT_HANDLE o);
/* Bytes of a key whose size is told in the unit of its kind. */
size_t key_len(enum kind kind, CK_ULONG size);
size_t read_value(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type, uint8_t *out);

CK_ATTRIBUTE attr(CK_ATTRIBUTE_TYPE type, const void *value, size_t len);
CK_ATTRIBUTE attr_bool(CK_ATTRIBUTE_TYPE type, bool value);
/* value must outlive the attribute. */
CK_ATTRIBUTE attr_number(CK_ATTRIBUTE_TYPE type, const CK_ULONG *value);

/* --- calls, with the rules for sizes ------------------------------------------------ */
enum operation { OP_ENCRYPT, OP_DECRYPT, OP_SIGN, OP_SIGN_RECOVER, OP_VERIFY_RECOVER, OP_DIGEST };

/*
 * How long what comes out is; FAILED, which has been said. exact: the length that is told before is
 * the one that it has; else it is at least that.
 */
size_t call_once(const struct trial *t, enum operation op, CK_OBJECT_HANDLE key, const uint8_t *in,
	size_t len, uint8_t *out, bool exact);
size_t call_parts(const struct trial *t, enum operation op, CK_OBJECT_HANDLE key, const uint8_t *in,
	size_t len, uint8_t *out);

/* --- the other opinion: what OpenSSL makes; FAILED or false: it could not ------------- */
size_t ref_digest(const char *hash, const uint8_t *in, size_t len, uint8_t *out);
bool ref_verify(const struct trial *t, EVP_PKEY *key, const uint8_t *in, size_t len,
	const uint8_t *signature, size_t signature_len);
size_t ref_sign(const struct trial *t, EVP_PKEY *key, const uint8_t *in, size_t len, uint8_t *out);
size_t ref_mac(const struct trial *t, const struct key *key, const uint8_t *in, size_t len,
	uint8_t *out);
/* With the key's private half, or its value. */
size_t ref_crypt(const struct trial *t, const struct key *key, bool encrypt, const uint8_t *in,
	size_t len, uint8_t *out);
/* A secret with the private half of pkey and another's point; or with a key whose private half only the module has, and a point
 * that is made. */
size_t ref_agree(EVP_PKEY *pkey, const uint8_t *point, size_t point_len, uint8_t *secret);
size_t ref_ecdh(const struct key *key, uint8_t *point, size_t *point_len, uint8_t *secret);
/* What is derived from a secret key; not more than DERIVED_MAX bytes. */
enum { DERIVED_MAX = 48 };
size_t ref_derive(const struct trial *t, const struct key *key, uint8_t *out);

/* Does it make a signature that OpenSSL takes, or would make of its value? */
bool key_signs(const struct trial *made, const struct key *key);

/* --- uses: each tests one flag of one trial ------------------------------------------- */
bool use_digest(struct trial *t);
bool use_sign(struct trial *t);
bool use_verify(struct trial *t);
bool use_sign_recover(struct trial *t);
bool use_verify_recover(struct trial *t);
bool use_message_sign(struct trial *t);
bool use_message_verify(struct trial *t);
bool use_message_encrypt(struct trial *t);
bool use_message_decrypt(struct trial *t);
bool use_encrypt(struct trial *t);
bool use_decrypt(struct trial *t);
bool use_generate(struct trial *t);
bool use_generate_pair(struct trial *t);
bool use_derive(struct trial *t);
bool use_wrap(struct trial *t);
bool use_unwrap(struct trial *t);
bool use_encapsulate(struct trial *t);
bool use_decapsulate(struct trial *t);

#endif
