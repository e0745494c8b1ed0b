/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys outside the TPM: what to do when more are used than it has slots. A key
 * that is loaded a second time is worth a ContextSave, if on this TPM
 * ContextLoad costs less than Load; both are measured. In memory only; the TPM
 * encrypts a context, checks it, and asks for the authorisation at use as ever.
 *
 * Callers hold the tpm lock. Not behind a resource manager, which does the same.
 */
#ifndef TPM_SAVED_H
#define TPM_SAVED_H

#include "base/alg.h"

enum { SAVED_MAX = 512, SAVED_DIGEST = 32 };

struct saved_key {
	uint8_t public[SAVED_DIGEST];
	uint8_t private[SAVED_DIGEST];
	struct buf context; /* TPMS_CONTEXT, marshalled; empty: it was loaded once */
	uint64_t used;
};

/* What a command takes, in microseconds, by its last ones; 0: not measured. */
struct saved_costs {
	uint64_t load;
	uint64_t context;
};

struct saved {
	struct saved_key *keys; /* SAVED_MAX of them, or NULL */
	size_t count;
	uint64_t clock;
	uint64_t asked;
	struct saved_costs costs;
};

/* NULL: it was not loaded before, or long ago. */
struct saved_key *saved_find(struct saved *s, struct bytes public, struct bytes private);
/* In the place of the one that was not used for longest. NULL: no memory, which is no matter. */
struct saved_key *saved_add(struct saved *s, struct bytes public, struct bytes private);
/* Forget a key and its copies. */
void saved_forget(struct saved *s, struct bytes public);
/* Forget all keys: the TPM was reset. What commands cost is still known. */
void saved_clear(struct saved *s);

/* One more duration. */
void saved_measure(uint64_t *cost, uint64_t took);
/* Is a context the cheaper way? Now and then the dearer one is taken: what it costs may have
 * changed. */
CHECKED bool saved_pays(struct saved *s);

#endif
