/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes of our own, all read-only, for programs that want to know more
 * about a key than PKCS#11 can say.
 */
#ifndef TPM2_TOKEN_VENDOR_H
#define TPM2_TOKEN_VENDOR_H

#include "tpm2-token/pkcs11.h"

#define CKA_TPM2_TOKEN_BASE       (0x80000000UL | 0x54504d00UL)
/* TPM2B_PUBLIC of the key, as TPM2_Load takes it; private and secret keys in the TPM only. */
#define CKA_TPM2_TOKEN_PUBLIC     (CKA_TPM2_TOKEN_BASE | 1UL)
/* Name of the key's parent: u16 hash algorithm, digest. */
#define CKA_TPM2_TOKEN_PARENT     (CKA_TPM2_TOKEN_BASE | 2UL)

#endif
