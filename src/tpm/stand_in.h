/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of ours that holds the number of a descriptor, while the file that
 * belongs there is closed.
 */
#ifndef TPM_STAND_IN_H
#define TPM_STAND_IN_H

#include <stdbool.h>
#include <sys/types.h>

struct stand_in {
	bool there;
	int fd;
	int flags; /* that the file was opened with */
	dev_t device;
	ino_t inode;
};

/* Close the file at fd and stand in for it. False: nothing has changed. */
bool stand_in_put(struct stand_in *s, int fd);
/* Does it still have the number? A program may close all that it does not know and open its own. */
bool stand_in_holds(const struct stand_in *s);
/* The number is given to the file at fd, under which it is closed in any case. False: the number is
 * another's by now. Either way nothing stands in any more. */
bool stand_in_end(struct stand_in *s, int fd);

#endif
