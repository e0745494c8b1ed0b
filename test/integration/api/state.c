/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_GetOperationState and C_SetOperationState: digests, also in another
 * session, more than once, and what is refused.
 */
#include "config.h"

#include <openssl/evp.h>

#include "api.h"

#define MANY 300

static uint8_t data[] = "Jackdaws love my big sphinx of quartz";
static CK_MECHANISM sha384 = { CKM_SHA384, NULL, 0 }, rsa = { CKM_SHA256_RSA_PKCS, NULL, 0 };

static CK_ULONG
save(struct ctx *c, CK_SESSION_HANDLE h, uint8_t *state)
{
	CK_ULONG n = 0, small = 0;

	expect(c, "C_GetOperationState asks for the length", CKR_OK,
		c->f->C_GetOperationState(h, NULL, &n));
	expect_true(c, "the state has a length", n > 0 && n <= 64);
	small = n - 1;
	expect(c, "C_GetOperationState into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_GetOperationState(h, state, &small));
	expect(c, "C_GetOperationState tells the length", n, small);
	expect(c, "C_GetOperationState", CKR_OK, c->f->C_GetOperationState(h, state, &n));
	return n;
}

static void
finish(struct ctx *c, CK_SESSION_HANDLE h, size_t from)
{
	uint8_t got[48], right[48];
	CK_ULONG n = sizeof(got);

	EVP_Digest(data, sizeof(data), right, NULL, EVP_sha384(), NULL);
	expect(c, "C_DigestUpdate", CKR_OK,
		c->f->C_DigestUpdate(h, data + from, sizeof(data) - from));
	expect(c, "C_DigestFinal", CKR_OK, c->f->C_DigestFinal(h, got, &n));
	expect_true(c, "the digest of all", memcmp(got, right, sizeof(right)) == 0);
}

static void
test_restore(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0), other = open_session(c, 0);
	uint8_t early[64], late[64], all[48], right[48];
	CK_ULONG early_len = 0, late_len = 0, n = sizeof(all);

	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha384));
	early_len = save(c, h, early);
	expect(c, "C_DigestUpdate", CKR_OK, c->f->C_DigestUpdate(h, data, 10));
	late_len = save(c, h, late);
	finish(c, h, 10);
	for (int i = 0; i < 2; i++) {
		expect(c, "C_SetOperationState in another session", CKR_OK,
			c->f->C_SetOperationState(other, late, late_len, 0, 0));
		finish(c, other, 10);
	}
	/* What runs there is given up. */
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha384));
	expect(c, "C_FindObjectsInit", CKR_OK, c->f->C_FindObjectsInit(h, NULL, 0));
	expect(c, "C_SetOperationState over others", CKR_OK,
		c->f->C_SetOperationState(h, early, early_len, 0, 0));
	expect(c, "the search is gone", CKR_OPERATION_NOT_INITIALIZED, c->f->C_FindObjectsFinal(h));
	/* One that had no part yet is still for a one-shot call. */
	EVP_Digest(data, sizeof(data), right, NULL, EVP_sha384(), NULL);
	expect(c, "C_Digest", CKR_OK, c->f->C_Digest(h, data, sizeof(data), all, &n));
	expect_true(c, "its digest", memcmp(all, right, sizeof(right)) == 0);
	close_all(c);
}

static void
test_refused(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	uint8_t state[64] = { 0 };
	CK_ULONG n = sizeof(state);

	expect(c, "C_GetOperationState of nothing", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_GetOperationState(h, state, &n));
	expect(c, "C_FindObjectsInit", CKR_OK, c->f->C_FindObjectsInit(h, NULL, 0));
	expect(c, "C_GetOperationState of a search", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_GetOperationState(h, state, &n));
	expect(c, "C_FindObjectsFinal", CKR_OK, c->f->C_FindObjectsFinal(h));
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "C_SignInit", CKR_OK, c->f->C_SignInit(h, &rsa, c->rsa.private));
	n = sizeof(state);
	expect(c, "C_GetOperationState of a signature", CKR_STATE_UNSAVEABLE,
		c->f->C_GetOperationState(h, state, &n));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha384));
	expect(c, "C_GetOperationState of two", CKR_STATE_UNSAVEABLE,
		c->f->C_GetOperationState(h, state, &n));
	close_all(c);
}

static void
test_invalid(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	uint8_t state[64] = { 0 };
	CK_ULONG n = 16;

	expect(c, "C_SetOperationState of anything", CKR_SAVED_STATE_INVALID,
		c->f->C_SetOperationState(h, state, n, 0, 0));
	expect(c, "C_SetOperationState of NULL", CKR_ARGUMENTS_BAD,
		c->f->C_SetOperationState(h, NULL, n, 0, 0));
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha384));
	n = save(c, h, state);
	expect(c, "a part of a state", CKR_SAVED_STATE_INVALID,
		c->f->C_SetOperationState(h, state, n - 1, 0, 0));
	expect(c, "a state with a key", CKR_KEY_NOT_NEEDED,
		c->f->C_SetOperationState(h, state, n, 1, 0));
	expect(c, "a state with another key", CKR_KEY_NOT_NEEDED,
		c->f->C_SetOperationState(h, state, n, 0, 1));
	state[0] ^= 1;
	expect(c, "a changed state", CKR_SAVED_STATE_INVALID,
		c->f->C_SetOperationState(h, state, n, 0, 0));
	finish(c, h, 0); /* what was refused has changed nothing */
	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha384));
	n = save(c, h, state);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "a state of a session in another state", CKR_SAVED_STATE_INVALID,
		c->f->C_SetOperationState(h, state, n, 0, 0));
	close_all(c);
}

/* Old ones make room. */
static void
test_many(struct ctx *c)
{
	static uint8_t states[MANY][64];
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_ULONG n = 0;

	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha384));
	for (size_t i = 0; i < MANY; i++) {
		n = sizeof(states[i]);
		expect(c, "many states", CKR_OK, c->f->C_GetOperationState(h, states[i], &n));
	}
	expect(c, "the oldest one", CKR_SAVED_STATE_INVALID,
		c->f->C_SetOperationState(h, states[0], n, 0, 0));
	expect(c, "the youngest one", CKR_OK,
		c->f->C_SetOperationState(h, states[MANY - 1], n, 0, 0));
	finish(c, h, 0);
	close_all(c);
}

void
test_saved_state(struct ctx *c)
{
	if (c->reference) /* SoftHSM 2 never saves */
		return;
	test_restore(c);
	test_refused(c);
	test_invalid(c);
	test_many(c);
}
