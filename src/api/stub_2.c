/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions of PKCS#11 2.40 that this module does not have.
 */
#include "config.h"

#include "api/api.h"

/* A stub looks at its session handle only. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

CK_RV
C_WrapKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
	CK_OBJECT_HANDLE key, CK_BYTE *wrapped, CK_ULONG *wrapped_len)
{
	return api_refuse(__func__, session);
}

CK_RV
C_UnwrapKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping_key,
	CK_BYTE *wrapped, CK_ULONG wrapped_len, CK_ATTRIBUTE *list, CK_ULONG count,
	CK_OBJECT_HANDLE *key)
{
	return api_refuse(__func__, session);
}
