/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a token, and making an existing one new. Everything that can fail for
 * outside reasons comes before the transaction; after it nothing can fail.
 *
 * A token that is initialised again keeps its id and serial number, so that
 * programs that know it by them find it; all else of it is new.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "token_private.h"

#define DELETE_PAGE 64

/* All that is made before the transaction. */
struct making {
	const struct token_request *request;
	struct pin_proof proof; /* again: of the SO's PIN */
	struct tpm_parent parent;
	struct buf hierarchy_auth; /* the parent's */
	struct tpm_caps caps;
	struct keyring *keyring;
	struct keyring_sealed sealed;
	struct token_row row; /* as it will be */
};

static void
making_free(struct making *m)
{
	pin_proof_free(&m->proof);
	tpm_parent_free(&m->parent);
	buf_free(&m->hierarchy_auth);
	keyring_free(m->keyring);
	keyring_sealed_free(&m->sealed);
	token_row_free(&m->row);
}

/* --- what is asked for --- */

static CK_RV
label_check(struct bytes label)
{
	if (label.len == 0 || label.len > STORE_LABEL_LEN ||
		memchr(label.ptr, 0, label.len) != NULL)
		return rv_fail(
			CKR_ARGUMENTS_BAD, "A token's label has 1 to %d bytes.", STORE_LABEL_LEN);
	return CKR_OK;
}

/* Before the TPM works for seconds; the store refuses it too. */
static CK_RV
label_is_free(struct core *c, const struct token_request *rq)
{
	CK_RV rv = core_refresh(c);
	size_t count = core_token_count(c);

	for (size_t i = 0; i < count && rv == CKR_OK; i++) {
		struct token *t = core_token(c, i);
		struct token_info info;

		if (t == rq->again || token_is_gone(t))
			continue;
		rv = token_info(t, &info);
		if (rv == CKR_TOKEN_NOT_PRESENT)
			rv = CKR_OK;
		else if (rv == CKR_OK && bytes_equal(bytes_str(info.label), rq->label))
			rv = rv_fail(
				CKR_ARGUMENTS_BAD, "There is a token \"%s\" already.", info.label);
	}
	return rv;
}

static CK_RV
request_check(struct core *c, const struct token_request *rq)
{
	CK_RV rv = label_check(rq->label);

	if (rv != CKR_OK)
		return rv;
	if (!pin_has_good_length(rq->so_pin))
		return rq->again != NULL ? CKR_PIN_INCORRECT : CKR_PIN_LEN_RANGE;
	if ((rv = core_store_make(c)) != CKR_OK)
		return rv;
	if ((rv = core_may_write(c)) != CKR_OK)
		return rv;
	return label_is_free(c, rq);
}

/* --- what the TPM makes --- */

static CK_RV
parent_make(struct core *c, struct making *m)
{
	const struct token_request *rq = m->request;
	struct parent_choice choice = { 0 };
	CK_RV rv = parent_choose(
		rq->parent != NULL ? rq->parent : conf_get(&c->conf, CONF_PARENT), &choice);

	if (rv == CKR_OK)
		rv = rq->hierarchy_auth.len > 0 ? buf_set(&m->hierarchy_auth, rq->hierarchy_auth)
						: core_hierarchy_auth(c, &m->hierarchy_auth);
	if (rv == CKR_OK)
		rv = tpm_parent_open(c->tpm, choice.hierarchy, choice.handle,
			view(&m->hierarchy_auth), &m->parent);
	if (rv == CKR_PIN_INCORRECT) /* not the PIN that the caller gave */
		rv = rv_fail(CKR_DEVICE_ERROR,
			"The authorisation of the TPM's %s hierarchy is wrong or missing. See %s "
			"in the configuration.",
			choice.name, conf_row(CONF_OWNER_AUTH_FILE)->name);
	if (rv != CKR_OK)
		return rv;
	m->row.parent_kind = choice.kind;
	m->row.parent_handle = m->parent.handle;
	rv = buf_set(&m->row.parent_name, view(&m->parent.name));
	return rv == CKR_OK ? buf_set(&m->row.parent_public, view(&m->parent.public)) : rv;
}

static CK_RV
secrets_make(struct core *c, struct making *m)
{
	CK_RV rv = tpm_read_caps(c->tpm, &m->caps);

	if (rv == CKR_OK)
		rv = keyring_new(&m->keyring);
	if (rv == CKR_OK)
		rv = keyring_generate(m->keyring, c->tpm);
	if (rv == CKR_OK)
		rv = keyring_seal(m->keyring, c->tpm, &m->parent, view(&m->hierarchy_auth),
			m->request->so_pin, &m->sealed);
	if (rv == CKR_OK)
		pin_seal_into(&m->row.so, &m->sealed);
	return rv;
}

static CK_RV
row_name(struct making *m)
{
	const struct token_request *rq = m->request;
	uint8_t serial[STORE_SERIAL_LEN / 2];
	CK_RV rv = CKR_OK;

	memcpy(m->row.label, rq->label.ptr, rq->label.len);
	if (rq->again != NULL) {
		m->row.id = rq->again->id;
		memcpy(m->row.serial, rq->again->serial, sizeof m->row.serial);
		return CKR_OK;
	}
	rv = crypto_random(serial, sizeof serial);
	if (rv == CKR_OK)
		(void)hex_of(bytes_of(serial, sizeof serial), m->row.serial);
	return rv;
}

static CK_RV
row_make(struct core *c, struct making *m)
{
	CK_RV rv = row_name(m);

	if (rv == CKR_OK)
		rv = parent_make(c, m);
	if (rv == CKR_OK)
		rv = secrets_make(c, m);
	if (rv == CKR_OK)
		rv = buf_resize(&m->row.objects_hash, PROTECT_HASH_LEN);
	return rv == CKR_OK ? protect_token_mac(m->keyring, &m->row, &m->row.mac) : rv;
}

/* --- the transaction --- */

static CK_RV
delete_objects(struct store *s, int64_t token)
{
	struct store_query q = { .token = token, .with_private = true };
	int64_t ids[DELETE_PAGE];
	size_t count = 0;
	CK_RV rv = CKR_OK;

	do {
		rv = store_object_find(s, &q, ids, DELETE_PAGE, &count);
		for (size_t i = 0; i < count && rv == CKR_OK; i++)
			rv = store_object_delete(s, token, ids[i]);
	} while (rv == CKR_OK && count == DELETE_PAGE);
	return rv;
}

/* Inside: the token is still the one whose PIN was proved, and empty afterwards. */
static CK_RV
clear_old(struct store *s, struct making *m)
{
	struct token_row now = { 0 };
	CK_RV rv = store_token_get(s, m->row.id, &now);

	if (rv == CKR_OK && !pin_seal_is_same(&now.so, &m->proof.row.so))
		rv = rv_fail(CKR_FUNCTION_FAILED,
			"Another process has changed the security officer's PIN at the same time.");
	if (rv == CKR_OK)
		rv = delete_objects(s, m->row.id);
	token_row_free(&now);
	return rv;
}

static CK_RV
row_store(struct store *s, struct making *m)
{
	CK_RV rv = store_begin(s);

	if (rv != CKR_OK)
		return rv;
	if (m->request->again != NULL)
		rv = clear_old(s, m);
	if (rv == CKR_OK)
		rv = store_caps_put(s, &m->caps, &m->row.caps_id);
	if (rv == CKR_OK)
		rv = store_token_put(s, &m->row);
	if (rv == CKR_OK && m->request->id != 0 && m->request->id != m->row.id)
		rv = rv_fail(
			CKR_FUNCTION_FAILED, "Another process has made a token at the same time.");
	if (rv == CKR_OK)
		return store_commit(s); /* rolls back when it fails */
	store_rollback(s);
	return rv;
}

/* --- the token in memory --- */

static bool
object_is_no_profile(const struct object *o, uint64_t arg)
{
	(void)arg;
	return (o->handle & HANDLE_PROFILE) == 0;
}

static void
token_restart(struct token *t, struct making *m)
{
	pthread_mutex_lock(&t->lock);
	token_close_login(t);
	index_drop_if(&t->objects, object_is_no_profile, 0);
	tpm_parent_free(&t->parent);
	t->parent = m->parent;
	m->parent = (struct tpm_parent){ 0 }; /* owned by t */
	pthread_mutex_unlock(&t->lock);
}

/* The row is there: a failure to load it is mended by the next core_refresh(). */
static CK_RV
token_attach(struct core *c, struct making *m, struct token **out)
{
	CK_RV rv = CKR_OK;

	if (m->request->again != NULL) {
		token_restart(m->request->again, m);
		*out = m->request->again;
		return CKR_OK;
	}
	rv = core_refresh(c);
	*out = core_token_by_id(c, m->row.id);
	return *out != NULL ? CKR_OK : rv;
}

static CK_RV
token_make(struct core *c, struct making *m, struct token **out)
{
	const struct token_request *rq = m->request;
	CK_RV rv = request_check(c, rq);

	if (rv == CKR_OK && rq->again != NULL)
		rv = pin_prove(rq->again, TOKEN_SO, rq->so_pin, false, &m->proof);
	if (rv == CKR_OK)
		rv = row_make(c, m);
	if (rv == CKR_OK)
		rv = row_store(c->store, m);
	return rv == CKR_OK ? token_attach(c, m, out) : rv;
}

CK_RV
token_init(struct core *c, const struct token_request *rq, struct token **out)
{
	struct making m = { .request = rq };
	CK_RV rv = token_make(c, &m, out);

	making_free(&m);
	return rv;
}
