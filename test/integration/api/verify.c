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
	close_all(c);
}
