/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of loaded objects: what the HMAC of a command covers in the place of
 * handles. TPM 2.0 Part 1, "Names".
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tpm/wire_private.h"

static struct wire_name *
name_find(const struct wire *w, uint32_t handle)
{
	for (size_t i = 0; i < w->name_count; i++)
		if (w->names[i].handle == handle)
			return &w->names[i];
	return NULL;
}

static struct wire_name *
name_add(struct wire *w, uint32_t handle)
{
	size_t cap = w->name_cap == 0 ? 8 : 2 * w->name_cap;
	struct wire_name *grown = NULL;

	if (w->name_count == w->name_cap) {
		if ((grown = realloc(w->names, cap * sizeof *grown)) == NULL)
			return NULL;
		w->names = grown;
		w->name_cap = cap;
	}
	w->names[w->name_count] = (struct wire_name){ .handle = handle };
	return &w->names[w->name_count++];
}

CK_RV
wire_name_set(struct wire *w, uint32_t handle, struct bytes name)
{
	struct wire_name *n = name_find(w, handle);

	if (name.len > sizeof n->name)
		return rv_fail(CKR_DEVICE_ERROR, "a name of %zu bytes is no name of a TPM object",
			name.len);
	if (n == NULL && (n = name_add(w, handle)) == NULL)
		return CKR_HOST_MEMORY;
	if (name.len > 0)
		memcpy(n->name, name.ptr, name.len);
	n->len = name.len;
	return CKR_OK;
}

bool
wire_name_known(const struct wire *w, uint32_t handle)
{
	return name_find(w, handle) != NULL;
}

void
wire_name_drop(struct wire *w, uint32_t handle)
{
	struct wire_name *n = name_find(w, handle);

	if (n != NULL)
		*n = w->names[--w->name_count];
}

/* Objects and NV indices have names; whatever else has a handle is named by it. */
static bool
handle_is_named(uint32_t handle)
{
	switch (handle >> TPM2_HR_SHIFT) {
	case TPM2_HT_NV_INDEX:
	case TPM2_HT_TRANSIENT:
	case TPM2_HT_PERSISTENT:
		return true;
	default:
		return false;
	}
}

bool
wire_name_get(const struct wire *w, uint32_t handle, uint8_t *self, struct bytes *out)
{
	const struct wire_name *n = NULL;

	if (!handle_is_named(handle)) {
		put_u32(self, handle);
		*out = bytes_of(self, 4);
		return true;
	}
	if ((n = name_find(w, handle)) == NULL)
		return false;
	*out = bytes_of(n->name, n->len);
	return true;
}
