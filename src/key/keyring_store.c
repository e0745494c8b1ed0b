/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protection of the store with keys from M, one for each purpose, so that what
 * is made for one says nothing about another.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto.h"
#include "key/key_private.h"

#define MAC_LEN        32
#define SEARCH_KEY_LEN 16

static const char *const use_infos[USE_COUNT] = {
	[USE_MAC] = "tpm2-token mac v1",
	[USE_ENCRYPT] = "tpm2-token encrypt v1",
	[USE_SEARCH] = "tpm2-token search v1",
	[USE_ELEMENT] = "tpm2-token element v1",
};

CK_RV
keyring_derive_uses(struct keyring_page *page)
{
	struct bytes m = bytes_of(page->part[PART_M], KEYRING_PART_LEN);
	struct buf key = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < USE_COUNT && rv == CKR_OK; i++) {
		rv = crypto_hkdf(HASH_SHA256, m, BYTES_EMPTY, bytes_str(use_infos[i]),
			KEYRING_PART_LEN, &key);
		if (rv == CKR_OK)
			memcpy(page->use[i], key.ptr, KEYRING_PART_LEN);
	}
	buf_free(&key);
	return rv;
}

struct bytes
keyring_use_key(const struct keyring *k, enum keyring_use use)
{
	return keyring_is_open(k) ? bytes_of(k->page->use[use], KEYRING_PART_LEN) : BYTES_EMPTY;
}

static CK_RV
use_hmac(const struct keyring *k, enum keyring_use use, struct bytes data, size_t len,
	struct buf *out)
{
	struct bytes key = keyring_use_key(k, use);
	uint8_t mac[MAC_LEN];
	CK_RV rv = CKR_USER_NOT_LOGGED_IN;

	if (key.len == 0)
		return rv;
	rv = crypto_hmac_into(HASH_SHA256, key, &data, 1, mac);
	if (rv == CKR_OK)
		rv = buf_set(out, bytes_of(mac, len));
	mem_wipe(mac, sizeof mac);
	return rv;
}

CK_RV
keyring_mac(const struct keyring *k, struct bytes data, struct buf *mac)
{
	return use_hmac(k, USE_MAC, data, MAC_LEN, mac);
}

CK_RV
keyring_search_key(const struct keyring *k, struct bytes value, struct buf *out)
{
	return use_hmac(k, USE_SEARCH, value, SEARCH_KEY_LEN, out);
}

CK_RV
keyring_element(const struct keyring *k, struct bytes data, size_t len, struct buf *out)
{
	struct buf seed = BUF_EMPTY;
	CK_RV rv = use_hmac(k, USE_ELEMENT, data, MAC_LEN, &seed);

	if (rv == CKR_OK)
		rv = crypto_xof(view(&seed), len, out);
	buf_free(&seed);
	return rv;
}

CK_RV
keyring_encrypt(const struct keyring *k, struct bytes aad, struct bytes plain, struct buf *out)
{
	struct bytes key = keyring_use_key(k, USE_ENCRYPT);

	return key.len > 0 ? crypto_seal(key, aad, plain, out) : CKR_USER_NOT_LOGGED_IN;
}

CK_RV
keyring_decrypt(const struct keyring *k, struct bytes aad, struct bytes in, struct buf *plain)
{
	struct bytes key = keyring_use_key(k, USE_ENCRYPT);

	return key.len > 0 ? crypto_unseal(key, aad, in, plain) : CKR_USER_NOT_LOGGED_IN;
}
