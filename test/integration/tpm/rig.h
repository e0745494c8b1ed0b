/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the tpm layer stand on: a software TPM, the counting TCTI
 * in front of it, and the commands that a call has sent, as a sentence.
 */
#ifndef TEST_INTEGRATION_TPM_RIG_H
#define TEST_INTEGRATION_TPM_RIG_H

#include "unit/unit.h"

#include <tss2/tss2_esys.h>

#include "tcti/swtpm.h"
#include "tpm/tpm.h"

struct rig {
	struct swtpm swtpm;
	char log[128];
	long log_at; /* how far the log has been read */
	char dump[128];
	char commands[512];
	struct tpm *tpm;
	struct tpm_parent parent; /* the owner's */
	struct tpm_caps caps;
};

/* How parents differ that are not the owner's: an RSA-2048 storage key, persistent. */
void rig_rsa_parent(struct rig *r, struct tpm_parent *out);

/* An object as the store would keep it. */
struct rig_object {
	struct buf public;
	struct buf private;
	struct tpm_object o;
};

/* cmocka's setup and teardown of a group: one swtpm for all of its tests. */
int rig_setup(void **state);
int rig_teardown(void **state);
/* For each test: a struct tpm of its own, the parent found, the process's session started. */
int rig_connect(void **state);
int rig_disconnect(void **state);

/* A struct tpm on this TPM; env: TOKENTEST_FAULT or TOKENTEST_HIDE and its value, or NULL. */
struct tpm *rig_tpm(struct rig *r, enum tpm_manager manager, const char *env, const char *value);
/* Names of the commands since the last call: "Load Sign". */
const char *rig_commands(struct rig *r);
#define assert_commands(r, expected) assert_string_equal((expected), rig_commands(r))
#define assert_sentence(text)        assert_non_null(strstr(log_last_error(), (text)))

/* Have these bytes passed the way to the TPM, in any command or answer of this group of tests? */
bool rig_wire_has(const struct rig *r, struct bytes needle);

/* Transient objects and sessions in the TPM, whoever has them. */
unsigned rig_left(struct rig *r);

struct bytes rig_auth(void);
struct bytes rig_wrong_auth(void);
void rig_seal(struct rig *r, const struct tpm_parent *parent, struct rig_object *out);
void rig_key(struct rig *r, const struct tpm_parent *parent, const struct keyspec *spec,
	struct rig_object *out);
void rig_secret(struct rig *r, const struct tpm_parent *parent, const struct secretspec *spec,
	struct rig_object *out);
void rig_ec_key(struct rig *r, struct rig_object *out); /* P-256, to sign */
#define RIG_DIGEST LITERAL("a digest of just thirty-two byte")
CK_RV rig_sign(struct tpm *t, const struct rig_object *key, struct buf *signature);
void rig_object_free(struct rig_object *o);

/* Does the heap hold these bytes? masked: so that what is looked for does not find itself. */
bool rig_heap_has(const uint8_t *masked, size_t len);
/* A random value, and what it is to be looked for by. */
void rig_random(struct buf *out, size_t len, uint8_t *masked);

/* ESYS on the TPM, without anything of ours. */
ESYS_CONTEXT *rig_esys(struct rig *r);
void rig_esys_free(ESYS_CONTEXT *esys);

#endif
