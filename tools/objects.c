/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens and objects as the command line names them.
 */
#include "config.h"

#include <string.h>

#include "tool.h"

#define BATCH 64

void
key_type_text(const struct object *o, char *out, size_t len)
{
	const struct pubkey *key = object_pubkey(o);
	const struct curve_row *curve = key != NULL ? curve_row(key->curve) : NULL;

	out[0] = '\0';
	if (key != NULL && key->kind == KEY_RSA)
		snprintf(out, len, "RSA %zu", pubkey_bits(key));
	else if (curve != NULL)
		snprintf(out, len, "EC %s", curve->name);
}

/* The token that --uri names; NULL if it names none. */
static CK_RV
token_of_uri(const struct tool *t, struct token **out)
{
	struct buf name = BUF_EMPTY;
	struct attrs ignored = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	*out = NULL;
	if (opt_given(t, OPT_URI))
		rv = uri_read(t->value[OPT_URI], &ignored, &name);
	if (rv == CKR_OK && name.len > 0 && (rv = buf_append_u8(&name, 0)) == CKR_OK)
		rv = core_token_find(t->core, (const char *)name.ptr, out);
	attrs_free(&ignored);
	buf_free(&name);
	return rv;
}

CK_RV
tool_token(struct tool *t, struct token **out)
{
	struct token *of_uri = NULL;
	CK_RV rv = token_of_uri(t, &of_uri);

	if (rv != CKR_OK)
		return rv;
	if (of_uri != NULL && !opt_given(t, OPT_TOKEN)) {
		*out = of_uri;
		return CKR_OK;
	}
	if ((rv = core_token_find(t->core, t->value[OPT_TOKEN], out)) != CKR_OK)
		return rv;
	if (of_uri != NULL && of_uri != *out)
		return rv_fail(CKR_ARGUMENTS_BAD, "the URI names another token than --token");
	return CKR_OK;
}

CK_RV
tool_login(struct tool *t, struct token *token)
{
	struct token_info info;
	struct buf pin = BUF_EMPTY;
	struct progress p;
	char prompt[64];
	CK_RV rv;

	if ((rv = token_info(token, &info)) != CKR_OK)
		return rv;
	if (!info.user_pin_set)
		return CKR_USER_PIN_NOT_INITIALIZED;
	snprintf(prompt, sizeof prompt, "PIN of token \"%s\"", info.label);
	if ((rv = pin_get(t, PIN_USER, prompt, false, &pin)) != CKR_OK)
		return rv;
	progress_start(&p, "Logging in");
	rv = token_login(token, TOKEN_USER, view(&pin));
	progress_stop(&p);
	buf_free(&pin);
	return rv;
}

CK_RV
attribute_take(struct attrs *a, CK_ATTRIBUTE_TYPE type, struct bytes value)
{
	CK_ATTRIBUTE given = { type, (void *)value.ptr, value.len };
	struct attrs checked = ATTRS_EMPTY;
	CK_RV rv = attr_template_read(&given, 1, &checked);

	attrs_free(&checked);
	return rv == CKR_OK ? attrs_set(a, type, value) : rv;
}

/* An option beside --uri says more, and does not contradict it. */
static CK_RV
selection_add(struct attrs *wanted, CK_ATTRIBUTE_TYPE type, enum opt option, struct bytes value)
{
	if (attrs_has(wanted, type) && !bytes_equal(attrs_bytes(wanted, type), value))
		return rv_fail(CKR_ARGUMENTS_BAD, "the URI names another %s than --%s",
			option_row(option)->name, option_row(option)->name);
	return attrs_set(wanted, type, value);
}

CK_RV
selection_read(const struct tool *t, struct attrs *wanted)
{
	struct buf id = BUF_EMPTY, token = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (opt_given(t, OPT_URI))
		rv = uri_read(t->value[OPT_URI], wanted, &token);
	if (rv == CKR_OK && opt_given(t, OPT_LABEL))
		rv = selection_add(wanted, CKA_LABEL, OPT_LABEL, bytes_str(t->value[OPT_LABEL]));
	if (rv == CKR_OK && opt_given(t, OPT_ID) &&
		(rv = hex_read(t->value[OPT_ID], &id)) == CKR_OK)
		rv = selection_add(wanted, CKA_ID, OPT_ID, view(&id));
	buf_free(&id);
	buf_free(&token);
	return rv;
}

/* CKR_OK also for an object that has just gone, or that is not shown before login. */
static CK_RV
visit(struct token *t, uint64_t handle, object_fn fn, void *arg)
{
	struct object *o = NULL;
	CK_RV rv = object_get(t, handle, &o);

	if (rv == CKR_OBJECT_HANDLE_INVALID)
		return CKR_OK;
	if (rv == CKR_OK && object_class(o) != CKO_PROFILE)
		rv = fn(arg, o);
	object_put(o);
	return rv;
}

CK_RV
objects_each(struct token *t, const struct attrs *wanted, object_fn fn, void *arg)
{
	uint64_t handles[BATCH];
	size_t count = 0;
	struct find *find = NULL;
	CK_RV rv = find_start(t, wanted, &find);

	while (rv == CKR_OK && (rv = find_next(find, handles, BATCH, &count)) == CKR_OK &&
		count > 0)
		for (size_t i = 0; rv == CKR_OK && i < count; i++)
			rv = visit(t, handles[i], fn, arg);
	find_free(find);
	return rv;
}

/* The labels seen, each once, with commas; cut when there is no more room. */
struct labels {
	char text[320];
};

static CK_RV
collect_label(void *arg, struct object *o)
{
	struct labels *l = arg;
	struct bytes label = attrs_bytes(object_attrs(o), CKA_LABEL);
	size_t used = strlen(l->text);
	char quoted[80];

	snprintf(quoted, sizeof quoted, "\"%.*s\"", (int)(label.len < 64 ? label.len : 64),
		label.len > 0 ? (const char *)label.ptr : "");
	if (strstr(l->text, quoted) != NULL)
		return CKR_OK;
	if (used + strlen(quoted) + 3 < sizeof l->text)
		snprintf(l->text + used, sizeof l->text - used, "%s%s", used > 0 ? ", " : "",
			quoted);
	return CKR_OK;
}

CK_RV
no_such_object(struct token *t)
{
	struct attrs all = ATTRS_EMPTY;
	struct labels labels = { "" };
	CK_RV rv = objects_each(t, &all, collect_label, &labels);

	if (rv != CKR_OK)
		return rv;
	if (labels.text[0] == '\0')
		return rv_fail(
			CKR_ARGUMENTS_BAD, "no such object: the token holds none that can be seen");
	return rv_fail(
		CKR_ARGUMENTS_BAD, "no such object; the labels on this token are %s", labels.text);
}
