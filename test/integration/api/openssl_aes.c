/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES as OpenSSL computes it: the judge of what a module encrypts.
 */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "api.h"

static uint8_t iv[16] = { 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb,
	0xfc, 0xfd, 0xfe, 0xff };
static uint8_t aad[] = "who may read this";
static CK_AES_CTR_PARAMS ctr = { 128, { 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9,
					      0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff } };
static CK_GCM_PARAMS gcm = { iv, GCM_IV_LEN, 8 * GCM_IV_LEN, aad, sizeof(aad), 8 * GCM_TAG_LEN };

const struct aes_row aes_rows[] = {
	{ "CKM_AES_ECB", CKM_AES_ECB, "ECB", 16, NULL, 0 },
	{ "CKM_AES_CBC", CKM_AES_CBC, "CBC", 16, iv, 16 },
	{ "CKM_AES_CBC_PAD", CKM_AES_CBC_PAD, "CBC", 1, iv, 16 },
	{ "CKM_AES_CTR", CKM_AES_CTR, "CTR", 1, &ctr, sizeof(ctr) },
	{ "CKM_AES_CFB128", CKM_AES_CFB128, "CFB", 1, iv, 16 },
	{ "CKM_AES_OFB", CKM_AES_OFB, "OFB", 1, iv, 16 },
	{ "CKM_AES_GCM", CKM_AES_GCM, "GCM", 1, &gcm, sizeof(gcm) },
	{ "CKM_AES_KEY_WRAP", CKM_AES_KEY_WRAP, "WRAP", 8, NULL, 0 },
	{ "CKM_AES_KEY_WRAP_KWP", CKM_AES_KEY_WRAP_KWP, "WRAP-PAD", 1, NULL, 0 },
};

const size_t aes_row_count = COUNT(aes_rows);

CK_MECHANISM
aes_mechanism(const struct aes_row *row)
{
	return (CK_MECHANISM){ row->type, row->parameter, row->parameter_len };
}

static bool
is_gcm(const struct aes_row *row)
{
	return row->type == CKM_AES_GCM;
}

static bool
encrypt(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, const struct aes_row *row,
	const uint8_t *key, const uint8_t *data, size_t len, uint8_t *out, size_t *out_len)
{
	bool needs_iv = row->type != CKM_AES_KEY_WRAP && row->type != CKM_AES_KEY_WRAP_KWP;
	int n = 0, last = 0;

	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_EncryptInit_ex2(ctx, cipher, key, needs_iv ? iv : NULL, NULL) != 1 ||
		EVP_CIPHER_CTX_set_padding(ctx, row->type == CKM_AES_CBC_PAD) != 1)
		return false;
	if (is_gcm(row) && EVP_EncryptUpdate(ctx, NULL, &n, aad, sizeof(aad)) != 1)
		return false;
	if (len > 0 && EVP_EncryptUpdate(ctx, out, &n, data, (int)len) != 1)
		return false;
	if (len == 0)
		n = 0;
	if (EVP_EncryptFinal_ex(ctx, out + n, &last) != 1)
		return false;
	*out_len = (size_t)(n + last);
	if (!is_gcm(row))
		return true;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_LEN, out + *out_len) != 1)
		return false;
	*out_len += GCM_TAG_LEN;
	return true;
}

size_t
openssl_aes(const struct aes_row *row, const uint8_t *key, size_t key_len, const uint8_t *data,
	size_t len, uint8_t *out)
{
	char name[32];
	EVP_CIPHER *cipher = NULL;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t out_len = 0;

	snprintf(name, sizeof(name), "AES-%zu-%s", 8 * key_len, row->mode);
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	if (cipher == NULL || !encrypt(ctx, cipher, row, key, data, len, out, &out_len))
		printf("  OpenSSL could not do %s\n", name);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return out_len;
}

size_t
openssl_cmac(const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t *out)
{
	char name[32];
	OSSL_PARAM params[2];
	size_t out_len = 0;

	snprintf(name, sizeof(name), "AES-%zu-CBC", 8 * key_len);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0);
	params[1] = OSSL_PARAM_construct_end();
	if (EVP_Q_mac(NULL, "CMAC", NULL, NULL, params, key, key_len, data, len, out, 16,
		    &out_len) == NULL)
		return 0;
	return out_len;
}

bool
openssl_gcm(const struct gcm_case *g, const uint8_t *key, size_t key_len, const uint8_t *data,
	size_t len, uint8_t *out, uint8_t *tag)
{
	char name[32];
	EVP_CIPHER *cipher = NULL;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = false;

	snprintf(name, sizeof(name), "AES-%zu-GCM", 8 * key_len);
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	ok = EVP_EncryptInit_ex2(ctx, cipher, NULL, NULL, NULL) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)g->iv_len, NULL) == 1 &&
	     EVP_EncryptInit_ex2(ctx, NULL, key, g->iv, NULL) == 1 &&
	     EVP_EncryptUpdate(ctx, NULL, &n, g->aad, (int)g->aad_len) == 1 &&
	     EVP_EncryptUpdate(ctx, out, &n, data, (int)len) == 1 &&
	     EVP_EncryptFinal_ex(ctx, out + n, &n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)g->tag_len, tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	return ok;
}
