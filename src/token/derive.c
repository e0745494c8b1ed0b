/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Derived keys: a row for each way to derive says how long the value may be
 * and how it is made. The TPM makes shared secrets and gives out sealed ones;
 * the rest is computed on the host.
 */
#include "config.h"

#include <stdlib.h>

#include "token_private.h"

#define NO_TYPE UINT64_MAX

struct derive_row {
	enum alg alg;
	uint64_t class;    /* of what is made */
	uint64_t key_type; /* of a key, if the template does not say; NO_TYPE: it must */
	CK_RV too_long;    /* the answer when a template asks for more than the scheme makes */
	/* What it takes over from the keys that take part; NULL: nothing. */
	CK_RV (*follow)(struct made *m, const struct derivation *d);
	const struct derive_way *way;
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

static const struct derive_way derive_ecdh = { ecdh_lengths, ecdh_check, ecdh_value };

/* --- the rows --- */

/* It is no less secret than what it is made of. */
static CK_RV
follow_inputs(struct made *m, const struct derivation *d)
{
	CK_RV rv = made_follow(m, d->base);

	return rv == CKR_OK && d->second != NULL ? made_follow(m, d->second) : rv;
}

/* clang-format off */
static const struct derive_row rows[] = {
	{ ALG_ECDH, CKO_SECRET_KEY, NO_TYPE, CKR_TEMPLATE_INCONSISTENT, NULL, &derive_ecdh },
	{ ALG_HKDF, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, NULL, &derive_hkdf },
	{ ALG_HKDF_DATA, CKO_DATA, NO_TYPE, CKR_TEMPLATE_INCONSISTENT, NULL, &derive_hkdf },
	{ ALG_KBKDF_COUNTER, CKO_SECRET_KEY, NO_TYPE, CKR_TEMPLATE_INCONSISTENT, derive_kbkdf_follow, &derive_kbkdf },
	{ ALG_KBKDF_FEEDBACK, CKO_SECRET_KEY, NO_TYPE, CKR_TEMPLATE_INCONSISTENT, derive_kbkdf_follow, &derive_kbkdf },
	{ ALG_KBKDF_PIPELINE, CKO_SECRET_KEY, NO_TYPE, CKR_TEMPLATE_INCONSISTENT, derive_kbkdf_follow, &derive_kbkdf },
	{ ALG_DERIVE_HASH, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, NULL, &derive_hash },
	{ ALG_DERIVE_ECB, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_DATA_LEN_RANGE, NULL, &derive_aes },
	{ ALG_DERIVE_CBC, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_DATA_LEN_RANGE, NULL, &derive_aes },
	{ ALG_DERIVE_JOIN_KEY, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, follow_inputs, &derive_join },
	{ ALG_DERIVE_JOIN_DATA, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, follow_inputs, &derive_join },
	{ ALG_DERIVE_DATA_JOIN, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, follow_inputs, &derive_join },
	{ ALG_DERIVE_XOR, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, follow_inputs, &derive_xor },
	{ ALG_DERIVE_EXTRACT, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, follow_inputs, &derive_extract },
};
/* clang-format on */

static const struct derive_row *
row_of(enum alg alg)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].alg == alg)
			return &rows[i];
	return NULL;
}

/* --- C_DeriveKey --- */

/* One of the keys that a derivation makes. */
struct derived {
	struct made made;
	size_t at; /* where its value is in what is derived */
	size_t len;
};

struct run {
	const struct derive_row *row;
	struct derivation d;
	struct derived *keys;
	struct attrs *attrs; /* of each */
	size_t count;
	size_t wrong; /* the key whose template is looked at; count: none */
	size_t taken; /* bytes of what is derived that belong to the keys before */
};

static CK_RV
run_init(struct run *r, struct token *t)
{
	r->wrong = r->count;
	r->d.keys_len = 0;
	r->row = row_of(r->d.scheme->alg);
	if (r->row == NULL || r->count == 0 ||
		(r->count > 1 && r->d.scheme->kbkdf.segment_len == 0))
		return CKR_MECHANISM_INVALID;
	r->keys = calloc(r->count, sizeof *r->keys);
	r->attrs = calloc(r->count, sizeof *r->attrs);
	if (r->keys == NULL || r->attrs == NULL)
		return CKR_HOST_MEMORY;
	for (size_t i = 0; i < r->count; i++)
		r->keys[i].made =
			(struct made){ .token = t, .base = r->d.base, .event = ATTR_DERIVE };
	return CKR_OK;
}

static void
run_free(struct run *r)
{
	for (size_t i = 0; i < r->count && r->keys != NULL && r->attrs != NULL; i++) {
		made_free(&r->keys[i].made);
		attrs_free(&r->attrs[i]);
	}
	free(r->keys);
	free(r->attrs);
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
derived_len(const struct run *r, struct made *m, size_t *len)
{
	struct lengths l = r->row->way->lengths(&r->d);
	bool said = attrs_has(&m->given, CKA_VALUE_LEN);
	uint64_t wanted = made_len(m, l.natural);
	CK_RV rv = CKR_OK;

	if (wanted == 0 && !said)
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE_LEN is missing.");
	if (r->row->class == CKO_SECRET_KEY &&
		(rv = attr_secret_len(m->key_type, wanted)) != CKR_OK)
		return rv;
	if (wanted < l.least || wanted > l.most - r->taken)
		return rv_fail(wanted < l.least ? CKR_TEMPLATE_INCONSISTENT : r->row->too_long,
			"This derivation does not make %llu bytes.", (unsigned long long)wanted);
	*len = wanted;
	return CKR_OK;
}

static CK_RV
plan_key(struct run *r, struct derived *k)
{
	CK_RV rv = derived_type(r->row, &k->made);

	if (rv == CKR_OK && r->row->follow != NULL)
		rv = r->row->follow(&k->made, &r->d);
	if (rv == CKR_OK)
		rv = derived_len(r, &k->made, &k->len);
	return rv == CKR_OK ? made_check(&k->made, k->len) : rv;
}

/* PKCS#11 3.2, 6.42: no key gets a part of a segment that another has a part of. */
static void
take(struct run *r, struct derived *k)
{
	size_t segment_len = r->d.scheme->kbkdf.segment_len;

	k->at = r->taken;
	r->taken += k->len;
	r->d.keys_len += k->len;
	if (segment_len != 0)
		r->taken += (segment_len - r->taken % segment_len) % segment_len;
}

static CK_RV
plan(struct run *r, const struct attrs *given)
{
	CK_RV rv = r->row->way->check(&r->d);

	for (size_t i = 0; i < r->count && rv == CKR_OK; i++) {
		struct derived *k = &r->keys[i];

		r->wrong = i;
		rv = made_join(&k->made, CKA_DERIVE_TEMPLATE, &given[i]);
		if (rv == CKR_OK)
			rv = plan_key(r, k);
		if (rv == CKR_OK)
			take(r, k);
	}
	if (rv == CKR_OK)
		r->wrong = r->count;
	return rv;
}

static CK_RV
share_out(struct run *r, struct buf *value)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < r->count && rv == CKR_OK; i++) {
		const struct derived *k = &r->keys[i];

		r->wrong = i;
		attr_secret_shape(k->made.key_type, value->ptr + k->at, k->len);
		rv = made_attrs(&k->made, bytes_slice(view(value), k->at, k->len), &r->attrs[i]);
	}
	if (rv == CKR_OK)
		r->wrong = r->count;
	return rv;
}

static CK_RV
derive(struct run *r, struct token *t, token_owner owner, const struct attrs *given,
	struct object **out)
{
	struct buf value = BUF_EMPTY;
	CK_RV rv = plan(r, given);

	if (rv == CKR_OK)
		rv = r->row->way->value(t, &r->d, r->taken, &value);
	if (rv == CKR_OK)
		rv = share_out(r, &value);
	if (rv == CKR_OK)
		rv = object_add_new_all(t, owner, r->attrs, r->count, out);
	buf_free(&value);
	return rv;
}

CK_RV
object_derive(struct token *t, token_owner owner, const struct derivation *d,
	const struct attrs *given, size_t count, struct object **out, size_t *wrong)
{
	struct run r = { .d = *d, .count = count };
	CK_RV rv = run_init(&r, t);

	if (rv == CKR_OK)
		rv = derive(&r, t, owner, given, out);
	*wrong = r.wrong;
	run_free(&r);
	return rv;
}
