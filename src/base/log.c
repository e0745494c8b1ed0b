/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log. A line is one write(), so that lines of several threads and
 * processes do not mix. There is no lock: the child of a fork would wait for
 * ever for one that another thread of its parent held.
 */
#include "config.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static const char *const level_names[] = {
	[LOG_OFF] = "off",
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

static _Atomic(enum log_level) log_level = LOG_OFF;
static atomic_int log_fd = -1;

static _Thread_local char last_error[512];

static enum log_level
log_level_of(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
		if (strlen(level_names[i]) == len && strncmp(level_names[i], name, len) == 0)
			return (enum log_level)i;
	return LOG_OFF;
}

void
log_open(const char *spec)
{
	const char *file = spec != NULL ? strchr(spec, ':') : NULL;
	size_t len = file != NULL ? (size_t)(file - spec) : spec != NULL ? strlen(spec) : 0;
	enum log_level level = spec != NULL ? log_level_of(spec, len) : LOG_OFF;
	int fd = -1;

	log_close();
	if (level == LOG_OFF)
		return;
	if (file != NULL)
		fd = open(file + 1, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	else
		fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO);
	if (fd < 0)
		return;
	log_fd = fd;
	log_level = level;
}

void
log_close(void)
{
	int fd = atomic_exchange(&log_fd, -1);

	log_level = LOG_OFF;
	if (fd >= 0)
		close(fd);
}

static void
log_line(enum log_level level, const char *text)
{
	char line[640];
	int fd = log_fd;
	int len = snprintf(line, sizeof line, "tpm2-token[%ld] %s: %s\n", (long)getpid(),
		level_names[level], text);

	if (len >= (int)sizeof line) {
		len = sizeof line - 1;
		line[len - 1] = '\n';
	}
	if (fd >= 0 && level <= log_level && write(fd, line, (size_t)len) < 0)
		log_level = LOG_OFF; /* nowhere to complain */
}

void
log_write(enum log_level level, const char *format, ...)
{
	char text[512];
	va_list args;

	if (level != LOG_ERROR && level > log_level)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (level == LOG_ERROR)
		memcpy(last_error, text, sizeof last_error);
	log_line(level, text);
}

const char *
log_last_error(void)
{
	return last_error;
}

void
log_forget_error(void)
{
	last_error[0] = '\0';
}
