/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM in plain types: no tss2 name leaves this folder. One struct tpm a
 * process; it contacts the TPM at the first call that needs it. Every function
 * takes the tpm's own leaf lock for as long as its commands run, and one call
 * is one job: retry, loading, making room and recovery happen inside.
 *
 * Authorisation values are passed in the clear to these functions and never
 * leave the process so: the wire (tpm/wire.h) protects them.
 *
 * Results common to all: CKR_DEVICE_ERROR (the TPM or the way to it fails; a sentence is logged),
 * CKR_DEVICE_REMOVED (there is no TPM, or no permission to use it), CKR_DEVICE_MEMORY (its slots are
 * all taken by others), CKR_HOST_MEMORY.
 */
#ifndef TPM_TPM_H
#define TPM_TPM_H

#include <time.h>

#include "base/alg.h"

struct tpm;

enum tpm_manager { TPM_MANAGER_AUTO, TPM_MANAGER_YES, TPM_MANAGER_NO };

/* No contact. tcti: a tss2 TCTI string; auto-detection is refused. */
CHECKED CK_RV tpm_new(const char *tcti, enum tpm_manager manager, struct tpm **out);
/*
 * Share a TPM without a resource manager with other processes, through a file at this path, made if
 * absent. Before the first job. Without this call, or behind a manager, nobody is waited for.
 */
CHECKED CK_RV tpm_share(struct tpm *t, const char *path);
/* Flushes what is loaded (nothing behind a resource manager: closing does it) and closes. NULL is fine. */
void tpm_free(struct tpm *t);
/*
 * Before fork: no other thread computes for the TPM when this is true, and until the next call. Who
 * waits for the TPM does so. False: not until end.
 */
CHECKED bool tpm_before_fork(struct tpm *t, const struct timespec *end);
void tpm_after_fork_in_parent(struct tpm *t);
/* After fork, in the child, at once: close its copies of the parent's descriptors. Takes no lock. */
void tpm_after_fork(struct tpm *t);
/* Later in the child: forget without sending or closing anything that the parent uses. */
void tpm_abandon(struct tpm *t);

/* --- parents ------------------------------------------------------------------- */
enum tpm_hierarchy { TPM_OWNER, TPM_ENDORSEMENT, TPM_PLATFORM, TPM_NULL, TPM_PERSISTENT };

/* A parent as the store pins it. handle 0: a primary, made anew from the template in each process. */
struct tpm_parent {
	enum tpm_hierarchy hierarchy;
	uint32_t handle;
	struct buf name;   /* TPM name: u16 algorithm, digest */
	struct buf public; /* TPM2B_PUBLIC: sessions are salted to this key and no other */
};

void tpm_parent_free(struct tpm_parent *p);

/*
 * Find or make a parent, at a moment that is trusted. hierarchy owner: persistent 0x81000001, made
 * if absent (needs the owner's authorisation); TPM_PERSISTENT: whatever storage key is at handle;
 * the others: a primary from the template. hierarchy_auth: may be empty.
 * CKR_PIN_INCORRECT: hierarchy_auth is wrong. CKR_ARGUMENTS_BAD: the object at handle is no storage parent.
 */
CHECKED CK_RV tpm_parent_open(struct tpm *t, enum tpm_hierarchy hierarchy, uint32_t handle, struct bytes hierarchy_auth, struct tpm_parent *out);

/* Is what is in the TPM now what the store pinned? Reads the public area (1 command) and compares the names.
 * CKR_DEVICE_ERROR with "the TPM was cleared, or this store comes from another machine". For doctor. */
CHECKED CK_RV tpm_parent_check(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth);

/* --- objects -------------------------------------------------------------------- */
/* A loadable object; all borrowed. */
struct tpm_object {
	const struct tpm_parent *parent;
	struct bytes hierarchy_auth; /* for a parent that is a primary of a hierarchy with authorisation; mostly empty. So everywhere below. */
	struct bytes public;         /* TPM2B_PUBLIC */
	struct bytes private;        /* TPM2B_PRIVATE */
	struct bytes auth;           /* authorisation value; last byte not 0 */
};

/*
 * Seal a secret of at most 128 bytes under auth. Subject to the dictionary-attack protection.
 * One Create (and StartAuthSession for the process's first).
 */
CHECKED CK_RV tpm_seal(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth, struct bytes auth, struct bytes secret, struct buf *public, struct buf *private);
/*
 * Load, Unseal, FlushContext. CKR_PIN_INCORRECT: auth is wrong (only TPM_RC_AUTH_FAIL); CKR_PIN_LOCKED: the TPM is in
 * lockout; CKR_DEVICE_ERROR: not an object of this parent.
 */
CHECKED CK_RV tpm_unseal(struct tpm *t, const struct tpm_object *seal, struct buf *secret);

/*
 * Make a key under auth: fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, scheme NULL. An RSA key gets
 * sign and decrypt in the TPM whatever the usage, unless the TPM forbids it (caps->fips). One Create.
 * CKR_CURVE_NOT_SUPPORTED, CKR_KEY_SIZE_RANGE: this TPM does not have it.
 */
CHECKED CK_RV tpm_create_key(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth, const struct tpm_caps *caps, const struct keyspec *spec, struct bytes auth, struct buf *public, struct buf *private);

/*
 * Make a secret key under auth, from the TPM's random numbers or from a given value (at most 128 bytes); noDA. Not exportable: fixedTPM and
 * fixedParent. One Create. An HMAC key that the TPM makes is as long as the digest; none is longer than the hash's block.
 * CKR_KEY_SIZE_RANGE, CKR_MECHANISM_INVALID: this TPM does not have such keys; CKR_ARGUMENTS_BAD: no value to seal, or not of spec->len.
 */
CHECKED CK_RV tpm_create_secret(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth, const struct tpm_caps *caps, const struct secretspec *spec, struct bytes auth, struct buf *public, struct buf *private);
/*
 * Bring a private key from outside into the TPM: what comes back belongs to this parent, and can be duplicated only if spec->exportable.
 * key: enough of its numbers, as for crypto_privkey_complete(), whose codes there are, too. spec: usage and exportable; kind, curve and bits
 * are the key's. One Import. CKR_CURVE_NOT_SUPPORTED, CKR_KEY_SIZE_RANGE; CKR_ATTRIBUTE_VALUE_INVALID: the halves do not belong together, or
 * no TPM has such a key (RSA: other public exponents than 65537 are up to it). The caller has called crypto_open().
 */
CHECKED CK_RV tpm_import(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth, const struct tpm_caps *caps, const struct privkey *key, const struct keyspec *spec, struct bytes auth, struct buf *public, struct buf *private);
/*
 * The other way: an exportable key, wrapped by the TPM to a key that lives for this call, so that it does not cross the bus in clear.
 * Private key: *out, all its numbers; secret key: *value; the other one may be NULL. 7 commands, 8 where the key is not loaded.
 * CKR_KEY_UNEXTRACTABLE; CKR_KEY_TYPE_INCONSISTENT: the one that is NULL was needed. The caller has called crypto_open().
 */
CHECKED CK_RV tpm_export(struct tpm *t, const struct tpm_object *key, struct privkey *out, struct buf *value);

/* What a TPM2B_PUBLIC is; no TPM. CKR_DEVICE_ERROR: malformed, or nothing of ours. */
enum tpm_kind { TPM_KIND_ASYMMETRIC, TPM_KIND_AES, TPM_KIND_HMAC, TPM_KIND_SEALED };
CHECKED CK_RV tpm_public_kind(struct bytes public, enum tpm_kind *kind, bool *exportable);

/* The public key inside a TPM2B_PUBLIC; no TPM. CKR_DEVICE_ERROR: malformed. */
CHECKED CK_RV tpm_public_key(struct bytes public, struct pubkey *out);
/* What the TPM lets the key do: attributes sign and decrypt. */
CHECKED CK_RV tpm_public_usage(struct bytes public, bool *sign, bool *decrypt);
/* The object's name: u16 algorithm, digest of the public area; no TPM. The caller has called crypto_open(). */
CHECKED CK_RV tpm_public_name(struct bytes public, struct buf *name);

/*
 * Sign a digest with a key of scheme NULL. The object stays loaded for the next use. First use 2 commands, later 1.
 * s->alg ALG_ECDSA: any digest; truncated to the order, padded to a hash the TPM has; result r || s, each of the field's length.
 * CKR_DATA_LEN_RANGE: longer than any digest of this TPM.
 * s->alg ALG_RSA_PKCS1 with s->digest a hash the TPM has, or ALG_RSA_PSS (the TPM's own salt length): for keys that may not decrypt.
 * CKR_KEY_TYPE_INCONSISTENT: not a key for this scheme; CKR_MECHANISM_PARAM_INVALID: no such hash in TPMs.
 */
CHECKED CK_RV tpm_sign(struct tpm *t, const struct tpm_object *key, const struct scheme *s, struct bytes digest, struct buf *signature);
/* in^d mod n: RSA_Decrypt with scheme NULL. CKR_DATA_LEN_RANGE: in has not the modulus' length; CKR_DATA_INVALID: in >= n. */
CHECKED CK_RV tpm_rsa_private(struct tpm *t, const struct tpm_object *key, struct bytes in, struct buf *out);
/* The x coordinate of the key's product with peer (04 || X || Y), padded to the field; for keys that may decrypt. First use 2 commands,
 * later 1. CKR_KEY_TYPE_INCONSISTENT; CKR_ATTRIBUTE_VALUE_INVALID: peer is not on the key's curve. The caller has called crypto_open(). */
CHECKED CK_RV tpm_ecdh(struct tpm *t, const struct tpm_object *key, struct bytes peer, struct buf *z);
/* EncryptDecrypt2, as often as it takes: see key_blocks(). First use one command more. CKR_MECHANISM_INVALID: not on this TPM. */
CHECKED CK_RV tpm_blocks(struct tpm *t, const struct tpm_object *key, enum block_mode mode, bool encrypt, uint8_t *iv, struct bytes in, uint8_t *out);
/* HMAC in one command up to 1024 bytes, in a sequence beyond. */
CHECKED CK_RV tpm_hmac(struct tpm *t, const struct tpm_object *key, enum hash h, struct bytes data, struct buf *mac);
/*
 * The key under another authorisation: a new private area for the same public one; the old one stays as it is.
 * 1 command, 2 where the key is not loaded. CKR_ARGUMENTS_BAD: new_auth is empty, or longer than any that TPMs have.
 */
CHECKED CK_RV tpm_change_auth(struct tpm *t, const struct tpm_object *key, struct bytes new_auth, struct buf *private);
/* Drop an object, and copies of it, from the cache of loaded ones, when it is destroyed. */
CHECKED CK_RV tpm_forget(struct tpm *t, struct bytes public);

/* --- the rest ---------------------------------------------------------------------- */
/* At least one byte, at most len; what one command gives. */
CHECKED CK_RV tpm_random(struct tpm *t, size_t len, struct buf *out);
/* Ask the TPM what it can do: several commands; callers keep the answer in the store. */
CHECKED CK_RV tpm_read_caps(struct tpm *t, struct tpm_caps *out);

struct tpm_lockout {
	uint32_t counter;         /* failed authorisations counted now */
	uint32_t max;             /* limit */
	uint32_t interval_s;      /* seconds until the count goes down by one */
	uint32_t recovery_s;      /* seconds after which the lockout authorisation works again */
	bool locked;
	bool lockout_auth_set;
	bool owner_auth_set;
	bool endorsement_auth_set;
};
CHECKED CK_RV tpm_read_lockout(struct tpm *t, struct tpm_lockout *out);
/* Reset the count of failed authorisations, with the lockout authorisation. CKR_PIN_INCORRECT. */
CHECKED CK_RV tpm_reset_lockout(struct tpm *t, struct bytes lockout_auth);

#endif
