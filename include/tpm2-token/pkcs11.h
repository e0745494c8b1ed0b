/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 as this project speaks it: p11-kit's header, and what PKCS#11 3.0,
 * 3.1 and 3.2 add and the installed p11-kit does not have yet. Numbers and
 * structures are the standard's. A newer p11-kit header wins.
 */
#ifndef TPM2_TOKEN_PKCS11_H
#define TPM2_TOKEN_PKCS11_H

#include <p11-kit/pkcs11.h>

#include "tpm2-token/pkcs11_numbers.h"

/* A function's pointer type, as in p11-kit's header, and its prototype. */
#define TPM2_TOKEN_FUNCTION(name, args)                                                            \
	typedef CK_RV(*CK_##name) args;                                                            \
	CK_RV name args

#if CRYPTOKI_VERSION_MAJOR < 3
typedef struct CK_INTERFACE {
	char *pInterfaceName;
	void *pFunctionList;
	CK_FLAGS flags;
} CK_INTERFACE, *CK_INTERFACE_PTR, **CK_INTERFACE_PTR_PTR;

TPM2_TOKEN_FUNCTION(C_GetInterfaceList, (CK_INTERFACE * list, CK_ULONG *count));
TPM2_TOKEN_FUNCTION(C_GetInterface,
	(CK_UTF8CHAR * name, CK_VERSION *version, CK_INTERFACE **out, CK_FLAGS flags));
TPM2_TOKEN_FUNCTION(C_LoginUser, (CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin,
					 CK_ULONG pin_len, CK_UTF8CHAR *name, CK_ULONG name_len));
TPM2_TOKEN_FUNCTION(C_SessionCancel, (CK_SESSION_HANDLE session, CK_FLAGS flags));
TPM2_TOKEN_FUNCTION(C_MessageEncryptInit,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key));
TPM2_TOKEN_FUNCTION(
	C_EncryptMessage, (CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len,
				  CK_BYTE *aad, CK_ULONG aad_len, CK_BYTE *plain,
				  CK_ULONG plain_len, CK_BYTE *cipher, CK_ULONG *cipher_len));
TPM2_TOKEN_FUNCTION(
	C_EncryptMessageBegin, (CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len,
				       CK_BYTE *aad, CK_ULONG aad_len));
TPM2_TOKEN_FUNCTION(C_EncryptMessageNext,
	(CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len, CK_BYTE *plain,
		CK_ULONG plain_len, CK_BYTE *cipher, CK_ULONG *cipher_len, CK_FLAGS flags));
TPM2_TOKEN_FUNCTION(C_MessageEncryptFinal, (CK_SESSION_HANDLE session));
TPM2_TOKEN_FUNCTION(C_MessageDecryptInit,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key));
TPM2_TOKEN_FUNCTION(
	C_DecryptMessage, (CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len,
				  CK_BYTE *aad, CK_ULONG aad_len, CK_BYTE *cipher,
				  CK_ULONG cipher_len, CK_BYTE *plain, CK_ULONG *plain_len));
TPM2_TOKEN_FUNCTION(
	C_DecryptMessageBegin, (CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len,
				       CK_BYTE *aad, CK_ULONG aad_len));
TPM2_TOKEN_FUNCTION(C_DecryptMessageNext,
	(CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len, CK_BYTE *cipher,
		CK_ULONG cipher_len, CK_BYTE *plain, CK_ULONG *plain_len, CK_FLAGS flags));
TPM2_TOKEN_FUNCTION(C_MessageDecryptFinal, (CK_SESSION_HANDLE session));
TPM2_TOKEN_FUNCTION(C_MessageSignInit,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key));
TPM2_TOKEN_FUNCTION(C_SignMessage,
	(CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
		CK_ULONG data_len, CK_BYTE *signature, CK_ULONG *signature_len));
TPM2_TOKEN_FUNCTION(
	C_SignMessageBegin, (CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len));
TPM2_TOKEN_FUNCTION(C_SignMessageNext,
	(CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
		CK_ULONG data_len, CK_BYTE *signature, CK_ULONG *signature_len));
TPM2_TOKEN_FUNCTION(C_MessageSignFinal, (CK_SESSION_HANDLE session));
TPM2_TOKEN_FUNCTION(C_MessageVerifyInit,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key));
TPM2_TOKEN_FUNCTION(C_VerifyMessage,
	(CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
		CK_ULONG data_len, CK_BYTE *signature, CK_ULONG signature_len));
TPM2_TOKEN_FUNCTION(
	C_VerifyMessageBegin, (CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len));
TPM2_TOKEN_FUNCTION(C_VerifyMessageNext,
	(CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len, CK_BYTE *data,
		CK_ULONG data_len, CK_BYTE *signature, CK_ULONG signature_len));
TPM2_TOKEN_FUNCTION(C_MessageVerifyFinal, (CK_SESSION_HANDLE session));

typedef CK_ULONG CK_GENERATOR_FUNCTION;

struct ck_gcm_message_params {
	CK_BYTE *pIv;
	CK_ULONG ulIvLen;
	CK_ULONG ulIvFixedBits;
	CK_GENERATOR_FUNCTION ivGenerator;
	CK_BYTE *pTag;
	CK_ULONG ulTagBits;
};

typedef struct CK_FUNCTION_LIST_3_0 {
	CK_VERSION version;
	CK_C_Initialize C_Initialize;
	CK_C_Finalize C_Finalize;
	CK_C_GetInfo C_GetInfo;
	CK_C_GetFunctionList C_GetFunctionList;
	CK_C_GetSlotList C_GetSlotList;
	CK_C_GetSlotInfo C_GetSlotInfo;
	CK_C_GetTokenInfo C_GetTokenInfo;
	CK_C_GetMechanismList C_GetMechanismList;
	CK_C_GetMechanismInfo C_GetMechanismInfo;
	CK_C_InitToken C_InitToken;
	CK_C_InitPIN C_InitPIN;
	CK_C_SetPIN C_SetPIN;
	CK_C_OpenSession C_OpenSession;
	CK_C_CloseSession C_CloseSession;
	CK_C_CloseAllSessions C_CloseAllSessions;
	CK_C_GetSessionInfo C_GetSessionInfo;
	CK_C_GetOperationState C_GetOperationState;
	CK_C_SetOperationState C_SetOperationState;
	CK_C_Login C_Login;
	CK_C_Logout C_Logout;
	CK_C_CreateObject C_CreateObject;
	CK_C_CopyObject C_CopyObject;
	CK_C_DestroyObject C_DestroyObject;
	CK_C_GetObjectSize C_GetObjectSize;
	CK_C_GetAttributeValue C_GetAttributeValue;
	CK_C_SetAttributeValue C_SetAttributeValue;
	CK_C_FindObjectsInit C_FindObjectsInit;
	CK_C_FindObjects C_FindObjects;
	CK_C_FindObjectsFinal C_FindObjectsFinal;
	CK_C_EncryptInit C_EncryptInit;
	CK_C_Encrypt C_Encrypt;
	CK_C_EncryptUpdate C_EncryptUpdate;
	CK_C_EncryptFinal C_EncryptFinal;
	CK_C_DecryptInit C_DecryptInit;
	CK_C_Decrypt C_Decrypt;
	CK_C_DecryptUpdate C_DecryptUpdate;
	CK_C_DecryptFinal C_DecryptFinal;
	CK_C_DigestInit C_DigestInit;
	CK_C_Digest C_Digest;
	CK_C_DigestUpdate C_DigestUpdate;
	CK_C_DigestKey C_DigestKey;
	CK_C_DigestFinal C_DigestFinal;
	CK_C_SignInit C_SignInit;
	CK_C_Sign C_Sign;
	CK_C_SignUpdate C_SignUpdate;
	CK_C_SignFinal C_SignFinal;
	CK_C_SignRecoverInit C_SignRecoverInit;
	CK_C_SignRecover C_SignRecover;
	CK_C_VerifyInit C_VerifyInit;
	CK_C_Verify C_Verify;
	CK_C_VerifyUpdate C_VerifyUpdate;
	CK_C_VerifyFinal C_VerifyFinal;
	CK_C_VerifyRecoverInit C_VerifyRecoverInit;
	CK_C_VerifyRecover C_VerifyRecover;
	CK_C_DigestEncryptUpdate C_DigestEncryptUpdate;
	CK_C_DecryptDigestUpdate C_DecryptDigestUpdate;
	CK_C_SignEncryptUpdate C_SignEncryptUpdate;
	CK_C_DecryptVerifyUpdate C_DecryptVerifyUpdate;
	CK_C_GenerateKey C_GenerateKey;
	CK_C_GenerateKeyPair C_GenerateKeyPair;
	CK_C_WrapKey C_WrapKey;
	CK_C_UnwrapKey C_UnwrapKey;
	CK_C_DeriveKey C_DeriveKey;
	CK_C_SeedRandom C_SeedRandom;
	CK_C_GenerateRandom C_GenerateRandom;
	CK_C_GetFunctionStatus C_GetFunctionStatus;
	CK_C_CancelFunction C_CancelFunction;
	CK_C_WaitForSlotEvent C_WaitForSlotEvent;
	/* 3.0 */
	CK_C_GetInterfaceList C_GetInterfaceList;
	CK_C_GetInterface C_GetInterface;
	CK_C_LoginUser C_LoginUser;
	CK_C_SessionCancel C_SessionCancel;
	CK_C_MessageEncryptInit C_MessageEncryptInit;
	CK_C_EncryptMessage C_EncryptMessage;
	CK_C_EncryptMessageBegin C_EncryptMessageBegin;
	CK_C_EncryptMessageNext C_EncryptMessageNext;
	CK_C_MessageEncryptFinal C_MessageEncryptFinal;
	CK_C_MessageDecryptInit C_MessageDecryptInit;
	CK_C_DecryptMessage C_DecryptMessage;
	CK_C_DecryptMessageBegin C_DecryptMessageBegin;
	CK_C_DecryptMessageNext C_DecryptMessageNext;
	CK_C_MessageDecryptFinal C_MessageDecryptFinal;
	CK_C_MessageSignInit C_MessageSignInit;
	CK_C_SignMessage C_SignMessage;
	CK_C_SignMessageBegin C_SignMessageBegin;
	CK_C_SignMessageNext C_SignMessageNext;
	CK_C_MessageSignFinal C_MessageSignFinal;
	CK_C_MessageVerifyInit C_MessageVerifyInit;
	CK_C_VerifyMessage C_VerifyMessage;
	CK_C_VerifyMessageBegin C_VerifyMessageBegin;
	CK_C_VerifyMessageNext C_VerifyMessageNext;
	CK_C_MessageVerifyFinal C_MessageVerifyFinal;
} CK_FUNCTION_LIST_3_0, *CK_FUNCTION_LIST_3_0_PTR, **CK_FUNCTION_LIST_3_0_PTR_PTR;
#endif

/* p11-kit 0.25 has the structure, and not this name. */
typedef struct ck_gcm_message_params CK_GCM_MESSAGE_PARAMS;

#if CRYPTOKI_VERSION_MAJOR < 3 || (CRYPTOKI_VERSION_MAJOR == 3 && CRYPTOKI_VERSION_MINOR < 2)
typedef CK_ULONG CK_SESSION_VALIDATION_FLAGS_TYPE;

/* Of 3.0, but no p11-kit before 3.2 has it. */
typedef struct CK_HKDF_PARAMS {
	CK_BBOOL bExtract;
	CK_BBOOL bExpand;
	CK_MECHANISM_TYPE prfHashMechanism;
	CK_ULONG ulSaltType;
	CK_BYTE *pSalt;
	CK_ULONG ulSaltLen;
	CK_OBJECT_HANDLE hSaltKey;
	CK_BYTE *pInfo;
	CK_ULONG ulInfoLen;
} CK_HKDF_PARAMS, *CK_HKDF_PARAMS_PTR;

/* Of 3.0, too. */
typedef CK_MECHANISM_TYPE CK_SP800_108_PRF_TYPE;
typedef CK_ULONG CK_PRF_DATA_TYPE;
typedef CK_ULONG CK_SP800_108_DKM_LENGTH_METHOD;

typedef struct CK_PRF_DATA_PARAM {
	CK_PRF_DATA_TYPE type;
	void *pValue;
	CK_ULONG ulValueLen;
} CK_PRF_DATA_PARAM, *CK_PRF_DATA_PARAM_PTR;

typedef struct CK_SP800_108_COUNTER_FORMAT {
	CK_BBOOL bLittleEndian;
	CK_ULONG ulWidthInBits;
} CK_SP800_108_COUNTER_FORMAT, *CK_SP800_108_COUNTER_FORMAT_PTR;

typedef struct CK_SP800_108_DKM_LENGTH_FORMAT {
	CK_SP800_108_DKM_LENGTH_METHOD dkmLengthMethod;
	CK_BBOOL bLittleEndian;
	CK_ULONG ulWidthInBits;
} CK_SP800_108_DKM_LENGTH_FORMAT, *CK_SP800_108_DKM_LENGTH_FORMAT_PTR;

typedef struct CK_DERIVED_KEY {
	CK_ATTRIBUTE *pTemplate;
	CK_ULONG ulAttributeCount;
	CK_OBJECT_HANDLE *phKey;
} CK_DERIVED_KEY, *CK_DERIVED_KEY_PTR;

typedef struct CK_SP800_108_KDF_PARAMS {
	CK_SP800_108_PRF_TYPE prfType;
	CK_ULONG ulNumberOfDataParams;
	CK_PRF_DATA_PARAM *pDataParams;
	CK_ULONG ulAdditionalDerivedKeys;
	CK_DERIVED_KEY *pAdditionalDerivedKeys;
} CK_SP800_108_KDF_PARAMS, *CK_SP800_108_KDF_PARAMS_PTR;

typedef struct CK_SP800_108_FEEDBACK_KDF_PARAMS {
	CK_SP800_108_PRF_TYPE prfType;
	CK_ULONG ulNumberOfDataParams;
	CK_PRF_DATA_PARAM *pDataParams;
	CK_ULONG ulIVLen;
	CK_BYTE *pIV;
	CK_ULONG ulAdditionalDerivedKeys;
	CK_DERIVED_KEY *pAdditionalDerivedKeys;
} CK_SP800_108_FEEDBACK_KDF_PARAMS, *CK_SP800_108_FEEDBACK_KDF_PARAMS_PTR;

/* Of 2.40, and no p11-kit before 3.2 has it either. */
typedef struct CK_RSA_AES_KEY_WRAP_PARAMS {
	CK_ULONG ulAESKeyBits;
	CK_RSA_PKCS_OAEP_PARAMS *pOAEPParams;
} CK_RSA_AES_KEY_WRAP_PARAMS, *CK_RSA_AES_KEY_WRAP_PARAMS_PTR;

typedef struct CK_ASYNC_DATA {
	CK_ULONG ulVersion;
	CK_BYTE *pValue;
	CK_ULONG ulValue;
	CK_OBJECT_HANDLE hObject;
	CK_OBJECT_HANDLE hAdditionalObject;
} CK_ASYNC_DATA, *CK_ASYNC_DATA_PTR;

TPM2_TOKEN_FUNCTION(C_EncapsulateKey,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE public_key,
		CK_ATTRIBUTE *template, CK_ULONG count, CK_BYTE *cipher, CK_ULONG *cipher_len,
		CK_OBJECT_HANDLE *key));
TPM2_TOKEN_FUNCTION(C_DecapsulateKey,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE private_key,
		CK_ATTRIBUTE *template, CK_ULONG count, CK_BYTE *cipher, CK_ULONG cipher_len,
		CK_OBJECT_HANDLE *key));
TPM2_TOKEN_FUNCTION(C_VerifySignatureInit,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
		CK_BYTE *signature, CK_ULONG signature_len));
TPM2_TOKEN_FUNCTION(
	C_VerifySignature, (CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len));
TPM2_TOKEN_FUNCTION(
	C_VerifySignatureUpdate, (CK_SESSION_HANDLE session, CK_BYTE *part, CK_ULONG part_len));
TPM2_TOKEN_FUNCTION(C_VerifySignatureFinal, (CK_SESSION_HANDLE session));
TPM2_TOKEN_FUNCTION(C_GetSessionValidationFlags,
	(CK_SESSION_HANDLE session, CK_SESSION_VALIDATION_FLAGS_TYPE type, CK_FLAGS *flags));
TPM2_TOKEN_FUNCTION(
	C_AsyncComplete, (CK_SESSION_HANDLE session, CK_UTF8CHAR *function, CK_ASYNC_DATA *result));
TPM2_TOKEN_FUNCTION(C_AsyncGetID, (CK_SESSION_HANDLE session, CK_UTF8CHAR *function, CK_ULONG *id));
TPM2_TOKEN_FUNCTION(C_AsyncJoin, (CK_SESSION_HANDLE session, CK_UTF8CHAR *function, CK_ULONG id,
					 CK_BYTE *data, CK_ULONG data_len));
TPM2_TOKEN_FUNCTION(C_WrapKeyAuthenticated,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
		CK_OBJECT_HANDLE key, CK_BYTE *aad, CK_ULONG aad_len, CK_BYTE *wrapped,
		CK_ULONG *wrapped_len));
TPM2_TOKEN_FUNCTION(C_UnwrapKeyAuthenticated,
	(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping_key,
		CK_BYTE *wrapped, CK_ULONG wrapped_len, CK_ATTRIBUTE *template, CK_ULONG count,
		CK_BYTE *aad, CK_ULONG aad_len, CK_OBJECT_HANDLE *key));

typedef struct CK_FUNCTION_LIST_3_2 {
	CK_VERSION version;
	CK_C_Initialize C_Initialize;
	CK_C_Finalize C_Finalize;
	CK_C_GetInfo C_GetInfo;
	CK_C_GetFunctionList C_GetFunctionList;
	CK_C_GetSlotList C_GetSlotList;
	CK_C_GetSlotInfo C_GetSlotInfo;
	CK_C_GetTokenInfo C_GetTokenInfo;
	CK_C_GetMechanismList C_GetMechanismList;
	CK_C_GetMechanismInfo C_GetMechanismInfo;
	CK_C_InitToken C_InitToken;
	CK_C_InitPIN C_InitPIN;
	CK_C_SetPIN C_SetPIN;
	CK_C_OpenSession C_OpenSession;
	CK_C_CloseSession C_CloseSession;
	CK_C_CloseAllSessions C_CloseAllSessions;
	CK_C_GetSessionInfo C_GetSessionInfo;
	CK_C_GetOperationState C_GetOperationState;
	CK_C_SetOperationState C_SetOperationState;
	CK_C_Login C_Login;
	CK_C_Logout C_Logout;
	CK_C_CreateObject C_CreateObject;
	CK_C_CopyObject C_CopyObject;
	CK_C_DestroyObject C_DestroyObject;
	CK_C_GetObjectSize C_GetObjectSize;
	CK_C_GetAttributeValue C_GetAttributeValue;
	CK_C_SetAttributeValue C_SetAttributeValue;
	CK_C_FindObjectsInit C_FindObjectsInit;
	CK_C_FindObjects C_FindObjects;
	CK_C_FindObjectsFinal C_FindObjectsFinal;
	CK_C_EncryptInit C_EncryptInit;
	CK_C_Encrypt C_Encrypt;
	CK_C_EncryptUpdate C_EncryptUpdate;
	CK_C_EncryptFinal C_EncryptFinal;
	CK_C_DecryptInit C_DecryptInit;
	CK_C_Decrypt C_Decrypt;
	CK_C_DecryptUpdate C_DecryptUpdate;
	CK_C_DecryptFinal C_DecryptFinal;
	CK_C_DigestInit C_DigestInit;
	CK_C_Digest C_Digest;
	CK_C_DigestUpdate C_DigestUpdate;
	CK_C_DigestKey C_DigestKey;
	CK_C_DigestFinal C_DigestFinal;
	CK_C_SignInit C_SignInit;
	CK_C_Sign C_Sign;
	CK_C_SignUpdate C_SignUpdate;
	CK_C_SignFinal C_SignFinal;
	CK_C_SignRecoverInit C_SignRecoverInit;
	CK_C_SignRecover C_SignRecover;
	CK_C_VerifyInit C_VerifyInit;
	CK_C_Verify C_Verify;
	CK_C_VerifyUpdate C_VerifyUpdate;
	CK_C_VerifyFinal C_VerifyFinal;
	CK_C_VerifyRecoverInit C_VerifyRecoverInit;
	CK_C_VerifyRecover C_VerifyRecover;
	CK_C_DigestEncryptUpdate C_DigestEncryptUpdate;
	CK_C_DecryptDigestUpdate C_DecryptDigestUpdate;
	CK_C_SignEncryptUpdate C_SignEncryptUpdate;
	CK_C_DecryptVerifyUpdate C_DecryptVerifyUpdate;
	CK_C_GenerateKey C_GenerateKey;
	CK_C_GenerateKeyPair C_GenerateKeyPair;
	CK_C_WrapKey C_WrapKey;
	CK_C_UnwrapKey C_UnwrapKey;
	CK_C_DeriveKey C_DeriveKey;
	CK_C_SeedRandom C_SeedRandom;
	CK_C_GenerateRandom C_GenerateRandom;
	CK_C_GetFunctionStatus C_GetFunctionStatus;
	CK_C_CancelFunction C_CancelFunction;
	CK_C_WaitForSlotEvent C_WaitForSlotEvent;
	/* 3.0 */
	CK_C_GetInterfaceList C_GetInterfaceList;
	CK_C_GetInterface C_GetInterface;
	CK_C_LoginUser C_LoginUser;
	CK_C_SessionCancel C_SessionCancel;
	CK_C_MessageEncryptInit C_MessageEncryptInit;
	CK_C_EncryptMessage C_EncryptMessage;
	CK_C_EncryptMessageBegin C_EncryptMessageBegin;
	CK_C_EncryptMessageNext C_EncryptMessageNext;
	CK_C_MessageEncryptFinal C_MessageEncryptFinal;
	CK_C_MessageDecryptInit C_MessageDecryptInit;
	CK_C_DecryptMessage C_DecryptMessage;
	CK_C_DecryptMessageBegin C_DecryptMessageBegin;
	CK_C_DecryptMessageNext C_DecryptMessageNext;
	CK_C_MessageDecryptFinal C_MessageDecryptFinal;
	CK_C_MessageSignInit C_MessageSignInit;
	CK_C_SignMessage C_SignMessage;
	CK_C_SignMessageBegin C_SignMessageBegin;
	CK_C_SignMessageNext C_SignMessageNext;
	CK_C_MessageSignFinal C_MessageSignFinal;
	CK_C_MessageVerifyInit C_MessageVerifyInit;
	CK_C_VerifyMessage C_VerifyMessage;
	CK_C_VerifyMessageBegin C_VerifyMessageBegin;
	CK_C_VerifyMessageNext C_VerifyMessageNext;
	CK_C_MessageVerifyFinal C_MessageVerifyFinal;
	/* 3.2 */
	CK_C_EncapsulateKey C_EncapsulateKey;
	CK_C_DecapsulateKey C_DecapsulateKey;
	CK_C_VerifySignatureInit C_VerifySignatureInit;
	CK_C_VerifySignature C_VerifySignature;
	CK_C_VerifySignatureUpdate C_VerifySignatureUpdate;
	CK_C_VerifySignatureFinal C_VerifySignatureFinal;
	CK_C_GetSessionValidationFlags C_GetSessionValidationFlags;
	CK_C_AsyncComplete C_AsyncComplete;
	CK_C_AsyncGetID C_AsyncGetID;
	CK_C_AsyncJoin C_AsyncJoin;
	CK_C_WrapKeyAuthenticated C_WrapKeyAuthenticated;
	CK_C_UnwrapKeyAuthenticated C_UnwrapKeyAuthenticated;
} CK_FUNCTION_LIST_3_2, *CK_FUNCTION_LIST_3_2_PTR, **CK_FUNCTION_LIST_3_2_PTR_PTR;
#endif

#endif
