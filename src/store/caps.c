/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What TPMs can do, by vendor and firmware.
 */
#include "config.h"

#include <string.h>

#include "base/alg.h"
#include "store/store_private.h"

#define CAPS_VALUES                                                                                \
	"hashes, curves, rsa_bits, encrypt_decrypt, fips, pin_fail, max_auth_fail, modes, "        \
	"aes_bits"

static void
caps_bind(struct query *q, const struct tpm_caps *caps)
{
	query_bind_text(q, caps->vendor);
	query_bind_int(q, (int64_t)caps->firmware);
	query_bind_int(q, caps->hashes);
	query_bind_int(q, caps->curves);
	query_bind_int(q, caps->rsa_bits);
	query_bind_int(q, caps->encrypt_decrypt);
	query_bind_int(q, caps->fips);
	query_bind_int(q, caps->pin_fail);
	query_bind_int(q, caps->max_auth_fail);
	query_bind_int(q, caps->modes);
	query_bind_int(q, caps->aes_bits);
}

static void
caps_read(struct query *q, struct tpm_caps *out)
{
	query_text(q, out->vendor, sizeof out->vendor);
	out->firmware = (uint64_t)query_int(q);
	out->hashes = query_uint(q, UINT32_MAX);
	out->curves = query_uint(q, UINT32_MAX);
	out->rsa_bits = query_uint(q, UINT32_MAX);
	out->encrypt_decrypt = query_bool(q);
	out->fips = query_bool(q);
	out->pin_fail = query_bool(q);
	out->max_auth_fail = query_uint(q, UINT32_MAX);
	out->modes = query_uint(q, UINT32_MAX);
	out->aes_bits = query_uint(q, UINT32_MAX);
}

CK_RV
store_caps_put(struct store *s, const struct tpm_caps *caps, int64_t *id)
{
	struct query q;
	int64_t row = 0;
	CK_RV rv = CKR_OK;

	store_lock(s);
	rv = store_writing(s);
	if (rv == CKR_OK) {
		q = query_start(s, "storing capabilities",
			"INSERT INTO tpm_caps (vendor, firmware, " CAPS_VALUES
			") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"
			" ON CONFLICT (vendor, firmware) DO UPDATE SET (" CAPS_VALUES
			") = (?3,?4,?5,?6,?7,?8,?9,?10,?11)"
			" RETURNING id");
		caps_bind(&q, caps);
		while (query_row(&q))
			row = query_int(&q);
		rv = query_end(&q);
	}
	store_unlock(s);
	if (rv == CKR_OK)
		*id = row;
	return rv;
}

CK_RV
store_caps_get(struct store *s, int64_t id, struct tpm_caps *out)
{
	struct query q = query_start(s, "reading capabilities",
		"SELECT vendor, firmware, " CAPS_VALUES " FROM tpm_caps WHERE id = ?");
	struct tpm_caps fresh = { .firmware = 0 };
	bool found = false;
	CK_RV rv = CKR_OK;

	query_bind_int(&q, id);
	found = query_row(&q);
	if (found)
		caps_read(&q, &fresh);
	rv = query_end(&q);
	if (rv == CKR_OK && !found)
		rv = CKR_FUNCTION_FAILED;
	if (rv == CKR_OK)
		*out = fresh;
	return rv;
}
