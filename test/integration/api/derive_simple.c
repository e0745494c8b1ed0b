/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simple derivations, also from keys on the token; OpenSSL makes digests and
 * ciphertexts, the rest is done by hand.
 */
#include "config.h"

#include <openssl/evp.h>

#include "api.h"

#define KEY_LEN  32
#define DATA_LEN 48

static uint8_t key_value[KEY_LEN] = "thirty-two bytes of a base key..";
static uint8_t other_value[KEY_LEN] = "and as many of another, in truth";
static uint8_t data[DATA_LEN] = "three blocks of data, which anybody may know ...";
static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET, aes = CKK_AES;

static CK_OBJECT_HANDLE
create(struct ctx *c, CK_SESSION_HANDLE h, const CK_ULONG *type, bool hidden, uint8_t *value)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, type),
		attr_bool(CKA_DERIVE, true), attr_bool(CKA_SENSITIVE, hidden),
		attr_bool(CKA_EXTRACTABLE, !hidden), attr_bytes(CKA_VALUE, value, KEY_LEN) };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "a base key", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	return o;
}

/* A key that can be read; *len 0: of the length that comes. */
static CK_RV
derive(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE base, CK_ULONG *len,
	uint8_t *out)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_bool(CKA_SENSITIVE, false),
		attr_bool(CKA_EXTRACTABLE, true), attr_number(CKA_VALUE_LEN, len) };
	CK_ATTRIBUTE value = { CKA_VALUE, out, 2 * DATA_LEN };
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = c->f->C_DeriveKey(h, m, base, t, *len == 0 ? 3 : 4, &key);

	if (rv != CKR_OK)
		return rv;
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, key, &value, 1));
	*len = value.ulValueLen;
	return c->f->C_DestroyObject(h, key);
}

static void
test_hashes(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		const char *hash;
	} rows[] = {
		{ CKM_SHA1_KEY_DERIVATION, "SHA1" },
		{ CKM_SHA224_KEY_DERIVATION, "SHA224" },
		{ CKM_SHA256_KEY_DERIVATION, "SHA256" },
		{ CKM_SHA384_KEY_DERIVATION, "SHA384" },
		{ CKM_SHA512_KEY_DERIVATION, "SHA512" },
		{ CKM_SHA3_224_KEY_DERIVATION, "SHA3-224" },
		{ CKM_SHA3_256_KEY_DERIVATION, "SHA3-256" },
		{ CKM_SHA3_384_KEY_DERIVATION, "SHA3-384" },
		{ CKM_SHA3_512_KEY_DERIVATION, "SHA3-512" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_MECHANISM m = { rows[i].type, NULL, 0 };
		uint8_t out[2 * DATA_LEN], right[64];
		CK_ULONG len = 0, n = openssl_digest(rows[i].hash, key_value, KEY_LEN, right);

		expect(c, rows[i].hash, CKR_OK, derive(c, h, &m, base, &len, out));
		expect_true(c, "the key is the base key's digest",
			len == n && memcmp(out, right, n) == 0);
		len = n + 1;
		expect(c, "a key that is longer than a digest", CKR_TEMPLATE_INCONSISTENT,
			derive(c, h, &m, base, &len, out));
	}
}

static void
test_joined(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	CK_OBJECT_HANDLE other = create(c, h, &generic, false, other_value), none = 0;
	CK_KEY_DERIVATION_STRING_DATA string = { data, 5 };
	CK_MECHANISM key = { CKM_CONCATENATE_BASE_AND_KEY, &other, sizeof(other) };
	CK_MECHANISM behind = { CKM_CONCATENATE_BASE_AND_DATA, &string, sizeof(string) };
	CK_MECHANISM before = { CKM_CONCATENATE_DATA_AND_BASE, &string, sizeof(string) };
	uint8_t out[2 * DATA_LEN];
	CK_ULONG len = 0;

	expect(c, "CKM_CONCATENATE_BASE_AND_KEY", CKR_OK, derive(c, h, &key, base, &len, out));
	expect_true(c, "both keys",
		len == 2 * KEY_LEN && memcmp(out, key_value, KEY_LEN) == 0 &&
			memcmp(out + KEY_LEN, other_value, KEY_LEN) == 0);
	len = 0;
	expect(c, "CKM_CONCATENATE_BASE_AND_DATA", CKR_OK, derive(c, h, &behind, base, &len, out));
	expect_true(c, "data at the end",
		len == KEY_LEN + 5 && memcmp(out, key_value, KEY_LEN) == 0 &&
			memcmp(out + KEY_LEN, data, 5) == 0);
	len = 0;
	expect(c, "CKM_CONCATENATE_DATA_AND_BASE", CKR_OK, derive(c, h, &before, base, &len, out));
	expect_true(c, "data in front",
		len == KEY_LEN + 5 && memcmp(out, data, 5) == 0 &&
			memcmp(out + 5, key_value, KEY_LEN) == 0);
	key.pParameter = &none;
	len = 0;
	expect(c, "a second key that there is not", CKR_KEY_HANDLE_INVALID,
		derive(c, h, &key, base, &len, out));
	key.pParameter = &c->rsa.private;
	expect(c, "a second key that is no secret", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &key, base, &len, out));
	behind.ulParameterLen--;
	expect(c, "a string without its length", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &behind, base, &len, out));
	string.ulLen = (CK_ULONG)-1;
	expect(c, "a string that no memory has", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &before, base, &len, out));
}

static void
test_bits(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	CK_KEY_DERIVATION_STRING_DATA string = { data, 20 };
	CK_ULONG bit = 12, len = 0;
	CK_MECHANISM xored = { CKM_XOR_BASE_AND_DATA, &string, sizeof(string) };
	CK_MECHANISM bits = { CKM_EXTRACT_KEY_FROM_KEY, &bit, sizeof(bit) };
	uint8_t out[2 * DATA_LEN];
	bool right = true;

	expect(c, "CKM_XOR_BASE_AND_DATA", CKR_OK, derive(c, h, &xored, base, &len, out));
	for (size_t i = 0; i < 20; i++)
		right = right && out[i] == (key_value[i] ^ data[i]);
	expect_true(c, "bit by bit, as long as the shorter one", right && len == 20);
	len = KEY_LEN;
	expect(c, "CKM_EXTRACT_KEY_FROM_KEY", CKR_OK, derive(c, h, &bits, base, &len, out));
	for (size_t i = 0; i < KEY_LEN; i++)
		right = right && out[i] == (uint8_t)(key_value[(i + 1) % KEY_LEN] << 4 |
						     key_value[(i + 2) % KEY_LEN] >> 4);
	expect_true(c, "turned by twelve bits", right && len == KEY_LEN);
	len = 0;
	expect(c, "bits without a number", CKR_TEMPLATE_INCOMPLETE,
		derive(c, h, &bits, base, &len, out));
	bit = 8 * KEY_LEN;
	len = 1;
	expect(c, "a bit that there is not", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &bits, base, &len, out));
}

/* A key that can not be read does not become shorter ones, which could be guessed. */
static void
test_hidden(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE base = create(c, h, &generic, true, key_value), key = 0;
	CK_ULONG bit = 0, len = 1;
	CK_KEY_DERIVATION_STRING_DATA string = { data, 1 };
	CK_MECHANISM m[] = { { CKM_EXTRACT_KEY_FROM_KEY, &bit, sizeof(bit) },
		{ CKM_XOR_BASE_AND_DATA, &string, sizeof(string) },
		{ CKM_CONCATENATE_BASE_AND_DATA, &string, sizeof(string) },
		{ CKM_CONCATENATE_DATA_AND_BASE, &string, sizeof(string) } };
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_VALUE_LEN, &len) };
	CK_BBOOL sensitive = 9, extractable = 9;
	CK_ATTRIBUTE got[] = { { CKA_SENSITIVE, &sensitive, 1 },
		{ CKA_EXTRACTABLE, &extractable, 1 } };
	uint8_t out[2 * DATA_LEN];

	for (size_t i = 0; i < COUNT(m); i++)
		expect(c, "a part of a hidden key", CKR_TEMPLATE_INCONSISTENT,
			c->f->C_DeriveKey(h, &m[i], base, t, 2, &key));
	expect(c, "a hidden key and data", CKR_OK, c->f->C_DeriveKey(h, &m[2], base, t, 1, &key));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, key, got, 2));
	expect_true(c, "are hidden, too", sensitive == CK_TRUE && extractable == CK_FALSE);
	len = 0;
	expect(c, "and can not be open", CKR_TEMPLATE_INCONSISTENT,
		derive(c, h, &m[2], base, &len, out));
}

static void
openssl_encrypt(const EVP_CIPHER *cipher, uint8_t *iv, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	EVP_EncryptInit_ex2(ctx, cipher, key_value, iv, NULL);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	EVP_EncryptUpdate(ctx, out, &n, data, DATA_LEN);
	EVP_CIPHER_CTX_free(ctx);
}

static void
test_encrypted(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE base = create(c, h, &aes, false, key_value);
	CK_KEY_DERIVATION_STRING_DATA string = { data, DATA_LEN };
	CK_AES_CBC_ENCRYPT_DATA_PARAMS chained = { "an IV, sixteen b", data, DATA_LEN };
	CK_MECHANISM ecb = { CKM_AES_ECB_ENCRYPT_DATA, &string, sizeof(string) };
	CK_MECHANISM cbc = { CKM_AES_CBC_ENCRYPT_DATA, &chained, sizeof(chained) };
	uint8_t out[2 * DATA_LEN], right[DATA_LEN];
	CK_ULONG len = 0;

	expect(c, "CKM_AES_ECB_ENCRYPT_DATA", CKR_OK, derive(c, h, &ecb, base, &len, out));
	openssl_encrypt(EVP_aes_256_ecb(), NULL, right);
	expect_true(
		c, "OpenSSL encrypts to the same", len == DATA_LEN && memcmp(out, right, len) == 0);
	len = 20;
	expect(c, "CKM_AES_CBC_ENCRYPT_DATA", CKR_OK, derive(c, h, &cbc, base, &len, out));
	openssl_encrypt(EVP_aes_256_cbc(), chained.iv, right);
	expect_true(c, "of which the beginning is taken", len == 20 && memcmp(out, right, 20) == 0);
	len = DATA_LEN + 1;
	expect(c, "a key that is longer than the data", CKR_DATA_LEN_RANGE,
		derive(c, h, &ecb, base, &len, out));
	string.ulLen--;
	chained.length = 0;
	expect(c, "data that is no whole blocks", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &ecb, base, &len, out));
	expect(c, "no data", CKR_MECHANISM_PARAM_INVALID, derive(c, h, &cbc, base, &len, out));
	expect(c, "encrypted data with a generic secret", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &cbc, create(c, h, &generic, false, key_value), &len, out));
}

/* The value never leaves the token; what is derived from it twice is the same. */
static void
test_on_token(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM_TYPE generator, CK_MECHANISM *m)
{
	static const CK_ULONG len = KEY_LEN;
	CK_MECHANISM gen = { generator, NULL, 0 };
	CK_ATTRIBUTE t[] = { attr_bool(CKA_TOKEN, true), attr_bool(CKA_SENSITIVE, true),
		attr_bool(CKA_DERIVE, true), attr_number(CKA_VALUE_LEN, &len) };
	uint8_t one[2 * DATA_LEN], two[2 * DATA_LEN];
	CK_ULONG n[2] = { 0, 0 };
	CK_OBJECT_HANDLE key = 0;

	expect(c, "a base key on the token", CKR_OK, c->f->C_GenerateKey(h, &gen, t, 4, &key));
	expect(c, "a key from it", CKR_OK, derive(c, h, m, key, &n[0], one));
	expect(c, "and again", CKR_OK, derive(c, h, m, key, &n[1], two));
	expect_true(c, "is the same", n[0] == n[1] && n[0] > 0 && memcmp(one, two, n[0]) == 0);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
}

/* What a template says of a secret beside its value, and whether a readable key may come of it. */
static const struct {
	const char *name;
	bool token;
	CK_ULONG said;
	CK_ATTRIBUTE_TYPE type;
	bool value;
	CK_RV rv;
} words[] = {
	{ "nothing, in a session", false, 0, 0, false, CKR_OK },
	{ "sensitive, in a session", false, 1, CKA_SENSITIVE, true, CKR_TEMPLATE_INCONSISTENT },
	{ "nothing, on the token", true, 0, 0, false, CKR_TEMPLATE_INCONSISTENT },
	{ "private, on the token", true, 1, CKA_PRIVATE, true, CKR_TEMPLATE_INCONSISTENT },
	{ "not sensitive, on the token", true, 1, CKA_SENSITIVE, false, CKR_OK },
	{ "not private, on the token", true, 1, CKA_PRIVATE, false, CKR_OK },
};

/* A value that was given in the clear, by somebody who did not call it sensitive, is no secret from
 * who may use it: what is derived from it may be read, too. */
static void
test_not_sensitive(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_KEY_DERIVATION_STRING_DATA string = { data, 5 };
	CK_MECHANISM m = { CKM_CONCATENATE_BASE_AND_DATA, &string, sizeof(string) };
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_DERIVE, true), attr_bytes(CKA_VALUE, key_value, KEY_LEN), { 0 },
		{ 0 } };
	uint8_t out[2 * DATA_LEN];
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG len = 0;

	for (size_t i = 0; i < COUNT(words); i++) {
		t[4] = attr_bool(CKA_TOKEN, words[i].token);
		t[5] = attr_bool(words[i].type, words[i].value);
		expect(c, words[i].name, CKR_OK, c->f->C_CreateObject(h, t, 5 + words[i].said, &key));
		len = 0;
		expect(c, "a readable key from it", words[i].rv, derive(c, h, &m, key, &len, out));
		expect(c, "is as long as both", words[i].rv == CKR_OK ? KEY_LEN + 5 : 0, len);
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	}
}

void
test_derive_simple(struct ctx *c)
{
	CK_KEY_DERIVATION_STRING_DATA string = { data, DATA_LEN };
	CK_MECHANISM ecb = { CKM_AES_ECB_ENCRYPT_DATA, &string, sizeof(string) };
	CK_MECHANISM sha3 = { CKM_SHA3_384_KEY_DERIVATION, NULL, 0 };
	CK_SESSION_HANDLE h = open_rw(c);
	CK_OBJECT_HANDLE base = 0;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	if (!c->reference) { /* SoftHSM has some of them, with other codes */
		find_keys(c, h);
		base = create(c, h, &generic, false, key_value);
		test_hashes(c, h, base);
		test_joined(c, h, base);
		test_bits(c, h, base);
		test_hidden(c, h);
		test_not_sensitive(c, h);
		test_encrypted(c, h);
		test_on_token(c, h, CKM_AES_KEY_GEN, &ecb);
		test_on_token(c, h, CKM_GENERIC_SECRET_KEY_GEN, &sha3);
	}
	close_all(c);
}
