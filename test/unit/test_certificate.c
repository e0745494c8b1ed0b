/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates as objects, and the classes that this token does not have. */
#include "config.h"

#include "template.h"
#include "token_fixture.h"

/* SHA-1 of test/unit/template.h's certificate, calculated elsewhere. */
#define RIGHT_CHECK_VALUE 0xb2, 0x2c, 0xab

static CK_RV
create(struct fixture *f, const CK_ATTRIBUTE *list, size_t count, struct object **out)
{
	struct attrs given = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	read_into(list, count, &given);
	rv = object_create(f->token, 1, &given, out);
	attrs_free(&given);
	return rv;
}

#define X509                                                                                       \
	NUMBER(CKA_CLASS, CKO_CERTIFICATE), NUMBER(CKA_CERTIFICATE_TYPE, CKC_X_509),               \
	{                                                                                          \
		CKA_VALUE, (void *)(uintptr_t)certificate, sizeof certificate                      \
	}

static void
its_check_value_is_calculated_and_a_given_one_compared(void **state)
{
	const struct {
		CK_RV rv;
		size_t len; /* of what the certificate has then */
		size_t count;
		CK_ATTRIBUTE list[4];
	} rows[] = {
		{ CKR_OK, 3, 3, { X509 } },
		{ CKR_OK, 3, 4, { X509, BYTES(CKA_CHECK_VALUE, RIGHT_CHECK_VALUE) } },
		{ CKR_OK, 0, 4, { X509, NOTHING(CKA_CHECK_VALUE) } },
		{ CKR_ATTRIBUTE_VALUE_INVALID, 0, 4, { X509, BYTES(CKA_CHECK_VALUE, 1, 2, 3) } },
		{ CKR_ATTRIBUTE_VALUE_INVALID, 0, 4, { X509, BYTES(CKA_CHECK_VALUE, 1) } },
	};
	static const uint8_t right[] = { RIGHT_CHECK_VALUE };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct object *o = NULL;

		assert_rv(rows[i].rv, create(*state, rows[i].list, rows[i].count, &o));
		if (o != NULL)
			assert_bytes_equal(attrs_bytes(object_attrs(o), CKA_CHECK_VALUE),
				bytes_of(right, rows[i].len));
		object_put(o);
	}
}

static void
one_that_is_elsewhere_has_no_check_value(void **state)
{
	const CK_ATTRIBUTE list[] = { NUMBER(CKA_CLASS, CKO_CERTIFICATE),
		NUMBER(CKA_CERTIFICATE_TYPE, CKC_X_509), NOTHING(CKA_SUBJECT), NOTHING(CKA_VALUE),
		TEXT(CKA_URL, "http://a"), BYTES(CKA_HASH_OF_SUBJECT_PUBLIC_KEY, 1),
		BYTES(CKA_HASH_OF_ISSUER_PUBLIC_KEY, 1) };
	struct object *o = NULL;

	assert_rv(CKR_OK, create(*state, list, COUNT(list), &o));
	assert_false(attrs_has(object_attrs(o), CKA_CHECK_VALUE));
	object_put(o);
}

static CK_RV
change(struct fixture *f, struct object *o, CK_ATTRIBUTE change)
{
	struct attrs given = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	read_into(&change, 1, &given);
	rv = object_change(f->token, o, &given);
	attrs_free(&given);
	return rv;
}

static void
the_so_trusts_it_and_then_it_stays_as_it_is(void **state)
{
	const CK_ATTRIBUTE list[] = { X509, YES(CKA_TOKEN) };
	struct fixture *f = *state;
	struct object *o = NULL, *now = NULL;

	assert_rv(CKR_OK, create(f, list, COUNT(list), &o));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, change(f, o, (CK_ATTRIBUTE)YES(CKA_TRUSTED)));
	assert_rv(CKR_OK, change(f, o, (CK_ATTRIBUTE)TEXT(CKA_LABEL, "a")));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_rv(CKR_OK, change(f, o, (CK_ATTRIBUTE)YES(CKA_TRUSTED)));
	assert_rv(CKR_OK, object_get(f->token, object_handle(o), &now));
	assert_true(attrs_bool(object_attrs(now), CKA_TRUSTED, false));
	assert_rv(CKR_ACTION_PROHIBITED, change(f, now, (CK_ATTRIBUTE)TEXT(CKA_LABEL, "b")));
	assert_rv(CKR_ACTION_PROHIBITED, change(f, now, (CK_ATTRIBUTE)NO(CKA_TRUSTED)));
	object_put(now);
	object_put(o);
}

/* PKCS#11 3.2, 4.1.1: an invalid value of a valid attribute. */
static void
what_this_token_does_not_have_is_not_made(void **state)
{
	const struct {
		CK_ATTRIBUTE list[2];
	} rows[] = {
		{ { NUMBER(CKA_CLASS, CKO_HW_FEATURE), YES(CKA_TOKEN) } },
		{ { NUMBER(CKA_CLASS, CKO_DOMAIN_PARAMETERS), NUMBER(CKA_KEY_TYPE, CKK_DSA) } },
		{ { NUMBER(CKA_CLASS, CKO_MECHANISM), YES(CKA_TOKEN) } },
		{ { NUMBER(CKA_CLASS, CKO_OTP_KEY), NUMBER(CKA_KEY_TYPE, CKK_HOTP) } },
		{ { NUMBER(CKA_CLASS, CKO_VALIDATION), YES(CKA_TOKEN) } },
		{ { NUMBER(CKA_CLASS, CKO_TRUST), YES(CKA_TOKEN) } },
		{ { NUMBER(CKA_CLASS, CKO_VENDOR_DEFINED | 1), YES(CKA_TOKEN) } },
		{ { NUMBER(CKA_CLASS, CKO_CERTIFICATE),
			NUMBER(CKA_CERTIFICATE_TYPE, CKC_X_509_ATTR_CERT) } },
		{ { NUMBER(CKA_CLASS, CKO_CERTIFICATE), NUMBER(CKA_CERTIFICATE_TYPE, CKC_WTLS) } },
		{ { NUMBER(CKA_CLASS, CKO_PUBLIC_KEY), NUMBER(CKA_KEY_TYPE, CKK_DSA) } },
		{ { NUMBER(CKA_CLASS, CKO_SECRET_KEY), NUMBER(CKA_KEY_TYPE, CKK_RC4) } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct object *o = NULL;

		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, create(*state, rows[i].list, 2, &o));
		assert_null(o);
	}
}

static void
profiles_are_the_tokens(void **state)
{
	const CK_ATTRIBUTE list[] = { NUMBER(CKA_CLASS, CKO_PROFILE),
		NUMBER(CKA_PROFILE_ID, CKP_BASELINE_PROVIDER) };
	struct object *o = NULL;

	assert_rv(CKR_ATTRIBUTE_READ_ONLY, create(*state, list, 2, &o));
	assert_rv(CKR_TEMPLATE_INCOMPLETE, create(*state, list, 1, &o));
	assert_null(o);
}

#define WITH_USER(name) cmocka_unit_test_setup_teardown(name, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_USER(its_check_value_is_calculated_and_a_given_one_compared),
		WITH_USER(one_that_is_elsewhere_has_no_check_value),
		WITH_USER(the_so_trusts_it_and_then_it_stays_as_it_is),
		WITH_USER(what_this_token_does_not_have_is_not_made),
		WITH_USER(profiles_are_the_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
