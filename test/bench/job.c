/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The usual jobs, as the clients do them: a whole process each, C_Initialize
 * to C_Finalize, but for the agent that is already running.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"

/* ssh -I (looks at the public keys, logs in, signs), and a TLS client with a certificate. */
void
job_sign_run(struct bench *b, const struct work *w)
{
	CK_BYTE signature[SIGNATURE_MAX];

	measure_begin();
	bench_open(b);
	bench_key(b, CKO_PUBLIC_KEY, w->kind, 0);
	bench_login(b);
	bench_sign(b, b->session, bench_key(b, CKO_PRIVATE_KEY, w->kind, 0), w->kind, signature);
	bench_leave(b);
	measure_end(w->count);
}

/* ssh through an agent that is logged in and has signed before; it searches for the key each time.
 */
void
job_agent_run(struct bench *b, const struct work *w)
{
	CK_BYTE signature[SIGNATURE_MAX];

	bench_enter(b);
	bench_sign(b, b->session, bench_key(b, CKO_PRIVATE_KEY, w->kind, 0), w->kind, signature);
	measure_begin();
	bench_sign(b, b->session, bench_key(b, CKO_PRIVATE_KEY, w->kind, 0), w->kind, signature);
	measure_end(w->count);
	bench_leave(b);
}

static CK_ULONG
cipher_read(CK_BYTE *cipher)
{
	const char *path = getenv("BENCH_CIPHER");
	FILE *in = path != NULL ? fopen(path, "re") : NULL;
	size_t len = in != NULL ? fread(cipher, 1, SIGNATURE_MAX, in) : 0;

	if (in != NULL)
		fclose(in);
	if (len == 0)
		die("BENCH_CIPHER can not be read", 0);
	return len;
}

/* What systemd-cryptsetup does: the volume's key was encrypted for the token's RSA key. */
void
job_decrypt_run(struct bench *b, const struct work *w)
{
	CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
	CK_BYTE cipher[SIGNATURE_MAX];
	CK_BYTE plain[SIGNATURE_MAX];
	CK_ULONG cipher_len = cipher_read(cipher);
	CK_ULONG len = sizeof plain;
	CK_OBJECT_HANDLE key = 0;

	measure_begin();
	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, KIND_RSA, 0);
	must("C_DecryptInit", b->f->C_DecryptInit(b->session, &mechanism, key));
	must("C_Decrypt", b->f->C_Decrypt(b->session, cipher, cipher_len, plain, &len));
	bench_leave(b);
	measure_end(w->count);
	if (len != DIGEST_LEN)
		die("a decrypted secret has another length", len);
}

/* The pair is taken away afterwards, in a second round that does not count. */
void
job_generate_run(struct bench *b, const struct work *w)
{
	CK_OBJECT_HANDLE public_key = 0;
	CK_OBJECT_HANDLE private_key = 0;

	measure_begin();
	bench_enter(b);
	bench_generate(b, w->kind, KEYS_MAX, true, &public_key, &private_key);
	bench_leave(b);
	measure_end(w->count);
	bench_enter(b);
	must("C_DestroyObject", b->f->C_DestroyObject(b->session,
					bench_key(b, CKO_PRIVATE_KEY, w->kind, KEYS_MAX)));
	must("C_DestroyObject",
		b->f->C_DestroyObject(b->session, bench_key(b, CKO_PUBLIC_KEY, w->kind, KEYS_MAX)));
	bench_leave(b);
}
