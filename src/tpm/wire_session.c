/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our HMAC sessions: SHA-256, AES-128-CFB, salted, not bound. TPM 2.0 Part 1,
 * "Session Key Creation", "HMAC Computation", "Session-Based Encryption".
 */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "tpm/wire_private.h"

#define SALT_LABEL "SECRET"

enum { AES_KEY = 16, AES_IV = 16 };

CK_RV
wire_salt_to(struct wire *w, uint32_t handle, struct bytes public)
{
	CK_RV rv = share_key_read(public, &w->salt.key);

	if (rv == CKR_OK)
		w->salt.handle = handle;
	return rv;
}

void
wire_session_drop(struct wire_session *s, bool stale)
{
	uint32_t handle = s->handle;

	if (s->state == SESSION_NONE)
		return;
	buf_free(&s->saved);
	mem_wipe(s, sizeof *s);
	s->handle = stale ? handle : 0;
	s->state = stale ? SESSION_STALE : SESSION_NONE;
}

bool
wire_flush(struct wire *w, uint32_t handle)
{
	struct wire_writer out = wire_writer_of(w->sent, sizeof w->sent);
	uint32_t rc = 0;

	wire_put_begin(&out, TPM2_ST_NO_SESSIONS, TPM2_CC_FlushContext);
	wire_put_u32(&out, handle);
	wire_put_end(&out);
	w->sent_len = out.len;
	return wire_exchange(w) == TSS2_RC_SUCCESS &&
	       wire_answer_rc(bytes_of(w->answer, w->answer_len), &rc) && rc == TPM2_RC_SUCCESS;
}

void
wire_session_flush(struct wire *w, struct wire_session *s)
{
	if (s->state == SESSION_NONE)
		return;
	if (!wire_flush(w, s->handle))
		log_info("a session could not be flushed");
	wire_session_drop(s, false);
}

static TSS2_RC
write_start(struct wire *w, const struct wire_session *s, struct bytes encrypted_salt)
{
	struct wire_writer out = wire_writer_of(w->sent, sizeof w->sent);

	wire_put_begin(&out, TPM2_ST_NO_SESSIONS, TPM2_CC_StartAuthSession);
	wire_put_u32(&out, w->salt.handle);
	wire_put_u32(&out, TPM2_RH_NULL);
	wire_put_sized(&out, bytes_of(s->nonce_caller, WIRE_DIGEST));
	wire_put_sized(&out, encrypted_salt);
	wire_put_u8(&out, TPM2_SE_HMAC);
	wire_put_u16(&out, TPM2_ALG_AES);
	wire_put_u16(&out, 8 * AES_KEY);
	wire_put_u16(&out, TPM2_ALG_CFB);
	wire_put_u16(&out, TPM2_ALG_SHA256);
	wire_put_end(&out);
	w->sent_len = out.len;
	return out.failed ? TSS2_TCTI_RC_GENERAL_FAILURE : TSS2_RC_SUCCESS;
}

static bool
read_start(struct bytes answer, struct wire_session *s)
{
	struct reader r = reader_of(answer);
	struct bytes nonce = BYTES_EMPTY;

	(void)read_bytes(&r, WIRE_HEADER);
	s->handle = read_u32(&r);
	nonce = read_sized_u16(&r);
	if (!reader_done(&r) || nonce.len != WIRE_DIGEST ||
		s->handle >> TPM2_HR_SHIFT != TPM2_HT_HMAC_SESSION)
		return false;
	memcpy(s->nonce_tpm, nonce.ptr, WIRE_DIGEST);
	return true;
}

static CK_RV
derive_key(struct wire_session *s, struct bytes salt)
{
	struct buf key = BUF_EMPTY;
	CK_RV rv = crypto_kdfa(HASH_SHA256, salt, "ATH", bytes_of(s->nonce_tpm, WIRE_DIGEST),
		bytes_of(s->nonce_caller, WIRE_DIGEST), 8 * WIRE_DIGEST, &key);

	if (rv == CKR_OK)
		memcpy(s->key, key.ptr, WIRE_DIGEST);
	buf_free(&key);
	return rv;
}

static TSS2_RC
start_salted(struct wire *w, struct wire_session *s, const struct buf *salt,
	const struct buf *encrypted, uint32_t *answer)
{
	TSS2_RC rc = write_start(w, s, view(encrypted));

	if (rc != TSS2_RC_SUCCESS || (rc = wire_exchange(w)) != TSS2_RC_SUCCESS)
		return rc;
	if (!wire_answer_rc(bytes_of(w->answer, w->answer_len), answer))
		return WIRE_RC_FORGED;
	if (*answer != TPM2_RC_SUCCESS)
		return TSS2_RC_SUCCESS;
	if (!read_start(bytes_of(w->answer, w->answer_len), s))
		return WIRE_RC_FORGED;
	s->state = SESSION_LIVE;
	return wire_rc(derive_key(s, view(salt)));
}

TSS2_RC
wire_session_start(struct wire *w, struct wire_session *s, uint32_t *answer)
{
	struct buf salt = BUF_EMPTY;
	struct buf encrypted = BUF_EMPTY;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (w->salt.handle == 0) {
		log_error("there is no parent key to protect the TPM's session with");
		return WIRE_RC_REFUSED;
	}
	wire_session_flush(w, s);
	if ((rc = wire_rc(share_make(&w->salt.key, SALT_LABEL, &salt, &encrypted))) != TSS2_RC_SUCCESS ||
		(rc = wire_rc(crypto_random(s->nonce_caller, WIRE_DIGEST))) != TSS2_RC_SUCCESS)
		goto out;
	rc = start_salted(w, s, &salt, &encrypted, answer);
	if (rc != TSS2_RC_SUCCESS)
		wire_session_drop(s, true);
out:
	buf_free(&salt);
	buf_free(&encrypted);
	return rc;
}

/* A failure is not told as a wrong authorisation: nothing was authorised. */
static TSS2_RC
start_and_prove(struct wire *w, struct wire_session *s, uint32_t *answer)
{
	TSS2_RC rc = wire_session_start(w, s, answer);

	if (rc != TSS2_RC_SUCCESS || *answer != TPM2_RC_SUCCESS || !w->proving)
		return rc;
	s->doubted = true;
	rc = wire_session_check(w, s, answer);
	w->proving = s->state != SESSION_LIVE || s->doubted; /* or the TPM asks to come later */
	if (s->state != SESSION_LIVE)
		*answer = TPM2_RC_INTEGRITY;
	return rc;
}

TSS2_RC
wire_session_need(struct wire *w, struct wire_session *s, uint32_t *answer)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (s->state == SESSION_SAVED)
		rc = wire_session_load(w, s, answer);
	if (rc == TSS2_RC_SUCCESS && *answer == TPM2_RC_SUCCESS && s->state == SESSION_LIVE &&
		s->doubted)
		rc = wire_session_check(w, s, answer);
	if (rc != TSS2_RC_SUCCESS || *answer != TPM2_RC_SUCCESS || s->state == SESSION_LIVE)
		return rc;
	return start_and_prove(w, s, answer);
}

/* sessionKey || authValue; returns its length. */
static size_t
session_value(const struct wire_session *s, struct bytes auth, uint8_t *out)
{
	memcpy(out, s->key, WIRE_DIGEST);
	if (auth.len > 0)
		memcpy(out + WIRE_DIGEST, auth.ptr, auth.len);
	return WIRE_DIGEST + auth.len;
}

CK_RV
wire_session_mac(const struct wire_session *s, struct bytes auth, bool answer,
	const uint8_t *parameter_hash, uint8_t attributes, uint8_t *out)
{
	uint8_t key[WIRE_DIGEST + WIRE_AUTH_MAX];
	size_t key_len = session_value(s, auth, key);
	const struct bytes parts[] = {
		bytes_of(parameter_hash, WIRE_DIGEST),
		bytes_of(answer ? s->nonce_tpm : s->nonce_caller, WIRE_DIGEST),
		bytes_of(answer ? s->nonce_caller : s->nonce_tpm, WIRE_DIGEST),
		bytes_of(&attributes, 1),
	};
	CK_RV rv = crypto_hmac_into(
		HASH_SHA256, bytes_of(key, key_len), parts, sizeof parts / sizeof *parts, out);

	mem_wipe(key, sizeof key);
	return rv;
}

CK_RV
wire_session_crypt(
	const struct wire_session *s, struct bytes auth, bool answer, uint8_t *data, size_t len)
{
	uint8_t value[WIRE_DIGEST + WIRE_AUTH_MAX];
	size_t value_len = session_value(s, auth, value);
	struct buf key = BUF_EMPTY;
	CK_RV rv = crypto_kdfa(HASH_SHA256, bytes_of(value, value_len), "CFB",
		bytes_of(answer ? s->nonce_tpm : s->nonce_caller, WIRE_DIGEST),
		bytes_of(answer ? s->nonce_caller : s->nonce_tpm, WIRE_DIGEST),
		8 * (AES_KEY + AES_IV), &key);

	if (rv == CKR_OK)
		rv = crypto_aes_cfb(bytes_slice(view(&key), 0, AES_KEY),
			bytes_slice(view(&key), AES_KEY, AES_IV), !answer, data, len);
	buf_free(&key);
	mem_wipe(value, sizeof value);
	return rv;
}
