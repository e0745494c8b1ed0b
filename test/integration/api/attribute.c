/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: what a read answers, what is refused at creation, and with which
 * code (PKCS#11 3.2, 4.1.1, 4.8 to 4.11, 5.7.5).
 */
#include "config.h"

#include "api.h"

static const CK_ULONG data = CKO_DATA, secret = CKO_SECRET_KEY, public = CKO_PUBLIC_KEY,
		      generic = CKK_GENERIC_SECRET, rsa = CKK_RSA;
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
create_data(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE more)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &data), more };
	CK_OBJECT_HANDLE o = 0;

	return c->f->C_CreateObject(h, t, COUNT(t), &o);
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
		create_secret(c, h, &local, 1, &o));
	expect(c, "a length that is not the value's", CKR_ATTRIBUTE_READ_ONLY,
		create_secret(c, h, &len, 1, &o));
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
	test_template_errors(c, h);
	test_public_key_info(c, h);
	if (!c->reference) /* nor CKA_UNIQUE_ID, which is of PKCS#11 3.0 */
		test_unique_id(c, h);
	close_all(c);
}
