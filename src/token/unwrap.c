/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_UnwrapKey: what is wrapped becomes a secret key, or a private key in the TPM.
 * Most of what a template can be refused for is found before the unwrapping key
 * is used, which may be a TPM command.
 */
#include "config.h"

#include "base/der.h"
#include "base/pkcs8.h"
#include "token_private.h"

struct unwrapping {
	struct made made; /* base: the unwrapping key */
	const struct wrap_form *form;
	struct scheme scheme; /* the caller's, which owns what it points to */
	bool has_len;         /* the template says how long the value is */
	size_t len;
};

static CK_RV
unwrap_rv(CK_RV rv)
{
	switch (rv) {
	case CKR_KEY_SIZE_RANGE:
		return CKR_UNWRAPPING_KEY_SIZE_RANGE;
	case CKR_ENCRYPTED_DATA_LEN_RANGE:
		return CKR_WRAPPED_KEY_LEN_RANGE;
	case CKR_ENCRYPTED_DATA_INVALID:
		return CKR_WRAPPED_KEY_INVALID;
	default:
		return rv;
	}
}

/* --- before --- */

static CK_RV
kind_check(struct unwrapping *u)
{
	const struct attrs *given = &u->made.given;

	if (!attrs_has(given, CKA_CLASS) || !attrs_has(given, CKA_KEY_TYPE))
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_CLASS or CKA_KEY_TYPE is missing.");
	u->made.class = attrs_u64(given, CKA_CLASS, CK_UNAVAILABLE_INFORMATION);
	u->made.key_type = attrs_u64(given, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
	if (u->made.class == CKO_SECRET_KEY ||
		(u->made.class == CKO_PRIVATE_KEY && u->form->carries_private))
		return CKR_OK;
	return rv_fail(
		CKR_TEMPLATE_INCONSISTENT, "This mechanism does not unwrap keys of this class.");
}

/* Length and key type as the template has them; some types say the length themselves. */
static CK_RV
len_check(struct unwrapping *u)
{
	bool said = attrs_has(&u->made.given, CKA_VALUE_LEN);
	uint64_t len = made_len(&u->made, 0);

	u->has_len = said || len != 0;
	if (!u->has_len)
		return u->form->alg == ALG_RSA_RAW
			       ? rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE_LEN is missing.")
			       : CKR_OK;
	if (attr_secret_len(u->made.key_type, len) != CKR_OK)
		return CKR_TEMPLATE_INCONSISTENT;
	u->len = (size_t)len;
	return CKR_OK;
}

/* What the template makes of a key of this length; of one that is not known, any that fits the key
 * type. */
static CK_RV
template_check(struct unwrapping *u)
{
	enum { ANY_LEN = 32 };
	CK_RV rv = kind_check(u);

	if (rv != CKR_OK || u->made.class == CKO_PRIVATE_KEY)
		return rv;
	rv = len_check(u);
	return rv == CKR_OK ? made_check(&u->made, u->has_len ? u->len : ANY_LEN) : rv;
}

/* --- after --- */

static bool
all_zero(struct bytes b)
{
	return bytes_trim_left(b).len == 0;
}

/* The value among zeros that filled it up: behind it, but of a number in front. */
static CK_RV
secret_cut(const struct unwrapping *u, struct bytes plain, struct bytes *value)
{
	size_t more = u->has_len && plain.len >= u->len ? plain.len - u->len : 0;
	struct bytes rest = bytes_slice(plain, plain.len - more, more);

	*value = bytes_slice(plain, 0, plain.len - more);
	if (u->form->alg == ALG_RSA_RAW) {
		rest = bytes_slice(plain, 0, more);
		*value = bytes_slice(plain, more, plain.len);
	}
	if ((u->has_len && plain.len < u->len) ||
		(u->form->alg != ALG_RSA_RAW && more >= u->form->pad) || !all_zero(rest) ||
		attr_secret_len(u->made.key_type, value->len) != CKR_OK)
		return rv_fail(
			CKR_WRAPPED_KEY_LEN_RANGE, "What is wrapped is not as long as such a key.");
	return CKR_OK;
}

static CK_RV
unwrapped_secret(
	const struct unwrapping *u, token_owner owner, struct bytes plain, struct object **out)
{
	struct bytes value = BYTES_EMPTY;
	CK_RV rv = secret_cut(u, plain, &value);

	if (rv == CKR_OK && attr_secret_value(u->made.key_type, value) != CKR_OK)
		rv = CKR_WRAPPED_KEY_INVALID;
	return rv == CKR_OK ? made_add(&u->made, owner, value, out) : rv;
}

static CK_RV
unwrapped_private(
	const struct unwrapping *u, token_owner owner, struct bytes plain, struct object **out)
{
	struct privkey key = PRIVKEY_EMPTY;
	struct bytes der = BYTES_EMPTY;
	CK_RV rv = CKR_WRAPPED_KEY_INVALID;

	if (der_read_whole(&plain, DER_SEQUENCE, &der) && plain.len < u->form->pad &&
		all_zero(plain))
		rv = pkcs8_read(der, &key);
	if (rv == CKR_ATTRIBUTE_VALUE_INVALID)
		rv = CKR_WRAPPED_KEY_INVALID;
	if (rv == CKR_OK)
		rv = object_import(u->made.token, owner, ATTR_UNWRAP, &u->made.given, &key, out);
	privkey_free(&key);
	return rv;
}

/* --- C_UnwrapKey --- */

static CK_RV
unwrap(struct unwrapping *u, token_owner owner, struct object *by, struct bytes wrapped,
	struct object **out)
{
	struct buf plain = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	/* Padding that is wrong gives a key that nobody knows, of the length that was asked for: it
	 * can not be told from one that is right. Nor may its parity tell. */
	u->scheme.message_len = u->len;
	rv = unwrap_rv(u->form->unwrap(u->made.token, by, &u->scheme, wrapped, &plain));
	if (rv == CKR_OK && u->form->alg == ALG_RSA_PKCS1)
		attr_secret_shape(u->made.key_type, plain.ptr, plain.len);
	if (rv == CKR_OK)
		rv = (u->made.class == CKO_SECRET_KEY ? unwrapped_secret : unwrapped_private)(
			u, owner, view(&plain), out);
	buf_free(&plain);
	return rv;
}

CK_RV
object_unwrap(struct token *t, token_owner owner, struct object *by, const struct scheme *s,
	struct bytes wrapped, const struct attrs *given, struct object **out)
{
	struct unwrapping u = { .made = { .token = t, .base = by, .event = ATTR_UNWRAP },
		.form = wrap_form_of(s->alg),
		.scheme = *s };
	CK_RV rv = u.form != NULL ? CKR_OK : CKR_MECHANISM_INVALID;

	if (rv == CKR_OK)
		rv = made_join(&u.made, CKA_UNWRAP_TEMPLATE, given);
	if (rv == CKR_OK)
		rv = template_check(&u);
	if (rv == CKR_OK)
		rv = unwrap(&u, owner, by, wrapped, out);
	made_free(&u.made);
	return rv;
}
