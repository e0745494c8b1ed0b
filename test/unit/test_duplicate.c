/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wrapper of duplicates on the host: whatever is changed of it on the way
 * opens to nothing.
 */
#include "config.h"

#include <tss2/tss2_tpm2_types.h>

#include "crypto/crypto.h"
#include "tpm/duplicate.h"
#include "tpm/tpm_private.h"
#include "unit.h"

#define NAME LITERAL("\x00\x0b the name of some object in a TPM")

struct parcel {
	struct share_key parent;
	struct buf scalar;
	struct buf seed;
	struct buf duplicate;
};

/* A storage key of the host, as tpm_export() makes it. */
static void
parent_make(struct parcel *p)
{
	struct buf point = BUF_EMPTY;
	struct buf public = BUF_EMPTY;
	TPM2B_PUBLIC area;

	*p = (struct parcel){ .scalar = BUF_EMPTY };
	assert_rv(CKR_OK, ec_key_make(CURVE_P256, &p->scalar, &point));
	template_host(view(&point), &area);
	assert_rv(CKR_OK, blob_write_public(&area, &public));
	assert_rv(CKR_OK, share_key_read(view(&public), &p->parent));
	buf_free(&public);
	buf_free(&point);
}

static void
parcel_make(struct parcel *p)
{
	parent_make(p);
	assert_rv(CKR_OK, duplicate_wrap(&p->parent, NAME, LITERAL("something sensitive"), &p->seed,
				  &p->duplicate));
}

static void
parcel_clear(struct parcel *p)
{
	share_key_clear(&p->parent);
	buf_free(&p->scalar);
	buf_free(&p->seed);
	buf_free(&p->duplicate);
}

static CK_RV
parcel_open(const struct parcel *p, struct bytes name, struct buf *out)
{
	return duplicate_unwrap(
		&p->parent, view(&p->scalar), name, view(&p->seed), view(&p->duplicate), out);
}

static void
what_is_wrapped_comes_out(void **state)
{
	struct parcel p;
	struct buf out = BUF_EMPTY;

	(void)state;
	parcel_make(&p);
	assert_null(memmem(p.duplicate.ptr, p.duplicate.len, "sensitive", 9));
	assert_rv(CKR_OK, parcel_open(&p, NAME, &out));
	assert_bytes_equal(LITERAL("something sensitive"), view(&out));
	buf_free(&out);
	parcel_clear(&p);
}

static void
every_damaged_byte_is_noticed(void **state)
{
	struct parcel p;
	struct buf out = BUF_EMPTY;
	struct buf *const parts[] = { &p.seed, &p.duplicate };

	(void)state;
	parcel_make(&p);
	for (size_t i = 0; i < 2; i++) {
		for (size_t at = 0; at < parts[i]->len; at++) {
			parts[i]->ptr[at] ^= 1;
			assert_rv(CKR_DEVICE_ERROR, parcel_open(&p, NAME, &out));
			parts[i]->ptr[at] ^= 1;
		}
	}
	assert_null(out.ptr);
	parcel_clear(&p);
}

static void
every_truncation_is_noticed(void **state)
{
	struct parcel p;
	struct buf out = BUF_EMPTY;

	(void)state;
	parcel_make(&p);
	while (p.duplicate.len > 0) {
		p.duplicate.len--;
		assert_rv(CKR_DEVICE_ERROR, parcel_open(&p, NAME, &out));
	}
	parcel_clear(&p);
	parcel_make(&p);
	while (p.seed.len > 0) {
		p.seed.len--;
		assert_rv(CKR_DEVICE_ERROR, parcel_open(&p, NAME, &out));
	}
	assert_null(out.ptr);
	parcel_clear(&p);
}

static void
another_object_or_key_opens_nothing(void **state)
{
	struct parcel p;
	struct parcel other;
	struct buf out = BUF_EMPTY;

	(void)state;
	parcel_make(&p);
	assert_rv(CKR_DEVICE_ERROR, parcel_open(&p, LITERAL("\x00\x0b another"), &out));
	parent_make(&other);
	buf_move(&other.seed, &p.seed);
	buf_move(&other.duplicate, &p.duplicate);
	assert_rv(CKR_DEVICE_ERROR, parcel_open(&other, NAME, &out));
	assert_null(out.ptr);
	parcel_clear(&p);
	parcel_clear(&other);
}

static void
parent_with_another_cipher_is_refused(void **state)
{
	struct parcel p;

	(void)state;
	parent_make(&p);
	p.parent.aes_bits = 0;
	assert_rv(CKR_DEVICE_ERROR,
		duplicate_wrap(&p.parent, NAME, LITERAL("x"), &p.seed, &p.duplicate));
	parcel_clear(&p);
}

static void
sensitive_area_of_a_key_is_read_back(void **state)
{
	struct privkey rsa = { .public.kind = KEY_RSA };
	struct privkey ec = { .public = { .kind = KEY_EC, .curve = CURVE_P256 } };
	struct buf area = BUF_EMPTY;
	struct bytes secret = BYTES_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_resize(&rsa.public.modulus, 8));
	assert_rv(CKR_OK, buf_set(&rsa.prime1, LITERAL("four")));
	assert_rv(CKR_OK, sensitive_write(&rsa, LITERAL("auth"), &area));
	assert_bytes_equal(LITERAL("\x00\x10\x00\x01\x00\x04"
				   "auth\x00\x00\x00\x04"
				   "four"),
		view(&area));
	assert_rv(CKR_OK, sensitive_read(view(&area), TPM2_ALG_RSA, &secret));
	assert_bytes_equal(LITERAL("four"), secret);
	buf_free(&area);
	/* A short scalar is filled up. */
	assert_rv(CKR_OK, buf_set(&ec.scalar, LITERAL("\x07")));
	assert_rv(CKR_OK, sensitive_write(&ec, BYTES_EMPTY, &area));
	assert_rv(CKR_OK, sensitive_read(view(&area), TPM2_ALG_ECC, &secret));
	assert_int_equal(32, secret.len);
	assert_int_equal(7, secret.ptr[31]);
	assert_rv(CKR_OK, buf_set(&rsa.prime1, LITERAL("three")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, sensitive_write(&rsa, BYTES_EMPTY, &area));
	privkey_free(&rsa);
	privkey_free(&ec);
	buf_free(&area);
}

static void
malformed_sensitive_areas_are_refused(void **state)
{
	static const char area[] = "\x00\x10\x00\x25\x00\x04"
				   "auth\x00\x00\x00\x04"
				   "four";
	struct bytes secret = BYTES_EMPTY;
	struct bytes whole = LITERAL(area);

	(void)state;
	assert_rv(CKR_OK, sensitive_read(whole, TPM2_ALG_SYMCIPHER, &secret));
	assert_rv(CKR_DEVICE_ERROR, sensitive_read(whole, TPM2_ALG_RSA, &secret));
	for (size_t len = 0; len < whole.len; len++)
		assert_rv(CKR_DEVICE_ERROR,
			sensitive_read(bytes_slice(whole, 0, len), TPM2_ALG_SYMCIPHER, &secret));
	assert_rv(CKR_DEVICE_ERROR,
		sensitive_read(bytes_of(area, sizeof area), TPM2_ALG_SYMCIPHER, &secret));
}

static int
open_crypto(void **state)
{
	(void)state;
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
close_crypto(void **state)
{
	(void)state;
	crypto_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrapped_comes_out),
		cmocka_unit_test(every_damaged_byte_is_noticed),
		cmocka_unit_test(every_truncation_is_noticed),
		cmocka_unit_test(another_object_or_key_opens_nothing),
		cmocka_unit_test(parent_with_another_cipher_is_refused),
		cmocka_unit_test(sensitive_area_of_a_key_is_read_back),
		cmocka_unit_test(malformed_sensitive_areas_are_refused),
	};

	return cmocka_run_group_tests(tests, open_crypto, close_crypto);
}
