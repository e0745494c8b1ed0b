/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TPM with less: algorithms, curves, key sizes and commands that a software
 * TPM has and real chips lack.
 */
#ifndef TEST_TCTI_HIDE_H
#define TEST_TCTI_HIDE_H

#include <tss2/tss2_tcti.h>

#include "base/bytes.h"

enum { HIDE_MAX = 32 };

enum hide_kind { HIDE_ALG, HIDE_CURVE, HIDE_RSA_BITS, HIDE_COMMAND };

struct hide_row {
	enum hide_kind kind;
	uint32_t value; /* TPM2_ALG_*, TPM2_ECC_*, bits, TPM2_CC_* */
};

struct hide {
	struct hide_row rows[HIDE_MAX];
	size_t count;
};

/* False: no room for another. */
bool hide_add(struct hide *h, enum hide_kind kind, uint32_t value);
/* "SHA512", "SHA384", "P-521", "RSA-3072", or a command: "EncryptDecrypt2". False: unknown. */
bool hide_add_name(struct hide *h, const char *name);

/* What such a TPM answers to this command: 0, or its response code. */
TSS2_RC hide_command(const struct hide *h, struct bytes command);
/* Take what is hidden out of an answer to GetCapability, in place; returns its new size. */
size_t hide_answer(const struct hide *h, uint32_t code, uint8_t *answer, size_t len);

#endif
