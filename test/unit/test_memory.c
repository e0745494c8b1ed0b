/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The n-th allocation fails, for every n until nothing is left to fail: the
 * code is CKR_HOST_MEMORY and nothing leaks. The linker puts the functions
 * that begin with __wrap_ in front of the allocator's.
 */
#include "config.h"

#include <stdlib.h>

#include "base/der.h"
#include "template.h"

static unsigned long allocations; /* so far */
static unsigned long failing;     /* this one fails; 0: none */
static long held;                 /* blocks that are not free yet */

void *__real_malloc(size_t len);
void *__real_realloc(void *ptr, size_t len);
void __real_free(void *ptr);
void *__wrap_malloc(size_t len);
void *__wrap_realloc(void *ptr, size_t len);
void __wrap_free(void *ptr);

static bool
fails_now(void)
{
	return ++allocations == failing;
}

void *
__wrap_malloc(size_t len)
{
	void *fresh = fails_now() ? NULL : __real_malloc(len);

	held += fresh != NULL;
	return fresh;
}

void *
__wrap_realloc(void *ptr, size_t len)
{
	void *moved = fails_now() ? NULL : __real_realloc(ptr, len);

	held += ptr == NULL && moved != NULL;
	return moved;
}

void
__wrap_free(void *ptr)
{
	held -= ptr != NULL;
	__real_free(ptr);
}

static const CK_ATTRIBUTE private_key[] = { NUMBER(CKA_CLASS, CKO_PRIVATE_KEY), YES(CKA_SIGN),
	NESTED(CKA_UNWRAP_TEMPLATE, YES(CKA_SIGN), NO(CKA_TOKEN)),
	NUMBERS(CKA_ALLOWED_MECHANISMS, CKM_RSA_PKCS) };
static const CK_ATTRIBUTE x509[] = { NUMBER(CKA_CLASS, CKO_CERTIFICATE),
	NUMBER(CKA_CERTIFICATE_TYPE, CKC_X_509),
	{ CKA_VALUE, (void *)(uintptr_t)certificate, sizeof certificate } };
static const CK_ATTRIBUTE label[] = { TEXT(CKA_LABEL, "new") };

/* What the runs start from; made while nothing fails. */
static struct pubkey key;
static struct attrs object;

static CK_RV
complete(enum attr_event event, const CK_ATTRIBUTE *list, size_t count, const struct attrs *fixed)
{
	struct attrs given = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	struct attr_request rq = { event, ROLE_USER, &given, fixed, &object };
	CK_RV rv = attr_template_read(list, count, &given);

	if (rv == CKR_OK)
		rv = attr_complete(&rq, &out);
	attrs_free(&given);
	attrs_free(&out);
	return rv;
}

static CK_RV
generate(void)
{
	struct attrs fixed = ATTRS_EMPTY;
	CK_RV rv = attr_of_pubkey(&key, true, &fixed);

	if (rv == CKR_OK)
		rv = complete(ATTR_GENERATE, private_key, COUNT(private_key), &fixed);
	attrs_free(&fixed);
	return rv;
}

static CK_RV
create(void)
{
	return complete(ATTR_CREATE, x509, COUNT(x509), NULL);
}

static CK_RV
copy(void)
{
	return complete(ATTR_COPY, label, COUNT(label), NULL);
}

static CK_RV
change(void)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct attrs out = ATTRS_EMPTY;
	CK_RV rv = attr_search_read(label, COUNT(label), &wanted);

	if (rv == CKR_OK)
		rv = attr_change(ROLE_USER, &object, &wanted, &out);
	attrs_free(&wanted);
	attrs_free(&out);
	return rv;
}

static CK_RV
public_key(void)
{
	struct attrs a = ATTRS_EMPTY;
	struct pubkey back = PUBKEY_EMPTY;
	struct pubkey copied = PUBKEY_EMPTY;
	CK_RV rv = attr_of_pubkey(&key, false, &a);

	if (rv == CKR_OK && (rv = attr_to_pubkey(&a, &back)) == CKR_OK)
		rv = pubkey_copy(&copied, &back);
	attrs_free(&a);
	pubkey_free(&back);
	pubkey_free(&copied);
	return rv;
}

static void
memory_that_runs_out_is_told_and_nothing_leaks(void **state)
{
	static CK_RV (*const runs[])(void) = { generate, create, copy, change, public_key };

	(void)state;
	for (enum key_kind kind = KEY_RSA; kind <= KEY_EC; kind++) {
		made_pubkey(kind, &key);
		for (size_t i = 0; i < COUNT(runs); i++) {
			CK_RV rv = CKR_HOST_MEMORY;
			long before = held;

			for (failing = 1; rv != CKR_OK; failing++) {
				allocations = 0;
				rv = runs[i]();
				assert_int_equal(held, before);
				assert_true(rv == CKR_HOST_MEMORY || allocations < failing);
			}
			assert_true(failing > 2);
			failing = 0;
		}
		pubkey_free(&key);
	}
}

static int
set_up(void **state)
{
	(void)state;
	return attr_template_read(x509, COUNT(x509), &object) == CKR_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	attrs_free(&object);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_runs_out_is_told_and_nothing_leaks),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
