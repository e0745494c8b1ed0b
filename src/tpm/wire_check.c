/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a session still the one that we know? An error comes without an HMAC, so
 * after one nobody knows whether the TPM has used the nonce; and without a
 * resource manager a session's handle may be another program's by now. What is
 * authorised in such a session fails like a wrong PIN, and the TPM counts it.
 *
 * The check is a GetRandom whose answer the session encrypts: it authorises
 * nothing, so a failure is counted nowhere.
 */
#include "config.h"

#include "base/log.h"
#include "tpm/wire_private.h"

static struct wire_request
check_request(struct wire_session *s)
{
	static const struct wire_command row = {
		.code = TPM2_CC_GetRandom, .name = "TPM2_GetRandom", .secret_out = true
	};
	static const uint8_t one_byte[] = { 0, 1 };
	struct wire_request r = { .code = row.code,
		.with_sessions = true,
		.row = &row,
		.auth_count = 1,
		.params = bytes_of(one_byte, sizeof one_byte) };

	r.auths[0].session = s;
	r.auths[0].attributes = WIRE_CONTINUE | WIRE_ENCRYPT;
	return r;
}

/* *answer: what the TPM says. WIRE_RC_FORGED: it is not our session's answer. */
static TSS2_RC
check_exchange(struct wire *w, uint32_t *answer)
{
	TSS2_RC rc = wire_protect(w);

	if (rc != TSS2_RC_SUCCESS || (rc = wire_exchange(w)) != TSS2_RC_SUCCESS)
		return rc;
	if (!wire_answer_rc(bytes_of(w->answer, w->answer_len), answer))
		return WIRE_RC_FORGED;
	return *answer == TPM2_RC_SUCCESS ? wire_unprotect(w) : TSS2_RC_SUCCESS;
}

TSS2_RC
wire_session_check(struct wire *w, struct wire_session *s, uint32_t *answer)
{
	struct wire_request held = w->request;
	bool ours = s->doubted || !s->proven; /* else its handle may be another program's now */
	uint32_t code = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	w->request = check_request(s);
	rc = check_exchange(w, &code);
	w->request = held;
	if (rc != TSS2_RC_SUCCESS && rc != WIRE_RC_FORGED) {
		wire_session_drop(s, true);
		return rc;
	}
	if (wire_may_work_later(code)) {
		*answer = code;
	} else if (rc != TSS2_RC_SUCCESS || code != TPM2_RC_SUCCESS) {
		log_info("a session is not what it was (0x%x)", (unsigned)code);
		wire_session_drop(s, ours);
	} else {
		s->doubted = false;
	}
	return TSS2_RC_SUCCESS;
}
