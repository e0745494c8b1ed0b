/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs: a PIN is right when the TPM unseals the token's secret with it. Wrong
 * ones are counted in tries.c.
 *
 * An SO whose PIN is refused waits for nothing: only who edits the store, or
 * makes a new one, gets further (PKCS#11 3.2, 5.5.7: C_InitToken asks for the
 * SO's PIN too).
 */
#include "config.h"

#include "token_private.h"

/* At login, so many rows are checked against the token's hash at once; larger sets are checked by
 * the tool. */
#define LOGIN_ROWS_MAX 256

void
pin_proof_free(struct pin_proof *p)
{
	token_row_free(&p->row);
	keyring_free(p->keyring);
	tpm_parent_free(&p->parent);
	buf_free(&p->hierarchy_auth);
	*p = (struct pin_proof){ 0 };
}

bool
pin_has_good_length(struct bytes pin)
{
	return pin.len >= TOKEN_PIN_MIN && pin.len <= TOKEN_PIN_MAX;
}

void
pin_seal_into(struct seal_row *seal, struct keyring_sealed *sealed)
{
	buf_move(&seal->pub, &sealed->public);
	buf_move(&seal->priv, &sealed->private);
	buf_move(&seal->salt, &sealed->salt);
	seal->iterations = sealed->iterations;
	seal->tries = 0;
}

bool
pin_seal_is_same(const struct seal_row *a, const struct seal_row *b)
{
	return bytes_equal(view(&a->pub), view(&b->pub)) &&
	       bytes_equal(view(&a->priv), view(&b->priv)) &&
	       bytes_equal(view(&a->salt), view(&b->salt)) && a->iterations == b->iterations;
}

static struct seal_row *
pin_seal_of(struct token_row *row, enum token_user user)
{
	return user == TOKEN_SO ? &row->so : &row->user;
}

/* --- proving --- */

/*
 * One at a time, of all threads and processes: right PINs at the same time would be counted together, as if they were
 * guesses. Where nothing can be counted there is nothing to wait for, and who waits too long goes on: then guesses are
 * counted none the less.
 */
static void
pin_lock(struct token *t)
{
	pthread_mutex_lock(&t->pin_lock);
	if (!store_is_read_only(t->core->store) && lockfile_open(&t->core->pins))
		(void)lockfile_take(&t->core->pins, (uint32_t)t->id);
}

static void
pin_unlock(struct token *t)
{
	lockfile_release(&t->core->pins, (uint32_t)t->id);
	pthread_mutex_unlock(&t->pin_lock);
}

static CK_RV
proof_parent(const struct token *t, struct pin_proof *p)
{
	CK_RV rv = token_parent_of(&p->row, &p->parent);

	return rv == CKR_OK ? token_parent_auth(t->core, &p->parent, &p->hierarchy_auth) : rv;
}

static CK_RV
pin_unseal(struct token *t, const struct seal_row *seal, struct bytes pin, bool keep_a,
	struct pin_proof *p)
{
	struct keyring_seal sealed = {
		.parent = &p->parent,
		.public = view(&seal->pub),
		.private = view(&seal->priv),
		.salt = view(&seal->salt),
		.iterations = seal->iterations,
	};
	CK_RV rv = proof_parent(t, p);

	if (rv == CKR_OK)
		rv = keyring_new(&p->keyring);
	sealed.hierarchy_auth = view(&p->hierarchy_auth);
	return rv == CKR_OK ? keyring_unseal(p->keyring, t->core->tpm, &sealed, pin, keep_a) : rv;
}

static CK_RV
pin_prove_counted(
	struct token *t, enum token_user user, struct bytes pin, bool keep_a, struct pin_proof *p)
{
	const struct seal_row *seal = pin_seal_of(&p->row, user);
	bool taken = false;
	CK_RV rv = CKR_OK;

	if (seal->pub.len == 0)
		return CKR_USER_PIN_NOT_INITIALIZED;
	if (pin.len == 0 || pin.len > TOKEN_PIN_MAX)
		return CKR_PIN_INCORRECT; /* no PIN looks so: neither asked nor counted */
	rv = tries_take(t, &p->row, user, &taken);
	if (rv != CKR_OK)
		return rv;
	rv = pin_unseal(t, seal, pin, keep_a, p);
	tries_settle(t, user, taken, rv);
	return rv;
}

static CK_RV
pin_prove_alone(
	struct token *t, enum token_user user, struct bytes pin, bool keep_a, struct pin_proof *out)
{
	struct pin_proof p = { 0 };
	CK_RV rv = token_row_read(t, &p.row);

	if (rv == CKR_OK)
		rv = pin_prove_counted(t, user, pin, keep_a, &p);
	if (rv != CKR_OK) {
		pin_proof_free(&p);
		return rv;
	}
	*out = p; /* owned by the caller */
	return CKR_OK;
}

CK_RV
pin_prove(
	struct token *t, enum token_user user, struct bytes pin, bool keep_a, struct pin_proof *out)
{
	CK_RV rv = CKR_OK;

	pin_lock(t);
	rv = pin_prove_alone(t, user, pin, keep_a, out);
	pin_unlock(t);
	return rv;
}

/* --- login --- */

static enum attr_role
role_of(enum token_user user)
{
	return user == TOKEN_SO ? ROLE_SO : ROLE_USER;
}

static CK_RV
login_allowed(const struct token *t, enum token_user user)
{
	if (t->role == ROLE_PUBLIC)
		return CKR_OK;
	return t->role == role_of(user) ? CKR_USER_ALREADY_LOGGED_IN
					: CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
}

static CK_RV
login_check_store(const struct token *t, const struct pin_proof *p)
{
	uint64_t count = 0;
	CK_RV rv = protect_token_check(p->keyring, &p->row);

	if (rv == CKR_OK)
		rv = store_object_count(t->core->store, t->id, LOGIN_ROWS_MAX + 1, &count);
	if (rv == CKR_OK && count <= LOGIN_ROWS_MAX)
		rv = protect_rows_check(p->keyring, t);
	return rv;
}

/* The SO's login keeps A, for the user's seal that C_InitPIN makes. A user's login keeps what a few
 * future keys need of it. */
static CK_RV
login_settle_a(struct keyring *k, enum token_user user)
{
	char uid[STORE_UID_LEN + 1];
	CK_RV rv = CKR_OK;

	if (user == TOKEN_SO)
		return CKR_OK;
	for (int i = 0; i < KEYRING_RESERVE_COUNT && rv == CKR_OK; i++) {
		rv = uid_new(uid);
		if (rv == CKR_OK)
			rv = keyring_reserve(k, bytes_str(uid));
	}
	keyring_wipe_a(k);
	return rv;
}

static bool
object_is_unverified(const struct object *o, uint64_t arg)
{
	(void)arg;
	return o->row != 0 && !o->verified;
}

/* What was loaded before anything could be verified is loaded anew. */
static CK_RV
login_finish(struct token *t, enum token_user user, struct pin_proof *p)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = login_allowed(t, user);
	if (rv == CKR_OK) {
		tpm_parent_free(&t->parent);
		t->parent = p->parent;
		p->parent = (struct tpm_parent){ 0 }; /* owned by t */
		t->keyring = p->keyring;
		p->keyring = NULL; /* owned by t */
		t->role = role_of(user);
		index_drop_if(&t->objects, object_is_unverified, 0);
	}
	pthread_mutex_unlock(&t->lock);
	return rv;
}

static CK_RV
login_alone(struct token *t, enum token_user user, struct bytes pin)
{
	struct pin_proof p = { 0 };
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = login_allowed(t, user);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = pin_prove_alone(t, user, pin, true, &p);
	if (rv == CKR_OK)
		rv = login_check_store(t, &p);
	if (rv == CKR_OK)
		rv = login_settle_a(p.keyring, user);
	if (rv == CKR_OK)
		rv = login_finish(t, user, &p);
	pin_proof_free(&p);
	return rv;
}

/* Who waits for another thread's login finds out that there is nothing left to do. */
CK_RV
token_login(struct token *t, enum token_user user, struct bytes pin)
{
	CK_RV rv = CKR_OK;

	pin_lock(t);
	rv = login_alone(t, user, pin);
	pin_unlock(t);
	return rv;
}

CK_RV
token_login_context(struct token *t, struct object *key, struct bytes pin, struct buf *auth)
{
	struct pin_proof p = { 0 };
	CK_RV rv = token_role(t) == ROLE_USER ? CKR_OK : CKR_USER_NOT_LOGGED_IN;

	if (rv == CKR_OK)
		rv = pin_prove(t, TOKEN_USER, pin, true, &p);
	if (rv == CKR_OK)
		rv = protect_token_check(p.keyring, &p.row);
	if (rv == CKR_OK)
		rv = keyring_key_auth(p.keyring, object_uid(key), true, auth);
	pin_proof_free(&p);
	return rv;
}

/* --- setting --- */

/* proven: the seal that the old PIN opened; NULL: no PIN had to be proved. */
static CK_RV
pin_store(struct token *t, const struct keyring *k, enum token_user user,
	const struct seal_row *proven, struct keyring_sealed *sealed)
{
	struct change c = { 0 };
	CK_RV rv = change_begin(t, k, &c);
	struct seal_row *seal = pin_seal_of(&c.row, user);

	if (rv == CKR_OK && proven != NULL && !pin_seal_is_same(seal, proven))
		rv = rv_fail(CKR_FUNCTION_FAILED,
			"Another process has changed this PIN at the same time.");
	if (rv == CKR_OK) {
		pin_seal_into(seal, sealed);
		rv = change_commit(&c);
	}
	change_end(&c);
	return rv;
}

/* The SO's secrets, for as long as a TPM command runs without the lock. */
static CK_RV
so_keyring(struct token *t, struct keyring **out)
{
	CK_RV rv = CKR_USER_NOT_LOGGED_IN;

	pthread_mutex_lock(&t->lock);
	if (t->role == ROLE_SO)
		rv = keyring_copy(t->keyring, out);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

static CK_RV
proof_seal(const struct token *t, const struct pin_proof *p, struct bytes pin,
	struct keyring_sealed *out)
{
	return keyring_seal(
		p->keyring, t->core->tpm, &p->parent, view(&p->hierarchy_auth), pin, out);
}

CK_RV
token_init_pin(struct token *t, struct bytes pin)
{
	struct keyring_sealed sealed = { 0 };
	struct pin_proof p = { 0 };
	CK_RV rv = so_keyring(t, &p.keyring);

	if (rv == CKR_OK && !pin_has_good_length(pin))
		rv = CKR_PIN_LEN_RANGE;
	if (rv == CKR_OK)
		rv = core_may_write(t->core);
	if (rv == CKR_OK)
		rv = token_row_read(t, &p.row);
	if (rv == CKR_OK)
		rv = protect_token_check(p.keyring, &p.row);
	if (rv == CKR_OK)
		rv = proof_parent(t, &p);
	if (rv == CKR_OK)
		rv = proof_seal(t, &p, pin, &sealed);
	if (rv == CKR_OK)
		rv = pin_store(t, p.keyring, TOKEN_USER, NULL, &sealed);
	keyring_sealed_free(&sealed);
	pin_proof_free(&p);
	return rv;
}

CK_RV
token_set_pin(struct token *t, enum token_user user, struct bytes old_pin, struct bytes new_pin)
{
	struct keyring_sealed sealed = { 0 };
	struct pin_proof p = { 0 };
	CK_RV rv = pin_has_good_length(new_pin) ? core_may_write(t->core) : CKR_PIN_LEN_RANGE;

	if (rv == CKR_OK)
		rv = pin_prove(t, user, old_pin, true, &p);
	if (rv == CKR_OK)
		rv = protect_token_check(p.keyring, &p.row);
	if (rv == CKR_OK)
		rv = proof_seal(t, &p, new_pin, &sealed);
	if (rv == CKR_OK)
		rv = pin_store(t, p.keyring, user, pin_seal_of(&p.row, user), &sealed);
	keyring_sealed_free(&sealed);
	pin_proof_free(&p);
	return rv;
}
