/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots, sessions and operations, as PKCS#11 defines them, over the tokens.
 *
 * Locks: each session has one, held for one call (session_enter ..
 * session_leave); the table of slots and sessions has one, held for look-ups
 * only. Order: session, table, then those of token and core.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <time.h>

#include "base/bytes.h"

struct slots;
struct session;
struct room;

/* --- slots ---------------------------------------------------------------------------------- */

/*
 * Open the configuration and the store; nothing that is wrong with them or the TPM is an error: it
 * means that there are no slots. conf_file: NULL or a configuration file to use instead.
 * CKR_HOST_MEMORY.
 */
CHECKED CK_RV slots_open(const char *conf_file, struct slots **out);
/* Closes all sessions, which nobody may be using. NULL is fine. */
void slots_close(struct slots *s);
/*
 * Before fork: no other thread is in the store when this is true, and until the fork is over. NULL is
 * fine, if nobody is opening or closing any. False: not until end, and nothing is held.
 */
CHECKED bool slots_before_fork(struct slots *s, const struct timespec *end);
void slots_after_fork_in_parent(struct slots *s);
/*
 * In the child, at once: close its copies of what leads to the TPM. Takes no lock.
 *
 * s     NULL: the parent had none, or another thread was opening or closing them
 * held  what slots_before_fork() said
 * busy  another thread of the parent was in the module
 */
void slots_after_fork(struct slots *s, bool held, bool busy);
/* Later in the child: forget everything without touching what the parent uses. NULL is fine.
 */
void slots_abandon(struct slots *s);

/*
 * C_GetSlotList. A slot for each token, its id the token's; at the end an empty one, its id that of
 * the next token. The set changes only when list is NULL (PKCS#11 3.2, 5.5.1).
 * CKR_BUFFER_TOO_SMALL.
 */
CHECKED CK_RV slots_list(struct slots *s, CK_SLOT_ID *list, CK_ULONG *count);

/* All: CKR_SLOT_ID_INVALID. */
CHECKED CK_RV slot_info(struct slots *s, CK_SLOT_ID id, CK_SLOT_INFO *out);
CHECKED CK_RV slot_token_info(struct slots *s, CK_SLOT_ID id, CK_TOKEN_INFO *out);
CHECKED CK_RV slot_mechanisms(
	struct slots *s, CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *count);
CHECKED CK_RV slot_mechanism_info(
	struct slots *s, CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *out);
/* label: 32 bytes, padded with blanks. CKR_SESSION_EXISTS, and as token_init(). */
CHECKED CK_RV slot_init_token(
	struct slots *s, CK_SLOT_ID id, struct bytes so_pin, struct bytes label);

/* --- sessions ------------------------------------------------------------------------------- */

/* The most sessions at one time. */
#define SESSIONS_MAX 4096

/* What a call needs of its session: a row of the access table. */
enum need {
	NEED_SESSION, /* no more than a session: the token need not be initialised */
	NEED_ANY,     /* an initialised token */
	NEED_LOGIN,   /* someone is logged in */
	NEED_RW,      /* a read/write session */
	NEED_SO,      /* the security officer */
	NEEDS
};

/* After the standard's states, CKS_RO_PUBLIC_SESSION to CKS_RW_SO_FUNCTIONS: opened on a token that
 * was not initialised then. */
#define STATE_NO_TOKEN (CKS_RW_SO_FUNCTIONS + 1)

/* Is this need met in this state? CKR_OK, or the code that says why not. */
CHECKED CK_RV access_check(enum need need, CK_STATE state);

/* CKR_SESSION_PARALLEL_NOT_SUPPORTED, CKR_SESSION_ASYNC_NOT_SUPPORTED, CKR_TOKEN_NOT_RECOGNIZED
 * (the token is being initialised), CKR_SESSION_READ_WRITE_SO_EXISTS, CKR_SESSION_COUNT. */
CHECKED CK_RV session_open(
	struct slots *s, CK_SLOT_ID slot, CK_FLAGS flags, CK_SESSION_HANDLE *out);
/* Ends its operations, destroys its objects; the last one of a slot logs out. */
CHECKED CK_RV session_close(struct slots *s, CK_SESSION_HANDLE handle);
CHECKED CK_RV session_close_all(struct slots *s, CK_SLOT_ID slot);

/* Find and lock a session. CKR_SESSION_HANDLE_INVALID, and what the access table says. *out is NULL
 * then. */
CHECKED CK_RV session_enter(
	struct slots *s, CK_SESSION_HANDLE handle, enum need need, struct session **out);
/* Unlock; returns rv as a function with a session handle may return it (PKCS#11 3.2, 5.1.7). */
CHECKED CK_RV session_leave(struct session *s, CK_RV rv);

void session_info(struct session *s, CK_SESSION_INFO *out);
/* CKU_CONTEXT_SPECIFIC: for the running signature or decryption; CKR_OPERATION_NOT_INITIALIZED if
 * there is none that wants it. */
CHECKED CK_RV session_login(struct session *s, CK_USER_TYPE user, struct bytes pin);
CHECKED CK_RV session_logout(struct session *s);
CHECKED CK_RV session_init_pin(struct session *s, struct bytes pin);
CHECKED CK_RV session_set_pin(struct session *s, struct bytes old_pin, struct bytes new_pin);
/* C_SessionCancel. flags: CKF_SIGN ...; those that say nothing here are ignored. */
void session_cancel(struct session *s, CK_FLAGS flags);
/* An operation other than a search is running. */
bool session_is_busy(struct session *s);
CHECKED CK_RV session_random(struct session *s, uint8_t *out, size_t len);
/* Mixed into the generator, which does not depend on it. CKR_ARGUMENTS_BAD. */
CHECKED CK_RV session_seed(struct bytes seed);

/* --- objects -------------------------------------------------------------------------------- */

CHECKED CK_RV session_object_create(
	struct session *s, const CK_ATTRIBUTE *list, CK_ULONG count, CK_OBJECT_HANDLE *out);
CHECKED CK_RV session_object_copy(struct session *s, CK_OBJECT_HANDLE handle,
	const CK_ATTRIBUTE *list, CK_ULONG count, CK_OBJECT_HANDLE *out);
CHECKED CK_RV session_object_destroy(struct session *s, CK_OBJECT_HANDLE handle);
CHECKED CK_RV session_object_size(
	struct session *s, CK_OBJECT_HANDLE handle, CK_ULONG *size);
CHECKED CK_RV session_object_read(
	struct session *s, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *list, CK_ULONG count);
CHECKED CK_RV session_object_change(
	struct session *s, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *list, CK_ULONG count);

CHECKED CK_RV session_generate_key(struct session *s, const CK_MECHANISM *mechanism,
	const CK_ATTRIBUTE *list, CK_ULONG count, CK_OBJECT_HANDLE *out);

struct template
{
	const CK_ATTRIBUTE *list;
	CK_ULONG count;
};
/* C_DeriveKey; where the mechanism's parameters ask for more keys: all of them or none, and the handle of one whose template is to blame
 * becomes CK_INVALID_HANDLE. */
CHECKED CK_RV session_derive_key(struct session *s, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE base, const struct template *t, CK_OBJECT_HANDLE *out);
/* C_EncapsulateKey; room: for the ciphertext, as below. No room: no key. */
CHECKED CK_RV session_encapsulate_key(struct session *s, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE key, const struct template *t, const struct room *room,
	CK_OBJECT_HANDLE *out);
CHECKED CK_RV session_decapsulate_key(struct session *s, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE key, const struct template *t, struct bytes cipher, CK_OBJECT_HANDLE *out);

/* C_WrapKey. The length that is told beforehand is the most that it can be. */
CHECKED CK_RV session_wrap_key(struct session *s, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, const struct room *out);
CHECKED CK_RV session_unwrap_key(struct session *s, const CK_MECHANISM *mechanism,
	CK_OBJECT_HANDLE unwrapping_key, struct bytes wrapped, const struct template *t,
	CK_OBJECT_HANDLE *out);

struct pair_request {
	const CK_MECHANISM *mechanism;
	const CK_ATTRIBUTE *public;
	CK_ULONG public_count;
	const CK_ATTRIBUTE *private;
	CK_ULONG private_count;
};
CHECKED CK_RV session_generate_pair(struct session *s, const struct pair_request *rq,
	CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private);

/* --- operations ----------------------------------------------------------------------------- */

/*
 * Each kind runs at most once in a session. An initialisation with mechanism NULL cancels what is
 * running. Calls with an output: room->ptr NULL asks for the length, a short buffer is
 * CKR_BUFFER_TOO_SMALL, and neither consumes anything; any other result ends the operation.
 */
struct room {
	CK_BYTE *ptr;  /* NULL: tell the length */
	CK_ULONG *len; /* in: bytes at ptr; out: bytes needed or written */
};

CHECKED CK_RV op_digest_init(struct session *s, const CK_MECHANISM *m);
CHECKED CK_RV op_digest(struct session *s, struct bytes data, const struct room *out);
CHECKED CK_RV op_digest_update(struct session *s, struct bytes part);
/* CKR_KEY_INDIGESTIBLE: no secret key, or one whose value can not be read. */
CHECKED CK_RV op_digest_key(struct session *s, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_digest_final(struct session *s, const struct room *out);

/*
 * C_GetOperationState, of a digest: 16 bytes, which mean something in this process only, until
 * C_Finalize or 256 others. CKR_OPERATION_NOT_INITIALIZED, CKR_STATE_UNSAVEABLE: something else is
 * running, too.
 */
CHECKED CK_RV op_state_save(struct session *s, const struct room *out);
/* C_SetOperationState: everything that runs ends, and the digest goes on from there. with_keys: the
 * caller gave a key. CKR_SAVED_STATE_INVALID, CKR_KEY_NOT_NEEDED. */
CHECKED CK_RV op_state_restore(struct session *s, struct bytes state, bool with_keys);

CHECKED CK_RV op_sign_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_sign(struct session *s, struct bytes data, const struct room *out);
CHECKED CK_RV op_sign_update(struct session *s, struct bytes part);
CHECKED CK_RV op_sign_final(struct session *s, const struct room *out);

CHECKED CK_RV op_verify_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_verify(struct session *s, struct bytes data, struct bytes signature);
CHECKED CK_RV op_verify_update(struct session *s, struct bytes part);
CHECKED CK_RV op_verify_final(struct session *s, struct bytes signature);

/* op_decrypt: the length that is told beforehand is the most that it can be. */
CHECKED CK_RV op_encrypt_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_encrypt(struct session *s, struct bytes data, const struct room *out);
CHECKED CK_RV op_encrypt_update(struct session *s, struct bytes part, const struct room *out);
CHECKED CK_RV op_encrypt_final(struct session *s, const struct room *out);

CHECKED CK_RV op_decrypt_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_decrypt(struct session *s, struct bytes data, const struct room *out);
CHECKED CK_RV op_decrypt_update(struct session *s, struct bytes part, const struct room *out);
CHECKED CK_RV op_decrypt_final(struct session *s, const struct room *out);

/*
 * Two operations at once: both must run (CKR_OPERATION_NOT_INITIALIZED), and both go on, or, if
 * nothing is put out, neither.
 */
CHECKED CK_RV op_digest_encrypt_update(
	struct session *s, struct bytes part, const struct room *out);
CHECKED CK_RV op_decrypt_digest_update(
	struct session *s, struct bytes part, const struct room *out);
CHECKED CK_RV op_sign_encrypt_update(struct session *s, struct bytes part, const struct room *out);
CHECKED CK_RV op_decrypt_verify_update(
	struct session *s, struct bytes part, const struct room *out);

CHECKED CK_RV op_sign_recover_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_sign_recover(struct session *s, struct bytes data, const struct room *out);
/* As with op_decrypt: the most that the data can be is told. */
CHECKED CK_RV op_verify_recover_init(
	struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_verify_recover(struct session *s, struct bytes signature, const struct room *out);

/* The signature comes first. CKR_SIGNATURE_LEN_RANGE: it can not be one of this key. */
CHECKED CK_RV op_verify_signature_init(struct session *s, const CK_MECHANISM *m,
	CK_OBJECT_HANDLE key, struct bytes signature);
CHECKED CK_RV op_verify_signature(struct session *s, struct bytes data);
CHECKED CK_RV op_verify_signature_update(struct session *s, struct bytes part);
CHECKED CK_RV op_verify_signature_final(struct session *s);

/*
 * Many messages with one key. parameter_len: of what the caller gives with each message; none of the
 * mechanisms has such parameters: CKR_MECHANISM_PARAM_INVALID. An error ends the message only.
 * The begin and next calls are for mechanisms that hash: CKR_FUNCTION_NOT_SUPPORTED.
 */
CHECKED CK_RV op_message_sign_init(struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_sign_message(
	struct session *s, size_t parameter_len, struct bytes data, const struct room *out);
CHECKED CK_RV op_sign_message_begin(struct session *s, size_t parameter_len);
/* out->len NULL: there is more to come. */
CHECKED CK_RV op_sign_message_next(
	struct session *s, size_t parameter_len, struct bytes part, const struct room *out);
CHECKED CK_RV op_message_sign_final(struct session *s); /* CKR_OPERATION_ACTIVE: within a message */

CHECKED CK_RV op_message_verify_init(
	struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_verify_message(
	struct session *s, size_t parameter_len, struct bytes data, struct bytes signature);
CHECKED CK_RV op_verify_message_begin(struct session *s, size_t parameter_len);
/* signature.ptr NULL: there is more to come. */
CHECKED CK_RV op_verify_message_next(
	struct session *s, size_t parameter_len, struct bytes part, struct bytes signature);
CHECKED CK_RV op_message_verify_final(struct session *s);

/* What comes with a message that is encrypted. */
struct message {
	void *parameter; /* CK_GCM_MESSAGE_PARAMS */
	size_t parameter_len;
	struct bytes aad; /* what is not encrypted, but verified; with a message's first call only */
};

/*
 * Many messages with one key. The mechanism's own parameter may be missing. Encrypting writes the
 * IV, if it made one, and the tag to where the parameter says. An error ends the message only. No
 * plaintext is put out before the tag has been checked. CKR_MECHANISM_PARAM_INVALID: also when
 * there is no IV left that has not been used; CKR_AEAD_DECRYPT_FAILED.
 */
CHECKED CK_RV op_message_encrypt_init(
	struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_encrypt_message(
	struct session *s, const struct message *m, struct bytes data, const struct room *out);
CHECKED CK_RV op_encrypt_message_begin(struct session *s, const struct message *m);
/* last: it is the last part, and the tag is made. */
CHECKED CK_RV op_encrypt_message_next(struct session *s, const struct message *m, struct bytes part,
	const struct room *out, bool last);
/* CKR_OPERATION_ACTIVE: within a message. */
CHECKED CK_RV op_message_encrypt_final(struct session *s);

CHECKED CK_RV op_message_decrypt_init(
	struct session *s, const CK_MECHANISM *m, CK_OBJECT_HANDLE key);
CHECKED CK_RV op_decrypt_message(
	struct session *s, const struct message *m, struct bytes data, const struct room *out);
CHECKED CK_RV op_decrypt_message_begin(struct session *s, const struct message *m);
CHECKED CK_RV op_decrypt_message_next(struct session *s, const struct message *m, struct bytes part,
	const struct room *out, bool last);
CHECKED CK_RV op_message_decrypt_final(struct session *s);

CHECKED CK_RV op_find_init(struct session *s, const CK_ATTRIBUTE *list, CK_ULONG count);
CHECKED CK_RV op_find(struct session *s, CK_OBJECT_HANDLE *list, CK_ULONG room, CK_ULONG *count);
CHECKED CK_RV op_find_final(struct session *s);

#endif
