/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digests, signatures and MACs.
 */
#include "config.h"

#include "mechanism.h"

enum { DATA_LEN = 1100 }; /* more than a TPM takes at once */

bool
use_digest(struct trial *t)
{
	uint8_t data[ROOM], right[ROOM], out[ROOM];
	size_t len = trial_data(t, DATA_LEN, data);
	size_t n = ref_digest(t->row->hash->name, data, len, right);

	for (int parts = 0; parts < 2; parts++) {
		size_t got = parts ? call_parts(t, OP_DIGEST, 0, data, len, out)
				   : call_once(t, OP_DIGEST, 0, data, len, out, true);

		if (got != FAILED && (got != n || memcmp(out, right, n) != 0))
			return trial_fails(t, "is not what OpenSSL makes", 0);
	}
	return true;
}

static bool
judge(const struct trial *t, const struct key *key, const uint8_t *data, size_t len,
	const uint8_t *signature, size_t n)
{
	uint8_t right[ROOM];

	if (key->pkey != NULL)
		return ref_verify(t, key->pkey, data, len, signature, n);
	return ref_mac(t, key, data, len, right) == n && memcmp(signature, right, n) == 0;
}

static size_t
ref_make(
	const struct trial *t, const struct key *key, const uint8_t *data, size_t len, uint8_t *out)
{
	return key->pkey != NULL ? ref_sign(t, key->pkey, data, len, out)
				 : ref_mac(t, key, data, len, out);
}

bool
use_sign(struct trial *t)
{
	const struct key *key = key_for(t, CKF_SIGN);
	uint8_t data[ROOM], out[ROOM];
	size_t len = trial_data(t, DATA_LEN, data);

	if (key == NULL)
		return false;
	for (int parts = 0; parts < (t->row->single ? 1 : 2); parts++) {
		size_t n = parts ? call_parts(t, OP_SIGN, key->handle, data, len, out)
				 : call_once(t, OP_SIGN, key->handle, data, len, out, true);

		if (n == FAILED)
			return false;
		if (!judge(t, key, data, len, out, n))
			return trial_fails(t, "is refused by OpenSSL", 0);
	}
	return true;
}

/* PKCS#11 3.2: the signature comes first. */
static CK_RV
verify_signature(const struct trial *t, const struct key *key, uint8_t *data, size_t len,
	uint8_t *signature, size_t n, bool parts)
{
	CK_RV rv = f3->C_VerifySignatureInit(
		session, (CK_MECHANISM *)&t->m, key->handle, signature, n);

	if (rv != CKR_OK || !parts)
		return rv != CKR_OK ? rv : f3->C_VerifySignature(session, data, len);
	rv = f3->C_VerifySignatureUpdate(session, data, 1);
	if (rv == CKR_OK)
		rv = f3->C_VerifySignatureUpdate(session, data + 1, len - 1);
	return rv == CKR_OK ? f3->C_VerifySignatureFinal(session) : rv;
}

static CK_RV
verify(const struct trial *t, const struct key *key, uint8_t *data, size_t len, uint8_t *signature,
	size_t n, bool parts)
{
	CK_RV rv = f->C_VerifyInit(session, (CK_MECHANISM *)&t->m, key->handle);

	if (rv != CKR_OK || !parts)
		return rv != CKR_OK ? rv : f->C_Verify(session, data, len, signature, n);
	rv = f->C_VerifyUpdate(session, data, 1);
	if (rv == CKR_OK)
		rv = f->C_VerifyUpdate(session, data + 1, len - 1);
	return rv == CKR_OK ? f->C_VerifyFinal(session, signature, n) : rv;
}

bool
use_verify(struct trial *t)
{
	const struct key *key = key_for(t, CKF_VERIFY);
	uint8_t data[ROOM], signature[ROOM];
	size_t len = trial_data(t, DATA_LEN, data), n = 0;

	if (key == NULL)
		return false;
	n = ref_make(t, key, data, len, signature);
	if (n == FAILED)
		return trial_fails(t, "can not be made by OpenSSL", 0);
	for (int parts = 0; parts < (t->row->single ? 1 : 2); parts++) {
		CK_RV rv = verify(t, key, data, len, signature, n, parts);

		if (rv == CKR_OK && f3 != NULL)
			rv = verify_signature(t, key, data, len, signature, n, parts);
		if (rv != CKR_OK)
			return trial_fails(t, "refuses what OpenSSL has made", rv);
		signature[n - 1] ^= 1;
		rv = verify(t, key, data, len, signature, n, parts);
		signature[n - 1] ^= 1;
		if (rv != CKR_SIGNATURE_INVALID)
			return trial_fails(t, "takes a wrong signature", rv);
	}
	return true;
}

bool
use_sign_recover(struct trial *t)
{
	const struct key *key = key_for(t, CKF_SIGN_RECOVER);
	uint8_t data[ROOM], out[ROOM];
	size_t len = trial_data(t, DATA_LEN, data), n = 0;

	if (key == NULL)
		return false;
	n = call_once(t, OP_SIGN_RECOVER, key->handle, data, len, out, true);
	if (n == FAILED)
		return false;
	return ref_verify(t, key->pkey, data, len, out, n) ||
	       trial_fails(t, "is refused by OpenSSL", 0);
}

bool
use_verify_recover(struct trial *t)
{
	const struct key *key = key_for(t, CKF_VERIFY_RECOVER);
	uint8_t data[ROOM], signature[ROOM], out[ROOM];
	size_t len = trial_data(t, DATA_LEN, data), n = 0;

	if (key == NULL)
		return false;
	n = ref_sign(t, key->pkey, data, len, signature);
	if (n == FAILED)
		return trial_fails(t, "can not be made by OpenSSL", 0);
	n = call_once(t, OP_VERIFY_RECOVER, key->handle, signature, n, out, false);
	if (n == FAILED)
		return false;
	return (n == len && memcmp(out, data, len) == 0) ||
	       trial_fails(t, "recovers something else", 0);
}

/* One message after another; the second in parts, where that is promised. */
static CK_RV
sign_message(uint8_t *data, size_t len, uint8_t *out, CK_ULONG *n, bool parts)
{
	CK_RV rv = CKR_OK;

	*n = ROOM;
	if (!parts)
		return f3->C_SignMessage(session, NULL, 0, data, len, out, n);
	rv = f3->C_SignMessageBegin(session, NULL, 0);
	if (rv == CKR_OK)
		rv = f3->C_SignMessageNext(session, NULL, 0, data, 1, NULL, NULL);
	return rv == CKR_OK ? f3->C_SignMessageNext(session, NULL, 0, data + 1, len - 1, out, n)
			    : rv;
}

bool
use_message_sign(struct trial *t)
{
	const struct key *key = key_for(t, CKF_SIGN);
	uint8_t data[ROOM], out[ROOM];
	size_t len = trial_data(t, DATA_LEN, data);
	CK_ULONG n = 0;
	CK_RV rv = CKR_OK;

	if (key == NULL)
		return false;
	rv = f3->C_MessageSignInit(session, &t->m, key->handle);
	for (int i = 0; i < 2 && rv == CKR_OK; i++) {
		rv = sign_message(
			data, len, out, &n, i == 1 && (t->flags & CKF_MULTI_MESSAGE) != 0);
		if (rv == CKR_OK && !judge(t, key, data, len, out, n))
			rv = CKR_SIGNATURE_INVALID;
	}
	if (rv == CKR_OK)
		rv = f3->C_MessageSignFinal(session);
	return rv == CKR_OK || trial_fails(t, "as messages", rv);
}

static CK_RV
verify_message(uint8_t *data, size_t len, uint8_t *signature, size_t n, bool parts)
{
	CK_RV rv = CKR_OK;

	if (!parts)
		return f3->C_VerifyMessage(session, NULL, 0, data, len, signature, n);
	rv = f3->C_VerifyMessageBegin(session, NULL, 0);
	if (rv == CKR_OK)
		rv = f3->C_VerifyMessageNext(session, NULL, 0, data, 1, NULL, 0);
	return rv == CKR_OK
		       ? f3->C_VerifyMessageNext(session, NULL, 0, data + 1, len - 1, signature, n)
		       : rv;
}

bool
use_message_verify(struct trial *t)
{
	const struct key *key = key_for(t, CKF_VERIFY);
	uint8_t data[ROOM], signature[ROOM];
	size_t len = trial_data(t, DATA_LEN, data), n = 0;
	CK_RV rv = CKR_OK;

	if (key == NULL)
		return false;
	n = ref_make(t, key, data, len, signature);
	if (n == FAILED)
		return trial_fails(t, "can not be made by OpenSSL", 0);
	rv = f3->C_MessageVerifyInit(session, &t->m, key->handle);
	for (int i = 0; i < 2 && rv == CKR_OK; i++) {
		bool parts = i == 1 && (t->flags & CKF_MULTI_MESSAGE) != 0;

		rv = verify_message(data, len, signature, n, parts);
		signature[n - 1] ^= 1;
		if (rv == CKR_OK &&
			verify_message(data, len, signature, n, parts) != CKR_SIGNATURE_INVALID)
			rv = CKR_GENERAL_ERROR;
		signature[n - 1] ^= 1;
	}
	if (rv == CKR_OK)
		rv = f3->C_MessageVerifyFinal(session);
	return rv == CKR_OK || trial_fails(t, "as messages", rv);
}
