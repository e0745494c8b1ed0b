/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects as a session may use them: a R/O session writes no token objects.
 */
#include "config.h"

#include "session/op.h"

CK_RV
session_template(struct session *s, const CK_ATTRIBUTE *list, CK_ULONG count, struct attrs *out)
{
	CK_RV rv = attr_template_read(list, count, out);

	if (rv == CKR_OK && attrs_bool(out, CKA_TOKEN, false))
		rv = session_may_write(s);
	return rv;
}

CK_RV
session_object_create(
	struct session *s, const CK_ATTRIBUTE *list, CK_ULONG count, CK_OBJECT_HANDLE *out)
{
	struct attrs given = ATTRS_EMPTY;
	struct object *made = NULL;
	CK_RV rv = session_template(s, list, count, &given);

	if (rv == CKR_OK)
		rv = object_create(s->slot->token, s->handle, &given, &made);
	if (rv == CKR_OK)
		*out = (CK_OBJECT_HANDLE)object_handle(made);
	object_put(made);
	attrs_free(&given);
	return rv;
}

CK_RV
session_object_copy(struct session *s, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *list,
	CK_ULONG count, CK_OBJECT_HANDLE *out)
{
	struct attrs given = ATTRS_EMPTY;
	struct object *o = NULL, *made = NULL;
	CK_RV rv = CKR_OK;

	if ((rv = object_get(s->slot->token, handle, &o)) != CKR_OK)
		goto out;
	if ((rv = attr_template_read(list, count, &given)) != CKR_OK)
		goto out;
	if (attrs_bool(&given, CKA_TOKEN, object_is_token(o)) &&
		(rv = session_may_write(s)) != CKR_OK)
		goto out;
	rv = object_copy(s->slot->token, s->handle, o, &given, &made);
	if (rv == CKR_OK)
		*out = (CK_OBJECT_HANDLE)object_handle(made);
out:
	object_put(made);
	attrs_free(&given);
	object_put(o);
	return rv;
}

CK_RV
session_object_destroy(struct session *s, CK_OBJECT_HANDLE handle)
{
	struct object *o = NULL;
	CK_RV rv = object_get(s->slot->token, handle, &o);

	if (rv == CKR_OK && object_is_token(o))
		rv = session_may_write(s);
	if (rv == CKR_OK)
		rv = object_destroy(s->slot->token, o);
	object_put(o);
	return rv;
}

CK_RV
session_object_size(struct session *s, CK_OBJECT_HANDLE handle, CK_ULONG *size)
{
	struct object *o = NULL;
	CK_RV rv = object_get(s->slot->token, handle, &o);

	if (rv == CKR_OK)
		*size = object_size(o);
	object_put(o);
	return rv;
}

/* Commands only where something is asked for that is in the TPM and may be read. */
CK_RV
session_object_read(struct session *s, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *list, CK_ULONG count)
{
	struct attrs revealed = ATTRS_EMPTY;
	struct object *o = NULL;
	CK_RV rv = object_get(s->slot->token, handle, &o);

	if (rv == CKR_OK && attr_asks_secret(object_attrs(o), list, count))
		rv = object_reveal(s->slot->token, o, &revealed);
	if (rv == CKR_OK)
		rv = attr_values(revealed.count > 0 ? &revealed : object_attrs(o), list, count);
	attrs_free(&revealed);
	object_put(o);
	return rv;
}

CK_RV
session_object_change(
	struct session *s, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *list, CK_ULONG count)
{
	struct attrs given = ATTRS_EMPTY;
	struct object *o = NULL;
	CK_RV rv = CKR_OK;

	if ((rv = object_get(s->slot->token, handle, &o)) != CKR_OK)
		goto out;
	if (object_is_token(o) && (rv = session_may_write(s)) != CKR_OK)
		goto out;
	if ((rv = attr_template_read(list, count, &given)) != CKR_OK)
		goto out;
	rv = object_change(s->slot->token, o, &given);
out:
	attrs_free(&given);
	object_put(o);
	return rv;
}

static CK_RV
generate_mech(struct session *s, const CK_MECHANISM *given, CK_FLAGS use, const struct mech **out)
{
	struct scheme scheme = { 0 };
	CK_RV rv = op_mech(s, given->mechanism, out);

	return rv != CKR_OK ? rv : mech_scheme(*out, given, use, &scheme);
}

CK_RV
session_generate_key(struct session *s, const CK_MECHANISM *mechanism, const CK_ATTRIBUTE *list,
	CK_ULONG count, CK_OBJECT_HANDLE *out)
{
	struct attrs given = ATTRS_EMPTY;
	struct object *made = NULL;
	const struct mech *m = NULL;
	CK_RV rv = generate_mech(s, mechanism, CKF_GENERATE, &m);

	if (rv == CKR_OK)
		rv = session_template(s, list, count, &given);
	if (rv == CKR_OK)
		rv = object_generate_secret(s->slot->token, s->handle, m, &given, &made);
	if (rv == CKR_OK)
		*out = (CK_OBJECT_HANDLE)object_handle(made);
	object_put(made);
	attrs_free(&given);
	return rv;
}

CK_RV
session_generate_pair(struct session *s, const struct pair_request *rq, CK_OBJECT_HANDLE *public,
	CK_OBJECT_HANDLE *private)
{
	struct attrs public_given = ATTRS_EMPTY, private_given = ATTRS_EMPTY;
	struct object *public_made = NULL, *private_made = NULL;
	const struct mech *m = NULL;
	CK_RV rv = CKR_OK;

	if ((rv = generate_mech(s, rq->mechanism, CKF_GENERATE_KEY_PAIR, &m)) != CKR_OK)
		goto out;
	if ((rv = session_template(s, rq->public, rq->public_count, &public_given)) != CKR_OK)
		goto out;
	if ((rv = session_template(s, rq->private, rq->private_count, &private_given)) != CKR_OK)
		goto out;
	rv = object_generate_pair(s->slot->token, s->handle, m, &public_given, &private_given,
		&public_made, &private_made);
	if (rv != CKR_OK)
		goto out;
	*public = (CK_OBJECT_HANDLE)object_handle(public_made);
	*private = (CK_OBJECT_HANDLE)object_handle(private_made);
out:
	object_put(private_made);
	object_put(public_made);
	attrs_free(&private_given);
	attrs_free(&public_given);
	return rv;
}
