/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking keys out of a real TPM: what comes out, what does not, that nothing
 * stays behind, and that nobody sees it on the way.
 */
#include "config.h"

#include <stdio.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "integration/tpm/host_key.h"
#include "integration/tpm/rig.h"
#include "tpm/tpm_private.h"

#define EXPORT                                                                                     \
	"LoadExternal StartAuthSession PolicyAuthValue PolicyCommandCode Duplicate FlushContext "  \
	"FlushContext"

static void
describe(struct rig_object *o, const struct tpm_parent *parent)
{
	o->o = (struct tpm_object){ parent, BYTES_EMPTY, view(&o->public), view(&o->private),
		rig_auth() };
}

static void
import(struct rig *r, const struct tpm_parent *parent, const struct privkey *key, bool exportable,
	struct rig_object *out)
{
	struct keyspec spec = { .sign = true, .decrypt = true, .exportable = exportable };

	*out = (struct rig_object){ .public = BUF_EMPTY };
	assert_rv(CKR_OK, tpm_import(r->tpm, parent, BYTES_EMPTY, &r->caps, key, &spec, rig_auth(),
				  &out->public, &out->private));
	describe(out, parent);
}

static void
policy_is_what_the_tpm_computes(void **state)
{
	static const TPMT_SYM_DEF none = { .algorithm = TPM2_ALG_NULL };
	struct rig *r = *state;
	ESYS_CONTEXT *esys = rig_esys(r);
	ESYS_TR trial = ESYS_TR_NONE;
	TPM2B_DIGEST *digest = NULL;

	assert_int_equal(TSS2_RC_SUCCESS,
		Esys_StartAuthSession(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
			ESYS_TR_NONE, NULL, TPM2_SE_TRIAL, &none, TPM2_ALG_SHA256, &trial));
	assert_int_equal(TSS2_RC_SUCCESS,
		Esys_PolicyAuthValue(esys, trial, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_PolicyCommandCode(esys, trial, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CC_Duplicate));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_PolicyGetDigest(esys, trial, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, &digest));
	assert_bytes_equal(template_export_policy(), bytes_of(digest->buffer, digest->size));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_FlushContext(esys, trial));
	Esys_Free(digest);
	rig_esys_free(esys);
}

static bool
same(const struct buf *a, const struct buf *b)
{
	return bytes_equal(bytes_trim_left(view(a)), bytes_trim_left(view(b)));
}

/* What went in comes out; of RSA the primes in any order. */
static void
assert_comes_back(struct rig *r, const struct tpm_parent *parent, const struct privkey *key)
{
	struct rig_object object;
	struct privkey out = PRIVKEY_EMPTY;

	import(r, parent, key, true, &object);
	rig_commands(r);
	assert_rv(CKR_OK, tpm_export(r->tpm, &object.o, &out, NULL));
	assert_commands(r, "Load " EXPORT);
	assert_true(pubkey_equal(&key->public, &out.public));
	if (key->public.kind == KEY_EC) {
		assert_true(same(&key->scalar, &out.scalar));
	} else {
		assert_true(same(&key->prime1, &out.prime1));
		assert_true(same(&key->prime2, &out.prime2));
		assert_true(out.exponent.len > 0);
	}
	privkey_free(&out);
	assert_rv(CKR_OK, tpm_forget(r->tpm, object.o.public));
	rig_commands(r);
	rig_object_free(&object);
}

static void
imported_keys_come_back_and_are_not_seen_on_the_way(void **state)
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
		assert_comes_back(r, &r->parent, &key);
		assert_comes_back(r, &rsa, &key);
		assert_false(rig_wire_has(r, view(i == 3 ? &key.prime1 : &key.scalar)));
		if (i == 3)
			assert_false(rig_wire_has(r, view(&key.prime2)));
		privkey_free(&key);
	}
	assert_false(rig_wire_has(r, rig_auth()));
	tpm_parent_free(&rsa);
}

/* Something that only the private key can compute. */
static void
compute(struct rig *r, const struct rig_object *key, struct bytes input, struct buf *out)
{
	if (input.ptr[0] == 0x04)
		assert_rv(CKR_OK, tpm_ecdh(r->tpm, &key->o, input, out));
	else
		assert_rv(CKR_OK, tpm_rsa_private(r->tpm, &key->o, input, out));
}

static void
assert_goes_out_and_in(struct rig *r, const struct keyspec *spec, struct bytes input)
{
	struct privkey out = PRIVKEY_EMPTY;
	struct rig_object made;
	struct rig_object again;
	struct buf a = BUF_EMPTY;
	struct buf b = BUF_EMPTY;

	rig_key(r, &r->parent, spec, &made);
	assert_rv(CKR_OK, tpm_export(r->tpm, &made.o, &out, NULL));
	assert_false(rig_wire_has(r, view(spec->kind == KEY_EC ? &out.scalar : &out.prime1)));
	import(r, &r->parent, &out, false, &again);
	compute(r, &made, input, &a);
	compute(r, &again, input, &b);
	assert_bytes_equal(view(&a), view(&b));
	privkey_free(&out);
	rig_object_free(&made);
	rig_object_free(&again);
	buf_free(&a);
	buf_free(&b);
}

static void
key_that_the_tpm_made_goes_out_and_in_again(void **state)
{
	static const uint8_t number[256] = { 1, 2, 3 };
	struct keyspec ec = { KEY_EC, CURVE_P256, 0, true, true, true };
	struct keyspec rsa = { KEY_RSA, CURVE_NONE, 2048, true, true, true };
	struct privkey peer;

	host_key_ec(CURVE_P256, &peer);
	assert_goes_out_and_in(*state, &ec, view(&peer.public.point));
	assert_goes_out_and_in(*state, &rsa, bytes_of(number, sizeof number));
	privkey_free(&peer);
}

static void
secrets_come_out_and_are_not_seen_on_the_way(void **state)
{
	static const char value[] = "an exportable secret";
	struct secretspec given[] = {
		{ SECRET_AES, HASH_NONE, 16, bytes_slice(bytes_str(value), 0, 16), true },
		{ SECRET_HMAC, HASH_SHA256, sizeof value - 1, bytes_str(value), true },
		{ SECRET_SEALED, HASH_NONE, sizeof value - 1, bytes_str(value), true },
		{ SECRET_AES, HASH_NONE, 32, BYTES_EMPTY, true },
		{ SECRET_HMAC, HASH_SHA384, 48, BYTES_EMPTY, true },
	};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
		struct rig_object key;
		struct buf out = BUF_EMPTY;

		rig_secret(r, &r->parent, &given[i], &key);
		rig_commands(r);
		assert_rv(CKR_OK, tpm_export(r->tpm, &key.o, NULL, &out));
		assert_commands(r, "Load " EXPORT);
		assert_int_equal(given[i].len, out.len);
		if (given[i].value.len > 0)
			assert_bytes_equal(given[i].value, view(&out));
		assert_false(rig_wire_has(r, view(&out)));
		assert_rv(CKR_OK, tpm_forget(r->tpm, key.o.public));
		buf_free(&out);
		rig_object_free(&key);
	}
}

/* The value that comes out is the key's: libcrypto gives the same HMAC with it. */
static void
what_comes_out_is_the_key(void **state)
{
	struct secretspec spec = { SECRET_HMAC, HASH_SHA256, 32, BYTES_EMPTY, true };
	struct bytes data = LITERAL("data");
	struct rig *r = *state;
	struct rig_object key;
	struct buf value = BUF_EMPTY;
	struct buf mac = BUF_EMPTY;
	uint8_t expected[32];

	rig_secret(r, &r->parent, &spec, &key);
	assert_rv(CKR_OK, tpm_hmac(r->tpm, &key.o, HASH_SHA256, data, &mac));
	rig_commands(r);
	assert_rv(CKR_OK, tpm_export(r->tpm, &key.o, NULL, &value));
	assert_commands(r, EXPORT);
	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA256, view(&value), &data, 1, expected));
	assert_bytes_equal(bytes_of(expected, sizeof expected), view(&mac));
	rig_commands(r);
	assert_rv(CKR_OK, tpm_hmac(r->tpm, &key.o, HASH_SHA256, data, &mac));
	assert_commands(r, "HMAC"); /* its authorisation and our session are as before */
	buf_free(&value);
	buf_free(&mac);
	rig_object_free(&key);
}

static void
export_finds_room_under_a_primary(void **state)
{
	struct secretspec spec = { SECRET_HMAC, HASH_SHA256, 32, BYTES_EMPTY, true };
	struct rig *r = *state;
	struct tpm_parent primary = { .handle = 0 };
	struct rig_object keys[2];
	struct buf value = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &primary));
	for (size_t i = 0; i < 2; i++)
		rig_secret(r, &primary, &spec, &keys[i]);
	for (size_t i = 0; i < 4; i++)
		assert_rv(CKR_OK, tpm_export(r->tpm, &keys[i % 2].o, NULL, &value));
	for (size_t i = 0; i < 2; i++)
		rig_object_free(&keys[i]);
	tpm_parent_free(&primary);
	buf_free(&value);
}

static void
what_may_not_go_out_does_not(void **state)
{
	struct keyspec ec = { KEY_EC, CURVE_P256, 0, true, false, false };
	struct secretspec aes = { .kind = SECRET_AES, .len = 16 };
	struct rig *r = *state;
	struct rig_object keys[3];
	struct privkey host;
	struct privkey out = PRIVKEY_EMPTY;
	struct buf value = BUF_EMPTY;

	rig_key(r, &r->parent, &ec, &keys[0]);
	rig_secret(r, &r->parent, &aes, &keys[1]);
	host_key_ec(CURVE_P256, &host);
	import(r, &r->parent, &host, false, &keys[2]);
	rig_commands(r);
	for (size_t i = 0; i < 3; i++)
		assert_rv(CKR_KEY_UNEXTRACTABLE, tpm_export(r->tpm, &keys[i].o, &out, &value));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, tpm_export(r->tpm, &keys[0].o, NULL, &value));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, tpm_export(r->tpm, &keys[1].o, &out, NULL));
	assert_commands(r, "");
	assert_null(value.ptr);
	/* Whoever changes the public area in the store gets no further. */
	keys[0].public.ptr[9] &= (uint8_t) ~(TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT);
	assert_true(tpm_export(r->tpm, &keys[0].o, &out, &value) != CKR_OK);
	for (size_t i = 0; i < 3; i++)
		rig_object_free(&keys[i]);
	privkey_free(&host);
}

static void
wrong_authorisation_or_damage_gives_nothing(void **state)
{
	struct secretspec spec = { SECRET_HMAC, HASH_SHA256, 32, BYTES_EMPTY, true };
	struct rig *r = *state;
	struct rig_object key;
	struct buf value = BUF_EMPTY;

	rig_secret(r, &r->parent, &spec, &key);
	key.o.auth = rig_wrong_auth();
	assert_rv(CKR_DEVICE_ERROR, tpm_export(r->tpm, &key.o, NULL, &value));
	key.o.auth = BYTES_EMPTY;
	assert_rv(CKR_DEVICE_ERROR, tpm_export(r->tpm, &key.o, NULL, &value));
	key.o.auth = rig_auth();
	assert_rv(CKR_OK, tpm_forget(r->tpm, key.o.public));
	key.private.ptr[key.private.len - 1] ^= 1;
	assert_rv(CKR_DEVICE_ERROR, tpm_export(r->tpm, &key.o, NULL, &value));
	assert_null(value.ptr);
	tpm_free(r->tpm);
	r->tpm = NULL;
	assert_int_equal(0, rig_left(r));
	rig_object_free(&key);
}

static const char *const commands[] = { "LoadExternal", "StartAuthSession", "PolicyAuthValue",
	"PolicyCommandCode", "Duplicate" };

struct fault_row {
	const char *rc;
	CK_RV rv;
};

static const struct fault_row faults[] = {
	{ "0x922", CKR_OK },                /* RETRY */
	{ "0x920", CKR_OK },                /* NV_RATE */
	{ "0x910", CKR_OK },                /* REFERENCE_H0 */
	{ "0x918", CKR_OK },                /* REFERENCE_S0 */
	{ "0xa000a", CKR_OK },              /* I/O error */
	{ "0x101", CKR_DEVICE_ERROR },      /* FAILURE */
	{ "0x143", CKR_DEVICE_ERROR },      /* no such command */
	{ "0x921", CKR_DEVICE_ERROR }       /* LOCKOUT */
};

/* In the second export, as a new connection counts anew. What a loss makes us forget stays in a TPM
 * that has lost nothing. */
static void
nothing_stays_behind_whatever_fails(void **state)
{
	struct secretspec spec = { SECRET_HMAC, HASH_SHA256, 32, BYTES_EMPTY, true };
	struct rig *r = *state;
	struct rig_object key;
	struct buf first = BUF_EMPTY;

	rig_secret(r, &r->parent, &spec, &key);
	for (size_t c = 0; c < sizeof commands / sizeof commands[0]; c++) {
		for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
			char fault[64];
			struct buf value = BUF_EMPTY;
			struct tpm *t = NULL;

			snprintf(fault, sizeof fault, "%s#2=%s", commands[c], faults[i].rc);
			t = rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_FAULT", fault);
			assert_rv(CKR_OK, tpm_export(t, &key.o, NULL, &first));
			assert_rv(faults[i].rv, tpm_export(t, &key.o, NULL, &value));
			if (faults[i].rv == CKR_OK)
				assert_bytes_equal(view(&first), view(&value));
			else
				assert_null(value.ptr);
			tpm_free(t);
			if (faults[i].rv != CKR_OK)
				assert_int_equal(0, rig_left(r));
			assert_true(swtpm_reset(&r->swtpm));
			buf_free(&value);
		}
	}
	buf_free(&first);
	rig_object_free(&key);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(policy_is_what_the_tpm_computes),
		CASE(imported_keys_come_back_and_are_not_seen_on_the_way),
		CASE(key_that_the_tpm_made_goes_out_and_in_again),
		CASE(secrets_come_out_and_are_not_seen_on_the_way),
		CASE(what_comes_out_is_the_key),
		CASE(export_finds_room_under_a_primary),
		CASE(what_may_not_go_out_does_not),
		CASE(wrong_authorisation_or_damage_gives_nothing),
		CASE(nothing_stays_behind_whatever_fails),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
