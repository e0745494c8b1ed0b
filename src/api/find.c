/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.7.7 to 5.7.9: search.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_FindObjectsInit(CK_SESSION_HANDLE h, CK_ATTRIBUTE *list, CK_ULONG count)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = op_find_init(s, list, count);
	return api_leave(__func__, s, rv);
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE *list, CK_ULONG room, CK_ULONG *count)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK && (count == NULL || (list == NULL && room > 0)))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = op_find(s, list, room, count);
	return api_leave(__func__, s, rv);
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = op_find_final(s);
	return api_leave(__func__, s, rv);
}
