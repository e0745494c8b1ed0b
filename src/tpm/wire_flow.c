/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A protected command on its way: sessions are started, the command is sent,
 * and sent again where the TPM has lost a session; the answer is awaited.
 */
#include "config.h"

#include "base/log.h"
#include "tpm/wire_private.h"

TSS2_RC
wire_rc(CK_RV rv)
{
	if (rv == CKR_OK)
		return TSS2_RC_SUCCESS;
	return rv == CKR_HOST_MEMORY ? TSS2_TCTI_RC_MEMORY : TSS2_TCTI_RC_GENERAL_FAILURE;
}

static TSS2_RC
receive_below(struct wire *w, int32_t timeout)
{
	size_t len = sizeof w->answer;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	wire_work_pause(w);
	rc = Tss2_Tcti_Receive(w->below, &len, w->answer, timeout);
	wire_work_resume(w);
	w->answer_len = rc == TSS2_RC_SUCCESS && len <= sizeof w->answer ? len : 0;
	return rc;
}

TSS2_RC
wire_transmit(struct wire *w, struct bytes command)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	wire_work_pause(w);
	rc = Tss2_Tcti_Transmit(w->below, command.len, command.ptr);
	wire_work_resume(w);
	wire_files_note(w);
	return rc;
}

TSS2_RC
wire_exchange(struct wire *w)
{
	TSS2_RC rc = wire_transmit(w, bytes_of(w->sent, w->sent_len));

	return rc == TSS2_RC_SUCCESS ? receive_below(w, TSS2_TCTI_TIMEOUT_BLOCK) : rc;
}

/* The command is over: passwords do not outlive it. */
static void
forget_request(struct wire *w)
{
	mem_wipe(w->plain, w->plain_len);
	w->plain_len = 0;
	w->request = (struct wire_request){ .code = 0 };
}

void
wire_end(struct wire *w)
{
	forget_request(w);
	mem_wipe(w->answer, w->answer_len);
	w->answer_len = 0;
	w->state = WIRE_IDLE;
}

static TSS2_RC
give_up(struct wire *w, TSS2_RC rc)
{
	if (rc == WIRE_RC_FORGED)
		log_error("an answer to %s is not the TPM's: something on the way changed it",
			w->request.row->name);
	wire_end(w);
	return rc;
}

/* The answer is not the TPM's, or nobody knows whether the command ran: the nonces are in doubt. */
static TSS2_RC
fail(struct wire *w, TSS2_RC rc)
{
	for (size_t i = 0; i < w->request.auth_count; i++)
		if (w->request.auths[i].session != NULL)
			wire_session_drop(w->request.auths[i].session, true);
	return give_up(w, rc);
}

static void
answer_ready(struct wire *w)
{
	forget_request(w);
	w->state = WIRE_ANSWERED;
}

/* Sessions that the request needs. *answer: the TPM's error where one could not be started. */
static TSS2_RC
need_sessions(struct wire *w, uint32_t *answer)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	*answer = TPM2_RC_SUCCESS;
	for (size_t i = 0; i < w->request.auth_count; i++) {
		struct wire_session *s = w->request.auths[i].session;

		if (s != NULL)
			rc = wire_session_need(w, s, answer);
		if (rc != TSS2_RC_SUCCESS || *answer != TPM2_RC_SUCCESS)
			break;
	}
	return rc;
}

/* An error as the TPM gives it, for answer[] has been used for something else. */
static void
put_error(struct wire *w, uint32_t code)
{
	struct wire_writer out = wire_writer_of(w->answer, sizeof w->answer);

	wire_put_begin(&out, TPM2_ST_NO_SESSIONS, code);
	wire_put_end(&out);
	w->answer_len = out.len;
}

/*
 * Which session (0, 1, 2) the error is about: a wrong authorisation came with it, or it cannot what
 * ours can. -1: it is about something else.
 */
static int
blamed_session(uint32_t rc)
{
	int number = (int)((rc >> 8) & 0x7);
	bool named = (rc & TPM2_RC_FMT1) != 0 && (rc & TPM2_RC_P) == 0 && (rc & TPM2_RC_S) != 0;

	if (named && number > 0)
		return number - 1;
	return rv_tss_refused(rc) ? 0 : -1;
}

TSS2_RC
wire_send(struct wire *w)
{
	uint32_t answer = TPM2_RC_SUCCESS;
	TSS2_RC rc = need_sessions(w, &answer);

	if (rc != TSS2_RC_SUCCESS)
		return give_up(w, rc);
	/*
	 * The caller makes room or reopens and comes again: the TPM's error is the answer to its
	 * command. But its password has not been tried.
	 */
	if (answer != TPM2_RC_SUCCESS) {
		put_error(w, rv_tss_refused(answer) ? TPM2_RC_FAILURE : answer);
		answer_ready(w);
		return TSS2_RC_SUCCESS;
	}
	if ((rc = wire_protect(w)) != TSS2_RC_SUCCESS) {
		mem_wipe(w->sent, sizeof w->sent); /* perhaps not encrypted yet */
		return give_up(w, rc);
	}
	if ((rc = wire_transmit(w, bytes_of(w->sent, w->sent_len))) != TSS2_RC_SUCCESS)
		return fail(w, rc);
	w->state = WIRE_SENT;
	return TSS2_RC_SUCCESS;
}

/* Which session (0, 1, 2) the TPM says that it does not know; -1 when it says something else. */
static int
unknown_session(uint32_t rc)
{
	uint32_t layer = rc & TSS2_RC_LAYER_MASK;
	uint32_t number = (rc >> 8) & 0x7;
	uint32_t error = rc & 0x3f;

	if (layer != 0 && layer != TSS2_RESMGR_RC_LAYER && layer != TSS2_RESMGR_TPM_RC_LAYER)
		return -1;
	rc &= ~TSS2_RC_LAYER_MASK;
	if (rc >= TPM2_RC_REFERENCE_S0 && rc <= TPM2_RC_REFERENCE_S2)
		return (int)(rc - TPM2_RC_REFERENCE_S0);
	/* Format one, with the number of a session. */
	if ((rc & ~UINT32_C(0xf3f)) != TPM2_RC_FMT1 || (rc & TPM2_RC_S) == 0 || number == 0)
		return -1;
	return error == (TPM2_RC_HANDLE & 0x3f) || error == (TPM2_RC_VALUE & 0x3f) ? (int)number - 1
										   : -1;
}

/* The command did not run because of a session of ours that is no more: drop that one. */
static bool
session_was_lost(struct wire *w, uint32_t rc)
{
	int i = unknown_session(rc);

	if (i < 0 || (size_t)i >= w->request.auth_count || w->request.auths[i].session == NULL ||
		w->resent == WIRE_SESSIONS)
		return false;
	w->resent++;
	wire_session_drop(w->request.auths[i].session, false);
	return true;
}

/*
 * A wrong authorisation is one if the session that it came with is as we know it. Else *again with
 * another, for another program has its handle now. One that never was right may also have begun
 * with another key than the pinned one, or with an answer that something changed. The TPM counts
 * what fails, so after that one is proved first.
 */
static TSS2_RC
confirm_blame(struct wire *w, uint32_t error, bool *again)
{
	int i = blamed_session(error);
	struct wire_session *s =
		i >= 0 && (size_t)i < w->request.auth_count ? w->request.auths[i].session : NULL;
	bool proven = s != NULL && s->proven;
	uint32_t later = TPM2_RC_SUCCESS;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (s == NULL)
		return TSS2_RC_SUCCESS;
	if ((rc = wire_session_check(w, s, &later)) != TSS2_RC_SUCCESS)
		return rc;
	if (s->state != SESSION_LIVE) {
		w->proving |= !proven;
		*again = w->resent < WIRE_SESSIONS;
		w->resent += *again;
		error = TPM2_RC_INTEGRITY;
	} else if (later != TPM2_RC_SUCCESS) {
		error = TPM2_RC_FAILURE; /* nobody knows */
	}
	put_error(w, error);
	return TSS2_RC_SUCCESS;
}

/* What a TPM says before a command runs. Other codes may come from on the way, after it ran. */
static const uint32_t early_codes[] = { TPM2_RC_RETRY, TPM2_RC_YIELDED, TPM2_RC_TESTING,
	TPM2_RC_NV_RATE };

/* Errors come without an HMAC. */
static bool
may_have_run(uint32_t error)
{
	uint32_t code = rv_tss_code(error);

	for (size_t i = 0; i < sizeof early_codes / sizeof early_codes[0]; i++)
		if (code == early_codes[i])
			return false;
	return (code & TPM2_RC_FMT1) == 0 &&
	       (code < TPM2_RC_REFERENCE_H0 || code > TPM2_RC_REFERENCE_S6);
}

static void
doubt_sessions(struct wire *w)
{
	for (size_t i = 0; i < w->request.auth_count; i++)
		if (w->request.auths[i].session != NULL)
			w->request.auths[i].session->doubted = true;
}

/* answer[] is an error. */
static TSS2_RC
take_error(struct wire *w, uint32_t answer)
{
	bool again = session_was_lost(w, answer);
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (!again && (rc = confirm_blame(w, answer, &again)) != TSS2_RC_SUCCESS)
		return fail(w, rc);
	if (again) {
		log_info("the TPM has lost a session: starting another");
		return wire_send(w);
	}
	if (may_have_run(answer))
		doubt_sessions(w);
	answer_ready(w);
	return TSS2_RC_SUCCESS;
}

/* answer[] has arrived: what ESYS is to see of it. */
static TSS2_RC
take_answer(struct wire *w)
{
	uint32_t answer = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (!wire_answer_rc(bytes_of(w->answer, w->answer_len), &answer))
		return fail(w, WIRE_RC_FORGED);
	if (answer != TPM2_RC_SUCCESS)
		return take_error(w, answer);
	if ((rc = wire_unprotect(w)) != TSS2_RC_SUCCESS)
		return fail(w, rc);
	answer_ready(w);
	return TSS2_RC_SUCCESS;
}

TSS2_RC
wire_await(struct wire *w, int32_t timeout)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	while (w->state == WIRE_SENT && rc == TSS2_RC_SUCCESS) {
		if ((rc = receive_below(w, timeout)) == TSS2_TCTI_RC_TRY_AGAIN)
			return rc;
		rc = rc == TSS2_RC_SUCCESS ? take_answer(w) : fail(w, rc);
	}
	return rc;
}
