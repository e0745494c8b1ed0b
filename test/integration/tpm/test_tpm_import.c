/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys from outside brought into a real TPM: what they can do there,
 * what is refused, and what is seen of them on the way.
 */
#include "config.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "integration/tpm/host_key.h"
#include "integration/tpm/rig.h"

#define OTHER "the TPM was cleared, or this store comes from another machine"

static CK_RV
import(struct rig *r, struct tpm *t, const struct tpm_parent *parent, const struct privkey *key,
	bool exportable, struct rig_object *out)
{
	struct keyspec spec = { .sign = true, .exportable = exportable };
	CK_RV rv = CKR_OK;

	*out = (struct rig_object){ .public = BUF_EMPTY };
	rv = tpm_import(t, parent, BYTES_EMPTY, &r->caps, key, &spec, rig_auth(), &out->public,
		&out->private);
	out->o = (struct tpm_object){ parent, BYTES_EMPTY, view(&out->public), view(&out->private),
		rig_auth() };
	return rv;
}

/* The public half is the host's, so what the TPM signs belongs to the key. */
static void
assert_signs(struct rig *r, const struct rig_object *key, const struct pubkey *public)
{
	struct scheme s = { .alg = public->kind == KEY_EC ? ALG_ECDSA : ALG_RSA_PKCS1,
		.digest = public->kind == KEY_EC ? HASH_NONE : HASH_SHA256,
		.hash = public->kind == KEY_EC ? HASH_NONE : HASH_SHA256 };
	struct bytes digest = LITERAL("a digest of just thirty-two byte");
	struct pubkey told = PUBKEY_EMPTY;
	struct buf signature = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_public_key(key->o.public, &told));
	assert_true(pubkey_equal(&told, public));
	assert_rv(CKR_OK, tpm_sign(r->tpm, &key->o, &s, digest, &signature));
	assert_rv(CKR_OK, crypto_verify(public, &s, digest, view(&signature)));
	buf_free(&signature);
	pubkey_free(&told);
}

static void
assert_imports(struct rig *r, const struct tpm_parent *parent, const struct privkey *key)
{
	struct rig_object object;
	enum tpm_kind kind = TPM_KIND_SEALED;
	bool said = false;

	for (int exportable = 0; exportable < 2; exportable++) {
		rig_commands(r);
		assert_rv(CKR_OK, import(r, r->tpm, parent, key, exportable != 0, &object));
		assert_commands(r, "Import");
		assert_rv(CKR_OK, tpm_public_kind(object.o.public, &kind, &said));
		assert_int_equal(TPM_KIND_ASYMMETRIC, kind);
		assert_int_equal(exportable, said);
		assert_signs(r, &object, &key->public);
		assert_rv(CKR_OK, tpm_forget(r->tpm, object.o.public));
		rig_object_free(&object);
	}
}

/* Under an ECC and an RSA parent, whose names for secrets differ. */
static void
imported_keys_sign_and_are_not_seen_on_the_way(void **state)
{
	struct rig *r = *state;
	struct tpm_parent rsa = { .handle = 0 };

	rig_rsa_parent(r, &rsa);
	for (size_t i = 0; i < 4; i++) {
		struct privkey key;

		if (i == 3)
			host_key_rsa(2048, 65537, &key);
		else
			host_key_ec(CURVE_P256 + (enum curve)i, &key);
		assert_imports(r, &r->parent, &key);
		assert_imports(r, &rsa, &key);
		if (i == 3) {
			assert_true(rig_wire_has(r, view(&key.public.modulus)));
			assert_false(rig_wire_has(r, view(&key.prime1)));
			assert_false(rig_wire_has(r, view(&key.prime2)));
			assert_false(rig_wire_has(r, view(&key.exponent)));
		} else {
			assert_false(rig_wire_has(r, view(&key.scalar)));
		}
		privkey_free(&key);
	}
	assert_false(rig_wire_has(r, rig_auth()));
	tpm_parent_free(&rsa);
}

static void
imported_key_agrees_and_decrypts(void **state)
{
	struct keyspec derives = { .decrypt = true };
	struct rig *r = *state;
	struct rig_object object = { .public = BUF_EMPTY };
	struct buf point = BUF_EMPTY;
	struct buf theirs = BUF_EMPTY;
	struct buf ours = BUF_EMPTY;
	struct privkey key;

	host_key_ec(CURVE_P256, &key);
	assert_rv(CKR_OK, tpm_import(r->tpm, &r->parent, BYTES_EMPTY, NULL, &key, &derives,
				  rig_auth(), &object.public, &object.private));
	object.o = (struct tpm_object){ &r->parent, BYTES_EMPTY, view(&object.public),
		view(&object.private), rig_auth() };
	assert_rv(CKR_OK, ecdh_ephemeral(&key.public, &point, &theirs));
	assert_rv(CKR_OK, tpm_ecdh(r->tpm, &object.o, view(&point), &ours));
	assert_bytes_equal(view(&theirs), view(&ours));
	rig_object_free(&object);
	buf_free(&point);
	buf_free(&theirs);
	buf_free(&ours);
	privkey_free(&key);
}

static void
key_goes_under_a_primary_too(void **state)
{
	struct rig *r = *state;
	struct tpm_parent primary = { .handle = 0 };
	struct privkey key;

	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &primary));
	host_key_ec(CURVE_P256, &key);
	assert_imports(r, &primary, &key);
	tpm_parent_free(&primary);
	privkey_free(&key);
}

static void
other_public_exponents_are_up_to_the_tpm(void **state)
{
	struct rig *r = *state;
	struct rig_object object;
	struct privkey key;
	CK_RV rv = CKR_OK;

	host_key_rsa(2048, 257, &key);
	rv = import(r, r->tpm, &r->parent, &key, false, &object);
	assert_true(rv == CKR_OK || rv == CKR_ATTRIBUTE_VALUE_INVALID);
	if (rv == CKR_OK)
		assert_signs(r, &object, &key.public);
	rig_object_free(&object);
	rig_commands(r);
	buf_free(&key.exponent);
	assert_rv(CKR_OK, buf_set(&key.public.exponent, LITERAL("\x01\x00\x00\x00\x01")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, import(r, r->tpm, &r->parent, &key, false, &object));
	assert_commands(r, "");
	privkey_free(&key);
}

static void
halves_that_do_not_belong_together_are_refused(void **state)
{
	struct rig *r = *state;
	struct rig_object object;
	struct privkey key;

	host_key_ec(CURVE_P256, &key);
	key.scalar.ptr[9] ^= 1;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, import(r, r->tpm, &r->parent, &key, false, &object));
	key.scalar.ptr[9] ^= 1;
	key.public.point.ptr[9] ^= 1; /* not on the curve any more */
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, import(r, r->tpm, &r->parent, &key, false, &object));
	privkey_free(&key);
	host_key_rsa(2048, 65537, &key);
	key.prime1.ptr[9] ^= 1;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, import(r, r->tpm, &r->parent, &key, false, &object));
	assert_null(object.public.ptr);
	assert_null(object.private.ptr);
	privkey_free(&key);
}

static void
keys_that_cannot_be_are_refused_without_the_tpm(void **state)
{
	struct rig *r = *state;
	struct rig_object object;
	struct privkey key;

	host_key_ec(CURVE_P256, &key);
	rig_commands(r);
	r->caps.curves &= ~(1u << CURVE_P256);
	assert_rv(CKR_CURVE_NOT_SUPPORTED, import(r, r->tpm, &r->parent, &key, false, &object));
	r->caps.curves |= 1u << CURVE_P256;
	key.public.point.ptr[0] = 0x02;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, import(r, r->tpm, &r->parent, &key, false, &object));
	key.public.point.ptr[0] = 0x04;
	assert_rv(CKR_OK, buf_append_u8(&key.scalar, 1));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, import(r, r->tpm, &r->parent, &key, false, &object));
	buf_free(&key.scalar);
	assert_rv(CKR_TEMPLATE_INCOMPLETE, import(r, r->tpm, &r->parent, &key, false, &object));
	privkey_free(&key);
	host_key_rsa(2048, 65537, &key);
	r->caps.rsa_bits = 0;
	assert_rv(CKR_KEY_SIZE_RANGE, import(r, r->tpm, &r->parent, &key, false, &object));
	assert_rv(CKR_OK, buf_resize(&key.prime1, 100));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, import(r, r->tpm, &r->parent, &key, false, &object));
	assert_commands(r, "");
	privkey_free(&key);
}

/* What goes out can be read by the parent that the store pins, and by no other. */
static void
another_parent_than_the_pinned_one_gets_nothing(void **state)
{
	struct rig *r = *state;
	struct tpm_parent other = { .handle = 0 };
	struct rig_object object;
	struct privkey key;

	host_key_ec(CURVE_P256, &key);
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &other));
	other.handle = r->parent.handle;
	assert_rv(CKR_DEVICE_ERROR, import(r, r->tpm, &other, &key, false, &object));
	assert_sentence(OTHER);
	other.handle = 0x81000012;
	assert_rv(CKR_DEVICE_ERROR, import(r, r->tpm, &other, &key, false, &object));
	assert_sentence(OTHER);
	tpm_parent_free(&other);
	privkey_free(&key);
}

static void
damaged_private_area_of_an_imported_key_is_refused(void **state)
{
	struct rig *r = *state;
	struct rig_object object;
	struct buf out = BUF_EMPTY;
	struct privkey key;

	host_key_ec(CURVE_P256, &key);
	assert_rv(CKR_OK, import(r, r->tpm, &r->parent, &key, false, &object));
	object.o.auth = rig_wrong_auth();
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &object, &out));
	object.o.auth = rig_auth();
	assert_rv(CKR_OK, tpm_forget(r->tpm, object.o.public));
	object.private.ptr[object.private.len - 1] ^= 1;
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &object, &out));
	assert_null(out.ptr);
	rig_object_free(&object);
	privkey_free(&key);
}

struct fault_row {
	const char *fault;
	CK_RV rv;
	const char *commands;
};

/* The second import: the first may not fail, as a new connection counts anew. */
static const struct fault_row faults[] = {
	{ "Import#2=0x922", CKR_OK, "Import Import" },
	{ "Import#2=0x920", CKR_OK, "Import Import" },
	{ "Import#2=0x18b", CKR_OK, "Import Import" },
	{ "Import#2=0xa000a", CKR_OK, "Import StartAuthSession Import" },
	{ "Import#2=0x101", CKR_DEVICE_ERROR, "Import" },
	{ "Import#2=0x902", CKR_OK, "Import GetCapability GetRandom Import" },
	{ "Import#2=0x143", CKR_MECHANISM_INVALID, "Import" },
};

static void
import_survives_what_passes(void **state)
{
	struct rig *r = *state;
	struct privkey key;

	host_key_ec(CURVE_P256, &key);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct tpm *t = rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_FAULT", faults[i].fault);
		struct rig_object object;

		assert_rv(CKR_OK, import(r, t, &r->parent, &key, false, &object));
		rig_object_free(&object);
		rig_commands(r);
		assert_rv(faults[i].rv, import(r, t, &r->parent, &key, false, &object));
		assert_commands(r, faults[i].commands);
		assert_int_equal(faults[i].rv == CKR_OK, object.private.ptr != NULL);
		assert_int_equal(faults[i].rv == CKR_OK, object.public.ptr != NULL);
		rig_object_free(&object);
		tpm_free(t);
		assert_true(swtpm_reset(&r->swtpm));
		rig_commands(r);
	}
	privkey_free(&key);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(imported_keys_sign_and_are_not_seen_on_the_way),
		CASE(imported_key_agrees_and_decrypts),
		CASE(key_goes_under_a_primary_too),
		CASE(other_public_exponents_are_up_to_the_tpm),
		CASE(halves_that_do_not_belong_together_are_refused),
		CASE(keys_that_cannot_be_are_refused_without_the_tpm),
		CASE(another_parent_than_the_pinned_one_gets_nothing),
		CASE(damaged_private_area_of_an_imported_key_is_refused),
		CASE(import_survives_what_passes),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
