/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading objects, and commands that use a loaded key.
 */
#include "config.h"

#include "base/log.h"
#include "tpm/tpm_private.h"

struct load_args {
	ESYS_TR parent;
	TPM2B_PUBLIC public;
	TPM2B_PRIVATE private;
	ESYS_TR out;
};

static TSS2_RC
load_send(ESYS_CONTEXT *esys, void *args)
{
	struct load_args *a = args;

	return Esys_Load(esys, a->parent, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &a->private,
		&a->public, &a->out);
}

/* A blob that this parent did not make, or a parent that is not there. */
static CK_RV
load_failure(TSS2_RC rc)
{
	if (parent_seems_another(rc))
		return rv_fail(CKR_DEVICE_ERROR, "TPM2_Load failed (0x%x): " TPM_OTHER_SENTENCE,
			(unsigned)rc);
	return rv_tss(rc, RV_KEY, "TPM2_Load");
}

CK_RV
load_once(struct tpm *t, const struct tpm_object *o, ESYS_TR *out)
{
	struct load_args a = { .parent = ESYS_TR_NONE, .out = ESYS_TR_NONE };
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = CKR_OK;

	if ((rv = blob_read_public(o->public, &a.public)) != CKR_OK ||
		(rv = blob_read_private(o->private, &a.private)) != CKR_OK ||
		(rv = parent_use(t, o->parent, o->hierarchy_auth, &a.parent)) != CKR_OK)
		return rv;
	rc = tpm_send_timed(t, load_send, &a, &t->saved.costs.load);
	parent_release(t, o->parent, &a.parent);
	if (rc != TSS2_RC_SUCCESS)
		return load_failure(rc);
	*out = a.out;
	return CKR_OK;
}

static CK_RV
load_kept(struct tpm *t, const struct tpm_object *key, ESYS_TR *out)
{
	struct tpm_loaded *l = handles_find(t, key->public, key->private);
	ESYS_TR tr = ESYS_TR_NONE;
	bool saved = false;
	CK_RV rv = CKR_OK;

	if (l != NULL) {
		*out = l->tr;
		return CKR_OK;
	}
	handles_reserve_key(t, key->public, key->private);
	saved = load_saved(t, key->public, key->private, &tr);
	if ((!saved && (rv = load_once(t, key, &tr)) != CKR_OK) ||
		(rv = handles_keep(t, tr, key->public, key->private)) != CKR_OK)
		return rv;
	if (!saved)
		load_learn(t, key->public, key->private, tr);
	*out = tr;
	return CKR_OK;
}

CK_RV
load_key(struct tpm *t, const struct tpm_object *key, ESYS_TR *out)
{
	CK_RV rv = load_kept(t, key, out);

	return rv == CKR_OK ? tpm_auth_set(t, *out, key->auth) : rv;
}

struct read_back_args {
	ESYS_TR tr;
	TPM2B_PUBLIC *public;
};

static TSS2_RC
read_back_send(ESYS_CONTEXT *esys, void *args)
{
	struct read_back_args *a = args;

	return Esys_ReadPublic(
		esys, a->tr, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &a->public, NULL, NULL);
}

void
load_check(struct tpm *t, ESYS_TR tr, struct bytes public)
{
	struct read_back_args a = { tr, NULL };
	struct buf now = BUF_EMPTY;

	if (tpm_send(t, read_back_send, &a) != TSS2_RC_SUCCESS)
		return; /* if it is not there at all, the job starts anew already */
	if (blob_write_public(a.public, &now) == CKR_OK && !bytes_equal(view(&now), public)) {
		log_info("the TPM was reset, or somebody was at it: a handle is another object's now");
		tpm_start_anew(t);
	}
	Esys_Free(a.public);
	buf_free(&now);
}

/*
 * A refusal is the TPM's word on the authorisation, for the wire has checked the session. But what
 * is at the handle may be another's; and the session, too, was flushed again, where strangers are.
 */
TSS2_RC
key_send(struct tpm *t, const struct tpm_object *key, ESYS_TR tr, tpm_send_fn *send, void *args)
{
	TSS2_RC rc = tpm_send(t, send, args);

	tpm_auth_clear(t, tr);
	if (rv_tss_refused(rc))
		load_check(t, tr, key->public);
	else if (crowd_took_session(t, rc))
		tpm_start_anew(t);
	return rc;
}
