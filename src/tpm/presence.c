/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Presence and turns: locks on three bytes of a file, and two counts in it.
 * fcntl(2), "Open file description locks".
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tpm/presence.h"

/*
 * BYTE_PRESENT: each who is in contact holds it for reading. BYTE_TURN: the one who talks to the
 * TPM. BYTE_NEXT: the one who waits for that, so that nobody who has just had a turn comes before
 * him.
 */
enum presence_byte { BYTE_PRESENT, BYTE_TURN, BYTE_NEXT };

struct presence_counts {
	uint64_t flushed[PRESENCE_KINDS];
};

static struct flock
lock_of(enum presence_byte byte, short type)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1
	};
}

/* A wait ends when the holder is done or dead. */
static bool
lock_set(const struct presence *p, enum presence_byte byte, short type)
{
	struct flock lock = lock_of(byte, type);
	int rc = 0;

	do
		rc = fcntl(p->fd, F_OFD_SETLKW, &lock);
	while (rc != 0 && errno == EINTR);
	return rc == 0;
}

void
presence_init(struct presence *p)
{
	*p = (struct presence){ .fd = -1 };
}

CK_RV
presence_set(struct presence *p, const char *path)
{
	p->path = strdup(path);
	return p->path != NULL ? CKR_OK : CKR_HOST_MEMORY;
}

void
presence_after_fork(struct presence *p)
{
	int fd = atomic_exchange(&p->fd, -1);

	if (fd >= 0)
		close(fd);
}

void
presence_clear(struct presence *p)
{
	presence_after_fork(p);
	free(p->path);
	p->path = NULL;
}

static void
refuse(struct presence *p)
{
	if (!p->refused)
		log_info("%s: %s: other programs at the TPM are not known", p->path,
			strerror(errno));
	p->refused = true;
	presence_after_fork(p);
}

static bool
present(struct presence *p)
{
	if (p->fd >= 0)
		return true;
	p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	if (p->fd >= 0 && lock_set(p, BYTE_PRESENT, F_RDLCK))
		return true;
	refuse(p);
	return false;
}

static void
counts_read(const struct presence *p, struct presence_counts *out)
{
	*out = (struct presence_counts){ { 0 } };
	/* A new file is empty. */
	if (pread(p->fd, out, sizeof *out, 0) != (ssize_t)sizeof *out)
		*out = (struct presence_counts){ { 0 } };
}

static void
counts_compare(struct presence *p)
{
	struct presence_counts now;

	counts_read(p, &now);
	for (size_t i = 0; i < PRESENCE_KINDS; i++) {
		p->changed[i] = now.flushed[i] != p->flushed[i];
		p->flushed[i] = now.flushed[i];
	}
}

void
presence_enter(struct presence *p)
{
	if (p->path == NULL || !present(p))
		return;
	if (!lock_set(p, BYTE_NEXT, F_WRLCK) || !lock_set(p, BYTE_TURN, F_WRLCK)) {
		refuse(p);
		return;
	}
	(void)lock_set(p, BYTE_NEXT, F_UNLCK);
	counts_compare(p);
}

void
presence_leave(struct presence *p)
{
	if (p->fd >= 0)
		(void)lock_set(p, BYTE_TURN, F_UNLCK);
}

bool
presence_alone(const struct presence *p)
{
	struct flock lock = lock_of(BYTE_PRESENT, F_WRLCK);

	if (p->path == NULL)
		return true;
	return p->fd >= 0 && fcntl(p->fd, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
}

void
presence_note_flush(struct presence *p, enum presence_kind kind)
{
	struct presence_counts counts = { { 0 } };

	if (p->fd < 0)
		return;
	p->flushed[kind]++;
	memcpy(counts.flushed, p->flushed, sizeof counts.flushed);
	if (pwrite(p->fd, &counts, sizeof counts, 0) != (ssize_t)sizeof counts)
		log_info("%s: %s", p->path, strerror(errno));
}
