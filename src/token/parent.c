/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parent of a token's keys: what the configuration, the store and the TPM
 * call it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "token_private.h"

#define PERSISTENT_FIRST 0x81000000UL
#define PERSISTENT_LAST  0x81ffffffUL

struct parent_row {
	const char *name;
	enum store_parent_kind kind;
	enum tpm_hierarchy hierarchy;
};

static const struct parent_row parents[] = {
	{ "owner", PARENT_OWNER, TPM_OWNER },
	{ "endorsement", PARENT_ENDORSEMENT, TPM_ENDORSEMENT },
	{ "platform", PARENT_PLATFORM, TPM_PLATFORM },
	{ "null", PARENT_NULL, TPM_NULL },
	{ "persistent", PARENT_PERSISTENT, TPM_PERSISTENT },
};

static const struct parent_row *
parent_row(enum store_parent_kind kind)
{
	for (size_t i = 0; i < COUNT(parents); i++)
		if (parents[i].kind == kind)
			return &parents[i];
	return NULL;
}

const char *
parent_name(enum store_parent_kind kind)
{
	const struct parent_row *row = parent_row(kind);

	return row != NULL ? row->name : "unknown";
}

/* A persistent handle is written as a number. */
static bool
handle_read(const char *text, uint32_t *handle)
{
	char *end = NULL;
	unsigned long number = strtoul(text, &end, 16);

	if (strncmp(text, "0x", 2) != 0 || *end != '\0' || number < PERSISTENT_FIRST ||
		number > PERSISTENT_LAST)
		return false;
	*handle = (uint32_t)number;
	return true;
}

CK_RV
parent_choose(const char *name, struct parent_choice *out)
{
	uint32_t handle = 0;
	const char *wanted = handle_read(name, &handle) ? "persistent" : name;

	for (size_t i = 0; i < COUNT(parents); i++) {
		if (strcmp(parents[i].name, wanted) != 0)
			continue;
		if (parents[i].hierarchy == TPM_PERSISTENT && handle == 0)
			break; /* which one? */
		*out = (struct parent_choice){ name, parents[i].kind, parents[i].hierarchy,
			handle };
		return CKR_OK;
	}
	return rv_fail(CKR_ARGUMENTS_BAD,
		"The parent \"%s\" is none of owner, endorsement, platform, null or a persistent "
		"handle 0x81......",
		name);
}

CK_RV
token_parent_of(const struct token_row *row, struct tpm_parent *out)
{
	const struct parent_row *kind = parent_row(row->parent_kind);
	CK_RV rv = CKR_OK;

	if (kind == NULL)
		return rv_fail(CKR_DEVICE_ERROR,
			"The store is damaged: token \"%s\" has an unknown parent.", row->label);
	out->hierarchy = kind->hierarchy;
	out->handle = row->parent_handle;
	rv = buf_set(&out->name, view(&row->parent_name));
	return rv == CKR_OK ? buf_set(&out->public, view(&row->parent_public)) : rv;
}

CK_RV
token_parent_auth(const struct core *c, const struct tpm_parent *parent, struct buf *out)
{
	buf_free(out);
	if (parent->handle != 0 || parent->hierarchy == TPM_NULL)
		return CKR_OK;
	return core_hierarchy_auth(c, out);
}
