/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file: "key = value" lines. It says where keys are kept and
 * which library talks to the TPM, so it is believed only if nobody but root
 * and the user could have written it.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/conf.h"
#include "conf/conf_private.h"

#define BLANKS       " \t\r\n"
#define LINE_MAX_LEN 8192

/* Without blanks at both ends; changes s. */
static char *
trimmed(char *s)
{
	size_t len = 0;

	s += strspn(s, BLANKS);
	len = strlen(s);
	while (len > 0 && strchr(BLANKS, s[len - 1]) != NULL)
		s[--len] = '\0';
	return s;
}

static CK_RV
conf_read_line(struct conf *c, bool *given, char *line, const char *source)
{
	char *key = trimmed(line);
	char *equals = strchr(key, '=');

	if (key[0] == '\0' || key[0] == '#')
		return CKR_OK;
	if (equals == NULL)
		return rv_fail(CKR_ARGUMENTS_BAD, "%s: a line must be \"key = value\"", source);
	*equals = '\0';
	return conf_assign(c, given, trimmed(key), trimmed(equals + 1), source);
}

static bool
more_follows(FILE *stream)
{
	int c = getc(stream);

	return c != EOF && ungetc(c, stream) != EOF;
}

/* Into LINE_MAX_LEN + 1 bytes; false if it is longer, or has a NUL in it. */
static bool
line_read(FILE *stream, char *line)
{
	size_t len = 0;
	int c = 0;

	while (c != '\n' && (c = getc(stream)) != EOF) {
		if (c == '\0' || len == LINE_MAX_LEN)
			return false;
		line[len++] = (char)c;
	}
	line[len] = '\0';
	return true;
}

static CK_RV
conf_read_lines(struct conf *c, FILE *stream, const char *path)
{
	bool given[CONF_COUNT] = { false };
	char line[LINE_MAX_LEN + 1];
	unsigned number = 0;
	CK_RV rv = CKR_OK;

	while (rv == CKR_OK && more_follows(stream)) {
		char source[512];

		snprintf(source, sizeof source, "%s:%u", path, ++number);
		if (!line_read(stream, line))
			rv = rv_fail(CKR_ARGUMENTS_BAD, "%s: this is not text", source);
		else
			rv = conf_read_line(c, given, line, source);
	}
	if (rv == CKR_OK && ferror(stream))
		rv = rv_errno(errno, path);
	return rv;
}

static bool
is_null_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static CK_RV
conf_trust(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return rv_errno(errno, path);
	if (is_null_device(&st))
		return CKR_OK;
	if (!S_ISREG(st.st_mode))
		return rv_fail(CKR_ARGUMENTS_BAD, "%s is not a file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return rv_fail(CKR_ARGUMENTS_BAD,
			"%s belongs to another user: a configuration must belong to root or to you",
			path);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return rv_fail(CKR_ARGUMENTS_BAD, "others can write to %s: chmod go-w it", path);
	return CKR_OK;
}

/* A home that this user may not enter (sudo and services keep a foreign HOME) is no home. */
static bool
absence_is_fine(enum conf_file_kind kind, int err)
{
	if (kind == CONF_FILE_NAMED)
		return false;
	return err == ENOENT || err == ENOTDIR || (err == EACCES && kind == CONF_FILE_OF_USER);
}

/* Of the process or the machine, now: it says nothing of the file. */
static bool
is_shortage(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM;
}

CK_RV
conf_read_file(struct conf *c, const char *path, enum conf_file_kind kind)
{
	FILE *stream = NULL;
	CK_RV rv = CKR_OK;
	int fd = -1;

	if (path[0] != '/')
		return rv_fail(CKR_ARGUMENTS_BAD,
			"the configuration file must be an absolute path, not \"%s\"", path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && absence_is_fine(kind, errno))
		return CKR_OK;
	if (fd < 0 && is_shortage(errno))
		return rv_errno(errno, path);
	if (fd < 0)
		return rv_fail(CKR_ARGUMENTS_BAD, "cannot read the configuration %s: %s", path,
			strerror(errno));
	rv = conf_trust(fd, path);
	if (rv == CKR_OK && (stream = fdopen(fd, "r")) == NULL)
		rv = CKR_HOST_MEMORY;
	if (rv == CKR_OK)
		rv = conf_read_lines(c, stream, path);
	if (rv == CKR_OK && (c->file = text_copy(path)) == NULL)
		rv = CKR_HOST_MEMORY;
	if (stream != NULL)
		fclose(stream);
	else
		close(fd);
	return rv;
}
