/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many messages with one key: PKCS#11 3.0 and later only. OpenSSL judges the
 * signatures.
 */
#include "config.h"

#include "api.h"

static uint8_t message[32] = "Bright vixens jump; dozy fowl";
static CK_MECHANISM rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 }, ec = { CKM_ECDSA, NULL, 0 };

static void
check_rsa(struct ctx *c, CK_SESSION_HANDLE h, uint8_t *signature, CK_ULONG n)
{
	expect_true(c, "a message's signature",
		openssl_verifies(c, h, c->rsa.public, "SHA256", PAD_PKCS1, message, sizeof(message),
			signature, n));
}

static void
test_sign_whole(struct ctx *c, CK_SESSION_HANDLE h)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;
	uint8_t signature[256];
	CK_ULONG n = 0;

	expect(c, "C_MessageSignInit", CKR_OK, f->C_MessageSignInit(h, &rsa, c->rsa.private));
	expect(c, "a second C_MessageSignInit", CKR_OPERATION_ACTIVE,
		f->C_MessageSignInit(h, &rsa, c->rsa.private));
	for (int i = 0; i < 2; i++) {
		message[0]++;
		expect(c, "C_SignMessage asks for the length", CKR_OK,
			f->C_SignMessage(h, NULL, 0, message, sizeof(message), NULL, &n));
		expect(c, "length of a message's signature", sizeof(signature), n);
		n--;
		expect(c, "C_SignMessage into a small buffer", CKR_BUFFER_TOO_SMALL,
			f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, &n));
		expect(c, "C_SignMessage", CKR_OK,
			f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, &n));
		check_rsa(c, h, signature, n);
	}
	expect(c, "C_SignMessage with a parameter", CKR_MECHANISM_PARAM_INVALID,
		f->C_SignMessage(h, message, 1, message, sizeof(message), signature, &n));
	expect(c, "C_SignMessage without a length", CKR_ARGUMENTS_BAD,
		f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, NULL));
	expect(c, "an error ends the message only", CKR_OK,
		f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, &n));
	check_rsa(c, h, signature, n);
	expect(c, "C_MessageSignFinal", CKR_OK, f->C_MessageSignFinal(h));
	expect(c, "C_MessageSignFinal twice", CKR_OPERATION_NOT_INITIALIZED,
		f->C_MessageSignFinal(h));
}

static void
test_sign_parts(struct ctx *c, CK_SESSION_HANDLE h)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;
	uint8_t signature[256];
	CK_ULONG n = 0;

	expect(c, "C_MessageSignInit", CKR_OK, f->C_MessageSignInit(h, &rsa, c->rsa.private));
	expect(c, "C_SignMessageNext before it begins", CKR_OPERATION_NOT_INITIALIZED,
		f->C_SignMessageNext(h, NULL, 0, message, 5, NULL, NULL));
	for (int i = 0; i < 2; i++) {
		expect(c, "C_SignMessageBegin", CKR_OK, f->C_SignMessageBegin(h, NULL, 0));
		expect(c, "C_SignMessageBegin twice", CKR_OPERATION_ACTIVE,
			f->C_SignMessageBegin(h, NULL, 0));
		expect(c, "C_SignMessageNext", CKR_OK,
			f->C_SignMessageNext(h, NULL, 0, message, 5, NULL, NULL));
		expect(c, "C_SignMessage within parts", CKR_OPERATION_ACTIVE,
			f->C_SignMessage(h, NULL, 0, message, 5, signature, &n));
		expect(c, "C_MessageSignFinal within parts", CKR_OPERATION_ACTIVE,
			f->C_MessageSignFinal(h));
		expect(c, "the last C_SignMessageNext asks for the length", CKR_OK,
			f->C_SignMessageNext(
				h, NULL, 0, message + 5, sizeof(message) - 5, NULL, &n));
		expect(c, "the last C_SignMessageNext", CKR_OK,
			f->C_SignMessageNext(
				h, NULL, 0, message + 5, sizeof(message) - 5, signature, &n));
		check_rsa(c, h, signature, n);
	}
	expect(c, "C_SignMessageBegin", CKR_OK, f->C_SignMessageBegin(h, NULL, 0));
	expect(c, "C_SignMessageNext without its data", CKR_ARGUMENTS_BAD,
		f->C_SignMessageNext(h, NULL, 0, NULL, 5, NULL, NULL));
	expect(c, "an error ends the parts", CKR_OPERATION_NOT_INITIALIZED,
		f->C_SignMessageNext(h, NULL, 0, message, 5, NULL, NULL));
	expect(c, "C_MessageSignFinal", CKR_OK, f->C_MessageSignFinal(h));
}

static void
test_single_part(struct ctx *c, CK_SESSION_HANDLE h)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;
	uint8_t signature[64];
	CK_ULONG n = sizeof(signature);

	expect(c, "C_MessageSignInit", CKR_OK, f->C_MessageSignInit(h, &ec, c->ec.private));
	expect(c, "parts of single-part messages", CKR_FUNCTION_NOT_SUPPORTED,
		f->C_SignMessageBegin(h, NULL, 0));
	for (int i = 0; i < 2; i++) {
		expect(c, "C_SignMessage", CKR_OK,
			f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, &n));
		expect_true(c, "a message's ECDSA signature",
			openssl_verifies(c, h, c->ec.public, NULL, PAD_NONE, message,
				sizeof(message), signature, n));
	}
	expect(c, "C_SessionCancel", CKR_OK, f->C_SessionCancel(h, CKF_MESSAGE_SIGN));
	expect(c, "messages that the session cancelled", CKR_OPERATION_NOT_INITIALIZED,
		f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, &n));
}

static void
test_verify_whole(struct ctx *c, CK_SESSION_HANDLE h, uint8_t *signature, CK_ULONG n)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;

	for (int i = 0; i < 2; i++) {
		expect(c, "C_VerifyMessage", CKR_OK,
			f->C_VerifyMessage(h, NULL, 0, message, sizeof(message), signature, n));
		expect(c, "C_VerifyMessage of other data", CKR_SIGNATURE_INVALID,
			f->C_VerifyMessage(h, NULL, 0, message, 5, signature, n));
		expect(c, "C_VerifyMessage with a short signature", CKR_SIGNATURE_LEN_RANGE,
			f->C_VerifyMessage(h, NULL, 0, message, sizeof(message), signature, n - 1));
	}
	expect(c, "C_VerifyMessage with a parameter", CKR_MECHANISM_PARAM_INVALID,
		f->C_VerifyMessage(h, message, 1, message, sizeof(message), signature, n));
}

static void
test_verify_parts(struct ctx *c, CK_SESSION_HANDLE h, uint8_t *signature, CK_ULONG n)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;

	for (int i = 0; i < 2; i++) {
		expect(c, "C_VerifyMessageBegin", CKR_OK, f->C_VerifyMessageBegin(h, NULL, 0));
		expect(c, "C_VerifyMessageNext", CKR_OK,
			f->C_VerifyMessageNext(h, NULL, 0, message, 5, NULL, 0));
		expect(c, "the last C_VerifyMessageNext", CKR_OK,
			f->C_VerifyMessageNext(
				h, NULL, 0, message + 5, sizeof(message) - 5, signature, n));
		expect(c, "C_VerifyMessageNext after the last", CKR_OPERATION_NOT_INITIALIZED,
			f->C_VerifyMessageNext(h, NULL, 0, message, 5, NULL, 0));
	}
	expect(c, "C_VerifyMessageBegin", CKR_OK, f->C_VerifyMessageBegin(h, NULL, 0));
	expect(c, "C_MessageVerifyFinal within parts", CKR_OPERATION_ACTIVE,
		f->C_MessageVerifyFinal(h));
	expect(c, "the last C_VerifyMessageNext of less", CKR_SIGNATURE_INVALID,
		f->C_VerifyMessageNext(h, NULL, 0, message, 5, signature, n));
	expect(c, "C_MessageVerifyFinal", CKR_OK, f->C_MessageVerifyFinal(h));
}

static void
test_verify_messages(struct ctx *c, CK_SESSION_HANDLE h)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;
	uint8_t signature[256];
	CK_ULONG n = sizeof(signature);

	expect(c, "an RSA signature", CKR_OK,
		sign(c, h, &rsa, c->rsa.private, message, sizeof(message), signature, &n));
	expect(c, "C_MessageVerifyInit with a private key", CKR_KEY_TYPE_INCONSISTENT,
		f->C_MessageVerifyInit(h, &rsa, c->rsa.private));
	expect(c, "C_MessageVerifyInit", CKR_OK, f->C_MessageVerifyInit(h, &rsa, c->rsa.public));
	test_verify_whole(c, h, signature, n);
	test_verify_parts(c, h, signature, n);
	expect(c, "C_MessageVerifyFinal twice", CKR_OPERATION_NOT_INITIALIZED,
		f->C_MessageVerifyFinal(h));
}

/* A login for one use is for one message. */
static void
test_always_authenticate(struct ctx *c)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	const CK_FUNCTION_LIST_3_2 *f = c->f3;
	CK_MECHANISM gen = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public = attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256));
	CK_ATTRIBUTE private = attr_bool(CKA_ALWAYS_AUTHENTICATE, true);
	CK_SESSION_HANDLE h = open_rw(c);
	struct pair pair = { 0, 0 };
	uint8_t signature[64];
	CK_ULONG n = sizeof(signature);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "a session key that always wants the PIN", CKR_OK,
		f->C_GenerateKeyPair(
			h, &gen, &public, 1, &private, 1, &pair.public, &pair.private));
	expect(c, "C_MessageSignInit", CKR_OK, f->C_MessageSignInit(h, &ec, pair.private));
	expect(c, "the PIN for one message", CKR_OK, login(c, h, CKU_CONTEXT_SPECIFIC, USER_PIN));
	expect(c, "C_SignMessage", CKR_OK,
		f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, &n));
	expect(c, "the next message without the PIN", CKR_USER_NOT_LOGGED_IN,
		f->C_SignMessage(h, NULL, 0, message, sizeof(message), signature, &n));
	close_all(c);
}

void
test_message(struct ctx *c)
{
	CK_SESSION_HANDLE h = 0;

	if (c->f3 == NULL)
		return;
	h = open_session(c, 0);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	test_sign_whole(c, h);
	test_sign_parts(c, h);
	test_single_part(c, h);
	test_verify_messages(c, h);
	close_all(c);
	test_always_authenticate(c);
}
