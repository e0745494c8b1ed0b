/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "model/mech.h"
#include "template.h"

#define RSA CKM_RSA_PKCS_KEY_PAIR_GEN
#define EC  CKM_EC_KEY_PAIR_GEN

static const struct {
	CK_RV rv;
	CK_MECHANISM_TYPE mechanism;
	CK_ATTRIBUTE public[2];
	CK_ATTRIBUTE private[2];
} cases[] = {
	{ CKR_OK, RSA, { NUMBER(CKA_MODULUS_BITS, 2048), BYTES(CKA_PUBLIC_EXPONENT, 0, F4) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_TEMPLATE_INCOMPLETE, RSA, { YES(CKA_TOKEN), YES(CKA_VERIFY) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, RSA, { NUMBER(CKA_MODULUS_BITS, 4096), YES(CKA_VERIFY) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, RSA, { NUMBER(CKA_MODULUS_BITS, 2049), YES(CKA_VERIFY) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_TEMPLATE_INCONSISTENT, RSA,
		{ NUMBER(CKA_MODULUS_BITS, 2048), BYTES(CKA_PUBLIC_EXPONENT, 3) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_TEMPLATE_INCONSISTENT, RSA,
		{ NUMBER(CKA_MODULUS_BITS, 2048), NUMBER(CKA_KEY_TYPE, CKK_EC) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_TEMPLATE_INCONSISTENT, RSA, { NUMBER(CKA_MODULUS_BITS, 2048), YES(CKA_TOKEN) },
		{ NUMBER(CKA_CLASS, CKO_PUBLIC_KEY), YES(CKA_TOKEN) } },
	{ CKR_TEMPLATE_INCONSISTENT, EC, { BYTES(CKA_EC_PARAMS, P256_OID), YES(CKA_TOKEN) },
		{ NO(CKA_SIGN), NO(CKA_DERIVE) } },
	{ CKR_TEMPLATE_INCOMPLETE, EC, { YES(CKA_TOKEN), YES(CKA_VERIFY) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_CURVE_NOT_SUPPORTED, EC, /* P-384: known, but the TPM does not have it */
		{ BYTES(CKA_EC_PARAMS, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22), YES(CKA_TOKEN) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_CURVE_NOT_SUPPORTED, EC, /* secp256k1 */
		{ BYTES(CKA_EC_PARAMS, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a), YES(CKA_TOKEN) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_CURVE_NOT_SUPPORTED, EC, /* PrintableString "a" */
		{ BYTES(CKA_EC_PARAMS, 0x13, 0x01, 0x61), YES(CKA_TOKEN) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_DOMAIN_PARAMS_INVALID, EC, { BYTES(CKA_EC_PARAMS, 0x06, 0x05, 0x2b), YES(CKA_TOKEN) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_DOMAIN_PARAMS_INVALID, EC, { BYTES(CKA_EC_PARAMS, P256_OID, 0), YES(CKA_TOKEN) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_DOMAIN_PARAMS_INVALID, EC, { NOTHING(CKA_EC_PARAMS), YES(CKA_TOKEN) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
	{ CKR_MECHANISM_INVALID, CKM_RSA_PKCS, { NUMBER(CKA_MODULUS_BITS, 2048), YES(CKA_TOKEN) },
		{ YES(CKA_TOKEN), YES(CKA_TOKEN) } },
};

static const struct tpm_caps caps = { .curves = 1u << CURVE_P256, .rsa_bits = 1u << 2 | 1u << 3 };

static void
templates_that_the_tpm_can_not_follow_get_exact_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct attrs public = ATTRS_EMPTY;
		struct attrs private = ATTRS_EMPTY;
		struct keyspec spec = { 0 };

		READ(cases[i].public, &public);
		READ(cases[i].private, &private);
		assert_rv(cases[i].rv, mech_keyspec(mech_find(cases[i].mechanism), &caps, &public,
					       &private, &spec));
		assert_int_equal(spec.kind == KEY_NONE, cases[i].rv != CKR_OK);
		attrs_free(&public);
		attrs_free(&private);
	}
}

static void
usage_that_is_forbidden_leaves_the_other(void **state)
{
	CK_ATTRIBUTE list[] = { NO(CKA_DERIVE) };
	CK_ATTRIBUTE params[] = { BYTES(CKA_EC_PARAMS, P256_OID) };
	struct attrs public = ATTRS_EMPTY;
	struct attrs private = ATTRS_EMPTY;
	struct keyspec spec = { 0 };

	(void)state;
	READ(params, &public);
	READ(list, &private);
	assert_rv(CKR_OK, mech_keyspec(mech_find(EC), &caps, &public, &private, &spec));
	assert_true(spec.sign && !spec.decrypt && spec.curve == CURVE_P256);
	attrs_free(&public);
	attrs_free(&private);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_that_the_tpm_can_not_follow_get_exact_codes),
		cmocka_unit_test(usage_that_is_forbidden_leaves_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
