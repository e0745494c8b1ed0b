/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the key layer: the page on which a keyring keeps its secrets, and what
 * all keys in the TPM have.
 */
#ifndef KEY_KEY_PRIVATE_H
#define KEY_KEY_PRIVATE_H

#include "key/key.h"

enum keyring_part { PART_K, PART_A, PART_M, PART_COUNT };

/* Keys made from M, one for each purpose. */
enum keyring_use { USE_MAC, USE_ENCRYPT, USE_SEARCH, USE_ELEMENT, USE_COUNT };

#define KEYRING_UID_LEN     36
#define KEYRING_KNOWN_COUNT 32 /* authorisations that are not derived again */

struct keyring_auth {
	uint8_t uid[KEYRING_UID_LEN];
	uint8_t auth[KEYRING_PART_LEN];
};

/* All of it lies in locked memory. Zeros mean closed: that is what a forked child finds. */
struct keyring_page {
	uint8_t part[PART_COUNT][KEYRING_PART_LEN];
	uint8_t use[USE_COUNT][KEYRING_PART_LEN];
	struct keyring_auth reserved[KEYRING_RESERVE_COUNT];
	size_t reserved_count;
	struct keyring_auth known[KEYRING_KNOWN_COUNT]; /* from K */
	size_t known_next;
	bool open;
	bool has_a;
};

struct keyring {
	struct keyring_page *page;
};

/* Lent; empty when closed. */
struct bytes keyring_use_key(const struct keyring *k, enum keyring_use use);
/* Fill page->use from M. */
CHECKED CK_RV keyring_derive_uses(struct keyring_page *page);

/* A key in the TPM. */
struct key_tpm {
	struct key base; /* first: what callers hold */
	struct tpm *tpm;
	struct tpm_parent parent;
	struct buf hierarchy_auth;
	struct buf public;
	struct buf private;
	bool may_decrypt; /* asymmetric keys */
	bool exportable;
};

/* As the TPM layer wants it; borrowed from both. */
struct tpm_object key_tpm_object(const struct key_tpm *k, struct bytes auth);
CHECKED CK_RV key_tpm_change_auth(
	struct key *base, struct bytes auth, struct bytes new_auth, struct buf *private);
void key_tpm_free(struct key *base);

/* key_tpm_secret.c: how such a secret key works; NULL: it is no secret key. */
const struct key_ops *key_tpm_secret_ops(enum tpm_kind kind);

#endif
