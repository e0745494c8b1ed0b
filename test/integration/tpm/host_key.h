/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys that libcrypto makes, in plain numbers.
 */
#ifndef TEST_INTEGRATION_TPM_HOST_KEY_H
#define TEST_INTEGRATION_TPM_HOST_KEY_H

#include "base/alg.h"

void host_key_ec(enum curve c, struct privkey *out);
void host_key_rsa(unsigned bits, uint64_t exponent, struct privkey *out);

#endif
