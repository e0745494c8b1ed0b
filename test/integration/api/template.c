/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates: which code each fault has, and what the token makes of what is
 * left out (PKCS#11 3.2, 4.1.1, 4.2, 4.9, 4.10, 6.1.4, 6.3).
 */
#include "config.h"

#include "api.h"

static const CK_ULONG data = CKO_DATA, secret = CKO_SECRET_KEY, public = CKO_PUBLIC_KEY,
		      generic = CKK_GENERIC_SECRET, rsa = CKK_RSA;

static CK_RV
get(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *a)
{
	return c->f->C_GetAttributeValue(h, o, a, 1);
}

static CK_RV
create_data(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE more)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &data), more };
	CK_OBJECT_HANDLE o = 0;

	return c->f->C_CreateObject(h, t, COUNT(t), &o);
}

static CK_RV
create_secret(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE more)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_text(CKA_VALUE, "a value"), more };
	CK_OBJECT_HANDLE o = 0;

	return c->f->C_CreateObject(h, t, COUNT(t), &o);
}

/* 4.1.1, one code a situation. */
static void
test_template_errors(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_BBOOL two = 2;
	static const CK_ULONG long_bool = CK_TRUE;
	CK_OBJECT_HANDLE o = 0;
	CK_ATTRIBUTE twice[] = { attr_number(CKA_CLASS, &data), attr_text(CKA_LABEL, "a"),
		attr_text(CKA_LABEL, "a") };
	CK_ATTRIBUTE no_value[] = { attr_number(CKA_CLASS, &secret),
		attr_number(CKA_KEY_TYPE, &generic) };
	CK_ATTRIBUTE local = attr_bool(CKA_LOCAL, true), len = { CKA_VALUE_LEN, NULL, 0 };
	CK_ULONG other_len = 1;

	len = attr_number(CKA_VALUE_LEN, &other_len);
	expect(c, "an unknown attribute", CKR_ATTRIBUTE_TYPE_INVALID,
		create_data(c, h, attr_text(CKA_VENDOR_DEFINED | 0x1234, "x")));
	expect(c, "an attribute of other objects", CKR_TEMPLATE_INCONSISTENT,
		create_data(c, h, attr_bool(CKA_SIGN, true)));
	expect(c, "a CK_BBOOL of 2", CKR_ATTRIBUTE_VALUE_INVALID,
		create_data(c, h, attr_bytes(CKA_TOKEN, &two, 1)));
	expect(c, "a CK_BBOOL of eight bytes", CKR_ATTRIBUTE_VALUE_INVALID,
		create_data(c, h, attr_number(CKA_TOKEN, &long_bool)));
	expect(c, "a unique id of one's own", CKR_ATTRIBUTE_READ_ONLY,
		create_data(c, h, attr_text(CKA_UNIQUE_ID, "mine")));
	expect(c, "one attribute twice with one value", CKR_OK,
		c->f->C_CreateObject(h, twice, COUNT(twice), &o));
	expect(c, "a secret key without a value", CKR_TEMPLATE_INCOMPLETE,
		c->f->C_CreateObject(h, no_value, COUNT(no_value), &o));
	expect(c, "a created key that says it is local", CKR_ATTRIBUTE_READ_ONLY,
		create_secret(c, h, local));
	expect(c, "a length that is not the value's", CKR_ATTRIBUTE_READ_ONLY,
		create_secret(c, h, len));
}

static CK_RV
create_public(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE info)
{
	uint8_t n[256], e[8];
	CK_ATTRIBUTE t[] = { { CKA_MODULUS, n, sizeof(n) }, { CKA_PUBLIC_EXPONENT, e, sizeof(e) },
		attr_number(CKA_CLASS, &public), attr_number(CKA_KEY_TYPE, &rsa), info };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, c->rsa.public, t, 2));
	return c->f->C_CreateObject(h, t, COUNT(t), &o);
}

/* 4.9, 4.10 */
static void
test_public_key_info(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_ULONG bits = 2048;
	uint8_t a[512], b[512];
	CK_ATTRIBUTE of_public = { CKA_PUBLIC_KEY_INFO, a, sizeof(a) };
	CK_ATTRIBUTE of_private = { CKA_PUBLIC_KEY_INFO, b, sizeof(b) };
	CK_MECHANISM gen = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE modulus_bits = attr_number(CKA_MODULUS_BITS, &bits);
	struct pair pair;

	expect(c, "a public key's info", CKR_OK, get(c, h, c->rsa.public, &of_public));
	expect(c, "a private key's info", CKR_OK, get(c, h, c->rsa.private, &of_private));
	expect_true(c, "both halves have the same",
		of_public.ulValueLen > 256 && of_public.ulValueLen == of_private.ulValueLen &&
			memcmp(a, b, of_public.ulValueLen) == 0);
	expect(c, "a public key with its info", CKR_OK, create_public(c, h, of_public));
	expect(c, "a public key with an empty info", CKR_OK,
		create_public(c, h, (CK_ATTRIBUTE){ CKA_PUBLIC_KEY_INFO, NULL, 0 }));
	expect(c, "its own info can be set", CKR_OK,
		c->f->C_SetAttributeValue(h, c->rsa.private, &of_private, 1));
	b[40] ^= 1;
	expect(c, "a public key with another's info", CKR_ATTRIBUTE_VALUE_INVALID,
		create_public(c, h, of_private));
	expect(c, "another's info can not be set", CKR_ATTRIBUTE_VALUE_INVALID,
		c->f->C_SetAttributeValue(h, c->rsa.private, &of_private, 1));
	expect(c, "info of a key that is not there yet", CKR_ATTRIBUTE_TYPE_INVALID,
		c->f->C_GenerateKeyPair(
			h, &gen, &modulus_bits, 1, &of_private, 1, &pair.public, &pair.private));
}

/* 4.2 */
static void
test_unique_id(struct ctx *c, CK_SESSION_HANDLE h)
{
	const CK_OBJECT_HANDLE objects[] = { c->rsa.public, c->rsa.private, c->ec.public };
	char uid[COUNT(objects)][64];

	for (size_t i = 0; i < COUNT(objects); i++) {
		CK_ATTRIBUTE a = { CKA_UNIQUE_ID, uid[i], sizeof(uid[i]) };
		CK_OBJECT_HANDLE found[2] = { 0, 0 };
		CK_ULONG n = 0;

		if (!expect(c, "an object has a unique id", CKR_OK, get(c, h, objects[i], &a)))
			return;
		expect_true(c, "it is not empty", a.ulValueLen > 0);
		expect(c, "search", CKR_OK, search(c, h, &a, 1, found, 2, &n));
		expect(c, "one object has it", 1, n);
		expect_true(c, "it is that object", found[0] == objects[i]);
		expect(c, "a unique id can not be set", CKR_ATTRIBUTE_READ_ONLY,
			c->f->C_SetAttributeValue(h, objects[i], &a, 1));
	}
}

/* --- key pairs: 6.1.4, 6.3 ---------------------------------------------------------------------
 */

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type, CK_ATTRIBUTE what,
	CK_ATTRIBUTE more, struct pair *out)
{
	CK_MECHANISM m = { type, NULL, 0 };
	CK_ATTRIBUTE t[] = { what, more };
	CK_ATTRIBUTE private = attr_bool(CKA_TOKEN, false);

	return c->f->C_GenerateKeyPair(
		h, &m, t, COUNT(t), &private, 1, &out->public, &out->private);
}

static void
test_rsa_pair(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_ULONG bits = 2048, private = CKO_PRIVATE_KEY;
	static const uint8_t three[] = { 3 }, f4[] = { 1, 0, 1 };
	CK_ATTRIBUTE size = attr_number(CKA_MODULUS_BITS, &bits),
		     token = attr_bool(CKA_TOKEN, false);
	CK_ULONG back_bits = 0;
	uint8_t back[8];
	CK_ATTRIBUTE t[] = { { CKA_PUBLIC_EXPONENT, back, sizeof(back) },
		{ CKA_MODULUS_BITS, &back_bits, sizeof(back_bits) } };
	struct pair pair = { 0, 0 };

	expect(c, "an exponent that the token can not have", CKR_TEMPLATE_INCONSISTENT,
		generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, size,
			attr_bytes(CKA_PUBLIC_EXPONENT, three, sizeof(three)), &pair));
	expect(c, "a class that contradicts the mechanism", CKR_TEMPLATE_INCONSISTENT,
		generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, size, attr_number(CKA_CLASS, &private),
			&pair));
	expect(c, "a modulus before it is there", CKR_ATTRIBUTE_READ_ONLY,
		generate(
			c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, size, attr_text(CKA_MODULUS, "x"), &pair));
	expect(c, "an RSA pair without an exponent", CKR_OK,
		generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, size, token, &pair));
	expect(c, "C_GetAttributeValue", CKR_OK,
		c->f->C_GetAttributeValue(h, pair.public, t, COUNT(t)));
	expect_true(c, "its exponent is 65537",
		t[0].ulValueLen == sizeof(f4) && memcmp(back, f4, sizeof(f4)) == 0);
	expect(c, "its size is what was asked for", bits, back_bits);
}

static void
test_ec_pair(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	static const uint8_t broken[] = { 0x06, 0x20, 0x2a };
	CK_ATTRIBUTE token = attr_bool(CKA_TOKEN, false);
	uint8_t point[128], params[32];
	CK_ATTRIBUTE t[] = { { CKA_EC_POINT, point, sizeof(point) },
		{ CKA_EC_PARAMS, params, sizeof(params) } };
	struct pair pair = { 0, 0 };

	expect(c, "curve parameters that are no DER", CKR_DOMAIN_PARAMS_INVALID,
		generate(c, h, CKM_EC_KEY_PAIR_GEN,
			attr_bytes(CKA_EC_PARAMS, broken, sizeof(broken)), token, &pair));
	expect(c, "a session EC pair", CKR_OK,
		generate(c, h, CKM_EC_KEY_PAIR_GEN, attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)),
			token, &pair));
	expect(c, "C_GetAttributeValue", CKR_OK,
		c->f->C_GetAttributeValue(h, pair.public, t, COUNT(t)));
	expect_true(c, "its point is in an OCTET STRING",
		t[0].ulValueLen == 67 && point[0] == 0x04 && point[1] == 65 && point[2] == 0x04);
	expect_true(c, "its curve is that of the template",
		t[1].ulValueLen == sizeof(p256) && memcmp(params, p256, sizeof(p256)) == 0);
}

void
test_template(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	test_template_errors(c, h);
	test_public_key_info(c, h);
	if (!c->reference) /* SoftHSM 2 has no CKA_UNIQUE_ID */
		test_unique_id(c, h);
	test_rsa_pair(c, h);
	test_ec_pair(c, h);
	close_all(c);
}
