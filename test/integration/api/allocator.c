/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another allocator than libc's, to preload: programs bring theirs, jemalloc for
 * one. Who frees a block of it with libc's free(), or the other way round, is ended.
 */
#include "config.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In front of each block. The mark is where libc looks for the size of its own. */
struct head {
	void *whole;
	size_t size;
	uint64_t unused;
	uint64_t mark;
};

#define MARK UINT64_C(0xfedcba9876543210)

void *__libc_memalign(size_t align, size_t size);
void __libc_free(void *block);

static struct head *
head_of(void *block)
{
	static const char complaint[] = "a block of another allocator\n";
	struct head *h = (struct head *)block - 1;

	if (h->mark != MARK) {
		(void)!write(STDERR_FILENO, complaint, sizeof complaint - 1);
		abort();
	}
	return h;
}

void *
memalign(size_t align, size_t size)
{
	size_t room = align > sizeof(struct head) ? align : sizeof(struct head);
	char *whole = size <= SIZE_MAX - room ? __libc_memalign(room, size + room) : NULL;

	if (whole == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	((struct head *)(void *)(whole + room))[-1] = (struct head){ whole, size, 0, MARK };
	return whole + room;
}

void
free(void *block)
{
	struct head *h = block != NULL ? head_of(block) : NULL;

	if (h == NULL)
		return;
	h->mark = 0;
	__libc_free(h->whole);
}

void *
malloc(size_t size)
{
	return memalign(sizeof(struct head), size);
}

void *
calloc(size_t count, size_t size)
{
	size_t len = 0;
	void *block = !__builtin_mul_overflow(count, size, &len) ? malloc(len) : NULL;

	if (block != NULL)
		memset(block, 0, len);
	else
		errno = ENOMEM;
	return block;
}

void *
realloc(void *block, size_t size)
{
	struct head *h = block != NULL ? head_of(block) : NULL;
	void *moved = malloc(size);

	if (h == NULL || moved == NULL)
		return moved;
	memcpy(moved, block, h->size < size ? h->size : size);
	free(block);
	return moved;
}

void *
aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

int
posix_memalign(void **out, size_t align, size_t size)
{
	*out = memalign(align, size);
	return *out != NULL ? 0 : ENOMEM;
}
