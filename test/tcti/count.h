/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TCTI over any other that counts the commands, records the bytes, injects
 * faults, delays, and hides what a real chip would not have.
 */
#ifndef TEST_TCTI_COUNT_H
#define TEST_TCTI_COUNT_H

#include <stdio.h>

#include <tss2/tss2_tcti.h>

#include "base/bytes.h"
#include "tcti/held.h"
#include "tcti/hide.h"

enum { COUNT_ROWS = 256, COUNT_FAULTS = 16, COUNT_DELAYS = 32 };

/*
 * The nth of the commands that fit fails. rc of the TCTI layer: receive fails; another: the TPM's
 * answer.
 */
struct count_fault {
	uint32_t code; /* TPM2_CC_*, 0: any */
	unsigned nth;  /* 1: the next; 0: each */
	TSS2_RC rc;
	bool late; /* the command is sent first */
	unsigned seen;
};

struct count_delay {
	uint32_t code; /* 0: those without a row of their own */
	unsigned ms;
};

struct count {
	TSS2_TCTI_CONTEXT_COMMON_V2 tcti; /* first */
	TSS2_TCTI_CONTEXT *below;
	bool owns_below;              /* made by Tss2_TctiLdr_Initialize(), freed with this one */
	unsigned commands;            /* that came, also those that were answered here */
	unsigned by_code[COUNT_ROWS]; /* low byte of the code: all are in one row of 256 */
	bool record;
	struct buf recorded; /* all bytes of commands and answers */
	FILE *log;           /* "Sign 0x15d 0x0 1 1", a line a command */
	FILE *dump;          /* all bytes, too */
	struct count_fault faults[COUNT_FAULTS];
	size_t fault_count;
	struct count_delay delays[COUNT_DELAYS];
	size_t delay_count;
	struct hide hide;
	struct held held;
	unsigned objects;  /* in the TPM when the command in flight was sent */
	unsigned sessions; /* likewise */
	uint32_t code; /* of the command in flight */
	TSS2_RC fake;  /* its answer, when it is not sent */
	TSS2_RC late;  /* its answer, when it was */
	bool faked;
	bool pending;
};

void count_init(struct count *c, TSS2_TCTI_CONTEXT *below);
void count_clear(struct count *c);
TSS2_TCTI_CONTEXT *count_tcti(struct count *c);

/* Commands of this code so far. */
unsigned count_of(const struct count *c, uint32_t code);
/* Start counting and recording again. */
void count_reset(struct count *c);
/* False: no room for another. */
bool count_fault_add(struct count *c, uint32_t code, unsigned nth, TSS2_RC rc);
/* The fault that was added last comes after its command ran. */
void count_fault_late(struct count *c);
bool count_delay_add(struct count *c, uint32_t code, unsigned ms);

#endif
