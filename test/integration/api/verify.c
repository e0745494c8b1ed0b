/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verification, without a login.
 */
#include "config.h"

#include "api.h"

/* As long as a digest, for the mechanism that takes one. */
static uint8_t message[32] = "Pack my box with liquor jugs";
static CK_MECHANISM rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 }, ec = { CKM_ECDSA, NULL, 0 };

static CK_RV
verify(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key, size_t len,
	uint8_t *signature, CK_ULONG n)
{
	CK_RV rv = c->f->C_VerifyInit(h, m, key);

	return rv != CKR_OK ? rv : c->f->C_Verify(h, message, len, signature, n);
}

static CK_RV
verify_other(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
	uint8_t *signature, CK_ULONG n)
{
	CK_RV rv = CKR_OK;

	message[0] ^= 1;
	rv = verify(c, h, m, key, sizeof(message), signature, n);
	message[0] ^= 1;
	return rv;
}

static void
test_one(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
	uint8_t *signature, CK_ULONG n)
{
	size_t len = sizeof(message);

	expect(c, "a good signature", CKR_OK, verify(c, h, m, key, len, signature, n));
	expect(c, "C_Verify ends the operation", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Verify(h, message, len, signature, n));
	expect(c, "other data", CKR_SIGNATURE_INVALID, verify_other(c, h, m, key, signature, n));
	expect(c, "a bad signature ends the operation, too", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Verify(h, message, len, signature, n));
	signature[n / 2] ^= 1;
	expect(c, "a bad signature", CKR_SIGNATURE_INVALID,
		verify(c, h, m, key, len, signature, n));
	signature[n / 2] ^= 1;
	expect(c, "a short signature", CKR_SIGNATURE_LEN_RANGE,
		verify(c, h, m, key, len, signature, n - 1));
}

static void
test_parts(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
	uint8_t *signature, CK_ULONG n)
{
	size_t len = sizeof(message);

	expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, m, key));
	expect(c, "C_VerifyUpdate", CKR_OK, c->f->C_VerifyUpdate(h, message, 7));
	expect(c, "C_VerifyUpdate", CKR_OK, c->f->C_VerifyUpdate(h, message + 7, len - 7));
	expect(c, "C_VerifyFinal", CKR_OK, c->f->C_VerifyFinal(h, signature, n));
	expect(c, "C_VerifyFinal ends the operation", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_VerifyFinal(h, signature, n));
}

/* A key that verifies, with a signature of the message whose numbers both begin with a zero, which
 * is not there: PKCS#11 3.2, "EC Signatures". */
static CK_OBJECT_HANDLE
short_signed_key(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	static const uint8_t point[] = { 0x04, 0x41, 0x04, 0x3f, 0x92, 0x04, 0x43, 0xf5, 0x22, 0xd2,
		0xe3, 0x8c, 0x7c, 0x81, 0x54, 0xa3, 0xf5, 0x47, 0x12, 0xfc, 0x8b, 0xa6, 0x1b, 0x39,
		0x47, 0x26, 0x59, 0x4e, 0x93, 0xb7, 0x4a, 0xee, 0x84, 0x68, 0xca, 0xf8, 0xa2, 0x5b,
		0xe5, 0xdc, 0xd8, 0xdb, 0xe7, 0x4e, 0x76, 0x59, 0x87, 0xe1, 0x93, 0x84, 0x55, 0x9c,
		0xd0, 0xb4, 0xd0, 0x60, 0xde, 0x95, 0x8a, 0x67, 0xe0, 0xf7, 0xb9, 0xe9, 0x1b, 0x61,
		0x97 };
	static const CK_ULONG class = CKO_PUBLIC_KEY, type = CKK_EC;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &class), attr_number(CKA_KEY_TYPE, &type),
		attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)),
		attr_bytes(CKA_EC_POINT, point, sizeof(point)), attr_bool(CKA_TOKEN, false),
		attr_bool(CKA_PRIVATE, false), attr_bool(CKA_VERIFY, true) };
	CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

	expect(c, "a public key of somebody else", CKR_OK,
		c->f->C_CreateObject(h, t, COUNT(t), &key));
	return key;
}

static void
test_short_numbers(struct ctx *c, CK_SESSION_HANDLE h)
{
	static uint8_t signature[] = { 0x55, 0x43, 0x89, 0x4a, 0xf3, 0xd0, 0x0e, 0xd7, 0xd7, 0x40,
		0xab, 0xdb, 0xd7, 0x5c, 0x96, 0xb0, 0x68, 0x77, 0xb7, 0x87, 0xdb, 0x5f, 0x70, 0xee,
		0xa7, 0x8b, 0x90, 0xa8, 0xd7, 0xc0, 0x0a, 0xc9, 0x4a, 0xd2, 0x8c, 0xd7, 0xa5, 0x0b,
		0x30, 0xc4, 0x6a, 0x5c, 0x68, 0xc9, 0x61, 0x14, 0xa0, 0x42, 0xd9, 0x6b, 0x58, 0x2b,
		0xff, 0x2e, 0xe2, 0x75, 0x6c, 0xa8, 0xf7, 0xe7, 0x9d, 0x4f };
	CK_OBJECT_HANDLE key = short_signed_key(c, h);
	CK_ULONG n = sizeof(signature);
	size_t len = sizeof(message);

	expect(c, "an ECDSA signature without its zeros", CKR_OK,
		verify(c, h, &ec, key, len, signature, n));
	expect(c, "other data", CKR_SIGNATURE_INVALID, verify_other(c, h, &ec, key, signature, n));
	expect(c, "one of an odd length", CKR_SIGNATURE_LEN_RANGE,
		verify(c, h, &ec, key, len, signature, n - 1));
	expect(c, "C_VerifySignatureInit without its zeros", CKR_OK,
		c->f3->C_VerifySignatureInit(h, &ec, key, signature, n));
	expect(c, "C_VerifySignature", CKR_OK, c->f3->C_VerifySignature(h, message, len));
}

void
test_verify(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	uint8_t rsa_signature[256], ec_signature[64];
	CK_ULONG rsa_len = sizeof(rsa_signature), ec_len = sizeof(ec_signature);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "a buffer of exactly the RSA size", CKR_OK,
		sign(c, h, &rsa, c->rsa.private, message, sizeof(message), rsa_signature,
			&rsa_len));
	expect(c, "a buffer of exactly the ECDSA size", CKR_OK,
		sign(c, h, &ec, c->ec.private, message, sizeof(message), ec_signature, &ec_len));
	expect(c, "C_VerifyInit with a private key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_VerifyInit(h, &rsa, c->rsa.private));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	test_one(c, h, &rsa, c->rsa.public, rsa_signature, rsa_len);
	test_parts(c, h, &rsa, c->rsa.public, rsa_signature, rsa_len);
	test_one(c, h, &ec, c->ec.public, ec_signature, ec_len);
	if (!c->reference) /* SoftHSM wants the zeros, as before PKCS#11 2.20 */
		test_short_numbers(c, h);
	close_all(c);
}
