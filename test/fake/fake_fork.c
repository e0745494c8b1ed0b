/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake TPM around a fork: it has no lock and no descriptor.
 */
#include "config.h"

#include <stdlib.h>

#include "fake_private.h"

bool
tpm_before_fork(struct tpm *t, const struct timespec *end)
{
	(void)t;
	(void)end;
	return true;
}

void
tpm_after_fork_in_parent(struct tpm *t)
{
	(void)t;
}

void
tpm_after_fork(struct tpm *t)
{
	(void)t;
}

void
tpm_abandon(struct tpm *t)
{
	free(t);
}
