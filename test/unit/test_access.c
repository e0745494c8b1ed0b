/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What calls need of their session.
 */
#include "config.h"

#include "unit.h"

#include "session/session.h"

static void
anyone_may_call_most_functions(void **state)
{
	(void)state;
	for (CK_STATE s = CKS_RO_PUBLIC_SESSION; s <= CKS_RW_SO_FUNCTIONS; s++) {
		assert_rv(CKR_OK, access_check(NEED_ANY, s));
		assert_rv(CKR_OK, access_check(NEED_SESSION, s));
	}
}

static void
without_a_token_little_is_allowed(void **state)
{
	(void)state;
	assert_rv(CKR_OK, access_check(NEED_SESSION, STATE_NO_TOKEN));
	assert_rv(CKR_USER_NOT_LOGGED_IN, access_check(NEED_ANY, STATE_NO_TOKEN));
	assert_rv(CKR_USER_NOT_LOGGED_IN, access_check(NEED_LOGIN, STATE_NO_TOKEN));
	assert_rv(CKR_USER_PIN_NOT_INITIALIZED, access_check(NEED_RW, STATE_NO_TOKEN));
	assert_rv(CKR_USER_NOT_LOGGED_IN, access_check(NEED_SO, STATE_NO_TOKEN));
}

static void
logout_needs_a_login(void **state)
{
	(void)state;
	assert_rv(CKR_USER_NOT_LOGGED_IN, access_check(NEED_LOGIN, CKS_RO_PUBLIC_SESSION));
	assert_rv(CKR_USER_NOT_LOGGED_IN, access_check(NEED_LOGIN, CKS_RW_PUBLIC_SESSION));
	assert_rv(CKR_OK, access_check(NEED_LOGIN, CKS_RO_USER_FUNCTIONS));
	assert_rv(CKR_OK, access_check(NEED_LOGIN, CKS_RW_USER_FUNCTIONS));
	assert_rv(CKR_OK, access_check(NEED_LOGIN, CKS_RW_SO_FUNCTIONS));
}

static void
writing_needs_a_read_write_session(void **state)
{
	(void)state;
	assert_rv(CKR_SESSION_READ_ONLY, access_check(NEED_RW, CKS_RO_PUBLIC_SESSION));
	assert_rv(CKR_SESSION_READ_ONLY, access_check(NEED_RW, CKS_RO_USER_FUNCTIONS));
	assert_rv(CKR_OK, access_check(NEED_RW, CKS_RW_PUBLIC_SESSION));
	assert_rv(CKR_OK, access_check(NEED_RW, CKS_RW_USER_FUNCTIONS));
	assert_rv(CKR_OK, access_check(NEED_RW, CKS_RW_SO_FUNCTIONS));
}

static void
setting_the_users_pin_needs_the_security_officer(void **state)
{
	(void)state;
	for (CK_STATE s = CKS_RO_PUBLIC_SESSION; s < CKS_RW_SO_FUNCTIONS; s++)
		assert_rv(CKR_USER_NOT_LOGGED_IN, access_check(NEED_SO, s));
	assert_rv(CKR_OK, access_check(NEED_SO, CKS_RW_SO_FUNCTIONS));
}

static void
an_unknown_state_gets_nothing(void **state)
{
	(void)state;
	assert_rv(CKR_GENERAL_ERROR, access_check(NEED_ANY, STATE_NO_TOKEN + 1));
	assert_rv(CKR_GENERAL_ERROR, access_check(NEEDS, CKS_RO_PUBLIC_SESSION));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anyone_may_call_most_functions),
		cmocka_unit_test(without_a_token_little_is_allowed),
		cmocka_unit_test(logout_needs_a_login),
		cmocka_unit_test(writing_needs_a_read_write_session),
		cmocka_unit_test(setting_the_users_pin_needs_the_security_officer),
		cmocka_unit_test(an_unknown_state_gets_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
