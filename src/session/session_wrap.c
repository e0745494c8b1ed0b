/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrapping and unwrapping: two keys, each with codes of its own.
 */
#include "config.h"

#include "session/op.h"

/* Of the key that does it. */
struct by_codes {
	CK_RV handle;
	CK_RV type;
};

static const struct by_codes wrapping = { CKR_WRAPPING_KEY_HANDLE_INVALID,
	CKR_WRAPPING_KEY_TYPE_INCONSISTENT };
static const struct by_codes unwrapping = { CKR_UNWRAPPING_KEY_HANDLE_INVALID,
	CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT };

/* It takes part, if it may, and the parameters. A reference. */
static CK_RV
by_open(struct session *s, const CK_MECHANISM *given, CK_FLAGS use, CK_OBJECT_HANDLE handle,
	const struct by_codes *codes, struct object **by, struct scheme *scheme)
{
	const struct mech *m = NULL;
	CK_RV rv = op_mech(s, given->mechanism, &m);

	if (rv != CKR_OK)
		return rv;
	if ((m->flags & use) == 0)
		return rv_fail(CKR_MECHANISM_INVALID, "%s can not be used so.", m->name);
	rv = object_get(s->slot->token, handle, by);
	if (rv != CKR_OK)
		return rv == CKR_OBJECT_HANDLE_INVALID ? codes->handle : rv;
	rv = mech_fits(m, use, object_attrs(*by));
	if (rv != CKR_OK)
		return rv == CKR_KEY_TYPE_INCONSISTENT ? codes->type : rv;
	return mech_scheme(m, given, use, scheme);
}

static CK_RV
wrap_out(struct session *s, struct object *by, const struct scheme *scheme, struct object *key,
	const struct room *out)
{
	struct buf wrapped = BUF_EMPTY;
	bool enough = false;
	size_t most = 0;
	CK_RV rv = object_wrap_check(by, scheme, key, &most);

	if (rv == CKR_OK && out->ptr == NULL)
		return op_room(out, most, &enough);
	if (rv == CKR_OK)
		rv = object_wrap(s->slot->token, by, scheme, key, &wrapped);
	if (rv == CKR_OK)
		rv = op_room(out, wrapped.len, &enough);
	if (rv == CKR_OK)
		op_put(out, &wrapped);
	buf_free(&wrapped);
	return rv;
}

CK_RV
session_wrap_key(struct session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
	CK_OBJECT_HANDLE key, const struct room *out)
{
	struct scheme scheme = { 0 };
	struct object *by = NULL, *target = NULL;
	CK_RV rv = by_open(s, mechanism, CKF_WRAP, wrapping_key, &wrapping, &by, &scheme);

	if (rv == CKR_OK) {
		rv = object_get(s->slot->token, key, &target);
		rv = rv == CKR_OBJECT_HANDLE_INVALID ? CKR_KEY_HANDLE_INVALID : rv;
	}
	if (rv == CKR_OK)
		rv = wrap_out(s, by, &scheme, target, out);
	scheme_free(&scheme);
	object_put(target);
	object_put(by);
	return rv;
}

CK_RV
session_unwrap_key(struct session *s, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE unwrapping_key, struct bytes wrapped, const struct template *t,
	CK_OBJECT_HANDLE *out)
{
	struct scheme scheme = { 0 };
	struct attrs given = ATTRS_EMPTY;
	struct object *by = NULL, *made = NULL;
	CK_RV rv = by_open(s, mechanism, CKF_UNWRAP, unwrapping_key, &unwrapping, &by, &scheme);

	if (rv == CKR_OK)
		rv = session_template(s, t->list, t->count, &given);
	if (rv == CKR_OK)
		rv = object_unwrap(s->slot->token, s->handle, by, &scheme, wrapped, &given, &made);
	if (rv == CKR_OK)
		*out = (CK_OBJECT_HANDLE)object_handle(made);
	scheme_free(&scheme);
	attrs_free(&given);
	object_put(made);
	object_put(by);
	return rv;
}
