/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transactions: all or nothing, whoever else is there and whatever fails.
 */
#include "config.h"

#include <pthread.h>
#include <sys/wait.h>

#include "store_fixture.h"

static size_t
token_count(struct store *s)
{
	int64_t *ids = NULL;
	size_t count = 0;

	assert_rv(CKR_OK, store_token_list(s, &ids, &count));
	free(ids);
	return count;
}

static uint64_t
object_count(struct store *s, int64_t token)
{
	uint64_t count = 0;

	assert_rv(CKR_OK, store_object_count(s, token, INT64_MAX, &count));
	return count;
}

static struct store *
open_another(struct fixture *f)
{
	struct store *s = NULL;

	assert_rv(CKR_OK, store_open(f->path, false, &s));
	assert_non_null(s);
	return s;
}

static void
rollback_leaves_everything_as_before(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	int64_t object = store_an_object(f->store, token, CKO_DATA, false, "old", "1");
	struct object_row row = make_object(token, CKO_DATA, true, "new", "2");
	struct object_row back = { 0 };

	row.id = object;
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_object_put(f->store, &row));
	put_object(f->store, token, CKO_DATA, false, "more", "3");
	assert_int_equal(object_count(f->store, token), 2);
	store_rollback(f->store);
	store_rollback(f->store);
	assert_int_equal(object_count(f->store, token), 1);
	assert_rv(CKR_OK, store_object_get(f->store, token, object, &back));
	assert_false(back.is_private);
	assert_bytes_equal(attrs_bytes(&back.attrs, CKA_LABEL), LITERAL("old"));
	object_row_free(&row);
	object_row_free(&back);
}

static void
rollback_after_commit_undoes_nothing(void **state)
{
	struct fixture *f = *state;

	store_a_token(f->store, "one", "0000000000000001");
	store_rollback(f->store);
	assert_int_equal(token_count(f->store), 1);
}

static void
a_transaction_that_failed_in_part_is_not_committed(void **state)
{
	struct fixture *f = *state;
	struct token_row first = make_token("one", "0000000000000001");
	struct token_row second = make_token("one", "0000000000000002");

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &first));
	assert_rv(CKR_ARGUMENTS_BAD, store_token_put(f->store, &second));
	assert_rv(CKR_FUNCTION_FAILED, store_commit(f->store));
	assert_int_equal(token_count(f->store), 0);
	store_a_token(f->store, "one", "0000000000000001");
	token_row_free(&first);
	token_row_free(&second);
}

static void
an_open_transaction_is_rolled_back_by_closing(void **state)
{
	struct fixture *f = *state;
	struct store *s = open_another(f);
	struct token_row row = make_token("one", "0000000000000001");

	assert_rv(CKR_OK, store_begin(s));
	assert_rv(CKR_OK, store_token_put(s, &row));
	store_rollback(s);
	store_close(s);
	assert_int_equal(token_count(f->store), 0);
	token_row_free(&row);
}

static void
nothing_is_written_to_a_store_that_was_removed(void **state)
{
	struct fixture *f = *state;
	struct store *later = NULL;

	store_a_token(f->store, "one", "0000000000000001");
	assert_int_equal(0, unlink(f->path));
	assert_rv(CKR_DEVICE_ERROR, store_begin(f->store));
	assert_non_null(strstr(log_last_error(), "removed or replaced"));
	assert_int_equal(token_count(f->store), 1);
	assert_rv(CKR_OK, store_open(f->path, true, &later));
	assert_rv(CKR_DEVICE_ERROR, store_begin(f->store));
	assert_rv(CKR_OK, store_begin(later));
	store_rollback(later);
	store_close(later);
}

static void
the_version_tells_what_others_have_changed(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_another(f);
	uint64_t before = 0;
	uint64_t after = 0;

	assert_rv(CKR_OK, store_version(other, &before));
	assert_rv(CKR_OK, store_version(other, &after));
	assert_true(before == after);
	store_a_token(f->store, "one", "0000000000000001");
	assert_rv(CKR_OK, store_version(other, &after));
	assert_true(before != after);
	assert_int_equal(token_count(other), 1);
	before = after;
	store_a_token(other, "two", "0000000000000002");
	assert_rv(CKR_OK, store_version(other, &after));
	assert_true(before == after);
	store_close(other);
}

static void
readers_see_nothing_of_an_open_transaction(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_another(f);
	struct token_row row = make_token("one", "0000000000000001");

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	assert_int_equal(token_count(other), 0);
	assert_rv(CKR_OK, store_commit(f->store));
	assert_int_equal(token_count(other), 1);
	store_close(other);
	token_row_free(&row);
}

static void
a_second_writer_gives_up_after_the_timeout(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_another(f);

	store_set_timeout(other, 1);
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_FUNCTION_FAILED, store_begin(other));
	assert_non_null(strstr(log_last_error(), "another program"));
	store_rollback(f->store);
	assert_rv(CKR_OK, store_begin(other));
	store_rollback(other);
	store_close(other);
}

static void
a_reader_does_not_stop_a_seal_from_being_replaced(void **state)
{
	struct fixture *f = *state;
	struct store *other = open_another(f);
	struct token_row row = make_token("one", "0000000000000001");

	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	assert_rv(CKR_OK, store_read_begin(other));
	assert_int_equal(token_count(other), 1);
	put_text(&row.so.priv, "new");
	assert_rv(CKR_OK, store_begin(f->store));
	assert_rv(CKR_OK, store_token_put(f->store, &row));
	assert_rv(CKR_OK, store_commit(f->store));
	store_read_end(other);
	store_close(other);
	token_row_free(&row);
}

static void
a_full_disk_is_device_memory_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	struct object_row row = make_object(token, CKO_DATA, false, "label", "id");
	CK_RV rv = CKR_OK;

	assert_rv(CKR_OK, buf_resize(&row.tpm_private, 1 << 20));
	assert_int_equal(sqlite3_exec(f->store->db, "PRAGMA max_page_count = 40", NULL, NULL, NULL),
		SQLITE_OK);
	assert_rv(CKR_OK, store_begin(f->store));
	put_object(f->store, token, CKO_DATA, false, "small", "id");
	rv = store_object_put(f->store, &row);
	assert_rv(CKR_DEVICE_MEMORY, rv);
	assert_int_equal(row.id, 0);
	/* SQLite may have rolled back already: what follows must not be stored on its own. */
	(void)!store_object_delete(f->store, token, 1);
	assert_rv(CKR_FUNCTION_FAILED, store_commit(f->store));
	assert_int_equal(object_count(f->store, token), 0);
	store_an_object(f->store, token, CKO_DATA, false, "small", "id");
	object_row_free(&row);
}

struct writer {
	struct store *store;
	int64_t token;
};

static void *
write_objects(void *arg)
{
	struct writer *w = arg;

	for (int i = 0; i < 20; i++) {
		struct object_row row = { .token = w->token, .class = CKO_DATA };
		CK_RV rv = store_begin(w->store);

		if (rv == CKR_OK)
			rv = store_object_put(w->store, &row);
		if (rv == CKR_OK)
			rv = store_commit(w->store);
		store_rollback(w->store);
		object_row_free(&row);
		if (rv != CKR_OK)
			return w;
	}
	return NULL;
}

static void
threads_take_turns(void **state)
{
	struct fixture *f = *state;
	struct writer w = { f->store, store_a_token(f->store, "one", "0000000000000001") };
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_objects, &w), 0);
	for (size_t i = 0; i < 4; i++) {
		void *failed = NULL;

		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(object_count(f->store, w.token), 80);
}

/* --- fork ------------------------------------------------------------------------------------ */

/* Locks on the file by process, from the kernel's own list. */
static unsigned
locks_held(const char *path, pid_t pid)
{
	FILE *list = fopen("/proc/locks", "r");
	struct stat st;
	char line[256];
	unsigned count = 0;

	assert_non_null(list);
	assert_int_equal(stat(path, &st), 0);
	while (fgets(line, sizeof line, list) != NULL) {
		long owner = 0;
		unsigned long inode = 0;

		if (sscanf(line, "%*d: %*s %*s %*s %ld %*x:%*x:%lu", &owner, &inode) == 2 &&
			owner == pid && inode == st.st_ino)
			count++;
	}
	fclose(list);
	return count;
}

static int
wait_for(pid_t child)
{
	int status = 0;

	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

/* What the child of a fork does; 0: all went well. */
static int
child_begins_anew(struct fixture *f, int64_t token)
{
	struct store *s = NULL;
	uint64_t version = 0;

	store_abandon(f->store);
	if (store_open(f->path, false, &s) != CKR_OK || s == NULL)
		return 1;
	if (store_version(s, &version) != CKR_OK)
		return 2;
	if (locks_held(f->path, getpid()) == 0)
		return 3; /* a log that others may throw away while we use it */
	store_an_object(s, token, CKO_DATA, false, "child", "1");
	store_close(s);
	return 0;
}

static void
a_child_begins_anew_with_locks_of_its_own(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	unsigned before = locks_held(f->path, getpid());
	uint64_t version = 0;
	uint64_t after = 0;
	pid_t child = 0;

	assert_rv(CKR_OK, store_version(f->store, &version));
	child = fork();
	if (child == 0)
		_exit(child_begins_anew(f, token));
	assert_int_equal(wait_for(child), 0);
	assert_int_equal(locks_held(f->path, getpid()), before);
	assert_rv(CKR_OK, store_version(f->store, &after));
	assert_true(version != after);
	assert_int_equal(object_count(f->store, token), 1);
	store_an_object(f->store, token, CKO_DATA, false, "parent", "2");
	fixture_reopen(f);
	assert_int_equal(object_count(f->store, token), 2);
}

static void
a_child_leaves_the_parents_transaction_alone(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	pid_t child = 0;

	assert_rv(CKR_OK, store_begin(f->store));
	put_object(f->store, token, CKO_DATA, false, "a", "1");
	child = fork();
	if (child == 0) {
		store_abandon(f->store);
		_exit(0);
	}
	assert_int_equal(wait_for(child), 0);
	put_object(f->store, token, CKO_DATA, false, "b", "2");
	assert_rv(CKR_OK, store_commit(f->store));
	fixture_reopen(f);
	assert_int_equal(object_count(f->store, token), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(rollback_leaves_everything_as_before),
		STORE_CASE(rollback_after_commit_undoes_nothing),
		STORE_CASE(a_transaction_that_failed_in_part_is_not_committed),
		STORE_CASE(an_open_transaction_is_rolled_back_by_closing),
		STORE_CASE(nothing_is_written_to_a_store_that_was_removed),
		STORE_CASE(the_version_tells_what_others_have_changed),
		STORE_CASE(readers_see_nothing_of_an_open_transaction),
		STORE_CASE(a_second_writer_gives_up_after_the_timeout),
		STORE_CASE(a_reader_does_not_stop_a_seal_from_being_replaced),
		STORE_CASE(a_full_disk_is_device_memory_and_changes_nothing),
		STORE_CASE(threads_take_turns),
		STORE_CASE(a_child_begins_anew_with_locks_of_its_own),
		STORE_CASE(a_child_leaves_the_parents_transaction_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
