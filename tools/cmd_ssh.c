/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token ssh: public keys in SSH's form, and the lines that make SSH use
 * them. Needs no PIN and no TPM.
 */
#include "config.h"

#include "tool.h"

static CK_RV
print_key(void *arg, struct object *o)
{
	size_t *count = arg;
	struct buf line = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (object_pubkey(o) == NULL)
		return CKR_OK;
	if ((rv = ssh_key_line(object_pubkey(o), attrs_bytes(object_attrs(o), CKA_LABEL), &line)) ==
		CKR_OK) {
		print_text(stdout, view(&line));
		putchar('\n');
		++*count;
	}
	buf_free(&line);
	return rv;
}

static CK_RV
print_keys(struct tool *t)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct token *token = NULL;
	size_t count = 0;
	CK_RV rv;

	if ((rv = tool_token(t, &token)) == CKR_OK && (rv = selection_read(t, &wanted)) == CKR_OK)
		rv = attrs_set_u64(&wanted, CKA_CLASS, CKO_PUBLIC_KEY);
	if (rv == CKR_OK && !opt_given(t, OPT_PUBLIC))
		puts("# On the server, in ~/.ssh/authorized_keys:");
	if (rv == CKR_OK)
		rv = objects_each(token, &wanted, print_key, &count);
	if (rv == CKR_OK && count == 0)
		rv = no_such_object(token);
	attrs_free(&wanted);
	return rv;
}

int
cmd_ssh(struct tool *t)
{
	CK_RV rv = print_keys(t);

	if (rv != CKR_OK)
		return fail_rv(rv);
	if (opt_given(t, OPT_PUBLIC))
		return DONE;
	printf("\n# On this machine, in ~/.ssh/config:\nPKCS11Provider %s\n", module_path(t));
	printf("\n# Or, to give the PIN once, with ssh-agent:\n# ssh-add -s %s\n", module_path(t));
	return DONE;
}
