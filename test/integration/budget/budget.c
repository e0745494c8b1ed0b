/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command budgets: what each call may cost in TPM commands, asserted through
 * the log of the counting TCTI (a line a command).
 *
 *   budget rooms
 *   budget MODULE LOG LABEL PIN PLACE ROOM
 *
 * The store's token with this label and the user PIN is tested; each token has an EC key pair, and
 * its label begins no other's. PLACE (managed, bare, primary-managed, primary-bare) says whether
 * the module is told that a resource manager is there, and whether the token's parent is a primary
 * key that is not persistent. Prints TAP.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "budget.h"

static const char *const places[PLACES] = {
	[MANAGED] = "managed",
	[BARE] = "bare",
	[PRIMARY_MANAGED] = "primary-managed",
	[PRIMARY_BARE] = "primary-bare",
};

struct room {
	const char *name;
	const struct row *rows;
};

static const struct room rooms[] = {
	{ "look", look_rows },
	{ "sign", sign_rows },
	{ "rsa", rsa_rows },
	{ "secret", secret_rows },
	{ "move", move_rows },
	{ "random", random_rows },
	{ "looked", looked_rows },
	{ "logged-in", logged_in_rows },
	{ "signed", signed_rows },
	{ "logged-out", logged_out_rows },
	{ "two-keys", two_keys_rows },
	{ "turns", turns_rows },
	{ "everywhere", everywhere_rows },
};

/* Commands since the last call. */
static unsigned
commands(struct budget *b)
{
	unsigned lines = 0;
	unsigned fresh = 0;
	FILE *log = fopen(b->log, "r");

	for (int c = log != NULL ? getc(log) : EOF; c != EOF; c = getc(log))
		lines += c == '\n';
	if (log != NULL)
		fclose(log);
	fresh = lines - b->seen;
	b->seen = lines;
	return fresh;
}

static void
run(struct budget *b, const struct row *row)
{
	unsigned allowed = 0;
	unsigned used = 0;

	row->call(b);
	used = commands(b);
	if (row->what == NULL)
		return;
	allowed = row->cost[b->place] + row->per_token * (unsigned)b->slot_count;
	b->cases++;
	b->failures += used != allowed;
	printf("%sok %u - %s: %u of %u commands\n", used == allowed ? "" : "not ", b->cases,
		row->what, used, allowed);
}

static bool
place_set(struct budget *b, const char *name)
{
	for (b->place = 0; b->place < PLACES; b->place++)
		if (strcmp(places[b->place], name) == 0)
			return true;
	return false;
}

static const struct row *
rows_of(const char *name)
{
	for (size_t i = 0; i < COUNT(rooms); i++)
		if (strcmp(rooms[i].name, name) == 0)
			return rooms[i].rows;
	return NULL;
}

static int
list_rooms(void)
{
	for (size_t i = 0; i < COUNT(rooms); i++)
		puts(rooms[i].name);
	return 0;
}

int
main(int argc, char **argv)
{
	struct budget b = { 0 };
	const struct row *row = NULL;

	if (argc == 2 && strcmp(argv[1], "rooms") == 0)
		return list_rooms();
	if (argc != 7 || !place_set(&b, argv[5]) || (row = rows_of(argv[6])) == NULL) {
		fprintf(stderr, "usage: budget MODULE LOG LABEL PIN PLACE ROOM\n");
		return 2;
	}
	b.log = argv[2];
	b.label = argv[3];
	b.pin = argv[4];
	load_module(&b, argv[1]);
	commands(&b); /* what others took */
	for (; row->call != NULL; row++)
		run(&b, row);
	printf("1..%u\n", b.cases);
	dlclose(b.dl);
	return b.failures > 0;
}
