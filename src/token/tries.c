/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong PINs. A try is counted before the TPM is asked and given back when it
 * turns out not to be a wrong PIN, so that neither guesses at the same time
 * nor a killed process get one for nothing.
 *
 * The TPM counts too, and its count locks out every program on the machine. A
 * token's own limit is below it, but a client that tries one PIN on every token
 * (ssh-add -s) adds them up. So once there is a wrong PIN anywhere in the store,
 * the TPM is asked how many it would still bear; otherwise that would be a
 * command at each login.
 */
#include "config.h"

#include "base/log.h"
#include "token_private.h"

/* A count that cannot be kept (a read-only store) is no reason to refuse: the TPM counts too. */
static bool
tries_change(struct token *t, enum token_user user, enum store_tries how, uint32_t *tries)
{
	return !store_is_read_only(t->core->store) &&
	       store_token_tries(t->core->store, t->id, user == TOKEN_SO, how, tries) == CKR_OK;
}

static CK_RV
tries_locked(const struct token_row *row, enum token_user user)
{
	if (user == TOKEN_SO)
		return rv_fail(CKR_PIN_LOCKED,
			"Too many wrong PINs of the security officer for token \"%s\": nobody can "
			"set a new user PIN any more.",
			row->label);
	return rv_fail(CKR_PIN_LOCKED,
		"Too many wrong PINs for token \"%s\". The security officer sets a new user PIN: "
		"tpm2-token pin unblock",
		row->label);
}

/* One wrong PIN more must not be the one that locks the TPM. */
static CK_RV
tries_tpm_check(struct token *t)
{
	struct tpm_lockout now = { 0 };
	uint64_t wrong = 0;

	if (store_tries_sum(t->core->store, &wrong) != CKR_OK || wrong == 0 ||
		tpm_read_lockout(t->core->tpm, &now) != CKR_OK)
		return CKR_OK;
	if (now.counter == 0 || now.counter + 1 < now.max)
		return CKR_OK;
	return rv_fail(CKR_PIN_LOCKED,
		"The TPM has counted %u of the %u wrong PINs after which it is locked for all "
		"programs: it forgets one in at most %u seconds.",
		(unsigned)now.counter, (unsigned)now.max, (unsigned)now.interval_s);
}

CK_RV
tries_take(struct token *t, const struct token_row *row, enum token_user user, bool *taken)
{
	uint32_t max = token_tries_max(t, row);
	uint32_t tries = user == TOKEN_SO ? row->so.tries : row->user.tries;
	CK_RV rv = CKR_OK;

	if (tries >= max)
		return tries_locked(row, user);
	/* The security officer is the way out of a locked PIN, and no client tries that PIN on every token. */
	if (user == TOKEN_USER && (rv = tries_tpm_check(t)) != CKR_OK)
		return rv;
	*taken = tries_change(t, user, TRIES_ADD, &tries);
	if (*taken && tries > max) { /* others were faster */
		(void)tries_change(t, user, TRIES_TAKE_BACK, &tries);
		return tries_locked(row, user);
	}
	return CKR_OK;
}

void
tries_settle(struct token *t, enum token_user user, bool taken, CK_RV rv)
{
	enum store_tries how = rv == CKR_OK ? TRIES_CLEAR : TRIES_TAKE_BACK;
	uint32_t tries = 0;

	if (taken && rv != CKR_PIN_INCORRECT && !tries_change(t, user, how, &tries))
		log_warn("The count of wrong PINs of token %s is one too high.", t->serial);
	if (!taken && rv == CKR_PIN_INCORRECT)
		log_warn("The count of wrong PINs of token %s could not be kept; only the TPM "
			 "counts.",
			t->serial);
}
