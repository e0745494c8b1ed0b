/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Works before the first signature: start, search, listing, login, memory.
 */
#include "config.h"

#include "bench/bench.h"

#define MEMORY_SIGNATURES 20
#define LIST_PART         100 /* handles at a time */

static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_BYTE object_name[] = { 'c', 'o', 'p', 'y', ' ', '7' };

/* C_Initialize to the first result of a search. */
void
start_run(struct bench *b, const struct work *w)
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &public_class, sizeof public_class };
	CK_OBJECT_HANDLE found = 0;

	measure_begin();
	bench_open(b);
	bench_find(b, &wanted, 1, &found);
	measure_end(w->count);
	bench_leave(b);
}

void
login_run(struct bench *b, const struct work *w)
{
	bench_open(b);
	measure_begin();
	bench_login(b);
	measure_end(w->count);
	bench_leave(b);
}

/* The peak of a process that starts, logs in, and signs. */
void
memory_run(struct bench *b, const struct work *w)
{
	CK_BYTE signature[SIGNATURE_MAX];
	CK_OBJECT_HANDLE key = 0;

	measure_begin();
	bench_enter(b);
	key = bench_key(b, CKO_PRIVATE_KEY, w->kind, 0);
	for (unsigned i = 0; i < MEMORY_SIGNATURES; i++)
		bench_sign(b, b->session, key, w->kind, signature);
	measure_memory();
	bench_leave(b);
}

static void
search(struct bench *b, const struct work *w, CK_ATTRIBUTE *wanted)
{
	CK_OBJECT_HANDLE found = 0;

	bench_open(b);
	if (bench_find(b, wanted, 1, &found) != 1)
		die("nothing found by attribute", wanted->type);
	measure_begin();
	for (unsigned i = 0; i < w->count; i++)
		bench_find(b, wanted, 1, &found);
	measure_end(w->count);
	bench_leave(b);
}

void
search_id_run(struct bench *b, const struct work *w)
{
	search(b, w, &(CK_ATTRIBUTE){ CKA_ID, object_name, sizeof object_name });
}

void
search_label_run(struct bench *b, const struct work *w)
{
	search(b, w, &(CK_ATTRIBUTE){ CKA_LABEL, object_name, sizeof object_name });
}

void
search_class_run(struct bench *b, const struct work *w)
{
	search(b, w, &(CK_ATTRIBUTE){ CKA_CLASS, &public_class, sizeof public_class });
}

/* Not all have a label. */
static void
look_at(struct bench *b, CK_OBJECT_HANDLE object)
{
	CK_BYTE label[64];
	CK_ATTRIBUTE wanted = { CKA_LABEL, label, sizeof label };
	CK_RV rv = b->f->C_GetAttributeValue(b->session, object, &wanted, 1);

	if (rv != CKR_ATTRIBUTE_TYPE_INVALID)
		must("C_GetAttributeValue", rv);
}

/* As a program that lists a token does it: search for everything, and look at each. */
static void
list_all(struct bench *b)
{
	CK_OBJECT_HANDLE found[LIST_PART];
	CK_ULONG count = 0;

	must("C_FindObjectsInit", b->f->C_FindObjectsInit(b->session, NULL, 0));
	do {
		must("C_FindObjects", b->f->C_FindObjects(b->session, found, LIST_PART, &count));
		for (CK_ULONG i = 0; i < count; i++)
			look_at(b, found[i]);
	} while (count > 0);
	must("C_FindObjectsFinal", b->f->C_FindObjectsFinal(b->session));
}

void
list_run(struct bench *b, const struct work *w)
{
	bench_open(b);
	measure_begin();
	list_all(b);
	measure_end(w->count);
	bench_leave(b);
}

/* The peak of a process that does so. */
void
list_memory_run(struct bench *b, const struct work *w)
{
	(void)w;
	measure_begin();
	bench_open(b);
	list_all(b);
	measure_memory();
	bench_leave(b);
}
