/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Login and PINs. Who is logged in belongs to the token: all its sessions
 * change together.
 */
#include "config.h"

#include "session/op.h"

unsigned
slot_logouts(struct slots *s, struct slot *slot)
{
	unsigned n = 0;

	pthread_mutex_lock(&s->lock);
	n = slot->logouts;
	pthread_mutex_unlock(&s->lock);
	return n;
}

/*
 * Counted before the token forgets its secret: nothing that began earlier may go on after a new
 * login. The table's lock is held, so that no session comes or goes meanwhile.
 */
static CK_RV
logout(struct slot *slot)
{
	slot->logouts++;
	return token_logout(slot->token);
}

CK_RV
slot_logout(struct slots *s, struct slot *slot)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&s->lock);
	if (token_role(slot->token) != ROLE_PUBLIC)
		rv = logout(slot);
	pthread_mutex_unlock(&s->lock);
	return rv;
}

CK_RV
slot_logout_if_empty(struct slots *s, struct slot *slot)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&s->lock);
	if (slot->session_count == 0 && slot->token != NULL &&
		token_role(slot->token) != ROLE_PUBLIC)
		rv = logout(slot);
	pthread_mutex_unlock(&s->lock);
	return rv;
}

CK_RV
session_logout(struct session *s)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&s->slots->lock);
	rv = logout(s->slot);
	pthread_mutex_unlock(&s->slots->lock);
	return rv;
}

/* Keep R/O sessions out while the security officer logs in, which takes the TPM's time. */
static CK_RV
so_enters(struct slots *s, struct slot *slot)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&s->lock);
	if (slot->ro_count > 0)
		rv = CKR_SESSION_READ_ONLY_EXISTS;
	else
		slot->so_enters++;
	pthread_mutex_unlock(&s->lock);
	return rv;
}

static CK_RV
login_so(struct session *s, struct bytes pin)
{
	CK_RV rv = so_enters(s->slots, s->slot);

	if (rv != CKR_OK)
		return rv;
	rv = token_login(s->slot->token, TOKEN_SO, pin);
	pthread_mutex_lock(&s->slots->lock);
	s->slot->so_enters--;
	pthread_mutex_unlock(&s->slots->lock);
	return rv;
}

static bool
wants_login(struct session *s, enum op_kind kind)
{
	struct op *op = &s->op[kind];

	return op_may(s, kind, CALL_INIT) == CKR_OPERATION_ACTIVE &&
	       attrs_bool(object_attrs(op->key), CKA_ALWAYS_AUTHENTICATE, false);
}

/* The operation that a context-specific login is for: one that has had none yet before others. */
static struct op *
context_op(struct session *s)
{
	static const enum op_kind kinds[] = { OP_SIGN, OP_DECRYPT, OP_SIGN_RECOVER,
		OP_MESSAGE_SIGN };
	struct op *found = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!wants_login(s, kinds[i]))
			continue;
		if (found == NULL || found->context.len > 0)
			found = &s->op[kinds[i]];
	}
	return found;
}

/* For one use of a CKA_ALWAYS_AUTHENTICATE key. PKCS#11 3.2, 5.6.8: a locked PIN logs out. */
static CK_RV
login_context(struct session *s, struct bytes pin)
{
	struct op *op = context_op(s);
	CK_RV rv = CKR_OK, out = CKR_OK;

	if (op == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = token_login_context(s->slot->token, op->key, pin, &op->context);
	if (rv == CKR_PIN_LOCKED && (out = slot_logout(s->slots, s->slot)) != CKR_OK)
		return out;
	return rv;
}

CK_RV
session_login(struct session *s, CK_USER_TYPE user, struct bytes pin)
{
	if (s->no_token && (user == CKU_USER || user == CKU_SO))
		return CKR_USER_PIN_NOT_INITIALIZED;
	switch (user) {
	case CKU_USER:
		return token_login(s->slot->token, TOKEN_USER, pin);
	case CKU_SO:
		return login_so(s, pin);
	case CKU_CONTEXT_SPECIFIC:
		return login_context(s, pin);
	default:
		return CKR_USER_TYPE_INVALID;
	}
}

CK_RV
session_init_pin(struct session *s, struct bytes pin)
{
	return token_init_pin(s->slot->token, pin);
}

/* PKCS#11 3.2, 5.5.9: whoever is logged in, else the user. */
CK_RV
session_set_pin(struct session *s, struct bytes old_pin, struct bytes new_pin)
{
	enum token_user user = token_role(s->slot->token) == ROLE_SO ? TOKEN_SO : TOKEN_USER;

	return token_set_pin(s->slot->token, user, old_pin, new_pin);
}
