/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole processes, and what C_Finalize gives back in each state. The store
 * has a key pair on each token.
 */
#include "config.h"

#include <string.h>

#include "budget.h"

static void
look(struct budget *b)
{
	initialize(b);
	list_slots(b);
	open_session(b);
}

static void
start_and_sign(struct budget *b)
{
	start(b);
	b->key = find_one(b, b->session, CKO_PRIVATE_KEY);
	sign(b);
}

/* The second one is made in this session, and gone with it. */
static void
start_and_sign_with_two(struct budget *b)
{
	CK_MECHANISM ec = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public = { CKA_EC_PARAMS, p256, sizeof p256 };

	start_and_sign(b);
	b->other_key = b->key;
	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &ec, &public, 1, NULL, 0,
					  &b->public_key, &b->key));
	sign(b);
}

static void
sign_with_the_other(struct budget *b)
{
	CK_OBJECT_HANDLE key = b->other_key;

	b->other_key = b->key;
	b->key = key;
	sign(b);
}

static void
start_sign_and_log_out(struct budget *b)
{
	start_and_sign(b);
	must("C_Logout", b->f->C_Logout(b->session));
}

static void
whole_process(struct budget *b)
{
	start_and_sign(b);
	finalize(b);
}

/* As ssh-add -s does with one PIN. */
static void
log_in_everywhere(struct budget *b)
{
	for (CK_ULONG i = 0; i < b->slot_count; i++) {
		CK_SESSION_HANDLE h = 0;

		must("C_OpenSession",
			b->f->C_OpenSession(b->slots[i], CKF_SERIAL_SESSION, NULL, NULL, &h));
		must("C_Login", b->f->C_Login(h, CKU_USER, (CK_BYTE *)b->pin, strlen(b->pin)));
	}
}

const struct row looked_rows[] = {
	{ .call = look },
	{ "C_Finalize of a process that only looked", finalize, ALL(0), 0 },
	{ .call = NULL },
};

const struct row logged_in_rows[] = {
	{ .call = start },
	{ "C_Finalize after C_Login: the session", finalize, { 0, 1, 0, 2 }, 0 },
	{ .call = NULL },
};

const struct row signed_rows[] = {
	{ "a whole process: initialise, log in, sign once, finalise", whole_process,
		{ 6, 8, 7, 10 }, 0 },
	{ .call = NULL },
};

const struct row logged_out_rows[] = {
	{ .call = start_sign_and_log_out },
	{ "C_Finalize after C_Logout: session and key", finalize, { 0, 2, 0, 3 }, 0 },
	{ .call = NULL },
};

const struct row two_keys_rows[] = {
	{ .call = start_and_sign_with_two },
	{ "C_Finalize with two keys used", finalize, { 0, 3, 0, 4 }, 0 },
	{ .call = NULL },
};

const struct row turns_rows[] = {
	{ .call = start_and_sign_with_two },
	{ "the first key again", sign_with_the_other, { 2, 1, 3, 1 }, 0 },
	{ "and the second: both are loaded, but beside a primary key", sign_with_the_other,
		{ 1, 1, 3, 1 }, 0 },
	{ "and the first", sign_with_the_other, { 1, 1, 3, 1 }, 0 },
	{ "C_Finalize with two keys loaded", finalize, { 0, 3, 0, 4 }, 0 },
	{ .call = NULL },
};

const struct row everywhere_rows[] = {
	{ .call = look },
	{ "C_Login to every token with one PIN", log_in_everywhere, { 1, 1, 2, 2 }, 3 },
	{ "C_Finalize when all are logged in", finalize, { 0, 1, 0, 2 }, 0 },
	{ .call = NULL },
};
