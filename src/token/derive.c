/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Derived keys: the TPM makes the shared secret, the host a key of it. What can
 * be wrong with the template is found before the TPM is asked.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

/* What the base key's CKA_DERIVE_TEMPLATE asks of a key that is derived with it. */
static CK_RV
template_join(const struct object *key, const struct attrs *given, struct attrs *out)
{
	struct reader r = reader_of(attrs_bytes(&key->attrs, CKA_DERIVE_TEMPLATE));
	CK_RV rv = attrs_copy(out, given);

	while (rv == CKR_OK && r.rest.len > 0 && !r.failed) {
		uint64_t type = read_u64(&r);
		struct bytes wanted = read_sized(&r);

		if (attrs_has(given, type) && !bytes_equal(attrs_bytes(given, type), wanted))
			return rv_fail(CKR_TEMPLATE_INCONSISTENT,
				"The template contradicts CKA_DERIVE_TEMPLATE of the base key.");
		rv = attrs_set(out, type, wanted);
	}
	return rv;
}

/* As long as asked for; else all of the secret, or one digest. */
static CK_RV
derived_len(
	const struct object *key, const struct scheme *s, const struct attrs *given, size_t *len)
{
	size_t secret_len = pubkey_signature_len(&key->pubkey) / 2; /* the field's */
	uint64_t key_type = attrs_u64(given, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
	uint64_t natural = s->kdf == KDF_NONE ? secret_len : hash_row(s->digest)->len;
	uint64_t wanted = attrs_u64(given, CKA_VALUE_LEN, natural);
	CK_RV rv = CKR_OK;

	if (!attrs_has(given, CKA_KEY_TYPE))
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_KEY_TYPE is missing.");
	if ((rv = attr_secret_len(key_type, wanted)) != CKR_OK)
		return rv;
	if (s->kdf == KDF_NONE && wanted > secret_len)
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The shared secret has only %zu bytes: a KDF makes more.", secret_len);
	*len = wanted;
	return CKR_OK;
}

/* The attributes that the key will have. */
static CK_RV
derived_attrs(struct token *t, const struct object *key, const struct attrs *given,
	struct bytes value, struct attrs *out)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = { .event = ATTR_DERIVE,
		.role = token_role(t),
		.given = given,
		.fixed = &fixed,
		.base = &key->attrs };
	uint64_t key_type = attrs_u64(given, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
	CK_RV rv = secret_fix_made(given, key_type, value, &fixed);

	if (rv == CKR_OK)
		rv = attr_complete(&rq, out);
	attrs_free(&fixed);
	return rv;
}

/* A try with a value of zeros: what the rules refuse, they refuse before the TPM works. */
static CK_RV
template_check(struct token *t, const struct object *key, const struct attrs *given, size_t len)
{
	struct attrs without = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct buf zeros = BUF_EMPTY;
	CK_RV rv = buf_resize(&zeros, len);

	if (rv == CKR_OK)
		rv = attrs_copy(&without, given);
	attrs_remove(&without, CKA_CHECK_VALUE);
	if (rv == CKR_OK)
		rv = derived_attrs(t, key, &without, view(&zeros), &out);
	if (rv == CKR_OK) {
		pthread_mutex_lock(&t->lock);
		rv = token_allows(t, attrs_bool(&out, CKA_TOKEN, false),
			attrs_bool(&out, CKA_PRIVATE, false));
		pthread_mutex_unlock(&t->lock);
	}
	buf_free(&zeros);
	attrs_free(&without);
	attrs_free(&out);
	return rv;
}

/* One command; no lock is held while it runs. */
static CK_RV
derive_secret(struct token *t, struct object *key, const struct scheme *s, struct buf *secret)
{
	struct object *o = NULL;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = object_prepare(t, key, BYTES_EMPTY, &o, &auth);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = key_derive(o->key, s, view(&auth), secret);
	buf_free(&auth);
	object_put(o);
	return rv;
}

static CK_RV
derive_value(
	struct token *t, struct object *key, const struct scheme *s, size_t len, struct buf *value)
{
	struct buf secret = BUF_EMPTY;
	CK_RV rv = derive_secret(t, key, s, &secret);

	if (rv == CKR_OK)
		rv = crypto_kdf_shared(s->kdf, s->digest, view(&secret), s->info, len, value);
	buf_free(&secret);
	return rv;
}

CK_RV
object_derive(struct token *t, token_owner owner, struct object *key, const struct scheme *s,
	const struct attrs *given, struct object **out)
{
	struct attrs joined = ATTRS_EMPTY;
	struct attrs attrs = ATTRS_EMPTY;
	struct buf value = BUF_EMPTY;
	size_t len = 0;
	CK_RV rv = key->key != NULL ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED;

	if (rv != CKR_OK)
		return rv;
	if ((rv = template_join(key, given, &joined)) != CKR_OK)
		goto out;
	if ((rv = derived_len(key, s, &joined, &len)) != CKR_OK)
		goto out;
	if ((rv = template_check(t, key, &joined, len)) != CKR_OK)
		goto out;
	if ((rv = derive_value(t, key, s, len, &value)) != CKR_OK)
		goto out;
	if ((rv = derived_attrs(t, key, &joined, view(&value), &attrs)) != CKR_OK)
		goto out;
	rv = object_add_new(t, owner, &attrs, out);
out:
	buf_free(&value);
	attrs_free(&attrs);
	attrs_free(&joined);
	return rv;
}
