/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making secret keys that live in the TPM.
 */
#include "config.h"

#include "tpm/tpm_private.h"

/* TPM 2.0 Library, Part 2, "MAX_SYM_DATA". */
#define SECRET_MAX 128

static CK_RV
aes_check(const struct tpm_caps *caps, const struct secretspec *spec)
{
	if (spec->len != 16 && spec->len != 24 && spec->len != 32)
		return rv_fail(CKR_KEY_SIZE_RANGE, "there are no AES keys of %zu bytes", spec->len);
	if (caps != NULL && !caps->encrypt_decrypt)
		return rv_fail(CKR_MECHANISM_INVALID, "this TPM does not encrypt with AES keys");
	if (caps != NULL && !caps_aes(caps, 8 * spec->len))
		return rv_fail(
			CKR_KEY_SIZE_RANGE, "this TPM has no AES keys of %zu bits", 8 * spec->len);
	return CKR_OK;
}

/* A key that the TPM makes is as long as the digest; none can be longer than the hash's block. */
static CK_RV
hmac_check(const struct tpm_caps *caps, const struct secretspec *spec)
{
	const struct hash_row *hash = hash_row(spec->hash);

	if (hash == NULL || hash->tpm_alg == 0 || (caps != NULL && !caps_hash(caps, hash->id)))
		return rv_fail(CKR_MECHANISM_INVALID, "this TPM does not have the hash");
	if (spec->len == 0 || spec->len > SECRET_MAX || spec->len > hash->block_len ||
		(spec->value.len == 0 && spec->len != hash->len))
		return rv_fail(CKR_KEY_SIZE_RANGE, "a TPM has no %s HMAC keys of %zu bytes",
			hash->name, spec->len);
	return CKR_OK;
}

static CK_RV
sealed_check(const struct tpm_caps *caps, const struct secretspec *spec)
{
	(void)caps;
	if (spec->value.len == 0)
		return rv_fail(CKR_ARGUMENTS_BAD, "a TPM does not make secrets to seal");
	if (spec->len > SECRET_MAX)
		return rv_fail(CKR_KEY_SIZE_RANGE, "a TPM seals at most %d bytes", SECRET_MAX);
	return CKR_OK;
}

static CK_RV (*const checks[])(const struct tpm_caps *caps, const struct secretspec *spec) = {
	[SECRET_AES] = aes_check,
	[SECRET_HMAC] = hmac_check,
	[SECRET_SEALED] = sealed_check,
};

/* Ask the cached answer before the TPM; without one, the TPM says what it cannot do. */
static CK_RV
secret_check(const struct tpm_caps *caps, const struct secretspec *spec)
{
	if (spec->value.len != 0 && spec->value.len != spec->len)
		return rv_fail(CKR_ARGUMENTS_BAD, "a secret has not the length that it shall have");
	return checks[spec->kind](caps, spec);
}

CK_RV
tpm_create_secret(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	const struct tpm_caps *caps, const struct secretspec *spec, struct bytes auth,
	struct buf *public, struct buf *private)
{
	TPM2B_PUBLIC template;
	struct tpm_create_args a = { parent, hierarchy_auth, &template, auth, spec->value, public,
		private, RV_NEW };
	CK_RV rv = secret_check(caps, spec);

	if (rv != CKR_OK)
		return rv;
	template_secret(spec, &template);
	return tpm_job(t, create_job, &a);
}
