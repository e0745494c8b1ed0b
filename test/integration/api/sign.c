/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures; OpenSSL judges them.
 */
#include "config.h"

#include "api.h"

#define SIGNATURE_MAX 512

static const uint8_t message[] = "The quick brown fox jumps over the lazy dog";
static CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };

static const struct {
	const char *what;
	CK_MECHANISM_TYPE type;
	bool ec, pss;
	const char *hash;  /* that the mechanism applies */
	const char *input; /* hash of the message that is passed, NULL: the message */
	enum padding padding;
} rows[] = {
	{ "CKM_SHA1_RSA_PKCS", CKM_SHA1_RSA_PKCS, false, false, "SHA1", NULL, PAD_PKCS1 },
	{ "CKM_SHA256_RSA_PKCS", CKM_SHA256_RSA_PKCS, false, false, "SHA256", NULL, PAD_PKCS1 },
	{ "CKM_SHA384_RSA_PKCS", CKM_SHA384_RSA_PKCS, false, false, "SHA384", NULL, PAD_PKCS1 },
	{ "CKM_SHA512_RSA_PKCS", CKM_SHA512_RSA_PKCS, false, false, "SHA512", NULL, PAD_PKCS1 },
	{ "CKM_SHA256_RSA_PKCS_PSS", CKM_SHA256_RSA_PKCS_PSS, false, true, "SHA256", NULL,
		PAD_PSS },
	{ "CKM_RSA_PKCS_PSS", CKM_RSA_PKCS_PSS, false, true, NULL, "SHA256", PAD_PSS },
	{ "CKM_RSA_PKCS", CKM_RSA_PKCS, false, false, NULL, NULL, PAD_PKCS1 },
	{ "CKM_ECDSA", CKM_ECDSA, true, false, NULL, "SHA256", PAD_NONE },
	{ "CKM_ECDSA with a long digest", CKM_ECDSA, true, false, NULL, "SHA512", PAD_NONE },
	{ "CKM_ECDSA_SHA256", CKM_ECDSA_SHA256, true, false, "SHA256", NULL, PAD_NONE },
	{ "CKM_ECDSA_SHA384", CKM_ECDSA_SHA384, true, false, "SHA384", NULL, PAD_NONE },
};

static void
test_row(struct ctx *c, CK_SESSION_HANDLE h, size_t i)
{
	CK_MECHANISM m = { rows[i].type, rows[i].pss ? &pss : NULL, rows[i].pss ? sizeof(pss) : 0 };
	const struct pair *pair = rows[i].ec ? &c->ec : &c->rsa;
	uint8_t signature[SIGNATURE_MAX], digest[64];
	CK_ULONG n = sizeof(signature), length = 0;
	const void *data = message;
	size_t len = sizeof(message);

	if (rows[i].input != NULL) {
		len = openssl_digest(rows[i].input, message, sizeof(message), digest);
		data = digest;
	}
	if (!expect(c, rows[i].what, CKR_OK, c->f->C_SignInit(h, &m, pair->private)))
		return;
	expect(c, rows[i].what, CKR_OK, c->f->C_Sign(h, (CK_BYTE *)data, len, NULL, &length));
	if (!expect(c, rows[i].what, CKR_OK, c->f->C_Sign(h, (CK_BYTE *)data, len, signature, &n)))
		return;
	expect(c, "the length that was told is the signature's", n, length);
	/* The caller's own data, in CKM_RSA_PKCS, is no digest that OpenSSL would be told of. */
	expect_true(c, rows[i].what,
		openssl_verifies(c, h, pair->public, rows[i].pss ? "SHA256" : rows[i].hash,
			rows[i].padding, rows[i].hash != NULL || rows[i].pss ? message : data,
			rows[i].hash != NULL || rows[i].pss ? sizeof(message) : len, signature, n));
}

static void
test_buffer(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	uint8_t signature[SIGNATURE_MAX];
	CK_ULONG n = 0;

	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &m, c->rsa.private));
	expect(c, "a second C_SignInit", CKR_OPERATION_ACTIVE,
		c->f->C_SignInit(h, &m, c->rsa.private));
	n = 255;
	expect(c, "C_Sign into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_Sign(h, (CK_BYTE *)message, sizeof(message), signature, &n));
	expect(c, "C_Sign tells the room it needs", 256, n);
	expect(c, "the operation has stayed", CKR_OK,
		c->f->C_Sign(h, (CK_BYTE *)message, sizeof(message), signature, &n));
	expect(c, "then it has ended", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Sign(h, (CK_BYTE *)message, sizeof(message), signature, &n));
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &m, c->rsa.private));
	expect(c, "C_Sign without a length", CKR_ARGUMENTS_BAD,
		c->f->C_Sign(h, (CK_BYTE *)message, sizeof(message), signature, NULL));
	expect(c, "an error ends the operation", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_SignUpdate(h, (CK_BYTE *)message, 1));
}

static void
test_parts(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 }, single = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t signature[SIGNATURE_MAX];
	CK_ULONG n = 0;

	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &m, c->rsa.private));
	expect(c, "C_SignUpdate", CKR_OK, c->f->C_SignUpdate(h, (CK_BYTE *)message, 10));
	expect(c, "C_SignUpdate", CKR_OK,
		c->f->C_SignUpdate(h, (CK_BYTE *)message + 10, sizeof(message) - 10));
	expect(c, "C_SignFinal asks for the length", CKR_OK, c->f->C_SignFinal(h, NULL, &n));
	expect(c, "C_SignFinal", CKR_OK, c->f->C_SignFinal(h, signature, &n));
	expect_true(c, "a signature in parts",
		openssl_verifies(c, h, c->rsa.public, "SHA256", PAD_PKCS1, message, sizeof(message),
			signature, n));
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &single, c->rsa.private));
	expect(c, "parts of a single-part mechanism", CKR_FUNCTION_NOT_SUPPORTED,
		c->f->C_SignUpdate(h, (CK_BYTE *)message, 10));
	expect(c, "C_SignFinal of a single-part mechanism", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_SignFinal(h, signature, &n));
}

/* Begin, and end what has begun. */
static CK_RV
try_init(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	uint8_t signature[SIGNATURE_MAX];
	CK_ULONG n = sizeof(signature);
	CK_RV rv = c->f->C_SignInit(h, m, key);

	if (rv == CKR_OK)
		c->f->C_Sign(h, (CK_BYTE *)message, 32, signature, &n);
	return rv;
}

static void
test_init(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 }, ec = { CKM_ECDSA, NULL, 0 };
	CK_MECHANISM digest = { CKM_SHA256, NULL, 0 };
	CK_MECHANISM unknown = { CKM_VENDOR_DEFINED | 0x123456, NULL, 0 };
	CK_MECHANISM no_params = { CKM_RSA_PKCS_PSS, NULL, 0 };
	CK_RSA_PKCS_PSS_PARAMS long_salt = { CKM_SHA256, CKG_MGF1_SHA256, 1000 };
	CK_MECHANISM too_long = { CKM_RSA_PKCS_PSS, &long_salt, sizeof(long_salt) };
	struct pair *p = &c->rsa;

	expect(c, "C_SignInit with an unknown mechanism", CKR_MECHANISM_INVALID,
		try_init(c, h, &unknown, p->private));
	expect(c, "C_SignInit with a digest", CKR_MECHANISM_INVALID,
		try_init(c, h, &digest, p->private));
	expect(c, "C_SignInit without a key", CKR_KEY_HANDLE_INVALID,
		try_init(c, h, &rsa, 0x7ffffffful));
	expect(c, "C_SignInit with a key of the wrong type", CKR_KEY_TYPE_INCONSISTENT,
		try_init(c, h, &ec, p->private));
	expect(c, "C_SignInit with a public key", CKR_KEY_TYPE_INCONSISTENT,
		try_init(c, h, &rsa, p->public));
	expect(c, "CKM_RSA_PKCS_PSS without parameters", CKR_MECHANISM_PARAM_INVALID,
		try_init(c, h, &no_params, p->private));
	expect(c, "CKM_RSA_PKCS_PSS with a salt that is too long", CKR_MECHANISM_PARAM_INVALID,
		try_init(c, h, &too_long, p->private));
}

static void
test_end(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 }, raw = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t signature[SIGNATURE_MAX], data[256] = { 0 };
	CK_ULONG n = sizeof(signature);

	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &raw, c->rsa.private));
	expect(c, "CKM_RSA_PKCS with too much data", CKR_DATA_LEN_RANGE,
		c->f->C_Sign(h, data, 246, signature, &n));
	expect(c, "too much data ends the operation", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Sign(h, data, 10, signature, &n));
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &rsa, c->rsa.private));
	expect(c, "C_SignInit without a mechanism cancels", CKR_OK, c->f->C_SignInit(h, NULL, 0));
	expect(c, "a cancelled operation", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Sign(h, NULL, 1, signature, &n));
}

/* PKCS#11 3.2, 4.10: each use of such a key wants the PIN again. */
static void
test_always_authenticate(struct ctx *c)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	CK_MECHANISM gen = { CKM_EC_KEY_PAIR_GEN, NULL, 0 }, ec = { CKM_ECDSA, NULL, 0 };
	CK_ATTRIBUTE public[] = { attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)),
		attr_bool(CKA_TOKEN, true), attr_bool(CKA_VERIFY, true) };
	CK_ATTRIBUTE private[] = { attr_bool(CKA_TOKEN, true), attr_bool(CKA_PRIVATE, true),
		attr_bool(CKA_SIGN, true), attr_bool(CKA_ALWAYS_AUTHENTICATE, true) };
	CK_SESSION_HANDLE h = open_rw(c);
	struct pair pair = { 0, 0 };
	uint8_t signature[64], digest[32] = "digest";
	CK_ULONG n = sizeof(signature);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "a key that always wants the PIN", CKR_OK,
		c->f->C_GenerateKeyPair(h, &gen, public, COUNT(public), private, COUNT(private),
			&pair.public, &pair.private));
	for (int i = 0; i < 2; i++) {
		expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &ec, pair.private));
		expect(c, "a wrong PIN for one use", CKR_PIN_INCORRECT,
			login(c, h, CKU_CONTEXT_SPECIFIC, "wrong"));
		expect(c, "the PIN for one use", CKR_OK,
			login(c, h, CKU_CONTEXT_SPECIFIC, USER_PIN));
		expect(c, "one use", CKR_OK,
			c->f->C_Sign(h, digest, sizeof(digest), signature, &n));
		expect_true(c, "its signature",
			openssl_verifies(c, h, pair.public, NULL, PAD_NONE, digest, sizeof(digest),
				signature, n));
	}
	expect(c, "use without the PIN", CKR_USER_NOT_LOGGED_IN,
		sign(c, h, &ec, pair.private, digest, sizeof(digest), signature, &n));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, pair.private));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, pair.public));
	close_all(c);
}

static void
test_logout(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	uint8_t signature[SIGNATURE_MAX];
	CK_ULONG n = sizeof(signature);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &m, c->rsa.private));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "a signature does not outlive a logout", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Sign(h, (CK_BYTE *)message, sizeof(message), signature, &n));
	close_all(c);
}

void
test_sign(struct ctx *c)
{
	static void (*const tests[])(
		struct ctx *, CK_SESSION_HANDLE) = { test_buffer, test_parts, test_init, test_end };
	CK_SESSION_HANDLE h = open_session(c, 0);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	for (size_t i = 0; i < COUNT(rows); i++)
		test_row(c, h, i);
	close_all(c);
	for (size_t i = 0; i < COUNT(tests); i++) {
		h = open_session(c, 0);
		expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
		find_keys(c, h);
		tests[i](c, h);
		close_all(c);
	}
	test_always_authenticate(c);
	test_logout(c);
}
