/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry points: C functions convert arguments and nothing else. Each begins
 * with api_enter() or api_enter_session() and ends with api_leave(), whatever
 * the result: the pair holds the module, so that C_Finalize waits.
 */
#ifndef API_API_H
#define API_API_H

#include "session/session.h"

/* The only symbols that the module exports. */
#define API_EXPORT __attribute__((visibility("default")))

/* --- module.c ----------------------------------------------------------------------------------
 */

/* Hold the module until module_release(). NULL: not initialised, or this is a child that has not
 * called C_Initialize. */
struct slots *module_hold(void);
void module_release(void);

/* --- enter.c -----------------------------------------------------------------------------------
 */

/* CKR_CRYPTOKI_NOT_INITIALIZED. */
CHECKED CK_RV api_enter(struct slots **out);
/* And CKR_SESSION_HANDLE_INVALID, and what need says. *out is NULL then. */
CHECKED CK_RV api_enter_session(CK_SESSION_HANDLE h, enum need need, struct session **out);
/* Let go of all, trace the call. s: NULL without a session. */
CHECKED CK_RV api_leave(const char *function, struct session *s, CK_RV rv);
/* A whole function that this module does not have. */
CHECKED CK_RV api_refuse(const char *function, CK_SESSION_HANDLE h);
/* CKR_ARGUMENTS_BAD unless count attributes can be there. */
CHECKED CK_RV api_template(const CK_ATTRIBUTE *list, CK_ULONG count);

#endif
