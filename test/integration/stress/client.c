/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

static CK_BYTE digest[32] = "a digest of thirty-two bytes....";

/* --- TAP --- */

static unsigned cases;
static unsigned failures;

void
verdict(bool good, const char *sentence)
{
	cases++;
	failures += !good;
	printf("%sok %u - %s\n", good ? "" : "not ", cases, sentence);
}

int
verdicts(void)
{
	printf("1..%u\n", cases);
	return failures == 0 ? 0 : 1;
}

void
must(const char *what, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	printf("Bail out! %s returned 0x%lx\n", what, rv);
	exit(1);
}

/* --- the module --- */

void
client_load(struct client *c, const char *module, const char *pin)
{
	CK_C_GetFunctionList get = NULL;
	void *dl = dlopen(module, RTLD_NOW);

	if (dl == NULL || (*(void **)&get = dlsym(dl, "C_GetFunctionList")) == NULL) {
		printf("Bail out! %s\n", dlerror());
		exit(1);
	}
	must("C_GetFunctionList", get(&c->f));
	c->pin = pin;
}

void
client_start(struct client *c)
{
	CK_SLOT_ID slots[16];
	CK_ULONG count = COUNT(slots);

	must("C_Initialize", c->f->C_Initialize(NULL));
	must("C_GetSlotList", c->f->C_GetSlotList(CK_TRUE, slots, &count));
	c->slot = slots[0];
}

CK_SESSION_HANDLE
client_open(const struct client *c, CK_FLAGS flags)
{
	CK_SESSION_HANDLE h = CK_INVALID_HANDLE;

	must("C_OpenSession",
		c->f->C_OpenSession(c->slot, CKF_SERIAL_SESSION | flags, NULL, NULL, &h));
	return h;
}

CK_RV
client_login(const struct client *c, CK_SESSION_HANDLE h)
{
	return c->f->C_Login(h, CKU_USER, (CK_BYTE *)c->pin, strlen(c->pin));
}

void
client_pair(const struct client *c, CK_SESSION_HANDLE h, const char *label)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM ec = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, p256, sizeof p256 }, { CKA_TOKEN, &yes, 1 },
		{ CKA_LABEL, (void *)label, strlen(label) } };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, 1 },
		{ CKA_LABEL, (void *)label, strlen(label) } };
	CK_OBJECT_HANDLE a = 0, b = 0;

	must("C_GenerateKeyPair", c->f->C_GenerateKeyPair(h, &ec, public, COUNT(public), private,
					  COUNT(private), &a, &b));
}

CK_OBJECT_HANDLE
client_find(const struct client *c, CK_SESSION_HANDLE h, CK_OBJECT_CLASS class, const char *label)
{
	CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class },
		{ CKA_LABEL, (void *)label, strlen(label) } };
	CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
	CK_ULONG count = 0;

	must("C_FindObjectsInit", c->f->C_FindObjectsInit(h, wanted, COUNT(wanted)));
	must("C_FindObjects", c->f->C_FindObjects(h, &found, 1, &count));
	must("C_FindObjectsFinal", c->f->C_FindObjectsFinal(h));
	return count == 1 ? found : CK_INVALID_HANDLE;
}

/* --- calls that may fail --- */

CK_RV
client_sign(const struct client *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, CK_BYTE *signature)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_ULONG len = SIGNATURE_LEN;
	CK_RV rv = c->f->C_SignInit(h, &ecdsa, key);

	return rv == CKR_OK ? c->f->C_Sign(h, digest, sizeof digest, signature, &len) : rv;
}

CK_RV
client_verify(const struct client *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, CK_BYTE *signature)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_RV rv = c->f->C_VerifyInit(h, &ecdsa, key);

	return rv == CKR_OK ? c->f->C_Verify(h, digest, sizeof digest, signature, SIGNATURE_LEN)
			    : rv;
}

CK_RV
client_digest(const struct client *c, CK_SESSION_HANDLE h)
{
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
	CK_BYTE out[32];
	CK_ULONG len = sizeof out;
	CK_RV rv = c->f->C_DigestInit(h, &sha256);

	return rv == CKR_OK ? c->f->C_Digest(h, digest, sizeof digest, out, &len) : rv;
}
