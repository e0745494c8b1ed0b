/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.10: decryption.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_DecryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE h, CK_BYTE *cipher, CK_ULONG cipher_len, CK_BYTE *plain,
	CK_ULONG *plain_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt(
			s, bytes_of(cipher, cipher_len), &(struct room){ plain, plain_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *cipher, CK_ULONG cipher_len, CK_BYTE *plain,
	CK_ULONG *plain_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_update(
			s, bytes_of(cipher, cipher_len), &(struct room){ plain, plain_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecryptFinal(CK_SESSION_HANDLE h, CK_BYTE *plain, CK_ULONG *plain_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_final(s, &(struct room){ plain, plain_len });
	return api_leave(__func__, s, rv);
}
