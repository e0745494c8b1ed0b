/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Idle keys behind a resource manager, which takes three commands for each
 * around every command: a second one stays only while two keys take turns.
 *
 * Uses and commands are letters. What is asked of the TPM: A to D are
 * signatures with a key each, X is an HMAC of 3000 bytes, P opens a seal. What
 * that costs: letters[].
 */
#include "config.h"

#include <stdio.h>

#include "integration/tpm/rig.h"

enum { KEYS = 4 };

struct objects {
	struct rig_object keys[KEYS];
	struct rig_object mac;
	struct rig_object seal;
};

static void
objects_make(struct rig *r, const struct tpm_parent *parent, struct objects *o)
{
	struct keyspec p256 = { KEY_EC, CURVE_P256, 0, true, false, false };
	struct secretspec hmac = { .kind = SECRET_HMAC, .hash = HASH_SHA256, .len = 32 };

	for (size_t i = 0; i < KEYS; i++)
		rig_key(r, parent, &p256, &o->keys[i]);
	rig_secret(r, parent, &hmac, &o->mac);
	rig_seal(r, parent, &o->seal);
}

static void
objects_free(struct objects *o)
{
	for (size_t i = 0; i < KEYS; i++)
		rig_object_free(&o->keys[i]);
	rig_object_free(&o->mac);
	rig_object_free(&o->seal);
}

static CK_RV
use(struct tpm *t, const struct objects *o, char what)
{
	static const uint8_t data[3000];
	struct buf out = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (what == 'X')
		rv = tpm_hmac(t, &o->mac.o, HASH_SHA256, bytes_of(data, sizeof data), &out);
	else if (what == 'P')
		rv = tpm_unseal(t, &o->seal.o, &out);
	else
		rv = rig_sign(t, &o->keys[what - 'A'], &out);
	buf_free(&out);
	return rv;
}

/* The session is not shown: it is started once, when it is first needed. */
static char
letter_of(const char *command)
{
	static const struct {
		const char *name;
		char letter;
	} letters[] = { { "Load", 'L' }, { "Sign", 'S' }, { "FlushContext", 'F' },
		{ "Unseal", 'U' }, { "HMAC_Start", 'H' }, { "SequenceUpdate", 'H' },
		{ "SequenceComplete", 'H' }, { "CreatePrimary", 'C' },
		{ "StartAuthSession", '\0' } };

	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if (strcmp(letters[i].name, command) == 0)
			return letters[i].letter;
	return '?';
}

static void
letters_append(const char *commands, char *out, size_t *len)
{
	char name[64];
	int took = 0;

	for (; sscanf(commands, "%63s%n", name, &took) == 1; commands += took)
		if (letter_of(name) != '\0')
			out[(*len)++] = letter_of(name);
}

/* Nothing is loaded, and the first use of a seal is not answered by "retry" any more. */
static void
tpm_make_fresh(struct rig *r, const struct objects *o)
{
	struct tpm *t = NULL;

	assert_true(swtpm_reset(&r->swtpm));
	t = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);
	assert_rv(CKR_OK, use(t, o, 'P'));
	tpm_free(t);
	rig_commands(r);
}

/* uses: "ABA"; expected: what each cost, "LS FLS LS". */
static void
assert_costs(struct rig *r, const struct objects *o, const char *uses, const char *expected)
{
	struct tpm *t = rig_tpm(r, TPM_MANAGER_YES, NULL, NULL);
	char seen[512];
	size_t len = 0;

	tpm_make_fresh(r, o);
	for (size_t i = 0; uses[i] != '\0'; i++) {
		assert_rv(CKR_OK, use(t, o, uses[i]));
		if (i > 0)
			seen[len++] = ' ';
		letters_append(rig_commands(r), seen, &len);
	}
	seen[len] = '\0';
	assert_string_equal(expected, seen);
	tpm_free(t);
}

struct row {
	const char *uses;
	const char *costs;
};

static void
run_rows(struct rig *r, const struct tpm_parent *parent, const struct row *rows)
{
	struct objects o;

	objects_make(r, parent, &o);
	for (; rows->uses != NULL; rows++)
		assert_costs(r, &o, rows->uses, rows->costs);
	objects_free(&o);
}

static void
two_keys_in_turns_both_stay(void **state)
{
	static const struct row rows[] = {
		{ "ABABAB", "LS FLS LS S S S" },
		{ "AABBAABB", "LS S FLS S LS S S S" },
		{ "AAABBBAAABBB", "LS S S FLS S S LS S S S S S" },
		{ NULL, NULL },
	};
	struct rig *r = *state;

	run_rows(r, &r->parent, rows);
}

static void
key_that_is_not_used_for_three_commands_is_flushed(void **state)
{
	static const struct row rows[] = {
		{ "ABAAAAA", "LS FLS LS S S FS S" },
		{ "ABABBBBB", "LS FLS LS S S S FS S" },
		/* Then turns must be seen anew. */
		{ "ABAAAAABABA", "LS FLS LS S S FS S FLS FLS LS S" },
		{ "ABABXA", "LS FLS LS S FFLHHHH FLS" },
		{ NULL, NULL },
	};
	struct rig *r = *state;

	run_rows(r, &r->parent, rows);
}

static void
keys_in_longer_turns_stay_alone(void **state)
{
	static const struct row rows[] = {
		{ "AAAABBBBAAAABBBBA", "LS S S S FLS S S S FLS S S S FLS S S S FLS" },
		{ "AAAABABA", "LS S S S FLS FLS LS S" },
		{ "AXAXA", "LS FLHHHH FLS FLHHHH FLS" },
		{ NULL, NULL },
	};
	struct rig *r = *state;

	run_rows(r, &r->parent, rows);
}

static void
with_a_third_key_one_stays(void **state)
{
	static const struct row rows[] = {
		{ "ABCABCABC", "LS FLS FLS FLS FLS FLS FLS FLS FLS" },
		{ "ABCDABCD", "LS FLS FLS FLS FLS FLS FLS FLS" },
		{ "ABABCC", "LS FLS LS S FFLS S" },
		{ "ABABCABA", "LS FLS LS S FFLS FLS FLS LS" },
		{ NULL, NULL },
	};
	struct rig *r = *state;

	run_rows(r, &r->parent, rows);
}

/* What is loaded for a moment costs with each idle key, too. */
static void
beside_a_seal_one_key_stays(void **state)
{
	static const struct row rows[] = {
		{ "PAPA", "LUF LS LUF S" },
		{ "ABAPAB", "LS FLS LS FLUF S FLS" },
		{ "PAPBPAPB", "LUF LS LUF FLS LUF FLS LUF FLS" },
		{ NULL, NULL },
	};
	struct rig *r = *state;

	run_rows(r, &r->parent, rows);
}

/* It is loaded, too, and with two keys would leave no room at all. */
static void
beside_a_primary_one_key_stays(void **state)
{
	static const struct row rows[] = {
		{ "ABABAX", "CLS FLS FLS FLS FLS FLHHHH" },
		{ NULL, NULL },
	};
	struct rig *r = *state;
	struct tpm_parent primary = { .handle = 0 };

	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &primary));
	run_rows(r, &primary, rows);
	tpm_parent_free(&primary);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(two_keys_in_turns_both_stay),
		CASE(key_that_is_not_used_for_three_commands_is_flushed),
		CASE(keys_in_longer_turns_stay_alone),
		CASE(with_a_third_key_one_stays),
		CASE(beside_a_seal_one_key_stays),
		CASE(beside_a_primary_one_key_stays),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
