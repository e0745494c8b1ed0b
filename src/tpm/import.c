/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM2_Import: a private key from outside, wrapped here to the parent that the
 * store pins, as another TPM would wrap it. So nothing but the parent can read
 * it, and the command needs no session.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto.h"
#include "tpm/duplicate.h"
#include "tpm/tpm_private.h"

struct import_send_args {
	ESYS_TR parent;
	const TPM2B_PUBLIC *public;
	const TPM2B_PRIVATE *duplicate;
	const TPM2B_ENCRYPTED_SECRET *seed;
	TPM2B_PRIVATE *private;
};

static TSS2_RC
import_send(ESYS_CONTEXT *esys, void *args)
{
	static const TPM2B_DATA no_key;
	static const TPMT_SYM_DEF_OBJECT no_inner = { .algorithm = TPM2_ALG_NULL };
	struct import_send_args *a = args;

	return Esys_Import(esys, a->parent, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &no_key,
		a->public, a->duplicate, a->seed, &no_inner, &a->private);
}

struct import_args {
	const struct tpm_parent *parent;
	struct bytes hierarchy_auth;
	TPM2B_PUBLIC public;
	TPM2B_PRIVATE duplicate;
	TPM2B_ENCRYPTED_SECRET seed;
	struct buf *private;
};

/* What the TPM thinks of a key that is none. */
static const TSS2_RC invalid_keys[] = { TPM2_RC_BINDING, TPM2_RC_ECC_POINT, TPM2_RC_RANGE,
	TPM2_RC_VALUE, TPM2_RC_KEY, TPM2_RC_SIZE };

static CK_RV
import_failure(TSS2_RC rc)
{
	TSS2_RC code = rv_tss_code(rc);

	/* The wrapper is of our making: if it does not open, there is another parent. */
	if (parent_seems_another(rc))
		return rv_fail(CKR_DEVICE_ERROR, "TPM2_Import failed (0x%x): " TPM_OTHER_SENTENCE,
			(unsigned)rc);
	for (size_t i = 0; i < sizeof invalid_keys / sizeof invalid_keys[0]; i++)
		if (code == invalid_keys[i])
			return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
				"the TPM says that this is no private key that it can use (0x%x)",
				(unsigned)rc);
	return rv_tss(rc, RV_NEW, "TPM2_Import");
}

static CK_RV
import_job(struct tpm *t, void *args)
{
	struct import_args *a = args;
	struct import_send_args s = { ESYS_TR_NONE, &a->public, &a->duplicate, &a->seed, NULL };
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = CKR_OK;

	handles_reserve(t, TPM_NEW_PASSING);
	if ((rv = parent_use(t, a->parent, a->hierarchy_auth, &s.parent)) != CKR_OK)
		return rv;
	rc = tpm_send(t, import_send, &s);
	rv = rc == TSS2_RC_SUCCESS ? blob_write_private(s.private, a->private) : import_failure(rc);
	parent_release(t, a->parent, &s.parent);
	Esys_Free(s.private);
	return rv;
}

static CK_RV
import_fit(struct import_args *a, struct bytes seed, struct bytes duplicate)
{
	if (seed.len > sizeof a->seed.secret || duplicate.len > sizeof a->duplicate.buffer)
		return rv_fail(CKR_KEY_SIZE_RANGE, "the key is longer than any that a TPM has");
	a->seed.size = (UINT16)seed.len;
	memcpy(a->seed.secret, seed.ptr, seed.len);
	a->duplicate.size = (UINT16)duplicate.len;
	memcpy(a->duplicate.buffer, duplicate.ptr, duplicate.len);
	return CKR_OK;
}

/* Everything that goes to the TPM, under the pinned parent's key. */
static CK_RV
import_wrap(
	struct import_args *a, const struct privkey *key, struct bytes auth, struct bytes public)
{
	struct share_key parent = { .hash = HASH_NONE };
	struct buf name = BUF_EMPTY;
	struct buf sensitive = BUF_EMPTY;
	struct buf seed = BUF_EMPTY;
	struct buf duplicate = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = sensitive_write(key, auth, &sensitive)) == CKR_OK &&
		(rv = share_key_read(view(&a->parent->public), &parent)) == CKR_OK &&
		(rv = tpm_public_name(public, &name)) == CKR_OK &&
		(rv = duplicate_wrap(&parent, view(&name), view(&sensitive), &seed, &duplicate)) ==
			CKR_OK)
		rv = import_fit(a, view(&seed), view(&duplicate));
	buf_free(&duplicate);
	buf_free(&seed);
	buf_free(&sensitive);
	buf_free(&name);
	share_key_clear(&parent);
	return rv;
}

/* Not every TPM says that the halves do not belong together. */
static CK_RV
import_check(const struct privkey *key, struct privkey *whole)
{
	CK_RV rv = CKR_OK;

	if ((rv = pubkey_copy(&whole->public, &key->public)) != CKR_OK ||
		(rv = buf_set(&whole->exponent, view(&key->exponent))) != CKR_OK ||
		(rv = buf_set(&whole->prime1, view(&key->prime1))) != CKR_OK ||
		(rv = buf_set(&whole->prime2, view(&key->prime2))) != CKR_OK ||
		(rv = buf_set(&whole->scalar, view(&key->scalar))) != CKR_OK)
		return rv;
	return crypto_privkey_complete(whole);
}

static CK_RV
import_prepare(struct import_args *a, const struct tpm_caps *caps, const struct privkey *key,
	const struct keyspec *spec, struct bytes auth, struct buf *area)
{
	struct keyspec whole = *spec;
	CK_RV rv = CKR_OK;

	whole.kind = key->public.kind;
	whole.curve = key->public.curve;
	whole.bits = pubkey_bits(&key->public);
	if ((rv = create_allowed(caps, &whole)) == CKR_OK &&
		(rv = template_import(
			 &key->public, &whole, caps != NULL && caps->fips, &a->public)) == CKR_OK &&
		(rv = blob_write_public(&a->public, area)) == CKR_OK)
		rv = import_wrap(a, key, auth, view(area));
	return rv;
}

CK_RV
tpm_import(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	const struct tpm_caps *caps, const struct privkey *key, const struct keyspec *spec,
	struct bytes auth, struct buf *public, struct buf *private)
{
	struct import_args a = {
		.parent = parent, .hierarchy_auth = hierarchy_auth, .private = private
	};
	struct privkey whole = PRIVKEY_EMPTY;
	struct buf area = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (auth.len > sizeof(TPMU_HA))
		return rv_fail(CKR_ARGUMENTS_BAD, "an authorisation value is too long");
	if ((rv = import_check(key, &whole)) == CKR_OK &&
		(rv = import_prepare(&a, caps, &whole, spec, auth, &area)) == CKR_OK &&
		(rv = tpm_job(t, import_job, &a)) == CKR_OK)
		buf_move(public, &area);
	buf_free(&area);
	privkey_free(&whole);
	return rv;
}
