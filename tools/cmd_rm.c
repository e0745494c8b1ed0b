/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token rm: remove objects. A key that is removed is gone for ever: the
 * TPM keeps no copy.
 */
#include "config.h"

#include "tool.h"

#define DOOMED_MAX 256

/* What is to be removed: the search is over before the first one goes. */
struct doomed {
	uint64_t handles[DOOMED_MAX];
	size_t count;
};

static CK_RV
doom(void *arg, struct object *o)
{
	struct doomed *d = arg;
	char type[32];

	if (d->count == DOOMED_MAX)
		return rv_fail(CKR_ARGUMENTS_BAD,
			"more than %d objects match; say more exactly which", DOOMED_MAX);
	d->handles[d->count++] = object_handle(o);
	key_type_text(o, type, sizeof type);
	printf("  %-8s %-9s ", class_name(object_class(o)), type);
	print_text(stdout, attrs_bytes(object_attrs(o), CKA_LABEL));
	putchar('\n');
	return CKR_OK;
}

static CK_RV
remove_one(struct token *t, uint64_t handle)
{
	struct object *o = NULL;
	CK_RV rv = object_get(t, handle, &o);

	if (rv == CKR_OBJECT_HANDLE_INVALID)
		return CKR_OK; /* someone else was faster */
	if (rv == CKR_OK)
		rv = object_destroy(t, o);
	object_put(o);
	return rv;
}

static CK_RV
remove_all(struct tool *t, struct token *token, const struct attrs *wanted)
{
	struct doomed d = { .count = 0 };
	CK_RV rv = objects_each(token, wanted, doom, &d);

	if (rv == CKR_OK && d.count == 0)
		return no_such_object(token);
	fflush(stdout);
	if (rv == CKR_OK && !opt_given(t, OPT_YES) && !confirm("Remove this for ever?"))
		return rv_fail(CKR_FUNCTION_CANCELED,
			"nothing is removed: there was no \"y\"; --yes removes without a question");
	for (size_t i = 0; rv == CKR_OK && i < d.count; i++)
		rv = remove_one(token, d.handles[i]);
	if (rv == CKR_OK)
		puts("Removed.");
	return rv;
}

int
cmd_rm(struct tool *t)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct token *token = NULL;
	CK_RV rv;

	if (!opt_given(t, OPT_LABEL) && !opt_given(t, OPT_ID) && !opt_given(t, OPT_URI))
		return usage_error("nothing says what to remove: give --label, --id or --uri");
	if ((rv = selection_read(t, &wanted)) == CKR_OK && wanted.count == 0)
		rv = rv_fail(CKR_ARGUMENTS_BAD, "the URI names no object, only a token");
	if (rv == CKR_OK && (rv = tool_token(t, &token)) == CKR_OK &&
		(rv = tool_login(t, token)) == CKR_OK)
		rv = remove_all(t, token, &wanted);
	attrs_free(&wanted);
	return rv == CKR_OK ? DONE : fail_rv(rv);
}
