/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>

#include "fill/fill.h"
#include "token/token_private.h"

/* Rows of one transaction. */
#define CHUNK 500

static CK_RV
copy_attrs(const struct object *of, size_t number, struct attrs *out)
{
	char name[32];
	CK_RV rv = attrs_copy(out, &of->attrs);

	snprintf(name, sizeof name, "copy %zu", number);
	if (rv == CKR_OK)
		rv = attrs_set(out, CKA_LABEL, bytes_str(name));
	if (rv == CKR_OK)
		rv = attrs_set(out, CKA_ID, bytes_str(name));
	return rv == CKR_OK ? object_uid_new(out) : rv;
}

/* Lock held. */
static CK_RV
copy_make(struct token *t, const struct object *of, size_t number, struct object **out)
{
	struct attrs attrs = ATTRS_EMPTY;
	struct buf tpm_public = BUF_EMPTY;
	struct buf tpm_private = BUF_EMPTY;
	CK_RV rv = copy_attrs(of, number, &attrs);

	if (rv == CKR_OK)
		rv = buf_set(&tpm_public, view(&of->tpm_public));
	if (rv == CKR_OK)
		rv = buf_set(&tpm_private, view(&of->tpm_private));
	if (rv == CKR_OK)
		rv = object_of_attrs(t, &attrs, &tpm_public, &tpm_private, out);
	attrs_free(&attrs);
	buf_free(&tpm_public);
	buf_free(&tpm_private);
	return rv;
}

static CK_RV
fill_chunk(struct token *t, const struct object *of, size_t first, size_t count)
{
	struct object *list[CHUNK] = { NULL };
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < count && rv == CKR_OK; i++)
		rv = copy_make(t, of, first + i, &list[i]);
	if (rv == CKR_OK)
		rv = object_add_all(t, 0, list, count);
	pthread_mutex_unlock(&t->lock);
	for (size_t i = 0; i < count; i++)
		object_put(list[i]);
	return rv;
}

CK_RV
fill_copies(struct token *t, const struct object *of, size_t first, size_t count)
{
	CK_RV rv = CKR_OK;

	for (size_t done = 0; done < count && rv == CKR_OK; done += CHUNK) {
		size_t left = count - done;

		rv = fill_chunk(t, of, first + done, left < CHUNK ? left : CHUNK);
	}
	return rv;
}
