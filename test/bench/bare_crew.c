/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the TPM can do for threads and processes: with one loaded key, by
 * threads that share an ESYS context behind a mutex, and by processes with a
 * connection each, to which the key is handed over.
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>

#include "bench/bare.h"
#include "bench/crew.h"

static void
loaded_open(struct bare *b, struct bare_key *key)
{
	bare_open(b);
	bare_create(b, KIND_P256, key);
	bare_load(b, key);
	Esys_Free(bare_sign(b, key));
}

static void
loaded_close(struct bare *b, struct bare_key *key)
{
	bare_key_free(b, key);
	bare_close(b);
}

/* --- threads --- */

struct common {
	pthread_mutex_t lock;
	struct bare b;
	struct bare_key key;
};

static void *
thread_enter(void *shared)
{
	return shared;
}

static void
thread_once(void *mine)
{
	struct common *c = mine;

	pthread_mutex_lock(&c->lock);
	Esys_Free(bare_sign(&c->b, &c->key));
	pthread_mutex_unlock(&c->lock);
}

static void
thread_leave(void *mine)
{
	(void)mine;
}

void
bare_threads_run(struct bench *unused, const struct work *w)
{
	struct common c = { .lock = PTHREAD_MUTEX_INITIALIZER };

	(void)unused;
	loaded_open(&c.b, &c.key);
	crew_threads(&(struct crew_work){ thread_enter, thread_once, thread_leave, &c }, w->arg,
		w->count);
	loaded_close(&c.b, &c.key);
}

/* --- processes --- */

struct heritage {
	uint8_t *serial; /* of the loaded key, as Esys_TR_Serialize() gave it */
	size_t serial_len;
	TPM2B_PUBLIC *public; /* of the parent process's */
};

struct heir {
	struct bare b;
	struct bare_key key;
};

static void *
process_enter(void *shared)
{
	struct heritage *from = shared;
	struct heir *h = calloc(1, sizeof *h);

	if (h == NULL)
		die("no memory", 0);
	bare_open(&h->b);
	h->key.public = from->public;
	must_tss("Esys_TR_Deserialize",
		Esys_TR_Deserialize(h->b.esys, from->serial, from->serial_len, &h->key.loaded));
	bare_key_auth(&h->b, &h->key);
	return h;
}

static void
process_once(void *mine)
{
	struct heir *h = mine;

	Esys_Free(bare_sign(&h->b, &h->key));
}

static void
process_leave(void *mine)
{
	struct heir *h = mine;

	Esys_TR_Close(h->b.esys, &h->key.loaded);
	bare_close(&h->b);
	free(h);
}

void
bare_processes_run(struct bench *unused, const struct work *w)
{
	struct bare b = { 0 };
	struct bare_key key;
	struct heritage left = { 0 };

	(void)unused;
	loaded_open(&b, &key);
	left.public = key.public;
	must_tss("Esys_TR_Serialize",
		Esys_TR_Serialize(b.esys, key.loaded, &left.serial, &left.serial_len));
	crew_processes(&(struct crew_work){ process_enter, process_once, process_leave, &left },
		w->arg, w->count);
	Esys_Free(left.serial);
	loaded_close(&b, &key);
}
