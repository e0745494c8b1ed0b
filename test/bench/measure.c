/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a work took: time, memory, and which part of the TPM commands' log.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

static double began;
static long long log_from;

void
die(const char *what, unsigned long code)
{
	fprintf(stderr, "%s: 0x%lx\n", what, code);
	_exit(1); /* other threads may be inside the module */
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long long
log_len(void)
{
	const char *path = getenv("TOKENTEST_LOG");
	struct stat st;

	return path != NULL && stat(path, &st) == 0 ? (long long)st.st_size : 0;
}

void
measure_begin(void)
{
	log_from = log_len();
	began = now_s();
}

void
measure_end(unsigned count)
{
	measure_end_shared(count, NULL, 0);
}

/* Of what each would have if all had the same. */
static void
print_shares(unsigned count, const unsigned *done, unsigned members)
{
	unsigned least = count;
	unsigned most = 0;

	for (unsigned i = 0; i < members; i++) {
		least = done[i] < least ? done[i] : least;
		most = done[i] > most ? done[i] : most;
	}
	printf(" %.3f %.3f", (double)least * members / count, (double)most * members / count);
}

void
measure_end_shared(unsigned count, const unsigned *done, unsigned members)
{
	double took = now_s() - began;

	printf("ms %.6f %u %lld %lld", took * 1000 / count, count, log_from, log_len());
	if (members > 1)
		print_shares(count, done, members);
	printf("\n");
	fflush(stdout); /* the process may be one that ends by _exit() */
}

/* Not getrusage(): its figure survives execve(), so it may be the shell's. */
void
measure_memory(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	unsigned long kib = 0;

	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "VmHWM: %lu", &kib) == 1)
			break;
	if (status != NULL)
		fclose(status);
	printf("KiB %lu 1 %lld %lld\n", kib, log_from, log_len());
}
