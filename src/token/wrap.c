/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_WrapKey: a secret key's value, or a private key as PKCS#8, out of wherever it
 * is and under another key. What may not leave is refused before anything is sent.
 */
#include "config.h"

#include "base/pkcs8.h"
#include "crypto/crypto.h"
#include "token_private.h"

/* --- may it --- */

/* PKCS#11 3.2, 4.8: what the wrapping key demands of those that it wraps. */
static CK_RV
template_fits(const struct object *by, const struct object *key)
{
	struct reader r = reader_of(attrs_bytes(&by->attrs, CKA_WRAP_TEMPLATE));

	while (r.rest.len > 0 && !r.failed) {
		uint64_t type = read_u64(&r);
		struct bytes wanted = read_sized(&r);

		if (!attrs_has(&key->attrs, type) ||
			!bytes_equal(attrs_bytes(&key->attrs, type), wanted))
			return rv_fail(
				CKR_KEY_HANDLE_INVALID, "The key is not such as CKA_WRAP_TEMPLATE "
							"of the wrapping key wants.");
	}
	return CKR_OK;
}

static CK_RV
class_fits(const struct wrap_form *form, const struct object *key)
{
	uint64_t class = attrs_u64(&key->attrs, CKA_CLASS, CK_UNAVAILABLE_INFORMATION);

	if (class == CKO_SECRET_KEY)
		return CKR_OK;
	if (class == CKO_PUBLIC_KEY || (class == CKO_PRIVATE_KEY && !form->carries_private))
		return rv_fail(
			CKR_KEY_NOT_WRAPPABLE, "This mechanism does not wrap keys of this class.");
	return class == CKO_PRIVATE_KEY ? CKR_OK : CKR_KEY_HANDLE_INVALID;
}

static CK_RV
may_leave(const struct object *by, const struct object *key)
{
	if (!attrs_bool(&key->attrs, CKA_EXTRACTABLE, false))
		return rv_fail(CKR_KEY_UNEXTRACTABLE, "CKA_EXTRACTABLE of the key is false.");
	if (attrs_bool(&key->attrs, CKA_WRAP_WITH_TRUSTED, false) &&
		!attrs_bool(&by->attrs, CKA_TRUSTED, false))
		return rv_fail(CKR_KEY_NOT_WRAPPABLE,
			"CKA_WRAP_WITH_TRUSTED: the wrapping key is not trusted.");
	if (attrs_bool(&key->attrs, CKA_ALWAYS_AUTHENTICATE, false))
		return rv_fail(CKR_KEY_NOT_WRAPPABLE,
			"A key that asks for the PIN at each use can not be wrapped.");
	return CKR_OK;
}

/* --- how long it is --- */

/* At most: the numbers that only the TPM knows are taken to be as long as they can be. */
static CK_RV
pkcs8_max(const struct pubkey *public, size_t *len)
{
	struct privkey key = PRIVKEY_EMPTY;
	struct buf *const halves[] = { &key.prime1, &key.prime2, &key.exponent1, &key.exponent2,
		&key.coefficient };
	struct buf der = BUF_EMPTY;
	struct buf ones = BUF_EMPTY;
	size_t most = public->modulus.len;
	CK_RV rv = pubkey_copy(&key.public, public);

	if (rv == CKR_OK)
		rv = buf_resize(&ones, most);
	for (size_t i = 0; i < most && rv == CKR_OK; i++)
		ones.ptr[i] = UINT8_MAX;
	if (rv == CKR_OK)
		rv = buf_set(&key.exponent, view(&ones));
	for (size_t i = 0; i < COUNT(halves) && rv == CKR_OK; i++)
		rv = buf_set(halves[i], bytes_slice(view(&ones), 0, (most + 1) / 2));
	if (rv == CKR_OK)
		rv = buf_append_u8(&key.scalar, 1);
	if (rv == CKR_OK)
		rv = pkcs8_of(&key, &der);
	*len = der.len;
	buf_free(&ones);
	buf_free(&der);
	privkey_free(&key);
	return rv;
}

static CK_RV
plain_max(const struct object *key, size_t *len)
{
	uint64_t key_type = attrs_u64(&key->attrs, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);

	*len = (size_t)attrs_u64(&key->attrs, CKA_VALUE_LEN, attr_secret_own_len(key_type));
	return key->pubkey.kind != KEY_NONE ? pkcs8_max(&key->pubkey, len) : CKR_OK;
}

/* In terms of wrapping: what is too long or too short is the one key or the other. */
static CK_RV
wrap_rv(CK_RV rv)
{
	switch (rv) {
	case CKR_KEY_SIZE_RANGE:
		return CKR_WRAPPING_KEY_SIZE_RANGE;
	case CKR_DATA_LEN_RANGE:
	case CKR_DATA_INVALID:
		return CKR_KEY_SIZE_RANGE;
	default:
		return rv;
	}
}

/* RSA can not take more than its modulus; all else can. */
static CK_RV
room_check(const struct object *by, const struct scheme *s, size_t len)
{
	struct scheme rsa = *s;
	size_t most = 0;
	CK_RV rv = CKR_OK;

	if (object_pubkey(by) == NULL)
		return CKR_OK;
	if (s->alg == ALG_RSA_AES_KEY_WRAP) {
		rsa.alg = ALG_RSA_OAEP;
		len = s->key_len;
	}
	rv = crypto_message_max(object_pubkey(by), &rsa, &most);
	if (rv == CKR_OK && len > most)
		rv = s->alg == ALG_RSA_AES_KEY_WRAP ? CKR_KEY_SIZE_RANGE : CKR_DATA_LEN_RANGE;
	return wrap_rv(rv);
}

CK_RV
object_wrap_check(
	const struct object *by, const struct scheme *s, const struct object *key, size_t *len)
{
	const struct wrap_form *form = wrap_form_of(s->alg);
	size_t plain = 0;
	CK_RV rv = form != NULL ? class_fits(form, key) : CKR_MECHANISM_INVALID;

	if (rv == CKR_OK)
		rv = may_leave(by, key);
	if (rv == CKR_OK)
		rv = template_fits(by, key);
	if (rv == CKR_OK)
		rv = plain_max(key, &plain);
	if (rv == CKR_OK)
		rv = room_check(by, s, plain);
	if (rv == CKR_OK)
		*len = form->len(by, s, (plain + form->pad - 1) / form->pad * form->pad);
	return rv;
}

/* --- and out --- */

static CK_RV
plain_of(struct token *t, struct object *key, struct buf *out)
{
	struct privkey numbers = PRIVKEY_EMPTY;
	CK_RV rv = CKR_OK;

	if (key->pubkey.kind == KEY_NONE)
		return object_value(t, key, out);
	rv = object_privkey(t, key, &numbers);
	if (rv == CKR_OK)
		rv = pkcs8_of(&numbers, out);
	privkey_free(&numbers);
	return rv;
}

CK_RV
object_wrap(struct token *t, struct object *by, const struct scheme *s, struct object *key,
	struct buf *out)
{
	const struct wrap_form *form = wrap_form_of(s->alg);
	struct buf plain = BUF_EMPTY;
	size_t len = 0;
	CK_RV rv = object_wrap_check(by, s, key, &len);

	if (rv == CKR_OK)
		rv = plain_of(t, key, &plain);
	if (rv == CKR_OK)
		rv = buf_resize(&plain, (plain.len + form->pad - 1) / form->pad * form->pad);
	if (rv == CKR_OK)
		rv = wrap_rv(form->wrap(t, by, s, view(&plain), out));
	buf_free(&plain);
	return rv;
}
