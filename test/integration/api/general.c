/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_Initialize, C_Finalize, C_GetInfo.
 */
#include "config.h"

#include "api.h"

static CK_RV
mutex_new(void **mutex)
{
	*mutex = NULL;
	return CKR_OK;
}

static CK_RV
mutex_do(void *mutex)
{
	(void)mutex;
	return CKR_OK;
}

static CK_RV
initialise(struct ctx *c, CK_C_INITIALIZE_ARGS args)
{
	CK_RV rv = c->f->C_Initialize(&args);

	if (rv == CKR_OK)
		c->f->C_Finalize(NULL);
	return rv;
}

static void
test_arguments(struct ctx *c)
{
	CK_C_INITIALIZE_ARGS own = { .CreateMutex = mutex_new,
		.DestroyMutex = mutex_do,
		.LockMutex = mutex_do,
		.UnlockMutex = mutex_do };
	CK_C_INITIALIZE_ARGS part = { .CreateMutex = mutex_new };

	expect(c, "no arguments", CKR_OK, c->f->C_Initialize(NULL));
	expect(c, "C_Finalize with an argument", CKR_ARGUMENTS_BAD, c->f->C_Finalize(c));
	expect(c, "C_Finalize", CKR_OK, c->f->C_Finalize(NULL));
	expect(c, "some mutex functions", CKR_ARGUMENTS_BAD, initialise(c, part));
	expect(c, "mutex functions that must be used", CKR_CANT_LOCK, initialise(c, own));
	own.flags = CKF_OS_LOCKING_OK;
	expect(c, "mutex functions or the system's", CKR_OK, initialise(c, own));
	own.flags |= CKF_LIBRARY_CANT_CREATE_OS_THREADS;
	expect(c, "no threads of our own", CKR_OK, initialise(c, own));
	own.pReserved = (void *)"configdir='' name=\"nothing we know\"";
	expect(c, "a reserved argument that says nothing here", CKR_OK, initialise(c, own));
	own.pReserved = (void *)1;
	expect(c, "a reserved argument that is no string", CKR_ARGUMENTS_BAD, initialise(c, own));
}

void
test_general(struct ctx *c)
{
	CK_INFO info;

	test_arguments(c);
	expect(c, "C_Initialize", CKR_OK,
		c->f->C_Initialize(&(CK_C_INITIALIZE_ARGS){ .flags = CKF_OS_LOCKING_OK }));
	expect(c, "C_Initialize again", CKR_CRYPTOKI_ALREADY_INITIALIZED, c->f->C_Initialize(NULL));
	expect(c, "C_GetInfo", CKR_OK, c->f->C_GetInfo(&info));
	expect(c, "major version of Cryptoki", 3, info.cryptokiVersion.major);
	expect(c, "minor version of Cryptoki", 2, info.cryptokiVersion.minor);
	expect(c, "flags of C_GetInfo", 0, info.flags);
	expect_true(c, "the description is padded with blanks",
		info.libraryDescription[sizeof(info.libraryDescription) - 1] == ' ');
}
