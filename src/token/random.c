/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random numbers: a generator on the host into which the TPM's are mixed, at
 * the first use and every 64 KiB. The lock is not held while the TPM works.
 */
#include "config.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "token_private.h"

#define RESEED_EVERY ((size_t)64 * 1024)
#define SEED_LEN     32

/* Count len bytes; true: this call is the one to ask the TPM. */
static bool
random_due(struct core *c, size_t len)
{
	bool due = false;

	pthread_mutex_lock(&c->lock);
	due = c->random_left < len || c->random_left == 0;
	c->random_left = due ? RESEED_EVERY : c->random_left - len;
	pthread_mutex_unlock(&c->lock);
	return due;
}

static CK_RV
random_reseed(struct core *c)
{
	struct buf seed = BUF_EMPTY;
	CK_RV rv = tpm_random(c->tpm, SEED_LEN, &seed);

	if (rv != CKR_OK)
		log_debug("random numbers come from the host alone: the TPM gives none");
	rv = rv == CKR_OK ? crypto_random_mix(view(&seed)) : CKR_OK;
	buf_free(&seed);
	return rv;
}

CK_RV
core_random(struct core *c, uint8_t *out, size_t len)
{
	CK_RV rv = CKR_OK;

	if (len == 0)
		return CKR_OK;
	if (random_due(c, len))
		rv = random_reseed(c);
	return rv == CKR_OK ? crypto_random(out, len) : rv;
}
