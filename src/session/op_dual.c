/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two operations on the same data: PKCS#11 3.2, 5.17. The second one gets the
 * data only when the ciphering has put out its part. An error ends the
 * operation in which it happened; one of the second ends both, since the
 * output of the first is lost with it.
 */
#include "config.h"

#include "session/op.h"

struct dual {
	enum op_kind cipher;
	enum op_kind other; /* gets the plaintext */
};

static CK_RV
may(struct session *s, const struct dual *d)
{
	CK_RV rv = op_may(s, d->cipher, CALL_UPDATE);

	return rv == CKR_OK ? op_may(s, d->other, CALL_UPDATE) : rv;
}

static CK_RV
feed(struct session *s, const struct dual *d, struct bytes plain)
{
	CK_RV rv = op_feed(&s->op[d->other], plain);

	if (rv != CKR_OK) {
		op_end(&s->op[d->cipher]);
		op_end(&s->op[d->other]);
	}
	return rv;
}

static CK_RV
update(struct session *s, const struct dual *d, struct bytes part, const struct room *out)
{
	struct buf made = BUF_EMPTY;
	bool enough = false;
	CK_RV rv = may(s, d);

	if (rv != CKR_OK)
		return rv;
	if (!op_has_parts(&s->op[d->other]))
		return op_settle(&s->op[d->other], CKR_FUNCTION_NOT_SUPPORTED, false);
	rv = op_cipher_part(s, d->cipher, part, out, &made, &enough);
	if (enough && (rv = feed(s, d, d->cipher == OP_ENCRYPT ? part : view(&made))) == CKR_OK)
		op_put(out, &made);
	buf_free(&made);
	return rv;
}

CK_RV
op_digest_encrypt_update(struct session *s, struct bytes part, const struct room *out)
{
	return update(s, &(struct dual){ OP_ENCRYPT, OP_DIGEST }, part, out);
}

CK_RV
op_decrypt_digest_update(struct session *s, struct bytes part, const struct room *out)
{
	return update(s, &(struct dual){ OP_DECRYPT, OP_DIGEST }, part, out);
}

CK_RV
op_sign_encrypt_update(struct session *s, struct bytes part, const struct room *out)
{
	return update(s, &(struct dual){ OP_ENCRYPT, OP_SIGN }, part, out);
}

CK_RV
op_decrypt_verify_update(struct session *s, struct bytes part, const struct room *out)
{
	return update(s, &(struct dual){ OP_DECRYPT, OP_VERIFY }, part, out);
}
