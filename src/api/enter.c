/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all entry points begin and end with.
 */
#include "config.h"

#include "api/api.h"
#include "base/log.h"
#include "base/names.h"
#include "crypto/crypto.h"

CK_RV
api_enter(struct slots **out)
{
	crypto_errors_hold();
	*out = module_hold();
	return *out == NULL ? CKR_CRYPTOKI_NOT_INITIALIZED : CKR_OK;
}

CK_RV
api_enter_session(CK_SESSION_HANDLE h, enum need need, struct session **out)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	*out = NULL;
	return rv == CKR_OK ? session_enter(slots, h, need, out) : rv;
}

CK_RV
api_leave(const char *function, struct session *s, CK_RV rv)
{
	if (s != NULL)
		rv = session_leave(s, rv);
	log_debug("%s = %s", function, name_of_rv(rv));
	module_release();
	crypto_errors_drop();
	return rv;
}

CK_RV
api_refuse(const char *function, CK_SESSION_HANDLE h)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SESSION, &s);

	return api_leave(function, s, rv == CKR_OK ? CKR_FUNCTION_NOT_SUPPORTED : rv);
}

CK_RV
api_template(const CK_ATTRIBUTE *list, CK_ULONG count)
{
	return list == NULL && count > 0 ? CKR_ARGUMENTS_BAD : CKR_OK;
}
