/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.9 and 5.11: encrypting and decrypting messages.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_MessageEncryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_encrypt_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_EncryptMessage(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *aad,
	CK_ULONG aad_len, CK_BYTE *plain, CK_ULONG plain_len, CK_BYTE *cipher, CK_ULONG *cipher_len)
{
	struct message m = { parameter, parameter_len, bytes_of(aad, aad_len) };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_encrypt_message(
			s, &m, bytes_of(plain, plain_len), &(struct room){ cipher, cipher_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_EncryptMessageBegin(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *aad,
	CK_ULONG aad_len)
{
	struct message m = { parameter, parameter_len, bytes_of(aad, aad_len) };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_encrypt_message_begin(s, &m);
	return api_leave(__func__, s, rv);
}

CK_RV
C_EncryptMessageNext(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *plain,
	CK_ULONG plain_len, CK_BYTE *cipher, CK_ULONG *cipher_len, CK_FLAGS flags)
{
	struct message m = { parameter, parameter_len, BYTES_EMPTY };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_encrypt_message_next(s, &m, bytes_of(plain, plain_len),
			&(struct room){ cipher, cipher_len }, (flags & CKF_END_OF_MESSAGE) != 0);
	return api_leave(__func__, s, rv);
}

CK_RV
C_MessageEncryptFinal(CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_encrypt_final(s);
	return api_leave(__func__, s, rv);
}

CK_RV
C_MessageDecryptInit(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_decrypt_init(s, mechanism, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecryptMessage(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *aad,
	CK_ULONG aad_len, CK_BYTE *cipher, CK_ULONG cipher_len, CK_BYTE *plain, CK_ULONG *plain_len)
{
	struct message m = { parameter, parameter_len, bytes_of(aad, aad_len) };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_message(
			s, &m, bytes_of(cipher, cipher_len), &(struct room){ plain, plain_len });
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecryptMessageBegin(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *aad,
	CK_ULONG aad_len)
{
	struct message m = { parameter, parameter_len, bytes_of(aad, aad_len) };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_message_begin(s, &m);
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecryptMessageNext(CK_SESSION_HANDLE h, void *parameter, CK_ULONG parameter_len, CK_BYTE *cipher,
	CK_ULONG cipher_len, CK_BYTE *plain, CK_ULONG *plain_len, CK_FLAGS flags)
{
	struct message m = { parameter, parameter_len, BYTES_EMPTY };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_decrypt_message_next(s, &m, bytes_of(cipher, cipher_len),
			&(struct room){ plain, plain_len }, (flags & CKF_END_OF_MESSAGE) != 0);
	return api_leave(__func__, s, rv);
}

CK_RV
C_MessageDecryptFinal(CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK)
		rv = op_message_decrypt_final(s);
	return api_leave(__func__, s, rv);
}
