/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies: keytool makes a pair in the session and copies its private key to the
 * token; p11-kit's and OpenSSL's providers copy keys to the session.
 */
#include "config.h"

#include "api.h"

static uint8_t digest[32] = "a digest";
static CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };

static CK_RV
copy(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE change,
	CK_OBJECT_HANDLE *out)
{
	return c->f->C_CopyObject(h, o, &change, 1, out);
}

/* The key signs, and the signature is public's. */
static void
check_key(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, CK_OBJECT_HANDLE public)
{
	uint8_t signature[64];
	CK_ULONG n = sizeof(signature);

	expect(c, "a copy signs", CKR_OK,
		sign(c, h, &ecdsa, key, digest, sizeof(digest), signature, &n));
	expect_true(c, "its signature is the key's",
		openssl_verifies(
			c, h, public, NULL, PAD_NONE, digest, sizeof(digest), signature, n));
}

static CK_OBJECT_HANDLE
find_copy(struct ctx *c, CK_SESSION_HANDLE h, CK_ULONG class, CK_ULONG wanted)
{
	CK_OBJECT_HANDLE o = 0;
	CK_ULONG n = 0;
	CK_ATTRIBUTE t[] = { attr_text(CKA_ID, "alias"), attr_number(CKA_CLASS, &class) };

	expect(c, "search", CKR_OK, search(c, h, t, COUNT(t), &o, 1, &n));
	expect(c, "copies on the token", wanted, n);
	return o;
}

static void
test_session_to_token(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_OBJECT_HANDLE private = 0, public = 0;
	struct pair pair = { 0, 0 };
	CK_ATTRIBUTE t[] = { attr_bool(CKA_TOKEN, true), attr_text(CKA_ID, "alias") };

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "a session pair", CKR_OK, generate_ec(c, h, false, "session", &pair));
	expect(c, "its private key to the token", CKR_OK,
		c->f->C_CopyObject(h, pair.private, t, COUNT(t), &private));
	expect(c, "its public key to the token", CKR_OK,
		c->f->C_CopyObject(h, pair.public, t, COUNT(t), &public));
	check_key(c, h, private, pair.public);
	close_all(c);
	h = open_rw(c);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	private = find_copy(c, h, CKO_PRIVATE_KEY, 1);
	public = find_copy(c, h, CKO_PUBLIC_KEY, 1);
	check_key(c, h, private, public);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, private));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, public));
	close_all(c);
}

static void
test_to_session(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE o = 0, again = 0;
	CK_BBOOL local = 9, copyable = 9;
	CK_ATTRIBUTE t[] = { { CKA_LOCAL, &local, 1 }, { CKA_COPYABLE, &copyable, 1 } };

	expect(c, "a token key to the session", CKR_OK,
		copy(c, h, c->ec.private, attr_bool(CKA_TOKEN, false), &o));
	check_key(c, h, o, c->ec.public);
	check_key(c, h, c->ec.private, c->ec.public);
	expect(c, "attributes of a copy", CKR_OK, c->f->C_GetAttributeValue(h, o, t, COUNT(t)));
	expect_true(c, "a copy is as local as its key", local == CK_TRUE);
	expect_true(c, "a copy can be copied", copyable == CK_TRUE);
	if (!expect(c, "a copy that can not be copied", CKR_OK,
		    copy(c, h, o, attr_bool(CKA_COPYABLE, false), &again)))
		return;
	check_key(c, h, again, c->ec.public);
	expect(c, "a copy of what is not copyable", CKR_ACTION_PROHIBITED,
		copy(c, h, again, attr_bool(CKA_TOKEN, false), &o));
}

static void
test_refused(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE o = 0;
	CK_ULONG size = 0, modulus_len = 256;

	expect(c, "a copy of nothing", CKR_OBJECT_HANDLE_INVALID,
		copy(c, h, 0x7fffffffUL, attr_bool(CKA_TOKEN, false), &o));
	expect(c, "a copy that is less sensitive", CKR_ATTRIBUTE_READ_ONLY,
		copy(c, h, c->ec.private, attr_bool(CKA_SENSITIVE, false), &o));
	expect(c, "a copy that is extractable", CKR_ATTRIBUTE_READ_ONLY,
		copy(c, h, c->ec.private, attr_bool(CKA_EXTRACTABLE, true), &o));
	expect(c, "a copy that is local by its template", CKR_ATTRIBUTE_READ_ONLY,
		copy(c, h, c->ec.private, attr_bool(CKA_LOCAL, false), &o));
	expect(c, "C_GetObjectSize", CKR_OK, c->f->C_GetObjectSize(h, c->rsa.private, &size));
	expect_true(c, "the size has the modulus in it",
		size > modulus_len && (size < 65536 || c->reference));
	expect(c, "the size of nothing", CKR_OBJECT_HANDLE_INVALID,
		c->f->C_GetObjectSize(h, 0x7fffffffUL, &size));
}

static void
test_read_only(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_OBJECT_HANDLE o = 0;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "a copy to the token in a R/O session", CKR_SESSION_READ_ONLY,
		c->f->C_CopyObject(h, c->ec.public, NULL, 0, &o));
	expect(c, "a copy to the session in a R/O session", CKR_OK,
		copy(c, h, c->ec.public, attr_bool(CKA_TOKEN, false), &o));
	close_all(c);
}

void
test_copy(struct ctx *c)
{
	CK_SESSION_HANDLE h = 0;

	test_session_to_token(c);
	h = open_rw(c);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	test_to_session(c, h);
	test_refused(c, h);
	close_all(c);
	test_read_only(c);
}
