/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store: tokens and objects in one SQLite file. It knows rows, not
 * meanings: what is encrypted or authenticated is done by its callers.
 * A store has one lock of its own, a leaf; every function takes it.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <time.h>

#include "base/attrs.h"

struct store;
struct tpm_caps;

enum store_parent_kind {
	PARENT_OWNER,
	PARENT_ENDORSEMENT,
	PARENT_PLATFORM,
	PARENT_NULL,
	PARENT_PERSISTENT
};

#define STORE_LABEL_LEN  32
#define STORE_SERIAL_LEN 16
#define STORE_UID_LEN    36 /* a UUID as text */

/* A secret sealed by the TPM under one user's PIN; pub.len 0: this user has no PIN yet. */
struct seal_row {
	struct buf pub;  /* TPM2B_PUBLIC */
	struct buf priv; /* TPM2B_PRIVATE */
	struct buf salt;
	uint32_t iterations; /* PBKDF2 */
	uint32_t tries;      /* wrong PINs since the last right one */
};

struct token_row {
	int64_t id;                        /* never reused; slot ids are made from it */
	char label[STORE_LABEL_LEN + 1];   /* UTF-8, NUL-terminated, not padded */
	char serial[STORE_SERIAL_LEN + 1]; /* 16 hex digits */
	enum store_parent_kind parent_kind;
	uint32_t parent_handle;   /* persistent handle, 0 if none */
	struct buf parent_name;   /* TPM name */
	struct buf parent_public; /* TPM2B_PUBLIC */
	int64_t caps_id;          /* row of the TPM's capabilities, 0 if none */
	struct seal_row so;
	struct seal_row user;
	uint32_t flags;          /* reserved, 0 */
	struct buf objects_hash; /* incremental hash over the rows' MACs */
	struct buf mac;          /* over the fields above that must not change unnoticed */
};

struct object_row {
	int64_t id; /* never reused, ascending in order of creation */
	int64_t token;
	uint64_t class;              /* CKO_* */
	uint64_t key_type;           /* CKK_*, or CK_UNAVAILABLE_INFORMATION's 64-bit form ~0 */
	bool is_private;             /* CKA_PRIVATE: values are encrypted */
	char uid[STORE_UID_LEN + 1]; /* CKA_UNIQUE_ID */
	struct buf label_key;  /* what CKA_LABEL is searched by: the value, or a keyed hash of it */
	struct buf id_key;     /* likewise CKA_ID */
	struct buf tpm_public; /* TPM2B_PUBLIC, empty if the object is no TPM key */
	struct buf tpm_private; /* TPM2B_PRIVATE */
	struct attrs attrs;     /* values as stored: canonical, or encrypted for a private object */
	struct buf mac;
};

void token_row_free(struct token_row *row);
void object_row_free(struct object_row *row);

/*
 * path: absolute. create false: an absent file gives *out = NULL and CKR_OK (there are no tokens).
 * create true: makes the directory (0700, its parents 0755) and the file (0600).
 * A store that cannot be written is opened read-only.
 *
 * Refused, each with a sentence in the log: a directory that others may write to, a file that is
 * not a store, a damaged one, one of a newer version (CKR_DEVICE_ERROR); no permission
 * (CKR_DEVICE_ERROR). Older versions are upgraded in one transaction.
 */
CHECKED CK_RV store_open(const char *path, bool create, struct store **out);
void store_close(struct store *s);
/*
 * Before fork: no other thread is using it when this is true, and until store_after_fork_in_parent().
 * False: not until end.
 */
CHECKED bool store_before_fork(struct store *s, const struct timespec *end);
void store_after_fork_in_parent(struct store *s);
/* In the child, if store_before_fork() was true. */
void store_after_fork(struct store *s);
/* Otherwise: this process can open no store. */
void store_leave_behind(void);
/* Later in the child: forget it without changing anything that the parent uses. Leaked if a thread
 * of the parent was using it: as store_leave_behind(). */
void store_abandon(struct store *s);
bool store_is_read_only(const struct store *s);
/* Changes when another process has committed since the last call. */
CHECKED CK_RV store_version(struct store *s, uint64_t *version);

/*
 * Transactions: begin takes SQLite's write lock (waits at most the busy timeout:
 * CKR_FUNCTION_FAILED) and the store's lock until commit or rollback. Functions that change rows
 * need one. begin on a read-only store: CKR_TOKEN_WRITE_PROTECTED. Full disk: CKR_DEVICE_MEMORY,
 * rolled back.
 */
CHECKED CK_RV store_begin(struct store *s);
CHECKED CK_RV store_commit(struct store *s); /* rolled back when it fails */
void store_rollback(struct store *s);        /* harmless after commit */

/* Ids of all tokens in order of creation; *ids is malloc'ed. */
CHECKED CK_RV store_token_list(struct store *s, int64_t **ids, size_t *count);
/* CKR_TOKEN_NOT_PRESENT: no such token. */
CHECKED CK_RV store_token_get(struct store *s, int64_t id, struct token_row *out);
/* id 0: inserted, row->id is set. A label or serial that exists: CKR_ARGUMENTS_BAD. */
CHECKED CK_RV store_token_put(struct store *s, struct token_row *row);
/* With all its objects. */
CHECKED CK_RV store_token_delete(struct store *s, int64_t id);
enum store_tries { TRIES_CLEAR, TRIES_ADD, TRIES_TAKE_BACK };
/* tries of one user, in a transaction of its own: back to 0, one more, one less. The new count in
 * *tries. A count that goes up is on the disk when this returns. */
CHECKED CK_RV store_token_tries(
	struct store *s, int64_t id, bool so, enum store_tries how, uint32_t *tries);
/* Of all users of all tokens together. */
CHECKED CK_RV store_tries_sum(struct store *s, uint64_t *sum);

/* CKR_OBJECT_HANDLE_INVALID: no such object of this token. */
CHECKED CK_RV store_object_get(struct store *s, int64_t token, int64_t id, struct object_row *out);
/* id 0: inserted, row->id is set; else replaced, attributes too. */
CHECKED CK_RV store_object_put(struct store *s, struct object_row *row);
CHECKED CK_RV store_object_delete(struct store *s, int64_t token, int64_t id);

/* What SQLite can select by index; the caller compares the rest. */
struct store_query {
	int64_t token;
	int64_t after; /* only ids above */
	bool by_class;
	uint64_t class;
	bool by_label; /* label_key equals either value (as is, keyed) */
	struct bytes label_plain;
	struct bytes label_keyed; /* empty: public objects only */
	bool by_id;
	struct bytes id_plain;
	struct bytes id_keyed;
	bool by_uid;
	struct bytes uid;
	bool with_private;
};

/* At most room ids, ascending; fewer than room: there are no more. Uses indexes: the cost does not
 * grow with the store. */
CHECKED CK_RV store_object_find(
	struct store *s, const struct store_query *q, int64_t *ids, size_t room, size_t *count);
/* The MACs of all objects of a token, ascending by id: calls fn for each until it fails. */
CHECKED CK_RV store_object_macs(struct store *s, int64_t token,
	CK_RV (*fn)(void *arg, int64_t id, struct bytes mac), void *arg);
/* Stops counting at most, so that the cost does not grow with the store. */
CHECKED CK_RV store_object_count(struct store *s, int64_t token, int64_t most, uint64_t *count);

/* Capabilities by vendor and firmware: inserted or replaced; *id is the row. Needs a transaction.
 */
CHECKED CK_RV store_caps_put(struct store *s, const struct tpm_caps *caps, int64_t *id);
/* CKR_FUNCTION_FAILED: no such row. */
CHECKED CK_RV store_caps_get(struct store *s, int64_t id, struct tpm_caps *out);

#endif
