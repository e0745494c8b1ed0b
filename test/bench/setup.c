/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the works need: a token "bench" with keys, an encrypted secret, and
 * public objects by the number, with the names that fill.c gives.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

#define SLOTS_MAX 64

static void
token_make(struct bench *b)
{
	static CK_BYTE label[32] = "bench                           ";
	CK_BYTE *pin = (CK_BYTE *)getenv("BENCH_PIN");
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = SLOTS_MAX;
	CK_ULONG len = pin != NULL ? strlen((char *)pin) : 0;

	must("C_Initialize", b->f->C_Initialize(NULL));
	must("C_GetSlotList", b->f->C_GetSlotList(CK_FALSE, slots, &count));
	must("C_InitToken", b->f->C_InitToken(slots[count - 1], pin, len, label));
	bench_leave(b);
	bench_open(b); /* some give the new token another slot */
	must("C_Login", b->f->C_Login(b->session, CKU_SO, pin, len));
	must("C_InitPIN", b->f->C_InitPIN(b->session, pin, len));
	must("C_Logout", b->f->C_Logout(b->session));
}

/* As a volume's key lies on the disk, for job_decrypt_run(). */
static void
secret_encrypt(struct bench *b)
{
	const char *path = getenv("BENCH_CIPHER");
	CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key = bench_key(b, CKO_PUBLIC_KEY, KIND_RSA, 0);
	CK_BYTE cipher[SIGNATURE_MAX];
	CK_ULONG len = sizeof cipher;
	FILE *out = path != NULL ? fopen(path, "we") : NULL;

	must("C_EncryptInit", b->f->C_EncryptInit(b->session, &mechanism, key));
	must("C_Encrypt", b->f->C_Encrypt(b->session, bench_digest, DIGEST_LEN, cipher, &len));
	if (out == NULL || fwrite(cipher, 1, len, out) != len || fclose(out) != 0)
		die("BENCH_CIPHER can not be written", len);
}

void
setup_run(struct bench *b, const struct work *w)
{
	(void)w;
	token_make(b);
	bench_leave(b);
}

static bool
key_there(struct bench *b, enum kind kind, unsigned index)
{
	CK_BYTE id[] = { (CK_BYTE)kind, (CK_BYTE)index };
	CK_ATTRIBUTE wanted = { CKA_ID, id, sizeof id };
	CK_OBJECT_HANDLE found = 0;

	return bench_find(b, &wanted, 1, &found) == 1;
}

/* Not every module makes room in the TPM for the next key: for those, a process each. */
void
setup_keys_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE public_key = 0;
	CK_OBJECT_HANDLE private_key = 0;

	bench_enter(b);
	for (unsigned i = 0; i < w->count; i++)
		if (!key_there(b, w->kind, i))
			bench_generate(b, w->kind, i, true, &public_key, &private_key);
	if (w->kind == KIND_RSA)
		secret_encrypt(b);
	bench_leave(b);
}

/* Public keys: they have an id, a label and a class, and need no TPM. Nobody looks whether the
 * modulus is a product of primes. */
static void
object_make(struct bench *b, unsigned index)
{
	static CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	static CK_KEY_TYPE type = CKK_RSA;
	static CK_BBOOL yes = CK_TRUE;
	static CK_BBOOL no = CK_FALSE;
	static CK_BYTE exponent[] = { 1, 0, 1 };
	CK_BYTE modulus[256];
	char name[16];
	CK_ULONG len = (CK_ULONG)snprintf(name, sizeof name, "copy %u", index);
	CK_ATTRIBUTE given[] = { { CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type }, { CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &no, 1 }, { CKA_ID, name, len }, { CKA_LABEL, name, len },
		{ CKA_VERIFY, &yes, 1 }, { CKA_MODULUS, modulus, sizeof modulus },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof exponent } };
	CK_OBJECT_HANDLE made = 0;

	memset(modulus, 0xd5, sizeof modulus);
	must("C_CreateObject", b->f->C_CreateObject(b->session, given, COUNT(given), &made));
}

void
objects_run(struct bench *b, const struct work *w)
{
	token_make(b);
	bench_login(b);
	for (unsigned i = 0; i < w->count; i++)
		object_make(b, i);
	bench_leave(b);
}
