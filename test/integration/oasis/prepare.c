/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prepare MODULE PIN keys|roots: what a test case expects to find in the token
 * of the first slot, and no tool can make.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(type, s)                                                                              \
	{                                                                                          \
		type, (void *)(s), sizeof(s) - 1                                                   \
	}

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* AUTH-M: an RSA key pair whose halves have labels of their own. */
static CK_RV
make_keys(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session)
{
	CK_MECHANISM rsa = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE public[] = { { CKA_TOKEN, &yes, sizeof yes },
		{ CKA_MODULUS_BITS, &bits, sizeof bits }, TEXT(CKA_LABEL, "testrsa-pub") };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, sizeof yes },
		TEXT(CKA_LABEL, "testrsa-pri") };
	CK_OBJECT_HANDLE handles[2];

	return f->C_GenerateKeyPair(session, &rsa, public, COUNT(public), private, COUNT(private),
		&handles[0], &handles[1]);
}

/* CERT-M: NSS's list of roots starts with an object whose label ends with a NUL. */
static CK_RV
make_roots(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session)
{
	static const char label[] = "Mozilla Builtin Roots";
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE data[] = { { CKA_CLASS, &class, sizeof class },
		{ CKA_TOKEN, &yes, sizeof yes }, { CKA_PRIVATE, &no, sizeof no },
		{ CKA_LABEL, (void *)label, sizeof label } };
	CK_OBJECT_HANDLE handle = 0;

	return f->C_CreateObject(session, data, COUNT(data), &handle);
}

static const struct {
	const char *name;
	CK_RV (*make)(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE session);
} contents[] = {
	{ "keys", make_keys },
	{ "roots", make_roots },
};

static CK_RV
make_in_first_slot(CK_FUNCTION_LIST *f, const char *pin, size_t content)
{
	CK_SLOT_ID slots[16];
	CK_ULONG count = COUNT(slots);
	CK_SESSION_HANDLE session = 0;
	CK_RV rv = f->C_GetSlotList(CK_TRUE, slots, &count);

	if (rv == CKR_OK)
		rv = count == 0 ? CKR_TOKEN_NOT_PRESENT
				: f->C_OpenSession(slots[0], CKF_RW_SESSION | CKF_SERIAL_SESSION,
					  NULL, NULL, &session);
	if (rv == CKR_OK)
		rv = f->C_Login(session, CKU_USER, (CK_BYTE *)pin, strlen(pin));
	return rv == CKR_OK ? contents[content].make(f, session) : rv;
}

static CK_RV
make(const char *module, const char *pin, size_t content)
{
	CK_C_GetFunctionList get = NULL;
	CK_FUNCTION_LIST *f = NULL;
	void *dl = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	CK_RV rv = CKR_LIBRARY_LOAD_FAILED;

	if (dl != NULL)
		*(void **)&get = dlsym(dl, "C_GetFunctionList");
	if (get == NULL || (rv = get(&f)) != CKR_OK || (rv = f->C_Initialize(NULL)) != CKR_OK)
		return rv;
	rv = make_in_first_slot(f, pin, content);
	f->C_Finalize(NULL);
	dlclose(dl);
	return rv;
}

int
main(int argc, char **argv)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; argc == 4 && i < COUNT(contents); i++) {
		if (strcmp(argv[3], contents[i].name) != 0)
			continue;
		rv = make(argv[1], argv[2], i);
		if (rv != CKR_OK)
			fprintf(stderr, "prepare: 0x%lx\n", rv);
		return rv != CKR_OK;
	}
	fprintf(stderr, "usage: prepare MODULE PIN keys|roots\n");
	return 2;
}
