/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tpm/tpm_private.h"
#include "unit.h"

#define FIXED    (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT)
#define LEAF     (FIXED | TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA)
#define SIGNS    TPMA_OBJECT_SIGN_ENCRYPT
#define DECRYPTS TPMA_OBJECT_DECRYPT

static void
storage_template_is_the_one_that_other_programs_use(void **state)
{
	struct buf bytes = BUF_EMPTY;
	TPM2B_PUBLIC t;

	(void)state;
	template_storage(&t);
	assert_rv(CKR_OK, blob_write_public(&t, &bytes));
	assert_bytes_equal(view(&bytes), LITERAL("\x00\x1a\x00\x23\x00\x0b\x00\x03\x04\x72\x00\x00"
						 "\x00\x06\x00\x80\x00\x43\x00\x10"
						 "\x00\x03\x00\x10\x00\x00\x00\x00"));
	buf_free(&bytes);
}

static void
guesses_at_a_seal_count(void **state)
{
	TPM2B_PUBLIC t;

	(void)state;
	template_seal(&t);
	assert_int_equal(t.publicArea.type, TPM2_ALG_KEYEDHASH);
	assert_int_equal(t.publicArea.objectAttributes, FIXED | TPMA_OBJECT_USERWITHAUTH);
	assert_int_equal(t.publicArea.parameters.keyedHashDetail.scheme.scheme, TPM2_ALG_NULL);
}

struct usage_row {
	enum key_kind kind;
	bool sign;
	bool decrypt;
	bool fips;
	TPMA_OBJECT usage;
};

static const struct usage_row usages[] = {
	{ KEY_EC, true, false, false, SIGNS },
	{ KEY_EC, false, true, false, DECRYPTS },
	{ KEY_EC, true, true, false, SIGNS | DECRYPTS },
	{ KEY_EC, false, false, false, SIGNS | DECRYPTS },
	{ KEY_EC, true, true, true, SIGNS },
	{ KEY_EC, false, true, true, DECRYPTS },
	{ KEY_RSA, true, false, false, SIGNS | DECRYPTS },
	{ KEY_RSA, false, true, false, SIGNS | DECRYPTS },
	{ KEY_RSA, false, false, false, SIGNS | DECRYPTS },
	{ KEY_RSA, true, false, true, SIGNS },
	{ KEY_RSA, false, true, true, DECRYPTS },
	{ KEY_RSA, false, false, true, SIGNS },
};

static void
usage_becomes_attributes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof usages / sizeof usages[0]; i++) {
		const struct usage_row *row = &usages[i];
		struct keyspec spec = { row->kind, CURVE_P256, 2048, row->sign, row->decrypt, false };
		TPM2B_PUBLIC t;

		assert_rv(CKR_OK, template_key(&spec, row->fips, &t));
		assert_int_equal(t.publicArea.objectAttributes, LEAF | row->usage);
	}
}

static void
key_has_its_curve_or_size_and_no_scheme(void **state)
{
	struct keyspec ec = { KEY_EC, CURVE_P384, 0, true, false, false };
	struct keyspec rsa = { KEY_RSA, CURVE_NONE, 3072, true, false, false };
	TPM2B_PUBLIC t;

	(void)state;
	assert_rv(CKR_OK, template_key(&ec, false, &t));
	assert_int_equal(t.publicArea.parameters.eccDetail.curveID, TPM2_ECC_NIST_P384);
	assert_int_equal(t.publicArea.parameters.eccDetail.scheme.scheme, TPM2_ALG_NULL);
	assert_rv(CKR_OK, template_key(&rsa, false, &t));
	assert_int_equal(t.publicArea.parameters.rsaDetail.keyBits, 3072);
	assert_int_equal(t.publicArea.parameters.rsaDetail.scheme.scheme, TPM2_ALG_NULL);
}

static void
impossible_keys_are_refused(void **state)
{
	struct keyspec no_curve = { KEY_EC, CURVE_NONE, 0, true, false, false };
	struct keyspec no_bits = { KEY_RSA, CURVE_NONE, 0, true, false, false };
	struct keyspec too_long = { KEY_RSA, CURVE_NONE, 8192, true, false, false };
	struct keyspec no_kind = { KEY_NONE, CURVE_NONE, 2048, true, false, false };
	TPM2B_PUBLIC t;

	(void)state;
	assert_rv(CKR_CURVE_NOT_SUPPORTED, template_key(&no_curve, false, &t));
	assert_rv(CKR_KEY_SIZE_RANGE, template_key(&no_bits, false, &t));
	assert_rv(CKR_KEY_SIZE_RANGE, template_key(&too_long, false, &t));
	assert_rv(CKR_KEY_SIZE_RANGE, template_key(&no_kind, false, &t));
}

static void
only_a_fixed_restricted_decryption_key_can_be_a_parent(void **state)
{
	struct keyspec spec = { KEY_EC, CURVE_P256, 0, false, true, false };
	TPM2B_PUBLIC t;

	(void)state;
	template_storage(&t);
	assert_true(template_is_storage(&t.publicArea));
	t.publicArea.objectAttributes &= ~TPMA_OBJECT_FIXEDTPM;
	assert_false(template_is_storage(&t.publicArea));
	template_storage(&t);
	t.publicArea.objectAttributes |= TPMA_OBJECT_SIGN_ENCRYPT;
	assert_false(template_is_storage(&t.publicArea));
	template_storage(&t);
	t.publicArea.type = TPM2_ALG_SYMCIPHER;
	assert_false(template_is_storage(&t.publicArea));
	assert_rv(CKR_OK, template_key(&spec, false, &t));
	assert_false(template_is_storage(&t.publicArea));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(storage_template_is_the_one_that_other_programs_use),
		cmocka_unit_test(guesses_at_a_seal_count),
		cmocka_unit_test(usage_becomes_attributes),
		cmocka_unit_test(key_has_its_curve_or_size_and_no_scheme),
		cmocka_unit_test(impossible_keys_are_refused),
		cmocka_unit_test(only_a_fixed_restricted_decryption_key_can_be_a_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
