/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the module does when the way to the TPM fails, or the TPM has been
 * reset, restarted or cleared under it: through the function list alone.
 *
 *   fault MODULE PIN loop             the n-th command of a login and a signature fails, for every
 * n fault MODULE PIN survives SCRIPT  logged in; SCRIPT runs; the next signature works fault MODULE
 * PIN cleared SCRIPT   the same, but no signature can be made any more
 *
 * The store has one token with the label "fault" and one P-256 key pair; its user PIN is PIN.
 * "loop" needs the counting TCTI between module and TPM. Prints TAP.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tpm2-token/pkcs11.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct fault {
	CK_FUNCTION_LIST *f;
	const char *pin;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
	CK_OBJECT_HANDLE public_key;
	unsigned cases;
	unsigned failures;
};

static CK_BYTE digest[32] = "a digest of thirty-two bytes....";

static void
must(const char *what, CK_RV rv)
{
	if (rv == CKR_OK)
		return;
	printf("Bail out! %s returned 0x%lx\n", what, rv);
	exit(1);
}

static void
expect(struct fault *t, const char *what, CK_RV expected, CK_RV rv)
{
	t->cases++;
	t->failures += rv != expected;
	printf("%sok %u - %s", rv == expected ? "" : "not ", t->cases, what);
	if (rv != expected)
		printf(": 0x%lx instead of 0x%lx", rv, expected);
	printf("\n");
}

static void
load(struct fault *t, const char *path)
{
	CK_C_GetFunctionList get = NULL;
	void *dl = dlopen(path, RTLD_NOW);

	if (dl == NULL || (*(void **)&get = dlsym(dl, "C_GetFunctionList")) == NULL) {
		printf("Bail out! %s\n", dlerror());
		exit(1);
	}
	must("C_GetFunctionList", get(&t->f));
}

static void
find_slot(struct fault *t)
{
	CK_SLOT_ID slots[16];
	CK_ULONG count = COUNT(slots);
	CK_TOKEN_INFO info;

	must("C_GetSlotList", t->f->C_GetSlotList(CK_TRUE, slots, &count));
	for (CK_ULONG i = 0; i < count; i++) {
		must("C_GetTokenInfo", t->f->C_GetTokenInfo(slots[i], &info));
		if (memcmp(info.label, "fault  ", 7) == 0)
			t->slot = slots[i];
	}
}

static CK_RV
find_one(struct fault *t, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof class };
	CK_ULONG count = 0;
	CK_RV rv = t->f->C_FindObjectsInit(t->session, &wanted, 1);

	if (rv != CKR_OK || (rv = t->f->C_FindObjects(t->session, out, 1, &count)) != CKR_OK ||
		(rv = t->f->C_FindObjectsFinal(t->session)) != CKR_OK)
		return rv;
	return count == 1 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV
login(struct fault *t)
{
	return t->f->C_Login(t->session, CKU_USER, (CK_BYTE *)t->pin, strlen(t->pin));
}

static CK_RV
verify(struct fault *t, CK_BYTE *signature)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_RV rv = t->f->C_VerifyInit(t->session, &ecdsa, t->public_key);

	return rv == CKR_OK ? t->f->C_Verify(t->session, digest, sizeof digest, signature, 64) : rv;
}

static CK_RV
sign(struct fault *t)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_BYTE signature[64];
	CK_ULONG len = sizeof signature;
	CK_RV rv = t->f->C_SignInit(t->session, &ecdsa, t->key);

	if (rv == CKR_OK)
		rv = t->f->C_Sign(t->session, digest, sizeof digest, signature, &len);
	return rv == CKR_OK ? verify(t, signature) : rv;
}

static void
start(struct fault *t)
{
	must("C_Initialize", t->f->C_Initialize(NULL));
	find_slot(t);
	must("C_OpenSession",
		t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION, NULL, NULL, &t->session));
	must("the public key", find_one(t, CKO_PUBLIC_KEY, &t->public_key));
}

/* --- every command of a login and a signature ------------------------------------------------ */

/* StartAuthSession, Load, Unseal, FlushContext; Load, Sign. */
enum { COMMANDS = 6 };

struct fault_row {
	const char *name;
	unsigned long code;
	CK_RV once;   /* what the call that meets it once may return, if it does not succeed */
	CK_RV always; /* and the call that meets it again when the TPM is opened anew */
	bool late;    /* the command has run */
};

static const struct fault_row rows[] = {
	{ "a transport error", 0xa000a, CKR_OK, CKR_DEVICE_ERROR, false },
	{ "no connection", 0xa0008, CKR_OK, CKR_DEVICE_ERROR, false },
	{ "TPM_RC_RETRY", 0x922, CKR_OK, CKR_OK, false },
	{ "TPM_RC_NV_RATE", 0x920, CKR_OK, CKR_OK, false },
	{ "TPM_RC_TESTING", 0x90a, CKR_OK, CKR_OK, false },
	{ "TPM_RC_REFERENCE_H0", 0x910, CKR_OK, CKR_DEVICE_ERROR, false },
	{ "TPM_RC_INITIALIZE", 0x100, CKR_OK, CKR_DEVICE_ERROR, false },
	{ "TPM_RC_FAILURE", 0x101, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, false },
	{ "TPM_RC_CANCELED", 0x909, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, false },
	{ "TPM_RC_COMMAND_CODE", 0x143, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, false },
	{ "TPM_RC_VALUE of a handle", 0x184, CKR_OK, CKR_DEVICE_ERROR, false },
	{ "a transport error after it ran", 0xa000a, CKR_OK, CKR_DEVICE_ERROR, true },
	{ "TPM_RC_FAILURE after it ran", 0x101, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, true },
	{ "TPM_RC_CANCELED after it ran", 0x909, CKR_DEVICE_ERROR, CKR_DEVICE_ERROR, true },
};

/*
 * Contact is made by the random numbers, so that the environment speaks for this opening of the
 * TCTI alone, or for all that follow.
 */
static void
arm(struct fault *t, const struct fault_row *row, unsigned n, bool once)
{
	char value[64];
	CK_BYTE random[32];

	snprintf(value, sizeof value, "%u=%s0x%lx", once ? n + 1 : n, row->late ? "+" : "",
		row->code);
	if (once)
		setenv("TOKENTEST_FAULT", value, 1);
	must("C_GenerateRandom", t->f->C_GenerateRandom(t->session, random, sizeof random));
	if (once)
		unsetenv("TOKENTEST_FAULT");
	else
		setenv("TOKENTEST_FAULT", value, 1);
}

/* The right code or none at all, and right the next time. */
static CK_RV
settle(const char *what, CK_RV rv, CK_RV allowed, CK_RV again)
{
	if (rv == CKR_OK)
		return CKR_OK;
	if (rv != allowed) {
		printf("# %s returned 0x%lx\n", what, rv);
		return rv;
	}
	if (again != CKR_OK)
		printf("# the next %s returned 0x%lx\n", what, again);
	return again;
}

static CK_RV
pin_is_as_before(struct fault *t)
{
	CK_TOKEN_INFO info;
	CK_RV rv = t->f->C_GetTokenInfo(t->slot, &info);

	if (rv == CKR_OK && (info.flags & (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED)) != 0)
		rv = CKR_PIN_INCORRECT;
	return rv;
}

static void
meet(struct fault *t, const struct fault_row *row, unsigned n, bool once)
{
	CK_RV allowed = once ? row->once : row->always;
	char what[96];
	CK_RV rv = CKR_OK;

	start(t);
	arm(t, row, n, once);
	rv = login(t);
	if (rv != CKR_OK && !once)
		unsetenv("TOKENTEST_FAULT");
	rv = settle("C_Login", rv, allowed, rv != CKR_OK ? login(t) : CKR_OK);
	if (rv == CKR_OK)
		rv = find_one(t, CKO_PRIVATE_KEY, &t->key);
	if (rv == CKR_OK) {
		rv = sign(t);
		unsetenv("TOKENTEST_FAULT");
		rv = settle("C_Sign", rv, allowed, rv != CKR_OK ? sign(t) : CKR_OK);
	}
	if (rv == CKR_OK)
		rv = sign(t);
	if (rv == CKR_OK)
		rv = pin_is_as_before(t);
	unsetenv("TOKENTEST_FAULT");
	snprintf(what, sizeof what, "%s at command %u, %s", row->name, n,
		once ? "once" : "again and again");
	expect(t, what, CKR_OK, rv);
	must("C_Finalize", t->f->C_Finalize(NULL));
}

static void
loop(struct fault *t)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned n = 1; n <= COMMANDS; n++) {
			meet(t, &rows[i], n, true);
			meet(t, &rows[i], n, false);
		}
}

/* --- what happens between two calls ------------------------------------------------------------
 */

static void
run(const char *script)
{
	fflush(stdout);
	if (system(script) != 0)
		must(script, CKR_GENERAL_ERROR);
}

static void
log_in_for_a_key(struct fault *t)
{
	start(t);
	must("C_Login", login(t));
	must("the private key", find_one(t, CKO_PRIVATE_KEY, &t->key));
	must("C_Sign", sign(t));
}

static CK_RV
hash(struct fault *t)
{
	CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
	CK_BYTE out[32];
	CK_ULONG len = sizeof out;
	CK_RV rv = t->f->C_DigestInit(t->session, &sha256);

	return rv == CKR_OK ? t->f->C_Digest(t->session, digest, sizeof digest, out, &len) : rv;
}

static void
survives(struct fault *t, const char *script)
{
	CK_BYTE random[32];

	log_in_for_a_key(t);
	run(script);
	expect(t, "the next signature, without a login", CKR_OK, sign(t));
	expect(t, "another one", CKR_OK, sign(t));
	run(script);
	expect(t, "logout", CKR_OK, t->f->C_Logout(t->session));
	expect(t, "login after a reset", CKR_OK, login(t));
	must("the private key", find_one(t, CKO_PRIVATE_KEY, &t->key));
	expect(t, "random numbers", CKR_OK,
		t->f->C_GenerateRandom(t->session, random, sizeof random));
	expect(t, "a signature after that login", CKR_OK, sign(t));
	must("C_Finalize", t->f->C_Finalize(NULL));
}

static void
cleared(struct fault *t, const char *script)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_BYTE signature[64];
	CK_ULONG len = sizeof signature;
	CK_OBJECT_HANDLE found = 0;

	log_in_for_a_key(t);
	must("C_SignInit", t->f->C_SignInit(t->session, &ecdsa, t->key));
	must("C_Sign", t->f->C_Sign(t->session, digest, sizeof digest, signature, &len));
	run(script);
	expect(t, "a signature with a TPM that was cleared", CKR_DEVICE_ERROR, sign(t));
	expect(t, "one more", CKR_DEVICE_ERROR, sign(t));
	expect(t, "a search", CKR_OK, find_one(t, CKO_PUBLIC_KEY, &found));
	expect(t, "verifying", CKR_OK, verify(t, signature));
	expect(t, "a digest", CKR_OK, hash(t));
	expect(t, "logout", CKR_OK, t->f->C_Logout(t->session));
	expect(t, "login", CKR_DEVICE_ERROR, login(t));
	expect(t, "the PIN was not counted as wrong", CKR_OK, pin_is_as_before(t));
	must("C_Finalize", t->f->C_Finalize(NULL));
}

int
main(int argc, char **argv)
{
	struct fault t = { .pin = argc > 2 ? argv[2] : NULL };

	if (argc == 4 && strcmp(argv[3], "loop") == 0) {
		load(&t, argv[1]);
		loop(&t);
	} else if (argc == 5 && strcmp(argv[3], "survives") == 0) {
		load(&t, argv[1]);
		survives(&t, argv[4]);
	} else if (argc == 5 && strcmp(argv[3], "cleared") == 0) {
		load(&t, argv[1]);
		cleared(&t, argv[4]);
	} else {
		fprintf(stderr,
			"usage: fault MODULE PIN loop | survives SCRIPT | cleared SCRIPT\n");
		return 2;
	}
	printf("1..%u\n", t.cases);
	return t.failures > 0;
}
