/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions. A handle names an entry of the table and the generation that the
 * entry had, so that it is looked up at once and a stale one never fits again.
 */
#include "config.h"

#include <stdlib.h>

#include "session/op.h"

/* An entry whose generations are used up (32-bit machines) is given up. */
#define GENERATION_MAX (~(CK_SESSION_HANDLE)0 / SESSIONS_MAX)

static CK_SESSION_HANDLE
handle_of(CK_SESSION_HANDLE generation, size_t index)
{
	return generation * SESSIONS_MAX + index;
}

/* The entry of a live session; the table's lock is held. */
static struct entry *
entry_find(struct slots *s, CK_SESSION_HANDLE handle)
{
	size_t index = handle % SESSIONS_MAX;

	if (index >= s->entry_count || s->entries[index].session == NULL)
		return NULL;
	return s->entries[index].generation == handle / SESSIONS_MAX ? &s->entries[index] : NULL;
}

static CK_RV
entries_grow(struct slots *s)
{
	size_t count = s->entry_count == 0 ? 16 : 2 * s->entry_count;
	struct entry *grown = NULL;

	if (s->entry_count == SESSIONS_MAX)
		return CKR_SESSION_COUNT;
	if ((grown = realloc(s->entries, count * sizeof(*grown))) == NULL)
		return CKR_HOST_MEMORY;
	for (size_t i = s->entry_count; i < count; i++)
		grown[i] = (struct entry){ 0, NULL };
	s->entries = grown;
	s->entry_count = count;
	return CKR_OK;
}

static CK_RV
entry_take(struct slots *s, struct session *session)
{
	size_t i = 0;
	CK_RV rv = CKR_OK;

	while (i < s->entry_count &&
		(s->entries[i].session != NULL || s->entries[i].generation == GENERATION_MAX))
		i++;
	if (i == s->entry_count && (rv = entries_grow(s)) != CKR_OK)
		return rv;
	s->entries[i].generation++;
	s->entries[i].session = session;
	session->handle = handle_of(s->entries[i].generation, i);
	return CKR_OK;
}

/* Why no session may be opened here now; the table's lock is held. */
static CK_RV
may_open(struct slot *slot, bool rw)
{
	if (slot == NULL)
		return CKR_SLOT_ID_INVALID;
	if (slot->closed)
		return CKR_TOKEN_NOT_RECOGNIZED;
	/* Programs open a session on whatever is listed, and give up on all if one fails. */
	if (slot->token == NULL)
		return CKR_OK;
	if (token_is_gone(slot->token))
		return CKR_TOKEN_NOT_PRESENT;
	if (!rw && (slot->so_enters > 0 || token_role(slot->token) == ROLE_SO))
		return CKR_SESSION_READ_WRITE_SO_EXISTS;
	return CKR_OK;
}

static CK_RV
session_add(struct slots *s, CK_SLOT_ID id, struct session *session)
{
	struct slot *slot = slot_find(s, id);
	CK_RV rv = CKR_OK;

	if ((rv = may_open(slot, session->rw)) != CKR_OK)
		return rv;
	if ((rv = entry_take(s, session)) != CKR_OK)
		return rv;
	session->slot = slot;
	session->no_token = slot->token == NULL;
	slot->session_count++;
	slot->ro_count += !session->rw;
	return CKR_OK;
}

CK_RV
session_open(struct slots *s, CK_SLOT_ID slot, CK_FLAGS flags, CK_SESSION_HANDLE *out)
{
	struct session *session = NULL;
	CK_RV rv = CKR_OK;

	if ((flags & CKF_SERIAL_SESSION) == 0)
		return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	if ((flags & CKF_ASYNC_SESSION) != 0)
		return CKR_SESSION_ASYNC_NOT_SUPPORTED;
	if ((session = calloc(1, sizeof(*session))) == NULL)
		return CKR_HOST_MEMORY;
	session->slots = s;
	session->rw = (flags & CKF_RW_SESSION) != 0;
	session->refs = 1;
	pthread_mutex_init(&session->lock, NULL);
	pthread_mutex_lock(&s->lock);
	if ((rv = session_add(s, slot, session)) == CKR_OK)
		*out = session->handle;
	pthread_mutex_unlock(&s->lock);
	if (rv != CKR_OK) {
		pthread_mutex_destroy(&session->lock);
		free(session);
	}
	return rv;
}

static void
session_put(struct session *session)
{
	struct slots *s = session->slots;
	bool last = false;

	pthread_mutex_lock(&s->lock);
	last = --session->refs == 0;
	pthread_mutex_unlock(&s->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&session->lock);
	free(session);
}

/* Take a session out of the table. The caller gets the table's reference. */
static struct session *
session_remove(struct entry *entry)
{
	struct session *session = entry->session;

	entry->session = NULL;
	session->slot->session_count--;
	session->slot->ro_count -= !session->rw;
	return session;
}

/*
 * Of a session that is no longer in the table; waits for a call that is inside. That call may have
 * been a login, and others may have opened sessions since: only now is it known who is the last.
 */
static CK_RV
session_finish(struct session *session)
{
	struct slots *s = session->slots;
	struct slot *slot = session->slot;

	pthread_mutex_lock(&session->lock);
	session->closed = true;
	for (int i = 0; i < OP_KINDS; i++)
		op_end(&session->op[i]);
	if (!session->no_token)
		object_owner_gone(slot->token, session->handle);
	pthread_mutex_unlock(&session->lock);
	session_put(session);
	return slot_logout_if_empty(s, slot);
}

CK_RV
session_close(struct slots *s, CK_SESSION_HANDLE handle)
{
	struct session *session = NULL;
	struct entry *entry = NULL;

	pthread_mutex_lock(&s->lock);
	if ((entry = entry_find(s, handle)) != NULL)
		session = session_remove(entry);
	pthread_mutex_unlock(&s->lock);
	return session == NULL ? CKR_SESSION_HANDLE_INVALID : session_finish(session);
}

/* Any session of this slot, out of the table; NULL: there is none. */
static struct session *
session_remove_any(struct slots *s, struct slot *slot)
{
	struct session *session = NULL;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->entry_count && session == NULL; i++)
		if (s->entries[i].session != NULL && s->entries[i].session->slot == slot)
			session = session_remove(&s->entries[i]);
	pthread_mutex_unlock(&s->lock);
	return session;
}

CK_RV
session_close_all(struct slots *s, CK_SLOT_ID id)
{
	struct session *session = NULL;
	struct slot *slot = NULL;
	CK_RV rv = CKR_OK, first = CKR_OK;

	pthread_mutex_lock(&s->lock);
	slot = slot_find(s, id);
	pthread_mutex_unlock(&s->lock);
	if (slot == NULL)
		return CKR_SLOT_ID_INVALID;
	while ((session = session_remove_any(s, slot)) != NULL)
		if ((rv = session_finish(session)) != CKR_OK && first == CKR_OK)
			first = rv;
	return first;
}

static CK_STATE
access_state(struct session *s)
{
	return s->no_token ? STATE_NO_TOKEN : session_state(s);
}

CK_RV
session_enter(struct slots *s, CK_SESSION_HANDLE handle, enum need need, struct session **out)
{
	struct session *session = NULL;
	struct entry *entry = NULL;
	CK_RV rv = CKR_OK;

	*out = NULL;
	pthread_mutex_lock(&s->lock);
	if ((entry = entry_find(s, handle)) != NULL) {
		session = entry->session;
		session->refs++;
	}
	pthread_mutex_unlock(&s->lock);
	if (session == NULL)
		return CKR_SESSION_HANDLE_INVALID;
	pthread_mutex_lock(&session->lock);
	rv = session->closed ? CKR_SESSION_HANDLE_INVALID
			     : access_check(need, access_state(session));
	if (rv != CKR_OK)
		return session_leave(session, rv);
	*out = session;
	return CKR_OK;
}

CK_RV
session_leave(struct session *session, CK_RV rv)
{
	pthread_mutex_unlock(&session->lock);
	session_put(session);
	return rv == CKR_TOKEN_NOT_PRESENT ? CKR_DEVICE_REMOVED : rv;
}

CK_STATE
session_state(struct session *s)
{
	static const CK_STATE states[][2] = {
		[ROLE_PUBLIC] = { CKS_RO_PUBLIC_SESSION, CKS_RW_PUBLIC_SESSION },
		[ROLE_USER] = { CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS },
		[ROLE_SO] = { CKS_RW_SO_FUNCTIONS, CKS_RW_SO_FUNCTIONS },
	};

	return states[s->no_token ? ROLE_PUBLIC : token_role(s->slot->token)][s->rw];
}

void
session_info(struct session *s, CK_SESSION_INFO *out)
{
	*out = (CK_SESSION_INFO){ .slotID = s->slot->id,
		.state = session_state(s),
		.flags = CKF_SERIAL_SESSION | (s->rw ? CKF_RW_SESSION : 0) };
}

CK_RV
session_may_write(struct session *s)
{
	struct token_info info = { 0 };
	CK_RV rv = token_info(s->slot->token, &info);

	if (rv != CKR_OK)
		return rv;
	/* PKCS#11 3.2, 5.1.6: this one has priority. */
	return info.read_only ? CKR_TOKEN_WRITE_PROTECTED : access_check(NEED_RW, session_state(s));
}

void
session_cancel(struct session *s, CK_FLAGS flags)
{
	static const CK_FLAGS kinds[OP_KINDS] = { [OP_FIND] = CKF_FIND_OBJECTS,
		[OP_DIGEST] = CKF_DIGEST,
		[OP_SIGN] = CKF_SIGN,
		[OP_VERIFY] = CKF_VERIFY,
		[OP_ENCRYPT] = CKF_ENCRYPT,
		[OP_DECRYPT] = CKF_DECRYPT,
		[OP_SIGN_RECOVER] = CKF_SIGN_RECOVER,
		[OP_VERIFY_RECOVER] = CKF_VERIFY_RECOVER,
		[OP_VERIFY_SIGNATURE] = CKF_VERIFY,
		[OP_MESSAGE_SIGN] = CKF_MESSAGE_SIGN,
		[OP_MESSAGE_VERIFY] = CKF_MESSAGE_VERIFY,
		[OP_MESSAGE_ENCRYPT] = CKF_MESSAGE_ENCRYPT,
		[OP_MESSAGE_DECRYPT] = CKF_MESSAGE_DECRYPT };

	for (int i = 0; i < OP_KINDS; i++)
		if (flags & kinds[i])
			op_end(&s->op[i]);
}

bool
session_is_busy(struct session *s)
{
	for (int i = 0; i < OP_KINDS; i++)
		if (i != OP_FIND && s->op[i].state != OP_IDLE)
			return true;
	return false;
}

CK_RV
session_random(struct session *s, uint8_t *out, size_t len)
{
	return len == 0 ? CKR_OK : core_random(s->slots->core, out, len);
}

CK_RV
session_seed(struct bytes seed)
{
	CK_RV rv = seed.ptr == NULL ? CKR_ARGUMENTS_BAD : op_data(seed);

	return rv == CKR_OK ? crypto_random_mix(seed) : rv;
}
