/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other opinion on what two parties agree on.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

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
