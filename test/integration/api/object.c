/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects: reading, changing, making, destroying.
 */
#include "config.h"

#include "api.h"

static void
test_read(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t modulus[256], small[4], exponent[16];
	CK_ATTRIBUTE size = { CKA_MODULUS, NULL, 0 };
	CK_ATTRIBUTE many[] = { { CKA_PRIVATE_EXPONENT, exponent, sizeof(exponent) },
		{ CKA_MODULUS, modulus, sizeof(modulus) }, { CKA_EC_POINT, small, sizeof(small) } };
	CK_ATTRIBUTE tight = { CKA_MODULUS, small, sizeof(small) };
	CK_RV rv = CKR_OK;

	expect(c, "the length of an attribute", CKR_OK,
		c->f->C_GetAttributeValue(h, c->rsa.public, &size, 1));
	expect(c, "the modulus has 256 bytes", 256, size.ulValueLen);
	expect(c, "an attribute that does not fit", CKR_BUFFER_TOO_SMALL,
		c->f->C_GetAttributeValue(h, c->rsa.public, &tight, 1));
	expect(c, "no length where it does not fit", CK_UNAVAILABLE_INFORMATION, tight.ulValueLen);
	rv = c->f->C_GetAttributeValue(h, c->rsa.private, many, COUNT(many));
	expect_true(c, "a secret and an unknown attribute",
		rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID);
	expect(c, "no length of a secret", CK_UNAVAILABLE_INFORMATION, many[0].ulValueLen);
	expect(c, "the rest is filled", sizeof(modulus), many[1].ulValueLen);
	expect(c, "no length of an unknown attribute", CK_UNAVAILABLE_INFORMATION,
		many[2].ulValueLen);
	expect(c, "attributes of nothing", CKR_OBJECT_HANDLE_INVALID,
		c->f->C_GetAttributeValue(h, 0x7ffffffful, &size, 1));
}

static void
test_change(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_ATTRIBUTE label = attr_text(CKA_LABEL, "renamed");
	CK_ATTRIBUTE back = attr_text(CKA_LABEL, "ec");
	CK_ATTRIBUTE sensitive = attr_bool(CKA_SENSITIVE, false);
	CK_ATTRIBUTE local = attr_bool(CKA_LOCAL, false);
	char text[16] = "";
	CK_ATTRIBUTE read = { CKA_LABEL, text, sizeof(text) };

	expect(c, "C_SetAttributeValue", CKR_OK,
		c->f->C_SetAttributeValue(h, c->ec.private, &label, 1));
	expect(c, "C_GetAttributeValue", CKR_OK,
		c->f->C_GetAttributeValue(h, c->ec.private, &read, 1));
	expect_true(c, "the label has changed",
		read.ulValueLen == 7 && memcmp(text, "renamed", 7) == 0);
	expect(c, "C_SetAttributeValue back", CKR_OK,
		c->f->C_SetAttributeValue(h, c->ec.private, &back, 1));
	expect(c, "CKA_SENSITIVE can not be taken away", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_SetAttributeValue(h, c->ec.private, &sensitive, 1));
	expect(c, "CKA_LOCAL can not be set", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_SetAttributeValue(h, c->ec.private, &local, 1));
}

static CK_RV
create_data(struct ctx *c, CK_SESSION_HANDLE h, bool token, bool private, CK_OBJECT_HANDLE *out)
{
	static const CK_ULONG class = CKO_DATA;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &class), attr_bool(CKA_TOKEN, token),
		attr_bool(CKA_PRIVATE, private), attr_text(CKA_LABEL, "data"),
		attr_text(CKA_VALUE, "content") };

	return c->f->C_CreateObject(h, t, COUNT(t), out);
}

static void
test_create(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE o = 0;
	CK_ATTRIBUTE twice[] = { attr_text(CKA_LABEL, "a"), attr_text(CKA_LABEL, "b") };
	CK_ATTRIBUTE nothing = attr_bool(CKA_TOKEN, false);
	CK_ULONG size = 0;

	expect(c, "a session data object", CKR_OK, create_data(c, h, false, false, &o));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	expect(c, "a token data object", CKR_OK, create_data(c, h, true, true, &o));
	expect(c, "C_GetObjectSize", CKR_OK, c->f->C_GetObjectSize(h, o, &size));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	expect(c, "C_DestroyObject twice", CKR_OBJECT_HANDLE_INVALID, c->f->C_DestroyObject(h, o));
	expect(c, "C_CreateObject without a class", CKR_TEMPLATE_INCOMPLETE,
		c->f->C_CreateObject(h, &nothing, 1, &o));
	expect(c, "one attribute with two values", CKR_TEMPLATE_INCONSISTENT,
		c->f->C_CreateObject(h, twice, COUNT(twice), &o));
}

/* PKCS#11 3.2, 5.6.10: handles of private objects die at logout and stay dead. */
static void
test_logout(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG n = 0, class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE t = attr_number(CKA_CLASS, &class), size = { CKA_ID, NULL, 0 };

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "search", CKR_OK, search(c, h, &t, 1, &key, 1, &n));
	expect(c, "a private key is found", 1, n);
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	expect(c, "a private object after logout", CKR_OBJECT_HANDLE_INVALID,
		c->f->C_GetAttributeValue(h, key, &size, 1));
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "its handle after a new login", CKR_OBJECT_HANDLE_INVALID,
		c->f->C_GetAttributeValue(h, key, &size, 1));
	close_all(c);
}

static void
test_read_only(struct ctx *c)
{
	CK_SESSION_HANDLE ro = open_session(c, 0);
	CK_ATTRIBUTE label = attr_text(CKA_LABEL, "x");
	CK_OBJECT_HANDLE o = 0;

	expect(c, "C_Login", CKR_OK, login(c, ro, CKU_USER, USER_PIN));
	find_keys(c, ro);
	expect(c, "C_CreateObject in a R/O session", CKR_SESSION_READ_ONLY,
		create_data(c, ro, true, false, &o));
	expect(c, "C_SetAttributeValue in a R/O session", CKR_SESSION_READ_ONLY,
		c->f->C_SetAttributeValue(ro, c->rsa.public, &label, 1));
	expect(c, "C_DestroyObject in a R/O session", CKR_SESSION_READ_ONLY,
		c->f->C_DestroyObject(ro, c->rsa.public));
	expect(c, "a session object in a R/O session", CKR_OK,
		create_data(c, ro, false, false, &o));
	close_all(c);
}

void
test_object(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	test_read(c, h);
	test_change(c, h);
	test_create(c, h);
	close_all(c);
	test_read_only(c);
	test_logout(c);
}
