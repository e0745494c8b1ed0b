/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The works that the TPM can do without Cryptoki.
 */
#include "config.h"

#include <string.h>

#include "bench/bare.h"

/* Keys that stay loaded on a TPM with three slots: the persistent parent takes one while another is
 * loaded. */
#define SLOTS 2

static void
key_open(struct bare *b, enum kind kind, struct bare_key *key)
{
	bare_open(b);
	bare_create(b, kind, key);
}

static void
key_close(struct bare *b, struct bare_key *key)
{
	bare_key_free(b, key);
	bare_close(b);
}

static void
first_run(struct bench *unused, const struct work *w)
{
	struct bare b = { 0 };
	struct bare_key key;

	(void)unused;
	key_open(&b, w->kind, &key);
	measure_begin();
	bare_load(&b, &key);
	Esys_Free(bare_sign(&b, &key));
	measure_end(w->count);
	key_close(&b, &key);
}

static void
steady_run(struct bench *unused, const struct work *w)
{
	struct bare b = { 0 };
	struct bare_key key;

	(void)unused;
	key_open(&b, w->kind, &key);
	bare_load(&b, &key);
	Esys_Free(bare_sign(&b, &key));
	measure_begin();
	for (unsigned i = 0; i < w->count; i++)
		Esys_Free(bare_sign(&b, &key));
	measure_end(w->count);
	key_close(&b, &key);
}

/* As many stay loaded as fit; with more, each is loaded for its signature. */
static void
turn(struct bare *b, struct bare_key *key, bool stays)
{
	if (key->loaded == ESYS_TR_NONE)
		bare_load(b, key);
	Esys_Free(bare_sign(b, key));
	if (!stays)
		bare_flush(b, key);
}

static void
turns_run(struct bench *unused, const struct work *w)
{
	struct bare b = { 0 };
	struct bare_key keys[KEYS_MAX];

	(void)unused;
	bare_open(&b);
	for (unsigned i = 0; i < w->arg; i++)
		bare_create(&b, w->kind, &keys[i]);
	for (unsigned i = 0; i < w->arg; i++)
		turn(&b, &keys[i], w->arg <= SLOTS);
	measure_begin();
	for (unsigned i = 0; i < w->count; i++)
		turn(&b, &keys[i % w->arg], w->arg <= SLOTS);
	measure_end(w->count);
	for (unsigned i = 0; i < w->arg; i++)
		bare_key_free(&b, &keys[i]);
	bare_close(&b);
}

static void
create_run(struct bench *unused, const struct work *w)
{
	struct bare b = { 0 };
	struct bare_key key;

	(void)unused;
	bare_open(&b);
	measure_begin();
	for (unsigned i = 0; i < w->count; i++) {
		bare_create(&b, w->kind, &key);
		bare_key_free(&b, &key);
	}
	measure_end(w->count);
	bare_close(&b);
}

static void
verify_signature_run(struct bench *unused, const struct work *w)
{
	struct bare b = { 0 };
	struct bare_key key;
	TPM2B_DIGEST digest = { .size = DIGEST_LEN };
	TPMT_SIGNATURE *signature = NULL;
	TPMT_TK_VERIFIED *ticket = NULL;

	(void)unused;
	memcpy(digest.buffer, bench_digest, DIGEST_LEN);
	key_open(&b, w->kind, &key);
	bare_load(&b, &key);
	signature = bare_sign(&b, &key);
	measure_begin();
	for (unsigned i = 0; i < w->count; i++) {
		must_tss("Esys_VerifySignature",
			Esys_VerifySignature(b.esys, key.loaded, ESYS_TR_NONE, ESYS_TR_NONE,
				ESYS_TR_NONE, &digest, signature, &ticket));
		Esys_Free(ticket);
	}
	measure_end(w->count);
	Esys_Free(signature);
	key_close(&b, &key);
}

static void
get_random_run(struct bench *unused, const struct work *w)
{
	struct bare b = { 0 };
	TPM2B_DIGEST *out = NULL;

	(void)unused;
	bare_open(&b);
	measure_begin();
	for (unsigned i = 0; i < w->count; i++) {
		must_tss("Esys_GetRandom", Esys_GetRandom(b.esys, ESYS_TR_NONE, ESYS_TR_NONE,
						   ESYS_TR_NONE, (UINT16)w->arg, &out));
		Esys_Free(out);
	}
	measure_end(w->count);
	bare_close(&b);
}

/* Counts as in main.c, so that both do the same work. */
static const struct work works[] = {
	{ "first-p256", first_run, KIND_P256, 0, 1 },
	{ "first-rsa2048", first_run, KIND_RSA, 0, 1 },
	{ "sign-p256", steady_run, KIND_P256, 0, 480 },
	{ "sign-rsa2048", steady_run, KIND_RSA, 0, 40 },
	{ "threads-1", bare_threads_run, KIND_P256, 1, 480 },
	{ "threads-4", bare_threads_run, KIND_P256, 4, 480 },
	{ "threads-8", bare_threads_run, KIND_P256, 8, 480 },
	{ "threads-16", bare_threads_run, KIND_P256, 16, 480 },
	{ "processes-4", bare_processes_run, KIND_P256, 4, 480 },
	{ "keys-2", turns_run, KIND_P256, 2, 128 },
	{ "keys-3", turns_run, KIND_P256, 3, 128 },
	{ "keys-4", turns_run, KIND_P256, 4, 128 },
	{ "keys-8", turns_run, KIND_P256, 8, 128 },
	{ "keys-64", turns_run, KIND_P256, 64, 128 },
	{ "keygen-p256", create_run, KIND_P256, 0, 5 },
	{ "keygen-rsa2048", create_run, KIND_RSA, 0, 2 },
	{ "verify-p256", verify_signature_run, KIND_P256, 0, 200 },
	{ "random-32", get_random_run, KIND_P256, 32, 200 },
};

const struct work *
bare_work(const char *name)
{
	for (size_t i = 0; i < COUNT(works); i++)
		if (strcmp(works[i].name, name) == 0)
			return &works[i];
	return NULL;
}
