/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rig of the wire's tests.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <tss2/tss2_mu.h>
#include <tss2/tss2_tctildr.h>

#include "tcti/rig.h"

#define NONE3 ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE
#define PW2   ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE

static const TPM2B_PUBLIC parent_ecc = {
	.publicArea = {
		.type = TPM2_ALG_ECC,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
			TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
		.parameters.eccDetail = {
			.symmetric = { .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB },
			.scheme.scheme = TPM2_ALG_NULL,
			.curveID = TPM2_ECC_NIST_P256,
			.kdf.scheme = TPM2_ALG_NULL,
		},
	},
};

static const TPM2B_PUBLIC parent_rsa = {
	.publicArea = {
		.type = TPM2_ALG_RSA,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN |
			TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
		.parameters.rsaDetail = {
			.symmetric = { .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB },
			.scheme.scheme = TPM2_ALG_NULL,
			.keyBits = 2048,
		},
	},
};

int
rig_main(const struct CMUnitTest *tests, size_t count)
{
	if (swtpm_available())
		return _cmocka_run_group_tests("wire", tests, count, NULL, NULL);
	fprintf(stderr, "no swtpm: skipped\n");
	return 77;
}

uint32_t
rig_handle(struct rig *r, ESYS_TR object)
{
	TPM2_HANDLE handle = 0;

	assert_int_equal(0, Esys_TR_GetTpmHandle(r->esys, object, &handle));
	return handle;
}

void
rig_name(struct rig *r, ESYS_TR object)
{
	TPM2B_NAME *name = NULL;

	assert_int_equal(0, Esys_TR_GetName(r->esys, object, &name));
	assert_rv(CKR_OK,
		wire_name_set(r->wire, rig_handle(r, object), bytes_of(name->name, name->size)));
	Esys_Free(name);
}

static void
salt_to_parent(struct rig *r, const TPM2B_PUBLIC *public)
{
	uint8_t area[sizeof *public];
	size_t len = 0;

	assert_int_equal(0, Tss2_MU_TPM2B_PUBLIC_Marshal(public, area, sizeof area, &len));
	assert_rv(CKR_OK, wire_salt_to(r->wire, rig_handle(r, r->parent), bytes_of(area, len)));
}

void
rig_persist_parent(struct rig *r)
{
	ESYS_TR persistent = ESYS_TR_NONE;
	TPM2B_PUBLIC *public = NULL;

	assert_int_equal(0, Esys_EvictControl(r->esys, ESYS_TR_RH_OWNER, r->parent, PW2, 0x81000001,
				    &persistent));
	rig_flush(r, r->parent);
	r->parent = persistent;
	rig_name(r, persistent);
	assert_int_equal(0, Esys_ReadPublic(r->esys, persistent, NONE3, &public, NULL, NULL));
	salt_to_parent(r, public);
	Esys_Free(public);
}

static void
make_parent(struct rig *r, const TPM2B_PUBLIC *template)
{
	const TPM2B_SENSITIVE_CREATE sensitive = { 0 };
	const TPM2B_DATA outside = { 0 };
	const TPML_PCR_SELECTION pcr = { 0 };
	TPM2B_PUBLIC *public = NULL;

	assert_int_equal(0, Esys_CreatePrimary(r->esys, ESYS_TR_RH_OWNER, PW2, &sensitive, template,
				    &outside, &pcr, &r->parent, &public, NULL, NULL, NULL));
	rig_name(r, r->parent);
	salt_to_parent(r, public);
	Esys_Free(public);
}

static int
rig_open(void **state, const TPM2B_PUBLIC *parent)
{
	struct rig *r = calloc(1, sizeof *r);

	assert_non_null(r);
	*state = r;
	setenv("TSS2_LOG", "all+NONE", 0);
	assert_true(swtpm_start(&r->swtpm));
	assert_int_equal(0, Tss2_TctiLdr_Initialize(r->swtpm.tcti, &r->real));
	liar_init(&r->liar, r->real);
	count_init(&r->count, liar_tcti(&r->liar));
	r->count.record = true;
	assert_rv(CKR_OK, wire_new(count_tcti(&r->count), &r->wire));
	assert_int_equal(0, Esys_Initialize(&r->esys, wire_tcti(r->wire), NULL));
	make_parent(r, parent);
	count_reset(&r->count);
	return 0;
}

int
rig_open_ecc(void **state)
{
	return rig_open(state, &parent_ecc);
}

int
rig_open_rsa(void **state)
{
	return rig_open(state, &parent_rsa);
}

int
rig_close(void **state)
{
	struct rig *r = *state;

	Esys_Finalize(&r->esys);
	wire_free(r->wire, true);
	count_clear(&r->count);
	Tss2_TctiLdr_Finalize(&r->real);
	swtpm_stop(&r->swtpm);
	free(r);
	return 0;
}

static TPM2B_PUBLIC
template_of(enum rig_key kind)
{
	TPM2B_PUBLIC t = { 0 };
	TPMT_PUBLIC *a = &t.publicArea;

	a->type = TPM2_ALG_ECC;
	a->nameAlg = TPM2_ALG_SHA256;
	a->objectAttributes = TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA | TPMA_OBJECT_FIXEDTPM |
			      TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN;
	a->parameters.eccDetail.symmetric.algorithm = TPM2_ALG_NULL;
	a->parameters.eccDetail.scheme.scheme = TPM2_ALG_NULL;
	a->parameters.eccDetail.curveID = TPM2_ECC_NIST_P256;
	a->parameters.eccDetail.kdf.scheme = TPM2_ALG_NULL;
	switch (kind) {
	case RIG_SIGN_P256:
		a->objectAttributes |= TPMA_OBJECT_SIGN_ENCRYPT;
		break;
	case RIG_ECDH_P256:
		a->objectAttributes |= TPMA_OBJECT_DECRYPT;
		break;
	case RIG_RSA:
		a->type = TPM2_ALG_RSA;
		a->objectAttributes |= TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_DECRYPT;
		a->parameters.rsaDetail = (TPMS_RSA_PARMS){ .symmetric.algorithm = TPM2_ALG_NULL,
			.scheme.scheme = TPM2_ALG_NULL,
			.keyBits = 2048 };
		break;
	case RIG_SEAL:
		a->type = TPM2_ALG_KEYEDHASH;
		a->objectAttributes &=
			~(TPMA_OBJECT)(TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_NODA);
		a->parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL;
		break;
	}
	return t;
}

TSS2_RC
rig_create(struct rig *r, enum rig_key kind, struct bytes auth, struct bytes data, struct blob *out)
{
	const TPM2B_PUBLIC template = template_of(kind);
	const TPM2B_DATA outside = { 0 };
	const TPML_PCR_SELECTION pcr = { 0 };
	TPM2B_SENSITIVE_CREATE sensitive = { 0 };

	*out = (struct blob){ NULL, NULL };
	sensitive.sensitive.userAuth.size = (uint16_t)auth.len;
	memcpy(sensitive.sensitive.userAuth.buffer, auth.ptr, auth.len);
	sensitive.sensitive.data.size = (uint16_t)data.len;
	if (data.len > 0)
		memcpy(sensitive.sensitive.data.buffer, data.ptr, data.len);
	return Esys_Create(r->esys, r->parent, PW2, &sensitive, &template, &outside, &pcr,
		&out->private, &out->public, NULL, NULL, NULL);
}

void
rig_auth(struct rig *r, ESYS_TR object, struct bytes auth)
{
	TPM2B_AUTH value = { .size = (uint16_t)auth.len };

	if (auth.len > 0)
		memcpy(value.buffer, auth.ptr, auth.len);
	assert_int_equal(0, Esys_TR_SetAuth(r->esys, object, &value));
}

ESYS_TR
rig_load(struct rig *r, const struct blob *blob, struct bytes auth)
{
	ESYS_TR object = ESYS_TR_NONE;

	assert_int_equal(
		0, Esys_Load(r->esys, r->parent, PW2, blob->private, blob->public, &object));
	rig_name(r, object);
	rig_auth(r, object, auth);
	return object;
}

void
blob_free(struct blob *blob)
{
	Esys_Free(blob->public);
	Esys_Free(blob->private);
	*blob = (struct blob){ NULL, NULL };
}

ESYS_TR
rig_key(struct rig *r, enum rig_key kind, struct bytes auth)
{
	struct blob blob;
	ESYS_TR object = ESYS_TR_NONE;

	assert_int_equal(0, rig_create(r, kind, auth, BYTES_EMPTY, &blob));
	object = rig_load(r, &blob, auth);
	blob_free(&blob);
	return object;
}

TSS2_RC
rig_sign(struct rig *r, ESYS_TR key)
{
	const TPM2B_DIGEST digest = { .size = 32, .buffer = "32 bytes that look like a digest" };
	const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_ECDSA,
		.details.ecdsa.hashAlg = TPM2_ALG_SHA256 };
	const TPMT_TK_HASHCHECK ticket = { .tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL };
	TPMT_SIGNATURE *signature = NULL;
	TPMT_TK_VERIFIED *verified = NULL;
	TSS2_RC rc = Esys_Sign(r->esys, key, PW2, &digest, &scheme, &ticket, &signature);

	if (rc != TSS2_RC_SUCCESS)
		return rc;
	assert_int_equal(
		0, Esys_VerifySignature(r->esys, key, NONE3, &digest, signature, &verified));
	Esys_Free(verified);
	Esys_Free(signature);
	return rc;
}

void
rig_flush(struct rig *r, ESYS_TR object)
{
	wire_name_drop(r->wire, rig_handle(r, object));
	assert_int_equal(0, Esys_FlushContext(r->esys, object));
}

void
rig_steal_session(struct rig *r, uint32_t n)
{
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *other = NULL;
	ESYS_TR session = ESYS_TR_NONE;

	assert_int_equal(0, Tss2_TctiLdr_Initialize(r->swtpm.tcti, &tcti));
	assert_int_equal(0, Esys_Initialize(&other, tcti, NULL));
	assert_int_equal(
		0, Esys_TR_FromTPMPublic(other, TPM2_HMAC_SESSION_FIRST + n, NONE3, &session));
	assert_int_equal(0, Esys_FlushContext(other, session));
	Esys_Finalize(&other);
	Tss2_TctiLdr_Finalize(&tcti);
}

void
rig_start_session(struct rig *r)
{
	static const TPMT_SYM_DEF none = { .algorithm = TPM2_ALG_NULL };
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *other = NULL;
	ESYS_TR session = ESYS_TR_NONE;

	assert_int_equal(0, Tss2_TctiLdr_Initialize(r->swtpm.tcti, &tcti));
	assert_int_equal(0, Esys_Initialize(&other, tcti, NULL));
	assert_int_equal(0, Esys_StartAuthSession(other, ESYS_TR_NONE, ESYS_TR_NONE, NONE3, NULL,
				    TPM2_SE_HMAC, &none, TPM2_ALG_SHA256, &session));
	Esys_Finalize(&other);
	Tss2_TctiLdr_Finalize(&tcti);
}

ESYS_TR
rig_reopen(struct rig *r, struct bytes auth)
{
	ESYS_TR object = ESYS_TR_NONE;

	Esys_Finalize(&r->esys);
	assert_int_equal(0, Esys_Initialize(&r->esys, wire_tcti(r->wire), NULL));
	assert_int_equal(0, Esys_TR_FromTPMPublic(r->esys, 0x80000001, NONE3, &object));
	rig_auth(r, object, auth);
	return object;
}

unsigned
rig_sessions(struct rig *r)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	unsigned count = 0;

	assert_int_equal(0, Esys_GetCapability(r->esys, NONE3, TPM2_CAP_HANDLES,
				    TPM2_LOADED_SESSION_FIRST, 64, NULL, &data));
	count = data->data.handles.count;
	Esys_Free(data);
	return count;
}
