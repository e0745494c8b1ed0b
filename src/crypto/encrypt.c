/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption with a public RSA key, and what is left of a decryption when the
 * private operation is done: one row for each padding.
 */
#include "config.h"

#include "crypto/crypto_private.h"

enum { PKCS1_OVERHEAD = 11 };

/* What the private operation was about. */
struct opened {
	struct bytes em, secret, cipher;
};

struct encryption {
	enum alg alg;
	CK_RV (*pad)
	(const struct scheme *s, struct bytes message, size_t modulus_len, struct buf *out);
	CK_RV (*unpad)(const struct scheme *s, const struct opened *o, struct buf *out);
	size_t (*overhead)(const struct scheme *s);
};

static CK_RV
pkcs1_pad(const struct scheme *s, struct bytes message, size_t modulus_len, struct buf *out)
{
	(void)s;
	return pad_pkcs1_cipher(message, modulus_len, out);
}

static CK_RV
pkcs1_unpad(const struct scheme *s, const struct opened *o, struct buf *out)
{
	return unpad_pkcs1_cipher(o->em, o->secret, o->cipher, s->message_len, out);
}

static size_t
pkcs1_overhead(const struct scheme *s)
{
	(void)s;
	return PKCS1_OVERHEAD;
}

static CK_RV
oaep_pad(const struct scheme *s, struct bytes message, size_t modulus_len, struct buf *out)
{
	return pad_oaep(s->digest, s->mgf, view(&s->label), message, modulus_len, out);
}

static CK_RV
oaep_unpad(const struct scheme *s, const struct opened *o, struct buf *out)
{
	return unpad_oaep(s->digest, s->mgf, view(&s->label), o->em, out);
}

static size_t
oaep_overhead(const struct scheme *s)
{
	const struct hash_row *row = hash_row(s->digest);

	return row != NULL ? 2 * row->len + 2 : SIZE_MAX;
}

static CK_RV
raw_pad(const struct scheme *s, struct bytes message, size_t modulus_len, struct buf *out)
{
	(void)s;
	return message.len <= modulus_len ? buf_set_padded(out, message, modulus_len)
					  : CKR_DATA_LEN_RANGE;
}

static CK_RV
raw_unpad(const struct scheme *s, const struct opened *o, struct buf *out)
{
	(void)s;
	return buf_set(out, o->em);
}

static size_t
raw_overhead(const struct scheme *s)
{
	(void)s;
	return 0;
}

static const struct encryption encryptions[] = {
	{ ALG_RSA_PKCS1, pkcs1_pad, pkcs1_unpad, pkcs1_overhead },
	{ ALG_RSA_OAEP, oaep_pad, oaep_unpad, oaep_overhead },
	{ ALG_RSA_RAW, raw_pad, raw_unpad, raw_overhead },
};

static const struct encryption *
encryption_of(enum alg alg)
{
	for (size_t i = 0; i < sizeof encryptions / sizeof encryptions[0]; i++)
		if (encryptions[i].alg == alg)
			return &encryptions[i];
	return NULL;
}

static CK_RV
message_max(
	const struct encryption *e, const struct pubkey *key, const struct scheme *s, size_t *out)
{
	size_t overhead = 0;

	if (e == NULL)
		return CKR_MECHANISM_INVALID;
	if (key->kind != KEY_RSA)
		return CKR_KEY_TYPE_INCONSISTENT;
	overhead = e->overhead(s);
	if (overhead > key->modulus.len)
		return CKR_KEY_SIZE_RANGE;
	*out = key->modulus.len - overhead;
	return CKR_OK;
}

CK_RV
crypto_message_max(const struct pubkey *key, const struct scheme *s, size_t *out)
{
	return message_max(encryption_of(s->alg), key, s, out);
}

CK_RV
crypto_encrypt(
	const struct pubkey *key, const struct scheme *s, struct bytes message, struct buf *out)
{
	const struct encryption *e = encryption_of(s->alg);
	struct buf em = BUF_EMPTY;
	size_t most = 0;
	CK_RV rv = message_max(e, key, s, &most);

	if (rv != CKR_OK)
		return rv;
	if (message.len > most)
		return CKR_DATA_LEN_RANGE;
	rv = e->pad(s, message, key->modulus.len, &em);
	if (rv == CKR_OK)
		rv = rsa_public(key, view(&em), out);
	buf_free(&em);
	return rv;
}

CK_RV
crypto_unpad(const struct scheme *s, struct bytes em, struct bytes secret, struct bytes cipher,
	struct buf *out)
{
	const struct encryption *e = encryption_of(s->alg);
	const struct opened o = { em, secret, cipher };

	return e != NULL ? e->unpad(s, &o, out) : CKR_MECHANISM_INVALID;
}
