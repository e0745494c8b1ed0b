/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.19: random numbers.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_SeedRandom(CK_SESSION_HANDLE h, CK_BYTE *seed, CK_ULONG seed_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = session_seed(bytes_of(seed, seed_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_GenerateRandom(CK_SESSION_HANDLE h, CK_BYTE *out, CK_ULONG len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK && out == NULL && len > 0)
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = session_random(s, out, len);
	return api_leave(__func__, s, rv);
}
