/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The benchmark's worker.
 *
 *   worker MODULE WORK [COUNT]    MODULE "bare": the TPM without Cryptoki
 *   worker works                  the names of all works
 *
 * Environment: BENCH_PIN, BENCH_CIPHER (a file), BENCH_TCTI (bare), BENCH_PERCENT (of the
 * operations in the table, at least one), and what the module reads.
 * Ends with 3 where MODULE has no such work.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

static const struct work works[] = {
	{ "start", start_run, KIND_P256, 0, 1 },
	{ "login", login_run, KIND_P256, 0, 1 },
	{ "first-p256", sign_first_run, KIND_P256, 0, 1 },
	{ "first-rsa2048", sign_first_run, KIND_RSA, 0, 1 },
	{ "sign-p256", sign_run, KIND_P256, 0, 480 },
	{ "sign-rsa2048", sign_run, KIND_RSA, 0, 40 },
	{ "threads-1", threads_run, KIND_P256, 1, 480 },
	{ "threads-4", threads_run, KIND_P256, 4, 480 },
	{ "threads-8", threads_run, KIND_P256, 8, 480 },
	{ "threads-16", threads_run, KIND_P256, 16, 480 },
	{ "processes-4", processes_run, KIND_P256, 4, 480 },
	{ "keys-2", robin_run, KIND_P256, 2, 128 },
	{ "keys-3", robin_run, KIND_P256, 3, 128 },
	{ "keys-4", robin_run, KIND_P256, 4, 128 },
	{ "keys-8", robin_run, KIND_P256, 8, 128 },
	{ "keys-64", robin_run, KIND_P256, 64, 128 },
	{ "keygen-p256", generate_run, KIND_P256, 0, 5 },
	{ "keygen-rsa2048", generate_run, KIND_RSA, 0, 2 },
	{ "verify-p256", verify_run, KIND_P256, 0, 200 },
	{ "random-32", random_run, KIND_P256, 32, 200 },
	{ "memory", memory_run, KIND_P256, 0, 1 },
	{ "job-ssh-login", job_sign_run, KIND_P256, 0, 1 },
	{ "job-ssh-agent", job_agent_run, KIND_P256, 0, 1 },
	{ "job-tls-client-rsa2048", job_sign_run, KIND_RSA, 0, 1 },
	{ "job-luks-unlock", job_decrypt_run, KIND_RSA, 0, 1 },
	{ "job-keygen", job_generate_run, KIND_P256, 0, 1 },
};

/* On a store with nothing but objects, or to make one: not part of "works". */
static const struct work object_works[] = {
	{ "setup", setup_run, KIND_P256, 0, 0 },
	{ "setup-p256", setup_keys_run, KIND_P256, 0, 0 },
	{ "setup-rsa2048", setup_keys_run, KIND_RSA, 0, 0 },
	{ "objects", objects_run, KIND_P256, 0, 10 },
	{ "search-id", search_id_run, KIND_P256, 0, 50 },
	{ "search-label", search_label_run, KIND_P256, 0, 50 },
	{ "search-class", search_class_run, KIND_P256, 0, 50 },
	{ "list", list_run, KIND_P256, 0, 1 },
	{ "list-memory", list_memory_run, KIND_P256, 0, 1 },
};

static const struct work *
work_find(const struct work *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

static unsigned
percent_of(unsigned count)
{
	const char *text = getenv("BENCH_PERCENT");
	unsigned long percent = text != NULL ? strtoul(text, NULL, 10) : 100;
	unsigned long some = count * percent / 100;

	return some > 0 ? (unsigned)some : 1;
}

static int
list_works(void)
{
	for (size_t i = 0; i < COUNT(works); i++)
		puts(works[i].name);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct work *row = NULL;
	struct bench b = { 0 };
	struct work w;

	if (argc == 2 && strcmp(argv[1], "works") == 0)
		return list_works();
	if (argc < 3) {
		fprintf(stderr, "usage: worker MODULE WORK [COUNT]\n");
		return 2;
	}
	if (strcmp(argv[1], "bare") == 0) {
		row = bare_work(argv[2]);
	} else {
		row = work_find(works, COUNT(works), argv[2]);
		row = row != NULL ? row : work_find(object_works, COUNT(object_works), argv[2]);
		bench_load(&b, argv[1]);
	}
	if (row == NULL)
		return 3;
	w = *row;
	if (argc > 3)
		w.count = (unsigned)strtoul(argv[3], NULL, 10);
	else if (w.count > 1)
		w.count = percent_of(w.count);
	w.run(&b, &w);
	return 0;
}
