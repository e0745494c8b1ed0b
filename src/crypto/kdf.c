/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key derivation: the TPM's KDFa and KDFe, those of shared secrets, PBKDF2.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/crypto_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What makes a block: the counter and the parts, under HMAC or a plain digest. */
struct kdf_parts {
	enum hash hash;
	size_t blake2b; /* bytes of its digests, which take the hash's place; 0: none */
	bool hmac;
	struct bytes key;          /* of the HMAC */
	const struct bytes *parts; /* what stands around the counter */
	size_t count;
	size_t before; /* how many of them in front of it */
};

enum { KDF_PARTS = 6 };

static CK_RV
kdf_block(const struct kdf_parts *k, const struct bytes *parts, uint8_t *block, size_t *len)
{
	const struct hash_row *row = hash_row(k->hash);

	if (k->blake2b != 0) {
		*len = k->blake2b;
		return crypto_blake2b_into(parts, k->count + 1, *len, block);
	}
	if (row == NULL)
		return CKR_MECHANISM_INVALID;
	*len = row->len;
	return k->hmac ? crypto_hmac_into(k->hash, k->key, parts, k->count + 1, block)
		       : crypto_hash_into(k->hash, parts, k->count + 1, block);
}

/* out becomes len bytes of block 1, block 2 ... */
static CK_RV
kdf_expand(const struct kdf_parts *k, size_t len, struct buf *out)
{
	struct buf fresh = BUF_EMPTY;
	struct bytes parts[KDF_PARTS];
	uint8_t counter[4] = { 0 };
	uint8_t block[DIGEST_MAX];
	size_t block_len = 0;
	CK_RV rv = CKR_OK;

	parts[k->before] = bytes_of(counter, sizeof counter);
	for (size_t i = 0; i < k->count; i++)
		parts[i < k->before ? i : i + 1] = k->parts[i];
	for (uint32_t n = 1; fresh.len < len && rv == CKR_OK; n++) {
		put_u32(counter, n);
		rv = kdf_block(k, parts, block, &block_len);
		if (rv == CKR_OK)
			rv = buf_append(&fresh,
				bytes_slice(bytes_of(block, block_len), 0, len - fresh.len));
	}
	if (rv == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&fresh);
	mem_wipe(block, sizeof block);
	return rv;
}

CK_RV
crypto_kdfa(enum hash h, struct bytes key, const char *label, struct bytes context_u,
	struct bytes context_v, size_t bits, struct buf *out)
{
	uint8_t bits_be[4] = { 0 };
	const struct bytes parts[] = {
		bytes_of(label, bytes_str(label).len + 1), /* the NUL belongs to it */
		context_u,
		context_v,
		bytes_of(bits_be, sizeof bits_be),
	};
	const struct kdf_parts k = {
		.hash = h, .hmac = true, .key = key, .parts = parts, .count = COUNT(parts)
	};

	if (bits == 0 || bits % 8 != 0 || bits > UINT16_MAX)
		return CKR_ARGUMENTS_BAD;
	put_u32(bits_be, (uint32_t)bits);
	return kdf_expand(&k, bits / 8, out);
}

CK_RV
crypto_kdfe(enum hash h, struct bytes z, const char *label, struct bytes party_u,
	struct bytes party_v, size_t bits, struct buf *out)
{
	const struct bytes parts[] = {
		z,
		bytes_of(label, bytes_str(label).len + 1),
		party_u,
		party_v,
	};
	const struct kdf_parts k = {
		.hash = h, .hmac = false, .parts = parts, .count = COUNT(parts)
	};

	if (bits == 0 || bits % 8 != 0 || bits > UINT16_MAX)
		return CKR_ARGUMENTS_BAD;
	return kdf_expand(&k, bits / 8, out);
}

static const struct {
	enum kdf kdf;
	size_t len;
} blake2bs[] = {
	{ KDF_BLAKE2B_160, 20 },
	{ KDF_BLAKE2B_256, 32 },
	{ KDF_BLAKE2B_384, 48 },
	{ KDF_BLAKE2B_512, 64 },
};

static size_t
blake2b_len(enum kdf kdf)
{
	for (size_t i = 0; i < COUNT(blake2bs); i++)
		if (blake2bs[i].kdf == kdf)
			return blake2bs[i].len;
	return 0;
}

size_t
kdf_step_len(enum kdf kdf, enum hash h)
{
	const struct hash_row *row = hash_row(h);

	if (kdf == KDF_NONE || blake2b_len(kdf) != 0)
		return blake2b_len(kdf);
	return row != NULL ? row->len : 0;
}

CK_RV
crypto_kdf_shared(enum kdf kdf, enum hash h, struct bytes secret, struct bytes info, size_t len,
	struct buf *out)
{
	const struct bytes parts[] = { secret, info };
	const struct kdf_parts k = { .hash = h,
		.blake2b = blake2b_len(kdf),
		.parts = parts,
		.count = COUNT(parts),
		.before = kdf == KDF_X963 ? 1 : 0 };

	if (kdf == KDF_NONE)
		return len <= secret.len ? buf_set(out, bytes_slice(secret, secret.len - len, len))
					 : CKR_ARGUMENTS_BAD;
	return kdf_step_len(kdf, h) != 0 ? kdf_expand(&k, len, out) : CKR_MECHANISM_INVALID;
}

/* libcrypto only reads it, but its type is not const; and NULL would mean "not given". */
static OSSL_PARAM
octets(const char *name, struct bytes b)
{
	return OSSL_PARAM_construct_octet_string(
		name, (uint8_t *)(b.len > 0 ? b.ptr : (const uint8_t *)""), b.len);
}

static bool
pbkdf2_run(const OSSL_PARAM *params, struct buf *out)
{
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(libctx_pbkdf2());
	bool ok = ctx != NULL && EVP_KDF_derive(ctx, out->ptr, out->len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	return ok;
}

CK_RV
crypto_pbkdf2(enum hash h, struct bytes password, struct bytes salt, uint32_t iterations,
	size_t len, struct buf *out)
{
	const struct hash_row *row = hash_row(h);
	int pkcs5 = 1; /* without libcrypto's lower limits: the caller sets them */
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (row == NULL)
		return CKR_MECHANISM_INVALID;
	if (iterations == 0 || len == 0)
		return CKR_ARGUMENTS_BAD;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)row->name, 0),
		octets(OSSL_KDF_PARAM_PASSWORD, password),
		octets(OSSL_KDF_PARAM_SALT, salt),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &iterations),
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &pkcs5),
		OSSL_PARAM_construct_end(),
	};

	rv = buf_resize(&fresh, len);
	if (rv == CKR_OK && !pbkdf2_run(params, &fresh))
		rv = rv_ossl("PBKDF2");
	if (rv == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&fresh);
	return rv;
}
