/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs: login, counts, changing.
 */
#include "config.h"

#include <pthread.h>

#include "token/token_private.h"
#include "token_fixture.h"

#define NEW_PIN LITERAL("another-pin")

/* --- login --- */

static void
login_sets_the_role_and_logout_takes_it(void **state)
{
	struct fixture *f = *state;

	assert_rv(CKR_USER_NOT_LOGGED_IN, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(ROLE_USER, token_role(f->token));
	assert_rv(CKR_USER_ALREADY_LOGGED_IN, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_int_equal(ROLE_PUBLIC, token_role(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_int_equal(ROLE_SO, token_role(f->token));
	assert_rv(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, token_login(f->token, TOKEN_USER, USER_PIN));
}

static void
a_wrong_pin_is_counted_and_a_right_one_clears_the_count(void **state)
{
	struct fixture *f = *state;
	struct token_info info;

	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_USER, LITERAL("nope")));
	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_SO, LITERAL("nope")));
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(1, info.user_tries);
	assert_int_equal(1, info.so_tries);
	assert_int_equal(ROLE_PUBLIC, token_role(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(0, info.user_tries);
	assert_int_equal(1, info.so_tries);
}

static void
impossible_pins_are_incorrect_without_a_command_or_count(void **state)
{
	struct fixture *f = *state;
	uint8_t long_pin[300] = { 0 };
	struct token_info info;
	unsigned calls = fake_tpm.calls;

	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_USER, BYTES_EMPTY));
	assert_rv(CKR_PIN_INCORRECT,
		token_login(f->token, TOKEN_USER, bytes_of(long_pin, sizeof long_pin)));
	assert_int_equal(calls, fake_tpm.calls);
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(0, info.user_tries);
}

static void
the_token_refuses_before_the_tpm_does_and_the_so_unlocks(void **state)
{
	struct fixture *f = *state;
	struct token_info info;
	unsigned calls = 0;

	assert_rv(CKR_OK, token_info(f->token, &info));
	for (uint32_t i = 0; i < info.tries_max; i++)
		assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_USER, LITERAL("nope")));
	assert_true(fake_tpm.failures < fake_tpm.max);
	calls = fake_tpm.calls;
	assert_rv(CKR_PIN_LOCKED, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_PIN_LOCKED, token_set_pin(f->token, TOKEN_USER, USER_PIN, NEW_PIN));
	assert_int_equal(calls, fake_tpm.calls);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_rv(CKR_OK, token_init_pin(f->token, NEW_PIN));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, NEW_PIN));
}

static void
a_tpm_in_lockout_is_a_locked_pin_that_is_not_counted(void **state)
{
	struct fixture *f = *state;
	struct token_info info;

	fake_tpm.failures = fake_tpm.max;
	assert_rv(CKR_PIN_LOCKED, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(0, info.user_tries);
	fake_tpm.failures = 0;
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
}

/* What another process sees, or this one after a kill. */
static void
counted_already(void *arg)
{
	struct token_info info;

	assert_rv(CKR_OK, token_info(arg, &info));
	assert_int_equal(1, info.user_tries);
}

static void
a_try_is_counted_before_the_tpm_is_asked(void **state)
{
	struct fixture *f = *state;
	struct token_info info;

	fake_tpm.during = counted_already;
	fake_tpm.during_arg = f->token;
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_null(fake_tpm.during);
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(0, info.user_tries);
}

/* A process that has waited for its turn to prove a PIN for too long, and goes on. */
static struct core *
impatient(struct fixture *f)
{
	struct core *c = NULL;

	assert_rv(CKR_OK, core_open(f->conf, &c));
	c->pins.limit_ms = 0;
	return c;
}

/* One guess inside the other, each of a process of its own: none has its answer when the next begins. */
static void
guess_meanwhile(void *arg)
{
	static unsigned depth;
	struct fixture *f = arg;

	if (++depth < 20) {
		struct core *other = impatient(f);

		fake_tpm.during = guess_meanwhile;
		assert_int_not_equal(CKR_OK,
			token_login(core_token(other, 0), TOKEN_USER, LITERAL("nope")));
		core_close(other);
	}
	depth--;
}

static void
guesses_at_the_same_time_are_all_counted(void **state)
{
	struct fixture *f = *state;
	struct token_info info;

	fake_tpm.during = guess_meanwhile;
	fake_tpm.during_arg = f;
	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_USER, LITERAL("nope")));
	fake_tpm.during = NULL;
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(info.tries_max, fake_tpm.failures);
	assert_int_equal(info.tries_max, info.user_tries);
	assert_rv(CKR_PIN_LOCKED, token_login(f->token, TOKEN_USER, USER_PIN));
}

static void *
log_in(void *arg)
{
	return (void *)(uintptr_t)token_login(arg, TOKEN_USER, USER_PIN);
}

static pthread_t others[20];

/* They have all begun before the first one has its answer. */
static void
others_log_in(void *arg)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(0, pthread_create(&others[i], NULL, log_in, arg));
}

static void
right_pins_at_the_same_time_cost_one_unseal_and_lock_nothing(void **state)
{
	struct fixture *f = *state;
	unsigned calls = fake_tpm.calls;
	void *rv = NULL;

	fake_tpm.during = others_log_in;
	fake_tpm.during_arg = f->token;
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		assert_int_equal(0, pthread_join(others[i], &rv));
		assert_rv(CKR_USER_ALREADY_LOGGED_IN, (CK_RV)(uintptr_t)rv);
	}
	assert_int_equal(calls + 1, fake_tpm.calls);
}

static void
a_wrong_pin_on_every_token_does_not_lock_the_tpm(void **state)
{
	struct fixture *f = *state;
	char label[] = "t0";
	struct token_info info;

	for (; label[1] < '4'; label[1]++) {
		struct token *t = fixture_init(f->core, label);

		assert_rv(CKR_OK, token_login(t, TOKEN_SO, SO_PIN));
		assert_rv(CKR_OK, token_init_pin(t, USER_PIN));
		assert_rv(CKR_OK, token_logout(t));
	}
	for (int round = 0; round < 4; round++)
		for (size_t i = 0; i < core_token_count(f->core); i++)
			assert_int_not_equal(CKR_OK,
				token_login(core_token(f->core, i), TOKEN_USER, LITERAL("nope")));
	assert_int_equal(fake_tpm.max - 1, fake_tpm.failures);
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_true(info.user_tries < info.tries_max);
	/* The security officer is let in; the user when the TPM has forgotten one, after a while. */
	assert_rv(CKR_PIN_LOCKED, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_rv(CKR_OK, token_logout(f->token));
	fake_tpm.failures--;
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
}

static void
the_limit_is_one_below_the_tpms(void **state)
{
	static const struct {
		uint32_t tpm;
		uint32_t token;
	} rows[] = { { 0, 1 }, { 1, 1 }, { 2, 1 }, { 3, 2 }, { 6, 5 }, { 7, 6 }, { 32, 6 } };
	struct fixture *f = *state;
	char label[] = "t0";

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct token_request rq = { .label = bytes_str(label), .so_pin = SO_PIN };
		struct token_info info;
		struct token *t = NULL;

		fake_tpm.max = rows[i].tpm;
		assert_rv(CKR_OK, token_init(f->core, &rq, &t));
		assert_rv(CKR_OK, token_info(t, &info));
		assert_int_equal(rows[i].token, info.tries_max);
		label[1]++;
	}
}

static void
a_login_that_fails_in_the_tpm_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct token_info info;

	fake_tpm.absent = true;
	assert_rv(CKR_DEVICE_REMOVED, token_login(f->token, TOKEN_USER, USER_PIN));
	fake_tpm.absent = false;
	assert_int_equal(ROLE_PUBLIC, token_role(f->token));
	assert_rv(CKR_OK, token_info(f->token, &info));
	assert_int_equal(0, info.user_tries);
}

static void
login_is_one_unseal(void **state)
{
	struct fixture *f = *state;
	unsigned calls = fake_tpm.calls;

	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(calls + 1, fake_tpm.calls);
}

/* The lock is free while the TPM works: another thread may come in. */
static void
role_meanwhile(void *arg)
{
	assert_int_equal(ROLE_PUBLIC, token_role(arg));
}

static void
no_lock_is_held_while_the_tpm_works(void **state)
{
	struct fixture *f = *state;

	fake_tpm.during = role_meanwhile;
	fake_tpm.during_arg = f->token;
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_null(fake_tpm.during);
}

/* --- setting PINs --- */

static void
only_the_so_sets_the_users_first_pin(void **state)
{
	struct fixture *f = *state;

	assert_rv(CKR_USER_NOT_LOGGED_IN, token_init_pin(f->token, NEW_PIN));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_USER_NOT_LOGGED_IN, token_init_pin(f->token, NEW_PIN));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_rv(CKR_PIN_LEN_RANGE, token_init_pin(f->token, LITERAL("123")));
	assert_rv(CKR_OK, token_init_pin(f->token, LITERAL("1234")));
	assert_rv(CKR_OK, token_init_pin(f->token, NEW_PIN)); /* and again */
}

static void
a_changed_pin_replaces_the_old_and_keys_stay(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");

	assert_rv(CKR_PIN_LEN_RANGE, token_set_pin(f->token, TOKEN_USER, USER_PIN, LITERAL("123")));
	assert_rv(CKR_PIN_INCORRECT, token_set_pin(f->token, TOKEN_USER, LITERAL("nope"), NEW_PIN));
	assert_rv(CKR_OK, token_set_pin(f->token, TOKEN_USER, USER_PIN, NEW_PIN));
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
	fixture_reopen(f);
	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, NEW_PIN));
	assert_int_equal(2, find_label(f->token, "key", &key));
	assert_rv(CKR_OK, try_sign(f->token, key, BYTES_EMPTY));
}

static void
the_so_changes_the_so_pin(void **state)
{
	struct fixture *f = *state;

	assert_rv(CKR_OK, token_set_pin(f->token, TOKEN_SO, SO_PIN, NEW_PIN));
	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, NEW_PIN));
}

static void
a_pin_change_that_fails_anywhere_leaves_the_old_pin(void **state)
{
	struct fixture *f = *state;

	for (unsigned n = 1; n <= 2; n++) {
		fake_tpm.calls = 0;
		fake_tpm.fail_at = n;
		assert_rv(CKR_DEVICE_ERROR, token_set_pin(f->token, TOKEN_USER, USER_PIN, NEW_PIN));
		fake_tpm.fail_at = 0;
		assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
		assert_rv(CKR_OK, token_logout(f->token));
	}
	/* An index that cannot be computed makes the write fail: for every count but 1, so also for
	 * the new seal's 0. */
	fixture_sql(f,
		"UPDATE token SET user_tries = 1;"
		"CREATE INDEX no ON token (abs(iif(user_tries = 1, 0, -9223372036854775808)))");
	assert_int_not_equal(CKR_OK, token_set_pin(f->token, TOKEN_USER, USER_PIN, NEW_PIN));
	assert_rv(CKR_PIN_INCORRECT, token_login(f->token, TOKEN_USER, NEW_PIN));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
}

static void
change_by_another(void *arg)
{
	struct fixture *f = arg;
	struct core *other = impatient(f);

	assert_rv(CKR_OK,
		token_set_pin(core_token(other, 0), TOKEN_USER, USER_PIN, LITERAL("their-pin")));
	core_close(other);
}

static void
of_two_pin_changes_at_once_one_wins(void **state)
{
	struct fixture *f = *state;

	fake_tpm.during = change_by_another;
	fake_tpm.during_arg = f;
	assert_rv(CKR_FUNCTION_FAILED, token_set_pin(f->token, TOKEN_USER, USER_PIN, NEW_PIN));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, LITERAL("their-pin")));
}

#define EMPTY(test) cmocka_unit_test_setup_teardown(test, fixture_empty, fixture_close)
#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TOKEN(login_sets_the_role_and_logout_takes_it),
		TOKEN(a_wrong_pin_is_counted_and_a_right_one_clears_the_count),
		TOKEN(impossible_pins_are_incorrect_without_a_command_or_count),
		TOKEN(the_token_refuses_before_the_tpm_does_and_the_so_unlocks),
		TOKEN(a_tpm_in_lockout_is_a_locked_pin_that_is_not_counted),
		TOKEN(a_try_is_counted_before_the_tpm_is_asked),
		TOKEN(guesses_at_the_same_time_are_all_counted),
		TOKEN(right_pins_at_the_same_time_cost_one_unseal_and_lock_nothing),
		TOKEN(a_wrong_pin_on_every_token_does_not_lock_the_tpm),
		EMPTY(the_limit_is_one_below_the_tpms),
		TOKEN(a_login_that_fails_in_the_tpm_changes_nothing),
		TOKEN(login_is_one_unseal),
		TOKEN(no_lock_is_held_while_the_tpm_works),
		TOKEN(only_the_so_sets_the_users_first_pin),
		USER(a_changed_pin_replaces_the_old_and_keys_stay),
		TOKEN(the_so_changes_the_so_pin),
		TOKEN(a_pin_change_that_fails_anywhere_leaves_the_old_pin),
		TOKEN(of_two_pin_changes_at_once_one_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
