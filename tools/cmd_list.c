/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token list: tokens and their objects, for people or in JSON. No TPM
 * command is sent without --login.
 */
#include "config.h"

#include <string.h>

#include "tool.h"

struct list {
	struct tool *tool;
	struct json *json; /* NULL: text */
	struct token_info info;
	size_t objects;
};

static void
print_hex(struct bytes value)
{
	for (size_t i = 0; i < value.len; i++)
		printf("%02x", value.ptr[i]);
}

static void
object_text(const struct object *o, const char *type, struct bytes label, struct bytes id)
{
	printf("  %-8s %-9s ", class_name(object_class(o)), type);
	fputs("id=", stdout);
	print_hex(id);
	fputs("  ", stdout);
	print_text(stdout, label);
	fputs(attrs_bool(object_attrs(o), CKA_ALWAYS_AUTHENTICATE, false)
			? "  (always asks for the PIN)\n"
			: "\n",
		stdout);
}

static CK_RV
object_json(struct list *l, const struct object *o, const char *type)
{
	const struct attrs *a = object_attrs(o);
	struct buf uri = BUF_EMPTY;
	CK_RV rv = uri_of_object(&l->info, o, false, &uri);

	if (rv == CKR_OK) {
		json_open(l->json, NULL, '{');
		json_text(l->json, "class", bytes_str(class_name(object_class(o))));
		json_text(l->json, "label", attrs_bytes(a, CKA_LABEL));
		json_hex(l->json, "id", attrs_bytes(a, CKA_ID));
		if (type[0] != '\0')
			json_text(l->json, "key", bytes_str(type));
		json_bool(l->json, "private", object_is_private(o));
		if (object_class(o) == CKO_PRIVATE_KEY)
			json_bool(l->json, "always_authenticate",
				attrs_bool(a, CKA_ALWAYS_AUTHENTICATE, false));
		json_text(l->json, "uri", view(&uri));
		json_close(l->json, '}');
	}
	buf_free(&uri);
	return rv;
}

static CK_RV
list_object(void *arg, struct object *o)
{
	struct list *l = arg;
	char type[32];

	l->objects++;
	key_type_text(o, type, sizeof type);
	if (l->json != NULL)
		return object_json(l, o, type);
	object_text(o, type, attrs_bytes(object_attrs(o), CKA_LABEL),
		attrs_bytes(object_attrs(o), CKA_ID));
	return CKR_OK;
}

static void
token_text(const struct token_info *info)
{
	fputs("Token \"", stdout);
	print_text(stdout, bytes_str(info->label));
	printf("\"  serial %s  parent %s", info->serial, info->parent);
	if (info->parent_handle != 0)
		printf(" 0x%08x", (unsigned)info->parent_handle);
	fputs(info->user_pin_set ? "" : "  no user PIN yet", stdout);
	if (info->user_tries > 0)
		printf("  wrong PINs %u of %u", (unsigned)info->user_tries,
			(unsigned)info->tries_max);
	fputs(info->read_only ? "  read-only\n" : "\n", stdout);
}

static void
token_json(struct json *j, const struct token_info *info)
{
	json_text(j, "label", bytes_str(info->label));
	json_text(j, "serial", bytes_str(info->serial));
	json_text(j, "parent", bytes_str(info->parent));
	if (info->parent_handle != 0)
		json_number(j, "parent_handle", info->parent_handle);
	json_bool(j, "user_pin_set", info->user_pin_set);
	json_number(j, "user_tries", info->user_tries);
	json_number(j, "so_tries", info->so_tries);
	json_number(j, "tries_max", info->tries_max);
	json_bool(j, "read_only", info->read_only);
	json_open(j, "objects", '[');
}

/* Who gives a PIN means to log in. */
static bool
wants_login(const struct tool *t)
{
	return opt_given(t, OPT_LOGIN) || opt_given(t, OPT_PIN_FILE) || opt_given(t, OPT_PIN_FD);
}

static CK_RV
list_token(struct list *l, struct token *token)
{
	struct attrs all = ATTRS_EMPTY;
	CK_RV rv;

	if (wants_login(l->tool) && (rv = tool_login(l->tool, token)) != CKR_OK)
		return rv;
	if ((rv = token_info(token, &l->info)) != CKR_OK)
		return rv == CKR_TOKEN_NOT_PRESENT ? CKR_OK : rv;
	l->objects = 0;
	if (l->json != NULL) {
		json_open(l->json, NULL, '{');
		token_json(l->json, &l->info);
	} else {
		token_text(&l->info);
	}
	rv = objects_each(token, &all, list_object, l);
	if (l->json != NULL) {
		json_close(l->json, ']');
		json_close(l->json, '}');
	} else if (rv == CKR_OK && l->objects == 0) {
		puts("  nothing that can be seen without a PIN");
	}
	return rv;
}

/* The token that is named, or all of them. */
static CK_RV
list_tokens(struct list *l)
{
	struct core *core = l->tool->core;
	struct token *token = NULL;
	CK_RV rv;

	if (opt_given(l->tool, OPT_TOKEN) || wants_login(l->tool)) {
		rv = tool_token(l->tool, &token);
		return rv == CKR_OK ? list_token(l, token) : rv;
	}
	if ((rv = core_refresh(core)) != CKR_OK)
		return rv;
	for (size_t i = 0; rv == CKR_OK && i < core_token_count(core); i++)
		rv = list_token(l, core_token(core, i));
	if (rv == CKR_OK && l->json == NULL && core_token_count(core) == 0)
		puts("There is no token yet; \"tpm2-token init --label LABEL\" makes one.");
	return rv;
}

int
cmd_list(struct tool *t)
{
	struct json json = { .f = stdout };
	struct list l = { .tool = t, .json = opt_given(t, OPT_JSON) ? &json : NULL };
	CK_RV rv;

	if (l.json != NULL) {
		json_open(l.json, NULL, '{');
		json_open(l.json, "tokens", '[');
	}
	rv = list_tokens(&l);
	if (l.json != NULL) {
		json_close(l.json, ']');
		json_close(l.json, '}');
	}
	return rv == CKR_OK ? DONE : fail_rv(rv);
}
