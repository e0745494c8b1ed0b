/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token in memory: who is logged in, which objects are loaded, and what its
 * row in the store says.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "token_private.h"

/* The token's own limit of wrong PINs, where the TPM's is not lower. */
#define TRIES_MAX 6

static CK_RV
token_read_new(struct token *t)
{
	struct token_row row = { 0 };
	CK_RV rv = store_version(t->core->store, &t->version);

	if (rv == CKR_OK)
		rv = store_token_get(t->core->store, t->id, &row);
	if (rv == CKR_OK) {
		memcpy(t->serial, row.serial, sizeof t->serial);
		rv = token_parent_of(&row, &t->parent);
	}
	token_row_free(&row);
	return rv == CKR_OK ? profile_add_all(t) : rv;
}

CK_RV
token_new(struct core *c, int64_t id, struct token **out)
{
	struct token *t = calloc(1, sizeof *t);
	CK_RV rv = CKR_OK;

	if (t == NULL)
		return CKR_HOST_MEMORY;
	t->core = c;
	t->id = id;
	t->role = ROLE_PUBLIC;
	pthread_mutex_init(&t->pin_lock, NULL);
	pthread_mutex_init(&t->lock, NULL);
	index_init(&t->objects);
	rv = token_read_new(t);
	if (rv != CKR_OK) {
		token_free(t);
		return rv;
	}
	*out = t;
	return CKR_OK;
}

void
token_abandon(struct token *t)
{
	if (pthread_mutex_trylock(&t->lock) != 0)
		return;
	pthread_mutex_unlock(&t->lock);
	token_free(t);
}

void
token_free(struct token *t)
{
	if (t == NULL)
		return;
	index_free(&t->objects);
	tpm_parent_free(&t->parent);
	keyring_free(t->keyring);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

int64_t
token_id(const struct token *t)
{
	return t->id;
}

bool
token_is_gone(struct token *t)
{
	return t->gone;
}

enum attr_role
token_role(struct token *t)
{
	enum attr_role role = ROLE_PUBLIC;

	pthread_mutex_lock(&t->lock);
	role = t->role;
	pthread_mutex_unlock(&t->lock);
	return role;
}

CK_RV
token_row_read(struct token *t, struct token_row *row)
{
	CK_RV rv = store_token_get(t->core->store, t->id, row);

	if (rv == CKR_TOKEN_NOT_PRESENT)
		t->gone = true;
	return rv;
}

/* --- what the TPM can do -------------------------------------------------------------------------
 */

static bool
token_caps_stored(const struct token *t, const struct token_row *row, struct tpm_caps *out)
{
	return row->caps_id != 0 && store_caps_get(t->core->store, row->caps_id, out) == CKR_OK;
}

/* The store's first version did not ask for key sizes; who has the command has at least one. */
static bool
caps_are_complete(const struct tpm_caps *caps)
{
	return !caps->encrypt_decrypt || caps->aes_bits != 0;
}

CK_RV
token_caps(const struct token *t, const struct token_row *row, struct tpm_caps *out)
{
	CK_RV rv = CKR_OK;

	if (token_caps_stored(t, row, out) && caps_are_complete(out))
		return CKR_OK;
	if ((rv = tpm_read_caps(t->core->tpm, out)) == CKR_OK)
		token_caps_keep_in_store(t->core, t->id, out);
	return rv;
}

/* Lock held. */
static void
token_caps_keep(struct token *t)
{
	struct token_row row = { 0 };

	t->caps_known = token_row_read(t, &row) == CKR_OK && token_caps_stored(t, &row, &t->caps);
	token_row_free(&row);
}

bool
token_capabilities(struct token *t, struct tpm_caps *out)
{
	bool known = false;

	pthread_mutex_lock(&t->lock);
	if (!t->caps_known)
		token_caps_keep(t);
	known = t->caps_known;
	*out = t->caps;
	pthread_mutex_unlock(&t->lock);
	return known;
}

/* One less than the TPM's limit, so that this token's wrong PINs alone do not lock the TPM for
 * everybody. */
static uint32_t
tries_max_of(bool caps_known, const struct tpm_caps *caps)
{
	if (!caps_known || caps->max_auth_fail > TRIES_MAX)
		return TRIES_MAX;
	return caps->max_auth_fail > 1 ? caps->max_auth_fail - 1 : 1;
}

uint32_t
token_tries_max(const struct token *t, const struct token_row *row)
{
	struct tpm_caps caps = { 0 };

	return tries_max_of(token_caps_stored(t, row, &caps), &caps);
}

static void
token_info_fill(struct token *t, const struct token_row *row, struct token_info *out)
{
	*out = (struct token_info){
		.id = row->id,
		.user_pin_set = row->user.pub.len > 0,
		.read_only = store_is_read_only(t->core->store),
		.user_tries = row->user.tries,
		.so_tries = row->so.tries,
		.parent = parent_name(row->parent_kind),
		.parent_handle = row->parent_handle,
	};
	memcpy(out->label, row->label, sizeof out->label);
	memcpy(out->serial, row->serial, sizeof out->serial);
	out->caps_known = token_caps_stored(t, row, &out->caps);
	out->tries_max = tries_max_of(out->caps_known, &out->caps);
}

CK_RV
token_info(struct token *t, struct token_info *out)
{
	struct token_row row = { 0 };
	CK_RV rv = token_row_read(t, &row);

	if (rv == CKR_OK)
		token_info_fill(t, &row, out);
	token_row_free(&row);
	return rv;
}

/* --- login state ---------------------------------------------------------------------------------
 */

CK_RV
token_allows(const struct token *t, bool is_token, bool is_private)
{
	if (is_private && t->role != ROLE_USER)
		return CKR_USER_NOT_LOGGED_IN;
	if (is_token && t->role == ROLE_PUBLIC)
		return CKR_USER_NOT_LOGGED_IN;
	return CKR_OK;
}

static bool
object_is_of_login(const struct object *o, uint64_t arg)
{
	(void)arg;
	return o->is_private;
}

void
token_close_login(struct token *t)
{
	keyring_free(t->keyring);
	t->keyring = NULL;
	t->role = ROLE_PUBLIC;
	t->epoch = (t->epoch + 1) & HANDLE_EPOCH_MASK;
	index_drop_if(&t->objects, object_is_of_login, 0);
}

CK_RV
token_logout(struct token *t)
{
	CK_RV rv = CKR_USER_NOT_LOGGED_IN;

	pthread_mutex_lock(&t->lock);
	if (t->role != ROLE_PUBLIC) {
		token_close_login(t);
		rv = CKR_OK;
	}
	pthread_mutex_unlock(&t->lock);
	return rv;
}

static bool
object_has_row(const struct object *o, uint64_t arg)
{
	(void)arg;
	return o->row != 0;
}

/* While someone is logged in, the parent stays the one that was verified. */
static CK_RV
token_parent_refresh(struct token *t)
{
	struct token_row row = { 0 };
	CK_RV rv = CKR_OK;

	if (t->keyring != NULL)
		return CKR_OK;
	rv = token_row_read(t, &row);
	if (rv == CKR_OK)
		rv = token_parent_of(&row, &t->parent);
	token_row_free(&row);
	return rv;
}

CK_RV
token_sync(struct token *t)
{
	uint64_t version = 0;
	CK_RV rv = store_version(t->core->store, &version);

	if (rv != CKR_OK || version == t->version)
		return rv;
	index_drop_if(&t->objects, object_has_row, 0);
	t->caps_known = false;
	rv = token_parent_refresh(t);
	if (rv == CKR_OK)
		t->version = version;
	return rv;
}
