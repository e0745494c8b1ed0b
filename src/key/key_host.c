/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key on the host: a secret value, used by libcrypto. The TPM has no part in
 * it but for the random numbers it may be made from.
 */
#include "config.h"

#include <stdlib.h>

#include "crypto/aes.h"
#include "crypto/crypto.h"
#include "key/key.h"

struct key_host {
	struct key base; /* first: what callers hold */
	struct buf value;
};

static void
key_host_free(struct key *base)
{
	struct key_host *k = (struct key_host *)base;

	buf_free(&k->value); /* wipes */
	free(k);
}

static CK_RV
key_host_mac_new(struct key *base, const struct scheme *s, struct mac **out)
{
	const struct key_host *k = (const struct key_host *)base;

	return mac_new(s->digest, view(&k->value), out);
}

static CK_RV
key_host_blocks(struct key *base, enum block_mode mode, bool encrypt, struct bytes auth, uint8_t *iv,
	struct bytes in, uint8_t *out)
{
	const struct key_host *k = (const struct key_host *)base;
	struct blocks *b = NULL;
	CK_RV rv = blocks_host_new(view(&k->value), &b);

	(void)auth;
	if (rv == CKR_OK)
		rv = b->ops->run(b, mode, encrypt, iv, in, out);
	blocks_free(b);
	return rv;
}

static CK_RV
key_host_value(struct key *base, struct bytes auth, struct buf *value)
{
	const struct key_host *k = (const struct key_host *)base;

	(void)auth;
	return buf_set(value, view(&k->value));
}

static const struct key_ops key_host_ops = {
	.blocks = key_host_blocks,
	.value = key_host_value,
	.mac_new = key_host_mac_new,
	.free = key_host_free,
};

CK_RV
key_host_new(struct bytes value, struct key **out)
{
	struct key_host *k = calloc(1, sizeof *k);
	CK_RV rv = CKR_HOST_MEMORY;

	if (k == NULL)
		return rv;
	k->base.ops = &key_host_ops;
	rv = buf_set(&k->value, value);
	if (rv != CKR_OK) {
		key_host_free(&k->base);
		return rv;
	}
	*out = &k->base; /* owned by the caller */
	return CKR_OK;
}
