/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many keys, and processes that share a TPM without a resource manager.
 */
#include "config.h"

#include <stdio.h>

#include "crypto/crypto.h"
#include "integration/tpm/rig_share.h"

int
rig_keys(void **state, struct rig_object *keys, size_t count)
{
	struct rig *r = *state;

	if (rig_connect(state) != 0)
		return -1;
	for (size_t i = 0; i < count && keys[i].public.len == 0; i++)
		rig_ec_key(r, &keys[i]);
	for (size_t i = 0; i < count; i++)
		keys[i].o.parent = &r->parent;
	tpm_free(r->tpm);
	r->tpm = NULL;
	rig_commands(r);
	return 0;
}

void
rig_keys_free(struct rig_object *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		rig_object_free(&keys[i]);
}

struct tpm *
rig_join(struct rig *r, unsigned store, const char *env, const char *value)
{
	char path[128];
	struct tpm *t = rig_tpm(r, TPM_MANAGER_NO, env, value);

	snprintf(path, sizeof path, "%s/store%u-tpm", r->swtpm.dir, store);
	assert_rv(CKR_OK, tpm_share(t, path));
	return t;
}

CK_RV
rig_sign_and_verify(struct tpm *t, const struct rig_object *key)
{
	static const struct scheme ecdsa = { .alg = ALG_ECDSA };
	struct pubkey public = { .kind = KEY_EC };
	struct buf signature = BUF_EMPTY;
	CK_RV rv = tpm_public_key(key->o.public, &public);

	if (rv == CKR_OK && (rv = rig_sign(t, key, &signature)) == CKR_OK)
		rv = crypto_verify(&public, &ecdsa, RIG_DIGEST, view(&signature));
	buf_free(&signature);
	pubkey_free(&public);
	return rv;
}
