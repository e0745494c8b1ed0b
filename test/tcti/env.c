/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counting TCTI's settings from the environment.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tcti/env.h"
#include "tpm/wire.h"

/* 0: unknown; "*" is any command, which is 0 too. */
static bool
code_of(const char *name, uint32_t *code)
{
	size_t count = 0;
	const struct wire_command *rows = wire_command_rows(&count);

	*code = 0;
	if (strcmp(name, "*") == 0)
		return true;
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name + strlen("TPM2_"), name) == 0)
			*code = rows[i].code;
	return *code != 0;
}

static bool
number_of(const char *text, unsigned long *out)
{
	char *end = NULL;

	*out = strtoul(text, &end, 0);
	return *text != '\0' && *end == '\0';
}

static bool
add_parsed(struct count *c, uint32_t code, unsigned nth, TSS2_RC rc, bool late)
{
	if (!count_fault_add(c, code, nth, rc))
		return false;
	if (late)
		count_fault_late(c);
	return true;
}

/* "3=0x101", "Sign#2=0x902"; with "=+", the command runs before. */
static bool
add_fault(struct count *c, char *item)
{
	char *value = strchr(item, '=');
	char *nth_text = strchr(item, '#');
	unsigned long rc = 0;
	unsigned long nth = 0;
	uint32_t code = 0;
	bool late = false;

	if (value == NULL)
		return false;
	*value++ = '\0';
	late = *value == '+';
	if (!number_of(value + late, &rc))
		return false;
	if (number_of(item, &nth))
		return add_parsed(c, 0, (unsigned)nth, (TSS2_RC)rc, late);
	if (nth_text != NULL) {
		*nth_text++ = '\0';
		if (!number_of(nth_text, &nth))
			return false;
	}
	return code_of(item, &code) && add_parsed(c, code, (unsigned)nth, (TSS2_RC)rc, late);
}

static bool
add_delay(struct count *c, char *item)
{
	char *value = strchr(item, '=');
	unsigned long ms = 0;
	uint32_t code = 0;

	if (value == NULL)
		return false;
	*value++ = '\0';
	return number_of(value, &ms) && code_of(item, &code) &&
	       count_delay_add(c, code, (unsigned)ms);
}

static bool
add_hidden(struct count *c, char *item)
{
	return hide_add_name(&c->hide, item);
}

static bool
each_item(struct count *c, const char *variable, bool (*add)(struct count *c, char *item))
{
	const char *value = getenv(variable);
	char *copy = value != NULL ? strdup(value) : NULL;
	char *rest = NULL;
	bool ok = value == NULL || copy != NULL;

	for (char *item = copy != NULL ? strtok_r(copy, ",", &rest) : NULL; item != NULL && ok;
		item = strtok_r(NULL, ",", &rest))
		ok = add(c, item);
	free(copy);
	return ok;
}

bool
env_configure(struct count *c)
{
	const char *path = getenv("TOKENTEST_LOG");
	const char *dump = getenv("TOKENTEST_DUMP");

	if (path != NULL && (c->log = fopen(path, "ae")) == NULL)
		return false;
	if (dump != NULL && (c->dump = fopen(dump, "ae")) == NULL)
		return false;
	return each_item(c, "TOKENTEST_FAULT", add_fault) &&
	       each_item(c, "TOKENTEST_DELAY", add_delay) &&
	       each_item(c, "TOKENTEST_HIDE", add_hidden);
}
