/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client looks at before it logs in, and C_Login.
 */
#include "config.h"

#include <string.h>

#include "budget.h"

static void
get_info(struct budget *b)
{
	CK_INFO info;

	must("C_GetInfo", b->f->C_GetInfo(&info));
}

/* Of every slot, the empty one too. */
static void
get_slot_info(struct budget *b)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = SLOTS_MAX;
	CK_SLOT_INFO slot;
	CK_TOKEN_INFO token;

	must("C_GetSlotList", b->f->C_GetSlotList(CK_FALSE, slots, &count));
	for (CK_ULONG i = 0; i < count; i++) {
		must("C_GetSlotInfo", b->f->C_GetSlotInfo(slots[i], &slot));
		must("C_GetTokenInfo", b->f->C_GetTokenInfo(slots[i], &token));
	}
}

static void
get_mechanisms(struct budget *b)
{
	CK_MECHANISM_TYPE mechanisms[256];
	CK_ULONG count = COUNT(mechanisms);
	CK_MECHANISM_INFO info;

	must("C_GetMechanismList", b->f->C_GetMechanismList(b->slot, mechanisms, &count));
	for (CK_ULONG i = 0; i < count; i++)
		must("C_GetMechanismInfo", b->f->C_GetMechanismInfo(b->slot, mechanisms[i], &info));
}

static void
get_session_info(struct budget *b)
{
	CK_SESSION_INFO info;

	must("C_GetSessionInfo", b->f->C_GetSessionInfo(b->session, &info));
}

static void
read_public_key(struct budget *b, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_BYTE label[256], id[64], point[256], params[64];
	CK_ATTRIBUTE wanted[] = { { CKA_LABEL, label, sizeof label }, { CKA_ID, id, sizeof id },
		{ CKA_EC_POINT, point, sizeof point }, { CKA_EC_PARAMS, params, sizeof params } };

	must("C_GetAttributeValue", b->f->C_GetAttributeValue(h, key, wanted, COUNT(wanted)));
}

static void
search(struct budget *b)
{
	b->public_key = find_one(b, b->session, CKO_PUBLIC_KEY);
}

static void
read_attributes(struct budget *b)
{
	read_public_key(b, b->session, b->public_key);
}

/* As ssh and p11-kit do: a session each, what is public in it, and its attributes. */
static void
look_at_all_slots(struct budget *b)
{
	for (CK_ULONG i = 0; i < b->slot_count; i++) {
		CK_SESSION_HANDLE h = 0;

		must("C_OpenSession",
			b->f->C_OpenSession(b->slots[i], CKF_SERIAL_SESSION, NULL, NULL, &h));
		read_public_key(b, h, find_one(b, h, CKO_PUBLIC_KEY));
		find_one(b, h, CKO_CERTIFICATE);
		must("C_CloseSession", b->f->C_CloseSession(h));
	}
}

static void
hash(struct budget *b)
{
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
	CK_BYTE out[32];
	CK_ULONG len = 0;

	must("C_DigestInit", b->f->C_DigestInit(b->session, &sha256));
	must("C_Digest", b->f->C_Digest(b->session, digest, sizeof digest, NULL, &len));
	must("C_Digest", b->f->C_Digest(b->session, digest, sizeof digest, out, &len));
}

static void
search_private(struct budget *b)
{
	CK_BYTE params[64];
	CK_ATTRIBUTE wanted = { CKA_EC_PARAMS, params, sizeof params };

	b->key = find_one(b, b->session, CKO_PRIVATE_KEY);
	must("C_GetAttributeValue", b->f->C_GetAttributeValue(b->session, b->key, &wanted, 1));
}

static void
logout(struct budget *b)
{
	must("C_Logout", b->f->C_Logout(b->session));
}

const struct row look_rows[] = {
	{ "C_Initialize", initialize, ALL(0), 0 },
	{ "C_GetInfo", get_info, ALL(0), 0 },
	{ "C_GetSlotList", list_slots, ALL(0), 0 },
	{ "C_GetSlotInfo, C_GetTokenInfo", get_slot_info, ALL(0), 0 },
	{ "C_GetMechanismList, C_GetMechanismInfo", get_mechanisms, ALL(0), 0 },
	{ "a look at every slot", look_at_all_slots, ALL(0), 0 },
	{ "C_OpenSession", open_session, ALL(0), 0 },
	{ "C_GetSessionInfo", get_session_info, ALL(0), 0 },
	{ "C_FindObjects", search, ALL(0), 0 },
	{ "C_GetAttributeValue", read_attributes, ALL(0), 0 },
	{ "digests", hash, ALL(0), 0 },
	{ "C_Login", login, { 4, 4, 5, 5 }, 0 },
	{ "C_GetSessionInfo after it", get_session_info, ALL(0), 0 },
	{ "C_FindObjects and C_GetAttributeValue after it", search_private, ALL(0), 0 },
	{ "C_Logout", logout, ALL(0), 0 },
	{ "C_Login in the same process again", login, ALL(3), 0 },
	{ .call = finalize },
	{ .call = NULL },
};
