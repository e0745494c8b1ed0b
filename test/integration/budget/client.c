/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that rooms share.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "budget.h"

CK_BYTE digest[DIGEST_LEN] = "a digest of thirty-two bytes....";
CK_BYTE p256[10] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };

void
must(const char *what, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	printf("Bail out! %s returned 0x%lx\n", what, rv);
	exit(1);
}

void
load_module(struct budget *b, const char *path)
{
	CK_C_GetFunctionList get = NULL;

	b->dl = dlopen(path, RTLD_NOW);
	if (b->dl == NULL || (*(void **)&get = dlsym(b->dl, "C_GetFunctionList")) == NULL) {
		printf("Bail out! %s\n", dlerror());
		exit(1);
	}
	must("C_GetFunctionList", get(&b->f));
}

const CK_FUNCTION_LIST_3_2 *
functions_3_2(struct budget *b)
{
	CK_C_GetInterface get = NULL;
	CK_INTERFACE *interface = NULL;

	*(void **)&get = dlsym(b->dl, "C_GetInterface");
	must("C_GetInterface", get((CK_UTF8CHAR *)"PKCS 11", &(CK_VERSION){ 3, 2 }, &interface, 0));
	return interface->pFunctionList;
}

void
initialize(struct budget *b)
{
	must("C_Initialize", b->f->C_Initialize(NULL));
}

void
finalize(struct budget *b)
{
	must("C_Finalize", b->f->C_Finalize(NULL));
}

static bool
label_is(const CK_TOKEN_INFO *info, const char *label)
{
	return memcmp(info->label, label, strlen(label)) == 0 && info->label[strlen(label)] == ' ';
}

void
list_slots(struct budget *b)
{
	CK_TOKEN_INFO info;

	b->slot_count = SLOTS_MAX;
	must("C_GetSlotList", b->f->C_GetSlotList(CK_TRUE, b->slots, &b->slot_count));
	while (b->slot_count > 0) {
		must("C_GetTokenInfo", b->f->C_GetTokenInfo(b->slots[b->slot_count - 1], &info));
		if ((info.flags & CKF_TOKEN_INITIALIZED) != 0)
			break;
		b->slot_count--; /* the empty slot is the last one */
	}
	for (CK_ULONG i = 0; i < b->slot_count; i++) {
		must("C_GetTokenInfo", b->f->C_GetTokenInfo(b->slots[i], &info));
		if (label_is(&info, b->label))
			b->slot = b->slots[i];
	}
}

void
open_session(struct budget *b)
{
	CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;

	must("C_OpenSession", b->f->C_OpenSession(b->slot, flags, NULL, NULL, &b->session));
}

void
login(struct budget *b)
{
	must("C_Login", b->f->C_Login(b->session, CKU_USER, (CK_BYTE *)b->pin, strlen(b->pin)));
}

CK_OBJECT_HANDLE
find_one(struct budget *b, CK_SESSION_HANDLE h, CK_OBJECT_CLASS class)
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof class };
	CK_OBJECT_HANDLE found[4] = { 0 };
	CK_ULONG count = 0;

	must("C_FindObjectsInit", b->f->C_FindObjectsInit(h, &wanted, 1));
	must("C_FindObjects", b->f->C_FindObjects(h, found, COUNT(found), &count));
	must("C_FindObjectsFinal", b->f->C_FindObjectsFinal(h));
	return count > 0 ? found[count - 1] : 0;
}

void
start(struct budget *b)
{
	initialize(b);
	list_slots(b);
	open_session(b);
	login(b);
}

void
generate_ec(struct budget *b, CK_BBOOL always_authenticate)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM ec = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, p256, sizeof p256 }, { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, 1 },
		{ CKA_ALWAYS_AUTHENTICATE, &always_authenticate, 1 } };

	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &ec, public, COUNT(public),
					  private, COUNT(private), &b->public_key, &b->key));
}

void
sign_init(struct budget *b)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };

	must("C_SignInit", b->f->C_SignInit(b->session, &ecdsa, b->key));
}

void
sign_size(struct budget *b)
{
	CK_ULONG len = 0;

	must("C_Sign", b->f->C_Sign(b->session, digest, sizeof digest, NULL, &len));
}

void
sign_now(struct budget *b)
{
	CK_ULONG len = sizeof b->signature;

	must("C_Sign", b->f->C_Sign(b->session, digest, sizeof digest, b->signature, &len));
}

void
sign(struct budget *b)
{
	sign_init(b);
	sign_size(b);
	sign_now(b);
}

void
drop_pair(struct budget *b)
{
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, b->key));
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, b->public_key));
}

void
draw_random(struct budget *b)
{
	CK_BYTE out[32];

	must("C_GenerateRandom", b->f->C_GenerateRandom(b->session, out, sizeof out));
}
