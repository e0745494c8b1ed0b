/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A secret key in the TPM. AES and HMAC keys work there and give their value
 * out only if they were made exportable; a sealed one does nothing but give it
 * to who has its authorisation.
 */
#include "config.h"

#include "key/key_private.h"

static CK_RV
secret_blocks(struct key *base, enum block_mode mode, bool encrypt, struct bytes auth, uint8_t *iv,
	struct bytes in, uint8_t *out)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);
	CK_RV rv = tpm_blocks(k->tpm, &object, mode, encrypt, iv, in, out);

	return rv == CKR_MECHANISM_INVALID ? CKR_KEY_FUNCTION_NOT_PERMITTED : rv;
}

static CK_RV
secret_hmac(struct key *base, enum hash h, struct bytes auth, struct bytes data, struct buf *mac)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);

	return tpm_hmac(k->tpm, &object, h, data, mac);
}

static CK_RV
secret_export(struct key *base, struct bytes auth, struct buf *value)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);

	return k->exportable ? tpm_export(k->tpm, &object, NULL, value) : CKR_KEY_UNEXTRACTABLE;
}

/* The authorisation is computed: what the TPM says of it is not about a PIN. */
static CK_RV
sealed_value(struct key *base, struct bytes auth, struct buf *value)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);
	CK_RV rv = tpm_unseal(k->tpm, &object, value);

	return rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED ? CKR_DEVICE_ERROR : rv;
}

static CK_RV
sealed_unseal(struct key *base, struct bytes auth, struct key **out)
{
	struct buf value = BUF_EMPTY;
	CK_RV rv = sealed_value(base, auth, &value);

	if (rv == CKR_OK)
		rv = key_host_new(view(&value), out);
	buf_free(&value);
	return rv;
}

static const struct key_ops aes_ops = {
	.blocks = secret_blocks,
	.value = secret_export,
	.change_auth = key_tpm_change_auth,
	.free = key_tpm_free,
};

static const struct key_ops hmac_ops = {
	.hmac = secret_hmac,
	.value = secret_export,
	.change_auth = key_tpm_change_auth,
	.free = key_tpm_free,
};

static const struct key_ops sealed_ops = {
	.value = sealed_value,
	.unseal = sealed_unseal,
	.change_auth = key_tpm_change_auth,
	.free = key_tpm_free,
};

const struct key_ops *
key_tpm_secret_ops(enum tpm_kind kind)
{
	static const struct key_ops *const all[] = {
		[TPM_KIND_ASYMMETRIC] = NULL,
		[TPM_KIND_AES] = &aes_ops,
		[TPM_KIND_HMAC] = &hmac_ops,
		[TPM_KIND_SEALED] = &sealed_ops,
	};

	return all[kind];
}
