/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "crypto/crypto.h"
#include "tpm/tpm_private.h"
#include "unit.h"

#define SIGNING_LEAF "\x00\x04\x04\x72"

#define TWENTY   "01234567890123456789"
#define THIRTY_1 TWENTY "abcdefghijk"
#define THIRTY_2 TWENTY "abcdefghijkl"
#define SIXTY_4  THIRTY_2 THIRTY_2

/* Type, name algorithm, attributes, no policy; symmetric NULL, scheme NULL, P-256, KDF NULL; x one
 * byte short. */
#define EC_AREA                                                                                    \
	"\x00\x23\x00\x0b" SIGNING_LEAF                                                            \
	"\x00\x00\x00\x10\x00\x10\x00\x03\x00\x10\x00\x1f" THIRTY_1 "\x00\x20" THIRTY_2
static const char ec_area[] = "\x00\x55" EC_AREA;

/* The same with RSASSA-SHA256, 1024 bits, exponent 0 for 65537. */
#define RSA_START "\x00\x01\x00\x0b" SIGNING_LEAF "\x00\x00\x00\x10\x00\x14\x00\x0b\x04\x00"
#define MODULUS   "\xff" TWENTY THIRTY_2 "abcdefghijk" SIXTY_4
static const char rsa_default[] = "\x00\x98" RSA_START "\x00\x00\x00\x00\x00\x80" MODULUS;
static const char rsa_three[] = "\x00\x98" RSA_START "\x00\x00\x00\x03\x00\x80" MODULUS;

/* An HMAC key with its hash, and an AES key. */
static const char hmac_area[] =
	"\x00\x30\x00\x08\x00\x0b" SIGNING_LEAF "\x00\x00\x00\x05\x00\x0b\x00\x20" THIRTY_2;
static const char aes_area[] =
	"\x00\x32\x00\x25\x00\x0b\x00\x06\x04\x72\x00\x00\x00\x06\x00\x80\x00\x43"
	"\x00\x20" THIRTY_2;

static const struct bytes goods[] = {
	{ (const uint8_t *)ec_area, sizeof ec_area - 1 },
	{ (const uint8_t *)rsa_default, sizeof rsa_default - 1 },
	{ (const uint8_t *)rsa_three, sizeof rsa_three - 1 },
	{ (const uint8_t *)hmac_area, sizeof hmac_area - 1 },
	{ (const uint8_t *)aes_area, sizeof aes_area - 1 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
ec_key_has_its_point_padded(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;

	(void)state;
	assert_rv(CKR_OK, tpm_public_key(LITERAL(ec_area), &k));
	assert_int_equal(k.kind, KEY_EC);
	assert_int_equal(k.curve, CURVE_P256);
	assert_bytes_equal(view(&k.point), LITERAL("\x04\x00" THIRTY_1 THIRTY_2));
	pubkey_free(&k);
}

static void
rsa_key_has_the_usual_exponent_when_none_is_given(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;

	(void)state;
	assert_rv(CKR_OK, tpm_public_key(LITERAL(rsa_default), &k));
	assert_int_equal(k.kind, KEY_RSA);
	assert_bytes_equal(view(&k.modulus), LITERAL(MODULUS));
	assert_bytes_equal(view(&k.exponent), LITERAL("\x01\x00\x01"));
	assert_rv(CKR_OK, tpm_public_key(LITERAL(rsa_three), &k));
	assert_bytes_equal(view(&k.exponent), LITERAL("\x03"));
	pubkey_free(&k);
}

static void
usage_is_in_the_attributes(void **state)
{
	bool sign = false;
	bool decrypt = true;

	(void)state;
	assert_rv(CKR_OK, tpm_public_usage(LITERAL(ec_area), &sign, &decrypt));
	assert_true(sign);
	assert_false(decrypt);
	assert_rv(CKR_OK, tpm_public_usage(LITERAL(aes_area), &sign, &decrypt));
	assert_true(sign);
	assert_true(decrypt);
}

static void
kind_is_in_type_and_scheme(void **state)
{
	static const struct {
		struct bytes area;
		enum tpm_kind kind;
	} rows[] = {
		{ { (const uint8_t *)ec_area, sizeof ec_area - 1 }, TPM_KIND_ASYMMETRIC },
		{ { (const uint8_t *)rsa_three, sizeof rsa_three - 1 }, TPM_KIND_ASYMMETRIC },
		{ { (const uint8_t *)hmac_area, sizeof hmac_area - 1 }, TPM_KIND_HMAC },
		{ { (const uint8_t *)aes_area, sizeof aes_area - 1 }, TPM_KIND_AES },
	};
	enum tpm_kind kind = TPM_KIND_SEALED;
	bool exportable = true;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_rv(CKR_OK, tpm_public_kind(rows[i].area, &kind, &exportable));
		assert_int_equal(rows[i].kind, kind);
		assert_false(exportable);
	}
	assert_rv(CKR_DEVICE_ERROR, tpm_public_kind(LITERAL("\x00"), &kind, &exportable));
}

static void
name_is_the_algorithm_and_the_digest_of_the_area(void **state)
{
	struct bytes area = LITERAL(EC_AREA);
	struct buf digest = BUF_EMPTY;
	struct buf name = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, tpm_public_name(LITERAL(ec_area), &name));
	assert_rv(CKR_OK, crypto_hash(HASH_SHA256, &area, 1, &digest));
	assert_int_equal(name.len, 34);
	assert_bytes_equal(bytes_slice(view(&name), 0, 2), LITERAL("\x00\x0b"));
	assert_bytes_equal(bytes_slice(view(&name), 2, 32), view(&digest));
	buf_free(&name);
	buf_free(&digest);
}

static void
what_is_no_key_pair_has_no_public_key(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;

	(void)state;
	assert_rv(CKR_DEVICE_ERROR, tpm_public_key(LITERAL(hmac_area), &k));
	assert_rv(CKR_DEVICE_ERROR, tpm_public_key(LITERAL(aes_area), &k));
}

/* Each function that reads a public area refuses this one. In memory of just this size, for the
 * sanitizer. */
static void
assert_refused(const uint8_t *ptr, size_t len)
{
	uint8_t *copy = calloc(1, len > 0 ? len : 1);
	struct bytes b = bytes_of(copy, len);
	struct pubkey k = PUBKEY_EMPTY;
	struct buf name = BUF_EMPTY;
	bool sign = false;
	bool decrypt = false;
	TPM2B_PUBLIC area;

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, ptr, len);
	assert_rv(CKR_DEVICE_ERROR, tpm_public_key(b, &k));
	assert_rv(CKR_DEVICE_ERROR, tpm_public_usage(b, &sign, &decrypt));
	assert_rv(CKR_DEVICE_ERROR, tpm_public_name(b, &name));
	assert_rv(CKR_DEVICE_ERROR, blob_read_public(b, &area));
	assert_null(k.modulus.ptr);
	assert_null(k.point.ptr);
	assert_null(name.ptr);
	free(copy);
}

static void
every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(goods); i++)
		for (size_t len = 0; len < goods[i].len; len++)
			assert_refused(goods[i].ptr, len);
}

/* The outer size says that all is there, and an inner one does not fit. */
static void
every_truncation_with_its_size_mended_is_refused(void **state)
{
	uint8_t copy[256];

	(void)state;
	for (size_t i = 0; i < COUNT(goods); i++) {
		for (size_t len = 2; len < goods[i].len; len++) {
			memcpy(copy, goods[i].ptr, len);
			put_u16(copy, (uint16_t)(len - 2));
			assert_refused(copy, len);
		}
	}
}

static void
bytes_behind_the_area_are_refused(void **state)
{
	uint8_t copy[256] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(goods); i++) {
		memcpy(copy, goods[i].ptr, goods[i].len);
		copy[goods[i].len] = 0;
		assert_refused(copy, goods[i].len + 1);
		put_u16(copy, (uint16_t)(goods[i].len - 1));
		assert_refused(copy, goods[i].len + 1);
	}
}

/* Whatever it means: no read outside, no crash; and what is accepted is accepted by libtss2 or
 * refused with the code. */
static void
every_damaged_byte_is_survived(void **state)
{
	uint8_t copy[256];

	(void)state;
	for (size_t i = 0; i < COUNT(goods); i++) {
		for (size_t at = 0; at < goods[i].len; at++) {
			struct pubkey k = PUBKEY_EMPTY;
			struct bytes b = bytes_of(copy, goods[i].len);
			TPM2B_PUBLIC area;
			CK_RV rv = CKR_OK;

			memcpy(copy, goods[i].ptr, goods[i].len);
			copy[at] ^= 0xff;
			rv = tpm_public_key(b, &k);
			assert_true(rv == CKR_OK || rv == CKR_DEVICE_ERROR);
			rv = blob_read_public(b, &area);
			assert_true(rv == CKR_OK || rv == CKR_DEVICE_ERROR);
			pubkey_free(&k);
		}
	}
}

static const char unknown_curve[] =
	"\x00\x5a\x00\x23\x00\x0b" SIGNING_LEAF
	"\x00\x00\x00\x10\x00\x10\x7f\xff\x00\x10\x00\x20" THIRTY_2 "\x00\x20" THIRTY_2;
static const char long_coordinate[] =
	"\x00\x57\x00\x23\x00\x0b" SIGNING_LEAF "\x00\x00\x00\x10\x00\x10\x00\x03\x00\x10\x00\x21"
	"1" THIRTY_2 "\x00\x20" THIRTY_2;
static const char no_coordinate[] =
	"\x00\x36\x00\x23\x00\x0b" SIGNING_LEAF
	"\x00\x00\x00\x10\x00\x10\x00\x03\x00\x10\x00\x00\x00\x20" THIRTY_2;
static const char short_modulus[] = "\x00\x58" RSA_START "\x00\x00\x00\x00\x00\x40" SIXTY_4;
static const char low_modulus[] = "\x00\x98" RSA_START "\x00\x00\x00\x00\x00\x80" SIXTY_4 SIXTY_4;

static const struct bytes senseless[] = {
	{ (const uint8_t *)unknown_curve, sizeof unknown_curve - 1 },
	{ (const uint8_t *)long_coordinate, sizeof long_coordinate - 1 },
	{ (const uint8_t *)no_coordinate, sizeof no_coordinate - 1 },
	{ (const uint8_t *)short_modulus, sizeof short_modulus - 1 },
	{ (const uint8_t *)low_modulus, sizeof low_modulus - 1 },
};

static void
keys_that_make_no_sense_are_refused(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(senseless); i++) {
		assert_rv(CKR_DEVICE_ERROR, tpm_public_key(senseless[i], &k));
		assert_null(k.modulus.ptr);
		assert_null(k.point.ptr);
	}
}

static void
failure_leaves_the_result_as_it_was(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;

	(void)state;
	assert_rv(CKR_OK, tpm_public_key(LITERAL(ec_area), &k));
	assert_rv(CKR_DEVICE_ERROR, tpm_public_key(LITERAL("\x00"), &k));
	assert_int_equal(k.point.len, 65);
	pubkey_free(&k);
}

static void
public_areas_come_back_from_libtss2(void **state)
{
	struct buf out = BUF_EMPTY;
	TPM2B_PUBLIC area;

	(void)state;
	for (size_t i = 0; i < COUNT(goods); i++) {
		assert_rv(CKR_OK, blob_read_public(goods[i], &area));
		assert_rv(CKR_OK, blob_write_public(&area, &out));
		assert_bytes_equal(view(&out), goods[i]);
	}
	buf_free(&out);
}

static void
private_areas_come_back(void **state)
{
	struct buf out = BUF_EMPTY;
	TPM2B_PRIVATE area;

	(void)state;
	assert_rv(CKR_OK, blob_read_private(LITERAL("\x00\x03"
						    "abc"),
				  &area));
	assert_int_equal(area.size, 3);
	assert_rv(CKR_OK, blob_write_private(&area, &out));
	assert_bytes_equal(view(&out), LITERAL("\x00\x03"
					       "abc"));
	area.size = UINT16_MAX;
	assert_rv(CKR_DEVICE_ERROR, blob_write_private(&area, &out));
	buf_free(&out);
}

static void
private_areas_of_a_wrong_size_are_refused(void **state)
{
	struct buf big = BUF_EMPTY;
	TPM2B_PRIVATE area;

	(void)state;
	assert_rv(CKR_DEVICE_ERROR, blob_read_private(BYTES_EMPTY, &area));
	assert_rv(CKR_DEVICE_ERROR, blob_read_private(LITERAL("\x00\x00"), &area));
	assert_rv(CKR_DEVICE_ERROR, blob_read_private(LITERAL("\x00\x04"
							      "abc"),
					    &area));
	assert_rv(CKR_DEVICE_ERROR, blob_read_private(LITERAL("\x00\x02"
							      "abc"),
					    &area));
	assert_rv(CKR_OK, buf_resize(&big, 2 + sizeof area.buffer + 1));
	put_u16(big.ptr, sizeof area.buffer + 1);
	assert_rv(CKR_DEVICE_ERROR, blob_read_private(view(&big), &area));
	buf_free(&big);
}

static int
open_crypto(void **state)
{
	(void)state;
	/* libtss2 complains about the damaged ones. */
	return setenv("TSS2_LOG", "all+none", 1) == 0 && crypto_open() == CKR_OK ? 0 : -1;
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
		cmocka_unit_test(ec_key_has_its_point_padded),
		cmocka_unit_test(rsa_key_has_the_usual_exponent_when_none_is_given),
		cmocka_unit_test(usage_is_in_the_attributes),
		cmocka_unit_test(kind_is_in_type_and_scheme),
		cmocka_unit_test(name_is_the_algorithm_and_the_digest_of_the_area),
		cmocka_unit_test(what_is_no_key_pair_has_no_public_key),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_truncation_with_its_size_mended_is_refused),
		cmocka_unit_test(bytes_behind_the_area_are_refused),
		cmocka_unit_test(every_damaged_byte_is_survived),
		cmocka_unit_test(keys_that_make_no_sense_are_refused),
		cmocka_unit_test(failure_leaves_the_result_as_it_was),
		cmocka_unit_test(public_areas_come_back_from_libtss2),
		cmocka_unit_test(private_areas_come_back),
		cmocka_unit_test(private_areas_of_a_wrong_size_are_refused),
	};

	return cmocka_run_group_tests(tests, open_crypto, close_crypto);
}
