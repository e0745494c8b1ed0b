/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initialization vectors of the messages of one operation: GCM is broken when
 * one comes twice under a key, so those that are counted never do, and the ways
 * to count are not mixed.
 */
#ifndef SESSION_IV_H
#define SESSION_IV_H

#include "model/mech.h"

struct ivs {
	uint64_t count;              /* that were counted so far */
	struct message_params first; /* how the first of them was */
	struct buf base; /* IV_COUNTED: where the counting began; IV_COUNTER_XOR: the caller's IV */
};

/*
 * The IV of the next message. CKR_MECHANISM_PARAM_INVALID: all have been used that so few bits
 * make; too few bits for random ones (less than 64); counted in another way than before, which
 * could give one twice.
 */
CHECKED CK_RV ivs_next(struct ivs *v, const struct message_params *p, struct buf *iv);
void ivs_clear(struct ivs *v);

#endif
