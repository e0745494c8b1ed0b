/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire as ESYS sees it: a TCTI. TSS 2.0 TPM Command Transmission Interface.
 *
 * A command that needs no protection goes through untouched, and so does its
 * answer. Another is kept in plain[] until its answer is there, so that it can
 * be sent again, and wiped then.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "tpm/wire_private.h"

#define TCTI_MAGIC UINT64_C(0x746f6b656e776972)

static struct wire *
wire_of(TSS2_TCTI_CONTEXT *context)
{
	struct wire *w = (struct wire *)(void *)context;

	return w != NULL && w->tcti.v1.magic == TCTI_MAGIC ? w : NULL;
}

/*
 * ESYS takes answers where it has built the command: behind a short one lies what is left of the
 * command's passwords, and of secrets in a longer answer before. What was seen there is known to be
 * its memory.
 */
static void
scratch_note(struct wire *w, const uint8_t *command, size_t size)
{
	if (w->scratch != command)
		w->scratch_len = 0;
	w->scratch = command;
	if (w->scratch_len < size)
		w->scratch_len = size;
}

/* After some warnings (TPM2_RC_RETRY) ESYS sends what lies behind the answer's header again. */
static bool
is_warning(struct bytes answer)
{
	uint32_t rc = 0;

	return wire_answer_rc(answer, &rc) && (rc & TPM2_RC_WARN) == TPM2_RC_WARN;
}

static void
scratch_wipe(struct wire *w, uint8_t *answer, size_t size)
{
	if (answer != w->scratch || is_warning(bytes_of(answer, size)))
		return;
	if (size < w->scratch_len)
		mem_wipe(answer + size, w->scratch_len - size);
	w->scratch_len = size;
}

static TSS2_RC
pass(struct wire *w, size_t size, const uint8_t *command)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	wire_end(w);
	if ((rc = wire_transmit(w, bytes_of(command, size))) == TSS2_RC_SUCCESS)
		w->state = WIRE_PASSED;
	return rc;
}

static TSS2_RC
transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
	struct wire *w = wire_of(context);
	size_t sessions = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (w == NULL)
		return TSS2_TCTI_RC_BAD_CONTEXT;
	if (command == NULL)
		return TSS2_TCTI_RC_BAD_REFERENCE;
	if (w->state != WIRE_IDLE)
		return TSS2_TCTI_RC_BAD_SEQUENCE;
	if (size > sizeof w->plain)
		return WIRE_RC_REFUSED;
	scratch_note(w, command, size);
	memcpy(w->plain, command, size);
	w->plain_len = size;
	w->resent = 0;
	if (!wire_request_read(bytes_of(w->plain, size), &w->request)) {
		wire_end(w);
		return WIRE_RC_REFUSED;
	}
	if ((rc = wire_choose(w, &sessions)) != TSS2_RC_SUCCESS) {
		wire_end(w);
		return rc;
	}
	return sessions > 0 ? wire_send(w) : pass(w, size, command);
}

static TSS2_RC
hand_over(struct wire *w, size_t *size, uint8_t *response)
{
	size_t room = *size;

	*size = w->answer_len;
	if (response == NULL)
		return TSS2_RC_SUCCESS;
	if (room < w->answer_len)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	memcpy(response, w->answer, w->answer_len);
	wire_end(w);
	return TSS2_RC_SUCCESS;
}

static TSS2_RC
receive_passed(struct wire *w, size_t *size, uint8_t *response, int32_t timeout)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	wire_work_pause(w);
	rc = Tss2_Tcti_Receive(w->below, size, response, timeout);
	wire_work_resume(w);
	if (rc == TSS2_TCTI_RC_TRY_AGAIN || rc == TSS2_TCTI_RC_INSUFFICIENT_BUFFER ||
		(rc == TSS2_RC_SUCCESS && response == NULL))
		return rc;
	w->state = WIRE_IDLE;
	return rc;
}

static TSS2_RC
receive_answer(struct wire *w, size_t *size, uint8_t *response, int32_t timeout)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (w->state == WIRE_IDLE)
		return TSS2_TCTI_RC_BAD_SEQUENCE;
	if (w->state == WIRE_PASSED)
		return receive_passed(w, size, response, timeout);
	if ((rc = wire_await(w, timeout)) != TSS2_RC_SUCCESS)
		return rc;
	return hand_over(w, size, response);
}

static TSS2_RC
receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response, int32_t timeout)
{
	struct wire *w = wire_of(context);
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (w == NULL)
		return TSS2_TCTI_RC_BAD_CONTEXT;
	if (size == NULL)
		return TSS2_TCTI_RC_BAD_REFERENCE;
	rc = receive_answer(w, size, response, timeout);
	if (rc == TSS2_RC_SUCCESS && response != NULL) {
		scratch_wipe(w, response, *size);
		w->taken = response;
		w->taken_len = *size;
	}
	return rc;
}

void
wire_forget_answer(struct wire *w)
{
	if (w->taken != NULL)
		mem_wipe(w->taken, w->taken_len);
	w->taken = NULL;
}

static void
finalize(TSS2_TCTI_CONTEXT *context)
{
	(void)context; /* wire_free() */
}

static TSS2_RC
cancel(TSS2_TCTI_CONTEXT *context)
{
	struct wire *w = wire_of(context);

	return w == NULL ? TSS2_TCTI_RC_BAD_CONTEXT : Tss2_Tcti_Cancel(w->below);
}

static TSS2_RC
get_poll_handles(TSS2_TCTI_CONTEXT *context, TSS2_TCTI_POLL_HANDLE *handles, size_t *count)
{
	struct wire *w = wire_of(context);

	return w == NULL ? TSS2_TCTI_RC_BAD_CONTEXT
			 : Tss2_Tcti_GetPollHandles(w->below, handles, count);
}

static TSS2_RC
set_locality(TSS2_TCTI_CONTEXT *context, uint8_t locality)
{
	struct wire *w = wire_of(context);

	return w == NULL ? TSS2_TCTI_RC_BAD_CONTEXT : Tss2_Tcti_SetLocality(w->below, locality);
}

static TSS2_RC
make_sticky(TSS2_TCTI_CONTEXT *context, TPM2_HANDLE *handle, uint8_t sticky)
{
	struct wire *w = wire_of(context);

	return w == NULL ? TSS2_TCTI_RC_BAD_CONTEXT
			 : Tss2_Tcti_MakeSticky(w->below, handle, sticky);
}

CK_RV
wire_new(TSS2_TCTI_CONTEXT *below, struct wire **out)
{
	struct wire *w = calloc(1, sizeof *w);
	CK_RV rv = CKR_OK;

	if (w == NULL)
		return CKR_HOST_MEMORY;
	if ((rv = crypto_open()) != CKR_OK) {
		free(w);
		return rv;
	}
	w->below = below;
	w->tcti = (TSS2_TCTI_CONTEXT_COMMON_V2){
		.v1 = { TCTI_MAGIC, 2, transmit, receive, finalize, cancel, get_poll_handles,
			set_locality },
		.makeSticky = make_sticky,
	};
	*out = w;
	return CKR_OK;
}

void
wire_free(struct wire *w, bool flush)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < WIRE_SESSIONS; i++) {
		if (flush)
			wire_session_flush(w, &w->sessions[i]);
		wire_session_drop(&w->sessions[i], false);
	}
	share_key_clear(&w->salt.key);
	free(w->names);
	mem_wipe(w, sizeof *w);
	free(w);
	crypto_close();
}

void
wire_way_set(struct wire *w, TSS2_TCTI_CONTEXT *below)
{
	w->below = below;
	if (below != NULL)
		wire_files_note(w);
}

TSS2_TCTI_CONTEXT *
wire_tcti(struct wire *w)
{
	return (TSS2_TCTI_CONTEXT *)(void *)&w->tcti;
}

void
wire_forget_live(struct wire *w)
{
	for (size_t i = 0; i < WIRE_SESSIONS; i++)
		if (w->sessions[i].state != SESSION_SAVED)
			wire_session_drop(&w->sessions[i], false);
}

void
wire_forget_sessions(struct wire *w)
{
	for (size_t i = 0; i < WIRE_SESSIONS; i++)
		wire_session_drop(&w->sessions[i], false);
	wire_end(w);
}
