/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a secret key lives. A session's is on the host. A token's value is in
 * the TPM, which uses it itself where it can and else keeps it sealed; only
 * what is longer than a TPM holds is in the store, encrypted.
 */
#include "config.h"

#include <string.h>

#include "token_private.h"

/* TPM 2.0 Library, Part 2, MAX_SYM_DATA: bytes of a value. */
#define TPM_VALUE_MAX 128

/* Keys that a TPM uses itself; what has no row, it keeps sealed. */
static const struct {
	uint64_t key_type;
	enum secret_kind kind;
	enum hash hash;
} uses[] = {
	{ CKK_AES, SECRET_AES, HASH_NONE },
	{ CKK_SHA_1_HMAC, SECRET_HMAC, HASH_SHA1 },
	{ CKK_SHA224_HMAC, SECRET_HMAC, HASH_SHA224 },
	{ CKK_SHA256_HMAC, SECRET_HMAC, HASH_SHA256 },
	{ CKK_SHA384_HMAC, SECRET_HMAC, HASH_SHA384 },
	{ CKK_SHA512_HMAC, SECRET_HMAC, HASH_SHA512 },
	{ CKK_SHA3_224_HMAC, SECRET_HMAC, HASH_SHA3_224 },
	{ CKK_SHA3_256_HMAC, SECRET_HMAC, HASH_SHA3_256 },
	{ CKK_SHA3_384_HMAC, SECRET_HMAC, HASH_SHA3_384 },
	{ CKK_SHA3_512_HMAC, SECRET_HMAC, HASH_SHA3_512 },
};

/* --- which place --- */

static CK_RV
choose_aes(struct secret_place *p)
{
	const struct conf_row *row = conf_row(CONF_SEAL_AES);

	if (caps_aes(&p->home.caps, 8 * p->spec.len))
		return CKR_OK;
	p->spec.kind = SECRET_SEALED;
	if (strcmp(conf_get(&p->token->core->conf, row->key), "yes") == 0)
		return CKR_OK;
	return rv_fail(CKR_TEMPLATE_INCONSISTENT,
		"This TPM can not encrypt with such a key. \"%s = yes\" in the configuration lets "
		"it "
		"keep AES keys on the token, for the host to use.",
		row->name);
}

/* A longer key would be hashed first, which is not left to chips. */
static CK_RV
choose_hmac(struct secret_place *p)
{
	struct secretspec *spec = &p->spec;

	if (!caps_hash(&p->home.caps, spec->hash) || spec->len > hash_row(spec->hash)->block_len)
		spec->kind = SECRET_SEALED;
	return CKR_OK;
}

static CK_RV
choose_kind(struct secret_place *p, uint64_t key_type)
{
	p->spec.kind = SECRET_SEALED;
	for (size_t i = 0; i < COUNT(uses); i++) {
		if (uses[i].key_type != key_type)
			continue;
		p->spec.kind = uses[i].kind;
		p->spec.hash = uses[i].hash;
	}
	if (p->spec.kind == SECRET_AES)
		return choose_aes(p);
	return p->spec.kind == SECRET_HMAC ? choose_hmac(p) : CKR_OK;
}

/* Only values of private objects are encrypted in the store. */
static CK_RV
stays_private(bool is_private)
{
	if (is_private)
		return CKR_OK;
	return rv_fail(CKR_TEMPLATE_INCONSISTENT,
		"A value of more than %d bytes is in the store: leave CKA_PRIVATE out, or set it.",
		TPM_VALUE_MAX);
}

static CK_RV
choose(struct secret_place *p, const struct attrs *attrs)
{
	uint64_t key_type = attrs_u64(attrs, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
	struct secretspec *spec = &p->spec;
	CK_RV rv = CKR_OK;

	spec->value = attrs_bytes(attrs, CKA_VALUE);
	spec->len =
		attrs_has(attrs, CKA_VALUE)
			? spec->value.len
			: attrs_u64(attrs, CKA_VALUE_LEN, attr_secret_own_len(key_type));
	if (!attrs_bool(attrs, CKA_TOKEN, false) ||
		attrs_u64(attrs, CKA_CLASS, CK_UNAVAILABLE_INFORMATION) != CKO_SECRET_KEY)
		return CKR_OK;
	if (spec->len > TPM_VALUE_MAX)
		return stays_private(attrs_bool(attrs, CKA_PRIVATE, false));
	p->in_tpm = true;
	rv = home_open(p->token, &p->home);
	return rv == CKR_OK ? choose_kind(p, key_type) : rv;
}

CK_RV
secret_place_check(struct token *t, const struct attrs *attrs, bool *tpm_makes)
{
	struct secret_place p = { .token = t };
	CK_RV rv = choose(&p, attrs);

	if (tpm_makes != NULL)
		*tpm_makes = p.in_tpm && (p.spec.kind == SECRET_AES ||
						 (p.spec.kind == SECRET_HMAC &&
							 p.spec.len == hash_row(p.spec.hash)->len));
	secret_place_free(&p);
	return rv;
}

/* --- into it --- */

/* What the TPM has now is an attribute no more. */
static CK_RV
place_move(struct secret_place *p, struct attrs *attrs)
{
	struct home *h = &p->home;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&p->token->lock);
	rv = home_authorise(h, attrs);
	pthread_mutex_unlock(&p->token->lock);
	/* What is sealed is just unsealed: it needs no second way out. */
	p->spec.exportable =
		p->spec.kind != SECRET_SEALED && attrs_bool(attrs, CKA_EXTRACTABLE, false);
	if (rv == CKR_OK)
		rv = tpm_create_secret(p->token->core->tpm, &h->parent, view(&h->hierarchy_auth),
			&h->caps, &p->spec, view(&h->auth), &p->tpm_public, &p->tpm_private);
	if (rv == CKR_OK)
		rv = secret_set_len(attrs_u64(attrs, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION),
			p->spec.len, attrs);
	p->spec.value = BYTES_EMPTY; /* it was lent by attrs */
	if (rv == CKR_OK)
		attrs_remove(attrs, CKA_VALUE);
	return rv;
}

CK_RV
secret_place(struct token *t, struct attrs *attrs, struct secret_place *out)
{
	CK_RV rv = CKR_OK;

	*out = (struct secret_place){ .token = t };
	rv = choose(out, attrs);
	return rv == CKR_OK && out->in_tpm ? place_move(out, attrs) : rv;
}

CK_RV
secret_place_holds(const struct secret_place *p)
{
	return p->in_tpm ? home_is_ours(&p->home) : CKR_OK;
}

void
secret_place_free(struct secret_place *p)
{
	home_close(&p->home);
	buf_free(&p->tpm_public);
	buf_free(&p->tpm_private);
}
