/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrapping: what comes out is what OpenSSL makes of the same key, and what
 * OpenSSL has wrapped is unwrapped to a key that works.
 */
#include "config.h"

#include "api.h"

#define ROOM 2304

static const CK_ULONG secret = CKO_SECRET_KEY, private = CKO_PRIVATE_KEY, aes = CKK_AES,
		      generic = CKK_GENERIC_SECRET, rsa = CKK_RSA, ec = CKK_EC;
static const uint8_t kek[32] = "a key for keys, thirty-two bytes";
static const uint8_t digest[32] = { 2, 7, 1, 8, 2, 8, 1, 8 };

/* What is wrapped: it is known what it says. */
struct target {
	const char *what;
	const CK_ULONG *class, *type;
	uint8_t plain[PKCS8_MAX]; /* a value, or PKCS#8 */
	size_t len;
	struct evp_pkey_st *key;
	CK_OBJECT_HANDLE handle;
};

static CK_OBJECT_HANDLE
kek_create(struct ctx *c, CK_SESSION_HANDLE h, size_t len, bool token)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &aes),
		attr_bool(CKA_TOKEN, token), attr_bool(CKA_WRAP, true), attr_bool(CKA_UNWRAP, true),
		attr_bool(CKA_PRIVATE, token), attr_bytes(CKA_VALUE, kek, len) };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "a key for keys", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	return o;
}

static void
secret_target(struct ctx *c, CK_SESSION_HANDLE h, struct target *t)
{
	CK_ATTRIBUTE list[] = { attr_number(CKA_CLASS, t->class),
		attr_number(CKA_KEY_TYPE, t->type), attr_bool(CKA_EXTRACTABLE, true),
		attr_bool(CKA_SENSITIVE, true), attr_bytes(CKA_VALUE, t->plain, t->len) };

	for (size_t i = 0; i < t->len; i++)
		t->plain[i] = (uint8_t)(0x40 + i);
	expect(c, "a key to wrap", CKR_OK, c->f->C_CreateObject(h, list, COUNT(list), &t->handle));
}

static void
private_target(struct ctx *c, CK_SESSION_HANDLE h, const char *curve, bool token, struct target *t)
{
	uint8_t memory[PKCS8_MAX];
	CK_ATTRIBUTE list[16] = { attr_number(CKA_CLASS, t->class),
		attr_number(CKA_KEY_TYPE, t->type), attr_bool(CKA_TOKEN, token),
		attr_bool(CKA_EXTRACTABLE, true), attr_bool(CKA_SENSITIVE, true) };
	CK_ULONG n = 5;

	t->key = openssl_key(curve);
	t->len = openssl_pkcs8(t->key, t->plain);
	n += openssl_key_numbers(t->key, memory, list + n);
	expect(c, "a private key to wrap", CKR_OK, c->f->C_CreateObject(h, list, n, &t->handle));
}

/* --- a key that has come back does what it did --- */

static bool
is_the_secret(struct ctx *c, CK_SESSION_HANDLE h, const struct target *t, CK_OBJECT_HANDLE o)
{
	uint8_t value[64];
	CK_ATTRIBUTE a = { CKA_VALUE, value, sizeof(value) };

	return c->f->C_GetAttributeValue(h, o, &a, 1) == CKR_OK && a.ulValueLen == t->len &&
	       memcmp(value, t->plain, t->len) == 0;
}

static bool
signs(struct ctx *c, CK_SESSION_HANDLE h, const struct target *t, CK_OBJECT_HANDLE o)
{
	CK_MECHANISM m = { *t->type == CKK_EC ? CKM_ECDSA : CKM_RSA_PKCS, NULL, 0 };
	uint8_t signature[256];
	CK_ULONG n = sizeof(signature);

	return sign(c, h, &m, o, digest, sizeof(digest), signature, &n) == CKR_OK &&
	       openssl_key_verifies(t->key, digest, signature, n);
}

static CK_RV
unwrap(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE by,
	const struct target *t, bool token, const uint8_t *wrapped, size_t len,
	CK_OBJECT_HANDLE *out)
{
	CK_ULONG value_len = t->len;
	CK_ATTRIBUTE list[] = { attr_number(CKA_CLASS, t->class),
		attr_number(CKA_KEY_TYPE, t->type), attr_bool(CKA_TOKEN, token),
		attr_bool(CKA_SENSITIVE, false), attr_number(CKA_VALUE_LEN, &value_len) };
	CK_ULONG n = t->key == NULL || c->reference ? 5 : 4;

	if (c->reference) /* it allows no length, and lets no key out by default */
		list[4] = attr_bool(CKA_EXTRACTABLE, true);
	return c->f->C_UnwrapKey(h, m, by, (CK_BYTE *)wrapped, len, list, n, out);
}

static void
unwraps(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE by,
	const struct target *t, bool token, const uint8_t *wrapped, size_t len)
{
	CK_BBOOL extractable = 9, local = 9;
	CK_ATTRIBUTE a[] = { { CKA_EXTRACTABLE, &extractable, 1 }, { CKA_LOCAL, &local, 1 } };
	CK_OBJECT_HANDLE o = 0;

	if (!expect(c, t->what, CKR_OK, unwrap(c, h, m, by, t, token, wrapped, len, &o)))
		return;
	expect_true(
		c, "it is the key", t->key != NULL ? signs(c, h, t, o) : is_the_secret(c, h, t, o));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, a, COUNT(a)));
	expect_true(c, "it can be wrapped again, and is not of the token's making",
		extractable == CK_TRUE && local == CK_FALSE);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

/* The two calls, and no byte beyond the end. The length. */
static size_t
wraps(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE by,
	const struct target *t, uint8_t *wrapped)
{
	CK_ULONG most = 0, n = ROOM, small = 0, exact = 0;

	expect(c, "the length of what is wrapped", CKR_OK,
		c->f->C_WrapKey(h, m, by, t->handle, NULL, &most));
	if (!expect(c, "C_WrapKey", CKR_OK, c->f->C_WrapKey(h, m, by, t->handle, wrapped, &n)))
		return 0;
	/* Numbers of an RSA key may be shorter than they can be: by some bytes, or a block. */
	expect_true(c, "the length was told", n <= most && most <= n + 16);
	small = n - 1;
	expect(c, "a byte less is too small", CKR_BUFFER_TOO_SMALL,
		c->f->C_WrapKey(h, m, by, t->handle, wrapped, &small));
	expect_true(c, "what it needs is told", small >= n && small <= most);
	exact = n;
	wrapped[n] = 0x5a;
	expect(c, "a buffer of the exact length", CKR_OK,
		c->f->C_WrapKey(h, m, by, t->handle, wrapped, &exact));
	expect_true(c, "is filled and no more", exact == n && wrapped[n] == 0x5a);
	return n;
}

/* --- with AES --- */

static bool
carries(const struct aes_row *row, const struct target *t)
{
	static const CK_MECHANISM_TYPE pairs[] = { CKM_AES_CBC_PAD, CKM_AES_GCM, CKM_AES_KEY_WRAP,
		CKM_AES_KEY_WRAP_KWP };

	for (size_t i = 0; i < COUNT(pairs); i++)
		if (row->type == pairs[i])
			return true;
	return t->key == NULL && row->type != CKM_AES_CFB128 && row->type != CKM_AES_OFB;
}

static void
test_aes_row(struct ctx *c, CK_SESSION_HANDLE h, const struct aes_row *row, CK_OBJECT_HANDLE by,
	size_t kek_len, struct target *t, bool token)
{
	CK_MECHANISM m = aes_mechanism(row);
	uint8_t wrapped[ROOM], wanted[ROOM], padded[PKCS8_MAX + 16] = { 0 };
	size_t padded_len = (t->len + row->unit - 1) / row->unit * row->unit;
	size_t wanted_len = 0, n = 0;

	memcpy(padded, t->plain, t->len);
	wanted_len = openssl_aes(row, kek, kek_len, padded, padded_len, wanted);
	n = wraps(c, h, &m, by, t, wrapped);
	expect_true(c, "it is what OpenSSL makes of the key",
		n == wanted_len && memcmp(wrapped, wanted, n) == 0);
	unwraps(c, h, &m, by, t, token, wanted, wanted_len);
}

static void
test_aes(struct ctx *c, CK_SESSION_HANDLE h, struct target *targets, size_t count)
{
	for (size_t i = 0; i < 4; i++) {
		size_t len = i / 2 == 0 ? 16 : 32;
		CK_OBJECT_HANDLE by = kek_create(c, h, len, i % 2 == 1);

		for (size_t r = 0; r < aes_row_count; r++)
			for (size_t t = 0; t < count; t++)
				if (carries(&aes_rows[r], &targets[t]))
					test_aes_row(c, h, &aes_rows[r], by, len, &targets[t],
						(r + t) % 2 == 0);
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, by));
	}
}

/* --- with RSA --- */

static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0 };
static CK_RSA_AES_KEY_WRAP_PARAMS both = { 256, &oaep };

struct rsa_row {
	CK_MECHANISM m;
	struct padding_spec padding; /* OpenSSL's; hash is OAEP's */
	bool carries_private, reference;
};

static struct rsa_row rsa_rows[] = {
	{ { CKM_RSA_PKCS, NULL, 0 }, { 1, NULL, NULL, NULL }, false, true },
	{ { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) }, { 4, "SHA1", "SHA1", NULL }, false, true },
	{ { CKM_RSA_X_509, NULL, 0 }, { 3, NULL, NULL, NULL }, false, false },
	{ { CKM_RSA_AES_KEY_WRAP, &both, sizeof(both) }, { 4, "SHA1", "SHA1", NULL }, true, false },
};

static struct pair
rsa_pair(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_ULONG bits = 2048;
	CK_MECHANISM m = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { attr_number(CKA_MODULUS_BITS, &bits), attr_bool(CKA_WRAP, true) };
	CK_ATTRIBUTE own[] = { attr_bool(CKA_UNWRAP, true), attr_bool(CKA_TOKEN, true) };
	struct pair p = { 0, 0 };

	expect(c, "a pair for keys", CKR_OK,
		c->f->C_GenerateKeyPair(h, &m, public, 2, own, 2, &p.public, &p.private));
	return p;
}

/* By OpenSSL, for the pair; 0: not like that. */
static size_t
openssl_wraps(struct ctx *c, CK_SESSION_HANDLE h, const struct rsa_row *row,
	CK_OBJECT_HANDLE public, const struct target *t, uint8_t *out)
{
	static const struct aes_row kwp = { "KWP", CKM_AES_KEY_WRAP_KWP, "WRAP-PAD", 1, NULL, 0 };
	uint8_t block[256] = { 0 };

	if (row->m.mechanism == CKM_RSA_AES_KEY_WRAP)
		return openssl_encrypts(c, h, public, &row->padding, kek, 32, out) +
		       openssl_aes(&kwp, kek, 32, t->plain, t->len, out + 256);
	if (row->m.mechanism != CKM_RSA_X_509)
		return openssl_encrypts(c, h, public, &row->padding, t->plain, t->len, out);
	memcpy(block + sizeof(block) - t->len, t->plain, t->len);
	return openssl_encrypts(c, h, public, &row->padding, block, sizeof(block), out);
}

static void
test_rsa(struct ctx *c, CK_SESSION_HANDLE h, struct target *targets, size_t count)
{
	struct pair p = rsa_pair(c, h);
	uint8_t wrapped[ROOM];

	for (size_t r = 0; r < COUNT(rsa_rows); r++) {
		struct rsa_row *row = &rsa_rows[r];

		if (c->reference && !row->reference)
			continue;
		for (size_t i = 0; i < count; i++) {
			size_t n = 0;

			if (targets[i].key != NULL && !row->carries_private)
				continue;
			n = wraps(c, h, &row->m, p.public, &targets[i], wrapped);
			unwraps(c, h, &row->m, p.private, &targets[i], i % 2 == 0, wrapped, n);
			n = openssl_wraps(c, h, row, p.public, &targets[i], wrapped);
			unwraps(c, h, &row->m, p.private, &targets[i], i % 2 == 1, wrapped, n);
		}
	}
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, p.private));
}

/* A pair that was made here leaves for OpenSSL and comes back. */
static void
test_generated(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	struct target t = { "a generated key comes back", &private, &ec, { 0 }, 0, NULL, 0 };
	CK_OBJECT_HANDLE by = kek_create(c, h, 32, false), public = 0, back = 0;
	CK_MECHANISM gen = { CKM_EC_KEY_PAIR_GEN, NULL, 0 }, m = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_ATTRIBUTE curve = attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256));
	CK_ATTRIBUTE out[] = { attr_bool(CKA_EXTRACTABLE, true), attr_bool(CKA_TOKEN, true) };
	CK_ATTRIBUTE kind[] = { attr_number(CKA_CLASS, &private), attr_number(CKA_KEY_TYPE, &ec) };
	uint8_t wrapped[ROOM], signature[64];
	CK_ULONG n = 0, signature_len = sizeof(signature);

	expect(c, "a pair that may leave", CKR_OK,
		c->f->C_GenerateKeyPair(h, &gen, &curve, 1, out, 2, &public, &t.handle));
	n = wraps(c, h, &m, by, &t, wrapped);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, t.handle));
	expect(c, t.what, CKR_OK, c->f->C_UnwrapKey(h, &m, by, wrapped, n, kind, 2, &back));
	expect(c, "C_Sign", CKR_OK,
		sign(c, h, &ecdsa, back, digest, sizeof(digest), signature, &signature_len));
	expect_true(c, "and signs for its public half",
		openssl_verifies(c, h, public, NULL, PAD_NONE, digest, sizeof(digest), signature,
			signature_len));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, back));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, by));
}

void
test_wrap(struct ctx *c)
{
	static struct target targets[] = {
		{ "an AES key is unwrapped", &secret, &aes, { 0 }, 16, NULL, 0 },
		{ "a long AES key is unwrapped", &secret, &aes, { 0 }, 32, NULL, 0 },
		{ "a generic secret is unwrapped", &secret, &generic, { 0 }, 21, NULL, 0 },
		{ "an EC key is unwrapped", &private, &ec, { 0 }, 0, NULL, 0 },
		{ "an RSA key is unwrapped", &private, &rsa, { 0 }, 0, NULL, 0 },
	};
	CK_SESSION_HANDLE h = open_rw(c);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	for (size_t i = 0; i < 3; i++)
		secret_target(c, h, &targets[i]);
	private_target(c, h, "P-256", true, &targets[3]);
	private_target(c, h, NULL, false, &targets[4]);
	if (!c->reference)
		test_aes(c, h, targets, COUNT(targets));
	test_rsa(c, h, targets, COUNT(targets));
	if (!c->reference)
		test_generated(c, h);
	for (size_t i = 3; i < 5; i++)
		openssl_key_free(targets[i].key);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, targets[3].handle));
	close_all(c);
}
