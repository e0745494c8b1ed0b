/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A software TPM of the test's own: process, state folder and sockets.
 */
#ifndef TEST_TCTI_SWTPM_H
#define TEST_TCTI_SWTPM_H

#include <stdbool.h>
#include <sys/types.h>

struct swtpm {
	pid_t pid;
	char dir[64];
	char tcti[128]; /* "swtpm:path=..." */
};

/* False: there is no swtpm on this machine. */
bool swtpm_available(void);
/* Start one in a new folder, started up and ready. It dies with this process. */
bool swtpm_start(struct swtpm *s);
/* Kill it and remove its folder. */
void swtpm_stop(struct swtpm *s);
/* Power off and on: sessions and transient objects are gone, persistent ones stay. */
bool swtpm_reset(struct swtpm *s);
/* Raise the dictionary-attack limit (3 tries, 1000 s) so far that no test meets it. */
bool swtpm_relax(const struct swtpm *s);

#endif
