/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forms of wrapping: what each mechanism does to the bytes of a key, and which
 * keys it can carry. PKCS#11 3.2, 6.1, 6.10, 6.13, 6.14, 6.18.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

enum { KW_BLOCK = 8 };

static size_t
round_up(size_t len, size_t to)
{
	return (len + to - 1) / to * to;
}

/* --- with a block cipher, wherever the key is --- */

static size_t
len_same(const struct object *by, const struct scheme *s, size_t len)
{
	(void)by;
	(void)s;
	return len;
}

static size_t
len_cbc_pad(const struct object *by, const struct scheme *s, size_t len)
{
	(void)by;
	(void)s;
	return round_up(len + 1, AES_BLOCK_LEN);
}

static size_t
len_des_cbc_pad(const struct object *by, const struct scheme *s, size_t len)
{
	(void)by;
	(void)s;
	return round_up(len + 1, DES_BLOCK_LEN);
}

static size_t
len_gcm(const struct object *by, const struct scheme *s, size_t len)
{
	(void)by;
	return len + s->tag_len;
}

static size_t
len_kw(const struct object *by, const struct scheme *s, size_t len)
{
	(void)by;
	(void)s;
	return round_up(len, KW_BLOCK) + KW_BLOCK;
}

/* Takes the cipher. */
static CK_RV
cipher_run(struct cipher *c, struct bytes in, struct buf *out)
{
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = cipher_end(c, in, &fresh);

	if (rv == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&fresh);
	cipher_free(c);
	return rv;
}

static CK_RV
block_run(struct token *t, struct object *by, const struct scheme *s, bool encrypt, struct bytes in,
	struct buf *out)
{
	struct cipher *c = NULL;
	CK_RV rv = object_cipher_new(t, by, s, encrypt, &c);

	return rv == CKR_OK ? cipher_run(c, in, out) : rv;
}

static CK_RV
block_wrap(struct token *t, struct object *by, const struct scheme *s, struct bytes plain,
	struct buf *out)
{
	return block_run(t, by, s, true, plain, out);
}

static CK_RV
block_unwrap(struct token *t, struct object *by, const struct scheme *s, struct bytes wrapped,
	struct buf *out)
{
	return block_run(t, by, s, false, wrapped, out);
}

/* --- with RSA --- */

static size_t
len_rsa(const struct object *by, const struct scheme *s, size_t len)
{
	return object_encrypt_len(by, s, len);
}

static CK_RV
rsa_unwrap(struct token *t, struct object *by, const struct scheme *s, struct bytes wrapped,
	struct buf *out)
{
	return object_decrypt(t, by, s, BYTES_EMPTY, wrapped, out);
}

/* --- with an AES key that is wrapped with RSA (6.1.20): one after the other --- */

static size_t
len_rsa_aes(const struct object *by, const struct scheme *s, size_t len)
{
	return object_pubkey(by)->modulus.len + len_kw(by, s, len);
}

static CK_RV
kwp_run(struct bytes key, bool encrypt, struct bytes in, struct buf *out)
{
	static const struct scheme kwp = { .alg = ALG_AES_KEY_WRAP_KWP };
	struct blocks *blocks = NULL;
	struct cipher *c = NULL;
	CK_RV rv = blocks_host_new(key, &blocks);

	if (rv == CKR_OK)
		rv = cipher_new(&kwp, encrypt, blocks, &c);
	return rv == CKR_OK ? cipher_run(c, in, out) : rv;
}

/* The label is lent. */
static struct scheme
oaep_of(const struct scheme *s)
{
	struct scheme oaep = *s;

	oaep.alg = ALG_RSA_OAEP;
	return oaep;
}

static CK_RV
rsa_aes_wrap(struct token *t, struct object *by, const struct scheme *s, struct bytes plain,
	struct buf *out)
{
	const struct scheme oaep = oaep_of(s);
	struct buf key = BUF_EMPTY;
	struct buf head = BUF_EMPTY;
	struct buf tail = BUF_EMPTY;
	CK_RV rv = buf_resize(&key, s->key_len);

	if (rv == CKR_OK)
		rv = core_random(t->core, key.ptr, key.len);
	if (rv == CKR_OK)
		rv = object_encrypt(t, by, &oaep, view(&key), &head);
	if (rv == CKR_OK)
		rv = kwp_run(view(&key), true, plain, &tail);
	if (rv == CKR_OK)
		rv = buf_append(&head, view(&tail));
	if (rv == CKR_OK)
		buf_move(out, &head);
	buf_free(&key);
	buf_free(&head);
	buf_free(&tail);
	return rv;
}

static CK_RV
rsa_aes_unwrap(struct token *t, struct object *by, const struct scheme *s, struct bytes wrapped,
	struct buf *out)
{
	const struct scheme oaep = oaep_of(s);
	size_t modulus_len = object_pubkey(by)->modulus.len;
	struct buf key = BUF_EMPTY;
	CK_RV rv = CKR_ENCRYPTED_DATA_LEN_RANGE;

	if (wrapped.len <= modulus_len)
		return rv;
	rv = object_decrypt(t, by, &oaep, BYTES_EMPTY, bytes_slice(wrapped, 0, modulus_len), &key);
	if (rv == CKR_OK && key.len != s->key_len)
		rv = CKR_ENCRYPTED_DATA_INVALID;
	if (rv == CKR_OK)
		rv = kwp_run(
			view(&key), false, bytes_slice(wrapped, modulus_len, wrapped.len), out);
	buf_free(&key);
	return rv;
}

/* --- all of them --- */

static const struct wrap_form forms[] = {
	{ ALG_RSA_PKCS1, 1, false, len_rsa, object_encrypt, rsa_unwrap },
	{ ALG_RSA_OAEP, 1, false, len_rsa, object_encrypt, rsa_unwrap },
	{ ALG_RSA_RAW, 1, false, len_rsa, object_encrypt, rsa_unwrap },
	{ ALG_RSA_AES_KEY_WRAP, 1, true, len_rsa_aes, rsa_aes_wrap, rsa_aes_unwrap },
	{ ALG_AES_ECB, AES_BLOCK_LEN, false, len_same, block_wrap, block_unwrap },
	{ ALG_AES_CBC, AES_BLOCK_LEN, false, len_same, block_wrap, block_unwrap },
	{ ALG_AES_CBC_PAD, 1, true, len_cbc_pad, block_wrap, block_unwrap },
	{ ALG_AES_CTR, 1, false, len_same, block_wrap, block_unwrap },
	{ ALG_AES_GCM, 1, true, len_gcm, block_wrap, block_unwrap },
	{ ALG_AES_KEY_WRAP, KW_BLOCK, true, len_kw, block_wrap, block_unwrap },
	{ ALG_AES_KEY_WRAP_KWP, 1, true, len_kw, block_wrap, block_unwrap },
	{ ALG_DES_ECB, DES_BLOCK_LEN, false, len_same, block_wrap, block_unwrap },
	{ ALG_DES_CBC, DES_BLOCK_LEN, false, len_same, block_wrap, block_unwrap },
	{ ALG_DES_CBC_PAD, 1, true, len_des_cbc_pad, block_wrap, block_unwrap },
	{ ALG_DES3_ECB, DES_BLOCK_LEN, false, len_same, block_wrap, block_unwrap },
	{ ALG_DES3_CBC, DES_BLOCK_LEN, false, len_same, block_wrap, block_unwrap },
	{ ALG_DES3_CBC_PAD, 1, true, len_des_cbc_pad, block_wrap, block_unwrap },
};

const struct wrap_form *
wrap_form_of(enum alg alg)
{
	for (size_t i = 0; i < COUNT(forms); i++)
		if (forms[i].alg == alg)
			return &forms[i];
	return NULL;
}
