/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store's directory and file: made with the right permissions whatever the
 * umask, and believed only if nobody else could have put something there.
 *
 * The file itself is never opened here: closing any descriptor of it would
 * drop the locks of every connection that this process has to it (POSIX).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "store/store_private.h"

/* Make one directory unless it is there; its mode does not depend on the umask. */
static CK_RV
make_directory(const char *path, mode_t mode)
{
	if (mkdir(path, mode) != 0)
		return errno == EEXIST ? CKR_OK : rv_errno(errno, path);
	return chmod(path, mode) == 0 ? CKR_OK : rv_errno(errno, path);
}

/* The directory 0700, what is missing above it 0755. directory is changed on the way and restored.
 */
static CK_RV
make_directories(char *directory)
{
	struct stat st;
	CK_RV rv = CKR_OK;

	if (stat(directory, &st) == 0)
		return CKR_OK;
	for (char *p = strchr(directory + 1, '/'); p != NULL && rv == CKR_OK;
		p = strchr(p + 1, '/')) {
		*p = '\0';
		if (stat(directory, &st) != 0)
			rv = make_directory(directory, 0755);
		*p = '/';
	}
	return rv == CKR_OK ? make_directory(directory, 0700) : rv;
}

static bool
trusted_owner(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

static CK_RV
directory_check(const char *directory)
{
	struct stat st;

	if (stat(directory, &st) != 0)
		return rv_errno(errno, directory);
	if (!S_ISDIR(st.st_mode))
		return rv_fail(
			CKR_DEVICE_ERROR, "%s is not a directory: name another store", directory);
	if (!trusted_owner(&st))
		return rv_fail(CKR_DEVICE_ERROR,
			"the directory %s belongs to another user: the store's must belong to root "
			"or to you",
			directory);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return rv_fail(CKR_DEVICE_ERROR,
			"others can write to the directory %s: chmod go-w it, or move the store to "
			"its own",
			directory);
	return CKR_OK;
}

static CK_RV
file_check(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return rv_errno(errno, path);
	if (S_ISLNK(st.st_mode))
		return rv_fail(CKR_DEVICE_ERROR,
			"the store %s is a symbolic link: name the file that it points to", path);
	if (!S_ISREG(st.st_mode))
		return rv_fail(CKR_DEVICE_ERROR, "the store %s is not a file: name another", path);
	if (!trusted_owner(&st))
		return rv_fail(CKR_DEVICE_ERROR,
			"the store %s belongs to another user: it must belong to root or to you",
			path);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return rv_fail(
			CKR_DEVICE_ERROR, "others can write to the store %s: chmod go-w it", path);
	if (st.st_size == 0)
		return rv_fail(CKR_DEVICE_ERROR,
			"the store %s is empty: restore it from a backup, or remove it to begin "
			"anew",
			path);
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
		return rv_errno(errno, path);
	return CKR_OK;
}

/* A complete store without tokens in a file of its own. */
static CK_RV
file_fill(const char *path)
{
	sqlite3 *db = NULL;
	CK_RV rv = rv_sqlite(
		sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), NULL,
		path);

	if (rv == CKR_OK)
		rv = schema_upgrade(db);
	if (rv == CKR_OK)
		rv = store_exec(db, "PRAGMA journal_mode = WAL");
	sqlite3_close(db);
	return rv;
}

/* Under its final name the file is complete or absent, whenever we are killed; who comes second
 * uses the first's. */
static CK_RV
file_make(const char *path)
{
	char *draft = text_format("%s.XXXXXX", path);
	CK_RV rv = CKR_OK;
	int fd = -1;

	if (draft == NULL)
		return CKR_HOST_MEMORY;
	fd = mkostemp(draft, O_CLOEXEC);
	if (fd < 0) {
		rv = rv_errno(errno, draft);
		free(draft);
		return rv;
	}
	if (fchmod(fd, 0600) != 0)
		rv = rv_errno(errno, draft);
	close(fd);
	if (rv == CKR_OK)
		rv = file_fill(draft);
	if (rv == CKR_OK && link(draft, path) != 0 && errno != EEXIST)
		rv = rv_errno(errno, path);
	unlink(draft);
	free(draft);
	return rv;
}

/* False only if it is certain that there is no file. */
static bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static bool
may_write(const char *path)
{
	return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

/* What another user's program left beside the store: SQLite writes to it before the store. */
static CK_RV
may_write_beside(const char *path, const char *suffix, bool *may)
{
	char *name = text_format("%s%s", path, suffix);

	if (name == NULL)
		return CKR_HOST_MEMORY;
	*may = may_write(name) || errno == ENOENT;
	free(name);
	return CKR_OK;
}

static CK_RV
find_read_only(struct store *s, const char *directory)
{
	bool log = false;
	bool index = false;
	CK_RV rv = may_write_beside(s->path, "-wal", &log);

	if (rv == CKR_OK)
		rv = may_write_beside(s->path, "-shm", &index);
	s->read_only = !may_write(s->path) || !may_write(directory) || !log || !index;
	return rv;
}

CK_RV
store_files_check(struct store *s, bool create, bool *absent)
{
	char *directory = text_copy(s->path);
	char *slash = directory != NULL ? strrchr(directory, '/') : NULL;
	CK_RV rv = CKR_OK;

	if (slash == NULL)
		return CKR_HOST_MEMORY; /* paths are absolute */
	slash[slash == directory ? 1 : 0] = '\0';
	*absent = !file_exists(s->path) && !create;
	if (*absent)
		goto out;
	if (create && (rv = make_directories(directory)) != CKR_OK)
		goto out;
	if ((rv = directory_check(directory)) != CKR_OK)
		goto out;
	if (!file_exists(s->path) && (rv = file_make(s->path)) != CKR_OK)
		goto out;
	if ((rv = file_check(s->path)) == CKR_OK)
		rv = find_read_only(s, directory);
out:
	free(directory);
	return rv;
}
