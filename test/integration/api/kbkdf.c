/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SP 800-108: each mode with each PRF, one key and several; OpenSSL's MACs,
 * put together as the publication says, make the other ones.
 */
#include "config.h"

#include <openssl/evp.h>

#include "api.h"

enum { OUT_MAX = 512, KEYS_MAX = 3 };

static uint8_t key_value[32] = "for HMAC and for AES, 32 bytes..";
static uint8_t label[] = "label and a zero", context[] = "context", iv[] = "of any length";
static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET, aes = CKK_AES;

static const CK_MECHANISM_TYPE modes[] = { CKM_SP800_108_COUNTER_KDF, CKM_SP800_108_FEEDBACK_KDF,
	CKM_SP800_108_DOUBLE_PIPELINE_KDF };

static const struct prf {
	CK_MECHANISM_TYPE type;
	const char *mac, *name; /* OpenSSL's */
	size_t len;
	CK_ULONG own; /* type of key beside generic secrets */
} prfs[] = {
	{ CKM_SHA_1_HMAC, "HMAC", "SHA1", 20, CKK_SHA_1_HMAC },
	{ CKM_SHA224_HMAC, "HMAC", "SHA224", 28, CKK_SHA224_HMAC },
	{ CKM_SHA256_HMAC, "HMAC", "SHA256", 32, CKK_SHA256_HMAC },
	{ CKM_SHA384_HMAC, "HMAC", "SHA384", 48, CKK_SHA384_HMAC },
	{ CKM_SHA512_HMAC, "HMAC", "SHA512", 64, CKK_SHA512_HMAC },
	{ CKM_SHA3_224_HMAC, "HMAC", "SHA3-224", 28, CKK_SHA3_224_HMAC },
	{ CKM_SHA3_256_HMAC, "HMAC", "SHA3-256", 32, CKK_SHA3_256_HMAC },
	{ CKM_SHA3_384_HMAC, "HMAC", "SHA3-384", 48, CKK_SHA3_384_HMAC },
	{ CKM_SHA3_512_HMAC, "HMAC", "SHA3-512", 64, CKK_SHA3_512_HMAC },
	{ CKM_AES_CMAC, "CMAC", "AES-256-CBC", 16, CKK_AES },
};

static const struct prf *const sha256 = &prfs[2], *const cmac = &prfs[9];

/* --- parameters: iteration variable, counter, label, context, length; and what else a test adds
 * --- */

struct kdf {
	const struct prf *prf;
	CK_SP800_108_COUNTER_FORMAT counter;
	CK_SP800_108_DKM_LENGTH_FORMAT length;
	CK_PRF_DATA_PARAM parts[6];
	CK_ULONG count;
	CK_SP800_108_KDF_PARAMS plain;
	CK_SP800_108_FEEDBACK_KDF_PARAMS feedback;
	CK_MECHANISM m;
};

static void
kdf_init(struct kdf *k, CK_MECHANISM_TYPE mode, const struct prf *prf)
{
	bool counts = mode == CKM_SP800_108_COUNTER_KDF;

	*k = (struct kdf){ .prf = prf,
		.counter = { CK_FALSE, 16 },
		.length = { CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_FALSE, 32 } };
	k->parts[k->count++] = (CK_PRF_DATA_PARAM){ CK_SP800_108_ITERATION_VARIABLE,
		counts ? &k->counter : NULL, counts ? sizeof(k->counter) : 0 };
	if (!counts)
		k->parts[k->count++] = (CK_PRF_DATA_PARAM){ CK_SP800_108_COUNTER, &k->counter,
			sizeof(k->counter) };
	k->parts[k->count++] = (CK_PRF_DATA_PARAM){ CK_SP800_108_BYTE_ARRAY, label, sizeof(label) };
	k->parts[k->count++] =
		(CK_PRF_DATA_PARAM){ CK_SP800_108_BYTE_ARRAY, context, sizeof(context) };
	k->parts[k->count++] =
		(CK_PRF_DATA_PARAM){ CK_SP800_108_DKM_LENGTH, &k->length, sizeof(k->length) };
	k->m.mechanism = mode;
}

/* As the parts are now. */
static CK_MECHANISM *
kdf_mechanism(struct kdf *k, CK_DERIVED_KEY *more, CK_ULONG more_count)
{
	k->plain = (CK_SP800_108_KDF_PARAMS){ k->prf->type, k->count, k->parts, more_count, more };
	k->feedback = (CK_SP800_108_FEEDBACK_KDF_PARAMS){ k->prf->type, k->count, k->parts,
		sizeof(iv), iv, more_count, more };
	k->m.pParameter = &k->plain;
	k->m.ulParameterLen = sizeof(k->plain);
	if (k->m.mechanism == CKM_SP800_108_FEEDBACK_KDF) {
		k->m.pParameter = &k->feedback;
		k->m.ulParameterLen = sizeof(k->feedback);
	}
	return &k->m;
}

/* --- what OpenSSL makes --- */

static size_t
mac(const struct prf *p, const uint8_t *data, size_t len, uint8_t *out)
{
	size_t out_len = 0;

	return EVP_Q_mac(NULL, p->mac, NULL, p->name, NULL, key_value, sizeof(key_value), data, len,
		       out, EVP_MAX_MD_SIZE, &out_len) == NULL
		       ? 0
		       : out_len;
}

static size_t
put(uint8_t *to, size_t at, const void *from, size_t len)
{
	if (len > 0)
		memcpy(to + at, from, len);
	return at + len;
}

/* The input of segment i (0: what is the same for all of them); chain: K(i - 1) or A(i). */
static size_t
input(uint8_t *out, unsigned i, const uint8_t *chain, size_t chain_len, size_t keys_len)
{
	const uint8_t number[2] = { (uint8_t)(i >> 8), (uint8_t)i };
	const uint8_t bits[4] = { 0, 0, (uint8_t)(keys_len >> 5), (uint8_t)(keys_len << 3) };
	size_t n = put(out, 0, chain, i > 0 ? chain_len : 0);

	n = put(out, n, number, i > 0 ? sizeof(number) : 0);
	n = put(out, n, label, sizeof(label));
	n = put(out, n, context, sizeof(context));
	return put(out, n, bits, sizeof(bits));
}

/* segments of them; keys_len: bytes of all keys. */
static void
openssl_kbkdf(CK_MECHANISM_TYPE mode, const struct prf *p, unsigned segments, size_t keys_len,
	uint8_t *out)
{
	uint8_t chain[256], in[512];
	size_t chain_len = 0;

	if (mode == CKM_SP800_108_FEEDBACK_KDF)
		chain_len = put(chain, 0, iv, sizeof(iv));
	if (mode == CKM_SP800_108_DOUBLE_PIPELINE_KDF)
		chain_len = input(chain, 0, NULL, 0, keys_len);
	for (unsigned i = 1; i <= segments; i++) {
		uint8_t segment[EVP_MAX_MD_SIZE];

		if (mode == CKM_SP800_108_DOUBLE_PIPELINE_KDF) {
			chain_len = mac(p, chain, chain_len, segment);
			memcpy(chain, segment, chain_len);
		}
		mac(p, in, input(in, i, chain, chain_len, keys_len), segment);
		memcpy(out + (i - 1) * p->len, segment, p->len);
		if (mode == CKM_SP800_108_FEEDBACK_KDF)
			chain_len = put(chain, 0, segment, p->len);
	}
}

/* --- one key --- */

static CK_RV
create(struct ctx *c, CK_SESSION_HANDLE h, CK_ULONG type, bool token, bool derive,
	CK_OBJECT_HANDLE *key)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &type),
		attr_bool(CKA_TOKEN, token), attr_bool(CKA_DERIVE, derive),
		attr_bool(CKA_EXTRACTABLE, false),
		attr_bytes(CKA_VALUE, key_value, sizeof(key_value)) };

	return c->f->C_CreateObject(h, t, COUNT(t), key);
}

static CK_RV
derive_with(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE base,
	CK_ULONG len, uint8_t *out)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_SENSITIVE, false), attr_bool(CKA_EXTRACTABLE, true),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_ATTRIBUTE value = { CKA_VALUE, out, OUT_MAX };
	CK_OBJECT_HANDLE key = 99;
	CK_RV rv = c->f->C_DeriveKey(h, m, base, t, COUNT(t), &key);

	if (rv != CKR_OK) {
		expect(c, "a handle of no key is as before", 99, key);
		return rv;
	}
	expect(c, "a derived value is read", CKR_OK, c->f->C_GetAttributeValue(h, key, &value, 1));
	expect(c, "it has its length", len, value.ulValueLen);
	return c->f->C_DestroyObject(h, key);
}

static CK_RV
derive(struct ctx *c, CK_SESSION_HANDLE h, struct kdf *k, CK_OBJECT_HANDLE base, CK_ULONG len,
	uint8_t *out)
{
	return derive_with(c, h, kdf_mechanism(k, NULL, 0), base, len, out);
}

/* A key of each type that the PRF takes; of the token: in the TPM where it can do this MAC. */
static void
test_prf(struct ctx *c, CK_SESSION_HANDLE h, const struct prf *p, bool token)
{
	const CK_ULONG types[] = { p->own, generic };

	for (size_t i = 0; i < (p == cmac ? 1 : COUNT(types)); i++) {
		CK_OBJECT_HANDLE base = 0;

		expect(c, "a base key", CKR_OK, create(c, h, types[i], token, true, &base));
		for (size_t mode = 0; mode < COUNT(modes); mode++) {
			uint8_t out[OUT_MAX], right[OUT_MAX];
			struct kdf k;

			kdf_init(&k, modes[mode], p);
			expect(c, "SP 800-108 derives", CKR_OK, derive(c, h, &k, base, 99, out));
			openssl_kbkdf(
				modes[mode], p, (unsigned)((98 + p->len) / p->len), 99, right);
			expect_true(c, "OpenSSL's MACs make the same", memcmp(out, right, 99) == 0);
		}
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, base));
	}
}

static void
test_hidden(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM gen = { CKM_SHA256_KEY_GEN, NULL, 0 };
	CK_ULONG len = 32;
	CK_ATTRIBUTE t[] = { attr_bool(CKA_TOKEN, true), attr_bool(CKA_SENSITIVE, true),
		attr_bool(CKA_EXTRACTABLE, false), attr_bool(CKA_DERIVE, true),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_ATTRIBUTE wanted[] = { attr_number(CKA_KEY_TYPE, &aes),
		attr_number(CKA_VALUE_LEN, &len) };
	CK_BBOOL got[4] = { 9, 9, 9, 9 };
	CK_ATTRIBUTE past[] = { { CKA_SENSITIVE, &got[0], 1 }, { CKA_ALWAYS_SENSITIVE, &got[1], 1 },
		{ CKA_NEVER_EXTRACTABLE, &got[2], 1 }, { CKA_LOCAL, &got[3], 1 } };
	CK_OBJECT_HANDLE base = 0, made = 0;
	uint8_t one[OUT_MAX], other[OUT_MAX];
	struct kdf k;

	expect(c, "a key that nobody has seen", CKR_OK,
		c->f->C_GenerateKey(h, &gen, t, COUNT(t), &base));
	kdf_init(&k, CKM_SP800_108_DOUBLE_PIPELINE_KDF, sha256);
	expect(c, "SP 800-108 with it", CKR_OK, derive(c, h, &k, base, 64, one));
	expect(c, "and again", CKR_OK, derive(c, h, &k, base, 64, other));
	expect_true(c, "makes the same", memcmp(one, other, 64) == 0);
	expect(c, "a key of a hidden one", CKR_OK,
		c->f->C_DeriveKey(
			h, kdf_mechanism(&k, NULL, 0), base, wanted, COUNT(wanted), &made));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, made, past, 4));
	expect_true(c, "is hidden, too, and was always", got[0] && got[1] && got[2] && !got[3]);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, base));
}

static void
test_key_as_data(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_bool(CKA_DERIVE, true), attr_bytes(CKA_VALUE, label, sizeof(label)) };
	CK_OBJECT_HANDLE data = 0, idle = 0;
	uint8_t out[OUT_MAX], right[OUT_MAX];
	struct kdf k;

	kdf_init(&k, CKM_SP800_108_COUNTER_KDF, sha256);
	k.parts[1] = (CK_PRF_DATA_PARAM){ CK_SP800_108_KEY_HANDLE, &data, sizeof(data) };
	expect(c, "a key that is data", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &data));
	expect(c, "SP 800-108 with it as data", CKR_OK, derive(c, h, &k, base, 32, out));
	openssl_kbkdf(CKM_SP800_108_COUNTER_KDF, sha256, 1, 32, right);
	expect_true(c, "is as with its value", memcmp(out, right, 32) == 0);
	data = 0;
	expect(c, "a key as data that there is not", CKR_KEY_HANDLE_INVALID,
		derive(c, h, &k, base, 32, out));
	data = c->ec.private;
	expect(c, "a key as data that is no secret", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &k, base, 32, out));
	expect(c, "a key that does not derive", CKR_OK,
		create(c, h, CKK_GENERIC_SECRET, false, false, &idle));
	data = idle;
	expect(c, "as data", CKR_KEY_FUNCTION_NOT_PERMITTED, derive(c, h, &k, base, 32, out));
}

/* --- several keys --- */

struct several {
	CK_ULONG lens[KEYS_MAX];
	CK_ATTRIBUTE t[KEYS_MAX][6];
	CK_OBJECT_HANDLE keys[KEYS_MAX];
	CK_DERIVED_KEY more[KEYS_MAX - 1];
};

static void
several_init(struct several *s, bool token)
{
	*s = (struct several){ .lens = { 48, 16, 32 }, .keys = { 97, 98, 99 } };
	for (size_t i = 0; i < KEYS_MAX; i++) {
		const CK_ATTRIBUTE t[] = { attr_number(CKA_KEY_TYPE, i == 2 ? &aes : &generic),
			attr_number(CKA_VALUE_LEN, &s->lens[i]),
			attr_bool(CKA_TOKEN, token && i > 0), attr_bool(CKA_SENSITIVE, false),
			attr_bool(CKA_EXTRACTABLE, true), attr_text(CKA_LABEL, "one of several") };

		memcpy(s->t[i], t, sizeof(t));
		if (i > 0)
			s->more[i - 1] = (CK_DERIVED_KEY){ s->t[i], COUNT(t), &s->keys[i] };
	}
}

static CK_RV
several_derive(
	struct ctx *c, CK_SESSION_HANDLE h, struct kdf *k, CK_OBJECT_HANDLE base, struct several *s)
{
	return c->f->C_DeriveKey(h, kdf_mechanism(k, s->more, COUNT(s->more)), base, s->t[0],
		COUNT(s->t[0]), &s->keys[0]);
}

static CK_ULONG
count_several(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_ATTRIBUTE t[] = { attr_text(CKA_LABEL, "one of several") };
	CK_OBJECT_HANDLE list[16];
	CK_ULONG count = 0;

	expect(c, "a search", CKR_OK, search(c, h, t, 1, list, COUNT(list), &count));
	return count;
}

/* PKCS#11 3.2, 6.42: no two keys share a segment. */
static void
test_several(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base, CK_MECHANISM_TYPE mode,
	bool token)
{
	static const size_t at[KEYS_MAX] = { 0, 64, 96 };
	uint8_t right[OUT_MAX], out[OUT_MAX];
	struct several s;
	struct kdf k;

	several_init(&s, token);
	kdf_init(&k, mode, sha256);
	if (token)
		k.length.dkmLengthMethod = CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS;
	expect(c, "three keys", CKR_OK, several_derive(c, h, &k, base, &s));
	openssl_kbkdf(mode, sha256, 4, token ? 128 : 96, right);
	for (size_t i = 0; i < KEYS_MAX; i++) {
		CK_ATTRIBUTE value = { CKA_VALUE, out, sizeof(out) };

		expect(c, "one of three is read", CKR_OK,
			c->f->C_GetAttributeValue(h, s.keys[i], &value, 1));
		expect_true(c, "it has its own segments",
			value.ulValueLen == s.lens[i] &&
				memcmp(out, right + at[i], s.lens[i]) == 0);
	}
	expect(c, "there are three of them", KEYS_MAX, count_several(c, h));
	for (size_t i = 0; i < KEYS_MAX; i++)
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, s.keys[i]));
}

/* A template that is wrong is named, and there is no key at all. */
static void
test_wrong_template(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	static const CK_ULONG odd = 17, rsa = CKK_RSA;
	static const CK_BBOOL two = 2;
	const struct {
		CK_ATTRIBUTE with;
		size_t at;
		CK_RV rv;
	} rows[] = {
		{ attr_number(CKA_VALUE_LEN, &odd), 1, CKR_ATTRIBUTE_VALUE_INVALID },
		{ attr_number(CKA_KEY_TYPE, &rsa), 0, CKR_ATTRIBUTE_VALUE_INVALID },
		{ { CKA_KEY_TYPE, NULL, 8 }, 0, CKR_ARGUMENTS_BAD },
		{ attr_bytes(CKA_SENSITIVE, &two, 1), 3, CKR_ATTRIBUTE_VALUE_INVALID },
		{ attr_bool(CKA_LOCAL, true), 4, CKR_ATTRIBUTE_READ_ONLY },
		{ attr_bytes(CKA_CHECK_VALUE, "bad", 3), 4, CKR_ATTRIBUTE_VALUE_INVALID },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t bad = 0; bad < KEYS_MAX; bad++) {
			struct several s;
			struct kdf k;

			several_init(&s, true);
			kdf_init(&k, CKM_SP800_108_COUNTER_KDF, sha256);
			s.t[bad][0] = attr_number(CKA_KEY_TYPE, &aes);
			s.lens[bad] = 32;
			s.t[bad][rows[i].at] = rows[i].with;
			expect(c, "three keys, and one of them can not be", rows[i].rv,
				several_derive(c, h, &k, base, &s));
			expect_true(c, "the one that can not be is named",
				s.keys[0] == 97 && s.keys[1] == (bad == 1 ? 0 : 98) &&
					s.keys[2] == (bad == 2 ? 0 : 99));
			expect(c, "no key is there then", 0, count_several(c, h));
		}
}

static void
test_more_keys(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	CK_SESSION_HANDLE ro = open_session(c, 0);
	struct several s;
	struct kdf k;

	kdf_init(&k, CKM_SP800_108_FEEDBACK_KDF, sha256);
	several_init(&s, true);
	expect(c, "token keys in a R/O session", CKR_SESSION_READ_ONLY,
		several_derive(c, ro, &k, base, &s));
	expect_true(c, "the first of them is named",
		s.keys[0] == 97 && s.keys[1] == 0 && s.keys[2] == 99);
	several_init(&s, false);
	s.more[1].phKey = NULL;
	expect(c, "no place for a handle", CKR_MECHANISM_PARAM_INVALID,
		several_derive(c, h, &k, base, &s));
	several_init(&s, false);
	s.more[0].pTemplate = NULL;
	expect(c, "no template", CKR_MECHANISM_PARAM_INVALID, several_derive(c, h, &k, base, &s));
	expect_true(c, "no template is to blame",
		s.keys[0] == 97 && s.keys[1] == 98 && s.keys[2] == 99);
	kdf_init(&k, CKM_SP800_108_COUNTER_KDF, sha256);
	kdf_mechanism(&k, NULL, 2);
	expect(c, "more keys that are not there", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_DeriveKey(h, &k.m, base, s.t[0], COUNT(s.t[0]), &s.keys[0]));
	expect(c, "no key is there then", 0, count_several(c, h));
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(ro));
}

/* --- refusals --- */

static void
test_refused_keys(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE key = 0;
	uint8_t out[OUT_MAX];
	struct kdf k;

	kdf_init(&k, CKM_SP800_108_COUNTER_KDF, sha256);
	expect(c, "SP 800-108 without a key", CKR_KEY_HANDLE_INVALID, derive(c, h, &k, 0, 32, out));
	expect(c, "SP 800-108 with an EC key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &k, c->ec.private, 32, out));
	expect(c, "an AES key", CKR_OK, create(c, h, CKK_AES, false, true, &key));
	expect(c, "an HMAC with an AES key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &k, key, 32, out));
	expect(c, "a key for another HMAC", CKR_OK,
		create(c, h, CKK_SHA512_HMAC, false, true, &key));
	expect(c, "an HMAC with another's key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &k, key, 32, out));
	k.prf = cmac;
	expect(c, "a CMAC with an HMAC key", CKR_KEY_TYPE_INCONSISTENT,
		derive(c, h, &k, key, 32, out));
	expect(c, "a key that does not derive", CKR_OK, create(c, h, CKK_AES, false, false, &key));
	expect(c, "SP 800-108 with it", CKR_KEY_FUNCTION_NOT_PERMITTED,
		derive(c, h, &k, key, 32, out));
}

static void
test_refused_parameters(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	static const struct prf digest = { CKM_SHA256, NULL, NULL, 32, 0 };
	uint8_t out[OUT_MAX];
	struct kdf k;

	for (size_t i = 0; i < COUNT(modes); i++) {
		kdf_init(&k, modes[i], &digest);
		expect(c, "a PRF that is none", CKR_MECHANISM_PARAM_INVALID,
			derive(c, h, &k, base, 32, out));
		k.prf = sha256;
		kdf_mechanism(&k, NULL, 0)->ulParameterLen--;
		expect(c, "SP 800-108 with short parameters", CKR_MECHANISM_PARAM_INVALID,
			derive_with(c, h, &k.m, base, 32, out));
		k.parts[0].type = CK_SP800_108_DKM_LENGTH + 3;
		expect(c, "a part of an unknown type", CKR_MECHANISM_PARAM_INVALID,
			derive(c, h, &k, base, 32, out));
		k.parts[0] = k.parts[k.count - 2];
		expect(c, "no iteration variable", CKR_MECHANISM_PARAM_INVALID,
			derive(c, h, &k, base, 32, out));
		kdf_init(&k, modes[i], sha256);
		k.parts[k.count - 2] = k.parts[k.count - 1];
		expect(c, "two lengths", CKR_MECHANISM_PARAM_INVALID,
			derive(c, h, &k, base, 32, out));
		kdf_init(&k, modes[i], sha256);
		k.length.ulWidthInBits = 8;
		expect(c, "a length that does not fit", CKR_MECHANISM_PARAM_INVALID,
			derive(c, h, &k, base, 32, out));
		expect(c, "one that does", CKR_OK, derive(c, h, &k, base, 31, out));
		k.counter.ulWidthInBits = 12;
		expect(c, "a counter of one byte and a half", CKR_MECHANISM_PARAM_INVALID,
			derive(c, h, &k, base, 31, out));
	}
	k.count = 0;
	expect(c, "no parts at all", CKR_MECHANISM_PARAM_INVALID, derive(c, h, &k, base, 32, out));
}

static void
test_refused_templates(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE base)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_KEY_TYPE, &generic) };
	CK_OBJECT_HANDLE key = 0;
	struct kdf k;

	kdf_init(&k, CKM_SP800_108_COUNTER_KDF, sha256);
	kdf_mechanism(&k, NULL, 0);
	expect(c, "a key without a type", CKR_TEMPLATE_INCOMPLETE,
		c->f->C_DeriveKey(h, &k.m, base, NULL, 0, &key));
	expect(c, "a key without a length", CKR_TEMPLATE_INCOMPLETE,
		c->f->C_DeriveKey(h, &k.m, base, t, 1, &key));
	expect(c, "SP 800-108 without a place for the handle", CKR_ARGUMENTS_BAD,
		c->f->C_DeriveKey(h, &k.m, base, t, 1, NULL));
	t[0] = attr_number(CKA_CLASS, &(const CK_ULONG){ CKO_DATA });
	expect(c, "data", CKR_TEMPLATE_INCOMPLETE, c->f->C_DeriveKey(h, &k.m, base, t, 1, &key));
}

static void
test_info(struct ctx *c)
{
	for (size_t i = 0; i < COUNT(modes); i++) {
		CK_MECHANISM_INFO got = { 0, 0, 0 };

		expect(c, "C_GetMechanismInfo", CKR_OK,
			c->f->C_GetMechanismInfo(c->slot, modes[i], &got));
		expect(c, "flags of SP 800-108", CKF_DERIVE, got.flags);
		expect_true(c, "its keys are counted in bits",
			got.ulMinKeySize == 8 && got.ulMaxKeySize % 8 == 0);
	}
}

void
test_kbkdf(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_MECHANISM_INFO got = { 0, 0, 0 };
	CK_OBJECT_HANDLE base = 0;

	if (expect(c, "SP 800-108", CKR_OK, c->f->C_GetMechanismInfo(c->slot, modes[0], &got))) {
		expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
		find_keys(c, h);
		test_info(c);
		for (size_t i = 0; i < COUNT(prfs); i++) {
			test_prf(c, h, &prfs[i], false);
			test_prf(c, h, &prfs[i], true);
		}
		test_hidden(c, h);
		expect(c, "a base key", CKR_OK,
			create(c, h, CKK_GENERIC_SECRET, false, true, &base));
		test_key_as_data(c, h, base);
		for (size_t i = 0; i < COUNT(modes); i++) {
			test_several(c, h, base, modes[i], false);
			test_several(c, h, base, modes[i], true);
		}
		test_wrong_template(c, h, base);
		test_more_keys(c, h, base);
		test_refused_keys(c, h);
		test_refused_parameters(c, h, base);
		test_refused_templates(c, h, base);
	}
	close_all(c);
}
