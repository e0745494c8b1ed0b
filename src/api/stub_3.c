/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions of PKCS#11 3.0 to 3.2 that this module does not have.
 */
#include "config.h"

#include "api/api.h"

/* A stub looks at its session handle only. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

CK_RV
C_AsyncComplete(CK_SESSION_HANDLE session, CK_UTF8CHAR *function, CK_ASYNC_DATA *result)
{
	return api_refuse(__func__, session);
}

CK_RV
C_AsyncGetID(CK_SESSION_HANDLE session, CK_UTF8CHAR *function, CK_ULONG *id)
{
	return api_refuse(__func__, session);
}

CK_RV
C_AsyncJoin(CK_SESSION_HANDLE session, CK_UTF8CHAR *function, CK_ULONG id, CK_BYTE *data,
	CK_ULONG data_len)
{
	return api_refuse(__func__, session);
}

CK_RV
C_WrapKeyAuthenticated(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE *aad, CK_ULONG aad_len,
	CK_BYTE *wrapped, CK_ULONG *wrapped_len)
{
	return api_refuse(__func__, session);
}

CK_RV
C_UnwrapKeyAuthenticated(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE unwrapping_key, CK_BYTE *wrapped, CK_ULONG wrapped_len,
	CK_ATTRIBUTE *template, CK_ULONG count, CK_BYTE *aad, CK_ULONG aad_len,
	CK_OBJECT_HANDLE *key)
{
	return api_refuse(__func__, session);
}
