/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Authorisations of keys, derived from the keyring's secret. The last ones from
 * K stay beside it: to derive one takes as long as all the rest that a
 * signature does on the host. One from A is not kept: A itself is not.
 */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "key/key_private.h"

/* HKDF with the unique id in the context; a counter moves on when the last byte is 0. */
static CK_RV
derive_auth(const uint8_t *part, struct bytes uid, struct buf *auth)
{
	struct buf info = BUF_EMPTY;
	CK_RV rv = buf_append(&info, bytes_str("tpm2-token key v1"));

	if (rv == CKR_OK)
		rv = buf_append(&info, uid);
	for (unsigned n = 0; rv == CKR_OK && n <= UINT8_MAX; n++) {
		rv = crypto_hkdf(HASH_SHA256, bytes_of(part, KEYRING_PART_LEN), BYTES_EMPTY,
			view(&info), KEYRING_PART_LEN, auth);
		if (rv != CKR_OK || auth->ptr[KEYRING_PART_LEN - 1] != 0)
			break;
		rv = n == UINT8_MAX ? CKR_FUNCTION_FAILED : buf_append_u8(&info, (uint8_t)n);
	}
	buf_free(&info);
	return rv;
}

static const struct keyring_auth *
auth_find(const struct keyring_page *page, struct bytes uid)
{
	for (size_t i = 0; i < KEYRING_KNOWN_COUNT; i++)
		if (uid.len == KEYRING_UID_LEN && page->known[i].uid[0] != 0 &&
			memcmp(page->known[i].uid, uid.ptr, uid.len) == 0)
			return &page->known[i];
	return NULL;
}

/* In the place of the oldest. */
static void
auth_keep(struct keyring_page *page, struct bytes uid, const struct buf *auth)
{
	struct keyring_auth *slot = &page->known[page->known_next];

	if (uid.len != KEYRING_UID_LEN)
		return;
	memcpy(slot->uid, uid.ptr, sizeof slot->uid);
	memcpy(slot->auth, auth->ptr, sizeof slot->auth);
	page->known_next = (page->known_next + 1) % KEYRING_KNOWN_COUNT;
}

static CK_RV
auth_of_k(struct keyring_page *page, struct bytes uid, struct buf *auth)
{
	const struct keyring_auth *known = auth_find(page, uid);
	CK_RV rv = CKR_OK;

	if (known != NULL)
		return buf_set(auth, bytes_of(known->auth, sizeof known->auth));
	rv = derive_auth(page->part[PART_K], uid, auth);
	if (rv == CKR_OK)
		auth_keep(page, uid, auth);
	return rv;
}

CK_RV
keyring_key_auth(
	const struct keyring *k, struct bytes uid, bool always_authenticate, struct buf *auth)
{
	if (!keyring_is_open(k) || (always_authenticate && !k->page->has_a))
		return CKR_USER_NOT_LOGGED_IN;
	return always_authenticate ? derive_auth(k->page->part[PART_A], uid, auth)
				   : auth_of_k(k->page, uid, auth);
}

CK_RV
keyring_reserve(struct keyring *k, struct bytes uid)
{
	struct keyring_page *page = k->page;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_FUNCTION_FAILED;

	if (page->has_a && page->reserved_count < KEYRING_RESERVE_COUNT &&
		uid.len == KEYRING_UID_LEN)
		rv = derive_auth(page->part[PART_A], uid, &auth);
	if (rv == CKR_OK) {
		struct keyring_auth *slot = &page->reserved[page->reserved_count++];

		memcpy(slot->uid, uid.ptr, sizeof slot->uid);
		memcpy(slot->auth, auth.ptr, sizeof slot->auth);
	}
	buf_free(&auth);
	return rv;
}

CK_RV
keyring_reserve_take(struct keyring *k, struct buf *uid, struct buf *auth)
{
	struct keyring_auth *slot = NULL;
	CK_RV rv = CKR_OK;

	if (!keyring_is_open(k) || k->page->reserved_count == 0)
		return rv_fail(CKR_USER_NOT_LOGGED_IN,
			"Log in again to make another key that asks for the PIN at each use.");
	slot = &k->page->reserved[k->page->reserved_count - 1];
	if ((rv = buf_set(uid, bytes_of(slot->uid, sizeof slot->uid))) != CKR_OK)
		return rv;
	if ((rv = buf_set(auth, bytes_of(slot->auth, sizeof slot->auth))) != CKR_OK)
		return rv;
	mem_wipe(slot, sizeof *slot);
	k->page->reserved_count--;
	return CKR_OK;
}
