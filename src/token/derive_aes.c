/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that are data, encrypted with an AES key, wherever that is: one command
 * where the TPM has it and the data is not longer than 1 KiB.
 */
#include "config.h"

#include "token_private.h"

static struct lengths
aes_lengths(const struct derivation *d)
{
	return (struct lengths){ d->scheme->info.len, 1, d->scheme->info.len };
}

static CK_RV
aes_check(const struct derivation *d)
{
	return d->base->key != NULL ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

/* The beginning of the ciphertext. */
static CK_RV
aes_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	const struct scheme *s = d->scheme;
	enum block_mode mode = s->alg == ALG_DERIVE_ECB ? BLOCK_ECB : BLOCK_CBC;
	struct buf iv = BUF_EMPTY, out = BUF_EMPTY;
	struct blocks *blocks = NULL;
	CK_RV rv = object_blocks_new(t, d->base, s->alg, &blocks);

	if (rv == CKR_OK)
		rv = buf_set(&iv, view(&s->iv));
	if (rv == CKR_OK)
		rv = buf_resize(&out, s->info.len);
	if (rv == CKR_OK)
		rv = blocks->ops->run(blocks, mode, true, iv.ptr, s->info, out.ptr);
	if (rv == CKR_OK)
		rv = buf_resize(&out, len);
	if (rv == CKR_OK)
		buf_move(value, &out);
	blocks_free(blocks);
	buf_free(&out);
	buf_free(&iv);
	return rv;
}

const struct derive_way derive_aes = { aes_lengths, aes_check, aes_value };
