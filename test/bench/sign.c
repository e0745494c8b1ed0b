/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Works that sign: the first time, steadily, with several keys.
 */
#include "config.h"

#include "bench/bench.h"

static void
sign_often(struct bench *b, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, enum kind kind,
	unsigned count)
{
	CK_BYTE signature[SIGNATURE_MAX];

	for (unsigned i = 0; i < count; i++)
		bench_sign(b, session, key, kind, signature);
}

void
sign_first_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE key = 0;

	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	measure_begin();
	sign_often(b, b->session, key, w->kind, 1);
	measure_end(1);
	bench_leave(b);
}

void
sign_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE key = 0;

	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	sign_often(b, b->session, key, w->kind, 1);
	measure_begin();
	sign_often(b, b->session, key, w->kind, w->count);
	measure_end(w->count);
	bench_leave(b);
}

void
robin_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE keys[KEYS_MAX];

	bench_enter(b);
	for (unsigned i = 0; i < w->arg; i++)
		keys[i] = bench_key(b, CKO_PRIVATE_KEY, w->kind, i);
	/* Only when a key comes back is it seen that keys take turns. */
	for (unsigned i = 0; i < 2 * w->arg; i++)
		sign_often(b, b->session, keys[i % w->arg], w->kind, 1);
	measure_begin();
	for (unsigned i = 0; i < w->count; i++)
		sign_often(b, b->session, keys[i % w->arg], w->kind, 1);
	measure_end(w->count);
	bench_leave(b);
}
