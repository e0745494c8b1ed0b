/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checking a whole token: every row's MAC, and the hash over all of them.
 */
#include "config.h"

#include "token_private.h"

#define PAGE 64

static CK_RV
check_row(const struct keyring *k, const struct token *t, int64_t id)
{
	struct object_row row = { 0 };
	CK_RV rv = store_object_get(t->core->store, t->id, id, &row);

	if (rv == CKR_OK)
		rv = protect_object_check(k, t, &row);
	object_row_free(&row);
	return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_OK : rv; /* destroyed since it was listed */
}

static CK_RV
check_rows(const struct keyring *k, const struct token *t)
{
	struct store_query q = { .token = t->id, .with_private = true };
	int64_t ids[PAGE];
	size_t count = 0;
	CK_RV rv = CKR_OK;

	do {
		rv = store_object_find(t->core->store, &q, ids, PAGE, &count);
		for (size_t i = 0; i < count && rv == CKR_OK; i++)
			rv = check_row(k, t, ids[i]);
		if (rv == CKR_OK && count > 0)
			q.after = ids[count - 1];
	} while (rv == CKR_OK && count == PAGE);
	return rv;
}

/* With a copy of the keys: a store of 100,000 rows must not hold up other sessions. */
CK_RV
token_check(struct token *t)
{
	struct keyring *k = NULL;
	CK_RV rv = CKR_USER_NOT_LOGGED_IN;

	pthread_mutex_lock(&t->lock);
	if (t->keyring != NULL)
		rv = keyring_copy(t->keyring, &k);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = protect_rows_check(k, t);
	if (rv == CKR_OK)
		rv = check_rows(k, t);
	keyring_free(k);
	return rv;
}
