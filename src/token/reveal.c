/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret attributes that may be read, of keys in the TPM. They are fetched for
 * one call, and never kept with the object.
 */
#include "config.h"

#include "token_private.h"

static CK_RV
reveal_secret(struct token *t, struct object *o, struct attrs *out)
{
	struct buf value = BUF_EMPTY;
	CK_RV rv = object_value(t, o, &value);

	if (rv == CKR_OK)
		rv = attrs_set(out, CKA_VALUE, view(&value));
	buf_free(&value);
	return rv;
}

static CK_RV
reveal_private(struct token *t, struct object *o, struct attrs *out)
{
	struct privkey key = PRIVKEY_EMPTY;
	CK_RV rv = object_privkey(t, o, &key);

	if (rv == CKR_OK)
		rv = attr_of_privkey(&key, out);
	privkey_free(&key);
	return rv;
}

CK_RV
object_reveal(struct token *t, struct object *o, struct attrs *out)
{
	struct attrs all = ATTRS_EMPTY;
	bool is_secret =
		attrs_u64(&o->attrs, CKA_CLASS, CK_UNAVAILABLE_INFORMATION) == CKO_SECRET_KEY;
	CK_RV rv = attrs_copy(&all, &o->attrs);

	if (rv == CKR_OK)
		rv = (is_secret ? reveal_secret : reveal_private)(t, o, &all);
	if (rv == CKR_OK)
		attrs_move(out, &all);
	attrs_free(&all);
	return rv == CKR_USER_NOT_LOGGED_IN || rv == CKR_KEY_UNEXTRACTABLE ? CKR_OK : rv;
}
