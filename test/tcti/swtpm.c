/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A software TPM for a test, on Unix sockets: no port to fight over.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>

#include "tcti/swtpm.h"

enum { START_TRIES = 1000, START_PAUSE_MS = 10 };

bool
swtpm_available(void)
{
	return system("command -v swtpm >/dev/null 2>&1") == 0;
}

static void
run(const struct swtpm *s)
{
	char state[96], server[128], control[128];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	snprintf(state, sizeof state, "dir=%s", s->dir);
	snprintf(server, sizeof server, "type=unixio,path=%s/sock", s->dir);
	snprintf(control, sizeof control, "type=unixio,path=%s/sock.ctrl", s->dir);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state, "--server", server,
		"--ctrl", control, "--flags", "not-need-init,startup-clear", (char *)NULL);
	_exit(127);
}

static bool
answers(const struct swtpm *s)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = false;

	snprintf(to.sun_path, sizeof to.sun_path, "%s/sock", s->dir);
	ok = fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
wait_ready(struct swtpm *s)
{
	const struct timespec pause = { 0, START_PAUSE_MS * 1000000L };

	for (int i = 0; i < START_TRIES; i++) {
		if (answers(s))
			return true;
		if (waitpid(s->pid, NULL, WNOHANG) != 0) {
			s->pid = 0;
			return false;
		}
		nanosleep(&pause, NULL);
	}
	return false;
}

static bool
launch(struct swtpm *s)
{
	if ((s->pid = fork()) == 0)
		run(s);
	return s->pid > 0 && wait_ready(s);
}

static void
kill_process(struct swtpm *s)
{
	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	s->pid = 0;
}

bool
swtpm_start(struct swtpm *s)
{
	*s = (struct swtpm){ .pid = 0 };
	snprintf(s->dir, sizeof s->dir, "/tmp/tokentest-XXXXXX");
	if (mkdtemp(s->dir) == NULL) {
		s->dir[0] = '\0';
		return false;
	}
	snprintf(s->tcti, sizeof s->tcti, "swtpm:path=%s/sock", s->dir);
	if (launch(s))
		return true;
	swtpm_stop(s);
	return false;
}

void
swtpm_stop(struct swtpm *s)
{
	char command[96];

	kill_process(s);
	if (s->dir[0] == '\0')
		return;
	snprintf(command, sizeof command, "rm -rf '%s'", s->dir);
	if (system(command) != 0)
		fprintf(stderr, "%s could not be removed\n", s->dir);
	s->dir[0] = '\0';
}

bool
swtpm_reset(struct swtpm *s)
{
	char path[96];

	kill_process(s);
	snprintf(path, sizeof path, "%s/sock", s->dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/sock.ctrl", s->dir);
	unlink(path);
	return launch(s);
}

bool
swtpm_relax(const struct swtpm *s)
{
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys = NULL;
	bool ok = Tss2_TctiLdr_Initialize(s->tcti, &tcti) == TSS2_RC_SUCCESS &&
		  Esys_Initialize(&esys, tcti, NULL) == TSS2_RC_SUCCESS &&
		  Esys_DictionaryAttackParameters(esys, ESYS_TR_RH_LOCKOUT, ESYS_TR_PASSWORD,
			  ESYS_TR_NONE, ESYS_TR_NONE, 100000, 1000, 1000) == TSS2_RC_SUCCESS;

	Esys_Finalize(&esys);
	Tss2_TctiLdr_Finalize(&tcti);
	return ok;
}
