/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other opinion on what two parties agree on, and what is made of a secret.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/kdf.h>

#include "mechanism.h"

/* The secret of pkey, which has a private half, and of another public key. */
static size_t
agree(EVP_PKEY *pkey, EVP_PKEY *other, uint8_t *secret)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	size_t n = ROOM;
	bool ok = EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
		  EVP_PKEY_derive(ctx, secret, &n) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok ? n : FAILED;
}

size_t
ref_agree(EVP_PKEY *pkey, const uint8_t *point, size_t point_len, uint8_t *secret)
{
	EVP_PKEY *other = EVP_PKEY_new();
	size_t n = FAILED;

	if (EVP_PKEY_copy_parameters(other, pkey) == 1 &&
		EVP_PKEY_set1_encoded_public_key(other, point, point_len) == 1)
		n = agree(pkey, other, secret);
	EVP_PKEY_free(other);
	return n;
}

size_t
ref_ecdh(const struct key *key, uint8_t *point, size_t *point_len, uint8_t *secret)
{
	char group[32];
	EVP_PKEY *peer = NULL;
	size_t n = FAILED;

	EVP_PKEY_get_utf8_string_param(
		key->pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), NULL);
	peer = EVP_EC_gen(group);
	if (EVP_PKEY_get_octet_string_param(
		    peer, OSSL_PKEY_PARAM_PUB_KEY, point, ROOM, point_len) == 1)
		n = agree(peer, key->pkey, secret);
	EVP_PKEY_free(peer);
	return n;
}

size_t
ref_hkdf(const struct trial *t, const struct key *key, uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	const CK_HKDF_PARAMS *p = &t->p.hkdf;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
			OSSL_KDF_PARAM_DIGEST, (char *)hash_sha256()->name, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key->value, key->len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, p->pSalt, p->ulSaltLen),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, p->pInfo, p->ulInfoLen),
		OSSL_PARAM_construct_end(),
	};
	bool ok = EVP_KDF_derive(ctx, out, len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? len : FAILED;
}
