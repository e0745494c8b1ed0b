/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the tpm layer share. A public function is a job: tpm_job()
 * holds the lock, opens the TPM and runs it; inside, each command goes through
 * tpm_send(), which knows what to do about answers that are not final.
 */
#ifndef TPM_TPM_PRIVATE_H
#define TPM_TPM_PRIVATE_H

#include <tss2/tss2_esys.h>

#include "base/fairlock.h"
#include "tpm/presence.h"
#include "tpm/saved.h"
#include "tpm/stand_in.h"
#include "tpm/tpm.h"
#include "tpm/wire.h"

/* TCG Provisioning Guidance: where the storage root key is expected. */
#define TPM_SRK_HANDLE 0x81000001u

#define TPM_OTHER_SENTENCE "the TPM was cleared, or this store comes from another machine"

/* Two keys and a primary: all that a TPM with three slots bears. */
#define TPM_LOADED_MAX 3

/* An object that stays loaded between jobs. tr ESYS_TR_NONE: the place is free. */
struct tpm_loaded {
	ESYS_TR tr;
	TPM2_HANDLE handle;
	struct buf public;  /* TPM2B_PUBLIC, and with it */
	struct buf private; /* TPM2B_PRIVATE: what it is found by; empty for a primary */
	uint64_t used;      /* t->clock at the end of the last job with it */
	bool primary;
	bool pinned; /* the running job needs it */
};

/* The key that was flushed for the one that was loaded last. */
struct tpm_displaced {
	struct buf public, private; /* empty: there was none */
	uint64_t stayed;            /* for so many commands */
};

/* Strangers at a TPM without a manager. */
struct crowd {
	unsigned jobs; /* for so many more we leave nothing loaded; 0: nobody is in the way */
	unsigned span; /* where that began the last time */
	unsigned doubt; /* for so many jobs it is remembered that something was lost */
};

struct tpm {
	struct fairlock lock; /* guards all that follows */
	char *conf;           /* TCTI string; constant */
	bool manager;         /* a resource manager is behind it; constant */
	bool exclusive;       /* one process at a time can open it; constant */
	TSS2_TCTI_CONTEXT *tcti;
	struct stand_in stand_in; /* below the TCTI between jobs, if it is exclusive */
	struct wire *wire;
	ESYS_CONTEXT *esys; /* NULL: not in contact */
	bool salted;        /* the wire knows a key to salt sessions to */
	bool lost;          /* the running job met an answer that says: start anew */
	bool alive;         /* and that answer came from the TPM itself */
	bool absent;        /* and was about what no stranger takes away */
	struct wire_files files; /* read in a child, without the lock */
	struct wire_work work;
	struct presence presence;
	uint64_t clock; /* commands so far */
	struct tpm_loaded loaded[TPM_LOADED_MAX];
	uint64_t settled; /* clock when the last of them was */
	struct tpm_displaced displaced; /* behind a resource manager */
	struct saved saved;
	struct crowd crowd;
};

/* --- context ------------------------------------------------------------------- */
CHECKED CK_RV tpm_open(struct tpm *t); /* if it is not open */
/* flush: what we loaded does not go away by closing, so send FlushContext. */
void tpm_close(struct tpm *t, bool flush);

/* --- way ------------------------------------------------------------------------- */
CHECKED bool way_is_exclusive(const char *conf);
CHECKED bool way_is_open(const struct tpm *t);
/* If it is not: waits for other processes where only one can have it. */
CHECKED CK_RV way_open(struct tpm *t);
void way_close(struct tpm *t);
/* At the end of a job: let others have it. What is loaded in the TPM stays. */
void way_rest(struct tpm *t);

/* --- run ------------------------------------------------------------------------- */
typedef CK_RV tpm_job_fn(struct tpm *t, void *args);
typedef TSS2_RC tpm_send_fn(ESYS_CONTEXT *esys, void *args);

/* The lock, and without a manager the turn among processes. */
void tpm_turn_begin(struct tpm *t);
/* Leaves nothing loaded unless we are alone. */
void tpm_turn_end(struct tpm *t);
/* Run a job under the lock; once more if the TPM was lost on the way. Jobs set their results only
 * on success. */
CHECKED CK_RV tpm_job(struct tpm *t, tpm_job_fn *job, void *args);
/* What is at a handle is not what we think it is: the job starts anew, over the same way. */
void tpm_start_anew(struct tpm *t);
/* One command, repeated as its answers ask. */
CHECKED TSS2_RC tpm_send(struct tpm *t, tpm_send_fn *send, void *args);
/* And what it takes, if it works: one more measurement of cost. */
CHECKED TSS2_RC tpm_send_timed(struct tpm *t, tpm_send_fn *send, void *args, uint64_t *cost);

/* FlushContext; tr becomes ESYS_TR_NONE. A failure leaves nothing to do but log. */
void tpm_flush(struct tpm *t, ESYS_TR *tr);
/* Lend an authorisation value to an object, until tpm_auth_clear(). */
CHECKED CK_RV tpm_auth_set(struct tpm *t, ESYS_TR tr, struct bytes auth);
void tpm_auth_clear(struct tpm *t, ESYS_TR tr);
/* Tell the wire the name of a fresh object. */
CHECKED CK_RV tpm_name_tell(struct tpm *t, ESYS_TR tr, struct bytes public, TPM2_HANDLE *handle);

/* --- crowd ------------------------------------------------------------------------- */
/* What was ours is gone, or what was others': was that somebody who does not take turns? */
void crowd_note(struct tpm *t);
CHECKED bool crowd_is_there(const struct tpm *t);
/* A command failed because its session was flushed and the handle given to a stranger: start anew. */
CHECKED bool crowd_took_session(const struct tpm *t, TSS2_RC rc);
void crowd_job_ends(struct tpm *t);
/* There is no room, for the n-th time (from 0): wait a moment? False: it is time to flush something. */
CHECKED bool crowd_wait(struct tpm *t, unsigned tries);
/* There is nothing to flush any more: has a stranger made room himself? */
CHECKED bool crowd_went(struct tpm *t, unsigned tries);
/* A job has lost what it had loaded, for the n-th time (from 0). True, perhaps after a pause: once more. */
CHECKED bool crowd_try_again(struct tpm *t, unsigned tries);

/* --- handles ----------------------------------------------------------------------- */
/* NULL if it is not loaded; pinned for this job otherwise. */
struct tpm_loaded *handles_find(struct tpm *t, struct bytes public, struct bytes private);
enum tpm_newcomer { TPM_NEW_PRIMARY, TPM_NEW_PASSING };
/* Make room for one more: flushes what was used longest ago. */
void handles_reserve(struct tpm *t, enum tpm_newcomer newcomer);
/* The same for a key that is to stay. */
void handles_reserve_key(struct tpm *t, struct bytes public, struct bytes private);
/* Before a command: behind a resource manager, a key that was not used for long makes it dearer. */
void handles_age(struct tpm *t);
/* Take over a fresh object; flushed on failure. Pinned for this job. private: empty for a primary.
 */
CHECKED CK_RV handles_keep(struct tpm *t, ESYS_TR tr, struct bytes public, struct bytes private);
/* Flush all that is not pinned. False: there was nothing. */
bool handles_make_room(struct tpm *t);
CHECKED bool handles_have_primary(const struct tpm *t);
void handles_unpin(struct tpm *t);
/* Forget all, with or without telling the TPM. */
void handles_drop(struct tpm *t, bool flush);
/* Forget who has this handle. */
void handles_supersede(struct tpm *t, TPM2_HANDLE handle);

/* --- load and load_saved -------------------------------------------------------------------------- */
/*
 * Load a key or primary from its saved context, if that pays. False: it must be loaded or made.
 */
CHECKED bool load_saved(struct tpm *t, struct bytes public, struct bytes private, ESYS_TR *out);
/* It was loaded in another way: the second time it is saved. */
void load_learn(struct tpm *t, struct bytes public, struct bytes private, ESYS_TR tr);
/* Load an object that is not kept: the caller flushes it. */
CHECKED CK_RV load_once(struct tpm *t, const struct tpm_object *o, ESYS_TR *out);
/* Load a key, or find it loaded, and lend it its authorisation for one key_send(). */
CHECKED CK_RV load_key(struct tpm *t, const struct tpm_object *key, ESYS_TR *out);
/* One ReadPublic: is there another object at this handle now? Then the job starts anew. */
void load_check(struct tpm *t, ESYS_TR tr, struct bytes public);
/*
 * A command that the key authorises. A failed authorisation may mean that the TPM was reset and
 * gave the handle to somebody else's object: then the job starts anew.
 */
CHECKED TSS2_RC key_send(
	struct tpm *t, const struct tpm_object *key, ESYS_TR tr, tpm_send_fn *send, void *args);

/* --- parent ------------------------------------------------------------------------ */
/* The parent's ESYS_TR, and sessions salted to it. Give back with parent_release(). */
CHECKED CK_RV parent_use(
	struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth, ESYS_TR *out);
void parent_release(struct tpm *t, const struct tpm_parent *parent, ESYS_TR *tr);
/* Whether the failure of a command under a parent means that it is not the pinned one. */
CHECKED bool parent_seems_another(TSS2_RC rc);
/*
 * An authorisation that is not empty needs a session, and a session a key to salt it to. Where no
 * parent is at hand (the owner's authorisation, the lockout's) a primary of the null hierarchy
 * serves: making it needs no authorisation. temporary: to be flushed by the caller; ESYS_TR_NONE if
 * none was needed.
 */
CHECKED CK_RV parent_salt(struct tpm *t, struct bytes auth, ESYS_TR *temporary);

/* CreatePrimary from the storage template; the wire knows its name afterwards. */
CHECKED CK_RV primary_make(struct tpm *t, enum tpm_hierarchy hierarchy, struct bytes auth,
	ESYS_TR *out, struct buf *public);
/* The primary that the store pins: loaded, or made anew. */
CHECKED CK_RV primary_use(
	struct tpm *t, const struct tpm_parent *parent, struct bytes auth, ESYS_TR *out);
/* tss2-esys, "esys_types.h": the kind of a serialised ESYS_TR. Part of its stored format. */
#define ESYS_KIND_KEY 1u
/* No handle that ESYS gives: its own begin above, and the TPM's own end below. */
#define ESYS_TR_NO_OBJECT 0x3fffffu

/* --- templates: pure --------------------------------------------------------------- */
void template_storage(TPM2B_PUBLIC *out);
void template_seal(TPM2B_PUBLIC *out);
/* A P-256 storage key of the host; point: 04 || X || Y. */
void template_host(struct bytes point, TPM2B_PUBLIC *out);
CHECKED CK_RV template_key(const struct keyspec *spec, bool fips, TPM2B_PUBLIC *out);
/* The public area of a key that is there. CKR_ATTRIBUTE_VALUE_INVALID: no TPM has such. */
CHECKED CK_RV template_import(const struct pubkey *key, const struct keyspec *spec, bool fips, TPM2B_PUBLIC *out);
/* spec: as secret_check() lets pass. */
void template_secret(const struct secretspec *spec, TPM2B_PUBLIC *out);
/* The policy of exportable objects: PolicyAuthValue, PolicyCommandCode(Duplicate). */
struct bytes template_export_policy(void);
/* Is it a key that can be a parent: restricted, decrypt, not sign, fixed in this TPM. */
bool template_is_storage(const TPMT_PUBLIC *public);

/* --- blobs: between bytes and the TSS's structures ------------------------------------ */
CHECKED CK_RV blob_read_public(struct bytes in, TPM2B_PUBLIC *out);
CHECKED CK_RV blob_read_private(struct bytes in, TPM2B_PRIVATE *out);
CHECKED CK_RV blob_write_public(const TPM2B_PUBLIC *in, struct buf *out);
CHECKED CK_RV blob_write_private(const TPM2B_PRIVATE *in, struct buf *out);
/* What every TPM takes in one command: TPM 2.0 Part 2, "MAX_DIGEST_BUFFER". */
#define TPM_CHUNK 1024
/* data: at most TPM_CHUNK */
void chunk_set(TPM2B_MAX_BUFFER *out, struct bytes data);

/* --- create -------------------------------------------------------------------------- */
struct tpm_create_args {
	const struct tpm_parent *parent;
	struct bytes hierarchy_auth;
	const TPM2B_PUBLIC *template;
	struct bytes auth;
	struct bytes data; /* what is sealed; empty for keys */
	struct buf *public;
	struct buf *private;
	enum rv_subject subject; /* RV_NEW for what the caller asked for */
};
CHECKED CK_RV create_job(struct tpm *t, void *create_args);
/* Asks the cached answer before the TPM; without one (NULL), the TPM says what it cannot do. */
CHECKED CK_RV create_allowed(const struct tpm_caps *caps, const struct keyspec *spec);

/* --- caps ------------------------------------------------------------------------------ */
/* One GetCapability. */
CHECKED CK_RV caps_get(
	struct tpm *t, TPM2_CAP capability, UINT32 first, UINT32 count, TPMS_CAPABILITY_DATA *out);
/* 0 for a property that is not in the answer. */
UINT32 caps_property(const TPMS_CAPABILITY_DATA *data, TPM2_PT property);
/* TPM_ALG_ID */
uint16_t caps_mode_alg(enum block_mode mode);

/* --- lockout --------------------------------------------------------------------------- */
/* One more wrong PIN does not lock the TPM. One GetCapability. */
CHECKED bool lockout_bears_another(struct tpm *t);
/* Log for how long the TPM stays locked. One GetCapability. */
void lockout_log(struct tpm *t);

#endif
