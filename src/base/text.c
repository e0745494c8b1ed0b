/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings that are allocated here.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

char *
text_copy_part(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *
text_copy(const char *text)
{
	return text_copy_part(text, strlen(text));
}

char *
text_join(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	char *both = malloc(a_len + b_len + 1);

	if (both == NULL)
		return NULL;
	memcpy(both, a, a_len);
	memcpy(both + a_len, b, b_len + 1);
	return both;
}
