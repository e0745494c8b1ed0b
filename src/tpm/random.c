/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM's random numbers.
 */
#include "config.h"

#include "tpm/tpm_private.h"

struct random_send_args {
	UINT16 len;
	TPM2B_DIGEST *out;
};

static TSS2_RC
random_send(ESYS_CONTEXT *esys, void *args)
{
	struct random_send_args *a = args;

	return Esys_GetRandom(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, a->len, &a->out);
}

struct random_args {
	size_t len;
	struct buf *out;
};

static CK_RV
random_job(struct tpm *t, void *args)
{
	struct random_args *a = args;
	struct random_send_args s = { (UINT16)a->len, NULL };
	CK_RV rv = rv_tss(tpm_send(t, random_send, &s), RV_OTHER, "TPM2_GetRandom");

	if (rv != CKR_OK)
		return rv;
	if (s.out->size == 0 || s.out->size > a->len)
		rv = rv_fail(CKR_DEVICE_ERROR, "the TPM answered TPM2_GetRandom with %u bytes",
			s.out->size);
	else
		rv = buf_set(a->out, bytes_of(s.out->buffer, s.out->size));
	mem_wipe(s.out, sizeof *s.out);
	Esys_Free(s.out);
	return rv;
}

CK_RV
tpm_random(struct tpm *t, size_t len, struct buf *out)
{
	struct random_args a = { len, out };

	/* A TPM gives no more than its longest digest. */
	if (a.len > sizeof(TPMU_HA))
		a.len = sizeof(TPMU_HA);
	if (len == 0)
		return CKR_ARGUMENTS_BAD;
	return tpm_job(t, random_job, &a);
}
