/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What crosses between TPMs, or between a TPM and us: sensitive areas, and the
 * outer wrapper around them that only the holder of a storage key can open.
 * No TPM here. TPM 2.0 Part 1, "Duplication"; Part 2, "TPMT_SENSITIVE".
 */
#ifndef TPM_DUPLICATE_H
#define TPM_DUPLICATE_H

#include "tpm/share.h"

#define DUPLICATE_LABEL "DUPLICATE"

/*
 * name: of the object. sensitive: TPM2B_SENSITIVE. seed: TPM2B_ENCRYPTED_SECRET's content.
 * duplicate: TPM2B_PRIVATE's content. CKR_DEVICE_ERROR: a parent that does not protect by AES-CFB.
 */
CHECKED CK_RV duplicate_wrap(const struct share_key *parent, struct bytes name,
	struct bytes sensitive, struct buf *seed, struct buf *duplicate);
/* scalar: parent's private half. CKR_DEVICE_ERROR: not for this parent and name, or damaged. */
CHECKED CK_RV duplicate_unwrap(const struct share_key *parent, struct bytes scalar,
	struct bytes name, struct bytes seed, struct bytes duplicate, struct buf *sensitive);

/* A private key's TPM2B_SENSITIVE: of an RSA key one prime. CKR_ATTRIBUTE_VALUE_INVALID: it is not
 * half as long as the modulus. */
CHECKED CK_RV sensitive_write(const struct privkey *key, struct bytes auth, struct buf *out);
/* type: TPM_ALG_ID of the object. secret: prime, scalar or value; borrowed. CKR_DEVICE_ERROR:
 * malformed. */
CHECKED CK_RV sensitive_read(struct bytes sensitive, uint16_t type, struct bytes *secret);

#endif
