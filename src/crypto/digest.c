/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digests. A new context for each is no slower here than one that is kept
 * (the fetch was what cost), and freeing it wipes it.
 */
#include "config.h"

#include <stdlib.h>

#include "crypto/crypto_private.h"

struct digest {
	enum hash hash;
	EVP_MD_CTX *ctx; /* NULL after digest_final() */
};

bool
digest_ctx_restart(enum hash h, EVP_MD_CTX *ctx)
{
	const EVP_MD *md = libctx_digest(h);

	return md != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1;
}

EVP_MD_CTX *
digest_ctx_new(enum hash h)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx != NULL && digest_ctx_restart(h, ctx))
		return ctx;
	EVP_MD_CTX_free(ctx);
	return NULL;
}

CK_RV
digest_new(enum hash h, struct digest **out)
{
	struct digest *d = NULL;

	if (hash_row(h) == NULL)
		return CKR_MECHANISM_INVALID;
	d = calloc(1, sizeof *d);
	if (d == NULL)
		return CKR_HOST_MEMORY;
	d->hash = h;
	d->ctx = digest_ctx_new(h);
	if (d->ctx == NULL) {
		free(d);
		return rv_ossl("EVP_DigestInit_ex2");
	}
	*out = d;
	return CKR_OK;
}

CK_RV
digest_update(struct digest *d, struct bytes data)
{
	if (d->ctx == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (EVP_DigestUpdate(d->ctx, data.ptr, data.len) != 1)
		return rv_ossl("EVP_DigestUpdate");
	return CKR_OK;
}

CK_RV
digest_final(struct digest *d, struct buf *out)
{
	CK_RV rv = CKR_OK;
	uint8_t md[DIGEST_MAX];

	if (d->ctx == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (EVP_DigestFinal_ex(d->ctx, md, NULL) != 1)
		rv = rv_ossl("EVP_DigestFinal_ex");
	else
		rv = buf_set(out, bytes_of(md, hash_row(d->hash)->len));
	EVP_MD_CTX_free(d->ctx);
	d->ctx = NULL;
	mem_wipe(md, sizeof md);
	return rv;
}

CK_RV
digest_copy(const struct digest *d, struct digest **out)
{
	struct digest *copy = NULL;

	if (d->ctx == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	copy = calloc(1, sizeof *copy);
	if (copy == NULL)
		return CKR_HOST_MEMORY;
	copy->hash = d->hash;
	copy->ctx = EVP_MD_CTX_new();
	if (copy->ctx == NULL || EVP_MD_CTX_copy_ex(copy->ctx, d->ctx) != 1) {
		digest_free(copy);
		return rv_ossl("EVP_MD_CTX_copy_ex");
	}
	*out = copy;
	return CKR_OK;
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

static bool
hash_parts(EVP_MD_CTX *ctx, const struct bytes *parts, size_t count, uint8_t *out)
{
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) != 1)
			return false;
	return EVP_DigestFinal_ex(ctx, out, NULL) == 1;
}

CK_RV
crypto_hash_into(enum hash h, const struct bytes *parts, size_t count, uint8_t *out)
{
	EVP_MD_CTX *ctx = NULL;
	CK_RV rv = CKR_OK;

	if (hash_row(h) == NULL)
		return CKR_MECHANISM_INVALID;
	ctx = digest_ctx_new(h);
	if (ctx == NULL || !hash_parts(ctx, parts, count, out))
		rv = rv_ossl("hash");
	EVP_MD_CTX_free(ctx);
	return rv;
}

CK_RV
crypto_hash(enum hash h, const struct bytes *parts, size_t count, struct buf *out)
{
	uint8_t md[DIGEST_MAX];
	CK_RV rv = crypto_hash_into(h, parts, count, md);

	if (rv == CKR_OK)
		rv = buf_set(out, bytes_of(md, hash_row(h)->len));
	mem_wipe(md, sizeof md);
	return rv;
}

CK_RV
crypto_xof(struct bytes in, size_t len, struct buf *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = buf_resize(&fresh, len);

	if (rv != CKR_OK)
		goto out;
	if (ctx == NULL || EVP_DigestInit_ex2(ctx, libctx_shake256(), NULL) != 1 ||
		EVP_DigestUpdate(ctx, in.ptr, in.len) != 1 ||
		(len > 0 && EVP_DigestFinalXOF(ctx, fresh.ptr, len) != 1)) {
		rv = rv_ossl("SHAKE256");
		goto out;
	}
	buf_move(out, &fresh);
out:
	buf_free(&fresh);
	EVP_MD_CTX_free(ctx);
	return rv;
}
