/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two operations at once: a digest, a signature or a verification beside a
 * cipher.
 */
#include "config.h"

#include <openssl/evp.h>

#include "api.h"

#define LEN  48
#define ROOM 64

static uint8_t value[16] = "sixteen bytes ok", data[LEN];
static CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 }, sha256 = { CKM_SHA256, NULL, 0 };
static CK_MECHANISM cmac = { CKM_AES_CMAC, NULL, 0 };

static const struct aes_row *
ecb_row(void)
{
	for (size_t i = 0; i < aes_row_count; i++)
		if (aes_rows[i].type == CKM_AES_ECB)
			return &aes_rows[i];
	return NULL;
}

typedef CK_RV (*dual_update)(
	CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG n, CK_BYTE *out, CK_ULONG *len);

/* In two parts; what puts out nothing moves neither operation. */
static void
through(struct ctx *c, CK_SESSION_HANDLE h, dual_update update, uint8_t *in, const uint8_t *wanted)
{
	uint8_t out[ROOM];
	CK_ULONG n = 0;

	expect(c, "two operations ask for the length", CKR_OK, update(h, in, 16, NULL, &n));
	expect(c, "which is told", 16, n);
	n = 15;
	expect(c, "two operations into a small buffer", CKR_BUFFER_TOO_SMALL,
		update(h, in, 16, out, &n));
	n = 16;
	expect(c, "two operations", CKR_OK, update(h, in, 16, out, &n));
	n = LEN - 16;
	memcpy(out + 16, in + 16, LEN - 16);
	expect(c, "two operations in one memory", CKR_OK,
		update(h, out + 16, LEN - 16, out + 16, &n));
	expect(c, "as long as it was", LEN - 16, n);
	expect_true(c, "the cipher's result", memcmp(out, wanted, LEN) == 0);
}

static void
check_digest(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t got[32], right[32];
	CK_ULONG n = sizeof(got);

	EVP_Digest(data, LEN, right, NULL, EVP_sha256(), NULL);
	expect(c, "C_DigestFinal", CKR_OK, c->f->C_DigestFinal(h, got, &n));
	expect_true(c, "the plaintext's digest", memcmp(got, right, sizeof(right)) == 0);
}

static void
check_end(struct ctx *c, CK_RV (*final)(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG *),
	CK_SESSION_HANDLE h)
{
	uint8_t out[ROOM];
	CK_ULONG n = sizeof(out);

	expect(c, "the cipher's end", CKR_OK, final(h, out, &n));
	expect(c, "has nothing left", 0, n);
}

static void
test_with_digest(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t cipher[ROOM];

	openssl_aes(ecb_row(), value, sizeof(value), data, LEN, cipher);
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha256));
	through(c, h, c->f->C_DigestEncryptUpdate, data, cipher);
	check_end(c, c->f->C_EncryptFinal, h);
	check_digest(c, h);
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &ecb, key));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha256));
	through(c, h, c->f->C_DecryptDigestUpdate, cipher, data);
	check_end(c, c->f->C_DecryptFinal, h);
	check_digest(c, h);
}

static void
test_with_signature(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t cipher[ROOM], mac[16], right[16];
	CK_ULONG n = sizeof(mac);

	openssl_aes(ecb_row(), value, sizeof(value), data, LEN, cipher);
	openssl_cmac(value, sizeof(value), data, LEN, right);
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &cmac, key));
	through(c, h, c->f->C_SignEncryptUpdate, data, cipher);
	check_end(c, c->f->C_EncryptFinal, h);
	expect(c, "C_SignFinal", CKR_OK, c->f->C_SignFinal(h, mac, &n));
	expect_true(c, "the plaintext's MAC", memcmp(mac, right, sizeof(right)) == 0);
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &ecb, key));
	expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &cmac, key));
	through(c, h, c->f->C_DecryptVerifyUpdate, cipher, data);
	check_end(c, c->f->C_DecryptFinal, h);
	expect(c, "C_VerifyFinal", CKR_OK, c->f->C_VerifyFinal(h, right, sizeof(right)));
}

/* With a part between that only one of them gets. */
static void
test_interspersed(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t out[ROOM];
	CK_ULONG n = sizeof(out);

	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha256));
	expect(c, "C_DigestUpdate", CKR_OK, c->f->C_DigestUpdate(h, data, 16));
	expect(c, "C_EncryptUpdate", CKR_OK, c->f->C_EncryptUpdate(h, data, 5, out, &n));
	n = sizeof(out);
	expect(c, "C_DigestEncryptUpdate", CKR_OK,
		c->f->C_DigestEncryptUpdate(h, data + 16, 20, out, &n));
	expect(c, "whole blocks come out", 16, n);
	expect(c, "C_DigestUpdate", CKR_OK, c->f->C_DigestUpdate(h, data + 36, LEN - 36));
	check_digest(c, h);
	n = sizeof(out);
	expect(c, "C_EncryptFinal", CKR_DATA_LEN_RANGE, c->f->C_EncryptFinal(h, out, &n));
}

/* Which of the two an error ends. */
static void
test_errors(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM wrap = { CKM_AES_KEY_WRAP, NULL, 0 }, ecdsa = { CKM_ECDSA, NULL, 0 };
	uint8_t out[ROOM];
	CK_ULONG n = sizeof(out);

	expect(c, "two operations of which none runs", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DigestEncryptUpdate(h, data, 16, out, &n));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha256));
	expect(c, "two operations of which one runs", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DigestEncryptUpdate(h, data, 16, out, &n));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "no data for both", CKR_ARGUMENTS_BAD,
		c->f->C_DigestEncryptUpdate(h, NULL, 16, out, &n));
	expect(c, "the encryption has ended", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_EncryptFinal(h, out, &n));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &wrap, key));
	expect(c, "a cipher without parts", CKR_FUNCTION_NOT_SUPPORTED,
		c->f->C_DigestEncryptUpdate(h, data, 16, out, &n));
	expect(c, "C_DigestUpdate", CKR_OK, c->f->C_DigestUpdate(h, data, LEN));
	check_digest(c, h); /* it has gone on, and nothing else has come into it */
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &ecdsa, c->ec.private));
	n = sizeof(out);
	expect(c, "a signature without parts", CKR_FUNCTION_NOT_SUPPORTED,
		c->f->C_SignEncryptUpdate(h, data, 16, out, &n));
	expect(c, "the signature has ended", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_SignFinal(h, out, &n));
	check_end(c, c->f->C_EncryptFinal, h);
}

void
test_dual(struct ctx *c)
{
	static void (*const tests[])(struct ctx *, CK_SESSION_HANDLE, CK_OBJECT_HANDLE) = {
		test_with_digest, test_with_signature, test_interspersed, test_errors
	};

	if (c->reference) /* SoftHSM 2 has none of these functions */
		return;
	for (size_t i = 0; i < LEN; i++)
		data[i] = (uint8_t)(3 * i);
	for (size_t i = 0; i < COUNT(tests); i++) {
		CK_SESSION_HANDLE h = open_session(c, 0);

		expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
		find_keys(c, h);
		tests[i](c, h, aes_key(c, h, false, value, sizeof(value)));
		close_all(c);
	}
}
