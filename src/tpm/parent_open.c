/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding and making parents, at a moment that is trusted: what is found is
 * what the store pins from then on.
 */
#include "config.h"

#include "tpm/tpm_private.h"

struct read_args {
	TPM2_HANDLE handle;
	ESYS_TR out;
};

static TSS2_RC
read_send(ESYS_CONTEXT *esys, void *args)
{
	struct read_args *a = args;

	return Esys_TR_FromTPMPublic(
		esys, a->handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &a->out);
}

/* ESYS keeps the public area of what it has read, and gives it only serialised. */
static CK_RV
read_public_of(struct tpm *t, ESYS_TR tr, struct buf *public)
{
	uint8_t *form = NULL;
	size_t len = 0;
	struct reader r;
	struct bytes rest = BYTES_EMPTY;
	CK_RV rv =
		rv_tss(Esys_TR_Serialize(t->esys, tr, &form, &len), RV_OTHER, "Esys_TR_Serialize");

	if (rv != CKR_OK)
		return rv;
	r = reader_of(bytes_of(form, len));
	(void)read_u32(&r);       /* handle */
	(void)read_sized_u16(&r); /* name */
	if (read_u32(&r) == ESYS_KIND_KEY && !r.failed)
		rest = r.rest;
	rv = buf_set(public, rest);
	Esys_Free(form);
	return rv;
}

/* One ReadPublic. *found false: nothing is at this handle. */
static CK_RV
persistent_read(struct tpm *t, TPM2_HANDLE handle, bool *found, struct buf *public)
{
	struct read_args a = { handle, ESYS_TR_NONE };
	TSS2_RC rc = tpm_send(t, read_send, &a);
	CK_RV rv = CKR_OK;

	*found = rv_tss_code(rc) != TPM2_RC_HANDLE;
	if (!*found) {
		t->lost = false; /* not lost: never there */
		return CKR_OK;
	}
	if ((rv = rv_tss(rc, RV_OTHER, "TPM2_ReadPublic")) != CKR_OK)
		return rv;
	rv = read_public_of(t, a.out, public);
	(void)Esys_TR_Close(t->esys, &a.out);
	return rv;
}

struct evict_args {
	ESYS_TR object;
	TPM2_HANDLE handle;
};

static TSS2_RC
evict_send(ESYS_CONTEXT *esys, void *args)
{
	struct evict_args *a = args;
	ESYS_TR out = ESYS_TR_NONE;
	TSS2_RC rc = Esys_EvictControl(esys, ESYS_TR_RH_OWNER, a->object, ESYS_TR_PASSWORD,
		ESYS_TR_NONE, ESYS_TR_NONE, a->handle, &out);

	if (rc == TSS2_RC_SUCCESS && out != ESYS_TR_NONE)
		(void)Esys_TR_Close(esys, &out);
	return rc;
}

static CK_RV
persistent_make(struct tpm *t, TPM2_HANDLE handle, struct bytes owner_auth, struct buf *public)
{
	struct evict_args a = { ESYS_TR_NONE, handle };
	ESYS_TR temporary = ESYS_TR_NONE;
	CK_RV rv = parent_salt(t, owner_auth, &temporary);

	if (rv != CKR_OK)
		return rv;
	handles_reserve(t, TPM_NEW_PASSING);
	if ((rv = primary_make(t, TPM_OWNER, owner_auth, &a.object, public)) == CKR_OK &&
		(rv = tpm_auth_set(t, ESYS_TR_RH_OWNER, owner_auth)) == CKR_OK) {
		rv = rv_tss(tpm_send(t, evict_send, &a), RV_HIERARCHY, "TPM2_EvictControl");
		tpm_auth_clear(t, ESYS_TR_RH_OWNER);
	}
	tpm_flush(t, &a.object);
	tpm_flush(t, &temporary);
	return rv;
}

static CK_RV
storage_check(struct bytes public, TPM2_HANDLE handle)
{
	TPM2B_PUBLIC area;
	CK_RV rv = blob_read_public(public, &area);

	if (rv == CKR_OK && !template_is_storage(&area.publicArea))
		rv = rv_fail(CKR_ARGUMENTS_BAD,
			"the object at 0x%08x is not a storage key of this TPM", (unsigned)handle);
	return rv;
}

static CK_RV
persistent_open(struct tpm *t, struct tpm_parent *p, struct bytes owner_auth)
{
	bool found = false;
	CK_RV rv = persistent_read(t, p->handle, &found, &p->public);

	if (rv != CKR_OK)
		return rv;
	if (!found && p->hierarchy != TPM_OWNER)
		return rv_fail(
			CKR_ARGUMENTS_BAD, "there is no object at 0x%08x", (unsigned)p->handle);
	if (!found)
		rv = persistent_make(t, p->handle, owner_auth, &p->public);
	return rv == CKR_OK ? storage_check(view(&p->public), p->handle) : rv;
}

static CK_RV
primary_open(struct tpm *t, struct tpm_parent *p, struct bytes auth)
{
	ESYS_TR temporary = ESYS_TR_NONE;
	ESYS_TR tr = ESYS_TR_NONE;
	CK_RV rv = CKR_OK;

	handles_reserve(t, TPM_NEW_PRIMARY);
	if ((rv = parent_salt(t, auth, &temporary)) != CKR_OK)
		return rv;
	rv = primary_make(t, p->hierarchy, auth, &tr, &p->public);
	tpm_flush(t, &temporary);
	if (rv == CKR_OK)
		rv = handles_keep(t, tr, view(&p->public), BYTES_EMPTY);
	return rv;
}

struct open_args {
	enum tpm_hierarchy hierarchy;
	uint32_t handle;
	struct bytes auth;
	struct tpm_parent *out;
};

static CK_RV
open_job(struct tpm *t, void *args)
{
	struct open_args *a = args;
	struct tpm_parent fresh = { .hierarchy = a->hierarchy, .handle = a->handle };
	CK_RV rv = fresh.handle != 0 ? persistent_open(t, &fresh, a->auth)
				     : primary_open(t, &fresh, a->auth);

	if (rv == CKR_OK)
		rv = tpm_public_name(view(&fresh.public), &fresh.name);
	if (rv != CKR_OK) {
		tpm_parent_free(&fresh);
		return rv;
	}
	tpm_parent_free(a->out);
	*a->out = fresh;
	return CKR_OK;
}

CK_RV
tpm_parent_open(struct tpm *t, enum tpm_hierarchy hierarchy, uint32_t handle,
	struct bytes hierarchy_auth, struct tpm_parent *out)
{
	struct open_args a = { hierarchy, 0, hierarchy_auth, out };

	if (hierarchy == TPM_OWNER)
		a.handle = TPM_SRK_HANDLE;
	if (hierarchy == TPM_PERSISTENT) {
		a.handle = handle;
		if (handle >> 24 != TPM2_HT_PERSISTENT)
			return rv_fail(CKR_ARGUMENTS_BAD, "0x%08x is not a persistent handle",
				(unsigned)handle);
	}
	return tpm_job(t, open_job, &a);
}

struct check_args {
	const struct tpm_parent *parent;
	struct bytes auth;
};

static CK_RV
check_job(struct tpm *t, void *args)
{
	const struct check_args *a = args;
	const struct tpm_parent *parent = a->parent;
	struct buf public = BUF_EMPTY;
	ESYS_TR tr = ESYS_TR_NONE;
	bool found = false;
	CK_RV rv = CKR_OK;

	if (parent->handle == 0)
		return primary_use(t, parent, a->auth, &tr);
	rv = persistent_read(t, parent->handle, &found, &public);
	if (rv == CKR_OK && (!found || !bytes_equal(view(&public), view(&parent->public))))
		rv = rv_fail(CKR_DEVICE_ERROR, TPM_OTHER_SENTENCE);
	buf_free(&public);
	return rv;
}

CK_RV
tpm_parent_check(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth)
{
	struct check_args a = { parent, hierarchy_auth };

	return tpm_job(t, check_job, &a);
}
