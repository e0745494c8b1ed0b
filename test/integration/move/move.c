/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * move MODULE PIN LABEL out|in FOLDER: keys leave the token of this label, wrapped
 * with a key that both sides know, or come into it and sign. What is handed on is
 * in files: NAME.wrapped, NAME.der (the public half), NAME.sig.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROOM     4096
#define VALUE(v) (void *)&(v), sizeof(v)

static CK_FUNCTION_LIST *f;
static const char *folder;
static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS secret = CKO_SECRET_KEY, private = CKO_PRIVATE_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static uint8_t kek[32] = "what both sides know beforehand.";
static uint8_t data[32] = "the SHA-256 of nothing at all...";

struct kind {
	const char *name;
	CK_MECHANISM_TYPE generate, wrap, sign;
	CK_KEY_TYPE type;
	CK_ATTRIBUTE size; /* of the public template */
};

static CK_ULONG bits = 2048;
static uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };

static struct kind kinds[] = {
	{ "ec-kwp", CKM_EC_KEY_PAIR_GEN, CKM_AES_KEY_WRAP_KWP, CKM_ECDSA, CKK_EC,
		{ CKA_EC_PARAMS, VALUE(p256) } },
	{ "ec-kw", CKM_EC_KEY_PAIR_GEN, CKM_AES_KEY_WRAP, CKM_ECDSA, CKK_EC,
		{ CKA_EC_PARAMS, VALUE(p256) } },
	{ "rsa-kwp", CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_AES_KEY_WRAP_KWP, CKM_RSA_PKCS, CKK_RSA,
		{ CKA_MODULUS_BITS, VALUE(bits) } },
	{ "rsa-kw", CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_AES_KEY_WRAP, CKM_RSA_PKCS, CKK_RSA,
		{ CKA_MODULUS_BITS, VALUE(bits) } },
};

static void
check(const char *what, const struct kind *k, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "%s %s: %#lx\n", k != NULL ? k->name : "", what, rv);
	exit(1);
}

static FILE *
file(const struct kind *k, const char *suffix, const char *mode)
{
	char path[512];
	FILE *stream = NULL;

	snprintf(path, sizeof(path), "%s/%s.%s", folder, k->name, suffix);
	stream = fopen(path, mode);
	check(path, k, stream != NULL ? CKR_OK : CKR_GENERAL_ERROR);
	return stream;
}

static void
file_write(const struct kind *k, const char *suffix, const void *content, size_t len)
{
	FILE *stream = file(k, suffix, "wb");

	check(suffix, k, fwrite(content, 1, len, stream) == len ? CKR_OK : CKR_GENERAL_ERROR);
	fclose(stream);
}

static CK_OBJECT_HANDLE
kek_create(CK_SESSION_HANDLE h)
{
	CK_ATTRIBUTE t[] = { { CKA_CLASS, VALUE(secret) }, { CKA_KEY_TYPE, VALUE(aes) },
		{ CKA_WRAP, VALUE(yes) }, { CKA_UNWRAP, VALUE(yes) }, { CKA_VALUE, VALUE(kek) } };
	CK_OBJECT_HANDLE o = 0;

	check("C_CreateObject", NULL, f->C_CreateObject(h, t, COUNT(t), &o));
	return o;
}

static void
out(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE by, struct kind *k)
{
	CK_MECHANISM generate = { k->generate, NULL, 0 }, wrap = { k->wrap, NULL, 0 };
	CK_ATTRIBUTE own[] = { { CKA_TOKEN, VALUE(yes) }, { CKA_EXTRACTABLE, VALUE(yes) } };
	uint8_t content[ROOM];
	CK_ATTRIBUTE info = { CKA_PUBLIC_KEY_INFO, VALUE(content) };
	CK_ULONG n = sizeof(content);
	CK_OBJECT_HANDLE pair[2];

	check("C_GenerateKeyPair", k,
		f->C_GenerateKeyPair(
			h, &generate, &k->size, 1, own, COUNT(own), &pair[0], &pair[1]));
	check("C_GetAttributeValue", k, f->C_GetAttributeValue(h, pair[0], &info, 1));
	file_write(k, "der", content, info.ulValueLen);
	check("C_WrapKey", k, f->C_WrapKey(h, &wrap, by, pair[1], content, &n));
	file_write(k, "wrapped", content, n);
}

static void
in(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE by, struct kind *k)
{
	CK_MECHANISM wrap = { k->wrap, NULL, 0 }, sign = { k->sign, NULL, 0 };
	CK_ATTRIBUTE t[] = { { CKA_CLASS, VALUE(private) }, { CKA_KEY_TYPE, VALUE(k->type) },
		{ CKA_TOKEN, VALUE(yes) }, { CKA_LABEL, (void *)k->name, strlen(k->name) } };
	uint8_t content[ROOM];
	FILE *stream = file(k, "wrapped", "rb");
	CK_ULONG len = fread(content, 1, sizeof(content), stream), n = sizeof(content);
	CK_OBJECT_HANDLE o = 0;

	fclose(stream);
	check("C_UnwrapKey", k, f->C_UnwrapKey(h, &wrap, by, content, len, t, COUNT(t), &o));
	check("C_SignInit", k, f->C_SignInit(h, &sign, o));
	check("C_Sign", k, f->C_Sign(h, VALUE(data), content, &n));
	file_write(k, "sig", content, n);
}

static CK_SESSION_HANDLE
log_in(const char *label, const char *pin)
{
	CK_SLOT_ID slots[16];
	CK_ULONG n = COUNT(slots);
	CK_TOKEN_INFO info;
	CK_SESSION_HANDLE h = 0;

	check("C_Initialize", NULL, f->C_Initialize(NULL));
	check("C_GetSlotList", NULL, f->C_GetSlotList(CK_TRUE, slots, &n));
	for (CK_ULONG i = 0; i < n && h == 0; i++)
		if (f->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
			memcmp(info.label, label, strlen(label)) == 0)
			check("C_OpenSession", NULL,
				f->C_OpenSession(slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION,
					NULL, NULL, &h));
	check("C_Login", NULL, f->C_Login(h, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)));
	return h;
}

int
main(int argc, char **argv)
{
	void *dl = argc == 6 ? dlopen(argv[1], RTLD_NOW) : NULL;
	CK_C_GetFunctionList get = NULL;
	CK_SESSION_HANDLE h = 0;
	CK_OBJECT_HANDLE by = 0;

	if (dl != NULL)
		*(void **)&get = dlsym(dl, "C_GetFunctionList");
	if (get == NULL || get(&f) != CKR_OK) {
		fprintf(stderr, "usage: move MODULE PIN LABEL out|in FOLDER\n");
		return 2;
	}
	folder = argv[5];
	h = log_in(argv[3], argv[2]);
	by = kek_create(h);
	for (size_t i = 0; i < COUNT(kinds); i++)
		(strcmp(argv[4], "out") == 0 ? out : in)(h, by, &kinds[i]);
	check("C_Finalize", NULL, f->C_Finalize(NULL));
	return 0;
}
