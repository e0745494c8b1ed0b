/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command budgets: what each call may cost in TPM commands, asserted through
 * the log of the counting TCTI (a line a command).
 *
 *   budget MODULE LOG PIN yes|no
 *
 * The store has one token with the label "budget", its user PIN is PIN; the last word says whether
 * the module is told that a resource manager is there. Prints TAP.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct budget {
	void *dl;
	CK_FUNCTION_LIST *f;
	const char *log;
	const char *pin;
	bool manager;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_OBJECT_HANDLE public_key;
	unsigned seen; /* commands logged so far */
	unsigned cases;
	unsigned failures;
};

static CK_BYTE digest[32] = "a digest of thirty-two bytes....";

static void
must(const char *what, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	printf("Bail out! %s returned 0x%lx\n", what, rv);
	exit(1);
}

/* Commands since the last call. */
static unsigned
commands(struct budget *b)
{
	unsigned lines = 0;
	unsigned fresh = 0;
	FILE *log = fopen(b->log, "r");

	for (int c = log != NULL ? getc(log) : EOF; c != EOF; c = getc(log))
		lines += c == '\n';
	if (log != NULL)
		fclose(log);
	fresh = lines - b->seen;
	b->seen = lines;
	return fresh;
}

static void
expect(struct budget *b, const char *what, unsigned allowed)
{
	unsigned used = commands(b);

	b->cases++;
	b->failures += used != allowed;
	printf("%sok %u - %s: %u of %u commands\n", used == allowed ? "" : "not ", b->cases, what, used,
		allowed);
}

static void
load(struct budget *b, const char *path)
{
	CK_C_GetFunctionList get = NULL;

	b->dl = dlopen(path, RTLD_NOW);
	if (b->dl == NULL || (*(void **)&get = dlsym(b->dl, "C_GetFunctionList")) == NULL) {
		printf("Bail out! %s\n", dlerror());
		exit(1);
	}
	must("C_GetFunctionList", get(&b->f));
}

static void
find_slot(struct budget *b)
{
	CK_SLOT_ID slots[16];
	CK_ULONG count = COUNT(slots);
	CK_TOKEN_INFO info;

	must("C_GetSlotList", b->f->C_GetSlotList(CK_TRUE, slots, &count));
	for (CK_ULONG i = 0; i < count; i++) {
		CK_SLOT_INFO slot;

		must("C_GetSlotInfo", b->f->C_GetSlotInfo(slots[i], &slot));
		must("C_GetTokenInfo", b->f->C_GetTokenInfo(slots[i], &info));
		if (memcmp(info.label, "budget  ", 8) == 0)
			b->slot = slots[i];
	}
}

static CK_OBJECT_HANDLE
find_one(struct budget *b, CK_OBJECT_CLASS class)
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof class };
	CK_OBJECT_HANDLE found = 0;
	CK_ULONG count = 0;

	must("C_FindObjectsInit", b->f->C_FindObjectsInit(b->session, &wanted, 1));
	must("C_FindObjects", b->f->C_FindObjects(b->session, &found, 1, &count));
	must("C_FindObjectsFinal", b->f->C_FindObjectsFinal(b->session));
	return count == 1 ? found : 0;
}

/* Everything that a client looks at before it logs in. */
static void
look_around(struct budget *b)
{
	CK_MECHANISM_TYPE mechanisms[128];
	CK_ULONG count = COUNT(mechanisms);
	CK_MECHANISM_INFO mechanism;
	CK_INFO info;
	CK_BYTE point[256];
	CK_ATTRIBUTE value = { CKA_EC_POINT, point, sizeof point };

	must("C_GetInfo", b->f->C_GetInfo(&info));
	find_slot(b);
	must("C_GetMechanismList", b->f->C_GetMechanismList(b->slot, mechanisms, &count));
	must("C_GetMechanismInfo", b->f->C_GetMechanismInfo(b->slot, CKM_ECDSA, &mechanism));
	must("C_OpenSession",
		b->f->C_OpenSession(b->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &b->session));
	b->public_key = find_one(b, CKO_PUBLIC_KEY);
	if (b->public_key != 0)
		must("C_GetAttributeValue",
			b->f->C_GetAttributeValue(b->session, b->public_key, &value, 1));
}

static void
login(struct budget *b)
{
	must("C_Login", b->f->C_Login(b->session, CKU_USER, (CK_BYTE *)b->pin, strlen(b->pin)));
}

static void
sign(struct budget *b, CK_BYTE *signature)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_ULONG len = 0;

	must("C_SignInit", b->f->C_SignInit(b->session, &ecdsa, b->key));
	must("C_Sign", b->f->C_Sign(b->session, digest, sizeof digest, NULL, &len));
	must("C_Sign", b->f->C_Sign(b->session, digest, sizeof digest, signature, &len));
}

/* With a point that is certainly on the curve: the key's own. */
static void
derive(struct budget *b)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_BYTE point[67];
	CK_ATTRIBUTE value = { CKA_EC_POINT, point, sizeof point };
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, sizeof point, point };
	CK_MECHANISM ecdh = { CKM_ECDH1_DERIVE, &params, sizeof params };
	CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class }, { CKA_KEY_TYPE, &type, sizeof type } };
	CK_OBJECT_HANDLE key = 0;

	must("C_GetAttributeValue", b->f->C_GetAttributeValue(b->session, b->public_key, &value, 1));
	must("C_DeriveKey", b->f->C_DeriveKey(b->session, &ecdh, b->key, wanted, COUNT(wanted), &key));
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, key));
}

static const CK_FUNCTION_LIST_3_2 *
functions_3_2(struct budget *b)
{
	CK_C_GetInterface get = NULL;
	CK_INTERFACE *interface = NULL;

	*(void **)&get = dlsym(b->dl, "C_GetInterface");
	must("C_GetInterface",
		get((CK_UTF8CHAR *)"PKCS 11", &(CK_VERSION){ 3, 2 }, &interface, 0));
	return interface->pFunctionList;
}

/* A key for the token's own pair, and back. */
static void
encapsulate(struct budget *b)
{
	static CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	static CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	static CK_BBOOL yes = CK_TRUE;
	const CK_FUNCTION_LIST_3_2 *f = functions_3_2(b);
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, 0, NULL };
	CK_MECHANISM ecdh = { CKM_ECDH1_DERIVE, &params, sizeof params };
	CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class }, { CKA_KEY_TYPE, &type, sizeof type } };
	CK_ATTRIBUTE may[] = { { CKA_ENCAPSULATE, &yes, 1 }, { CKA_DECAPSULATE, &yes, 1 } };
	CK_BYTE cipher[67];
	CK_ULONG len = sizeof cipher;
	CK_OBJECT_HANDLE key = 0;

	must("C_SetAttributeValue", b->f->C_SetAttributeValue(b->session, b->public_key, &may[0], 1));
	must("C_SetAttributeValue", b->f->C_SetAttributeValue(b->session, b->key, &may[1], 1));
	must("C_EncapsulateKey",
		f->C_EncapsulateKey(b->session, &ecdh, b->public_key, wanted, COUNT(wanted), cipher, &len, &key));
	expect(b, "C_EncapsulateKey", 0);
	must("C_DecapsulateKey",
		f->C_DecapsulateKey(b->session, &ecdh, b->key, wanted, COUNT(wanted), cipher, len, &key));
	expect(b, "C_DecapsulateKey with a key that is loaded", 1);
}

static void
verify(struct budget *b, CK_BYTE *signature)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };

	must("C_VerifyInit", b->f->C_VerifyInit(b->session, &ecdsa, b->public_key));
	must("C_Verify", b->f->C_Verify(b->session, digest, sizeof digest, signature, 64));
}

static void
hash(struct budget *b)
{
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
	CK_BYTE out[32];
	CK_ULONG len = sizeof out;

	must("C_DigestInit", b->f->C_DigestInit(b->session, &sha256));
	must("C_Digest", b->f->C_Digest(b->session, digest, sizeof digest, out, &len));
}

static void
generate(struct budget *b, CK_BBOOL always)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM ec = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, p256, sizeof p256 }, { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, 1 }, { CKA_ALWAYS_AUTHENTICATE, &always, 1 } };

	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &ec, public, COUNT(public), private,
					  COUNT(private), &b->public_key, &b->key));
}

/* To the session: gone with it. */
static void
copy(struct budget *b)
{
	static CK_BBOOL no = CK_FALSE;
	CK_ATTRIBUTE t = { CKA_TOKEN, &no, 1 };
	CK_OBJECT_HANDLE o = 0;

	must("C_CopyObject", b->f->C_CopyObject(b->session, b->key, &t, 1, &o));
	must("C_CopyObject", b->f->C_CopyObject(b->session, b->public_key, &t, 1, &o));
}

static void
generate_rsa(struct budget *b)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_ULONG bits = 2048;
	CK_MECHANISM rsa = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_MODULUS_BITS, &bits, sizeof bits }, { CKA_ENCRYPT, &yes, 1 } };
	CK_ATTRIBUTE private[] = { { CKA_DECRYPT, &yes, 1 } };

	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &rsa, public, COUNT(public), private,
					  COUNT(private), &b->public_key, &b->key));
}

static void
encrypt(struct budget *b, CK_BYTE *cipher)
{
	CK_MECHANISM pkcs = { CKM_RSA_PKCS, NULL, 0 };
	CK_ULONG len = 0;

	must("C_EncryptInit", b->f->C_EncryptInit(b->session, &pkcs, b->public_key));
	must("C_Encrypt", b->f->C_Encrypt(b->session, digest, sizeof digest, NULL, &len));
	must("C_Encrypt", b->f->C_Encrypt(b->session, digest, sizeof digest, cipher, &len));
}

/* The size is asked for, then the buffer is too small, then it fits. */
static void
decrypt(struct budget *b, CK_BYTE *cipher)
{
	CK_MECHANISM pkcs = { CKM_RSA_PKCS, NULL, 0 };
	CK_BYTE plain[256];
	CK_ULONG len = 0;

	must("C_DecryptInit", b->f->C_DecryptInit(b->session, &pkcs, b->key));
	must("C_Decrypt", b->f->C_Decrypt(b->session, cipher, 256, NULL, &len));
	len = sizeof digest - 1;
	if (b->f->C_Decrypt(b->session, cipher, 256, plain, &len) != CKR_BUFFER_TOO_SMALL)
		must("C_Decrypt into a small buffer", CKR_GENERAL_ERROR);
	must("C_Decrypt", b->f->C_Decrypt(b->session, cipher, 256, plain, &len));
	if (len != sizeof digest || memcmp(plain, digest, len) != 0)
		must("C_Decrypt of something else", CKR_GENERAL_ERROR);
}

/* With a session key, which leaves nothing loaded at the end. */
static void
ciphers(struct budget *b)
{
	CK_BYTE cipher[256];

	generate_rsa(b);
	expect(b, "C_GenerateKeyPair RSA", 1);
	encrypt(b, cipher);
	expect(b, "C_Encrypt with a public key", 0);
	decrypt(b, cipher);
	expect(b, "first C_Decrypt with a key, its size asked for before", 2);
	decrypt(b, cipher);
	expect(b, "each later C_Decrypt", 1);
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, b->key));
	commands(b);
}

static CK_OBJECT_HANDLE
generate_secret(struct budget *b, CK_MECHANISM_TYPE type, CK_ULONG len, bool readable)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_BBOOL extractable = readable, sensitive = !readable;
	CK_MECHANISM m = { type, NULL, 0 };
	CK_ATTRIBUTE t[] = { { CKA_TOKEN, &yes, 1 }, { CKA_VALUE_LEN, &len, sizeof len },
		{ CKA_EXTRACTABLE, &extractable, 1 }, { CKA_SENSITIVE, &sensitive, 1 } };
	CK_OBJECT_HANDLE key = 0;

	must("C_GenerateKey", b->f->C_GenerateKey(b->session, &m, t, COUNT(t), &key));
	return key;
}

/* The size is asked for first. */
static void
encrypt_secret(struct budget *b, CK_MECHANISM *m, CK_OBJECT_HANDLE key, size_t len)
{
	static CK_BYTE data[2048], cipher[2048 + 16];
	CK_ULONG cipher_len = 0;

	must("C_EncryptInit", b->f->C_EncryptInit(b->session, m, key));
	must("C_Encrypt", b->f->C_Encrypt(b->session, data, len, NULL, &cipher_len));
	must("C_Encrypt", b->f->C_Encrypt(b->session, data, len, cipher, &cipher_len));
}

static void
read_secret(struct budget *b, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type)
{
	CK_BYTE value[64];
	CK_ATTRIBUTE a = { type, value, sizeof value };

	must("C_GetAttributeValue", b->f->C_GetAttributeValue(b->session, key, &a, 1));
}

static void
mac(struct budget *b, CK_OBJECT_HANDLE key)
{
	static CK_BYTE data[1024], out[32];
	CK_MECHANISM m = { CKM_SHA256_HMAC, NULL, 0 };
	CK_ULONG len = sizeof out;

	must("C_SignInit", b->f->C_SignInit(b->session, &m, key));
	must("C_Sign", b->f->C_Sign(b->session, data, sizeof data, out, &len));
}

/* What it left loaded is not the next one's. */
static void
drop_secret(struct budget *b, CK_OBJECT_HANDLE key)
{
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, key));
	commands(b);
}

static void
aes(struct budget *b)
{
	CK_BYTE iv[16] = { 0 };
	CK_GCM_PARAMS gcm = { iv, 12, 96, NULL, 0, 128 };
	CK_MECHANISM aes_gcm = { CKM_AES_GCM, &gcm, sizeof gcm };
	CK_MECHANISM aes_cbc = { CKM_AES_CBC, iv, sizeof iv };
	CK_OBJECT_HANDLE key = generate_secret(b, CKM_AES_KEY_GEN, 32, false);

	expect(b, "C_GenerateKey AES", 1);
	encrypt_secret(b, &aes_gcm, key, 992);
	expect(b, "first C_Encrypt AES-GCM with a key, 992 bytes, its size asked for before", 2);
	encrypt_secret(b, &aes_gcm, key, 992);
	expect(b, "each later C_Encrypt AES-GCM, 992 bytes", 1);
	encrypt_secret(b, &aes_gcm, key, 993);
	expect(b, "C_Encrypt AES-GCM, 993 bytes", 2);
	encrypt_secret(b, &aes_cbc, key, 1024);
	expect(b, "C_Encrypt AES-CBC, 1024 bytes", 1);
	encrypt_secret(b, &aes_cbc, key, 2048);
	expect(b, "C_Encrypt AES-CBC, 2048 bytes", 2);
	read_secret(b, key, CKA_VALUE_LEN);
	expect(b, "C_GetAttributeValue of its length", 0);
	drop_secret(b, key);
}

static void
macs(struct budget *b)
{
	CK_OBJECT_HANDLE key = generate_secret(b, CKM_SHA256_KEY_GEN, 32, false);

	expect(b, "C_GenerateKey SHA256-HMAC", 1);
	mac(b, key);
	expect(b, "first C_Sign with an HMAC key, 1024 bytes", 2);
	mac(b, key);
	expect(b, "each later C_Sign with an HMAC key", 1);
	drop_secret(b, key);
	key = generate_secret(b, CKM_GENERIC_SECRET_KEY_GEN, 32, true);
	expect(b, "C_GenerateKey of a generic secret", 1);
	mac(b, key);
	expect(b, "C_Sign with a sealed key", 3);
	read_secret(b, key, CKA_VALUE);
	expect(b, "C_GetAttributeValue of a sealed value", 3);
	drop_secret(b, key);
}

/* A private key that may leave, with a key for keys on the host. */
static void
move(struct budget *b)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static CK_BBOOL yes = CK_TRUE;
	static CK_OBJECT_CLASS secret = CKO_SECRET_KEY, private = CKO_PRIVATE_KEY;
	static CK_KEY_TYPE aes = CKK_AES, ec = CKK_EC;
	CK_MECHANISM generate = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
	CK_ATTRIBUTE kek[] = { { CKA_CLASS, &secret, sizeof secret },
		{ CKA_KEY_TYPE, &aes, sizeof aes }, { CKA_VALUE, digest, sizeof digest } };
	CK_ATTRIBUTE public = { CKA_EC_PARAMS, p256, sizeof p256 };
	CK_ATTRIBUTE own = { CKA_EXTRACTABLE, &yes, 1 };
	CK_ATTRIBUTE kind[] = { { CKA_CLASS, &private, sizeof private },
		{ CKA_KEY_TYPE, &ec, sizeof ec }, { CKA_TOKEN, &yes, 1 } };
	CK_BYTE wrapped[512];
	CK_ULONG len = 0;
	CK_OBJECT_HANDLE by = 0, keys[2], back = 0;

	must("C_CreateObject", b->f->C_CreateObject(b->session, kek, COUNT(kek), &by));
	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &generate, &public, 1, &own, 1,
					  &keys[0], &keys[1]));
	expect(b, "C_GenerateKeyPair of a key that may leave", 1);
	for (int i = 0; i < 2; i++) {
		must("C_WrapKey", b->f->C_WrapKey(b->session, &kwp, by, keys[1], NULL, &len));
		expect(b, "the length of a wrapped private key", 0);
		must("C_WrapKey", b->f->C_WrapKey(b->session, &kwp, by, keys[1], wrapped, &len));
		/* Without a resource manager something makes room for what it loads. */
		expect(b, i == 0 ? "first C_WrapKey of a private key" : "each later C_WrapKey",
			i > 0 ? 7 : b->manager ? 8 : 9);
	}
	must("C_UnwrapKey", b->f->C_UnwrapKey(b->session, &kwp, by, wrapped, len, kind, COUNT(kind),
				    &back));
	expect(b, "C_UnwrapKey of a private key", 1);
	drop_secret(b, back);
	drop_secret(b, keys[1]);
}

static void
context_login(struct budget *b)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };

	must("C_SignInit", b->f->C_SignInit(b->session, &ecdsa, b->key));
	must("C_Login", b->f->C_Login(b->session, CKU_CONTEXT_SPECIFIC, (CK_BYTE *)b->pin, strlen(b->pin)));
}

/* The first process: makes a key, and measures each call. */
static void
calls(struct budget *b)
{
	CK_BYTE signature[64];
	CK_BYTE random[32];
	CK_ULONG len = sizeof signature;

	must("C_Initialize", b->f->C_Initialize(NULL));
	look_around(b);
	expect(b, "up to the search", 0);
	login(b);
	expect(b, "C_Login", 4);
	generate(b, CK_FALSE);
	expect(b, "C_GenerateKeyPair EC", 1);
	sign(b, signature);
	expect(b, "first C_Sign with a key, its size asked for before", 2);
	sign(b, signature);
	expect(b, "each later C_Sign", 1);
	derive(b);
	expect(b, "C_DeriveKey with a key that is loaded", 1);
	encapsulate(b);
	copy(b);
	expect(b, "C_CopyObject of a pair whose key is loaded", 1);
	verify(b, signature);
	hash(b);
	expect(b, "C_Verify and digests", 0);
	must("C_GenerateRandom", b->f->C_GenerateRandom(b->session, random, sizeof random));
	expect(b, "C_GenerateRandom, seeding", 1);
	must("C_GenerateRandom", b->f->C_GenerateRandom(b->session, random, sizeof random));
	expect(b, "C_GenerateRandom, seeded", 0);
	generate(b, CK_TRUE);
	expect(b, "C_GenerateKeyPair of an always-authenticate key", 1);
	context_login(b);
	expect(b, "context-specific login", 3);
	must("C_Sign", b->f->C_Sign(b->session, digest, sizeof digest, signature, &len));
	commands(b);
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, b->key));
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, b->public_key));
	commands(b);
	ciphers(b);
	aes(b);
	macs(b);
	move(b);
	must("C_Finalize", b->f->C_Finalize(NULL));
	commands(b);
}

/* A second process would do this: initialise, log in, sign once, finalise. */
static void
whole_process(struct budget *b)
{
	CK_BYTE signature[64];

	must("C_Initialize", b->f->C_Initialize(NULL));
	look_around(b);
	login(b);
	b->key = find_one(b, CKO_PRIVATE_KEY);
	sign(b, signature);
	must("C_Finalize", b->f->C_Finalize(NULL));
	if (b->manager)
		expect(b, "a whole process behind a resource manager", 6);
	else
		expect(b, "a whole process without one: key and session are flushed", 8);
}

int
main(int argc, char **argv)
{
	struct budget b = { 0 };

	if (argc != 5) {
		fprintf(stderr, "usage: budget MODULE LOG PIN yes|no\n");
		return 2;
	}
	b.log = argv[2];
	b.pin = argv[3];
	b.manager = strcmp(argv[4], "yes") == 0;
	load(&b, argv[1]);
	commands(&b); /* what making the token took */
	calls(&b);
	whole_process(&b);
	printf("1..%u\n", b.cases);
	dlclose(b.dl);
	return b.failures > 0;
}
