/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA by EVP_PKEY, for tests only: the independent calculation.
 */
#ifndef TEST_UNIT_RSA_REFERENCE_H
#define TEST_UNIT_RSA_REFERENCE_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/crypto.h"
#include "unit.h"

struct reference {
	EVP_PKEY *pair;
	struct pubkey key;
	size_t bits;
};

static inline void
reference_number(EVP_PKEY *pair, const char *name, struct buf *out)
{
	BIGNUM *n = NULL;

	assert_int_equal(1, EVP_PKEY_get_bn_param(pair, name, &n));
	assert_rv(CKR_OK, buf_resize(out, (size_t)BN_num_bytes(n)));
	BN_bn2bin(n, out->ptr);
	BN_free(n);
}

static inline struct reference
reference_new(size_t bits)
{
	struct reference r = { .pair = EVP_RSA_gen(bits), .bits = bits };

	assert_non_null(r.pair);
	r.key.kind = KEY_RSA;
	reference_number(r.pair, OSSL_PKEY_PARAM_RSA_N, &r.key.modulus);
	reference_number(r.pair, OSSL_PKEY_PARAM_RSA_E, &r.key.exponent);
	return r;
}

static inline void
reference_free(struct reference *r)
{
	EVP_PKEY_free(r->pair);
	pubkey_free(&r->key);
}

/* s->hash, s->digest or none says what the digest is; RAW takes bytes of the modulus' length. */
static inline EVP_PKEY_CTX *
reference_setup(const struct reference *r, const struct scheme *s, int (*init)(EVP_PKEY_CTX *))
{
	static const int paddings[ALG_COUNT] = {
		[ALG_RSA_PKCS1] = RSA_PKCS1_PADDING,
		[ALG_RSA_PSS] = RSA_PKCS1_PSS_PADDING,
		[ALG_RSA_RAW] = RSA_NO_PADDING,
		[ALG_RSA_OAEP] = RSA_PKCS1_OAEP_PADDING,
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(r->pair, NULL);

	assert_int_equal(1, init(ctx));
	assert_int_equal(1, EVP_PKEY_CTX_set_rsa_padding(ctx, paddings[s->alg]));
	if (s->alg == ALG_RSA_PKCS1 && s->hash != HASH_NONE)
		assert_int_equal(1, EVP_PKEY_CTX_set_signature_md(
					    ctx, EVP_get_digestbyname(hash_row(s->hash)->name)));
	if (s->alg == ALG_RSA_PSS) {
		assert_int_equal(1, EVP_PKEY_CTX_set_signature_md(
					    ctx, EVP_get_digestbyname(hash_row(s->digest)->name)));
		assert_int_equal(
			1, EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hash_row(s->mgf)->name, NULL));
		assert_int_equal(1, EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)s->salt_len));
	}
	if (s->alg == ALG_RSA_OAEP) {
		assert_int_equal(
			1, EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, hash_row(s->digest)->name, NULL));
		assert_int_equal(
			1, EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hash_row(s->mgf)->name, NULL));
	}
	return ctx;
}

static inline void
reference_sign(
	const struct reference *r, const struct scheme *s, struct bytes input, struct buf *out)
{
	EVP_PKEY_CTX *ctx = reference_setup(r, s, EVP_PKEY_sign_init);
	size_t len = r->key.modulus.len;

	assert_rv(CKR_OK, buf_resize(out, len));
	assert_int_equal(1, EVP_PKEY_sign(ctx, out->ptr, &len, input.ptr, input.len));
	assert_int_equal(len, out->len);
	EVP_PKEY_CTX_free(ctx);
}

static inline int
reference_verify(const struct reference *r, const struct scheme *s, struct bytes input,
	struct bytes signature)
{
	EVP_PKEY_CTX *ctx = reference_setup(r, s, EVP_PKEY_verify_init);
	int answer = EVP_PKEY_verify(ctx, signature.ptr, signature.len, input.ptr, input.len);

	EVP_PKEY_CTX_free(ctx);
	return answer;
}

static inline void
reference_decrypt(const struct reference *r, const struct scheme *s, struct bytes label,
	struct bytes cipher, struct buf *out)
{
	EVP_PKEY_CTX *ctx = reference_setup(r, s, EVP_PKEY_decrypt_init);
	size_t len = cipher.len;
	void *copy = OPENSSL_memdup(label.ptr, label.len);

	if (label.len > 0)
		assert_int_equal(1, EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, copy, (int)label.len));
	else
		OPENSSL_free(copy);
	assert_rv(CKR_OK, buf_resize(out, len));
	assert_int_equal(1, EVP_PKEY_decrypt(ctx, out->ptr, &len, cipher.ptr, cipher.len));
	assert_rv(CKR_OK, buf_resize(out, len));
	EVP_PKEY_CTX_free(ctx);
}

#endif
