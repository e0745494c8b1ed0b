/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.6: session management.
 */
#include "config.h"

#include "api/api.h"

/* Nothing happens that application could be notified of. */
CK_RV
C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
	CK_SESSION_HANDLE *session)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	(void)application;
	(void)notify;
	if (rv == CKR_OK)
		rv = session == NULL ? CKR_ARGUMENTS_BAD
				     : session_open(slots, slot, flags, session);
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE h)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK)
		rv = session_close(slots, h);
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID slot)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK)
		rv = session_close_all(slots, slot);
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE h, CK_SESSION_INFO *info)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK && info == NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		session_info(s, info);
	return api_leave(__func__, s, rv);
}

CK_RV
C_SessionCancel(CK_SESSION_HANDLE h, CK_FLAGS flags)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		session_cancel(s, flags);
	return api_leave(__func__, s, rv);
}

CK_RV
C_GetOperationState(CK_SESSION_HANDLE h, CK_BYTE *state, CK_ULONG *state_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = state_len == NULL
			     ? CKR_ARGUMENTS_BAD
			     : op_state_save(s, &(struct room){ state, state_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_SetOperationState(CK_SESSION_HANDLE h, CK_BYTE *state, CK_ULONG state_len,
	CK_OBJECT_HANDLE encryption_key, CK_OBJECT_HANDLE authentication_key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = op_state_restore(s, bytes_of(state, state_len),
			encryption_key != 0 || authentication_key != 0);
	return api_leave(__func__, s, rv);
}

CK_RV
C_Login(CK_SESSION_HANDLE h, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = pin == NULL ? CKR_ARGUMENTS_BAD
				 : session_login(s, user, bytes_of(pin, pin_len));
	return api_leave(__func__, s, rv);
}

/* There are no names of users here: none given is a C_Login. */
CK_RV
C_LoginUser(CK_SESSION_HANDLE h, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG pin_len,
	CK_UTF8CHAR *name, CK_ULONG name_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	(void)name;
	if (rv == CKR_OK && (pin == NULL || name_len > 0))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = session_login(s, user, bytes_of(pin, pin_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_Logout(CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_LOGIN, &s);

	if (rv == CKR_OK)
		rv = session_logout(s);
	return api_leave(__func__, s, rv);
}

/* Nothing here is validated. */
CK_RV
C_GetSessionValidationFlags(
	CK_SESSION_HANDLE h, CK_SESSION_VALIDATION_FLAGS_TYPE type, CK_FLAGS *flags)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK && (flags == NULL || type != CKS_LAST_VALIDATION_OK))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		*flags = 0;
	return api_leave(__func__, s, rv);
}
