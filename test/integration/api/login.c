/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs and login: the state belongs to the token, all its sessions change together.
 */
#include "config.h"

#include "api.h"

#define PIN(s) (CK_UTF8CHAR *)(s), strlen(s)

static CK_STATE
state_of(const struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_SESSION_INFO info = { .state = 99 };

	expect(c, "C_GetSessionInfo", CKR_OK, c->f->C_GetSessionInfo(h, &info));
	return info.state;
}

static void
test_so(struct ctx *c)
{
	CK_SESSION_HANDLE rw = open_rw(c), ro = open_session(c, 0), other = 0;
	CK_TOKEN_INFO t;

	expect(c, "C_Login of a user without PIN", CKR_USER_PIN_NOT_INITIALIZED,
		login(c, rw, CKU_USER, USER_PIN));
	expect(c, "C_Login of the SO beside a R/O session", CKR_SESSION_READ_ONLY_EXISTS,
		login(c, rw, CKU_SO, SO_PIN));
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(ro));
	expect(c, "C_InitPIN in a public session", CKR_USER_NOT_LOGGED_IN,
		c->f->C_InitPIN(rw, PIN(USER_PIN)));
	expect(c, "C_Login of the SO with a wrong PIN", CKR_PIN_INCORRECT,
		login(c, rw, CKU_SO, "wrong pin"));
	expect(c, "C_GetTokenInfo", CKR_OK, c->f->C_GetTokenInfo(c->slot, &t));
	expect(c, "a wrong SO PIN is shown", CKF_SO_PIN_COUNT_LOW, t.flags & CKF_SO_PIN_COUNT_LOW);
	expect(c, "C_Login of the SO", CKR_OK, login(c, rw, CKU_SO, SO_PIN));
	expect(c, "C_GetTokenInfo", CKR_OK, c->f->C_GetTokenInfo(c->slot, &t));
	expect(c, "the right SO PIN resets the count", 0, t.flags & CKF_SO_PIN_COUNT_LOW);
	expect(c, "state of the SO's session", CKS_RW_SO_FUNCTIONS, state_of(c, rw));
	expect(c, "C_Login of the SO again", CKR_USER_ALREADY_LOGGED_IN,
		login(c, rw, CKU_SO, SO_PIN));
	expect(c, "C_Login of the user beside the SO", CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
		login(c, rw, CKU_USER, USER_PIN));
	expect(c, "a R/O session beside the SO", CKR_SESSION_READ_WRITE_SO_EXISTS,
		c->f->C_OpenSession(c->slot, CKF_SERIAL_SESSION, NULL, NULL, &other));
	expect(c, "C_InitPIN with a short PIN", CKR_PIN_LEN_RANGE, c->f->C_InitPIN(rw, PIN("123")));
	expect(c, "C_InitPIN", CKR_OK, c->f->C_InitPIN(rw, PIN(USER_PIN)));
	expect(c, "C_GetTokenInfo", CKR_OK, c->f->C_GetTokenInfo(c->slot, &t));
	expect(c, "the user has a PIN", CKF_USER_PIN_INITIALIZED,
		t.flags & CKF_USER_PIN_INITIALIZED);
	expect(c, "C_SetPIN of the SO", CKR_OK, c->f->C_SetPIN(rw, PIN(SO_PIN), PIN("so pin 2")));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(rw));
	expect(c, "the SO's old PIN", CKR_PIN_INCORRECT, login(c, rw, CKU_SO, SO_PIN));
	expect(c, "the SO's new PIN", CKR_OK, login(c, rw, CKU_SO, "so pin 2"));
	expect(c, "C_SetPIN of the SO back", CKR_OK,
		c->f->C_SetPIN(rw, PIN("so pin 2"), PIN(SO_PIN)));
	close_all(c);
}

static void
test_user(struct ctx *c)
{
	CK_SESSION_HANDLE rw = open_rw(c), ro = open_session(c, 0);
	char long_pin[300];

	memset(long_pin, 'x', sizeof(long_pin));
	expect(c, "C_Logout of nobody", CKR_USER_NOT_LOGGED_IN, c->f->C_Logout(ro));
	expect(c, "C_Login of nobody known", CKR_USER_TYPE_INVALID, login(c, ro, 77, USER_PIN));
	expect(c, "C_Login without PIN", CKR_ARGUMENTS_BAD, c->f->C_Login(ro, CKU_USER, NULL, 0));
	expect(c, "C_Login with a wrong PIN", CKR_PIN_INCORRECT, login(c, ro, CKU_USER, "wrong"));
	expect(c, "C_Login with a PIN that is too long", CKR_PIN_INCORRECT,
		c->f->C_Login(ro, CKU_USER, (CK_UTF8CHAR *)long_pin, sizeof(long_pin)));
	expect(c, "C_Login of the user", CKR_OK, login(c, ro, CKU_USER, USER_PIN));
	expect(c, "state of a R/O user session", CKS_RO_USER_FUNCTIONS, state_of(c, ro));
	expect(c, "all sessions are logged in", CKS_RW_USER_FUNCTIONS, state_of(c, rw));
	expect(c, "C_Login of the user again", CKR_USER_ALREADY_LOGGED_IN,
		login(c, rw, CKU_USER, USER_PIN));
	expect(c, "C_InitPIN by the user", CKR_USER_NOT_LOGGED_IN,
		c->f->C_InitPIN(rw, PIN(USER_PIN)));
	expect(c, "context-specific login without an operation", CKR_OPERATION_NOT_INITIALIZED,
		login(c, ro, CKU_CONTEXT_SPECIFIC, USER_PIN));
	expect(c, "C_SetPIN in a R/O session", CKR_SESSION_READ_ONLY,
		c->f->C_SetPIN(ro, PIN(USER_PIN), PIN("654321")));
	expect(c, "C_SetPIN with a wrong PIN", CKR_PIN_INCORRECT,
		c->f->C_SetPIN(rw, PIN("wrong"), PIN("654321")));
	expect(c, "C_SetPIN to a short PIN", CKR_PIN_LEN_RANGE,
		c->f->C_SetPIN(rw, PIN(USER_PIN), PIN("1")));
	expect(c, "C_SetPIN", CKR_OK, c->f->C_SetPIN(rw, PIN(USER_PIN), PIN("654321")));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(rw));
	expect(c, "all sessions are logged out", CKS_RO_PUBLIC_SESSION, state_of(c, ro));
	expect(c, "the old PIN", CKR_PIN_INCORRECT, login(c, ro, CKU_USER, USER_PIN));
	expect(c, "the new PIN", CKR_OK, login(c, ro, CKU_USER, "654321"));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(ro));
	expect(c, "C_SetPIN in a public session", CKR_OK,
		c->f->C_SetPIN(rw, PIN("654321"), PIN(USER_PIN)));
	expect(c, "C_Login of the user", CKR_OK, login(c, ro, CKU_USER, USER_PIN));
	close_all(c);
	ro = open_session(c, 0);
	expect(c, "closing the last session logs out", CKS_RO_PUBLIC_SESSION, state_of(c, ro));
	close_all(c);
}

static void
test_names(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_session(c, 0);

	expect(c, "C_LoginUser with a name", CKR_ARGUMENTS_BAD,
		c->f3->C_LoginUser(h, CKU_USER, PIN(USER_PIN), PIN("somebody")));
	expect(c, "C_LoginUser without a name", CKR_OK,
		c->f3->C_LoginUser(h, CKU_USER, PIN(USER_PIN), NULL, 0));
	close_all(c);
}

void
test_login(struct ctx *c)
{
	test_so(c);
	test_user(c);
	if (c->f3 != NULL)
		test_names(c);
}
