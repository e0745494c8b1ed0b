/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs share that put load on the module: loading it, a token whose
 * user PIN is known, keys of it, and TAP.
 */
#ifndef TEST_INTEGRATION_STRESS_CLIENT_H
#define TEST_INTEGRATION_STRESS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a)      (sizeof(a) / sizeof((a)[0]))
#define SIGNATURE_LEN 64 /* of P-256 */

struct client {
	CK_FUNCTION_LIST *f;
	const char *pin;
	CK_SLOT_ID slot;
};

/* --- the module; what fails ends the program, with a line that says so --- */

void must(const char *what, CK_RV rv);
/* dlopen and C_GetFunctionList. */
void client_load(struct client *c, const char *module, const char *pin);
/* C_Initialize, and the first token's slot. */
void client_start(struct client *c);
CK_SESSION_HANDLE client_open(const struct client *c, CK_FLAGS flags);
CK_RV client_login(const struct client *c, CK_SESSION_HANDLE h);
/* A P-256 pair on the token. */
void client_pair(const struct client *c, CK_SESSION_HANDLE h, const char *label);
/* CK_INVALID_HANDLE: there is none. */
CK_OBJECT_HANDLE client_find(
	const struct client *c, CK_SESSION_HANDLE h, CK_OBJECT_CLASS class, const char *label);

/* --- calls that may fail: the first code that is not CKR_OK --- */

CK_RV client_sign(
	const struct client *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, CK_BYTE *signature);
CK_RV client_verify(
	const struct client *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, CK_BYTE *signature);
CK_RV client_digest(const struct client *c, CK_SESSION_HANDLE h);

/* --- TAP --- */

void verdict(bool good, const char *sentence);
/* The plan; the program's exit status. */
int verdicts(void);

#endif
