/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions: handles, states, many of them.
 */
#include "config.h"

#include "api.h"

#define MANY 2000

static void
test_open(struct ctx *c)
{
	CK_SESSION_HANDLE h = 0;
	CK_SESSION_INFO info;

	expect(c, "a parallel session", CKR_SESSION_PARALLEL_NOT_SUPPORTED,
		c->f->C_OpenSession(c->slot, 0, NULL, NULL, &h));
	expect(c, "an asynchronous session", CKR_SESSION_ASYNC_NOT_SUPPORTED,
		c->f->C_OpenSession(
			c->slot, CKF_SERIAL_SESSION | CKF_ASYNC_SESSION, NULL, NULL, &h));
	close_all(c);
	expect(c, "a session on an unknown slot", CKR_SLOT_ID_INVALID,
		c->f->C_OpenSession(0x7ffffffful, CKF_SERIAL_SESSION, NULL, NULL, &h));
	h = open_session(c, 0);
	expect(c, "C_GetSessionInfo", CKR_OK, c->f->C_GetSessionInfo(h, &info));
	expect(c, "the session's slot", c->slot, info.slotID);
	expect(c, "state of a R/O session", CKS_RO_PUBLIC_SESSION, info.state);
	expect(c, "flags of a R/O session", CKF_SERIAL_SESSION, info.flags);
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(h));
	expect(c, "C_CloseSession twice", CKR_SESSION_HANDLE_INVALID, c->f->C_CloseSession(h));
	h = open_rw(c);
	expect(c, "C_GetSessionInfo", CKR_OK, c->f->C_GetSessionInfo(h, &info));
	expect(c, "state of a R/W session", CKS_RW_PUBLIC_SESSION, info.state);
	expect(c, "flags of a R/W session", CKF_SERIAL_SESSION | CKF_RW_SESSION, info.flags);
	close_all(c);
	expect(c, "a handle after C_CloseAllSessions", CKR_SESSION_HANDLE_INVALID,
		c->f->C_GetSessionInfo(h, &info));
}

/* Handles are given once. */
static void
test_many(struct ctx *c)
{
	static CK_SESSION_HANDLE first[MANY], second[MANY];
	CK_SESSION_INFO info;
	bool fresh = true;

	for (size_t i = 0; i < MANY; i++)
		first[i] = open_session(c, 0);
	for (size_t i = 0; i < MANY; i++)
		expect(c, "many sessions can be closed", CKR_OK, c->f->C_CloseSession(first[i]));
	for (size_t i = 0; i < MANY; i++)
		second[i] = open_session(c, 0);
	for (size_t i = 0; i < MANY; i++)
		fresh = fresh &&
			c->f->C_GetSessionInfo(first[i], &info) == CKR_SESSION_HANDLE_INVALID &&
			second[i] != 0;
	expect_true(c, "stale handles stay stale", fresh);
	close_all(c);
}

static void
test_parallel(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);

	expect(c, "C_GetFunctionStatus", CKR_FUNCTION_NOT_PARALLEL, c->f->C_GetFunctionStatus(h));
	expect(c, "C_CancelFunction", CKR_FUNCTION_NOT_PARALLEL, c->f->C_CancelFunction(h));
	close_all(c);
}

static void
test_cancel(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
	CK_FLAGS flags = 1;

	expect(c, "C_DigestInit", CKR_OK, c->f->C_DigestInit(h, &sha256));
	expect(c, "C_FindObjectsInit", CKR_OK, c->f->C_FindObjectsInit(h, NULL, 0));
	expect(c, "C_SessionCancel of nothing", CKR_OK, c->f3->C_SessionCancel(h, 0));
	expect(c, "C_SessionCancel of what does not run", CKR_OK,
		c->f3->C_SessionCancel(h, CKF_SIGN | CKF_ENCRYPT));
	expect(c, "other operations go on", CKR_OPERATION_ACTIVE, c->f->C_DigestInit(h, &sha256));
	expect(c, "C_SessionCancel", CKR_OK,
		c->f3->C_SessionCancel(h, CKF_DIGEST | CKF_FIND_OBJECTS));
	expect(c, "the digest is cancelled", CKR_OK, c->f->C_DigestInit(h, &sha256));
	expect(c, "the search is cancelled", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_FindObjectsFinal(h));
	expect(c, "C_GetSessionValidationFlags", CKR_OK,
		c->f3->C_GetSessionValidationFlags(h, CKS_LAST_VALIDATION_OK, &flags));
	expect(c, "nothing is validated", 0, flags);
	close_all(c);
}

void
test_session(struct ctx *c)
{
	test_open(c);
	test_many(c);
	test_parallel(c);
	if (c->f3 != NULL)
		test_cancel(c);
}
