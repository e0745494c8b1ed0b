/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots, tokens and mechanisms; making the token for all that follows.
 */
#include "config.h"

#include "api.h"

#define NO_SLOT 0x7ffffffful

static CK_RV
init_token(struct ctx *c, CK_SLOT_ID slot, const char *so_pin)
{
	CK_UTF8CHAR label[32];

	memset(label, ' ', sizeof(label));
	memcpy(label, LABEL, strlen(LABEL));
	return c->f->C_InitToken(slot, (CK_UTF8CHAR *)so_pin, strlen(so_pin), label);
}

/* Digests need no token, not even to be kept and restored; what is listed works. */
static void
test_empty_digests(struct ctx *c, CK_SLOT_ID slot, CK_SESSION_HANDLE h)
{
	CK_MECHANISM_TYPE list[64];
	CK_MECHANISM_INFO info = { 0 };
	uint8_t digest[64], again[64], state[64];
	CK_ULONG count = COUNT(list), len = 0, again_len = 0, state_len = 0;

	expect(c, "mechanisms of an empty slot", CKR_OK,
		c->f->C_GetMechanismList(slot, list, &count));
	expect_true(c, "there are some", count > 0);
	for (CK_ULONG i = 0; i < count; i++) {
		CK_MECHANISM m = { list[i], NULL, 0 };

		len = sizeof(digest), again_len = sizeof(again), state_len = sizeof(state);
		expect(c, "a mechanism of an empty slot", CKR_OK,
			c->f->C_GetMechanismInfo(slot, list[i], &info));
		expect(c, "is a digest", CKF_DIGEST, info.flags);
		expect(c, "and works", CKR_OK, c->f->C_DigestInit(h, &m));
		expect(c, "in parts", CKR_OK, c->f->C_DigestUpdate(h, (CK_BYTE *)"abc", 3));
		expect(c, "is kept", CKR_OK, c->f->C_GetOperationState(h, state, &state_len));
		expect(c, "ends", CKR_OK, c->f->C_DigestFinal(h, digest, &len));
		expect(c, "is restored", CKR_OK,
			c->f->C_SetOperationState(h, state, state_len, 0, 0));
		expect(c, "ends again", CKR_OK, c->f->C_DigestFinal(h, again, &again_len));
		expect_true(
			c, "and is the same", len == again_len && memcmp(digest, again, len) == 0);
	}
	expect(c, "what needs a key is no mechanism of an empty slot", CKR_MECHANISM_INVALID,
		c->f->C_GetMechanismInfo(slot, CKM_ECDSA, &info));
}

/* What can be asked of a session on a token that is not initialised. */
static void
test_empty_session(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE found[2];
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_SESSION_INFO info = { 0 };
	uint8_t random[8];
	CK_ULONG n = 99;

	expect(c, "C_GetSessionInfo on an empty slot", CKR_OK, c->f->C_GetSessionInfo(h, &info));
	expect(c, "it is a public session", CKS_RW_PUBLIC_SESSION, info.state);
	expect(c, "a search on an empty slot", CKR_OK, search(c, h, NULL, 0, found, 2, &n));
	expect(c, "it finds nothing", 0, n);
	expect(c, "random numbers on an empty slot", CKR_OK,
		c->f->C_GenerateRandom(h, random, sizeof(random)));
	expect(c, "no user has a PIN on an empty slot", CKR_USER_PIN_NOT_INITIALIZED,
		login(c, h, CKU_USER, USER_PIN));
	expect(c, "nor has the security officer", CKR_USER_PIN_NOT_INITIALIZED,
		login(c, h, CKU_SO, SO_PIN));
	expect(c, "C_SetPIN on an empty slot", CKR_USER_PIN_NOT_INITIALIZED,
		c->f->C_SetPIN(h, (CK_UTF8CHAR *)USER_PIN, strlen(USER_PIN),
			(CK_UTF8CHAR *)USER_PIN, strlen(USER_PIN)));
	expect(c, "C_Logout on an empty slot", CKR_USER_NOT_LOGGED_IN, c->f->C_Logout(h));
	expect(c, "no work with keys is done on an empty slot", CKR_USER_NOT_LOGGED_IN,
		c->f->C_VerifyInit(h, &ecdsa, 1));
}

static void
test_empty(struct ctx *c, CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE h = 0, other = 0;
	CK_RV rv = CKR_OK;
	CK_SLOT_INFO info;
	CK_TOKEN_INFO token;

	expect(c, "C_GetSlotInfo", CKR_OK, c->f->C_GetSlotInfo(slot, &info));
	expect(c, "flags of a slot", CKF_TOKEN_PRESENT | CKF_HW_SLOT, info.flags);
	expect(c, "C_GetTokenInfo of an empty slot", CKR_OK, c->f->C_GetTokenInfo(slot, &token));
	expect(c, "an empty slot is not initialised", 0,
		token.flags &
			(CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED));
	rv = c->f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &h);
	expect(c, "a session on an empty slot", CKR_OK, rv);
	if (rv != CKR_OK)
		return;
	test_empty_session(c, h);
	test_empty_digests(c, slot, h);
	expect(c, "another one", CKR_OK,
		c->f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &other));
	expect(c, "C_InitToken with a session on the empty slot", CKR_SESSION_EXISTS,
		init_token(c, slot, SO_PIN));
	expect(c, "C_CloseSession on an empty slot", CKR_OK, c->f->C_CloseSession(h));
	expect(c, "C_CloseAllSessions of an empty slot", CKR_OK, c->f->C_CloseAllSessions(slot));
}

static void
test_init(struct ctx *c, CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE h = 0;

	expect(c, "C_InitToken with a short PIN", CKR_PIN_LEN_RANGE, init_token(c, slot, "123"));
	expect(c, "C_InitToken", CKR_OK, init_token(c, slot, SO_PIN));
	/* Before the next C_GetSlotList: many programs go on with the slot that they have. */
	expect(c, "a session on the new token's slot", CKR_OK,
		c->f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &h));
	expect(c, "C_InitToken with a session", CKR_SESSION_EXISTS, init_token(c, slot, SO_PIN));
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(h));
	expect(c, "C_InitToken again with the wrong PIN", CKR_PIN_INCORRECT,
		init_token(c, slot, "00000000"));
	expect(c, "C_InitToken again", CKR_OK, init_token(c, slot, SO_PIN));
	expect_true(c, "the token is listed", find_slot(c));
	expect(c, "the slot has kept its id", slot, c->slot);
}

static void
test_token_info(struct ctx *c)
{
	CK_TOKEN_INFO t;

	expect(c, "C_GetTokenInfo", CKR_OK, c->f->C_GetTokenInfo(c->slot, &t));
	expect(c, "flags of a token without user PIN",
		CKF_RNG | CKF_LOGIN_REQUIRED | CKF_RESTORE_KEY_NOT_NEEDED | CKF_TOKEN_INITIALIZED,
		t.flags);
	expect(c, "shortest PIN", 4, t.ulMinPinLen);
	expect(c, "longest PIN", 255, t.ulMaxPinLen);
	expect(c, "maximum of sessions", 0, t.ulMaxSessionCount);
	expect(c, "sessions", 0, t.ulSessionCount);
	expect(c, "maximum of R/W sessions", 0, t.ulMaxRwSessionCount);
	expect(c, "R/W sessions", 0, t.ulRwSessionCount);
	expect(c, "public memory", 0, t.ulTotalPublicMemory);
	expect(c, "free public memory", 0, t.ulFreePublicMemory);
	expect_true(c, "the label is padded with blanks",
		t.label[strlen(LABEL)] == ' ' && t.label[31] == ' ');
	expect_true(c, "the token has a serial number", t.serialNumber[15] != ' ');
}

static void
test_mechanisms(struct ctx *c)
{
	static const CK_MECHANISM_TYPE wanted[] = { CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN,
		CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS,
		CKM_ECDSA, CKM_SHA256 };
	CK_MECHANISM_TYPE list[256];
	CK_MECHANISM_INFO info;
	CK_ULONG n = 0, small = 1;

	expect(c, "C_GetMechanismList counts", CKR_OK, c->f->C_GetMechanismList(c->slot, NULL, &n));
	expect(c, "C_GetMechanismList with too little room", CKR_BUFFER_TOO_SMALL,
		c->f->C_GetMechanismList(c->slot, list, &small));
	expect(c, "C_GetMechanismList tells the room it needs", n, small);
	expect(c, "C_GetMechanismList", CKR_OK, c->f->C_GetMechanismList(c->slot, list, &n));
	for (CK_ULONG i = 0; i < n; i++)
		expect(c, "every listed mechanism has information", CKR_OK,
			c->f->C_GetMechanismInfo(c->slot, list[i], &info));
	for (size_t w = 0; w < COUNT(wanted); w++)
		expect(c, "the mechanisms that clients need are there", CKR_OK,
			c->f->C_GetMechanismInfo(c->slot, wanted[w], &info));
	expect(c, "an unknown mechanism", CKR_MECHANISM_INVALID,
		c->f->C_GetMechanismInfo(c->slot, CKM_VENDOR_DEFINED | 0x123456, &info));
}

void
test_slot(struct ctx *c)
{
	CK_SLOT_ID list[16];
	CK_SLOT_ID event = 0;
	CK_ULONG n = 0, none = 0;
	CK_SLOT_INFO info;

	expect(c, "C_GetSlotList counts", CKR_OK, c->f->C_GetSlotList(CK_TRUE, NULL, &n));
	expect(c, "an empty store has the empty slot", 1, n);
	expect(c, "C_GetSlotList with too little room", CKR_BUFFER_TOO_SMALL,
		c->f->C_GetSlotList(CK_TRUE, list, &none));
	expect(c, "C_GetSlotList tells the room it needs", 1, none);
	expect(c, "C_GetSlotList", CKR_OK, c->f->C_GetSlotList(CK_TRUE, list, &n));
	expect(c, "an unknown slot", CKR_SLOT_ID_INVALID, c->f->C_GetSlotInfo(NO_SLOT, &info));
	test_empty(c, list[0]);
	test_init(c, list[0]);
	test_token_info(c);
	test_mechanisms(c);
	expect(c, "C_WaitForSlotEvent at once", CKR_NO_EVENT,
		c->f->C_WaitForSlotEvent(CKF_DONT_BLOCK, &event, NULL));
	n = 0;
	expect(c, "C_GetSlotList counts again", CKR_OK, c->f->C_GetSlotList(CK_TRUE, NULL, &n));
	expect(c, "a new empty slot has come", 2, n);
}
