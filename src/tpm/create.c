/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making objects under a parent: one Create for a key, one for a seal.
 */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "tpm/tpm_private.h"

struct create_send_args {
	ESYS_TR parent;
	const TPM2B_PUBLIC *template;
	TPM2B_SENSITIVE_CREATE sensitive;
	TPM2B_PRIVATE *private;
	TPM2B_PUBLIC *public;
};

static TSS2_RC
create_send(ESYS_CONTEXT *esys, void *args)
{
	static const TPM2B_DATA no_data;
	static const TPML_PCR_SELECTION no_pcrs;
	struct create_send_args *a = args;

	return Esys_Create(esys, a->parent, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
		&a->sensitive, a->template, &no_data, &no_pcrs, &a->private, &a->public, NULL, NULL,
		NULL);
}

/*
 * ESYS keeps a copy of what it creates with until the next time. A create that it refuses before
 * anything is sent, because there is no such parent, overwrites that.
 */
static void
esys_forget_sensitive(ESYS_CONTEXT *esys)
{
	static const TPM2B_SENSITIVE_CREATE empty;
	static const TPM2B_DATA no_data;
	static const TPML_PCR_SELECTION no_pcrs;
	TPM2B_PUBLIC template;

	template_seal(&template);
	if (Esys_Create_Async(esys, ESYS_TR_NO_OBJECT, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
		    &empty, &template, &no_data, &no_pcrs) == TSS2_RC_SUCCESS)
		log_error("ESYS creates objects under no parent");
}

static CK_RV
sensitive_fill(TPM2B_SENSITIVE_CREATE *out, struct bytes auth, struct bytes data)
{
	TPMS_SENSITIVE_CREATE *s = &out->sensitive;

	if (auth.len > sizeof s->userAuth.buffer || data.len > sizeof s->data.buffer)
		return rv_fail(CKR_ARGUMENTS_BAD, "an object's secret is too long for the TPM");
	s->userAuth.size = (UINT16)auth.len;
	if (auth.len > 0)
		memcpy(s->userAuth.buffer, auth.ptr, auth.len);
	s->data.size = (UINT16)data.len;
	if (data.len > 0)
		memcpy(s->data.buffer, data.ptr, data.len);
	return CKR_OK;
}

/* The TPM fills in the unique field and the sizes; it has no business to change what the object may
 * do. */
static CK_RV
create_check(const TPM2B_PUBLIC *asked, const TPM2B_PUBLIC *got)
{
	if (got->publicArea.type != asked->publicArea.type ||
		got->publicArea.nameAlg != asked->publicArea.nameAlg ||
		got->publicArea.objectAttributes != asked->publicArea.objectAttributes)
		return rv_fail(
			CKR_DEVICE_ERROR, "the TPM made another object than the one asked for");
	return CKR_OK;
}

static CK_RV
create_failure(TSS2_RC rc, enum rv_subject subject)
{
	if (parent_seems_another(rc))
		return rv_fail(CKR_DEVICE_ERROR, "TPM2_Create failed (0x%x): " TPM_OTHER_SENTENCE,
			(unsigned)rc);
	return rv_tss(rc, subject, "TPM2_Create");
}

static CK_RV
create_take(const struct tpm_create_args *a, const struct create_send_args *made)
{
	struct buf public = BUF_EMPTY;
	struct buf private = BUF_EMPTY;
	CK_RV rv = create_check(a->template, made->public);

	if (rv == CKR_OK && (rv = blob_write_public(made->public, &public)) == CKR_OK &&
		(rv = blob_write_private(made->private, &private)) == CKR_OK) {
		buf_move(a->public, &public);
		buf_move(a->private, &private);
	}
	buf_free(&public);
	buf_free(&private);
	return rv;
}

CK_RV
create_job(struct tpm *t, void *create_args)
{
	const struct tpm_create_args *a = create_args;
	struct create_send_args s = { .parent = ESYS_TR_NONE, .template = a->template };
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = CKR_OK;

	handles_reserve(t, TPM_NEW_PASSING);
	if ((rv = sensitive_fill(&s.sensitive, a->auth, a->data)) == CKR_OK &&
		(rv = parent_use(t, a->parent, a->hierarchy_auth, &s.parent)) == CKR_OK) {
		rc = tpm_send(t, create_send, &s);
		rv = rc == TSS2_RC_SUCCESS ? create_take(a, &s) : create_failure(rc, a->subject);
		esys_forget_sensitive(t->esys);
		parent_release(t, a->parent, &s.parent);
	}
	mem_wipe(&s.sensitive, sizeof s.sensitive);
	Esys_Free(s.private);
	Esys_Free(s.public);
	return rv;
}

CK_RV
create_allowed(const struct tpm_caps *caps, const struct keyspec *spec)
{
	if (caps == NULL)
		return CKR_OK;
	if (spec->kind == KEY_EC && !caps_curve(caps, spec->curve))
		return rv_fail(CKR_CURVE_NOT_SUPPORTED, "this TPM does not have the curve");
	if (spec->kind == KEY_RSA && !caps_rsa(caps, spec->bits))
		return rv_fail(
			CKR_KEY_SIZE_RANGE, "this TPM has no RSA keys of %zu bits", spec->bits);
	return CKR_OK;
}

CK_RV
tpm_create_key(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	const struct tpm_caps *caps, const struct keyspec *spec, struct bytes auth,
	struct buf *public, struct buf *private)
{
	TPM2B_PUBLIC template;
	struct tpm_create_args a = {
		.parent = parent,
		.hierarchy_auth = hierarchy_auth,
		.template = &template,
		.auth = auth,
		.public = public,
		.private = private,
		.subject = RV_NEW,
	};
	CK_RV rv = CKR_OK;

	if ((rv = create_allowed(caps, spec)) != CKR_OK ||
		(rv = template_key(spec, caps != NULL && caps->fips, &template)) != CKR_OK)
		return rv;
	return tpm_job(t, create_job, &a);
}
