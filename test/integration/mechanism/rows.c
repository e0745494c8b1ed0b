/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the test knows of each mechanism.
 */
#include "config.h"

#include "mechanism.h"

static const struct hash hashes[] = {
	{ "SHA1", CKM_SHA_1, CKM_SHA1_RSA_PKCS, CKM_SHA1_RSA_PKCS_PSS, CKM_ECDSA_SHA1,
		CKM_SHA_1_HMAC, CKM_SHA_1_HMAC_GENERAL, CKM_SHA_1_KEY_GEN, CKM_SHA1_KEY_DERIVATION,
		CKG_MGF1_SHA1, CKK_SHA_1_HMAC },
	{ "SHA224", CKM_SHA224, CKM_SHA224_RSA_PKCS, CKM_SHA224_RSA_PKCS_PSS, CKM_ECDSA_SHA224,
		CKM_SHA224_HMAC, CKM_SHA224_HMAC_GENERAL, CKM_SHA224_KEY_GEN,
		CKM_SHA224_KEY_DERIVATION, CKG_MGF1_SHA224, CKK_SHA224_HMAC },
	{ "SHA256", CKM_SHA256, CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_ECDSA_SHA256,
		CKM_SHA256_HMAC, CKM_SHA256_HMAC_GENERAL, CKM_SHA256_KEY_GEN,
		CKM_SHA256_KEY_DERIVATION, CKG_MGF1_SHA256, CKK_SHA256_HMAC },
	{ "SHA384", CKM_SHA384, CKM_SHA384_RSA_PKCS, CKM_SHA384_RSA_PKCS_PSS, CKM_ECDSA_SHA384,
		CKM_SHA384_HMAC, CKM_SHA384_HMAC_GENERAL, CKM_SHA384_KEY_GEN,
		CKM_SHA384_KEY_DERIVATION, CKG_MGF1_SHA384, CKK_SHA384_HMAC },
	{ "SHA512", CKM_SHA512, CKM_SHA512_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS, CKM_ECDSA_SHA512,
		CKM_SHA512_HMAC, CKM_SHA512_HMAC_GENERAL, CKM_SHA512_KEY_GEN,
		CKM_SHA512_KEY_DERIVATION, CKG_MGF1_SHA512, CKK_SHA512_HMAC },
	{ "SHA3-224", CKM_SHA3_224, CKM_SHA3_224_RSA_PKCS, CKM_SHA3_224_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_224, CKM_SHA3_224_HMAC, CKM_SHA3_224_HMAC_GENERAL,
		CKM_SHA3_224_KEY_GEN, CKM_SHA3_224_KEY_DERIVATION, CKG_MGF1_SHA3_224,
		CKK_SHA3_224_HMAC },
	{ "SHA3-256", CKM_SHA3_256, CKM_SHA3_256_RSA_PKCS, CKM_SHA3_256_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_256, CKM_SHA3_256_HMAC, CKM_SHA3_256_HMAC_GENERAL,
		CKM_SHA3_256_KEY_GEN, CKM_SHA3_256_KEY_DERIVATION, CKG_MGF1_SHA3_256,
		CKK_SHA3_256_HMAC },
	{ "SHA3-384", CKM_SHA3_384, CKM_SHA3_384_RSA_PKCS, CKM_SHA3_384_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_384, CKM_SHA3_384_HMAC, CKM_SHA3_384_HMAC_GENERAL,
		CKM_SHA3_384_KEY_GEN, CKM_SHA3_384_KEY_DERIVATION, CKG_MGF1_SHA3_384,
		CKK_SHA3_384_HMAC },
	{ "SHA3-512", CKM_SHA3_512, CKM_SHA3_512_RSA_PKCS, CKM_SHA3_512_RSA_PKCS_PSS,
		CKM_ECDSA_SHA3_512, CKM_SHA3_512_HMAC, CKM_SHA3_512_HMAC_GENERAL,
		CKM_SHA3_512_KEY_GEN, CKM_SHA3_512_KEY_DERIVATION, CKG_MGF1_SHA3_512,
		CKK_SHA3_512_HMAC },
};

/* One row for each hash. */
static const struct {
	size_t type; /* where struct hash has it */
	enum scheme scheme;
	enum kind kind;
} columns[] = {
	{ offsetof(struct hash, digest), SCHEME_DIGEST, KIND_NONE },
	{ offsetof(struct hash, rsa), SCHEME_RSA_PKCS1, KIND_RSA },
	{ offsetof(struct hash, pss), SCHEME_RSA_PSS, KIND_RSA },
	{ offsetof(struct hash, ecdsa), SCHEME_ECDSA, KIND_EC },
	{ offsetof(struct hash, hmac), SCHEME_HMAC, KIND_SECRET },
	{ offsetof(struct hash, hmac_general), SCHEME_HMAC_GENERAL, KIND_SECRET },
	{ offsetof(struct hash, key_gen), SCHEME_GENERATE, KIND_SECRET },
	{ offsetof(struct hash, derive), SCHEME_DERIVE_HASH, KIND_SECRET },
};

#define AES_ROW(type, scheme, name, unit, single)                                                  \
	{                                                                                          \
		type, scheme, KIND_AES, name, unit, single, CKK_AES, NULL                          \
	}

#define DES_ROW(type, scheme, name, unit, key_type)                                                \
	{                                                                                          \
		type, scheme, KIND_DES, name, unit, false, key_type, NULL                          \
	}

static const struct row rows[] = {
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, SCHEME_GENERATE, KIND_RSA, NULL, 0, true, 0, NULL },
	{ CKM_EC_KEY_PAIR_GEN, SCHEME_GENERATE, KIND_EC, NULL, 0, true, 0, NULL },
	{ CKM_GENERIC_SECRET_KEY_GEN, SCHEME_GENERATE, KIND_SECRET, NULL, 0, true,
		CKK_GENERIC_SECRET, NULL },
	{ CKM_HKDF_KEY_GEN, SCHEME_GENERATE, KIND_SECRET, NULL, 0, true, CKK_HKDF, NULL },
	{ CKM_AES_KEY_GEN, SCHEME_GENERATE, KIND_AES, NULL, 0, true, CKK_AES, NULL },
	{ CKM_RSA_PKCS, SCHEME_RSA_PKCS1, KIND_RSA, NULL, 0, true, 0, NULL },
	{ CKM_RSA_X_509, SCHEME_RSA_RAW, KIND_RSA, NULL, 0, true, 0, NULL },
	{ CKM_RSA_PKCS_OAEP, SCHEME_RSA_OAEP, KIND_RSA, NULL, 0, true, 0, NULL },
	{ CKM_RSA_PKCS_PSS, SCHEME_RSA_PSS, KIND_RSA, NULL, 0, true, 0, NULL },
	{ CKM_RSA_AES_KEY_WRAP, SCHEME_RSA_AES, KIND_RSA, NULL, 0, true, 0, NULL },
	{ CKM_ECDSA, SCHEME_ECDSA, KIND_EC, NULL, 0, true, 0, NULL },
	{ CKM_ECDH1_DERIVE, SCHEME_ECDH, KIND_EC, NULL, 0, true, 0, NULL },
	{ CKM_ECDH1_COFACTOR_DERIVE, SCHEME_ECDH, KIND_EC, NULL, 0, true, 0, NULL },
	{ CKM_HKDF_DERIVE, SCHEME_HKDF, KIND_SECRET, NULL, 0, true, 0, NULL },
	{ CKM_HKDF_DATA, SCHEME_HKDF, KIND_SECRET, NULL, 0, true, 0, NULL },
	{ CKM_SP800_108_COUNTER_KDF, SCHEME_KBKDF, KIND_SECRET, "COUNTER", 0, true, 0, &hashes[2] },
	{ CKM_SP800_108_FEEDBACK_KDF, SCHEME_KBKDF_FEEDBACK, KIND_SECRET, "FEEDBACK", 0, true, 0,
		&hashes[2] },
	{ CKM_SP800_108_DOUBLE_PIPELINE_KDF, SCHEME_KBKDF, KIND_SECRET, NULL, 0, true, 0,
		&hashes[2] },
	{ CKM_CONCATENATE_BASE_AND_KEY, SCHEME_DERIVE_KEY, KIND_SECRET, NULL, 0, true, 0, NULL },
	{ CKM_CONCATENATE_BASE_AND_DATA, SCHEME_DERIVE_STRING, KIND_SECRET, NULL, 0, true, 0,
		NULL },
	{ CKM_CONCATENATE_DATA_AND_BASE, SCHEME_DERIVE_STRING, KIND_SECRET, NULL, 0, true, 0,
		NULL },
	{ CKM_XOR_BASE_AND_DATA, SCHEME_DERIVE_STRING, KIND_SECRET, NULL, 0, true, 0, NULL },
	{ CKM_EXTRACT_KEY_FROM_KEY, SCHEME_DERIVE_BIT, KIND_SECRET, NULL, 0, true, 0, NULL },
	AES_ROW(CKM_AES_ECB_ENCRYPT_DATA, SCHEME_DERIVE_AES_ECB, "ECB", 16, true),
	AES_ROW(CKM_AES_CBC_ENCRYPT_DATA, SCHEME_DERIVE_AES_CBC, "CBC", 16, true),
	AES_ROW(CKM_AES_ECB, SCHEME_AES_PLAIN, "ECB", 16, false),
	AES_ROW(CKM_AES_CBC, SCHEME_AES_IV, "CBC", 16, false),
	AES_ROW(CKM_AES_CBC_PAD, SCHEME_AES_IV, "CBC", 0, false),
	AES_ROW(CKM_AES_CTR, SCHEME_AES_CTR, "CTR", 0, false),
	AES_ROW(CKM_AES_CFB128, SCHEME_AES_IV, "CFB", 0, false),
	AES_ROW(CKM_AES_OFB, SCHEME_AES_IV, "OFB", 0, false),
	AES_ROW(CKM_AES_GCM, SCHEME_AES_GCM, "GCM", 0, false),
	AES_ROW(CKM_AES_KEY_WRAP, SCHEME_AES_WRAP, "WRAP", 8, true),
	AES_ROW(CKM_NSS_AES_KEY_WRAP, SCHEME_AES_WRAP, "WRAP", 8, true),
	AES_ROW(CKM_AES_KEY_WRAP_KWP, SCHEME_AES_WRAP, "WRAP-PAD", 1, true),
	AES_ROW(CKM_AES_CMAC, SCHEME_CMAC, NULL, 0, false),
	AES_ROW(CKM_AES_CMAC_GENERAL, SCHEME_CMAC_GENERAL, NULL, 0, false),
	DES_ROW(CKM_DES_KEY_GEN, SCHEME_GENERATE, NULL, 0, CKK_DES),
	DES_ROW(CKM_DES2_KEY_GEN, SCHEME_GENERATE, NULL, 0, CKK_DES2),
	DES_ROW(CKM_DES3_KEY_GEN, SCHEME_GENERATE, NULL, 0, CKK_DES3),
	DES_ROW(CKM_DES_ECB, SCHEME_DES_PLAIN, "ECB", 8, CKK_DES),
	DES_ROW(CKM_DES_CBC, SCHEME_DES_IV, "CBC", 8, CKK_DES),
	DES_ROW(CKM_DES_CBC_PAD, SCHEME_DES_IV, "CBC", 0, CKK_DES),
	DES_ROW(CKM_DES3_ECB, SCHEME_DES_PLAIN, "ECB", 8, CKK_DES3),
	DES_ROW(CKM_DES3_CBC, SCHEME_DES_IV, "CBC", 8, CKK_DES3),
	DES_ROW(CKM_DES3_CBC_PAD, SCHEME_DES_IV, "CBC", 0, CKK_DES3),
};

const struct hash *
hash_sha256(void)
{
	return &hashes[2];
}

static const struct row *
row_of_hash(const struct hash *h, CK_MECHANISM_TYPE type)
{
	static struct row found;

	for (size_t i = 0; i < COUNT(columns); i++) {
		CK_MECHANISM_TYPE own = 0;

		memcpy(&own, (const char *)h + columns[i].type, sizeof(own));
		if (own != type)
			continue;
		found = (struct row){ type, columns[i].scheme, columns[i].kind, NULL, 0, false, 0,
			h };
		if (columns[i].scheme == SCHEME_GENERATE)
			found.key_type = h->key_type;
		return &found;
	}
	return NULL;
}

const struct row *
row_find(CK_MECHANISM_TYPE type)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < COUNT(rows) && found == NULL; i++)
		if (rows[i].type == type)
			found = &rows[i];
	for (size_t i = 0; i < COUNT(hashes) && found == NULL; i++)
		found = row_of_hash(&hashes[i], type);
	return found;
}
