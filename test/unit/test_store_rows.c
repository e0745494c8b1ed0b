/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/alg.h"
#include "store_fixture.h"

static void
a_token_comes_back_as_it_was_stored(void **state)
{
	struct fixture *f = *state;
	struct token_row row = make_token("Grüße", "0123456789abcdef");
	struct token_row back = { 0 };

	row.user.tries = 3;
	row.user.iterations = UINT32_MAX;
	put_text(&row.user.pub, "user public");
	row.flags = 7;
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_true(row.id > 0);
	fixture_reopen(f);
	assert_rv(CKR_OK, store_token_get(f->store, row.id, &back));
	assert_int_equal(back.id, row.id);
	assert_string_equal(back.label, "Grüße");
	assert_string_equal(back.serial, "0123456789abcdef");
	assert_int_equal(back.parent_kind, PARENT_PERSISTENT);
	assert_int_equal(back.parent_handle, 0x81000001);
	assert_bytes_equal(view(&back.parent_name), LITERAL("name"));
	assert_bytes_equal(view(&back.parent_public), LITERAL("parent public"));
	assert_int_equal(back.caps_id, 0);
	assert_bytes_equal(view(&back.so.pub), LITERAL("so public"));
	assert_bytes_equal(view(&back.so.priv), LITERAL("so private"));
	assert_bytes_equal(view(&back.so.salt), LITERAL("so salt"));
	assert_int_equal(back.so.iterations, 1000);
	assert_bytes_equal(view(&back.user.pub), LITERAL("user public"));
	assert_int_equal(back.user.priv.len, 0);
	assert_int_equal(back.user.tries, 3);
	assert_true(back.user.iterations == UINT32_MAX);
	assert_int_equal(back.flags, 7);
	assert_bytes_equal(view(&back.objects_hash), LITERAL("hash"));
	assert_bytes_equal(view(&back.mac), LITERAL("mac"));
	token_row_free(&row);
	token_row_free(&back);
	token_row_free(NULL);
}

static void
a_token_is_updated_in_place(void **state)
{
	struct fixture *f = *state;
	struct token_row row = make_token("one", "0000000000000001");
	struct token_row back = { 0 };
	int64_t id = 0;

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	id = row.id;
	snprintf(row.label, sizeof row.label, "two");
	put_text(&row.so.priv, "another");
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_int_equal(row.id, id);
	assert_rv(CKR_OK, store_token_get(f->store, id, &back));
	assert_string_equal(back.label, "two");
	assert_bytes_equal(view(&back.so.priv), LITERAL("another"));
	token_row_free(&row);
	token_row_free(&back);
}

static bool
file_contains(const char *path, const char *what)
{
	static char content[1 << 20];
	FILE *file = fopen(path, "r");
	size_t len = 0;

	if (file == NULL)
		return false;
	len = fread(content, 1, sizeof content, file);
	fclose(file);
	return memmem(content, len, what, strlen(what)) != NULL;
}

static void
a_replaced_seal_leaves_no_trace_in_the_files(void **state)
{
	struct fixture *f = *state;
	struct token_row row = make_token("one", "0000000000000001");
	char log[160];

	snprintf(log, sizeof log, "%s-wal", f->path);
	put_text(&row.user.priv, "seal of the old PIN");
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_true(file_contains(log, "seal of the old PIN"));
	put_text(&row.user.priv, "seal of the new PIN");
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_false(file_contains(log, "seal of the old PIN"));
	assert_false(file_contains(f->path, "seal of the old PIN"));
	assert_true(file_contains(f->path, "seal of the new PIN"));
	token_row_free(&row);
}

/* With a reader in the way the trace goes with the next commit, or when the store is closed. */
static void
a_reader_keeps_the_trace_of_a_seal_no_longer_than_it_reads(void **state)
{
	struct fixture *f = *state;
	struct token_row row = make_token("one", "0000000000000001");
	struct store *reader = NULL;
	char log[160];

	snprintf(log, sizeof log, "%s-wal", f->path);
	assert_rv(CKR_OK, store_open(f->path, false, &reader));
	for (int closing = 0; closing < 2; closing++) {
		uint64_t count = 0;
		uint32_t tries = 0;

		put_text(&row.user.priv, "seal of the old PIN");
		assert_rv(CKR_OK, store_begin(f->store));
		assert_rv(CKR_OK, store_token_put(f->store, &row));
		assert_rv(CKR_OK, store_commit(f->store));
		assert_rv(CKR_OK, store_read_begin(reader));
		assert_rv(CKR_OK, store_object_count(reader, row.id, INT64_MAX, &count));
		put_text(&row.user.priv, "seal of the new PIN");
		assert_rv(CKR_OK, store_begin(f->store));
		assert_rv(CKR_OK, store_token_put(f->store, &row));
		assert_rv(CKR_OK, store_commit(f->store));
		store_read_end(reader);
		assert_true(file_contains(log, "seal of the old PIN") ||
			    file_contains(f->path, "seal of the old PIN"));
		if (closing)
			fixture_close(f);
		else
			assert_rv(CKR_OK, store_token_tries(f->store, row.id, true, TRIES_ADD, &tries));
		assert_false(file_contains(log, "seal of the old PIN"));
		assert_false(file_contains(f->path, "seal of the old PIN"));
	}
	store_close(reader);
	token_row_free(&row);
}

static void
a_label_or_serial_that_exists_is_refused_with_a_sentence(void **state)
{
	struct fixture *f = *state;
	struct token_row same_label = make_token("one", "0000000000000002");
	struct token_row same_serial = make_token("two", "0000000000000001");

	store_a_token(f->store, "one", "0000000000000001");
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_ARGUMENTS_BAD, store_token_put(f->store, &same_label));
	assert_non_null(strstr(log_last_error(), "already a token"));
	assert_int_equal(same_label.id, 0);
	store_rollback(f->store);
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_ARGUMENTS_BAD, store_token_put(f->store, &same_serial));
	store_rollback(f->store);
	token_row_free(&same_label);
	token_row_free(&same_serial);
}

static void
a_bad_serial_or_unknown_capabilities_are_refused(void **state)
{
	struct fixture *f = *state;
	struct token_row row = make_token("one", "000000000000000x");

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_ARGUMENTS_BAD, store_token_put(f->store, &row));
	snprintf(row.serial, sizeof row.serial, "0000000000000001");
	row.caps_id = 99;
	assert_rv(CKR_ARGUMENTS_BAD, store_token_put(f->store, &row));
	store_rollback(f->store);
	token_row_free(&row);
}

static void
tokens_are_listed_in_order_and_ids_are_never_used_again(void **state)
{
	struct fixture *f = *state;
	int64_t a = store_a_token(f->store, "a", "0000000000000001");
	int64_t b = store_a_token(f->store, "b", "0000000000000002");
	int64_t *ids = NULL;
	size_t count = 0;

	assert_true(b > a);
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_delete(f->store, b));
	assert_rv(CKR_TOKEN_NOT_PRESENT, store_token_delete(f->store, b));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_true(store_a_token(f->store, "b", "0000000000000002") > b);
	assert_rv(CKR_OK, store_token_list(f->store, &ids, &count));
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], a);
	assert_true(ids[1] > b);
	free(ids);
}

static void
a_token_that_is_gone_is_not_present(void **state)
{
	struct fixture *f = *state;
	struct token_row row = make_token("one", "0000000000000001");
	struct token_row back = { 0 };
	uint32_t tries = 77;

	row.id = 12;
	assert_rv(CKR_TOKEN_NOT_PRESENT, store_token_get(f->store, 12, &back));
	assert_rv(CKR_TOKEN_NOT_PRESENT, store_token_tries(f->store, 12, true, TRIES_ADD, &tries));
	assert_int_equal(tries, 77);
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_TOKEN_NOT_PRESENT, store_token_put(f->store, &row));
	store_rollback(f->store);
	token_row_free(&row);
}

static void
tries_are_counted_for_each_user_and_reset(void **state)
{
	struct fixture *f = *state;
	int64_t id = store_a_token(f->store, "one", "0000000000000001");
	uint32_t tries = 0;

	assert_rv(CKR_OK, store_token_tries(f->store, id, false, TRIES_ADD, &tries));
	assert_int_equal(tries, 1);
	assert_rv(CKR_OK, store_token_tries(f->store, id, false, TRIES_ADD, &tries));
	assert_int_equal(tries, 2);
	assert_rv(CKR_OK, store_token_tries(f->store, id, true, TRIES_ADD, &tries));
	assert_int_equal(tries, 1);
	assert_rv(CKR_OK, store_token_tries(f->store, id, false, TRIES_CLEAR, &tries));
	assert_int_equal(tries, 0);
	assert_rv(CKR_OK, store_token_tries(f->store, id, true, TRIES_ADD, &tries));
	assert_int_equal(tries, 2);
	assert_rv(CKR_OK, store_token_tries(f->store, id, true, TRIES_TAKE_BACK, &tries));
	assert_int_equal(tries, 1);
	assert_rv(CKR_OK, store_token_tries(f->store, id, false, TRIES_TAKE_BACK, &tries));
	assert_int_equal(tries, 0);
}

static void
tries_add_up_over_users_and_tokens(void **state)
{
	struct fixture *f = *state;
	int64_t one = store_a_token(f->store, "one", "0000000000000001");
	int64_t two = store_a_token(f->store, "two", "0000000000000002");
	uint32_t tries = 0;
	uint64_t sum = 77;

	assert_rv(CKR_OK, store_tries_sum(f->store, &sum));
	assert_int_equal(sum, 0);
	assert_rv(CKR_OK, store_token_tries(f->store, one, false, TRIES_ADD, &tries));
	assert_rv(CKR_OK, store_token_tries(f->store, one, true, TRIES_ADD, &tries));
	assert_rv(CKR_OK, store_token_tries(f->store, two, true, TRIES_ADD, &tries));
	assert_rv(CKR_OK, store_tries_sum(f->store, &sum));
	assert_int_equal(sum, 3);
	fixture_sql(f, "UPDATE token SET user_tries = 4294967295, so_tries = 4294967295");
	assert_rv(CKR_OK, store_tries_sum(f->store, &sum));
	assert_true(sum == UINT32_MAX);
}

static void
tries_do_not_wrap(void **state)
{
	struct fixture *f = *state;
	int64_t id = store_a_token(f->store, "one", "0000000000000001");
	uint32_t tries = 0;

	fixture_sql(f, "UPDATE token SET user_tries = 4294967295, so_tries = 4294967295");
	assert_rv(CKR_OK, store_token_tries(f->store, id, false, TRIES_ADD, &tries));
	assert_true(tries == UINT32_MAX);
	assert_rv(CKR_OK, store_token_tries(f->store, id, true, TRIES_ADD, &tries));
	assert_true(tries == UINT32_MAX);
}

static void
an_object_comes_back_as_it_was_stored(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	struct object_row row = make_object(token, CKO_PRIVATE_KEY, true, "label", "id");
	struct object_row back = { 0 };

	row.key_type = ~UINT64_C(0);
	put_text(&row.tpm_public, "public");
	put_text(&row.tpm_private, "private");
	assert_rv(CKR_OK, attrs_set(&row.attrs, UINT64_C(0xffffffff80000001), LITERAL("a\0b")));
	assert_rv(CKR_OK, attrs_set(&row.attrs, CKA_SUBJECT, BYTES_EMPTY));
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_object_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_rv(CKR_OK, store_object_get(f->store, token, row.id, &back));
	assert_true(back.class == CKO_PRIVATE_KEY);
	assert_true(back.key_type == ~UINT64_C(0));
	assert_true(back.is_private);
	assert_int_equal(back.token, token);
	assert_string_equal(back.uid, "uid-label-id");
	assert_bytes_equal(view(&back.label_key), LITERAL("label"));
	assert_bytes_equal(view(&back.id_key), LITERAL("id"));
	assert_bytes_equal(view(&back.tpm_public), LITERAL("public"));
	assert_bytes_equal(view(&back.tpm_private), LITERAL("private"));
	assert_bytes_equal(view(&back.mac), LITERAL("object mac"));
	assert_int_equal(back.attrs.count, row.attrs.count);
	assert_true(attrs_match(&back.attrs, &row.attrs));
	object_row_free(&row);
	object_row_free(&back);
	object_row_free(NULL);
}

static void
replacing_an_object_replaces_its_attributes(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	struct object_row row = make_object(token, CKO_DATA, false, "label", "id");
	struct object_row back = { 0 };
	int64_t id = 0;

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_object_put(f->store, &row));
	id = row.id;
	attrs_remove(&row.attrs, CKA_ID);
	assert_rv(CKR_OK, attrs_set(&row.attrs, CKA_VALUE, LITERAL("v")));
	assert_rv(CKR_OK, store_object_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_int_equal(row.id, id);
	assert_rv(CKR_OK, store_object_get(f->store, token, id, &back));
	assert_int_equal(back.attrs.count, 2);
	assert_false(attrs_has(&back.attrs, CKA_ID));
	assert_bytes_equal(attrs_bytes(&back.attrs, CKA_VALUE), LITERAL("v"));
	object_row_free(&row);
	object_row_free(&back);
}

static void
a_key_that_was_destroyed_or_replaced_leaves_no_trace_in_the_files(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	struct object_row row = make_object(token, CKO_PRIVATE_KEY, true, "label", "id");
	char log[160];

	snprintf(log, sizeof log, "%s-wal", f->path);
	put_text(&row.tpm_private, "blob of the first key");
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_object_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_true(file_contains(log, "blob of the first key"));
	put_text(&row.tpm_private, "blob of the second key");
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_object_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_false(file_contains(log, "blob of the first key"));
	assert_false(file_contains(f->path, "blob of the first key"));
	assert_true(file_contains(f->path, "blob of the second key"));
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_object_delete(f->store, token, row.id));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_false(file_contains(log, "blob of the second key"));
	assert_false(file_contains(f->path, "blob of the second key"));
	object_row_free(&row);
}

static void
an_object_is_found_only_in_its_token(void **state)
{
	struct fixture *f = *state;
	int64_t a = store_a_token(f->store, "a", "0000000000000001");
	int64_t b = store_a_token(f->store, "b", "0000000000000002");
	int64_t id = store_an_object(f->store, a, CKO_DATA, false, "label", "id");
	struct object_row row = make_object(b, CKO_DATA, false, "label", "id");
	struct object_row back = { 0 };

	row.id = id;
	assert_rv(CKR_OBJECT_HANDLE_INVALID, store_object_get(f->store, b, id, &back));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, store_object_get(f->store, a, id + 1, &back));
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, store_object_put(f->store, &row));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, store_object_delete(f->store, b, id));
	assert_rv(CKR_OK, store_object_delete(f->store, a, id));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, store_object_delete(f->store, a, id));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_true(store_an_object(f->store, a, CKO_DATA, false, "label", "id") > id);
	object_row_free(&row);
}

static void
an_object_needs_its_token(void **state)
{
	struct fixture *f = *state;
	struct object_row row = make_object(44, CKO_DATA, false, "label", "id");

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_TOKEN_NOT_PRESENT, store_object_put(f->store, &row));
	assert_int_equal(row.id, 0);
	store_rollback(f->store);
	object_row_free(&row);
}

static void
a_token_takes_its_objects_along(void **state)
{
	struct fixture *f = *state;
	int64_t a = store_a_token(f->store, "a", "0000000000000001");
	int64_t b = store_a_token(f->store, "b", "0000000000000002");
	struct object_row back = { 0 };
	uint64_t count = 0;
	int64_t mine = store_an_object(f->store, a, CKO_DATA, false, "x", "1");
	int64_t other = store_an_object(f->store, b, CKO_DATA, false, "x", "1");

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_delete(f->store, a));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_rv(CKR_OBJECT_HANDLE_INVALID, store_object_get(f->store, a, mine, &back));
	assert_rv(CKR_OK, store_object_get(f->store, b, other, &back));
	object_row_free(&back);
	assert_rv(CKR_OK, store_object_count(f->store, a, INT64_MAX, &count));
	assert_int_equal(count, 0);
	assert_rv(CKR_OK, store_object_count(f->store, b, INT64_MAX, &count));
	assert_int_equal(count, 1);
}

static void
capabilities_are_replaced_by_vendor_and_firmware(void **state)
{
	struct fixture *f = *state;
	struct tpm_caps caps = { "SW   TPM", UINT64_C(0x8000000100000002), 5, 6, 7, true, 1, 4,
		false, true, 32 };
	struct tpm_caps back;
	int64_t first = 0;
	int64_t again = 0;
	int64_t other = 0;

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_caps_put(f->store, &caps, &first));
	caps.max_auth_fail = 10;
	assert_rv(CKR_OK, store_caps_put(f->store, &caps, &again));
	caps.firmware++;
	assert_rv(CKR_OK, store_caps_put(f->store, &caps, &other));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_int_equal(first, again);
	assert_int_not_equal(first, other);
	assert_rv(CKR_OK, store_caps_get(f->store, first, &back));
	assert_string_equal(back.vendor, "SW   TPM");
	assert_true(back.firmware == UINT64_C(0x8000000100000002));
	assert_int_equal(back.hashes, 5);
	assert_int_equal(back.curves, 6);
	assert_int_equal(back.rsa_bits, 7);
	assert_true(back.encrypt_decrypt);
	assert_false(back.fips);
	assert_true(back.pin_fail);
	assert_int_equal(back.max_auth_fail, 10);
	assert_rv(CKR_FUNCTION_FAILED, store_caps_get(f->store, 99, &back));
}

static void
changes_need_a_transaction(void **state)
{
	struct fixture *f = *state;
	struct token_row token = make_token("one", "0000000000000001");
	struct object_row object = make_object(1, CKO_DATA, false, "label", "id");
	struct tpm_caps caps = { .firmware = 1 };
	int64_t id = 0;

	assert_rv(CKR_GENERAL_ERROR, store_token_put(f->store, &token));
	assert_rv(CKR_GENERAL_ERROR, store_token_delete(f->store, 1));
	assert_rv(CKR_GENERAL_ERROR, store_object_put(f->store, &object));
	assert_rv(CKR_GENERAL_ERROR, store_object_delete(f->store, 1, 1));
	assert_rv(CKR_GENERAL_ERROR, store_caps_put(f->store, &caps, &id));
	assert_rv(CKR_GENERAL_ERROR, store_commit(f->store));
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_GENERAL_ERROR, store_begin(f->store));
	store_rollback(f->store);
	token_row_free(&token);
	object_row_free(&object);
}

/* What whoever edits the file may have put there. */
static const char *const hostile_tokens[] = {
	"UPDATE token SET label = '123456789012345678901234567890123'",
	"UPDATE token SET label = CAST(x'610062' AS TEXT)",
	"UPDATE token SET label = x'61'",
	"UPDATE token SET serial = '0123'",
	"UPDATE token SET serial = '0123456789abcdeg'",
	"UPDATE token SET serial = '0123456789abcdef0'",
	"UPDATE token SET parent_kind = 5",
	"UPDATE token SET parent_kind = -1",
	"UPDATE token SET parent_handle = 4294967296",
	"UPDATE token SET parent_name = 'text'",
	"UPDATE token SET caps = 'text'",
	"UPDATE token SET so_private = 7",
	"UPDATE token SET user_tries = -1",
	"UPDATE token SET user_tries = 1.5",
	"UPDATE token SET flags = 'none'",
};

static void
a_hostile_token_row_is_a_device_error(void **state)
{
	struct fixture *f = *state;
	int64_t id = store_a_token(f->store, "one", "0000000000000001");
	struct token_row back = { 0 };
	char *restore = sqlite3_mprintf(
		"ATTACH '%q.copy' AS c; DELETE FROM token; INSERT INTO token SELECT * FROM c.token",
		f->path);
	char *save = sqlite3_mprintf("VACUUM INTO '%q.copy'", f->path);

	fixture_sql(f, save);
	for (size_t i = 0; i < sizeof hostile_tokens / sizeof hostile_tokens[0]; i++) {
		fixture_sql(f, hostile_tokens[i]);
		log_forget_error();
		assert_rv(CKR_DEVICE_ERROR, store_token_get(f->store, id, &back));
		assert_non_null(strstr(log_last_error(), "damaged"));
		assert_null(back.parent_name.ptr);
		fixture_sql(f, restore);
	}
	assert_rv(CKR_OK, store_token_get(f->store, id, &back));
	token_row_free(&back);
	sqlite3_free(restore);
	sqlite3_free(save);
}

static const char *const hostile_objects[] = {
	"UPDATE object SET class = 'x'",
	"UPDATE object SET key_type = 0.5",
	"UPDATE object SET is_private = 2",
	"UPDATE object SET uid = '1234567890123456789012345678901234567'",
	"UPDATE object SET uid = x'00'",
	"UPDATE object SET label_key = 'x'",
	"UPDATE object SET id_key = 3",
	"UPDATE object SET tpm_public = 'x'",
	"UPDATE object SET mac = ''",
	"UPDATE attribute SET value = 'text'",
	"UPDATE attribute SET type = 'text' WHERE type = 3",
};

static void
a_hostile_object_row_is_a_device_error(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	struct object_row back = { 0 };

	for (size_t i = 0; i < sizeof hostile_objects / sizeof hostile_objects[0]; i++) {
		int64_t id = store_an_object(f->store, token, CKO_DATA, false, "label", "id");

		fixture_sql(f, hostile_objects[i]);
		assert_rv(CKR_DEVICE_ERROR, store_object_get(f->store, token, id, &back));
		assert_null(back.attrs.list);
		fixture_sql(f, "DELETE FROM attribute; DELETE FROM object");
	}
}

static void
hostile_capabilities_are_a_device_error(void **state)
{
	struct fixture *f = *state;
	struct tpm_caps back;

	fixture_sql(
		f, "INSERT INTO tpm_caps VALUES (1, '123456789012345678', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)");
	fixture_sql(f, "INSERT INTO tpm_caps VALUES (2, 'x', 1, 1, 1, 1, 2, 1, 1, 1, 1, 1)");
	assert_rv(CKR_DEVICE_ERROR, store_caps_get(f->store, 1, &back));
	assert_rv(CKR_DEVICE_ERROR, store_caps_get(f->store, 2, &back));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(a_token_comes_back_as_it_was_stored),
		STORE_CASE(a_token_is_updated_in_place),
		STORE_CASE(a_replaced_seal_leaves_no_trace_in_the_files),
		STORE_CASE(a_reader_keeps_the_trace_of_a_seal_no_longer_than_it_reads),
		STORE_CASE(a_label_or_serial_that_exists_is_refused_with_a_sentence),
		STORE_CASE(a_bad_serial_or_unknown_capabilities_are_refused),
		STORE_CASE(tokens_are_listed_in_order_and_ids_are_never_used_again),
		STORE_CASE(a_token_that_is_gone_is_not_present),
		STORE_CASE(tries_are_counted_for_each_user_and_reset),
		STORE_CASE(tries_add_up_over_users_and_tokens),
		STORE_CASE(tries_do_not_wrap),
		STORE_CASE(an_object_comes_back_as_it_was_stored),
		STORE_CASE(replacing_an_object_replaces_its_attributes),
		STORE_CASE(a_key_that_was_destroyed_or_replaced_leaves_no_trace_in_the_files),
		STORE_CASE(an_object_is_found_only_in_its_token),
		STORE_CASE(an_object_needs_its_token),
		STORE_CASE(a_token_takes_its_objects_along),
		STORE_CASE(capabilities_are_replaced_by_vendor_and_firmware),
		STORE_CASE(changes_need_a_transaction),
		STORE_CASE(a_hostile_token_row_is_a_device_error),
		STORE_CASE(a_hostile_object_row_is_a_device_error),
		STORE_CASE(hostile_capabilities_are_a_device_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
