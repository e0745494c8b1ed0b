/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of XML that the test cases use: elements, attributes, the five
 * named entities, and text, which is skipped. All else is refused: what is not
 * understood must not be passed over.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "oasis.h"

#define DEPTH_MAX 8

struct parser {
	struct bytes rest;
	unsigned line;
	unsigned depth;
	const char *error; /* the first */
};

static bool
fail(struct parser *p, const char *error)
{
	if (p->error == NULL)
		p->error = error;
	return false;
}

static int
peek(const struct parser *p)
{
	return p->rest.len > 0 ? p->rest.ptr[0] : EOF;
}

static void
skip(struct parser *p, size_t n)
{
	for (; n > 0; n--) {
		p->line += p->rest.ptr[0] == '\n';
		p->rest = bytes_of(p->rest.ptr + 1, p->rest.len - 1);
	}
}

static bool
take(struct parser *p, const char *text)
{
	size_t n = strlen(text);

	if (p->rest.len < n || memcmp(p->rest.ptr, text, n) != 0)
		return false;
	skip(p, n);
	return true;
}

static bool
skip_blanks(struct parser *p)
{
	size_t before = p->rest.len;

	while (peek(p) == ' ' || peek(p) == '\t' || peek(p) == '\n' || peek(p) == '\r')
		skip(p, 1);
	return p->rest.len < before;
}

static char *
copy(struct parser *p, struct bytes b)
{
	char *s = strndup((const char *)b.ptr, b.len);

	if (s == NULL)
		fail(p, "out of memory");
	return s;
}

static char *
parse_name(struct parser *p)
{
	struct bytes name = { p->rest.ptr, 0 };

	while (isalpha(peek(p)) || peek(p) == '_' || (name.len > 0 && isdigit(peek(p)))) {
		skip(p, 1);
		name.len++;
	}
	if (name.len == 0)
		fail(p, "a name is missing");
	return name.len > 0 ? copy(p, name) : NULL;
}

/* The character that stands here, or -1. */
static int
parse_character(struct parser *p)
{
	static const struct {
		const char *text;
		char c;
	} entities[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' },
		{ "&apos;", '\'' } };
	int c = peek(p);

	for (size_t i = 0; i < COUNT(entities); i++)
		if (take(p, entities[i].text))
			return entities[i].c;
	if (c == EOF || c < ' ' || c == '<' || c == '&')
		return -1;
	skip(p, 1);
	return c;
}

static char *
parse_value(struct parser *p)
{
	char *value = NULL;
	size_t len = 0;
	int quote = peek(p), c = 0;

	if (quote != '"' && quote != '\'') {
		fail(p, "a value without quotes");
		return NULL;
	}
	skip(p, 1);
	value = malloc(p->rest.len + 1);
	while (value != NULL && peek(p) != quote && (c = parse_character(p)) != -1)
		value[len++] = (char)c;
	if (value == NULL || peek(p) != quote) {
		fail(p, "a value does not end");
		free(value);
		return NULL;
	}
	skip(p, 1);
	value[len] = '\0';
	return value;
}

static bool
parse_attribute(struct parser *p, struct xml *x)
{
	char **name = NULL;

	if (x->attr_count == XML_ATTRS)
		return fail(p, "too many attributes");
	name = &x->attrs[x->attr_count].name;
	*name = parse_name(p);
	x->attr_count++;
	if (*name == NULL)
		return false;
	for (size_t i = 0; i + 1 < x->attr_count; i++)
		if (strcmp(x->attrs[i].name, *name) == 0)
			return fail(p, "an attribute twice");
	skip_blanks(p);
	if (!take(p, "="))
		return fail(p, "an attribute without value");
	skip_blanks(p);
	x->attrs[x->attr_count - 1].value = parse_value(p);
	return x->attrs[x->attr_count - 1].value != NULL;
}

static struct xml *parse_element(struct parser *p);

static bool
parse_end(struct parser *p, const struct xml *x)
{
	if (!take(p, "</") || !take(p, x->name))
		return fail(p, "an element does not end");
	skip_blanks(p);
	return take(p, ">") || fail(p, "an end with more than a name");
}

static bool
parse_content(struct parser *p, struct xml *x)
{
	struct xml **last = &x->child;

	for (;;) {
		while (peek(p) != '<' && peek(p) != '&' && peek(p) > 0)
			skip(p, 1);
		if (peek(p) != '<')
			return fail(p, "text that does not end, or has more than text");
		if (p->rest.len > 1 && p->rest.ptr[1] == '/')
			return parse_end(p, x);
		if ((*last = parse_element(p)) == NULL)
			return false;
		last = &(*last)->next;
	}
}

static bool
parse_inside(struct parser *p, struct xml *x)
{
	if (!take(p, "<"))
		return fail(p, "an element is missing");
	if ((x->name = parse_name(p)) == NULL)
		return false;
	while (skip_blanks(p) && peek(p) != '/' && peek(p) != '>')
		if (!parse_attribute(p, x))
			return false;
	if (take(p, "/>"))
		return true;
	return take(p, ">") ? parse_content(p, x) : fail(p, "a tag does not end");
}

static struct xml *
parse_element(struct parser *p)
{
	struct xml *x = p->depth < DEPTH_MAX ? calloc(1, sizeof *x) : NULL;

	if (x == NULL) {
		fail(p, "elements too deep");
		return NULL;
	}
	x->line = p->line;
	p->depth++;
	if (!parse_inside(p, x)) {
		xml_free(x);
		return NULL;
	}
	p->depth--;
	return x;
}

struct xml *
xml_parse(struct bytes text, struct report *r)
{
	struct parser p = { .rest = text, .line = 1 };
	struct xml *x = NULL;

	skip_blanks(&p);
	x = parse_element(&p);
	skip_blanks(&p);
	if (x != NULL && p.rest.len > 0)
		fail(&p, "something after the end");
	if (p.error == NULL)
		return x;
	report_wrong(r, p.line, "no such XML: %s", p.error);
	xml_free(x);
	return NULL;
}

void
xml_free(struct xml *x)
{
	while (x != NULL) {
		struct xml *next = x->next;

		xml_free(x->child);
		for (size_t i = 0; i < x->attr_count; i++) {
			free(x->attrs[i].name);
			free(x->attrs[i].value);
		}
		free(x->name);
		free(x);
		x = next;
	}
}

const char *
xml_attr(const struct xml *x, const char *name)
{
	for (size_t i = 0; i < x->attr_count; i++)
		if (strcmp(x->attrs[i].name, name) == 0)
			return x->attrs[i].value;
	return NULL;
}

bool
xml_is(const struct xml *x, const char *name)
{
	return x != NULL && strcmp(x->name, name) == 0;
}

bool
xml_only(const struct xml *x, const char *a, const char *b)
{
	for (size_t i = 0; i < x->attr_count; i++)
		if ((a == NULL || strcmp(x->attrs[i].name, a) != 0) &&
			(b == NULL || strcmp(x->attrs[i].name, b) != 0))
			return false;
	return true;
}

size_t
xml_children(const struct xml *x)
{
	size_t n = 0;

	for (x = x->child; x != NULL; x = x->next)
		n++;
	return n;
}
