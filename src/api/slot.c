/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 3.2, 5.5: slot and token management.
 */
#include "config.h"

#include "api/api.h"

#define LABEL_LEN 32

/* Every slot has a token, an initialised or an empty one: present says nothing. */
CK_RV
C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	(void)present;
	if (rv == CKR_OK)
		rv = count == NULL ? CKR_ARGUMENTS_BAD : slots_list(slots, list, count);
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK)
		rv = info == NULL ? CKR_ARGUMENTS_BAD : slot_info(slots, id, info);
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK)
		rv = info == NULL ? CKR_ARGUMENTS_BAD : slot_token_info(slots, id, info);
	return api_leave(__func__, NULL, rv);
}

/* Nothing ever comes or goes by itself. Waiting for ever would hold C_Finalize up. */
CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK && (slot == NULL || reserved != NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = (flags & CKF_DONT_BLOCK) != 0 ? CKR_NO_EVENT : CKR_FUNCTION_NOT_SUPPORTED;
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK)
		rv = count == NULL ? CKR_ARGUMENTS_BAD : slot_mechanisms(slots, id, list, count);
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK)
		rv = info == NULL ? CKR_ARGUMENTS_BAD : slot_mechanism_info(slots, id, type, info);
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_InitToken(CK_SLOT_ID id, CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *label)
{
	struct slots *slots = NULL;
	CK_RV rv = api_enter(&slots);

	if (rv == CKR_OK && (pin == NULL || label == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = slot_init_token(slots, id, bytes_of(pin, pin_len), bytes_of(label, LABEL_LEN));
	return api_leave(__func__, NULL, rv);
}

CK_RV
C_InitPIN(CK_SESSION_HANDLE h, CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_SO, &s);

	if (rv == CKR_OK)
		rv = pin == NULL ? CKR_ARGUMENTS_BAD : session_init_pin(s, bytes_of(pin, pin_len));
	return api_leave(__func__, s, rv);
}

CK_RV
C_SetPIN(CK_SESSION_HANDLE h, CK_UTF8CHAR *old_pin, CK_ULONG old_len, CK_UTF8CHAR *new_pin,
	CK_ULONG new_len)
{
	struct session *s = NULL;
	CK_RV rv = api_enter_session(h, NEED_RW, &s);

	if (rv == CKR_OK && (old_pin == NULL || new_pin == NULL))
		rv = CKR_ARGUMENTS_BAD;
	if (rv == CKR_OK)
		rv = session_set_pin(s, bytes_of(old_pin, old_len), bytes_of(new_pin, new_len));
	return api_leave(__func__, s, rv);
}
