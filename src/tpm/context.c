/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the TPM: opened at the first job, TCTI, wire and ESYS on top of
 * each other. Opening sends no command.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

#include "base/log.h"
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
	t->conf = strdup(tcti);
	if (t->conf == NULL || pthread_mutex_init(&t->lock, NULL) != 0) {
		free(t->conf);
		free(t);
		return CKR_HOST_MEMORY;
	}
	wire_files_init(&t->files, tcti);
	presence_init(&t->presence);
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

void
tpm_free(struct tpm *t)
{
	if (t == NULL)
		return;
	if (t->esys != NULL) {
		tpm_turn_begin(t);
		tpm_close(t, !t->manager);
		tpm_turn_end(t);
	}
	presence_clear(&t->presence);
	saved_clear(&t->saved);
	pthread_mutex_destroy(&t->lock);
	free(t->conf);
	free(t);
}

void
tpm_after_fork(struct tpm *t)
{
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
	if (pthread_mutex_trylock(&t->lock) != 0)
		return;
	t->tcti = NULL;
	tpm_close(t, false);
	presence_clear(&t->presence);
	saved_clear(&t->saved);
	pthread_mutex_unlock(&t->lock);
	pthread_mutex_destroy(&t->lock);
	free(t->conf);
	free(t);
}

/*
 * libtss2 writes what it thinks about every answer that is not success to stderr: a wrong PIN gives
 * a dozen lines in the middle of somebody's prompt. A module must be silent, and the only switch,
 * in 3.2 as in 4.1, is this variable, which each of its files reads once, when it first has
 * something to say; so it cannot be taken back either. It is set as late as possible, and who has
 * set it keeps his value.
 */
static void
tss_silence(void)
{
	(void)setenv("TSS2_LOG", "all+none", 0);
}

/* The device file that a TCTI string names ("device:/dev/tpmrm0"), or NULL. */
static const char *
device_of(const char *conf)
{
	const char *colon = strchr(conf, ':');
	const char *device = strstr(conf, "device");

	return device != NULL && colon != NULL && device < colon && colon[1] == '/' ? colon + 1
										    : NULL;
}

/* The loader's code does not tell a missing device from a missing permission: ask before. */
static CK_RV
device_check(const char *conf)
{
	const char *device = device_of(conf);

	if (device == NULL || faccessat(AT_FDCWD, device, R_OK | W_OK, AT_EACCESS) == 0)
		return CKR_OK;
	if (errno == EACCES)
		return rv_fail(CKR_DEVICE_REMOVED,
			"no permission to use the TPM at %s: add the user to group tss", device);
	return rv_fail(CKR_DEVICE_REMOVED, "there is no TPM at %s: %s", device, strerror(errno));
}

CK_RV
tpm_open(struct tpm *t)
{
	TSS2_RC rc = TSS2_RC_SUCCESS;
	CK_RV rv = CKR_OK;

	if (t->esys != NULL)
		return CKR_OK;
	tss_silence();
	if ((rv = device_check(t->conf)) != CKR_OK)
		return rv;
	rc = Tss2_TctiLdr_Initialize(t->conf, &t->tcti);
	if (rc != TSS2_RC_SUCCESS) {
		t->tcti = NULL;
		return rv_fail(CKR_DEVICE_REMOVED, "no TPM answers at \"%s\": %s (0x%x)", t->conf,
			Tss2_RC_Decode(rc), (unsigned)rc);
	}
	if ((rv = wire_new(t->tcti, &t->wire)) != CKR_OK)
		goto fail;
	wire_watch(t->wire, &t->files);
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
	wire_files_forget(&t->files);
	if (t->tcti != NULL)
		Tss2_TctiLdr_Finalize(&t->tcti);
	t->salted = false;
}
