/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "template.h"

static void
attributes_lead_back_to_the_key(void **state)
{
	(void)state;
	for (enum key_kind kind = KEY_RSA; kind <= KEY_EC; kind++) {
		struct pubkey key = PUBKEY_EMPTY;
		struct pubkey back = PUBKEY_EMPTY;
		struct attrs a = ATTRS_EMPTY;

		made_pubkey(kind, &key);
		assert_rv(CKR_OK, attr_of_pubkey(&key, false, &a));
		assert_rv(CKR_OK, attr_to_pubkey(&a, &back));
		assert_true(pubkey_equal(&key, &back));
		assert_true(attrs_has(&a, CKA_PUBLIC_KEY_INFO));
		assert_int_equal(attrs_has(&a, CKA_MODULUS_BITS), kind == KEY_RSA);
		assert_int_equal(attrs_u64(&a, CKA_MODULUS_BITS, 2048), 2048);
		pubkey_free(&key);
		pubkey_free(&back);
		attrs_free(&a);
	}
}

static void
a_private_key_has_the_public_numbers_too(void **state)
{
	struct pubkey key = PUBKEY_EMPTY;
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	made_pubkey(KEY_RSA, &key);
	assert_rv(CKR_OK, attr_of_pubkey(&key, true, &a));
	assert_true(attrs_has(&a, CKA_MODULUS) && attrs_has(&a, CKA_PUBLIC_EXPONENT));
	assert_false(attrs_has(&a, CKA_MODULUS_BITS));
	pubkey_free(&key);
	attrs_free(&a);
}

#define EC  NUMBER(CKA_KEY_TYPE, CKK_EC)
#define RSA NUMBER(CKA_KEY_TYPE, CKK_RSA)

static const struct {
	CK_RV rv;
	CK_ATTRIBUTE list[4];
} bad[] = {
	{ CKR_TEMPLATE_INCOMPLETE, { NO(CKA_TOKEN), NO(CKA_TOKEN), BYTES(CKA_MODULUS, 1),
					   BYTES(CKA_PUBLIC_EXPONENT, 3) } },
	{ CKR_TEMPLATE_INCOMPLETE, { RSA, BYTES(CKA_MODULUS, 1), NO(CKA_TOKEN), NO(CKA_TOKEN) } },
	{ CKR_TEMPLATE_INCOMPLETE,
		{ EC, BYTES(CKA_EC_PARAMS, P256_OID), NO(CKA_TOKEN), NO(CKA_TOKEN) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID,
		{ NUMBER(CKA_KEY_TYPE, CKK_DSA), NO(CKA_TOKEN), NO(CKA_TOKEN), NO(CKA_TOKEN) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID,
		{ RSA, BYTES(CKA_MODULUS, 0, 0), BYTES(CKA_PUBLIC_EXPONENT, 3), NO(CKA_TOKEN) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, { EC, BYTES(CKA_EC_PARAMS, P256_OID),
					       BYTES(CKA_EC_POINT, 4, 1, 2), NO(CKA_TOKEN) } },
	{ CKR_CURVE_NOT_SUPPORTED, { EC, BYTES(CKA_EC_PARAMS, 0x06, 0x03, 0x2b, 0x65, 0x70),
					   BYTES(CKA_EC_POINT, 4), NO(CKA_TOKEN) } },
	{ CKR_DOMAIN_PARAMS_INVALID,
		{ EC, BYTES(CKA_EC_PARAMS, 1), BYTES(CKA_EC_POINT, 4), NO(CKA_TOKEN) } },
};

static void
attributes_that_are_no_key_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct pubkey key = PUBKEY_EMPTY;
		struct attrs a = ATTRS_EMPTY;

		READ(bad[i].list, &a);
		assert_rv(bad[i].rv, attr_to_pubkey(&a, &key));
		assert_int_equal(key.kind, KEY_NONE);
		attrs_free(&a);
	}
}

static void
info_of_another_key_is_refused(void **state)
{
	struct pubkey key = PUBKEY_EMPTY;
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	made_pubkey(KEY_RSA, &key);
	assert_rv(CKR_OK, attr_of_pubkey(&key, false, &a));
	assert_rv(CKR_OK, attrs_set(&a, CKA_MODULUS, LITERAL("\xc1\xc3")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, attr_to_pubkey(&a, &key));
	assert_int_equal(key.modulus.len, 256);
	assert_rv(CKR_OK, attrs_set(&a, CKA_PUBLIC_KEY_INFO, LITERAL("junk")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, attr_to_pubkey(&a, &key));
	pubkey_free(&key);
	attrs_free(&a);
}

static void
a_certificate_gives_only_what_is_left_out(void **state)
{
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, attrs_set(&a, CKA_SUBJECT, BYTES_EMPTY));
	assert_rv(CKR_OK, attrs_set(&a, CKA_ISSUER, LITERAL("mine")));
	assert_rv(CKR_OK, attr_of_certificate(bytes_of(certificate, sizeof certificate), &a));
	assert_int_equal(attrs_bytes(&a, CKA_SUBJECT).len, 14);
	assert_bytes_equal(attrs_bytes(&a, CKA_ISSUER), LITERAL("mine"));
	assert_int_equal(attrs_bytes(&a, CKA_SERIAL_NUMBER).ptr[0], 0x02);
	assert_rv(CKR_OK, attr_of_certificate(BYTES_EMPTY, &a));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, attr_of_certificate(bytes_of(certificate, 100), &a));
	attrs_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_lead_back_to_the_key),
		cmocka_unit_test(a_private_key_has_the_public_numbers_too),
		cmocka_unit_test(attributes_that_are_no_key_are_refused),
		cmocka_unit_test(info_of_another_key_is_refused),
		cmocka_unit_test(a_certificate_gives_only_what_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
