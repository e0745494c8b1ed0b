/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the token layer share: a store in a directory of its own,
 * the fake TPM, one token with both PINs, and the raw file behind the store.
 */
#ifndef TEST_UNIT_TOKEN_FIXTURE_H
#define TEST_UNIT_TOKEN_FIXTURE_H

#include "unit.h"

#include "fake_tpm.h"
#include "token/token.h"

#define SO_PIN   LITERAL("so-pin-1")
#define USER_PIN LITERAL("user-pin-1")

struct fixture {
	char dir[64];
	char conf[96];
	char store[96];
	struct core *core;
	struct token *token;
};

/* cmocka's setup and teardown; *state is a struct fixture. */
int fixture_empty(void **state); /* core open, no store */
int fixture_token(void **state); /* and a token "one" with SO and user PIN; nobody is logged in */
int fixture_user(void **state);  /* and the user logged in */
int fixture_close(void **state);

struct token *fixture_init(struct core *c, const char *label);
/* Close and open the core, so that nothing is in memory. */
void fixture_reopen(struct fixture *f);
/* SQL on the file, past all layers. Sees to it that something changed. */
void fixture_sql(const struct fixture *f, const char *sql);
/* Does the file, or what lies beside it, hold these bytes? */
bool fixture_file_has(const struct fixture *f, struct bytes needle);

/* object_derive() of one key, for a session. */
CK_RV derive_one(struct fixture *f, const struct derivation *d, const struct attrs *given,
	struct object **out);

/* Templates. */
void give(struct attrs *a, uint64_t type, struct bytes value);
void give_bool(struct attrs *a, uint64_t type, bool v);
void give_u64(struct attrs *a, uint64_t type, uint64_t v);

/* A CKO_DATA object with label and value "value of LABEL"; the handle. */
uint64_t make_data(struct fixture *f, const char *label, bool token, bool private);
/* A P-256 pair on the token; the private key's handle. */
uint64_t make_ec(struct fixture *f, const char *label);
CK_RV try_ec(struct token *t, const struct attrs *private, bool token, struct object **public_out,
	struct object **private_out);
/* Sign 32 bytes with the key, verify with its public half. */
CK_RV try_sign(struct token *t, uint64_t handle, struct bytes context);
/* How many objects a search for this label finds; the last one's handle in *handle (NULL is fine).
 */
size_t find_label(struct token *t, const char *label, uint64_t *handle);
/* How many objects (of at most 16) have this value; the first one's handle, 0 if there is none. */
size_t find_one(struct token *t, uint64_t type, struct bytes value, uint64_t *handle);
struct bytes label_of(const struct object *o);
CK_RV try_get(struct token *t, uint64_t handle); /* and give back */

#endif
