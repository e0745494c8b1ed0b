/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The raw private operation of RSA. Padding is made and removed on the host.
 */
#include "config.h"

#include <string.h>

#include "tpm/tpm_private.h"

struct rsa_send_args {
	ESYS_TR key;
	const TPM2B_PUBLIC_KEY_RSA *in;
	TPM2B_PUBLIC_KEY_RSA *out;
};

static TSS2_RC
rsa_send(ESYS_CONTEXT *esys, void *args)
{
	static const TPMT_RSA_DECRYPT raw = { .scheme = TPM2_ALG_NULL };
	static const TPM2B_DATA no_label;
	struct rsa_send_args *a = args;

	return Esys_RSA_Decrypt(esys, a->key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, a->in,
		&raw, &no_label, &a->out);
}

struct rsa_args {
	const struct tpm_object *key;
	TPM2B_PUBLIC_KEY_RSA in;
	struct buf *out;
};

/* Maybe a plaintext: how it is padded must not be told by the time that it takes. */
static CK_RV
rsa_take(TPM2B_PUBLIC_KEY_RSA *answer, size_t len, struct buf *out)
{
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_DEVICE_ERROR;

	if (answer->size <= sizeof answer->buffer && answer->size <= len)
		rv = buf_resize(&fresh, len);
	if (rv == CKR_OK) {
		memcpy(fresh.ptr + (len - answer->size), answer->buffer, answer->size);
		buf_move(out, &fresh);
	}
	mem_wipe(answer, sizeof *answer);
	Esys_Free(answer);
	if (rv == CKR_DEVICE_ERROR)
		rv = rv_fail(rv, "the TPM answered TPM2_RSA_Decrypt with too many bytes");
	return rv;
}

static CK_RV
rsa_job(struct tpm *t, void *args)
{
	struct rsa_args *a = args;
	struct rsa_send_args s = { ESYS_TR_NONE, &a->in, NULL };
	CK_RV rv = CKR_OK;

	if ((rv = load_key(t, a->key, &s.key)) != CKR_OK)
		return rv;
	rv = rv_tss(key_send(t, a->key, s.key, rsa_send, &s), RV_KEY, "TPM2_RSA_Decrypt");
	return rv == CKR_OK ? rsa_take(s.out, a->in.size, a->out) : rv;
}

/* The TPM would say TPM_RC_VALUE, after the work. */
static CK_RV
rsa_check(const struct pubkey *key, struct bytes in)
{
	if (key->kind != KEY_RSA)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (in.len != key->modulus.len)
		return CKR_DATA_LEN_RANGE;
	return bytes_compare(in, view(&key->modulus)) < 0 ? CKR_OK : CKR_DATA_INVALID;
}

CK_RV
tpm_rsa_private(struct tpm *t, const struct tpm_object *key, struct bytes in, struct buf *out)
{
	struct rsa_args a = { .key = key, .out = out };
	struct pubkey public = PUBKEY_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = tpm_public_key(key->public, &public)) == CKR_OK &&
		(rv = rsa_check(&public, in)) == CKR_OK) {
		if (in.len > sizeof a.in.buffer) {
			rv = rv_fail(
				CKR_KEY_SIZE_RANGE, "the key is longer than any that a TPM has");
		} else {
			a.in.size = (UINT16)in.len;
			memcpy(a.in.buffer, in.ptr, in.len);
			rv = tpm_job(t, rsa_job, &a);
		}
	}
	mem_wipe(&a.in, sizeof a.in);
	pubkey_free(&public);
	return rv;
}
