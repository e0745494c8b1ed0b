/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys, apart from what is computed with them: a key in the TPM, or on the
 * host. Operations that a kind of key does not have are refused by defaults.
 */
#ifndef KEY_KEY_H
#define KEY_KEY_H

#include "base/alg.h"
#include "tpm/tpm.h"

/* --- the keyring: a token's secret, in locked memory while someone is logged in ---------- */

#define KEYRING_PART_LEN 32

/*
 * The secret has three parts: K, from which the keys' authorisations are derived; A, the same for keys that are
 * CKA_ALWAYS_AUTHENTICATE; M, from which come the keys that protect the store. A is wiped as soon as it has been used.
 */
struct keyring;

/* What one user's PIN unseals; all borrowed. */
struct keyring_seal {
	const struct tpm_parent *parent;
	struct bytes hierarchy_auth;
	struct bytes public;  /* TPM2B_PUBLIC */
	struct bytes private; /* TPM2B_PRIVATE */
	struct bytes salt;
	uint32_t iterations;
};

/* What keyring_seal() makes. */
struct keyring_sealed {
	struct buf public;
	struct buf private;
	struct buf salt;
	uint32_t iterations;
};
void keyring_sealed_free(struct keyring_sealed *s);

CHECKED CK_RV keyring_new(struct keyring **out); /* closed */
void keyring_free(struct keyring *k);            /* wipes */
/* A second keyring with the same secrets, for a TPM command that runs while the first one may be closed. */
CHECKED CK_RV keyring_copy(const struct keyring *k, struct keyring **out);
/* Fresh secrets, from the TPM and the host mixed. Open afterwards, A included, until keyring_wipe_a(). */
CHECKED CK_RV keyring_generate(struct keyring *k, struct tpm *tpm);
/* Unseal with a PIN. keep_a: A stays too, for a seal that is to be made; else it is wiped. Results of tpm_unseal(). */
CHECKED CK_RV keyring_unseal(struct keyring *k, struct tpm *tpm, const struct keyring_seal *seal, struct bytes pin, bool keep_a);
/* Seal all three parts (A must be there: CKR_FUNCTION_FAILED) under a new PIN. */
CHECKED CK_RV keyring_seal(struct keyring *k, struct tpm *tpm, const struct tpm_parent *parent, struct bytes hierarchy_auth, struct bytes pin, struct keyring_sealed *out);
void keyring_wipe_a(struct keyring *k);
void keyring_close(struct keyring *k); /* wipes all */
bool keyring_is_open(const struct keyring *k);

/* Authorisation of the key with this unique id: HKDF(K or A, uid), 32 bytes, the last not 0. CKR_USER_NOT_LOGGED_IN: closed. */
CHECKED CK_RV keyring_key_auth(const struct keyring *k, struct bytes uid, bool always_authenticate, struct buf *auth);

/*
 * A key that is CKA_ALWAYS_AUTHENTICATE can be made only under an authorisation from A, and A is gone after login. So a few
 * are derived at login for keys that do not exist yet: uid is the unique id of a future key. Each is handed out once.
 */
#define KEYRING_RESERVE_COUNT 8
CHECKED CK_RV keyring_reserve(struct keyring *k, struct bytes uid); /* CKR_FUNCTION_FAILED: A is gone, or no room */
CHECKED CK_RV keyring_reserve_take(struct keyring *k, struct buf *uid, struct buf *auth); /* CKR_USER_NOT_LOGGED_IN: none left */

/* Protection of the store with keys from M. CKR_USER_NOT_LOGGED_IN: closed. */
CHECKED CK_RV keyring_mac(const struct keyring *k, struct bytes data, struct buf *mac);              /* 32 bytes */
CHECKED CK_RV keyring_encrypt(const struct keyring *k, struct bytes aad, struct bytes plain, struct buf *out);
CHECKED CK_RV keyring_decrypt(const struct keyring *k, struct bytes aad, struct bytes in, struct buf *plain);
CHECKED CK_RV keyring_search_key(const struct keyring *k, struct bytes value, struct buf *out);      /* 16 bytes */
/* What a row adds to the incremental hash over all rows. */
CHECKED CK_RV keyring_element(const struct keyring *k, struct bytes data, size_t len, struct buf *out);

/* --- keys -------------------------------------------------------------------------- */

struct key;
struct mac; /* crypto/crypto.h */

struct key_ops {
	/* input: the digest where s->hash is given, else the caller's data. auth: see key_sign(). */
	CK_RV (*sign)(struct key *k, const struct scheme *s, struct bytes auth, struct bytes input, struct buf *out);
	/* input: the ciphertext. auth: see key_decrypt(). */
	CK_RV (*decrypt)(struct key *k, const struct scheme *s, struct bytes auth, struct bytes input, struct buf *out);
	/* May it decrypt so at all? As key_decrypt_check(). */
	CK_RV (*decrypt_check)(const struct key *k, const struct scheme *s);
	CK_RV (*derive)(struct key *k, const struct scheme *s, struct bytes auth, struct buf *secret);
	CK_RV (*mac_new)(struct key *k, const struct scheme *s, struct mac **out);
	/* As key_blocks(), key_hmac(), key_value(), key_private(). */
	CK_RV (*blocks)(struct key *k, enum block_mode mode, bool encrypt, struct bytes auth, uint8_t *iv, struct bytes in, uint8_t *out);
	CK_RV (*hmac)(struct key *k, enum hash h, struct bytes auth, struct bytes data, struct buf *mac);
	CK_RV (*value)(struct key *k, struct bytes auth, struct buf *value);
	/* As key_unseal(). */
	CK_RV (*unseal)(struct key *k, struct bytes auth, struct key **out);
	CK_RV (*private)(struct key *k, struct bytes auth, struct privkey *out);
	/* auth: as it is; new_auth: as it shall be for the private area that is made. */
	CK_RV (*change_auth)(struct key *k, struct bytes auth, struct bytes new_auth, struct buf *private);
	void (*free)(struct key *k);
};

struct key {
	const struct key_ops *ops;
	struct pubkey public;
};

/* A key in the TPM; parent, authorisation and both areas are copied. CKR_DEVICE_ERROR: the public area is malformed. */
CHECKED CK_RV key_tpm_new(struct tpm *tpm, const struct tpm_parent *parent, struct bytes hierarchy_auth, struct bytes public, struct bytes private, struct key **out);
/* A key on the host; its value is copied, and wiped at the end. */
CHECKED CK_RV key_host_new(struct bytes value, struct key **out);
void key_free(struct key *k);

/*
 * One signature. auth: the key's authorisation value, from keyring_key_auth(); borrowed.
 * Any input that the standard allows for the scheme; CKR_DATA_LEN_RANGE, CKR_DATA_INVALID otherwise,
 * CKR_KEY_FUNCTION_NOT_PERMITTED: this kind of key cannot.
 */
CHECKED CK_RV key_sign(struct key *k, const struct scheme *s, struct bytes auth, struct bytes input, struct buf *out);
/*
 * The secret that a derivation starts from: ALG_ECDH, the product with s->peer, a raw point or one in a DER OCTET STRING.
 * CKR_MECHANISM_PARAM_INVALID: not a point of the key's curve; CKR_KEY_FUNCTION_NOT_PERMITTED: this key cannot.
 */
CHECKED CK_RV key_derive(struct key *k, const struct scheme *s, struct bytes auth, struct buf *secret);
/* Start an HMAC (s->alg ALG_HMAC). CKR_KEY_FUNCTION_NOT_PERMITTED: this kind of key cannot. */
CHECKED CK_RV key_mac_new(struct key *k, const struct scheme *s, struct mac **out);
/* The key's private area under another authorisation, for a copy; the key stays as it is.
 * CKR_KEY_FUNCTION_NOT_PERMITTED: this kind of key has none. */
CHECKED CK_RV key_change_auth(struct key *k, struct bytes auth, struct bytes new_auth, struct buf *private);
/* Would key_sign() accept an input of this length? For the check before anything is consumed. */
CHECKED CK_RV key_sign_room(const struct key *k, const struct scheme *s, size_t input_len);

/*
 * One decryption. auth: as for key_sign(), never empty: what answers a bad PKCS#1 padding follows from it.
 * CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID, and as key_decrypt_check().
 */
CHECKED CK_RV key_decrypt(struct key *k, const struct scheme *s, struct bytes auth, struct bytes input, struct buf *out);
/* CKR_KEY_FUNCTION_NOT_PERMITTED: this kind of key, or this one, cannot; CKR_KEY_SIZE_RANGE: it is too short. */
CHECKED CK_RV key_decrypt_check(const struct key *k, const struct scheme *s);

/*
 * AES where the key is: in to out, as long; both may be the same memory. ECB and CBC: whole blocks; the others: a part of a block only at the
 * very end. iv: 16 bytes, afterwards what the next call needs; NULL for ECB. CKR_KEY_FUNCTION_NOT_PERMITTED: this kind of key, or
 * its TPM, cannot.
 */
CHECKED CK_RV key_blocks(struct key *k, enum block_mode mode, bool encrypt, struct bytes auth, uint8_t *iv, struct bytes in, uint8_t *out);
/* HMAC of all data at once by a key whose value only the TPM has. CKR_KEY_FUNCTION_NOT_PERMITTED. */
CHECKED CK_RV key_hmac(struct key *k, enum hash h, struct bytes auth, struct bytes data, struct buf *mac);
/* A secret key's value: from the host, unsealed, or exported from the TPM. CKR_KEY_UNEXTRACTABLE: nobody gets it. */
CHECKED CK_RV key_value(struct key *k, struct bytes auth, struct buf *value);
/* For one operation: a sealed key as a key on the host, which is the caller's; *out NULL: the key works where it is. */
CHECKED CK_RV key_unseal(struct key *k, struct bytes auth, struct key **out);
/* An exportable private key's numbers. CKR_KEY_UNEXTRACTABLE. */
CHECKED CK_RV key_private(struct key *k, struct bytes auth, struct privkey *out);

#endif
