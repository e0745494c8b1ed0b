/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A change: one transaction over a token's rows that keeps the objects' MACs,
 * the hash over them and the token's MAC true. The token's row is read inside
 * the transaction, because another process may have changed it.
 */
#include "config.h"

#include "token_private.h"

static struct store *
change_store(const struct change *c)
{
	return c->token->core->store;
}

CK_RV
change_begin(struct token *t, const struct keyring *k, struct change *out)
{
	CK_RV rv = CKR_OK;

	*out = (struct change){ .token = t, .keyring = k };
	rv = store_begin(t->core->store);
	if (rv != CKR_OK)
		return rv;
	out->open = true;
	rv = token_row_read(t, &out->row);
	return rv == CKR_OK ? protect_token_check(k, &out->row) : rv;
}

CK_RV
change_insert(struct change *c, struct object_row *row)
{
	CK_RV rv = protect_object_mac(c->keyring, c->token, row, &row->mac);

	if (rv == CKR_OK)
		rv = store_object_put(change_store(c), row);
	return rv == CKR_OK ? protect_hash_add(
				      c->keyring, &c->row.objects_hash, row->id, view(&row->mac))
			    : rv;
}

CK_RV
change_read(struct change *c, int64_t id, struct object_row *out)
{
	CK_RV rv = store_object_get(change_store(c), c->token->id, id, out);

	return rv == CKR_OK ? protect_object_check(c->keyring, c->token, out) : rv;
}

CK_RV
change_replace(struct change *c, const struct object_row *old, struct object_row *row)
{
	CK_RV rv = protect_hash_remove(c->keyring, &c->row.objects_hash, old->id, view(&old->mac));

	return rv == CKR_OK ? change_insert(c, row) : rv;
}

CK_RV
change_remove(struct change *c, const struct object_row *old)
{
	CK_RV rv = protect_hash_remove(c->keyring, &c->row.objects_hash, old->id, view(&old->mac));

	return rv == CKR_OK ? store_object_delete(change_store(c), c->token->id, old->id) : rv;
}

CK_RV
change_commit(struct change *c)
{
	CK_RV rv = protect_token_mac(c->keyring, &c->row, &c->row.mac);

	if (rv == CKR_OK)
		rv = store_token_put(change_store(c), &c->row);
	if (rv != CKR_OK)
		return rv;
	c->open = false; /* store_commit() rolls back when it fails */
	return store_commit(change_store(c));
}

void
change_end(struct change *c)
{
	if (c->open)
		store_rollback(change_store(c));
	token_row_free(&c->row);
	c->open = false;
}
