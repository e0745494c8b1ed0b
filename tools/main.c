/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token: the command table, and a run from the line to the exit status.
 */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "tool.h"

#define SELECT   (BIT(OPT_TOKEN) | BIT(OPT_LABEL) | BIT(OPT_ID) | BIT(OPT_URI))
#define USER_PIN (BIT(OPT_PIN_FILE) | BIT(OPT_PIN_FD))
#define SO_PIN   (BIT(OPT_SO_PIN_FILE) | BIT(OPT_SO_PIN_FD))
#define NEW_PIN  (BIT(OPT_NEW_PIN_FILE) | BIT(OPT_NEW_PIN_FD))

const struct command commands[] = {
	{ "init", NULL, true,
		BIT(OPT_LABEL) | BIT(OPT_PARENT) | BIT(OPT_AUTH_FILE) | USER_PIN | SO_PIN,
		"make a token, with a PIN for its security officer and one for its user",
		cmd_init },
	{ "list", NULL, true, BIT(OPT_TOKEN) | BIT(OPT_LOGIN) | BIT(OPT_JSON) | USER_PIN,
		"list tokens, keys and certificates", cmd_list },
	{ "keygen", NULL, true,
		BIT(OPT_TOKEN) | BIT(OPT_TYPE) | BIT(OPT_LABEL) | BIT(OPT_ID) |
			BIT(OPT_ALWAYS_AUTHENTICATE) | BIT(OPT_DECRYPT) | USER_PIN,
		"make a key pair in the TPM", cmd_keygen },
	{ "pin change", NULL, true, BIT(OPT_TOKEN) | BIT(OPT_SO) | USER_PIN | SO_PIN | NEW_PIN,
		"change the user's PIN, or the security officer's", cmd_pin_change },
	{ "pin unblock", NULL, true, BIT(OPT_TOKEN) | SO_PIN | NEW_PIN,
		"set a new user PIN with the security officer's PIN; keys stay", cmd_pin_unblock },
	{ "cert add", "FILE", true, BIT(OPT_TOKEN) | BIT(OPT_LABEL) | BIT(OPT_ID) | USER_PIN,
		"store a certificate (PEM or DER) beside its key", cmd_cert_add },
	{ "rm", NULL, true, SELECT | BIT(OPT_YES) | USER_PIN,
		"remove keys, certificates and data for ever", cmd_rm },
	{ "ssh", NULL, true, SELECT | BIT(OPT_PUBLIC) | BIT(OPT_MODULE),
		"print public keys for SSH, and the lines that make SSH use them", cmd_ssh },
	{ "doctor", NULL, false, BIT(OPT_MODULE), "examine TPM, store and configuration",
		cmd_doctor },
	{ "help", "COMMAND", false, BIT(OPT_TABLE), "print this text, or that of one command",
		cmd_help },
	{ NULL, NULL, false, 0, NULL, NULL },
};

int
cmd_help(struct tool *t)
{
	const struct command *c = commands;

	if (opt_given(t, OPT_TABLE)) {
		usage_table(stdout);
		mechanisms_table(stdout);
		return DONE;
	}
	if (t->operand == NULL) {
		usage_print(stdout, NULL);
		return DONE;
	}
	while (c->name != NULL && strcmp(c->name, t->operand) != 0)
		c++;
	if (c->name == NULL)
		return usage_error("there is no command \"%s\"", t->operand);
	usage_print(stdout, c);
	return DONE;
}

const char *
module_path(const struct tool *t)
{
	return opt_given(t, OPT_MODULE) ? t->value[OPT_MODULE] : P11MODULEDIR "/tpm2-token.so";
}

static int
run(struct tool *t)
{
	CK_RV rv;

	if (t->command->run == cmd_help)
		return cmd_help(t);
	if ((rv = core_open(t->value[OPT_CONFIG], &t->core)) != CKR_OK)
		return fail_rv(rv);
	if (t->command->needs_store && (rv = core_store_state(t->core)) != CKR_OK)
		return fail_rv(rv);
	return t->command->run(t);
}

int
main(int argc, char **argv)
{
	struct tool t = { 0 };
	int status = options_parse(&t, argc, argv);

	if (status == DONE && opt_given(&t, OPT_VERSION))
		puts("tpm2-token " PACKAGE_VERSION);
	else if (status == DONE && (t.command == NULL || opt_given(&t, OPT_HELP)))
		usage_print(stdout, t.command);
	else if (status == DONE)
		status = run(&t);
	core_close(t.core);
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail_text("the answer could not be written to standard output");
	return status;
}
