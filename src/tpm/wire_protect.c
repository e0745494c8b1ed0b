/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a command with passwords to one with HMACs, and from its answer back.
 * TPM 2.0 Part 1, "Authorizations and Acknowledgments".
 */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "tpm/wire_private.h"

/* cpHash: code, names, parameters as they are sent. */
static TSS2_RC
command_hash(const struct wire *w, size_t params_at, uint8_t *out)
{
	const struct wire_request *r = &w->request;
	uint8_t code[4];
	uint8_t self[WIRE_HANDLES][4];
	struct bytes parts[2 + WIRE_HANDLES];
	size_t n = 0;

	put_u32(code, r->code);
	parts[n++] = bytes_of(code, sizeof code);
	for (size_t i = 0; i < r->row->handles; i++) {
		if (!wire_name_get(w, r->handles[i], self[i], &parts[n++])) {
			log_error("%s: no name is known for handle 0x%x", r->row->name,
				(unsigned)r->handles[i]);
			return WIRE_RC_REFUSED;
		}
	}
	parts[n++] = bytes_of(w->sent + params_at, w->sent_len - params_at);
	return wire_rc(crypto_hash_into(HASH_SHA256, parts, n, out));
}

/* rpHash: response code, command code, parameters as they came. */
static TSS2_RC
answer_hash(const struct wire_request *r, const struct wire_reply *reply, uint8_t *out)
{
	uint8_t codes[8] = { 0 };
	const struct bytes parts[] = { bytes_of(codes, sizeof codes), reply->params };

	put_u32(codes + 4, r->code);
	return wire_rc(crypto_hash_into(HASH_SHA256, parts, 2, out));
}

/*
 * Encrypt or decrypt the first parameter, at params, in place. Its length was checked by
 * wire_first_param() before.
 */
static TSS2_RC
crypt_param(const struct wire_auth *a, bool answer, uint8_t *params, size_t len)
{
	size_t data_len = wire_first_param(bytes_of(params, len)).len;

	if (data_len == 0)
		return TSS2_RC_SUCCESS;
	return wire_rc(wire_session_crypt(a->session, a->hmac, answer, params + 2, data_len));
}

static TSS2_RC
encrypt_param(struct wire *w, size_t params_at)
{
	for (size_t i = 0; i < w->request.auth_count; i++) {
		const struct wire_auth *a = &w->request.auths[i];

		if (a->session != NULL && (a->attributes & WIRE_DECRYPT) != 0)
			return crypt_param(a, false, w->sent + params_at, w->sent_len - params_at);
	}
	return TSS2_RC_SUCCESS;
}

/* Each is used once. They cross the wire in clear, so that some are made ahead is no matter. */
static TSS2_RC
nonce_take(struct wire_nonces *n, uint8_t *out)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (n->left == 0) {
		rc = wire_rc(crypto_random(n->list[0], sizeof n->list));
		if (rc != TSS2_RC_SUCCESS)
			return rc;
		n->left = WIRE_NONCES;
	}
	memcpy(out, n->list[--n->left], WIRE_DIGEST);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
fresh_nonces(struct wire *w)
{
	struct wire_request *r = &w->request;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	for (size_t i = 0; i < r->auth_count && rc == TSS2_RC_SUCCESS; i++)
		if (r->auths[i].session != NULL)
			rc = nonce_take(&w->nonces, r->auths[i].session->nonce_caller);
	return rc;
}

TSS2_RC
wire_protect(struct wire *w)
{
	struct wire_request *r = &w->request;
	struct wire_writer out = wire_writer_of(w->sent, sizeof w->sent);
	uint8_t hash[WIRE_DIGEST];
	size_t params_at = 0;
	TSS2_RC rc = fresh_nonces(w);

	if (rc != TSS2_RC_SUCCESS)
		return rc;
	if (!wire_request_write(r, &out, &params_at))
		return WIRE_RC_REFUSED;
	w->sent_len = out.len;
	if ((rc = encrypt_param(w, params_at)) != TSS2_RC_SUCCESS ||
		(rc = command_hash(w, params_at, hash)) != TSS2_RC_SUCCESS)
		return rc;
	for (size_t i = 0; i < r->auth_count && rc == TSS2_RC_SUCCESS; i++) {
		const struct wire_auth *a = &r->auths[i];

		if (a->session != NULL)
			rc = wire_rc(wire_session_mac(a->session, a->hmac, false, hash,
				a->attributes, w->sent + a->hmac_at));
	}
	return rc;
}

/* The authorisation value of the command's i-th handle, as it is after the command. */
static struct bytes
auth_after(const struct wire_request *r, size_t i)
{
	if (r->row->auth_after == WIRE_AUTH_NEW)
		return wire_trim_auth(wire_first_param(r->params));
	if (r->row->auth_after == WIRE_AUTH_CLEARED && r->handles[i] == TPM2_RH_LOCKOUT)
		return BYTES_EMPTY;
	return r->auths[i].hmac;
}

static TSS2_RC
verify_auth(
	const struct wire_request *r, size_t i, const struct wire_auth *reply, const uint8_t *hash)
{
	struct wire_session *s = r->auths[i].session;
	uint8_t expected[WIRE_DIGEST];
	struct bytes auth = auth_after(r, i);
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (reply->nonce.len != WIRE_DIGEST || reply->hmac.len != WIRE_DIGEST ||
		auth.len > WIRE_AUTH_MAX)
		return WIRE_RC_FORGED;
	memcpy(s->nonce_tpm, reply->nonce.ptr, WIRE_DIGEST);
	rc = wire_rc(wire_session_mac(s, auth, true, hash, reply->attributes, expected));
	if (rc != TSS2_RC_SUCCESS)
		return rc;
	/* The attributes are under the HMAC, but must also be those that were asked for. */
	if (!mem_equal_ct(expected, reply->hmac.ptr, WIRE_DIGEST) ||
		reply->attributes != r->auths[i].attributes)
		return WIRE_RC_FORGED;
	s->proven = true;
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
decrypt_param(const struct wire_request *r, uint8_t *params, size_t len)
{
	for (size_t i = 0; i < r->auth_count; i++) {
		const struct wire_auth *a = &r->auths[i];

		if (a->session != NULL && (a->attributes & WIRE_ENCRYPT) != 0)
			return crypt_param(a, true, params, len);
	}
	return TSS2_RC_SUCCESS;
}

TSS2_RC
wire_unprotect(struct wire *w)
{
	const struct wire_request *r = &w->request;
	struct wire_reply reply;
	uint8_t hash[WIRE_DIGEST];
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (!wire_reply_read(bytes_of(w->answer, w->answer_len), r, &reply))
		return WIRE_RC_FORGED;
	if ((rc = answer_hash(r, &reply, hash)) != TSS2_RC_SUCCESS)
		return rc;
	for (size_t i = 0; i < r->auth_count; i++)
		if (r->auths[i].session != NULL &&
			(rc = verify_auth(r, i, &reply.auths[i], hash)) != TSS2_RC_SUCCESS)
			return rc;
	rc = decrypt_param(r, w->answer + (reply.params.ptr - w->answer), reply.params.len);
	if (rc == TSS2_RC_SUCCESS)
		w->answer_len = wire_reply_write(&reply, r, w->answer);
	return rc;
}
