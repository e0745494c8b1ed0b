/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys that OpenSSL has made go into the token by C_CreateObject, and
 * sign there; those that may be read are read as they went in.
 */
#include "config.h"

#include "api.h"

static const CK_ULONG private = CKO_PRIVATE_KEY, rsa = CKK_RSA, ec = CKK_EC;
static const uint8_t digest[32] = { 3, 1, 4, 1, 5, 9, 2, 6 };

struct key {
	struct evp_pkey_st *key;
	bool is_ec;
	uint8_t memory[PKCS8_MAX];
	CK_ATTRIBUTE list[20]; /* class and type, the numbers, and room for what a test adds */
	CK_ULONG count;
};

static void
key_open(struct key *k, const char *curve)
{
	k->key = openssl_key(curve);
	k->is_ec = curve != NULL;
	k->list[0] = attr_number(CKA_CLASS, &private);
	k->list[1] = attr_number(CKA_KEY_TYPE, k->is_ec ? &ec : &rsa);
	k->count = 2 + openssl_key_numbers(k->key, k->memory, k->list + 2);
}

static CK_RV
create(struct ctx *c, CK_SESSION_HANDLE h, struct key *k, const CK_ATTRIBUTE *more, CK_ULONG n,
	CK_OBJECT_HANDLE *out)
{
	for (CK_ULONG i = 0; i < n; i++)
		k->list[k->count + i] = more[i];
	return c->f->C_CreateObject(h, k->list, k->count + n, out);
}

static bool
signs(struct ctx *c, CK_SESSION_HANDLE h, const struct key *k, CK_OBJECT_HANDLE o)
{
	CK_MECHANISM m = { k->is_ec ? CKM_ECDSA : CKM_RSA_PKCS, NULL, 0 };
	uint8_t signature[256];
	CK_ULONG n = sizeof(signature);

	return sign(c, h, &m, o, digest, sizeof(digest), signature, &n) == CKR_OK &&
	       openssl_key_verifies(k->key, digest, signature, n);
}

/* Every secret number of the template, in one call. */
static void
read_numbers(struct ctx *c, CK_SESSION_HANDLE h, const struct key *k, CK_OBJECT_HANDLE o)
{
	uint8_t values[8][512];
	CK_ATTRIBUTE t[8];
	CK_ULONG n = 0;

	for (CK_ULONG i = 3; i < k->count; i++, n++)
		t[n] = (CK_ATTRIBUTE){ k->list[i].type, values[n], sizeof(values[n]) };
	expect(c, "a key's numbers are read", CKR_OK, c->f->C_GetAttributeValue(h, o, t, n));
	for (CK_ULONG i = 0; i < n; i++)
		expect_true(c, "as they were given",
			t[i].ulValueLen == k->list[3 + i].ulValueLen &&
				memcmp(t[i].pValue, k->list[3 + i].pValue, t[i].ulValueLen) == 0);
}

static void
test_extractable(struct ctx *c, CK_SESSION_HANDLE h, struct key *k, bool token)
{
	const CK_ATTRIBUTE more[] = { attr_bool(CKA_TOKEN, token), attr_bool(CKA_SENSITIVE, false),
		attr_bool(CKA_EXTRACTABLE, true), attr_bool(CKA_SIGN, true),
		attr_bool(CKA_PRIVATE, true) };
	CK_ATTRIBUTE sensitive = attr_bool(CKA_SENSITIVE, true);
	CK_ATTRIBUTE one = { k->is_ec ? CKA_VALUE : CKA_PRIME_1, NULL, 0 };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "a key that may be read is created", CKR_OK,
		create(c, h, k, more, COUNT(more), &o));
	read_numbers(c, h, k, o);
	expect_true(c, "and it signs", signs(c, h, k, o));
	expect(c, "it becomes sensitive", CKR_OK, c->f->C_SetAttributeValue(h, o, &sensitive, 1));
	expect(c, "its numbers are read no more", CKR_ATTRIBUTE_SENSITIVE,
		c->f->C_GetAttributeValue(h, o, &one, 1));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

static void
test_default(struct ctx *c, CK_SESSION_HANDLE h, struct key *k)
{
	CK_BBOOL local = 9, always = 9, never = 9, extractable = 9, sensitive = 9;
	CK_ULONG mechanism = 0;
	CK_ATTRIBUTE t[] = { { CKA_LOCAL, &local, 1 }, { CKA_ALWAYS_SENSITIVE, &always, 1 },
		{ CKA_NEVER_EXTRACTABLE, &never, 1 }, { CKA_EXTRACTABLE, &extractable, 1 },
		{ CKA_SENSITIVE, &sensitive, 1 },
		{ CKA_KEY_GEN_MECHANISM, &mechanism, sizeof(mechanism) } };
	const CK_ATTRIBUTE more[] = { attr_bool(CKA_TOKEN, true), attr_bool(CKA_PRIVATE, true),
		attr_text(CKA_LABEL, "imported"), attr_bool(CKA_SIGN, true) };
	CK_ATTRIBUTE out = attr_bool(CKA_EXTRACTABLE, true);
	CK_ATTRIBUTE one = { k->is_ec ? CKA_VALUE : CKA_PRIVATE_EXPONENT, NULL, 0 };
	CK_OBJECT_HANDLE o = 0, copy = 0;

	expect(c, "a private key is created", CKR_OK, create(c, h, k, more, COUNT(more), &o));
	expect_true(c, "it signs", signs(c, h, k, o));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, t, COUNT(t)));
	expect_true(c, "it is not of the token's making",
		local == CK_FALSE && always == CK_FALSE && never == CK_FALSE &&
			mechanism == CK_UNAVAILABLE_INFORMATION);
	expect_true(
		c, "it is sensitive and stays", sensitive == CK_TRUE && extractable == CK_FALSE);
	expect(c, "it is not read", CKR_ATTRIBUTE_SENSITIVE,
		c->f->C_GetAttributeValue(h, o, &one, 1));
	expect(c, "it does not become extractable", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_SetAttributeValue(h, o, &out, 1));
	expect(c, "nor does its copy", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_CopyObject(h, o, &out, 1, &copy));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
}

/* After a new login. */
static void
test_again(struct ctx *c, CK_SESSION_HANDLE h, const struct key *k)
{
	CK_ATTRIBUTE t[] = { attr_text(CKA_LABEL, "imported"), attr_number(CKA_CLASS, &private) };
	CK_OBJECT_HANDLE o = 0;
	CK_ULONG n = 0;

	expect(c, "search", CKR_OK, search(c, h, t, COUNT(t), &o, 1, &n));
	expect(c, "the key is found", 1, n);
	expect_true(c, "it signs after a new login", signs(c, h, k, o));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

static void
test_wrong(struct ctx *c, CK_SESSION_HANDLE h, struct key *k)
{
	CK_OBJECT_HANDLE o = 0;
	CK_ULONG secret_number = k->is_ec ? 3 : 4; /* CKA_VALUE, CKA_PRIVATE_EXPONENT */
	CK_ATTRIBUTE right = k->list[secret_number];
	const CK_ATTRIBUTE token = attr_bool(CKA_TOKEN, true);
	CK_SESSION_HANDLE ro = open_session(c, 0);

	if (!c->reference) {
		k->list[secret_number] = attr_bytes(right.type, "", 0);
		expect(c, "a private key without a number", CKR_ATTRIBUTE_VALUE_INVALID,
			create(c, h, k, NULL, 0, &o));
		if (!k->is_ec) {
			k->list[secret_number] = attr_bytes(right.type, "\x03", 1);
			expect(c, "numbers that do not belong together",
				CKR_ATTRIBUTE_VALUE_INVALID, create(c, h, k, NULL, 0, &o));
		}
	}
	k->list[secret_number] = right;
	expect(c, "a private key on the token in a R/O session", CKR_SESSION_READ_ONLY,
		create(c, ro, k, &token, 1, &o));
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(ro));
}

void
test_import(struct ctx *c)
{
	static const char *const curves[] = { NULL, "P-256" };
	CK_SESSION_HANDLE h = open_rw(c);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	for (size_t i = 0; i < COUNT(curves); i++) {
		struct key k = { NULL };
		CK_OBJECT_HANDLE o = 0;

		key_open(&k, curves[i]);
		test_extractable(c, h, &k, false);
		test_extractable(c, h, &k, true);
		test_default(c, h, &k);
		test_again(c, h, &k);
		test_wrong(c, h, &k);
		expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
		expect(c, "a private key without a login", CKR_USER_NOT_LOGGED_IN,
			create(c, h, &k, NULL, 0, &o));
		expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
		openssl_key_free(k.key);
	}
	close_all(c);
}
