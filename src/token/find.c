/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searches. SQLite selects by class, label, id and unique id; the rest is
 * compared on the loaded object. Order: rows as they were created, then profile
 * objects, then session objects (as the index has them). What a search only
 * passes by is not kept in memory.
 */
#include "config.h"

#include <stdlib.h>

#include "token_private.h"

#define PAGE 64

enum find_phase { FIND_ROWS, FIND_OTHERS, FIND_DONE };

struct find {
	struct token *token;
	struct attrs wanted;
	enum find_phase phase;
	struct store_query query;
	struct buf label_keyed; /* what the query borrows */
	struct buf id_keyed;
	int64_t page[PAGE];
	size_t page_len;
	size_t page_at;
	bool page_last;
	uint64_t after; /* order of the last one of the others */
};

void
find_free(struct find *f)
{
	if (f == NULL)
		return;
	attrs_free(&f->wanted);
	buf_free(&f->label_keyed);
	buf_free(&f->id_keyed);
	free(f);
}

/* --- the query --- */

/* Lock held. Private objects are looked for by a keyed value, when the user is logged in. */
static CK_RV
query_value(const struct find *f, uint64_t type, bool *by, struct bytes *plain, struct buf *keyed)
{
	struct token *t = f->token;

	if (!attrs_has(&f->wanted, type))
		return CKR_OK;
	*by = true;
	*plain = attrs_bytes(&f->wanted, type);
	return t->role == ROLE_USER ? protect_search_key(t->keyring, type, *plain, keyed) : CKR_OK;
}

static CK_RV
query_make(struct find *f)
{
	struct store_query *q = &f->query;
	CK_RV rv = CKR_OK;

	q->token = f->token->id;
	q->with_private = f->token->role == ROLE_USER;
	q->by_class = attrs_has(&f->wanted, CKA_CLASS);
	q->class = attrs_u64(&f->wanted, CKA_CLASS, UINT64_MAX);
	q->by_uid = attrs_has(&f->wanted, CKA_UNIQUE_ID);
	q->uid = attrs_bytes(&f->wanted, CKA_UNIQUE_ID);
	rv = query_value(f, CKA_LABEL, &q->by_label, &q->label_plain, &f->label_keyed);
	if (rv == CKR_OK)
		rv = query_value(f, CKA_ID, &q->by_id, &q->id_plain, &f->id_keyed);
	q->label_keyed = view(&f->label_keyed);
	q->id_keyed = view(&f->id_keyed);
	return rv;
}

static CK_RV
find_begin(struct find *f)
{
	struct token *t = f->token;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = token_sync(t);
	if (rv == CKR_OK)
		rv = query_make(f);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

/*
 * Profile objects have no CKA_TOKEN (PKCS#11 3.2, 4.15), but NSS looks for them with it. If it does
 * not find CKP_PUBLIC_CERTIFICATES_TOKEN, it asks for the PIN before it reads a certificate.
 */
static void
find_profiles(struct attrs *wanted)
{
	if (attrs_u64(wanted, CKA_CLASS, UINT64_MAX) == CKO_PROFILE &&
		attrs_bool(wanted, CKA_TOKEN, false))
		attrs_remove(wanted, CKA_TOKEN);
}

CK_RV
find_start(struct token *t, const struct attrs *wanted, struct find **out)
{
	struct find *f = calloc(1, sizeof *f);
	CK_RV rv = CKR_HOST_MEMORY;

	if (f == NULL)
		return rv;
	f->token = t;
	rv = attrs_copy(&f->wanted, wanted);
	find_profiles(&f->wanted);
	if (rv == CKR_OK)
		rv = find_begin(f);
	if (rv == CKR_OK && !attrs_bool(wanted, CKA_TOKEN, true))
		f->phase = FIND_OTHERS; /* rows are token objects, all of them */
	if (rv != CKR_OK) {
		find_free(f);
		return rv;
	}
	*out = f;
	return CKR_OK;
}

/* --- walking --- */

static CK_RV
page_fill(struct find *f)
{
	CK_RV rv = store_object_find(f->token->core->store, &f->query, f->page, PAGE, &f->page_len);

	f->page_at = 0;
	if (rv != CKR_OK) {
		f->page_len = 0;
		return rv;
	}
	f->page_last = f->page_len < PAGE;
	if (f->page_len > 0)
		f->query.after = f->page[f->page_len - 1];
	return CKR_OK;
}

/* Lock held. *match is 0 when this row is none, or has gone since. */
static CK_RV
row_match(struct find *f, int64_t row, uint64_t *match)
{
	struct object *o = NULL;
	CK_RV rv = object_lookup(f->token, row, false, &o);

	*match = 0;
	if (rv == CKR_OBJECT_HANDLE_INVALID)
		return CKR_OK;
	if (rv == CKR_OK && attr_matches(&o->attrs, &f->wanted))
		*match = o->handle;
	object_put(o);
	return rv;
}

static CK_RV
next_row(struct find *f, uint64_t *match)
{
	CK_RV rv = CKR_OK;

	*match = 0;
	if (f->page_at == f->page_len && !f->page_last)
		rv = page_fill(f);
	if (rv != CKR_OK)
		return rv;
	if (f->page_at == f->page_len) {
		f->phase = FIND_OTHERS;
		return CKR_OK;
	}
	return row_match(f, f->page[f->page_at++], match);
}

/* As with objects for hardware (PKCS#11 3.2, 4.3), who asks for everything is not given what older
 * programs do not understand: a profile is found by what is said of it. */
static bool
is_wanted(const struct find *f, const struct object *o)
{
	if (f->wanted.count == 0 && (o->handle & HANDLE_PROFILE) != 0)
		return false;
	return (!o->is_private || f->token->role == ROLE_USER) &&
	       attr_matches(&o->attrs, &f->wanted);
}

/* Lock held. Objects without a row, from the index. */
static void
next_other(struct find *f, uint64_t *match)
{
	const struct object_index *x = &f->token->objects;
	uint64_t after = f->after > HANDLE_ROW_MASK ? f->after : HANDLE_ROW_MASK;
	const struct object *o = index_after(x, after);

	*match = 0;
	if (o == NULL) {
		f->phase = FIND_DONE;
		return;
	}
	f->after = o->order;
	if (is_wanted(f, o))
		*match = o->handle;
}

static CK_RV
find_step(struct find *f, uint64_t *match)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&f->token->lock);
	if (f->phase == FIND_ROWS)
		rv = next_row(f, match);
	else
		next_other(f, match);
	pthread_mutex_unlock(&f->token->lock);
	return rv;
}

CK_RV
find_next(struct find *f, uint64_t *handles, size_t room, size_t *count)
{
	uint64_t match = 0;
	size_t found = 0;

	while (found < room && f->phase != FIND_DONE) {
		CK_RV rv = find_step(f, &match);

		if (rv != CKR_OK)
			return rv;
		if (match != 0)
			handles[found++] = match;
	}
	*count = found;
	return CKR_OK;
}
