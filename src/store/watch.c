/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that the connection has open, watched: once it was removed, or
 * another put in its place, what is written to it is lost when it is closed.
 * A look at the path instead would be misled by a process that gives up its
 * rights, or its root, after it has opened the store.
 */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/store_private.h"

/* O_PATH: closing it drops no locks of SQLite's. */
void
watch_begin(struct store *s)
{
	watch_end(s);
	s->watch = open(s->path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	if (s->watch >= 0 && fstat(s->watch, &s->watched) != 0)
		s->watched.st_ino = 0;
}

/* Programs close all descriptors, and this number may be another file's then. */
static bool
look(const struct store *s, struct stat *now)
{
	return s->watch >= 0 && fstat(s->watch, now) == 0 && now->st_ino == s->watched.st_ino &&
	       now->st_dev == s->watched.st_dev;
}

bool
watch_is_removed(const struct store *s)
{
	struct stat now;

	return look(s, &now) && now.st_nlink == 0 && s->watched.st_nlink > 0;
}

void
watch_end(struct store *s)
{
	struct stat now;

	if (look(s, &now))
		close(s->watch);
	s->watch = -1;
}
