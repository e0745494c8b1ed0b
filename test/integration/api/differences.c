/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where SoftHSM 2 answers otherwise than we demand of ourselves: a later
 * standard, a choice that the standard leaves, or a fault of SoftHSM's.
 */
#include "config.h"

#include "api.h"

static const struct {
	const char *what;
	CK_RV rv;
	const char *why;
} differences[] = {
	{ "CKM_ECDSA_SHA256", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "CKM_ECDSA_SHA384", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "CKM_RSA_PKCS with too much data", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "CKM_RSA_PKCS_PSS without parameters", CKR_ARGUMENTS_BAD, "a choice" },
	{ "CKM_RSA_PKCS_PSS with a salt that is too long", CKR_OK, "it finds out when it signs" },
	{ "more than fits", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "OAEP with SHA-256 encrypts", CKR_ARGUMENTS_BAD, "it has SHA-1 only" },
	{ "OAEP with two hashes encrypts", CKR_ARGUMENTS_BAD, "it has SHA-1 only" },
	{ "OAEP with a label encrypts", CKR_ARGUMENTS_BAD, "it has no labels" },
	{ "another label", CKR_ARGUMENTS_BAD, "it has no labels" },
	{ "a number above the modulus", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "a ciphertext above the modulus", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "a short ciphertext", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "a changed ciphertext", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "a bad padding", CKR_GENERAL_ERROR, "it tells anybody who asks" },
	{ "CKM_RSA_PKCS_OAEP without parameters", CKR_ARGUMENTS_BAD, "a choice" },
	{ "C_EncryptInit with a private key", CKR_KEY_FUNCTION_NOT_PERMITTED,
		"it looks at CKA_ENCRYPT only" },
	{ "C_DecryptInit with a public key", CKR_KEY_FUNCTION_NOT_PERMITTED,
		"it looks at CKA_DECRYPT only" },
	{ "C_DecryptInit without a key", CKR_OBJECT_HANDLE_INVALID, "a choice" },
	{ "C_DecryptInit without a login", CKR_OBJECT_HANDLE_INVALID, "a choice" },
	{ "C_DecryptInit after an error", CKR_OPERATION_ACTIVE, "it goes on" },
	{ "C_Digest within parts", CKR_OK, "it lets the digest go on" },
	{ "C_DigestInit without a mechanism cancels", CKR_ARGUMENTS_BAD, "as in 2.40" },
	{ "C_SignInit without a mechanism cancels", CKR_ARGUMENTS_BAD, "as in 2.40" },
	{ "a cancelled operation", CKR_ARGUMENTS_BAD, "nothing was cancelled" },
	{ "C_Finalize in a child", CKR_OK, "it does not notice a fork" },
	{ "a call in a child", CKR_OK, "it does not notice a fork" },
	{ "the parent's session in a child", CKR_OK, "it does not notice a fork" },
	{ "C_GetOperationState of a digest", CKR_FUNCTION_NOT_SUPPORTED, "it never saves" },
	{ "C_GetOperationState of nothing", CKR_FUNCTION_NOT_SUPPORTED, "it never saves" },
	{ "C_SetOperationState", CKR_FUNCTION_NOT_SUPPORTED, "it never saves" },
	{ "C_InitToken with a short PIN", CKR_PIN_INCORRECT, "a choice" },
	{ "C_Logout of nobody", CKR_OK, "it forgives" },
	{ "C_Logout with NULL", CKR_OK, "it forgives" },
	{ "C_SeedRandom", CKR_OK, "it can" },
	{ "C_SignInit with a key of the wrong type", CKR_OK, "it finds out when it signs" },
	{ "C_SignInit with a public key", CKR_KEY_FUNCTION_NOT_PERMITTED,
		"it looks at CKA_SIGN only" },
	{ "C_VerifyInit with a private key", CKR_KEY_FUNCTION_NOT_PERMITTED,
		"it looks at CKA_VERIFY only" },
	{ "C_SignInit without a key", CKR_OBJECT_HANDLE_INVALID, "a choice" },
	{ "a curve that nobody has", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "an AES key of a length that there is not", CKR_OK, "it does not look" },
	{ "a MAC of ten bytes", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "CKM_SHA3_224_HMAC", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "CKM_SHA3_256_HMAC", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "CKM_SHA3_384_HMAC", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "CKM_SHA3_512_HMAC", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "a key for an HMAC", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "a mechanism that makes keys for an HMAC", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "CKM_ECDH1_COFACTOR_DERIVE", CKR_MECHANISM_INVALID, "not in SoftHSM 2" },
	{ "a key by a KDF", CKR_MECHANISM_PARAM_INVALID, "not in SoftHSM 2" },
	{ "a key that is longer than the secret", CKR_FUNCTION_FAILED, "a choice" },
	{ "C_DeriveKey with an RSA key", CKR_KEY_FUNCTION_NOT_PERMITTED,
		"it looks at CKA_DERIVE first" },
	{ "C_DeriveKey with a public key", CKR_KEY_FUNCTION_NOT_PERMITTED,
		"it looks at CKA_DERIVE first" },
	{ "C_DeriveKey without a key", CKR_OBJECT_HANDLE_INVALID, "a choice" },
	{ "a point that is not on the curve", CKR_GENERAL_ERROR, "libcrypto finds out" },
	{ "an RSA size that nobody has", CKR_OK, "it has it" },
	{ "a reserved argument that says nothing here", CKR_ARGUMENTS_BAD, "as in the standard" },
	{ "a signature does not outlive a logout", CKR_OK, "it does there" },
	{ "an asynchronous session", CKR_OK, "it does not know the flag" },
	{ "an empty slot is not initialised", CKF_LOGIN_REQUIRED, "a choice" },
	{ "an error ends the operation", CKR_OK, "it goes on" },
	{ "a copy that can not be copied", CKR_ATTRIBUTE_READ_ONLY, "CKA_COPYABLE stays" },
	{ "a copy to the token in a R/O session", CKR_ARGUMENTS_BAD, "it wants a template" },
	{ "C_DigestKey of a private key", CKR_OK, "it finds an empty value" },
	{ "it has ended the digest", CKR_OK, "there was no error" },
	{ "flags of a slot", CKF_TOKEN_PRESENT, "it is no hardware" },
	{ "public memory", CK_UNAVAILABLE_INFORMATION, "a choice" },
	{ "free public memory", CK_UNAVAILABLE_INFORMATION, "a choice" },
	{ "sessions", CK_UNAVAILABLE_INFORMATION, "a choice" },
	{ "R/W sessions", CK_UNAVAILABLE_INFORMATION, "a choice" },
	{ "major version of Cryptoki", 2, "SoftHSM 2 is of 2.40" },
	{ "minor version of Cryptoki", 40, "SoftHSM 2 is of 2.40" },
	{ "the module has interfaces", CKR_GENERAL_ERROR, "SoftHSM 2 is of 2.40" },
	{ "mutex functions that must be used", CKR_OK, "it can" },
	{ "one attribute with two values", CKR_TEMPLATE_INCOMPLETE, "it misses the class first" },
	{ "parts of a single-part mechanism", CKR_OPERATION_NOT_INITIALIZED,
		"it knows the operation as another" },
};

const char *
difference_reason(const char *what, CK_RV rv)
{
	for (size_t i = 0; i < COUNT(differences); i++)
		if (strcmp(differences[i].what, what) == 0 && differences[i].rv == rv)
			return differences[i].why;
	return NULL;
}
