/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of keys that were loaded before, and what loading costs.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "tpm/saved.h"

enum { MEASURE_WEIGHT = 8, PROBE_EVERY = 64 };

static bool
digest(struct bytes of, uint8_t *out)
{
	return crypto_hash_into(HASH_SHA256, &of, 1, out) == CKR_OK;
}

struct saved_key *
saved_find(struct saved *s, struct bytes public, struct bytes private)
{
	uint8_t id[SAVED_DIGEST];
	uint8_t of_public[SAVED_DIGEST];

	if (s->count == 0 || !digest(private, id) || !digest(public, of_public))
		return NULL;
	for (size_t i = 0; i < s->count; i++) {
		struct saved_key *k = &s->keys[i];

		if (memcmp(k->private, id, sizeof id) != 0 ||
			memcmp(k->public, of_public, sizeof of_public) != 0)
			continue;
		k->used = ++s->clock;
		return k;
	}
	return NULL;
}

static struct saved_key *
place_for_one(struct saved *s)
{
	struct saved_key *oldest = s->keys;

	if (s->count < SAVED_MAX)
		return &s->keys[s->count++];
	for (size_t i = 1; i < s->count; i++)
		if (s->keys[i].used < oldest->used)
			oldest = &s->keys[i];
	buf_free(&oldest->context);
	return oldest;
}

struct saved_key *
saved_add(struct saved *s, struct bytes public, struct bytes private)
{
	struct saved_key k = { .context = BUF_EMPTY };
	struct saved_key *place = NULL;

	if (s->keys == NULL && (s->keys = calloc(SAVED_MAX, sizeof *s->keys)) == NULL)
		return NULL;
	if (!digest(public, k.public) || !digest(private, k.private))
		return NULL;
	k.used = ++s->clock;
	place = place_for_one(s);
	*place = k;
	return place;
}

void
saved_forget(struct saved *s, struct bytes public)
{
	uint8_t id[SAVED_DIGEST];

	if (s->count == 0 || !digest(public, id))
		return;
	for (size_t i = 0; i < s->count;) {
		if (memcmp(s->keys[i].public, id, sizeof id) != 0) {
			i++;
			continue;
		}
		buf_free(&s->keys[i].context);
		s->keys[i] = s->keys[--s->count];
	}
}

void
saved_clear(struct saved *s)
{
	for (size_t i = 0; i < s->count; i++)
		buf_free(&s->keys[i].context);
	free(s->keys);
	s->keys = NULL;
	s->count = 0;
}

void
saved_measure(uint64_t *cost, uint64_t took)
{
	if (took == 0)
		took = 1;
	*cost = *cost == 0 ? took : (*cost * (MEASURE_WEIGHT - 1) + took) / MEASURE_WEIGHT;
}

bool
saved_pays(struct saved *s)
{
	if (s->costs.context <= s->costs.load)
		return true;
	return ++s->asked % PROBE_EVERY == 0;
}
