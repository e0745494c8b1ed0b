/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 as this project speaks it: p11-kit's header, and what PKCS#11 3.0,
 * 3.1 and 3.2 add and the installed p11-kit does not have yet. Numbers and
 * structures are the standard's. A newer p11-kit header wins.
 */
#ifndef TPM2_TOKEN_PKCS11_H
#define TPM2_TOKEN_PKCS11_H

#include <p11-kit/pkcs11.h>

#ifndef CK_UNAVAILABLE_INFORMATION
#define CK_UNAVAILABLE_INFORMATION ((CK_ULONG)-1L)
#endif
#ifndef CKA_UNIQUE_ID
#define CKA_UNIQUE_ID 0x4UL
#endif

#endif
