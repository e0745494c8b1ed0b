/* SPDX-License-Identifier: BSD-2-Clause */
/* Every template that a real client sends to C_GenerateKeyPair is accepted, and means what the
 * client wants. */
#include "config.h"

#include "model/mech.h"
#include "template.h"

static const CK_ATTRIBUTE pkcs11_tool_rsa_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	YES(CKA_TOKEN), NUMBER(CKA_MODULUS_BITS, 2048), BYTES(CKA_PUBLIC_EXPONENT, F4),
	YES(CKA_VERIFY), YES(CKA_ENCRYPT), YES(CKA_WRAP), NUMBER(CKA_KEY_TYPE, CKK_RSA),
	TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1), NO(CKA_PRIVATE) };
static const CK_ATTRIBUTE pkcs11_tool_rsa_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
	YES(CKA_TOKEN), YES(CKA_PRIVATE), YES(CKA_SENSITIVE), YES(CKA_SIGN), YES(CKA_DECRYPT),
	YES(CKA_UNWRAP), NUMBER(CKA_KEY_TYPE, CKK_RSA), TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1),
	NO(CKA_ALWAYS_AUTHENTICATE), NO(CKA_EXTRACTABLE),
	NUMBERS(CKA_ALLOWED_MECHANISMS, CKM_RSA_PKCS) };

static const CK_ATTRIBUTE pkcs11_tool_ec_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	YES(CKA_TOKEN), YES(CKA_VERIFY), YES(CKA_DERIVE), BYTES(CKA_EC_PARAMS, P256_OID),
	NUMBER(CKA_KEY_TYPE, CKK_EC), TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1), NO(CKA_PRIVATE) };
static const CK_ATTRIBUTE pkcs11_tool_ec_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
	YES(CKA_TOKEN), YES(CKA_PRIVATE), YES(CKA_SENSITIVE), YES(CKA_SIGN), YES(CKA_DERIVE),
	NUMBER(CKA_KEY_TYPE, CKK_EC), TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1) };

static const CK_ATTRIBUTE p11tool_rsa_public[] = { YES(CKA_TOKEN), NO(CKA_PRIVATE),
	BYTES(CKA_ID, 1), YES(CKA_ENCRYPT), YES(CKA_VERIFY), NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4) };
static const CK_ATTRIBUTE p11tool_rsa_private[] = { BYTES(CKA_ID, 1), YES(CKA_DECRYPT),
	YES(CKA_SIGN), YES(CKA_PRIVATE), YES(CKA_TOKEN), YES(CKA_SENSITIVE), TEXT(CKA_LABEL, "k") };

static const CK_ATTRIBUTE p11tool_rsa_decrypt_only_public[] = { YES(CKA_TOKEN), NO(CKA_PRIVATE),
	BYTES(CKA_ID, 1), YES(CKA_ENCRYPT), NO(CKA_VERIFY), NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4) };
static const CK_ATTRIBUTE p11tool_rsa_decrypt_only_private[] = { BYTES(CKA_ID, 1), YES(CKA_DECRYPT),
	YES(CKA_UNWRAP), NO(CKA_SIGN), YES(CKA_PRIVATE), YES(CKA_TOKEN), YES(CKA_SENSITIVE) };

static const CK_ATTRIBUTE p11tool_ec_public[] = { YES(CKA_TOKEN), NO(CKA_PRIVATE), BYTES(CKA_ID, 1),
	YES(CKA_VERIFY), YES(CKA_WRAP), BYTES(CKA_EC_PARAMS, P256_OID), TEXT(CKA_LABEL, "k") };
static const CK_ATTRIBUTE p11tool_ec_private[] = { BYTES(CKA_ID, 1), YES(CKA_SIGN),
	YES(CKA_PRIVATE), YES(CKA_TOKEN), YES(CKA_SENSITIVE), TEXT(CKA_LABEL, "k") };

static const CK_ATTRIBUTE p11_kit_rsa_public[] = { YES(CKA_TOKEN), NO(CKA_PRIVATE), YES(CKA_VERIFY),
	YES(CKA_ENCRYPT), TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1), NUMBER(CKA_MODULUS_BITS, 2048) };
static const CK_ATTRIBUTE p11_kit_rsa_private[] = { YES(CKA_TOKEN), YES(CKA_PRIVATE), YES(CKA_SIGN),
	YES(CKA_DECRYPT) };

static const CK_ATTRIBUTE p11_kit_ec_public[] = { YES(CKA_TOKEN), NO(CKA_PRIVATE), YES(CKA_VERIFY),
	TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1), BYTES(CKA_EC_PARAMS, P256_OID) };
static const CK_ATTRIBUTE p11_kit_ec_private[] = { YES(CKA_TOKEN), YES(CKA_PRIVATE),
	YES(CKA_SIGN) };

static const CK_ATTRIBUTE libp11_public[] = { YES(CKA_TOKEN), NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4), YES(CKA_ENCRYPT), YES(CKA_VERIFY), YES(CKA_WRAP),
	BYTES(CKA_ID, 1), TEXT(CKA_LABEL, "k") };
static const CK_ATTRIBUTE libp11_private[] = { YES(CKA_TOKEN), YES(CKA_PRIVATE), YES(CKA_SENSITIVE),
	YES(CKA_DECRYPT), YES(CKA_SIGN), YES(CKA_UNWRAP), BYTES(CKA_ID, 1), TEXT(CKA_LABEL, "k") };

static const CK_ATTRIBUTE pkcs11_provider_rsa_public[] = { YES(CKA_ENCRYPT), YES(CKA_VERIFY),
	YES(CKA_WRAP), YES(CKA_TOKEN), NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4), BYTES(CKA_ID, 1), TEXT(CKA_LABEL, "k") };
static const CK_ATTRIBUTE pkcs11_provider_rsa_private[] = { YES(CKA_TOKEN), YES(CKA_PRIVATE),
	YES(CKA_SENSITIVE), YES(CKA_DECRYPT), YES(CKA_SIGN), YES(CKA_UNWRAP),
	NUMBERS(CKA_ALLOWED_MECHANISMS, CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS) };

static const CK_ATTRIBUTE pkcs11_provider_ec_public[] = { YES(CKA_TOKEN), YES(CKA_DERIVE),
	YES(CKA_VERIFY), YES(CKA_WRAP), BYTES(CKA_EC_PARAMS, P256_OID) };
static const CK_ATTRIBUTE pkcs11_provider_ec_private[] = { YES(CKA_TOKEN), YES(CKA_DERIVE),
	YES(CKA_PRIVATE), YES(CKA_SENSITIVE), YES(CKA_SIGN), YES(CKA_UNWRAP) };

static const CK_ATTRIBUTE nss_rsa_public[] = { NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4), YES(CKA_TOKEN), NO(CKA_DERIVE), YES(CKA_WRAP),
	YES(CKA_VERIFY), YES(CKA_VERIFY_RECOVER), YES(CKA_ENCRYPT) };
static const CK_ATTRIBUTE nss_rsa_private[] = { YES(CKA_TOKEN), YES(CKA_PRIVATE),
	YES(CKA_SENSITIVE), NO(CKA_DERIVE), YES(CKA_UNWRAP), YES(CKA_SIGN), YES(CKA_DECRYPT) };

static const CK_ATTRIBUTE nss_ec_public[] = { BYTES(CKA_EC_PARAMS, P256_OID), YES(CKA_TOKEN),
	YES(CKA_DERIVE), NO(CKA_WRAP), YES(CKA_VERIFY), NO(CKA_VERIFY_RECOVER), NO(CKA_ENCRYPT) };
static const CK_ATTRIBUTE nss_ec_private[] = { YES(CKA_TOKEN), YES(CKA_PRIVATE), YES(CKA_SENSITIVE),
	YES(CKA_DERIVE), NO(CKA_UNWRAP), YES(CKA_SIGN), NO(CKA_DECRYPT) };

static const CK_ATTRIBUTE java_rsa_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_RSA), NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4) };
static const CK_ATTRIBUTE java_rsa_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_RSA) };

static const CK_ATTRIBUTE java_ec_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_EC), BYTES(CKA_EC_PARAMS, P256_OID) };
static const CK_ATTRIBUTE java_ec_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_EC) };

static const CK_ATTRIBUTE crypto11_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_RSA), YES(CKA_TOKEN), YES(CKA_VERIFY), YES(CKA_ENCRYPT),
	BYTES(CKA_PUBLIC_EXPONENT, F4), NUMBER(CKA_MODULUS_BITS, 2048), BYTES(CKA_ID, 1),
	TEXT(CKA_LABEL, "k") };
static const CK_ATTRIBUTE crypto11_private[] = { YES(CKA_TOKEN), YES(CKA_SIGN), YES(CKA_DECRYPT),
	YES(CKA_SENSITIVE), NO(CKA_EXTRACTABLE), BYTES(CKA_ID, 1), TEXT(CKA_LABEL, "k") };

static const CK_ATTRIBUTE ejbca_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_RSA), NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4), NO(CKA_TOKEN), YES(CKA_ENCRYPT), YES(CKA_VERIFY),
	YES(CKA_WRAP) };
static const CK_ATTRIBUTE ejbca_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_RSA), NO(CKA_DERIVE), YES(CKA_TOKEN), YES(CKA_PRIVATE),
	YES(CKA_SENSITIVE), NO(CKA_EXTRACTABLE), YES(CKA_DECRYPT), YES(CKA_SIGN), YES(CKA_UNWRAP) };

static const CK_ATTRIBUTE strongswan_dh_public[] = { BYTES(CKA_EC_PARAMS, P256_OID),
	YES(CKA_DERIVE) };
static const CK_ATTRIBUTE strongswan_dh_private[] = { YES(CKA_DERIVE) };

static const CK_ATTRIBUTE pykcs11_rsa_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	NO(CKA_PRIVATE), YES(CKA_TOKEN), YES(CKA_ENCRYPT), YES(CKA_VERIFY), YES(CKA_WRAP),
	NUMBER(CKA_KEY_TYPE, CKK_RSA), NUMBER(CKA_MODULUS_BITS, 2048),
	BYTES(CKA_PUBLIC_EXPONENT, F4), TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1) };
static const CK_ATTRIBUTE pykcs11_rsa_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_RSA), YES(CKA_TOKEN), YES(CKA_SENSITIVE), YES(CKA_DECRYPT),
	YES(CKA_SIGN), YES(CKA_UNWRAP), TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1) };

static const CK_ATTRIBUTE pykcs11_ec_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
	NO(CKA_PRIVATE), YES(CKA_TOKEN), YES(CKA_ENCRYPT), YES(CKA_VERIFY), YES(CKA_WRAP),
	NUMBER(CKA_KEY_TYPE, CKK_EC), BYTES(CKA_EC_PARAMS, P256_OID), TEXT(CKA_LABEL, "k"),
	BYTES(CKA_ID, 1) };
static const CK_ATTRIBUTE pykcs11_ec_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_EC), YES(CKA_TOKEN), YES(CKA_SENSITIVE), YES(CKA_DECRYPT),
	YES(CKA_SIGN), YES(CKA_UNWRAP), TEXT(CKA_LABEL, "k"), BYTES(CKA_ID, 1) };

static const CK_ATTRIBUTE pkcs11js_public[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY), NO(CKA_TOKEN),
	TEXT(CKA_LABEL, "k"), BYTES(CKA_PUBLIC_EXPONENT, F4), NUMBER(CKA_MODULUS_BITS, 2048),
	YES(CKA_VERIFY) };
static const CK_ATTRIBUTE pkcs11js_private[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY), NO(CKA_TOKEN),
	TEXT(CKA_LABEL, "k"), YES(CKA_SIGN) };

static const CK_ATTRIBUTE always_sensitive_repeated_public[] = { NUMBER(CKA_MODULUS_BITS, 2048),
	YES(CKA_TOKEN) };
static const CK_ATTRIBUTE always_sensitive_repeated_private[] = { YES(CKA_TOKEN),
	YES(CKA_SENSITIVE), YES(CKA_ALWAYS_SENSITIVE), YES(CKA_NEVER_EXTRACTABLE), YES(CKA_LOCAL) };

#define CLIENT(name) name##_public, COUNT(name##_public), name##_private, COUNT(name##_private)

static const struct {
	CK_MECHANISM_TYPE mechanism;
	const CK_ATTRIBUTE *public;
	size_t public_count;
	const CK_ATTRIBUTE *private;
	size_t private_count;
	bool sign; /* what the key is then for */
	bool decrypt;
} clients[] = {
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(pkcs11_tool_rsa), true, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(pkcs11_tool_ec), true, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(p11tool_rsa), true, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(p11tool_rsa_decrypt_only), false, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(p11tool_ec), true, false },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(p11_kit_rsa), true, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(p11_kit_ec), true, false },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(libp11), true, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(pkcs11_provider_rsa), true, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(pkcs11_provider_ec), true, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(nss_rsa), true, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(nss_ec), true, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(java_rsa), true, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(java_ec), true, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(crypto11), true, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(ejbca), true, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(strongswan_dh), false, true },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(pykcs11_rsa), true, true },
	{ CKM_EC_KEY_PAIR_GEN, CLIENT(pykcs11_ec), true, false },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(pkcs11js), true, false },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, CLIENT(always_sensitive_repeated), true, true },
};

static const struct tpm_caps caps = { .curves = 1u << CURVE_P256, .rsa_bits = 1u << 2 };

static void
every_template_says_what_key_to_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(clients); i++) {
		const struct mech *m = mech_find(clients[i].mechanism);
		struct attrs public = ATTRS_EMPTY;
		struct attrs private = ATTRS_EMPTY;
		struct keyspec spec = { 0 };

		read_into(clients[i].public, clients[i].public_count, &public);
		read_into(clients[i].private, clients[i].private_count, &private);
		assert_rv(CKR_OK, mech_keyspec(m, &caps, &public, &private, &spec));
		assert_int_equal(spec.kind, m->key_type == CKK_RSA ? KEY_RSA : KEY_EC);
		assert_int_equal(spec.bits, m->key_type == CKK_RSA ? 2048 : 0);
		assert_int_equal(spec.sign, clients[i].sign);
		assert_int_equal(spec.decrypt, clients[i].decrypt);
		attrs_free(&public);
		attrs_free(&private);
	}
}

/* The object that one half of the pair becomes. */
static void
complete_half(const CK_ATTRIBUTE *list, size_t count, enum key_kind kind, bool is_private,
	struct attrs *out)
{
	struct attrs given = ATTRS_EMPTY;
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = { ATTR_GENERATE, ROLE_USER, &given, &fixed, NULL };

	read_into(list, count, &given);
	made_half(kind, is_private, &fixed);
	assert_rv(CKR_OK, attr_complete(&rq, out));
	for (size_t i = 0; i < given.count; i++)
		assert_bytes_equal(
			attrs_bytes(out, given.list[i].type), view(&given.list[i].value));
	attrs_free(&given);
	attrs_free(&fixed);
}

static void
every_template_makes_an_object_that_has_what_was_given(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(clients); i++) {
		enum key_kind kind = clients[i].mechanism == CKM_EC_KEY_PAIR_GEN ? KEY_EC : KEY_RSA;
		struct attrs public = ATTRS_EMPTY;
		struct attrs private = ATTRS_EMPTY;

		complete_half(clients[i].public, clients[i].public_count, kind, false, &public);
		complete_half(clients[i].private, clients[i].private_count, kind, true, &private);
		assert_int_equal(attrs_bool(&private, CKA_SIGN, false), clients[i].sign);
		assert_true(attrs_bool(&private, CKA_PRIVATE, false));
		assert_true(attrs_bool(&private, CKA_SENSITIVE, false));
		assert_true(attrs_bool(&private, CKA_ALWAYS_SENSITIVE, false));
		assert_true(attrs_bool(&private, CKA_NEVER_EXTRACTABLE, false));
		assert_true(attrs_bool(&private, CKA_LOCAL, false) &&
			    attrs_bool(&public, CKA_LOCAL, false));
		assert_false(attrs_bool(&private, CKA_EXTRACTABLE, true));
		assert_false(attrs_bool(&private, CKA_ALWAYS_AUTHENTICATE, true));
		assert_false(attrs_bool(&public, CKA_PRIVATE, true));
		attrs_free(&public);
		attrs_free(&private);
	}
}

static const CK_ATTRIBUTE aes_generate[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY), YES(CKA_TOKEN),
	NUMBER(CKA_KEY_TYPE, CKK_AES), YES(CKA_SENSITIVE), NO(CKA_EXTRACTABLE), YES(CKA_PRIVATE),
	YES(CKA_ENCRYPT), YES(CKA_DECRYPT), YES(CKA_WRAP), YES(CKA_UNWRAP), YES(CKA_SIGN),
	YES(CKA_VERIFY), NUMBER(CKA_VALUE_LEN, 32) };
static const CK_ATTRIBUTE aes_unwrap[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY), YES(CKA_TOKEN),
	NUMBER(CKA_KEY_TYPE, CKK_AES), YES(CKA_SENSITIVE), YES(CKA_ENCRYPT), YES(CKA_DECRYPT),
	YES(CKA_EXTRACTABLE), NUMBER(CKA_VALUE_LEN, 16) };
static const CK_ATTRIBUTE ecdh[] = { NO(CKA_TOKEN), NUMBER(CKA_CLASS, CKO_SECRET_KEY),
	NUMBER(CKA_KEY_TYPE, CKK_GENERIC_SECRET), NUMBER(CKA_VALUE_LEN, 32), NO(CKA_SENSITIVE),
	YES(CKA_EXTRACTABLE), YES(CKA_ENCRYPT), YES(CKA_DECRYPT), YES(CKA_WRAP), YES(CKA_UNWRAP) };

static void
secret_key_templates_are_accepted(void **state)
{
	static const struct {
		enum attr_event event;
		const CK_ATTRIBUTE *list;
		size_t count;
	} rows[] = {
		{ ATTR_GENERATE, aes_generate, COUNT(aes_generate) },
		{ ATTR_UNWRAP, aes_unwrap, COUNT(aes_unwrap) },
		{ ATTR_DERIVE, ecdh, COUNT(ecdh) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct attrs given = ATTRS_EMPTY;
		struct attrs out = ATTRS_EMPTY;
		struct attr_request rq = { rows[i].event, ROLE_USER, &given, NULL, NULL };

		read_into(rows[i].list, rows[i].count, &given);
		assert_rv(CKR_OK, attr_complete(&rq, &out));
		attrs_free(&given);
		attrs_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_template_says_what_key_to_make),
		cmocka_unit_test(every_template_makes_an_object_that_has_what_was_given),
		cmocka_unit_test(secret_key_templates_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
