/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verification where the signature comes first: PKCS#11 3.2 only.
 */
#include "config.h"

#include "api.h"

static uint8_t message[32] = "How vexingly quick daft zebras";
static CK_MECHANISM rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 }, ec = { CKM_ECDSA, NULL, 0 };

struct signed_message {
	CK_MECHANISM *m;
	CK_OBJECT_HANDLE key;
	uint8_t signature[256];
	CK_ULONG len;
};

static CK_RV
begin(struct ctx *c, CK_SESSION_HANDLE h, struct signed_message *m)
{
	return c->f3->C_VerifySignatureInit(h, m->m, m->key, m->signature, m->len);
}

static void
test_one(struct ctx *c, CK_SESSION_HANDLE h, struct signed_message *m)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;

	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	expect(c, "a second C_VerifySignatureInit", CKR_OPERATION_ACTIVE, begin(c, h, m));
	expect(c, "C_VerifySignature", CKR_OK, f->C_VerifySignature(h, message, sizeof(message)));
	expect(c, "C_VerifySignature ends the operation", CKR_OPERATION_NOT_INITIALIZED,
		f->C_VerifySignature(h, message, sizeof(message)));
	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	message[0] ^= 1;
	expect(c, "C_VerifySignature of other data", CKR_SIGNATURE_INVALID,
		f->C_VerifySignature(h, message, sizeof(message)));
	message[0] ^= 1;
	m->signature[m->len / 2] ^= 1;
	expect(c, "C_VerifySignatureInit with a bad signature", CKR_OK, begin(c, h, m));
	m->signature[m->len / 2] ^= 1;
	expect(c, "the caller's signature was copied", CKR_SIGNATURE_INVALID,
		f->C_VerifySignature(h, message, sizeof(message)));
	m->len--;
	expect(c, "C_VerifySignatureInit with a short signature", CKR_SIGNATURE_LEN_RANGE,
		begin(c, h, m));
	m->len++;
	expect(c, "a short signature begins nothing", CKR_OPERATION_NOT_INITIALIZED,
		f->C_VerifySignature(h, message, sizeof(message)));
}

static void
test_parts(struct ctx *c, CK_SESSION_HANDLE h, struct signed_message *m)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;

	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	expect(c, "C_VerifySignatureUpdate", CKR_OK, f->C_VerifySignatureUpdate(h, message, 7));
	expect(c, "C_VerifySignatureUpdate", CKR_OK,
		f->C_VerifySignatureUpdate(h, message + 7, sizeof(message) - 7));
	expect(c, "C_VerifySignatureFinal", CKR_OK, f->C_VerifySignatureFinal(h));
	expect(c, "C_VerifySignatureFinal ends the operation", CKR_OPERATION_NOT_INITIALIZED,
		f->C_VerifySignatureFinal(h));
	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	expect(c, "C_VerifySignatureUpdate", CKR_OK, f->C_VerifySignatureUpdate(h, message, 7));
	expect(c, "C_VerifySignatureFinal of less", CKR_SIGNATURE_INVALID,
		f->C_VerifySignatureFinal(h));
	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	expect(c, "C_VerifySignatureUpdate", CKR_OK, f->C_VerifySignatureUpdate(h, message, 7));
	expect(c, "C_VerifySignature within parts", CKR_OPERATION_ACTIVE,
		f->C_VerifySignature(h, message, 1));
	expect(c, "it has ended the verification", CKR_OPERATION_NOT_INITIALIZED,
		f->C_VerifySignatureFinal(h));
}

static void
test_single_part(struct ctx *c, CK_SESSION_HANDLE h, struct signed_message *m)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;

	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	expect(c, "C_VerifySignatureUpdate of a single-part mechanism", CKR_FUNCTION_NOT_SUPPORTED,
		f->C_VerifySignatureUpdate(h, message, 7));
	expect(c, "it has ended the operation", CKR_OPERATION_NOT_INITIALIZED,
		f->C_VerifySignatureFinal(h));
}

static void
test_init(struct ctx *c, CK_SESSION_HANDLE h, struct signed_message *m)
{
	const CK_FUNCTION_LIST_3_2 *f = c->f3;

	expect(c, "C_VerifySignatureInit without a signature", CKR_ARGUMENTS_BAD,
		f->C_VerifySignatureInit(h, m->m, m->key, NULL, m->len));
	expect(c, "C_VerifySignatureInit with a key of the wrong type", CKR_KEY_TYPE_INCONSISTENT,
		f->C_VerifySignatureInit(h, &ec, m->key, m->signature, m->len));
	expect(c, "C_VerifySignatureInit without a key", CKR_KEY_HANDLE_INVALID,
		f->C_VerifySignatureInit(h, m->m, 0x7fffffffUL, m->signature, m->len));
	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	expect(c, "C_VerifySignatureInit without a mechanism cancels", CKR_OK,
		f->C_VerifySignatureInit(h, NULL, 0, NULL, 0));
	expect(c, "a cancelled verification", CKR_OPERATION_NOT_INITIALIZED,
		f->C_VerifySignature(h, message, sizeof(message)));
	expect(c, "C_VerifySignatureInit", CKR_OK, begin(c, h, m));
	expect(c, "C_SessionCancel", CKR_OK, f->C_SessionCancel(h, CKF_VERIFY));
	expect(c, "a verification that the session cancelled", CKR_OPERATION_NOT_INITIALIZED,
		f->C_VerifySignature(h, message, sizeof(message)));
}

void
test_verify_signature(struct ctx *c)
{
	struct signed_message by_rsa = { .m = &rsa, .len = 256 }, by_ec = { .m = &ec, .len = 64 };
	CK_SESSION_HANDLE h = 0;

	if (c->f3 == NULL)
		return;
	h = open_session(c, 0);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	by_rsa.key = c->rsa.public;
	by_ec.key = c->ec.public;
	expect(c, "an RSA signature", CKR_OK,
		sign(c, h, &rsa, c->rsa.private, message, sizeof(message), by_rsa.signature,
			&by_rsa.len));
	expect(c, "an ECDSA signature", CKR_OK,
		sign(c, h, &ec, c->ec.private, message, sizeof(message), by_ec.signature,
			&by_ec.len));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	test_one(c, h, &by_rsa);
	test_one(c, h, &by_ec);
	test_parts(c, h, &by_rsa);
	test_single_part(c, h, &by_ec);
	test_init(c, h, &by_rsa);
	close_all(c);
}
