/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM2_ObjectChangeAuth: the same key under another authorisation value. The
 * new value is the command's first parameter, so the wire encrypts it.
 */
#include "config.h"

#include <string.h>

#include "tpm/tpm_private.h"

struct auth_send_args {
	ESYS_TR key;
	ESYS_TR parent;
	const TPM2B_AUTH *auth;
	TPM2B_PRIVATE *private;
};

static TSS2_RC
auth_send(ESYS_CONTEXT *esys, void *args)
{
	struct auth_send_args *a = args;

	return Esys_ObjectChangeAuth(esys, a->key, a->parent, ESYS_TR_PASSWORD, ESYS_TR_NONE,
		ESYS_TR_NONE, a->auth, &a->private);
}

struct auth_args {
	const struct tpm_object *key;
	TPM2B_AUTH auth;
	struct buf *private;
};

/* The parent first: what it may have to make needs the place that an idle key takes. */
static CK_RV
auth_job(struct tpm *t, void *args)
{
	struct auth_args *a = args;
	const struct tpm_object *key = a->key;
	struct auth_send_args s = { ESYS_TR_NONE, ESYS_TR_NONE, &a->auth, NULL };
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = CKR_OK;

	if ((rv = parent_use(t, key->parent, key->hierarchy_auth, &s.parent)) != CKR_OK)
		return rv;
	if ((rv = load_key(t, key, &s.key)) == CKR_OK) {
		rc = key_send(t, key, s.key, auth_send, &s);
		rv = rv_tss(rc, RV_KEY, "TPM2_ObjectChangeAuth");
	}
	if (rv == CKR_OK)
		rv = blob_write_private(s.private, a->private);
	parent_release(t, key->parent, &s.parent);
	Esys_Free(s.private);
	return rv;
}

CK_RV
tpm_change_auth(
	struct tpm *t, const struct tpm_object *key, struct bytes new_auth, struct buf *private)
{
	struct auth_args a = { .key = key, .private = private };
	CK_RV rv = CKR_OK;

	if (new_auth.len == 0 || new_auth.len > sizeof a.auth.buffer)
		return rv_fail(CKR_ARGUMENTS_BAD, "an authorisation value has 1 to %zu bytes",
			sizeof a.auth.buffer);
	a.auth.size = (UINT16)new_auth.len;
	memcpy(a.auth.buffer, new_auth.ptr, new_auth.len);
	rv = tpm_job(t, auth_job, &a);
	mem_wipe(&a.auth, sizeof a.auth);
	return rv;
}
