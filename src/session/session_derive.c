/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_DeriveKey: the keys that take part, if they may, and the templates of all
 * keys that are made: the parameters of SP 800-108 bring some.
 */
#include "config.h"

#include <stdlib.h>

#include "session/op.h"

struct derive_use {
	const struct mech *mech;
	struct scheme scheme;
	struct derivation d;
	struct object **inputs; /* references; d has them, too */
	struct more_keys more;  /* beside the one of C_DeriveKey itself */
	struct attrs *given;
	struct object **made;
	size_t count;
};

static void
derive_use_free(struct derive_use *u)
{
	for (size_t i = 0; i < u->count && u->given != NULL && u->made != NULL; i++) {
		attrs_free(&u->given[i]);
		object_put(u->made[i]);
	}
	for (size_t i = 0; i < u->d.input_count; i++)
		object_put(u->inputs[i]);
	free(u->given);
	free(u->made);
	free(u->inputs);
	scheme_free(&u->scheme);
	object_put(u->d.second);
	object_put(u->d.base);
}

/* A key that takes part, if it may. A reference. */
static CK_RV
derive_key(struct session *s, const struct mech *m, CK_OBJECT_HANDLE handle, struct object **out)
{
	CK_RV rv = object_get(s->slot->token, handle, out);

	if (rv != CKR_OK)
		return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_KEY_HANDLE_INVALID : rv;
	return mech_fits(m, CKF_DERIVE, object_attrs(*out));
}

static CK_RV
derive_inputs(struct session *s, struct derive_use *u)
{
	const struct kbkdf *k = &u->scheme.kbkdf;
	CK_RV rv = CKR_OK;

	if (k->count == 0)
		return rv;
	u->inputs = calloc(k->count, sizeof *u->inputs);
	if (u->inputs == NULL)
		return CKR_HOST_MEMORY;
	u->d.inputs = u->inputs;
	for (size_t i = 0; i < k->count && rv == CKR_OK; i++)
		if (k->parts[i].kind == KBKDF_KEY)
			rv = derive_key(s, u->mech, (CK_OBJECT_HANDLE)k->parts[i].key,
				&u->inputs[u->d.input_count++]);
	return rv;
}

static CK_RV
derive_begin(struct session *s, struct derive_use *u, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE base)
{
	CK_RV rv = op_mech(s, mechanism->mechanism, &u->mech);

	u->d.scheme = &u->scheme;
	if (rv == CKR_OK)
		rv = derive_key(s, u->mech, base, &u->d.base);
	if (rv == CKR_OK)
		rv = mech_scheme(u->mech, mechanism, CKF_DERIVE, &u->scheme);
	if (rv == CKR_OK)
		rv = mech_more_keys(u->mech, mechanism, &u->more);
	if (rv == CKR_OK && u->scheme.second != 0)
		rv = derive_key(s, u->mech, (CK_OBJECT_HANDLE)u->scheme.second, &u->d.second);
	return rv == CKR_OK ? derive_inputs(s, u) : rv;
}

/* wrong: as object_derive() has it. */
static CK_RV
derive_templates(struct session *s, struct derive_use *u, const struct template *t, size_t *wrong)
{
	CK_RV rv = CKR_OK;

	u->count = u->more.count + 1;
	u->given = calloc(u->count, sizeof *u->given);
	u->made = calloc(u->count, sizeof *u->made);
	if (u->given == NULL || u->made == NULL)
		return CKR_HOST_MEMORY;
	rv = session_template(s, t->list, t->count, &u->given[0]);
	for (size_t i = 1; i < u->count && rv == CKR_OK; i++) {
		CK_DERIVED_KEY key = more_keys_at(&u->more, i - 1);

		rv = session_template(s, key.pTemplate, key.ulAttributeCount, &u->given[i]);
		if (rv != CKR_OK)
			*wrong = i;
	}
	return rv;
}

/* PKCS#11 3.2, 6.42, "Deriving Additional Keys": an invalid handle names the template that was to
 * blame. */
static void
derive_tell(const struct derive_use *u, CK_RV rv, size_t wrong, CK_OBJECT_HANDLE *out)
{
	if (rv == CKR_OK)
		*out = (CK_OBJECT_HANDLE)object_handle(u->made[0]);
	for (size_t i = 0; i < u->more.count; i++) {
		CK_DERIVED_KEY key = more_keys_at(&u->more, i);

		if (rv == CKR_OK)
			*key.phKey = (CK_OBJECT_HANDLE)object_handle(u->made[i + 1]);
		else if (wrong == i + 1)
			*key.phKey = CK_INVALID_HANDLE;
	}
}

CK_RV
session_derive_key(struct session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base,
	const struct template *t, CK_OBJECT_HANDLE *out)
{
	struct derive_use u = { .mech = NULL };
	size_t wrong = 0;
	CK_RV rv = derive_begin(s, &u, mechanism, base);

	if (rv == CKR_OK) {
		rv = derive_templates(s, &u, t, &wrong);
		if (rv == CKR_OK)
			rv = object_derive(
				s->slot->token, s->handle, &u.d, u.given, u.count, u.made, &wrong);
		derive_tell(&u, rv, wrong, out);
	}
	derive_use_free(&u);
	return rv;
}
