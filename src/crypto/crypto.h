/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is computed on the host. All of libcrypto is behind this header.
 *
 * Everything runs in an OSSL_LIB_CTX of our own, with algorithms fetched once.
 * EVP_PKEY is never used: a process whose OpenSSL has an engine as default for
 * RSA or EC would be called from inside (that engine may be calling us).
 * Public-key arithmetic uses BIGNUM and EC_POINT.
 */
#ifndef CRYPTO_CRYPTO_H
#define CRYPTO_CRYPTO_H

#include "base/alg.h"

/* Count uses; the first makes the library context, the last frees it. Thread-safe. */
CHECKED CK_RV crypto_open(void);
void crypto_close(void);
/*
 * After fork, in the child, when another thread of the parent may have held a lock of libcrypto's or
 * ours: forget the library context and all uses of it. It is leaked.
 */
void crypto_leave_behind(void);

/* libcrypto's error queue belongs to the thread, so also to the program that calls us: what we add between hold and
 * drop is taken out again, and nothing else. They nest. */
void crypto_errors_hold(void);
void crypto_errors_drop(void);

/* --- digests ------------------------------------------------------------------ */
struct digest; /* a running hash */
CHECKED CK_RV digest_new(enum hash h, struct digest **out);
CHECKED CK_RV digest_update(struct digest *d, struct bytes data);
CHECKED CK_RV digest_final(struct digest *d, struct buf *out);
/* A second one that goes on from here by itself. CKR_OPERATION_NOT_INITIALIZED: it is at its end. */
CHECKED CK_RV digest_copy(const struct digest *d, struct digest **out);
void digest_free(struct digest *d);
CHECKED CK_RV crypto_hash(enum hash h, const struct bytes *parts, size_t count, struct buf *out);

/* Into out, which has room for the digest. */
CHECKED CK_RV crypto_hash_into(enum hash h, const struct bytes *parts, size_t count, uint8_t *out);
CHECKED CK_RV crypto_hmac_into(
	enum hash h, struct bytes key, const struct bytes *parts, size_t count, uint8_t *out);

#define BLAKE2B_MAX 64
/* BLAKE2b (RFC 7693) without a key; len: bytes of the digest. CKR_ARGUMENTS_BAD: 0, or more than
 * BLAKE2B_MAX. */
CHECKED CK_RV crypto_blake2b_into(
	const struct bytes *parts, size_t count, size_t len, uint8_t *out);

/* --- MACs in parts ------------------------------------------------------------- */
/* A running HMAC or CMAC. Another layer makes one by having this as its first member. */
struct mac {
	const struct mac_ops *ops;
	bool ended;
};

struct mac_ops {
	/* Neither is called after final, nor after one that has failed. */
	CK_RV (*update)(struct mac *m, struct bytes data);
	CK_RV (*final)(struct mac *m, struct buf *out); /* sets out */
	CK_RV (*restart)(struct mac *m);
	void (*free)(struct mac *m); /* wipes */
};

CHECKED CK_RV mac_new(enum hash h, struct bytes key, struct mac **out); /* HMAC on the host */
/* CKR_OPERATION_NOT_INITIALIZED, as the next: it is at its end, or has failed. */
CHECKED CK_RV mac_update(struct mac *m, struct bytes data);
/* The whole MAC; it can not be used again, unless it is restarted. */
CHECKED CK_RV mac_final(struct mac *m, struct buf *out);
/* Begin anew with the same key, wherever it was. */
CHECKED CK_RV mac_restart(struct mac *m);
void mac_free(struct mac *m); /* wipes; NULL is fine */

/* --- key derivation ------------------------------------------------------------ */
#define HKDF_BLOCKS_MAX 255 /* digests in the longest output */
/* HKDF (RFC 5869). CKR_ARGUMENTS_BAD: len is more than HKDF_BLOCKS_MAX digests. */
CHECKED CK_RV crypto_hkdf(enum hash h, struct bytes key, struct bytes salt, struct bytes info,
	size_t len, struct buf *out);
/* Its steps. An empty salt is one of zeros; prk has the length of the digest. */
CHECKED CK_RV crypto_hkdf_extract(
	enum hash h, struct bytes key, struct bytes salt, struct buf *prk);
CHECKED CK_RV crypto_hkdf_expand(
	enum hash h, struct bytes prk, struct bytes info, size_t len, struct buf *out);
/*
 * SP 800-108 in the mode of s: so many segments, one behind the other. prf: a MAC with the base key; it is used up.
 * keys_len: bytes of the keys that are made of them. CKR_MECHANISM_PARAM_INVALID: a length in bits
 * does not fit its width; CKR_ARGUMENTS_BAD: more than kbkdf_segments_max(), or a part is a KBKDF_KEY, whose value
 * belongs there instead; and the codes of prf.
 */
CHECKED CK_RV crypto_kbkdf(const struct scheme *s, struct mac *prf, size_t segments,
	size_t keys_len, struct buf *out);
CHECKED CK_RV crypto_pbkdf2(enum hash h, struct bytes password, struct bytes salt,
	uint32_t iterations, size_t len, struct buf *out);
/* Bytes that one step of this KDF makes; 0: it has no steps. h: of those that are not BLAKE2b. */
size_t kdf_step_len(enum kdf kdf, enum hash h);
/* From a shared secret, by ANSI X9.63 or SP 800-56A's one step. KDF_NONE: the last len bytes of it; CKR_ARGUMENTS_BAD: it has fewer. */
CHECKED CK_RV crypto_kdf_shared(enum kdf kdf, enum hash h, struct bytes secret, struct bytes info,
	size_t len, struct buf *out);
/* TPM 2.0 Part 1, "KDFa()" and "KDFe()". The label's NUL is hashed too. bits: a multiple of 8. */
CHECKED CK_RV crypto_kdfa(enum hash h, struct bytes key, const char *label, struct bytes context_u,
	struct bytes context_v, size_t bits, struct buf *out);
CHECKED CK_RV crypto_kdfe(enum hash h, struct bytes z, const char *label, struct bytes party_u,
	struct bytes party_v, size_t bits, struct buf *out);

/* --- ciphers ------------------------------------------------------------------- */
/* AES-CFB128 in place, key 16, 24 or 32 bytes, iv 16: session-based parameter encryption. */
CHECKED CK_RV crypto_aes_cfb(
	struct bytes key, struct bytes iv, bool encrypt, uint8_t *data, size_t len);
/* AES-256-GCM, key 32 bytes: out = nonce (12) || ciphertext || tag (16). */
CHECKED CK_RV crypto_seal(struct bytes key, struct bytes aad, struct bytes plain, struct buf *out);
/* CKR_DEVICE_ERROR: not what crypto_seal made with this key and aad. */
CHECKED CK_RV crypto_unseal(
	struct bytes key, struct bytes aad, struct bytes sealed, struct buf *out);
/* SHAKE256 of in, len bytes: the expansion of the incremental hash. */
CHECKED CK_RV crypto_xof(struct bytes in, size_t len, struct buf *out);

/* --- random -------------------------------------------------------------------- */
CHECKED CK_RV crypto_random(uint8_t *out, size_t len);
/* Mix in bytes from outside, for instance the TPM's. Never lowers the quality. */
CHECKED CK_RV crypto_random_mix(struct bytes seed);

/* --- encodings of RSA (PKCS#1 2.2) ------------------------------------------------ */
/*
 * EMSA-PKCS1-v1_5, or any other data: 00 01 FF.. 00 data, modulus_len bytes.
 * CKR_DATA_LEN_RANGE: data is longer than modulus_len - 11.
 */
CHECKED CK_RV pad_pkcs1(struct bytes data, size_t modulus_len, struct buf *out);
/* The data of such an encoding, which is public. CKR_SIGNATURE_INVALID: it is none. */
CHECKED CK_RV unpad_pkcs1(struct bytes em, struct buf *out);
/* DigestInfo of a digest, parameters NULL. CKR_DATA_LEN_RANGE: not as long as h's digests. */
CHECKED CK_RV pad_digest_info(enum hash h, struct bytes digest, struct buf *out);
/* If data is exactly such a DigestInfo: its hash, and the digest in it (borrowed); else HASH_NONE.
 */
enum hash pad_digest_info_read(struct bytes data, struct bytes *digest);
/*
 * EMSA-PSS-ENCODE of a digest with s->digest, s->mgf and s->salt_len random bytes: as long as the
 * modulus, so where PKCS#1's EM is a byte shorter, a zero byte is in front.
 * CKR_DATA_LEN_RANGE: digest's length; CKR_KEY_SIZE_RANGE: salt and digest do not fit the key.
 */
CHECKED CK_RV pad_pss(
	const struct scheme *s, struct bytes digest, size_t modulus_bits, struct buf *out);
/* encoded: what pad_pss() makes. CKR_SIGNATURE_INVALID: it does not belong to digest. */
CHECKED CK_RV pad_pss_verify(
	const struct scheme *s, struct bytes digest, size_t modulus_bits, struct bytes encoded);
/*
 * EME-OAEP-ENCODE, modulus_len bytes; label: as it is before it is hashed.
 * CKR_DATA_LEN_RANGE: message too long; CKR_KEY_SIZE_RANGE: no message fits.
 */
CHECKED CK_RV pad_oaep(enum hash h, enum hash mgf, struct bytes label, struct bytes message,
	size_t modulus_len, struct buf *out);

/* The message of such an encoding. CKR_ENCRYPTED_DATA_INVALID: it is none, or has another label; one
 * code and one time for all that can be wrong. CKR_KEY_SIZE_RANGE as above. */
CHECKED CK_RV unpad_oaep(
	enum hash h, enum hash mgf, struct bytes label, struct bytes em, struct buf *out);
/* EME-PKCS1-v1_5: 00 02, random bytes without zeros, 00, message. CKR_DATA_LEN_RANGE. */
CHECKED CK_RV pad_pkcs1_cipher(struct bytes message, size_t modulus_len, struct buf *out);
/*
 * The message of such an encoding, em, that cipher has opened to. An em that is none gives a
 * message that follows from cipher and secret, in the same time: nobody else can tell. The
 * secret belongs to the key and never changes. len: if not 0, the only length that will do: a
 * message of another length is answered as an em that is none, by one of this length.
 * CKR_KEY_SIZE_RANGE: em is too short for any, or for that.
 */
CHECKED CK_RV unpad_pkcs1_cipher(
	struct bytes em, struct bytes secret, struct bytes cipher, size_t len, struct buf *out);

/* --- RSA encryption: s->alg one of ALG_RSA_PKCS1, ALG_RSA_OAEP, ALG_RSA_RAW ---------- */
/* Bytes of the longest message. CKR_KEY_SIZE_RANGE: not even an empty one fits;
 * CKR_KEY_TYPE_INCONSISTENT, CKR_MECHANISM_INVALID. */
CHECKED CK_RV crypto_message_max(
	const struct pubkey *key, const struct scheme *s, size_t *out);
/* out is as long as the modulus. CKR_DATA_LEN_RANGE: longer than that; CKR_DATA_INVALID: a number
 * not below the modulus; else as crypto_message_max() and crypto_pubkey_check(). */
CHECKED CK_RV crypto_encrypt(const struct pubkey *key, const struct scheme *s,
	struct bytes message, struct buf *out);
/* What is left to do after the private operation has made em of cipher. secret: as for
 * unpad_pkcs1_cipher(). CKR_ENCRYPTED_DATA_INVALID: only with OAEP. */
CHECKED CK_RV crypto_unpad(const struct scheme *s, struct bytes em, struct bytes secret,
	struct bytes cipher, struct buf *out);

/* --- public keys ----------------------------------------------------------------- */
/*
 * in^e mod n; in has the modulus' length (else CKR_DATA_LEN_RANGE).
 * CKR_DATA_INVALID: in >= n; else as crypto_pubkey_check().
 */
CHECKED CK_RV rsa_public(const struct pubkey *key, struct bytes in, struct buf *out);
/*
 * RSASVE (SP 800-56B, 7.2.1): a secret number for who has the private key, and what it opens; both
 * as long as the modulus. As crypto_pubkey_check().
 */
CHECKED CK_RV rsa_encapsulate(const struct pubkey *key, struct buf *secret, struct buf *cipher);
/* Can it be such a ciphertext: is it as long as the modulus, and a number between 1 and n - 1?
 * CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID. */
CHECKED CK_RV rsa_encapsulated_check(const struct pubkey *key, struct bytes cipher);
/*
 * Verify with s->alg one of ALG_RSA_PKCS1, ALG_RSA_PSS, ALG_RSA_RAW, ALG_ECDSA.
 *
 * input      the digest, where s->hash is given or the algorithm takes one; else the caller's data:
 *            for PKCS1 what stands behind the padding, for RAW the number, with or without its
 *            zeros
 * signature  as long as the modulus, or r || s, both of one length, at most the field's
 *
 * CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID; CKR_DATA_LEN_RANGE: input's length;
 * CKR_KEY_TYPE_INCONSISTENT, CKR_MECHANISM_INVALID; else as crypto_pubkey_check().
 */
CHECKED CK_RV crypto_verify(const struct pubkey *key, const struct scheme *s, struct bytes input,
	struct bytes signature);
/*
 * The data that an RSA signature holds: s->alg ALG_RSA_PKCS1, what stands behind the padding, or
 * ALG_RSA_RAW, as many bytes as the modulus has. CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID,
 * CKR_KEY_TYPE_INCONSISTENT, CKR_MECHANISM_INVALID; else as crypto_pubkey_check().
 */
CHECKED CK_RV crypto_recover(const struct pubkey *key, const struct scheme *s,
	struct bytes signature, struct buf *out);
/*
 * Can the key be used at all?
 * CKR_DOMAIN_PARAMS_INVALID: curve unknown; CKR_KEY_SIZE_RANGE: modulus not of 512 to 16384 bits;
 * CKR_ATTRIBUTE_VALUE_INVALID: point not uncompressed or not on the curve; modulus even or with
 * leading zeros; exponent even, 1, or longer than 64 bits.
 */
CHECKED CK_RV crypto_pubkey_check(const struct pubkey *key);
/*
 * Make a private key whole: every number that can be computed from those that are there, which must be right. Needed: of RSA
 * the modulus and d, e and a prime, any two of the three; of EC the scalar. CKR_TEMPLATE_INCOMPLETE: there are fewer;
 * CKR_ATTRIBUTE_VALUE_INVALID: they do not belong together; else as crypto_pubkey_check().
 */
CHECKED CK_RV crypto_privkey_complete(struct privkey *key);
/* A fresh ephemeral key on peer's curve: own point, and the x coordinate of the shared point,
 * padded to the field. The codes of crypto_pubkey_check(). */
CHECKED CK_RV ecdh_ephemeral(const struct pubkey *peer, struct buf *point, struct buf *z);
/* A fresh private key and its point. CKR_DOMAIN_PARAMS_INVALID. */
CHECKED CK_RV ec_key_make(enum curve c, struct buf *scalar, struct buf *point);
/* The x coordinate of scalar * peer, padded to the field. The codes of crypto_pubkey_check(), and CKR_ARGUMENTS_BAD: scalar is not
 * between 0 and the order. */
CHECKED CK_RV ecdh_shared(const struct pubkey *peer, struct bytes scalar, struct buf *z);

#endif
