/* SPDX-License-Identifier: BSD-2-Clause */
/* C_SetAttributeValue and C_CopyObject. */
#include "config.h"

#include "template.h"

/* A private RSA key as it is after generation. */
static void
private_key(const CK_ATTRIBUTE *list, size_t count, struct attrs *out)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attr_request rq = { ATTR_GENERATE, ROLE_USER, &given, &fixed, NULL };

	made_half(KEY_RSA, true, &fixed);
	read_into(list, count, &given);
	assert_rv(CKR_OK, attr_complete(&rq, out));
	attrs_free(&fixed);
	attrs_free(&given);
}

static const struct {
	CK_RV set;
	CK_RV copy;
	CK_ATTRIBUTE change;
} cases[] = {
	{ CKR_OK, CKR_OK, TEXT(CKA_LABEL, "new") },
	{ CKR_OK, CKR_OK, TEXT(CKA_ID, "new") },
	{ CKR_OK, CKR_OK, TEXT(CKA_SUBJECT, "new") },
	{ CKR_OK, CKR_OK, TEXT(CKA_START_DATE, "20260101") },
	{ CKR_OK, CKR_OK, NO(CKA_SIGN) },
	{ CKR_OK, CKR_OK, YES(CKA_SENSITIVE) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY, NO(CKA_SENSITIVE) },
	{ CKR_OK, CKR_OK, NO(CKA_EXTRACTABLE) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY, YES(CKA_EXTRACTABLE) },
	{ CKR_OK, CKR_OK, YES(CKA_WRAP_WITH_TRUSTED) },
	{ CKR_OK, CKR_OK, NO(CKA_COPYABLE) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_OK, NO(CKA_DESTROYABLE) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_OK, YES(CKA_TOKEN) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_OK, NO(CKA_PRIVATE) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_OK, NO(CKA_MODIFIABLE) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_OK, NUMBER(CKA_KEY_TYPE, CKK_RSA) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY, NUMBER(CKA_KEY_TYPE, CKK_EC) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY, TEXT(CKA_UNIQUE_ID, "0001") },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY, NO(CKA_LOCAL) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY, YES(CKA_ALWAYS_AUTHENTICATE) },
	{ CKR_ATTRIBUTE_READ_ONLY, CKR_ATTRIBUTE_READ_ONLY, BYTES(CKA_MODULUS, 1) },
	{ CKR_ATTRIBUTE_VALUE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID, BYTES(CKA_PUBLIC_KEY_INFO, 1) },
	{ CKR_TEMPLATE_INCONSISTENT, CKR_TEMPLATE_INCONSISTENT, TEXT(CKA_APPLICATION, "a") },
};

static void
every_change_has_its_code(void **state)
{
	struct attrs key = ATTRS_EMPTY;

	(void)state;
	private_key(NULL, 0, &key);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct attrs given = ATTRS_EMPTY;
		struct attrs out = ATTRS_EMPTY;
		struct attr_request copy = { ATTR_COPY, ROLE_USER, &given, NULL, &key };

		read_into(&cases[i].change, 1, &given);
		assert_rv(cases[i].set, attr_change(ROLE_USER, &key, &given, &out));
		assert_int_equal(out.count != 0, cases[i].set == CKR_OK);
		assert_true(cases[i].set != CKR_OK || attrs_match(&out, &given));
		attrs_free(&out);
		assert_rv(cases[i].copy, attr_complete(&copy, &out));
		assert_true(cases[i].copy != CKR_OK || attrs_match(&out, &given));
		attrs_free(&out);
		attrs_free(&given);
	}
	attrs_free(&key);
}

static void
one_refused_change_refuses_all(void **state)
{
	CK_ATTRIBUTE list[] = { TEXT(CKA_LABEL, "new"), NO(CKA_SENSITIVE) };
	struct attrs key = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	private_key(NULL, 0, &key);
	READ(list, &given);
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, attr_change(ROLE_USER, &key, &given, &out));
	assert_int_equal(out.count, 0);
	assert_int_equal(attrs_bytes(&key, CKA_LABEL).len, 0);
	attrs_free(&given);
	attrs_free(&key);
}

static void
what_is_not_modifiable_or_copyable_stays(void **state)
{
	CK_ATTRIBUTE list[] = { NO(CKA_MODIFIABLE), NO(CKA_COPYABLE) };
	CK_ATTRIBUTE label[] = { TEXT(CKA_LABEL, "new") };
	struct attrs key = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request copy = { ATTR_COPY, ROLE_USER, &given, NULL, &key };

	(void)state;
	private_key(list, COUNT(list), &key);
	READ(label, &given);
	assert_rv(CKR_ACTION_PROHIBITED, attr_change(ROLE_USER, &key, &given, &out));
	assert_rv(CKR_ACTION_PROHIBITED, attr_complete(&copy, &out));
	attrs_free(&given);
	attrs_free(&key);
}

static void
a_copy_keeps_history_and_gets_its_own_identity(void **state)
{
	struct attrs key = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attrs fixed = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request copy = { ATTR_COPY, ROLE_USER, &given, &fixed, &key };

	(void)state;
	private_key(NULL, 0, &key);
	assert_rv(CKR_OK, attr_complete(&copy, &out));
	assert_false(attrs_has(&out, CKA_UNIQUE_ID));
	assert_rv(CKR_OK, attrs_set(&fixed, CKA_UNIQUE_ID, bytes_str("0002")));
	assert_rv(CKR_OK, attr_complete(&copy, &out));
	assert_bytes_equal(attrs_bytes(&out, CKA_UNIQUE_ID), LITERAL("0002"));
	assert_true(attrs_bool(&out, CKA_LOCAL, false) &&
		    attrs_bool(&out, CKA_ALWAYS_SENSITIVE, false));
	assert_true(
		attrs_u64(&out, CKA_KEY_GEN_MECHANISM, UINT64_MAX) == CKM_RSA_PKCS_KEY_PAIR_GEN);
	attrs_free(&out);
	attrs_free(&fixed);
	attrs_free(&key);
}

static void
only_the_so_makes_a_public_key_trusted(void **state)
{
	CK_ATTRIBUTE list[] = { YES(CKA_TRUSTED) };
	struct attrs key = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	made_half(KEY_EC, false, &key);
	READ(list, &given);
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, attr_change(ROLE_USER, &key, &given, &out));
	assert_rv(CKR_OK, attr_change(ROLE_SO, &key, &given, &out));
	attrs_free(&out);
	attrs_free(&given);
	attrs_free(&key);
}

static void
objects_of_the_token_and_unknown_ones_do_not_change(void **state)
{
	CK_ATTRIBUTE profile[] = { NUMBER(CKA_CLASS, CKO_PROFILE) };
	struct attrs object = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_DEVICE_ERROR, attr_change(ROLE_USER, &object, &object, &out));
	READ(profile, &object);
	assert_rv(CKR_ACTION_PROHIBITED, attr_change(ROLE_USER, &object, &object, &out));
	attrs_free(&object);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_has_its_code),
		cmocka_unit_test(one_refused_change_refuses_all),
		cmocka_unit_test(what_is_not_modifiable_or_copyable_stays),
		cmocka_unit_test(a_copy_keeps_history_and_gets_its_own_identity),
		cmocka_unit_test(only_the_so_makes_a_public_key_trusted),
		cmocka_unit_test(objects_of_the_token_and_unknown_ones_do_not_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
