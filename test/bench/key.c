/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Works on keys without signing: generation, verification, and random bytes.
 */
#include "config.h"

#include "bench/bench.h"

#define RANDOM_MAX 1024

static void
destroy_pair(struct bench *b, CK_OBJECT_HANDLE public_key, CK_OBJECT_HANDLE private_key)
{
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, private_key));
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, public_key));
}

/* On the token; what is made is taken away again afterwards. */
void
generate_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE public_keys[KEYS_MAX];
	CK_OBJECT_HANDLE private_keys[KEYS_MAX];
	unsigned count = w->count < KEYS_MAX ? w->count : KEYS_MAX;

	bench_enter(b);
	measure_begin();
	for (unsigned i = 0; i < count; i++)
		bench_generate(b, w->kind, KEYS_MAX + i, true, &public_keys[i], &private_keys[i]);
	measure_end(count);
	for (unsigned i = 0; i < count; i++)
		destroy_pair(b, public_keys[i], private_keys[i]);
	bench_leave(b);
}

void
verify_run(struct bench *b, const struct work *w)
{
	CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
	CK_BYTE signature[SIGNATURE_MAX];
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG len = 0;

	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	len = bench_sign(b, b->session, key, w->kind, signature);
	key = bench_key(b, CKO_PUBLIC_KEY, w->kind, 0);
	measure_begin();
	for (unsigned i = 0; i < w->count; i++) {
		must("C_VerifyInit", b->f->C_VerifyInit(b->session, &mechanism, key));
		must("C_Verify",
			b->f->C_Verify(b->session, bench_digest, DIGEST_LEN, signature, len));
	}
	measure_end(w->count);
	bench_leave(b);
}

void
random_run(struct bench *b, const struct work *w)
{
	CK_BYTE out[RANDOM_MAX];

	bench_open(b);
	must("C_GenerateRandom", b->f->C_GenerateRandom(b->session, out, w->arg));
	measure_begin();
	for (unsigned i = 0; i < w->count; i++)
		must("C_GenerateRandom", b->f->C_GenerateRandom(b->session, out, w->arg));
	measure_end(w->count);
	bench_leave(b);
}
