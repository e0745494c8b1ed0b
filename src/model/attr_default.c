/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: what an object has when neither template nor token says.
 */
#include "config.h"

#include "model/model_private.h"

static bool
usage_asked(const struct attrs *given, uint32_t object)
{
	for (size_t i = 0; i < given->count; i++) {
		const struct attr_row *row = attr_row_for(given->list[i].type, object);

		if (row != NULL && (row->rules & USAGE) != 0 && row->fallback == DEF_TRUE &&
			attrs_bool(given, row->type, false))
			return true;
	}
	return false;
}

bool
attr_usage_default(const struct attrs *given, const struct attr_row *row, uint32_t object)
{
	return row->fallback == DEF_TRUE && !usage_asked(given, object);
}

/*
 * To read an encrypted letter with an EC key, NSS derives a key with CKA_WRAP and unwraps with it;
 * what it unwraps has CKA_UNWRAP, and decrypts. What a template does not say is the token's to
 * choose, so for keys of a session these are true.
 */
static const struct {
	enum attr_event event;
	uint64_t said, meant;
} nss_uses[] = {
	{ ATTR_DERIVE, CKA_WRAP, CKA_UNWRAP },
	{ ATTR_UNWRAP, CKA_UNWRAP, CKA_DECRYPT },
};

static bool
nss_means(const struct attr_request *rq, const struct attr_row *row, uint32_t object)
{
	if ((object & OF_SECRET) == 0 || attrs_bool(rq->given, CKA_TOKEN, false))
		return false;
	for (size_t i = 0; i < sizeof nss_uses / sizeof nss_uses[0]; i++)
		if (rq->event == nss_uses[i].event && row->type == nss_uses[i].meant &&
			attrs_bool(rq->given, nss_uses[i].said, false))
			return true;
	return false;
}

/* Is this key's past known from its first day? PKCS#11 3.2, 6.3.17: a derived key's is as good as
 * that of the key it comes from, where type says how that one was kept. */
static bool
past_is_known(const struct attr_request *rq, uint64_t type)
{
	return rq->event == ATTR_GENERATE ||
	       (rq->event == ATTR_DERIVE && rq->base != NULL && attrs_bool(rq->base, type, false));
}

/* On the token, where a key leaves its TPM only if that was said: nobody can bind it afterwards. */
static bool
is_said_to_be_no_secret(const struct attrs *given)
{
	return !attrs_bool(given, CKA_SENSITIVE, true) || !attrs_bool(given, CKA_PRIVATE, true);
}

/* Who gave a secret in the clear and did not call it sensitive may have it back. */
static bool
came_in_the_clear(const struct attr_request *rq, uint32_t object, const struct attrs *out)
{
	return rq->event == ATTR_CREATE && (object & OF_SECRET) != 0 &&
	       !attrs_bool(out, CKA_SENSITIVE, true) &&
	       (!attrs_bool(out, CKA_TOKEN, false) || is_said_to_be_no_secret(rq->given));
}

static bool
default_bool(const struct attr_request *rq, const struct attr_row *row, uint32_t object,
	const struct attrs *out)
{
	switch (row->fallback) {
	case DEF_TRUE:
		return (row->rules & USAGE) == 0 || attr_usage_default(rq->given, row, object) ||
		       nss_means(rq, row, object);
	case DEF_OF_USER:
		return rq->role == ROLE_USER || attrs_bool(out, CKA_TOKEN, false);
	case DEF_GENERATED:
		return rq->event == ATTR_GENERATE;
	case DEF_BROUGHT:
		return rq->event == ATTR_UNWRAP || came_in_the_clear(rq, object, out);
	case DEF_SENSITIVE:
		return past_is_known(rq, CKA_ALWAYS_SENSITIVE) &&
		       attrs_bool(out, CKA_SENSITIVE, false);
	case DEF_VERIFIES:
		/* NSS verifies with recovery, by a key that it made for CKA_VERIFY. */
		return rq->event == ATTR_CREATE && attrs_bool(out, CKA_VERIFY, false);
	case DEF_COPYABLE:
		return !attrs_bool(out, CKA_ALWAYS_AUTHENTICATE, false);
	case DEF_UNEXTRACTABLE:
		return past_is_known(rq, CKA_NEVER_EXTRACTABLE) &&
		       !attrs_bool(out, CKA_EXTRACTABLE, true);
	default:
		return false;
	}
}

CK_RV
attr_default_set(const struct attr_request *rq, const struct attr_row *row, uint32_t object,
	struct attrs *out)
{
	switch (row->fallback) {
	case DEF_NONE:
	case DEF_READS_EMPTY:
		return CKR_OK;
	case DEF_EMPTY:
		return attrs_set(out, row->type, BYTES_EMPTY);
	case DEF_ZERO:
		return attrs_set_u64(out, row->type, 0);
	case DEF_UNAVAILABLE:
		return attrs_set_u64(out, row->type, UINT64_MAX);
	default:
		return attrs_set_bool(out, row->type, default_bool(rq, row, object, out));
	}
}
