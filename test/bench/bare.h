/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM without Cryptoki: ESAPI, password authorisations, the parent that
 * the module made persistent. What the other columns are compared with.
 */
#ifndef TEST_BENCH_BARE_H
#define TEST_BENCH_BARE_H

#include <tss2/tss2_esys.h>

#include "bench/bench.h"

struct bare {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
	ESYS_TR parent;
};

/* As TPM2_Create gave it. */
struct bare_key {
	TPM2B_PUBLIC *public;
	TPM2B_PRIVATE *private;
	ESYS_TR loaded; /* ESYS_TR_NONE: not */
};

void must_tss(const char *what, TSS2_RC rc);
void bare_open(struct bare *b);
void bare_close(struct bare *b);
void bare_create(struct bare *b, enum kind kind, struct bare_key *key);
void bare_load(struct bare *b, struct bare_key *key);
/* Tell ESYS the authorisation of a key that is loaded already. */
void bare_key_auth(struct bare *b, const struct bare_key *key);
void bare_flush(struct bare *b, struct bare_key *key);
/* Flushes it, too. */
void bare_key_free(struct bare *b, struct bare_key *key);
/* The signature, to be freed with Esys_Free(). */
TPMT_SIGNATURE *bare_sign(struct bare *b, const struct bare_key *key);

/* --- bare_crew.c --- */

void bare_threads_run(struct bench *unused, const struct work *w);
void bare_processes_run(struct bench *unused, const struct work *w);

#endif
