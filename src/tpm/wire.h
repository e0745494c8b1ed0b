/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wire: a TCTI between ESYS and the TPM that every byte passes. The layer
 * above uses plain ESAPI with password authorisations; the wire turns each
 * one that is not empty into that of an HMAC session, encrypts and decrypts
 * the first parameter where the command table says that it is secret, verifies
 * every response, and hands ESYS what a password session would have given.
 * So no call can forget the protection.
 *
 * One session for the process, started at the first command that needs it,
 * salted to the public key that the store pinned: an interposer cannot put its
 * own key there. A second is started for a command with two secret
 * authorisations.
 *
 * Callers hold the tpm lock.
 * TPM 2.0 Library, Part 1, "Authorizations and Acknowledgments", "Session-based encryption".
 */
#ifndef TPM_WIRE_H
#define TPM_WIRE_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include <tss2/tss2_tcti.h>

#include "base/bytes.h"

struct wire;

/* below: the real TCTI, borrowed: finalised by the caller after wire_free(). */
CHECKED CK_RV wire_new(TSS2_TCTI_CONTEXT *below, struct wire **out);
/* flush: send FlushContext for our sessions. Wipes keys. NULL is fine. */
void wire_free(struct wire *w, bool flush);
/* The real TCTI was closed (NULL), or opened again, between commands. */
void wire_way_set(struct wire *w, TSS2_TCTI_CONTEXT *below);
/* What Esys_Initialize() gets. Lives as long as w; its finalize does nothing. */
TSS2_TCTI_CONTEXT *wire_tcti(struct wire *w);

/*
 * The key to salt the next session to: its handle in the TPM and its TPM2B_PUBLIC as pinned (ECC or
 * RSA storage key). A session that lives is kept: it is salted to a pinned key already. Without a
 * salt key and a session, commands that need protection fail.
 */
CHECKED CK_RV wire_salt_to(struct wire *w, uint32_t handle, struct bytes public);

/* ESYS keeps the last answer, in which a secret may be, until its next command: wipe it there. That ESYS context
 * lives still, and is between commands. */
void wire_forget_answer(struct wire *w);

/* The names of loaded objects, which the HMAC of a command covers. Permanent handles need none. */
CHECKED CK_RV wire_name_set(struct wire *w, uint32_t handle, struct bytes name);
void wire_name_drop(struct wire *w, uint32_t handle);

/*
 * Open descriptors of the way below, for the child of a fork. Zeros: none. Outlives the wire, and is
 * read without a lock: in a child nobody else is left.
 */
enum { WIRE_FILES = 4 };
struct wire_file {
	atomic_bool noted; /* set last */
	int fd;
	dev_t device;
	ino_t inode;
};
/* Where a TCTI connects to that does not tell its descriptors. */
struct wire_peer {
	char path[108]; /* of a socket; "": none */
	uint16_t port;  /* on this machine; 0: none */
};
struct wire_files {
	struct wire_file list[WIRE_FILES];
	struct wire_peer peer;
};
/* conf: the TCTI's string. */
void wire_files_init(struct wire_files *f, const char *conf);
/* Note in *files what is open now, and after each command that is sent; and keep it from exec(). */
void wire_watch(struct wire *w, struct wire_files *files);

/*
 * The lock of who computes, in ESYS or in the wire: not while the TPM is waited for. A process that
 * forks takes it, so that nobody is inside libcrypto then: ESYS asks it for the list of all its
 * names again and again, and a child could not even exit if that was locked.
 */
struct wire_work {
	pthread_mutex_t lock;
	bool begun; /* by who holds the tpm lock */
};
void wire_work_begin(struct wire_work *k);
void wire_work_end(struct wire_work *k);
/* Give *work back while waiting. */
void wire_work_set(struct wire *w, struct wire_work *work);

/* Before the way below is closed. */
void wire_files_forget(struct wire_files *f);
/* In a child: close its copies. Takes no lock. */
void wire_files_close(struct wire_files *f);

/* Forget the sessions, send nothing: the TPM was reset, or another process has them (fork). */
void wire_forget_sessions(struct wire *w);

/*
 * What live sessions there are goes out of the TPM, to be loaded again when it is needed: for
 * processes that take turns. Between commands only.
 */
void wire_save_sessions(struct wire *w);

/*
 * Flush one session or transient object in the TPM that is not ours, for a TPM without a resource
 * manager that has no room for another. If its owner lives, it starts anew. Between commands only.
 * False: there is none.
 */
enum wire_leftover { WIRE_OBJECT, WIRE_SESSION, WIRE_SAVED_SESSION };
CHECKED bool wire_flush_leftover(struct wire *w, enum wire_leftover kind);

/* Live sessions may be gone and their handles others': forget them. Saved ones the TPM itself knows. */
void wire_forget_live(struct wire *w);

/*
 * Return codes on TSS2_TCTI_RC_LAYER that receive gives when the answer is not the TPM's:
 * the HMAC does not fit, the answer is malformed, or the session was replaced. Nothing of such an
 * answer is passed on.
 */
#define WIRE_RC_FORGED TSS2_TCTI_RC_BAD_VALUE
/*
 * transmit: the wire cannot protect this command (no salt key, an object without a name, an unknown
 * command with sessions), so it was not sent.
 */
#define WIRE_RC_REFUSED TSS2_TCTI_RC_NOT_PERMITTED
/*
 * After both, as after any TCTI's error, an ESYS context refuses all further calls (BAD_SEQUENCE):
 * make a new one over the same wire, which has dropped the session by then and flushes it before it
 * starts the next.
 */

/* The authorisation value that the answer's HMAC is made with: some commands change it. */
enum wire_auth_after {
	WIRE_AUTH_KEPT,
	WIRE_AUTH_NEW,    /* the command's first parameter */
	WIRE_AUTH_CLEARED /* empty, if it was the lockout's */
};

/* The command table: which commands have which handles and which secret first parameters. */
struct wire_command {
	uint32_t code;          /* TPM2_CC_* */
	const char *name;       /* "TPM2_Sign" */
	uint8_t handles;        /* in the command's handle area */
	uint8_t auths;          /* how many of them need authorisation */
	uint8_t answer_handles; /* in the response's handle area */
	bool secret_in;         /* the first parameter is encrypted on its way in */
	bool secret_out;        /* the first parameter of the answer is encrypted */
	enum wire_auth_after auth_after;
};
const struct wire_command *wire_command_find(uint32_t code);
const struct wire_command *wire_command_rows(size_t *count);

#endif
