/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mechanism gets: its parameter, and data of a length that it takes.
 */
#include "config.h"

#include "mechanism.h"

static uint8_t iv[12] = "gcm's nonce", aad[] = "known to all", text[] = "info";
static uint8_t salt[] = "salt";
static uint8_t blocks[48] = "three blocks, which is as much as is derived ...";

static void
set_pss(struct trial *t)
{
	const struct hash *h = t->row->hash != NULL ? t->row->hash : hash_sha256();
	size_t room = key_len(KIND_RSA, t->size) - 2;
	size_t len = (size_t)EVP_MD_get_size(EVP_get_digestbyname(h->name));

	/* SHA-512 and a salt of its length do not fit 1024 bits. */
	t->p.pss =
		(CK_RSA_PKCS_PSS_PARAMS){ h->digest, h->mgf, 2 * len <= room ? len : room - len };
	t->m.ulParameterLen = sizeof(t->p.pss);
}

static void
set_oaep(struct trial *t)
{
	const struct hash *h = hash_sha256();

	t->p.oaep = (CK_RSA_PKCS_OAEP_PARAMS){ h->digest, h->mgf, CKZ_DATA_SPECIFIED, NULL, 0 };
	t->m.ulParameterLen = sizeof(t->p.oaep);
}

static void
set_rsa_aes(struct trial *t)
{
	static CK_RSA_PKCS_OAEP_PARAMS oaep;

	set_oaep(t);
	oaep = t->p.oaep;
	t->p.rsa_aes = (CK_RSA_AES_KEY_WRAP_PARAMS){ 256, &oaep };
	t->m.ulParameterLen = sizeof(t->p.rsa_aes);
}

static void
set_mac_len(struct trial *t)
{
	t->p.mac_len = 7;
	t->m.ulParameterLen = sizeof(t->p.mac_len);
}

static void
set_iv(struct trial *t)
{
	memcpy(t->p.iv, "initial vector 1", sizeof(t->p.iv));
	t->m.ulParameterLen = sizeof(t->p.iv);
}

static void
set_des_iv(struct trial *t)
{
	set_iv(t);
	t->m.ulParameterLen = 8;
}

static void
set_ctr(struct trial *t)
{
	t->p.ctr = (CK_AES_CTR_PARAMS){ .ulCounterBits = 32 };
	memcpy(t->p.ctr.cb, "nonce, counter..", sizeof(t->p.ctr.cb));
	t->m.ulParameterLen = sizeof(t->p.ctr);
}

static void
set_gcm(struct trial *t)
{
	t->p.gcm = (CK_GCM_PARAMS){ .pIv = iv,
		.ulIvLen = sizeof(iv),
		.ulIvBits = 8 * sizeof(iv),
		.pAAD = aad,
		.ulAADLen = sizeof(aad),
		.ulTagBits = 96 };
	t->m.ulParameterLen = sizeof(t->p.gcm);
}

static void
set_ecdh(struct trial *t)
{
	t->p.ecdh = (CK_ECDH1_DERIVE_PARAMS){ .kdf = CKD_NULL };
	t->m.ulParameterLen = sizeof(t->p.ecdh);
}

static void
set_hkdf(struct trial *t)
{
	t->p.hkdf = (CK_HKDF_PARAMS){ .bExtract = CK_TRUE,
		.bExpand = CK_TRUE,
		.prfHashMechanism = hash_sha256()->digest,
		.ulSaltType = CKF_HKDF_SALT_DATA,
		.pSalt = salt,
		.ulSaltLen = sizeof(salt),
		.pInfo = text,
		.ulInfoLen = sizeof(text) };
	t->m.ulParameterLen = sizeof(t->p.hkdf);
}

static CK_SP800_108_COUNTER_FORMAT number = { CK_FALSE, 32 };
static CK_SP800_108_DKM_LENGTH_FORMAT bits = { CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_FALSE, 32 };

/* Its own iteration variable, and what all modes have behind it; as OpenSSL does it. */
static CK_PRF_DATA_PARAM counted[] = {
	{ CK_SP800_108_ITERATION_VARIABLE, &number, sizeof(number) },
	{ CK_SP800_108_BYTE_ARRAY, text, sizeof(text) },
	{ CK_SP800_108_BYTE_ARRAY, salt, sizeof(salt) },
	{ CK_SP800_108_DKM_LENGTH, &bits, sizeof(bits) },
};
static CK_PRF_DATA_PARAM chained[] = {
	{ CK_SP800_108_ITERATION_VARIABLE, NULL, 0 },
	{ CK_SP800_108_COUNTER, &number, sizeof(number) },
	{ CK_SP800_108_BYTE_ARRAY, text, sizeof(text) },
	{ CK_SP800_108_BYTE_ARRAY, salt, sizeof(salt) },
	{ CK_SP800_108_DKM_LENGTH, &bits, sizeof(bits) },
};

static void
set_kbkdf(struct trial *t)
{
	bool counts = t->row->type == CKM_SP800_108_COUNTER_KDF;

	t->p.kbkdf = (CK_SP800_108_KDF_PARAMS){ .prfType = t->row->hash->hmac,
		.ulNumberOfDataParams = counts ? COUNT(counted) : COUNT(chained),
		.pDataParams = counts ? counted : chained };
	t->m.ulParameterLen = sizeof(t->p.kbkdf);
}

static void
set_feedback(struct trial *t)
{
	t->p.feedback = (CK_SP800_108_FEEDBACK_KDF_PARAMS){ .prfType = t->row->hash->hmac,
		.ulNumberOfDataParams = COUNT(chained),
		.pDataParams = chained,
		.pIV = blocks,
		.ulIVLen = 32 };
	t->m.ulParameterLen = sizeof(t->p.feedback);
}

/* The key itself is the other one: use_derive() knows it. */
static void
set_other(struct trial *t)
{
	t->m.ulParameterLen = sizeof(t->p.other);
}

static void
set_string(struct trial *t)
{
	t->p.string = (CK_KEY_DERIVATION_STRING_DATA){ blocks, sizeof(blocks) };
	t->m.ulParameterLen = sizeof(t->p.string);
}

static void
set_bit(struct trial *t)
{
	t->p.bit = 3;
	t->m.ulParameterLen = sizeof(t->p.bit);
}

static void
set_cbc(struct trial *t)
{
	t->p.cbc = (CK_AES_CBC_ENCRYPT_DATA_PARAMS){ .pData = blocks, .length = sizeof(blocks) };
	t->p.cbc.iv[0] = 9;
	t->m.ulParameterLen = sizeof(t->p.cbc);
}

static void (*const setters[])(struct trial *t) = {
	[SCHEME_RSA_PSS] = set_pss,
	[SCHEME_RSA_OAEP] = set_oaep,
	[SCHEME_RSA_AES] = set_rsa_aes,
	[SCHEME_HMAC_GENERAL] = set_mac_len,
	[SCHEME_CMAC_GENERAL] = set_mac_len,
	[SCHEME_AES_IV] = set_iv,
	[SCHEME_AES_CTR] = set_ctr,
	[SCHEME_DES_IV] = set_des_iv,
	[SCHEME_AES_GCM] = set_gcm,
	[SCHEME_ECDH] = set_ecdh,
	[SCHEME_HKDF] = set_hkdf,
	[SCHEME_KBKDF] = set_kbkdf,
	[SCHEME_KBKDF_FEEDBACK] = set_feedback,
	[SCHEME_DERIVE_KEY] = set_other,
	[SCHEME_DERIVE_STRING] = set_string,
	[SCHEME_DERIVE_BIT] = set_bit,
	[SCHEME_DERIVE_AES_ECB] = set_string,
	[SCHEME_DERIVE_AES_CBC] = set_cbc,
};

void
trial_parameter(struct trial *t)
{
	t->m = (CK_MECHANISM){ t->row->type, NULL, 0 };
	if (t->row->scheme >= COUNT(setters) || setters[t->row->scheme] == NULL)
		return;
	setters[t->row->scheme](t);
	t->m.pParameter = &t->p;
}

size_t
trial_data(const struct trial *t, size_t len, uint8_t *out)
{
	size_t modulus = key_len(t->row->kind, t->size);

	if (t->row->hash == NULL && t->row->kind == KIND_EC)
		len = 32; /* a digest, as for the next */
	else if (t->row->hash == NULL && t->row->scheme == SCHEME_RSA_PSS)
		len = 32;
	else if (t->row->hash == NULL && t->row->scheme == SCHEME_RSA_RAW)
		len = modulus;
	else if (t->row->hash == NULL && t->row->kind == KIND_RSA)
		len = 40; /* fits the smallest key with OAEP */
	else if (t->row->unit > 0)
		len -= len % t->row->unit;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(7 * i + (i >> 8));
	return len;
}
