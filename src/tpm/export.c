/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TPM2_Duplicate: taking an exportable key out of the TPM. The new parent is a
 * storage key of the host that lives for one call, so the TPM encrypts to us,
 * and nothing secret crosses in clear.
 *
 * Only a policy authorises that command. ESYS makes its HMAC with the key's
 * authorisation, 256 random bits, so that session needs no salt; that HMAC
 * covers the names of key and new parent, and comes back with the answer:
 * nobody between us can put a key of his own in the place of either.
 */
#include "config.h"

#include <string.h>

#include "crypto/crypto.h"
#include "tpm/duplicate.h"
#include "tpm/tpm_private.h"

struct export_send_args {
	ESYS_TR key;
	ESYS_TR host;
	ESYS_TR session;
	const TPM2B_PUBLIC *host_public;
	TPM2B_PRIVATE *duplicate;
	TPM2B_ENCRYPTED_SECRET *seed;
};

static TSS2_RC
external_send(ESYS_CONTEXT *esys, void *args)
{
	struct export_send_args *a = args;

	return Esys_LoadExternal(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, NULL,
		a->host_public, ESYS_TR_RH_NULL, &a->host);
}

static TSS2_RC
session_send(ESYS_CONTEXT *esys, void *args)
{
	static const TPMT_SYM_DEF none = { .algorithm = TPM2_ALG_NULL };
	struct export_send_args *a = args;

	return Esys_StartAuthSession(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
		ESYS_TR_NONE, NULL, TPM2_SE_POLICY, &none, TPM2_ALG_SHA256, &a->session);
}

static TSS2_RC
auth_value_send(ESYS_CONTEXT *esys, void *args)
{
	struct export_send_args *a = args;

	return Esys_PolicyAuthValue(esys, a->session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE);
}

static TSS2_RC
command_code_send(ESYS_CONTEXT *esys, void *args)
{
	struct export_send_args *a = args;

	return Esys_PolicyCommandCode(
		esys, a->session, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CC_Duplicate);
}

static TSS2_RC
duplicate_send(ESYS_CONTEXT *esys, void *args)
{
	static const TPMT_SYM_DEF_OBJECT no_inner = { .algorithm = TPM2_ALG_NULL };
	struct export_send_args *a = args;

	return Esys_Duplicate(esys, a->key, a->host, a->session, ESYS_TR_NONE, ESYS_TR_NONE, NULL,
		&no_inner, NULL, &a->duplicate, &a->seed);
}

/* A host's storage key, and what the TPM has encrypted to it. */
struct export_args {
	const struct tpm_object *key;
	struct buf scalar;
	TPM2B_PUBLIC host;
	struct buf host_public;
	struct buf seed;
	struct buf duplicate;
};

struct export_step {
	tpm_send_fn *send;
	const char *what;
};

/* In the order of the policy's digest: template_export_policy(). */
static const struct export_step policy[] = {
	{ session_send, "TPM2_StartAuthSession" },
	{ auth_value_send, "TPM2_PolicyAuthValue" },
	{ command_code_send, "TPM2_PolicyCommandCode" },
};

static CK_RV
policy_start(struct tpm *t, struct export_send_args *s)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < sizeof policy / sizeof policy[0] && rv == CKR_OK; i++)
		rv = rv_tss(tpm_send(t, policy[i].send, s), RV_OTHER, policy[i].what);
	return rv;
}

static CK_RV
host_load(struct tpm *t, const struct export_args *a, struct export_send_args *s)
{
	TPM2_HANDLE handle = 0;
	CK_RV rv = CKR_OK;

	handles_reserve(t, TPM_NEW_PASSING);
	rv = rv_tss(tpm_send(t, external_send, s), RV_OTHER, "TPM2_LoadExternal");
	return rv == CKR_OK ? tpm_name_tell(t, s->host, view(&a->host_public), &handle) : rv;
}

static CK_RV
export_take(struct export_args *a, const struct export_send_args *s)
{
	struct buf seed = BUF_EMPTY;
	CK_RV rv = CKR_DEVICE_ERROR;

	if (s->seed->size <= sizeof s->seed->secret &&
		s->duplicate->size <= sizeof s->duplicate->buffer &&
		(rv = buf_set(&seed, bytes_of(s->seed->secret, s->seed->size))) == CKR_OK &&
		(rv = buf_set(&a->duplicate, bytes_of(s->duplicate->buffer, s->duplicate->size))) ==
			CKR_OK)
		buf_move(&a->seed, &seed);
	buf_free(&seed);
	return rv;
}

static CK_RV
export_job(struct tpm *t, void *args)
{
	struct export_args *a = args;
	struct export_send_args s = { ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &a->host, NULL,
		NULL };
	CK_RV rv = load_key(t, a->key, &s.key);

	if (rv != CKR_OK)
		return rv;
	if ((rv = host_load(t, a, &s)) == CKR_OK && (rv = policy_start(t, &s)) == CKR_OK)
		rv = rv_tss(
			key_send(t, a->key, s.key, duplicate_send, &s), RV_KEY, "TPM2_Duplicate");
	if (rv == CKR_OK)
		rv = export_take(a, &s);
	tpm_auth_clear(t, s.key);
	tpm_flush(t, &s.session);
	tpm_flush(t, &s.host);
	Esys_Free(s.duplicate);
	Esys_Free(s.seed);
	return rv;
}

/* --- on the host ----------------------------------------------------------------------------- */

static CK_RV
host_make(struct export_args *a)
{
	struct buf point = BUF_EMPTY;
	CK_RV rv = ec_key_make(CURVE_P256, &a->scalar, &point);

	if (rv == CKR_OK) {
		template_host(view(&point), &a->host);
		rv = blob_write_public(&a->host, &a->host_public);
	}
	buf_free(&point);
	return rv;
}

/* The halves are checked, too: crypto_privkey_complete(). */
static CK_RV
private_take(struct bytes public, struct bytes secret, struct privkey *out)
{
	struct privkey fresh = PRIVKEY_EMPTY;
	CK_RV rv = tpm_public_key(public, &fresh.public);

	if (rv == CKR_OK)
		rv = buf_set(fresh.public.kind == KEY_RSA ? &fresh.prime1 : &fresh.scalar,
			bytes_trim_left(secret));
	if (rv == CKR_OK && (rv = crypto_privkey_complete(&fresh)) == CKR_OK) {
		privkey_free(out);
		*out = fresh;
		return CKR_OK;
	}
	privkey_free(&fresh);
	if (rv == CKR_HOST_MEMORY)
		return rv;
	return rv_fail(CKR_DEVICE_ERROR,
		"the TPM gave out a private key that does not belong to its public one");
}

/* TPM2B_PUBLIC: a size, then the type. export_check() has read it all. */
static uint16_t type_of(struct bytes public)
{
	struct reader r = reader_of(bytes_slice(public, 2, 2));

	return read_u16(&r);
}

static CK_RV
export_open(const struct export_args *a, enum tpm_kind kind, struct privkey *out, struct buf *value)
{
	struct share_key host = { .hash = HASH_NONE };
	struct bytes public = a->key->public;
	struct bytes secret = BYTES_EMPTY;
	struct buf name = BUF_EMPTY;
	struct buf sensitive = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = tpm_public_name(public, &name)) == CKR_OK &&
		(rv = share_key_read(view(&a->host_public), &host)) == CKR_OK &&
		(rv = duplicate_unwrap(&host, view(&a->scalar), view(&name), view(&a->seed),
			 view(&a->duplicate), &sensitive)) == CKR_OK &&
		(rv = sensitive_read(view(&sensitive), type_of(public), &secret)) == CKR_OK)
		rv = kind == TPM_KIND_ASYMMETRIC ? private_take(public, secret, out)
						 : buf_set(value, secret);
	buf_free(&sensitive);
	buf_free(&name);
	share_key_clear(&host);
	return rv;
}

static CK_RV
export_check(struct bytes public, const struct privkey *out, const struct buf *value,
	enum tpm_kind *kind)
{
	bool exportable = false;
	CK_RV rv = tpm_public_kind(public, kind, &exportable);

	if (rv != CKR_OK)
		return rv;
	if (*kind == TPM_KIND_ASYMMETRIC ? out == NULL : value == NULL)
		return CKR_KEY_TYPE_INCONSISTENT;
	return exportable ? CKR_OK : CKR_KEY_UNEXTRACTABLE;
}

CK_RV
tpm_export(struct tpm *t, const struct tpm_object *key, struct privkey *out, struct buf *value)
{
	struct export_args a = { .key = key };
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	CK_RV rv = CKR_OK;

	if ((rv = export_check(key->public, out, value, &kind)) == CKR_OK &&
		(rv = host_make(&a)) == CKR_OK && (rv = tpm_job(t, export_job, &a)) == CKR_OK)
		rv = export_open(&a, kind, out, value);
	buf_free(&a.scalar);
	buf_free(&a.host_public);
	buf_free(&a.seed);
	buf_free(&a.duplicate);
	return rv;
}
