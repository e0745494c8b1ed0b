/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.15: verification.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_VerifyInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_Verify(CK_SESSION_HANDLE h, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
	CK_ULONG signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify(s, bytes_of(data, data_len), bytes_of(signature, signature_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE h, CK_BYTE *part, CK_ULONG part_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_update(s, bytes_of(part, part_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifyFinal(CK_SESSION_HANDLE h, CK_BYTE *signature, CK_ULONG signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_final(s, bytes_of(signature, signature_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifyRecoverInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_recover_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifyRecover(CK_SESSION_HANDLE h, CK_BYTE *signature, CK_ULONG signature_len, CK_BYTE *data,
	CK_ULONG *data_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_recover(
			s, bytes_of(signature, signature_len), &(struct room){ data, data_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifySignatureInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
	CK_BYTE *signature, CK_ULONG signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_signature_init(
			s, mechanism, key, bytes_of(signature, signature_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifySignature(CK_SESSION_HANDLE h, CK_BYTE *data, CK_ULONG data_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_signature(s, bytes_of(data, data_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifySignatureUpdate(CK_SESSION_HANDLE h, CK_BYTE *part, CK_ULONG part_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_signature_update(s, bytes_of(part, part_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifySignatureFinal(CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_verify_signature_final(s);
	return api_leave(__func__, s, rv);
}
