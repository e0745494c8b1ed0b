/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HMAC with a key that stays in the TPM: one command for what fits into it, a
 * sequence object for what is longer.
 */
#include "config.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "tpm/tpm_private.h"

struct mac_args {
	const struct tpm_object *key;
	const struct hash_row *hash;
	struct bytes data;
	struct buf *out;
};

enum { SEQUENCE_AUTH = 32 };

/* One command of whichever. */
struct mac_send_args {
	ESYS_TR object; /* the key, or the sequence */
	uint16_t hash;
	TPM2B_AUTH auth; /* of the sequence that is started */
	TPM2B_MAX_BUFFER data;
	ESYS_TR sequence; /* started */
	TPM2B_DIGEST *result;
};

static TSS2_RC
mac_send(ESYS_CONTEXT *esys, void *args)
{
	struct mac_send_args *a = args;

	return Esys_HMAC(esys, a->object, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &a->data,
		a->hash, &a->result);
}

static TSS2_RC
start_send(ESYS_CONTEXT *esys, void *args)
{
	struct mac_send_args *a = args;

	return Esys_HMAC_Start(esys, a->object, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
		&a->auth, a->hash, &a->sequence);
}

static TSS2_RC
update_send(ESYS_CONTEXT *esys, void *args)
{
	struct mac_send_args *a = args;

	return Esys_SequenceUpdate(
		esys, a->object, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &a->data);
}

static TSS2_RC
complete_send(ESYS_CONTEXT *esys, void *args)
{
	struct mac_send_args *a = args;

	return Esys_SequenceComplete(esys, a->object, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
		&a->data, ESYS_TR_RH_NULL, &a->result, NULL);
}

static CK_RV
mac_take(const struct mac_args *a, TPM2B_DIGEST *result)
{
	if (result->size != a->hash->len)
		return rv_fail(CKR_DEVICE_ERROR, "the TPM answered with what is no HMAC");
	return buf_set(a->out, bytes_of(result->buffer, result->size));
}

static CK_RV
mac_at_once(struct tpm *t, const struct mac_args *a, struct mac_send_args *s)
{
	CK_RV rv = CKR_OK;

	chunk_set(&s->data, a->data);
	rv = rv_tss(key_send(t, a->key, s->object, mac_send, s), RV_KEY, "TPM2_HMAC");
	return rv == CKR_OK ? mac_take(a, s->result) : rv;
}

/* --- in a sequence ------------------------------------------------------------------------ */

/* ESYS keeps a copy of the last data until the next time: one that it refuses before anything is
 * sent, because there is no such object, overwrites that. */
static void
esys_forget_data(ESYS_CONTEXT *esys)
{
	static const TPM2B_MAX_BUFFER empty;

	if (Esys_SequenceComplete_Async(esys, ESYS_TR_NO_OBJECT, ESYS_TR_PASSWORD, ESYS_TR_NONE,
		    ESYS_TR_NONE, &empty, ESYS_TR_RH_NULL) == TSS2_RC_SUCCESS)
		log_error("ESYS completes a sequence that is none");
}

/* The name of a sequence object is empty. */
static CK_RV
sequence_tell(struct tpm *t, ESYS_TR sequence, TPM2_HANDLE *handle)
{
	CK_RV rv = rv_tss(
		Esys_TR_GetTpmHandle(t->esys, sequence, handle), RV_OTHER, "Esys_TR_GetTpmHandle");

	if (rv != CKR_OK)
		return rv;
	handles_supersede(t, *handle);
	return wire_name_set(t->wire, *handle, BYTES_EMPTY);
}

/* The authorisation is right, as the object is ours: something is not what we think it is. */
static CK_RV
sequence_send(struct tpm *t, struct mac_send_args *s, tpm_send_fn *send, const char *what)
{
	TSS2_RC rc = tpm_send(t, send, s);

	if (rv_tss_refused(rc))
		tpm_start_anew(t);
	return rv_tss(rc, RV_KEY, what);
}

static CK_RV
sequence_feed(struct tpm *t, const struct mac_args *a, struct mac_send_args *s)
{
	size_t at = 0;
	CK_RV rv = CKR_OK;

	for (; rv == CKR_OK && a->data.len - at > TPM_CHUNK; at += TPM_CHUNK) {
		chunk_set(&s->data, bytes_slice(a->data, at, TPM_CHUNK));
		rv = sequence_send(t, s, update_send, "TPM2_SequenceUpdate");
	}
	if (rv != CKR_OK)
		return rv;
	chunk_set(&s->data, bytes_slice(a->data, at, TPM_CHUNK));
	return sequence_send(t, s, complete_send, "TPM2_SequenceComplete");
}

/* Not the key's: ESYS frees what it knows of a sequence without wiping it. */
static CK_RV
sequence_auth(TPM2B_AUTH *auth)
{
	CK_RV rv = crypto_random(auth->buffer, SEQUENCE_AUTH);

	auth->size = SEQUENCE_AUTH;
	auth->buffer[SEQUENCE_AUTH - 1] |= 1;
	return rv;
}

static CK_RV
sequence_run(struct tpm *t, const struct mac_args *a, struct mac_send_args *s)
{
	TPM2_HANDLE handle = 0;
	CK_RV rv = CKR_OK;

	s->object = s->sequence;
	if ((rv = sequence_tell(t, s->sequence, &handle)) == CKR_OK &&
		(rv = sequence_feed(t, a, s)) == CKR_OK) {
		/* It went with the last command, and ESYS forgot it then. */
		wire_name_drop(t->wire, handle);
		return mac_take(a, s->result);
	}
	tpm_flush(t, &s->sequence);
	return rv;
}

static CK_RV
mac_in_parts(struct tpm *t, const struct mac_args *a, struct mac_send_args *s)
{
	CK_RV rv = sequence_auth(&s->auth);

	if (rv == CKR_OK)
		rv = rv_tss(
			key_send(t, a->key, s->object, start_send, s), RV_KEY, "TPM2_HMAC_Start");
	if (rv != CKR_OK)
		return rv;
	rv = sequence_run(t, a, s);
	esys_forget_data(t->esys);
	return rv;
}

static CK_RV
mac_job(struct tpm *t, void *args)
{
	const struct mac_args *a = args;
	struct mac_send_args s = { .hash = a->hash->tpm_alg, .sequence = ESYS_TR_NONE };
	CK_RV rv = load_key(t, a->key, &s.object);

	if (rv == CKR_OK)
		rv = a->data.len <= TPM_CHUNK ? mac_at_once(t, a, &s) : mac_in_parts(t, a, &s);
	if (s.result != NULL)
		mem_wipe(s.result, sizeof *s.result);
	Esys_Free(s.result);
	mem_wipe(&s, sizeof s);
	return rv;
}

CK_RV
tpm_hmac(struct tpm *t, const struct tpm_object *key, enum hash h, struct bytes data,
	struct buf *mac)
{
	struct mac_args a = { key, hash_row(h), data, mac };
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool exportable = false;
	CK_RV rv = tpm_public_kind(key->public, &kind, &exportable);

	if (rv != CKR_OK)
		return rv;
	if (kind != TPM_KIND_HMAC)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (a.hash == NULL || a.hash->tpm_alg == 0)
		return CKR_MECHANISM_INVALID;
	return tpm_job(t, mac_job, &a);
}
