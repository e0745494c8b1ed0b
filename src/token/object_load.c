/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between rows and objects. A row holds nothing that can be computed: class
 * and the like are its columns, a TPM key's numbers come from its public area,
 * a public key's from CKA_PUBLIC_KEY_INFO, a secret key's length from its value
 * where that is not in the TPM.
 */
#include "config.h"

#include <string.h>

#include "base/der.h"
#include "base/log.h"
#include "token_private.h"
#include "tpm2-token/vendor.h"

#define NO_KEY_TYPE UINT64_MAX

/* Attributes that are columns of the row, or the same for all rows. */
static const uint64_t column_types[] = { CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_KEY_TYPE,
	CKA_UNIQUE_ID, CKA_TPM2_TOKEN_PUBLIC, CKA_TPM2_TOKEN_PARENT };

static bool
is_column(uint64_t type)
{
	for (size_t i = 0; i < COUNT(column_types); i++)
		if (column_types[i] == type)
			return true;
	return false;
}

static uint64_t
object_class(const struct attrs *a)
{
	return attrs_u64(a, CKA_CLASS, NO_KEY_TYPE);
}

/* --- attributes become an object --- */

static CK_RV
attrs_add_all(struct attrs *to, const struct attrs *from)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < from->count && rv == CKR_OK; i++)
		rv = attrs_set(to, from->list[i].type, view(&from->list[i].value));
	return rv;
}

static CK_RV
attrs_add_pubkey(struct object *o, bool is_private_key)
{
	struct attrs computed = ATTRS_EMPTY;
	CK_RV rv = attr_of_pubkey(&o->pubkey, is_private_key, &computed);

	if (rv == CKR_OK)
		rv = attrs_add_all(&o->attrs, &computed);
	attrs_free(&computed);
	return rv;
}

/* A key in the TPM. */
static CK_RV
object_set_key(struct token *t, struct object *o)
{
	struct buf auth = BUF_EMPTY;
	CK_RV rv = token_parent_auth(t->core, &t->parent, &auth);

	if (rv != CKR_OK) { /* a key that cannot be used now can still be looked at */
		log_debug("the parent's hierarchy authorisation cannot be read");
		rv = CKR_OK;
	}
	rv = key_tpm_new(t->core->tpm, &t->parent, view(&auth), view(&o->tpm_public),
		view(&o->tpm_private), &o->key);
	buf_free(&auth);
	if (rv == CKR_OK)
		rv = pubkey_copy(&o->pubkey, &o->key->public);
	if (rv == CKR_OK)
		rv = attrs_set(&o->attrs, CKA_TPM2_TOKEN_PUBLIC, view(&o->tpm_public));
	return rv == CKR_OK ? attrs_set(&o->attrs, CKA_TPM2_TOKEN_PARENT, view(&t->parent.name))
			    : rv;
}

static CK_RV
object_set_private(struct token *t, struct object *o)
{
	CK_RV rv = object_set_key(t, o);

	if (rv == CKR_OK && o->pubkey.kind == KEY_NONE)
		rv = CKR_DEVICE_ERROR;
	return rv == CKR_OK ? attrs_add_pubkey(o, true) : rv;
}

/* Its length is stored with it: the public area does not always tell. */
static CK_RV
object_set_secret(struct token *t, struct object *o)
{
	CK_RV rv = CKR_OK;

	if (o->tpm_private.len == 0)
		return secret_set_key(o);
	rv = object_set_key(t, o);
	return rv == CKR_OK && o->pubkey.kind != KEY_NONE ? CKR_DEVICE_ERROR : rv;
}

static CK_RV
object_set_pubkey(struct object *o)
{
	CK_RV rv = der_spki_read(attrs_bytes(&o->attrs, CKA_PUBLIC_KEY_INFO), &o->pubkey);

	return rv == CKR_OK ? attrs_add_pubkey(o, false) : rv;
}

static CK_RV
object_set_numbers(struct token *t, struct object *o)
{
	if (object_class(&o->attrs) == CKO_PUBLIC_KEY)
		return object_set_pubkey(o);
	if (object_class(&o->attrs) == CKO_PRIVATE_KEY)
		return object_set_private(t, o);
	if (object_class(&o->attrs) == CKO_SECRET_KEY)
		return object_set_secret(t, o);
	return CKR_OK;
}

CK_RV
object_of_attrs(struct token *t, struct attrs *attrs, struct buf *tpm_public,
	struct buf *tpm_private, struct object **out)
{
	struct object *o = NULL;
	CK_RV rv = object_new(&o);

	if (rv != CKR_OK)
		return rv;
	attrs_move(&o->attrs, attrs);
	buf_move(&o->tpm_public, tpm_public);
	buf_move(&o->tpm_private, tpm_private);
	o->is_token = attrs_bool(&o->attrs, CKA_TOKEN, false);
	o->is_private = attrs_bool(&o->attrs, CKA_PRIVATE, false);
	rv = object_set_numbers(t, o);
	if (rv != CKR_OK) {
		object_put(o);
		return rv;
	}
	*out = o; /* owned by the caller */
	return CKR_OK;
}

/* --- a row becomes an object --- */

static CK_RV
value_load(const struct token *t, const struct object_row *row, const struct attr *a,
	struct attrs *out)
{
	struct buf plain = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (!row->is_private)
		return attrs_set(out, a->type, view(&a->value));
	rv = protect_decrypt(t->keyring, t, row->uid, a->type, view(&a->value), &plain);
	if (rv == CKR_OK)
		rv = attrs_set(out, a->type, view(&plain));
	buf_free(&plain);
	return rv;
}

/* The columns come last: what a changed row says of them among its attributes has no effect. */
static CK_RV
row_attrs(const struct token *t, const struct object_row *row, struct attrs *out)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < row->attrs.count && rv == CKR_OK; i++)
		rv = value_load(t, row, &row->attrs.list[i], out);
	if (rv == CKR_OK)
		rv = attrs_set_u64(out, CKA_CLASS, row->class);
	if (rv == CKR_OK && row->key_type != NO_KEY_TYPE)
		rv = attrs_set_u64(out, CKA_KEY_TYPE, row->key_type);
	if (rv == CKR_OK)
		rv = attrs_set_bool(out, CKA_TOKEN, true);
	if (rv == CKR_OK)
		rv = attrs_set_bool(out, CKA_PRIVATE, row->is_private);
	return rv == CKR_OK ? attrs_set(out, CKA_UNIQUE_ID, bytes_str(row->uid)) : rv;
}

static CK_RV
row_copy_blobs(const struct object_row *row, struct buf *tpm_public, struct buf *tpm_private)
{
	CK_RV rv = buf_set(tpm_public, view(&row->tpm_public));

	return rv == CKR_OK ? buf_set(tpm_private, view(&row->tpm_private)) : rv;
}

static CK_RV
row_build(struct token *t, const struct object_row *row, struct object **out)
{
	struct attrs attrs = ATTRS_EMPTY;
	struct buf tpm_public = BUF_EMPTY;
	struct buf tpm_private = BUF_EMPTY;
	CK_RV rv = row_attrs(t, row, &attrs);

	if (rv == CKR_OK)
		rv = row_copy_blobs(row, &tpm_public, &tpm_private);
	if (rv == CKR_OK)
		rv = object_of_attrs(t, &attrs, &tpm_public, &tpm_private, out);
	attrs_free(&attrs);
	buf_free(&tpm_public);
	buf_free(&tpm_private);
	if (rv == CKR_OK || rv == CKR_HOST_MEMORY)
		return rv;
	return rv_fail(CKR_DEVICE_ERROR, "Object %s in the store is damaged.", row->uid);
}

CK_RV
object_of_row(struct token *t, const struct object_row *row, struct object **out)
{
	CK_RV rv = t->keyring != NULL ? protect_object_check(t->keyring, t, row) : CKR_OK;

	if (rv == CKR_OK)
		rv = row_build(t, row, out);
	if (rv != CKR_OK)
		return rv;
	(*out)->verified = t->keyring != NULL;
	object_number(t, *out, row->id, 0);
	return CKR_OK;
}

/* --- an object becomes a row --- */

static CK_RV
value_store(const struct token *t, const struct attr *a, struct object_row *row)
{
	struct buf sealed = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (!row->is_private)
		return attrs_set(&row->attrs, a->type, view(&a->value));
	rv = protect_encrypt(t->keyring, t, row->uid, a->type, view(&a->value), &sealed);
	if (rv == CKR_OK)
		rv = attrs_set(&row->attrs, a->type, view(&sealed));
	buf_free(&sealed);
	return rv;
}

/* A public key keeps CKA_PUBLIC_KEY_INFO, from which the rest is computed. */
static CK_RV
row_computed(const struct object *o, uint64_t class, struct attrs *computed)
{
	CK_RV rv = CKR_OK;

	if (class == CKO_SECRET_KEY && o->tpm_private.len == 0)
		return attrs_set_u64(computed, CKA_VALUE_LEN, 0);
	if (o->pubkey.kind != KEY_NONE)
		rv = attr_of_pubkey(&o->pubkey, class != CKO_PUBLIC_KEY, computed);
	if (class == CKO_PUBLIC_KEY)
		attrs_remove(computed, CKA_PUBLIC_KEY_INFO);
	return rv;
}

static CK_RV
row_set_attrs(const struct token *t, const struct object *o, struct object_row *row)
{
	struct attrs computed = ATTRS_EMPTY;
	CK_RV rv = row_computed(o, row->class, &computed);

	for (size_t i = 0; i < o->attrs.count && rv == CKR_OK; i++) {
		const struct attr *a = &o->attrs.list[i];

		if (!is_column(a->type) && !attrs_has(&computed, a->type))
			rv = value_store(t, a, row);
	}
	attrs_free(&computed);
	return rv;
}

static CK_RV
row_set_search_key(const struct token *t, const struct object *o, uint64_t type, struct buf *out)
{
	struct bytes value = attrs_bytes(&o->attrs, type);

	return o->is_private ? protect_search_key(t->keyring, type, value, out)
			     : buf_set(out, value);
}

CK_RV
object_to_row(struct token *t, const struct object *o, struct object_row *out)
{
	struct bytes uid = object_uid(o);
	CK_RV rv = CKR_OK;

	if (uid.len != STORE_UID_LEN)
		return CKR_FUNCTION_FAILED;
	out->id = o->row;
	out->token = t->id;
	out->class = object_class(&o->attrs);
	out->key_type = attrs_u64(&o->attrs, CKA_KEY_TYPE, NO_KEY_TYPE);
	out->is_private = o->is_private;
	memcpy(out->uid, uid.ptr, uid.len);
	out->uid[STORE_UID_LEN] = '\0';
	if ((rv = buf_set(&out->tpm_public, view(&o->tpm_public))) != CKR_OK)
		return rv;
	if ((rv = buf_set(&out->tpm_private, view(&o->tpm_private))) != CKR_OK)
		return rv;
	if ((rv = row_set_search_key(t, o, CKA_LABEL, &out->label_key)) != CKR_OK)
		return rv;
	if ((rv = row_set_search_key(t, o, CKA_ID, &out->id_key)) != CKR_OK)
		return rv;
	return row_set_attrs(t, o, out);
}
