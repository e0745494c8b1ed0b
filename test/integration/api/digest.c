/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digests; OpenSSL has the other opinion.
 */
#include "config.h"

#include "api.h"

static uint8_t message[] = "Sphinx of black quartz, judge my vow";

static const struct {
	const char *what;
	CK_MECHANISM_TYPE type;
} rows[] = {
	{ "SHA1", CKM_SHA_1 },
	{ "SHA224", CKM_SHA224 },
	{ "SHA256", CKM_SHA256 },
	{ "SHA384", CKM_SHA384 },
	{ "SHA512", CKM_SHA512 },
};

static void
test_row(struct ctx *c, CK_SESSION_HANDLE h, size_t i)
{
	CK_MECHANISM m = { rows[i].type, NULL, 0 };
	uint8_t wanted[64], whole[64], parts[64];
	size_t len = openssl_digest(rows[i].what, message, sizeof(message), wanted);
	CK_ULONG n = 0;

	expect(c, rows[i].what, CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_Digest asks for the length", CKR_OK,
		c->f->C_Digest(h, message, sizeof(message), NULL, &n));
	expect(c, "length of a digest", len, n);
	n--;
	expect(c, "C_Digest into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_Digest(h, message, sizeof(message), whole, &n));
	expect(c, "C_Digest", CKR_OK, c->f->C_Digest(h, message, sizeof(message), whole, &n));
	expect_true(c, rows[i].what, n == len && memcmp(whole, wanted, len) == 0);
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestUpdate", CKR_OK, c->f->C_DigestUpdate(h, message, 5));
	expect(c, "C_DigestUpdate with nothing", CKR_OK, c->f->C_DigestUpdate(h, message, 0));
	expect(c, "C_DigestUpdate", CKR_OK,
		c->f->C_DigestUpdate(h, message + 5, sizeof(message) - 5));
	expect(c, "C_DigestFinal asks for the length", CKR_OK, c->f->C_DigestFinal(h, NULL, &n));
	expect(c, "C_DigestFinal", CKR_OK, c->f->C_DigestFinal(h, parts, &n));
	expect_true(c, rows[i].what, n == len && memcmp(parts, wanted, len) == 0);
}

/* Nobody may read what these keys are made of. */
static void
test_key(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_MECHANISM m = { CKM_SHA256, NULL, 0 };
	uint8_t digest[64];
	CK_ULONG n = sizeof(digest);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "C_DigestKey without a digest", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DigestKey(h, c->ec.private));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestKey of a private key", CKR_KEY_INDIGESTIBLE,
		c->f->C_DigestKey(h, c->ec.private));
	expect(c, "it has ended the digest", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DigestFinal(h, digest, &n));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestKey of nothing", CKR_KEY_HANDLE_INVALID,
		c->f->C_DigestKey(h, 0x7fffffffUL));
	close_all(c);
}

void
test_digest(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_MECHANISM m = { CKM_SHA256, NULL, 0 }, bad = { CKM_ECDSA, NULL, 0 };
	uint8_t digest[64];
	CK_ULONG n = sizeof(digest);

	for (size_t i = 0; i < COUNT(rows); i++)
		test_row(c, h, i);
	expect(c, "C_DigestInit with a signing mechanism", CKR_MECHANISM_INVALID,
		c->f->C_DigestInit(h, &bad));
	expect(c, "C_DigestUpdate without a digest", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DigestUpdate(h, message, 1));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "a second C_DigestInit", CKR_OPERATION_ACTIVE, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestUpdate", CKR_OK, c->f->C_DigestUpdate(h, message, 1));
	expect(c, "C_Digest within parts", CKR_OPERATION_ACTIVE,
		c->f->C_Digest(h, message, 1, digest, &n));
	expect(c, "it has ended the parts", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DigestUpdate(h, message, 1));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_Digest tells the length", CKR_OK, c->f->C_Digest(h, message, 1, NULL, &n));
	expect(c, "C_DigestFinal after that", CKR_OPERATION_ACTIVE,
		c->f->C_DigestFinal(h, digest, &n));
	expect(c, "it has ended the digest, too", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Digest(h, message, 1, digest, &n));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestInit without a mechanism cancels", CKR_OK, c->f->C_DigestInit(h, NULL));
	expect(c, "C_DigestFinal after a cancel", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DigestFinal(h, digest, &n));
	close_all(c);
	test_key(c);
}
