/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.12: message digesting.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_DigestInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = op_digest_init(s, mechanism);
	return api_leave(__func__, s, rv);
}

CK_RV
C_Digest(CK_SESSION_HANDLE h, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *digest,
	CK_ULONG *digest_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = op_digest(s, bytes_of(data, data_len), &(struct room){ digest, digest_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_DigestUpdate(CK_SESSION_HANDLE h, CK_BYTE *part, CK_ULONG part_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = op_digest_update(s, bytes_of(part, part_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_DigestKey(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_digest_key(s, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_DigestFinal(CK_SESSION_HANDLE h, CK_BYTE *digest, CK_ULONG *digest_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	if (rv == CKR_OK)
		rv = op_digest_final(s, &(struct room){ digest, digest_len });
	return api_leave(__func__, s, rv);
}
