/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descriptors of the way to the TPM, and what becomes of them elsewhere. A
 * copy in a child keeps the parent's connection open: a TPM that serves one at
 * a time, as swtpm does, then waits for the child, and behind the kernel's
 * resource manager the parent's objects stay loaded.
 *
 * TCTIs tell their descriptors, but those for swtpm and the simulator do not
 * (tpm2-tss 3.2 to 4.1). They connect anew for each command, so that a child
 * knows the socket by its peer.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tpm/wire_private.h"

/* --- what is told ------------------------------------------------------------------ */

static void
note(struct wire_file *file, int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0 || fstat(fd, &st) != 0)
		return;
	if ((flags & FD_CLOEXEC) == 0)
		(void)fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
	file->fd = fd;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->noted = true;
}

void
wire_files_forget(struct wire_files *f)
{
	for (size_t i = 0; i < WIRE_FILES; i++)
		f->list[i].noted = false;
}

void
wire_files_note(struct wire *w)
{
	TSS2_TCTI_POLL_HANDLE handles[WIRE_FILES];
	size_t count = WIRE_FILES;

	if (w->files == NULL)
		return;
	wire_files_forget(w->files);
	if (Tss2_Tcti_GetPollHandles(w->below, handles, &count) != TSS2_RC_SUCCESS)
		return;
	for (size_t i = 0; i < count && i < WIRE_FILES; i++)
		note(&w->files->list[i], handles[i].fd);
}

void
wire_watch(struct wire *w, struct wire_files *files)
{
	w->files = files;
	wire_files_note(w);
}

/* A number may be another file's by now: the TCTI has closed its own, and the program opened one.
 */
static void
close_told(struct wire_file *file)
{
	struct stat st;

	if (file->noted && fstat(file->fd, &st) == 0 && st.st_dev == file->device &&
		st.st_ino == file->inode)
		close(file->fd);
	file->noted = false;
}

/* --- what is known by its peer ------------------------------------------------------- */

struct peer_row {
	const char *tcti;
	uint16_t port; /* where it connects if the string does not say */
};

static const struct peer_row peer_rows[] = {
	{ "swtpm", 2321 },
	{ "mssim", 2321 },
};

/* The value of "key=" in a TCTI's string, up to a comma; empty if it is not there. */
static struct bytes
conf_value(const char *conf, const char *key)
{
	const char *at = strstr(conf, key);

	return at == NULL ? BYTES_EMPTY
			  : bytes_of(at + strlen(key), strcspn(at + strlen(key), ","));
}

/* TCTIs stack: "/path/of/one.so:swtpm:path=SOCKET". */
static const struct peer_row *
peer_row_of(const char *conf)
{
	for (size_t i = 0; i < sizeof peer_rows / sizeof peer_rows[0]; i++)
		if (strstr(conf, peer_rows[i].tcti) != NULL)
			return &peer_rows[i];
	return NULL;
}

void
wire_files_init(struct wire_files *f, const char *conf)
{
	const struct peer_row *row = peer_row_of(conf);
	struct bytes path = conf_value(conf, "path=");
	struct bytes port = conf_value(conf, "port=");

	*f = (struct wire_files){ .peer = { .port = 0 } };
	if (row == NULL)
		return;
	if (path.len > 0 && path.len < sizeof f->peer.path)
		memcpy(f->peer.path, path.ptr, path.len);
	else if (path.len == 0)
		f->peer.port = port.len > 0 ? (uint16_t)atoi((const char *)port.ptr) : row->port;
}

static bool
is_loopback(const struct sockaddr_storage *a, uint16_t *port)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)a;

	*port = ntohs(a->ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
	if (a->ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return a->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Commands go to one socket, "power on" and the like to one beside it. */
static bool
leads_to(int fd, const struct wire_peer *peer)
{
	struct sockaddr_storage a = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof a - 1; /* a path may fill it without an end */
	uint16_t port = 0;
	size_t len = strlen(peer->path);

	if (getpeername(fd, (struct sockaddr *)&a, &size) != 0)
		return false;
	if (a.ss_family == AF_UNIX && len > 0) {
		const char *path = ((const struct sockaddr_un *)&a)->sun_path;

		return strncmp(path, peer->path, len) == 0 &&
		       (path[len] == '\0' || strcmp(path + len, ".ctrl") == 0);
	}
	return peer->port != 0 && is_loopback(&a, &port) &&
	       (port == peer->port || port == peer->port + 1);
}

static void
close_by_peer(const struct wire_peer *peer)
{
	DIR *all = opendir("/proc/self/fd");
	const struct dirent *entry = NULL;

	if (all == NULL)
		return;
	while ((entry = readdir(all)) != NULL) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && leads_to(fd, peer))
			close(fd);
	}
	closedir(all);
}

void
wire_files_close(struct wire_files *f)
{
	for (size_t i = 0; i < WIRE_FILES; i++)
		close_told(&f->list[i]);
	if (f->peer.path[0] != '\0' || f->peer.port != 0)
		close_by_peer(&f->peer);
}
