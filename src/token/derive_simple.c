/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simple derivations (PKCS#11 3.2, 6.21 and 6.43): a digest of a secret,
 * and secrets that are joined, changed or cut. Of a secret that can not be
 * read nothing is cut away, which is more than the standard asks: else who may
 * derive makes keys of it that are short enough to be guessed, one after the
 * other.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

static size_t
secret_len(const struct object *o)
{
	return o != NULL ? attrs_u64(&o->attrs, CKA_VALUE_LEN, 0) : 0;
}

static bool
is_hidden(const struct object *o)
{
	return o != NULL && (attrs_bool(&o->attrs, CKA_SENSITIVE, true) ||
				    !attrs_bool(&o->attrs, CKA_EXTRACTABLE, false));
}

static size_t
shorter(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Lengths go by CKA_VALUE_LEN. */
static CK_RV
secret_value(struct token *t, struct object *o, struct buf *value)
{
	CK_RV rv = object_value(t, o, value);

	if (rv == CKR_OK && value->len != secret_len(o))
		rv = rv_fail(CKR_DEVICE_ERROR, "A key's value is not as long as its object says.");
	return rv;
}

static CK_RV
any_check(const struct derivation *d)
{
	(void)d;
	return CKR_OK;
}

/* --- a digest --- */

static struct lengths
hash_lengths(const struct derivation *d)
{
	size_t len = hash_row(d->scheme->digest)->len;

	return (struct lengths){ len, 1, len };
}

static CK_RV
hash_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	struct buf base = BUF_EMPTY;
	struct bytes part = BYTES_EMPTY;
	CK_RV rv = object_value(t, d->base, &base);

	part = view(&base);
	if (rv == CKR_OK)
		rv = crypto_hash(d->scheme->digest, &part, 1, value);
	buf_free(&base);
	return rv == CKR_OK ? buf_resize(value, len) : rv;
}

const struct derive_way derive_hash = { hash_lengths, any_check, hash_value };

/* --- a key and a key, or data before or behind it --- */

static struct lengths
join_lengths(const struct derivation *d)
{
	size_t all = secret_len(d->base) + secret_len(d->second) + d->scheme->info.len;
	bool hidden = is_hidden(d->base) || is_hidden(d->second);

	return (struct lengths){ all, hidden ? all : 1, all };
}

static CK_RV
join_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	bool data_first = d->scheme->alg == ALG_DERIVE_DATA_JOIN;
	struct buf base = BUF_EMPTY, end = BUF_EMPTY;
	CK_RV rv = secret_value(t, d->base, &base);

	if (rv == CKR_OK && d->second != NULL)
		rv = secret_value(t, d->second, &end);
	else if (rv == CKR_OK)
		rv = buf_set(&end, d->scheme->info);
	if (rv == CKR_OK)
		rv = buf_set(value, view(data_first ? &end : &base));
	if (rv == CKR_OK)
		rv = buf_append(value, view(data_first ? &base : &end));
	buf_free(&base);
	buf_free(&end);
	return rv == CKR_OK ? buf_resize(value, len) : rv;
}

const struct derive_way derive_join = { join_lengths, any_check, join_value };

/* --- a key and data, bit by bit --- */

static struct lengths
xor_lengths(const struct derivation *d)
{
	size_t base_len = secret_len(d->base);
	size_t most = shorter(base_len, d->scheme->info.len);

	return (struct lengths){ most, is_hidden(d->base) ? base_len : 1, most };
}

static CK_RV
xor_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	CK_RV rv = secret_value(t, d->base, value);

	for (size_t i = 0; rv == CKR_OK && i < len; i++)
		value->ptr[i] ^= d->scheme->info.ptr[i];
	return rv == CKR_OK ? buf_resize(value, len) : rv;
}

const struct derive_way derive_xor = { xor_lengths, any_check, xor_value };

/* --- bits of a key --- */

static struct lengths
extract_lengths(const struct derivation *d)
{
	size_t len = secret_len(d->base);

	return (struct lengths){ 0, is_hidden(d->base) ? len : 1, len };
}

static CK_RV
extract_check(const struct derivation *d)
{
	if (d->scheme->start_bit / 8 >= secret_len(d->base))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID, "The key does not have this bit.");
	return CKR_OK;
}

static uint8_t
byte_at(const struct buf *b, size_t bit)
{
	uint8_t high = b->ptr[bit / 8 % b->len], low = b->ptr[(bit / 8 + 1) % b->len];

	return (uint8_t)((high << 8 | low) >> (8 - bit % 8));
}

/* Behind the last bit comes the first. */
static CK_RV
extract_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	struct buf base = BUF_EMPTY;
	CK_RV rv = secret_value(t, d->base, &base);

	if (rv == CKR_OK)
		rv = buf_resize(value, len);
	for (size_t i = 0; rv == CKR_OK && i < len; i++)
		value->ptr[i] = byte_at(&base, d->scheme->start_bit + 8 * i);
	buf_free(&base);
	return rv;
}

const struct derive_way derive_extract = { extract_lengths, extract_check, extract_value };
