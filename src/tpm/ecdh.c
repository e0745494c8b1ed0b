/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM2_ECDH_ZGen: the point that a key and another party's public point make.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto.h"
#include "tpm/tpm_private.h"

struct ecdh_send_args {
	ESYS_TR key;
	const TPM2B_ECC_POINT *in;
	TPM2B_ECC_POINT *out;
};

static TSS2_RC
ecdh_send(ESYS_CONTEXT *esys, void *args)
{
	struct ecdh_send_args *a = args;

	return Esys_ECDH_ZGen(
		esys, a->key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, a->in, &a->out);
}

struct ecdh_args {
	const struct tpm_object *key;
	TPM2B_ECC_POINT in;
	size_t len; /* of the secret: the field's */
	struct buf *out;
};

/* The secret is the x coordinate; the TPM may strip zeros. */
static CK_RV
ecdh_take(TPM2B_ECC_POINT *answer, size_t len, struct buf *out)
{
	const TPM2B_ECC_PARAMETER *x = &answer->point.x;
	CK_RV rv = CKR_DEVICE_ERROR;

	if (x->size <= sizeof x->buffer)
		rv = buf_set_padded(out, bytes_of(x->buffer, x->size), len);
	mem_wipe(answer, sizeof *answer);
	Esys_Free(answer);
	if (rv == CKR_DEVICE_ERROR)
		rv = rv_fail(rv, "the TPM answered TPM2_ECDH_ZGen with what is no point");
	return rv;
}

static CK_RV
ecdh_job(struct tpm *t, void *args)
{
	struct ecdh_args *a = args;
	struct ecdh_send_args s = { ESYS_TR_NONE, &a->in, NULL };
	CK_RV rv = CKR_OK;

	if ((rv = load_key(t, a->key, &s.key)) != CKR_OK)
		return rv;
	rv = rv_tss(key_send(t, a->key, s.key, ecdh_send, &s), RV_KEY, "TPM2_ECDH_ZGen");
	return rv == CKR_OK ? ecdh_take(s.out, a->len, a->out) : rv;
}

static void
point_set(struct bytes point, size_t len, TPM2B_ECC_POINT *out)
{
	out->point.x.size = (UINT16)len;
	out->point.y.size = (UINT16)len;
	memcpy(out->point.x.buffer, point.ptr + 1, len);
	memcpy(out->point.y.buffer, point.ptr + 1 + len, len);
}

CK_RV
tpm_ecdh(struct tpm *t, const struct tpm_object *key, struct bytes peer, struct buf *z)
{
	struct ecdh_args a = { .key = key, .out = z };
	struct pubkey public = PUBKEY_EMPTY;
	struct pubkey other = { .kind = KEY_EC };
	CK_RV rv = CKR_OK;

	if ((rv = tpm_public_key(key->public, &public)) != CKR_OK)
		goto out;
	rv = CKR_KEY_TYPE_INCONSISTENT;
	if (public.kind != KEY_EC)
		goto out;
	other.curve = public.curve;
	if ((rv = buf_set(&other.point, peer)) != CKR_OK)
		goto out;
	if ((rv = crypto_pubkey_check(&other)) != CKR_OK)
		goto out;
	a.len = curve_row(public.curve)->field_len;
	point_set(peer, a.len, &a.in);
	rv = tpm_job(t, ecdh_job, &a);
out:
	pubkey_free(&other);
	pubkey_free(&public);
	return rv;
}
