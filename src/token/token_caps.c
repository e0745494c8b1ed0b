/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeping in the store what the TPM can do, for instance after an update of its firmware.
 */
#include "config.h"

#include "base/log.h"
#include "token_private.h"

static CK_RV
caps_store(struct store *s, int64_t token, const struct tpm_caps *caps)
{
	struct token_row row = { 0 };
	int64_t id = 0;
	CK_RV rv = store_caps_put(s, caps, &id);

	if (rv == CKR_OK)
		rv = store_token_get(s, token, &row);
	if (rv == CKR_OK && row.caps_id != id) {
		row.caps_id = id;
		rv = store_token_put(s, &row);
	}
	token_row_free(&row);
	return rv;
}

void
token_caps_keep_in_store(struct core *c, int64_t token, const struct tpm_caps *caps)
{
	struct store *s = c->store;
	CK_RV rv = store_is_read_only(s) ? CKR_TOKEN_WRITE_PROTECTED : store_begin(s);

	if (rv == CKR_OK) {
		if ((rv = caps_store(s, token, caps)) == CKR_OK)
			rv = store_commit(s); /* rolls back when it fails */
		else
			store_rollback(s);
	}
	if (rv != CKR_OK)
		log_debug("what the TPM can do could not be kept in the store");
}
