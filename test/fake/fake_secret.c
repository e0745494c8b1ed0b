/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake TPM's secret keys: AES, HMAC and sealed ones.
 */
#include "config.h"

#include <stdio.h>

#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "fake_private.h"

/* What one command takes. */
#define COMMAND_MAX 1024

/* At most so many bytes are sealed, or are a key. */
#define SECRET_MAX 128

static const enum tpm_kind kinds[] = {
	[SECRET_AES] = TPM_KIND_AES,
	[SECRET_HMAC] = TPM_KIND_HMAC,
	[SECRET_SEALED] = TPM_KIND_SEALED,
};

static CK_RV
spec_check(const struct secretspec *spec)
{
	if (spec->kind == SECRET_AES && fake_tpm.no_aes)
		return CKR_MECHANISM_INVALID;
	if (spec->kind == SECRET_HMAC && (fake_tpm.hashes & 1U << spec->hash) == 0)
		return CKR_MECHANISM_INVALID;
	if (spec->value.len == 0 && spec->kind == SECRET_SEALED)
		return CKR_ARGUMENTS_BAD;
	if (spec->value.len > SECRET_MAX || (spec->value.len > 0 && spec->value.len != spec->len))
		return CKR_KEY_SIZE_RANGE;
	/* What a TPM makes by itself is as long as a digest. */
	if (spec->value.len == 0 && spec->kind == SECRET_HMAC &&
		spec->len != hash_row(spec->hash)->len)
		return CKR_KEY_SIZE_RANGE;
	return CKR_OK;
}

static CK_RV
random_set(struct buf *out, size_t len)
{
	CK_RV rv = buf_resize(out, len);

	return rv == CKR_OK && RAND_bytes(out->ptr, (int)len) != 1 ? CKR_FUNCTION_FAILED : rv;
}

CK_RV
tpm_create_secret(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	const struct tpm_caps *caps, const struct secretspec *spec, struct bytes auth,
	struct buf *public, struct buf *private)
{
	struct fake_public p = { .what = kinds[spec->kind], .exportable = spec->exportable };
	struct buf value = BUF_EMPTY;
	CK_RV rv = fake_command();

	(void)t;
	(void)hierarchy_auth;
	(void)caps;
	if (rv == CKR_OK)
		rv = spec_check(spec);
	if (rv == CKR_OK)
		rv = random_set(&p.key.modulus, 32);
	if (rv == CKR_OK)
		rv = spec->value.len > 0 ? buf_set(&value, spec->value)
					 : random_set(&value, spec->len);
	if (rv == CKR_OK)
		rv = fake_public_make(&p, public);
	if (rv == CKR_OK)
		rv = fake_private_make(parent, auth, view(&value), private);
	buf_free(&value);
	pubkey_free(&p.key);
	return rv;
}

/* The value of a key of this kind, for a command that uses it; lent by key. */
static CK_RV
secret_open(const struct tpm_object *key, enum tpm_kind wanted, struct bytes *value)
{
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool exportable = false;
	CK_RV rv = tpm_public_kind(key->public, &kind, &exportable);

	if (rv == CKR_OK && kind != wanted)
		rv = CKR_KEY_TYPE_INCONSISTENT;
	if (rv == CKR_OK)
		rv = fake_command();
	return rv == CKR_OK ? fake_private_open(key, CKR_DEVICE_ERROR, value) : rv;
}

static const EVP_CIPHER *
cipher_of(enum block_mode mode, size_t len)
{
	static const char *const names[BLOCK_MODES] = { "ecb", "cbc", "ctr", "cfb", "ofb" };
	char name[32];

	snprintf(name, sizeof name, "aes-%zu-%s", 8 * len, names[mode]);
	return EVP_get_cipherbyname(name);
}

static CK_RV
run(struct bytes key, enum block_mode mode, bool encrypt, uint8_t *iv, struct bytes in,
	uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;
	bool good =
		EVP_CipherInit_ex(ctx, cipher_of(mode, key.len), NULL, key.ptr, iv, encrypt) == 1 &&
		EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
		EVP_CipherUpdate(ctx, out, &len, in.ptr, (int)in.len) == 1 && (size_t)len == in.len;

	if (good && iv != NULL)
		good = EVP_CIPHER_CTX_get_updated_iv(ctx, iv, AES_BLOCK_LEN) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return good ? CKR_OK : CKR_FUNCTION_FAILED;
}

CK_RV
tpm_blocks(struct tpm *t, const struct tpm_object *key, enum block_mode mode, bool encrypt,
	uint8_t *iv, struct bytes in, uint8_t *out)
{
	CK_RV rv = (fake_tpm.missing_modes & 1U << mode) != 0 ? CKR_MECHANISM_INVALID : CKR_OK;

	(void)t;
	for (size_t done = 0; rv == CKR_OK && done < in.len; done += COMMAND_MAX) {
		struct bytes value = BYTES_EMPTY;

		rv = secret_open(key, TPM_KIND_AES, &value);
		if (rv == CKR_OK)
			rv = run(value, mode, encrypt, iv, bytes_slice(in, done, COMMAND_MAX),
				out + done);
	}
	return rv;
}

CK_RV
tpm_hmac(struct tpm *t, const struct tpm_object *key, enum hash h, struct bytes data,
	struct buf *mac)
{
	struct bytes value = BYTES_EMPTY;
	uint8_t out[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	CK_RV rv = secret_open(key, TPM_KIND_HMAC, &value);

	(void)t;
	if (rv == CKR_OK && HMAC(EVP_get_digestbyname(hash_row(h)->name), value.ptr, (int)value.len,
				    data.ptr, data.len, out, &len) == NULL)
		rv = CKR_FUNCTION_FAILED;
	return rv == CKR_OK ? buf_set(mac, bytes_of(out, len)) : rv;
}
