/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes from the primary generator of the library context. It is asked
 * itself, not by RAND_bytes_ex(), which calls the default engine of the process.
 * It has a lock, reseeds from the system, and notices a fork.
 */
#include "config.h"

#include "crypto/crypto_private.h"

CK_RV
crypto_random(uint8_t *out, size_t len)
{
	EVP_RAND_CTX *random = libctx_random();

	if (random == NULL)
		return CKR_GENERAL_ERROR;
	if (len > 0 && EVP_RAND_generate(random, out, len, 0, 0, NULL, 0) != 1) {
		mem_wipe(out, len);
		return rv_ossl("EVP_RAND_generate");
	}
	return CKR_OK;
}

/* The seed is additional input: the generator takes fresh entropy from the system as well. */
CK_RV
crypto_random_mix(struct bytes seed)
{
	EVP_RAND_CTX *random = libctx_random();

	if (random == NULL)
		return CKR_GENERAL_ERROR;
	if (EVP_RAND_reseed(random, 0, NULL, 0, seed.ptr, seed.len) != 1)
		return rv_ossl("EVP_RAND_reseed");
	return CKR_OK;
}
