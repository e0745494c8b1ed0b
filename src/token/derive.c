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
	CK_RV too_long;    /* the answer when a template asks for more than the scheme makes */
	bool follows;      /* it is no less secret than what it is made of */
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

/* --- C_DeriveKey --- */

static const struct derive_way derive_ecdh = { ecdh_lengths, ecdh_check, ecdh_value };

/* clang-format off */
static const struct derive_row rows[] = {
	{ ALG_ECDH, CKO_SECRET_KEY, NO_TYPE, CKR_TEMPLATE_INCONSISTENT, false, &derive_ecdh },
	{ ALG_HKDF, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, false, &derive_hkdf },
	{ ALG_HKDF_DATA, CKO_DATA, NO_TYPE, CKR_TEMPLATE_INCONSISTENT, false, &derive_hkdf },
	{ ALG_DERIVE_HASH, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, false, &derive_hash },
	{ ALG_DERIVE_ECB, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_DATA_LEN_RANGE, false, &derive_aes },
	{ ALG_DERIVE_CBC, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_DATA_LEN_RANGE, false, &derive_aes },
	{ ALG_DERIVE_JOIN_KEY, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, true, &derive_join },
	{ ALG_DERIVE_JOIN_DATA, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, true, &derive_join },
	{ ALG_DERIVE_DATA_JOIN, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, true, &derive_join },
	{ ALG_DERIVE_XOR, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, true, &derive_xor },
	{ ALG_DERIVE_EXTRACT, CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKR_TEMPLATE_INCONSISTENT, true, &derive_extract },
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
	struct lengths l = row->way->lengths(d);
	bool said = attrs_has(&m->given, CKA_VALUE_LEN);
	uint64_t wanted = made_len(m, l.natural);
	CK_RV rv = CKR_OK;

	if (wanted == 0 && !said)
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE_LEN is missing.");
	if (row->class == CKO_SECRET_KEY && (rv = attr_secret_len(m->key_type, wanted)) != CKR_OK)
		return rv;
	if (wanted < l.least || wanted > l.most)
		return rv_fail(wanted > l.most ? row->too_long : CKR_TEMPLATE_INCONSISTENT,
			"This derivation does not make %llu bytes.", (unsigned long long)wanted);
	*len = wanted;
	return CKR_OK;
}

static CK_RV
follow_inputs(struct made *m, const struct derivation *d)
{
	CK_RV rv = made_follow(m, d->base);

	return rv == CKR_OK && d->second != NULL ? made_follow(m, d->second) : rv;
}

static CK_RV
derive(struct made *m, token_owner owner, const struct derivation *d, const struct derive_row *row,
	struct object **out)
{
	struct buf value = BUF_EMPTY;
	size_t len = 0;
	CK_RV rv = derived_type(row, m);

	if (rv == CKR_OK)
		rv = row->way->check(d);
	if (rv == CKR_OK && row->follows)
		rv = follow_inputs(m, d);
	if (rv == CKR_OK)
		rv = derived_len(d, row, m, &len);
	if (rv == CKR_OK)
		rv = made_check(m, len);
	if (rv == CKR_OK)
		rv = row->way->value(m->token, d, len, &value);
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
