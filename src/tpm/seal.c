/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seals: secrets that the TPM gives back for an authorisation value.
 */
#include "config.h"

#include "tpm/tpm_private.h"

/* TPM 2.0 Library, Part 2, "MAX_SYM_DATA": libtss2 has room for more. */
#define SEAL_MAX 128

CK_RV
tpm_seal(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	struct bytes auth, struct bytes secret, struct buf *public, struct buf *private)
{
	TPM2B_PUBLIC template;
	struct tpm_create_args a = { parent, hierarchy_auth, &template, auth, secret, public,
		private, RV_OTHER };

	if (secret.len == 0 || secret.len > SEAL_MAX)
		return rv_fail(CKR_ARGUMENTS_BAD, "a TPM seals 1 to %d bytes", SEAL_MAX);
	template_seal(&template);
	return tpm_job(t, create_job, &a);
}

struct unseal_send_args {
	ESYS_TR object;
	TPM2B_SENSITIVE_DATA *data;
};

static TSS2_RC
unseal_send(ESYS_CONTEXT *esys, void *args)
{
	struct unseal_send_args *a = args;

	return Esys_Unseal(esys, a->object, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &a->data);
}

static CK_RV
unseal_take(TPM2B_SENSITIVE_DATA *data, struct buf *secret)
{
	CK_RV rv = CKR_DEVICE_ERROR;

	if (data->size <= sizeof data->buffer)
		rv = buf_set(secret, bytes_of(data->buffer, data->size));
	mem_wipe(data, sizeof *data);
	Esys_Free(data);
	return rv;
}

struct unseal_args {
	const struct tpm_object *seal;
	struct buf *secret;
};

/* The wire has checked the session, so a refusal is about the PIN, if it is about the seal. */
static void
note_refusal(struct tpm *t, ESYS_TR object, const struct tpm_object *seal, TSS2_RC rc)
{
	if (rv_tss_refused(rc) && !t->manager)
		load_check(t, object, seal->public);
	else if (crowd_took_session(t, rc) && lockout_bears_another(t))
		tpm_start_anew(t);
}

static CK_RV
unseal_job(struct tpm *t, void *args)
{
	struct unseal_args *a = args;
	struct unseal_send_args s = { ESYS_TR_NONE, NULL };
	TPM2_HANDLE handle = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = CKR_OK;

	handles_reserve(t, TPM_NEW_PASSING);
	if ((rv = load_once(t, a->seal, &s.object)) != CKR_OK)
		return rv;
	if ((rv = tpm_name_tell(t, s.object, a->seal->public, &handle)) == CKR_OK &&
		(rv = tpm_auth_set(t, s.object, a->seal->auth)) == CKR_OK) {
		rc = tpm_send(t, unseal_send, &s);
		note_refusal(t, s.object, a->seal, rc);
		rv = rv_tss(rc, RV_PIN, "TPM2_Unseal");
		tpm_auth_clear(t, s.object);
	}
	tpm_flush(t, &s.object);
	if (rv == CKR_OK)
		rv = unseal_take(s.data, a->secret);
	if (rv == CKR_PIN_LOCKED)
		lockout_log(t);
	return rv;
}

CK_RV
tpm_unseal(struct tpm *t, const struct tpm_object *seal, struct buf *secret)
{
	struct unseal_args a = { seal, secret };

	return tpm_job(t, unseal_job, &a);
}
