/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "store_fixture.h"

#define ROOM 16

struct scene {
	int64_t token;
	int64_t public_a;
	int64_t private_a; /* label_key "keyed-A" */
	int64_t public_b;
	int64_t private_b;
};

static struct scene
make_scene(struct store *s)
{
	struct scene sc = { 0 };
	int64_t other = store_a_token(s, "other", "0000000000000009");

	sc.token = store_a_token(s, "one", "0000000000000001");
	assert_rv(CKR_OK, store_begin(s));
	put_object(s, other, CKO_PUBLIC_KEY, false, "A", "1");
	sc.public_a = put_object(s, sc.token, CKO_PUBLIC_KEY, false, "A", "1");
	sc.private_a = put_object(s, sc.token, CKO_PRIVATE_KEY, true, "keyed-A", "keyed-1");
	sc.public_b = put_object(s, sc.token, CKO_CERTIFICATE, false, "keyed-A", "keyed-1");
	sc.private_b = put_object(s, sc.token, CKO_PRIVATE_KEY, true, "A", "1");
	assert_rv(CKR_OK, store_commit(s));
	return sc;
}

static void
expect_found(struct store *s, const struct store_query *q, size_t count, const int64_t *ids)
{
	int64_t found[ROOM];
	size_t n = 0;

	assert_rv(CKR_OK, store_object_find(s, q, found, ROOM, &n));
	assert_int_equal(n, count);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(found[i], ids[i]);
}

static void
private_objects_are_found_only_when_wanted(void **state)
{
	struct fixture *f = *state;
	struct scene sc = make_scene(f->store);
	struct store_query q = { .token = sc.token };

	expect_found(f->store, &q, 2, (int64_t[]){ sc.public_a, sc.public_b });
	q.with_private = true;
	expect_found(f->store, &q, 4,
		(int64_t[]){ sc.public_a, sc.private_a, sc.public_b, sc.private_b });
	q.token = 1234;
	expect_found(f->store, &q, 0, NULL);
}

static void
a_plain_value_selects_public_and_a_keyed_one_private_objects(void **state)
{
	struct fixture *f = *state;
	struct scene sc = make_scene(f->store);
	struct store_query label = { .token = sc.token, .with_private = true, .by_label = true };
	struct store_query id = { .token = sc.token, .with_private = true, .by_id = true };

	label.label_plain = LITERAL("A");
	label.label_keyed = LITERAL("keyed-A");
	expect_found(f->store, &label, 2, (int64_t[]){ sc.public_a, sc.private_a });
	label.label_keyed = BYTES_EMPTY;
	expect_found(f->store, &label, 1, (int64_t[]){ sc.public_a });
	label.label_plain = LITERAL("none");
	expect_found(f->store, &label, 0, NULL);
	id.id_plain = LITERAL("1");
	id.id_keyed = LITERAL("keyed-1");
	expect_found(f->store, &id, 2, (int64_t[]){ sc.public_a, sc.private_a });
	id.with_private = false;
	expect_found(f->store, &id, 1, (int64_t[]){ sc.public_a });
}

static void
keys_are_combined(void **state)
{
	struct fixture *f = *state;
	struct scene sc = make_scene(f->store);
	struct store_query q = { .token = sc.token, .with_private = true };

	q.by_class = true;
	q.class = CKO_PRIVATE_KEY;
	expect_found(f->store, &q, 2, (int64_t[]){ sc.private_a, sc.private_b });
	q.by_label = true;
	q.label_plain = LITERAL("A");
	q.label_keyed = LITERAL("keyed-A");
	expect_found(f->store, &q, 1, (int64_t[]){ sc.private_a });
	q.by_id = true;
	q.id_keyed = LITERAL("keyed-1");
	expect_found(f->store, &q, 1, (int64_t[]){ sc.private_a });
	q.by_uid = true;
	q.uid = LITERAL("uid-keyed-A-keyed-1");
	expect_found(f->store, &q, 1, (int64_t[]){ sc.private_a });
	q.by_label = q.by_id = false;
	expect_found(f->store, &q, 1, (int64_t[]){ sc.private_a });
	q.class = CKO_CERTIFICATE;
	expect_found(f->store, &q, 1, (int64_t[]){ sc.public_b });
	q.class = CKO_DATA;
	expect_found(f->store, &q, 0, NULL);
}

static void
an_impossible_uid_finds_nothing(void **state)
{
	struct fixture *f = *state;
	struct scene sc = make_scene(f->store);
	struct store_query q = { .token = sc.token, .by_uid = true };

	expect_found(f->store, &q, 0, NULL);
	q.uid = LITERAL("uid-A-1\0x");
	expect_found(f->store, &q, 0, NULL);
	q.uid = LITERAL("1234567890123456789012345678901234567");
	expect_found(f->store, &q, 0, NULL);
	q.uid = LITERAL("uid-A-1");
	expect_found(f->store, &q, 1, (int64_t[]){ sc.public_a });
}

static void
empty_labels_are_values_like_others(void **state)
{
	struct fixture *f = *state;
	struct scene sc = make_scene(f->store);
	struct store_query q = { .token = sc.token, .by_label = true };
	int64_t id = store_an_object(f->store, sc.token, CKO_DATA, false, "", "");

	expect_found(f->store, &q, 1, (int64_t[]){ id });
}

static void
pages_follow_one_another(void **state)
{
	struct fixture *f = *state;
	int64_t token = store_a_token(f->store, "one", "0000000000000001");
	struct store_query q = { .token = token, .with_private = true };
	int64_t ids[7];
	int64_t last = 0;
	size_t n = 7;
	size_t all = 0;

	assert_rv(CKR_OK, store_begin(f->store));
	for (int i = 0; i < 100; i++)
		put_object(f->store, token, CKO_DATA, i % 3 == 0, "x", "y");
	assert_rv(CKR_OK, store_commit(f->store));
	while (n == 7) {
		assert_rv(CKR_OK, store_object_find(f->store, &q, ids, 7, &n));
		for (size_t i = 0; i < n; i++) {
			assert_true(ids[i] > last);
			last = ids[i];
		}
		all += n;
		q.after = last;
	}
	assert_int_equal(all, 100);
	assert_rv(CKR_OK, store_object_find(f->store, &q, NULL, 0, &n));
	assert_int_equal(n, 0);
}

/* Every step of the plan is a search in the index that was meant; nothing is scanned or sorted. */
static void
expect_plan(sqlite3 *db, const struct store_query *q)
{
	char sql[FIND_SQL_LEN + 32] = "EXPLAIN QUERY PLAN ";
	sqlite3_stmt *st = NULL;
	int searches = 0;

	find_sql(q, sql + strlen(sql), FIND_SQL_LEN);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(st, 3);

		assert_null(strstr(step, "SCAN"));
		assert_null(strstr(step, "TEMP B-TREE"));
		if (strstr(step, "SEARCH") != NULL) {
			assert_non_null(strstr(step, "INDEX object_by_"));
			assert_non_null(strstr(step, "rowid>?"));
			searches++;
		}
	}
	assert_true(searches >= 1);
	sqlite3_finalize(st);
}

static void
no_search_scans_or_sorts(void **state)
{
	struct fixture *f = *state;

	for (unsigned bits = 0; bits < 64; bits++) {
		struct store_query q = { .token = 1,
			.by_class = bits & 1,
			.by_label = bits & 2,
			.by_id = bits & 4,
			.by_uid = bits & 8,
			.with_private = bits & 16,
			.label_keyed = bits & 32 ? LITERAL("x") : BYTES_EMPTY,
			.id_keyed = bits & 32 ? LITERAL("x") : BYTES_EMPTY };

		expect_plan(f->store->db, &q);
	}
}

static void
every_kind_of_search_runs_more_often_than_statements_are_kept(void **state)
{
	struct fixture *f = *state;
	struct scene sc = make_scene(f->store);

	for (unsigned bits = 0; bits < 3 * 64; bits++) {
		struct store_query q = { .token = sc.token,
			.by_class = bits & 1,
			.class = CKO_PUBLIC_KEY,
			.by_label = bits & 2,
			.label_plain = LITERAL("A"),
			.by_id = bits & 4,
			.id_plain = LITERAL("1"),
			.by_uid = bits & 8,
			.uid = LITERAL("uid-A-1"),
			.with_private = bits & 16,
			.label_keyed = bits & 32 ? LITERAL("x") : BYTES_EMPTY,
			.id_keyed = bits & 32 ? LITERAL("x") : BYTES_EMPTY };
		int64_t ids[ROOM];
		size_t n = 0;

		assert_rv(CKR_OK, store_object_find(f->store, &q, ids, ROOM, &n));
		assert_true(n >= 1);
		assert_int_equal(ids[0], sc.public_a);
	}
}

struct collected {
	int64_t last;
	size_t count;
	CK_RV answer;
};

static CK_RV
collect(void *arg, int64_t id, struct bytes mac)
{
	struct collected *c = arg;

	assert_true(id > c->last);
	assert_bytes_equal(mac, LITERAL("object mac"));
	c->last = id;
	c->count++;
	return c->answer;
}

static void
macs_come_in_order_until_the_callback_fails(void **state)
{
	struct fixture *f = *state;
	struct scene sc = make_scene(f->store);
	struct collected all = { 0, 0, CKR_OK };
	struct collected one = { 0, 0, CKR_HOST_MEMORY };
	uint64_t count = 0;

	assert_rv(CKR_OK, store_object_macs(f->store, sc.token, collect, &all));
	assert_int_equal(all.count, 4);
	assert_rv(CKR_HOST_MEMORY, store_object_macs(f->store, sc.token, collect, &one));
	assert_int_equal(one.count, 1);
	assert_rv(CKR_OK, store_object_count(f->store, sc.token, INT64_MAX, &count));
	assert_int_equal(count, 4);
	assert_rv(CKR_OK, store_object_count(f->store, sc.token, 3, &count));
	assert_int_equal(count, 3);
	fixture_sql(f, "UPDATE object SET mac = 'text'");
	assert_rv(CKR_DEVICE_ERROR, store_object_macs(f->store, sc.token, collect, &one));
	assert_int_equal(one.count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_CASE(private_objects_are_found_only_when_wanted),
		STORE_CASE(a_plain_value_selects_public_and_a_keyed_one_private_objects),
		STORE_CASE(keys_are_combined),
		STORE_CASE(an_impossible_uid_finds_nothing),
		STORE_CASE(empty_labels_are_values_like_others),
		STORE_CASE(pages_follow_one_another),
		STORE_CASE(no_search_scans_or_sorts),
		STORE_CASE(every_kind_of_search_runs_more_often_than_statements_are_kept),
		STORE_CASE(macs_come_in_order_until_the_callback_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
