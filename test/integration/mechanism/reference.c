/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other opinion: the same by OpenSSL.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "mechanism.h"

size_t
ref_digest(const char *hash, const uint8_t *in, size_t len, uint8_t *out)
{
	unsigned n = 0;

	return EVP_Digest(in, len, out, &n, EVP_get_digestbyname(hash), NULL) == 1 ? n : FAILED;
}

static int
padding_of(enum scheme scheme)
{
	switch (scheme) {
	case SCHEME_RSA_PKCS1:
		return RSA_PKCS1_PADDING;
	case SCHEME_RSA_PSS:
		return RSA_PKCS1_PSS_PADDING;
	case SCHEME_RSA_OAEP:
		return RSA_PKCS1_OAEP_PADDING;
	default:
		return RSA_NO_PADDING;
	}
}

/* The hash of a signature, NULL: the data is signed as it is. */
static const char *
hash_of(const struct trial *t)
{
	if (t->row->hash != NULL)
		return t->row->hash->name;
	return t->row->scheme == SCHEME_RSA_PSS ? hash_sha256()->name : NULL;
}

static bool
set_up(const struct trial *t, EVP_PKEY_CTX *ctx)
{
	const EVP_MD *md = hash_of(t) != NULL ? EVP_get_digestbyname(hash_of(t)) : NULL;

	if (t->row->kind != KIND_RSA)
		return true;
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, padding_of(t->row->scheme)) != 1)
		return false;
	if (t->row->scheme == SCHEME_RSA_OAEP)
		return EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, hash_sha256()->name, NULL) == 1;
	if (md != NULL && EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
		return false;
	return t->row->scheme != SCHEME_RSA_PSS ||
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)t->p.pss.sLen) == 1;
}

/* r || s to DER; the caller frees. */
static size_t
to_der(const uint8_t *raw, size_t len, uint8_t **der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int half = (int)len / 2, n = 0;

	ECDSA_SIG_set0(sig, BN_bin2bn(raw, half, NULL), BN_bin2bn(raw + half, half, NULL));
	n = i2d_ECDSA_SIG(sig, der);
	ECDSA_SIG_free(sig);
	return n > 0 ? (size_t)n : 0;
}

static size_t
from_der(const uint8_t *der, size_t len, size_t half, uint8_t *raw)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	bool ok = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, (int)half) > 0 &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + half, (int)half) > 0;

	ECDSA_SIG_free(sig);
	return ok ? 2 * half : FAILED;
}

bool
ref_verify(const struct trial *t, EVP_PKEY *key, const uint8_t *in, size_t len,
	const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t digest[EVP_MAX_MD_SIZE], *der = NULL;
	bool ok = false;

	if (t->row->hash != NULL) {
		len = ref_digest(t->row->hash->name, in, len, digest);
		in = digest;
	}
	if (t->row->kind == KIND_EC) {
		signature_len = to_der(signature, signature_len, &der);
		signature = der;
	}
	ok = EVP_PKEY_verify_init(ctx) == 1 && set_up(t, ctx) &&
	     EVP_PKEY_verify(ctx, signature, signature_len, in, len) == 1;
	OPENSSL_free(der);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

size_t
ref_sign(const struct trial *t, EVP_PKEY *key, const uint8_t *in, size_t len, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t digest[EVP_MAX_MD_SIZE], signature[ROOM];
	size_t n = sizeof(signature);

	if (t->row->hash != NULL) {
		len = ref_digest(t->row->hash->name, in, len, digest);
		in = digest;
	}
	if (EVP_PKEY_sign_init(ctx) != 1 || !set_up(t, ctx) ||
		EVP_PKEY_sign(ctx, signature, &n, in, len) != 1)
		n = FAILED;
	else if (t->row->kind == KIND_EC)
		n = from_der(signature, n, key_len(KIND_EC, t->size), out);
	else
		memcpy(out, signature, n);
	EVP_PKEY_CTX_free(ctx);
	return n;
}

size_t
ref_mac(const struct trial *t, const struct key *key, const uint8_t *in, size_t len, uint8_t *out)
{
	bool hmac = t->row->hash != NULL;
	EVP_MAC *mac = EVP_MAC_fetch(NULL, hmac ? "HMAC" : "CMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
	char name[32];
	OSSL_PARAM params[2] = { OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };
	size_t n = 0;

	(void)snprintf(name, sizeof(name), "AES-%zu-CBC", key->len * 8);
	params[0] = hmac ? OSSL_PARAM_construct_utf8_string(
				   OSSL_MAC_PARAM_DIGEST, (char *)t->row->hash->name, 0)
			 : OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0);
	if (EVP_MAC_init(ctx, key->value, key->len, params) != 1 ||
		EVP_MAC_update(ctx, in, len) != 1 || EVP_MAC_final(ctx, out, &n, ROOM) != 1)
		n = FAILED;
	else if (t->m.pParameter != NULL && t->p.mac_len < n)
		n = t->p.mac_len;
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	return n;
}

static size_t
ref_rsa(const struct trial *t, EVP_PKEY *key, bool encrypt, const uint8_t *in, size_t len,
	uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t n = ROOM;
	int ok = encrypt ? EVP_PKEY_encrypt_init(ctx) : EVP_PKEY_decrypt_init(ctx);

	if (ok == 1 && set_up(t, ctx))
		ok = encrypt ? EVP_PKEY_encrypt(ctx, out, &n, in, len)
			     : EVP_PKEY_decrypt(ctx, out, &n, in, len);
	else
		ok = 0;
	EVP_PKEY_CTX_free(ctx);
	return ok == 1 ? n : FAILED;
}

static const uint8_t *
iv_of(const struct trial *t)
{
	switch (t->row->scheme) {
	case SCHEME_AES_IV:
	case SCHEME_DES_IV:
		return t->p.iv;
	case SCHEME_AES_CTR:
		return t->p.ctr.cb;
	case SCHEME_AES_GCM:
		return t->p.gcm.pIv;
	default:
		return NULL;
	}
}

/* GCM's tag is behind the ciphertext. */
static bool
run_aes(const struct trial *t, EVP_CIPHER_CTX *ctx, bool encrypt, const uint8_t *in, size_t *len,
	uint8_t *out)
{
	bool gcm = t->row->scheme == SCHEME_AES_GCM;
	size_t tag = gcm ? t->p.gcm.ulTagBits / 8 : 0;
	size_t text = encrypt ? *len : *len - tag;
	int n = 0, last = 0;

	if (gcm && EVP_CipherUpdate(ctx, NULL, &n, t->p.gcm.pAAD, (int)t->p.gcm.ulAADLen) != 1)
		return false;
	if (EVP_CipherUpdate(ctx, out, &n, in, (int)text) != 1)
		return false;
	if (gcm && !encrypt &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, (int)tag, (void *)(in + text)) != 1)
		return false;
	if (EVP_CipherFinal_ex(ctx, out + n, &last) != 1)
		return false;
	*len = (size_t)(n + last);
	if (!gcm || !encrypt)
		return true;
	*len += tag;
	return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)tag, out + n + last) == 1;
}

/* Single DES is Triple DES with one key thrice; with two, the first is the third, too. */
static EVP_CIPHER *
cipher_of(const struct trial *t, const struct key *key, uint8_t *value)
{
	bool des = t->row->kind == KIND_DES;
	char name[32];

	for (size_t i = 0; i < 32; i++)
		value[i] = key->value[i % key->len];
	if (des)
		(void)snprintf(name, sizeof(name), "DES-EDE3-%s", t->row->name);
	else
		(void)snprintf(name, sizeof(name), "AES-%zu-%s", key->len * 8, t->row->name);
	return EVP_CIPHER_fetch(NULL, name, NULL);
}

static size_t
ref_crypt_blocks(const struct trial *t, const struct key *key, bool encrypt, const uint8_t *in, size_t len,
	uint8_t *out)
{
	uint8_t value[32];
	EVP_CIPHER *cipher = cipher_of(t, key, value);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool ok = false;

	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = cipher != NULL &&
	     EVP_CipherInit_ex2(ctx, cipher, value, iv_of(t), encrypt, NULL) == 1 &&
	     EVP_CIPHER_CTX_set_padding(ctx, t->row->unit == 0) == 1 &&
	     run_aes(t, ctx, encrypt, in, &len, out);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return ok ? len : FAILED;
}

/* As long as the modulus, the AES key; behind it, what that has wrapped. */
static size_t
ref_rsa_aes(const struct trial *t, EVP_PKEY *pkey, bool encrypt, const uint8_t *in, size_t len,
	uint8_t *out)
{
	struct trial head = *t, tail = *t;
	struct key key = { .len = t->p.rsa_aes.ulAESKeyBits / 8 };
	size_t modulus = key_len(KIND_RSA, t->size), n = 0;

	head.row = row_find(CKM_RSA_PKCS_OAEP);
	tail.row = row_find(CKM_AES_KEY_WRAP_KWP);
	if (!encrypt) {
		n = len < modulus ? FAILED : ref_rsa(&head, pkey, false, in, modulus, key.value);
		return n == key.len ? ref_crypt_blocks(&tail, &key, false, in + modulus, len - modulus, out)
				    : FAILED;
	}
	if (RAND_bytes(key.value, (int)key.len) != 1 ||
		ref_rsa(&head, pkey, true, key.value, key.len, out) != modulus)
		return FAILED;
	n = ref_crypt_blocks(&tail, &key, true, in, len, out + modulus);
	return n == FAILED ? n : modulus + n;
}

size_t
ref_crypt(const struct trial *t, const struct key *key, bool encrypt, const uint8_t *in, size_t len,
	uint8_t *out)
{
	if (t->row->scheme == SCHEME_RSA_AES)
		return ref_rsa_aes(t, key->pkey, encrypt, in, len, out);
	return key->pkey != NULL ? ref_rsa(t, key->pkey, encrypt, in, len, out)
				 : ref_crypt_blocks(t, key, encrypt, in, len, out);
}
