/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects whose value is computed from a key: derived, encapsulated. What is
 * wrong with the template is found before the value is made, which may cost a
 * TPM command.
 */
#include "config.h"

#include "token_private.h"

/* A template that is the value of the base key's attribute. Added to out. */
static CK_RV
list_read(const struct object *base, uint64_t list, struct attrs *out)
{
	struct reader r = reader_of(attrs_bytes(&base->attrs, list));
	CK_RV rv = CKR_OK;

	while (rv == CKR_OK && r.rest.len > 0 && !r.failed) {
		uint64_t type = read_u64(&r);

		rv = attrs_set(out, type, read_sized(&r));
	}
	return rv;
}

/* What of given is in wanted, too, has the same value there. */
static bool
agrees(const struct attrs *given, const struct attrs *wanted)
{
	for (size_t i = 0; i < given->count; i++) {
		const struct attr *a = &given->list[i];

		if (attrs_has(wanted, a->type) &&
			!bytes_equal(attrs_bytes(wanted, a->type), view(&a->value)))
			return false;
	}
	return true;
}

CK_RV
made_join(struct made *m, uint64_t list, const struct attrs *given)
{
	CK_RV rv = attrs_copy(&m->given, given);

	if (rv == CKR_OK)
		rv = list_read(m->base, list, &m->given);
	if (rv == CKR_OK && !agrees(given, &m->given))
		rv = rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The template contradicts the one that the key has for it.");
	return rv;
}

uint64_t
made_len(struct made *m, uint64_t natural)
{
	uint64_t own = m->class == CKO_SECRET_KEY ? attr_secret_own_len(m->key_type) : 0;
	uint64_t len = attrs_u64(&m->given, CKA_VALUE_LEN, own != 0 ? own : natural);

	if (m->class == CKO_DATA || own != 0)
		attrs_remove(&m->given, CKA_VALUE_LEN);
	return len;
}

void
made_free(struct made *m)
{
	attrs_free(&m->given);
	attrs_free(&m->past);
}

static CK_RV
follow_bool(struct made *m, uint64_t type, bool value)
{
	if (attrs_bool(&m->given, type, value) != value)
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The object can not be less secret than what it is made of.");
	return attrs_set_bool(&m->given, type, value);
}

static CK_RV
follow_past(struct made *m, const struct object *key, uint64_t type)
{
	return attrs_set_bool(&m->past, type,
		attrs_bool(&m->past, type, true) && attrs_bool(&key->attrs, type, false));
}

CK_RV
made_follow(struct made *m, const struct object *key)
{
	CK_RV rv = follow_past(m, key, CKA_ALWAYS_SENSITIVE);

	if (rv == CKR_OK)
		rv = follow_past(m, key, CKA_NEVER_EXTRACTABLE);
	return rv == CKR_OK ? made_hide(m, key) : rv;
}

CK_RV
made_hide(struct made *m, const struct object *key)
{
	CK_RV rv = CKR_OK;

	if (attrs_bool(&key->attrs, CKA_SENSITIVE, true))
		rv = follow_bool(m, CKA_SENSITIVE, true);
	if (rv == CKR_OK && !attrs_bool(&key->attrs, CKA_EXTRACTABLE, false))
		rv = follow_bool(m, CKA_EXTRACTABLE, false);
	return rv;
}

static CK_RV
fix_data(const struct attrs *given, uint64_t key_type, struct bytes value, struct attrs *fixed)
{
	CK_RV rv = object_uid_new(fixed);

	(void)given;
	(void)key_type;
	if (rv == CKR_OK)
		rv = attrs_set_u64(fixed, CKA_CLASS, CKO_DATA);
	return rv == CKR_OK ? attrs_set(fixed, CKA_VALUE, value) : rv;
}

/* The attributes that it will have with this template. */
static CK_RV
attrs_with(const struct made *m, const struct attrs *given, struct bytes value, struct attrs *out)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = { .event = m->event,
		.role = token_role(m->token),
		.given = given,
		.fixed = &fixed,
		.base = m->past.count != 0 ? &m->past : &m->base->attrs };
	CK_RV rv = (m->class == CKO_DATA ? fix_data : secret_fix_made)(
		given, m->key_type, value, &fixed);

	if (rv == CKR_OK)
		rv = attr_complete(&rq, out);
	attrs_free(&fixed);
	return rv;
}

static CK_RV
made_matches(const struct made *m, const struct attrs *attrs)
{
	struct attrs wanted = ATTRS_EMPTY;
	CK_RV rv = m->keep_to != 0 ? list_read(m->base, m->keep_to, &wanted) : CKR_OK;

	if (rv == CKR_OK && !attrs_match(attrs, &wanted))
		rv = rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The object would not match the template that the key has for it.");
	attrs_free(&wanted);
	return rv;
}

static CK_RV
made_allowed(struct token *t, const struct attrs *attrs)
{
	bool is_token = attrs_bool(attrs, CKA_TOKEN, false);
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = token_allows(t, is_token, attrs_bool(attrs, CKA_PRIVATE, false));
	pthread_mutex_unlock(&t->lock);
	return rv == CKR_OK && is_token ? core_may_write(t->core) : rv;
}

/* A try with a value of zeros, whose check value nobody knows. */
CK_RV
made_check(const struct made *m, size_t len)
{
	struct attrs without = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct buf zeros = BUF_EMPTY;
	CK_RV rv = buf_resize(&zeros, len);

	if (rv == CKR_OK)
		rv = attrs_copy(&without, &m->given);
	attrs_remove(&without, CKA_CHECK_VALUE);
	if (rv == CKR_OK)
		rv = attrs_with(m, &without, view(&zeros), &out);
	if (rv == CKR_OK)
		rv = secret_place_check(m->token, &out, NULL);
	if (rv == CKR_OK)
		rv = made_matches(m, &out);
	if (rv == CKR_OK)
		rv = made_allowed(m->token, &out);
	buf_free(&zeros);
	attrs_free(&without);
	attrs_free(&out);
	return rv;
}

CK_RV
made_attrs(const struct made *m, struct bytes value, struct attrs *out)
{
	return attrs_with(m, &m->given, value, out);
}

CK_RV
made_add(const struct made *m, token_owner owner, struct bytes value, struct object **out)
{
	struct attrs attrs = ATTRS_EMPTY;
	CK_RV rv = made_attrs(m, value, &attrs);

	if (rv == CKR_OK)
		rv = object_add_new(m->token, owner, &attrs, out);
	attrs_free(&attrs);
	return rv;
}
