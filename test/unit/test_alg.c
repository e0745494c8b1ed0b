/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "base/alg.h"
#include "unit.h"

static void
every_hash_is_found_by_each_of_its_names(void **state)
{
	(void)state;
	for (enum hash h = HASH_NONE + 1; h < HASH_COUNT; h++) {
		const struct hash_row *row = hash_row(h);

		assert_non_null(row);
		assert_ptr_equal(row, hash_by_mechanism(row->mechanism));
		assert_ptr_equal(row, hash_by_mgf(row->mgf));
		if (row->tpm_alg != 0)
			assert_ptr_equal(row, hash_by_tpm_alg(row->tpm_alg));
		/* A DigestInfo says its digest's length in its last byte and its own in the second. */
		assert_int_equal(row->digest_info.ptr[row->digest_info.len - 1], row->len);
		assert_int_equal(row->digest_info.ptr[1], row->digest_info.len - 2 + row->len);
	}
	assert_null(hash_row(HASH_NONE));
	assert_null(hash_by_tpm_alg(0));
}

static void
every_curve_is_found_by_each_of_its_names(void **state)
{
	(void)state;
	for (enum curve c = CURVE_NONE + 1; c < CURVE_COUNT; c++) {
		const struct curve_row *row = curve_row(c);

		assert_non_null(row);
		assert_ptr_equal(row, curve_by_oid(row->oid));
		assert_ptr_equal(row, curve_by_tpm(row->tpm_curve));
		assert_ptr_equal(row, curve_by_name(row->name));
		assert_ptr_equal(row, curve_by_name(row->group));
		assert_ptr_equal(row, curve_by_name(row->ssh));
		assert_int_equal(row->field_len, (row->bits + 7) / 8);
		assert_int_equal(row->oid.ptr[1], row->oid.len - 2);
	}
	assert_ptr_equal(curve_by_name("SECP256R1"), curve_row(CURVE_P256));
	assert_null(curve_by_name("P-1"));
}

static void
size_of_a_key_comes_from_its_numbers(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;

	(void)state;
	k.kind = KEY_RSA;
	assert_rv(CKR_OK, buf_resize(&k.modulus, 256));
	k.modulus.ptr[0] = 0x80;
	assert_int_equal(pubkey_bits(&k), 2048);
	assert_int_equal(pubkey_signature_len(&k), 256);
	k.modulus.ptr[0] = 0x01;
	assert_int_equal(pubkey_bits(&k), 2041);
	pubkey_free(&k);
	k.kind = KEY_EC;
	k.curve = CURVE_P521;
	assert_int_equal(pubkey_bits(&k), 521);
	assert_int_equal(pubkey_signature_len(&k), 132);
}

static void
a_salt_must_leave_room_for_the_digest(void **state)
{
	struct pubkey k = { .kind = KEY_RSA };
	struct scheme s = { .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .salt_len = 222 };

	(void)state;
	assert_rv(CKR_OK, buf_resize(&k.modulus, 256));
	k.modulus.ptr[0] = 0x80;
	assert_true(pubkey_has_room(&k, &s));
	s.salt_len = 223;
	assert_false(pubkey_has_room(&k, &s));
	s.salt_len = SIZE_MAX;
	assert_false(pubkey_has_room(&k, &s));
	s.alg = ALG_RSA_PKCS1;
	assert_true(pubkey_has_room(&k, &s));
	/* A modulus of 2041 bits has 255 bytes of encoding. */
	k.modulus.ptr[0] = 0x01;
	s = (struct scheme){ .alg = ALG_RSA_PSS, .digest = HASH_SHA256, .salt_len = 222 };
	assert_false(pubkey_has_room(&k, &s));
	pubkey_free(&k);
}

static void
capabilities_are_bits(void **state)
{
	struct tpm_caps c = { .hashes = 1u << HASH_SHA256, .curves = 1u << CURVE_P256, .rsa_bits = 1u << 2 };

	(void)state;
	assert_true(caps_hash(&c, HASH_SHA256));
	assert_false(caps_hash(&c, HASH_SHA512));
	assert_true(caps_curve(&c, CURVE_P256));
	assert_false(caps_curve(&c, CURVE_P384));
	assert_true(caps_rsa(&c, 2048));
	assert_false(caps_rsa(&c, 3072));
	assert_false(caps_rsa(&c, 2049));
	assert_false(caps_hash(NULL, HASH_SHA256));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hash_is_found_by_each_of_its_names),
		cmocka_unit_test(every_curve_is_found_by_each_of_its_names),
		cmocka_unit_test(size_of_a_key_comes_from_its_numbers),
		cmocka_unit_test(a_salt_must_leave_room_for_the_digest),
		cmocka_unit_test(capabilities_are_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
