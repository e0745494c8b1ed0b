/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of PKCS#11's numbers, for logs, the tool and tests. "0x1234" (in a
 * buffer of the calling thread, good for the next few calls) when unknown.
 */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include "tpm2-token/pkcs11.h"

const char *name_of_rv(CK_RV rv);                   /* "CKR_OK" */
const char *name_of_class(CK_OBJECT_CLASS class);   /* "CKO_PRIVATE_KEY" */
const char *name_of_key_type(CK_KEY_TYPE type);     /* "CKK_EC" */
const char *name_of_attribute(CK_ATTRIBUTE_TYPE type); /* "CKA_LABEL" */
const char *name_of_mechanism(CK_MECHANISM_TYPE type); /* "CKM_ECDSA" */
const char *name_of_user(CK_USER_TYPE type);        /* "CKU_SO" */
const char *name_of_state(CK_STATE state);          /* "CKS_RO_PUBLIC_SESSION" */

#endif
