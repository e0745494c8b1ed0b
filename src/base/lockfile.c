/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks on bytes of a file: fcntl(2), "Open file description locks".
 *
 * The bytes behind a lock's are its queue: who waits locks the one behind the
 * last, and is next when those before it are free. So who dies leaves it, too.
 * The kernel's own wait has no limit, so there are pauses instead, which grow
 * with the time that has passed.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lockfile.h"
#include "base/log.h"
#include "base/text.h"

enum { PAUSE_FIRST_US = 20, PAUSE_LAST_US = 1000 };

/* Who is before us and leaves a free lock alone for so many pauses is stopped: about a fifth of a
 * second. */
enum { IDLE_MAX = 200 };

/* A wait for nothing divides the next ones' limit. */
enum { LATE_DIVISOR = 100 };

/* Looks for the end of the queue. */
enum { JOIN_MAX = 1000 };

/* Numbers of locks come round after so many; each has so many bytes. */
#define LOCKS      (UINT32_C(1) << 30)
#define LOCK_BYTES ((off_t)1 << 32)

static off_t
byte_of(uint32_t lock)
{
	return (off_t)(lock % LOCKS) * LOCK_BYTES;
}

static struct flock
flock_of(off_t from, off_t len, short type)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = len
	};
}

/* 0, or an errno. */
static int
byte_set(const struct lockfile *l, off_t byte, short type)
{
	struct flock f = flock_of(byte, 1, type);
	int rc = 0;

	do
		rc = fcntl(l->fd, F_OFD_SETLK, &f);
	while (rc != 0 && errno == EINTR);
	return rc == 0 ? 0 : errno;
}

static bool
is_held(int error)
{
	return error == EAGAIN || error == EACCES;
}

/* Where a lock of others ends that lies in from..to, which is not included; 0: there is none. */
static off_t
others_end(const struct lockfile *l, off_t from, off_t to)
{
	struct flock f = flock_of(from, to - from, F_WRLCK);

	if (from == to || fcntl(l->fd, F_OFD_GETLK, &f) != 0 || f.l_type == F_UNLCK)
		return 0;
	return f.l_start + f.l_len;
}

void
lockfile_init(struct lockfile *l)
{
	*l = (struct lockfile){ .fd = -1, .limit_ms = LOCKFILE_LIMIT_MS };
}

CK_RV
lockfile_set(struct lockfile *l, const char *path)
{
	l->path = text_copy(path);
	return l->path != NULL ? CKR_OK : CKR_HOST_MEMORY;
}

void
lockfile_after_fork(struct lockfile *l)
{
	int fd = atomic_exchange(&l->fd, -1);

	if (fd >= 0)
		close(fd);
}

void
lockfile_clear(struct lockfile *l)
{
	lockfile_after_fork(l);
	free(l->path);
	l->path = NULL;
}

static bool
refuse(struct lockfile *l, int error)
{
	if (!atomic_exchange(&l->refused, true))
		log_info("%s: %s: what other programs do is not known", l->path, strerror(error));
	return false;
}

bool
lockfile_open(struct lockfile *l)
{
	int none = -1;
	int fd = -1;

	if (l->fd >= 0)
		return true;
	fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	if (fd < 0)
		return refuse(l, errno);
	if (!atomic_compare_exchange_strong(&l->fd, &none, fd))
		close(fd); /* another thread was faster, and has no lock yet that this could lose */
	return true;
}

bool
lockfile_share(struct lockfile *l, uint32_t lock)
{
	int error = byte_set(l, byte_of(lock), F_RDLCK);

	return error == 0 || refuse(l, error);
}

bool
lockfile_is_free(const struct lockfile *l, uint32_t lock)
{
	return l->fd >= 0 && others_end(l, byte_of(lock), byte_of(lock) + 1) == 0;
}

void
lockfile_release(struct lockfile *l, uint32_t lock)
{
	if (l->fd >= 0)
		(void)byte_set(l, byte_of(lock), F_UNLCK);
}

/* --- waiting --- */

/* A signal makes it shorter, which is no matter. */
static void
pause_us(unsigned us)
{
	(void)nanosleep(&(struct timespec){ 0, (long)us * 1000 }, NULL);
}

/* The place that was taken. If others are always faster, there is none, and the order is lost. */
static off_t
queue_join(const struct lockfile *l, off_t byte)
{
	off_t last = byte + LOCK_BYTES;
	off_t place = byte + 1;

	for (unsigned i = 0; i < JOIN_MAX; i++) {
		off_t end = others_end(l, place, last);

		if (end == 0 && !is_held(byte_set(l, place, F_WRLCK)))
			break;
		if (end > place && end < last)
			place = end;
	}
	return place;
}

struct turn {
	off_t byte;
	off_t place;
	unsigned pause_us;
	unsigned idle; /* pauses for which the lock was free, but not ours to take */
	bool next;
};

static bool
is_next(const struct lockfile *l, struct turn *t)
{
	if (t->next)
		return true;
	t->idle = others_end(l, t->byte, t->byte + 1) == 0 ? t->idle + 1 : 0;
	t->next = t->idle > IDLE_MAX || others_end(l, t->byte + 1, t->place) == 0;
	if (t->next)
		t->pause_us = PAUSE_FIRST_US;
	return t->next;
}

/* 0, or an errno. */
static int
turn_await(const struct lockfile *l, struct turn *t, unsigned limit_ms)
{
	uint64_t end = clock_us() + (uint64_t)limit_ms * 1000;
	int error = EAGAIN;

	for (;;) {
		/* The time first: who was stopped himself tries once more. */
		bool last = clock_us() >= end;

		if (is_next(l, t))
			error = byte_set(l, t->byte, F_WRLCK);
		if (last || !is_held(error))
			return error;
		pause_us(t->pause_us);
		if (t->pause_us < PAUSE_LAST_US)
			t->pause_us += t->pause_us / 2;
	}
}

static int
queue_wait(struct lockfile *l, off_t byte)
{
	struct turn t = { .byte = byte, .pause_us = PAUSE_FIRST_US };
	int error = 0;

	t.place = queue_join(l, byte);
	error = turn_await(l, &t, l->late ? l->limit_ms / LATE_DIVISOR : l->limit_ms);
	(void)byte_set(l, t.place, F_UNLCK);
	return error;
}

bool
lockfile_try(const struct lockfile *l, uint32_t lock)
{
	return byte_set(l, byte_of(lock), F_WRLCK) == 0;
}

bool
lockfile_take(struct lockfile *l, uint32_t lock)
{
	off_t byte = byte_of(lock);
	int error = EAGAIN;

	if (others_end(l, byte + 1, byte + LOCK_BYTES) == 0)
		error = byte_set(l, byte, F_WRLCK);
	if (is_held(error))
		error = queue_wait(l, byte);
	if (error != 0 && !is_held(error))
		return refuse(l, error);
	if (!atomic_exchange(&l->late, error != 0) && error != 0)
		log_warn("%s: a process that does not go on keeps others waiting: going on "
			 "without it",
			l->path);
	return error == 0;
}
