/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key pairs: the keys of all later chapters, session keys, and templates that cannot be.
 */
#include "config.h"

#include "api.h"

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type, CK_ATTRIBUTE public,
	CK_ATTRIBUTE private)
{
	CK_MECHANISM m = { type, NULL, 0 };
	struct pair pair;

	return c->f->C_GenerateKeyPair(h, &m, &public, public.type != CKA_VENDOR_DEFINED, &private,
		private.type != CKA_VENDOR_DEFINED, &pair.public, &pair.private);
}

static void
test_templates(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const uint8_t unknown_oid[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x7f };
	static const CK_ULONG bits = 2048, odd_bits = 2047, ec = CKK_EC;
	CK_ATTRIBUTE none = { CKA_VENDOR_DEFINED, NULL, 0 };

	expect(c, "RSA without CKA_MODULUS_BITS", CKR_TEMPLATE_INCOMPLETE,
		generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, none, none));
	expect(c, "EC without CKA_EC_PARAMS", CKR_TEMPLATE_INCOMPLETE,
		generate(c, h, CKM_EC_KEY_PAIR_GEN, none, none));
	expect(c, "a curve that nobody has", CKR_CURVE_NOT_SUPPORTED,
		generate(c, h, CKM_EC_KEY_PAIR_GEN,
			attr_bytes(CKA_EC_PARAMS, unknown_oid, sizeof(unknown_oid)), none));
	expect(c, "an RSA size that nobody has", CKR_ATTRIBUTE_VALUE_INVALID,
		generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, attr_number(CKA_MODULUS_BITS, &odd_bits),
			none));
	expect(c, "a key type that contradicts the mechanism", CKR_TEMPLATE_INCONSISTENT,
		generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, attr_number(CKA_MODULUS_BITS, &bits),
			attr_number(CKA_KEY_TYPE, &ec)));
	expect(c, "an unknown mechanism for key generation", CKR_MECHANISM_INVALID,
		generate(c, h, CKM_VENDOR_DEFINED | 0x123456, none, none));
	expect(c, "a signing mechanism for key generation", CKR_MECHANISM_INVALID,
		generate(c, h, CKM_SHA256_RSA_PKCS, none, none));
}

static void
test_attributes(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_BBOOL sensitive = 9, always = 9, extractable = 9, never = 9, local = 9;
	CK_ULONG mechanism = 0;
	CK_ATTRIBUTE t[] = { { CKA_SENSITIVE, &sensitive, 1 }, { CKA_ALWAYS_SENSITIVE, &always, 1 },
		{ CKA_EXTRACTABLE, &extractable, 1 }, { CKA_NEVER_EXTRACTABLE, &never, 1 },
		{ CKA_LOCAL, &local, 1 },
		{ CKA_KEY_GEN_MECHANISM, &mechanism, sizeof(mechanism) } };

	expect(c, "attributes of a generated key", CKR_OK,
		c->f->C_GetAttributeValue(h, key, t, COUNT(t)));
	expect_true(c, "CKA_SENSITIVE and CKA_ALWAYS_SENSITIVE",
		sensitive == CK_TRUE && always == CK_TRUE);
	expect_true(c, "CKA_EXTRACTABLE and CKA_NEVER_EXTRACTABLE",
		extractable == CK_FALSE && never == CK_TRUE);
	expect_true(c, "CKA_LOCAL", local == CK_TRUE);
	expect(c, "CKA_KEY_GEN_MECHANISM", CKM_RSA_PKCS_KEY_PAIR_GEN, mechanism);
}

static void
test_rights(struct ctx *c)
{
	CK_SESSION_HANDLE ro = open_session(c, 0), rw = open_rw(c);
	CK_ULONG n = 0;
	CK_OBJECT_HANDLE list[4];
	struct pair pair = { 0, 0 };
	CK_ATTRIBUTE label = attr_text(CKA_LABEL, "session");

	expect(c, "a private key without login", CKR_USER_NOT_LOGGED_IN,
		generate_ec(c, rw, true, "x", &pair));
	expect(c, "C_Login", CKR_OK, login(c, ro, CKU_USER, USER_PIN));
	expect(c, "a token key in a R/O session", CKR_SESSION_READ_ONLY,
		generate_ec(c, ro, true, "x", &pair));
	expect(c, "a session key in a R/O session", CKR_OK,
		generate_ec(c, ro, false, "session", &pair));
	expect(c, "search", CKR_OK, search(c, rw, &label, 1, list, 4, &n));
	expect(c, "other sessions see a session pair", 2, n);
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(ro));
	expect(c, "search", CKR_OK, search(c, rw, &label, 1, list, 4, &n));
	expect(c, "session objects die with their session", 0, n);
	close_all(c);
}

void
test_keygen(struct ctx *c)
{
	CK_SESSION_HANDLE h = 0;

	test_rights(c);
	h = open_rw(c);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	test_templates(c, h);
	expect(c, "an RSA pair", CKR_OK, generate_rsa(c, h, true, "rsa", &c->rsa));
	expect(c, "an EC pair", CKR_OK, generate_ec(c, h, true, "ec", &c->ec));
	test_attributes(c, h, c->rsa.private);
	close_all(c);
}
