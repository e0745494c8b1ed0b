/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every function but those that work without C_Initialize: not initialised,
 * with a bad session handle, and with NULL for all that can be NULL.
 */
#include "config.h"

#include "api.h"

#define NO_SLOT    0x7ffffffful
#define NO_SESSION 0x7ffffffful

/* clang-format off */
#define WALK(name, ...) \
	static CK_RV \
	call_##name(const CK_FUNCTION_LIST_3_2 *f, CK_SESSION_HANDLE h) \
	{ \
		(void)h; \
		return f->name(__VA_ARGS__); \
	}

WALK(C_GetInfo, NULL)
WALK(C_GetSlotList, CK_TRUE, NULL, NULL)
WALK(C_GetSlotInfo, NO_SLOT, NULL)
WALK(C_GetTokenInfo, NO_SLOT, NULL)
WALK(C_GetMechanismList, NO_SLOT, NULL, NULL)
WALK(C_GetMechanismInfo, NO_SLOT, CKM_SHA256, NULL)
WALK(C_InitToken, NO_SLOT, NULL, 0, NULL)
WALK(C_InitPIN, h, NULL, 0)
WALK(C_SetPIN, h, NULL, 0, NULL, 0)
WALK(C_OpenSession, NO_SLOT, CKF_SERIAL_SESSION, NULL, NULL, NULL)
WALK(C_CloseSession, h)
WALK(C_CloseAllSessions, NO_SLOT)
WALK(C_GetSessionInfo, h, NULL)
WALK(C_GetOperationState, h, NULL, NULL)
WALK(C_SetOperationState, h, NULL, 0, 0, 0)
WALK(C_Login, h, CKU_USER, NULL, 0)
WALK(C_Logout, h)
WALK(C_CreateObject, h, NULL, 0, NULL)
WALK(C_CopyObject, h, 0, NULL, 0, NULL)
WALK(C_DestroyObject, h, 0)
WALK(C_GetObjectSize, h, 0, NULL)
WALK(C_GetAttributeValue, h, 0, NULL, 1)
WALK(C_SetAttributeValue, h, 0, NULL, 1)
WALK(C_FindObjectsInit, h, NULL, 1)
WALK(C_FindObjects, h, NULL, 0, NULL)
WALK(C_FindObjectsFinal, h)
WALK(C_EncryptInit, h, NULL, 0)
WALK(C_Encrypt, h, NULL, 0, NULL, NULL)
WALK(C_EncryptUpdate, h, NULL, 0, NULL, NULL)
WALK(C_EncryptFinal, h, NULL, NULL)
WALK(C_DecryptInit, h, NULL, 0)
WALK(C_Decrypt, h, NULL, 0, NULL, NULL)
WALK(C_DecryptUpdate, h, NULL, 0, NULL, NULL)
WALK(C_DecryptFinal, h, NULL, NULL)
WALK(C_DigestInit, h, NULL)
WALK(C_Digest, h, NULL, 0, NULL, NULL)
WALK(C_DigestUpdate, h, NULL, 0)
WALK(C_DigestKey, h, 0)
WALK(C_DigestFinal, h, NULL, NULL)
WALK(C_SignInit, h, NULL, 0)
WALK(C_Sign, h, NULL, 0, NULL, NULL)
WALK(C_SignUpdate, h, NULL, 0)
WALK(C_SignFinal, h, NULL, NULL)
WALK(C_SignRecoverInit, h, NULL, 0)
WALK(C_SignRecover, h, NULL, 0, NULL, NULL)
WALK(C_VerifyInit, h, NULL, 0)
WALK(C_Verify, h, NULL, 0, NULL, 0)
WALK(C_VerifyUpdate, h, NULL, 0)
WALK(C_VerifyFinal, h, NULL, 0)
WALK(C_VerifyRecoverInit, h, NULL, 0)
WALK(C_VerifyRecover, h, NULL, 0, NULL, NULL)
WALK(C_DigestEncryptUpdate, h, NULL, 0, NULL, NULL)
WALK(C_DecryptDigestUpdate, h, NULL, 0, NULL, NULL)
WALK(C_SignEncryptUpdate, h, NULL, 0, NULL, NULL)
WALK(C_DecryptVerifyUpdate, h, NULL, 0, NULL, NULL)
WALK(C_GenerateKey, h, NULL, NULL, 0, NULL)
WALK(C_GenerateKeyPair, h, NULL, NULL, 0, NULL, 0, NULL, NULL)
WALK(C_WrapKey, h, NULL, 0, 0, NULL, NULL)
WALK(C_UnwrapKey, h, NULL, 0, NULL, 0, NULL, 0, NULL)
WALK(C_DeriveKey, h, NULL, 0, NULL, 0, NULL)
WALK(C_SeedRandom, h, NULL, 0)
WALK(C_GenerateRandom, h, NULL, 1)
WALK(C_GetFunctionStatus, h)
WALK(C_CancelFunction, h)
WALK(C_WaitForSlotEvent, CKF_DONT_BLOCK, NULL, NULL)
WALK(C_LoginUser, h, CKU_USER, NULL, 0, NULL, 0)
WALK(C_SessionCancel, h, 0)
WALK(C_MessageEncryptInit, h, NULL, 0)
WALK(C_EncryptMessage, h, NULL, 0, NULL, 0, NULL, 0, NULL, NULL)
WALK(C_EncryptMessageBegin, h, NULL, 0, NULL, 0)
WALK(C_EncryptMessageNext, h, NULL, 0, NULL, 0, NULL, NULL, 0)
WALK(C_MessageEncryptFinal, h)
WALK(C_MessageDecryptInit, h, NULL, 0)
WALK(C_DecryptMessage, h, NULL, 0, NULL, 0, NULL, 0, NULL, NULL)
WALK(C_DecryptMessageBegin, h, NULL, 0, NULL, 0)
WALK(C_DecryptMessageNext, h, NULL, 0, NULL, 0, NULL, NULL, 0)
WALK(C_MessageDecryptFinal, h)
WALK(C_MessageSignInit, h, NULL, 0)
WALK(C_SignMessage, h, NULL, 0, NULL, 0, NULL, NULL)
WALK(C_SignMessageBegin, h, NULL, 0)
WALK(C_SignMessageNext, h, NULL, 0, NULL, 0, NULL, NULL)
WALK(C_MessageSignFinal, h)
WALK(C_MessageVerifyInit, h, NULL, 0)
WALK(C_VerifyMessage, h, NULL, 0, NULL, 0, NULL, 0)
WALK(C_VerifyMessageBegin, h, NULL, 0)
WALK(C_VerifyMessageNext, h, NULL, 0, NULL, 0, NULL, 0)
WALK(C_MessageVerifyFinal, h)
WALK(C_EncapsulateKey, h, NULL, 0, NULL, 0, NULL, NULL, NULL)
WALK(C_DecapsulateKey, h, NULL, 0, NULL, 0, NULL, 0, NULL)
WALK(C_VerifySignatureInit, h, NULL, 0, NULL, 0)
WALK(C_VerifySignature, h, NULL, 0)
WALK(C_VerifySignatureUpdate, h, NULL, 0)
WALK(C_VerifySignatureFinal, h)
WALK(C_GetSessionValidationFlags, h, CKS_LAST_VALIDATION_OK, NULL)
WALK(C_AsyncComplete, h, NULL, NULL)
WALK(C_AsyncGetID, h, NULL, NULL)
WALK(C_AsyncJoin, h, NULL, 0, NULL, 0)
WALK(C_WrapKeyAuthenticated, h, NULL, 0, 0, NULL, 0, NULL, NULL)
WALK(C_UnwrapKeyAuthenticated, h, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL)

static const struct row {
	const char *name;
	CK_RV (*call)(const CK_FUNCTION_LIST_3_2 *f, CK_SESSION_HANDLE h);
	bool session;  /* it has a session handle */
	CK_RV null;    /* with NULL, in a R/W public session where nothing runs */
} rows[] = {
	{ "C_GetInfo", call_C_GetInfo, false, CKR_ARGUMENTS_BAD },
	{ "C_GetSlotList", call_C_GetSlotList, false, CKR_ARGUMENTS_BAD },
	{ "C_GetSlotInfo", call_C_GetSlotInfo, false, CKR_ARGUMENTS_BAD },
	{ "C_GetTokenInfo", call_C_GetTokenInfo, false, CKR_ARGUMENTS_BAD },
	{ "C_GetMechanismList", call_C_GetMechanismList, false, CKR_ARGUMENTS_BAD },
	{ "C_GetMechanismInfo", call_C_GetMechanismInfo, false, CKR_ARGUMENTS_BAD },
	{ "C_InitToken", call_C_InitToken, false, CKR_ARGUMENTS_BAD },
	{ "C_InitPIN", call_C_InitPIN, true, CKR_USER_NOT_LOGGED_IN },
	{ "C_SetPIN", call_C_SetPIN, true, CKR_ARGUMENTS_BAD },
	{ "C_OpenSession", call_C_OpenSession, false, CKR_ARGUMENTS_BAD },
	{ "C_CloseSession", call_C_CloseSession, true, CKR_OK },
	{ "C_CloseAllSessions", call_C_CloseAllSessions, false, CKR_SLOT_ID_INVALID },
	{ "C_GetSessionInfo", call_C_GetSessionInfo, true, CKR_ARGUMENTS_BAD },
	{ "C_GetOperationState", call_C_GetOperationState, true, CKR_ARGUMENTS_BAD },
	{ "C_SetOperationState", call_C_SetOperationState, true, CKR_ARGUMENTS_BAD },
	{ "C_Login", call_C_Login, true, CKR_ARGUMENTS_BAD },
	{ "C_Logout", call_C_Logout, true, CKR_USER_NOT_LOGGED_IN },
	{ "C_CreateObject", call_C_CreateObject, true, CKR_ARGUMENTS_BAD },
	{ "C_CopyObject", call_C_CopyObject, true, CKR_ARGUMENTS_BAD },
	{ "C_DestroyObject", call_C_DestroyObject, true, CKR_OBJECT_HANDLE_INVALID },
	{ "C_GetObjectSize", call_C_GetObjectSize, true, CKR_ARGUMENTS_BAD },
	{ "C_GetAttributeValue", call_C_GetAttributeValue, true, CKR_ARGUMENTS_BAD },
	{ "C_SetAttributeValue", call_C_SetAttributeValue, true, CKR_ARGUMENTS_BAD },
	{ "C_FindObjectsInit", call_C_FindObjectsInit, true, CKR_ARGUMENTS_BAD },
	{ "C_FindObjects", call_C_FindObjects, true, CKR_ARGUMENTS_BAD },
	{ "C_FindObjectsFinal", call_C_FindObjectsFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_EncryptInit", call_C_EncryptInit, true, CKR_ARGUMENTS_BAD },
	{ "C_Encrypt", call_C_Encrypt, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_EncryptUpdate", call_C_EncryptUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_EncryptFinal", call_C_EncryptFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DecryptInit", call_C_DecryptInit, true, CKR_ARGUMENTS_BAD },
	{ "C_Decrypt", call_C_Decrypt, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DecryptUpdate", call_C_DecryptUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DecryptFinal", call_C_DecryptFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DigestInit", call_C_DigestInit, true, CKR_ARGUMENTS_BAD },
	{ "C_Digest", call_C_Digest, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DigestUpdate", call_C_DigestUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DigestKey", call_C_DigestKey, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DigestFinal", call_C_DigestFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SignInit", call_C_SignInit, true, CKR_ARGUMENTS_BAD },
	{ "C_Sign", call_C_Sign, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SignUpdate", call_C_SignUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SignFinal", call_C_SignFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SignRecoverInit", call_C_SignRecoverInit, true, CKR_ARGUMENTS_BAD },
	{ "C_SignRecover", call_C_SignRecover, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifyInit", call_C_VerifyInit, true, CKR_ARGUMENTS_BAD },
	{ "C_Verify", call_C_Verify, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifyUpdate", call_C_VerifyUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifyFinal", call_C_VerifyFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifyRecoverInit", call_C_VerifyRecoverInit, true, CKR_ARGUMENTS_BAD },
	{ "C_VerifyRecover", call_C_VerifyRecover, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DigestEncryptUpdate", call_C_DigestEncryptUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DecryptDigestUpdate", call_C_DecryptDigestUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SignEncryptUpdate", call_C_SignEncryptUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DecryptVerifyUpdate", call_C_DecryptVerifyUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_GenerateKey", call_C_GenerateKey, true, CKR_ARGUMENTS_BAD },
	{ "C_GenerateKeyPair", call_C_GenerateKeyPair, true, CKR_ARGUMENTS_BAD },
	{ "C_WrapKey", call_C_WrapKey, true, CKR_ARGUMENTS_BAD },
	{ "C_UnwrapKey", call_C_UnwrapKey, true, CKR_ARGUMENTS_BAD },
	{ "C_DeriveKey", call_C_DeriveKey, true, CKR_ARGUMENTS_BAD },
	{ "C_SeedRandom", call_C_SeedRandom, true, CKR_ARGUMENTS_BAD },
	{ "C_GenerateRandom", call_C_GenerateRandom, true, CKR_ARGUMENTS_BAD },
	{ "C_GetFunctionStatus", call_C_GetFunctionStatus, true, CKR_FUNCTION_NOT_PARALLEL },
	{ "C_CancelFunction", call_C_CancelFunction, true, CKR_FUNCTION_NOT_PARALLEL },
	{ "C_WaitForSlotEvent", call_C_WaitForSlotEvent, false, CKR_ARGUMENTS_BAD },
	/* 3.0 */
	{ "C_LoginUser", call_C_LoginUser, true, CKR_ARGUMENTS_BAD },
	{ "C_SessionCancel", call_C_SessionCancel, true, CKR_OK },
	{ "C_MessageEncryptInit", call_C_MessageEncryptInit, true, CKR_ARGUMENTS_BAD },
	{ "C_EncryptMessage", call_C_EncryptMessage, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_EncryptMessageBegin", call_C_EncryptMessageBegin, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_EncryptMessageNext", call_C_EncryptMessageNext, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_MessageEncryptFinal", call_C_MessageEncryptFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_MessageDecryptInit", call_C_MessageDecryptInit, true, CKR_ARGUMENTS_BAD },
	{ "C_DecryptMessage", call_C_DecryptMessage, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DecryptMessageBegin", call_C_DecryptMessageBegin, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_DecryptMessageNext", call_C_DecryptMessageNext, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_MessageDecryptFinal", call_C_MessageDecryptFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_MessageSignInit", call_C_MessageSignInit, true, CKR_ARGUMENTS_BAD },
	{ "C_SignMessage", call_C_SignMessage, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SignMessageBegin", call_C_SignMessageBegin, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_SignMessageNext", call_C_SignMessageNext, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_MessageSignFinal", call_C_MessageSignFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_MessageVerifyInit", call_C_MessageVerifyInit, true, CKR_ARGUMENTS_BAD },
	{ "C_VerifyMessage", call_C_VerifyMessage, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifyMessageBegin", call_C_VerifyMessageBegin, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifyMessageNext", call_C_VerifyMessageNext, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_MessageVerifyFinal", call_C_MessageVerifyFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	/* 3.2 */
	{ "C_EncapsulateKey", call_C_EncapsulateKey, true, CKR_ARGUMENTS_BAD },
	{ "C_DecapsulateKey", call_C_DecapsulateKey, true, CKR_ARGUMENTS_BAD },
	{ "C_VerifySignatureInit", call_C_VerifySignatureInit, true, CKR_ARGUMENTS_BAD },
	{ "C_VerifySignature", call_C_VerifySignature, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifySignatureUpdate", call_C_VerifySignatureUpdate, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_VerifySignatureFinal", call_C_VerifySignatureFinal, true, CKR_OPERATION_NOT_INITIALIZED },
	{ "C_GetSessionValidationFlags", call_C_GetSessionValidationFlags, true, CKR_ARGUMENTS_BAD },
	{ "C_AsyncComplete", call_C_AsyncComplete, true, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_AsyncGetID", call_C_AsyncGetID, true, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_AsyncJoin", call_C_AsyncJoin, true, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_WrapKeyAuthenticated", call_C_WrapKeyAuthenticated, true, CKR_FUNCTION_NOT_SUPPORTED },
	{ "C_UnwrapKeyAuthenticated", call_C_UnwrapKeyAuthenticated, true, CKR_FUNCTION_NOT_SUPPORTED },
};
/* clang-format on */

#define ROWS_2_40 65 /* the first of them */

/* A module of 2.40 has the first part of the list only. */
static size_t
row_count(const struct ctx *c, CK_FUNCTION_LIST_3_2 *list)
{
	memset(list, 0, sizeof(*list));
	if (c->f3 == NULL)
		memcpy(list, c->f, sizeof(*c->f));
	else
		*list = *c->f3;
	return c->f3 == NULL ? ROWS_2_40 : COUNT(rows);
}

static void
check(const struct ctx *c, const struct row *row, const char *how, CK_RV expected, CK_RV got)
{
	char what[80];

	/* Where several codes fit, the standard leaves the choice: a reference need only refuse. */
	if (c->reference && got != CKR_OK)
		return;
	snprintf(what, sizeof(what), "%s %s", row->name, how);
	expect(c, what, expected, got);
}

void
test_walk_uninitialised(struct ctx *c)
{
	CK_FUNCTION_LIST_3_2 f;
	size_t n = row_count(c, &f);

	for (size_t i = 0; i < n; i++)
		check(c, &rows[i], "not initialised", CKR_CRYPTOKI_NOT_INITIALIZED,
			rows[i].call(&f, NO_SESSION));
	expect(c, "C_Finalize not initialised", CKR_CRYPTOKI_NOT_INITIALIZED,
		c->f->C_Finalize(NULL));
}

void
test_walk(struct ctx *c)
{
	CK_FUNCTION_LIST_3_2 f;
	size_t n = row_count(c, &f);

	for (size_t i = 0; i < n; i++) {
		CK_SESSION_HANDLE h = open_rw(c);

		if (rows[i].session)
			check(c, &rows[i], "with a bad session", CKR_SESSION_HANDLE_INVALID,
				rows[i].call(&f, NO_SESSION));
		check(c, &rows[i], "with NULL", rows[i].null, rows[i].call(&f, h));
		close_all(c);
	}
}
