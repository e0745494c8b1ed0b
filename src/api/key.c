/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.18: key management.
 */
#include "config.h"

#include "api/api.h"

CK_RV
C_GenerateKey(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_ATTRIBUTE *list, CK_ULONG count,
	CK_OBJECT_HANDLE *key)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && (mechanism == NULL || key == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_generate_key(s, mechanism, list, count, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_GenerateKeyPair(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_list,
	CK_ULONG public_count, CK_ATTRIBUTE *private_list, CK_ULONG private_count,
	CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
	struct pair_request rq = { mechanism, public_list, public_count, private_list,
		private_count };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && (mechanism == NULL || public_key == NULL || private_key == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(public_list, public_count);
	if (rv == CKR_OK)
		rv = api_template(private_list, private_count);
	if (rv == CKR_OK)
		rv = session_generate_pair(s, &rq, public_key, private_key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_DeriveKey(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base, CK_ATTRIBUTE *list,
	CK_ULONG count, CK_OBJECT_HANDLE *key)
{
	const struct template t = { list, count };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && (mechanism == NULL || key == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_derive_key(s, mechanism, base, &t, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_EncapsulateKey(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE public_key,
	CK_ATTRIBUTE *list, CK_ULONG count, CK_BYTE *cipher, CK_ULONG *cipher_len,
	CK_OBJECT_HANDLE *key)
{
	const struct template t = { list, count };
	const struct room room = { cipher, cipher_len };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && (mechanism == NULL || cipher_len == NULL || key == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_encapsulate_key(s, mechanism, public_key, &t, &room, key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_DecapsulateKey(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE private_key,
	CK_ATTRIBUTE *list, CK_ULONG count, CK_BYTE *cipher, CK_ULONG cipher_len,
	CK_OBJECT_HANDLE *key)
{
	const struct template t = { list, count };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && (mechanism == NULL || cipher == NULL || key == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_decapsulate_key(
			s, mechanism, private_key, &t, bytes_of(cipher, cipher_len), key);
	return api_leave(__func__, s, rv);
}

CK_RV
C_WrapKey(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
	CK_OBJECT_HANDLE key, CK_BYTE *wrapped, CK_ULONG *wrapped_len)
{
	const struct room out = { wrapped, wrapped_len };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK && (mechanism == NULL || wrapped_len == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = session_wrap_key(s, mechanism, wrapping_key, key, &out);
	return api_leave(__func__, s, rv);
}

CK_RV
C_UnwrapKey(CK_SESSION_HANDLE h, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping_key,
	CK_BYTE *wrapped, CK_ULONG wrapped_len, CK_ATTRIBUTE *list, CK_ULONG count,
	CK_OBJECT_HANDLE *key)
{
	const struct template t = { list, count };
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_ANY, &s);

	if (rv == CKR_OK &&
		(mechanism == NULL || key == NULL || (wrapped == NULL && wrapped_len != 0)))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = api_template(list, count);
	if (rv == CKR_OK)
		rv = session_unwrap_key(
			s, mechanism, unwrapping_key, bytes_of(wrapped, wrapped_len), &t, key);
	return api_leave(__func__, s, rv);
}
