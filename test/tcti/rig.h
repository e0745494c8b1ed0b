/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of the wire stand on: ESYS over the wire over the counting TCTI
 * over the liar over a software TPM, and a parent key without authorisation.
 */
#ifndef TEST_TCTI_RIG_H
#define TEST_TCTI_RIG_H

#include <tss2/tss2_esys.h>

#include "tcti/count.h"
#include "tcti/liar.h"
#include "tcti/swtpm.h"
#include "tpm/wire.h"
#include "unit/unit.h"

#define PASSWORD "the password of the key"

struct rig {
	struct swtpm swtpm;
	TSS2_TCTI_CONTEXT *real;
	struct liar liar;
	struct count count;
	struct wire *wire;
	ESYS_CONTEXT *esys;
	ESYS_TR parent;
};

/* An object as Create gives it. */
struct blob {
	TPM2B_PUBLIC *public;
	TPM2B_PRIVATE *private;
};

/* cmocka group: skip where there is no swtpm. */
int rig_main(const struct CMUnitTest *tests, size_t count);

int rig_open_ecc(void **state);
int rig_open_rsa(void **state);
int rig_close(void **state);

/* Make the parent persistent; sessions are salted to it from now on. */
void rig_persist_parent(struct rig *r);
/* Tell the wire the object's name, as the tpm layer does. */
void rig_name(struct rig *r, ESYS_TR object);
uint32_t rig_handle(struct rig *r, ESYS_TR object);

enum rig_key { RIG_SIGN_P256, RIG_ECDH_P256, RIG_RSA, RIG_SEAL };

/* Esys_Create under the parent; data: sealed, else empty. */
TSS2_RC rig_create(
	struct rig *r, enum rig_key kind, struct bytes auth, struct bytes data, struct blob *out);
/* Esys_Load, and the name told; auth is set for what follows. */
ESYS_TR rig_load(struct rig *r, const struct blob *blob, struct bytes auth);
void rig_auth(struct rig *r, ESYS_TR object, struct bytes auth);
void blob_free(struct blob *blob);
/* Create and load. */
ESYS_TR rig_key(struct rig *r, enum rig_key kind, struct bytes auth);
/* Sign a digest with a P-256 key. */
TSS2_RC rig_sign(struct rig *r, ESYS_TR key);
void rig_flush(struct rig *r, ESYS_TR object);
/* Flush the TPM's nth HMAC session from another connection, as another program might. */
void rig_steal_session(struct rig *r, uint32_t n);
/* Start a session as another program would, and leave it. */
void rig_start_session(struct rig *r);
/*
 * After a TCTI's error ESYS is stuck: a new one over the same wire, as the tpm layer makes it.
 * Returns the object that was loaded first after the parent.
 */
ESYS_TR rig_reopen(struct rig *r, struct bytes auth);
/* HMAC sessions that the TPM holds. */
unsigned rig_sessions(struct rig *r);

#endif
