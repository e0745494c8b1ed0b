/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key agreement: OpenSSL is the other party.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "api.h"

#define POINT_LEN  65
#define SECRET_LEN 32

static uint8_t info[] = "shared info";

/* The other party: its key, its point, and the secret that it comes to. */
struct party {
	EVP_PKEY *key;
	uint8_t point[POINT_LEN];
	uint8_t secret[SECRET_LEN];
};

static bool
secret_of(struct party *p, const uint8_t *token_point)
{
	EVP_PKEY *other = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(p->key, NULL);
	size_t n = sizeof(p->secret);
	bool ok = EVP_PKEY_copy_parameters(other, p->key) == 1 &&
		  EVP_PKEY_set1_encoded_public_key(other, token_point, POINT_LEN) == 1 &&
		  EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
		  EVP_PKEY_derive(ctx, p->secret, &n) == 1;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(other);
	return ok;
}

static bool
party_make(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE public, struct party *p)
{
	uint8_t point[2 + POINT_LEN];
	CK_ATTRIBUTE a = { CKA_EC_POINT, point, sizeof(point) };
	size_t n = 0;

	expect(c, "the point of a key", CKR_OK, c->f->C_GetAttributeValue(h, public, &a, 1));
	p->key = EVP_EC_gen("prime256v1");
	return a.ulValueLen == sizeof(point) &&
	       EVP_PKEY_get_octet_string_param(
		       p->key, OSSL_PKEY_PARAM_PUB_KEY, p->point, sizeof(p->point), &n) == 1 &&
	       secret_of(p, point + 2);
}

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, bool derive, struct pair *out)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)),
		attr_bool(CKA_TOKEN, false), attr_bool(CKA_PRIVATE, false) };
	CK_ATTRIBUTE private[] = { attr_bool(CKA_TOKEN, false), attr_bool(CKA_SIGN, !derive),
		attr_bool(CKA_DERIVE, derive) };

	return c->f->C_GenerateKeyPair(
		h, &m, public, COUNT(public), private, COUNT(private), &out->public, &out->private);
}

/* The template that everybody sends (len 0: without a length), and what comes of it. */
static CK_RV
derive(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE base, CK_ULONG len,
	uint8_t *out)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET;
	CK_ATTRIBUTE t[] = { attr_bool(CKA_TOKEN, false), attr_bool(CKA_PRIVATE, false),
		attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_SENSITIVE, false), attr_bool(CKA_EXTRACTABLE, true),
		attr_bool(CKA_ENCRYPT, true), attr_bool(CKA_DECRYPT, true),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_ATTRIBUTE value = { CKA_VALUE, out, len };
	CK_OBJECT_HANDLE key = 0;
	CK_RV rv = c->f->C_DeriveKey(h, m, base, t, COUNT(t), &key);

	if (rv != CKR_OK)
		return rv;
	expect(c, "a derived value is read", CKR_OK, c->f->C_GetAttributeValue(h, key, &value, 1));
	expect(c, "it has its length", len, value.ulValueLen);
	return c->f->C_DestroyObject(h, key);
}

static void
test_plain(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base, struct party *p)
{
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, POINT_LEN, p->point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	uint8_t der[2 + POINT_LEN] = { 0x04, POINT_LEN }, out[64];

	expect(c, "CKM_ECDH1_DERIVE", CKR_OK, derive(c, h, &m, base, SECRET_LEN, out));
	expect_true(c, "both parties have one secret", memcmp(out, p->secret, SECRET_LEN) == 0);
	expect(c, "a shorter key", CKR_OK, derive(c, h, &m, base, 16, out));
	expect_true(c, "is the end of the secret", memcmp(out, p->secret + 16, 16) == 0);
	memcpy(der + 2, p->point, POINT_LEN);
	params.pPublicData = der;
	params.ulPublicDataLen = sizeof(der);
	expect(c, "a point in DER", CKR_OK, derive(c, h, &m, base, SECRET_LEN, out));
	expect_true(c, "is the same", memcmp(out, p->secret, SECRET_LEN) == 0);
	expect(c, "a key that is longer than the secret", CKR_TEMPLATE_INCONSISTENT,
		derive(c, h, &m, base, SECRET_LEN + 1, out));
	params.pPublicData = p->point;
	params.ulPublicDataLen = POINT_LEN;
	m.mechanism = CKM_ECDH1_COFACTOR_DERIVE;
	if (expect(c, "CKM_ECDH1_COFACTOR_DERIVE", CKR_OK, derive(c, h, &m, base, SECRET_LEN, out)))
		expect_true(c, "is the same", memcmp(out, p->secret, SECRET_LEN) == 0);
}

static bool
openssl_kdf(const char *name, const char *hash, const uint8_t *secret, uint8_t *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)hash, 0),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_KEY, (uint8_t *)secret, SECRET_LEN),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof(info)),
		OSSL_PARAM_construct_end(),
	};
	bool ok = EVP_KDF_derive(ctx, out, len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok;
}

static void
test_kdfs(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base, struct party *p)
{
	static const struct {
		CK_ULONG kdf;
		const char *name, *hash;
	} rows[] = {
		{ CKD_SHA1_KDF, "X963KDF", "SHA1" },
		{ CKD_SHA224_KDF, "X963KDF", "SHA224" },
		{ CKD_SHA256_KDF, "X963KDF", "SHA256" },
		{ CKD_SHA384_KDF, "X963KDF", "SHA384" },
		{ CKD_SHA512_KDF, "X963KDF", "SHA512" },
		{ CKD_SHA3_224_KDF, "X963KDF", "SHA3-224" },
		{ CKD_SHA3_256_KDF, "X963KDF", "SHA3-256" },
		{ CKD_SHA3_384_KDF, "X963KDF", "SHA3-384" },
		{ CKD_SHA3_512_KDF, "X963KDF", "SHA3-512" },
		{ CKD_SHA1_KDF_SP800, "SSKDF", "SHA1" },
		{ CKD_SHA224_KDF_SP800, "SSKDF", "SHA224" },
		{ CKD_SHA256_KDF_SP800, "SSKDF", "SHA256" },
		{ CKD_SHA384_KDF_SP800, "SSKDF", "SHA384" },
		{ CKD_SHA512_KDF_SP800, "SSKDF", "SHA512" },
		{ CKD_SHA3_224_KDF_SP800, "SSKDF", "SHA3-224" },
		{ CKD_SHA3_256_KDF_SP800, "SSKDF", "SHA3-256" },
		{ CKD_SHA3_384_KDF_SP800, "SSKDF", "SHA3-384" },
		{ CKD_SHA3_512_KDF_SP800, "SSKDF", "SHA3-512" },
		{ CKD_BLAKE2B_512_KDF, "SSKDF", "BLAKE2B-512" },
	};
	uint8_t out[100], right[100];

	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_ECDH1_DERIVE_PARAMS params = { rows[i].kdf, sizeof(info), info, POINT_LEN,
			p->point };
		CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };

		if (!expect(c, "a key by a KDF", CKR_OK, derive(c, h, &m, base, sizeof(out), out)))
			continue;
		expect_true(c, "OpenSSL makes the same key",
			openssl_kdf(rows[i].name, rows[i].hash, p->secret, right, sizeof(right)) &&
				memcmp(out, right, sizeof(out)) == 0);
	}
}

static void
test_refusals(struct ctx *c, CK_SESSION_HANDLE h, struct pair *pair, struct party *p)
{
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, POINT_LEN, p->point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	uint8_t out[64];
	struct pair idle;

	expect(c, "an EC pair that does not derive", CKR_OK, generate(c, h, false, &idle));
	expect(c, "C_DeriveKey with it", CKR_KEY_FUNCTION_NOT_PERMITTED,
		derive(c, h, &m, idle.private, 32, out));
	expect(c, "C_DeriveKey with an RSA key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &m, c->rsa.private, 32, out));
	expect(c, "C_DeriveKey with a public key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &m, pair->public, 32, out));
	expect(c, "C_DeriveKey without a key", CKR_KEY_HANDLE_INVALID,
		derive(c, h, &m, 0, 32, out));
	p->point[POINT_LEN - 1] ^= 1;
	expect(c, "a point that is not on the curve", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &m, pair->private, 32, out));
	p->point[POINT_LEN - 1] ^= 1;
	params.pSharedData = info;
	params.ulSharedDataLen = sizeof(info);
	expect(c, "shared data without a KDF", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &m, pair->private, 32, out));
	params.kdf = 0x7fff;
	expect(c, "a KDF that there is not", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &m, pair->private, 32, out));
	m.ulParameterLen = 0;
	expect(c, "C_DeriveKey without parameters", CKR_MECHANISM_PARAM_INVALID,
		derive(c, h, &m, pair->private, 32, out));
}

/* What everybody forgets to give, and what only the key's own template decides. */
static void
test_templates(struct ctx *c, CK_SESSION_HANDLE h, struct pair *pair, struct party *p)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET;
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, POINT_LEN, p->point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_TOKEN, true) };
	CK_ATTRIBUTE local = attr_bool(CKA_LOCAL, true);
	CK_OBJECT_HANDLE key = 0;

	if (c->reference)
		return; /* it wants CKA_VALUE_LEN, and knows no CKA_DERIVE_TEMPLATE */
	expect(c, "a derived key without a type", CKR_TEMPLATE_INCOMPLETE,
		c->f->C_DeriveKey(h, &m, pair->private, t, 1, &key));
	expect(c, "a derived token key in a R/O session", CKR_SESSION_READ_ONLY,
		c->f->C_DeriveKey(h, &m, pair->private, t, 3, &key));
	t[2] = local;
	expect(c, "a derived key that shall be local", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_DeriveKey(h, &m, pair->private, t, 3, &key));
	t[2] = attr_bytes(CKA_VALUE, p->secret, SECRET_LEN);
	expect(c, "a derived key with a value", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_DeriveKey(h, &m, pair->private, t, 3, &key));
	expect(c, "a derived key without a length", CKR_OK,
		c->f->C_DeriveKey(h, &m, pair->private, t, 2, &key));
}

/* PKCS#11 3.2, 5.18.7 */
static void
test_own_template(struct ctx *c, CK_SESSION_HANDLE h, struct party *p)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET;
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	CK_MECHANISM gen = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE own[] = { attr_bool(CKA_SENSITIVE, true), attr_text(CKA_LABEL, "derived") };
	CK_ATTRIBUTE public[] = { attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)) };
	CK_ATTRIBUTE private[] = { attr_bool(CKA_DERIVE, true),
		attr_bytes(CKA_DERIVE_TEMPLATE, own, sizeof(own)) };
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, POINT_LEN, p->point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_SENSITIVE, false) };
	CK_BBOOL sensitive = 9, always = 9;
	char label[16];
	CK_ATTRIBUTE got[] = { { CKA_SENSITIVE, &sensitive, 1 },
		{ CKA_ALWAYS_SENSITIVE, &always, 1 }, { CKA_LABEL, label, sizeof(label) } };
	struct pair pair = { 0, 0 };
	CK_OBJECT_HANDLE key = 0;

	if (c->reference)
		return;
	expect(c, "an EC pair with a template", CKR_OK,
		c->f->C_GenerateKeyPair(
			h, &gen, public, 1, private, 2, &pair.public, &pair.private));
	expect(c, "a derived key against it", CKR_TEMPLATE_INCONSISTENT,
		c->f->C_DeriveKey(h, &m, pair.private, t, 3, &key));
	expect(c, "a derived key that leaves it open", CKR_OK,
		c->f->C_DeriveKey(h, &m, pair.private, t, 2, &key));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, key, got, 3));
	expect_true(c, "has what it says, and was always so",
		sensitive == CK_TRUE && always == CK_TRUE && got[2].ulValueLen == 7 &&
			memcmp(label, "derived", 7) == 0);
}

void
test_derive(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	struct party party = { NULL };
	struct pair pair;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "an EC pair that derives", CKR_OK, generate(c, h, true, &pair));
	if (expect_true(c, "another party", party_make(c, h, pair.public, &party))) {
		test_plain(c, h, pair.private, &party);
		test_kdfs(c, h, pair.private, &party);
		test_refusals(c, h, &pair, &party);
		test_templates(c, h, &pair, &party);
		test_own_template(c, h, &party);
	}
	EVP_PKEY_free(party.key);
	close_all(c);
}
