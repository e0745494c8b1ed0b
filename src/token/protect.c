/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protection of the store: canonical encodings that are authenticated, the
 * incremental hash over a token's rows, and encryption of private values.
 *
 * The hash is a sum: each row adds 1024 numbers modulo 2^16 that are expanded
 * from its id and MAC by a keyed function. A row is taken out by subtraction,
 * so a change costs the same with 10 and with 100,000 rows, and a row that was
 * removed, added or put back in an older form shows.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

#define TOKEN_LABEL  "tpm2-token token row v1"
#define OBJECT_LABEL "tpm2-token object row v1"

/* How often a set that another process is changing is read again. */
#define ROWS_CHECK_TRIES 3

static CK_RV
mac_is(const struct keyring *k, struct bytes encoded, struct bytes stored, bool *same)
{
	struct buf mac = BUF_EMPTY;
	CK_RV rv = keyring_mac(k, encoded, &mac);

	if (rv == CKR_OK)
		*same = mac.len == stored.len && mem_equal_ct(mac.ptr, stored.ptr, mac.len);
	buf_free(&mac);
	return rv;
}

/* --- the token's row -----------------------------------------------------------------------------
 */

/* Of a seal everything but the wrong tries, which are counted without a login. */
static CK_RV
encode_seal(const struct seal_row *seal, struct buf *out)
{
	const struct buf *fields[] = { &seal->pub, &seal->priv, &seal->salt };
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < COUNT(fields) && rv == CKR_OK; i++)
		rv = buf_append_sized(out, view(fields[i]));
	return rv == CKR_OK ? buf_append_u32(out, seal->iterations) : rv;
}

static CK_RV
encode_token(const struct token_row *row, struct buf *out)
{
	const struct bytes texts[] = { bytes_str(TOKEN_LABEL), bytes_str(row->serial),
		bytes_str(row->label), view(&row->parent_name), view(&row->parent_public),
		view(&row->objects_hash) };
	const uint32_t numbers[] = { (uint32_t)row->parent_kind, row->parent_handle, row->flags };
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < COUNT(texts) && rv == CKR_OK; i++)
		rv = buf_append_sized(out, texts[i]);
	for (size_t i = 0; i < COUNT(numbers) && rv == CKR_OK; i++)
		rv = buf_append_u32(out, numbers[i]);
	if (rv == CKR_OK)
		rv = encode_seal(&row->so, out);
	return rv == CKR_OK ? encode_seal(&row->user, out) : rv;
}

CK_RV
protect_token_mac(const struct keyring *k, const struct token_row *row, struct buf *mac)
{
	struct buf encoded = BUF_EMPTY;
	CK_RV rv = encode_token(row, &encoded);

	if (rv == CKR_OK)
		rv = keyring_mac(k, view(&encoded), mac);
	buf_free(&encoded);
	return rv;
}

CK_RV
protect_token_check(const struct keyring *k, const struct token_row *row)
{
	struct buf encoded = BUF_EMPTY;
	bool same = false;
	CK_RV rv = encode_token(row, &encoded);

	if (rv == CKR_OK)
		rv = mac_is(k, view(&encoded), view(&row->mac), &same);
	buf_free(&encoded);
	if (rv == CKR_OK && (!same || row->objects_hash.len != PROTECT_HASH_LEN))
		rv = rv_fail(CKR_DEVICE_ERROR,
			"Someone has changed the row of token \"%s\" in the store. Restore the "
			"store from a backup.",
			row->label);
	return rv;
}

/* --- an object's row --- */

static CK_RV
encode_attrs(const struct attrs *attrs, struct buf *out)
{
	CK_RV rv = buf_append_u32(out, (uint32_t)attrs->count);

	for (size_t i = 0; i < attrs->count && rv == CKR_OK; i++) {
		rv = buf_append_u64(out, attrs->list[i].type);
		if (rv == CKR_OK)
			rv = buf_append_sized(out, view(&attrs->list[i].value));
	}
	return rv;
}

static CK_RV
encode_object(const struct token *t, const struct object_row *row, struct buf *out)
{
	const struct bytes texts[] = { bytes_str(OBJECT_LABEL), bytes_str(t->serial),
		bytes_str(row->uid), view(&row->label_key), view(&row->id_key),
		view(&row->tpm_public), view(&row->tpm_private) };
	const uint64_t numbers[] = { row->class, row->key_type, row->is_private };
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < COUNT(texts) && rv == CKR_OK; i++)
		rv = buf_append_sized(out, texts[i]);
	for (size_t i = 0; i < COUNT(numbers) && rv == CKR_OK; i++)
		rv = buf_append_u64(out, numbers[i]);
	return rv == CKR_OK ? encode_attrs(&row->attrs, out) : rv;
}

CK_RV
protect_object_mac(const struct keyring *k, const struct token *t, const struct object_row *row,
	struct buf *mac)
{
	struct buf encoded = BUF_EMPTY;
	CK_RV rv = encode_object(t, row, &encoded);

	if (rv == CKR_OK)
		rv = keyring_mac(k, view(&encoded), mac);
	buf_free(&encoded);
	return rv;
}

/* A label for a sentence in the log: someone else may have written it. */
static void
label_print(const struct object_row *row, char out[64])
{
	struct bytes label = row->is_private ? BYTES_EMPTY : attrs_bytes(&row->attrs, CKA_LABEL);
	size_t len = label.len < 63 ? label.len : 63;

	for (size_t i = 0; i < len; i++)
		out[i] = (char)(label.ptr[i] < 0x20 || label.ptr[i] == 0x7f ? '?' : label.ptr[i]);
	out[len] = '\0';
}

static CK_RV
object_is_forged(const struct object_row *row)
{
	char label[64];

	label_print(row, label);
	return rv_fail(CKR_DEVICE_ERROR,
		"Someone has changed object %s \"%s\" in the store. It is not used. Restore the "
		"store from a backup.",
		row->uid, label);
}

CK_RV
protect_object_check(const struct keyring *k, const struct token *t, const struct object_row *row)
{
	struct buf encoded = BUF_EMPTY;
	bool same = false;
	CK_RV rv = encode_object(t, row, &encoded);

	if (rv == CKR_OK)
		rv = mac_is(k, view(&encoded), view(&row->mac), &same);
	buf_free(&encoded);
	if (rv == CKR_OK && !same)
		rv = object_is_forged(row);
	return rv;
}

/* --- all rows --- */

static CK_RV
hash_element(const struct keyring *k, int64_t id, struct bytes mac, struct buf *element)
{
	struct buf name = BUF_EMPTY;
	CK_RV rv = buf_append_u64(&name, (uint64_t)id);

	if (rv == CKR_OK)
		rv = buf_append_sized(&name, mac);
	if (rv == CKR_OK)
		rv = keyring_element(k, view(&name), PROTECT_HASH_LEN, element);
	buf_free(&name);
	return rv;
}

static uint16_t
lane(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static CK_RV
hash_change(const struct keyring *k, struct buf *hash, int64_t id, struct bytes mac, bool add)
{
	struct buf element = BUF_EMPTY;
	CK_RV rv = hash_element(k, id, mac, &element);

	if (rv == CKR_OK && hash->len != PROTECT_HASH_LEN)
		rv = CKR_DEVICE_ERROR;
	for (size_t i = 0; rv == CKR_OK && i < PROTECT_HASH_LEN; i += 2) {
		uint16_t sum = lane(hash->ptr + i);
		uint16_t one = lane(element.ptr + i);

		put_u16(hash->ptr + i, (uint16_t)(add ? sum + one : sum - one));
	}
	buf_free(&element);
	return rv;
}

CK_RV
protect_hash_add(const struct keyring *k, struct buf *hash, int64_t id, struct bytes mac)
{
	return hash_change(k, hash, id, mac, true);
}

CK_RV
protect_hash_remove(const struct keyring *k, struct buf *hash, int64_t id, struct bytes mac)
{
	return hash_change(k, hash, id, mac, false);
}

struct sum {
	const struct keyring *keyring;
	struct buf hash;
};

static CK_RV
sum_see(void *arg, int64_t id, struct bytes mac)
{
	struct sum *s = arg;

	return protect_hash_add(s->keyring, &s->hash, id, mac);
}

/* The sum over the rows, and the token row's hash before and after it was computed. */
static CK_RV
rows_sum(const struct keyring *k, const struct token *t, bool *same, bool *moved)
{
	struct sum s = { .keyring = k };
	struct token_row before = { 0 };
	struct token_row after = { 0 };
	CK_RV rv = store_token_get(t->core->store, t->id, &before);

	if (rv == CKR_OK)
		rv = protect_token_check(k, &before);
	if (rv == CKR_OK)
		rv = buf_resize(&s.hash, PROTECT_HASH_LEN);
	if (rv == CKR_OK)
		rv = store_object_macs(t->core->store, t->id, sum_see, &s);
	if (rv == CKR_OK)
		rv = store_token_get(t->core->store, t->id, &after);
	if (rv == CKR_OK) {
		*same = bytes_equal(view(&s.hash), view(&before.objects_hash));
		*moved = !bytes_equal(view(&before.objects_hash), view(&after.objects_hash));
	}
	buf_free(&s.hash);
	token_row_free(&before);
	token_row_free(&after);
	return rv;
}

CK_RV
protect_rows_check(const struct keyring *k, const struct token *t)
{
	bool same = false;
	bool moved = true;
	CK_RV rv = CKR_OK;

	for (int i = 0; i < ROWS_CHECK_TRIES && rv == CKR_OK && !same && moved; i++)
		rv = rows_sum(k, t, &same, &moved);
	if (rv != CKR_OK || same)
		return rv;
	if (moved)
		return CKR_OK; /* others write faster than we read: the next login looks again */
	return rv_fail(CKR_DEVICE_ERROR,
		"Someone has added, removed or put back objects of token %s in the store. Restore "
		"the store from a backup.",
		t->serial);
}

/* --- private values --- */

/* Binds a value to its place: token, object, attribute. */
static CK_RV
value_place(const struct token *t, const char *uid, uint64_t type, struct buf *out)
{
	CK_RV rv = buf_append_sized(out, bytes_str(t->serial));

	if (rv == CKR_OK)
		rv = buf_append_sized(out, bytes_str(uid));
	return rv == CKR_OK ? buf_append_u64(out, type) : rv;
}

CK_RV
protect_encrypt(const struct keyring *k, const struct token *t, const char *uid, uint64_t type,
	struct bytes plain, struct buf *out)
{
	struct buf place = BUF_EMPTY;
	CK_RV rv = value_place(t, uid, type, &place);

	if (rv == CKR_OK)
		rv = keyring_encrypt(k, view(&place), plain, out);
	buf_free(&place);
	return rv;
}

CK_RV
protect_decrypt(const struct keyring *k, const struct token *t, const char *uid, uint64_t type,
	struct bytes in, struct buf *plain)
{
	struct buf place = BUF_EMPTY;
	CK_RV rv = value_place(t, uid, type, &place);

	if (rv == CKR_OK)
		rv = keyring_decrypt(k, view(&place), in, plain);
	buf_free(&place);
	return rv;
}

CK_RV
protect_search_key(const struct keyring *k, uint64_t type, struct bytes value, struct buf *out)
{
	struct buf named = BUF_EMPTY;
	CK_RV rv = buf_append_u64(&named, type);

	if (rv == CKR_OK)
		rv = buf_append(&named, value);
	if (rv == CKR_OK)
		rv = keyring_search_key(k, view(&named), out);
	buf_free(&named);
	return rv;
}
