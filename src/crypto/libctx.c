/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library context: private, so that neither openssl.cnf nor a provider of
 * the process is asked. An algorithm is fetched once, for that costs more than
 * most digests, and when it is first used: the first of a kind takes a
 * millisecond, and many a program that loads the module uses none.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "crypto/crypto_private.h"

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned users; /* guarded by open_lock, as are changes of what ctx and provider point to */
static struct {
	OSSL_LIB_CTX *ctx; /* NULL: closed */
	OSSL_PROVIDER *provider;
	_Atomic(EVP_MD *) digest[HASH_COUNT];
	_Atomic(EVP_MD *) shake256;
	_Atomic(EVP_CIPHER *) aes[BLOCK_MODES][AES_KEYS];
	_Atomic(EVP_CIPHER *) aes256_gcm;
	_Atomic(EVP_CIPHER *) des3[2];
	_Atomic(EVP_KDF *) pbkdf2;
	_Atomic(EVP_RAND_CTX *) random; /* owned by ctx */
} lib;

static const char *const aes_names[BLOCK_MODES][AES_KEYS] = {
	[BLOCK_ECB] = { "AES-128-ECB", "AES-192-ECB", "AES-256-ECB" },
	[BLOCK_CBC] = { "AES-128-CBC", "AES-192-CBC", "AES-256-CBC" },
	[BLOCK_CTR] = { "AES-128-CTR", "AES-192-CTR", "AES-256-CTR" },
	[BLOCK_CFB] = { "AES-128-CFB", "AES-192-CFB", "AES-256-CFB" },
	[BLOCK_OFB] = { "AES-128-OFB", "AES-192-OFB", "AES-256-OFB" },
};

OSSL_LIB_CTX *
libctx(void)
{
	return lib.ctx;
}

/* Another thread may be first: then its one is taken. */
static const EVP_MD *
digest_at(_Atomic(EVP_MD *) *at, const char *name)
{
	EVP_MD *known = atomic_load(at);
	EVP_MD *fresh = NULL;

	if (known != NULL || lib.ctx == NULL)
		return known;
	fresh = EVP_MD_fetch(lib.ctx, name, NULL);
	if (fresh == NULL || atomic_compare_exchange_strong(at, &known, fresh))
		return fresh;
	EVP_MD_free(fresh);
	return known;
}

static const EVP_CIPHER *
cipher_at(_Atomic(EVP_CIPHER *) *at, const char *name)
{
	EVP_CIPHER *known = atomic_load(at);
	EVP_CIPHER *fresh = NULL;

	if (known != NULL || lib.ctx == NULL)
		return known;
	fresh = EVP_CIPHER_fetch(lib.ctx, name, NULL);
	if (fresh == NULL || atomic_compare_exchange_strong(at, &known, fresh))
		return fresh;
	EVP_CIPHER_free(fresh);
	return known;
}

const EVP_MD *
libctx_digest(enum hash h)
{
	return digest_at(&lib.digest[h], hash_row(h)->name);
}

const EVP_MD *
libctx_shake256(void)
{
	return digest_at(&lib.shake256, "SHAKE256");
}

const EVP_CIPHER *
libctx_aes(enum block_mode mode, size_t key_len)
{
	size_t key = key_len / 8 - 2;

	if (key_len != 16 && key_len != 24 && key_len != 32)
		return NULL;
	return cipher_at(&lib.aes[mode][key], aes_names[mode][key]);
}

const EVP_CIPHER *
libctx_aes256_gcm(void)
{
	return cipher_at(&lib.aes256_gcm, "AES-256-GCM");
}

/* Single DES is in the legacy provider, which may be missing: it is made of this. */
const EVP_CIPHER *
libctx_des3(enum block_mode mode)
{
	return mode == BLOCK_DES_ECB ? cipher_at(&lib.des3[0], "DES-EDE3-ECB")
				     : cipher_at(&lib.des3[1], "DES-EDE3-CBC");
}

EVP_KDF *
libctx_pbkdf2(void)
{
	EVP_KDF *known = atomic_load(&lib.pbkdf2);
	EVP_KDF *fresh = NULL;

	if (known != NULL || lib.ctx == NULL)
		return known;
	fresh = EVP_KDF_fetch(lib.ctx, "PBKDF2", NULL);
	if (fresh == NULL || atomic_compare_exchange_strong(&lib.pbkdf2, &known, fresh))
		return fresh;
	EVP_KDF_free(fresh);
	return known;
}

EVP_RAND_CTX *
libctx_random(void)
{
	EVP_RAND_CTX *known = atomic_load(&lib.random);

	if (known != NULL || lib.ctx == NULL)
		return known;
	known = RAND_get0_primary(lib.ctx); /* the same for all threads */
	atomic_store(&lib.random, known);
	return known;
}

static void
libctx_unload(void)
{
	ec_groups_clear();
	for (size_t i = 0; i < HASH_COUNT; i++)
		EVP_MD_free(atomic_exchange(&lib.digest[i], NULL));
	EVP_MD_free(atomic_exchange(&lib.shake256, NULL));
	for (size_t i = 0; i < BLOCK_MODES * AES_KEYS; i++)
		EVP_CIPHER_free(atomic_exchange(&lib.aes[i / AES_KEYS][i % AES_KEYS], NULL));
	EVP_CIPHER_free(atomic_exchange(&lib.aes256_gcm, NULL));
	EVP_CIPHER_free(atomic_exchange(&lib.des3[0], NULL));
	EVP_CIPHER_free(atomic_exchange(&lib.des3[1], NULL));
	EVP_KDF_free(atomic_exchange(&lib.pbkdf2, NULL));
	atomic_store(&lib.random, NULL);
	if (lib.provider != NULL)
		OSSL_PROVIDER_unload(lib.provider);
	OSSL_LIB_CTX_free(lib.ctx);
	lib.provider = NULL;
	lib.ctx = NULL;
}

static CK_RV
libctx_load(void)
{
	CK_RV rv = CKR_OK;

	lib.ctx = OSSL_LIB_CTX_new();
	if (lib.ctx == NULL)
		return rv_ossl("OSSL_LIB_CTX_new");
	lib.provider = OSSL_PROVIDER_load(lib.ctx, "default");
	if (lib.provider == NULL) {
		rv = rv_ossl("OSSL_PROVIDER_load");
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
crypto_leave_behind(void)
{
	open_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	users = 0;
	memset(&lib, 0, sizeof lib);
	ec_groups_forget();
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
