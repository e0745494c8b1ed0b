/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys: what every kind of key has in common. Which input a scheme can take is
 * a row here, so that it is answered before anything is consumed or sent.
 */
#include "config.h"

#include "key/key.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* What padding PKCS#1 v1.5 needs around the data. */
#define PKCS1_OVERHEAD 11

static CK_RV
room_pkcs1(const struct key *k, const struct scheme *s, size_t len)
{
	size_t modulus_len = k->public.modulus.len;

	if (s->hash != HASH_NONE) /* the DigestInfo's prefix comes on top */
		len += hash_row(s->hash)->digest_info.len;
	return len + PKCS1_OVERHEAD <= modulus_len ? CKR_OK : CKR_DATA_LEN_RANGE;
}

/* PKCS#11 3.2, 6.1.10: the data is a digest by the hash that the parameters name. */
static CK_RV
room_pss(const struct key *k, const struct scheme *s, size_t len)
{
	const struct hash_row *row = hash_row(s->digest);

	(void)k;
	return row != NULL && len == row->len ? CKR_OK : CKR_DATA_LEN_RANGE;
}

static CK_RV
room_raw(const struct key *k, const struct scheme *s, size_t len)
{
	(void)s;
	return len <= k->public.modulus.len ? CKR_OK : CKR_DATA_LEN_RANGE;
}

/* PKCS#11 3.2, 6.3.12: a digest of any length, the token truncates it. */
static CK_RV
room_ecdsa(const struct key *k, const struct scheme *s, size_t len)
{
	(void)k;
	(void)s;
	(void)len;
	return CKR_OK;
}

struct room_row {
	enum alg alg;
	enum key_kind kind;
	CK_RV (*room)(const struct key *k, const struct scheme *s, size_t len);
};

static const struct room_row room_rows[] = {
	{ ALG_RSA_PKCS1, KEY_RSA, room_pkcs1 },
	{ ALG_RSA_PSS, KEY_RSA, room_pss },
	{ ALG_RSA_RAW, KEY_RSA, room_raw },
	{ ALG_ECDSA, KEY_EC, room_ecdsa },
};

CK_RV
key_sign_room(const struct key *k, const struct scheme *s, size_t input_len)
{
	const struct hash_row *hash = hash_row(s->hash);

	if (hash != NULL && input_len != hash->len)
		return CKR_DATA_LEN_RANGE;
	for (size_t i = 0; i < COUNT(room_rows); i++)
		if (room_rows[i].alg == s->alg && room_rows[i].kind == k->public.kind)
			return room_rows[i].room(k, s, input_len);
	return CKR_KEY_FUNCTION_NOT_PERMITTED;
}

CK_RV
key_sign(struct key *k, const struct scheme *s, struct bytes auth, struct bytes input,
	struct buf *out)
{
	CK_RV rv = key_sign_room(k, s, input.len);

	if (rv != CKR_OK)
		return rv;
	if (k->ops->sign == NULL)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	return k->ops->sign(k, s, auth, input, out);
}

CK_RV
key_decrypt_check(const struct key *k, const struct scheme *s)
{
	return k->ops->decrypt_check != NULL ? k->ops->decrypt_check(k, s)
					     : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

CK_RV
key_decrypt(struct key *k, const struct scheme *s, struct bytes auth, struct bytes input,
	struct buf *out)
{
	CK_RV rv = key_decrypt_check(k, s);

	return rv == CKR_OK ? k->ops->decrypt(k, s, auth, input, out) : rv;
}

CK_RV
key_derive(struct key *k, const struct scheme *s, struct bytes auth, struct buf *secret)
{
	return k->ops->derive != NULL ? k->ops->derive(k, s, auth, secret)
				      : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

CK_RV
key_mac_new(struct key *k, const struct scheme *s, struct mac **out)
{
	if (k->ops->mac_new == NULL || s->alg != ALG_HMAC)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	return k->ops->mac_new(k, s, out);
}

CK_RV
key_change_auth(struct key *k, struct bytes auth, struct bytes new_auth, struct buf *private)
{
	if (k->ops->change_auth == NULL)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	return k->ops->change_auth(k, auth, new_auth, private);
}

void
key_free(struct key *k)
{
	if (k != NULL)
		k->ops->free(k);
}

CK_RV
key_blocks(struct key *k, enum block_mode mode, bool encrypt, struct bytes auth, uint8_t *iv,
	struct bytes in, uint8_t *out)
{
	return k->ops->blocks != NULL ? k->ops->blocks(k, mode, encrypt, auth, iv, in, out)
				      : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

CK_RV
key_hmac(struct key *k, enum hash h, struct bytes auth, struct bytes data, struct buf *mac)
{
	return k->ops->hmac != NULL ? k->ops->hmac(k, h, auth, data, mac)
				    : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

CK_RV
key_value(struct key *k, struct bytes auth, struct buf *value)
{
	return k->ops->value != NULL ? k->ops->value(k, auth, value) : CKR_KEY_UNEXTRACTABLE;
}

CK_RV
key_unseal(struct key *k, struct bytes auth, struct key **out)
{
	*out = NULL;
	return k->ops->unseal != NULL ? k->ops->unseal(k, auth, out) : CKR_OK;
}

CK_RV
key_private(struct key *k, struct bytes auth, struct privkey *out)
{
	return k->ops->private != NULL ? k->ops->private(k, auth, out) : CKR_KEY_UNEXTRACTABLE;
}
