/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Computing and waiting apart: a fork waits for a thread that computes, and
 * not for one that the TPM keeps waiting.
 */
#include "config.h"

#include "tpm/wire_private.h"

void
wire_work_begin(struct wire_work *k)
{
	pthread_mutex_lock(&k->lock);
	k->begun = true;
}

void
wire_work_end(struct wire_work *k)
{
	k->begun = false;
	pthread_mutex_unlock(&k->lock);
}

void
wire_work_set(struct wire *w, struct wire_work *work)
{
	w->work = work;
}

void
wire_work_pause(struct wire *w)
{
	if (w->work != NULL && w->work->begun)
		pthread_mutex_unlock(&w->work->lock);
}

void
wire_work_resume(struct wire *w)
{
	if (w->work != NULL && w->work->begun)
		pthread_mutex_lock(&w->work->lock);
}
