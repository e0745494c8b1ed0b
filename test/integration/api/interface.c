/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Function lists and interfaces; all of it works before C_Initialize.
 */
#include "config.h"

#include <dlfcn.h>

#include "api.h"

/* A list is a version and pointers, none of which is NULL. */
static bool
is_full(const void *list, size_t size)
{
	const uint8_t *p = list;

	for (size_t at = sizeof(void *); at < size; at += sizeof(void *)) {
		void *pointer = NULL;

		memcpy(&pointer, p + at, sizeof(pointer));
		if (pointer == NULL)
			return false;
	}
	return true;
}

static CK_RV
get(CK_C_GetInterface f, const char *name, int major, int minor, CK_FLAGS flags, CK_VERSION *got)
{
	CK_VERSION v = { (CK_BYTE)major, (CK_BYTE)minor };
	CK_INTERFACE *i = NULL;
	CK_RV rv = f((CK_UTF8CHAR *)name, major != 0 ? &v : NULL, &i, flags);

	*got = (CK_VERSION){ 0, 0 };
	if (rv == CKR_OK)
		*got = *(const CK_VERSION *)i->pFunctionList;
	return rv;
}

static void
test_get(struct ctx *c, CK_C_GetInterface f)
{
	static const struct {
		const char *what, *name;
		int major, minor;
		CK_FLAGS flags;
		CK_RV rv;
		CK_VERSION version;
	} rows[] = {
		{ "the default interface is 3.2", NULL, 0, 0, 0, CKR_OK, { 3, 2 } },
		{ "PKCS 11 without a version is 3.2", "PKCS 11", 0, 0, 0, CKR_OK, { 3, 2 } },
		{ "PKCS 11 3.2", "PKCS 11", 3, 2, 0, CKR_OK, { 3, 2 } },
		{ "PKCS 11 3.0", "PKCS 11", 3, 0, 0, CKR_OK, { 3, 0 } },
		{ "PKCS 11 2.40", "PKCS 11", 2, 40, 0, CKR_OK, { 2, 40 } },
		{ "a version alone", NULL, 3, 0, 0, CKR_OK, { 3, 0 } },
		{ "an unknown version is refused", "PKCS 11", 3, 9, 0, CKR_FUNCTION_FAILED,
			{ 0, 0 } },
		{ "a foreign interface is refused", "Vendor NSS FIPS Interface", 0, 0, 0,
			CKR_FUNCTION_FAILED, { 0, 0 } },
		{ "an interface that survives fork is refused", "PKCS 11", 0, 0,
			CKF_INTERFACE_FORK_SAFE, CKR_FUNCTION_FAILED, { 0, 0 } },
	};
	CK_VERSION v = { 0, 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		expect(c, rows[i].what, rows[i].rv,
			get(f, rows[i].name, rows[i].major, rows[i].minor, rows[i].flags, &v));
		expect_true(c, rows[i].what,
			v.major == rows[i].version.major && v.minor == rows[i].version.minor);
	}
	expect(c, "C_GetInterface without a place for it", CKR_ARGUMENTS_BAD,
		f(NULL, NULL, NULL, 0));
}

/* pkcs11-spy writes the address of its own list into the interface that it gets. */
static void
test_write(struct ctx *c, CK_C_GetInterface f)
{
	static CK_VERSION spy = { 9, 9 };
	CK_VERSION v = { 3, 0 };
	CK_INTERFACE *i = NULL;

	expect(c, "an interface of 3.0", CKR_OK, f((CK_UTF8CHAR *)"PKCS 11", &v, &i, 0));
	i->pFunctionList = &spy;
	expect_true(c, "may be written to", i->pFunctionList == &spy);
	expect(c, "the next one", CKR_OK, get(f, "PKCS 11", 3, 0, 0, &v));
	expect_true(c, "is right again", v.major == 3 && v.minor == 0);
}

static void
test_list(struct ctx *c, CK_C_GetInterfaceList f)
{
	CK_INTERFACE list[3];
	CK_ULONG n = 0;

	expect(c, "C_GetInterfaceList counts", CKR_OK, f(NULL, &n));
	expect(c, "there are three interfaces", 3, n);
	n = 2;
	expect(c, "C_GetInterfaceList with too little room", CKR_BUFFER_TOO_SMALL, f(list, &n));
	expect(c, "C_GetInterfaceList tells the room it needs", 3, n);
	expect(c, "C_GetInterfaceList", CKR_OK, f(list, &n));
	for (CK_ULONG i = 0; i < 3; i++)
		expect_true(c, "all interfaces are called PKCS 11",
			strcmp((char *)list[i].pInterfaceName, "PKCS 11") == 0);
	expect(c, "C_GetInterfaceList without a count", CKR_ARGUMENTS_BAD, f(list, NULL));
}

void
test_interface(struct ctx *c)
{
	CK_C_GetInterface f = NULL;
	CK_C_GetInterfaceList f_list = NULL;
	CK_INTERFACE *i = NULL;
	CK_FUNCTION_LIST *again = NULL;

	expect_true(c, "C_GetFunctionList is of 2.40",
		c->f->version.major == 2 && c->f->version.minor == 40);
	expect_true(c, "the list of 2.40 is full", is_full(c->f, sizeof(*c->f)));
	expect(c, "C_GetFunctionList through the list", CKR_OK, c->f->C_GetFunctionList(&again));
	expect_true(c, "C_GetFunctionList gives the same list", again == c->f);
	expect(c, "C_GetFunctionList without a place for it", CKR_ARGUMENTS_BAD,
		c->f->C_GetFunctionList(NULL));
	*(void **)&f = dlsym(c->dl, "C_GetInterface");
	*(void **)&f_list = dlsym(c->dl, "C_GetInterfaceList");
	if (!expect_true(c, "the module has interfaces", f != NULL && f_list != NULL))
		return;
	test_get(c, f);
	test_write(c, f);
	test_list(c, f_list);
	if (f(NULL, &(CK_VERSION){ 3, 0 }, &i, 0) == CKR_OK)
		expect_true(c, "the list of 3.0 is full",
			is_full(i->pFunctionList, sizeof(CK_FUNCTION_LIST_3_0)));
	if (f(NULL, NULL, &i, 0) != CKR_OK)
		return;
	c->f3 = i->pFunctionList;
	expect_true(c, "the list of 3.2 is full", is_full(c->f3, sizeof(*c->f3)));
	expect_true(c, "no function but three is exported", dlsym(c->dl, "C_Initialize") == NULL);
}
