/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "template.h"

static void
key_of(enum key_kind kind, const CK_ATTRIBUTE *list, size_t count, struct attrs *out)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attr_request rq = { ATTR_GENERATE, ROLE_USER, &given, &fixed, NULL };

	made_half(kind, true, &fixed);
	read_into(list, count, &given);
	assert_rv(CKR_OK, attr_complete(&rq, out));
	attrs_free(&fixed);
	attrs_free(&given);
}

static void
every_entry_is_answered_whatever_the_others_are(void **state)
{
	CK_BBOOL sign = 7;
	CK_ULONG type = 7;
	CK_BYTE small[1];
	CK_ATTRIBUTE list[] = {
		{ CKA_PRIVATE_EXPONENT, NULL, 5 },
		{ CKA_APPLICATION, NULL, 5 },
		{ 0x7ffffff0, small, sizeof small },
		{ CKA_MODULUS, small, sizeof small },
		{ CKA_SIGN, &sign, sizeof sign },
		{ CKA_KEY_TYPE, &type, sizeof type },
		{ CKA_MODULUS, NULL, 0 },
	};
	struct attrs key = ATTRS_EMPTY;

	(void)state;
	key_of(KEY_RSA, NULL, 0, &key);
	assert_rv(CKR_ATTRIBUTE_SENSITIVE, attr_values(&key, list, COUNT(list)));
	for (size_t i = 0; i < 4; i++)
		assert_true(list[i].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(sign, CK_TRUE);
	assert_int_equal(type, CKK_RSA);
	assert_int_equal(list[5].ulValueLen, sizeof type);
	assert_int_equal(list[6].ulValueLen, 256);
	assert_rv(CKR_ATTRIBUTE_TYPE_INVALID, attr_values(&key, &list[1], 1));
	list[3].ulValueLen = sizeof small;
	assert_rv(CKR_BUFFER_TOO_SMALL, attr_values(&key, &list[3], 1));
	assert_rv(CKR_OK, attr_values(&key, &list[4], 3));
	assert_rv(CKR_ARGUMENTS_BAD, attr_values(&key, NULL, 1));
	attrs_free(&key);
}

static void
secret_values_are_hidden_though_the_store_does_not_have_them(void **state)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2,
		CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT };
	CK_ATTRIBUTE open[] = { NO(CKA_SENSITIVE) };
	struct attrs key = ATTRS_EMPTY;
	CK_ATTRIBUTE value = { CKA_VALUE, NULL, 0 };

	(void)state;
	key_of(KEY_RSA, open, COUNT(open), &key); /* still not extractable */
	for (size_t i = 0; i < COUNT(types); i++) {
		CK_ATTRIBUTE one = { types[i], NULL, 0 };

		assert_rv(CKR_ATTRIBUTE_SENSITIVE, attr_values(&key, &one, 1));
	}
	attrs_free(&key);
	key_of(KEY_EC, NULL, 0, &key);
	assert_rv(CKR_ATTRIBUTE_SENSITIVE, attr_values(&key, &value, 1));
	attrs_free(&key);
}

static void
an_open_secret_is_readable(void **state)
{
	CK_ATTRIBUTE list[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY),
		NUMBER(CKA_KEY_TYPE, CKK_GENERIC_SECRET), TEXT(CKA_VALUE, "abc"), NO(CKA_SENSITIVE),
		YES(CKA_EXTRACTABLE) };
	char room[8];
	CK_ATTRIBUTE one = { CKA_VALUE, room, sizeof room };
	struct attrs key = ATTRS_EMPTY;

	(void)state;
	READ(list, &key);
	assert_rv(CKR_OK, attr_values(&key, &one, 1));
	assert_bytes_equal(bytes_of(room, one.ulValueLen), LITERAL("abc"));
	attrs_free(&key);
}

static void
lists_that_nobody_gave_are_empty(void **state)
{
	CK_ATTRIBUTE list[] = { { CKA_UNWRAP_TEMPLATE, NULL, 9 }, { CKA_ID, NULL, 9 },
		{ CKA_LABEL, NULL, 9 }, { CKA_START_DATE, NULL, 9 } };
	CK_ATTRIBUTE allowed = { CKA_ALLOWED_MECHANISMS, NULL, 9 };
	struct attrs key = ATTRS_EMPTY;

	(void)state;
	key_of(KEY_EC, NULL, 0, &key);
	assert_rv(CKR_OK, attr_values(&key, list, COUNT(list)));
	for (size_t i = 0; i < COUNT(list); i++)
		assert_int_equal(list[i].ulValueLen, 0);
	/* An empty one would allow no mechanism. */
	assert_rv(CKR_ATTRIBUTE_TYPE_INVALID, attr_values(&key, &allowed, 1));
	attrs_free(&key);
}

static void
numbers_come_back_as_the_caller_wrote_them(void **state)
{
	CK_ATTRIBUTE given[] = { NUMBERS(CKA_ALLOWED_MECHANISMS, CKM_ECDSA, CKM_ECDSA_SHA256) };
	CK_ULONG allowed[2] = { 0, 0 };
	CK_ATTRIBUTE list[] = { { CKA_ALLOWED_MECHANISMS, allowed, sizeof allowed } };
	struct attrs key = ATTRS_EMPTY;

	(void)state;
	key_of(KEY_EC, given, COUNT(given), &key);
	assert_rv(CKR_OK, attr_values(&key, list, COUNT(list)));
	assert_true(allowed[0] == CKM_ECDSA && allowed[1] == CKM_ECDSA_SHA256);
	list[0].ulValueLen = sizeof allowed - 1;
	assert_rv(CKR_BUFFER_TOO_SMALL, attr_values(&key, list, COUNT(list)));
	attrs_free(&key);
}

static void
unavailable_numbers_are_unavailable_information(void **state)
{
	CK_ULONG mechanism = 0;
	CK_ATTRIBUTE one = { CKA_KEY_GEN_MECHANISM, &mechanism, sizeof mechanism };
	struct attrs key = ATTRS_EMPTY;

	(void)state;
	made_half(KEY_EC, false, &key);
	assert_rv(CKR_OK, attrs_set_u64(&key, CKA_KEY_GEN_MECHANISM, UINT64_MAX));
	assert_rv(CKR_OK, attr_values(&key, &one, 1));
	assert_true(mechanism == CK_UNAVAILABLE_INFORMATION);
	attrs_free(&key);
}

static void
nested_templates_are_answered_entry_by_entry(void **state)
{
	CK_ATTRIBUTE given[] = { NESTED(
		CKA_UNWRAP_TEMPLATE, NUMBER(CKA_CLASS, CKO_SECRET_KEY), TEXT(CKA_LABEL, "abc")) };
	CK_ULONG class = 0;
	char label[3] = "";
	CK_ATTRIBUTE nested[2] = { { 0, NULL, 0 }, { 0, NULL, 0 } };
	CK_ATTRIBUTE one = { CKA_UNWRAP_TEMPLATE, NULL, 0 };
	struct attrs key = ATTRS_EMPTY;

	(void)state;
	key_of(KEY_RSA, given, COUNT(given), &key);
	assert_rv(CKR_OK, attr_values(&key, &one, 1));
	assert_int_equal(one.ulValueLen, sizeof nested);
	one.pValue = nested;
	assert_rv(CKR_OK, attr_values(&key, &one, 1));
	assert_true(nested[0].type == CKA_CLASS && nested[0].ulValueLen == sizeof class);
	assert_true(nested[1].type == CKA_LABEL && nested[1].ulValueLen == sizeof label);
	nested[0].pValue = &class;
	nested[1].pValue = label;
	assert_rv(CKR_OK, attr_values(&key, &one, 1));
	assert_int_equal(class, CKO_SECRET_KEY);
	assert_memory_equal(label, "abc", 3);
	nested[1].ulValueLen = 2;
	assert_rv(CKR_BUFFER_TOO_SMALL, attr_values(&key, &one, 1));
	one.ulValueLen = sizeof nested[0];
	assert_rv(CKR_BUFFER_TOO_SMALL, attr_values(&key, &one, 1));
	attrs_free(&key);
}

static void
a_profile_has_three_attributes(void **state)
{
	CK_ATTRIBUTE profile[] = { NUMBER(CKA_CLASS, CKO_PROFILE),
		NUMBER(CKA_PROFILE_ID, CKP_BASELINE_PROVIDER), TEXT(CKA_UNIQUE_ID, "p1") };
	CK_ATTRIBUTE list[] = { { CKA_CLASS, NULL, 0 }, { CKA_PROFILE_ID, NULL, 0 },
		{ CKA_UNIQUE_ID, NULL, 0 }, { CKA_TOKEN, NULL, 0 }, { CKA_LABEL, NULL, 0 } };
	struct attrs object = ATTRS_EMPTY;

	(void)state;
	READ(profile, &object);
	assert_rv(CKR_OK, attr_values(&object, list, 3));
	assert_rv(CKR_ATTRIBUTE_TYPE_INVALID, attr_values(&object, &list[3], 1));
	assert_rv(CKR_ATTRIBUTE_TYPE_INVALID, attr_values(&object, &list[4], 1));
	attrs_free(&object);
	assert_rv(CKR_DEVICE_ERROR, attr_values(&object, list, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry_is_answered_whatever_the_others_are),
		cmocka_unit_test(secret_values_are_hidden_though_the_store_does_not_have_them),
		cmocka_unit_test(an_open_secret_is_readable),
		cmocka_unit_test(lists_that_nobody_gave_are_empty),
		cmocka_unit_test(numbers_come_back_as_the_caller_wrote_them),
		cmocka_unit_test(unavailable_numbers_are_unavailable_information),
		cmocka_unit_test(nested_templates_are_answered_entry_by_entry),
		cmocka_unit_test(a_profile_has_three_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
