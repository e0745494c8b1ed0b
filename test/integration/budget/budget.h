/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command budgets as rows: what is called, and how many TPM commands it may
 * take in each kind of place. A room is what one process does, about one subject.
 */
#ifndef TEST_INTEGRATION_BUDGET_BUDGET_H
#define TEST_INTEGRATION_BUDGET_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SLOTS_MAX = 16, DIGEST_LEN = 32, SIGNATURE_LEN = 64, RSA_LEN = 256 };

/* Who makes room in the TPM, and whether the parent is loaded or made anew by each process. */
enum place { MANAGED, BARE, PRIMARY_MANAGED, PRIMARY_BARE, PLACES };

struct budget {
	void *dl;
	CK_FUNCTION_LIST *f;
	const char *log;
	const char *label;
	const char *pin;
	enum place place;
	CK_SLOT_ID slots[SLOTS_MAX]; /* those with a token */
	CK_ULONG slot_count;
	CK_SLOT_ID slot; /* of the token under test */
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key; /* what the rows of a room pass on */
	CK_OBJECT_HANDLE public_key;
	CK_OBJECT_HANDLE other_key;
	CK_BYTE signature[SIGNATURE_LEN];
	CK_BYTE out[2048 + 16];
	CK_ULONG out_len;
	unsigned seen; /* commands logged so far */
	unsigned cases;
	unsigned failures;
};

struct row {
	const char *what; /* NULL: it prepares the next one, and may cost anything */
	void (*call)(struct budget *b);
	unsigned cost[PLACES];
	unsigned per_token; /* more for each token in the store */
};

#define ALL(n)                                                                                     \
	{                                                                                          \
		n, n, n, n                                                                         \
	}

/* Each ends with a row without call. */
extern const struct row look_rows[];
extern const struct row sign_rows[];
extern const struct row rsa_rows[];
extern const struct row secret_rows[];
extern const struct row move_rows[];
extern const struct row random_rows[];
/* process.c: how a process can end. */
extern const struct row looked_rows[];
extern const struct row logged_in_rows[];
extern const struct row signed_rows[];
extern const struct row logged_out_rows[];
extern const struct row two_keys_rows[];
extern const struct row turns_rows[];
extern const struct row everywhere_rows[];

/* --- client.c: what several rooms call; anything but CKR_OK ends the test --- */

extern CK_BYTE digest[DIGEST_LEN];
extern CK_BYTE p256[10]; /* CKA_EC_PARAMS */

void must(const char *what, CK_RV rv);
void load_module(struct budget *b, const char *path);
const CK_FUNCTION_LIST_3_2 *functions_3_2(struct budget *b);

void initialize(struct budget *b);
void finalize(struct budget *b);
void list_slots(struct budget *b);
void open_session(struct budget *b);
void login(struct budget *b);
void start(struct budget *b); /* from C_Initialize to C_Login */
/* The newest token object of this class; 0: there is none. */
CK_OBJECT_HANDLE find_one(struct budget *b, CK_SESSION_HANDLE h, CK_OBJECT_CLASS class);
/* On the token; to key and public_key. */
void generate_ec(struct budget *b, CK_BBOOL always_authenticate);
void sign_init(struct budget *b);
void sign_size(struct budget *b);
void sign_now(struct budget *b);
void sign(struct budget *b); /* all three */
void drop_pair(struct budget *b);
void draw_random(struct budget *b);

#endif
