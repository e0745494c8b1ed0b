/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parents as the store pins them: used without asking the TPM what they are.
 */
#include "config.h"

#include "tpm/tpm_private.h"

struct hierarchy_row {
	enum tpm_hierarchy id;
	ESYS_TR tr;
};

static const struct hierarchy_row hierarchies[] = {
	{ TPM_OWNER, ESYS_TR_RH_OWNER },
	{ TPM_ENDORSEMENT, ESYS_TR_RH_ENDORSEMENT },
	{ TPM_PLATFORM, ESYS_TR_RH_PLATFORM },
	{ TPM_NULL, ESYS_TR_RH_NULL },
};

static ESYS_TR
hierarchy_tr(enum tpm_hierarchy id)
{
	for (size_t i = 0; i < sizeof hierarchies / sizeof hierarchies[0]; i++)
		if (hierarchies[i].id == id)
			return hierarchies[i].tr;
	return ESYS_TR_NONE;
}

void
tpm_parent_free(struct tpm_parent *p)
{
	if (p == NULL)
		return;
	buf_free(&p->name);
	buf_free(&p->public);
}

/* --- a primary from the template ---------------------------------------------------- */

struct primary_args {
	ESYS_TR hierarchy;
	ESYS_TR out;
	TPM2B_PUBLIC *public;
};

static TSS2_RC
primary_send(ESYS_CONTEXT *esys, void *args)
{
	static const TPM2B_SENSITIVE_CREATE no_secret;
	static const TPM2B_DATA no_data;
	static const TPML_PCR_SELECTION no_pcrs;
	struct primary_args *a = args;
	TPM2B_PUBLIC template;

	template_storage(&template);
	return Esys_CreatePrimary(esys, a->hierarchy, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
		&no_secret, &template, &no_data, &no_pcrs, &a->out, &a->public, NULL, NULL, NULL);
}

CK_RV
primary_make(struct tpm *t, enum tpm_hierarchy hierarchy, struct bytes auth, ESYS_TR *out,
	struct buf *public)
{
	struct primary_args a = { hierarchy_tr(hierarchy), ESYS_TR_NONE, NULL };
	TPM2_HANDLE handle = 0;
	CK_RV rv = tpm_auth_set(t, a.hierarchy, auth);

	if (rv != CKR_OK)
		return rv;
	rv = rv_tss(tpm_send(t, primary_send, &a), RV_HIERARCHY, "TPM2_CreatePrimary");
	tpm_auth_clear(t, a.hierarchy);
	if (rv != CKR_OK)
		return rv;
	if ((rv = blob_write_public(a.public, public)) == CKR_OK)
		rv = tpm_name_tell(t, a.out, view(public), &handle);
	Esys_Free(a.public);
	if (rv != CKR_OK)
		tpm_flush(t, &a.out);
	*out = a.out;
	return rv;
}

static CK_RV
parent_salt_to(struct tpm *t, ESYS_TR tr, struct bytes public)
{
	TPM2_HANDLE handle = 0;
	CK_RV rv = rv_tss(
		Esys_TR_GetTpmHandle(t->esys, tr, &handle), RV_OTHER, "Esys_TR_GetTpmHandle");

	if (rv == CKR_OK && (rv = wire_salt_to(t->wire, handle, public)) == CKR_OK)
		t->salted = true;
	return rv;
}

CK_RV
parent_salt(struct tpm *t, struct bytes auth, ESYS_TR *temporary)
{
	struct buf public = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	*temporary = ESYS_TR_NONE;
	if (auth.len == 0 || t->salted)
		return CKR_OK;
	rv = primary_make(t, TPM_NULL, BYTES_EMPTY, temporary, &public);
	if (rv == CKR_OK && (rv = parent_salt_to(t, *temporary, view(&public))) != CKR_OK)
		tpm_flush(t, temporary);
	t->salted = false; /* it is gone after this job */
	buf_free(&public);
	return rv;
}

static CK_RV
primary_renew(struct tpm *t, const struct tpm_parent *parent, struct bytes auth, ESYS_TR *out)
{
	struct buf public = BUF_EMPTY;
	ESYS_TR temporary = ESYS_TR_NONE;
	CK_RV rv = parent_salt(t, auth, &temporary);

	if (rv != CKR_OK)
		return rv;
	rv = primary_make(t, parent->hierarchy, auth, out, &public);
	tpm_flush(t, &temporary);
	if (rv == CKR_PIN_INCORRECT) /* whoever gave a PIN gave another one */
		rv = rv_fail(CKR_DEVICE_ERROR,
			"the authorisation of the parent's hierarchy is wrong or missing");
	if (rv == CKR_OK && !bytes_equal(view(&public), view(&parent->public))) {
		tpm_flush(t, out);
		rv = rv_fail(CKR_DEVICE_ERROR, TPM_OTHER_SENTENCE);
	}
	buf_free(&public);
	return rv;
}

static CK_RV
primary_load(struct tpm *t, const struct tpm_parent *parent, struct bytes auth, ESYS_TR *out)
{
	struct bytes public = view(&parent->public);
	bool saved = false;
	CK_RV rv = CKR_OK;

	handles_reserve(t, TPM_NEW_PRIMARY);
	saved = load_saved(t, public, BYTES_EMPTY, out);
	if ((!saved && (rv = primary_renew(t, parent, auth, out)) != CKR_OK) ||
		(rv = handles_keep(t, *out, public, BYTES_EMPTY)) != CKR_OK)
		return rv;
	if (!saved)
		load_learn(t, public, BYTES_EMPTY, *out);
	return CKR_OK;
}

CK_RV
primary_use(struct tpm *t, const struct tpm_parent *parent, struct bytes auth, ESYS_TR *out)
{
	struct tpm_loaded *l = handles_find(t, view(&parent->public), BYTES_EMPTY);
	ESYS_TR tr = l != NULL ? l->tr : ESYS_TR_NONE;
	CK_RV rv = CKR_OK;

	if (l == NULL)
		rv = primary_load(t, parent, auth, &tr);
	if (rv == CKR_OK && (rv = parent_salt_to(t, tr, view(&parent->public))) == CKR_OK)
		*out = tr;
	return rv;
}

/* --- a persistent parent as pinned ---------------------------------------------------- */

/* What Esys_TR_Serialize() would give: so no ReadPublic is needed, nor believed. */
static CK_RV
parent_serialise(const struct tpm_parent *parent, struct buf *out)
{
	CK_RV rv = CKR_OK;

	if (parent->name.len > sizeof(TPMU_NAME))
		return rv_fail(CKR_DEVICE_ERROR, "the name of a parent is malformed");
	if ((rv = buf_append_u32(out, parent->handle)) == CKR_OK &&
		(rv = buf_append_u16(out, (uint16_t)parent->name.len)) == CKR_OK &&
		(rv = buf_append(out, view(&parent->name))) == CKR_OK &&
		(rv = buf_append_u32(out, ESYS_KIND_KEY)) == CKR_OK)
		rv = buf_append(out, view(&parent->public));
	return rv;
}

static CK_RV
persistent_use(struct tpm *t, const struct tpm_parent *parent, ESYS_TR *out)
{
	struct buf form = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = parent_serialise(parent, &form)) == CKR_OK &&
		(rv = wire_name_set(t->wire, parent->handle, view(&parent->name))) == CKR_OK &&
		(rv = wire_salt_to(t->wire, parent->handle, view(&parent->public))) == CKR_OK) {
		t->salted = true;
		rv = rv_tss(Esys_TR_Deserialize(t->esys, form.ptr, form.len, out), RV_OTHER,
			"Esys_TR_Deserialize");
	}
	buf_free(&form);
	return rv;
}

CK_RV
parent_use(
	struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth, ESYS_TR *out)
{
	if (parent->handle != 0)
		return persistent_use(t, parent, out);
	return primary_use(t, parent, hierarchy_auth, out);
}

/* It has an empty authorisation, so what fails is the session, which was salted to another key. */
bool
parent_seems_another(TSS2_RC rc)
{
	TSS2_RC code = rv_tss_code(rc);

	return code == TPM2_RC_HANDLE || code == TPM2_RC_INTEGRITY || rv_tss_refused(rc);
}

void
parent_release(struct tpm *t, const struct tpm_parent *parent, ESYS_TR *tr)
{
	/* A primary stays in the cache. */
	if (parent->handle != 0 && *tr != ESYS_TR_NONE)
		(void)Esys_TR_Close(t->esys, tr);
}
