/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token init: make a token and set both PINs.
 */
#include "config.h"

#include <string.h>

#include "tool.h"

/* What init is about to use; wiped at the end. */
struct init {
	struct buf so_pin, user_pin, auth;
	struct token *token;
};

/* Everything is asked for before anything is done. */
static CK_RV
init_ask(struct tool *t, struct init *in)
{
	CK_RV rv = CKR_OK;

	if (opt_given(t, OPT_AUTH_FILE))
		rv = secret_from_file(t->value[OPT_AUTH_FILE], &in->auth);
	if (rv == CKR_OK)
		rv = pin_get(
			t, PIN_SO, "New PIN of the security officer (SO PIN)", true, &in->so_pin);
	if (rv == CKR_OK)
		rv = pin_get(t, PIN_USER, "New PIN of the user", true, &in->user_pin);
	return rv;
}

static CK_RV
init_make(struct tool *t, struct init *in)
{
	struct token_request rq = { .label = bytes_str(t->value[OPT_LABEL]),
		.so_pin = view(&in->so_pin),
		.parent = t->value[OPT_PARENT],
		.hierarchy_auth = view(&in->auth) };
	struct progress p;
	CK_RV rv;

	progress_start(&p, "Making the token");
	if ((rv = token_init(t->core, &rq, &in->token)) == CKR_OK)
		if ((rv = token_login(in->token, TOKEN_SO, view(&in->so_pin))) == CKR_OK) {
			rv = token_init_pin(in->token, view(&in->user_pin));
			if (token_logout(in->token) != CKR_OK && rv == CKR_OK)
				rv = CKR_FUNCTION_FAILED;
		}
	progress_stop(&p);
	return rv;
}

/* Only what weakens a PIN is told here; doctor tells all. */
static void
warn_of_lockout(void *arg, const struct finding *f)
{
	(void)arg;
	if (f->state != FINDING_OK && strncmp(f->check, "lockout", 7) == 0)
		fprintf(stderr, "tpm2-token: warning: %s%s%s\n", f->text,
			f->remedy[0] != '\0' ? " " : "", f->remedy);
}

int
cmd_init(struct tool *t)
{
	struct init in = { BUF_EMPTY, BUF_EMPTY, BUF_EMPTY, NULL };
	struct token_info info;
	CK_RV rv;
	int status = DONE;

	if (!opt_given(t, OPT_LABEL))
		return usage_error("a token needs a name: --label LABEL");
	if ((rv = init_ask(t, &in)) == CKR_OK)
		rv = init_make(t, &in);
	if (rv == CKR_OK)
		rv = token_info(in.token, &info);
	if (rv != CKR_OK)
		status = fail_rv(rv);
	if (rv != CKR_OK && in.token != NULL)
		fail_text("the token exists, but its user has no PIN: set it with \"tpm2-token pin "
			  "unblock\"");
	if (rv == CKR_OK) {
		printf("Token \"%s\" is made; its serial number is %s.\n", info.label, info.serial);
		if (core_examine(t->core, module_path(t), warn_of_lockout, NULL) != CKR_OK)
			fputs("tpm2-token: warning: the TPM's lockout could not be examined\n",
				stderr);
	}
	buf_free(&in.so_pin);
	buf_free(&in.user_pin);
	buf_free(&in.auth);
	return status;
}
