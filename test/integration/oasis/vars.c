/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ${Name}: a reply binds it to what came, a later request stands for that.
 * Both are kept as they are written in the files.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "oasis.h"

bool
vars_is_name(const char *text)
{
	size_t len = strlen(text);

	return len > 3 && text[0] == '$' && text[1] == '{' && strcspn(text + 2, "${}") == len - 3 &&
	       text[len - 1] == '}';
}

/* Where the name is, or where it may be put. */
static size_t
place(const struct vars *v, const char *name)
{
	size_t i = 0;

	while (i < v->count && strcmp(v->list[i].name, name) != 0)
		i++;
	return i;
}

bool
vars_bind(struct vars *v, const char *name, const char *text)
{
	size_t i = place(v, name);
	char *copy = NULL;

	if (!vars_is_name(name) || i == VARS_MAX || (copy = strdup(text)) == NULL)
		return false;
	if (i == v->count && (v->list[i].name = strdup(name)) == NULL) {
		free(copy);
		return false;
	}
	v->count += i == v->count;
	free(v->list[i].text);
	v->list[i].text = copy;
	return true;
}

bool
vars_bind_number(struct vars *v, const char *name, CK_ULONG number)
{
	char text[32];

	snprintf(text, sizeof text, "%lu", number);
	return vars_bind(v, name, text);
}

const char *
vars_text(const struct vars *v, const char *text)
{
	size_t i = 0;

	if (strstr(text, "${") == NULL)
		return text;
	i = place(v, text);
	return i < v->count ? v->list[i].text : NULL;
}

void
vars_free(struct vars *v)
{
	for (size_t i = 0; i < v->count; i++) {
		free(v->list[i].name);
		free(v->list[i].text);
	}
	*v = (struct vars){ 0 };
}
