/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result codes: three tables, and the log line of every conversion.
 *
 * Codes of the TPM itself have no layer; the kernel's resource manager and
 * tpm2-abrmd answer in layers of their own with the same codes. They are
 * stripped before the table is searched.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <sqlite3.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tpm2_types.h>

#include "base/log.h"
#include "base/rv.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct tss_row {
	TSS2_RC rc; /* without layer; format-one codes without handle, session and parameter number */
	CK_RV rv[RV_SUBJECTS];
};

/* clang-format off */
static const struct tss_row tss_rows[] = {
	/*                           RV_OTHER           RV_NEW                   RV_PIN             RV_KEY             RV_HIERARCHY */
	{ TPM2_RC_AUTH_FAIL,        { CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,        CKR_PIN_INCORRECT, CKR_DEVICE_ERROR,  CKR_PIN_INCORRECT } },
	{ TPM2_RC_BAD_AUTH,         { CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,        CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,  CKR_PIN_INCORRECT } },
	{ TPM2_RC_LOCKOUT,          { CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,        CKR_PIN_LOCKED,    CKR_DEVICE_ERROR,  CKR_PIN_LOCKED } },
	{ TPM2_RC_AUTH_UNAVAILABLE, { CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,        CKR_PIN_LOCKED,    CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR } },
	{ TPM2_RC_INTEGRITY,        { CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,        CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR } },
	{ TPM2_RC_CURVE,            { CKR_DEVICE_ERROR,  CKR_CURVE_NOT_SUPPORTED, CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,  CKR_CURVE_NOT_SUPPORTED } },
	{ TPM2_RC_KEY_SIZE,         { CKR_DEVICE_ERROR,  CKR_KEY_SIZE_RANGE,      CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,  CKR_KEY_SIZE_RANGE } },
	{ TPM2_RC_COMMAND_CODE,     { CKR_DEVICE_ERROR,  CKR_MECHANISM_INVALID,   CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR,  CKR_DEVICE_ERROR } },
	{ TPM2_RC_OBJECT_MEMORY,    { CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY,       CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY } },
	{ TPM2_RC_OBJECT_HANDLES,   { CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY,       CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY } },
	{ TPM2_RC_SESSION_MEMORY,   { CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY,       CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY } },
	{ TPM2_RC_SESSION_HANDLES,  { CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY,       CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY } },
	{ TPM2_RC_NV_SPACE,         { CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY,       CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY, CKR_DEVICE_MEMORY } },
};
/* clang-format on */

uint32_t
rv_tss_code(uint32_t rc)
{
	TSS2_RC layer = rc & TSS2_RC_LAYER_MASK;

	if (layer == TSS2_RESMGR_RC_LAYER || layer == TSS2_RESMGR_TPM_RC_LAYER)
		rc &= ~TSS2_RC_LAYER_MASK;
	if ((rc & TSS2_RC_LAYER_MASK) == 0 && (rc & TPM2_RC_FMT1) != 0)
		rc &= TPM2_RC_FMT1 | 0x3f;
	return rc;
}

bool
rv_tss_refused(uint32_t rc)
{
	TSS2_RC code = rv_tss_code(rc);

	return code == TPM2_RC_AUTH_FAIL || code == TPM2_RC_BAD_AUTH;
}

CK_RV
rv_tss(uint32_t rc, enum rv_subject subject, const char *what)
{
	TSS2_RC code = rv_tss_code(rc);
	CK_RV rv = CKR_DEVICE_ERROR;

	if (rc == TSS2_RC_SUCCESS)
		return CKR_OK;
	for (size_t i = 0; i < COUNT(tss_rows); i++)
		if (tss_rows[i].rc == code)
			rv = tss_rows[i].rv[subject];
	if ((rc & ~TSS2_RC_LAYER_MASK) == TSS2_BASE_RC_MEMORY && (rc & TSS2_RC_LAYER_MASK) != 0)
		rv = CKR_HOST_MEMORY;
	log_error("%s failed: %s (0x%x)", what, Tss2_RC_Decode(rc), (unsigned)rc);
	return rv;
}

struct sqlite_row {
	int rc; /* primary result code */
	CK_RV rv;
};

static const struct sqlite_row sqlite_rows[] = {
	{ SQLITE_NOMEM, CKR_HOST_MEMORY },
	{ SQLITE_FULL, CKR_DEVICE_MEMORY },
	{ SQLITE_READONLY, CKR_TOKEN_WRITE_PROTECTED },
	{ SQLITE_BUSY, CKR_FUNCTION_FAILED },
	{ SQLITE_LOCKED, CKR_FUNCTION_FAILED },
};

CK_RV
rv_sqlite(int rc, const char *text, const char *what)
{
	CK_RV rv = CKR_DEVICE_ERROR;

	if (rc == SQLITE_OK)
		return CKR_OK;
	for (size_t i = 0; i < COUNT(sqlite_rows); i++)
		if (sqlite_rows[i].rc == (rc & 0xff))
			rv = sqlite_rows[i].rv;
	log_error("%s failed: %s (%d)", what, text != NULL ? text : sqlite3_errstr(rc), rc);
	return rv;
}

CK_RV
rv_ossl(const char *what)
{
	unsigned long code = ERR_peek_last_error();
	char text[160] = "no reason given";
	bool memory = ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;

	if (code != 0)
		ERR_error_string_n(code, text, sizeof text);
	log_error("%s failed in libcrypto: %s", what, text);
	return memory ? CKR_HOST_MEMORY : CKR_FUNCTION_FAILED;
}

struct errno_row {
	int err;
	CK_RV rv;
};

static const struct errno_row errno_rows[] = {
	{ ENOMEM, CKR_HOST_MEMORY },
	{ EMFILE, CKR_HOST_MEMORY },
	{ ENFILE, CKR_HOST_MEMORY },
	{ ENOSPC, CKR_DEVICE_MEMORY },
	{ EDQUOT, CKR_DEVICE_MEMORY },
	{ EROFS, CKR_TOKEN_WRITE_PROTECTED },
};

CK_RV
rv_errno(int err, const char *what)
{
	CK_RV rv = CKR_DEVICE_ERROR;

	if (err == 0)
		return CKR_OK;
	for (size_t i = 0; i < COUNT(errno_rows); i++)
		if (errno_rows[i].err == err)
			rv = errno_rows[i].rv;
	log_error("%s: %s", what, strerror(err));
	return rv;
}

CK_RV
rv_fail(CK_RV rv, const char *sentence, ...)
{
	char text[512];
	va_list args;

	va_start(args, sentence);
	vsnprintf(text, sizeof text, sentence, args);
	va_end(args);
	log_error("%s", text);
	return rv;
}
