/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The benchmark's worker: one work, once, in a process of its own. What it
 * measured is one line on stdout; whatever fails ends it with a sentence.
 */
#ifndef TEST_BENCH_BENCH_H
#define TEST_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a)      (sizeof(a) / sizeof((a)[0]))
#define DIGEST_LEN    32
#define SIGNATURE_MAX 256
#define KEYS_MAX      64

enum kind { KIND_P256, KIND_RSA };

/* A row of the table in main.c. */
struct bench;
struct work {
	const char *name;
	void (*run)(struct bench *b, const struct work *w);
	enum kind kind;
	unsigned arg;   /* threads, processes, keys: what the work says */
	unsigned count; /* operations to do */
};

struct bench {
	CK_FUNCTION_LIST *f;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
};

extern CK_BYTE bench_digest[DIGEST_LEN];

/* --- measure.c --- */

void die(const char *what, unsigned long code) __attribute__((noreturn));
/* The time, and how far the counting TCTI's log ($TOKENTEST_LOG, if any) has come. */
void measure_begin(void);
/* Prints "ms VALUE COUNT FROM TO": milliseconds an operation, and the log's part in bytes. */
void measure_end(unsigned count);
/* The same, and " LEAST MOST" of so many members' shares: 1 is what each would have if all had the
 * same. */
void measure_end_shared(unsigned count, const unsigned *done, unsigned members);
/* Prints the peak of this process's resident memory likewise: "KiB VALUE 1 FROM TO". */
void measure_memory(void);

/* --- cryptoki.c: the steps of a client --- */

void must(const char *what, CK_RV rv);
void bench_load(struct bench *b, const char *path);
/* C_Initialize, the slot with the token "bench", a session. */
void bench_open(struct bench *b);
void bench_login(struct bench *b);
/* bench_open(), bench_login() */
void bench_enter(struct bench *b);
void bench_leave(struct bench *b);
CK_ULONG bench_find(struct bench *b, CK_ATTRIBUTE *wanted, CK_ULONG count, CK_OBJECT_HANDLE *found);
/* The key that setup made as number index. */
CK_OBJECT_HANDLE bench_key(struct bench *b, CK_OBJECT_CLASS class, enum kind kind, unsigned index);
CK_ULONG bench_sign(struct bench *b, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
	enum kind kind, CK_BYTE *signature);
void bench_generate(struct bench *b, enum kind kind, unsigned index, bool on_token,
	CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key);

/* --- works; arg and count as the table says --- */

void setup_run(struct bench *b, const struct work *w); /* makes the token */
/* Those of the keys number 0 to count - 1 that are not there. */
void setup_keys_run(struct bench *b, const struct work *w);
void objects_run(struct bench *b, const struct work *w); /* count public objects on a new token */

void start_run(struct bench *b, const struct work *w);
void login_run(struct bench *b, const struct work *w);
void memory_run(struct bench *b, const struct work *w);
void search_id_run(struct bench *b, const struct work *w);
void search_label_run(struct bench *b, const struct work *w);
void search_class_run(struct bench *b, const struct work *w);
void list_run(struct bench *b, const struct work *w);
void list_memory_run(struct bench *b, const struct work *w);

void sign_first_run(struct bench *b, const struct work *w);
void sign_run(struct bench *b, const struct work *w);
void robin_run(struct bench *b, const struct work *w);     /* arg keys */
void threads_run(struct bench *b, const struct work *w);   /* arg threads */
void processes_run(struct bench *b, const struct work *w); /* arg processes */

void generate_run(struct bench *b, const struct work *w);
void verify_run(struct bench *b, const struct work *w);
void random_run(struct bench *b, const struct work *w); /* arg bytes */

void job_sign_run(struct bench *b, const struct work *w);
void job_agent_run(struct bench *b, const struct work *w);
void job_decrypt_run(struct bench *b, const struct work *w);
void job_generate_run(struct bench *b, const struct work *w);

/* --- bare.c: the same without Cryptoki; NULL: it can not --- */

const struct work *bare_work(const char *name);

#endif
