/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "crypto/crypto.h"
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
assert_exportable(const TPM2B_PUBLIC *t, bool exportable)
{
	struct buf public = BUF_EMPTY;
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool said = !exportable;

	assert_int_equal(exportable ? 0 : FIXED, t->publicArea.objectAttributes & FIXED);
	assert_bytes_equal(exportable ? template_export_policy() : BYTES_EMPTY,
		bytes_of(t->publicArea.authPolicy.buffer, t->publicArea.authPolicy.size));
	assert_rv(CKR_OK, blob_write_public(t, &public));
	assert_rv(CKR_OK, tpm_public_kind(view(&public), &kind, &said));
	assert_int_equal(exportable, said);
	buf_free(&public);
}

static void
exportable_keys_have_the_policy_and_are_not_fixed(void **state)
{
	TPM2B_PUBLIC t;

	(void)state;
	for (int exportable = 0; exportable < 2; exportable++) {
		struct keyspec ec = { KEY_EC, CURVE_P384, 0, true, false, exportable != 0 };
		struct keyspec rsa = { KEY_RSA, CURVE_NONE, 2048, true, false, exportable != 0 };
		struct secretspec aes = { .kind = SECRET_AES, .len = 16 };

		assert_rv(CKR_OK, template_key(&ec, false, &t));
		assert_exportable(&t, exportable != 0);
		assert_rv(CKR_OK, template_key(&rsa, false, &t));
		assert_exportable(&t, exportable != 0);
		aes.exportable = exportable != 0;
		template_secret(&aes, &t);
		assert_exportable(&t, exportable != 0);
	}
}

/* TPM 2.0 Part 3, "TPM2_PolicyAuthValue" and "TPM2_PolicyCommandCode". */
static void
export_policy_is_the_digest_of_its_two_commands(void **state)
{
	static const uint8_t zeros[32];
	const struct bytes first[] = { { zeros, 32 }, LITERAL("\x00\x00\x01\x6b") };
	struct bytes second[] = { BYTES_EMPTY, LITERAL("\x00\x00\x01\x6c"),
		LITERAL("\x00\x00\x01\x4b") };
	struct buf digest = BUF_EMPTY;
	struct buf policy = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_open());
	assert_rv(CKR_OK, crypto_hash(HASH_SHA256, first, 2, &digest));
	second[0] = view(&digest);
	assert_rv(CKR_OK, crypto_hash(HASH_SHA256, second, 3, &policy));
	assert_bytes_equal(view(&policy), template_export_policy());
	buf_free(&digest);
	buf_free(&policy);
	crypto_close();
}

static void
secret_keys_are_of_three_kinds(void **state)
{
	struct secretspec made = { .kind = SECRET_AES, .len = 32 };
	struct secretspec given = {
		.kind = SECRET_HMAC, .hash = HASH_SHA384, .len = 3, .value = LITERAL("abc")
	};
	struct secretspec sealed = { .kind = SECRET_SEALED, .len = 3, .value = LITERAL("abc") };
	const TPMT_PUBLIC *p = NULL;
	TPM2B_PUBLIC t;

	(void)state;
	p = &t.publicArea;
	template_secret(&made, &t);
	assert_int_equal(LEAF | SIGNS | DECRYPTS, p->objectAttributes);
	assert_int_equal(TPM2_ALG_SYMCIPHER, p->type);
	assert_int_equal(256, p->parameters.symDetail.sym.keyBits.aes);
	assert_int_equal(TPM2_ALG_NULL, p->parameters.symDetail.sym.mode.aes);
	template_secret(&given, &t);
	assert_int_equal(
		(LEAF & ~TPMA_OBJECT_SENSITIVEDATAORIGIN) | SIGNS, p->objectAttributes);
	assert_int_equal(TPM2_ALG_KEYEDHASH, p->type);
	assert_int_equal(
		TPM2_ALG_SHA384, p->parameters.keyedHashDetail.scheme.details.hmac.hashAlg);
	template_secret(&sealed, &t);
	assert_int_equal(LEAF & ~TPMA_OBJECT_SENSITIVEDATAORIGIN, p->objectAttributes);
	assert_int_equal(TPM2_ALG_NULL, p->parameters.keyedHashDetail.scheme.scheme);
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
		cmocka_unit_test(exportable_keys_have_the_policy_and_are_not_fixed),
		cmocka_unit_test(export_policy_is_the_digest_of_its_two_commands),
		cmocka_unit_test(secret_keys_are_of_three_kinds),
		cmocka_unit_test(impossible_keys_are_refused),
		cmocka_unit_test(only_a_fixed_restricted_decryption_key_can_be_a_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
