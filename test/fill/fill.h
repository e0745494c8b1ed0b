/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many objects for a test, fast: copies of one, through the token layer, so
 * that all MACs and the hash over the rows are as they would be.
 */
#ifndef TEST_FILL_FILL_H
#define TEST_FILL_FILL_H

#include "token/token.h"

/*
 * Put count copies of an object into the token of a user who is logged in. They are labelled "copy FIRST" and so on, CKA_ID is the
 * same text. Copies of a key in the TPM can be looked at, not used: their authorisation is another one.
 */
CHECKED CK_RV fill_copies(struct token *t, const struct object *of, size_t first, size_t count);

#endif
