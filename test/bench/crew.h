/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several that do the same at once, threads or processes, and share a number
 * of operations: who is free takes the next one, so that what each has done
 * at the end is its share.
 */
#ifndef TEST_BENCH_CREW_H
#define TEST_BENCH_CREW_H

#include <stdbool.h>

#define CREW_MAX 64

struct crew_work {
	void *(*enter)(void *shared); /* what a member needs: for threads one after the other, in
					 processes at once */
	void (*once)(void *mine);     /* one operation */
	void (*leave)(void *mine);
	void *shared;
};

/* Measures count operations by so many members, and their shares. Whatever fails ends this process.
 */
void crew_threads(const struct crew_work *w, unsigned members, unsigned count);
void crew_processes(const struct crew_work *w, unsigned members, unsigned count);

#endif
