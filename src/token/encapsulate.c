/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys for who has a private key (PKCS#11 3.2, 5.18.8 and 5.18.9): with
 * the public key the host makes one and what it opens from; the TPM opens it.
 */
#include "config.h"

#include "base/der.h"
#include "crypto/crypto.h"
#include "token_private.h"

/* How templates are tried when only the ciphertext tells the length. */
enum { SOME_LEN = 32 };

/* One way to encapsulate. */
struct kem {
	enum alg alg;
	CK_RV (*lengths)(const struct pubkey *key, const struct scheme *s, struct lengths *out);
	size_t (*cipher_len)(const struct pubkey *key);
	CK_RV(*encapsulate)
	(const struct pubkey *key, const struct scheme *s, size_t len, struct buf *value,
		struct buf *cipher);
	/* len 0: as it comes */
	CK_RV(*decapsulate)
	(struct token *t, struct object *key, const struct scheme *s, struct bytes cipher,
		size_t len, struct buf *value);
};

/* --- RSA with a padding: the key is encrypted --- */

static size_t
rsa_cipher_len(const struct pubkey *key)
{
	return key->modulus.len;
}

static CK_RV
padded_lengths(const struct pubkey *key, const struct scheme *s, struct lengths *out)
{
	*out = (struct lengths){ 0, 1, 0 };
	return crypto_message_max(key, s, &out->most);
}

static CK_RV
padded_encapsulate(const struct pubkey *key, const struct scheme *s, size_t len, struct buf *value,
	struct buf *cipher)
{
	CK_RV rv = buf_resize(value, len);

	if (rv == CKR_OK)
		rv = crypto_random(value->ptr, value->len);
	return rv == CKR_OK ? crypto_encrypt(key, s, view(value), cipher) : rv;
}

static CK_RV
padded_decapsulate(struct token *t, struct object *key, const struct scheme *s, struct bytes cipher,
	size_t len, struct buf *value)
{
	struct scheme with = *s; /* borrows the label */
	CK_RV rv = CKR_OK;

	with.message_len = len;
	rv = object_decrypt(t, key, &with, BYTES_EMPTY, cipher, value);
	if (rv == CKR_OK && len != 0 && value->len != len)
		rv = rv_fail(CKR_WRAPPED_KEY_LEN_RANGE, "The key has %zu bytes.", value->len);
	return rv;
}

/* --- RSA without: RSASVE --- */

static CK_RV
raw_lengths(const struct pubkey *key, const struct scheme *s, struct lengths *out)
{
	(void)s;
	*out = (struct lengths){ key->modulus.len, 1, key->modulus.len };
	return CKR_OK;
}

/* The end of the secret, as with any raw RSA. */
static CK_RV
keep_end(struct buf *value, size_t len)
{
	struct buf end = BUF_EMPTY;
	CK_RV rv = buf_set(&end, bytes_slice(view(value), value->len - len, len));

	if (rv == CKR_OK)
		buf_move(value, &end);
	return rv;
}

static CK_RV
raw_encapsulate(const struct pubkey *key, const struct scheme *s, size_t len, struct buf *value,
	struct buf *cipher)
{
	CK_RV rv = rsa_encapsulate(key, value, cipher);

	(void)s;
	return rv == CKR_OK ? keep_end(value, len) : rv;
}

static CK_RV
raw_decapsulate(struct token *t, struct object *key, const struct scheme *s, struct bytes cipher,
	size_t len, struct buf *value)
{
	CK_RV rv = rsa_encapsulated_check(&key->pubkey, cipher);

	if (rv == CKR_OK)
		rv = object_decrypt(t, key, s, BYTES_EMPTY, cipher, value);
	return rv == CKR_OK ? keep_end(value, len) : rv;
}

/* --- ECDH: the ciphertext is a point --- */

static CK_RV
ecdh_lengths(const struct pubkey *key, const struct scheme *s, struct lengths *out)
{
	*out = agree_lengths(key, s);
	return CKR_OK;
}

static size_t
ecdh_cipher_len(const struct pubkey *key)
{
	return key->point.len;
}

static CK_RV
ecdh_encapsulate(const struct pubkey *key, const struct scheme *s, size_t len, struct buf *value,
	struct buf *cipher)
{
	struct buf secret = BUF_EMPTY;
	CK_RV rv = ecdh_ephemeral(key, cipher, &secret);

	if (rv == CKR_OK)
		rv = crypto_kdf_shared(s->kdf, s->digest, view(&secret), s->info, len, value);
	buf_free(&secret);
	return rv;
}

static CK_RV
ecdh_decapsulate(struct token *t, struct object *key, const struct scheme *s, struct bytes cipher,
	size_t len, struct buf *value)
{
	struct scheme with = *s;
	CK_RV rv = CKR_OK;

	if (!der_ec_point_read(cipher, &with.peer))
		return cipher.len == key->pubkey.point.len ? CKR_ENCRYPTED_DATA_INVALID
							   : CKR_ENCRYPTED_DATA_LEN_RANGE;
	if (with.peer.len != key->pubkey.point.len)
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	rv = agree_value(t, key, &with, len, value);
	return rv == CKR_MECHANISM_PARAM_INVALID ? CKR_ENCRYPTED_DATA_INVALID : rv;
}

/* --- both functions --- */

static const struct kem kems[] = {
	{ ALG_RSA_PKCS1, padded_lengths, rsa_cipher_len, padded_encapsulate, padded_decapsulate },
	{ ALG_RSA_OAEP, padded_lengths, rsa_cipher_len, padded_encapsulate, padded_decapsulate },
	{ ALG_RSA_RAW, raw_lengths, rsa_cipher_len, raw_encapsulate, raw_decapsulate },
	{ ALG_ECDH, ecdh_lengths, ecdh_cipher_len, ecdh_encapsulate, ecdh_decapsulate },
};

static const struct kem *
kem_of(enum alg alg)
{
	for (size_t i = 0; i < COUNT(kems); i++)
		if (kems[i].alg == alg)
			return &kems[i];
	return NULL;
}

size_t
object_encapsulate_len(const struct object *key, const struct scheme *s)
{
	const struct kem *kem = kem_of(s->alg);

	return kem != NULL ? kem->cipher_len(&key->pubkey) : 0;
}

/* What the template asks for; *len 0: it does not say, and the scheme has no length of its own. */
static CK_RV
key_wanted(struct made *m, const struct kem *kem, const struct scheme *s, size_t *len)
{
	struct lengths l = { 0 };
	bool said = attrs_has(&m->given, CKA_VALUE_LEN);
	uint64_t wanted = 0;
	CK_RV rv = kem->lengths(&m->base->pubkey, s, &l);

	if (rv != CKR_OK)
		return rv;
	if (!attrs_has(&m->given, CKA_KEY_TYPE))
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_KEY_TYPE is missing.");
	m->class = CKO_SECRET_KEY;
	m->key_type = attrs_u64(&m->given, CKA_KEY_TYPE, UINT64_MAX);
	wanted = made_len(m, l.natural);
	if (wanted == 0 && !said)
		return CKR_OK;
	if ((rv = attr_secret_len(m->key_type, wanted)) != CKR_OK)
		return rv;
	if (wanted < l.least || wanted > l.most)
		return rv_fail(CKR_TEMPLATE_INCONSISTENT, "No key of %llu bytes can be sent so.",
			(unsigned long long)wanted);
	*len = wanted;
	return CKR_OK;
}

CK_RV
object_encapsulate(struct token *t, token_owner owner, struct object *key, const struct scheme *s,
	const struct attrs *given, struct buf *cipher, struct object **out)
{
	const struct kem *kem = kem_of(s->alg);
	struct made m = {
		.token = t, .base = key, .event = ATTR_UNWRAP, .keep_to = CKA_ENCAPSULATE_TEMPLATE
	};
	struct buf value = BUF_EMPTY;
	size_t len = 0;
	CK_RV rv = kem != NULL ? attrs_copy(&m.given, given) : CKR_MECHANISM_INVALID;

	if (rv == CKR_OK)
		rv = key_wanted(&m, kem, s, &len);
	if (rv == CKR_OK && len == 0)
		rv = rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE_LEN is missing.");
	if (rv == CKR_OK)
		rv = made_check(&m, len);
	if (rv == CKR_OK)
		rv = kem->encapsulate(&key->pubkey, s, len, &value, cipher);
	if (rv == CKR_OK) {
		attr_secret_shape(m.key_type, value.ptr, value.len);
		rv = made_add(&m, owner, view(&value), out);
	}
	buf_free(&value);
	made_free(&m);
	return rv;
}

static CK_RV
opened_check(const struct made *m, size_t len)
{
	CK_RV rv = attr_secret_len(m->key_type, len);

	return rv == CKR_ATTRIBUTE_VALUE_INVALID ? CKR_WRAPPED_KEY_LEN_RANGE : rv;
}

CK_RV
object_decapsulate(struct token *t, token_owner owner, struct object *key, const struct scheme *s,
	const struct attrs *given, struct bytes cipher, struct object **out)
{
	const struct kem *kem = kem_of(s->alg);
	struct made m = { .token = t, .base = key, .event = ATTR_UNWRAP };
	struct buf value = BUF_EMPTY;
	size_t len = 0;
	CK_RV rv = kem != NULL ? made_join(&m, CKA_DECAPSULATE_TEMPLATE, given)
			       : CKR_MECHANISM_INVALID;

	if (rv == CKR_OK)
		rv = key_wanted(&m, kem, s, &len);
	if (rv == CKR_OK)
		rv = made_check(&m, len != 0 ? len : SOME_LEN);
	if (rv == CKR_OK)
		rv = kem->decapsulate(t, key, s, cipher, len, &value);
	if (rv == CKR_OK)
		rv = opened_check(&m, value.len);
	if (rv == CKR_OK) {
		attr_secret_shape(m.key_type, value.ptr, value.len);
		rv = made_add(&m, owner, view(&value), out);
	}
	buf_free(&value);
	made_free(&m);
	return rv;
}
