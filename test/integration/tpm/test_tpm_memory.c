/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What crossed this process on its way into the TPM or out of it, and does not
 * stay in its memory: libtss2 keeps copies, too.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "integration/tpm/host_key.h"
#include "integration/tpm/rig.h"

#define LEN 32

/* Sanitizers have a heap of their own. */
static void
need_heap(void)
{
	struct buf probe = BUF_EMPTY;
	uint8_t masked[LEN];
	bool seen = false;

	rig_random(&probe, LEN, masked);
	seen = rig_heap_has(masked, LEN);
	buf_free(&probe);
	if (!seen)
		skip();
}

/* Somewhere in the data, not where a freed block is written to. */
static void
mask(struct bytes b, size_t at, uint8_t *masked)
{
	for (size_t i = 0; i < LEN; i++)
		masked[i] = b.ptr[at + i] ^ 0xa5;
}

static void
value_of_a_secret_key_does_not_stay(void **state)
{
	struct rig *r = *state;
	struct secretspec spec = {
		.kind = SECRET_HMAC, .hash = HASH_SHA512, .len = 96, .exportable = true
	};
	struct rig_object key;
	struct buf value = BUF_EMPTY;
	uint8_t whole[96];
	uint8_t masked[LEN];

	need_heap();
	rig_random(&value, sizeof whole, whole);
	mask(view(&value), 64, masked);
	spec.value = view(&value);
	rig_secret(r, &r->parent, &spec, &key);
	buf_free(&value);
	assert_false(rig_heap_has(masked, LEN));
	assert_rv(CKR_OK, tpm_export(r->tpm, &key.o, NULL, &value));
	assert_true(rig_heap_has(masked, LEN));
	buf_free(&value);
	assert_false(rig_heap_has(masked, LEN));
	rig_object_free(&key);
}

static void
data_does_not_stay(void **state)
{
	struct rig *r = *state;
	struct secretspec aes = { .kind = SECRET_AES, .len = 16 };
	struct secretspec hmac = { .kind = SECRET_HMAC, .hash = HASH_SHA256, .len = 32 };
	struct rig_object keys[2];
	struct buf data = BUF_EMPTY;
	struct buf mac = BUF_EMPTY;
	uint8_t whole[1536];
	uint8_t masked[2][LEN];
	uint8_t iv[16] = { 0 };

	need_heap();
	rig_random(&data, sizeof whole, whole);
	mask(view(&data), 512, masked[0]);
	mask(view(&data), 1024 + 256, masked[1]);
	rig_secret(r, &r->parent, &aes, &keys[0]);
	rig_secret(r, &r->parent, &hmac, &keys[1]);
	assert_rv(CKR_OK, tpm_hmac(r->tpm, &keys[1].o, HASH_SHA256, view(&data), &mac));
	assert_rv(
		CKR_OK, tpm_blocks(r->tpm, &keys[0].o, BLOCK_CTR, true, iv, view(&data), data.ptr));
	assert_false(rig_heap_has(masked[0], LEN));
	assert_false(rig_heap_has(masked[1], LEN));
	memset(iv, 0, sizeof iv);
	assert_rv(CKR_OK,
		tpm_blocks(r->tpm, &keys[0].o, BLOCK_CTR, false, iv, view(&data), data.ptr));
	assert_true(rig_heap_has(masked[0], LEN));
	buf_free(&data);
	assert_false(rig_heap_has(masked[0], LEN));
	assert_false(rig_heap_has(masked[1], LEN));
	buf_free(&mac);
	for (size_t i = 0; i < 2; i++)
		rig_object_free(&keys[i]);
}

static void
authorisation_of_a_sequence_does_not_stay(void **state)
{
	struct rig *r = *state;
	struct secretspec hmac = { .kind = SECRET_HMAC, .hash = HASH_SHA256, .len = 32 };
	struct rig_object key = { .public = BUF_EMPTY };
	struct buf auth = BUF_EMPTY;
	struct buf mac = BUF_EMPTY;
	uint8_t data[2000] = { 0 };
	uint8_t masked[LEN];

	need_heap();
	rig_random(&auth, LEN, masked);
	assert_rv(CKR_OK, tpm_create_secret(r->tpm, &r->parent, BYTES_EMPTY, &r->caps, &hmac,
				  view(&auth), &key.public, &key.private));
	key.o = (struct tpm_object){ &r->parent, BYTES_EMPTY, view(&key.public), view(&key.private),
		view(&auth) };
	assert_rv(CKR_OK, tpm_hmac(r->tpm, &key.o, HASH_SHA256, bytes_of(data, sizeof data), &mac));
	buf_free(&auth);
	assert_false(rig_heap_has(masked, LEN));
	buf_free(&mac);
	rig_object_free(&key);
}

static void
private_keys_do_not_stay(void **state)
{
	struct keyspec spec = { .sign = true, .exportable = true };
	struct rig *r = *state;

	need_heap();
	for (size_t i = 0; i < 2; i++) {
		struct rig_object object = { .public = BUF_EMPTY };
		struct privkey key;
		uint8_t masked[LEN];

		if (i == 0)
			host_key_rsa(2048, 65537, &key);
		else
			host_key_ec(CURVE_P521, &key);
		mask(view(i == 0 ? &key.prime1 : &key.scalar), 20, masked);
		assert_rv(CKR_OK, tpm_import(r->tpm, &r->parent, BYTES_EMPTY, &r->caps, &key, &spec,
					  rig_auth(), &object.public, &object.private));
		privkey_free(&key);
		assert_false(rig_heap_has(masked, LEN));
		object.o = (struct tpm_object){ &r->parent, BYTES_EMPTY, view(&object.public),
			view(&object.private), rig_auth() };
		key = PRIVKEY_EMPTY;
		assert_rv(CKR_OK, tpm_export(r->tpm, &object.o, &key, NULL));
		assert_true(rig_heap_has(masked, LEN));
		privkey_free(&key);
		assert_false(rig_heap_has(masked, LEN));
		rig_object_free(&object);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(value_of_a_secret_key_does_not_stay),
		CASE(data_does_not_stay),
		CASE(authorisation_of_a_sequence_does_not_stay),
		CASE(private_keys_do_not_stay),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
