/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCTI, opened before a job and, where others wait for it, closed after.
 *
 * The kernel lets one process at a time open /dev/tpm0. Who keeps it between two jobs locks all
 * others out; what is loaded in the TPM stays there when the file is closed. So it is closed below
 * the TCTI, which lives on.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

#include "base/log.h"
#include "tpm/tpm_private.h"

/* Another process's job may make a key. Longer than this it is a program that does not let go. */
#define BUSY_WAIT_MS  30000
#define BUSY_PAUSE_MS 2

/* It failed, but the file can be opened: whoever had it has just left. So often this is believed.
 */
enum { NOT_BUSY_MAX = 20 };

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
device_check(const char *device)
{
	if (device == NULL || faccessat(AT_FDCWD, device, R_OK | W_OK, AT_EACCESS) == 0)
		return CKR_OK;
	if (errno == EACCES)
		return rv_fail(CKR_DEVICE_REMOVED,
			"no permission to use the TPM at %s: add the user to group tss", device);
	return rv_fail(CKR_DEVICE_REMOVED, "there is no TPM at %s: %s", device, strerror(errno));
}

bool
way_is_exclusive(const char *conf)
{
	const char *device = device_of(conf);

	return device != NULL && strstr(device, "tpmrm") == NULL;
}

/* Nor does it tell that another process has it open. 0: it can be opened. */
static int
device_errno(const char *device)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Whether to try again to open what could not be opened, now that a moment has passed. */
static bool
device_awaited(const char *device, unsigned *tries, unsigned *not_busy)
{
	struct timespec rest = { 0, BUSY_PAUSE_MS * 1000000L };
	int error = device_errno(device);

	if (error != EBUSY && (error != 0 || ++*not_busy > NOT_BUSY_MAX))
		return false;
	if (++*tries > BUSY_WAIT_MS / BUSY_PAUSE_MS) {
		log_error("another program keeps %s open: use /dev/tpmrm0", device);
		return false;
	}
	(void)nanosleep(&rest, NULL);
	return true;
}

/* The device, once no other process has it. -1: errno says why not. */
static int
device_take(const char *device, int flags)
{
	unsigned tries = 0;
	unsigned not_busy = 0;
	int fd = -1;

	do
		fd = open(device, flags | O_CLOEXEC | O_NOCTTY);
	while (fd < 0 && errno == EBUSY && device_awaited(device, &tries, &not_busy));
	return fd;
}

/* The TCTI is forgotten, not finalised: its descriptor's number is another file's. */
static void
way_leave(struct tpm *t)
{
	t->tcti = NULL;
	wire_files_forget(&t->files);
}

/* The device takes its place again, below a TCTI that has noticed nothing. */
static CK_RV
way_wake(struct tpm *t, const char *device)
{
	int fd = device_take(device, t->stand_in.flags);

	if (fd < 0)
		return rv_fail(CKR_DEVICE_REMOVED, "no TPM answers at \"%s\": %s", t->conf,
			strerror(errno));
	if (stand_in_end(&t->stand_in, fd))
		wire_way_set(t->wire, t->tcti);
	else
		way_leave(t);
	return CKR_OK;
}

static CK_RV
way_make(struct tpm *t, const char *device)
{
	unsigned tries = 0;
	unsigned not_busy = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	tss_silence();
	do
		rc = Tss2_TctiLdr_Initialize(t->conf, &t->tcti);
	while (rc != TSS2_RC_SUCCESS && t->exclusive && device_awaited(device, &tries, &not_busy));
	if (rc != TSS2_RC_SUCCESS) {
		t->tcti = NULL;
		return rv_fail(CKR_DEVICE_REMOVED, "no TPM answers at \"%s\": %s (0x%x)", t->conf,
			Tss2_RC_Decode(rc), (unsigned)rc);
	}
	if (t->wire != NULL)
		wire_way_set(t->wire, t->tcti);
	return CKR_OK;
}

bool
way_is_open(const struct tpm *t)
{
	return t->tcti != NULL && !t->stand_in.there;
}

CK_RV
way_open(struct tpm *t)
{
	const char *device = device_of(t->conf);
	CK_RV rv = CKR_OK;

	if (way_is_open(t))
		return CKR_OK;
	if ((rv = device_check(device)) != CKR_OK)
		return rv;
	if (t->tcti != NULL && ((rv = way_wake(t, device)) != CKR_OK || t->tcti != NULL))
		return rv;
	return way_make(t, device);
}

void
way_close(struct tpm *t)
{
	if (t->stand_in.there && !stand_in_holds(&t->stand_in))
		way_leave(t);
	t->stand_in.there = false;
	if (t->tcti != NULL)
		Tss2_TctiLdr_Finalize(&t->tcti);
	wire_files_forget(&t->files);
}

/*
 * The TCTI stays: making it anew loads its library and, with tpm2-tss's for devices, sends the TPM
 * a command that no job needs.
 */
static bool
way_stand_in(struct tpm *t)
{
	TSS2_TCTI_POLL_HANDLE handle = { .fd = -1 };
	size_t count = 1;

	return Tss2_Tcti_GetPollHandles(t->tcti, &handle, &count) == TSS2_RC_SUCCESS &&
	       count == 1 && stand_in_put(&t->stand_in, handle.fd);
}

void
way_rest(struct tpm *t)
{
	if (!t->exclusive || !way_is_open(t))
		return;
	if (way_stand_in(t)) {
		wire_way_set(t->wire, t->tcti);
		return;
	}
	wire_way_set(t->wire, NULL);
	way_close(t);
}
