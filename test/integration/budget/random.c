/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random numbers: the TPM seeds the generator, and again every 64 KiB.
 */
#include "config.h"

#include "budget.h"

/* The 64 KiB count from the call that seeded, and draw_random() takes 32. */
static void
draw_the_rest(struct budget *b)
{
	static CK_BYTE out[64 * 1024 - 32];

	must("C_GenerateRandom", b->f->C_GenerateRandom(b->session, out, sizeof out / 2));
	must("C_GenerateRandom", b->f->C_GenerateRandom(b->session, out, sizeof out / 2));
}

static void
seed(struct budget *b)
{
	must("C_SeedRandom", b->f->C_SeedRandom(b->session, digest, sizeof digest));
}

const struct row random_rows[] = {
	{ .call = start },
	{ "C_GenerateRandom, seeding", draw_random, ALL(1), 0 },
	{ "C_GenerateRandom, seeded", draw_random, ALL(0), 0 },
	{ "C_SeedRandom", seed, ALL(0), 0 },
	{ "the rest of 64 KiB", draw_the_rest, ALL(0), 0 },
	{ "C_GenerateRandom after 64 KiB", draw_random, ALL(1), 0 },
	{ "C_GenerateRandom, seeded again", draw_random, ALL(0), 0 },
	{ .call = finalize },
	{ .call = NULL },
};
