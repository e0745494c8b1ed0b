/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.8: encryption.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_EncryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_encrypt_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_Encrypt(CK_SESSION_HANDLE h, CK_BYTE *plain, CK_ULONG plain_len, CK_BYTE *cipher,
	CK_ULONG *cipher_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_encrypt(
			s, bytes_of(plain, plain_len), &(struct room){ cipher, cipher_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_EncryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *plain, CK_ULONG plain_len, CK_BYTE *cipher,
	CK_ULONG *cipher_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_encrypt_update(
			s, bytes_of(plain, plain_len), &(struct room){ cipher, cipher_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_EncryptFinal(CK_SESSION_HANDLE h, CK_BYTE *cipher, CK_ULONG *cipher_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_encrypt_final(s, &(struct room){ cipher, cipher_len });
	return api_leave(__func__, s, rv);
}
