/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a TPM holds for one connection: transient objects and sessions, from
 * the bytes of the commands and answers. A resource manager in the kernel
 * would load and save all of them around each command.
 */
#ifndef TEST_TCTI_HELD_H
#define TEST_TCTI_HELD_H

#include <stdint.h>

#include "base/bytes.h"

enum { HELD_MAX = 16, HELD_ENDING_MAX = 3 };

struct held {
	uint32_t handles[HELD_MAX];
	size_t count;
	/* of the command in flight */
	uint32_t code;
	uint32_t first; /* its first handle, or what is in that place */
	uint32_t ending[HELD_ENDING_MAX];
	size_t ending_count; /* sessions that the TPM flushes when it succeeds */
};

/* A command is sent; a whole answer of the TPM came. What can not be read changes nothing. */
void held_sent(struct held *h, struct bytes command);
void held_answered(struct held *h, struct bytes answer);

unsigned held_objects(const struct held *h);
unsigned held_sessions(const struct held *h);

#endif
