/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process that uses a token on a real kernel: one that was made before, by
 * the tool, with the label and the PIN of the API tests.
 *
 *   use MODULE make COUNT      log in; make so many P-256 keys
 *   use MODULE sign ROUNDS     log in; sign with each P-256 key in turn, ROUNDS times
 *   use MODULE sleep SECONDS   log in and sign; suspend the machine to memory, to be
 *                              woken by the clock; sign again without a new login
 *
 * OpenSSL verifies each signature. Exit status 0: all were right.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../integration/api/api.h"

#define KEYS_MAX 512

struct user {
	struct ctx c;
	CK_SESSION_HANDLE h;
	struct pair keys[KEYS_MAX];
	CK_ULONG count;
	unsigned signatures;
};

/* --- what the helpers of the API tests say ------------------------------------------------------
 */

static unsigned failure_count;

bool
expect(const struct ctx *c, const char *what, CK_RV expected, CK_RV got)
{
	(void)c;
	if (got == expected)
		return true;
	failure_count++;
	printf("use %ld: %s: 0x%lx, not 0x%lx\n", (long)getpid(), what, got, expected);
	return false;
}

bool
expect_true(const struct ctx *c, const char *what, bool got)
{
	return expect(c, what, CKR_OK, got ? CKR_OK : CKR_GENERAL_ERROR);
}

/* --- the token ----------------------------------------------------------------------------------
 */

static bool
load(struct ctx *c, const char *path)
{
	CK_C_GetFunctionList get = NULL;

	c->dl = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (c->dl == NULL) {
		fprintf(stderr, "use: %s\n", dlerror());
		return false;
	}
	*(void **)&get = dlsym(c->dl, "C_GetFunctionList");
	return get != NULL && get(&c->f) == CKR_OK && start(c);
}

/* The private keys, and to each its public one, by their ID. */
static bool
find_pairs(struct user *u)
{
	CK_ULONG private = CKO_PRIVATE_KEY, public = CKO_PUBLIC_KEY, type = CKK_EC, n = 0;
	CK_OBJECT_HANDLE list[KEYS_MAX];
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &private), attr_number(CKA_KEY_TYPE, &type) };

	if (!expect(&u->c, "search", CKR_OK, search(&u->c, u->h, t, 2, list, KEYS_MAX, &u->count)))
		return false;
	for (CK_ULONG i = 0; i < u->count; i++) {
		uint8_t id[256];
		CK_ATTRIBUTE value = attr_bytes(CKA_ID, id, sizeof(id));
		CK_ATTRIBUTE of[2] = { attr_number(CKA_CLASS, &public) };

		expect(&u->c, "the ID", CKR_OK,
			u->c.f->C_GetAttributeValue(u->h, list[i], &value, 1));
		of[1] = value;
		u->keys[i].private = list[i];
		expect(&u->c, "search", CKR_OK,
			search(&u->c, u->h, of, 2, &u->keys[i].public, 1, &n));
		if (!expect(&u->c, "a public key for each private one", 1, n))
			return false;
	}
	return expect_true(&u->c, "there are keys", u->count > 0);
}

static bool
begin(struct user *u, const char *module)
{
	if (!load(&u->c, module))
		return false;
	u->h = open_session(&u->c, CKF_RW_SESSION);
	return expect(&u->c, "C_Login", CKR_OK, login(&u->c, u->h, CKU_USER, USER_PIN));
}

static bool
make_keys(struct user *u, unsigned count)
{
	char label[16];

	for (unsigned i = 0; i < count; i++) {
		snprintf(label, sizeof(label), "key %u", i);
		if (!expect(&u->c, "C_GenerateKeyPair", CKR_OK,
			    generate_ec(&u->c, u->h, true, label, &u->keys[0])))
			return false;
	}
	return find_pairs(u);
}

static bool
sign_with(struct user *u, const struct pair *key)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	uint8_t signature[64], digest[32] = { 0 };
	CK_ULONG len = sizeof(signature);

	memcpy(digest, &u->signatures, sizeof(u->signatures));
	u->signatures++;
	return expect(&u->c, "C_Sign", CKR_OK,
		       sign(&u->c, u->h, &ecdsa, key->private, digest, sizeof(digest), signature,
			       &len)) &&
	       expect_true(&u->c, "the signature is right",
		       openssl_verifies(&u->c, u->h, key->public, NULL, PAD_NONE, digest,
			       sizeof(digest), signature, len));
}

static bool
sign_with_all(struct user *u, unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++)
		for (CK_ULONG k = 0; k < u->count; k++)
			if (!sign_with(u, &u->keys[k]))
				return false;
	return true;
}

/* --- sleep --------------------------------------------------------------------------------------
 */

static bool
write_text(const struct ctx *c, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return expect_true(c, path, written);
}

/* The time that the machine has spent asleep, in seconds: one clock goes on, the other stands. */
static double
slept(void)
{
	struct timespec all, awake;

	clock_gettime(CLOCK_BOOTTIME, &all);
	clock_gettime(CLOCK_MONOTONIC, &awake);
	return (double)(all.tv_sec - awake.tv_sec) + (double)(all.tv_nsec - awake.tv_nsec) / 1e9;
}

static bool
fall_asleep(const struct ctx *c, unsigned seconds)
{
	char alarm[32];

	snprintf(alarm, sizeof(alarm), "+%u", seconds);
	return write_text(c, "/sys/class/rtc/rtc0/wakealarm", alarm) &&
	       write_text(c, "/sys/power/state", "mem");
}

/* On a busy machine the alarm may ring on the way to sleep, which then ends before it began. */
static bool
sleep_in_memory(const struct ctx *c, unsigned seconds)
{
	double before = slept();

	for (unsigned i = 1; i <= 4 && slept() <= before; i++)
		if (!fall_asleep(c, i * seconds))
			return false;
	return expect_true(c, "the machine has slept", slept() > before);
}

/* All in memory, now and later: the file system that the program came from may not wake up. */
static bool
sign_around_sleep(struct user *u, unsigned seconds)
{
	return find_pairs(u) &&
	       expect_true(&u->c, "mlockall", mlockall(MCL_CURRENT | MCL_FUTURE) == 0) &&
	       sign_with_all(u, 1) && sleep_in_memory(&u->c, seconds) && sign_with_all(u, 2);
}

static bool
find_and_sign(struct user *u, unsigned rounds)
{
	return find_pairs(u) && sign_with_all(u, rounds);
}

struct work {
	const char *name;
	bool (*run)(struct user *u, unsigned number);
};

static const struct work works[] = {
	{ "make", make_keys },
	{ "sign", find_and_sign },
	{ "sleep", sign_around_sleep },
};

static const struct work *
work_find(const char *name)
{
	for (size_t i = 0; i < COUNT(works); i++)
		if (strcmp(works[i].name, name) == 0)
			return &works[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct work *work = argc == 4 ? work_find(argv[2]) : NULL;
	static struct user u;
	bool done = false;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (work == NULL) {
		fprintf(stderr, "usage: use MODULE make COUNT | sign ROUNDS | sleep SECONDS\n");
		return 2;
	}
	if (!begin(&u, argv[1]))
		return 1;
	done = work->run(&u, (unsigned)atoi(argv[3]));
	expect(&u.c, "C_Finalize", CKR_OK, u.c.f->C_Finalize(NULL));
	printf("use %ld: %u signatures with %lu keys, %u failures\n", (long)getpid(), u.signatures,
		u.count, failure_count);
	return done && failure_count == 0 ? 0 : 1;
}
