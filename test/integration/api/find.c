/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches.
 */
#include "config.h"

#include "api.h"

static void
test_visibility(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_ULONG public = CKO_PUBLIC_KEY, private = CKO_PRIVATE_KEY,
			      unknown = 0xce534350;
	CK_ATTRIBUTE wanted_public = attr_number(CKA_CLASS, &public);
	CK_ATTRIBUTE wanted_private = attr_number(CKA_CLASS, &private);
	CK_ATTRIBUTE wanted_unknown = attr_number(CKA_CLASS, &unknown);
	CK_ATTRIBUTE vendor = attr_text(CKA_VENDOR_DEFINED | 0x1234, "x");
	CK_OBJECT_HANDLE list[8];
	CK_ULONG n = 0;

	expect(c, "search", CKR_OK, search(c, h, &wanted_public, 1, list, 8, &n));
	expect(c, "public keys are found without login", 2, n);
	expect(c, "search", CKR_OK, search(c, h, &wanted_private, 1, list, 8, &n));
	expect(c, "private keys are not found without login", 0, n);
	expect(c, "search for an unknown class", CKR_OK,
		search(c, h, &wanted_unknown, 1, list, 8, &n));
	expect(c, "nothing is of an unknown class", 0, n);
	expect(c, "search for an unknown attribute", CKR_OK, search(c, h, &vendor, 1, list, 8, &n));
	expect(c, "nothing has an unknown attribute", 0, n);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "search", CKR_OK, search(c, h, &wanted_private, 1, list, 8, &n));
	expect(c, "private keys are found after login", 2, n);
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
}

static void
test_rules(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE o = 0;
	CK_ULONG n = 9;
	CK_ATTRIBUTE length = { CKA_LABEL, NULL, 0 };

	expect(c, "C_FindObjects without a search", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_FindObjects(h, &o, 1, &n));
	expect(c, "C_FindObjectsFinal without a search", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_FindObjectsFinal(h));
	expect(c, "C_FindObjectsInit", CKR_OK, c->f->C_FindObjectsInit(h, NULL, 0));
	expect(c, "a second search", CKR_OPERATION_ACTIVE, c->f->C_FindObjectsInit(h, NULL, 0));
	expect(c, "C_FindObjects", CKR_OK, c->f->C_FindObjects(h, &o, 1, &n));
	expect(c, "one at a time", 1, n);
	expect(c, "C_GetAttributeValue within a search", CKR_OK,
		c->f->C_GetAttributeValue(h, o, &length, 1));
	expect(c, "C_FindObjects without a count", CKR_ARGUMENTS_BAD,
		c->f->C_FindObjects(h, &o, 1, NULL));
	while (n > 0)
		expect(c, "C_FindObjects", CKR_OK, c->f->C_FindObjects(h, &o, 1, &n));
	expect(c, "C_FindObjects when all are found", CKR_OK, c->f->C_FindObjects(h, &o, 1, &n));
	expect(c, "nothing is left", 0, n);
	expect(c, "C_FindObjectsFinal", CKR_OK, c->f->C_FindObjectsFinal(h));
}

void
test_find(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);

	test_visibility(c, h);
	test_rules(c, h);
	close_all(c);
}
