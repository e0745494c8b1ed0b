/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A folder of its own for each case, and the path of one file in it that the case makes.
 */
#ifndef TEST_UNIT_PLACE_H
#define TEST_UNIT_PLACE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct place {
	char dir[64];
	char path[96];
};

/* cmocka's setup and teardown of a case; the state is a struct place. */
static inline int
place_make(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	if (p == NULL)
		return -1;
	snprintf(p->dir, sizeof p->dir, "/tmp/tpm2-token-test.XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	snprintf(p->path, sizeof p->path, "%s/file", p->dir);
	*state = p;
	return 0;
}

static inline int
place_remove(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	rmdir(p->dir);
	free(p);
	return 0;
}

#endif
