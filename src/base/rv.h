/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result codes. Internal functions return CK_RV. A foreign code is converted
 * where it appears, by one of the functions below: the conversion is the log
 * line, so a failure is logged once, with the foreign library's own words.
 */
#ifndef BASE_RV_H
#define BASE_RV_H

#include <stdbool.h>
#include <stdint.h>

#include "tpm2-token/pkcs11.h"

#define CHECKED __attribute__((warn_unused_result))

/*
 * What the failing TPM command had to do or to authorise: the same TPM code is a wrong PIN in one
 * place and a damaged key in another, and only who makes an object (RV_NEW) may be told that there
 * is no such curve.
 */
enum rv_subject { RV_OTHER, RV_NEW, RV_PIN, RV_KEY, RV_HIERARCHY, RV_SUBJECTS };

/* TSS2_RC of any layer. what: the TPM command or TSS call, for the log. CKR_OK for 0. */
CHECKED CK_RV rv_tss(uint32_t rc, enum rv_subject subject, const char *what);

/* The TPM's own code in it: without a resource manager's layer, and without handle, session and parameter numbers. */
uint32_t rv_tss_code(uint32_t rc);
/* Whether it is the TPM's word for a wrong authorisation. */
CHECKED bool rv_tss_refused(uint32_t rc);

/* SQLite result code; text: sqlite3_errmsg() or NULL. CKR_OK for SQLITE_OK. */
CHECKED CK_RV rv_sqlite(int rc, const char *text, const char *what);

/* A libcrypto call has failed: its last error goes into the log. Never CKR_OK. The queue stays as it is: see
 * crypto_errors_hold(). */
CHECKED CK_RV rv_ossl(const char *what);

/* errno value; what names the file or call. CKR_OK for 0. */
CHECKED CK_RV rv_errno(int err, const char *what);

/* Log a sentence that says what to do, and return rv. */
CHECKED CK_RV rv_fail(CK_RV rv, const char *sentence, ...) __attribute__((format(printf, 2, 3)));

#endif
