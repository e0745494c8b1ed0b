/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Derived keys: a row for each way to derive says how long the value may be
 * and how it is made. The TPM makes shared secrets and gives out sealed ones;
 * the rest is computed on the host.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

#define NO_TYPE UINT64_MAX

struct derive_row {
	enum alg alg;
	uint64_t class;    /* of what is made */
	uint64_t key_type; /* of a key, if the template does not say; NO_TYPE: it must */
	struct lengths (*lengths)(const struct derivation *d);
	/* May this base take part so? */
	CK_RV (*check)(const struct derivation *d);
	CK_RV (*value)(struct token *t, const struct derivation *d, size_t len, struct buf *value);
};

/* --- ECDH --- */

static struct lengths
ecdh_lengths(const struct derivation *d)
{
	return agree_lengths(&d->base->pubkey, d->scheme);
}

static CK_RV
ecdh_check(const struct derivation *d)
{
	return d->base->key != NULL ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

static CK_RV
ecdh_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	return agree_value(t, d->base, d->scheme, len, value);
}

/* --- HKDF --- */

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
	return attrs_u64(&o->attrs, CKA_CLASS, NO_TYPE) == CKO_DATA;
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

/* --- C_DeriveKey --- */

static const struct derive_row rows[] = {
	{ ALG_ECDH, CKO_SECRET_KEY, NO_TYPE, ecdh_lengths, ecdh_check, ecdh_value },
	{ ALG_HKDF, CKO_SECRET_KEY, CKK_GENERIC_SECRET, hkdf_lengths, hkdf_check, hkdf_value },
	{ ALG_HKDF_DATA, CKO_DATA, NO_TYPE, hkdf_lengths, hkdf_check, hkdf_value },
};

static const struct derive_row *
row_of(enum alg alg)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].alg == alg)
			return &rows[i];
	return NULL;
}

static CK_RV
derived_type(const struct derive_row *row, struct made *m)
{
	m->class = row->class;
	m->key_type = attrs_u64(&m->given, CKA_KEY_TYPE, row->key_type);
	if (row->class == CKO_SECRET_KEY && row->key_type == NO_TYPE &&
		!attrs_has(&m->given, CKA_KEY_TYPE))
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_KEY_TYPE is missing.");
	return CKR_OK;
}

static CK_RV
derived_len(const struct derivation *d, const struct derive_row *row, struct made *m, size_t *len)
{
	struct lengths l = row->lengths(d);
	bool said = attrs_has(&m->given, CKA_VALUE_LEN);
	uint64_t wanted = made_len(m, l.natural);
	CK_RV rv = CKR_OK;

	if (wanted == 0 && !said)
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE_LEN is missing.");
	if (row->class == CKO_SECRET_KEY && (rv = attr_secret_len(m->key_type, wanted)) != CKR_OK)
		return rv;
	if (wanted < l.least || wanted > l.most)
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"This derivation does not make %llu bytes.", (unsigned long long)wanted);
	*len = wanted;
	return CKR_OK;
}

static CK_RV
derive(struct made *m, token_owner owner, const struct derivation *d, const struct derive_row *row,
	struct object **out)
{
	struct buf value = BUF_EMPTY;
	size_t len = 0;
	CK_RV rv = derived_type(row, m);

	if (rv == CKR_OK)
		rv = row->check(d);
	if (rv == CKR_OK)
		rv = derived_len(d, row, m, &len);
	if (rv == CKR_OK)
		rv = made_check(m, len);
	if (rv == CKR_OK)
		rv = row->value(m->token, d, len, &value);
	if (rv == CKR_OK) {
		attr_secret_shape(m->key_type, value.ptr, value.len);
		rv = made_add(m, owner, view(&value), out);
	}
	buf_free(&value);
	return rv;
}

CK_RV
object_derive(struct token *t, token_owner owner, const struct derivation *d,
	const struct attrs *given, struct object **out)
{
	const struct derive_row *row = row_of(d->scheme->alg);
	struct made m = { .token = t, .base = d->base, .event = ATTR_DERIVE };
	CK_RV rv = CKR_MECHANISM_INVALID;

	if (row == NULL)
		return rv;
	rv = made_join(&m, CKA_DERIVE_TEMPLATE, given);
	if (rv == CKR_OK)
		rv = derive(&m, owner, d, row, out);
	made_free(&m);
	return rv;
}
