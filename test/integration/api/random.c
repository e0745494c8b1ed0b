/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random numbers.
 */
#include "config.h"

#include "api.h"

void
test_random(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	uint8_t a[32] = { 0 }, b[32] = { 0 };
	static uint8_t large[100000];

	expect(c, "C_GenerateRandom", CKR_OK, c->f->C_GenerateRandom(h, a, sizeof(a)));
	expect(c, "C_GenerateRandom", CKR_OK, c->f->C_GenerateRandom(h, b, sizeof(b)));
	expect_true(c, "random numbers differ", memcmp(a, b, sizeof(a)) != 0);
	expect(c, "C_GenerateRandom of much", CKR_OK,
		c->f->C_GenerateRandom(h, large, sizeof(large)));
	expect_true(c, "all of it is filled",
		memcmp(large + sizeof(large) - 32, &(uint8_t[32]){ 0 }, 32) != 0);
	expect(c, "C_GenerateRandom of nothing", CKR_OK, c->f->C_GenerateRandom(h, a, 0));
	expect(c, "C_GenerateRandom to nowhere", CKR_ARGUMENTS_BAD,
		c->f->C_GenerateRandom(h, NULL, 1));
	expect(c, "C_SeedRandom", CKR_OK, c->f->C_SeedRandom(h, a, sizeof(a)));
	expect(c, "C_GenerateRandom", CKR_OK, c->f->C_GenerateRandom(h, b, sizeof(b)));
	expect_true(c, "a seed is not what comes out", memcmp(a, b, sizeof(a)) != 0);
	expect(c, "C_SeedRandom with nothing there", CKR_ARGUMENTS_BAD,
		c->f->C_SeedRandom(h, NULL, 1));
	close_all(c);
}
