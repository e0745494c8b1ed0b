/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens, PINs and objects: the rules that module and tool share.
 *
 * Locks: each token has a lock, short, never held over a TPM command; core has
 * one for its list. All functions here take them; callers hold none of them.
 * Objects are counted references, immutable once they are seen by others: a
 * change makes a new one.
 */
#ifndef TOKEN_TOKEN_H
#define TOKEN_TOKEN_H

#include <time.h>

#include "base/alg.h"
#include "base/attrs.h"
#include "model/attr.h"
#include "model/mech.h"

struct core;
struct token;
struct object;
struct conf;
struct mac;    /* crypto/crypto.h */
struct cipher; /* crypto/aes.h */

/* --- core: configuration, store and TPM together ------------------------------------------ */

/*
 * Open. The store is opened if it exists, never made; the TPM is not contacted. A store that cannot be used (damaged, newer,
 * no permission) is logged and means: no tokens, and no slot to make one.
 * conf_file: NULL or a configuration file to use instead. CKR_ARGUMENTS_BAD: bad configuration.
 */
CHECKED CK_RV core_open(const char *conf_file, struct core **out);
void core_close(struct core *c);
/* Around fork: as slots_before_fork() and the two that follow it. */
CHECKED bool core_before_fork(struct core *c, const struct timespec *end);
void core_after_fork_in_parent(struct core *c);
void core_after_fork(struct core *c, bool held, bool busy);
/* Later in the child: forget everything without touching what the parent uses. */
void core_abandon(struct core *c);
const struct conf *core_conf(const struct core *c);
/* Why there is no usable store (CKR_OK if there is one, or none yet). */
CK_RV core_store_state(const struct core *c);

/* Bring the list of tokens up to date with the store (tokens made by other processes). Tokens never move or vanish from memory
 * while core is open; one whose row is gone is marked (token_is_gone). */
CHECKED CK_RV core_refresh(struct core *c);
size_t core_token_count(struct core *c);
struct token *core_token(struct core *c, size_t index); /* lent */
struct token *core_token_by_id(struct core *c, int64_t id);
/* The id that the next new token will have: 1 if there is no store yet. No id is ever used again. */
CHECKED CK_RV core_next_token_id(struct core *c, int64_t *out);
/* By label, or by serial, or the only one there is (name NULL). CKR_ARGUMENTS_BAD with a sentence that lists the labels. */
CHECKED CK_RV core_token_find(struct core *c, const char *name, struct token **out);

/* --- tokens ---------------------------------------------------------------------------------- */

enum token_user { TOKEN_USER, TOKEN_SO };

struct token_info {
	int64_t id;         /* stable; > 0 */
	char label[33];     /* NUL-terminated */
	char serial[17];
	bool user_pin_set;
	bool read_only;     /* the store is */
	uint32_t user_tries, so_tries; /* wrong PINs since the last right one */
	uint32_t tries_max; /* refused from then on */
	bool caps_known;
	struct tpm_caps caps;
	const char *parent; /* "owner", "endorsement", "platform", "null", "persistent" */
	uint32_t parent_handle;
};

#define TOKEN_PIN_MIN 4
#define TOKEN_PIN_MAX 255

/* No TPM command. CKR_TOKEN_NOT_PRESENT: its row is gone. */
CHECKED CK_RV token_info(struct token *t, struct token_info *out);
/* What the TPM can do, as the store says; asked for at each Init, so it is kept in memory. False: the store does not say. */
bool token_capabilities(struct token *t, struct tpm_caps *out);
bool token_is_gone(struct token *t);
int64_t token_id(const struct token *t);

struct token_request {
	struct bytes label;       /* 1 to 32 bytes UTF-8, unpadded; no other token has it */
	struct bytes so_pin;      /* CKR_PIN_LEN_RANGE outside of TOKEN_PIN_MIN..MAX */
	struct token *again;      /* an existing token to initialise again: so_pin must be its SO PIN; NULL: a new one */
	int64_t id;               /* a new one: the id that it must get, from core_next_token_id(); 0: any */
	const char *parent;       /* as in the configuration; NULL: what the configuration says */
	struct bytes hierarchy_auth; /* empty: from the configuration's file, if any */
};
/*
 * Make a token: its store if it is the first, the parent in the TPM, secrets, the SO's seal. All or nothing.
 * CKR_PIN_INCORRECT, CKR_PIN_LOCKED (again), CKR_ARGUMENTS_BAD (label), CKR_DEVICE_*,
 * CKR_FUNCTION_FAILED (another process has made the token with this id meanwhile).
 */
CHECKED CK_RV token_init(struct core *c, const struct token_request *rq, struct token **out);

/*
 * Log in. Refused by the token's own count before the TPM's limit is near. Checks the token row's MAC, and the whole set of rows
 * while it is small: CKR_DEVICE_ERROR if someone has changed the store.
 * CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_USER_PIN_NOT_INITIALIZED, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN.
 */
CHECKED CK_RV token_login(struct token *t, enum token_user user, struct bytes pin);
CHECKED CK_RV token_logout(struct token *t); /* CKR_USER_NOT_LOGGED_IN; drops private objects and their handles for ever */
enum attr_role token_role(struct token *t);  /* ROLE_PUBLIC: nobody is logged in */
/* Context-specific login for one use of a CKA_ALWAYS_AUTHENTICATE key: the key's authorisation into auth. 3 commands.
 * CKR_USER_NOT_LOGGED_IN, CKR_PIN_INCORRECT; CKR_PIN_LOCKED: the caller logs out. */
CHECKED CK_RV token_login_context(struct token *t, struct object *key, struct bytes pin, struct buf *auth);

/* Check every row of the token's objects, and that none is missing, added or old. CKR_USER_NOT_LOGGED_IN; CKR_DEVICE_ERROR: someone
 * has changed the store. A login does it by itself while there are few. */
CHECKED CK_RV token_check(struct token *t);

/* By the SO who is logged in: CKR_USER_NOT_LOGGED_IN. CKR_PIN_LEN_RANGE. Keys stay. Unlocks the user's PIN. */
CHECKED CK_RV token_init_pin(struct token *t, struct bytes pin);
/* The old PIN proves itself; the new seal replaces the old in one transaction. */
CHECKED CK_RV token_set_pin(struct token *t, enum token_user user, struct bytes old_pin, struct bytes new_pin);

/* --- objects ---------------------------------------------------------------------------------- */

/* Who asks, for session objects: an id > 0 of the session that creates one. owner 0: the tool. */
typedef uint64_t token_owner;

/*
 * C_CreateObject. CKA_TOKEN true needs a login (CKR_USER_NOT_LOGGED_IN): rows carry a MAC. Classes: certificate, public key,
 * private key (one Import), secret key, data.
 * CKR_CURVE_NOT_SUPPORTED; CKR_TEMPLATE_INCONSISTENT, also for a size that the TPM does not have; CKR_TEMPLATE_*, CKR_ATTRIBUTE_*, CKR_DEVICE_MEMORY (disk full), CKR_TOKEN_WRITE_PROTECTED.
 */
CHECKED CK_RV object_create(struct token *t, token_owner owner, const struct attrs *given, struct object **out);
/*
 * C_GenerateKeyPair; both objects or none. A private object needs a login of the user.
 * One Create. Session pairs (CKA_TOKEN false) never reach the disk. CKA_ALWAYS_AUTHENTICATE: eight pairs a login, then
 * CKR_USER_NOT_LOGGED_IN.
 */
CHECKED CK_RV object_generate_pair(struct token *t, token_owner owner, const struct mech *m, const struct attrs *public, const struct attrs *private, struct object **public_out, struct object **private_out);
/* C_GenerateKey: a secret key on the host, from core_random(). CKR_TEMPLATE_*, CKR_ATTRIBUTE_*, and as object_create(). */
CHECKED CK_RV object_generate_secret(struct token *t, token_owner owner, const struct mech *m, const struct attrs *given, struct object **out);
/*
 * C_CopyObject. A key in the TPM stays what it is; its copy has an authorisation of its own (one command, and one more to load it).
 * CKR_ACTION_PROHIBITED: not CKA_COPYABLE, or a key that is CKA_ALWAYS_AUTHENTICATE. As object_create() otherwise.
 */
CHECKED CK_RV object_copy(struct token *t, token_owner owner, struct object *o, const struct attrs *given, struct object **out);
/* C_SetAttributeValue; checks CKA_MODIFIABLE and rights. The object behind the handle is replaced. */
CHECKED CK_RV object_change(struct token *t, struct object *o, const struct attrs *given);
/* C_DestroyObject: CKR_ACTION_PROHIBITED if not CKA_DESTROYABLE. */
CHECKED CK_RV object_destroy(struct token *t, struct object *o);

/* By handle; a reference to give back with object_put(). CKR_OBJECT_HANDLE_INVALID: none, or private and nobody is logged in.
 * A row is read, its MAC checked when someone is logged in (CKR_DEVICE_ERROR), and kept in memory. */
CHECKED CK_RV object_get(struct token *t, uint64_t handle, struct object **out);
void object_put(struct object *o); /* NULL is fine */

uint64_t object_handle(const struct object *o);
const struct attrs *object_attrs(const struct object *o); /* complete, computed ones too; lent */
/* C_GetObjectSize: bytes of its attributes' values and of what the TPM made for it. */
size_t object_size(const struct object *o);
bool object_is_token(const struct object *o);
bool object_is_private(const struct object *o);
/* The public half of a key, public or private; NULL for other objects. */
const struct pubkey *object_pubkey(const struct object *o);

/*
 * Sign with a private key; input as for key_sign(). context: from token_login_context(), empty for ordinary keys.
 * CKR_USER_NOT_LOGGED_IN: a private key and nobody is logged in, or an always-authenticate key without context.
 */
CHECKED CK_RV object_sign(struct token *t, struct object *key, const struct scheme *s, struct bytes context, struct bytes input, struct buf *out);
/* Checks that the input's length is possible, before anything is consumed: CKR_DATA_LEN_RANGE. */
CHECKED CK_RV object_sign_room(const struct object *key, const struct scheme *s, size_t input_len);

/* Encrypt with the public half, on the host: no TPM command. Codes of crypto_encrypt(). */
CHECKED CK_RV object_encrypt(struct token *t, struct object *key, const struct scheme *s, struct bytes input, struct buf *out);
/* Decrypt with a private key; context as for object_sign(). Codes of key_decrypt(), CKR_USER_NOT_LOGGED_IN. */
CHECKED CK_RV object_decrypt(struct token *t, struct object *key, const struct scheme *s, struct bytes context, struct bytes input, struct buf *out);
/* At the beginning: can this key do so at all? CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_KEY_SIZE_RANGE. */
CHECKED CK_RV object_encrypt_check(const struct object *key, const struct scheme *s);
CHECKED CK_RV object_decrypt_check(const struct object *key, const struct scheme *s);
/* Bytes that object_encrypt() makes of input_len bytes; the most that object_decrypt() can make of them. */
size_t object_encrypt_len(const struct object *key, const struct scheme *s, size_t input_len);
size_t object_decrypt_max(const struct object *key, const struct scheme *s, size_t input_len);
/* What is derived from what. All borrowed. */
struct derivation {
	const struct scheme *scheme;
	struct object *base;
	struct object *second; /* what scheme->second names; NULL: nothing */
	struct object *const *inputs; /* what the parts of scheme->kbkdf name that are KBKDF_KEY, in their order */
	size_t input_count;
	size_t keys_len; /* bytes of all keys that come of it; set where they are made */
};
/*
 * C_DeriveKey: makes secret keys, each with a template, or data where the scheme says so; all or none. Only SP 800-108 makes more
 * than one. Keys in the TPM cost commands: ECDH one, a sealed secret one. CKA_VALUE_LEN may be left out where the scheme has a length
 * of its own: the shared secret's, or one digest. out: NULLs; as before when it fails. wrong: when it fails, the number of the key
 * whose template is to blame; count: none. CKR_USER_NOT_LOGGED_IN; as key_derive(); CKR_MECHANISM_INVALID: the scheme makes but one;
 * CKR_TEMPLATE_INCOMPLETE: CKA_KEY_TYPE, CKA_VALUE_LEN; CKR_TEMPLATE_INCONSISTENT: a length that
 * the scheme does not make, or against CKA_DERIVE_TEMPLATE; CKR_KEY_SIZE_RANGE: the base is too
 * short, or not of the one length that will do; CKR_KEY_UNEXTRACTABLE: only the TPM has its value,
 * and keeps it.
 */
CHECKED CK_RV object_derive(struct token *t, token_owner owner, const struct derivation *d,
	const struct attrs *given, size_t count, struct object **out, size_t *wrong);
/*
 * C_EncapsulateKey and C_DecapsulateKey: a secret key, and the ciphertext that another who has the
 * private key opens to the same. Encapsulating is done on the host; decapsulating costs one
 * command. CKA_VALUE_LEN: the length of a key that is encrypted for RSA, where it is opened it may
 * be left out; the others have one of their own, and may be cut. CKR_TEMPLATE_INCOMPLETE:
 * CKA_KEY_TYPE, CKA_VALUE_LEN; CKR_TEMPLATE_INCONSISTENT: no such length, or against
 * CKA_ENCAPSULATE_TEMPLATE, CKA_DECAPSULATE_TEMPLATE; CKR_KEY_SIZE_RANGE; decapsulating:
 * CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID, CKR_WRAPPED_KEY_LEN_RANGE: what was
 * sent is not as long as such a key; and as object_decrypt(), key_derive().
 */
CHECKED CK_RV object_encapsulate(struct token *t, token_owner owner, struct object *key,
	const struct scheme *s, const struct attrs *given, struct buf *cipher, struct object **out);
CHECKED CK_RV object_decapsulate(struct token *t, token_owner owner, struct object *key,
	const struct scheme *s, const struct attrs *given, struct bytes cipher,
	struct object **out);
/* Bytes of the ciphertext. */
size_t object_encapsulate_len(const struct object *key, const struct scheme *s);
/* Start encrypting or decrypting with a secret key; token and key outlive it. Where the key is in the TPM, each use asks anew who is logged in.
 * CKR_USER_NOT_LOGGED_IN; CKR_KEY_FUNCTION_NOT_PERMITTED: not such a key, or not on this TPM; CKR_MECHANISM_PARAM_INVALID. */
CHECKED CK_RV object_cipher_new(struct token *t, struct object *key, const struct scheme *s, bool encrypt, struct cipher **out);
/* Start an HMAC or CMAC with a secret key. CKR_USER_NOT_LOGGED_IN; CKR_KEY_FUNCTION_NOT_PERMITTED: not such a key. */
CHECKED CK_RV object_mac_new(struct token *t, struct object *key, const struct scheme *s, struct mac **out);
/*
 * The value of a secret key, if anybody may have it: for the module's own use (derivation, wrapping) and for C_GetAttributeValue; whether
 * the caller may see it is not asked here. Commands, where the TPM has the key. CKR_USER_NOT_LOGGED_IN, CKR_KEY_UNEXTRACTABLE.
 */
CHECKED CK_RV object_value(struct token *t, struct object *o, struct buf *value);
/*
 * All attributes of a key that may be read (attr_asks_secret()), with those that only the TPM has: commands. For who is not logged in *out stays
 * empty, as it does where the TPM gives nothing out.
 */
CHECKED CK_RV object_reveal(struct token *t, struct object *o, struct attrs *out);

/*
 * C_WrapKey: the key's value, or its PKCS#8, under another key, which mech_fits() has let through. A private key
 * in the TPM costs the commands of key_private(); wrapping with an AES key in the TPM those of its mode (KEY_WRAP: six for each
 * eight bytes). CKR_KEY_UNEXTRACTABLE; CKR_KEY_NOT_WRAPPABLE: not by this mechanism or key; CKR_KEY_HANDLE_INVALID: no key,
 * or not such as CKA_WRAP_TEMPLATE wants; CKR_KEY_SIZE_RANGE: the key is too long or too short;
 * CKR_WRAPPING_KEY_SIZE_RANGE; CKR_USER_NOT_LOGGED_IN.
 */
CHECKED CK_RV object_wrap(struct token *t, struct object *by, const struct scheme *s, struct object *key, struct buf *out);
/* Could it? At most how many bytes that makes: a private RSA key may be some bytes shorter. No command. */
CHECKED CK_RV object_wrap_check(const struct object *by, const struct scheme *s, const struct object *key, size_t *len);
/*
 * C_UnwrapKey: makes a secret key, or a private key, which goes into the TPM. One command for an unwrapping key in the TPM, and an
 * Import for a private key. CKR_WRAPPED_KEY_INVALID; CKR_WRAPPED_KEY_LEN_RANGE, also against CKA_VALUE_LEN or the key type;
 * CKR_UNWRAPPING_KEY_SIZE_RANGE; CKR_TEMPLATE_INCONSISTENT, also against CKA_UNWRAP_TEMPLATE; as object_create().
 */
CHECKED CK_RV object_unwrap(struct token *t, token_owner owner, struct object *by, const struct scheme *s, struct bytes wrapped, const struct attrs *given, struct object **out);

/* Close of a session: its session objects are destroyed. */
void object_owner_gone(struct token *t, token_owner owner);

/* --- search -------------------------------------------------------------------------------------- */

struct find; /* a running search */
/* wanted is copied. Private objects only while the user is logged in. Sees other processes' changes. Profile objects included. */
CHECKED CK_RV find_start(struct token *t, const struct attrs *wanted, struct find **out);
/* Handles of the next matches, in order of creation, at most room; *count 0: no more. Reads as it goes. */
CHECKED CK_RV find_next(struct find *f, uint64_t *handles, size_t room, size_t *count);
void find_free(struct find *f);

/* --- random, doctor --------------------------------------------------------------------------------- */

/* From a host generator into which the TPM's is mixed: 1 command at first and every 64 KiB. Works without a TPM. */
CHECKED CK_RV core_random(struct core *c, uint8_t *out, size_t len);

enum finding_state { FINDING_OK, FINDING_WARNING, FINDING_BAD };
struct finding {
	enum finding_state state;
	char check[32];      /* "tpm", "lockout", "store" ... */
	char text[512];      /* what is the case, in a sentence */
	char remedy[512];    /* what mends it, empty if nothing is to be done */
};
/* Examine the machine: is there a TPM, may I use it, is it in lockout, does the store belong to it ...; calls fn for each
 * finding. Refreshes the capability cache. module_path: where the module is installed, for ssh-agent's allow-list. */
CHECKED CK_RV core_examine(struct core *c, const char *module_path, void (*fn)(void *arg, const struct finding *f), void *arg);

#endif
