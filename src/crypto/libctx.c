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

static const char *const cipher_names[CIPHER_COUNT] = {
	[CIPHER_AES128_CFB] = "AES-128-CFB",
	[CIPHER_AES192_CFB] = "AES-192-CFB",
	[CIPHER_AES256_CFB] = "AES-256-CFB",
	[CIPHER_AES256_GCM] = "AES-256-GCM",
};

const struct libctx *
libctx(void)
{
	return &lib;
}

static void
libctx_unload(void)
{
	ec_groups_clear();
	for (size_t i = 0; i < HASH_COUNT; i++)
		EVP_MD_free(lib.digest[i]);
	EVP_MD_free(lib.shake256);
	for (size_t i = 0; i < CIPHER_COUNT; i++)
		EVP_CIPHER_free(lib.cipher[i]);
	EVP_KDF_free(lib.pbkdf2);
	if (lib.provider != NULL)
		OSSL_PROVIDER_unload(lib.provider);
	OSSL_LIB_CTX_free(lib.ctx);
	lib = (struct libctx){ 0 };
}

static bool
libctx_fetch(void)
{
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++)
		if ((lib.digest[h] = EVP_MD_fetch(lib.ctx, hash_row(h)->name, NULL)) == NULL)
			return false;
	for (size_t i = 0; i < CIPHER_COUNT; i++)
		if ((lib.cipher[i] = EVP_CIPHER_fetch(lib.ctx, cipher_names[i], NULL)) == NULL)
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
