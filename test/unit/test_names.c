/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/names.h"
#include "tpm2-token/vendor.h"
#include "unit.h"

static void
known_numbers_have_the_names_of_the_standard(void **state)
{
	(void)state;
	assert_string_equal(name_of_rv(CKR_OK), "CKR_OK");
	assert_string_equal(name_of_rv(0x209), "CKR_PARAMETER_SET_NOT_SUPPORTED");
	assert_string_equal(name_of_class(CKO_PRIVATE_KEY), "CKO_PRIVATE_KEY");
	assert_string_equal(name_of_class(9), "CKO_PROFILE");
	assert_string_equal(name_of_key_type(CKK_EC), "CKK_EC");
	assert_string_equal(name_of_attribute(CKA_LABEL), "CKA_LABEL");
	assert_string_equal(name_of_attribute(0x601), "CKA_PROFILE_ID");
	assert_string_equal(name_of_attribute(CKA_TPM2_TOKEN_PARENT), "CKA_TPM2_TOKEN_PARENT");
	assert_string_equal(name_of_mechanism(CKM_ECDSA), "CKM_ECDSA");
	assert_string_equal(name_of_mechanism(0x2b0), "CKM_SHA3_256");
	assert_string_equal(name_of_user(CKU_SO), "CKU_SO");
	assert_string_equal(name_of_state(CKS_RO_PUBLIC_SESSION), "CKS_RO_PUBLIC_SESSION");
}

static void
unknown_numbers_are_shown_as_numbers(void **state)
{
	(void)state;
	assert_string_equal(name_of_rv(0x80001234), "0x80001234");
	assert_string_equal(name_of_class(0x99), "0x99");
	assert_string_equal(name_of_user(17), "0x11");
	assert_string_equal(name_of_attribute((CK_ULONG)-1),
		sizeof(CK_ULONG) == 8 ? "0xffffffffffffffff" : "0xffffffff");
}

static void
several_unknown_numbers_fit_one_line(void **state)
{
	const char *a = name_of_mechanism(0x80000001);
	const char *b = name_of_mechanism(0x80000002);

	(void)state;
	assert_string_equal(a, "0x80000001");
	assert_string_equal(b, "0x80000002");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_numbers_have_the_names_of_the_standard),
		cmocka_unit_test(unknown_numbers_are_shown_as_numbers),
		cmocka_unit_test(several_unknown_numbers_fit_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
