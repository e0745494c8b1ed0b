/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.7: object management.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_CreateObject(CK_SESSION_HANDLE h, CK_ATTRIBUTE *list, CK_ULONG count, CK_OBJECT_HANDLE *object)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && object == NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_object_create(s, list, count, object);
	return api_leave(__func__, s, rv);
}

CK_RV
C_CopyObject(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *list, CK_ULONG count,
	CK_OBJECT_HANDLE *copy)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && copy == NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_object_copy(s, object, list, count, copy);
	return api_leave(__func__, s, rv);
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = session_object_destroy(s, object);
	return api_leave(__func__, s, rv);
}

CK_RV
C_GetObjectSize(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object, CK_ULONG *size)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = size == NULL ? CKR_ARGUMENTS_BAD : session_object_size(s, object, size);
	return api_leave(__func__, s, rv);
}

CK_RV
C_GetAttributeValue(
	CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *list, CK_ULONG count)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_object_read(s, object, list, count);
	return api_leave(__func__, s, rv);
}

CK_RV
C_SetAttributeValue(
	CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *list, CK_ULONG count)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_object_change(s, object, list, count);
	return api_leave(__func__, s, rv);
}
