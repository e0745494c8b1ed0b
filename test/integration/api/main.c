/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api MODULE [reference]: runs all chapters against a module whose store is
 * empty. Exit status 1 if anything is not as expected.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdatomic.h>

#include "api.h"

static atomic_uint failure_count, check_count, difference_count;

bool
expect(const struct ctx *c, const char *what, CK_RV expected, CK_RV got)
{
	const char *why = NULL;

	check_count++;
	if (got == expected)
		return true;
	why = c->reference ? difference_reason(what, got) : NULL;
	if (why != NULL) {
		difference_count++;
		printf("  known difference: %s: 0x%lx, not 0x%lx (%s)\n", what, got, expected, why);
		return false;
	}
	failure_count++;
	printf("  FAILED: %s: 0x%lx, not 0x%lx\n", what, got, expected);
	return false;
}

bool
expect_true(const struct ctx *c, const char *what, bool got)
{
	return expect(c, what, CKR_OK, got ? CKR_OK : CKR_GENERAL_ERROR);
}

unsigned
failures(void)
{
	return failure_count;
}

void
add_failures(unsigned n)
{
	failure_count += n;
}

struct chapter {
	const char *name;
	void (*run)(struct ctx *c);
};

static const struct chapter chapters[] = {
	{ "interface", test_interface },
	{ "every function, not initialised", test_walk_uninitialised },
	{ "general", test_general },
	{ "slot", test_slot },
	{ "session", test_session },
	{ "login", test_login },
	{ "key generation", test_keygen },
	{ "object", test_object },
	{ "attributes", test_attribute },
	{ "templates", test_template },
	{ "changes", test_changes },
	{ "classes", test_class },
	{ "copy", test_copy },
	{ "find", test_find },
	{ "sign", test_sign },
	{ "verify", test_verify },
	{ "recover", test_recover },
	{ "encrypt", test_encrypt },
	{ "signature first", test_verify_signature },
	{ "messages", test_message },
	{ "digest", test_digest },
	{ "SHA-3", test_sha3 },
	{ "secret keys", test_secret },
	{ "secret keys of the token", test_secret_token },
	{ "HMAC", test_hmac },
	{ "ciphers", test_cipher },
	{ "DES", test_des },
	{ "rules of ciphers", test_cipher_rules },
	{ "encrypted messages", test_message_cipher },
	{ "two operations at once", test_dual },
	{ "saved states", test_saved_state },
	{ "derivation", test_derive },
	{ "simple derivations", test_derive_simple },
	{ "HKDF", test_hkdf },
	{ "SP 800-108", test_kbkdf },
	{ "encapsulation", test_encapsulate },
	{ "import", test_import },
	{ "wrapping", test_wrap },
	{ "rules of wrapping", test_wrap_rules },
	{ "random", test_random },
	{ "every function", test_walk },
	{ "threads", test_thread },
	{ "fork", test_fork },
};

static bool
load(struct ctx *c, const char *path)
{
	CK_C_GetFunctionList get = NULL;
	int deepbind = getenv("API_DEEPBIND") != NULL ? RTLD_DEEPBIND : 0;

	c->dl = dlopen(path, RTLD_NOW | RTLD_LOCAL | deepbind);
	if (c->dl == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return false;
	}
	*(void **)&get = dlsym(c->dl, "C_GetFunctionList");
	return get != NULL && get(&c->f) == CKR_OK && c->f != NULL;
}

int
main(int argc, char **argv)
{
	struct ctx c = { .reference = argc > 2 && strcmp(argv[2], "reference") == 0 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || !load(&c, argv[1])) {
		fprintf(stderr, "usage: api MODULE [reference]\n");
		return 2;
	}
	for (size_t i = 0; i < COUNT(chapters); i++) {
		printf("%s\n", chapters[i].name);
		chapters[i].run(&c);
	}
	c.f->C_Finalize(NULL);
	dlclose(c.dl);
	printf("%u checks, %u failed, %u known differences\n", check_count, failure_count,
		difference_count);
	return failure_count == 0 ? 0 : 1;
}
