/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secrets that only the holder of a storage key can read: the salts of
 * sessions, and the seeds of what protects duplicates. No TPM here.
 * TPM 2.0 Part 1, "Secret Sharing" (RSA and ECC annexes).
 */
#ifndef TPM_SHARE_H
#define TPM_SHARE_H

#include "base/alg.h"

/* A storage key's public half. */
struct share_key {
	enum hash hash;  /* its name algorithm */
	size_t aes_bits; /* of the AES-CFB that protects what is under it; 0: another cipher */
	struct pubkey key;
	struct buf x; /* EC: the x coordinate as it stands in the public area */
};

/* public: TPM2B_PUBLIC. CKR_DEVICE_ERROR: malformed, or neither an RSA nor an ECC key. */
CHECKED CK_RV share_key_read(struct bytes public, struct share_key *out);
void share_key_clear(struct share_key *k);

/*
 * A fresh secret, as long as the name algorithm's digest, and its encryption to the key as
 * TPM2B_ENCRYPTED_SECRET holds it. label: "SECRET", "DUPLICATE"; its NUL belongs to it.
 */
CHECKED CK_RV share_make(
	const struct share_key *key, const char *label, struct buf *secret, struct buf *encrypted);
/* What the TPM has encrypted to an EC key of the host, of which scalar is the private half.
 * CKR_DEVICE_ERROR: malformed. */
CHECKED CK_RV share_open(const struct share_key *key, struct bytes scalar, const char *label,
	struct bytes encrypted, struct buf *secret);

#endif
