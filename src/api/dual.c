/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.17: dual-function cryptographic functions.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_DigestEncryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *plain, CK_ULONG plain_len, CK_BYTE *cipher,
	CK_ULONG *cipher_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_digest_encrypt_update(
			s, bytes_of(plain, plain_len), &(struct room){ cipher, cipher_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecryptDigestUpdate(CK_SESSION_HANDLE h, CK_BYTE *cipher, CK_ULONG cipher_len, CK_BYTE *plain,
	CK_ULONG *plain_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_digest_update(
			s, bytes_of(cipher, cipher_len), &(struct room){ plain, plain_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_SignEncryptUpdate(CK_SESSION_HANDLE h, CK_BYTE *plain, CK_ULONG plain_len, CK_BYTE *cipher,
	CK_ULONG *cipher_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_sign_encrypt_update(
			s, bytes_of(plain, plain_len), &(struct room){ cipher, cipher_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecryptVerifyUpdate(CK_SESSION_HANDLE h, CK_BYTE *cipher, CK_ULONG cipher_len, CK_BYTE *plain,
	CK_ULONG *plain_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_verify_update(
			s, bytes_of(cipher, cipher_len), &(struct room){ plain, plain_len });
	return api_leave(__func__, s, rv);
}
