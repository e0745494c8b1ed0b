/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The function lists: how a program finds everything else. A list of 3.x
 * begins with that of 2.40.
 */
#include "config.h"

#include <string.h>

#include "api/api.h"

/* clang-format off */
#define FUNCTIONS_2_40 \
	.C_Initialize = C_Initialize, \
	.C_Finalize = C_Finalize, \
	.C_GetInfo = C_GetInfo, \
	.C_GetFunctionList = C_GetFunctionList, \
	.C_GetSlotList = C_GetSlotList, \
	.C_GetSlotInfo = C_GetSlotInfo, \
	.C_GetTokenInfo = C_GetTokenInfo, \
	.C_GetMechanismList = C_GetMechanismList, \
	.C_GetMechanismInfo = C_GetMechanismInfo, \
	.C_InitToken = C_InitToken, \
	.C_InitPIN = C_InitPIN, \
	.C_SetPIN = C_SetPIN, \
	.C_OpenSession = C_OpenSession, \
	.C_CloseSession = C_CloseSession, \
	.C_CloseAllSessions = C_CloseAllSessions, \
	.C_GetSessionInfo = C_GetSessionInfo, \
	.C_GetOperationState = C_GetOperationState, \
	.C_SetOperationState = C_SetOperationState, \
	.C_Login = C_Login, \
	.C_Logout = C_Logout, \
	.C_CreateObject = C_CreateObject, \
	.C_CopyObject = C_CopyObject, \
	.C_DestroyObject = C_DestroyObject, \
	.C_GetObjectSize = C_GetObjectSize, \
	.C_GetAttributeValue = C_GetAttributeValue, \
	.C_SetAttributeValue = C_SetAttributeValue, \
	.C_FindObjectsInit = C_FindObjectsInit, \
	.C_FindObjects = C_FindObjects, \
	.C_FindObjectsFinal = C_FindObjectsFinal, \
	.C_EncryptInit = C_EncryptInit, \
	.C_Encrypt = C_Encrypt, \
	.C_EncryptUpdate = C_EncryptUpdate, \
	.C_EncryptFinal = C_EncryptFinal, \
	.C_DecryptInit = C_DecryptInit, \
	.C_Decrypt = C_Decrypt, \
	.C_DecryptUpdate = C_DecryptUpdate, \
	.C_DecryptFinal = C_DecryptFinal, \
	.C_DigestInit = C_DigestInit, \
	.C_Digest = C_Digest, \
	.C_DigestUpdate = C_DigestUpdate, \
	.C_DigestKey = C_DigestKey, \
	.C_DigestFinal = C_DigestFinal, \
	.C_SignInit = C_SignInit, \
	.C_Sign = C_Sign, \
	.C_SignUpdate = C_SignUpdate, \
	.C_SignFinal = C_SignFinal, \
	.C_SignRecoverInit = C_SignRecoverInit, \
	.C_SignRecover = C_SignRecover, \
	.C_VerifyInit = C_VerifyInit, \
	.C_Verify = C_Verify, \
	.C_VerifyUpdate = C_VerifyUpdate, \
	.C_VerifyFinal = C_VerifyFinal, \
	.C_VerifyRecoverInit = C_VerifyRecoverInit, \
	.C_VerifyRecover = C_VerifyRecover, \
	.C_DigestEncryptUpdate = C_DigestEncryptUpdate, \
	.C_DecryptDigestUpdate = C_DecryptDigestUpdate, \
	.C_SignEncryptUpdate = C_SignEncryptUpdate, \
	.C_DecryptVerifyUpdate = C_DecryptVerifyUpdate, \
	.C_GenerateKey = C_GenerateKey, \
	.C_GenerateKeyPair = C_GenerateKeyPair, \
	.C_WrapKey = C_WrapKey, \
	.C_UnwrapKey = C_UnwrapKey, \
	.C_DeriveKey = C_DeriveKey, \
	.C_SeedRandom = C_SeedRandom, \
	.C_GenerateRandom = C_GenerateRandom, \
	.C_GetFunctionStatus = C_GetFunctionStatus, \
	.C_CancelFunction = C_CancelFunction, \
	.C_WaitForSlotEvent = C_WaitForSlotEvent

#define FUNCTIONS_3_0 \
	.C_GetInterfaceList = C_GetInterfaceList, \
	.C_GetInterface = C_GetInterface, \
	.C_LoginUser = C_LoginUser, \
	.C_SessionCancel = C_SessionCancel, \
	.C_MessageEncryptInit = C_MessageEncryptInit, \
	.C_EncryptMessage = C_EncryptMessage, \
	.C_EncryptMessageBegin = C_EncryptMessageBegin, \
	.C_EncryptMessageNext = C_EncryptMessageNext, \
	.C_MessageEncryptFinal = C_MessageEncryptFinal, \
	.C_MessageDecryptInit = C_MessageDecryptInit, \
	.C_DecryptMessage = C_DecryptMessage, \
	.C_DecryptMessageBegin = C_DecryptMessageBegin, \
	.C_DecryptMessageNext = C_DecryptMessageNext, \
	.C_MessageDecryptFinal = C_MessageDecryptFinal, \
	.C_MessageSignInit = C_MessageSignInit, \
	.C_SignMessage = C_SignMessage, \
	.C_SignMessageBegin = C_SignMessageBegin, \
	.C_SignMessageNext = C_SignMessageNext, \
	.C_MessageSignFinal = C_MessageSignFinal, \
	.C_MessageVerifyInit = C_MessageVerifyInit, \
	.C_VerifyMessage = C_VerifyMessage, \
	.C_VerifyMessageBegin = C_VerifyMessageBegin, \
	.C_VerifyMessageNext = C_VerifyMessageNext, \
	.C_MessageVerifyFinal = C_MessageVerifyFinal

static const CK_FUNCTION_LIST list_2_40 = { .version = { 2, 40 }, FUNCTIONS_2_40 };

static const CK_FUNCTION_LIST_3_0 list_3_0 = { .version = { 3, 0 }, FUNCTIONS_2_40, FUNCTIONS_3_0 };

static const CK_FUNCTION_LIST_3_2 list_3_2 = {
	.version = { 3, 2 },
	FUNCTIONS_2_40,
	FUNCTIONS_3_0,
	.C_EncapsulateKey = C_EncapsulateKey,
	.C_DecapsulateKey = C_DecapsulateKey,
	.C_VerifySignatureInit = C_VerifySignatureInit,
	.C_VerifySignature = C_VerifySignature,
	.C_VerifySignatureUpdate = C_VerifySignatureUpdate,
	.C_VerifySignatureFinal = C_VerifySignatureFinal,
	.C_GetSessionValidationFlags = C_GetSessionValidationFlags,
	.C_AsyncComplete = C_AsyncComplete,
	.C_AsyncGetID = C_AsyncGetID,
	.C_AsyncJoin = C_AsyncJoin,
	.C_WrapKeyAuthenticated = C_WrapKeyAuthenticated,
	.C_UnwrapKeyAuthenticated = C_UnwrapKeyAuthenticated,
};
/* clang-format on */

/* The newest first: it is the one that a program gets which does not say which. PKCS#11's types
 * know no const. */
/* clang-format off */
#define INTERFACES \
	{ (void *)"PKCS 11", (void *)&list_3_2, 0 }, \
	{ (void *)"PKCS 11", (void *)&list_3_0, 0 }, \
	{ (void *)"PKCS 11", (void *)&list_2_40, 0 }
/* clang-format on */

static const CK_INTERFACE interfaces[] = { INTERFACES };

/* What C_GetInterface lends. OpenSC's pkcs11-spy writes the address of its own list into what it
 * gets, so it is made right for the next one who asks. */
static CK_INTERFACE lent[] = { INTERFACES };

#define INTERFACE_COUNT (sizeof(interfaces) / sizeof(interfaces[0]))

API_EXPORT CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (list == NULL)
		return CKR_ARGUMENTS_BAD;
	*list = (CK_FUNCTION_LIST *)&list_2_40;
	return CKR_OK;
}

API_EXPORT CK_RV
C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count)
{
	CK_ULONG room = 0;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	room = *count;
	*count = INTERFACE_COUNT;
	if (list == NULL)
		return CKR_OK;
	if (room < INTERFACE_COUNT)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(list, interfaces, sizeof(interfaces));
	return CKR_OK;
}

/* Every list begins with its version. */
static bool
interface_fits(const CK_INTERFACE *i, const char *name, const CK_VERSION *version, CK_FLAGS flags)
{
	const CK_VERSION *own = i->pFunctionList;

	if (name != NULL && strcmp(name, (const char *)i->pInterfaceName) != 0)
		return false;
	if (version != NULL && (version->major != own->major || version->minor != own->minor))
		return false;
	return (i->flags & flags) == flags;
}

/* NSS asks for an interface of its own here and calls through whatever comes back. */
API_EXPORT CK_RV
C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **out, CK_FLAGS flags)
{
	if (out == NULL)
		return CKR_ARGUMENTS_BAD;
	for (size_t i = 0; i < INTERFACE_COUNT; i++)
		if (interface_fits(&interfaces[i], (const char *)name, version, flags)) {
			__atomic_store_n(&lent[i].pFunctionList, interfaces[i].pFunctionList,
				__ATOMIC_RELAXED);
			*out = &lent[i];
			return CKR_OK;
		}
	return CKR_FUNCTION_FAILED;
}
