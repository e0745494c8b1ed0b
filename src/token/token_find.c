/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token by the name that a person gives: its label, its serial number, or
 * nothing when there is only one.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "token_private.h"

struct search {
	const char *name;
	struct token *found;
	size_t hits;
	char labels[256]; /* of all tokens, for the sentence */
};

static void
search_see(struct search *s, struct token *t, const struct token_info *info)
{
	size_t used = strlen(s->labels);

	snprintf(s->labels + used, sizeof s->labels - used, "%s\"%s\"", used > 0 ? ", " : "",
		info->label);
	if (s->name != NULL && strcmp(s->name, info->label) != 0 &&
		strcmp(s->name, info->serial) != 0)
		return;
	s->found = t;
	s->hits++;
}

static CK_RV
search_answer(const struct search *s, struct token **out)
{
	if (s->hits == 1) {
		*out = s->found;
		return CKR_OK;
	}
	if (s->labels[0] == '\0')
		return rv_fail(
			CKR_ARGUMENTS_BAD, "There is no token yet. Make one with: tpm2-token init");
	if (s->name != NULL)
		return rv_fail(CKR_ARGUMENTS_BAD, "There is no token \"%s\". There are: %s.",
			s->name, s->labels);
	return rv_fail(CKR_ARGUMENTS_BAD, "Say which token is meant. There are: %s.", s->labels);
}

CK_RV
core_token_find(struct core *c, const char *name, struct token **out)
{
	struct search s = { .name = name };
	struct token_info info;
	size_t count = core_token_count(c);

	for (size_t i = 0; i < count; i++) {
		struct token *t = core_token(c, i);
		CK_RV rv = token_is_gone(t) ? CKR_TOKEN_NOT_PRESENT : token_info(t, &info);

		if (rv == CKR_TOKEN_NOT_PRESENT)
			continue;
		if (rv != CKR_OK)
			return rv;
		search_see(&s, t, &info);
	}
	return search_answer(&s, out);
}
