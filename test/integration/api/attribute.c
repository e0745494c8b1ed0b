/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: what a read answers, lists in attributes, and what a key tells of
 * its past (PKCS#11 3.2, 4.8 to 4.11, 5.7.5).
 */
#include "config.h"

#include "api.h"

static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET;
static const char value[] = "a value as long as SHA-256 would have it";

/* A session secret with up to four more attributes. */
static CK_RV
create_secret(struct ctx *c, CK_SESSION_HANDLE h, const CK_ATTRIBUTE *more, CK_ULONG n,
	CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE t[8] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_text(CKA_VALUE, value), attr_bool(CKA_TOKEN, false) };

	for (CK_ULONG i = 0; i < n; i++)
		t[4 + i] = more[i];
	return c->f->C_CreateObject(h, t, 4 + n, out);
}

static CK_RV
get(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *a)
{
	return c->f->C_GetAttributeValue(h, o, a, 1);
}

/* 5.7.5: every entry is answered, whatever the others are, and the code is that of one. */
static void
test_every_entry(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t small[1], exponent[512];
	CK_BBOOL sign = 9;
	CK_ATTRIBUTE t[] = { { CKA_PRIVATE_EXPONENT, exponent, sizeof(exponent) },
		{ CKA_APPLICATION, small, sizeof(small) },
		{ CKA_VENDOR_DEFINED | 0x1234, small, sizeof(small) },
		{ CKA_MODULUS, small, sizeof(small) }, { CKA_SIGN, &sign, 1 },
		{ CKA_MODULUS, NULL, 0 } };
	CK_RV rv = c->f->C_GetAttributeValue(h, c->rsa.private, t, COUNT(t));

	expect_true(c, "one of three codes for all",
		rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID ||
			rv == CKR_BUFFER_TOO_SMALL);
	for (size_t i = 0; i < 4; i++)
		expect(c, "no length of what is not answered", CK_UNAVAILABLE_INFORMATION,
			t[i].ulValueLen);
	expect_true(c, "what follows is answered", sign == CK_TRUE && t[5].ulValueLen == 256);
	t[0].ulValueLen = sizeof(exponent);
	t[3].ulValueLen = sizeof(small);
	expect(c, "a secret alone", CKR_ATTRIBUTE_SENSITIVE, get(c, h, c->rsa.private, &t[0]));
	expect(c, "another object's attribute alone", CKR_ATTRIBUTE_TYPE_INVALID,
		get(c, h, c->rsa.private, &t[1]));
	expect(c, "an unknown attribute alone", CKR_ATTRIBUTE_TYPE_INVALID,
		get(c, h, c->rsa.private, &t[2]));
	expect(c, "a small buffer alone", CKR_BUFFER_TOO_SMALL, get(c, h, c->rsa.private, &t[3]));
}

/* 4.8: lists of attributes are copied, and read entry by entry. */
static void
test_nested(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE_TYPE type)
{
	char label[] = "nested", back[8] = "";
	CK_BBOOL extractable = CK_FALSE, bool_back = 9;
	CK_ATTRIBUTE nested[] = { { CKA_LABEL, label, 6 }, { CKA_EXTRACTABLE, &extractable, 1 } };
	CK_ATTRIBUTE out[] = { { 0, NULL, 0 }, { 0, NULL, 0 } };
	CK_ATTRIBUTE a = { type, nested, sizeof(nested) };
	CK_OBJECT_HANDLE key = 0;

	expect(c, "a key with a template", CKR_OK, create_secret(c, h, &a, 1, &key));
	expect(c, "a template is settled", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_SetAttributeValue(h, key, &a, 1));
	memset(label, 'x', sizeof(label)); /* the module has a copy */
	extractable = CK_TRUE;
	a.pValue = NULL;
	expect(c, "the size of a template", CKR_OK, get(c, h, key, &a));
	expect(c, "it has two entries", sizeof(out), a.ulValueLen);
	a.pValue = out;
	expect(c, "the sizes of its entries", CKR_OK, get(c, h, key, &a));
	expect_true(c, "its entries are there",
		out[0].type == CKA_LABEL && out[0].ulValueLen == 6 &&
			out[1].type == CKA_EXTRACTABLE && out[1].ulValueLen == 1);
	out[0].pValue = back;
	out[1].pValue = &bool_back;
	expect(c, "the values of its entries", CKR_OK, get(c, h, key, &a));
	expect_true(c, "they are as they were given",
		memcmp(back, "nested", 6) == 0 && bool_back == CK_FALSE);
	out[0].ulValueLen = 5;
	expect(c, "an entry that does not fit", CKR_BUFFER_TOO_SMALL, get(c, h, key, &a));
	expect(c, "no length of that entry", CK_UNAVAILABLE_INFORMATION, out[0].ulValueLen);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
}

static void
test_allowed_mechanisms(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM_TYPE list[] = { CKM_SHA256_HMAC, CKM_SHA384_HMAC }, back[2] = { 0, 0 };
	CK_MECHANISM allowed = { CKM_SHA256_HMAC, NULL, 0 }, other = { CKM_SHA512_HMAC, NULL, 0 };
	CK_ATTRIBUTE t[] = { { CKA_ALLOWED_MECHANISMS, list, sizeof(list) },
		attr_bool(CKA_SIGN, true) };
	CK_ATTRIBUTE a = { CKA_ALLOWED_MECHANISMS, back, sizeof(back) };
	CK_OBJECT_HANDLE key = 0;
	uint8_t mac[64];
	CK_ULONG n = sizeof(mac);

	expect(c, "a key with allowed mechanisms", CKR_OK, create_secret(c, h, t, COUNT(t), &key));
	expect(c, "C_GetAttributeValue", CKR_OK, get(c, h, key, &a));
	expect_true(c, "they are those that were given",
		a.ulValueLen == sizeof(back) && back[0] == list[0] && back[1] == list[1]);
	expect(c, "an allowed mechanism", CKR_OK, sign(c, h, &allowed, key, "data", 4, mac, &n));
	expect(c, "a mechanism that is not allowed", CKR_MECHANISM_INVALID,
		c->f->C_SignInit(h, &other, key));
	expect(c, "C_SetAttributeValue", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_SetAttributeValue(h, key, t, 1));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	expect(c, "a key without", CKR_OK, create_secret(c, h, &t[1], 1, &key));
	if (!c->reference) /* SoftHSM shows an empty list, which would allow nothing */
		expect(c, "shows none", CKR_ATTRIBUTE_TYPE_INVALID, get(c, h, key, &a));
	n = sizeof(mac);
	expect(c, "and may be used", CKR_OK, sign(c, h, &allowed, key, "data", 4, mac, &n));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
}

/* 4.11: a value is readable if it is not sensitive and extractable, and then only. */
static void
test_secrecy(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE key = 0;

	for (int i = 0; i < 4; i++) {
		bool sensitive = (i & 1) != 0, extractable = (i & 2) != 0;
		uint8_t back[64];
		CK_ATTRIBUTE t[] = { attr_bool(CKA_SENSITIVE, sensitive),
			attr_bool(CKA_EXTRACTABLE, extractable) };
		CK_ATTRIBUTE a = { CKA_VALUE, back, sizeof(back) };

		expect(c, "C_CreateObject", CKR_OK, create_secret(c, h, t, COUNT(t), &key));
		expect(c, "the value of a secret key",
			!sensitive && extractable ? CKR_OK : CKR_ATTRIBUTE_SENSITIVE,
			get(c, h, key, &a));
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	}
}

struct history {
	CK_BBOOL local, always, never;
	CK_ULONG mechanism;
};

static void
read_history(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, struct history *out)
{
	CK_ATTRIBUTE t[] = { { CKA_LOCAL, &out->local, 1 },
		{ CKA_ALWAYS_SENSITIVE, &out->always, 1 },
		{ CKA_NEVER_EXTRACTABLE, &out->never, 1 },
		{ CKA_KEY_GEN_MECHANISM, &out->mechanism, sizeof(out->mechanism) } };

	expect(c, "a key's past", CKR_OK, c->f->C_GetAttributeValue(h, key, t, COUNT(t)));
}

/* 4.8, 4.11, 5.7.1: a key that comes from outside has no past, however well it is kept. */
static void
test_history(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM gen = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
	CK_ULONG len = 32;
	CK_ATTRIBUTE kept[] = { attr_bool(CKA_SENSITIVE, true), attr_bool(CKA_EXTRACTABLE, false),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_OBJECT_HANDLE key = 0;
	struct history past = { 9, 9, 9, 9 };

	expect(c, "C_CreateObject", CKR_OK, create_secret(c, h, kept, 2, &key));
	read_history(c, h, key, &past);
	expect_true(c, "a created key is not local", past.local == CK_FALSE);
	expect_true(c, "nor was it always kept", past.always == CK_FALSE && past.never == CK_FALSE);
	expect(c, "nor made by a mechanism", CK_UNAVAILABLE_INFORMATION, past.mechanism);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	expect(c, "C_GenerateKey", CKR_OK, c->f->C_GenerateKey(h, &gen, kept, 3, &key));
	read_history(c, h, key, &past);
	expect_true(c, "a generated key was always kept",
		past.local == CK_TRUE && past.always == CK_TRUE && past.never == CK_TRUE);
	expect(c, "and made by a mechanism", gen.mechanism, past.mechanism);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
}

/* 4.8: no date is an empty date. */
static void
test_dates(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE key = 0;
	CK_DATE date;
	CK_ATTRIBUTE none = { CKA_START_DATE, NULL, 0 }, end = attr_text(CKA_END_DATE, "20261231");
	CK_ATTRIBUTE start = { CKA_START_DATE, &date, sizeof(date) };
	CK_ATTRIBUTE back = { CKA_END_DATE, &date, sizeof(date) };
	CK_ATTRIBUTE short_date = attr_text(CKA_START_DATE, "2026");

	expect(c, "C_CreateObject", CKR_OK, create_secret(c, h, &end, 1, &key));
	expect(c, "C_GetAttributeValue", CKR_OK, get(c, h, key, &start));
	expect(c, "a date that nobody gave is empty", 0, start.ulValueLen);
	expect(c, "a date that was given", CKR_OK, get(c, h, key, &back));
	expect_true(c, "it is that date", memcmp(&date, "20261231", sizeof(date)) == 0);
	expect(c, "a date can be taken away", CKR_OK, c->f->C_SetAttributeValue(h, key, &none, 1));
	expect(c, "a date of another length", CKR_ATTRIBUTE_VALUE_INVALID,
		c->f->C_SetAttributeValue(h, key, &short_date, 1));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
}

void
test_attribute(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	test_every_entry(c, h);
	test_nested(c, h, CKA_WRAP_TEMPLATE);
	test_nested(c, h, CKA_UNWRAP_TEMPLATE);
	if (!c->reference) /* SoftHSM 2.6 has no CKA_DERIVE_TEMPLATE */
		test_nested(c, h, CKA_DERIVE_TEMPLATE);
	test_allowed_mechanisms(c, h);
	test_secrecy(c, h);
	test_history(c, h);
	test_dates(c, h);
	close_all(c);
}
