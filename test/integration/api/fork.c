/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child of a program that uses the module starts clean, and its parent goes on.
 */
#include "config.h"

#include <sys/wait.h>
#include <unistd.h>

#include "api.h"

static void
use(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	uint8_t signature[64], digest[32] = "data";
	CK_ULONG n = sizeof(signature);

	find_keys(c, h);
	expect(c, "ECDSA around a fork", CKR_OK,
		sign(c, h, &m, c->ec.private, digest, sizeof(digest), signature, &n));
}

/* The parent signs while this runs. */
static void
child(struct ctx *c, CK_SESSION_HANDLE parents)
{
	CK_SESSION_HANDLE h = 0;
	CK_SESSION_INFO info;
	CK_ULONG n = 0;

	expect(c, "a call in a child", CKR_CRYPTOKI_NOT_INITIALIZED,
		c->f->C_GetSlotList(CK_TRUE, NULL, &n));
	expect(c, "the parent's session in a child", CKR_CRYPTOKI_NOT_INITIALIZED,
		c->f->C_GetSessionInfo(parents, &info));
	expect(c, "C_Finalize in a child", CKR_CRYPTOKI_NOT_INITIALIZED, c->f->C_Finalize(NULL));
	if (!expect_true(c, "a child starts", start(c)))
		return;
	expect(c, "the parent's session in a child that has started", CKR_SESSION_HANDLE_INVALID,
		c->f->C_GetSessionInfo(parents + 1, &info));
	h = open_session(c, 0);
	expect(c, "a child logs in for itself", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	for (int i = 0; i < 10; i++)
		use(c, h);
	expect(c, "C_Finalize", CKR_OK, c->f->C_Finalize(NULL));
}

void
test_fork(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	unsigned before = failures();
	int status = 0;
	pid_t pid = -1;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	use(c, h);
	pid = fork();
	if (pid == 0) {
		child(c, h);
		_exit(failures() == before ? 0 : 1);
	}
	expect_true(c, "a child is born", pid > 0);
	for (int i = 0; i < 10; i++)
		use(c, h);
	expect_true(c, "the child's tests pass", waitpid(pid, &status, 0) == pid && status == 0);
	use(c, h);
	close_all(c);
}
