/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The crypto layer open for a group of tests, and closed behind it.
 */
#ifndef UNIT_WITH_CRYPTO_H
#define UNIT_WITH_CRYPTO_H

#include "crypto/crypto.h"

static inline int
crypto_begin(void **state)
{
	(void)state;
	return crypto_open() == CKR_OK ? 0 : -1;
}

static inline int
crypto_end(void **state)
{
	(void)state;
	crypto_close();
	return 0;
}

#endif
