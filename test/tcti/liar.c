/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lying TCTI. Answers that it alters have one session, of SHA-256: at the
 * end are size and nonce, attributes, size and HMAC.
 */
#include "config.h"

#include <string.h>

#include "tcti/liar.h"

#define LIAR_MAGIC UINT64_C(0x746f6b656e6c6965)

enum { HEADER = 10, DIGEST = 32, AUTH = 2 + DIGEST + 1 + 2 + DIGEST };

static struct liar *
liar_from(TSS2_TCTI_CONTEXT *context)
{
	return (struct liar *)(void *)context;
}

static TSS2_RC
transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
	struct liar *l = liar_from(context);
	struct reader r = reader_of(bytes_of(command, size));

	l->sent_sessions = read_u16(&r) == TPM2_ST_SESSIONS;
	(void)read_u32(&r);
	l->sent = read_u32(&r);
	l->silent = l->lie == LIE_LOST && l->sent_sessions && (l->code == 0 || l->code == l->sent);
	return l->silent ? TSS2_RC_SUCCESS : Tss2_Tcti_Transmit(l->below, size, command);
}

static size_t
put_error(uint8_t *answer, uint32_t code)
{
	put_u16(answer, TPM2_ST_NO_SESSIONS);
	put_u32(answer + 2, HEADER);
	put_u32(answer + 6, code);
	return HEADER;
}

static size_t
put_other(uint8_t *answer, const uint8_t *other, size_t other_len)
{
	memcpy(answer, other, other_len);
	return other_len;
}

static size_t
strip(uint8_t *answer, size_t len)
{
	/* Header and parameters, without the parameters' size and the sessions. */
	size_t rest = len - HEADER - 4 - AUTH;

	memmove(answer + HEADER, answer + HEADER + 4, rest);
	put_u16(answer, TPM2_ST_NO_SESSIONS);
	put_u32(answer + 2, (uint32_t)(HEADER + rest));
	return HEADER + rest;
}

static size_t
tell(struct liar *l, uint8_t *answer, size_t len)
{
	switch (l->lie) {
	case LIE_BYTE:
		answer[l->at] ^= 1;
		return len;
	case LIE_PARAM:
		answer[len - AUTH - 1] ^= 1;
		return len;
	case LIE_HMAC:
		answer[len - 1] ^= 1;
		return len;
	case LIE_NONCE:
		answer[len - AUTH + 2] ^= 1;
		return len;
	case LIE_ATTRIBUTE:
		answer[len - 2 - DIGEST - 1] ^= 1;
		return len;
	case LIE_REPLAY:
		return put_other(answer, l->previous, l->previous_len);
	case LIE_SWAP:
		l->held_len = put_other(l->held, answer, len);
		return put_other(answer, l->previous, l->previous_len);
	case LIE_STRIP:
		return strip(answer, len);
	case LIE_SHORT:
		put_u32(answer + 2, (uint32_t)len - 1);
		return len - 1;
	case LIE_SIZE:
		put_u32(answer + 2, (uint32_t)len + 1);
		return len;
	case LIE_CODE:
		put_u32(answer + 6, TPM2_RC_SUCCESS);
		return len;
	case LIE_FAIL:
		return put_error(answer, TPM2_RC_FAILURE);
	default:
		return len;
	}
}

static bool
lie_now(const struct liar *l, const uint8_t *answer, size_t len)
{
	bool sessions = len > HEADER + 4 + AUTH && answer[1] == (TPM2_ST_SESSIONS & 0xff);

	if (l->lie == LIE_NONE || (l->code != 0 && l->code != l->sent))
		return false;
	if (l->lie == LIE_CODE)
		return l->sent_sessions && len == HEADER;
	return l->code != 0 ? len > HEADER : sessions;
}

static size_t
alter(struct liar *l, uint8_t *answer, size_t len)
{
	uint8_t truth[TPM2_MAX_RESPONSE_SIZE];
	size_t truth_len = put_other(truth, answer, len);

	if (l->held_len > 0 && l->sent_sessions) {
		len = put_other(answer, l->held, l->held_len);
		l->held_len = 0;
	} else if (lie_now(l, answer, len)) {
		len = tell(l, answer, len);
		l->lie = LIE_NONE;
	}
	if (l->sent_sessions)
		l->previous_len = put_other(l->previous, truth, truth_len);
	return len;
}

static TSS2_RC
fetch(struct liar *l, int32_t timeout)
{
	size_t len = sizeof l->answer;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (l->silent) {
		l->lie = LIE_NONE;
		l->answer_len = put_error(l->answer, TPM2_RC_REFERENCE_S0);
		return TSS2_RC_SUCCESS;
	}
	if ((rc = Tss2_Tcti_Receive(l->below, &len, l->answer, timeout)) == TSS2_RC_SUCCESS)
		l->answer_len = alter(l, l->answer, len);
	return rc;
}

static TSS2_RC
receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response, int32_t timeout)
{
	struct liar *l = liar_from(context);
	size_t room = *size;
	TSS2_RC rc = l->answer_len > 0 ? TSS2_RC_SUCCESS : fetch(l, timeout);

	if (rc != TSS2_RC_SUCCESS)
		return rc;
	*size = l->answer_len;
	if (response == NULL)
		return TSS2_RC_SUCCESS;
	if (room < l->answer_len)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	memcpy(response, l->answer, l->answer_len);
	l->answer_len = 0;
	return TSS2_RC_SUCCESS;
}

void
liar_init(struct liar *l, TSS2_TCTI_CONTEXT *below)
{
	*l = (struct liar){ .below = below };
	l->tcti.v1 = (TSS2_TCTI_CONTEXT_COMMON_V1){
		.magic = LIAR_MAGIC, .version = 1, .transmit = transmit, .receive = receive
	};
}

TSS2_TCTI_CONTEXT *
liar_tcti(struct liar *l)
{
	return (TSS2_TCTI_CONTEXT *)(void *)&l->tcti;
}
