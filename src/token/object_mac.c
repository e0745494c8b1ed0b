/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MACs with a secret key. One whose value only the TPM has keeps the data
 * until the end and sends it in one job, so that nothing stays loaded, and no
 * sequence open, between a caller's calls.
 */
#include "config.h"

#include <stdlib.h>

#include "crypto/crypto.h"
#include "token_private.h"

struct object_mac {
	struct mac base; /* first: what callers hold */
	struct token *token;
	struct object *key; /* a reference */
	enum hash hash;
	struct buf data;
};

static CK_RV
object_mac_update(struct mac *base, struct bytes data)
{
	struct object_mac *m = (struct object_mac *)base;

	return buf_append(&m->data, data);
}

static CK_RV
object_mac_final(struct mac *base, struct buf *out)
{
	struct object_mac *m = (struct object_mac *)base;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&m->token->lock);
	rv = object_auth(m->token, m->key, BYTES_EMPTY, &auth);
	pthread_mutex_unlock(&m->token->lock);
	if (rv == CKR_OK)
		rv = key_hmac(m->key->key, m->hash, view(&auth), view(&m->data), out);
	buf_free(&auth);
	return rv;
}

static CK_RV
object_mac_restart(struct mac *base)
{
	struct object_mac *m = (struct object_mac *)base;

	return buf_resize(&m->data, 0);
}

static void
object_mac_free(struct mac *base)
{
	struct object_mac *m = (struct object_mac *)base;

	object_put(m->key);
	buf_free(&m->data);
	free(m);
}

static const struct mac_ops object_mac_ops = { object_mac_update, object_mac_final,
	object_mac_restart, object_mac_free };

/* Takes a reference of its own. */
static CK_RV
keeping_mac_new(struct token *t, struct object *key, enum hash hash, struct mac **out)
{
	struct object_mac *m = calloc(1, sizeof *m);

	if (m == NULL)
		return CKR_HOST_MEMORY;
	m->base.ops = &object_mac_ops;
	m->token = t;
	object_hold(m->key = key);
	m->hash = hash;
	*out = &m->base; /* owned by the caller */
	return CKR_OK;
}

/* On the host, an HMAC has a key of its own as soon as it has begun. */
static CK_RV
hmac_new(struct token *t, struct object *key, const struct scheme *s, struct mac **out)
{
	struct object *o = NULL;
	struct key *own = NULL;
	CK_RV rv = object_open(t, key, &o, &own);

	if (rv == CKR_OK && own == NULL && o->tpm_private.len > 0)
		rv = keeping_mac_new(t, o, s->digest, out);
	else if (rv == CKR_OK)
		rv = key_mac_new(own != NULL ? own : o->key, s, out);
	key_free(own);
	object_put(o);
	return rv;
}

static CK_RV
object_cmac_new(struct token *t, struct object *key, struct mac **out)
{
	struct blocks *b = NULL;
	CK_RV rv = object_blocks_new(t, key, ALG_AES_CMAC, &b);

	return rv == CKR_OK ? cmac_new(b, out) : rv;
}

CK_RV
object_mac_new(struct token *t, struct object *key, const struct scheme *s, struct mac **out)
{
	if (attrs_u64(&key->attrs, CKA_CLASS, CK_UNAVAILABLE_INFORMATION) != CKO_SECRET_KEY)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if (s->alg == ALG_AES_CMAC)
		return object_cmac_new(t, key, out);
	return s->alg == ALG_HMAC ? hmac_new(t, key, s, out) : CKR_KEY_FUNCTION_NOT_PERMITTED;
}
