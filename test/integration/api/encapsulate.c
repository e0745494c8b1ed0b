/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encapsulated keys (PKCS#11 3.2): between the token's own two halves, and with
 * OpenSSL on either side.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "api.h"

#define MODULUS_LEN 256
#define POINT_LEN   65
#define ROOM        512

static char label_text[] = "for you";
static CK_RSA_PKCS_OAEP_PARAMS sha1 = { CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0 };
static CK_RSA_PKCS_OAEP_PARAMS mixed = { CKM_SHA3_256, CKG_MGF1_SHA512, CKZ_DATA_SPECIFIED,
	label_text, sizeof(label_text) - 1 };
static uint8_t info[] = "shared info";
static CK_ECDH1_DERIVE_PARAMS plain = { CKD_NULL, 0, NULL, 0, NULL };
static CK_ECDH1_DERIVE_PARAMS hashed = { CKD_SHA256_KDF, sizeof(info), info, 0, NULL };

static const struct row {
	const char *what;
	CK_MECHANISM m;
	bool rsa;
	CK_ULONG len;     /* that is asked for; 0: none */
	CK_ULONG natural; /* that comes then */
	struct padding_spec openssl;
} rows[] = {
	{ "CKM_RSA_PKCS", { CKM_RSA_PKCS, NULL, 0 }, true, 48, 48,
		{ RSA_PKCS1_PADDING, NULL, NULL, NULL } },
	{ "CKM_RSA_PKCS_OAEP", { CKM_RSA_PKCS_OAEP, &sha1, sizeof(sha1) }, true, 214, 214,
		{ RSA_PKCS1_OAEP_PADDING, "SHA1", "SHA1", NULL } },
	{ "CKM_RSA_PKCS_OAEP with a label", { CKM_RSA_PKCS_OAEP, &mixed, sizeof(mixed) }, true, 32,
		32, { RSA_PKCS1_OAEP_PADDING, "SHA3-256", "SHA512", label_text } },
	{ "CKM_RSA_X_509", { CKM_RSA_X_509, NULL, 0 }, true, 0, MODULUS_LEN,
		{ RSA_NO_PADDING, NULL, NULL, NULL } },
	{ "the end of CKM_RSA_X_509", { CKM_RSA_X_509, NULL, 0 }, true, 32, 32,
		{ RSA_NO_PADDING, NULL, NULL, NULL } },
	{ "CKM_ECDH1_DERIVE", { CKM_ECDH1_DERIVE, &plain, sizeof(plain) }, false, 0, 32, { 0 } },
	{ "CKM_ECDH1_DERIVE with a KDF", { CKM_ECDH1_DERIVE, &hashed, sizeof(hashed) }, false, 100,
		100, { 0 } },
	{ "CKM_ECDH1_COFACTOR_DERIVE", { CKM_ECDH1_COFACTOR_DERIVE, &plain, sizeof(plain) }, false,
		16, 16, { 0 } },
};

static struct pair rsa, ec;

static CK_RV
generate(struct ctx *c, CK_SESSION_HANDLE h, bool is_rsa, bool may, struct pair *out)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	static const CK_ULONG bits = MODULUS_LEN * 8;
	CK_MECHANISM m = { is_rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { is_rsa ? attr_number(CKA_MODULUS_BITS, &bits)
					 : attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)),
		attr_bool(CKA_ENCAPSULATE, may) };
	CK_ATTRIBUTE private[] = { attr_bool(CKA_TOKEN, false), attr_bool(CKA_DECAPSULATE, may),
		attr_bool(CKA_DERIVE, may && !is_rsa) };

	return c->f->C_GenerateKeyPair(
		h, &m, public, COUNT(public), private, COUNT(private), &out->public, &out->private);
}

/* What is asked for: a generic secret that can be read; of no length if that is 0. */
struct wanted {
	CK_ATTRIBUTE t[4];
	CK_ULONG count;
};

static struct wanted
wanted(const CK_ULONG *len)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET;

	return (struct wanted){
		{ attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
			attr_bool(CKA_SENSITIVE, false), attr_number(CKA_VALUE_LEN, len) },
		*len == 0 ? 3 : 4
	};
}

static CK_RV
encapsulate(struct ctx *c, CK_SESSION_HANDLE h, const CK_MECHANISM *m, CK_OBJECT_HANDLE public,
	CK_ULONG len, uint8_t *cipher, CK_ULONG *cipher_len, CK_OBJECT_HANDLE *key)
{
	CK_MECHANISM given = *m;
	struct wanted w = wanted(&len);

	return c->f3->C_EncapsulateKey(h, &given, public, w.t, w.count, cipher, cipher_len, key);
}

static CK_RV
decapsulate(struct ctx *c, CK_SESSION_HANDLE h, const CK_MECHANISM *m, CK_OBJECT_HANDLE private,
	CK_ULONG len, uint8_t *cipher, CK_ULONG cipher_len, CK_OBJECT_HANDLE *key)
{
	CK_MECHANISM given = *m;
	struct wanted w = wanted(&len);

	return c->f3->C_DecapsulateKey(h, &given, private, w.t, w.count, cipher, cipher_len, key);
}

/* Its value; the length, 0 if it can not be read. Destroys it. */
static CK_ULONG
value_of(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, uint8_t *out)
{
	CK_ATTRIBUTE a = { CKA_VALUE, out, ROOM };

	expect(c, "the value of an encapsulated key", CKR_OK,
		c->f->C_GetAttributeValue(h, key, &a, 1));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	return a.ulValueLen;
}

static void
test_round(struct ctx *c, CK_SESSION_HANDLE h, const struct row *r)
{
	const struct pair *pair = r->rsa ? &rsa : &ec;
	uint8_t cipher[ROOM], one[ROOM], other[ROOM];
	CK_ULONG n = 0, full = r->rsa ? MODULUS_LEN : POINT_LEN, small = full - 1;
	CK_OBJECT_HANDLE sent = 0, opened = 0;

	expect(c, "the length of a ciphertext", CKR_OK,
		encapsulate(c, h, &r->m, pair->public, r->len, NULL, &n, &sent));
	expect(c, "is that of the modulus, or of a point", full, n);
	expect(c, "a small buffer for it", CKR_BUFFER_TOO_SMALL,
		encapsulate(c, h, &r->m, pair->public, r->len, cipher, &small, &sent));
	expect(c, "is told the length", full, small);
	expect(c, "and there is no key yet", 0, sent);
	expect(c, r->what, CKR_OK,
		encapsulate(c, h, &r->m, pair->public, r->len, cipher, &n, &sent));
	expect(c, "the ciphertext is as long as said", full, n);
	expect(c, r->what, CKR_OK,
		decapsulate(c, h, &r->m, pair->private, r->len, cipher, n, &opened));
	n = value_of(c, h, sent, one);
	expect(c, "the key is as long as asked for", r->natural, n);
	expect(c, "as the other side's", n, value_of(c, h, opened, other));
	expect_true(c, "both sides have one key", memcmp(one, other, n) == 0);
}

/* What OpenSSL encrypts for the token. RSASVE is raw RSA of a number below the modulus. */
static void
test_from_openssl(struct ctx *c, CK_SESSION_HANDLE h, const struct row *r)
{
	uint8_t cipher[1024], key[MODULUS_LEN] = { 0, 7, 8, 9 }, out[ROOM];
	CK_ULONG len = r->openssl.padding == RSA_NO_PADDING ? MODULUS_LEN : r->natural;
	size_t n = openssl_encrypts(c, h, rsa.public, &r->openssl, key, len, cipher);
	CK_OBJECT_HANDLE opened = 0;

	expect(c, r->what, CKR_OK,
		decapsulate(c, h, &r->m, rsa.private, r->len, cipher, n, &opened));
	n = value_of(c, h, opened, out);
	expect_true(c, "OpenSSL's key comes out",
		n == r->natural && memcmp(out, key + len - n, n) == 0);
}

/* --- OpenSSL has the private key --- */

static CK_OBJECT_HANDLE
create_public(struct ctx *c, CK_SESSION_HANDLE h, EVP_PKEY *key, bool is_rsa)
{
	static const CK_ULONG class = CKO_PUBLIC_KEY, rsa_type = CKK_RSA, ec_type = CKK_EC;
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	static const uint8_t f4[] = { 1, 0, 1 };
	uint8_t number[MODULUS_LEN], point[2 + POINT_LEN] = { 0x04, POINT_LEN };
	BIGNUM *n = NULL;
	size_t len = 0;
	CK_OBJECT_HANDLE o = 0;

	if (is_rsa && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1)
		BN_bn2binpad(n, number, sizeof(number));
	else
		EVP_PKEY_get_octet_string_param(
			key, OSSL_PKEY_PARAM_PUB_KEY, point + 2, POINT_LEN, &len);
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &class), attr_bool(CKA_ENCAPSULATE, true),
		attr_number(CKA_KEY_TYPE, is_rsa ? &rsa_type : &ec_type),
		is_rsa ? attr_bytes(CKA_MODULUS, number, sizeof(number))
		       : attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)),
		is_rsa ? attr_bytes(CKA_PUBLIC_EXPONENT, f4, sizeof(f4))
		       : attr_bytes(CKA_EC_POINT, point, sizeof(point)) };
	expect(c, "another's public key", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	BN_free(n);
	return o;
}

static size_t
openssl_opens(EVP_PKEY *key, const struct padding_spec *spec, const uint8_t *cipher, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t n = ROOM;
	bool ok = false;

	if (spec->padding == RSA_NO_PADDING)
		ok = EVP_PKEY_decapsulate_init(ctx, NULL) == 1 &&
		     EVP_PKEY_CTX_set_kem_op(ctx, "RSASVE") == 1 &&
		     EVP_PKEY_decapsulate(ctx, out, &n, cipher, MODULUS_LEN) == 1;
	else
		ok = EVP_PKEY_decrypt_init(ctx) == 1 && openssl_padding(ctx, spec) &&
		     EVP_PKEY_decrypt(ctx, out, &n, cipher, MODULUS_LEN) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok ? n : 0;
}

/* The x coordinate of the product. */
static size_t
openssl_agrees(EVP_PKEY *key, const uint8_t *point, uint8_t *out)
{
	EVP_PKEY *other = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t n = ROOM;
	bool ok = EVP_PKEY_copy_parameters(other, key) == 1 &&
		  EVP_PKEY_set1_encoded_public_key(other, point, POINT_LEN) == 1 &&
		  EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
		  EVP_PKEY_derive(ctx, out, &n) == 1;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(other);
	return ok ? n : 0;
}

static void
test_to_openssl(struct ctx *c, CK_SESSION_HANDLE h, const struct row *r, EVP_PKEY *key)
{
	CK_OBJECT_HANDLE public = create_public(c, h, key, r->rsa), sent = 0;
	uint8_t cipher[ROOM], out[ROOM], right[ROOM];
	CK_ULONG n = sizeof(cipher), len = 0, right_len = 0;

	if (r->m.pParameter == &hashed)
		return; /* derive.c compares the KDFs */
	expect(c, r->what, CKR_OK, encapsulate(c, h, &r->m, public, r->len, cipher, &n, &sent));
	right_len = r->rsa ? openssl_opens(key, &r->openssl, cipher, right)
			   : openssl_agrees(key, cipher, right);
	len = value_of(c, h, sent, out);
	expect_true(c, "OpenSSL opens the same key",
		len == r->natural && right_len >= len &&
			memcmp(out, right + right_len - len, len) == 0);
}

/* --- what is refused --- */

static void
test_past(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_BBOOL local = 9, always = 9, never = 9, out = 9;
	CK_ULONG gen = 0, n = ROOM;
	CK_ATTRIBUTE t[] = { { CKA_LOCAL, &local, 1 }, { CKA_ALWAYS_SENSITIVE, &always, 1 },
		{ CKA_NEVER_EXTRACTABLE, &never, 1 }, { CKA_EXTRACTABLE, &out, 1 },
		{ CKA_KEY_GEN_MECHANISM, &gen, sizeof(gen) } };
	CK_OBJECT_HANDLE key[2] = { 0, 0 };
	uint8_t cipher[ROOM];

	expect(c, "C_EncapsulateKey", CKR_OK,
		encapsulate(c, h, &rows[5].m, ec.public, 16, cipher, &n, &key[0]));
	expect(c, "C_DecapsulateKey", CKR_OK,
		decapsulate(c, h, &rows[5].m, ec.private, 16, cipher, n, &key[1]));
	for (int i = 0; i < 2; i++) {
		expect(c, "C_GetAttributeValue", CKR_OK,
			c->f->C_GetAttributeValue(h, key[i], t, COUNT(t)));
		expect_true(c, "it is not from here, and may go on",
			local == CK_FALSE && always == CK_FALSE && never == CK_FALSE &&
				out == CK_TRUE && gen == CK_UNAVAILABLE_INFORMATION);
	}
}

static void
test_keys(struct ctx *c, CK_SESSION_HANDLE h)
{
	const CK_MECHANISM *m = &rows[1].m, ecdsa = { CKM_ECDSA, NULL, 0 };
	uint8_t cipher[ROOM] = { 0 };
	CK_ULONG n = ROOM;
	CK_OBJECT_HANDLE key = 0;
	struct pair idle = { 0, 0 };

	expect(c, "a pair that does not", CKR_OK, generate(c, h, true, false, &idle));
	expect(c, "C_EncapsulateKey with it", CKR_KEY_FUNCTION_NOT_PERMITTED,
		encapsulate(c, h, m, idle.public, 16, cipher, &n, &key));
	expect(c, "C_DecapsulateKey with it", CKR_KEY_FUNCTION_NOT_PERMITTED,
		decapsulate(c, h, m, idle.private, 16, cipher, MODULUS_LEN, &key));
	expect(c, "C_EncapsulateKey with a private key", CKR_KEY_TYPE_INCONSISTENT,
		encapsulate(c, h, m, rsa.private, 16, cipher, &n, &key));
	expect(c, "C_DecapsulateKey with a public key", CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT,
		decapsulate(c, h, m, rsa.public, 16, cipher, MODULUS_LEN, &key));
	expect(c, "C_EncapsulateKey with an EC key", CKR_KEY_TYPE_INCONSISTENT,
		encapsulate(c, h, m, ec.public, 16, cipher, &n, &key));
	expect(c, "C_EncapsulateKey without a key", CKR_KEY_HANDLE_INVALID,
		encapsulate(c, h, m, 0, 16, cipher, &n, &key));
	expect(c, "C_DecapsulateKey without a key", CKR_UNWRAPPING_KEY_HANDLE_INVALID,
		decapsulate(c, h, m, 0, 16, cipher, MODULUS_LEN, &key));
	expect(c, "C_EncapsulateKey with a signature", CKR_MECHANISM_INVALID,
		encapsulate(c, h, &ecdsa, ec.public, 16, cipher, &n, &key));
	expect(c, "C_DecapsulateKey with a signature", CKR_MECHANISM_INVALID,
		decapsulate(c, h, &ecdsa, ec.private, 16, cipher, n, &key));
}

static void
test_parameters(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t point[POINT_LEN] = { 4 }, cipher[ROOM];
	CK_ECDH1_DERIVE_PARAMS p = { CKD_NULL, 0, NULL, sizeof(point), point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &p, sizeof(p) };
	CK_MECHANISM none = { CKM_RSA_PKCS_OAEP, NULL, 0 };
	CK_ULONG n = ROOM, len = 16;
	struct wanted w = wanted(&len);
	CK_OBJECT_HANDLE key = 0;

	expect(c, "C_EncapsulateKey with a point", CKR_MECHANISM_PARAM_INVALID,
		encapsulate(c, h, &m, ec.public, 16, cipher, &n, &key));
	expect(c, "C_DecapsulateKey with a point", CKR_MECHANISM_PARAM_INVALID,
		decapsulate(c, h, &m, ec.private, 16, cipher, POINT_LEN, &key));
	m = rows[5].m;
	expect(c, "C_DeriveKey without a point", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_DeriveKey(h, &m, ec.private, w.t, w.count, &key));
	expect(c, "C_EncapsulateKey without parameters", CKR_MECHANISM_PARAM_INVALID,
		encapsulate(c, h, &none, rsa.public, 16, cipher, &n, &key));
}

static void
test_lengths(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t cipher[ROOM], bad[MODULUS_LEN] = { 0, 1 }, value[ROOM];
	CK_ULONG n = ROOM;
	CK_OBJECT_HANDLE key = 0;

	expect(c, "C_EncapsulateKey without a length", CKR_TEMPLATE_INCOMPLETE,
		encapsulate(c, h, &rows[0].m, rsa.public, 0, cipher, &n, &key));
	expect(c, "a key that is too long for RSA", CKR_TEMPLATE_INCONSISTENT,
		encapsulate(c, h, &rows[0].m, rsa.public, 246, cipher, &n, &key));
	expect(c, "a key that is longer than the secret", CKR_TEMPLATE_INCONSISTENT,
		encapsulate(c, h, &rows[5].m, ec.public, 33, cipher, &n, &key));
	n = ROOM;
	expect(c, "a key of 20 bytes", CKR_OK,
		encapsulate(c, h, &rows[1].m, rsa.public, 20, cipher, &n, &key));
	expect(c, "it may come without a length", CKR_OK,
		decapsulate(c, h, &rows[1].m, rsa.private, 0, cipher, n, &key));
	expect(c, "it has its own", 20, value_of(c, h, key, value));
	expect(c, "but no other", CKR_WRAPPED_KEY_LEN_RANGE,
		decapsulate(c, h, &rows[1].m, rsa.private, 21, cipher, n, &key));
	expect(c, "a short ciphertext", CKR_WRAPPED_KEY_LEN_RANGE,
		decapsulate(c, h, &rows[1].m, rsa.private, 20, cipher, n - 1, &key));
	cipher[100] ^= 1;
	expect(c, "a changed ciphertext", CKR_WRAPPED_KEY_INVALID,
		decapsulate(c, h, &rows[1].m, rsa.private, 20, cipher, n, &key));
	expect(c, "a bad padding opens to a key", CKR_OK,
		decapsulate(c, h, &rows[0].m, rsa.private, 48, bad, sizeof(bad), &key));
	expect(c, "of the length that was asked for", 48, value_of(c, h, key, value));
	memset(bad, 0xff, sizeof(bad));
	expect(c, "a ciphertext above the modulus", CKR_WRAPPED_KEY_INVALID,
		decapsulate(c, h, &rows[3].m, rsa.private, 0, bad, sizeof(bad), &key));
	memset(cipher, 4, POINT_LEN);
	expect(c, "a point that is not on the curve", CKR_WRAPPED_KEY_INVALID,
		decapsulate(c, h, &rows[5].m, ec.private, 16, cipher, POINT_LEN, &key));
	expect(c, "half a point", CKR_WRAPPED_KEY_LEN_RANGE,
		decapsulate(c, h, &rows[5].m, ec.private, 16, cipher, 33, &key));
}

/* Public keys belong to everybody, token keys do not. */
static void
test_rights(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	EVP_PKEY *key = EVP_EC_gen("prime256v1");
	CK_OBJECT_HANDLE public = create_public(c, h, key, false), sent = 0;
	uint8_t cipher[ROOM];
	CK_ULONG n = ROOM, len = 16;
	struct wanted w = wanted(&len);
	CK_MECHANISM m = rows[5].m;

	expect(c, "C_EncapsulateKey without a login", CKR_OK,
		encapsulate(c, h, &m, public, 16, cipher, &n, &sent));
	w.t[2] = attr_bool(CKA_TOKEN, true);
	expect(c, "a token key in a R/O session", CKR_SESSION_READ_ONLY,
		c->f3->C_EncapsulateKey(h, &m, public, w.t, w.count, cipher, &n, &sent));
	close_all(c);
	h = open_rw(c);
	public = create_public(c, h, key, false);
	expect(c, "a token key without a login", CKR_USER_NOT_LOGGED_IN,
		c->f3->C_EncapsulateKey(h, &m, public, w.t, w.count, cipher, &n, &sent));
	EVP_PKEY_free(key);
	close_all(c);
}

static void
test_info(struct ctx *c)
{
	const CK_FLAGS both = CKF_ENCAPSULATE | CKF_DECAPSULATE;

	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_MECHANISM_INFO got = { 0, 0, 0 };

		expect(c, "C_GetMechanismInfo", CKR_OK,
			c->f->C_GetMechanismInfo(c->slot, rows[i].m.mechanism, &got));
		expect(c, "it says that it does both", both, got.flags & both);
	}
}

void
test_encapsulate(struct ctx *c)
{
	EVP_PKEY *theirs[2] = { NULL, NULL };
	CK_SESSION_HANDLE h = 0;

	if (c->f3 == NULL)
		return;
	h = open_rw(c);
	theirs[0] = EVP_EC_gen("prime256v1");
	theirs[1] = EVP_RSA_gen(MODULUS_LEN * 8);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "an RSA pair that does", CKR_OK, generate(c, h, true, true, &rsa));
	expect(c, "an EC pair that does", CKR_OK, generate(c, h, false, true, &ec));
	test_info(c);
	for (size_t i = 0; i < COUNT(rows); i++) {
		test_round(c, h, &rows[i]);
		if (rows[i].rsa)
			test_from_openssl(c, h, &rows[i]);
		test_to_openssl(c, h, &rows[i], theirs[rows[i].rsa]);
	}
	test_past(c, h);
	test_keys(c, h);
	test_parameters(c, h);
	test_lengths(c, h);
	close_all(c);
	test_rights(c);
	EVP_PKEY_free(theirs[0]);
	EVP_PKEY_free(theirs[1]);
}
