/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM2_EncryptDecrypt2: AES with a key that stays in the TPM. Its older form,
 * TPM2_EncryptDecrypt, is not used: the data is not its first parameter, so it
 * would go to the TPM in clear.
 */
#include "config.h"

#include <string.h>

#include "tpm/tpm_private.h"

struct cipher_send_args {
	ESYS_TR key;
	const TPM2B_MAX_BUFFER *in;
	bool decrypt;
	uint16_t mode;
	const TPM2B_IV *iv;
	TPM2B_MAX_BUFFER *out;
	TPM2B_IV *iv_out;
};

static TSS2_RC
cipher_send(ESYS_CONTEXT *esys, void *args)
{
	struct cipher_send_args *a = args;

	return Esys_EncryptDecrypt2(esys, a->key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
		a->in, a->decrypt ? TPM2_YES : TPM2_NO, a->mode, a->iv, &a->out, &a->iv_out);
}

struct cipher_args {
	const struct tpm_object *key;
	enum block_mode mode;
	bool encrypt;
	uint8_t iv[AES_BLOCK_LEN]; /* the caller's; afterwards the next one */
	struct bytes in;
	struct buf out;
};

static CK_RV
cipher_take(const struct cipher_send_args *s, TPM2B_IV *iv, uint8_t *out)
{
	if (s->out->size != s->in->size || s->iv_out->size != iv->size)
		return rv_fail(CKR_DEVICE_ERROR,
			"the TPM answered TPM2_EncryptDecrypt2 with another length");
	memcpy(out, s->out->buffer, s->out->size);
	memcpy(iv->buffer, s->iv_out->buffer, iv->size);
	return CKR_OK;
}

/* A mode, or the command, that this TPM lacks. */
static CK_RV
cipher_failure(TSS2_RC rc)
{
	TSS2_RC code = rv_tss_code(rc);
	bool of_mode = (rc & (TPM2_RC_P | TPM2_RC_N_MASK)) == (TPM2_RC_P | TPM2_RC_3);

	if (code == TPM2_RC_COMMAND_CODE || code == TPM2_RC_MODE ||
		(code == TPM2_RC_VALUE && of_mode))
		return rv_fail(CKR_MECHANISM_INVALID,
			"this TPM does not have this mode of AES (0x%x)", (unsigned)rc);
	return rv_tss(rc, RV_KEY, "TPM2_EncryptDecrypt2");
}

static CK_RV
cipher_chunk(
	struct tpm *t, const struct cipher_args *a, struct bytes in, TPM2B_IV *iv, uint8_t *out)
{
	TPM2B_MAX_BUFFER data;
	struct cipher_send_args s = { ESYS_TR_NONE, &data, !a->encrypt, caps_mode_alg(a->mode), iv,
		NULL, NULL };
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = load_key(t, a->key, &s.key);

	if (rv != CKR_OK)
		return rv;
	chunk_set(&data, in);
	rc = key_send(t, a->key, s.key, cipher_send, &s);
	rv = rc == TSS2_RC_SUCCESS ? cipher_take(&s, iv, out) : cipher_failure(rc);
	mem_wipe(&data, sizeof data);
	if (s.out != NULL)
		mem_wipe(s.out, sizeof *s.out);
	Esys_Free(s.out);
	Esys_Free(s.iv_out);
	return rv;
}

/* From the first byte on each time: the job may be run again. */
static CK_RV
cipher_job(struct tpm *t, void *args)
{
	struct cipher_args *a = args;
	TPM2B_IV iv = { .size = a->mode == BLOCK_ECB ? 0 : AES_BLOCK_LEN };
	CK_RV rv = CKR_OK;

	memcpy(iv.buffer, a->iv, iv.size);
	for (size_t at = 0; at < a->in.len && rv == CKR_OK; at += TPM_CHUNK)
		rv = cipher_chunk(t, a, bytes_slice(a->in, at, TPM_CHUNK), &iv, a->out.ptr + at);
	if (rv == CKR_OK)
		memcpy(a->iv, iv.buffer, iv.size);
	return rv;
}

static CK_RV
cipher_check(const struct tpm_object *key, enum block_mode mode, size_t len)
{
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool exportable = false;
	CK_RV rv = tpm_public_kind(key->public, &kind, &exportable);

	if (rv != CKR_OK)
		return rv;
	if (kind != TPM_KIND_AES || mode >= BLOCK_MODES)
		return CKR_KEY_TYPE_INCONSISTENT;
	if ((mode == BLOCK_ECB || mode == BLOCK_CBC) && len % AES_BLOCK_LEN != 0)
		return CKR_DATA_LEN_RANGE;
	return CKR_OK;
}

CK_RV
tpm_blocks(struct tpm *t, const struct tpm_object *key, enum block_mode mode, bool encrypt,
	uint8_t *iv, struct bytes in, uint8_t *out)
{
	struct cipher_args a = { .key = key, .mode = mode, .encrypt = encrypt, .in = in };
	CK_RV rv = cipher_check(key, mode, in.len);

	if (rv != CKR_OK || in.len == 0)
		return rv;
	if (mode != BLOCK_ECB)
		memcpy(a.iv, iv, sizeof a.iv);
	/* Not into out, which may be in. */
	if ((rv = buf_resize(&a.out, in.len)) == CKR_OK &&
		(rv = tpm_job(t, cipher_job, &a)) == CKR_OK) {
		memcpy(out, a.out.ptr, in.len);
		if (mode != BLOCK_ECB)
			memcpy(iv, a.iv, sizeof a.iv);
	}
	buf_free(&a.out);
	return rv;
}
