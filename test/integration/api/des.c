/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DES and Triple DES, for what is old: keys of one, two and three parts, of a
 * session and of the token; OpenSSL has the other opinion.
 */
#include "config.h"

#include <openssl/evp.h>

#include "api.h"

#define LEN_MAX 40
#define ROOM    64

/* Every byte is odd. */
static const uint8_t value[24] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x23, 0x45, 0x67,
	0x89, 0xab, 0xcd, 0xef, 0x01, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23 };
static uint8_t iv[8] = "8 bytes", data[LEN_MAX] = "what has been encrypted long ago, and is";

static const struct type {
	CK_ULONG type, len;
	CK_MECHANISM_TYPE made_by, ecb, cbc, cbc_pad;
} types[] = {
	{ CKK_DES, 8, CKM_DES_KEY_GEN, CKM_DES_ECB, CKM_DES_CBC, CKM_DES_CBC_PAD },
	{ CKK_DES2, 16, CKM_DES2_KEY_GEN, CKM_DES3_ECB, CKM_DES3_CBC, CKM_DES3_CBC_PAD },
	{ CKK_DES3, 24, CKM_DES3_KEY_GEN, CKM_DES3_ECB, CKM_DES3_CBC, CKM_DES3_CBC_PAD },
};

static CK_RV
create(struct ctx *c, CK_SESSION_HANDLE h, const struct type *t, bool token, const uint8_t *from,
	CK_OBJECT_HANDLE *key)
{
	static const CK_ULONG secret = CKO_SECRET_KEY;
	CK_ATTRIBUTE a[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &t->type),
		attr_bool(CKA_TOKEN, token), attr_bool(CKA_PRIVATE, token),
		attr_bool(CKA_ENCRYPT, true), attr_bool(CKA_DECRYPT, true),
		attr_bytes(CKA_VALUE, from, t->len) };

	return c->f->C_CreateObject(h, a, COUNT(a), key);
}

/* Single DES is Triple DES with one key thrice; with two, the first is the third, too. */
static size_t
openssl_des(const struct type *t, CK_MECHANISM_TYPE m, size_t len, uint8_t *out)
{
	EVP_CIPHER *cipher =
		EVP_CIPHER_fetch(NULL, m == t->ecb ? "DES-EDE3-ECB" : "DES-EDE3-CBC", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t keys[24];
	int n = 0, last = 0;
	bool ok = false;

	for (size_t i = 0; i < sizeof(keys); i++)
		keys[i] = value[i % t->len];
	ok = EVP_EncryptInit_ex2(ctx, cipher, keys, iv, NULL) == 1 &&
	     EVP_CIPHER_CTX_set_padding(ctx, m == t->cbc_pad) == 1 &&
	     EVP_EncryptUpdate(ctx, out, &n, data, (int)len) == 1 &&
	     EVP_EncryptFinal_ex(ctx, out + n, &last) == 1;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return ok ? (size_t)(n + last) : 0;
}

static void
in_parts(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key, size_t len,
	const uint8_t *right, size_t right_len)
{
	uint8_t out[ROOM];
	CK_ULONG n = 0, at = 0;

	expect(c, "C_EncryptInit with DES, in parts", CKR_OK, c->f->C_EncryptInit(h, m, key));
	for (size_t i = 0; i < len; i += 5) {
		n = sizeof(out) - at;
		expect(c, "C_EncryptUpdate with DES", CKR_OK,
			c->f->C_EncryptUpdate(
				h, data + i, len - i < 5 ? len - i : 5, out + at, &n));
		at += n;
	}
	n = sizeof(out) - at;
	expect(c, "C_EncryptFinal with DES", CKR_OK, c->f->C_EncryptFinal(h, out + at, &n));
	expect_true(c, "as OpenSSL has it", at + n == right_len && memcmp(out, right, at + n) == 0);
}

static void
at_once(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key, size_t len,
	const uint8_t *right, size_t right_len)
{
	uint8_t out[ROOM], back[ROOM];
	CK_ULONG n = 0, back_len = sizeof(back);

	expect(c, "C_EncryptInit with DES", CKR_OK, c->f->C_EncryptInit(h, m, key));
	expect(c, "the length of a DES ciphertext", CKR_OK,
		c->f->C_Encrypt(h, data, len, NULL, &n));
	expect(c, "it is told", right_len, n);
	expect(c, "C_Encrypt with DES", CKR_OK, c->f->C_Encrypt(h, data, len, out, &n));
	expect_true(c, "as OpenSSL has it", n == right_len && memcmp(out, right, n) == 0);
	expect(c, "C_DecryptInit with DES", CKR_OK, c->f->C_DecryptInit(h, m, key));
	expect(c, "C_Decrypt with DES", CKR_OK, c->f->C_Decrypt(h, out, n, back, &back_len));
	expect_true(c, "as it was", back_len == len && memcmp(back, data, len) == 0);
}

static void
test_modes(struct ctx *c, CK_SESSION_HANDLE h, const struct type *t, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM modes[] = { { t->ecb, NULL, 0 }, { t->cbc, iv, sizeof(iv) },
		{ t->cbc_pad, iv, sizeof(iv) } };

	for (size_t i = 0; i < COUNT(modes); i++)
		for (size_t len = 8; len <= LEN_MAX; len += i == 2 ? 7 : 8) {
			uint8_t right[ROOM];
			size_t n = openssl_des(t, modes[i].mechanism, len, right);

			at_once(c, h, &modes[i], key, len, right, n);
			in_parts(c, h, &modes[i], key, len, right, n);
		}
}

static void
test_errors(struct ctx *c, CK_SESSION_HANDLE h, const struct type *t, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM cbc = { t->cbc, iv, 7 }, ecb = { t->ecb, NULL, 0 };
	CK_MECHANISM aes = { CKM_AES_ECB, NULL, 0 };
	uint8_t out[ROOM], even[24];
	CK_OBJECT_HANDLE none = 0;
	CK_ULONG n = sizeof(out);

	memcpy(even, value, sizeof(even));
	even[t->len - 1] ^= 1;
	expect(c, "a DES key of even parity", CKR_ATTRIBUTE_VALUE_INVALID,
		create(c, h, t, false, even, &none));
	expect(c, "an IV of seven bytes", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_EncryptInit(h, &cbc, key));
	expect(c, "AES with a DES key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_EncryptInit(h, &aes, key));
	expect(c, "C_EncryptInit with DES", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "half a block of DES", CKR_DATA_LEN_RANGE, c->f->C_Encrypt(h, data, 12, out, &n));
	n = sizeof(out);
	expect(c, "C_DecryptInit with DES", CKR_OK, c->f->C_DecryptInit(h, &ecb, key));
	expect(c, "half an encrypted block of DES", CKR_ENCRYPTED_DATA_LEN_RANGE,
		c->f->C_Decrypt(h, data, 12, out, &n));
}

static bool
is_odd(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned bits = 0;

		for (unsigned byte = bytes[i]; byte != 0; byte >>= 1)
			bits += byte & 1;
		if (bits % 2 == 0)
			return false;
	}
	return true;
}

static void
test_generate(struct ctx *c, CK_SESSION_HANDLE h, const struct type *t, bool token)
{
	CK_MECHANISM m = { t->made_by, NULL, 0 };
	CK_ATTRIBUTE a[] = { attr_bool(CKA_TOKEN, token), attr_bool(CKA_SENSITIVE, false),
		attr_bool(CKA_EXTRACTABLE, true) };
	uint8_t got[ROOM];
	CK_ULONG len = 0;
	CK_ATTRIBUTE v = { CKA_VALUE, got, sizeof(got) }, l = { CKA_VALUE_LEN, &len, sizeof(len) };
	CK_OBJECT_HANDLE key = 0;
	CK_MECHANISM_INFO info;

	expect(c, "C_GetMechanismInfo of DES", CKR_OK,
		c->f->C_GetMechanismInfo(c->slot, t->made_by, &info));
	expect(c, "the host does it", 0, info.flags & CKF_HW);
	expect(c, "C_GenerateKey of DES", CKR_OK, c->f->C_GenerateKey(h, &m, a, COUNT(a), &key));
	expect(c, "its value", CKR_OK, c->f->C_GetAttributeValue(h, key, &v, 1));
	expect_true(c, "has its length and parity", v.ulValueLen == t->len && is_odd(got, t->len));
	if (!c->reference)
		expect(c, "a DES key has no CKA_VALUE_LEN", CKR_ATTRIBUTE_TYPE_INVALID,
			c->f->C_GetAttributeValue(h, key, &l, 1));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
}

void
test_des(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_OBJECT_HANDLE key = 0;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	/* SoftHSM has single DES only where libcrypto has its legacy provider. */
	for (size_t i = c->reference ? 1 : 0; i < COUNT(types); i++)
		for (int token = 0; token < 2; token++) {
			test_generate(c, h, &types[i], token);
			expect(c, "a DES key", CKR_OK, create(c, h, &types[i], token, value, &key));
			test_modes(c, h, &types[i], key);
			test_errors(c, h, &types[i], key);
			expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
		}
	close_all(c);
}
