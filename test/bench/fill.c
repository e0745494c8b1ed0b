/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many objects in a token of this project, fast.
 *
 *   fill COUNT
 *
 * The store (from the configuration) has one token with one object, "copy 0";
 * its user PIN is $BENCH_PIN. Afterwards it has COUNT.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "fill/fill.h"

static void
must(const char *what, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "fill: %s: 0x%lx\n", what, rv);
	exit(1);
}

/* The one object with this label. */
static struct object *
object_find(struct token *t, const char *label)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct find *find = NULL;
	struct object *found = NULL;
	uint64_t handle = 0;
	size_t count = 0;

	must("attrs_set", attrs_set(&wanted, CKA_LABEL, bytes_str(label)));
	must("find_start", find_start(t, &wanted, &find));
	must("find_next", find_next(find, &handle, 1, &count));
	must("object_get", object_get(t, handle, &found));
	find_free(find);
	attrs_free(&wanted);
	return found;
}

int
main(int argc, char **argv)
{
	const char *pin = getenv("BENCH_PIN");
	struct core *core = NULL;
	struct token *t = NULL;
	struct object *first = NULL;

	if (argc != 2 || pin == NULL) {
		fprintf(stderr, "usage: BENCH_PIN=PIN fill COUNT\n");
		return 2;
	}
	must("core_open", core_open(NULL, &core));
	must("core_refresh", core_refresh(core));
	must("core_token_find", core_token_find(core, NULL, &t));
	must("token_login", token_login(t, TOKEN_USER, bytes_str(pin)));
	first = object_find(t, "copy 0");
	must("fill_copies", fill_copies(t, first, 1, strtoul(argv[1], NULL, 10) - 1));
	object_put(first);
	core_close(core);
	return 0;
}
