/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "template.h"

static CK_ATTRIBUTE good[] = {
	YES(CKA_TOKEN),
	NUMBER(CKA_CLASS, CKO_DATA),
	TEXT(CKA_LABEL, "x"),
	TEXT(CKA_START_DATE, "20260131"),
	NOTHING(CKA_END_DATE),
	NUMBERS(CKA_ALLOWED_MECHANISMS, CKM_RSA_PKCS, CKM_ECDSA),
	YES(CKA_TOKEN),
};

static void
values_become_canonical(void **state)
{
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	READ(good, &a);
	assert_int_equal(a.count, 6);
	assert_bytes_equal(attrs_bytes(&a, CKA_TOKEN), LITERAL("\x01"));
	assert_bytes_equal(attrs_bytes(&a, CKA_CLASS), LITERAL("\0\0\0\0\0\0\0\0"));
	assert_bytes_equal(attrs_bytes(&a, CKA_START_DATE), LITERAL("20260131"));
	assert_true(attrs_has(&a, CKA_END_DATE));
	assert_bytes_equal(attrs_bytes(&a, CKA_ALLOWED_MECHANISMS),
		LITERAL("\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\x10\x41"));
	attrs_free(&a);
}

static void
unavailable_is_the_same_number_on_every_machine(void **state)
{
	CK_ATTRIBUTE list[] = { NUMBER(CKA_KEY_GEN_MECHANISM, CK_UNAVAILABLE_INFORMATION) };
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	READ(list, &a);
	assert_true(attrs_u64(&a, CKA_KEY_GEN_MECHANISM, 0) == UINT64_MAX);
	attrs_free(&a);
}

static void
nested_templates_are_copied_in_order(void **state)
{
	CK_ATTRIBUTE list[] = { NESTED(CKA_UNWRAP_TEMPLATE, YES(CKA_SIGN), NO(CKA_TOKEN)) };
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	READ(list, &a);
	assert_bytes_equal(attrs_bytes(&a, CKA_UNWRAP_TEMPLATE),
		LITERAL("\0\0\0\0\0\0\0\x01\0\0\0\x01\0"
			"\0\0\0\0\0\0\x01\x08\0\0\0\x01\x01"));
	attrs_free(&a);
}

static char long_text[256];

static const struct {
	CK_RV rv;
	CK_ATTRIBUTE attribute;
} bad[] = {
	{ CKR_ARGUMENTS_BAD, { CKA_LABEL, NULL, 3 } },
	{ CKR_ATTRIBUTE_TYPE_INVALID, YES(0x7ffffff0) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, NUMBER(CKA_CERTIFICATE_CATEGORY, 4) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, NUMBER(CKA_JAVA_MIDP_SECURITY_DOMAIN, 4) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, YES(CKA_JAVA_MIDP_SECURITY_DOMAIN) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, BYTES(CKA_TOKEN, 2) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, BYTES(CKA_TOKEN, 1, 0, 0, 0) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, NOTHING(CKA_TOKEN) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, BYTES(CKA_CLASS, 1, 0) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, NOTHING(CKA_CLASS) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, NUMBERS(CKA_CLASS, 1, 2) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, TEXT(CKA_START_DATE, "2026013") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, TEXT(CKA_START_DATE, "2026-1-1") },
	{ CKR_ATTRIBUTE_VALUE_INVALID, BYTES(CKA_START_DATE, 0, 0, 0, 0, 0, 0, 0, 0) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, BYTES(CKA_ALLOWED_MECHANISMS, 1) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, BYTES(CKA_WRAP_TEMPLATE, 1) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, { CKA_LABEL, long_text, 256 } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, { CKA_ID, long_text, 101 } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, { CKA_VALUE, long_text, (CK_ULONG)-1 } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, NESTED(CKA_WRAP_TEMPLATE, BYTES(CKA_SIGN, 7)) },
	{ CKR_ATTRIBUTE_VALUE_INVALID,
		NESTED(CKA_WRAP_TEMPLATE, NESTED(CKA_WRAP_TEMPLATE, YES(CKA_SIGN))) },
	{ CKR_ATTRIBUTE_TYPE_INVALID, NESTED(CKA_WRAP_TEMPLATE, YES(0x7ffffff0)) },
	{ CKR_TEMPLATE_INCONSISTENT, NESTED(CKA_WRAP_TEMPLATE, YES(CKA_SIGN), NO(CKA_SIGN)) },
};

static void
malformed_values_are_refused_and_out_is_unchanged(void **state)
{
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_rv(bad[i].rv, attr_template_read(&bad[i].attribute, 1, &a));
		assert_int_equal(a.count, 0);
	}
	assert_rv(CKR_ARGUMENTS_BAD, attr_template_read(NULL, 1, &a));
	assert_rv(CKR_OK, attr_template_read(NULL, 0, &a));
}

static void
longest_values_and_greatest_numbers_are_accepted(void **state)
{
	CK_ATTRIBUTE list[] = { { CKA_LABEL, long_text, 255 }, { CKA_ID, long_text, 100 },
		NUMBER(CKA_CERTIFICATE_CATEGORY, 3), NUMBER(CKA_JAVA_MIDP_SECURITY_DOMAIN, 3) };
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	READ(list, &a);
	attrs_free(&a);
}

static void
one_attribute_with_two_values_is_inconsistent(void **state)
{
	CK_ATTRIBUTE list[] = { YES(CKA_TOKEN), NO(CKA_TOKEN) };
	struct attrs a = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_TEMPLATE_INCONSISTENT, attr_template_read(list, COUNT(list), &a));
}

static void
search_for_what_can_not_be_finds_nothing(void **state)
{
	CK_ATTRIBUTE twice[] = { YES(CKA_TOKEN), NO(CKA_TOKEN) };
	struct attrs object = ATTRS_EMPTY;
	struct attrs wanted = ATTRS_EMPTY;

	(void)state;
	READ(good, &object);
	for (size_t i = 0; i < COUNT(bad); i++) {
		CK_RV expected = bad[i].rv == CKR_ARGUMENTS_BAD ? CKR_ARGUMENTS_BAD : CKR_OK;

		assert_rv(expected, attr_search_read(&bad[i].attribute, 1, &wanted));
		assert_true(expected != CKR_OK || !attrs_match(&object, &wanted));
	}
	assert_rv(CKR_OK, attr_search_read(twice, COUNT(twice), &wanted));
	assert_false(attrs_match(&object, &wanted));
	assert_rv(CKR_ARGUMENTS_BAD, attr_search_read(NULL, 1, &wanted));
	attrs_free(&wanted);
	attrs_free(&object);
}

static void
search_finds_what_the_template_made(void **state)
{
	struct attrs object = ATTRS_EMPTY;
	struct attrs wanted = ATTRS_EMPTY;

	(void)state;
	READ(good, &object);
	assert_rv(CKR_OK, attr_search_read(good, COUNT(good), &wanted));
	assert_true(attrs_match(&object, &wanted));
	attrs_free(&wanted);
	attrs_free(&object);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_become_canonical),
		cmocka_unit_test(unavailable_is_the_same_number_on_every_machine),
		cmocka_unit_test(nested_templates_are_copied_in_order),
		cmocka_unit_test(malformed_values_are_refused_and_out_is_unchanged),
		cmocka_unit_test(longest_values_and_greatest_numbers_are_accepted),
		cmocka_unit_test(one_attribute_with_two_values_is_inconsistent),
		cmocka_unit_test(search_for_what_can_not_be_finds_nothing),
		cmocka_unit_test(search_finds_what_the_template_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
