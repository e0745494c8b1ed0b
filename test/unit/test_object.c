/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects: creating, finding, changing, destroying, handles.
 */
#include "config.h"

#include "token_fixture.h"

/* --- rights --- */

static void
what_may_be_created_depends_on_who_is_logged_in(void **state)
{
	static const struct {
		bool token;
		bool private;
		CK_RV public_role, so, user;
	} rows[] = {
		{ false, false, CKR_OK, CKR_OK, CKR_OK },
		{ false, true, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_OK },
		{ true, false, CKR_USER_NOT_LOGGED_IN, CKR_OK, CKR_OK },
		{ true, true, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_OK },
	};
	struct fixture *f = *state;

	for (int who = 0; who < 3; who++) {
		if (who > 0)
			assert_rv(CKR_OK, token_login(f->token, who == 1 ? TOKEN_SO : TOKEN_USER,
						  who == 1 ? SO_PIN : USER_PIN));
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			struct attrs a = ATTRS_EMPTY;
			struct object *o = NULL;
			const CK_RV expected[] = { rows[i].public_role, rows[i].so, rows[i].user };

			give_u64(&a, CKA_CLASS, CKO_DATA);
			give_bool(&a, CKA_TOKEN, rows[i].token);
			give_bool(&a, CKA_PRIVATE, rows[i].private);
			assert_rv(expected[who], object_create(f->token, 1, &a, &o));
			object_put(o);
			attrs_free(&a);
		}
		if (who > 0)
			assert_rv(CKR_OK, token_logout(f->token));
	}
}

static void
bad_templates_are_refused(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	assert_rv(CKR_TEMPLATE_INCOMPLETE, object_create(f->token, 1, &a, &o));
	give_u64(&a, CKA_CLASS, CKO_DOMAIN_PARAMETERS);
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, object_create(f->token, 1, &a, &o));
	give_u64(&a, CKA_CLASS, CKO_PRIVATE_KEY);
	assert_rv(CKR_TEMPLATE_INCOMPLETE, object_create(f->token, 1, &a, &o));
	give_u64(&a, CKA_KEY_TYPE, CKK_DSA);
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, object_create(f->token, 1, &a, &o));
	attrs_free(&a);
	give_u64(&a, CKA_CLASS, CKO_DATA);
	give(&a, CKA_UNIQUE_ID, LITERAL("x"));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_create(f->token, 1, &a, &o));
	attrs_free(&a);
	assert_null(o);
}

static void
a_public_key_is_checked_and_completed(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	struct object *made = NULL;
	struct object *o = NULL;
	struct attrs a = ATTRS_EMPTY;
	struct buf point = BUF_EMPTY;

	assert_rv(CKR_OK, object_get(f->token, key, &made));
	give_u64(&a, CKA_CLASS, CKO_PUBLIC_KEY);
	give_u64(&a, CKA_KEY_TYPE, CKK_EC);
	give_bool(&a, CKA_TOKEN, true);
	give(&a, CKA_EC_PARAMS, attrs_bytes(object_attrs(made), CKA_EC_PARAMS));
	give(&a, CKA_EC_POINT, attrs_bytes(object_attrs(made), CKA_EC_POINT));
	assert_rv(CKR_OK, object_create(f->token, 1, &a, &o));
	assert_true(pubkey_equal(object_pubkey(o), object_pubkey(made)));
	assert_bytes_equal(attrs_bytes(object_attrs(o), CKA_PUBLIC_KEY_INFO),
		attrs_bytes(object_attrs(made), CKA_PUBLIC_KEY_INFO));
	assert_bytes_equal(
		attrs_bytes(object_attrs(o), CKA_ID), attrs_bytes(object_attrs(made), CKA_ID));
	object_put(o);
	o = NULL;
	assert_rv(CKR_OK, buf_set(&point, attrs_bytes(&a, CKA_EC_POINT)));
	point.ptr[10] ^= 1;
	give(&a, CKA_EC_POINT, view(&point));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, object_create(f->token, 1, &a, &o));
	object_put(made);
	buf_free(&point);
	attrs_free(&a);
}

/* --- finding --- */

static void
objects_are_found_in_order_of_creation(void **state)
{
	struct fixture *f = *state;
	struct attrs wanted = ATTRS_EMPTY;
	struct find *find = NULL;
	uint64_t made[100];
	uint64_t handles[200];
	size_t total = 0;
	size_t count = 0;

	for (int i = 0; i < 100; i++)
		made[i] = make_data(f, "same", true, i % 2 == 1);
	make_data(f, "same", false, false);
	give(&wanted, CKA_LABEL, LITERAL("same"));
	give_bool(&wanted, CKA_TOKEN, true);
	assert_rv(CKR_OK, find_start(f->token, &wanted, &find));
	do {
		assert_rv(CKR_OK, find_next(find, handles + total, 7, &count));
		total += count;
	} while (count > 0);
	assert_rv(CKR_OK, find_next(find, handles, 7, &count));
	assert_int_equal(0, count);
	find_free(find);
	attrs_free(&wanted);
	assert_int_equal(100, total);
	assert_memory_equal(made, handles, sizeof made);
	assert_int_equal(101, find_label(f->token, "same", NULL));
	assert_int_equal(101, find_label(f->token, NULL, NULL)); /* and no profile */
	assert_rv(CKR_OK, token_logout(f->token));
	assert_int_equal(51, find_label(f->token, "same", NULL));
}

static void
objects_are_found_by_every_kind_of_attribute(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	struct object *o = NULL;
	uint64_t handle = 0;

	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_int_equal(1, find_one(f->token, CKA_UNIQUE_ID,
				    attrs_bytes(object_attrs(o), CKA_UNIQUE_ID), &handle));
	assert_true(handle == key);
	assert_int_equal(
		2, find_one(f->token, CKA_ID, attrs_bytes(object_attrs(o), CKA_ID), &handle));
	assert_int_equal(2, find_one(f->token, CKA_EC_POINT,
				    attrs_bytes(object_attrs(o), CKA_EC_POINT), &handle));
	assert_int_equal(
		1, find_one(f->token, CKA_CLASS, attrs_bytes(object_attrs(o), CKA_CLASS), &handle));
	assert_int_equal(0, find_one(f->token, CKA_CLASS, LITERAL("short"), &handle));
	assert_int_equal(0, find_one(f->token, 0x12345678, LITERAL("x"), &handle));
	object_put(o);
}

static size_t
count_found(struct token *t, const struct attrs *wanted)
{
	struct find *find = NULL;
	uint64_t handles[16];
	size_t count = 0;

	assert_rv(CKR_OK, find_start(t, wanted, &find));
	assert_rv(CKR_OK, find_next(find, handles, 16, &count));
	find_free(find);
	return count;
}

static void
profiles_are_token_objects_for_a_search_that_names_their_class(void **state)
{
	struct fixture *f = *state;
	struct attrs wanted = ATTRS_EMPTY;

	give_bool(&wanted, CKA_TOKEN, true);
	assert_int_equal(0, count_found(f->token, &wanted));
	give_u64(&wanted, CKA_CLASS, CKO_PROFILE);
	assert_int_equal(4, count_found(f->token, &wanted));
	give_u64(&wanted, CKA_PROFILE_ID, CKP_PUBLIC_CERTIFICATES_TOKEN);
	assert_int_equal(1, count_found(f->token, &wanted));
	give_bool(&wanted, CKA_TOKEN, false);
	assert_int_equal(0, count_found(f->token, &wanted));
	attrs_free(&wanted);
}

static void
profiles_have_three_attributes_and_cannot_be_changed(void **state)
{
	struct fixture *f = *state;
	struct attrs wanted = ATTRS_EMPTY;
	struct attrs change = ATTRS_EMPTY;
	struct object *o = NULL;
	uint64_t handle = 0;

	give_u64(&wanted, CKA_CLASS, CKO_PROFILE);
	assert_int_equal(
		4, find_one(f->token, CKA_CLASS, attrs_bytes(&wanted, CKA_CLASS), &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_int_equal(3, object_attrs(o)->count);
	assert_int_equal(1, attrs_u64(object_attrs(o), CKA_PROFILE_ID, 0));
	give(&change, CKA_LABEL, LITERAL("x"));
	assert_rv(CKR_ACTION_PROHIBITED, object_change(f->token, o, &change));
	assert_rv(CKR_ACTION_PROHIBITED, object_destroy(f->token, o));
	object_put(o);
	object_owner_gone(f->token, 0);
	assert_rv(CKR_OK, try_get(f->token, handle));
	attrs_free(&wanted);
	attrs_free(&change);
}

/* --- handles --- */

static void
logout_kills_private_handles_for_ever(void **state)
{
	struct fixture *f = *state;
	uint64_t private = make_data(f, "private", true, true);
	uint64_t public = make_data(f, "public", true, false);
	uint64_t session = make_data(f, "session", false, true);
	uint64_t open_session = make_data(f, "open", false, false);
	uint64_t again = 0;

	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, private));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, session));
	assert_rv(CKR_OK, try_get(f->token, public));
	assert_rv(CKR_OK, try_get(f->token, open_session));
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, private));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, session));
	assert_int_equal(1, find_label(f->token, "private", &again));
	assert_true(again != private);
	assert_rv(CKR_OK, try_get(f->token, again));
	assert_int_equal(0, find_label(f->token, "session", NULL));
}

static void
handles_that_were_never_given_are_invalid(void **state)
{
	static const uint64_t handles[] = { 0, 1, 99, UINT64_C(1) << 40, UINT64_C(1) << 61,
		UINT64_C(1) << 62, UINT64_MAX };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof handles / sizeof *handles; i++)
		assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, handles[i]));
}

static void
session_objects_go_with_the_session_that_made_them(void **state)
{
	struct fixture *f = *state;
	uint64_t session = make_data(f, "session", false, false);
	uint64_t token = make_data(f, "token", true, false);

	object_owner_gone(f->token, 8);
	assert_rv(CKR_OK, try_get(f->token, session));
	object_owner_gone(f->token, 7);
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, session));
	assert_rv(CKR_OK, try_get(f->token, token));
}

/* --- changing and destroying --- */

static void
a_change_keeps_the_handle_and_reaches_the_file(void **state)
{
	struct fixture *f = *state;
	struct attrs change = ATTRS_EMPTY;

	give(&change, CKA_LABEL, LITERAL("new"));
	for (int i = 0; i < 4; i++) {
		uint64_t handle = make_data(f, "old", (i & 1) != 0, (i & 2) != 0);
		struct object *before = NULL;
		struct object *after = NULL;

		assert_rv(CKR_OK, object_get(f->token, handle, &before));
		assert_rv(CKR_OK, object_change(f->token, before, &change));
		assert_rv(CKR_OK, object_get(f->token, handle, &after));
		assert_bytes_equal(
			LITERAL("old"), label_of(before)); /* held by somebody: unchanged */
		assert_bytes_equal(LITERAL("new"), label_of(after));
		assert_int_equal(0, find_label(f->token, "old", NULL));
		assert_int_equal(i + 1, find_label(f->token, "new", NULL));
		object_put(before);
		object_put(after);
	}
	attrs_free(&change);
	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(2, find_label(f->token, "new", NULL));
}

static void
a_refused_change_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct attrs change = ATTRS_EMPTY;
	uint64_t handle = make_data(f, "label", true, false);
	struct object *o = NULL;

	give(&change, CKA_LABEL, LITERAL("new"));
	give(&change, CKA_UNIQUE_ID, LITERAL("x"));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	assert_rv(CKR_ATTRIBUTE_READ_ONLY, object_change(f->token, o, &change));
	attrs_remove(&change, CKA_UNIQUE_ID);
	assert_rv(CKR_OK, token_logout(f->token));
	assert_rv(CKR_USER_NOT_LOGGED_IN, object_change(f->token, o, &change));
	assert_rv(CKR_USER_NOT_LOGGED_IN, object_destroy(f->token, o));
	object_put(o);
	attrs_free(&change);
	assert_int_equal(1, find_label(f->token, "label", NULL));
}

static void
a_destroyed_object_is_gone_everywhere(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		uint64_t handle = make_data(f, "x", (i & 1) != 0, (i & 2) != 0);
		struct object *o = NULL;

		assert_rv(CKR_OK, object_get(f->token, handle, &o));
		assert_rv(CKR_OK, object_destroy(f->token, o));
		assert_rv(CKR_OBJECT_HANDLE_INVALID, object_destroy(f->token, o));
		object_put(o);
		assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(f->token, handle));
		assert_int_equal(0, find_label(f->token, "x", NULL));
	}
	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(0, find_label(f->token, NULL, NULL));
}

static void
an_object_that_is_not_destroyable_stays(void **state)
{
	struct fixture *f = *state;
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;

	give_u64(&a, CKA_CLASS, CKO_DATA);
	give_bool(&a, CKA_TOKEN, true);
	give_bool(&a, CKA_DESTROYABLE, false);
	assert_rv(CKR_OK, object_create(f->token, 1, &a, &o));
	assert_rv(CKR_ACTION_PROHIBITED, object_destroy(f->token, o));
	assert_rv(CKR_OK, try_get(f->token, object_handle(o)));
	object_put(o);
	attrs_free(&a);
}

static void
a_destroyed_key_is_forgotten_by_the_tpm(void **state)
{
	struct fixture *f = *state;
	uint64_t key = make_ec(f, "key");
	struct object *o = NULL;

	assert_rv(CKR_OK, object_get(f->token, key, &o));
	assert_rv(CKR_OK, object_destroy(f->token, o));
	assert_int_equal(1, fake_tpm.forgotten);
	object_put(o);
}

/* --- other processes --- */

static void
changes_of_another_process_are_seen(void **state)
{
	struct fixture *f = *state;
	struct fixture other = *f;
	struct attrs change = ATTRS_EMPTY;
	struct object *o = NULL;
	uint64_t mine = make_data(f, "mine", true, false);
	uint64_t theirs = 0;

	assert_rv(CKR_OK, core_open(f->conf, &other.core));
	other.token = core_token(other.core, 0);
	assert_rv(CKR_OK, token_login(other.token, TOKEN_USER, USER_PIN));
	make_data(&other, "theirs", true, true);
	assert_int_equal(1, find_label(f->token, "theirs", &theirs));
	assert_rv(CKR_OK, try_get(f->token, theirs));
	give(&change, CKA_LABEL, LITERAL("renamed"));
	assert_rv(CKR_OK, object_get(other.token, mine, &o));
	assert_rv(CKR_OK, object_change(other.token, o, &change));
	object_put(o);
	assert_int_equal(0, find_label(f->token, "mine", NULL));
	assert_int_equal(1, find_label(f->token, "renamed", NULL));
	assert_rv(CKR_OK, object_get(f->token, mine, &o));
	assert_bytes_equal(LITERAL("renamed"), label_of(o));
	assert_rv(CKR_OK, object_destroy(f->token, o));
	object_put(o);
	assert_int_equal(0, find_label(other.token, "renamed", NULL));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, try_get(other.token, mine));
	attrs_free(&change);
	core_close(other.core);
}

static void
a_change_of_what_another_process_changed_keeps_both(void **state)
{
	struct fixture *f = *state;
	struct fixture other = *f;
	struct attrs a = ATTRS_EMPTY;
	struct attrs b = ATTRS_EMPTY;
	struct object *here = NULL;
	struct object *there = NULL;
	uint64_t handle = make_data(f, "old", true, false);

	assert_rv(CKR_OK, core_open(f->conf, &other.core));
	other.token = core_token(other.core, 0);
	assert_rv(CKR_OK, token_login(other.token, TOKEN_USER, USER_PIN));
	assert_rv(CKR_OK, object_get(f->token, handle, &here));
	assert_rv(CKR_OK, object_get(other.token, handle, &there));
	give(&a, CKA_LABEL, LITERAL("new label"));
	give(&b, CKA_APPLICATION, LITERAL("new application"));
	assert_rv(CKR_OK, object_change(f->token, here, &a));
	assert_rv(CKR_OK, object_change(other.token, there, &b));
	object_put(here);
	object_put(there);
	assert_int_equal(1, find_label(f->token, "new label", &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &here));
	assert_bytes_equal(
		LITERAL("new application"), attrs_bytes(object_attrs(here), CKA_APPLICATION));
	object_put(here);
	attrs_free(&a);
	attrs_free(&b);
	core_close(other.core);
}

/* Two threads that have the same object at hand each change something else of it. */
static void
changes_of_a_session_object_add_up(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = make_data(f, "session", false, false);
	struct attrs label = ATTRS_EMPTY;
	struct attrs value = ATTRS_EMPTY;
	struct object *one = NULL;
	struct object *two = NULL;

	give(&label, CKA_LABEL, LITERAL("new label"));
	give(&value, CKA_VALUE, LITERAL("new value"));
	assert_rv(CKR_OK, object_get(f->token, handle, &one));
	assert_rv(CKR_OK, object_get(f->token, handle, &two));
	assert_rv(CKR_OK, object_change(f->token, one, &label));
	assert_rv(CKR_OK, object_change(f->token, two, &value));
	object_put(one);
	assert_rv(CKR_OK, object_get(f->token, handle, &one));
	assert_bytes_equal(LITERAL("new label"), label_of(one));
	assert_bytes_equal(LITERAL("new value"), attrs_bytes(object_attrs(one), CKA_VALUE));
	assert_rv(CKR_OK, object_destroy(f->token, two));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, object_destroy(f->token, one));
	object_put(one);
	object_put(two);
	attrs_free(&label);
	attrs_free(&value);
}

#define TOKEN(test) cmocka_unit_test_setup_teardown(test, fixture_token, fixture_close)
#define USER(test)  cmocka_unit_test_setup_teardown(test, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TOKEN(what_may_be_created_depends_on_who_is_logged_in),
		USER(bad_templates_are_refused),
		USER(a_public_key_is_checked_and_completed),
		USER(changes_of_a_session_object_add_up),
		USER(objects_are_found_in_order_of_creation),
		USER(objects_are_found_by_every_kind_of_attribute),
		TOKEN(profiles_are_token_objects_for_a_search_that_names_their_class),
		TOKEN(profiles_have_three_attributes_and_cannot_be_changed),
		USER(logout_kills_private_handles_for_ever),
		USER(handles_that_were_never_given_are_invalid),
		USER(session_objects_go_with_the_session_that_made_them),
		USER(a_change_keeps_the_handle_and_reaches_the_file),
		USER(a_refused_change_changes_nothing),
		USER(a_destroyed_object_is_gone_everywhere),
		USER(an_object_that_is_not_destroyable_stays),
		USER(a_destroyed_key_is_forgotten_by_the_tpm),
		USER(changes_of_another_process_are_seen),
		USER(a_change_of_what_another_process_changed_keeps_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
