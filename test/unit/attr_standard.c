/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2: the tables of chapter 4, and those of 6.1.2 (RSA), 6.3 (EC), 6.8
 * (generic secrets), 6.10 (AES), 6.18 (DES2, DES3) and of the HMAC keys; and where this project
 * differs, each with its reason.
 */
#include "config.h"

#include "attr_standard.h"
#include "tpm2-token/vendor.h"

/* Numbers of NSS: CKA_NSS_URL, _EMAIL, _SMIME_INFO, _SMIME_TIMESTAMP; and CKA_NSS_DB. */
#define NSS_VENDOR 0xce534350UL
#define NSS_DB     0xd5a0db00UL

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
const struct standard_row standard_rows[] = {
	{ "4.2", CKA_CLASS, OF_ANY, KIND_NUMBER, F(1), STD_NONE },
	{ "4.2", CKA_UNIQUE_ID, OF_ANY, KIND_TEXT, F(2) | F(4) | F(6), STD_COMPUTED },

	/* "Only the CKA_LABEL attribute can be modified after the object is created." */
	{ "4.4", CKA_TOKEN, OF_STORAGE, KIND_BOOL, F_COPY, STD_FALSE },
	{ "4.4", CKA_PRIVATE, OF_STORAGE, KIND_BOOL, F_COPY, STD_TOKEN },
	{ "4.4", CKA_MODIFIABLE, OF_STORAGE, KIND_BOOL, F_COPY, STD_TRUE },
	{ "4.4", CKA_LABEL, OF_STORAGE, KIND_TEXT, F(8), STD_EMPTY },
	/* "Can't be set to TRUE once it is set to FALSE." */
	{ "4.4", CKA_COPYABLE, OF_STORAGE, KIND_BOOL, F(12), STD_TRUE },
	{ "4.4", CKA_DESTROYABLE, OF_STORAGE, KIND_BOOL, F_COPY, STD_TRUE },

	{ "4.5", CKA_APPLICATION, OF_DATA, KIND_TEXT, 0, STD_EMPTY },
	{ "4.5", CKA_OBJECT_ID, OF_DATA, KIND_BYTES, 0, STD_EMPTY },
	{ "4.5", CKA_VALUE, OF_DATA, KIND_BYTES, 0, STD_EMPTY },

	{ "4.6.2", CKA_CERTIFICATE_TYPE, OF_X509, KIND_NUMBER, F(1), STD_NONE },
	{ "4.6.2", CKA_TRUSTED, OF_X509, KIND_BOOL, F(10), STD_NONE },
	{ "4.6.2", CKA_CERTIFICATE_CATEGORY, OF_X509, KIND_NUMBER, 0, STD_ZERO },
	{ "4.6.2", CKA_CHECK_VALUE, OF_X509, KIND_BYTES, 0, STD_COMPUTED },
	{ "4.6.2", CKA_START_DATE, OF_X509, KIND_DATE, 0, STD_EMPTY },
	{ "4.6.2", CKA_END_DATE, OF_X509, KIND_DATE, 0, STD_EMPTY },
	{ "4.6.2", CKA_PUBLIC_KEY_INFO, OF_X509, KIND_BYTES, 0, STD_EMPTY },

	/* "Only the CKA_ID, CKA_ISSUER, and CKA_SERIAL_NUMBER attributes may be modified." */
	{ "4.6.3", CKA_SUBJECT, OF_X509, KIND_BYTES, F(1), STD_NONE },
	{ "4.6.3", CKA_ID, OF_X509, KIND_BYTES, F(8), STD_EMPTY },
	{ "4.6.3", CKA_ISSUER, OF_X509, KIND_BYTES, F(8), STD_EMPTY },
	{ "4.6.3", CKA_SERIAL_NUMBER, OF_X509, KIND_BYTES, F(8), STD_EMPTY },
	{ "4.6.3", CKA_VALUE, OF_X509, KIND_BYTES, F(1), STD_NONE },
	{ "4.6.3", CKA_URL, OF_X509, KIND_TEXT, 0, STD_EMPTY },
	{ "4.6.3", CKA_HASH_OF_SUBJECT_PUBLIC_KEY, OF_X509, KIND_BYTES, 0, STD_EMPTY },
	{ "4.6.3", CKA_HASH_OF_ISSUER_PUBLIC_KEY, OF_X509, KIND_BYTES, 0, STD_EMPTY },
	{ "4.6.3", CKA_JAVA_MIDP_SECURITY_DOMAIN, OF_X509, KIND_NUMBER, 0, STD_ZERO },
	{ "4.6.3", CKA_NAME_HASH_ALGORITHM, OF_X509, KIND_NUMBER, 0, STD_NONE },

	{ "4.8", CKA_KEY_TYPE, OF_KEY, KIND_NUMBER, F(1) | F(5), STD_NONE },
	{ "4.8", CKA_ID, OF_KEY, KIND_BYTES, F(8), STD_EMPTY },
	{ "4.8", CKA_START_DATE, OF_KEY, KIND_DATE, F(8), STD_EMPTY },
	{ "4.8", CKA_END_DATE, OF_KEY, KIND_DATE, F(8), STD_EMPTY },
	{ "4.8", CKA_DERIVE, OF_KEY, KIND_BOOL, F(8), STD_FALSE },
	{ "4.8", CKA_LOCAL, OF_KEY, KIND_BOOL, F(2) | F(4) | F(6), STD_COMPUTED },
	{ "4.8", CKA_KEY_GEN_MECHANISM, OF_KEY, KIND_NUMBER, F(2) | F(4) | F(6), STD_COMPUTED },
	{ "4.8", CKA_ALLOWED_MECHANISMS, OF_KEY, KIND_MECHANISMS, 0, STD_NONE },
	{ "4.8", CKA_OBJECT_VALIDATION_FLAGS, OF_KEY, KIND_NUMBER, F(4) | F(6), STD_TOKEN },

	{ "4.9", CKA_SUBJECT, OF_PUBLIC, KIND_BYTES, F(8), STD_EMPTY },
	{ "4.9", CKA_ENCRYPT, OF_PUBLIC, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.9", CKA_VERIFY, OF_PUBLIC, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.9", CKA_VERIFY_RECOVER, OF_PUBLIC, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.9", CKA_WRAP, OF_PUBLIC, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.9", CKA_ENCAPSULATE, OF_PUBLIC, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.9", CKA_TRUSTED, OF_PUBLIC, KIND_BOOL, F(10), STD_NONE },
	{ "4.9", CKA_WRAP_TEMPLATE, OF_PUBLIC, KIND_TEMPLATE, 0, STD_NONE },
	{ "4.9", CKA_ENCAPSULATE_TEMPLATE, OF_PUBLIC, KIND_TEMPLATE, 0, STD_NONE },
	{ "4.9", CKA_PUBLIC_KEY_INFO, OF_PUBLIC, KIND_BYTES, 0, STD_COMPUTED },
	{ "4.9", CKA_PUBLIC_CRC64_VALUE, OF_PUBLIC, KIND_BYTES, F(1) | F(4) | F(13), STD_COMPUTED },

	{ "4.10", CKA_SUBJECT, OF_PRIVATE, KIND_BYTES, F(8), STD_EMPTY },
	{ "4.10", CKA_SENSITIVE, OF_PRIVATE, KIND_BOOL, F(8) | F(11), STD_TOKEN },
	{ "4.10", CKA_DECRYPT, OF_PRIVATE, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.10", CKA_SIGN, OF_PRIVATE, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.10", CKA_SIGN_RECOVER, OF_PRIVATE, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.10", CKA_UNWRAP, OF_PRIVATE, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.10", CKA_DECAPSULATE, OF_PRIVATE, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.10", CKA_EXTRACTABLE, OF_PRIVATE, KIND_BOOL, F(8) | F(12), STD_TOKEN },
	{ "4.10", CKA_ALWAYS_SENSITIVE, OF_PRIVATE, KIND_BOOL, F(2) | F(4) | F(6), STD_COMPUTED },
	{ "4.10", CKA_NEVER_EXTRACTABLE, OF_PRIVATE, KIND_BOOL, F(2) | F(4) | F(6), STD_COMPUTED },
	{ "4.10", CKA_WRAP_WITH_TRUSTED, OF_PRIVATE, KIND_BOOL, F(11), STD_FALSE },
	{ "4.10", CKA_UNWRAP_TEMPLATE, OF_PRIVATE, KIND_TEMPLATE, 0, STD_NONE },
	{ "4.10", CKA_DECAPSULATE_TEMPLATE, OF_PRIVATE, KIND_TEMPLATE, 0, STD_NONE },
	{ "4.10", CKA_DERIVE_TEMPLATE, OF_PRIVATE, KIND_TEMPLATE, 0, STD_NONE },
	{ "4.10", CKA_ALWAYS_AUTHENTICATE, OF_PRIVATE, KIND_BOOL, 0, STD_FALSE },
	{ "4.10", CKA_PUBLIC_KEY_INFO, OF_PRIVATE, KIND_BYTES, F(8), STD_COMPUTED },
	{ "4.10", CKA_PUBLIC_CRC64_VALUE, OF_PRIVATE, KIND_BYTES, F(1) | F(4) | F(13), STD_COMPUTED },

	{ "4.11", CKA_SENSITIVE, OF_SECRET, KIND_BOOL, F(8) | F(11), STD_FALSE },
	{ "4.11", CKA_ENCRYPT, OF_SECRET, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.11", CKA_DECRYPT, OF_SECRET, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.11", CKA_SIGN, OF_SECRET, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.11", CKA_VERIFY, OF_SECRET, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.11", CKA_WRAP, OF_SECRET, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.11", CKA_UNWRAP, OF_SECRET, KIND_BOOL, F(8), STD_TOKEN },
	{ "4.11", CKA_EXTRACTABLE, OF_SECRET, KIND_BOOL, F(8) | F(12), STD_TOKEN },
	{ "4.11", CKA_ALWAYS_SENSITIVE, OF_SECRET, KIND_BOOL, F(2) | F(4) | F(6), STD_COMPUTED },
	{ "4.11", CKA_NEVER_EXTRACTABLE, OF_SECRET, KIND_BOOL, F(2) | F(4) | F(6), STD_COMPUTED },
	{ "4.11", CKA_CHECK_VALUE, OF_SECRET, KIND_BYTES, 0, STD_COMPUTED },
	{ "4.11", CKA_WRAP_WITH_TRUSTED, OF_SECRET, KIND_BOOL, F(11), STD_FALSE },
	{ "4.11", CKA_TRUSTED, OF_SECRET, KIND_BOOL, F(10), STD_NONE },
	{ "4.11", CKA_WRAP_TEMPLATE, OF_SECRET, KIND_TEMPLATE, 0, STD_NONE },
	{ "4.11", CKA_UNWRAP_TEMPLATE, OF_SECRET, KIND_TEMPLATE, 0, STD_NONE },
	{ "4.11", CKA_DERIVE_TEMPLATE, OF_SECRET, KIND_TEMPLATE, 0, STD_NONE },

	{ "4.15", CKA_PROFILE_ID, OF_PROFILE, KIND_NUMBER, 0, STD_NONE },

	{ "6.1.2", CKA_MODULUS, OF_RSA_PUBLIC, KIND_BYTES, F(1) | F(4), STD_COMPUTED },
	{ "6.1.2", CKA_MODULUS_BITS, OF_RSA_PUBLIC, KIND_NUMBER, F(2) | F(3), STD_COMPUTED },
	{ "6.1.2", CKA_PUBLIC_EXPONENT, OF_RSA_PUBLIC, KIND_BYTES, F(1), STD_COMPUTED },
	{ "6.1.3", CKA_MODULUS, OF_RSA_PRIVATE, KIND_BYTES, F(1) | F(4) | F(6), STD_COMPUTED },
	{ "6.1.3", CKA_PUBLIC_EXPONENT, OF_RSA_PRIVATE, KIND_BYTES, F(1) | F(4) | F(6), STD_COMPUTED },
	{ "6.1.3", CKA_PRIVATE_EXPONENT, OF_RSA_PRIVATE, KIND_BYTES, F(1) | F(4) | F(6) | F(7), STD_COMPUTED },
	{ "6.1.3", CKA_PRIME_1, OF_RSA_PRIVATE, KIND_BYTES, F(4) | F(6) | F(7), STD_COMPUTED },
	{ "6.1.3", CKA_PRIME_2, OF_RSA_PRIVATE, KIND_BYTES, F(4) | F(6) | F(7), STD_COMPUTED },
	{ "6.1.3", CKA_EXPONENT_1, OF_RSA_PRIVATE, KIND_BYTES, F(4) | F(6) | F(7), STD_COMPUTED },
	{ "6.1.3", CKA_EXPONENT_2, OF_RSA_PRIVATE, KIND_BYTES, F(4) | F(6) | F(7), STD_COMPUTED },
	{ "6.1.3", CKA_COEFFICIENT, OF_RSA_PRIVATE, KIND_BYTES, F(4) | F(6) | F(7), STD_COMPUTED },

	{ "6.3.3", CKA_EC_PARAMS, OF_EC_PUBLIC, KIND_BYTES, F(1) | F(3), STD_NONE },
	{ "6.3.3", CKA_EC_POINT, OF_EC_PUBLIC, KIND_BYTES, F(1) | F(4), STD_COMPUTED },
	{ "6.3.4", CKA_EC_PARAMS, OF_EC_PRIVATE, KIND_BYTES, F(1) | F(4) | F(6), STD_COMPUTED },
	{ "6.3.4", CKA_VALUE, OF_EC_PRIVATE, KIND_BYTES, F(1) | F(4) | F(6) | F(7), STD_COMPUTED },

	/* AES keys, generic secrets, and the keys of each HMAC, which have their table. */
	{ "6.8, 6.10", CKA_VALUE, OF_AES | OF_GENERIC, KIND_BYTES, F(1) | F(4) | F(6) | F(7), STD_COMPUTED },
	{ "6.8, 6.10", CKA_VALUE_LEN, OF_AES | OF_GENERIC, KIND_NUMBER, F(2) | F(3), STD_COMPUTED },
	/* Keys of DES and Triple DES: their type says how long they are. */
	{ "6.18", CKA_VALUE, OF_DES, KIND_BYTES, F(1) | F(4) | F(6) | F(7), STD_COMPUTED },
};

const struct deviation deviations[] = {
	{ CKA_COPYABLE, OF_STORAGE, F(8), 0, SAME, "what can not be set to TRUE once it is FALSE can be set to FALSE" },
	{ CKA_COPYABLE, OF_STORAGE, 0, 0, OTHER_DEFAULT, "a key that asks for the PIN at each use can not be copied" },
	{ CKA_WRAP_WITH_TRUSTED, OF_PRIVATE | OF_SECRET, F(8), 0, SAME, "what can not be changed once it is TRUE can be changed before" },
	{ CKA_TRUSTED, OF_X509 | OF_PUBLIC | OF_SECRET, F(8), 0, SAME, "keys are made by the user: the SO can only trust one that is there" },
	{ CKA_APPLICATION, OF_DATA, F(8), 0, SAME, "nothing says that data is read-only, and programs keep it up to date" },
	{ CKA_OBJECT_ID, OF_DATA, F(8), 0, SAME, "nothing says that data is read-only, and programs keep it up to date" },
	{ CKA_VALUE, OF_DATA, F(8), 0, SAME, "nothing says that data is read-only, and programs keep it up to date" },
	{ CKA_DERIVE, OF_EC_PRIVATE | OF_GENERIC, 0, 0, OTHER_DEFAULT, "Java asks for no use and wants to agree on keys" },
	{ CKA_OBJECT_VALIDATION_FLAGS, OF_KEY, F(2), 0, SAME, "no validation is claimed: nobody may claim one" },
	{ CKA_PUBLIC_KEY_INFO, OF_PAIR, F(4) | F(6), 0, SAME, "it follows from the key; 4.10 allows to refuse it for keys to come" },
	{ CKA_PROFILE_ID, OF_PROFILE, F(1) | F(2) | F(4) | F(6), 0, SAME, "the token says which profiles it keeps to" },
	{ CKA_PUBLIC_CRC64_VALUE, OF_PAIR, 0, 0, NOT_OFFERED, "footnote 1 would refuse the keys of every program that there is" },
	{ CKA_EC_POINT, OF_EC_PRIVATE, F(4) | F(6), 0, OURS, "programs look for the public key on the private one" },
	{ NSS_VENDOR + 1, OF_X509, F(8), 0, OURS, "NSS marks its objects" },
	{ NSS_VENDOR + 2, OF_X509, F(8), 0, OURS, "NSS marks its objects" },
	{ NSS_VENDOR + 3, OF_X509, F(8), 0, OURS, "NSS marks its objects" },
	{ NSS_VENDOR + 4, OF_X509, F(8), 0, OURS, "NSS marks its objects" },
	{ NSS_DB, OF_KEY, F(8), 0, OURS, "NSS marks its objects" },
	{ CKA_TPM2_TOKEN_PUBLIC, OF_PRIVATE | OF_SECRET, F(2) | F(4) | F(6), 0, OURS, "where the key is in the TPM" },
	{ CKA_TPM2_TOKEN_PARENT, OF_PRIVATE | OF_SECRET, F(2) | F(4) | F(6), 0, OURS, "where the key is in the TPM" },
	{ CKA_LABEL, OF_STORAGE, 0, 0, LIMITED, "OpenSSH gives up on a token with a longer one" },
	{ CKA_ID, OF_X509 | OF_KEY, 0, 0, LIMITED, "libp11 gives up on a longer one" },
	{ CKA_CHECK_VALUE, OF_X509 | OF_SECRET, 0, 0, LIMITED, "three bytes, says 4.11" },
};
/* clang-format on */

const size_t standard_count = COUNT(standard_rows);
const size_t deviation_count = COUNT(deviations);

const struct standard_row *
standard_find(uint64_t type, uint32_t object)
{
	for (size_t i = 0; i < standard_count; i++)
		if (standard_rows[i].type == type && (standard_rows[i].of & object) != 0)
			return &standard_rows[i];
	return NULL;
}

const struct deviation *
deviation_find(uint64_t type, uint32_t object, int what)
{
	for (size_t i = 0; i < deviation_count; i++)
		if (deviations[i].type == type && (deviations[i].of & object) != 0 &&
			(int)deviations[i].what == what)
			return &deviations[i];
	return NULL;
}

uint32_t
notes_expected(uint64_t type, uint32_t object)
{
	const struct standard_row *row = standard_find(type, object);
	uint32_t notes = row != NULL ? row->notes : 0;

	for (size_t i = 0; i < deviation_count; i++)
		if (deviations[i].type == type && (deviations[i].of & object) != 0)
			notes = (notes & ~deviations[i].less) | deviations[i].more;
	return notes;
}
