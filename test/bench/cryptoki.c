/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of a Cryptoki client that the works are made of.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

#define SLOTS_MAX 64

CK_BYTE bench_digest[DIGEST_LEN] = "a digest of thirty-two bytes....";

/* DigestInfo of SHA-256, as ssh and TLS clients make it; the digest follows. */
static const CK_BYTE digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };

void
must(const char *what, CK_RV rv)
{
	if (rv != CKR_OK)
		die(what, rv);
}

void
bench_load(struct bench *b, const char *path)
{
	void *dl = dlopen(path, RTLD_NOW);
	CK_C_GetFunctionList get = NULL;

	if (dl == NULL || (*(void **)&get = dlsym(dl, "C_GetFunctionList")) == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	must("C_GetFunctionList", get(&b->f));
}

static void
find_slot(struct bench *b)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = SLOTS_MAX;
	CK_TOKEN_INFO info;

	must("C_GetSlotList", b->f->C_GetSlotList(CK_TRUE, slots, &count));
	for (CK_ULONG i = 0; i < count; i++) {
		must("C_GetTokenInfo", b->f->C_GetTokenInfo(slots[i], &info));
		if (memcmp(info.label, "bench   ", 8) != 0)
			continue;
		b->slot = slots[i];
		return;
	}
	die("no token \"bench\" in so many slots", count);
}

void
bench_open(struct bench *b)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	must("C_Initialize", b->f->C_Initialize(&args));
	find_slot(b);
	must("C_OpenSession", b->f->C_OpenSession(b->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
				      NULL, NULL, &b->session));
}

void
bench_login(struct bench *b)
{
	const char *pin = getenv("BENCH_PIN");

	if (pin == NULL)
		die("BENCH_PIN is not set", 0);
	must("C_Login", b->f->C_Login(b->session, CKU_USER, (CK_BYTE *)pin, strlen(pin)));
}

void
bench_enter(struct bench *b)
{
	bench_open(b);
	bench_login(b);
}

void
bench_leave(struct bench *b)
{
	must("C_Finalize", b->f->C_Finalize(NULL));
}

CK_ULONG
bench_find(struct bench *b, CK_ATTRIBUTE *wanted, CK_ULONG count, CK_OBJECT_HANDLE *found)
{
	CK_ULONG found_count = 0;

	must("C_FindObjectsInit", b->f->C_FindObjectsInit(b->session, wanted, count));
	must("C_FindObjects", b->f->C_FindObjects(b->session, found, 1, &found_count));
	must("C_FindObjectsFinal", b->f->C_FindObjectsFinal(b->session));
	return found_count;
}

CK_OBJECT_HANDLE
bench_key(struct bench *b, CK_OBJECT_CLASS class, enum kind kind, unsigned index)
{
	CK_BYTE id[] = { (CK_BYTE)kind, (CK_BYTE)index };
	CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class }, { CKA_ID, id, sizeof id } };
	CK_OBJECT_HANDLE found = 0;

	if (bench_find(b, wanted, COUNT(wanted), &found) != 1)
		die("no key with this number", index);
	return found;
}

CK_ULONG
bench_sign(struct bench *b, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, enum kind kind,
	CK_BYTE *signature)
{
	static const CK_MECHANISM_TYPE types[] = { CKM_ECDSA, CKM_RSA_PKCS };
	CK_MECHANISM mechanism = { types[kind], NULL, 0 };
	CK_BYTE input[sizeof digest_info + DIGEST_LEN];
	size_t prefix = kind == KIND_RSA ? sizeof digest_info : 0;
	CK_ULONG len = SIGNATURE_MAX;

	memcpy(input, digest_info, prefix);
	memcpy(input + prefix, bench_digest, DIGEST_LEN);
	must("C_SignInit", b->f->C_SignInit(session, &mechanism, key));
	must("C_Sign", b->f->C_Sign(session, input, prefix + DIGEST_LEN, signature, &len));
	return len;
}

void
bench_generate(struct bench *b, enum kind kind, unsigned index, bool on_token,
	CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static CK_BYTE exponent[] = { 1, 0, 1 };
	static CK_BYTE label[] = { 'k', 'e', 'y' };
	static CK_ULONG bits = 2048;
	static CK_BBOOL yes = CK_TRUE;
	CK_BBOOL token = on_token;
	bool rsa = kind == KIND_RSA;
	CK_BYTE id[] = { (CK_BYTE)kind, (CK_BYTE)index };
	CK_MECHANISM mechanism = { rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_TOKEN, &token, 1 }, { CKA_ID, id, sizeof id },
		{ CKA_LABEL, label, sizeof label }, { CKA_VERIFY, &yes, 1 },
		{ CKA_EC_PARAMS, p256, sizeof p256 }, { CKA_ENCRYPT, &yes, 1 },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof exponent } };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &token, 1 }, { CKA_ID, id, sizeof id },
		{ CKA_LABEL, label, sizeof label }, { CKA_PRIVATE, &yes, 1 },
		{ CKA_SENSITIVE, &yes, 1 }, { CKA_SIGN, &yes, 1 }, { CKA_DECRYPT, &yes, 1 } };

	if (rsa)
	public[4] = (CK_ATTRIBUTE){ CKA_MODULUS_BITS, &bits, sizeof bits };
	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &mechanism, public,
					  COUNT(public) - (rsa ? 0 : 2), private,
					  COUNT(private) - !rsa, public_key, private_key));
}
