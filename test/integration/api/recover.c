/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures that give their data back. SoftHSM has none.
 */
#include "config.h"

#include "api.h"

#define MODULUS_LEN 256

static uint8_t message[] = "Sphinx of black quartz, judge my vow";
static CK_MECHANISM pkcs1 = { CKM_RSA_PKCS, NULL, 0 }, raw = { CKM_RSA_X_509, NULL, 0 };
static struct pair key;

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, bool always, struct pair *out)
{
	static const CK_ULONG bits = 8 * MODULUS_LEN;
	CK_MECHANISM m = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { attr_number(CKA_MODULUS_BITS, &bits),
		attr_bool(CKA_VERIFY_RECOVER, true), attr_bool(CKA_VERIFY, true) };
	CK_ATTRIBUTE private[] = { attr_bool(CKA_TOKEN, always), attr_bool(CKA_PRIVATE, true),
		attr_bool(CKA_SIGN_RECOVER, true), attr_bool(CKA_ALWAYS_AUTHENTICATE, always) };

	return c->f->C_GenerateKeyPair(
		h, &m, public, COUNT(public), private, COUNT(private), &out->public, &out->private);
}

static CK_RV
sign_recover(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, void *data, CK_ULONG len,
	uint8_t *signature, CK_ULONG *n)
{
	CK_RV rv = c->f->C_SignRecoverInit(h, m, key.private);

	return rv != CKR_OK ? rv : c->f->C_SignRecover(h, data, len, signature, n);
}

static CK_RV
verify_recover(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, uint8_t *signature, CK_ULONG n,
	uint8_t *data, CK_ULONG *len)
{
	CK_RV rv = c->f->C_VerifyRecoverInit(h, m, key.public);

	return rv != CKR_OK ? rv : c->f->C_VerifyRecover(h, signature, n, data, len);
}

static void
test_pkcs1(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t signature[MODULUS_LEN], data[MODULUS_LEN];
	CK_ULONG n = 0, len = sizeof(message) - 1;

	expect(c, "C_SignRecover asks for the length", CKR_OK,
		sign_recover(c, h, &pkcs1, message, sizeof(message), NULL, &n));
	expect(c, "which is the modulus'", MODULUS_LEN, n);
	n--;
	expect(c, "C_SignRecover into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_SignRecover(h, message, sizeof(message), signature, &n));
	expect(c, "C_SignRecover", CKR_OK,
		c->f->C_SignRecover(h, message, sizeof(message), signature, &n));
	expect_true(c, "OpenSSL accepts it",
		openssl_verifies(
			c, h, key.public, NULL, PAD_PKCS1, message, sizeof(message), signature, n));
	expect(c, "C_VerifyRecover into a small buffer", CKR_BUFFER_TOO_SMALL,
		verify_recover(c, h, &pkcs1, signature, n, data, &len));
	expect(c, "C_VerifyRecover tells the room it needs", sizeof(message), len);
	expect(c, "C_VerifyRecover", CKR_OK, c->f->C_VerifyRecover(h, signature, n, data, &len));
	expect_true(
		c, "the data is back", len == sizeof(message) && memcmp(data, message, len) == 0);
	expect(c, "the operation has ended", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_VerifyRecover(h, signature, n, data, &len));
	signature[MODULUS_LEN / 2] ^= 1;
	expect(c, "a bad signature", CKR_SIGNATURE_INVALID,
		verify_recover(c, h, &pkcs1, signature, n, data, &len));
	expect(c, "a short signature", CKR_SIGNATURE_LEN_RANGE,
		verify_recover(c, h, &pkcs1, signature, n - 1, data, &len));
}

static void
test_raw(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t block[MODULUS_LEN] = { 0, 7 }, signature[MODULUS_LEN], data[MODULUS_LEN];
	CK_ULONG n = sizeof(signature), len = sizeof(data);

	expect(c, "CKM_RSA_X_509 signs", CKR_OK,
		sign_recover(c, h, &raw, block, sizeof(block), signature, &n));
	expect(c, "CKM_RSA_X_509 gives it back", CKR_OK,
		verify_recover(c, h, &raw, signature, n, data, &len));
	expect_true(c, "all of it", len == sizeof(block) && memcmp(data, block, len) == 0);
	memset(block, 0xff, sizeof(block));
	expect(c, "a number above the modulus", CKR_DATA_INVALID,
		sign_recover(c, h, &raw, block, sizeof(block), signature, &n));
}

static void
test_errors(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM pss = { CKM_RSA_PKCS_PSS, NULL, 0 };
	uint8_t data[MODULUS_LEN] = { 0 }, signature[MODULUS_LEN];
	CK_ULONG n = sizeof(signature);

	expect(c, "more than fits", CKR_DATA_LEN_RANGE,
		sign_recover(c, h, &pkcs1, data, MODULUS_LEN - 10, signature, &n));
	expect(c, "C_SignRecoverInit with CKM_RSA_PKCS_PSS", CKR_MECHANISM_INVALID,
		c->f->C_SignRecoverInit(h, &pss, key.private));
	expect(c, "C_SignRecoverInit with a public key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_SignRecoverInit(h, &pkcs1, key.public));
	expect(c, "C_SignRecoverInit with CKA_SIGN_RECOVER false", CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_SignRecoverInit(h, &pkcs1, c->rsa.private));
	expect(c, "C_VerifyRecoverInit with CKA_VERIFY_RECOVER false",
		CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_VerifyRecoverInit(h, &pkcs1, c->rsa.public));
	expect(c, "C_SignRecoverInit", CKR_OK, c->f->C_SignRecoverInit(h, &pkcs1, key.private));
	expect(c, "a second one", CKR_OPERATION_ACTIVE,
		c->f->C_SignRecoverInit(h, &pkcs1, key.private));
	expect(c, "C_SessionCancel", CKR_OK, c->f3->C_SessionCancel(h, CKF_SIGN_RECOVER));
	expect(c, "a cancelled operation", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_SignRecover(h, data, 1, signature, &n));
}

/* NSS brings a certificate's key for CKA_VERIFY, and verifies with recovery. */
static void
test_brought(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_ULONG class = CKO_PUBLIC_KEY, type = CKK_RSA;
	uint8_t modulus[MODULUS_LEN], exponent[8], signature[MODULUS_LEN], data[MODULUS_LEN];
	CK_ATTRIBUTE read[] = { { CKA_MODULUS, modulus, sizeof(modulus) },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) } };
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &class), attr_number(CKA_KEY_TYPE, &type),
		attr_bool(CKA_WRAP, true), attr_bool(CKA_ENCRYPT, true),
		attr_bool(CKA_VERIFY, true), { 0 }, { 0 } };
	CK_ULONG n = sizeof(signature), len = sizeof(data);
	struct pair own = key;

	expect(c, "a public key is read", CKR_OK,
		c->f->C_GetAttributeValue(h, key.public, read, COUNT(read)));
	memcpy(t + COUNT(t) - COUNT(read), read, sizeof(read));
	expect(c, "C_SignRecover", CKR_OK,
		sign_recover(c, h, &pkcs1, message, sizeof(message), signature, &n));
	expect(c, "C_CreateObject of a key that verifies", CKR_OK,
		c->f->C_CreateObject(h, t, COUNT(t), &key.public));
	expect(c, "it gives data back", CKR_OK,
		verify_recover(c, h, &pkcs1, signature, n, data, &len));
	expect_true(
		c, "the data signed", len == sizeof(message) && memcmp(data, message, len) == 0);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key.public));
	t[4] = attr_bool(CKA_VERIFY, false);
	expect(c, "C_CreateObject of a key that does not verify", CKR_OK,
		c->f->C_CreateObject(h, t, COUNT(t), &key.public));
	expect(c, "it gives nothing back", CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_VerifyRecoverInit(h, &pkcs1, key.public));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key.public));
	key = own;
}

static void
test_always_authenticate(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t signature[MODULUS_LEN];
	CK_ULONG n = sizeof(signature);

	expect(c, "a key that always wants the PIN", CKR_OK, generate(c, h, true, &key));
	expect(c, "C_SignRecoverInit", CKR_OK, c->f->C_SignRecoverInit(h, &pkcs1, key.private));
	expect(c, "the PIN for one use", CKR_OK, login(c, h, CKU_CONTEXT_SPECIFIC, USER_PIN));
	expect(c, "one use", CKR_OK,
		c->f->C_SignRecover(h, message, sizeof(message), signature, &n));
	expect(c, "use without the PIN", CKR_USER_NOT_LOGGED_IN,
		sign_recover(c, h, &pkcs1, message, sizeof(message), signature, &n));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key.private));
}

void
test_recover(struct ctx *c)
{
	static void (*const tests[])(struct ctx *, CK_SESSION_HANDLE) = { test_pkcs1, test_raw,
		test_errors, test_brought, test_always_authenticate };
	CK_SESSION_HANDLE h = 0;

	if (c->reference)
		return;
	h = open_rw(c);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "a key that signs so", CKR_OK, generate(c, h, false, &key));
	for (size_t i = 0; i < COUNT(tests); i++)
		tests[i](c, h);
	close_all(c);
}
