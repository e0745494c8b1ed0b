/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_EncapsulateKey and C_DecapsulateKey: the checks before, the size rule, and
 * the codes that the second of them has for what is called otherwise elsewhere.
 */
#include "config.h"

#include "session/op.h"

/* What takes part in one call. */
struct kem_use {
	struct object *key; /* a reference */
	struct scheme scheme;
	struct attrs given;
};

static void
kem_use_free(struct kem_use *u)
{
	attrs_free(&u->given);
	scheme_free(&u->scheme);
	object_put(u->key);
}

static CK_RV
kem_begin(struct session *s, struct kem_use *u, CK_FLAGS use, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE key)
{
	const struct mech *m = NULL;
	CK_RV rv = op_mech(s, mechanism->mechanism, &m);

	if (rv != CKR_OK)
		return rv;
	if ((rv = object_get(s->slot->token, key, &u->key)) != CKR_OK)
		return rv == CKR_OBJECT_HANDLE_INVALID ? CKR_KEY_HANDLE_INVALID : rv;
	rv = mech_fits(m, use, object_attrs(u->key));
	return rv == CKR_OK ? mech_scheme(m, mechanism, use, &u->scheme) : rv;
}

/* There is room: make the key, then give out what it opens from. */
static CK_RV
encapsulate(struct session *s, struct kem_use *u, const struct room *room, CK_OBJECT_HANDLE *out)
{
	struct buf cipher = BUF_EMPTY;
	struct object *made = NULL;
	CK_RV rv = object_encapsulate(
		s->slot->token, s->handle, u->key, &u->scheme, &u->given, &cipher, &made);

	if (rv == CKR_OK) {
		op_put(room, &cipher);
		*out = (CK_OBJECT_HANDLE)object_handle(made);
	}
	object_put(made);
	buf_free(&cipher);
	return rv;
}

CK_RV
session_encapsulate_key(struct session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
	const struct template *t, const struct room *room, CK_OBJECT_HANDLE *out)
{
	struct kem_use u = { .key = NULL };
	bool enough = false;
	CK_RV rv = kem_begin(s, &u, CKF_ENCAPSULATE, mechanism, key);

	if (rv == CKR_OK)
		rv = session_template(s, t->list, t->count, &u.given);
	if (rv == CKR_OK)
		rv = op_room(room, object_encapsulate_len(u.key, &u.scheme), &enough);
	if (enough)
		rv = encapsulate(s, &u, room, out);
	kem_use_free(&u);
	return rv;
}

/* PKCS#11 3.2, 5.18.9: its key opens something that came wrapped. */
static const struct {
	CK_RV from, to;
} codes[] = {
	{ CKR_KEY_HANDLE_INVALID, CKR_UNWRAPPING_KEY_HANDLE_INVALID },
	{ CKR_KEY_TYPE_INCONSISTENT, CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT },
	{ CKR_KEY_SIZE_RANGE, CKR_UNWRAPPING_KEY_SIZE_RANGE },
	{ CKR_ENCRYPTED_DATA_INVALID, CKR_WRAPPED_KEY_INVALID },
	{ CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_WRAPPED_KEY_LEN_RANGE },
};

static CK_RV
unwrapping_code(CK_RV rv)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].from == rv)
			return codes[i].to;
	return rv;
}

CK_RV
session_decapsulate_key(struct session *s, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
	const struct template *t, struct bytes cipher, CK_OBJECT_HANDLE *out)
{
	struct kem_use u = { .key = NULL };
	struct object *made = NULL;
	CK_RV rv = kem_begin(s, &u, CKF_DECAPSULATE, mechanism, key);

	if (rv == CKR_OK)
		rv = session_template(s, t->list, t->count, &u.given);
	if (rv == CKR_OK)
		rv = object_decapsulate(
			s->slot->token, s->handle, u.key, &u.scheme, &u.given, cipher, &made);
	if (rv == CKR_OK)
		*out = (CK_OBJECT_HANDLE)object_handle(made);
	object_put(made);
	kem_use_free(&u);
	return unwrapping_code(rv);
}
