/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key pairs. Templates are checked and memory is taken before the TPM makes
 * the key, which takes seconds on hardware; both objects are stored in one
 * transaction after it, or none.
 */
#include "config.h"

#include "token_private.h"

struct pair {
	struct home home;
	const struct mech *mech;
	struct keyspec spec;
	struct attrs public;
	struct attrs private;
	struct buf tpm_public;
	struct buf tpm_private;
	struct object *objects[2]; /* public, private */
};

static void
pair_free(struct pair *p)
{
	home_close(&p->home);
	attrs_free(&p->public);
	attrs_free(&p->private);
	buf_free(&p->tpm_public);
	buf_free(&p->tpm_private);
	object_put(p->objects[0]);
	object_put(p->objects[1]);
}

/* --- templates --- */

/* Clients find the halves of a pair by the same id and label; what one template leaves out the
 * other gives. */
static CK_RV
share(uint64_t type, struct attrs *a, struct attrs *b)
{
	if (attrs_has(a, type) && !attrs_has(b, type))
		return attrs_set(b, type, attrs_bytes(a, type));
	if (attrs_has(b, type) && !attrs_has(a, type))
		return attrs_set(a, type, attrs_bytes(b, type));
	return CKR_OK;
}

static CK_RV
half_complete(const struct pair *p, uint64_t class, struct attrs *half)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attrs whole = ATTRS_EMPTY;
	struct attr_request rq = {
		.event = ATTR_GENERATE, .role = p->home.role, .given = half, .fixed = &fixed
	};
	CK_RV rv = object_uid_new(&fixed);

	if (rv == CKR_OK)
		rv = attrs_set_u64(&fixed, CKA_CLASS, class);
	if (rv == CKR_OK)
		rv = attrs_set_u64(&fixed, CKA_KEY_TYPE, p->mech->key_type);
	if (rv == CKR_OK)
		rv = attrs_set_bool(&fixed, CKA_LOCAL, true);
	if (rv == CKR_OK)
		rv = attrs_set_u64(&fixed, CKA_KEY_GEN_MECHANISM, p->mech->type);
	if (rv == CKR_OK)
		rv = attr_complete(&rq, &whole);
	if (rv == CKR_OK)
		attrs_move(half, &whole);
	attrs_free(&fixed);
	attrs_free(&whole);
	return rv;
}

static CK_RV
pair_templates(struct pair *p, const struct attrs *public, const struct attrs *private)
{
	CK_RV rv = mech_keyspec(p->mech, &p->home.caps, public, private, &p->spec);

	if (rv == CKR_OK)
		rv = attrs_copy(&p->public, public);
	if (rv == CKR_OK)
		rv = attrs_copy(&p->private, private);
	if (rv == CKR_OK)
		rv = share(CKA_ID, &p->public, &p->private);
	if (rv == CKR_OK)
		rv = share(CKA_LABEL, &p->public, &p->private);
	if (rv == CKR_OK)
		rv = half_complete(p, CKO_PUBLIC_KEY, &p->public);
	return rv == CKR_OK ? half_complete(p, CKO_PRIVATE_KEY, &p->private) : rv;
}

/* --- the key and its objects --- */

static CK_RV
pair_numbers(struct pair *p)
{
	struct pubkey key = PUBKEY_EMPTY;
	CK_RV rv = tpm_public_key(view(&p->tpm_public), &key);

	if (rv == CKR_OK)
		rv = object_id_default(&key, &p->public);
	if (rv == CKR_OK)
		rv = object_id_default(&key, &p->private);
	if (rv == CKR_OK)
		rv = attr_of_pubkey(&key, false, &p->public);
	pubkey_free(&key);
	return rv;
}

/* Lock held. */
static CK_RV
pair_objects(struct pair *p)
{
	struct buf none = BUF_EMPTY;
	CK_RV rv = object_of_attrs(p->home.token, &p->public, &none, &none, &p->objects[0]);

	return rv == CKR_OK ? home_object(&p->home, &p->private, &p->tpm_public, &p->tpm_private,
				      &p->objects[1])
			    : rv;
}

/* Lock held. */
static CK_RV
pair_add(struct pair *p, token_owner owner)
{
	CK_RV rv = home_is_ours(&p->home);

	if (rv == CKR_OK)
		rv = pair_objects(p);
	return rv == CKR_OK ? object_add_all(p->home.token, owner, p->objects, 2) : rv;
}

/* --- C_GenerateKeyPair --- */

static CK_RV
pair_create(struct pair *p)
{
	struct token *t = p->home.token;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = home_allows(&p->home, &p->public);
	if (rv == CKR_OK)
		rv = home_authorise(&p->home, &p->private);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = tpm_create_key(t->core->tpm, &p->home.parent, view(&p->home.hierarchy_auth),
			&p->home.caps, &p->spec, view(&p->home.auth), &p->tpm_public,
			&p->tpm_private);
	return rv == CKR_OK ? pair_numbers(p) : rv;
}

static CK_RV
pair_make(struct pair *p, struct token *t, token_owner owner, const struct attrs *public,
	const struct attrs *private)
{
	CK_RV rv = home_open(t, &p->home);

	if (rv == CKR_OK)
		rv = pair_templates(p, public, private);
	if (rv == CKR_OK)
		rv = pair_create(p);
	if (rv != CKR_OK)
		return rv;
	pthread_mutex_lock(&t->lock);
	rv = pair_add(p, owner);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

CK_RV
object_generate_pair(struct token *t, token_owner owner, const struct mech *m,
	const struct attrs *public, const struct attrs *private, struct object **public_out,
	struct object **private_out)
{
	struct pair p = { .mech = m };
	CK_RV rv = pair_make(&p, t, owner, public, private);

	if (rv == CKR_OK) {
		*public_out = p.objects[0];
		*private_out = p.objects[1];
		p.objects[0] = p.objects[1] = NULL; /* the references are the caller's */
	}
	pair_free(&p);
	return rv;
}
