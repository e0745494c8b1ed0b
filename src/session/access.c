/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access: what a call needs of its session, against the state that the
 * session is in.
 */
#include "config.h"

#include "session/session.h"

#define STATES (STATE_NO_TOKEN + 1)

static const CK_RV answers[NEEDS][STATES] = {
	/* CKS_RO_PUBLIC, CKS_RO_USER, CKS_RW_PUBLIC, CKS_RW_USER, CKS_RW_SO, STATE_NO_TOKEN */
	[NEED_SESSION] = { CKR_OK, CKR_OK, CKR_OK, CKR_OK, CKR_OK, CKR_OK },
	[NEED_ANY] = { CKR_OK, CKR_OK, CKR_OK, CKR_OK, CKR_OK, CKR_USER_NOT_LOGGED_IN },
	[NEED_LOGIN] = { CKR_USER_NOT_LOGGED_IN, CKR_OK, CKR_USER_NOT_LOGGED_IN, CKR_OK, CKR_OK,
		CKR_USER_NOT_LOGGED_IN },
	[NEED_RW] = { CKR_SESSION_READ_ONLY, CKR_SESSION_READ_ONLY, CKR_OK, CKR_OK, CKR_OK,
		CKR_USER_PIN_NOT_INITIALIZED },
	[NEED_SO] = { CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN,
		CKR_USER_NOT_LOGGED_IN, CKR_OK, CKR_USER_NOT_LOGGED_IN },
};

CK_RV
access_check(enum need need, CK_STATE state)
{
	if (need >= NEEDS || state >= STATES)
		return CKR_GENERAL_ERROR;
	return answers[need][state];
}
