/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stand-ins: files in memory, each known by an inode that nothing else has.
 */
#include "config.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tpm/stand_in.h"

bool
stand_in_put(struct stand_in *s, int fd)
{
	int file = memfd_create("tpm2-token", MFD_CLOEXEC);
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (file < 0)
		return false;
	if (flags >= 0 && fstat(file, &st) == 0 && dup3(file, fd, O_CLOEXEC) == fd)
		*s = (struct stand_in){ true, fd, flags & (O_ACCMODE | O_NONBLOCK), st.st_dev,
			st.st_ino };
	close(file);
	return s->there;
}

bool
stand_in_holds(const struct stand_in *s)
{
	struct stat st;

	return s->there && fstat(s->fd, &st) == 0 && st.st_dev == s->device &&
	       st.st_ino == s->inode;
}

bool
stand_in_end(struct stand_in *s, int fd)
{
	bool given = stand_in_holds(s) && dup3(fd, s->fd, O_CLOEXEC) == s->fd;

	close(fd);
	s->there = false;
	return given;
}
