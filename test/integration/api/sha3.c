/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-3, which SoftHSM 2 does not have: digests and signatures, at once and in
 * parts; OpenSSL has the other opinion.
 */
#include "config.h"

#include "api.h"

#define SIGNATURE_MAX 512

static uint8_t message[] = "Jackdaws love my big sphinx of quartz";

static const struct {
	const char *name; /* OpenSSL's */
	CK_MECHANISM_TYPE digest, pkcs, pss, ecdsa;
	CK_RSA_PKCS_PSS_PARAMS params;
} rows[] = {
	{ "SHA3-224", CKM_SHA3_224, CKM_SHA3_224_RSA_PKCS, CKM_SHA3_224_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_224, { CKM_SHA3_224, CKG_MGF1_SHA3_224, 28 } },
	{ "SHA3-256", CKM_SHA3_256, CKM_SHA3_256_RSA_PKCS, CKM_SHA3_256_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_256, { CKM_SHA3_256, CKG_MGF1_SHA3_256, 32 } },
	{ "SHA3-384", CKM_SHA3_384, CKM_SHA3_384_RSA_PKCS, CKM_SHA3_384_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_384, { CKM_SHA3_384, CKG_MGF1_SHA3_384, 0 } },
	{ "SHA3-512", CKM_SHA3_512, CKM_SHA3_512_RSA_PKCS, CKM_SHA3_512_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_512, { CKM_SHA3_512, CKG_MGF1_SHA3_512, 64 } },
};

static void
test_digest_of(struct ctx *c, CK_SESSION_HANDLE h, size_t i)
{
	CK_MECHANISM m = { rows[i].digest, NULL, 0 };
	uint8_t wanted[64], got[64];
	size_t len = openssl_digest(rows[i].name, message, sizeof(message), wanted);
	CK_ULONG n = len - 1;

	expect(c, rows[i].name, CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "SHA-3 into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_Digest(h, message, sizeof(message), got, &n));
	expect(c, "length of a SHA-3", len, n);
	expect(c, "C_Digest", CKR_OK, c->f->C_Digest(h, message, sizeof(message), got, &n));
	expect_true(c, rows[i].name, n == len && memcmp(got, wanted, len) == 0);
	expect(c, rows[i].name, CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestUpdate", CKR_OK, c->f->C_DigestUpdate(h, message, 9));
	expect(c, "C_DigestUpdate", CKR_OK,
		c->f->C_DigestUpdate(h, message + 9, sizeof(message) - 9));
	expect(c, "C_DigestFinal", CKR_OK, c->f->C_DigestFinal(h, got, &n));
	expect_true(c, rows[i].name, n == len && memcmp(got, wanted, len) == 0);
}

struct use {
	CK_MECHANISM m;
	const struct pair *pair;
	enum padding padding;
	const char *hash;
};

static void
check(struct ctx *c, CK_SESSION_HANDLE h, const struct use *u, uint8_t *signature, CK_ULONG n)
{
	CK_MECHANISM m = u->m;

	expect_true(c, "a signature over SHA-3",
		openssl_verifies(c, h, u->pair->public, u->hash, u->padding, message,
			sizeof(message), signature, n));
	expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &m, u->pair->public));
	expect(c, "C_VerifyUpdate", CKR_OK, c->f->C_VerifyUpdate(h, message, sizeof(message)));
	expect(c, "C_VerifyFinal", CKR_OK, c->f->C_VerifyFinal(h, signature, n));
	expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &m, u->pair->public));
	expect(c, "a signature of other data", CKR_SIGNATURE_INVALID,
		c->f->C_Verify(h, message, sizeof(message) - 1, signature, n));
}

static void
test_sign_with(struct ctx *c, CK_SESSION_HANDLE h, const struct use *u)
{
	CK_MECHANISM m = u->m;
	uint8_t signature[SIGNATURE_MAX];
	CK_ULONG n = 0;

	expect(c, u->hash, CKR_OK, c->f->C_SignInit(h, &m, u->pair->private));
	expect(c, "C_Sign asks for the length", CKR_OK,
		c->f->C_Sign(h, message, sizeof(message), NULL, &n));
	n--;
	expect(c, "C_Sign into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_Sign(h, message, sizeof(message), signature, &n));
	expect(c, "C_Sign", CKR_OK, c->f->C_Sign(h, message, sizeof(message), signature, &n));
	check(c, h, u, signature, n);
	expect(c, u->hash, CKR_OK, c->f->C_SignInit(h, &m, u->pair->private));
	expect(c, "C_SignUpdate", CKR_OK, c->f->C_SignUpdate(h, message, 9));
	expect(c, "C_SignUpdate", CKR_OK, c->f->C_SignUpdate(h, message + 9, sizeof(message) - 9));
	expect(c, "C_SignFinal", CKR_OK, c->f->C_SignFinal(h, signature, &n));
	check(c, h, u, signature, n);
}

static void
test_row(struct ctx *c, CK_SESSION_HANDLE h, size_t i)
{
	CK_RSA_PKCS_PSS_PARAMS params = rows[i].params, other = params;
	const struct use uses[] = {
		{ { rows[i].pkcs, NULL, 0 }, &c->rsa, PAD_PKCS1, rows[i].name },
		{ { rows[i].pss, &params, sizeof(params) }, &c->rsa, PAD_PSS, rows[i].name },
		{ { rows[i].ecdsa, NULL, 0 }, &c->ec, PAD_NONE, rows[i].name },
	};
	CK_MECHANISM wrong = { rows[i].pss, &other, sizeof(other) };

	other.hashAlg = CKM_SHA256;
	test_digest_of(c, h, i);
	for (size_t k = 0; k < COUNT(uses); k++)
		test_sign_with(c, h, &uses[k]);
	expect(c, "parameters with another hash", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_SignInit(h, &wrong, c->rsa.private));
}

void
test_sha3(struct ctx *c)
{
	CK_SESSION_HANDLE h = 0;

	if (c->reference)
		return;
	h = open_session(c, 0);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	for (size_t i = 0; i < COUNT(rows); i++)
		test_row(c, h, i);
	close_all(c);
}
