/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys: how long their values may be, and what they must look like.
 */
#include "config.h"

#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Bytes. A type that has no row here takes everything up to SECRET_LEN_MAX. */
static const struct {
	uint64_t key_type;
	uint64_t len;
	bool alone; /* the type has this one only */
	bool odd;   /* FIPS 46-3: the lowest bit of each byte makes it so */
} lengths[] = {
	{ CKK_AES, 16, false, false },
	{ CKK_AES, 24, false, false },
	{ CKK_AES, 32, false, false },
	{ CKK_DES, 8, true, true },
	{ CKK_DES2, 16, true, true },
	{ CKK_DES3, 24, true, true },
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

uint64_t
attr_secret_own_len(uint64_t key_type)
{
	for (size_t i = 0; i < COUNT(lengths); i++)
		if (lengths[i].key_type == key_type && lengths[i].alone)
			return lengths[i].len;
	return 0;
}

static bool
is_odd(uint64_t key_type)
{
	for (size_t i = 0; i < COUNT(lengths); i++)
		if (lengths[i].key_type == key_type)
			return lengths[i].odd;
	return false;
}

/* 1 if so many of its bits are set that it is even; in one time for all values. */
static uint8_t
even_parity(uint8_t byte)
{
	byte = (uint8_t)(byte ^ byte >> 4);
	byte = (uint8_t)(byte ^ byte >> 2);
	byte = (uint8_t)(byte ^ byte >> 1);
	return (uint8_t)(~byte & 1);
}

CK_RV
attr_secret_value(uint64_t key_type, struct bytes value)
{
	uint8_t wrong = 0;
	CK_RV rv = attr_secret_len(key_type, value.len);

	if (rv != CKR_OK || !is_odd(key_type))
		return rv;
	for (size_t i = 0; i < value.len; i++)
		wrong |= even_parity(value.ptr[i]);
	if (wrong != 0)
		return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
			"The bytes of a DES key must have odd parity.");
	return CKR_OK;
}

void
attr_secret_shape(uint64_t key_type, uint8_t *value, size_t len)
{
	if (!is_odd(key_type))
		return;
	for (size_t i = 0; i < len; i++)
		value[i] ^= even_parity(value[i]);
}
