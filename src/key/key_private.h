/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the key layer: the page on which a keyring keeps its secrets.
 */
#ifndef KEY_KEY_PRIVATE_H
#define KEY_KEY_PRIVATE_H

#include "key/key.h"

enum keyring_part { PART_K, PART_A, PART_M, PART_COUNT };

/* Keys made from M, one for each purpose. */
enum keyring_use { USE_MAC, USE_ENCRYPT, USE_SEARCH, USE_ELEMENT, USE_COUNT };

#define KEYRING_UID_LEN 36

struct keyring_reserved {
	uint8_t uid[KEYRING_UID_LEN];
	uint8_t auth[KEYRING_PART_LEN];
};

/* All of it lies in locked memory. Zeros mean closed: that is what a forked child finds. */
struct keyring_page {
	uint8_t part[PART_COUNT][KEYRING_PART_LEN];
	uint8_t use[USE_COUNT][KEYRING_PART_LEN];
	struct keyring_reserved reserved[KEYRING_RESERVE_COUNT];
	size_t reserved_count;
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

#endif
