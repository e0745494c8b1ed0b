/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.14 and 5.16: signing and verifying messages.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_MessageSignInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_sign_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignMessage(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
	CK_ULONG data_len, CK_BYTE *signature, CK_ULONG *signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	(void)parameter;
	if (rv == CKR_OK)
		rv = op_sign_message(s, parameter_len, bytes_of(data, data_len),
			&(struct room){ signature, signature_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignMessageBegin(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	(void)parameter;
	if (rv == CKR_OK)
		rv = op_sign_message_begin(s, parameter_len);
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignMessageNext(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
	CK_ULONG data_len, CK_BYTE *signature, CK_ULONG *signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	(void)parameter;
	if (rv == CKR_OK)
		rv = op_sign_message_next(s, parameter_len, bytes_of(data, data_len),
			&(struct room){ signature, signature_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_MessageSignFinal(CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_sign_final(s);
	return api_leave(__func__, s, rv);
}

CK_RV
C_MessageVerifyInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_verify_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifyMessage(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
	CK_ULONG data_len, CK_BYTE *signature, CK_ULONG signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	(void)parameter;
	if (rv == CKR_OK)
		rv = op_verify_message(s, parameter_len, bytes_of(data, data_len),
			bytes_of(signature, signature_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifyMessageBegin(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	(void)parameter;
	if (rv == CKR_OK)
		rv = op_verify_message_begin(s, parameter_len);
	return api_leave(__func__, s, rv);
}

CK_RV
C_VerifyMessageNext(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
	CK_ULONG data_len, CK_BYTE *signature, CK_ULONG signature_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	(void)parameter;
	if (rv == CKR_OK)
		rv = op_verify_message_next(s, parameter_len, bytes_of(data, data_len),
			bytes_of(signature, signature_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_MessageVerifyFinal(CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_verify_final(s);
	return api_leave(__func__, s, rv);
}
