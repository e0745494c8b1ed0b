/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions outside the TPM, between the turns of processes that share one: to
 * load a saved session costs a tenth of starting a salted one.
 * TPM 2.0 Part 1, "Session Context Management"; Part 3, "TPM2_ContextSave", "TPM2_ContextLoad".
 */
#include "config.h"

#include "base/log.h"
#include "tpm/wire_private.h"

/* sent[] goes out. *answer: what the TPM says. */
static TSS2_RC
exchange(struct wire *w, struct wire_writer *out, uint32_t *answer)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	wire_put_end(out);
	w->sent_len = out->len;
	if (out->failed)
		return TSS2_TCTI_RC_GENERAL_FAILURE;
	if ((rc = wire_exchange(w)) != TSS2_RC_SUCCESS)
		return rc;
	return wire_answer_rc(bytes_of(w->answer, w->answer_len), answer) ? TSS2_RC_SUCCESS
									  : WIRE_RC_FORGED;
}

static bool
save(struct wire *w, struct wire_session *s)
{
	struct wire_writer out = wire_writer_of(w->sent, sizeof w->sent);
	uint32_t answer = 0;

	wire_put_begin(&out, TPM2_ST_NO_SESSIONS, TPM2_CC_ContextSave);
	wire_put_u32(&out, s->handle);
	return exchange(w, &out, &answer) == TSS2_RC_SUCCESS && answer == TPM2_RC_SUCCESS &&
	       buf_set(&s->saved, bytes_slice(bytes_of(w->answer, w->answer_len), WIRE_HEADER,
					  w->answer_len - WIRE_HEADER)) == CKR_OK;
}

void
wire_session_save(struct wire *w, struct wire_session *s)
{
	if (s->state != SESSION_LIVE)
		return;
	if (save(w, s))
		s->state = SESSION_SAVED;
	else
		wire_session_flush(w, s);
}

bool
wire_may_work_later(uint32_t answer)
{
	return (answer & (TPM2_RC_WARN | TPM2_RC_FMT1)) == TPM2_RC_WARN &&
	       answer != TPM2_RC_CONTEXT_GAP &&
	       (answer < TPM2_RC_REFERENCE_H0 || answer > TPM2_RC_REFERENCE_S6);
}

TSS2_RC
wire_session_load(struct wire *w, struct wire_session *s, uint32_t *answer)
{
	struct wire_writer out = wire_writer_of(w->sent, sizeof w->sent);
	uint32_t code = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	wire_put_begin(&out, TPM2_ST_NO_SESSIONS, TPM2_CC_ContextLoad);
	wire_put(&out, view(&s->saved));
	if ((rc = exchange(w, &out, &code)) != TSS2_RC_SUCCESS)
		return rc;
	if (code == TPM2_RC_SUCCESS) {
		buf_free(&s->saved);
		s->state = SESSION_LIVE;
	} else if (wire_may_work_later(code)) {
		*answer = code;
	} else {
		log_info("a saved session is gone (0x%x): starting another", (unsigned)code);
		/* Too old is not gone: it keeps its handle until it is flushed. */
		wire_session_drop(s, code == TPM2_RC_CONTEXT_GAP);
	}
	return TSS2_RC_SUCCESS;
}

void
wire_save_sessions(struct wire *w)
{
	for (size_t i = 0; i < WIRE_SESSIONS; i++)
		wire_session_save(w, &w->sessions[i]);
	wire_end(w);
}
