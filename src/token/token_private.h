/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the token layer. Who holds the token lock is said at each function;
 * none of those that need it sends a TPM command.
 */
#ifndef TOKEN_TOKEN_PRIVATE_H
#define TOKEN_TOKEN_PRIVATE_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "base/lockfile.h"
#include "conf/conf.h"
#include "crypto/aes.h"
#include "key/key.h"
#include "store/store.h"
#include "token/token.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* --- core --- */

struct core {
	struct conf conf;
	struct tpm *tpm;
	struct lockfile pins; /* a lock a token, held while a PIN of it is proved */
	pthread_mutex_t
		lock;        /* guards what follows; a leaf but for the store and the token locks */
	struct store *store; /* NULL: there is none yet; once set it stays, so tokens use it without
				the lock */
	atomic_ulong store_state; /* a CK_RV; read without the lock */
	struct token **tokens;    /* grows; the tokens themselves never move */
	size_t token_count;
	size_t token_room;
	size_t random_left; /* bytes until the TPM is asked again */
};

/* What authorises the hierarchy of the parent: the content of the configured file; empty when none
 * is configured. */
CHECKED CK_RV core_hierarchy_auth(const struct core *c, struct buf *out);
/* The store, made if it does not exist. */
CHECKED CK_RV core_store_make(struct core *c);
/* Room for one more token, so that core_token_add() cannot fail. Core lock held for both. */
CHECKED CK_RV core_token_reserve(struct core *c);
void core_token_add(struct core *c, struct token *t);
/* CKR_DEVICE_ERROR if the store was refused when it was opened; CKR_TOKEN_WRITE_PROTECTED. Before a
 * TPM command is wasted. */
CHECKED CK_RV core_may_write(const struct core *c);

/* --- handles --- */

/*
 * A token object's handle is its row, for private objects with the count of logouts before it (the
 * epoch), so that a logout kills their handles for ever. Where CK_ULONG has 32 bits the epoch has
 * 5: it comes round after 32 logouts.
 */
#if ULONG_MAX > 0xffffffffUL
#define HANDLE_ROW_BITS   40
#define HANDLE_SESSION    (UINT64_C(1) << 62)
#define HANDLE_PROFILE    (UINT64_C(1) << 61)
#define HANDLE_EPOCH_MASK ((UINT64_C(1) << 21) - 1)
#else
#define HANDLE_ROW_BITS   24
#define HANDLE_SESSION    (UINT64_C(1) << 30)
#define HANDLE_PROFILE    (UINT64_C(1) << 29)
#define HANDLE_EPOCH_MASK ((UINT64_C(1) << 5) - 1)
#endif
#define HANDLE_ROW_MASK ((UINT64_C(1) << HANDLE_ROW_BITS) - 1)

/* --- objects -------------------------------------------------------------------------------------
 */

struct object {
	atomic_uint refs;
	uint64_t handle;
	uint64_t order;    /* key in the index: row, or handle of objects without a row */
	int64_t row;       /* 0: no row */
	token_owner owner; /* session objects: who made it */
	bool is_token;
	bool is_private;
	bool verified; /* its MAC was checked, or it was made here */
	struct attrs attrs;
	struct pubkey pubkey; /* kind KEY_NONE: not a key */
	struct key *key;      /* private keys, in the TPM; secret keys, on the host */
	struct buf tpm_public;
	struct buf tpm_private;
	struct buf auth; /* session keys: their own random authorisation; empty: it comes from the
			    keyring */
	TAILQ_ENTRY(object) recent; /* of an index; for objects with a row */
	size_t memory;              /* what it was reckoned with there */
};

/*
 * Ascending by order; each entry is a reference. Those with a row leave again, the least recently used first, when all of them take too
 * much memory: they can be read anew, and who uses one has a reference.
 */
struct object_index {
	struct object **list;
	size_t count;
	size_t room;
	TAILQ_HEAD(objects, object) recent; /* with a row, the last one used at the end */
	size_t memory;
};

struct token {
	struct core *core;
	int64_t id;
	char serial[STORE_SERIAL_LEN + 1]; /* stays when the token is initialised again */
	atomic_bool gone;
	pthread_mutex_t pin_lock; /* held while a PIN is proved, also over TPM commands; taken before lock */
	pthread_mutex_t lock;     /* guards what follows */
	enum attr_role role;
	struct keyring *keyring;  /* NULL: nobody is logged in */
	struct tpm_parent parent; /* of the keys; verified while someone is logged in */
	uint64_t epoch;           /* logouts so far */
	struct object_index objects;
	uint64_t next_session_object;
	uint64_t version; /* of the store, when the index was last known to be true */
	bool caps_known;         /* caps hold what the store says */
	struct tpm_caps caps;
};

/* token.c */
CHECKED CK_RV token_new(struct core *c, int64_t id, struct token **out);
void token_free(struct token *t);
/* In a forked child: as token_free(), unless another thread of the parent was changing it. */
void token_abandon(struct token *t);
/* CKR_TOKEN_NOT_PRESENT: the row is gone, and the token is marked so. */
CHECKED CK_RV token_row_read(struct token *t, struct token_row *row);
/* What the TPM can do, from the store, or from the TPM when the store does not say; then it is kept there.
 * Not inside a transaction. */
CHECKED CK_RV token_caps(const struct token *t, const struct token_row *row, struct tpm_caps *out);
uint32_t token_tries_max(const struct token *t, const struct token_row *row);
/* Lock held: may an object with these attributes be made, changed or destroyed now?
 * CKR_USER_NOT_LOGGED_IN. */
CHECKED CK_RV token_allows(const struct token *t, bool is_token, bool is_private);
/* Lock held: forget who is logged in and everything that was private. */
void token_close_login(struct token *t);
/* Lock held: drop rows from the index when another process has changed the store. */
CHECKED CK_RV token_sync(struct token *t);

/* token_caps.c */
/* What the TPM can do now. If that fails, it will be asked again another time. Not inside a transaction. */
void token_caps_keep_in_store(struct core *c, int64_t token, const struct tpm_caps *caps);

/* parent.c */
struct parent_choice {
	const char *name;
	enum store_parent_kind kind;
	enum tpm_hierarchy hierarchy;
	uint32_t handle; /* persistent: which one; else 0 */
};
/* As the configuration names it: a hierarchy, or a persistent handle. CKR_ARGUMENTS_BAD. */
CHECKED CK_RV parent_choose(const char *name, struct parent_choice *out);
const char *parent_name(enum store_parent_kind kind);
/* The parent as the row pins it. */
CHECKED CK_RV token_parent_of(const struct token_row *row, struct tpm_parent *out);
/* Authorisation of that parent's hierarchy; empty for a persistent one. */
CHECKED CK_RV token_parent_auth(
	const struct core *c, const struct tpm_parent *parent, struct buf *out);

/* pin.c */
struct pin_proof {
	struct token_row row; /* as it was when the PIN was proved; not verified */
	struct keyring *keyring;
	struct tpm_parent parent;
	struct buf hierarchy_auth; /* the parent's */
};
void pin_proof_free(struct pin_proof *p);
bool pin_has_good_length(struct bytes pin);
/* No lock. Open the secret with a PIN, counting wrong ones, when nobody else is at it. */
CHECKED CK_RV pin_prove(struct token *t, enum token_user user, struct bytes pin, bool keep_a,
	struct pin_proof *out);
/* Move what was sealed into a row. */
void pin_seal_into(struct seal_row *seal, struct keyring_sealed *sealed);
bool pin_seal_is_same(const struct seal_row *a, const struct seal_row *b);

/* tries.c; no lock */
/* Before a PIN is tried: count the try as a wrong one. CKR_PIN_LOCKED: not to be tried. */
CHECKED CK_RV tries_take(
	struct token *t, const struct token_row *row, enum token_user user, bool *taken);
/* After it: rv is what came of it. */
void tries_settle(struct token *t, enum token_user user, bool taken, CK_RV rv);

/* protect.c */
#define PROTECT_HASH_LEN 2048
CHECKED CK_RV protect_token_mac(
	const struct keyring *k, const struct token_row *row, struct buf *mac);
CHECKED CK_RV protect_token_check(const struct keyring *k, const struct token_row *row);
CHECKED CK_RV protect_object_mac(const struct keyring *k, const struct token *t,
	const struct object_row *row, struct buf *mac);
CHECKED CK_RV protect_object_check(
	const struct keyring *k, const struct token *t, const struct object_row *row);
/* The incremental hash over a token's rows: PROTECT_HASH_LEN bytes, zeros for no rows. */
CHECKED CK_RV protect_hash_add(
	const struct keyring *k, struct buf *hash, int64_t id, struct bytes mac);
CHECKED CK_RV protect_hash_remove(
	const struct keyring *k, struct buf *hash, int64_t id, struct bytes mac);
/* All rows of the store against the token row's hash. */
CHECKED CK_RV protect_rows_check(const struct keyring *k, const struct token *t);
/* One value of a private object. */
CHECKED CK_RV protect_encrypt(const struct keyring *k, const struct token *t, const char *uid,
	uint64_t type, struct bytes plain, struct buf *out);
CHECKED CK_RV protect_decrypt(const struct keyring *k, const struct token *t, const char *uid,
	uint64_t type, struct bytes in, struct buf *plain);
CHECKED CK_RV protect_search_key(
	const struct keyring *k, uint64_t type, struct bytes value, struct buf *out);

/* change.c: a transaction on a token's rows that keeps the MACs true. */
struct change {
	struct token *token;
	const struct keyring *keyring; /* borrowed */
	struct token_row row;
	bool open;
};
CHECKED CK_RV change_begin(struct token *t, const struct keyring *k, struct change *out);
CHECKED CK_RV change_insert(struct change *c, struct object_row *row); /* row->id is set */
/* The row as it is now, its MAC checked. */
CHECKED CK_RV change_read(struct change *c, int64_t id, struct object_row *out);
CHECKED CK_RV change_replace(
	struct change *c, const struct object_row *old, struct object_row *row);
CHECKED CK_RV change_remove(struct change *c, const struct object_row *old);
CHECKED CK_RV change_commit(struct change *c);
void change_end(struct change *c); /* rolls back what was not committed */

/* index.c; lock held */
void index_init(struct object_index *x);
struct object *index_find(const struct object_index *x, uint64_t order);
/* The next one above; NULL: none. */
struct object *index_after(const struct object_index *x, uint64_t order);
CHECKED CK_RV index_reserve(struct object_index *x, size_t more);
/* It is used now. */
void index_use(struct object_index *x, struct object *o);
/* Takes a reference of its own; replaces one of the same order. Needs room. Others may leave. */
void index_add(struct object_index *x, struct object *o);
void index_drop(struct object_index *x, uint64_t order);
/* Drop those for which fn says so. */
void index_drop_if(
	struct object_index *x, bool (*fn)(const struct object *o, uint64_t arg), uint64_t arg);
void index_free(struct object_index *x);

/* object.c; lock held for all but object_new, object_put and object_of_attrs */
void object_hold(struct object *o);
CHECKED CK_RV object_new(struct object **out); /* one reference: the caller's */
/* A complete set of attributes becomes an object without a handle. Takes attrs and blobs, also when
 * it fails. */
CHECKED CK_RV object_of_attrs(struct token *t, struct attrs *attrs, struct buf *tpm_public,
	struct buf *tpm_private, struct object **out);
/* Set what can be told from the numbers: handle and order. */
void object_number(struct token *t, struct object *o, int64_t row, token_owner owner);
/* Lock held: from the index or the store, without a look at other processes' changes. */
CHECKED CK_RV object_lookup(struct token *t, int64_t row, bool keep, struct object **out);
struct bytes object_uid(const struct object *o);

/*
 * object_sign.c; lock held: who may use this private key, and under which authorisation. A key that
 * was loaded before the login is loaded anew, which verifies it. verified: a reference, to it or to
 * what it was loaded as. CKR_USER_NOT_LOGGED_IN.
 */
CHECKED CK_RV object_prepare(struct token *t, struct object *o, struct bytes context,
	struct object **verified, struct buf *auth);

/*
 * object_blocks.c; no lock: AES with a secret key, wherever it is; the token outlives it. Who is logged in is asked
 * now, and at every run. CKR_USER_NOT_LOGGED_IN; CKR_KEY_FUNCTION_NOT_PERMITTED: not an AES key, or its TPM can not compute alg.
 */
CHECKED CK_RV object_blocks_new(struct token *t, struct object *key, enum alg alg, struct blocks **out);

/*
 * No lock: who may use this key, as object_prepare(). own: the value of a sealed one, for an operation that begins now; NULL:
 * the key itself works.
 */
CHECKED CK_RV object_open(
	struct token *t, struct object *key, struct object **verified, struct key **own);

/* object_load.c; lock held */
CHECKED CK_RV object_of_row(struct token *t, const struct object_row *row, struct object **out);
CHECKED CK_RV object_to_row(struct token *t, const struct object *o, struct object_row *out);

/* object_create.c; lock held: new objects into the store and the index, all or none. */
CHECKED CK_RV object_add_all(
	struct token *t, token_owner owner, struct object *const *list, size_t count);
CHECKED CK_RV object_uid_new(struct attrs *fixed);
CHECKED CK_RV object_id_default(const struct pubkey *key, struct attrs *attrs);
CHECKED CK_RV uid_new(char out[STORE_UID_LEN + 1]);

/* No lock. A complete set of attributes, which is taken, becomes an object in store and index; the
 * reference is the caller's. */
CHECKED CK_RV object_add_new(
	struct token *t, token_owner owner, struct attrs *attrs, struct object **out);
/* The same for several of them, all or none. out: NULLs; as before when it fails. */
CHECKED CK_RV object_add_new_all(struct token *t, token_owner owner, struct attrs *list,
	size_t count, struct object **out);

/* secret.c */
/* What the token sets of a secret key from C_CreateObject. CKR_ATTRIBUTE_VALUE_INVALID. */
CHECKED CK_RV secret_fix_created(const struct attrs *given, struct attrs *fixed);
/* And of one with a value that was made here. */
CHECKED CK_RV secret_fix_made(
	const struct attrs *given, uint64_t key_type, struct bytes value, struct attrs *fixed);
/* The key of an object whose attributes are there. CKR_DEVICE_ERROR: it has no value. */
CHECKED CK_RV secret_set_key(struct object *o);
/* CKA_VALUE_LEN, unless the type of key has none. */
CHECKED CK_RV secret_set_len(uint64_t key_type, uint64_t len, struct attrs *attrs);
/* Is it the key of a block cipher? *ecb: the simplest use of it. */
bool secret_is_for_blocks(uint64_t key_type, enum block_mode *ecb);
/* No lock. The numbers of a private key, as object_value(). */
CHECKED CK_RV object_privkey(struct token *t, struct object *o, struct privkey *out);

/* Bytes of a secret that is computed. */
struct lengths {
	size_t natural; /* if the template does not say; 0: it must */
	size_t least;
	size_t most;
};

/* agree.c; no lock: ECDH with a private key and the KDF of s, one command. As key_derive(). */
struct lengths agree_lengths(const struct pubkey *key, const struct scheme *s);
CHECKED CK_RV agree_value(
	struct token *t, struct object *key, const struct scheme *s, size_t len, struct buf *value);

/* A way to derive; no lock. */
struct derive_way {
	struct lengths (*lengths)(const struct derivation *d);
	/* May base and second take part so? */
	CK_RV (*check)(const struct derivation *d);
	CK_RV (*value)(struct token *t, const struct derivation *d, size_t len, struct buf *value);
};
extern const struct derive_way derive_hkdf; /* derive_hkdf.c */
extern const struct derive_way derive_aes;  /* derive_aes.c */
extern const struct derive_way derive_kbkdf; /* derive_kbkdf.c */
/* derive_simple.c */
extern const struct derive_way derive_hash, derive_join, derive_xor, derive_extract;

/* derive_kbkdf.c: what a key takes over from those that it is made of. */
struct made;
CHECKED CK_RV derive_kbkdf_follow(struct made *m, const struct derivation *d);

/* made.c; no lock: an object whose value is computed from a key. */
struct made {
	struct token *token;
	const struct object *base; /* the key */
	enum attr_event event;
	uint64_t class;     /* secret key or data */
	uint64_t key_type;  /* of a secret key */
	uint64_t
		keep_to; /* attribute of base with a template that the object must match; 0: none */
	struct attrs given; /* the caller's template, and the base key's if it joined in */
	struct attrs past;  /* what all keys that it follows have always been; empty: as base was */
};
/* list: the attribute of base with a template that joins in. CKR_TEMPLATE_INCONSISTENT: they
 * contradict. */
CHECKED CK_RV made_join(struct made *m, uint64_t list, const struct attrs *given);
/* How long the value shall be: as the template says, or the type of key, or natural; class and key_type are set. Afterwards
 * the template has CKA_VALUE_LEN only where the object will. */
uint64_t made_len(struct made *m, uint64_t natural);
void made_free(struct made *m);
/* It shall be as secret as this key, which takes part. CKR_TEMPLATE_INCONSISTENT. */
CHECKED CK_RV made_follow(struct made *m, const struct object *key);
/* The same, but for what the key has always been. */
CHECKED CK_RV made_hide(struct made *m, const struct object *key);
/* Could such an object with a value of len bytes be made now? */
CHECKED CK_RV made_check(const struct made *m, size_t len);
/* What it will have with this value. */
CHECKED CK_RV made_attrs(const struct made *m, struct bytes value, struct attrs *out);
CHECKED CK_RV made_add(
	const struct made *m, token_owner owner, struct bytes value, struct object **out);

/* object_sign.c; lock held: what authorises the key. context: what a context-specific login gave. */
CHECKED CK_RV object_auth(
	const struct token *t, const struct object *o, struct bytes context, struct buf *auth);

/* home.c: where a new key in the TPM goes. */
struct home {
	struct token *token;
	uint64_t epoch; /* of the login that asked */
	enum attr_role role;
	struct tpm_caps caps;
	struct tpm_parent parent;
	struct buf hierarchy_auth;
	struct buf auth; /* the key's authorisation value */
	bool own_auth;   /* a session key: random, kept with the object */
};
/* No lock. *h is closed by the caller, also when it fails. */
CHECKED CK_RV home_open(struct token *t, struct home *h);
void home_close(struct home *h);
/* Lock held: may such an object be made now? CKR_USER_NOT_LOGGED_IN, CKR_TOKEN_WRITE_PROTECTED. */
CHECKED CK_RV home_allows(const struct home *h, const struct attrs *object);
/* Lock held: the same, and what authorises the key. One that is CKA_ALWAYS_AUTHENTICATE gets another CKA_UNIQUE_ID. */
CHECKED CK_RV home_authorise(struct home *h, struct attrs *key);
/* Lock held, when the TPM has made the key: CKR_USER_NOT_LOGGED_IN unless the login that asked is the one that is there now,
 * from which the authorisation comes. */
CHECKED CK_RV home_is_ours(const struct home *h);
/* Lock held: the key as an object. Takes attributes and blobs, also when it fails. */
CHECKED CK_RV home_object(struct home *h, struct attrs *attrs, struct buf *tpm_public,
	struct buf *tpm_private, struct object **out);
/* An authorisation for a session key of anybody. */
CHECKED CK_RV object_auth_random(struct buf *auth);

/* import.c; no lock: a private key from outside goes into the TPM and becomes an object. event: ATTR_CREATE or ATTR_UNWRAP;
 * key: its numbers, completed here. Codes of object_create(). */
CHECKED CK_RV object_import(struct token *t, token_owner owner, enum attr_event event,
	const struct attrs *given, struct privkey *key, struct object **out);

/* secret_place.c: where a secret key is put. */
struct secret_place {
	struct token *token;
	bool in_tpm; /* false: the value stays an attribute */
	struct home home;
	struct secretspec spec;
	struct buf tpm_public;
	struct buf tpm_private;
};
/*
 * No lock; one Create where the TPM is the place. attrs: a complete set. What the TPM has got is not an attribute afterwards, and one
 * without CKA_VALUE is made by the TPM, CKA_VALUE_LEN long. Sets of other classes are left alone.
 * CKR_USER_NOT_LOGGED_IN; CKR_TEMPLATE_INCONSISTENT: there is no place for such a key.
 */
CHECKED CK_RV secret_place(struct token *t, struct attrs *attrs, struct secret_place *out);
void secret_place_free(struct secret_place *p);
/* Lock held: is that login still there? CKR_USER_NOT_LOGGED_IN. */
CHECKED CK_RV secret_place_holds(const struct secret_place *p);
/* Before anything is done: is there a place for it, and does the TPM make the value if there is none (may be NULL)? */
CHECKED CK_RV secret_place_check(struct token *t, const struct attrs *attrs, bool *tpm_makes);

/* wrap_form.c: what a mechanism does to the bytes of a key. */
struct wrap_form {
	enum alg alg;
	size_t pad;           /* they are filled with zeros to a multiple of this */
	bool carries_private; /* private keys, too, as PKCS#8 */
	/* No lock. by: the key that does it. */
	size_t (*len)(const struct object *by, const struct scheme *s, size_t plain_len);
	CK_RV (*wrap)(struct token *t, struct object *by, const struct scheme *s, struct bytes plain,
		struct buf *out);
	CK_RV (*unwrap)(struct token *t, struct object *by, const struct scheme *s,
		struct bytes wrapped, struct buf *out);
};
/* NULL: it wraps no keys. */
const struct wrap_form *wrap_form_of(enum alg alg);

/* profile.c; lock held */
CHECKED CK_RV profile_add_all(struct token *t);

#endif
