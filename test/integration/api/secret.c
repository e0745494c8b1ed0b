/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys: created and generated, on the token and in sessions, and what
 * of them can be read.
 */
#include "config.h"

#include "api.h"

static const uint8_t value[] = "thirty-two bytes of what is secret";
static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET, aes = CKK_AES;

static CK_RV
create(struct ctx *c, CK_SESSION_HANDLE h, const CK_ULONG *type, bool token, size_t len,
	CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, type),
		attr_bool(CKA_TOKEN, token), attr_bool(CKA_PRIVATE, token),
		attr_bool(CKA_SENSITIVE, false), attr_bool(CKA_EXTRACTABLE, true),
		attr_text(CKA_LABEL, "secret"), attr_bytes(CKA_VALUE, value, len) };

	return c->f->C_CreateObject(h, t, COUNT(t), out);
}

static CK_RV
read_value(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, uint8_t *out, CK_ULONG *len)
{
	CK_ATTRIBUTE a = { CKA_VALUE, out, *len };
	CK_RV rv = c->f->C_GetAttributeValue(h, key, &a, 1);

	*len = a.ulValueLen;
	return rv;
}

static void
test_create(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE key = 0;
	uint8_t back[64];
	CK_ULONG n = sizeof(back), type = 0, len = 0;
	CK_ATTRIBUTE t[] = { { CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_VALUE_LEN, &len, sizeof(len) } };
	CK_ATTRIBUTE sensitive = attr_bool(CKA_SENSITIVE, true);

	expect(c, "an AES key of a length that there is not", CKR_ATTRIBUTE_VALUE_INVALID,
		create(c, h, &aes, false, 17, &key));
	for (int token = 0; token < 2; token++) {
		expect(c, "a secret key is created", CKR_OK, create(c, h, &aes, token, 32, &key));
		n = sizeof(back);
		expect(c, "its value is read", CKR_OK, read_value(c, h, key, back, &n));
		expect_true(c, "as it was given", n == 32 && memcmp(back, value, n) == 0);
		expect(c, "type and length are read", CKR_OK,
			c->f->C_GetAttributeValue(h, key, t, COUNT(t)));
		expect_true(c, "they are right", type == CKK_AES && len == 32);
		expect(c, "it becomes sensitive", CKR_OK,
			c->f->C_SetAttributeValue(h, key, &sensitive, 1));
		n = sizeof(back);
		expect(c, "its value is read no more", CKR_ATTRIBUTE_SENSITIVE,
			read_value(c, h, key, back, &n));
		expect(c, "and no length either", CK_UNAVAILABLE_INFORMATION, n);
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	}
}

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type, CK_ULONG len,
	CK_OBJECT_HANDLE *key)
{
	CK_MECHANISM m = { type, NULL, 0 };
	CK_ATTRIBUTE t[] = { attr_bool(CKA_SENSITIVE, false), attr_bool(CKA_EXTRACTABLE, true),
		attr_number(CKA_VALUE_LEN, &len) };

	return c->f->C_GenerateKey(h, &m, t, len == 0 ? 2 : 3, key);
}

static void
test_generate(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE key = 0, other = 0;
	uint8_t a[64], b[64];
	CK_ULONG n = sizeof(a), m = sizeof(b), gen = 0;
	CK_BBOOL local = 9, always = 9, never = 9;
	CK_ATTRIBUTE t[] = { { CKA_LOCAL, &local, 1 }, { CKA_ALWAYS_SENSITIVE, &always, 1 },
		{ CKA_NEVER_EXTRACTABLE, &never, 1 },
		{ CKA_KEY_GEN_MECHANISM, &gen, sizeof(gen) } };

	expect(c, "C_GenerateKey without CKA_VALUE_LEN", CKR_TEMPLATE_INCOMPLETE,
		generate(c, h, CKM_AES_KEY_GEN, 0, &key));
	expect(c, "C_GenerateKey of a length that there is not", CKR_ATTRIBUTE_VALUE_INVALID,
		generate(c, h, CKM_AES_KEY_GEN, 17, &key));
	expect(c, "C_GenerateKey with a mechanism that makes pairs", CKR_MECHANISM_INVALID,
		generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, 16, &key));
	expect(c, "an AES key", CKR_OK, generate(c, h, CKM_AES_KEY_GEN, 24, &key));
	expect(c, "a generic secret", CKR_OK,
		generate(c, h, CKM_GENERIC_SECRET_KEY_GEN, 40, &other));
	expect(c, "C_GetAttributeValue", CKR_OK, read_value(c, h, key, a, &n));
	expect(c, "C_GetAttributeValue", CKR_OK, read_value(c, h, other, b, &m));
	expect_true(c, "they are as long as asked for", n == 24 && m == 40);
	expect_true(c, "and differ", memcmp(a, b, n) != 0);
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, key, t, COUNT(t)));
	expect_true(c, "a generated key knows its past",
		local == CK_TRUE && always == CK_FALSE && never == CK_FALSE &&
			gen == CKM_AES_KEY_GEN);
}

static void
test_rights(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_OBJECT_HANDLE key = 0, list[2];
	CK_ATTRIBUTE label = attr_text(CKA_LABEL, "secret");
	CK_ULONG n = 0;

	expect(c, "a session secret without a login", CKR_OK,
		create(c, h, &generic, false, 20, &key));
	expect(c, "search", CKR_OK, search(c, h, &label, 1, list, 2, &n));
	expect(c, "a session secret is found", 1, n);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "a token secret in a R/O session", CKR_SESSION_READ_ONLY,
		create(c, h, &generic, true, 20, &key));
	close_all(c);
	h = open_session(c, 0);
	expect(c, "search", CKR_OK, search(c, h, &label, 1, list, 2, &n));
	expect(c, "a session secret dies with its session", 0, n);
	close_all(c);
}

void
test_secret(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	test_create(c, h);
	test_generate(c, h);
	close_all(c);
	test_rights(c);
}
