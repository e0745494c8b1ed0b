/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption and decryption; OpenSSL encrypts too.
 */
#include "config.h"

#include <openssl/rsa.h>

#include "api.h"

#define MODULUS_LEN 256
#define ROOM        512

static const uint8_t message[] = "The quick brown fox jumps over the lazy dog";
static char label[] = "a label";

#define OAEP(hash, mgf, text, len)                                                                 \
	{                                                                                          \
		hash, mgf, CKZ_DATA_SPECIFIED, text, len                                           \
	}

static CK_RSA_PKCS_OAEP_PARAMS oaep_sha1 = OAEP(CKM_SHA_1, CKG_MGF1_SHA1, NULL, 0);
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha256 = OAEP(CKM_SHA256, CKG_MGF1_SHA256, NULL, 0);
static CK_RSA_PKCS_OAEP_PARAMS oaep_mixed = OAEP(CKM_SHA512, CKG_MGF1_SHA1, NULL, 0);
static CK_RSA_PKCS_OAEP_PARAMS oaep_label =
	OAEP(CKM_SHA256, CKG_MGF1_SHA256, label, sizeof(label) - 1);

static const struct row {
	const char *what;
	CK_MECHANISM_TYPE type;
	CK_RSA_PKCS_OAEP_PARAMS *oaep;
	struct padding_spec openssl;
	CK_ULONG most; /* bytes of the longest message */
} rows[] = {
	{ "CKM_RSA_PKCS encrypts", CKM_RSA_PKCS, NULL, { RSA_PKCS1_PADDING, NULL, NULL, NULL },
		MODULUS_LEN - 11 },
	{ "OAEP with SHA-1 encrypts", CKM_RSA_PKCS_OAEP, &oaep_sha1,
		{ RSA_PKCS1_OAEP_PADDING, "SHA1", "SHA1", NULL }, MODULUS_LEN - 42 },
	{ "OAEP with SHA-256 encrypts", CKM_RSA_PKCS_OAEP, &oaep_sha256,
		{ RSA_PKCS1_OAEP_PADDING, "SHA256", "SHA256", NULL }, MODULUS_LEN - 66 },
	{ "OAEP with two hashes encrypts", CKM_RSA_PKCS_OAEP, &oaep_mixed,
		{ RSA_PKCS1_OAEP_PADDING, "SHA512", "SHA1", NULL }, MODULUS_LEN - 130 },
	{ "OAEP with a label encrypts", CKM_RSA_PKCS_OAEP, &oaep_label,
		{ RSA_PKCS1_OAEP_PADDING, "SHA256", "SHA256", label }, MODULUS_LEN - 66 },
};

/* A session key that does both: keys that sign do nothing else. */
static struct pair key;

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, bool usage, bool always, struct pair *out)
{
	static const CK_ULONG bits = 2048;
	CK_MECHANISM m = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { attr_number(CKA_MODULUS_BITS, &bits),
		attr_bool(CKA_ENCRYPT, usage) };
	CK_ATTRIBUTE private[] = { attr_bool(CKA_TOKEN, always), attr_bool(CKA_PRIVATE, true),
		attr_bool(CKA_DECRYPT, usage), attr_bool(CKA_ALWAYS_AUTHENTICATE, always) };

	return c->f->C_GenerateKeyPair(
		h, &m, public, COUNT(public), private, COUNT(private), &out->public, &out->private);
}

static CK_MECHANISM
mechanism_of(const struct row *row)
{
	CK_ULONG len = row->oaep != NULL ? sizeof(*row->oaep) : 0;

	return (CK_MECHANISM){ row->type, row->oaep, len };
}

static CK_RV
encrypt(const struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, const void *data, size_t len,
	uint8_t *out, CK_ULONG *out_len)
{
	CK_RV rv = c->f->C_EncryptInit(h, m, key.public);

	return rv != CKR_OK ? rv : c->f->C_Encrypt(h, (CK_BYTE *)data, len, out, out_len);
}

static CK_RV
decrypt(const struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, const void *data, size_t len,
	uint8_t *out, CK_ULONG *out_len)
{
	CK_RV rv = c->f->C_DecryptInit(h, m, key.private);

	return rv != CKR_OK ? rv : c->f->C_Decrypt(h, (CK_BYTE *)data, len, out, out_len);
}

static void
test_row(struct ctx *c, CK_SESSION_HANDLE h, const struct row *row)
{
	CK_MECHANISM m = mechanism_of(row);
	uint8_t cipher[1024], plain[ROOM];
	CK_ULONG n = sizeof(cipher), plain_len = 0;

	if (!expect(c, row->what, CKR_OK, encrypt(c, h, &m, message, sizeof(message), cipher, &n)))
		return;
	expect(c, "a ciphertext is as long as the modulus", MODULUS_LEN, n);
	for (int i = 0; i < 2; i++) {
		expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &m, key.private));
		expect(c, "C_Decrypt asks for the length", CKR_OK,
			c->f->C_Decrypt(h, cipher, n, NULL, &plain_len));
		expect_true(c, "there is room enough in it",
			plain_len >= sizeof(message) && plain_len <= MODULUS_LEN);
		expect(c, "C_Decrypt", CKR_OK, c->f->C_Decrypt(h, cipher, n, plain, &plain_len));
		expect_true(c, row->what,
			plain_len == sizeof(message) && memcmp(plain, message, plain_len) == 0);
		n = openssl_encrypts(
			c, h, key.public, &row->openssl, message, sizeof(message), cipher);
	}
}

static void
test_lengths(struct ctx *c, CK_SESSION_HANDLE h, const struct row *row)
{
	CK_MECHANISM m = mechanism_of(row);
	uint8_t cipher[ROOM], plain[ROOM] = { 1, 2, 3 }, back[ROOM];
	const CK_ULONG lengths[] = { 0, 1, row->most };

	for (size_t i = 0; i < COUNT(lengths); i++) {
		/* A buffer of exactly the message's size; SoftHSM wants one for any. */
		CK_ULONG n = MODULUS_LEN, len = c->reference ? sizeof(back) : lengths[i];

		if (!expect(c, row->what, CKR_OK, encrypt(c, h, &m, plain, lengths[i], cipher, &n)))
			return;
		expect(c, "C_Decrypt", CKR_OK, decrypt(c, h, &m, cipher, n, back, &len));
		expect(c, "what comes back is as long", lengths[i], len);
		expect_true(c, "and the same", memcmp(back, plain, len) == 0);
	}
	expect(c, "more than fits", CKR_DATA_LEN_RANGE,
		encrypt(c, h, &m, plain, row->most + 1, cipher, &(CK_ULONG){ sizeof(cipher) }));
}

static void
test_raw(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_RSA_X_509, NULL, 0 };
	struct padding_spec none = { RSA_NO_PADDING, NULL, NULL, NULL };
	uint8_t block[MODULUS_LEN] = { 0, 1, 2 }, cipher[1024], theirs[1024], back[ROOM];
	CK_ULONG n = sizeof(cipher), len = sizeof(back);
	size_t theirs_len = openssl_encrypts(c, h, key.public, &none, block, sizeof(block), theirs);

	expect(c, "CKM_RSA_X_509 encrypts", CKR_OK,
		encrypt(c, h, &m, block, sizeof(block), cipher, &n));
	expect_true(c, "as OpenSSL does", n == theirs_len && memcmp(cipher, theirs, n) == 0);
	expect(c, "CKM_RSA_X_509 decrypts", CKR_OK, decrypt(c, h, &m, cipher, n, back, &len));
	expect(c, "as many bytes as the modulus has", MODULUS_LEN, len);
	expect_true(c, "zeros too", memcmp(back, block, MODULUS_LEN) == 0);
	memset(block, 0xff, sizeof(block));
	expect(c, "a number above the modulus", CKR_DATA_INVALID,
		encrypt(c, h, &m, block, sizeof(block), cipher, &n));
	expect(c, "a ciphertext above the modulus", CKR_ENCRYPTED_DATA_INVALID,
		decrypt(c, h, &m, block, sizeof(block), back, &len));
}

static void
test_buffer(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = mechanism_of(&rows[1]);
	uint8_t cipher[ROOM];
	CK_BYTE *in = (CK_BYTE *)message;
	CK_ULONG n = MODULUS_LEN - 1;

	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &m, key.public));
	expect(c, "a second C_EncryptInit", CKR_OPERATION_ACTIVE,
		c->f->C_EncryptInit(h, &m, key.public));
	expect(c, "C_Encrypt into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_Encrypt(h, in, sizeof(message), cipher, &n));
	expect(c, "C_Encrypt tells the room it needs", MODULUS_LEN, n);
	expect(c, "the encryption has stayed", CKR_OK,
		c->f->C_Encrypt(h, in, sizeof(message), cipher, &n));
	expect(c, "then it has ended", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Encrypt(h, in, sizeof(message), cipher, &n));
}

/* SoftHSM wants a buffer for any message. */
static void
test_kept(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = mechanism_of(&rows[1]);
	uint8_t cipher[ROOM], other[ROOM], plain[ROOM];
	CK_ULONG n = sizeof(cipher);

	if (c->reference)
		return;
	expect(c, "a ciphertext", CKR_OK, encrypt(c, h, &m, message, sizeof(message), cipher, &n));
	expect(c, "another ciphertext", CKR_OK, encrypt(c, h, &m, "other", 5, other, &n));
	n = sizeof(message) - 1;
	expect(c, "C_Decrypt into a small buffer", CKR_BUFFER_TOO_SMALL,
		decrypt(c, h, &m, cipher, MODULUS_LEN, plain, &n));
	expect(c, "C_Decrypt tells the room it needs", sizeof(message), n);
	expect(c, "C_Decrypt asks again", CKR_OK,
		c->f->C_Decrypt(h, cipher, MODULUS_LEN, NULL, &n));
	expect(c, "and is told the length", sizeof(message), n);
	expect(c, "the decryption has stayed", CKR_OK,
		c->f->C_Decrypt(h, cipher, MODULUS_LEN, plain, &n));
	expect_true(c, "its result", n == sizeof(message) && memcmp(plain, message, n) == 0);
	expect(c, "then it has ended", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Decrypt(h, cipher, MODULUS_LEN, plain, &n));
	n = 1;
	expect(c, "C_Decrypt into a small buffer", CKR_BUFFER_TOO_SMALL,
		decrypt(c, h, &m, cipher, MODULUS_LEN, plain, &n));
	n = sizeof(plain);
	expect(c, "C_Decrypt of something else then", CKR_OK,
		c->f->C_Decrypt(h, other, MODULUS_LEN, plain, &n));
	expect_true(c, "gives something else", n == 5 && memcmp(plain, "other", 5) == 0);
}

static void
test_errors(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = mechanism_of(&rows[1]), pss = { CKM_RSA_PKCS_PSS, NULL, 0 };
	CK_MECHANISM labelled = mechanism_of(&rows[4]), none = { CKM_RSA_PKCS_OAEP, NULL, 0 };
	uint8_t cipher[ROOM], plain[ROOM];
	CK_ULONG n = sizeof(cipher), len = sizeof(plain);

	expect(c, "C_Encrypt", CKR_OK, encrypt(c, h, &m, message, sizeof(message), cipher, &n));
	expect(c, "another label", CKR_ENCRYPTED_DATA_INVALID,
		decrypt(c, h, &labelled, cipher, n, plain, &len));
	expect(c, "an error ends the decryption", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Decrypt(h, cipher, n, plain, &len));
	expect(c, "a short ciphertext", CKR_ENCRYPTED_DATA_LEN_RANGE,
		decrypt(c, h, &m, cipher, n - 1, plain, &len));
	cipher[100] ^= 1;
	expect(c, "a changed ciphertext", CKR_ENCRYPTED_DATA_INVALID,
		decrypt(c, h, &m, cipher, n, plain, &len));
	expect(c, "CKM_RSA_PKCS_OAEP without parameters", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_EncryptInit(h, &none, key.public));
	expect(c, "C_EncryptInit with a signature", CKR_MECHANISM_INVALID,
		c->f->C_EncryptInit(h, &pss, key.public));
	expect(c, "C_EncryptInit with a private key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_EncryptInit(h, &m, key.private));
	expect(c, "C_DecryptInit with a public key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_DecryptInit(h, &m, key.public));
	expect(c, "C_DecryptInit with a key of the wrong type", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_DecryptInit(h, &m, c->ec.private));
	expect(c, "C_DecryptInit without a key", CKR_KEY_HANDLE_INVALID,
		c->f->C_DecryptInit(h, &m, 0x7ffffffful));
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &m, key.private));
	expect(c, "C_Decrypt without a length", CKR_ARGUMENTS_BAD,
		c->f->C_Decrypt(h, cipher, n, plain, NULL));
	expect(c, "C_DecryptInit after an error", CKR_OK, c->f->C_DecryptInit(h, &m, key.private));
	expect(c, "C_Decrypt of NULL", CKR_ARGUMENTS_BAD, c->f->C_Decrypt(h, NULL, n, plain, &len));
}

/* SoftHSM says so, and lets the operation go on. */
static void
test_parts(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t out[ROOM];
	CK_ULONG n = sizeof(out);

	if (c->reference)
		return;
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &m, key.public));
	expect(c, "parts of a single-part encryption", CKR_FUNCTION_NOT_SUPPORTED,
		c->f->C_EncryptUpdate(h, (CK_BYTE *)message, 10, out, &n));
	expect(c, "which has ended the encryption", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_EncryptFinal(h, out, &n));
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &m, key.private));
	expect(c, "the end of a single-part decryption", CKR_FUNCTION_NOT_SUPPORTED,
		c->f->C_DecryptFinal(h, out, &n));
	expect(c, "which has ended the decryption", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DecryptUpdate(h, (CK_BYTE *)message, 10, out, &n));
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &m, key.private));
	expect(c, "C_DecryptInit without a mechanism cancels", CKR_OK,
		c->f->C_DecryptInit(h, NULL, 0));
	expect(c, "a cancelled decryption", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Decrypt(h, out, MODULUS_LEN, out, &n));
}

/* Nobody can tell a bad padding of PKCS#1 v1.5 by the code, nor by asking again. */
static void
test_bad_padding(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t bad[MODULUS_LEN] = { 0, 1 }, first[ROOM], again[ROOM];
	CK_ULONG n = sizeof(first), again_len = sizeof(again);

	if (!expect(c, "a bad padding", CKR_OK, decrypt(c, h, &m, bad, sizeof(bad), first, &n)))
		return;
	expect(c, "a bad padding", CKR_OK, decrypt(c, h, &m, bad, sizeof(bad), again, &again_len));
	expect_true(c, "a bad padding opens to the same each time",
		n == again_len && memcmp(first, again, n) == 0);
}

static void
destroy(struct ctx *c, CK_SESSION_HANDLE h, const struct pair *pair)
{
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, pair->public));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, pair->private));
}

static void
test_usage(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	struct pair pair = { 0, 0 };

	expect(c, "a key that only signs", CKR_OK, generate(c, h, false, false, &pair));
	expect(c, "C_EncryptInit with CKA_ENCRYPT false", CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_EncryptInit(h, &m, pair.public));
	expect(c, "C_DecryptInit with CKA_DECRYPT false", CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_DecryptInit(h, &m, pair.private));
	destroy(c, h, &pair);
}

/* PKCS#11 3.2, 4.10: each use of such a key wants the PIN again. */
static void
test_always_authenticate(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t cipher[ROOM], plain[ROOM];
	CK_ULONG n = sizeof(cipher), len = 0;
	struct pair pair = { 0, 0 };

	expect(c, "a key that always wants the PIN", CKR_OK, generate(c, h, true, true, &pair));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &m, pair.public));
	expect(c, "C_Encrypt", CKR_OK,
		c->f->C_Encrypt(h, (CK_BYTE *)message, sizeof(message), cipher, &n));
	for (int i = 0; i < 2; i++) {
		expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &m, pair.private));
		expect(c, "a wrong PIN for one use", CKR_PIN_INCORRECT,
			login(c, h, CKU_CONTEXT_SPECIFIC, "wrong"));
		expect(c, "the PIN for one use", CKR_OK,
			login(c, h, CKU_CONTEXT_SPECIFIC, USER_PIN));
		len = sizeof(plain);
		expect(c, "one use", CKR_OK, c->f->C_Decrypt(h, cipher, n, plain, &len));
		expect_true(c, "its plaintext",
			len == sizeof(message) && memcmp(plain, message, len) == 0);
	}
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &m, pair.private));
	expect(c, "use without the PIN", CKR_USER_NOT_LOGGED_IN,
		c->f->C_Decrypt(h, cipher, n, plain, &len));
	expect(c, "a PIN for nothing", CKR_OPERATION_NOT_INITIALIZED,
		login(c, h, CKU_CONTEXT_SPECIFIC, USER_PIN));
	destroy(c, h, &pair);
}

static void
test_public(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	uint8_t cipher[ROOM];
	CK_ULONG n = sizeof(cipher);

	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	expect(c, "encryption without a login", CKR_OK,
		encrypt(c, h, &m, message, sizeof(message), cipher, &n));
	expect(c, "C_DecryptInit without a login", CKR_KEY_HANDLE_INVALID,
		c->f->C_DecryptInit(h, &m, key.private));
}

static void
test_rows(struct ctx *c, CK_SESSION_HANDLE h)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		test_row(c, h, &rows[i]);
		test_lengths(c, h, &rows[i]);
	}
}

void
test_encrypt(struct ctx *c)
{
	static void (*const tests[])(struct ctx *, CK_SESSION_HANDLE) = { test_rows, test_raw,
		test_buffer, test_kept, test_errors, test_parts, test_bad_padding, test_usage,
		test_always_authenticate, test_public };

	for (size_t i = 0; i < COUNT(tests); i++) {
		CK_SESSION_HANDLE h = open_rw(c);

		expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
		find_keys(c, h);
		expect(c, "a key that encrypts", CKR_OK, generate(c, h, true, false, &key));
		tests[i](c, h);
		close_all(c);
	}
}
