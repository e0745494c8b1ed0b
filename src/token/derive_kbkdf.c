/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys by SP 800-108 (PKCS#11 3.2, 6.42): the PRF runs where the base key is,
 * and other keys may take part as data, whose values the host needs.
 */
#include "config.h"

#include <stdlib.h>

#include "crypto/crypto.h"
#include "model/mech.h"
#include "token_private.h"

/* The template says, or the type of key. */
static struct lengths
kbkdf_lengths(const struct derivation *d)
{
	const struct kbkdf *k = &d->scheme->kbkdf;
	size_t segments = kbkdf_segments_max(k);
	size_t most = segments > SIZE_MAX / k->segment_len ? SIZE_MAX : segments * k->segment_len;

	return (struct lengths){ 0, 1, most };
}

static CK_RV
kbkdf_check(const struct derivation *d)
{
	const struct mech *prf = mech_find(d->scheme->kbkdf.prf);

	if (prf == NULL || !mech_takes(prf, &d->base->attrs))
		return rv_fail(CKR_KEY_TYPE_INCONSISTENT,
			"The key is of another type than the PRF needs.");
	return CKR_OK;
}

/* --- what the keys take over --- */

static CK_RV
default_of_base(struct made *m, uint64_t type, bool if_not_there)
{
	if (attrs_has(&m->given, type))
		return CKR_OK;
	return attrs_set_bool(&m->given, type, attrs_bool(&m->base->attrs, type, if_not_there));
}

static CK_RV
past_of_any(struct made *m, const struct derivation *d, uint64_t type)
{
	bool any = attrs_bool(&d->base->attrs, type, false);

	for (size_t i = 0; i < d->input_count; i++)
		any |= attrs_bool(&d->inputs[i]->attrs, type, false);
	return attrs_set_bool(&m->past, type, any);
}

/*
 * Who knows the key of a CMAC can run it backwards, to the block that went in last: there a key
 * that takes part as data must not come out of a key that can be read, though the standard would
 * allow it.
 */
static CK_RV
hide_inputs(struct made *m, const struct derivation *d)
{
	CK_RV rv = CKR_OK;

	if (d->scheme->kbkdf.prf != CKM_AES_CMAC)
		return rv;
	for (size_t i = 0; i < d->input_count && rv == CKR_OK; i++)
		rv = made_hide(m, d->inputs[i]);
	return rv;
}

CK_RV
derive_kbkdf_follow(struct made *m, const struct derivation *d)
{
	CK_RV rv = hide_inputs(m, d);

	if (rv == CKR_OK)
		rv = default_of_base(m, CKA_SENSITIVE, true);
	if (rv == CKR_OK)
		rv = default_of_base(m, CKA_EXTRACTABLE, false);
	if (rv == CKR_OK)
		rv = past_of_any(m, d, CKA_ALWAYS_SENSITIVE);
	return rv == CKR_OK ? past_of_any(m, d, CKA_NEVER_EXTRACTABLE) : rv;
}

/* --- the value --- */

/* The scheme with the values of keys in their place. */
struct resolved {
	struct scheme scheme; /* borrowed, but for kbkdf.parts */
	struct buf *values;
	size_t count;
};

static void
resolved_free(struct resolved *r)
{
	for (size_t i = 0; i < r->count && r->values != NULL; i++)
		buf_free(&r->values[i]);
	free(r->values);
	free(r->scheme.kbkdf.parts);
}

static CK_RV
resolve_part(struct token *t, struct object *key, struct kbkdf_part *part, struct buf *value)
{
	CK_RV rv = object_value(t, key, value);

	part->kind = KBKDF_BYTES;
	part->bytes = view(value);
	return rv;
}

static CK_RV
resolve(struct token *t, const struct derivation *d, struct resolved *r)
{
	const struct kbkdf *k = &d->scheme->kbkdf;
	struct kbkdf_part *parts = calloc(k->count, sizeof *parts);
	size_t used = 0;
	CK_RV rv = CKR_OK;

	r->scheme = *d->scheme;
	r->scheme.kbkdf.parts = parts;
	r->count = d->input_count;
	r->values = calloc(r->count > 0 ? r->count : 1, sizeof *r->values);
	if (parts == NULL || r->values == NULL)
		return CKR_HOST_MEMORY;
	for (size_t i = 0; i < k->count && rv == CKR_OK; i++) {
		parts[i] = k->parts[i];
		if (parts[i].kind != KBKDF_KEY)
			continue;
		if (used == r->count)
			return CKR_KEY_HANDLE_INVALID;
		rv = resolve_part(t, d->inputs[used], &parts[i], &r->values[used]);
		used++;
	}
	return rv;
}

/* len: of whole segments. */
static CK_RV
kbkdf_value(struct token *t, const struct derivation *d, size_t len, struct buf *value)
{
	const struct mech *m = mech_find(d->scheme->kbkdf.prf); /* there is one: kbkdf_check() */
	size_t segment_len = d->scheme->kbkdf.segment_len;
	struct scheme with = { .alg = m->alg, .digest = m->hash, .mac_len = segment_len };
	struct resolved r = { .count = 0 };
	struct mac *prf = NULL;
	CK_RV rv = resolve(t, d, &r);

	if (rv == CKR_OK)
		rv = object_mac_new(t, d->base, &with, &prf);
	if (rv == CKR_OK)
		rv = crypto_kbkdf(&r.scheme, prf, len / segment_len, d->keys_len, value);
	mac_free(prf);
	resolved_free(&r);
	return rv;
}

const struct derive_way derive_kbkdf = { kbkdf_lengths, kbkdf_check, kbkdf_value };
