/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profile objects: which of the standard's profiles this token keeps to. They
 * have three attributes and no CKA_TOKEN (PKCS#11 3.2, 4.15), so a search for
 * token objects does not find them.
 */
#include "config.h"

#include <stdio.h>

#include "token_private.h"

static const uint64_t profiles[] = {
	CKP_BASELINE_PROVIDER,
	CKP_EXTENDED_PROVIDER,
	CKP_AUTHENTICATION_TOKEN,
	CKP_PUBLIC_CERTIFICATES_TOKEN,
};

static CK_RV
profile_attrs(uint64_t profile, struct attrs *out)
{
	char uid[32];
	CK_RV rv = attrs_set_u64(out, CKA_CLASS, CKO_PROFILE);

	snprintf(uid, sizeof uid, "profile-%u", (unsigned)profile);
	if (rv == CKR_OK)
		rv = attrs_set(out, CKA_UNIQUE_ID, bytes_str(uid));
	return rv == CKR_OK ? attrs_set_u64(out, CKA_PROFILE_ID, profile) : rv;
}

static CK_RV
profile_add(struct token *t, uint64_t profile)
{
	struct object *o = NULL;
	CK_RV rv = index_reserve(&t->objects, 1);

	if (rv == CKR_OK)
		rv = object_new(&o);
	if (rv == CKR_OK)
		rv = profile_attrs(profile, &o->attrs);
	if (rv == CKR_OK) {
		o->handle = HANDLE_PROFILE | profile;
		o->order = o->handle;
		o->verified = true;
		index_add(&t->objects, o);
	}
	object_put(o);
	return rv;
}

CK_RV
profile_add_all(struct token *t)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < COUNT(profiles) && rv == CKR_OK; i++)
		rv = profile_add(t, profiles[i]);
	return rv;
}
