/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many keys, and processes that share a TPM without a resource manager.
 */
#ifndef TEST_INTEGRATION_TPM_RIG_SHARE_H
#define TEST_INTEGRATION_TPM_RIG_SHARE_H

#include "integration/tpm/rig.h"

/* A setup: P-256 keys, made by the first test, and nobody at the TPM but who joins. */
int rig_keys(void **state, struct rig_object *keys, size_t count);
void rig_keys_free(struct rig_object *keys, size_t count);

/* A struct tpm that takes turns with those of the same store; env and value: as rig_tpm() has them. */
struct tpm *rig_join(struct rig *r, unsigned store, const char *env, const char *value);
/* Sign as rig_sign() does, and verify it in software. */
CK_RV rig_sign_and_verify(struct tpm *t, const struct rig_object *key);

#endif
