/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of this folder share: the structures behind session.h, and
 * the rules of operations that stand in op.c once for all kinds.
 */
#ifndef SESSION_OP_H
#define SESSION_OP_H

#include <pthread.h>

#include "crypto/aes.h"
#include "crypto/crypto.h"
#include "model/mech.h"
#include "session/iv.h"
#include "session/session.h"
#include "token/token.h"

enum op_kind {
	OP_FIND,
	OP_DIGEST,
	OP_SIGN,
	OP_VERIFY,
	OP_ENCRYPT,
	OP_DECRYPT,
	OP_SIGN_RECOVER,
	OP_VERIFY_RECOVER,
	OP_VERIFY_SIGNATURE,
	OP_MESSAGE_SIGN,
	OP_MESSAGE_VERIFY,
	OP_MESSAGE_ENCRYPT,
	OP_MESSAGE_DECRYPT,
	OP_KINDS
};
enum op_state { OP_IDLE, OP_READY, OP_ASKED, OP_STREAM, OP_STATES };
enum op_call { CALL_INIT, CALL_ONE_SHOT, CALL_UPDATE, CALL_FINAL, OP_CALLS };

struct op {
	enum op_state state;
	struct scheme scheme;
	struct object *key;    /* a reference */
	struct digest *digest; /* NULL: the data is used as it is */
	struct mac *mac;       /* a secret key that signs: takes the digest's place */
	struct cipher *cipher; /* a secret key that encrypts; NULL in a stream: it is at its end */
	struct find *find;
	struct buf context; /* context-specific login */
	bool kept;          /* the result of input waits for a larger buffer */
	struct buf input;
	struct buf result;
	struct buf signature; /* one that is given before the data */
	struct ivs ivs;       /* of messages that are encrypted */
	unsigned logouts;     /* of the slot, when the operation began */
};

struct slot {
	CK_SLOT_ID id;
	struct token *token; /* NULL: the empty slot; once set it stays */
	/* All below under the table's lock. */
	bool listed;
	bool closed;    /* the token is being initialised: no session may be opened */
	unsigned so_enters; /* logins of the security officer that run: no R/O session may be opened */
	unsigned session_count, ro_count;
	unsigned logouts; /* how often; operations with private keys do not outlive one */
};

struct session {
	struct slots *slots;
	struct slot *slot;
	CK_SESSION_HANDLE handle; /* never given again: also the owner of session objects */
	bool rw;
	bool no_token;        /* opened on the empty slot: it stays without a token */
	unsigned refs;        /* under the table's lock */
	pthread_mutex_t lock; /* what is below */
	bool closed;
	struct op op[OP_KINDS];
};

/* --- slot.c ------------------------------------------------------------------------------------
 */

/* A session slot in the table; its handle is handle_of(generation, index). */
struct entry {
	CK_SESSION_HANDLE generation; /* of the last session in it */
	struct session *session;
};

/* A digest that C_GetOperationState has saved. */
#define STATE_ID_LEN 16
#define STATES_MAX   256

struct saved_state {
	uint8_t id[STATE_ID_LEN]; /* what the caller has of it */
	const struct token *token;
	CK_STATE session;
	enum op_state op;
	enum hash hash;
	struct digest *digest; /* NULL: none is saved here */
};

struct states {
	struct saved_state list[STATES_MAX];
	size_t next; /* the place of the next one: the oldest goes */
};

struct slots {
	pthread_mutex_t lock;
	struct core *core;  /* NULL: configuration unusable, no slots */
	struct slot **list; /* entries never move */
	size_t count;
	struct entry *entries;
	size_t entry_count;
	struct states states;
};

/* The slot with this id; NULL if there is none. The table's lock is held. */
struct slot *slot_find(struct slots *s, CK_SLOT_ID id);
/* What the token's TPM can do; false: not known. */
bool slot_caps(const struct slot *slot, struct tpm_caps *caps);

/* --- session.c ---------------------------------------------------------------------------------
 */

CK_STATE session_state(struct session *s);
/* CKR_TOKEN_WRITE_PROTECTED, CKR_SESSION_READ_ONLY: token objects can not be written. */
CHECKED CK_RV session_may_write(struct session *s);
/* Log out, if someone is in: private handles die, operations with them end. */
CHECKED CK_RV slot_logout(struct slots *s, struct slot *slot);
/* The same, if no session is left. */
CHECKED CK_RV slot_logout_if_empty(struct slots *s, struct slot *slot);
unsigned slot_logouts(struct slots *s, struct slot *slot);

/* --- op_state.c --------------------------------------------------------------------------------
 */

/* All of them. */
void states_free(struct states *t);

/* --- session_object.c --------------------------------------------------------------------------
 */

/* A template, and the right to make what it describes. */
CHECKED CK_RV session_template(
	struct session *s, const CK_ATTRIBUTE *list, CK_ULONG count, struct attrs *out);

/* --- op.c --------------------------------------------------------------------------------------
 */

/* May this call come now? An operation with a private key that a logout has ended is gone here, and
 * so is one that is in parts when it is asked for at once, or the other way round. */
CHECKED CK_RV op_may(struct session *s, enum op_kind kind, enum op_call call);
/*
 * The size rule: is there room for needed bytes? *enough false: the result is the answer to the
 * caller, with *room->len = needed. CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL.
 */
CHECKED CK_RV op_room(const struct room *room, size_t needed, bool *enough);
/* The end rule: the operation goes on after CKR_BUFFER_TOO_SMALL, and after CKR_OK if there is more
 * to come. */
CHECKED CK_RV op_settle(struct op *op, CK_RV rv, bool more);
void op_end(struct op *op);
/* An Init function without a mechanism ends what runs; CKR_ARGUMENTS_BAD: nothing does. */
CHECKED CK_RV op_cancel(struct op *op);
/* Hand out what fits: op_room() has said so. */
void op_put(const struct room *room, const struct buf *content);
/* The caller's data is there if it has a length, and a length that memory can have. */
CHECKED CK_RV op_data(struct bytes data);
/*
 * Begin an operation with a key: the checks of C_SignInit and its siblings. use: CKF_SIGN ...
 * CKR_MECHANISM_INVALID, CKR_KEY_HANDLE_INVALID, and as mech_fits() and mech_scheme().
 */
CHECKED CK_RV op_begin_keyed(struct session *s, enum op_kind kind, CK_FLAGS use,
	const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
/* The first of them: the mechanism's row, and the key, which this mechanism may use so. On failure
 * what is there already is left for op_end(). */
CHECKED CK_RV op_begin_key(struct session *s, struct op *op, CK_FLAGS use, CK_MECHANISM_TYPE type,
	CK_OBJECT_HANDLE key, const struct mech **m);
/* Its key is a secret key: op->mac or op->cipher computes. */
bool op_key_is_secret(const struct op *op);
/* The mechanism's row if it is supported here; CKR_MECHANISM_INVALID. */
CHECKED CK_RV op_mech(struct session *s, CK_MECHANISM_TYPE type, const struct mech **out);
/* A part of the data into the running hash; CKR_FUNCTION_NOT_SUPPORTED for single-part mechanisms.
 */
CHECKED CK_RV op_update(struct session *s, enum op_kind kind, struct bytes part);
/* Does it take its data in parts? */
bool op_has_parts(const struct op *op);
/* The same without questions: it has parts, and may have one now. */
CHECKED CK_RV op_feed(struct op *op, struct bytes part);
/* The last data, if any, and the verdict: it ends the operation. */
CHECKED CK_RV op_verify_finish(struct session *s, enum op_kind kind, enum op_call call,
	struct bytes data, struct bytes signature);
/* The last data, if any, and the signature or the verdict; the operation goes on. */
CHECKED CK_RV op_sign_data(
	struct session *s, struct op *op, struct bytes data, const struct room *out);
CHECKED CK_RV op_verify_data(struct op *op, struct bytes data, struct bytes signature);
/* What is signed or verified: the digest of data or of what was streamed, or data itself. own:
 * keeps it if it is new. */
CHECKED CK_RV op_input(struct op *op, struct bytes data, struct buf *own, struct bytes *input);

/* --- op_cipher_parts.c -------------------------------------------------------------------------
 */

/*
 * A part through the cipher into made, if there is room for what that gives; *enough false: the
 * result is the answer to the caller, and nothing has happened, or the operation has ended.
 */
CHECKED CK_RV op_cipher_part(struct session *s, enum op_kind kind, struct bytes part,
	const struct room *out, struct buf *made, bool *enough);
/* Is the length of a decryption known beforehand? Not where it takes a padding off. */
bool op_cipher_is_exact(const struct op *op);

/* --- op_mac.c ----------------------------------------------------------------------------------
 */

/* The MAC of data, or of what was streamed; scheme.mac_len bytes of it. */
CHECKED CK_RV op_mac_make(struct op *op, struct bytes data, struct buf *out);
/* CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID. */
CHECKED CK_RV op_mac_check(struct op *op, struct bytes data, struct bytes mac);

/* --- op_message.c ------------------------------------------------------------------------------
 */

/* The final call. CKR_OPERATION_ACTIVE: within a message. */
CHECKED CK_RV op_messages_end(struct session *s, enum op_kind kind);

#endif
