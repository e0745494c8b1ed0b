/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other opinion on what is made of a secret: by OpenSSL where it can, else
 * by hand.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include "mechanism.h"

static size_t
at_most(size_t len)
{
	return len < DERIVED_MAX ? len : DERIVED_MAX;
}

static size_t
kdf_run(const char *name, const OSSL_PARAM *params, uint8_t *out)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, name, NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	bool ok = EVP_KDF_derive(ctx, out, DERIVED_MAX, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? DERIVED_MAX : FAILED;
}

static size_t
derive_hkdf(const struct trial *t, const struct key *key, uint8_t *out)
{
	const CK_HKDF_PARAMS *p = &t->p.hkdf;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
			OSSL_KDF_PARAM_DIGEST, (char *)hash_sha256()->name, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key->value, key->len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, p->pSalt, p->ulSaltLen),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, p->pInfo, p->ulInfoLen),
		OSSL_PARAM_construct_end(),
	};

	return kdf_run("HKDF", params, out);
}

/* What all modes have behind iteration variable and counter. */
static size_t
kbkdf_rest(const CK_PRF_DATA_PARAM *parts, uint8_t *out)
{
	static const uint8_t bits[4] = { 0, 0, DERIVED_MAX >> 5, (DERIVED_MAX << 3) & 0xff };
	size_t len = parts[0].ulValueLen;

	memcpy(out, parts[0].pValue, len);
	memcpy(out + len, parts[1].pValue, parts[1].ulValueLen);
	len += parts[1].ulValueLen;
	memcpy(out + len, bits, sizeof(bits));
	return len + sizeof(bits);
}

/* OpenSSL has no double pipeline. */
static size_t
derive_pipeline(const struct trial *t, const struct key *key, uint8_t *out)
{
	const char *hash = t->row->hash->name;
	uint8_t a[ROOM], in[ROOM], segment[EVP_MAX_MD_SIZE];
	size_t a_len = kbkdf_rest(t->p.kbkdf.pDataParams + 2, a), len = 0, at = 0;

	for (uint8_t i = 1; at < DERIVED_MAX; i++) {
		const uint8_t number[4] = { 0, 0, 0, i };

		EVP_Q_mac(NULL, "HMAC", NULL, hash, NULL, key->value, key->len, a, a_len, segment,
			sizeof(segment), &len);
		memcpy(a, segment, a_len = len);
		memcpy(in, a, a_len);
		memcpy(in + a_len, number, sizeof(number));
		EVP_Q_mac(NULL, "HMAC", NULL, hash, NULL, key->value, key->len, in,
			a_len + sizeof(number) +
				kbkdf_rest(t->p.kbkdf.pDataParams + 2, in + a_len + sizeof(number)),
			segment, sizeof(segment), &len);
		memcpy(out + at, segment, at + len < DERIVED_MAX ? len : DERIVED_MAX - at);
		at += len;
	}
	return DERIVED_MAX;
}

/* The zero behind the label is libcrypto's own. */
static size_t
derive_kbkdf(const struct trial *t, const struct key *key, uint8_t *out)
{
	bool feedback = t->row->scheme == SCHEME_KBKDF_FEEDBACK;
	const CK_PRF_DATA_PARAM *parts =
		feedback ? t->p.feedback.pDataParams + 2 : t->p.kbkdf.pDataParams + 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, (char *)t->row->name, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, (char[]){ "HMAC" }, 0),
		OSSL_PARAM_construct_utf8_string(
			OSSL_KDF_PARAM_DIGEST, (char *)t->row->hash->name, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key->value, key->len),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_SALT, parts[0].pValue, parts[0].ulValueLen - 1),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_INFO, parts[1].pValue, parts[1].ulValueLen),
		OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end(),
	};

	if (t->row->name == NULL)
		return derive_pipeline(t, key, out);
	if (feedback)
		params[COUNT(params) - 2] = OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_SEED, t->p.feedback.pIV, t->p.feedback.ulIVLen);
	return kdf_run("KBKDF", params, out);
}

static size_t
derive_hash(const struct trial *t, const struct key *key, uint8_t *out)
{
	return at_most(ref_digest(t->row->hash->name, key->value, key->len, out));
}

/* One part behind the other, cut. */
static size_t
join(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out)
{
	size_t first = at_most(a_len), len = at_most(a_len + b_len);

	memcpy(out, a, first);
	memcpy(out + first, b, len - first);
	return len;
}

static size_t
derive_key(const struct trial *t, const struct key *key, uint8_t *out)
{
	(void)t;
	return join(key->value, key->len, key->value, key->len, out);
}

static size_t
derive_string(const struct trial *t, const struct key *key, uint8_t *out)
{
	const CK_KEY_DERIVATION_STRING_DATA *p = &t->p.string;
	size_t len = at_most(key->len < p->ulLen ? key->len : p->ulLen);

	if (t->row->type == CKM_CONCATENATE_BASE_AND_DATA)
		return join(key->value, key->len, p->pData, p->ulLen, out);
	if (t->row->type == CKM_CONCATENATE_DATA_AND_BASE)
		return join(p->pData, p->ulLen, key->value, key->len, out);
	for (size_t i = 0; i < len; i++)
		out[i] = key->value[i] ^ p->pData[i];
	return len;
}

static size_t
derive_bits(const struct trial *t, const struct key *key, uint8_t *out)
{
	size_t len = at_most(key->len);

	memset(out, 0, len);
	for (size_t i = 0; i < 8 * len; i++) {
		size_t from = (t->p.bit + i) % (8 * key->len);

		if ((key->value[from / 8] & 0x80 >> from % 8) != 0)
			out[i / 8] |= (uint8_t)(0x80 >> i % 8);
	}
	return len;
}

static size_t
encrypt(const char *mode, const struct key *key, const uint8_t *iv, const uint8_t *in, size_t len,
	uint8_t *out)
{
	char name[16];
	EVP_CIPHER *cipher = NULL;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = false;

	snprintf(name, sizeof(name), "AES-%zu-%s", 8 * key->len, mode);
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	ok = EVP_EncryptInit_ex2(ctx, cipher, key->value, iv, NULL) == 1 &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	     EVP_EncryptUpdate(ctx, out, &n, in, (int)len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return ok ? at_most((size_t)n) : FAILED;
}

static size_t
derive_ecb(const struct trial *t, const struct key *key, uint8_t *out)
{
	return encrypt("ECB", key, NULL, t->p.string.pData, t->p.string.ulLen, out);
}

static size_t
derive_cbc(const struct trial *t, const struct key *key, uint8_t *out)
{
	return encrypt("CBC", key, t->p.cbc.iv, t->p.cbc.pData, t->p.cbc.length, out);
}

size_t
ref_derive(const struct trial *t, const struct key *key, uint8_t *out)
{
	static size_t (*const ways[])(
		const struct trial *t, const struct key *key, uint8_t *out) = {
		[SCHEME_HKDF] = derive_hkdf,
		[SCHEME_KBKDF] = derive_kbkdf,
		[SCHEME_KBKDF_FEEDBACK] = derive_kbkdf,
		[SCHEME_DERIVE_HASH] = derive_hash,
		[SCHEME_DERIVE_KEY] = derive_key,
		[SCHEME_DERIVE_STRING] = derive_string,
		[SCHEME_DERIVE_BIT] = derive_bits,
		[SCHEME_DERIVE_AES_ECB] = derive_ecb,
		[SCHEME_DERIVE_AES_CBC] = derive_cbc,
	};

	return ways[t->row->scheme](t, key, out);
}
