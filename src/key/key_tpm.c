/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key in the TPM. RSA is padded on the host and sent as raw RSA: no chip has
 * SHA-512, and chips choose the length of a PSS salt themselves. Only a key
 * that may not decrypt (TPMs in FIPS mode) signs with the TPM's own schemes.
 */
#include "config.h"

#include <stdlib.h>

#include "base/der.h"
#include "crypto/crypto.h"
#include "key/key_private.h"

#define DECRYPT_SECRET_LEN 32

struct tpm_object
key_tpm_object(const struct key_tpm *k, struct bytes auth)
{
	return (struct tpm_object){
		.parent = &k->parent,
		.hierarchy_auth = view(&k->hierarchy_auth),
		.public = view(&k->public),
		.private = view(&k->private),
		.auth = auth,
	};
}

static CK_RV
encode_pkcs1(const struct key_tpm *k, const struct scheme *s, struct bytes input, struct buf *out)
{
	struct buf info = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (s->hash != HASH_NONE)
		rv = pad_digest_info(s->hash, input, &info);
	else
		rv = buf_set(&info, input);
	if (rv == CKR_OK)
		rv = pad_pkcs1(view(&info), k->base.public.modulus.len, out);
	buf_free(&info);
	return rv;
}

/* The number that raw RSA turns into the signature. */
static CK_RV
encode_rsa(const struct key_tpm *k, const struct scheme *s, struct bytes input, struct buf *out)
{
	switch (s->alg) {
	case ALG_RSA_PKCS1:
		return encode_pkcs1(k, s, input, out);
	case ALG_RSA_PSS:
		return pad_pss(s, input, pubkey_bits(&k->base.public), out);
	case ALG_RSA_RAW:
		return buf_set_padded(out, input, k->base.public.modulus.len);
	default:
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	}
}

static CK_RV
sign_raw(struct key_tpm *k, const struct scheme *s, struct bytes auth, struct bytes input,
	struct buf *out)
{
	struct tpm_object object = key_tpm_object(k, auth);
	struct buf encoded = BUF_EMPTY;
	CK_RV rv = encode_rsa(k, s, input, &encoded);

	if (rv == CKR_OK && bytes_compare(view(&encoded), view(&k->base.public.modulus)) >= 0)
		rv = CKR_DATA_INVALID; /* both have the modulus' length: this compares numbers */
	if (rv == CKR_OK)
		rv = tpm_rsa_private(k->tpm, &object, view(&encoded), out);
	buf_free(&encoded);
	return rv;
}

/* What the TPM's own schemes can do: a digest by a hash that it has, PSS with a salt of the
 * digest's length. */
static bool
native_scheme(
	const struct scheme *s, struct bytes input, struct scheme *native, struct bytes *digest)
{
	*native = *s;
	*digest = input;
	if (s->alg == ALG_RSA_PKCS1 && s->hash != HASH_NONE)
		native->digest = s->hash;
	else if (s->alg == ALG_RSA_PKCS1)
		native->digest = pad_digest_info_read(input, digest);
	else if (s->alg != ALG_RSA_PSS || s->mgf != s->digest ||
		 s->salt_len != hash_row(s->digest)->len)
		return false;
	return native->digest != HASH_NONE;
}

static CK_RV
sign_native(struct key_tpm *k, const struct scheme *s, struct bytes auth, struct bytes input,
	struct buf *out)
{
	struct tpm_object object = key_tpm_object(k, auth);
	struct scheme native;
	struct bytes digest;

	if (!native_scheme(s, input, &native, &digest))
		return rv_fail(CKR_KEY_FUNCTION_NOT_PERMITTED,
			"This TPM allows the key to sign only digests with its own padding, and "
			"the data is something else.");
	return tpm_sign(k->tpm, &object, &native, digest, out);
}

static CK_RV
key_tpm_sign(struct key *base, const struct scheme *s, struct bytes auth, struct bytes input,
	struct buf *out)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);

	if (s->alg == ALG_ECDSA)
		return tpm_sign(k->tpm, &object, s, input, out);
	if (k->may_decrypt)
		return sign_raw(k, s, auth, input, out);
	return sign_native(k, s, auth, input, out);
}

static CK_RV
key_tpm_decrypt_check(const struct key *base, const struct scheme *s)
{
	const struct key_tpm *k = (const struct key_tpm *)base;
	size_t most = 0;

	if (k->base.public.kind != KEY_RSA)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if (!k->may_decrypt)
		return rv_fail(CKR_KEY_FUNCTION_NOT_PERMITTED,
			"This TPM allows no key to sign and to decrypt, and the key signs.");
	return crypto_message_max(&k->base.public, s, &most);
}

/* What answers a bad padding: known to who may use the key, and to nobody else. */
static CK_RV
decrypt_secret(struct bytes auth, struct buf *out)
{
	return crypto_hkdf(HASH_SHA256, auth, BYTES_EMPTY, bytes_str("tpm2-token reject v1"),
		DECRYPT_SECRET_LEN, out);
}

/* One raw operation, whatever the padding: the TPM's own errors tell a bad one from a good one. */
static CK_RV
key_tpm_decrypt(struct key *base, const struct scheme *s, struct bytes auth, struct bytes input,
	struct buf *out)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);
	struct buf em = BUF_EMPTY;
	struct buf secret = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (input.len != k->base.public.modulus.len)
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	if (bytes_compare(input, view(&k->base.public.modulus)) >= 0)
		return CKR_ENCRYPTED_DATA_INVALID;
	if ((rv = decrypt_secret(auth, &secret)) != CKR_OK)
		return rv;
	rv = tpm_rsa_private(k->tpm, &object, input, &em);
	if (rv == CKR_OK)
		rv = crypto_unpad(s, view(&em), view(&secret), input, out);
	buf_free(&secret);
	buf_free(&em);
	return rv;
}

/* The other party's point is checked here: what is on no curve could tell about the key. */
static CK_RV
peer_read(const struct pubkey *own, struct bytes given, struct bytes *point)
{
	struct pubkey peer = { .kind = KEY_EC, .curve = own->curve };
	CK_RV rv = CKR_ATTRIBUTE_VALUE_INVALID;

	if (der_ec_point_read(given, point))
		rv = buf_set(&peer.point, *point);
	if (rv == CKR_OK)
		rv = crypto_pubkey_check(&peer);
	pubkey_free(&peer);
	if (rv == CKR_ATTRIBUTE_VALUE_INVALID)
		rv = rv_fail(CKR_MECHANISM_PARAM_INVALID,
			"The other party's public key is not a point of the key's curve.");
	return rv;
}

static CK_RV
key_tpm_derive(struct key *base, const struct scheme *s, struct bytes auth, struct buf *secret)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);
	struct bytes point = BYTES_EMPTY;
	CK_RV rv = CKR_OK;

	if (s->alg != ALG_ECDH || base->public.kind != KEY_EC)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if (!k->may_decrypt)
		return rv_fail(CKR_KEY_FUNCTION_NOT_PERMITTED,
			"The key was made without CKA_DERIVE: the TPM lets it sign only.");
	rv = peer_read(&base->public, s->peer, &point);
	return rv == CKR_OK ? tpm_ecdh(k->tpm, &object, point, secret) : rv;
}

CK_RV
key_tpm_change_auth(
	struct key *base, struct bytes auth, struct bytes new_auth, struct buf *private)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);

	return tpm_change_auth(k->tpm, &object, new_auth, private);
}

static CK_RV
key_tpm_private(struct key *base, struct bytes auth, struct privkey *out)
{
	struct key_tpm *k = (struct key_tpm *)base;
	struct tpm_object object = key_tpm_object(k, auth);

	return tpm_export(k->tpm, &object, out, NULL);
}

void
key_tpm_free(struct key *base)
{
	struct key_tpm *k = (struct key_tpm *)base;

	pubkey_free(&k->base.public);
	tpm_parent_free(&k->parent);
	buf_free(&k->hierarchy_auth);
	buf_free(&k->public);
	buf_free(&k->private);
	free(k);
}

static const struct key_ops key_tpm_ops = {
	.sign = key_tpm_sign,
	.decrypt = key_tpm_decrypt,
	.decrypt_check = key_tpm_decrypt_check,
	.derive = key_tpm_derive,
	.private = key_tpm_private,
	.change_auth = key_tpm_change_auth,
	.free = key_tpm_free,
};

static CK_RV
key_tpm_copy_in(struct key_tpm *k, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	struct bytes public, struct bytes private)
{
	CK_RV rv = CKR_OK;

	k->parent.hierarchy = parent->hierarchy;
	k->parent.handle = parent->handle;
	if ((rv = buf_set(&k->parent.name, view(&parent->name))) != CKR_OK)
		return rv;
	if ((rv = buf_set(&k->parent.public, view(&parent->public))) != CKR_OK)
		return rv;
	if ((rv = buf_set(&k->hierarchy_auth, hierarchy_auth)) != CKR_OK)
		return rv;
	if ((rv = buf_set(&k->public, public)) != CKR_OK)
		return rv;
	return buf_set(&k->private, private);
}

/* What it is, and so how it works. */
static CK_RV
key_tpm_open(struct key_tpm *k)
{
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool may_sign = false;
	CK_RV rv = tpm_public_kind(view(&k->public), &kind, &k->exportable);

	k->base.ops = key_tpm_secret_ops(kind);
	if (rv != CKR_OK || k->base.ops != NULL)
		return rv;
	k->base.ops = &key_tpm_ops;
	rv = tpm_public_key(view(&k->public), &k->base.public);
	return rv == CKR_OK ? tpm_public_usage(view(&k->public), &may_sign, &k->may_decrypt) : rv;
}

CK_RV
key_tpm_new(struct tpm *tpm, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	struct bytes public, struct bytes private, struct key **out)
{
	struct key_tpm *k = calloc(1, sizeof *k);
	CK_RV rv = CKR_OK;

	if (k == NULL)
		return CKR_HOST_MEMORY;
	k->tpm = tpm;
	rv = key_tpm_copy_in(k, parent, hierarchy_auth, public, private);
	if (rv == CKR_OK)
		rv = key_tpm_open(k);
	if (rv != CKR_OK) {
		key_tpm_free(&k->base);
		return rv;
	}
	*out = &k->base; /* owned by the caller */
	return CKR_OK;
}
