/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_GetOperationState and C_SetOperationState, for digests. libcrypto does not
 * give the state of a running hash away as bytes (before OpenSSL 4.0), so it
 * stays in this process, and what the caller gets is its number: random, so
 * that nobody can guess another one's. It can be restored as often as wanted,
 * until C_Finalize, or until so many others have been saved that its place is
 * needed. Nothing of it is in a child after fork.
 */
#include "config.h"

#include <string.h>

#include "session/op.h"

/* Where the next one goes, if none has been there yet or the oldest one is there. */
static struct saved_state *
state_place(struct states *t)
{
	struct saved_state *p = &t->list[t->next];

	t->next = (t->next + 1) % STATES_MAX;
	digest_free(p->digest);
	*p = (struct saved_state){ .digest = NULL };
	return p;
}

static const struct saved_state *
state_find(const struct states *t, struct bytes id)
{
	for (size_t i = 0; i < STATES_MAX; i++)
		if (t->list[i].digest != NULL &&
			bytes_equal(id, bytes_of(t->list[i].id, STATE_ID_LEN)))
			return &t->list[i];
	return NULL;
}

void
states_free(struct states *t)
{
	for (size_t i = 0; i < STATES_MAX; i++)
		digest_free(t->list[i].digest);
	*t = (struct states){ .next = 0 };
}

/* PKCS#11 3.2, 5.6.6: only a digest can be saved, so nothing else may run. */
static CK_RV
may_save(struct session *s)
{
	if (!session_is_busy(s))
		return CKR_OPERATION_NOT_INITIALIZED;
	for (int i = 0; i < OP_KINDS; i++)
		if (i != OP_FIND && i != OP_DIGEST && s->op[i].state != OP_IDLE)
			return CKR_STATE_UNSAVEABLE;
	return CKR_OK;
}

static CK_RV
save(struct session *s, uint8_t id[STATE_ID_LEN])
{
	const struct op *op = &s->op[OP_DIGEST];
	struct saved_state *p = NULL;
	struct digest *copy = NULL;
	CK_RV rv = crypto_random(id, STATE_ID_LEN);

	if (rv == CKR_OK)
		rv = digest_copy(op->digest, &copy);
	if (rv != CKR_OK)
		return rv;
	pthread_mutex_lock(&s->slots->lock);
	p = state_place(&s->slots->states);
	memcpy(p->id, id, STATE_ID_LEN);
	p->token = s->slot->token;
	p->session = session_state(s);
	p->op = op->state;
	p->hash = op->scheme.hash;
	p->digest = copy; /* owned by the table */
	pthread_mutex_unlock(&s->slots->lock);
	return CKR_OK;
}

CK_RV
op_state_save(struct session *s, const struct room *out)
{
	uint8_t id[STATE_ID_LEN];
	bool enough = false;
	CK_RV rv = may_save(s);

	if (rv == CKR_OK)
		rv = op_room(out, sizeof id, &enough);
	if (!enough)
		return rv;
	if ((rv = save(s, id)) == CKR_OK) {
		memcpy(out->ptr, id, sizeof id);
		*out->len = sizeof id;
	}
	return rv;
}

/* PKCS#11 3.2, 5.6.7: of the same token, and the same state of its session. */
static CK_RV
load(struct session *s, struct bytes id, struct saved_state *out)
{
	const struct saved_state *p = NULL;
	CK_RV rv = CKR_SAVED_STATE_INVALID;

	pthread_mutex_lock(&s->slots->lock);
	p = state_find(&s->slots->states, id);
	if (p != NULL && p->token == s->slot->token && p->session == session_state(s)) {
		*out = *p;
		rv = digest_copy(p->digest, &out->digest);
	}
	pthread_mutex_unlock(&s->slots->lock);
	return rv;
}

CK_RV
op_state_restore(struct session *s, struct bytes state, bool with_keys)
{
	struct saved_state saved = { .digest = NULL };
	CK_RV rv = state.ptr == NULL ? CKR_ARGUMENTS_BAD : load(s, state, &saved);

	if (rv == CKR_OK && with_keys) {
		digest_free(saved.digest);
		rv = CKR_KEY_NOT_NEEDED;
	}
	if (rv != CKR_OK)
		return rv;
	for (int i = 0; i < OP_KINDS; i++)
		op_end(&s->op[i]);
	s->op[OP_DIGEST] = (struct op){ .state = saved.op,
		.scheme = { .alg = ALG_DIGEST, .hash = saved.hash },
		.digest = saved.digest };
	return CKR_OK;
}
