/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key agreement in a real TPM: what it comes to, and what it costs.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "integration/tpm/rig.h"

static void
key_agreement_comes_to_what_the_other_party_has(void **state)
{
	struct rig *r = *state;
	struct buf point = BUF_EMPTY;
	struct buf theirs = BUF_EMPTY;
	struct buf ours = BUF_EMPTY;

	for (enum curve c = CURVE_P256; c <= CURVE_P384; c++) {
		struct keyspec spec = { KEY_EC, c, 0, true, true, false };
		struct pubkey public = PUBKEY_EMPTY;
		struct rig_object key;

		rig_key(r, &r->parent, &spec, &key);
		assert_rv(CKR_OK, tpm_public_key(key.o.public, &public));
		for (int i = 0; i < 3; i++) {
			assert_rv(CKR_OK, ecdh_ephemeral(&public, &point, &theirs));
			rig_commands(r);
			assert_rv(CKR_OK, tpm_ecdh(r->tpm, &key.o, view(&point), &ours));
			assert_commands(r, i == 0 ? "Load ECDH_ZGen" : "ECDH_ZGen");
			assert_bytes_equal(view(&theirs), view(&ours));
		}
		point.ptr[9] ^= 1;
		assert_rv(
			CKR_ATTRIBUTE_VALUE_INVALID, tpm_ecdh(r->tpm, &key.o, view(&point), &ours));
		assert_commands(r, "");
		pubkey_free(&public);
		rig_object_free(&key);
	}
	buf_free(&point);
	buf_free(&theirs);
	buf_free(&ours);
}

static void
keys_of_another_kind_or_use_agree_on_nothing(void **state)
{
	struct keyspec rsa_spec = { KEY_RSA, CURVE_NONE, 2048, true, true, false };
	struct rig *r = *state;
	struct pubkey public = PUBKEY_EMPTY;
	struct buf point = BUF_EMPTY;
	struct buf z = BUF_EMPTY;
	struct rig_object rsa;
	struct rig_object signs;

	rig_key(r, &r->parent, &rsa_spec, &rsa);
	rig_ec_key(r, &signs);
	assert_rv(CKR_OK, tpm_public_key(signs.o.public, &public));
	assert_rv(CKR_OK, ecdh_ephemeral(&public, &point, &z));
	buf_free(&z);
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, tpm_ecdh(r->tpm, &rsa.o, view(&point), &z));
	assert_true(tpm_ecdh(r->tpm, &signs.o, view(&point), &z) != CKR_OK);
	assert_null(z.ptr);
	buf_free(&point);
	pubkey_free(&public);
	rig_object_free(&rsa);
	rig_object_free(&signs);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(key_agreement_comes_to_what_the_other_party_has),
		CASE(keys_of_another_kind_or_use_agree_on_nothing),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
