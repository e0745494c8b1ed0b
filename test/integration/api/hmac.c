/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HMAC with a session secret; OpenSSL makes the other one.
 */
#include "config.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "api.h"

static const uint8_t value[] = "a key of twenty-nine bytes...";
static uint8_t message[] = "The quick brown fox jumps over the lazy dog";

static const struct {
	const char *what;
	CK_MECHANISM_TYPE type, general, generate;
	CK_KEY_TYPE key_type;
	const char *hash;
} rows[] = {
	{ "CKM_SHA_1_HMAC", CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, CKM_SHA_1_KEY_GEN,
		CKK_SHA_1_HMAC, "SHA1" },
	{ "CKM_SHA224_HMAC", CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL, CKM_SHA224_KEY_GEN,
		CKK_SHA224_HMAC, "SHA224" },
	{ "CKM_SHA256_HMAC", CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL, CKM_SHA256_KEY_GEN,
		CKK_SHA256_HMAC, "SHA256" },
	{ "CKM_SHA384_HMAC", CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL, CKM_SHA384_KEY_GEN,
		CKK_SHA384_HMAC, "SHA384" },
	{ "CKM_SHA512_HMAC", CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL, CKM_SHA512_KEY_GEN,
		CKK_SHA512_HMAC, "SHA512" },
	{ "CKM_SHA3_224_HMAC", CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL, CKM_SHA3_224_KEY_GEN,
		CKK_SHA3_224_HMAC, "SHA3-224" },
	{ "CKM_SHA3_256_HMAC", CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL, CKM_SHA3_256_KEY_GEN,
		CKK_SHA3_256_HMAC, "SHA3-256" },
	{ "CKM_SHA3_384_HMAC", CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL, CKM_SHA3_384_KEY_GEN,
		CKK_SHA3_384_HMAC, "SHA3-384" },
	{ "CKM_SHA3_512_HMAC", CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL, CKM_SHA3_512_KEY_GEN,
		CKK_SHA3_512_HMAC, "SHA3-512" },
};

/* SoftHSM wants of a key as many bytes as the hash has: 64 do for all. */
static CK_OBJECT_HANDLE
create(struct ctx *c, CK_SESSION_HANDLE h, bool sign, bool verify)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET;
	static uint8_t key[64];
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_TOKEN, false), attr_bool(CKA_PRIVATE, false),
		attr_bool(CKA_SIGN, sign), attr_bool(CKA_VERIFY, verify),
		attr_bytes(CKA_VALUE, key, sizeof(key)) };
	CK_OBJECT_HANDLE o = 0;

	memcpy(key, value, sizeof(value));
	expect(c, "an HMAC key", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	return o;
}

static CK_ULONG
mac_of(const char *hash, const uint8_t *key, size_t key_len, uint8_t *out)
{
	unsigned n = 0;

	HMAC(EVP_get_digestbyname(hash), key, (int)key_len, message, sizeof(message), out, &n);
	return n;
}

static CK_ULONG
right_mac(const char *hash, uint8_t *out)
{
	uint8_t key[64] = { 0 };

	memcpy(key, value, sizeof(value));
	return mac_of(hash, key, sizeof(key), out);
}

static CK_RV
verify(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key, uint8_t *mac,
	CK_ULONG n)
{
	CK_RV rv = c->f->C_VerifyInit(h, m, key);

	return rv != CKR_OK ? rv : c->f->C_Verify(h, message, sizeof(message), mac, n);
}

/* False: the module does not have it. */
static bool
test_one(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, size_t i)
{
	CK_MECHANISM m = { rows[i].type, NULL, 0 };
	uint8_t right[64], mac[64];
	CK_ULONG len = right_mac(rows[i].hash, right), n = 0, small = len - 1;

	if (!expect(c, rows[i].what, CKR_OK, c->f->C_SignInit(h, &m, key)))
		return false;
	expect(c, "the length of a MAC", CKR_OK,
		c->f->C_Sign(h, message, sizeof(message), NULL, &n));
	expect(c, "is that of the hash", len, n);
	expect(c, "a small buffer for a MAC", CKR_BUFFER_TOO_SMALL,
		c->f->C_Sign(h, message, sizeof(message), mac, &small));
	expect(c, rows[i].what, CKR_OK, c->f->C_Sign(h, message, sizeof(message), mac, &n));
	expect_true(c, "OpenSSL makes the same MAC", n == len && memcmp(mac, right, n) == 0);
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &m, key));
	expect(c, "C_SignUpdate", CKR_OK, c->f->C_SignUpdate(h, message, 5));
	expect(c, "C_SignUpdate", CKR_OK, c->f->C_SignUpdate(h, message + 5, sizeof(message) - 5));
	memset(mac, 0, sizeof(mac));
	expect(c, "C_SignFinal", CKR_OK, c->f->C_SignFinal(h, mac, &n));
	expect_true(c, "in parts, too", n == len && memcmp(mac, right, n) == 0);
	return true;
}

static void
test_verify_one(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, size_t i)
{
	CK_MECHANISM m = { rows[i].type, NULL, 0 };
	uint8_t mac[64];
	CK_ULONG n = right_mac(rows[i].hash, mac);

	expect(c, "a right MAC", CKR_OK, verify(c, h, &m, key, mac, n));
	expect(c, "C_Verify ends the operation", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Verify(h, message, sizeof(message), mac, n));
	expect(c, "a short MAC", CKR_SIGNATURE_LEN_RANGE, verify(c, h, &m, key, mac, n - 1));
	expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &m, key));
	expect(c, "C_VerifyUpdate", CKR_OK, c->f->C_VerifyUpdate(h, message, sizeof(message)));
	expect(c, "a right MAC in parts", CKR_OK, c->f->C_VerifyFinal(h, mac, n));
	mac[n - 1] ^= 1;
	expect(c, "a wrong MAC", CKR_SIGNATURE_INVALID, verify(c, h, &m, key, mac, n));
}

static void
test_short(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, size_t i)
{
	CK_ULONG len = 10, n = 64;
	CK_MECHANISM m = { rows[i].general, &len, sizeof(len) };
	uint8_t right[64], mac[64];

	right_mac(rows[i].hash, right);
	if (!expect(c, "a MAC of ten bytes", CKR_OK, c->f->C_SignInit(h, &m, key)))
		return;
	expect(c, "C_Sign", CKR_OK, c->f->C_Sign(h, message, sizeof(message), mac, &n));
	expect_true(c, "it is the beginning", n == len && memcmp(mac, right, n) == 0);
	expect(c, "and verifies", CKR_OK, verify(c, h, &m, key, mac, n));
	expect(c, "the whole one does not", CKR_SIGNATURE_LEN_RANGE,
		verify(c, h, &m, key, right, 20));
	len = 65;
	expect(c, "a MAC that is longer than the hash", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_SignInit(h, &m, key));
	len = 0;
	expect(c, "a MAC of no bytes", CKR_MECHANISM_PARAM_INVALID, c->f->C_SignInit(h, &m, key));
	m.ulParameterLen = 0;
	expect(c, "a general MAC without a length", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_SignInit(h, &m, key));
}

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, size_t i, const CK_ULONG *len, CK_OBJECT_HANDLE *key)
{
	CK_MECHANISM m = { rows[i].generate, NULL, 0 };
	CK_ATTRIBUTE t[] = { attr_bool(CKA_SENSITIVE, false), attr_bool(CKA_EXTRACTABLE, true),
		attr_number(CKA_VALUE_LEN, len) };

	return c->f->C_GenerateKey(h, &m, t, len == NULL ? 2 : 3, key);
}

/* A key for one hash: of any length, and for this hash only. */
static void
test_generated(struct ctx *c, CK_SESSION_HANDLE h, size_t i)
{
	CK_MECHANISM m = { rows[i].type, NULL, 0 };
	CK_MECHANISM other = { rows[i == 0 ? 1 : 0].type, NULL, 0 };
	uint8_t key_value[200], right[64], mac[64];
	CK_ULONG len = 1 + 24 * i, type = 0, gen = 0, n = sizeof(mac), right_len = 0;
	CK_ATTRIBUTE t[] = { { CKA_VALUE, key_value, sizeof(key_value) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_KEY_GEN_MECHANISM, &gen, sizeof(gen) } };
	CK_OBJECT_HANDLE key = 0;

	if (!expect(c, "a key for an HMAC", CKR_OK, generate(c, h, i, &len, &key)))
		return;
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, key, t, COUNT(t)));
	expect(c, "it is of its type", rows[i].key_type, type);
	expect(c, "it says how it was made", rows[i].generate, gen);
	expect(c, "it is as long as asked for", len, t[0].ulValueLen);
	expect(c, "an HMAC with its own key", CKR_OK,
		sign(c, h, &m, key, message, sizeof(message), mac, &n));
	right_len = mac_of(rows[i].hash, key_value, len, right);
	expect_true(c, "OpenSSL makes the same", n == right_len && memcmp(mac, right, n) == 0);
	expect(c, "and verifies", CKR_OK, verify(c, h, &m, key, mac, n));
	expect(c, "an HMAC with a key for another hash", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_SignInit(h, &other, key));
	expect(c, "a key for an HMAC without a length", CKR_TEMPLATE_INCOMPLETE,
		generate(c, h, i, NULL, &key));
	len = 0;
	expect(c, "a key for an HMAC of no bytes", CKR_ATTRIBUTE_VALUE_INVALID,
		generate(c, h, i, &len, &key));
}

static void
test_generated_info(struct ctx *c, size_t i)
{
	CK_MECHANISM_INFO info = { 0, 0, 0 };

	if (!expect(c, "a mechanism that makes keys for an HMAC", CKR_OK,
		    c->f->C_GetMechanismInfo(c->slot, rows[i].generate, &info)))
		return;
	expect(c, "its shortest key, in bytes", 1, info.ulMinKeySize);
	expect(c, "its longest key, in bytes", 4096, info.ulMaxKeySize);
	expect(c, "what it does", CKF_GENERATE, info.flags);
}

static void
test_refusals(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_SHA256_HMAC, NULL, 0 };

	expect(c, "an HMAC with a key that does not sign", CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_SignInit(h, &m, create(c, h, false, true)));
	expect(c, "an HMAC with a key that does not verify", CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_VerifyInit(h, &m, create(c, h, true, false)));
	expect(c, "an HMAC with an RSA key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_SignInit(h, &m, c->rsa.private));
}

/* A copy computes the same. */
static void
test_copied(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = { CKM_SHA256_HMAC, NULL, 0 };
	CK_ATTRIBUTE label = attr_bytes(CKA_LABEL, "copy", 4);
	CK_OBJECT_HANDLE copy = 0;
	uint8_t mac[64];
	CK_ULONG n = right_mac("SHA256", mac);

	expect(c, "a copy of an HMAC key", CKR_OK, c->f->C_CopyObject(h, key, &label, 1, &copy));
	expect(c, "C_DestroyObject of the original", CKR_OK, c->f->C_DestroyObject(h, key));
	expect(c, "C_Verify with the copy", CKR_OK, verify(c, h, &m, copy, mac, n));
}

/* PKCS#11 3.2: the MAC comes first. */
static void
test_mac_first(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = { CKM_SHA256_HMAC, NULL, 0 };
	uint8_t mac[64];
	CK_ULONG n = right_mac("SHA256", mac);

	expect(c, "C_VerifySignatureInit with an HMAC", CKR_OK,
		c->f3->C_VerifySignatureInit(h, &m, key, mac, n));
	expect(c, "C_VerifySignature of an HMAC", CKR_OK,
		c->f3->C_VerifySignature(h, message, sizeof(message)));
	mac[n - 1] ^= 1;
	expect(c, "C_VerifySignatureInit with a wrong HMAC", CKR_OK,
		c->f3->C_VerifySignatureInit(h, &m, key, mac, n));
	expect(c, "C_VerifySignature of a wrong HMAC", CKR_SIGNATURE_INVALID,
		c->f3->C_VerifySignature(h, message, sizeof(message)));
	expect(c, "C_VerifySignatureInit with a short HMAC", CKR_OK,
		c->f3->C_VerifySignatureInit(h, &m, key, mac, n - 1));
	expect(c, "C_VerifySignature of a short HMAC", CKR_SIGNATURE_LEN_RANGE,
		c->f3->C_VerifySignature(h, message, sizeof(message)));
}

/* The value goes into the digest if it may be read, and only then. */
static void
test_digest_key(struct ctx *c, CK_SESSION_HANDLE h, bool token)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_TOKEN, token), attr_bool(CKA_PRIVATE, token),
		attr_bool(CKA_EXTRACTABLE, true), attr_bool(CKA_SENSITIVE, false),
		attr_bytes(CKA_VALUE, message, sizeof(message)) };
	CK_MECHANISM m = { CKM_SHA256, NULL, 0 };
	CK_OBJECT_HANDLE o = 0;
	uint8_t got[32], right[32];
	CK_ULONG n = sizeof(got);

	expect(c, "a key that may be read", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestKey", CKR_OK, c->f->C_DigestKey(h, o));
	expect(c, "C_DigestFinal", CKR_OK, c->f->C_DigestFinal(h, got, &n));
	EVP_Digest(message, sizeof(message), right, NULL, EVP_sha256(), NULL);
	expect(c, "the digest is the value's", 0, (CK_ULONG)memcmp(got, right, sizeof(right)));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	t[4] = attr_bool(CKA_EXTRACTABLE, false);
	expect(c, "a key that may not be read", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &m));
	expect(c, "C_DigestKey of a key that may not be read", CKR_KEY_INDIGESTIBLE,
		c->f->C_DigestKey(h, o));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

void
test_hmac(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_OBJECT_HANDLE key = create(c, h, true, true);

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!test_one(c, h, key, i))
			continue;
		test_verify_one(c, h, key, i);
		test_short(c, h, key, i);
		test_generated(c, h, i);
		test_generated_info(c, i);
	}
	if (c->f3 != NULL) {
		test_mac_first(c, h, key);
		test_digest_key(c, h, false);
	}
	test_copied(c, h, key);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	test_refusals(c, h);
	if (c->f3 != NULL)
		test_digest_key(c, open_rw(c), true);
	close_all(c);
}
