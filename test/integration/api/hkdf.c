/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HKDF: each step and both, keys and data; OpenSSL makes the other one.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "api.h"

#define OUT_MAX 255

static uint8_t key_value[] =
	"what both parties know, longer than every digest and every block there is; "
	"and more";
static uint8_t salt[] = "not so secret", info[] = "what it is for";
static const CK_ULONG secret = CKO_SECRET_KEY, data = CKO_DATA;
static const CK_ULONG generic = CKK_GENERIC_SECRET, hkdf = CKK_HKDF;

static const struct {
	CK_MECHANISM_TYPE hash;
	const char *name;
	CK_ULONG len;
} hashes[] = {
	{ CKM_SHA_1, "SHA1", 20 },
	{ CKM_SHA224, "SHA224", 28 },
	{ CKM_SHA256, "SHA256", 32 },
	{ CKM_SHA384, "SHA384", 48 },
	{ CKM_SHA512, "SHA512", 64 },
	{ CKM_SHA3_224, "SHA3-224", 28 },
	{ CKM_SHA3_256, "SHA3-256", 32 },
	{ CKM_SHA3_384, "SHA3-384", 48 },
	{ CKM_SHA3_512, "SHA3-512", 64 },
};

static CK_HKDF_PARAMS
both_steps(CK_MECHANISM_TYPE hash)
{
	return (CK_HKDF_PARAMS){ CK_TRUE, CK_TRUE, hash, CKF_HKDF_SALT_DATA, salt, sizeof(salt), 0,
		info, sizeof(info) };
}

static CK_RV
create(struct ctx *c, CK_SESSION_HANDLE h, const CK_ULONG *type, bool derive, CK_ULONG len,
	CK_OBJECT_HANDLE *key)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, type),
		attr_bool(CKA_TOKEN, false), attr_bool(CKA_DERIVE, derive),
		attr_bytes(CKA_VALUE, key_value, len) };

	return c->f->C_CreateObject(h, t, COUNT(t), key);
}

static CK_RV
create_data(struct ctx *c, CK_SESSION_HANDLE h, CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &data), attr_bytes(CKA_VALUE, key_value, len) };

	return c->f->C_CreateObject(h, t, COUNT(t), out);
}

/* A generic secret that can be read. len 0: not given. */
static CK_RV
derive_key(struct ctx *c, CK_SESSION_HANDLE h, CK_HKDF_PARAMS *p, CK_OBJECT_HANDLE base,
	CK_ULONG len, CK_OBJECT_HANDLE *out)
{
	CK_MECHANISM m = { CKM_HKDF_DERIVE, p, sizeof(*p) };
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_SENSITIVE, false), attr_bool(CKA_EXTRACTABLE, true),
		attr_number(CKA_VALUE_LEN, &len) };

	return c->f->C_DeriveKey(h, &m, base, t, COUNT(t) - (len == 0), out);
}

static CK_RV
derive(struct ctx *c, CK_SESSION_HANDLE h, CK_HKDF_PARAMS *p, CK_OBJECT_HANDLE base, CK_ULONG len,
	uint8_t *out)
{
	CK_ATTRIBUTE value = { CKA_VALUE, out, OUT_MAX };
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = derive_key(c, h, p, base, len, &key);

	if (rv != CKR_OK)
		return rv;
	expect(c, "a derived value is read", CKR_OK, c->f->C_GetAttributeValue(h, key, &value, 1));
	expect_true(c, "it has its length", len == 0 || value.ulValueLen == len);
	return c->f->C_DestroyObject(h, key);
}

static bool
openssl_hkdf(const char *mode, const char *hash, CK_ULONG key_len, size_t salt_len, uint8_t *out,
	size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)hash, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, (char *)mode, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key_value, key_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, salt_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof(info)),
		OSSL_PARAM_construct_end(),
	};
	bool ok = EVP_KDF_derive(ctx, out, len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok;
}

static void
test_steps(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base, size_t i)
{
	CK_HKDF_PARAMS p = both_steps(hashes[i].hash);
	uint8_t out[OUT_MAX], right[OUT_MAX];

	expect(c, "both steps", CKR_OK, derive(c, h, &p, base, OUT_MAX, out));
	expect_true(c, "OpenSSL makes the same of both",
		openssl_hkdf("EXTRACT_AND_EXPAND", hashes[i].name, sizeof(key_value), sizeof(salt),
			right, OUT_MAX) &&
			memcmp(out, right, OUT_MAX) == 0);
	p.bExtract = CK_FALSE;
	expect(c, "only the second step", CKR_OK, derive(c, h, &p, base, 100, out));
	expect_true(c, "OpenSSL expands the same",
		openssl_hkdf("EXPAND_ONLY", hashes[i].name, sizeof(key_value), 0, right, 100) &&
			memcmp(out, right, 100) == 0);
	p.bExtract = CK_TRUE;
	p.bExpand = CK_FALSE;
	expect(c, "only the first step", CKR_OK, derive(c, h, &p, base, 0, out));
	expect_true(c, "OpenSSL extracts the same",
		openssl_hkdf("EXTRACT_ONLY", hashes[i].name, sizeof(key_value), sizeof(salt), right,
			hashes[i].len) &&
			memcmp(out, right, hashes[i].len) == 0);
	expect(c, "its length may be said", CKR_OK, derive(c, h, &p, base, hashes[i].len, out));
	expect(c, "but no other", CKR_TEMPLATE_INCONSISTENT,
		derive(c, h, &p, base, hashes[i].len - 1, out));
}

static void
test_salts(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	static const CK_ULONG type = CKK_HKDF;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &type),
		attr_bool(CKA_DERIVE, true), attr_bytes(CKA_VALUE, salt, sizeof(salt)) };
	CK_HKDF_PARAMS p = both_steps(CKM_SHA256);
	CK_OBJECT_HANDLE key = 0, idle = 0;
	uint8_t out[OUT_MAX], right[OUT_MAX];

	expect(c, "a key that is a salt", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &key));
	p.ulSaltType = CKF_HKDF_SALT_KEY;
	p.hSaltKey = key;
	p.pSalt = NULL;
	expect(c, "HKDF with it", CKR_OK, derive(c, h, &p, base, 50, out));
	openssl_hkdf("EXTRACT_AND_EXPAND", "SHA256", sizeof(key_value), sizeof(salt), right, 50);
	expect_true(c, "is as with its value", memcmp(out, right, 50) == 0);
	p.hSaltKey = 0;
	expect(c, "a salt key that there is not", CKR_KEY_HANDLE_INVALID,
		derive(c, h, &p, base, 50, out));
	p.hSaltKey = c->rsa.private;
	expect(c, "a salt key that is no secret", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &p, base, 50, out));
	expect(c, "a key that does not derive", CKR_OK, create(c, h, &hkdf, false, 32, &idle));
	p.hSaltKey = idle;
	expect(c, "as a salt", CKR_KEY_FUNCTION_NOT_PERMITTED, derive(c, h, &p, base, 50, out));
	p.ulSaltType = CKF_HKDF_SALT_NULL;
	expect(c, "HKDF without a salt", CKR_OK, derive(c, h, &p, base, 50, out));
	openssl_hkdf("EXTRACT_AND_EXPAND", "SHA256", sizeof(key_value), 0, right, 50);
	expect_true(c, "is as with one of zeros", memcmp(out, right, 50) == 0);
}

static void
test_data(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	CK_HKDF_PARAMS p = both_steps(CKM_SHA512);
	CK_MECHANISM m = { CKM_HKDF_DATA, &p, sizeof(p) };
	CK_ULONG len = 99, class = 0;
	uint8_t out[OUT_MAX], right[OUT_MAX];
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &data), attr_bool(CKA_TOKEN, false),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_ATTRIBUTE got[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_VALUE, out, sizeof(out) } };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "CKM_HKDF_DATA", CKR_OK, c->f->C_DeriveKey(h, &m, base, t, COUNT(t), &o));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, got, COUNT(got)));
	openssl_hkdf("EXTRACT_AND_EXPAND", "SHA512", sizeof(key_value), sizeof(salt), right, len);
	expect_true(c, "it makes data",
		class == CKO_DATA && got[1].ulValueLen == len && memcmp(out, right, len) == 0);
	t[0] = attr_number(CKA_CLASS, &secret);
	expect(c, "and no key", CKR_TEMPLATE_INCONSISTENT,
		c->f->C_DeriveKey(h, &m, base, t, COUNT(t), &o));
	expect(c, "data without a length", CKR_OK, c->f->C_DeriveKey(h, &m, base, NULL, 0, &o));
	got[1].ulValueLen = sizeof(out);
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, got, COUNT(got)));
	expect(c, "is as long as a digest", 64, got[1].ulValueLen);
}

/* What TLS 1.3 begins with: data where the key should be, a key as salt. */
static void
test_data_as_key(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE salt_key)
{
	CK_HKDF_PARAMS p = both_steps(CKM_SHA256);
	CK_OBJECT_HANDLE o = 0, longer = 0;
	uint8_t out[OUT_MAX], right[OUT_MAX];

	expect(c, "data of 32 bytes", CKR_OK, create_data(c, h, 32, &o));
	expect(c, "data of 33 bytes", CKR_OK, create_data(c, h, 33, &longer));
	expect(c, "HKDF with data for a key", CKR_OK, derive(c, h, &p, o, 50, out));
	openssl_hkdf("EXTRACT_AND_EXPAND", "SHA256", 32, sizeof(salt), right, 50);
	expect_true(c, "is as with a key of this value", memcmp(out, right, 50) == 0);
	expect(c, "HKDF with data of another length", CKR_KEY_SIZE_RANGE,
		derive(c, h, &p, longer, 50, out));
	p.ulSaltType = CKF_HKDF_SALT_KEY;
	p.hSaltKey = salt_key;
	expect(c, "HKDF with data for a key, and a key for a salt", CKR_OK,
		derive(c, h, &p, o, 50, out));
	p.ulSaltType = CKF_HKDF_SALT_NULL;
	expect(c, "HKDF with data and no salt", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &p, o, 50, out));
	p.bExtract = CK_FALSE;
	expect(c, "HKDF that only expands data", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &p, o, 50, out));
}

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, bool token, CK_ULONG len, CK_OBJECT_HANDLE *key)
{
	CK_MECHANISM m = { CKM_HKDF_KEY_GEN, NULL, 0 };
	CK_ATTRIBUTE t[] = { attr_bool(CKA_TOKEN, token), attr_bool(CKA_SENSITIVE, true),
		attr_number(CKA_VALUE_LEN, &len) };

	return c->f->C_GenerateKey(h, &m, t, COUNT(t) - (len == 0), key);
}

/* The same key makes the same twice, and a key that nobody has seen makes one. */
static void
test_generated(struct ctx *c, CK_SESSION_HANDLE h, bool token)
{
	CK_HKDF_PARAMS p = both_steps(CKM_SHA384);
	CK_MECHANISM m = { CKM_HKDF_DERIVE, &p, sizeof(p) };
	CK_OBJECT_HANDLE key = 0, made = 0;
	CK_ULONG type = 0, len = 48;
	CK_BBOOL always = 9, never = 9, local = 9;
	uint8_t one[OUT_MAX], other[OUT_MAX];
	CK_ATTRIBUTE t[] = { { CKA_KEY_TYPE, &type, sizeof(type) } };
	CK_ATTRIBUTE wanted[] = { attr_bool(CKA_SENSITIVE, true), attr_bool(CKA_EXTRACTABLE, false),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_ATTRIBUTE past[] = { { CKA_ALWAYS_SENSITIVE, &always, 1 },
		{ CKA_NEVER_EXTRACTABLE, &never, 1 }, { CKA_LOCAL, &local, 1 } };

	expect(c, "CKM_HKDF_KEY_GEN", CKR_OK, generate(c, h, token, 48, &key));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, key, t, 1));
	expect(c, "it makes a key for HKDF", CKK_HKDF, type);
	expect(c, "HKDF with a generated key", CKR_OK, derive(c, h, &p, key, 64, one));
	expect(c, "and again", CKR_OK, derive(c, h, &p, key, 64, other));
	expect_true(c, "makes the same", memcmp(one, other, 64) == 0);
	expect(c, "a key that stays hidden", CKR_OK,
		c->f->C_DeriveKey(h, &m, key, wanted, COUNT(wanted), &made));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, made, past, 3));
	expect_true(c, "was always hidden", always == CK_TRUE && never == CK_TRUE);
	expect(c, "but was not made by C_GenerateKey", CK_FALSE, local);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	expect(c, "CKM_HKDF_KEY_GEN without a length", CKR_TEMPLATE_INCOMPLETE,
		generate(c, h, token, 0, &key));
}

static void
test_refusals(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	static const CK_ULONG aes = CKK_AES;
	CK_HKDF_PARAMS p = both_steps(CKM_SHA256);
	CK_MECHANISM m = { CKM_HKDF_DERIVE, &p, sizeof(p) - 1 };
	CK_OBJECT_HANDLE key = 0;
	uint8_t out[OUT_MAX];

	expect(c, "HKDF without a key", CKR_KEY_HANDLE_INVALID, derive(c, h, &p, 0, 32, out));
	expect(c, "HKDF with an EC key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &p, c->ec.private, 32, out));
	expect(c, "an AES key", CKR_OK, create(c, h, &aes, true, 32, &key));
	expect(c, "HKDF with an AES key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &p, key, 32, out));
	expect(c, "a key that does not derive", CKR_OK, create(c, h, &generic, false, 32, &key));
	expect(c, "HKDF with it", CKR_KEY_FUNCTION_NOT_PERMITTED, derive(c, h, &p, key, 32, out));
	expect(c, "a short key", CKR_OK, create(c, h, &generic, true, 31, &key));
	p.bExtract = CK_FALSE;
	expect(c, "is not only expanded", CKR_KEY_SIZE_RANGE, derive(c, h, &p, key, 32, out));
	expect(c, "HKDF without a length makes a digest's", CKR_OK, derive(c, h, &p, base, 0, out));
	p.ulInfoLen = (CK_ULONG)-1 / 2 + 1;
	expect(c, "an info that no memory has", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &p, base, 32, out));
	p.bExpand = CK_FALSE;
	expect(c, "HKDF without a step", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &p, base, 32, out));
	p = both_steps(CKM_MD5);
	expect(c, "HKDF with a hash that there is not", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &p, base, 32, out));
	expect(c, "HKDF with short parameters", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_DeriveKey(h, &m, base, NULL, 0, &key));
}

static void
test_info(struct ctx *c)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_HKDF_DERIVE, CKM_HKDF_DATA,
		CKM_HKDF_KEY_GEN };

	for (size_t i = 0; i < COUNT(types); i++) {
		CK_MECHANISM_INFO got = { 0, 0, 0 };

		expect(c, "C_GetMechanismInfo", CKR_OK,
			c->f->C_GetMechanismInfo(c->slot, types[i], &got));
		expect(c, "flags of HKDF", types[i] == CKM_HKDF_KEY_GEN ? CKF_GENERATE : CKF_DERIVE,
			got.flags);
	}
}

void
test_hkdf(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_MECHANISM_INFO got = { 0, 0, 0 };
	CK_OBJECT_HANDLE base = 0, own = 0;

	if (expect(c, "HKDF", CKR_OK, c->f->C_GetMechanismInfo(c->slot, CKM_HKDF_DERIVE, &got))) {
		expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
		find_keys(c, h);
		test_info(c);
		expect(c, "a generic secret", CKR_OK,
			create(c, h, &generic, true, sizeof(key_value), &base));
		expect(c, "a secret for HKDF", CKR_OK,
			create(c, h, &hkdf, true, sizeof(key_value), &own));
		for (size_t i = 0; i < COUNT(hashes); i++)
			test_steps(c, h, i % 2 == 0 ? base : own, i);
		test_salts(c, h, base);
		test_data(c, h, base);
		test_data_as_key(c, h, own);
		test_generated(c, h, false);
		test_generated(c, h, true);
		test_refusals(c, h, base);
	}
	close_all(c);
}
