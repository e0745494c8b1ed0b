/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access: what a call needs of its session, against the state that the
 * session is in.
 */
#include "config.h"

#include "session/session.h"

#define STATES 5 /* CKS_RO_PUBLIC_SESSION .. CKS_RW_SO_FUNCTIONS */

static const CK_RV answers[NEEDS][STATES] = {
	/* CKS_RO_PUBLIC, CKS_RO_USER, CKS_RW_PUBLIC, CKS_RW_USER, CKS_RW_SO */
	[NEED_ANY] = { CKR_OK, CKR_OK, CKR_OK, CKR_OK, CKR_OK },
	[NEED_LOGIN] = { CKR_USER_NOT_LOGGED_IN, CKR_OK, CKR_USER_NOT_LOGGED_IN, CKR_OK, CKR_OK },
	[NEED_RW] = { CKR_SESSION_READ_ONLY, CKR_SESSION_READ_ONLY, CKR_OK, CKR_OK, CKR_OK },
	[NEED_SO] = { CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_USER_NOT_LOGGED_IN,
		CKR_USER_NOT_LOGGED_IN, CKR_OK },
};

CK_RV
access_check(enum need need, CK_STATE state)
{
	if (need >= NEEDS || state >= STATES)
		return CKR_GENERAL_ERROR;
	return answers[need][state];
}
