/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.13: signing.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_SignInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_sign_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_Sign(CK_SESSION_HANDLE h, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
	CK_ULONG *signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_sign(
			s, bytes_of(data, data_len), &(struct room){ signature, signature_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE h, CK_BYTE *part, CK_ULONG part_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_sign_update(s, bytes_of(part, part_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE h, CK_BYTE *signature, CK_ULONG *signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_sign_final(s, &(struct room){ signature, signature_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignRecoverInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_sign_recover_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignRecover(CK_SESSION_HANDLE h, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
	CK_ULONG *signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_sign_recover(
			s, bytes_of(data, data_len), &(struct room){ signature, signature_len });
	return api_leave(__func__, s, rv);
}
