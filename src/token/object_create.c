/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * New objects: from a caller's template, and into store and index.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "token_private.h"

/* --- unique ids --- */

/* A random UUID (RFC 9562, version 4). */
CK_RV
uid_new(char out[STORE_UID_LEN + 1])
{
	uint8_t raw[16];
	char hex[2 * sizeof raw + 1];
	CK_RV rv = crypto_random(raw, sizeof raw);

	if (rv != CKR_OK)
		return rv;
	raw[6] = (uint8_t)((raw[6] & 0x0f) | 0x40);
	raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);
	(void)hex_of(bytes_of(raw, sizeof raw), hex);
	snprintf(out, STORE_UID_LEN + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		hex + 16, hex + 20);
	return CKR_OK;
}

CK_RV
object_uid_new(struct attrs *fixed)
{
	char uid[STORE_UID_LEN + 1];
	CK_RV rv = uid_new(uid);

	return rv == CKR_OK ? attrs_set(fixed, CKA_UNIQUE_ID, bytes_str(uid)) : rv;
}

/* PKCS#11 leaves CKA_ID to the caller; who gives none gets the SHA-1 of the public key, as NSS and
 * others expect. */
CK_RV
object_id_default(const struct pubkey *key, struct attrs *attrs)
{
	struct bytes number = view(key->kind == KEY_RSA ? &key->modulus : &key->point);
	struct buf id = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (attrs_has(attrs, CKA_ID))
		return CKR_OK;
	rv = crypto_hash(HASH_SHA1, &number, 1, &id);
	if (rv == CKR_OK)
		rv = attrs_set(attrs, CKA_ID, view(&id));
	buf_free(&id);
	return rv;
}

/* --- into store and index --- */

static CK_RV
add_row(struct change *c, struct object *o)
{
	struct object_row row = { 0 };
	CK_RV rv = object_to_row(c->token, o, &row);

	if (rv == CKR_OK)
		rv = change_insert(c, &row);
	if (rv == CKR_OK)
		o->row = row.id;
	object_row_free(&row);
	return rv;
}

static CK_RV
add_rows(struct token *t, struct object *const *list, size_t count)
{
	struct change c = { 0 };
	CK_RV rv = change_begin(t, t->keyring, &c);

	for (size_t i = 0; i < count && rv == CKR_OK; i++)
		if (list[i]->is_token)
			rv = add_row(&c, list[i]);
	if (rv == CKR_OK)
		rv = change_commit(&c);
	change_end(&c);
	return rv;
}

static CK_RV
add_allowed(const struct token *t, struct object *const *list, size_t count, bool *any_rows)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < count && rv == CKR_OK; i++) {
		rv = token_allows(t, list[i]->is_token, list[i]->is_private);
		*any_rows |= list[i]->is_token;
	}
	return rv;
}

CK_RV
object_add_all(struct token *t, token_owner owner, struct object *const *list, size_t count)
{
	bool any_rows = false;
	CK_RV rv = add_allowed(t, list, count, &any_rows);

	if (rv == CKR_OK)
		rv = index_reserve(&t->objects, count);
	if (rv == CKR_OK && any_rows)
		rv = add_rows(t, list, count);
	if (rv != CKR_OK)
		return rv;
	for (size_t i = 0; i < count; i++) { /* nothing here can fail */
		list[i]->verified = true;
		object_number(t, list[i], list[i]->row, list[i]->is_token ? 0 : owner);
		index_add(&t->objects, list[i]);
	}
	return CKR_OK;
}

/* --- C_CreateObject --- */

/* The key's numbers, so that every one of its attributes is there and none contradicts another. */
static CK_RV
fix_public_key(const struct attrs *given, struct attrs *fixed)
{
	struct pubkey key = PUBKEY_EMPTY;
	CK_RV rv = attr_to_pubkey(given, &key);

	if (rv == CKR_OK)
		rv = crypto_pubkey_check(&key);
	if (rv == CKR_OK)
		rv = attr_of_pubkey(&key, false, fixed);
	if (rv == CKR_OK && !attrs_has(given, CKA_ID))
		rv = object_id_default(&key, fixed);
	pubkey_free(&key);
	return rv;
}

/* PKCS#11 3.2, 4.6.2: its CKA_CHECK_VALUE. Its names come from its DER (attr_complete). */
static CK_RV
fix_certificate(const struct attrs *given, struct attrs *fixed)
{
	struct bytes value = attrs_bytes(given, CKA_VALUE);
	uint8_t hash[20] = { 0 };
	CK_RV rv = CKR_OK;

	if (value.len == 0)
		return CKR_OK;
	rv = crypto_hash_into(HASH_SHA1, &value, 1, hash);
	return rv == CKR_OK ? attrs_set(fixed, CKA_CHECK_VALUE, bytes_of(hash, 3)) : rv;
}

/* Data has nothing that could be computed; nobody makes profiles, which the rules say. */
static CK_RV
fix_nothing(const struct attrs *given, struct attrs *fixed)
{
	(void)given;
	(void)fixed;
	return CKR_OK;
}

struct create_row {
	uint64_t class;
	CK_RV (*fix)(const struct attrs *given, struct attrs *fixed);
};

static const struct create_row create_rows[] = {
	{ CKO_CERTIFICATE, fix_certificate },
	{ CKO_PUBLIC_KEY, fix_public_key },
	{ CKO_SECRET_KEY, secret_fix_created },
	{ CKO_DATA, fix_nothing },
	{ CKO_PROFILE, fix_nothing },
};

static CK_RV
create_fix(const struct attrs *given, struct attrs *fixed)
{
	uint64_t class = attrs_u64(given, CKA_CLASS, UINT64_MAX);
	CK_RV rv = object_uid_new(fixed);

	if (rv != CKR_OK)
		return rv;
	if (!attrs_has(given, CKA_CLASS))
		return CKR_TEMPLATE_INCOMPLETE;
	for (size_t i = 0; i < COUNT(create_rows); i++)
		if (create_rows[i].class == class)
			return create_rows[i].fix(given, fixed);
	return rv_fail(
		CKR_ATTRIBUTE_VALUE_INVALID, "Only certificates, keys and data can be created.");
}

static CK_RV
create_attrs(struct token *t, const struct attrs *given, struct attrs *out)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = {
		.event = ATTR_CREATE, .role = token_role(t), .given = given, .fixed = &fixed
	};
	CK_RV rv = create_fix(given, &fixed);

	if (rv == CKR_OK)
		rv = attr_complete(&rq, out);
	attrs_free(&fixed);
	return rv;
}

static CK_RV
place_all(struct token *t, struct attrs *list, struct secret_place *places, size_t count)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < count && rv == CKR_OK; i++)
		rv = secret_place(t, &list[i], &places[i]);
	return rv;
}

/* Lock held. */
static CK_RV
add_placed(struct token *t, token_owner owner, struct attrs *list, struct secret_place *places,
	size_t count, struct object **out)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < count && rv == CKR_OK; i++) {
		rv = secret_place_holds(&places[i]);
		if (rv == CKR_OK)
			rv = object_of_attrs(t, &list[i], &places[i].tpm_public,
				&places[i].tpm_private, &out[i]);
	}
	return rv == CKR_OK ? object_add_all(t, owner, out, count) : rv;
}

CK_RV
object_add_new_all(
	struct token *t, token_owner owner, struct attrs *list, size_t count, struct object **out)
{
	struct secret_place *places = calloc(count, sizeof *places);
	CK_RV rv = places != NULL ? place_all(t, list, places, count) : CKR_HOST_MEMORY;

	if (rv == CKR_OK) {
		pthread_mutex_lock(&t->lock);
		rv = add_placed(t, owner, list, places, count, out);
		pthread_mutex_unlock(&t->lock);
	}
	for (size_t i = 0; i < count; i++) {
		if (places != NULL)
			secret_place_free(&places[i]);
		if (rv != CKR_OK) {
			object_put(out[i]);
			out[i] = NULL;
		}
	}
	free(places);
	return rv;
}

CK_RV
object_add_new(struct token *t, token_owner owner, struct attrs *attrs, struct object **out)
{
	struct object *o = NULL;
	CK_RV rv = object_add_new_all(t, owner, attrs, 1, &o);

	if (rv == CKR_OK)
		*out = o; /* the reference is the caller's */
	return rv;
}

static CK_RV
create_private_key(
	struct token *t, token_owner owner, const struct attrs *given, struct object **out)
{
	struct privkey key = PRIVKEY_EMPTY;
	CK_RV rv = attr_to_privkey(given, &key);

	if (rv == CKR_OK)
		rv = object_import(t, owner, ATTR_CREATE, given, &key, out);
	privkey_free(&key);
	return rv;
}

CK_RV
object_create(struct token *t, token_owner owner, const struct attrs *given, struct object **out)
{
	struct attrs attrs = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	if (attrs_u64(given, CKA_CLASS, UINT64_MAX) == CKO_PRIVATE_KEY)
		return create_private_key(t, owner, given, out);
	rv = create_attrs(t, given, &attrs);
	if (rv == CKR_OK)
		rv = object_add_new(t, owner, &attrs, out);
	attrs_free(&attrs);
	return rv;
}
