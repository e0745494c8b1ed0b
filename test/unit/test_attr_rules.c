/* SPDX-License-Identifier: BSD-2-Clause */
/* Footnotes of the standard, event by event. */
#include "config.h"

#include "template.h"

/* Complete with a template and without anything fixed. */
static CK_RV
complete(enum attr_event event, enum attr_role role, const CK_ATTRIBUTE *list, size_t count,
	struct attrs *out)
{
	struct attrs given = ATTRS_EMPTY;
	struct attr_request rq = { .event = event, .role = role, .given = &given };
	CK_RV rv = CKR_OK;

	read_into(list, count, &given);
	rv = attr_complete(&rq, out);
	attrs_free(&given);
	return rv;
}

#define DATA NUMBER(CKA_CLASS, CKO_DATA)
#define X509 NUMBER(CKA_CLASS, CKO_CERTIFICATE), NUMBER(CKA_CERTIFICATE_TYPE, CKC_X_509)
#define URL                                                                                        \
	TEXT(CKA_URL, "u"), BYTES(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, 1),                              \
		BYTES(CKA_HASH_OF_ISSUER_PUBLIC_KEY, 2)
#define ELSEWHERE      X509, NOTHING(CKA_SUBJECT), NOTHING(CKA_VALUE), URL
#define RSA_PUB        NUMBER(CKA_CLASS, CKO_PUBLIC_KEY), NUMBER(CKA_KEY_TYPE, CKK_RSA)
#define RSA_PRI        NUMBER(CKA_CLASS, CKO_PRIVATE_KEY), NUMBER(CKA_KEY_TYPE, CKK_RSA)
#define NUMBERS_OF_PUB BYTES(CKA_MODULUS, 0xc1), BYTES(CKA_PUBLIC_EXPONENT, F4)
#define GENERIC        NUMBER(CKA_CLASS, CKO_SECRET_KEY), NUMBER(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
#define AES            NUMBER(CKA_CLASS, CKO_SECRET_KEY), NUMBER(CKA_KEY_TYPE, CKK_AES)

enum { PLACES = 8 };

static const struct {
	CK_RV rv;
	enum attr_event event;
	enum attr_role role;
	size_t count;
	CK_ATTRIBUTE list[PLACES];
} cases[] = {
	{ CKR_OK, ATTR_CREATE, ROLE_USER, 2, { DATA, TEXT(CKA_APPLICATION, "a") } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 1, { YES(CKA_TOKEN) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 1,
		{ NUMBER(CKA_CLASS, CKO_PUBLIC_KEY) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, ATTR_CREATE, ROLE_USER, 1,
		{ NUMBER(CKA_CLASS, CKO_HW_FEATURE) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, ATTR_CREATE, ROLE_USER, 2,
		{ NUMBER(CKA_CLASS, CKO_PUBLIC_KEY), NUMBER(CKA_KEY_TYPE, CKK_DSA) } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, ATTR_CREATE, ROLE_USER, 2,
		{ NUMBER(CKA_CLASS, CKO_CERTIFICATE), NUMBER(CKA_CERTIFICATE_TYPE, CKC_WTLS) } },
	{ CKR_TEMPLATE_INCONSISTENT, ATTR_CREATE, ROLE_USER, 2, { DATA, YES(CKA_SIGN) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_CREATE, ROLE_USER, 2, { DATA, TEXT(CKA_UNIQUE_ID, "1") } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_CREATE, ROLE_USER, 2,
		{ NUMBER(CKA_CLASS, CKO_PROFILE), NUMBER(CKA_PROFILE_ID, CKP_BASELINE_PROVIDER) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 2, { X509 } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 3, { X509, TEXT(CKA_URL, "http://a") } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 4,
		{ X509, NOTHING(CKA_SUBJECT), NOTHING(CKA_VALUE) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 5,
		{ X509, NOTHING(CKA_SUBJECT), NOTHING(CKA_VALUE), TEXT(CKA_URL, "http://a") } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 6, { X509, NOTHING(CKA_VALUE), URL } },
	{ CKR_OK, ATTR_CREATE, ROLE_USER, 7, { ELSEWHERE } },
	{ CKR_ATTRIBUTE_VALUE_INVALID, ATTR_CREATE, ROLE_USER, 3,
		{ X509, TEXT(CKA_VALUE, "junk") } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_CREATE, ROLE_USER, 4,
		{ X509, TEXT(CKA_URL, "u"), YES(CKA_TRUSTED) } },
	{ CKR_OK, ATTR_CREATE, ROLE_USER, 8, { ELSEWHERE, NO(CKA_TRUSTED) } },
	{ CKR_OK, ATTR_CREATE, ROLE_SO, 8, { ELSEWHERE, YES(CKA_TRUSTED) } },
	{ CKR_OK, ATTR_CREATE, ROLE_PUBLIC, 4, { RSA_PUB, NUMBERS_OF_PUB } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 3,
		{ RSA_PUB, BYTES(CKA_MODULUS, 0xc1) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_CREATE, ROLE_USER, 5,
		{ RSA_PUB, NUMBERS_OF_PUB, YES(CKA_LOCAL) } },
	{ CKR_OK, ATTR_CREATE, ROLE_USER, 5, { RSA_PUB, NUMBERS_OF_PUB, NO(CKA_LOCAL) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 3,
		{ RSA_PRI, BYTES(CKA_MODULUS, 0xc1) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_GENERATE, ROLE_USER, 2, { RSA_PUB } },
	{ CKR_OK, ATTR_GENERATE, ROLE_USER, 3, { RSA_PUB, NUMBER(CKA_MODULUS_BITS, 2048) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_GENERATE, ROLE_USER, 3,
		{ RSA_PRI, BYTES(CKA_MODULUS, 0xc1) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_GENERATE, ROLE_USER, 3,
		{ RSA_PRI, BYTES(CKA_PRIME_1, 0xc1) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_GENERATE, ROLE_USER, 3, { RSA_PRI, NO(CKA_LOCAL) } },
	{ CKR_OK, ATTR_GENERATE, ROLE_USER, 4,
		{ RSA_PRI, YES(CKA_LOCAL), YES(CKA_ALWAYS_SENSITIVE) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_GENERATE, ROLE_USER, 4,
		{ RSA_PRI, NO(CKA_SENSITIVE), YES(CKA_ALWAYS_SENSITIVE) } },
	{ CKR_OK, ATTR_GENERATE, ROLE_USER, 3, { RSA_PRI, YES(CKA_EXTRACTABLE) } },
	{ CKR_TEMPLATE_INCONSISTENT, ATTR_GENERATE, ROLE_USER, 4,
		{ RSA_PRI, YES(CKA_ALWAYS_AUTHENTICATE), NO(CKA_PRIVATE) } },
	{ CKR_OK, ATTR_GENERATE, ROLE_USER, 3, { RSA_PRI, YES(CKA_ALWAYS_AUTHENTICATE) } },
	{ CKR_OK, ATTR_GENERATE, ROLE_USER, 3, { AES, NUMBER(CKA_VALUE_LEN, 16) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_GENERATE, ROLE_USER, 2, { AES } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_GENERATE, ROLE_USER, 4,
		{ AES, NUMBER(CKA_VALUE_LEN, 1), BYTES(CKA_VALUE, 1) } },
	{ CKR_OK, ATTR_CREATE, ROLE_USER, 3, { GENERIC, BYTES(CKA_VALUE, 1) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_CREATE, ROLE_USER, 2, { GENERIC } },
	{ CKR_OK, ATTR_UNWRAP, ROLE_USER, 4, { AES, YES(CKA_TOKEN), NUMBER(CKA_VALUE_LEN, 16) } },
	{ CKR_TEMPLATE_INCOMPLETE, ATTR_UNWRAP, ROLE_USER, 1,
		{ NUMBER(CKA_CLASS, CKO_SECRET_KEY) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_UNWRAP, ROLE_USER, 3, { AES, BYTES(CKA_VALUE, 1) } },
	{ CKR_OK, ATTR_DERIVE, ROLE_USER, 6,
		{ GENERIC, NO(CKA_TOKEN), NUMBER(CKA_VALUE_LEN, 32), NO(CKA_SENSITIVE),
			YES(CKA_EXTRACTABLE) } },
	{ CKR_ATTRIBUTE_TYPE_INVALID, ATTR_GENERATE, ROLE_USER, 3,
		{ RSA_PRI, BYTES(CKA_PUBLIC_KEY_INFO, 1) } },
	{ CKR_OK, ATTR_GENERATE, ROLE_USER, 3, { RSA_PRI, NOTHING(CKA_PUBLIC_KEY_INFO) } },
	{ CKR_ATTRIBUTE_READ_ONLY, ATTR_DERIVE, ROLE_USER, 3, { GENERIC, YES(CKA_LOCAL) } },
};

static void
every_footnote_has_its_code_and_failure_leaves_out_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct attrs out = ATTRS_EMPTY;

		assert_rv(cases[i].rv, complete(cases[i].event, cases[i].role, cases[i].list,
					       cases[i].count, &out));
		assert_int_equal(out.count == 0, cases[i].rv != CKR_OK);
		attrs_free(&out);
	}
}

static void
defaults_of_a_storage_object(void **state)
{
	CK_ATTRIBUTE list[] = { DATA };
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, complete(ATTR_CREATE, ROLE_USER, list, COUNT(list), &out));
	assert_false(attrs_bool(&out, CKA_TOKEN, true) || attrs_bool(&out, CKA_PRIVATE, true));
	assert_true(
		attrs_bool(&out, CKA_MODIFIABLE, false) && attrs_bool(&out, CKA_COPYABLE, false));
	assert_true(attrs_bool(&out, CKA_DESTROYABLE, false));
	assert_true(attrs_has(&out, CKA_LABEL) && attrs_has(&out, CKA_VALUE));
	assert_false(attrs_has(&out, CKA_ID));
	attrs_free(&out);
}

static void
history_flags_are_false_unless_generated_here(void **state)
{
	CK_ATTRIBUTE list[] = { GENERIC, YES(CKA_SENSITIVE) };
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, complete(ATTR_UNWRAP, ROLE_USER, list, COUNT(list), &out));
	assert_false(
		attrs_bool(&out, CKA_LOCAL, true) || attrs_bool(&out, CKA_ALWAYS_SENSITIVE, true));
	assert_false(attrs_bool(&out, CKA_NEVER_EXTRACTABLE, true));
	assert_true(attrs_bool(&out, CKA_EXTRACTABLE, false));
	assert_true(attrs_u64(&out, CKA_KEY_GEN_MECHANISM, 0) == UINT64_MAX);
	attrs_free(&out);
}

/* NSS names one use of a session's key and then uses it for another. */
static void
a_key_of_a_session_has_the_uses_that_nss_does_not_name(void **state)
{
	static const struct {
		enum attr_event event;
		uint64_t said, asked;
		bool token, expected;
	} rows[] = {
		{ ATTR_DERIVE, CKA_WRAP, CKA_UNWRAP, false, true },
		{ ATTR_DERIVE, CKA_WRAP, CKA_UNWRAP, true, false },
		{ ATTR_DERIVE, CKA_WRAP, CKA_DECRYPT, false, false },
		{ ATTR_DERIVE, CKA_UNWRAP, CKA_WRAP, false, false },
		{ ATTR_UNWRAP, CKA_UNWRAP, CKA_DECRYPT, false, true },
		{ ATTR_UNWRAP, CKA_UNWRAP, CKA_DECRYPT, true, false },
		{ ATTR_UNWRAP, CKA_UNWRAP, CKA_WRAP, false, false },
		{ ATTR_UNWRAP, CKA_WRAP, CKA_UNWRAP, false, false },
		{ ATTR_GENERATE, CKA_WRAP, CKA_UNWRAP, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CK_BBOOL token = rows[i].token;
		CK_ATTRIBUTE list[] = { AES, NUMBER(CKA_VALUE_LEN, 16), YES(rows[i].said),
			{ CKA_TOKEN, &token, sizeof token } };
		struct attrs out = ATTRS_EMPTY;

		assert_rv(CKR_OK, complete(rows[i].event, ROLE_USER, list, COUNT(list), &out));
		assert_int_equal(rows[i].expected, attrs_bool(&out, rows[i].asked, false));
		attrs_free(&out);
	}
}

static void
what_the_template_denies_stays_denied(void **state)
{
	CK_ATTRIBUTE list[] = { AES, NUMBER(CKA_VALUE_LEN, 16), YES(CKA_WRAP), NO(CKA_UNWRAP) };
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, complete(ATTR_DERIVE, ROLE_USER, list, COUNT(list), &out));
	assert_false(attrs_bool(&out, CKA_UNWRAP, true));
	attrs_free(&out);
}

/* PKCS#11 3.2, 6.3.17 */
static void
the_past_of_a_derived_key_is_no_better_than_its_base_keys(void **state)
{
	CK_ATTRIBUTE list[] = { GENERIC, YES(CKA_SENSITIVE), NO(CKA_EXTRACTABLE) };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct attrs given = ATTRS_EMPTY;
		struct attrs base = ATTRS_EMPTY;
		struct attrs out = ATTRS_EMPTY;
		struct attr_request rq = { ATTR_DERIVE, ROLE_USER, &given, NULL, &base };

		READ(list, &given);
		assert_rv(CKR_OK, attrs_set_bool(&base, CKA_ALWAYS_SENSITIVE, (i & 1) != 0));
		assert_rv(CKR_OK, attrs_set_bool(&base, CKA_NEVER_EXTRACTABLE, (i & 2) != 0));
		assert_rv(CKR_OK, attr_complete(&rq, &out));
		assert_int_equal((i & 1) != 0, attrs_bool(&out, CKA_ALWAYS_SENSITIVE, false));
		assert_int_equal((i & 2) != 0, attrs_bool(&out, CKA_NEVER_EXTRACTABLE, false));
		assert_false(attrs_bool(&out, CKA_LOCAL, true));
		attrs_free(&given);
		attrs_free(&base);
		attrs_free(&out);
	}
}

static void
a_certificate_tells_its_names_itself(void **state)
{
	CK_ATTRIBUTE list[] = { X509,
		{ CKA_VALUE, (void *)(uintptr_t)certificate, sizeof certificate }, YES(CKA_TOKEN),
		NO(CKA_PRIVATE), TEXT(CKA_LABEL, "c"), BYTES(CKA_ID, 1),
		TEXT(CKA_SERIAL_NUMBER, "not DER"), TEXT(0xce534352, "a@b") };
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, complete(ATTR_CREATE, ROLE_USER, list, COUNT(list), &out));
	assert_bytes_equal(attrs_bytes(&out, CKA_SUBJECT),
		LITERAL("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61"));
	assert_bytes_equal(attrs_bytes(&out, CKA_ISSUER), attrs_bytes(&out, CKA_SUBJECT));
	assert_bytes_equal(attrs_bytes(&out, CKA_SERIAL_NUMBER), LITERAL("not DER"));
	attrs_free(&out);
}

static void
what_is_fixed_may_be_repeated_but_not_contradicted(void **state)
{
	CK_ATTRIBUTE same[] = { RSA_PUB, NUMBER(CKA_MODULUS_BITS, 2048),
		BYTES(CKA_PUBLIC_EXPONENT, 0, F4) };
	CK_ATTRIBUTE other_type[] = { NUMBER(CKA_KEY_TYPE, CKK_EC),
		NUMBER(CKA_MODULUS_BITS, 2048) };
	CK_ATTRIBUTE other_bits[] = { NUMBER(CKA_MODULUS_BITS, 1024) };
	struct attrs fixed = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request rq = { ATTR_GENERATE, ROLE_USER, &given, &fixed, NULL };

	(void)state;
	made_half(KEY_RSA, false, &fixed);
	READ(same, &given);
	assert_rv(CKR_OK, attr_complete(&rq, &out));
	assert_bytes_equal(attrs_bytes(&out, CKA_PUBLIC_EXPONENT), LITERAL("\x01\x00\x01"));
	READ(other_type, &given);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, attr_complete(&rq, &out));
	READ(other_bits, &given);
	assert_rv(CKR_TEMPLATE_INCONSISTENT, attr_complete(&rq, &out));
	attrs_free(&out);
	attrs_free(&given);
	attrs_free(&fixed);
}

static void
an_imported_point_may_come_without_its_wrapping(void **state)
{
	static CK_BYTE point[65] = { 4 };
	CK_ATTRIBUTE list[] = { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY), NUMBER(CKA_KEY_TYPE, CKK_EC),
		BYTES(CKA_EC_PARAMS, P256_OID), { CKA_EC_POINT, point, sizeof point } };
	struct pubkey key = PUBKEY_EMPTY;
	struct attrs fixed = ATTRS_EMPTY;
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request rq = { ATTR_CREATE, ROLE_USER, &given, &fixed, NULL };

	(void)state;
	READ(list, &given);
	assert_rv(CKR_OK, attr_to_pubkey(&given, &key));
	assert_rv(CKR_OK, attr_of_pubkey(&key, false, &fixed));
	assert_rv(CKR_OK, attr_complete(&rq, &out));
	assert_int_equal(attrs_bytes(&out, CKA_EC_POINT).len, 67);
	pubkey_free(&key);
	attrs_free(&out);
	attrs_free(&given);
	attrs_free(&fixed);
}

static void
computed_attributes_are_not_in_a_generated_object_unless_fixed(void **state)
{
	CK_ATTRIBUTE list[] = { RSA_PUB, NUMBER(CKA_MODULUS_BITS, 2048) };
	struct attrs out = ATTRS_EMPTY;

	(void)state;
	assert_rv(CKR_OK, complete(ATTR_GENERATE, ROLE_USER, list, COUNT(list), &out));
	assert_false(attrs_has(&out, CKA_MODULUS_BITS));
	assert_true(attr_is_computed(CKA_MODULUS_BITS, CKO_PUBLIC_KEY));
	assert_true(attr_is_computed(CKA_EC_POINT, CKO_PRIVATE_KEY));
	assert_false(attr_is_computed(CKA_LABEL, CKO_PUBLIC_KEY));
	assert_false(attr_is_computed(CKA_PUBLIC_KEY_INFO, CKO_CERTIFICATE));
	attrs_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_footnote_has_its_code_and_failure_leaves_out_alone),
		cmocka_unit_test(defaults_of_a_storage_object),
		cmocka_unit_test(history_flags_are_false_unless_generated_here),
		cmocka_unit_test(a_key_of_a_session_has_the_uses_that_nss_does_not_name),
		cmocka_unit_test(what_the_template_denies_stays_denied),
		cmocka_unit_test(the_past_of_a_derived_key_is_no_better_than_its_base_keys),
		cmocka_unit_test(a_certificate_tells_its_names_itself),
		cmocka_unit_test(what_is_fixed_may_be_repeated_but_not_contradicted),
		cmocka_unit_test(an_imported_point_may_come_without_its_wrapping),
		cmocka_unit_test(computed_attributes_are_not_in_a_generated_object_unless_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
