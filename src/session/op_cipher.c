/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption and decryption, and signatures that hold their data: one input,
 * one output. How long an encryption gets is known beforehand. Of a decryption
 * that takes a padding off only the most is, so a buffer between the two can
 * turn out to be too small when the work has been done: the result is kept
 * then, and handed out when the same ciphertext comes again with a larger one.
 */
#include "config.h"

#include "session/op.h"

/* What is different between them. */
struct direction {
	enum op_kind kind;
	CK_FLAGS use;
	bool exact; /* what most() says is the length */
	CK_RV (*check)(const struct object *key, const struct scheme *s);
	size_t (*most)(const struct object *key, const struct scheme *s, size_t input_len);
	CK_RV (*run)(struct session *s, struct op *op, struct bytes input, struct buf *out);
};

/* The cipher serves once; other data than what is kept needs a new one. */
static CK_RV
run_secret(struct session *s, enum op_kind kind, struct bytes input, struct buf *out)
{
	struct op *op = &s->op[kind];
	CK_RV rv = CKR_OK;

	buf_free(out);
	if (op->cipher == NULL)
		rv = object_cipher_new(
			s->slot->token, op->key, &op->scheme, kind == OP_ENCRYPT, &op->cipher);
	if (rv == CKR_OK)
		rv = cipher_end(op->cipher, input, out);
	cipher_free(op->cipher);
	op->cipher = NULL;
	return rv;
}

static CK_RV
run_encrypt(struct session *s, struct op *op, struct bytes input, struct buf *out)
{
	if (op_key_is_secret(op))
		return run_secret(s, OP_ENCRYPT, input, out);
	return object_encrypt(s->slot->token, op->key, &op->scheme, input, out);
}

/* One context-specific login is for one use of the key. */
static CK_RV
run_decrypt(struct session *s, struct op *op, struct bytes input, struct buf *out)
{
	CK_RV rv = CKR_OK;

	if (op_key_is_secret(op))
		return run_secret(s, OP_DECRYPT, input, out);
	rv = object_decrypt(s->slot->token, op->key, &op->scheme, view(&op->context), input, out);
	buf_free(&op->context);
	return rv;
}

static CK_RV
run_sign(struct session *s, struct op *op, struct bytes input, struct buf *out)
{
	CK_RV rv = object_sign_room(op->key, &op->scheme, input.len);

	if (rv == CKR_OK)
		rv = object_sign(
			s->slot->token, op->key, &op->scheme, view(&op->context), input, out);
	buf_free(&op->context);
	return rv;
}

static CK_RV
run_verify(struct session *s, struct op *op, struct bytes input, struct buf *out)
{
	(void)s;
	return crypto_recover(object_pubkey(op->key), &op->scheme, input, out);
}

static const struct direction encrypting = { OP_ENCRYPT, CKF_ENCRYPT, true, object_encrypt_check,
	object_encrypt_len, run_encrypt };
static const struct direction decrypting = { OP_DECRYPT, CKF_DECRYPT, false, object_decrypt_check,
	object_decrypt_max, run_decrypt };

/* A signature is as long as a ciphertext; the data in it is as long as a message can be. */
static const struct direction signing = { OP_SIGN_RECOVER, CKF_SIGN_RECOVER, true,
	object_encrypt_check, object_encrypt_len, run_sign };
static const struct direction verifying = { OP_VERIFY_RECOVER, CKF_VERIFY_RECOVER, false,
	object_encrypt_check, object_decrypt_max, run_verify };

static CK_RV
init(struct session *s, const struct direction *d, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	struct op *op = &s->op[d->kind];
	CK_RV rv = op_begin_keyed(s, d->kind, d->use, m, key);

	if (rv != CKR_OK || m == NULL || op_key_is_secret(op))
		return rv;
	return op_settle(op, d->check(op->key, &op->scheme), true);
}

/* More is said to be needed than there is: the result stays for the next call. */
static CK_RV
keep(struct op *op, struct bytes input)
{
	CK_RV rv = op->kept ? CKR_OK : buf_set(&op->input, input);

	op->kept = rv == CKR_OK;
	return rv == CKR_OK ? CKR_BUFFER_TOO_SMALL : rv;
}

/* There is a buffer, and it may be large enough. */
static CK_RV
make(struct session *s, const struct direction *d, struct bytes input, const struct room *out)
{
	struct op *op = &s->op[d->kind];
	bool enough = false;
	CK_RV rv = op_data(input);

	if (rv != CKR_OK)
		return rv;
	if (!op->kept || !bytes_equal(view(&op->input), input)) {
		op->kept = false;
		rv = d->run(s, op, input, &op->result);
	}
	if (rv == CKR_OK)
		rv = op_room(out, op->result.len, &enough);
	if (enough)
		op_put(out, &op->result);
	return rv == CKR_BUFFER_TOO_SMALL ? keep(op, input) : rv;
}

static size_t
longest(const struct direction *d, const struct op *op, size_t input_len)
{
	if (op->kept)
		return op->result.len;
	if (op->cipher != NULL)
		return cipher_rest_len(op->cipher, input_len);
	return d->most(op->key, &op->scheme, input_len);
}

/* *more: the caller comes again. */
static CK_RV
one_shot(struct session *s, const struct direction *d, struct bytes input, const struct room *out,
	bool *more)
{
	struct op *op = &s->op[d->kind];
	size_t most = longest(d, op, input.len);
	bool exact = d->exact || op_cipher_is_exact(op);
	bool enough = false;

	*more = out->ptr == NULL;
	if (out->ptr == NULL || out->len == NULL || (exact && *out->len < most))
		return op_room(out, most, &enough);
	return make(s, d, input, out);
}

static CK_RV
whole(struct session *s, const struct direction *d, struct bytes input, const struct room *out)
{
	bool more = false;
	CK_RV rv = op_may(s, d->kind, CALL_ONE_SHOT);

	if (rv != CKR_OK)
		return rv;
	rv = one_shot(s, d, input, out, &more);
	return op_settle(&s->op[d->kind], rv, more);
}

CK_RV
op_encrypt_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return init(s, &encrypting, m, key);
}

CK_RV
op_encrypt(struct session *s, struct bytes data, const struct room *out)
{
	return whole(s, &encrypting, data, out);
}

CK_RV
op_decrypt_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return init(s, &decrypting, m, key);
}

CK_RV
op_decrypt(struct session *s, struct bytes data, const struct room *out)
{
	return whole(s, &decrypting, data, out);
}

CK_RV
op_sign_recover_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return init(s, &signing, m, key);
}

CK_RV
op_sign_recover(struct session *s, struct bytes data, const struct room *out)
{
	return whole(s, &signing, data, out);
}

CK_RV
op_verify_recover_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	return init(s, &verifying, m, key);
}

CK_RV
op_verify_recover(struct session *s, struct bytes signature, const struct room *out)
{
	return whole(s, &verifying, signature, out);
}
