/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library context: private, so that neither openssl.cnf nor a provider of
 * the process is asked, and filled once, because a fetch costs more than most
 * digests.
 */
#include "config.h"

#include <pthread.h>

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "crypto/crypto_private.h"

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned users; /* guarded by open_lock, as are changes of the next */
static struct libctx lib;

static const char *const aes_names[BLOCK_MODES][AES_KEYS] = {
	[BLOCK_ECB] = { "AES-128-ECB", "AES-192-ECB", "AES-256-ECB" },
	[BLOCK_CBC] = { "AES-128-CBC", "AES-192-CBC", "AES-256-CBC" },
	[BLOCK_CTR] = { "AES-128-CTR", "AES-192-CTR", "AES-256-CTR" },
	[BLOCK_CFB] = { "AES-128-CFB", "AES-192-CFB", "AES-256-CFB" },
	[BLOCK_OFB] = { "AES-128-OFB", "AES-192-OFB", "AES-256-OFB" },
};

const struct libctx *
libctx(void)
{
	return &lib;
}

const EVP_CIPHER *
libctx_aes(enum block_mode mode, size_t key_len)
{
	return key_len == 16 || key_len == 24 || key_len == 32 ? lib.aes[mode][key_len / 8 - 2]
							       : NULL;
}

const EVP_CIPHER *
libctx_des3(enum block_mode mode)
{
	return mode == BLOCK_DES_ECB ? lib.des3_ecb : lib.des3_cbc;
}

static void
libctx_unload(void)
{
	ec_groups_clear();
	for (size_t i = 0; i < HASH_COUNT; i++)
		EVP_MD_free(lib.digest[i]);
	EVP_MD_free(lib.shake256);
	for (size_t i = 0; i < BLOCK_MODES * AES_KEYS; i++)
		EVP_CIPHER_free(lib.aes[i / AES_KEYS][i % AES_KEYS]);
	EVP_CIPHER_free(lib.aes256_gcm);
	EVP_CIPHER_free(lib.des3_ecb);
	EVP_CIPHER_free(lib.des3_cbc);
	EVP_KDF_free(lib.pbkdf2);
	if (lib.provider != NULL)
		OSSL_PROVIDER_unload(lib.provider);
	OSSL_LIB_CTX_free(lib.ctx);
	lib = (struct libctx){ 0 };
}

static bool
libctx_fetch_aes(void)
{
	for (size_t i = 0; i < BLOCK_MODES * AES_KEYS; i++) {
		size_t mode = i / AES_KEYS;
		size_t key = i % AES_KEYS;

		lib.aes[mode][key] = EVP_CIPHER_fetch(lib.ctx, aes_names[mode][key], NULL);
		if (lib.aes[mode][key] == NULL)
			return false;
	}
	lib.aes256_gcm = EVP_CIPHER_fetch(lib.ctx, "AES-256-GCM", NULL);
	return lib.aes256_gcm != NULL;
}

/* Single DES is in the legacy provider, which may be missing: it is made of this. */
static bool
libctx_fetch_des3(void)
{
	lib.des3_ecb = EVP_CIPHER_fetch(lib.ctx, "DES-EDE3-ECB", NULL);
	lib.des3_cbc = EVP_CIPHER_fetch(lib.ctx, "DES-EDE3-CBC", NULL);
	return lib.des3_ecb != NULL && lib.des3_cbc != NULL;
}

static bool
libctx_fetch(void)
{
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++)
		if ((lib.digest[h] = EVP_MD_fetch(lib.ctx, hash_row(h)->name, NULL)) == NULL)
			return false;
	if (!libctx_fetch_aes() || !libctx_fetch_des3())
		return false;
	lib.shake256 = EVP_MD_fetch(lib.ctx, "SHAKE256", NULL);
	lib.pbkdf2 = EVP_KDF_fetch(lib.ctx, "PBKDF2", NULL);
	lib.random = RAND_get0_primary(lib.ctx);
	return lib.shake256 != NULL && lib.pbkdf2 != NULL && lib.random != NULL;
}

static CK_RV
libctx_load(void)
{
	CK_RV rv = CKR_OK;

	lib.ctx = OSSL_LIB_CTX_new();
	if (lib.ctx == NULL)
		return rv_ossl("OSSL_LIB_CTX_new");
	lib.provider = OSSL_PROVIDER_load(lib.ctx, "default");
	if (lib.provider == NULL || !libctx_fetch()) {
		rv = rv_ossl("fetching algorithms");
		libctx_unload();
	}
	return rv;
}

CK_RV
crypto_open(void)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&open_lock);
	if (users == 0)
		rv = libctx_load();
	if (rv == CKR_OK)
		users++;
	pthread_mutex_unlock(&open_lock);
	return rv;
}

void
crypto_errors_hold(void)
{
	/* No mark is set on an empty queue: the drop then empties it, which is right as well. */
	(void)ERR_set_mark();
}

void
crypto_errors_drop(void)
{
	(void)ERR_pop_to_mark();
}

void
crypto_close(void)
{
	pthread_mutex_lock(&open_lock);
	if (users > 0 && --users == 0)
		libctx_unload();
	pthread_mutex_unlock(&open_lock);
}
