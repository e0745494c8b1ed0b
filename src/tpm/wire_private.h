/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the wire share: the state of a command in flight, our
 * sessions, and the parsed shape of commands and answers.
 */
#ifndef TPM_WIRE_PRIVATE_H
#define TPM_WIRE_PRIVATE_H

#include "base/alg.h"
#include "tpm/share.h"
#include "tpm/wire.h"

enum {
	WIRE_SESSIONS = 2,      /* ours: no command has more than two secret authorisations */
	WIRE_AUTHS = 3,         /* sessions in one command */
	WIRE_HANDLES = 3,       /* handles in one command */
	WIRE_HEADER = 10,       /* tag, size, code */
	WIRE_DIGEST = 32,       /* SHA-256: hash, HMAC and nonces of our sessions */
	WIRE_NONCES = 16,       /* made at once: the generator takes as long for one */
	WIRE_AUTH_MAX = 64,     /* longest authorisation value a TPM has */
	WIRE_NAME_MAX = 2 + 64, /* longest name: algorithm, digest */
	/* A password is replaced by a nonce and an HMAC: that much longer a command can become. */
	WIRE_MAX = TPM2_MAX_COMMAND_SIZE + WIRE_AUTHS * 2 * WIRE_DIGEST
};

/* Session attributes: TPMA_SESSION. */
enum { WIRE_CONTINUE = 0x01, WIRE_DECRYPT = 0x20, WIRE_ENCRYPT = 0x40 };

enum wire_session_state {
	SESSION_NONE,
	SESSION_LIVE,
	SESSION_SAVED, /* outside the TPM, in saved */
	SESSION_STALE /* not to be used again, but the TPM may still hold it */
};

struct wire_session {
	enum wire_session_state state;
	uint32_t handle;
	uint8_t key[WIRE_DIGEST];
	uint8_t nonce_tpm[WIRE_DIGEST];
	uint8_t nonce_caller[WIRE_DIGEST];
	struct buf saved; /* TPMS_CONTEXT: encrypted by the TPM, and good for one time */
	bool proven;      /* an answer's HMAC was right */
	bool doubted;     /* to be checked before it authorises anything */
};

/* Random numbers for the caller's nonces. */
struct wire_nonces {
	uint8_t list[WIRE_NONCES][WIRE_DIGEST];
	size_t left;
};

/* The pinned key to salt to. */
struct wire_salt {
	uint32_t handle; /* 0: none */
	struct share_key key;
};

struct wire_name {
	uint32_t handle;
	size_t len;
	uint8_t name[WIRE_NAME_MAX];
};

/* One TPMS_AUTH_COMMAND or TPMS_AUTH_RESPONSE. */
struct wire_auth {
	uint32_t handle; /* commands only */
	struct bytes nonce;
	uint8_t attributes;
	struct bytes hmac;            /* commands with a password: the password */
	struct wire_session *session; /* the one of ours that takes the password's place, or NULL */
	size_t hmac_at;               /* where our HMAC goes in the command that is sent */
};

/* A command, parsed; views into the command. */
struct wire_request {
	uint32_t code;
	bool with_sessions;
	const struct wire_command *row; /* NULL: not in the table */
	uint32_t handles[WIRE_HANDLES];
	struct wire_auth auths[WIRE_AUTHS];
	size_t auth_count;
	struct bytes params;
};

/* A successful answer to a command with sessions, parsed; views into the answer. */
struct wire_reply {
	struct bytes handles;
	struct bytes params;
	struct wire_auth auths[WIRE_AUTHS];
};

enum wire_state {
	WIRE_IDLE,
	WIRE_PASSED,  /* untouched command below: the answer passes too */
	WIRE_SENT,    /* our command below */
	WIRE_ANSWERED /* answer for ESYS ready in answer[] */
};

struct wire {
	TSS2_TCTI_CONTEXT_COMMON_V2 tcti; /* first: what ESYS holds is a pointer to it */
	TSS2_TCTI_CONTEXT *below;
	struct wire_files *files; /* NULL: nobody wants to know */
	struct wire_work *work;   /* NULL: nobody forks */
	enum wire_state state;
	const uint8_t *scratch; /* ESYS's buffer, and how far it has been written */
	size_t scratch_len;
	uint8_t *taken; /* where ESYS put the last answer */
	size_t taken_len;
	unsigned resent; /* times that the command in flight was sent again */
	bool proving;    /* the next session is checked before it authorises anything: the last was not right */
	struct wire_session sessions[WIRE_SESSIONS];
	struct wire_nonces nonces;
	struct wire_salt salt;
	struct wire_name *names;
	size_t name_count;
	size_t name_cap;
	struct wire_request request; /* views into plain[] */
	uint8_t plain[TPM2_MAX_COMMAND_SIZE];
	size_t plain_len;
	uint8_t sent[WIRE_MAX];
	size_t sent_len;
	uint8_t answer[WIRE_MAX];
	size_t answer_len;
};

/* A bounded writer into one of the wire's buffers. */
struct wire_writer {
	uint8_t *ptr;
	size_t len;
	size_t cap;
	bool failed;
};

/* --- wire_parse.c ------------------------------------------------------------------ */
struct wire_writer wire_writer_of(uint8_t *ptr, size_t cap);
void wire_put(struct wire_writer *out, struct bytes b);
void wire_put_u8(struct wire_writer *out, uint8_t v);
void wire_put_u16(struct wire_writer *out, uint16_t v);
void wire_put_u32(struct wire_writer *out, uint32_t v);
void wire_put_sized(struct wire_writer *out, struct bytes b); /* TPM2B */
/* Tag, a size to be filled in by wire_put_end(), and the code. */
void wire_put_begin(struct wire_writer *out, uint16_t tag, uint32_t code);
void wire_put_end(struct wire_writer *out);

/* False: malformed. */
CHECKED bool wire_request_read(struct bytes command, struct wire_request *out);
/*
 * The command with our sessions in the place of passwords, HMACs still zero. params_at: where its
 * parameters begin.
 */
CHECKED bool wire_request_write(struct wire_request *r, struct wire_writer *out, size_t *params_at);
/* Header of any answer. False: malformed, or an error that is more than a header. */
CHECKED bool wire_answer_rc(struct bytes answer, uint32_t *rc);
CHECKED bool wire_reply_read(
	struct bytes answer, const struct wire_request *r, struct wire_reply *out);
/* The answer as a command with passwords would have got it, in place. */
size_t wire_reply_write(
	const struct wire_reply *reply, const struct wire_request *r, uint8_t *answer);

/* Without trailing zeros: TPM 2.0 Part 1, "Authorization Values". */
struct bytes wire_trim_auth(struct bytes auth);
/* What the TPM2B at the beginning holds; empty where there is none. */
struct bytes wire_first_param(struct bytes params);

/* --- wire_session.c ---------------------------------------------------------------- */
/*
 * Start a session. *answer: the TPM's response code, 0 when the session lives. Uses sent[] and
 * answer[].
 */
CHECKED TSS2_RC wire_session_start(struct wire *w, struct wire_session *s, uint32_t *answer);
/*
 * Wipe the keys; stale: the TPM may still hold the session, so that it is flushed before the next
 * is started.
 */
void wire_session_drop(struct wire_session *s, bool stale);
/* FlushContext. Uses sent[] and answer[]. */
CHECKED bool wire_flush(struct wire *w, uint32_t handle);
/*
 * The session lives: loaded if it was saved, else started. *answer as above. Uses sent[] and answer[].
 */
CHECKED TSS2_RC wire_session_need(struct wire *w, struct wire_session *s, uint32_t *answer);
/* Failure is no matter: the TPM has forgotten it then. */
void wire_session_flush(struct wire *w, struct wire_session *s);
/* HMAC of a command or an answer. auth: without trailing zeros. */
CHECKED CK_RV wire_session_mac(const struct wire_session *s, struct bytes auth, bool answer,
	const uint8_t *parameter_hash, uint8_t attributes, uint8_t *out);
/* Encrypt (command) or decrypt (answer) a first parameter in place. */
CHECKED CK_RV wire_session_crypt(
	const struct wire_session *s, struct bytes auth, bool answer, uint8_t *data, size_t len);

/* --- wire_context.c ---------------------------------------------------------------- */
/* ContextSave, and FlushContext where that fails. */
void wire_session_save(struct wire *w, struct wire_session *s);
/* A session slot may become free, and a self-test pass. */
CHECKED bool wire_may_work_later(uint32_t answer);
/*
 * ContextLoad. *answer: the TPM's code where it may work later. The session is SESSION_NONE where it
 * cannot be had again.
 */
CHECKED TSS2_RC wire_session_load(struct wire *w, struct wire_session *s, uint32_t *answer);

/* --- wire_check.c ------------------------------------------------------------------ */
/*
 * Whether the TPM still knows the session as we do. *answer: the TPM's code where it may work later. The
 * session is SESSION_STALE if not. Uses sent[] and answer[].
 */
CHECKED TSS2_RC wire_session_check(struct wire *w, struct wire_session *s, uint32_t *answer);

/* --- wire_choose.c ----------------------------------------------------------------- */
/*
 * Give our sessions to the passwords that need protection. *count: how many; 0: the command passes
 * as it is.
 */
CHECKED TSS2_RC wire_choose(struct wire *w, size_t *count);

/* --- wire_protect.c ---------------------------------------------------------------- */
/* plain[] and request -> sent[]. The sessions live. */
CHECKED TSS2_RC wire_protect(struct wire *w);
/* Verify and decrypt answer[] and rewrite it. WIRE_RC_FORGED. */
CHECKED TSS2_RC wire_unprotect(struct wire *w);

/* --- wire_name.c ------------------------------------------------------------------- */
/*
 * The name of a handle: itself where it is permanent. self: 4 bytes of room for that. False:
 * unknown.
 */
CHECKED bool wire_name_get(const struct wire *w, uint32_t handle, uint8_t *self, struct bytes *out);

/* Whether wire_name_set() told its name. */
CHECKED bool wire_name_known(const struct wire *w, uint32_t handle);

/* --- wire_files.c ------------------------------------------------------------------ */
void wire_files_note(struct wire *w);

/* --- wire_work.c ------------------------------------------------------------------- */
/* Around what waits for the TPM. */
void wire_work_pause(struct wire *w);
void wire_work_resume(struct wire *w);

/* --- wire_flow.c ------------------------------------------------------------------- */
/* Give a command to the TCTI below. */
CHECKED TSS2_RC wire_transmit(struct wire *w, struct bytes command);
/* Send sent[] and wait for answer[]. */
CHECKED TSS2_RC wire_exchange(struct wire *w);
/* Start what sessions the request needs, protect it and send it. */
CHECKED TSS2_RC wire_send(struct wire *w);
/*
 * Until answer[] is what ESYS is to see. TSS2_TCTI_RC_TRY_AGAIN: not within timeout (ms, as a TCTI
 * takes it).
 */
CHECKED TSS2_RC wire_await(struct wire *w, int32_t timeout);
/* The command in flight is over; its secrets are wiped. */
void wire_end(struct wire *w);
/* A failure on the host as a TCTI code. */
TSS2_RC wire_rc(CK_RV rv);

#endif
