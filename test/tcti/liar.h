/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TCTI that alters what the TPM answers: what someone between the process
 * and the TPM can do.
 */
#ifndef TEST_TCTI_LIAR_H
#define TEST_TCTI_LIAR_H

#include <tss2/tss2_tcti.h>

#include "base/bytes.h"

enum lie {
	LIE_NONE,
	LIE_BYTE,      /* one bit of the byte at liar.at */
	LIE_PARAM,     /* one bit of the parameters */
	LIE_HMAC,      /* one bit of the HMAC */
	LIE_NONCE,     /* one bit of the TPM's nonce */
	LIE_ATTRIBUTE, /* the session's attributes */
	LIE_CODE,      /* an error's code becomes success */
	LIE_REPLAY,    /* the answer before, once more */
	LIE_SWAP,      /* the answer before now, and this one next time */
	LIE_STRIP,     /* no sessions in the answer */
	LIE_SHORT,     /* the last byte is missing, and the size says so */
	LIE_SIZE,      /* the size says one more */
	LIE_LOST,      /* "there is no such session", the command does not run */
	LIE_FAIL,      /* the command ran, but the answer is TPM_RC_FAILURE */
	LIE_COUNT
};

struct liar {
	TSS2_TCTI_CONTEXT_COMMON_V2 tcti; /* first */
	TSS2_TCTI_CONTEXT *below;
	enum lie lie;  /* about the next answer of code; then none */
	uint32_t code; /* 0: any command that has sessions */
	size_t at;     /* LIE_BYTE */
	uint32_t sent; /* code of the command in flight */
	bool sent_sessions;
	bool silent;                            /* the command was not passed on */
	uint8_t answer[TPM2_MAX_RESPONSE_SIZE]; /* altered, until it is taken */
	size_t answer_len;
	uint8_t previous[TPM2_MAX_RESPONSE_SIZE];
	size_t previous_len;
	uint8_t held[TPM2_MAX_RESPONSE_SIZE]; /* LIE_SWAP: what comes next time */
	size_t held_len;
};

void liar_init(struct liar *l, TSS2_TCTI_CONTEXT *below);
TSS2_TCTI_CONTEXT *liar_tcti(struct liar *l);

#endif
