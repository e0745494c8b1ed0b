/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys: how long their values may be.
 */
#include "config.h"

#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Bytes. A type that has no row here takes everything up to SECRET_LEN_MAX. */
static const struct {
	uint64_t key_type;
	uint64_t len;
} lengths[] = {
	{ CKK_AES, 16 },
	{ CKK_AES, 24 },
	{ CKK_AES, 32 },
};

CK_RV
attr_secret_len(uint64_t key_type, uint64_t len)
{
	bool listed = false;

	for (size_t i = 0; i < COUNT(lengths); i++) {
		if (lengths[i].key_type == key_type && lengths[i].len == len)
			return CKR_OK;
		listed |= lengths[i].key_type == key_type;
	}
	if (listed || len == 0 || len > SECRET_LEN_MAX)
		return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
			"A key of this type does not have %llu bytes.", (unsigned long long)len);
	return CKR_OK;
}
