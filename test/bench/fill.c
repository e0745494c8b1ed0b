/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many objects in a token of this project, fast: an existing public key is
 * inserted again and again, in one transaction, with valid MACs.
 *
 *   fill COUNT
 *
 * The store (from the configuration) has one token with one public object,
 * "object-0"; its user PIN is $BENCH_PIN. Afterwards it has COUNT.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "token/token_private.h"

static void
must(const char *what, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "fill: %s: 0x%lx\n", what, rv);
	exit(1);
}

static int64_t
any_object(struct token *t)
{
	struct store_query q = { .token = t->id, .by_class = true, .class = CKO_PUBLIC_KEY };
	int64_t id = 0;
	size_t count = 0;

	must("store_object_find", store_object_find(t->core->store, &q, &id, 1, &count));
	if (count != 1)
		must("no object to begin with", CKR_OBJECT_HANDLE_INVALID);
	return id;
}

static void
rename_row(struct object_row *row, unsigned long index)
{
	char name[32];
	struct bytes value = BYTES_EMPTY;

	snprintf(name, sizeof name, "object-%lu", index);
	value = bytes_str(name);
	row->id = 0;
	must("uid_new", uid_new(row->uid));
	must("label", attrs_set(&row->attrs, CKA_LABEL, value));
	must("id", attrs_set(&row->attrs, CKA_ID, value));
	must("uid", attrs_set(&row->attrs, CKA_UNIQUE_ID, bytes_str(row->uid)));
	must("label_key", buf_set(&row->label_key, value));
	must("id_key", buf_set(&row->id_key, value));
}

static void
fill(struct token *t, unsigned long count)
{
	struct change c = { 0 };
	struct object_row row = { 0 };

	must("change_begin", change_begin(t, t->keyring, &c));
	must("change_read", change_read(&c, any_object(t), &row));
	for (unsigned long i = 1; i < count; i++) {
		rename_row(&row, i);
		must("change_insert", change_insert(&c, &row));
	}
	must("change_commit", change_commit(&c));
	change_end(&c);
	object_row_free(&row);
}

int
main(int argc, char **argv)
{
	const char *pin = getenv("BENCH_PIN");
	struct core *core = NULL;
	struct token *t = NULL;

	if (argc != 2 || pin == NULL) {
		fprintf(stderr, "usage: BENCH_PIN=PIN fill COUNT\n");
		return 2;
	}
	must("core_open", core_open(NULL, &core));
	must("core_refresh", core_refresh(core));
	must("core_token_find", core_token_find(core, NULL, &t));
	must("token_login", token_login(t, TOKEN_USER, bytes_str(pin)));
	fill(t, strtoul(argv[1], NULL, 10));
	core_close(core);
	return 0;
}
