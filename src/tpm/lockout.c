/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM's protection against guessing: a count that every program on the
 * machine shares.
 */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "tpm/tpm_private.h"

/* One GetCapability: the group of variable properties holds all of it. */
static CK_RV
lockout_job(struct tpm *t, void *args)
{
	struct tpm_lockout *out = args;
	TPMS_CAPABILITY_DATA data;
	UINT32 permanent = 0;
	CK_RV rv =
		caps_get(t, TPM2_CAP_TPM_PROPERTIES, TPM2_PT_VAR, TPM2_MAX_TPM_PROPERTIES, &data);

	if (rv != CKR_OK)
		return rv;
	permanent = caps_property(&data, TPM2_PT_PERMANENT);
	*out = (struct tpm_lockout){
		.counter = caps_property(&data, TPM2_PT_LOCKOUT_COUNTER),
		.max = caps_property(&data, TPM2_PT_MAX_AUTH_FAIL),
		.interval_s = caps_property(&data, TPM2_PT_LOCKOUT_INTERVAL),
		.recovery_s = caps_property(&data, TPM2_PT_LOCKOUT_RECOVERY),
		.locked = (permanent & TPMA_PERMANENT_INLOCKOUT) != 0,
		.lockout_auth_set = (permanent & TPMA_PERMANENT_LOCKOUTAUTHSET) != 0,
		.owner_auth_set = (permanent & TPMA_PERMANENT_OWNERAUTHSET) != 0,
		.endorsement_auth_set = (permanent & TPMA_PERMANENT_ENDORSEMENTAUTHSET) != 0,
	};
	return CKR_OK;
}

CK_RV
tpm_read_lockout(struct tpm *t, struct tpm_lockout *out)
{
	return tpm_job(t, lockout_job, out);
}

bool
lockout_bears_another(struct tpm *t)
{
	struct tpm_lockout now;

	return lockout_job(t, &now) == CKR_OK && now.counter + 1 < now.max;
}

void
lockout_log(struct tpm *t)
{
	struct tpm_lockout now;

	if (lockout_job(t, &now) != CKR_OK)
		return;
	log_error("the TPM is locked after %u failed authorisations: it takes the next PIN in at "
		  "most %u seconds",
		(unsigned)now.counter, (unsigned)now.interval_s);
}

static TSS2_RC
reset_send(ESYS_CONTEXT *esys, void *args)
{
	(void)args;
	return Esys_DictionaryAttackLockReset(
		esys, ESYS_TR_RH_LOCKOUT, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE);
}

static CK_RV
reset_job(struct tpm *t, void *args)
{
	const struct bytes *auth = args;
	ESYS_TR temporary = ESYS_TR_NONE;
	CK_RV rv = parent_salt(t, *auth, &temporary);

	if (rv != CKR_OK)
		return rv;
	if ((rv = tpm_auth_set(t, ESYS_TR_RH_LOCKOUT, *auth)) == CKR_OK) {
		rv = rv_tss(tpm_send(t, reset_send, NULL), RV_HIERARCHY,
			"TPM2_DictionaryAttackLockReset");
		tpm_auth_clear(t, ESYS_TR_RH_LOCKOUT);
	}
	tpm_flush(t, &temporary);
	return rv;
}

CK_RV
tpm_reset_lockout(struct tpm *t, struct bytes lockout_auth)
{
	return tpm_job(t, reset_job, &lockout_auth);
}
