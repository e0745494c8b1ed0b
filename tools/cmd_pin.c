/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token pin change, pin unblock.
 */
#include "config.h"

#include "tool.h"

static CK_RV
change(struct tool *t, struct token *token, enum token_user user)
{
	struct buf old_pin = BUF_EMPTY, new_pin = BUF_EMPTY;
	struct progress p;
	CK_RV rv;

	rv = pin_get(t, user == TOKEN_SO ? PIN_SO : PIN_USER,
		user == TOKEN_SO ? "Present PIN of the security officer" : "Present PIN", false,
		&old_pin);
	if (rv == CKR_OK)
		rv = pin_get(t, PIN_NEW, NULL, true, &new_pin);
	if (rv == CKR_OK) {
		progress_start(&p, "Changing the PIN");
		rv = token_set_pin(token, user, view(&old_pin), view(&new_pin));
		progress_stop(&p);
	}
	buf_free(&old_pin);
	buf_free(&new_pin);
	return rv;
}

int
cmd_pin_change(struct tool *t)
{
	enum token_user user = opt_given(t, OPT_SO) ? TOKEN_SO : TOKEN_USER;
	struct token *token = NULL;
	CK_RV rv = tool_token(t, &token);

	if (rv == CKR_OK)
		rv = change(t, token, user);
	if (rv != CKR_OK)
		return fail_rv(rv);
	printf("The %s PIN is changed.\n", user == TOKEN_SO ? "security officer's" : "user's");
	return DONE;
}

static CK_RV
unblock(struct tool *t, struct token *token)
{
	struct buf so_pin = BUF_EMPTY, new_pin = BUF_EMPTY;
	struct progress p;
	CK_RV rv = pin_get(t, PIN_SO, NULL, false, &so_pin);

	if (rv == CKR_OK)
		rv = pin_get(t, PIN_NEW, "New PIN of the user", true, &new_pin);
	if (rv == CKR_OK) {
		progress_start(&p, "Setting the PIN");
		if ((rv = token_login(token, TOKEN_SO, view(&so_pin))) == CKR_OK)
			rv = token_init_pin(token, view(&new_pin));
		progress_stop(&p);
	}
	buf_free(&so_pin);
	buf_free(&new_pin);
	return rv;
}

int
cmd_pin_unblock(struct tool *t)
{
	struct token *token = NULL;
	CK_RV rv = tool_token(t, &token);

	if (rv == CKR_OK)
		rv = unblock(t, token);
	if (rv != CKR_OK)
		return fail_rv(rv);
	puts("The user has a new PIN; all keys are kept.");
	return DONE;
}
