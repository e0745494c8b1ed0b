/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.4 and 5.20: general-purpose and parallel function management.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "api/api.h"

/* Padded with blanks, no NUL. */
static void
put_text(unsigned char *field, size_t len, const char *text)
{
	memset(field, ' ', len);
	memcpy(field, text, strnlen(text, len));
}

CK_RV
C_GetInfo(CK_INFO *info)
{
	struct slots *slots = NULL;
	char *minor = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK && info == NULL)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK) {
		*info = (CK_INFO){ .cryptokiVersion = { 3, 2 } };
		info->libraryVersion.major = (unsigned char)strtoul(PACKAGE_VERSION, &minor, 10);
		info->libraryVersion.minor = (unsigned char)strtoul(minor + 1, NULL, 10);
		put_text(info->manufacturerID, sizeof(info->manufacturerID), PACKAGE_NAME);
		put_text(info->libraryDescription, sizeof(info->libraryDescription),
			"PKCS#11 on a TPM 2.0");
	}
	return api_leave(__func__, NULL, rv);
}

static CK_RV
not_parallel(const char *function, CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	return api_leave(function, s, rv == CKR_OK ? CKR_FUNCTION_NOT_PARALLEL : rv);
}

CK_RV
C_GetFunctionStatus(CK_SESSION_HANDLE h)
{
	return not_parallel(__func__, h);
}

CK_RV
C_CancelFunction(CK_SESSION_HANDLE h)
{
	return not_parallel(__func__, h);
}
