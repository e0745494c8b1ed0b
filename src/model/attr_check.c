/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes: rules in which several take part, one row each.
 */
#include "config.h"

#include "model/model_private.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct check_row {
	uint32_t of;
	uint32_t events; /* bits of enum attr_event */
	bool (*holds)(const struct attrs *a);
	CK_RV otherwise;
	const char *sentence;
};

/* PKCS#11 3.2, 4.10: it asks for the user's PIN, and an object that is not private belongs to no
 * user. */
static bool
authenticates_if_private(const struct attrs *a)
{
	return !attrs_bool(a, CKA_ALWAYS_AUTHENTICATE, false) || attrs_bool(a, CKA_PRIVATE, false);
}

/* Its authorisation is there for one use only. */
static bool
stays_one_if_it_authenticates(const struct attrs *a)
{
	return !attrs_bool(a, CKA_ALWAYS_AUTHENTICATE, false) || !attrs_bool(a, CKA_COPYABLE, true);
}

/* PKCS#11 3.2, 4.6.3: the certificate or the place where it is. */
static bool
has_value_or_url(const struct attrs *a)
{
	return attrs_bytes(a, CKA_VALUE).len != 0 || attrs_bytes(a, CKA_URL).len != 0;
}

/* The same: who has to fetch the certificate finds it by its keys. */
static bool
has_hashes_if_elsewhere(const struct attrs *a)
{
	return attrs_bytes(a, CKA_URL).len == 0 ||
	       (attrs_bytes(a, CKA_HASH_OF_SUBJECT_PUBLIC_KEY).len != 0 &&
		       attrs_bytes(a, CKA_HASH_OF_ISSUER_PUBLIC_KEY).len != 0);
}

#define ANY_EVENT (~0u)

static const struct check_row checks[] = {
	{ OF_PRIVATE, ANY_EVENT, authenticates_if_private, CKR_TEMPLATE_INCONSISTENT,
		"CKA_ALWAYS_AUTHENTICATE needs CKA_PRIVATE." },
	{ OF_PRIVATE, ANY_EVENT, stays_one_if_it_authenticates,
		CKR_TEMPLATE_INCONSISTENT,
		"A key that asks for the PIN at each use can not be copied: leave CKA_COPYABLE out." },
	{ OF_X509, ANY_EVENT, has_value_or_url, CKR_TEMPLATE_INCOMPLETE,
		"A certificate needs CKA_VALUE or CKA_URL." },
	{ OF_X509, ANY_EVENT, has_hashes_if_elsewhere, CKR_TEMPLATE_INCOMPLETE,
		"CKA_URL needs CKA_HASH_OF_SUBJECT_PUBLIC_KEY and CKA_HASH_OF_ISSUER_PUBLIC_KEY." },
};

CK_RV
attr_check_object(enum attr_event event, uint32_t object, const struct attrs *a)
{
	for (size_t i = 0; i < COUNT(checks); i++)
		if ((checks[i].of & object) != 0 && (checks[i].events & 1u << event) != 0 &&
			!checks[i].holds(a))
			return rv_fail(checks[i].otherwise, "%s", checks[i].sentence);
	return CKR_OK;
}
