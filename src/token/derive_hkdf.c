/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HKDF (PKCS#11 3.2, 6.62): from a secret, or from data with a salt; the salt
 * may be a secret, too.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

/* As long as asked for; else one digest, which is all that the first step makes. */
static struct lengths
hkdf_lengths(const struct derivation *d)
{
	size_t hash_len = hash_row(d->scheme->digest)->len;

	if (!d->scheme->expand)
		return (struct lengths){ hash_len, hash_len, hash_len };
	return (struct lengths){ hash_len, 1, HKDF_BLOCKS_MAX * hash_len };
}

static bool
is_data(const struct object *o)
{
	return attrs_u64(&o->attrs, CKA_CLASS, UINT64_MAX) == CKO_DATA;
}

/* PKCS#11 3.2, 6.62: data is extracted with a salt, and as long as a digest. */
static CK_RV
hkdf_check(const struct derivation *d)
{
	const struct scheme *s = d->scheme;

	if (!is_data(d->base))
		return CKR_OK;
	if (!s->extract || (s->salt.len == 0 && d->second == NULL))
		return rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"Data in a key's place is extracted, with a salt.");
	if (attrs_bytes(&d->base->attrs, CKA_VALUE).len != hash_row(s->digest)->len)
		return rv_fail(CKR_KEY_SIZE_RANGE, "Data in a key's place is as long as a digest.");
	return CKR_OK;
}

static CK_RV
data_value(struct token *t, struct object *o, struct buf *value)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = token_allows(t, o->is_token && o->is_private, o->is_private);
	pthread_mutex_unlock(&t->lock);
	return rv == CKR_OK ? buf_set(value, attrs_bytes(&o->attrs, CKA_VALUE)) : rv;
}

static CK_RV
input_value(struct token *t, struct object *o, struct buf *value)
{
	return is_data(o) ? data_value(t, o, value) : object_value(t, o, value);
}

static CK_RV
hkdf_extract(struct token *t, const struct derivation *d, struct bytes key, struct buf *prk)
{
	struct buf salt = BUF_EMPTY;
	CK_RV rv = d->second != NULL ? input_value(t, d->second, &salt)
				     : buf_set(&salt, d->scheme->salt);

	if (rv == CKR_OK)
		rv = crypto_hkdf_extract(d->scheme->digest, key, view(&salt), prk);
	buf_free(&salt);
	return rv;
}

/* RFC 5869, 2.3: what is expanded is not shorter than a digest. */
static CK_RV
hkdf_prk(struct token *t, const struct derivation *d, struct bytes key, struct buf *prk)
{
	if (d->scheme->extract)
		return hkdf_extract(t, d, key, prk);
	if (key.len < hash_row(d->scheme->digest)->len)
		return rv_fail(CKR_KEY_SIZE_RANGE, "The key is too short to be only expanded.");
	return buf_set(prk, key);
}

static CK_RV
hkdf_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	struct buf key = BUF_EMPTY;
	struct buf prk = BUF_EMPTY;
	CK_RV rv = input_value(t, d->base, &key);

	if (rv == CKR_OK)
		rv = hkdf_prk(t, d, view(&key), &prk);
	if (rv == CKR_OK && d->scheme->expand)
		rv = crypto_hkdf_expand(d->scheme->digest, view(&prk), d->scheme->info, len, value);
	else if (rv == CKR_OK)
		buf_move(value, &prk);
	buf_free(&prk);
	buf_free(&key);
	return rv;
}

const struct derive_way derive_hkdf = { hkdf_lengths, hkdf_check, hkdf_value };
