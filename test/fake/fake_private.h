/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the fake TPM: its blobs, and what every command does first.
 */
#ifndef TEST_FAKE_FAKE_PRIVATE_H
#define TEST_FAKE_FAKE_PRIVATE_H

#include <openssl/evp.h>

#include "fake_tpm.h"

/* A secret key has no numbers; its modulus is what makes its public area its own. */
struct fake_public {
	struct pubkey key;
	bool sign;
	bool decrypt;
	enum tpm_kind what;
	bool exportable;
};

/* Every command passes here. */
CHECKED CK_RV fake_command(void);

CHECKED CK_RV fake_public_make(const struct fake_public *p, struct buf *out);
/* The caller frees out->key, also on failure. */
CHECKED CK_RV fake_public_read(struct bytes public, struct fake_public *out);
CHECKED CK_RV fake_private_make(
	const struct tpm_parent *parent, struct bytes auth, struct bytes content, struct buf *out);
/* wrong: what a wrong authorisation is called. content is lent by o. */
CHECKED CK_RV fake_private_open(const struct tpm_object *o, CK_RV wrong, struct bytes *content);

/* Both areas of an asymmetric key; spec: kind, curve, exportable. */
CHECKED CK_RV fake_key_blobs(EVP_PKEY *key, const struct tpm_parent *parent,
	const struct keyspec *spec, struct bytes auth, struct buf *public, struct buf *private);
/* A command that needs the private key. */
CHECKED CK_RV fake_key_open(const struct tpm_object *o, EVP_PKEY **out);
CHECKED CK_RV fake_number(EVP_PKEY *key, const char *name, struct buf *out);

#endif
