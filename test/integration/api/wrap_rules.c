/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrapping: what is refused, with which code; and that a key which may not leave
 * does not, whatever is tried.
 */
#include "config.h"

#include "api.h"

static const CK_ULONG secret = CKO_SECRET_KEY, private = CKO_PRIVATE_KEY, aes = CKK_AES,
		      generic = CKK_GENERIC_SECRET, ec = CKK_EC;
static const uint8_t value[] = "thirty-two bytes that are secret";

/* An AES key with two attributes of the test's choice. */
static CK_OBJECT_HANDLE
make(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE one, CK_ATTRIBUTE two)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &aes), one,
		two, attr_bytes(CKA_VALUE, value, 32) };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "an AES key", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	return o;
}

static CK_RV
wrap(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE by,
	CK_OBJECT_HANDLE key)
{
	static uint8_t iv[16];
	CK_MECHANISM m = { type, type == CKM_AES_CBC_PAD ? iv : NULL,
		type == CKM_AES_CBC_PAD ? sizeof(iv) : 0 };
	uint8_t out[2048];
	CK_ULONG n = sizeof(out);

	return c->f->C_WrapKey(h, &m, by, key, out, &n);
}

struct keys {
	CK_OBJECT_HANDLE by, no_wrap, no_unwrap, key, stays, choosy, demanding, limited;
};

static void
keys_make(struct ctx *c, CK_SESSION_HANDLE h, struct keys *k)
{
	static const CK_MECHANISM_TYPE other[] = { CKM_AES_CBC };
	CK_ATTRIBUTE nested = attr_bool(CKA_SENSITIVE, true);
	CK_ATTRIBUTE wraps = attr_bool(CKA_WRAP, true), leaves = attr_bool(CKA_EXTRACTABLE, true);
	CK_ATTRIBUTE open = attr_bool(CKA_SENSITIVE, false);

	k->by = make(c, h, wraps, attr_bool(CKA_UNWRAP, true));
	k->no_wrap = make(c, h, attr_bool(CKA_WRAP, false), attr_bool(CKA_UNWRAP, true));
	k->no_unwrap = make(c, h, wraps, attr_bool(CKA_UNWRAP, false));
	k->key = make(c, h, leaves, open);
	k->stays = make(c, h, attr_bool(CKA_EXTRACTABLE, false), open);
	k->choosy = make(c, h, leaves, attr_bool(CKA_WRAP_WITH_TRUSTED, true));
	k->demanding = make(c, h, wraps, attr_bytes(CKA_WRAP_TEMPLATE, &nested, sizeof(nested)));
	k->limited = make(c, h, wraps, attr_bytes(CKA_ALLOWED_MECHANISMS, other, sizeof(other)));
}

static void
test_wrap_codes(struct ctx *c, CK_SESSION_HANDLE h, const struct keys *k)
{
	CK_ULONG n = 0;
	CK_MECHANISM m = { CKM_AES_KEY_WRAP, NULL, 0 };

	expect(c, "C_WrapKey", CKR_OK, wrap(c, h, CKM_AES_KEY_WRAP, k->by, k->key));
	expect(c, "C_WrapKey of a key that stays", CKR_KEY_UNEXTRACTABLE,
		wrap(c, h, CKM_AES_KEY_WRAP, k->by, k->stays));
	expect(c, "asking for the length of a key that stays", CKR_KEY_UNEXTRACTABLE,
		c->f->C_WrapKey(h, &m, k->by, k->stays, NULL, &n));
	expect(c, "C_WrapKey of a key that wants a trusted one", CKR_KEY_NOT_WRAPPABLE,
		wrap(c, h, CKM_AES_KEY_WRAP, k->by, k->choosy));
	expect(c, "C_WrapKey with a key that does not wrap", CKR_KEY_FUNCTION_NOT_PERMITTED,
		wrap(c, h, CKM_AES_KEY_WRAP, k->no_wrap, k->key));
	expect(c, "C_WrapKey without a wrapping key", CKR_WRAPPING_KEY_HANDLE_INVALID,
		wrap(c, h, CKM_AES_KEY_WRAP, 0, k->key));
	expect(c, "C_WrapKey without a key", CKR_KEY_HANDLE_INVALID,
		wrap(c, h, CKM_AES_KEY_WRAP, k->by, 0));
	expect(c, "C_WrapKey with a key of the wrong type", CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
		wrap(c, h, CKM_RSA_PKCS, k->by, k->key));
	expect(c, "C_WrapKey with a private key", CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
		wrap(c, h, CKM_RSA_PKCS, c->rsa.private, k->key));
	expect(c, "C_WrapKey with a mechanism that signs", CKR_MECHANISM_INVALID,
		wrap(c, h, CKM_ECDSA, k->by, k->key));
	expect(c, "C_WrapKey of a public key", CKR_KEY_NOT_WRAPPABLE,
		wrap(c, h, CKM_AES_KEY_WRAP, k->by, c->rsa.public));
	if (c->reference)
		return;
	expect(c, "C_WrapKey of what the wrapping key does not want", CKR_KEY_HANDLE_INVALID,
		wrap(c, h, CKM_AES_KEY_WRAP, k->demanding, k->key));
	expect(c, "C_WrapKey with a mechanism that the key does not allow", CKR_MECHANISM_INVALID,
		wrap(c, h, CKM_AES_KEY_WRAP, k->limited, k->key));
	m = (CK_MECHANISM){ CKM_AES_CBC_PAD, NULL, 0 };
	expect(c, "C_WrapKey without its parameters", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_WrapKey(h, &m, k->by, k->key, NULL, &n));
}

/* --- unwrapping --- */

static CK_RV
unwrap(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type, CK_OBJECT_HANDLE by,
	const void *wrapped, CK_ULONG len, CK_ATTRIBUTE *t, CK_ULONG n)
{
	CK_MECHANISM m = { type, NULL, 0 };
	CK_OBJECT_HANDLE o = 0;

	return c->f->C_UnwrapKey(h, &m, by, (CK_BYTE *)wrapped, len, t, n, &o);
}

static void
test_unwrap_codes(struct ctx *c, CK_SESSION_HANDLE h, const struct keys *k)
{
	static uint8_t good[40], spoilt[40];
	CK_MECHANISM m = { CKM_AES_KEY_WRAP, NULL, 0 };
	CK_ULONG n = sizeof(good), len = 31;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &aes),
		attr_bool(CKA_TOKEN, false), attr_bool(CKA_LOCAL, true) };
	CK_ATTRIBUTE odd[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_SESSION_HANDLE ro = open_session(c, 0);

	expect(c, "C_WrapKey", CKR_OK, c->f->C_WrapKey(h, &m, k->by, k->key, good, &n));
	memcpy(spoilt, good, n);
	spoilt[9] ^= 1;
	expect(c, "C_UnwrapKey", CKR_OK, unwrap(c, h, m.mechanism, k->by, good, n, t, 3));
	expect(c, "C_UnwrapKey of a changed key", CKR_WRAPPED_KEY_INVALID,
		unwrap(c, h, m.mechanism, k->by, spoilt, n, t, 3));
	expect(c, "C_UnwrapKey of a cut key", CKR_WRAPPED_KEY_LEN_RANGE,
		unwrap(c, h, m.mechanism, k->by, good, n - 1, t, 3));
	expect(c, "C_UnwrapKey with a key that does not unwrap", CKR_KEY_FUNCTION_NOT_PERMITTED,
		unwrap(c, h, m.mechanism, k->no_unwrap, good, n, t, 3));
	expect(c, "C_UnwrapKey without a key", CKR_UNWRAPPING_KEY_HANDLE_INVALID,
		unwrap(c, h, m.mechanism, 0, good, n, t, 3));
	expect(c, "C_UnwrapKey with a key of the wrong type", CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT,
		unwrap(c, h, CKM_RSA_PKCS, k->by, good, n, t, 3));
	expect(c, "C_UnwrapKey without a class", CKR_TEMPLATE_INCOMPLETE,
		unwrap(c, h, m.mechanism, k->by, good, n, t + 1, 1));
	expect(c, "C_UnwrapKey without a key type", CKR_TEMPLATE_INCOMPLETE,
		unwrap(c, h, m.mechanism, k->by, good, n, t, 1));
	expect(c, "C_UnwrapKey with what the token sets", CKR_ATTRIBUTE_READ_ONLY,
		unwrap(c, h, m.mechanism, k->by, good, n, t, 4));
	t[2] = attr_bool(CKA_TOKEN, true);
	expect(c, "C_UnwrapKey to the token in a R/O session", CKR_SESSION_READ_ONLY,
		unwrap(c, ro, m.mechanism, k->by, good, n, t, 3));
	if (!c->reference)
		expect(c, "C_UnwrapKey with another length", CKR_WRAPPED_KEY_LEN_RANGE,
			unwrap(c, h, m.mechanism, k->by, good, n, odd, 3));
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(ro));
}

static struct pair
rsa_pair(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_ULONG bits = 2048;
	CK_MECHANISM m = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { attr_number(CKA_MODULUS_BITS, &bits), attr_bool(CKA_WRAP, true) };
	CK_ATTRIBUTE unwrap = attr_bool(CKA_UNWRAP, true);
	struct pair p = { 0, 0 };

	expect(c, "a pair for keys", CKR_OK,
		c->f->C_GenerateKeyPair(h, &m, public, 2, &unwrap, 1, &p.public, &p.private));
	return p;
}

/* Nobody learns from the answer whether the padding was right. */
static void
test_padding(struct ctx *c, CK_SESSION_HANDLE h, const struct pair *rsa)
{
	static const CK_ULONG len = 48;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_number(CKA_VALUE_LEN, &len), attr_bool(CKA_SENSITIVE, false) };
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t cipher[256] = { 0, 1, 2 }, back[2][64];

	for (int i = 0; i < 2; i++) {
		CK_ATTRIBUTE a = { CKA_VALUE, back[i], sizeof(back[i]) };
		CK_OBJECT_HANDLE o = 0;

		expect(c, "a bad padding of a wrapped key", CKR_OK,
			c->f->C_UnwrapKey(
				h, &m, rsa->private, cipher, sizeof(cipher), t, COUNT(t), &o));
		expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, &a, 1));
		expect(c, "it has the length that was asked for", len, a.ulValueLen);
	}
	expect_true(c, "the same key each time", memcmp(back[0], back[1], len) == 0);
}

/* --- a key that stays --- */

static void
test_stays(struct ctx *c, CK_SESSION_HANDLE h, const struct keys *k)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP,
		CKM_AES_CBC_PAD };
	CK_OBJECT_HANDLE keys[] = { c->ec.private, c->rsa.private, k->stays }, copy = 0;
	CK_ATTRIBUTE out[] = { attr_bool(CKA_EXTRACTABLE, true), attr_bool(CKA_SENSITIVE, false) };

	for (size_t i = 0; i < COUNT(keys); i++) {
		for (size_t m = 0; m < COUNT(types); m++)
			expect(c, "a key that stays, by every mechanism", CKR_KEY_UNEXTRACTABLE,
				wrap(c, h, types[m], k->by, keys[i]));
		expect(c, "it does not become extractable", CKR_ATTRIBUTE_READ_ONLY,
			c->f->C_SetAttributeValue(h, keys[i], out, 1));
		expect(c, "nor does a copy", CKR_ATTRIBUTE_READ_ONLY,
			c->f->C_CopyObject(h, keys[i], out, 1, &copy));
		expect(c, "a copy of it", CKR_OK, c->f->C_CopyObject(h, keys[i], NULL, 0, &copy));
		expect(c, "its copy stays, too", CKR_KEY_UNEXTRACTABLE,
			wrap(c, h, CKM_AES_KEY_WRAP_KWP, k->by, copy));
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, copy));
	}
}

static void
test_without_login(struct ctx *c, CK_SESSION_HANDLE h, const struct pair *rsa)
{
	CK_OBJECT_HANDLE key =
		make(c, h, attr_bool(CKA_EXTRACTABLE, true), attr_bool(CKA_PRIVATE, false));
	CK_ATTRIBUTE kind[] = { attr_number(CKA_CLASS, &private), attr_number(CKA_KEY_TYPE, &ec) };

	expect(c, "a public key wraps without a login", CKR_OK,
		wrap(c, h, CKM_RSA_PKCS, rsa->public, key));
	expect(c, "C_UnwrapKey without a login", CKR_UNWRAPPING_KEY_HANDLE_INVALID,
		unwrap(c, h, CKM_RSA_PKCS, rsa->private, value, 32, kind, 2));
}

/* SoftHSM answers differently in too many ways to judge these tests. */
void
test_wrap_rules(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	struct pair rsa = { 0, 0 };
	struct keys k = { 0 };

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	if (!c->reference) {
		keys_make(c, h, &k);
		rsa = rsa_pair(c, h);
		test_wrap_codes(c, h, &k);
		test_unwrap_codes(c, h, &k);
		test_padding(c, h, &rsa);
		test_stays(c, h, &k);
	}
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	if (!c->reference)
		test_without_login(c, h, &rsa);
	close_all(c);
}
