/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "oasis_provider.h"
#include "unit.h"

struct fake fake;

static CK_RV
fake_done(void *reserved)
{
	(void)reserved;
	return CKR_OK;
}

static CK_RV
fake_slots(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	(void)present;
	if (list != NULL)
		list[0] = 7;
	*count = 1;
	return CKR_OK;
}

static CK_RV
fake_slot(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
	*info = (CK_SLOT_INFO){ .flags = fake.slot_flags };
	memset(info->slotDescription, ' ', sizeof info->slotDescription);
	memset(info->manufacturerID, ' ', sizeof info->manufacturerID);
	info->manufacturerID[3] = fake.nul_in_label ? '\0' : ' ';
	return id == 7 ? CKR_OK : CKR_SLOT_ID_INVALID;
}

static CK_RV
fake_mechanisms(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	(void)id;
	if (list != NULL) {
		list[0] = CKM_ECDSA;
		list[1] = fake.without_sha512 ? CKM_SHA_1 : CKM_SHA512;
		list[2] = CKM_RSA_PKCS;
	}
	*count = 3;
	return CKR_OK;
}

static CK_RV
fake_mechanism(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	(void)id;
	*info = (CK_MECHANISM_INFO){ 0, 0, CKF_DIGEST };
	if (type == CKM_RSA_PKCS)
		*info = (CK_MECHANISM_INFO){ fake.min_bits, fake.max_bits, fake.rsa_flags };
	return CKR_OK;
}

static CK_RV
fake_open(CK_SLOT_ID id, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
	(void)app;
	(void)notify;
	*session = 11;
	return id == 7 && flags == (CKF_RW_SESSION | CKF_SERIAL_SESSION) ? fake.rv
									 : CKR_ARGUMENTS_BAD;
}

static CK_RV
fake_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG len)
{
	return session == 11 && user == CKU_USER && bytes_equal(bytes_of(pin, len), LITERAL("1234"))
		       ? CKR_OK
		       : CKR_PIN_INCORRECT;
}

static CK_RV
fake_find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *t, CK_ULONG count)
{
	(void)session;
	return count == 2 && t[0].type == CKA_TOKEN && t[0].ulValueLen == 1 &&
			       *(CK_BBOOL *)t[0].pValue == CK_TRUE && t[1].type == CKA_LABEL &&
			       bytes_equal(bytes_of(t[1].pValue, t[1].ulValueLen), LITERAL("a & b"))
		       ? CKR_OK
		       : CKR_ARGUMENTS_BAD;
}

static CK_RV
fake_find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *list, CK_ULONG max, CK_ULONG *count)
{
	(void)session;
	for (CK_ULONG i = 0; i < fake.found && i < max; i++)
		list[i] = fake.objects[i];
	*count = fake.found;
	return CKR_OK;
}

static CK_RV
fake_number(const char *name, CK_ATTRIBUTE *a)
{
	BIGNUM *n = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(fake.key, name, &n), 1);
	assert_true((CK_ULONG)BN_num_bytes(n) <= a->ulValueLen);
	a->ulValueLen = (CK_ULONG)BN_bn2bin(n, a->pValue);
	BN_free(n);
	return CKR_OK;
}

static CK_RV
fake_attribute(CK_ATTRIBUTE *a)
{
	switch (a->type) {
	case CKA_MODULUS:
		return fake_number(OSSL_PKEY_PARAM_RSA_N, a);
	case CKA_PUBLIC_EXPONENT:
		return fake_number(OSSL_PKEY_PARAM_RSA_E, a);
	case CKA_LABEL:
		if (a->pValue != NULL)
			memcpy(a->pValue, "roots", a->ulValueLen < 6 ? a->ulValueLen : 6);
		a->ulValueLen = fake.label_len;
		return CKR_OK;
	default:
		return CKR_ATTRIBUTE_TYPE_INVALID;
	}
}

static CK_RV
fake_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *t, CK_ULONG count)
{
	CK_RV rv = session == 11 && object == 21 ? CKR_OK : CKR_OBJECT_HANDLE_INVALID;

	for (CK_ULONG i = 0; i < count && rv == CKR_OK; i++)
		rv = fake_attribute(&t[i]);
	return rv;
}

static CK_RV
fake_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	(void)session;
	return m->mechanism == CKM_SHA256_RSA_PKCS && key == 21 ? CKR_OK : CKR_KEY_HANDLE_INVALID;
}

static CK_RV
fake_sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	(void)session;
	assert_int_equal(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, fake.key), 1);
	assert_int_equal(EVP_DigestSign(md, out, out_len, data, len), 1);
	EVP_MD_CTX_free(md);
	if (fake.damage > 0)
		out[fake.damage - 1] ^= 1;
	return CKR_OK;
}

CK_FUNCTION_LIST provider = {
	.C_Initialize = fake_done,
	.C_Finalize = fake_done,
	.C_GetSlotList = fake_slots,
	.C_GetSlotInfo = fake_slot,
	.C_GetMechanismList = fake_mechanisms,
	.C_GetMechanismInfo = fake_mechanism,
	.C_OpenSession = fake_open,
	.C_Login = fake_login,
	.C_FindObjectsInit = fake_find_init,
	.C_FindObjects = fake_find,
	.C_GetAttributeValue = fake_attributes,
	.C_SignInit = fake_sign_init,
	.C_Sign = fake_sign,
};

int
fake_reset(void **state)
{
	EVP_PKEY *key = fake.key;

	(void)state;
	memset(&fake, 0, sizeof fake);
	fake.key = key;
	fake.slot_flags = CKF_TOKEN_PRESENT | CKF_HW_SLOT;
	fake.min_bits = 2048;
	fake.max_bits = 3072;
	fake.rsa_flags =
		CKF_HW | CKF_SIGN | CKF_VERIFY | CKF_ENCRYPT | CKF_DECRYPT | CKF_WRAP | CKF_UNWRAP;
	fake.found = 2;
	fake.objects[0] = 21;
	fake.objects[1] = 22;
	fake.label_len = 6;
	return 0;
}

int
fake_key_make(void **state)
{
	(void)state;
	fake.key = EVP_RSA_gen(1024);
	return fake.key != NULL ? 0 : -1;
}

int
fake_key_drop(void **state)
{
	(void)state;
	EVP_PKEY_free(fake.key);
	return 0;
}
