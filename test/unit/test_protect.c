/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protection of the store: whatever someone changes in the file behind our
 * back is noticed, and what is private is not in it.
 */
#include "config.h"

#include <stdio.h>

#include "token_fixture.h"

/* A public object and a key; nobody is logged in. */
static uint64_t
prepare(struct fixture *f, uint64_t *key)
{
	uint64_t handle = make_data(f, "public", true, false);

	*key = make_ec(f, "key");
	assert_rv(CKR_OK, token_logout(f->token));
	return handle;
}

/* --- rows of objects --- */

static void
every_changed_column_of_an_object_is_noticed(void **state)
{
	static const char *const changes[] = {
		"UPDATE object SET class = 1 WHERE class = 3",
		"UPDATE object SET key_type = 0 WHERE class = 3",
		"UPDATE object SET is_private = 0 WHERE class = 3",
		"UPDATE object SET uid = replace(uid, substr(uid, 1, 1), iif(substr(uid, 1, 1) = "
		"'a', 'b', 'a')) WHERE class = 3",
		"UPDATE object SET label_key = x'00' WHERE class = 3",
		"UPDATE object SET id_key = x'00' WHERE class = 3",
		"UPDATE object SET tpm_public = substr(tpm_public, 1, length(tpm_public) - 1) || "
		"x'00' WHERE class = 3",
		"UPDATE object SET tpm_private = tpm_private || x'00' WHERE class = 3",
		"UPDATE object SET mac = x'00' WHERE class = 3",
		"UPDATE attribute SET value = x'00' WHERE object IN (SELECT id FROM object WHERE "
		"class = 3) AND type = 3",
		"UPDATE attribute SET type = 999 WHERE object IN (SELECT id FROM object WHERE "
		"class = 3) AND type = 3",
		"DELETE FROM attribute WHERE object IN (SELECT id FROM object WHERE class = 3) AND "
		"type = 3",
		"INSERT INTO attribute (object, type, value) SELECT id, 998, x'01' FROM object "
		"WHERE class = 3",
		/* blobs of one key under the name of another */
		"UPDATE object SET tpm_private = (SELECT max(tpm_private) FROM object) WHERE "
		"tpm_private = (SELECT min(tpm_private) FROM object WHERE class = 3)",
	};

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct fixture *f = NULL;
		struct attrs wanted = ATTRS_EMPTY;
		struct find *find = NULL;
		uint64_t handles[32];
		size_t count = 0;
		CK_RV rv = CKR_OK;

		fixture_user(state);
		f = *state;
		make_ec(f, "one");
		make_ec(f, "two");
		assert_rv(CKR_OK, token_logout(f->token));
		fixture_sql(f, changes[i]);
		fixture_reopen(f);
		rv = token_login(f->token, TOKEN_USER, USER_PIN); /* notices a changed MAC column */
		if (rv == CKR_OK) {
			assert_rv(CKR_OK, find_start(f->token, &wanted, &find));
			rv = find_next(find, handles, 32, &count);
			find_free(find);
		}
		if (rv != CKR_DEVICE_ERROR)
			fail_msg("not noticed: %s", changes[i]);
		fixture_close(state);
	}
}

static void
a_changed_object_is_shown_before_login_and_refused_after(void **state)
{
	struct fixture *f = *state;
	uint64_t key = 0;
	uint64_t handle = prepare(f, &key);

	fixture_sql(f, "UPDATE attribute SET value = CAST('forged' AS BLOB) WHERE value = "
		       "CAST('value of public' AS BLOB)");
	fixture_reopen(f);
	assert_rv(CKR_OK, try_get(f->token, handle));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_DEVICE_ERROR, try_get(f->token, handle));
}

/* A key that is no private object can be held since before the login. */
static void
a_key_that_was_loaded_before_login_is_verified_before_it_signs(void **state)
{
	static const uint8_t digest[32] = { 1 };
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct scheme s = { .alg = ALG_ECDSA };
	struct buf signature = BUF_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;
	uint64_t handle = 0;

	give_bool(&priv, CKA_PRIVATE, false);
	assert_rv(CKR_OK, try_ec(f->token, &priv, true, &a, &b));
	handle = object_handle(b);
	object_put(a);
	object_put(b);
	assert_rv(CKR_OK, token_logout(f->token));
	for (int forged = 0; forged < 2; forged++) {
		if (forged == 1)
			fixture_sql(f, "UPDATE object SET id_key = x'00' WHERE class = 3");
		fixture_reopen(f);
		assert_rv(CKR_OK, object_get(f->token, handle, &b));
		assert_rv(CKR_USER_NOT_LOGGED_IN, object_sign(f->token, b, &s, BYTES_EMPTY,
							  bytes_of(digest, 32), &signature));
		assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
		assert_rv(forged == 1 ? CKR_DEVICE_ERROR : CKR_OK,
			object_sign(
				f->token, b, &s, BYTES_EMPTY, bytes_of(digest, 32), &signature));
		object_put(b);
	}
	buf_free(&signature);
	attrs_free(&priv);
}

/* --- the set of rows --- */

static void
removed_added_and_replayed_rows_are_noticed_at_login(void **state)
{
	static const char *const changes[] = {
		"DELETE FROM object WHERE class = 0",
		"INSERT INTO object SELECT 100, token, class, key_type, is_private, uid, "
		"label_key, id_key, tpm_public, tpm_private, mac FROM object WHERE class = 0",
		"UPDATE object SET id = 100 WHERE class = 3",
		"DELETE FROM object",
	};

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct fixture *f = NULL;
		uint64_t key = 0;

		fixture_user(state);
		f = *state;
		prepare(f, &key);
		fixture_sql(f, changes[i]);
		fixture_reopen(f);
		assert_rv(CKR_DEVICE_ERROR, token_login(f->token, TOKEN_USER, USER_PIN));
		assert_int_equal(ROLE_PUBLIC, token_role(f->token));
		fixture_close(state);
	}
}

static void
an_old_row_put_back_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct attrs change = ATTRS_EMPTY;
	struct object *o = NULL;
	uint64_t handle = make_data(f, "public", true, false);

	fixture_sql(f, "CREATE TABLE old_o AS SELECT * FROM object; CREATE TABLE old_a AS SELECT * "
		       "FROM attribute; UPDATE token SET flags = 0");
	give(&change, CKA_LABEL, LITERAL("changed"));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_rv(CKR_OK, object_change(f->token, o, &change));
	object_put(o);
	attrs_free(&change);
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, token_logout(f->token));
	fixture_sql(f, "INSERT OR REPLACE INTO object SELECT * FROM old_o; INSERT OR REPLACE INTO "
		       "attribute SELECT * FROM old_a");
	assert_rv(CKR_DEVICE_ERROR, token_login(f->token, TOKEN_USER, USER_PIN));
}

static void
a_check_finds_a_changed_row_that_nobody_asked_for(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 70; i++)
		make_data(f, "public", true, i % 2 == 1);
	assert_rv(CKR_OK, token_check(f->token));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, token_check(f->token));
	fixture_sql(f, "UPDATE attribute SET value = x'00' WHERE type = 3 AND object = 70");
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_rv(CKR_DEVICE_ERROR, token_check(f->token));
}

static void
nothing_is_written_to_a_changed_token(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	uint64_t handle = make_data(f, "public", true, false);

	fixture_sql(f, "UPDATE token SET label = 'forged'");
	give_u64(&a, CKA_CLASS, CKO_DATA);
	give_bool(&a, CKA_TOKEN, true);
	assert_rv(CKR_DEVICE_ERROR, object_create(f->token, 0, &a, &o));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_rv(CKR_DEVICE_ERROR, object_destroy(f->token, o));
	object_put(o);
	attrs_free(&a);
}

/* --- the token's row --- */

static void
every_changed_column_of_a_token_is_noticed_at_login(void **state)
{
	static const char *const changes[] = {
		"UPDATE token SET label = 'forged'",
		"UPDATE token SET serial = '0123456789abcdef'",
		"UPDATE token SET parent_kind = 1",
		"UPDATE token SET parent_handle = parent_handle + 1",
		"UPDATE token SET parent_public = x'00'",
		"UPDATE token SET so_public = x'00'",
		"UPDATE token SET so_private = x'00'",
		"UPDATE token SET so_salt = x'00'",
		"UPDATE token SET so_iterations = so_iterations + 1",
		"UPDATE token SET user_public = x'00'",
		"UPDATE token SET flags = 1",
		"UPDATE token SET objects_hash = zeroblob(2048)",
		"UPDATE token SET objects_hash = x'00'",
		"UPDATE token SET mac = x'00'",
	};

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct fixture *f = NULL;
		uint64_t key = 0;

		fixture_user(state);
		f = *state;
		prepare(f, &key);
		fixture_sql(f, changes[i]);
		fixture_reopen(f);
		if (token_login(f->token, TOKEN_USER, USER_PIN) != CKR_DEVICE_ERROR)
			fail_msg("not noticed: %s", changes[i]);
		assert_int_equal(ROLE_PUBLIC, token_role(f->token));
		fixture_close(state);
	}
}

/* What the seal itself is made of stops the login before there is a key to check a MAC with. */
static void
a_changed_seal_does_not_open(void **state)
{
	static const char *const changes[] = {
		"UPDATE token SET parent_name = x'00'",
		"UPDATE token SET user_private = x'00'",
		"UPDATE token SET user_salt = x'00'",
		"UPDATE token SET user_iterations = user_iterations + 1",
		"UPDATE token SET user_iterations = 0",
		"UPDATE token SET user_iterations = 4000000000",
	};

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct fixture *f = NULL;

		fixture_token(state);
		f = *state;
		fixture_sql(f, changes[i]);
		fixture_reopen(f);
		assert_int_not_equal(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
		assert_int_equal(ROLE_PUBLIC, token_role(f->token));
		fixture_close(state);
	}
}

static void
tries_are_counted_without_touching_the_mac(void **state)
{
	struct fixture *f = *state;

	fixture_sql(f, "UPDATE token SET user_tries = 3, so_tries = 2");
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
}

static void
objects_of_another_token_are_not_accepted(void **state)
{
	struct fixture *f = *state;

	make_data(f, "public", true, false);
	fixture_init(f->core, "two");
	fixture_sql(f, "UPDATE object SET token = 2");
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_DEVICE_ERROR, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_DEVICE_ERROR, token_login(core_token(f->core, 1), TOKEN_USER, USER_PIN));
}

/* --- what is in the file --- */

static void
values_of_private_objects_are_not_in_the_file(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = 0;

	make_data(f, "secret label", true, true);
	make_data(f, "public label", true, false);
	assert_true(fixture_file_has(f, LITERAL("public label")));
	assert_true(fixture_file_has(f, LITERAL("value of public label")));
	assert_false(fixture_file_has(f, LITERAL("secret label")));
	assert_false(fixture_file_has(f, LITERAL("value of secret")));
	assert_int_equal(1, find_label(f->token, "secret label", &handle));
	fixture_reopen(f);
	assert_int_equal(0, find_label(f->token, "secret label", NULL));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, handle));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_SO, SO_PIN));
	assert_int_equal(0, find_label(f->token, "secret label", NULL));
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_label(f->token, "secret label", NULL));
}

static void
session_objects_never_reach_the_file(void **state)
{
	struct fixture *f = *state;
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;

	make_data(f, "session label", false, false);
	give(&priv, CKA_LABEL, LITERAL("session key"));
	assert_rv(CKR_OK, try_ec(f->token, &priv, false, &a, &b));
	assert_false(fixture_file_has(f, LITERAL("session label")));
	assert_false(fixture_file_has(f, LITERAL("session key")));
	assert_false(fixture_file_has(f, object_pubkey(a)->point.ptr != NULL
						 ? view(&object_pubkey(a)->point)
						 : BYTES_EMPTY));
	object_put(a);
	object_put(b);
	attrs_free(&priv);
}

static void
pins_are_not_in_the_file(void **state)
{
	struct fixture *f = *state;

	assert_false(fixture_file_has(f, SO_PIN));
	assert_false(fixture_file_has(f, USER_PIN));
}

#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_changed_column_of_an_object_is_noticed),
		USER(a_changed_object_is_shown_before_login_and_refused_after),
		USER(a_key_that_was_loaded_before_login_is_verified_before_it_signs),
		cmocka_unit_test(removed_added_and_replayed_rows_are_noticed_at_login),
		USER(an_old_row_put_back_is_noticed),
		USER(a_check_finds_a_changed_row_that_nobody_asked_for),
		USER(nothing_is_written_to_a_changed_token),
		cmocka_unit_test(every_changed_column_of_a_token_is_noticed_at_login),
		cmocka_unit_test(a_changed_seal_does_not_open),
		TOKEN(tries_are_counted_without_touching_the_mac),
		USER(objects_of_another_token_are_not_accepted),
		USER(values_of_private_objects_are_not_in_the_file),
		USER(session_objects_never_reach_the_file),
		USER(pins_are_not_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
