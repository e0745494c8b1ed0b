/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the TPM: opened at the first job, TCTI, wire and ESYS on top of
 * each other. Opening sends no command.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "tpm/tpm_private.h"

/* The kernel's resource manager and tpm2-abrmd say so in the TCTI string. */
static bool
manager_named(const char *conf)
{
	return strstr(conf, "tpmrm") != NULL || strstr(conf, "tabrmd") != NULL;
}

CK_RV
tpm_new(const char *tcti, enum tpm_manager manager, struct tpm **out)
{
	struct tpm *t = NULL;

	/* An empty string lets the loader try one TCTI after the other, with whatever answers
	 * first. */
	if (tcti == NULL || tcti[0] == '\0')
		return rv_fail(CKR_ARGUMENTS_BAD, "no TCTI is configured");
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return CKR_HOST_MEMORY;
	t->conf = text_copy(tcti);
	if (t->conf == NULL || fairlock_init(&t->lock) != CKR_OK) {
		free(t->conf);
		free(t);
		return CKR_HOST_MEMORY;
	}
	pthread_mutex_init(&t->work.lock, NULL); /* cannot fail with default attributes */
	wire_files_init(&t->files, tcti);
	presence_init(&t->presence);
	t->exclusive = way_is_exclusive(tcti);
	t->manager =
		manager == TPM_MANAGER_YES || (manager == TPM_MANAGER_AUTO && manager_named(tcti));
	for (size_t i = 0; i < TPM_LOADED_MAX; i++)
		t->loaded[i].tr = ESYS_TR_NONE;
	*out = t;
	return CKR_OK;
}

CK_RV
tpm_share(struct tpm *t, const char *path)
{
	return presence_set(&t->presence, path);
}

static void
tpm_free_memory(struct tpm *t)
{
	pthread_mutex_destroy(&t->work.lock);
	fairlock_clear(&t->lock);
	free(t->conf);
	free(t);
}

void
tpm_free(struct tpm *t)
{
	if (t == NULL)
		return;
	if (t->esys != NULL) {
		tpm_turn_begin(t);
		tpm_close(t, !t->manager && way_open(t) == CKR_OK);
		tpm_turn_end(t);
	}
	presence_clear(&t->presence);
	saved_clear(&t->saved);
	tpm_free_memory(t);
}

bool
tpm_before_fork(struct tpm *t, const struct timespec *end)
{
	return pthread_mutex_timedlock(&t->work.lock, end) == 0;
}

void
tpm_after_fork_in_parent(struct tpm *t)
{
	pthread_mutex_unlock(&t->work.lock);
}

void
tpm_after_fork(struct tpm *t)
{
	pthread_mutex_init(&t->work.lock, NULL);
	t->work.begun = false;
	wire_files_close(&t->files);
	presence_after_fork(&t->presence);
}

void
tpm_abandon(struct tpm *t)
{
	if (t == NULL)
		return;
	/*
	 * The TCTI's memory is left as it is: finalising some of them talks to the TPM or its
	 * daemon in the parent's name. If the parent was in the middle of a job, so is the memory
	 * below.
	 */
	if (!fairlock_try(&t->lock))
		return;
	t->tcti = NULL;
	t->stand_in.there = false;
	tpm_close(t, false);
	presence_clear(&t->presence);
	saved_clear(&t->saved);
	fairlock_leave(&t->lock);
	tpm_free_memory(t);
}

CK_RV
tpm_open(struct tpm *t)
{
	CK_RV rv = CKR_OK;

	if ((rv = way_open(t)) != CKR_OK || t->esys != NULL)
		return rv;
	if ((rv = wire_new(t->tcti, &t->wire)) != CKR_OK)
		goto fail;
	wire_watch(t->wire, &t->files);
	wire_work_set(t->wire, &t->work);
	rv = rv_tss(
		Esys_Initialize(&t->esys, wire_tcti(t->wire), NULL), RV_OTHER, "Esys_Initialize");
	if (rv == CKR_OK)
		return CKR_OK;
fail:
	tpm_close(t, false);
	return rv;
}

void
tpm_close(struct tpm *t, bool flush)
{
	handles_drop(t, flush);
	if (t->esys != NULL)
		Esys_Finalize(&t->esys);
	wire_free(t->wire, flush);
	t->wire = NULL;
	way_close(t);
	t->salted = false;
}
