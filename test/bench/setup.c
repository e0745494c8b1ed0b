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

/* A process for each key: not every module makes room in the TPM for the next. */
void
setup_key_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE public_key = 0;
	CK_OBJECT_HANDLE private_key = 0;

	bench_enter(b);
	bench_generate(b, w->kind, w->count, true, &public_key, &private_key);
	if (w->kind == KIND_RSA)
		secret_encrypt(b);
	bench_leave(b);
}

/* Public keys: they have an id, a label and a class, and need no TPM. The point is the curve's base
 * point. */
static void
object_make(struct bench *b, unsigned index)
{
	static CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	static CK_KEY_TYPE type = CKK_EC;
	static CK_BBOOL yes = CK_TRUE;
	static CK_BBOOL no = CK_FALSE;
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static CK_BYTE point[] = "\x04\x41\x04"
				 "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
				 "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
				 "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
				 "\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
	char name[16];
	CK_ULONG len = (CK_ULONG)snprintf(name, sizeof name, "copy %u", index);
	CK_ATTRIBUTE given[] = { { CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type }, { CKA_TOKEN, &yes, 1 },
		{ CKA_PRIVATE, &no, 1 }, { CKA_ID, name, len }, { CKA_LABEL, name, len },
		{ CKA_VERIFY, &yes, 1 }, { CKA_EC_PARAMS, p256, sizeof p256 },
		{ CKA_EC_POINT, point, sizeof point - 1 } };
	CK_OBJECT_HANDLE made = 0;

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
