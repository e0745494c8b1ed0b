/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module's life: C_Initialize, C_Finalize and fork. p11-kit loads every
 * module into every program, so nothing here fails because of a TPM, a store
 * or a configuration that can not be used.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"
#include "base/names.h"
#include "crypto/crypto.h"

static struct {
	pthread_rwlock_t lock; /* read: a call is inside; write: initialise and finalise */
	struct slots *slots;   /* NULL: not initialised */
	struct slots *stale;   /* the parent's, after fork */
	bool fork_watched;
} module = { .lock = PTHREAD_RWLOCK_INITIALIZER };

/* A change of the store takes milliseconds. It waits longer only for another process, or a disk. */
#define FORK_PATIENCE_S 3

/* This thread, which forks, holds what slots_before_fork() takes, and the module's lock. */
static _Thread_local bool fork_holds;

/*
 * No other thread opens, closes or uses the store at the fork, for it would do so in the child for
 * ever. Who waits for the TPM is not waited for, and nobody without end: another library's handler
 * may hold what they need.
 */
static void
before_fork(void)
{
	struct timespec end = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += FORK_PATIENCE_S;
	if (pthread_rwlock_timedrdlock(&module.lock, &end) != 0)
		return;
	fork_holds = slots_before_fork(module.slots, &end);
	if (!fork_holds)
		pthread_rwlock_unlock(&module.lock);
}

static void
after_fork_in_parent(void)
{
	if (!fork_holds)
		return;
	fork_holds = false;
	slots_after_fork_in_parent(module.slots);
	pthread_rwlock_unlock(&module.lock);
}

/* Only one thread is left: no lock is waited for, and one that another thread held is made anew. */
static void
after_fork_in_child(void)
{
	bool held = fork_holds;
	bool busy = false;

	fork_holds = false;
	if (held)
		pthread_rwlock_unlock(&module.lock);
	busy = pthread_rwlock_trywrlock(&module.lock) != 0;
	if (busy)
		module.lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
	else
		pthread_rwlock_unlock(&module.lock);
	slots_after_fork(module.slots, held, busy);
	if (module.slots != NULL)
		module.stale = module.slots;
	module.slots = NULL;
}

/* Whether this thread could be cancelled before it came in. */
static _Thread_local int cancel_state;

/* Who is cancelled where a call waits would leave its locks to nobody: it waits for its end. */
static void
cancel_hold(void)
{
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
}

static void
cancel_drop(void)
{
	int held = 0;

	(void)pthread_setcancelstate(cancel_state, &held);
}

struct slots *
module_hold(void)
{
	cancel_hold();
	pthread_rwlock_rdlock(&module.lock);
	return module.slots;
}

void
module_release(void)
{
	pthread_rwlock_unlock(&module.lock);
	cancel_drop();
}

static void
module_lock(void)
{
	cancel_hold();
	pthread_rwlock_wrlock(&module.lock);
}

static CK_RV
check_locking(const CK_C_INITIALIZE_ARGS *args)
{
	int given = (args->CreateMutex != NULL) + (args->DestroyMutex != NULL) +
		    (args->LockMutex != NULL) + (args->UnlockMutex != NULL);

	if (given != 0 && given != 4)
		return CKR_ARGUMENTS_BAD;
	/* The system's locks or none; with CKF_OS_LOCKING_OK the choice is ours. */
	return given == 4 && (args->flags & CKF_OS_LOCKING_OK) == 0 ? CKR_CANT_LOCK : CKR_OK;
}

/* The standard wants NULL, and many programs give a string. What is neither can not be read: the
 * kernel finds that out, and nothing crashes. */
static CK_RV
check_reserved(const char *reserved)
{
	if (reserved == NULL || access(reserved, F_OK) == 0 || errno != EFAULT)
		return CKR_OK;
	return CKR_ARGUMENTS_BAD;
}

/* pReserved: "conf=FILE" or "FILE"; whatever else programs put there is theirs. */
static const char *
conf_of_reserved(const char *reserved)
{
	static const char key[] = "conf=";

	if (reserved == NULL)
		return NULL;
	if (strncmp(reserved, key, sizeof(key) - 1) == 0)
		reserved += sizeof(key) - 1;
	return reserved[0] == '/' && access(reserved, R_OK) == 0 ? reserved : NULL;
}

/* The module's lock is held for writing. */
static CK_RV
open_module(const char *conf_file)
{
	if (module.slots != NULL)
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	if (!module.fork_watched &&
		pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) != 0)
		return CKR_HOST_MEMORY;
	module.fork_watched = true;
	slots_abandon(module.stale);
	module.stale = NULL;
	return slots_open(conf_file, &module.slots);
}

/* Asked as all calls ask: who initialises again does not wait for a call that waits for the TPM. */
static bool
is_open(void)
{
	bool open = module_hold() != NULL;

	module_release();
	return open;
}

CK_RV
C_Initialize(void *init_args)
{
	const CK_C_INITIALIZE_ARGS *args = init_args;
	CK_RV rv = CKR_OK;

	if (args != NULL && ((rv = check_locking(args)) != CKR_OK ||
				    (rv = check_reserved(args->pReserved)) != CKR_OK))
		return rv;
	if (is_open())
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	crypto_errors_hold();
	module_lock();
	rv = open_module(args != NULL ? conf_of_reserved(args->pReserved) : NULL);
	module_release();
	crypto_errors_drop();
	log_debug("%s = %s", __func__, name_of_rv(rv));
	return rv;
}

CK_RV
C_Finalize(void *reserved)
{
	CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;

	module_lock();
	if (module.slots != NULL && reserved != NULL) {
		rv = CKR_ARGUMENTS_BAD;
	} else if (module.slots != NULL) {
		struct slots *slots = module.slots;

		module.slots = NULL; /* a child that is born meanwhile does not look at them */
		slots_close(slots);
		rv = CKR_OK;
	}
	module_release();
	return rv;
}
