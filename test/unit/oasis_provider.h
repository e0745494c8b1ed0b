/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A provider of one slot and one key that does as told, for the tests of the
 * OASIS runner.
 */
#ifndef TEST_UNIT_OASIS_PROVIDER_H
#define TEST_UNIT_OASIS_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/types.h>

#include "tpm2-token/pkcs11.h"

struct fake {
	CK_RV rv; /* of C_OpenSession */
	CK_FLAGS slot_flags;
	CK_ULONG min_bits, max_bits;
	CK_FLAGS rsa_flags;
	CK_ULONG found;
	CK_OBJECT_HANDLE objects[2];
	CK_ULONG label_len; /* as it says */
	size_t damage;      /* of the signature: 1 + the byte */
	bool without_sha512, nul_in_label;
	EVP_PKEY *key;
};

extern struct fake fake;
extern CK_FUNCTION_LIST provider;

/* For cmocka: a key for the whole run, and all else as it must be. */
int fake_key_make(void **state);
int fake_key_drop(void **state);
int fake_reset(void **state);

#endif
