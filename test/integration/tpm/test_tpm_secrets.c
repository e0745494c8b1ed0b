/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys in a real TPM: making them, AES and HMAC against libcrypto, the
 * commands that each call may cost, and what is seen of them on the way.
 */
#include "config.h"

#include <openssl/evp.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "integration/tpm/rig.h"

#define KEY LITERAL("sixteen bytes, a")

/* Data that tells its place, and whether it was seen on the wire. */
static void
fill(struct buf *b, size_t len)
{
	assert_rv(CKR_OK, buf_resize(b, len));
	for (size_t i = 0; i < len; i++)
		b->ptr[i] = (uint8_t)(i * 7 + i / 256 + 13);
}

static const char *const mode_names[BLOCK_MODES] = { "ECB", "CBC", "CTR", "CFB", "OFB" };

/* By libcrypto; out as long as in. */
static void
reference(struct bytes key, enum block_mode mode, bool encrypt, const uint8_t *iv, struct bytes in,
	struct buf *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = NULL;
	char name[32];
	int len = 0;

	snprintf(name, sizeof name, "AES-%zu-%s", 8 * key.len, mode_names[mode]);
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	assert_non_null(cipher);
	assert_rv(CKR_OK, buf_resize(out, in.len));
	assert_int_equal(1, EVP_CipherInit_ex2(ctx, cipher, key.ptr, iv, encrypt, NULL));
	assert_int_equal(1, EVP_CIPHER_CTX_set_padding(ctx, 0));
	assert_int_equal(1, EVP_CipherUpdate(ctx, out->ptr, &len, in.ptr, (int)in.len));
	assert_int_equal(in.len, len);
	EVP_CIPHER_free(cipher);
	EVP_CIPHER_CTX_free(ctx);
}

static struct secretspec
aes_of(struct bytes value)
{
	return (struct secretspec){ .kind = SECRET_AES, .len = value.len, .value = value };
}

struct length_row {
	size_t len;
	bool partial; /* only for modes that take a part of a block */
	const char *commands;
};

static const struct length_row lengths[] = {
	{ 16, false, "EncryptDecrypt2" },
	{ 1024, false, "EncryptDecrypt2" },
	{ 1040, false, "EncryptDecrypt2 EncryptDecrypt2" },
	{ 3072, false, "EncryptDecrypt2 EncryptDecrypt2 EncryptDecrypt2" },
	{ 1, true, "EncryptDecrypt2" },
	{ 17, true, "EncryptDecrypt2" },
	{ 1025, true, "EncryptDecrypt2 EncryptDecrypt2" },
};

/* The counter goes over the end of all its 128 bits. */
static const uint8_t first_iv[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xfe };

static void
one_run(struct rig *r, const struct rig_object *key, enum block_mode mode, bool encrypt,
	const struct length_row *row)
{
	struct buf in = BUF_EMPTY;
	struct buf expected = BUF_EMPTY;
	uint8_t iv[16];

	fill(&in, row->len);
	memcpy(iv, first_iv, sizeof iv);
	reference(KEY, mode, encrypt, iv, view(&in), &expected);
	/* In place. */
	assert_rv(CKR_OK, tpm_blocks(r->tpm, &key->o, mode, encrypt, mode == BLOCK_ECB ? NULL : iv,
				  view(&in), in.ptr));
	assert_commands(r, row->commands);
	assert_bytes_equal(view(&expected), view(&in));
	buf_free(&in);
	buf_free(&expected);
}

static void
every_mode_gives_what_libcrypto_gives(void **state)
{
	struct rig *r = *state;
	struct secretspec spec = aes_of(KEY);
	struct rig_object key;
	uint8_t warm[16] = { 0 };

	rig_secret(r, &r->parent, &spec, &key);
	assert_rv(CKR_OK, tpm_blocks(r->tpm, &key.o, BLOCK_ECB, true, NULL,
				  bytes_of(warm, sizeof warm), warm));
	rig_commands(r);
	for (enum block_mode m = BLOCK_ECB; m < BLOCK_MODES; m++)
		for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
			for (int encrypt = 0; encrypt < 2; encrypt++)
				if (!lengths[i].partial || (m != BLOCK_ECB && m != BLOCK_CBC))
					one_run(r, &key, m, encrypt != 0, &lengths[i]);
	rig_object_free(&key);
}

/* What comes next continues where the last call ended. */
static void
two_calls_are_as_one(void **state)
{
	struct rig *r = *state;
	struct secretspec spec = aes_of(KEY);
	struct rig_object key;
	struct buf in = BUF_EMPTY;
	struct buf expected = BUF_EMPTY;

	fill(&in, 1024 + 48);
	rig_secret(r, &r->parent, &spec, &key);
	for (enum block_mode m = BLOCK_CBC; m < BLOCK_MODES; m++) {
		for (int encrypt = 0; encrypt < 2; encrypt++) {
			uint8_t iv[16];
			uint8_t out[1024 + 48];

			memcpy(iv, first_iv, sizeof iv);
			reference(KEY, m, encrypt != 0, iv, view(&in), &expected);
			assert_rv(CKR_OK, tpm_blocks(r->tpm, &key.o, m, encrypt != 0, iv,
						  bytes_slice(view(&in), 0, 1040), out));
			assert_rv(CKR_OK, tpm_blocks(r->tpm, &key.o, m, encrypt != 0, iv,
						  bytes_slice(view(&in), 1040, 32), out + 1040));
			assert_bytes_equal(view(&expected), bytes_of(out, sizeof out));
		}
	}
	buf_free(&in);
	buf_free(&expected);
	rig_object_free(&key);
}

static void
key_that_the_tpm_makes_encrypts_and_decrypts(void **state)
{
	struct rig *r = *state;

	for (size_t len = 16; len <= 32; len += 16) {
		struct secretspec spec = { .kind = SECRET_AES, .len = len };
		struct rig_object key;
		uint8_t data[16] = "a block of data";
		enum tpm_kind kind = TPM_KIND_SEALED;
		bool exportable = true;

		rig_secret(r, &r->parent, &spec, &key);
		assert_commands(r, "Create");
		assert_rv(CKR_OK, tpm_public_kind(key.o.public, &kind, &exportable));
		assert_int_equal(TPM_KIND_AES, kind);
		assert_false(exportable);
		assert_rv(CKR_OK, tpm_blocks(r->tpm, &key.o, BLOCK_ECB, true, NULL,
					  bytes_of(data, 16), data));
		assert_commands(r, "Load EncryptDecrypt2");
		assert_memory_not_equal(data, "a block of data", 16);
		assert_rv(CKR_OK, tpm_blocks(r->tpm, &key.o, BLOCK_ECB, false, NULL,
					  bytes_of(data, 16), data));
		assert_commands(r, "EncryptDecrypt2");
		assert_memory_equal(data, "a block of data", 16);
		rig_object_free(&key);
	}
}

static void
what_does_not_fit_is_refused_without_the_tpm(void **state)
{
	struct rig *r = *state;
	struct secretspec aes = aes_of(KEY);
	struct secretspec hmac = { .kind = SECRET_HMAC, .hash = HASH_SHA256, .len = 32 };
	struct rig_object key;
	struct rig_object other;
	struct buf mac = BUF_EMPTY;
	uint8_t iv[16] = { 0 };
	uint8_t out[32];

	rig_secret(r, &r->parent, &aes, &key);
	rig_secret(r, &r->parent, &hmac, &other);
	rig_commands(r);
	assert_rv(CKR_DATA_LEN_RANGE,
		tpm_blocks(r->tpm, &key.o, BLOCK_CBC, true, iv, LITERAL("no whole block"), out));
	assert_rv(CKR_DATA_LEN_RANGE,
		tpm_blocks(r->tpm, &key.o, BLOCK_ECB, true, NULL, LITERAL("no whole block"), out));
	assert_rv(CKR_OK, tpm_blocks(r->tpm, &key.o, BLOCK_ECB, true, NULL, BYTES_EMPTY, out));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT,
		tpm_blocks(r->tpm, &other.o, BLOCK_ECB, true, NULL, KEY, out));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, tpm_hmac(r->tpm, &key.o, HASH_SHA256, KEY, &mac));
	assert_rv(CKR_MECHANISM_INVALID, tpm_hmac(r->tpm, &other.o, HASH_SHA224, KEY, &mac));
	assert_commands(r, "");
	rig_object_free(&key);
	rig_object_free(&other);
}

struct refusal_row {
	struct secretspec spec;
	CK_RV rv;
};

static void
impossible_secrets_are_refused_without_the_tpm(void **state)
{
	static const uint8_t zeros[160];
	const struct refusal_row rows[] = {
		{ { SECRET_AES, HASH_NONE, 15, BYTES_EMPTY, false }, CKR_KEY_SIZE_RANGE },
		{ { SECRET_AES, HASH_NONE, 64, BYTES_EMPTY, false }, CKR_KEY_SIZE_RANGE },
		{ { SECRET_AES, HASH_NONE, 16, { zeros, 32 }, false }, CKR_ARGUMENTS_BAD },
		{ { SECRET_HMAC, HASH_SHA256, 33, BYTES_EMPTY, false }, CKR_KEY_SIZE_RANGE },
		{ { SECRET_HMAC, HASH_SHA256, 65, { zeros, 65 }, false }, CKR_KEY_SIZE_RANGE },
		{ { SECRET_HMAC, HASH_SHA512, 129, { zeros, 129 }, false }, CKR_KEY_SIZE_RANGE },
		{ { SECRET_HMAC, HASH_SHA224, 28, BYTES_EMPTY, false }, CKR_MECHANISM_INVALID },
		{ { SECRET_HMAC, HASH_NONE, 28, { zeros, 28 }, false }, CKR_MECHANISM_INVALID },
		{ { SECRET_SEALED, HASH_NONE, 32, BYTES_EMPTY, false }, CKR_ARGUMENTS_BAD },
		{ { SECRET_SEALED, HASH_NONE, 129, { zeros, 129 }, false }, CKR_KEY_SIZE_RANGE },
	};
	struct rig *r = *state;
	struct rig_object key = { .public = BUF_EMPTY };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_rv(
			rows[i].rv, tpm_create_secret(r->tpm, &r->parent, BYTES_EMPTY, &r->caps,
					    &rows[i].spec, rig_auth(), &key.public, &key.private));
	assert_commands(r, "");
	assert_null(key.public.ptr);
}

static void
tpm_with_less_says_so(void **state)
{
	struct rig *r = *state;
	struct secretspec aes = aes_of(KEY);
	struct secretspec hmac = { .kind = SECRET_HMAC, .hash = HASH_SHA512, .len = 64 };
	struct rig_object key;
	struct rig_object none = { .public = BUF_EMPTY };
	struct tpm_caps caps;
	uint8_t out[16];
	struct tpm *less =
		rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_HIDE", "EncryptDecrypt2,SHA512,CBC");

	rig_secret(r, &r->parent, &aes, &key);
	assert_rv(CKR_OK, tpm_read_caps(less, &caps));
	rig_commands(r);
	assert_rv(CKR_MECHANISM_INVALID, tpm_create_secret(less, &r->parent, BYTES_EMPTY, &caps,
						 &aes, rig_auth(), &none.public, &none.private));
	assert_rv(CKR_MECHANISM_INVALID, tpm_create_secret(less, &r->parent, BYTES_EMPTY, &caps,
						 &hmac, rig_auth(), &none.public, &none.private));
	assert_commands(r, "");
	assert_int_equal(0, caps.modes & 1u << BLOCK_CBC);
	assert_int_not_equal(0, caps.modes & 1u << BLOCK_CFB);
	/* Whoever tries nevertheless gets the TPM's word, and nothing goes out in clear. */
	assert_rv(CKR_MECHANISM_INVALID,
		tpm_blocks(less, &key.o, BLOCK_ECB, true, NULL, LITERAL("a block of data."), out));
	tpm_free(less);
	rig_object_free(&key);
}

/* --- HMAC ------------------------------------------------------------------------------------ */

struct hmac_row {
	size_t len;
	const char *commands;
};

static const struct hmac_row hmac_rows[] = {
	{ 0, "HMAC" },
	{ 1, "HMAC" },
	{ 1024, "HMAC" },
	{ 1025, "HMAC_Start SequenceUpdate SequenceComplete" },
	{ 2048, "HMAC_Start SequenceUpdate SequenceComplete" },
	{ 3000, "HMAC_Start SequenceUpdate SequenceUpdate SequenceComplete" },
};

static void
assert_hmac(struct rig *r, const struct rig_object *key, enum hash h, struct bytes value,
	struct bytes data)
{
	uint8_t expected[64];
	struct buf mac = BUF_EMPTY;

	assert_rv(CKR_OK, crypto_hmac_into(h, value, &data, 1, expected));
	assert_rv(CKR_OK, tpm_hmac(r->tpm, &key->o, h, data, &mac));
	assert_bytes_equal(bytes_of(expected, hash_row(h)->len), view(&mac));
	buf_free(&mac);
}

static void
hmac_of_every_length_is_what_libcrypto_gives(void **state)
{
	static const enum hash hashes[] = { HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512 };
	struct rig *r = *state;
	struct buf data = BUF_EMPTY;
	struct buf value = BUF_EMPTY;

	for (size_t h = 0; h < sizeof hashes / sizeof hashes[0]; h++) {
		struct secretspec spec = { .kind = SECRET_HMAC, .hash = hashes[h] };
		struct rig_object key;

		fill(&value, hash_row(hashes[h])->block_len);
		spec.len = value.len;
		spec.value = view(&value);
		rig_secret(r, &r->parent, &spec, &key);
		fill(&data, 1);
		assert_hmac(r, &key, hashes[h], view(&value), view(&data));
		rig_commands(r);
		for (size_t i = 0; i < sizeof hmac_rows / sizeof hmac_rows[0]; i++) {
			fill(&data, hmac_rows[i].len);
			assert_hmac(r, &key, hashes[h], view(&value), view(&data));
			assert_commands(r, hmac_rows[i].commands);
		}
		rig_object_free(&key);
	}
	buf_free(&data);
	buf_free(&value);
}

struct fault_row {
	const char *fault;
	CK_RV rv;
	const char *commands;
};

/* The second HMAC of 2048 bytes: the key is loaded. */
static const struct fault_row faults[] = {
	{ "HMAC_Start#2=0x910", CKR_OK,
		"HMAC_Start Load HMAC_Start SequenceUpdate SequenceComplete" },
	{ "SequenceUpdate#2=0x910", CKR_OK,
		"HMAC_Start SequenceUpdate FlushContext Load HMAC_Start SequenceUpdate "
		"SequenceComplete" },
	{ "SequenceComplete#2=0x910", CKR_OK,
		"HMAC_Start SequenceUpdate SequenceComplete FlushContext Load HMAC_Start "
		"SequenceUpdate SequenceComplete" },
	{ "SequenceUpdate#2=0x98e", CKR_OK,
		"HMAC_Start SequenceUpdate GetRandom FlushContext Load "
		"HMAC_Start SequenceUpdate SequenceComplete" },
	{ "HMAC_Start#2=0x101", CKR_DEVICE_ERROR, "HMAC_Start" },
	{ "SequenceUpdate#2=0x101", CKR_DEVICE_ERROR, "HMAC_Start SequenceUpdate FlushContext" },
	{ "SequenceComplete#2=0x101", CKR_DEVICE_ERROR,
		"HMAC_Start SequenceUpdate SequenceComplete FlushContext" },
	{ "SequenceUpdate#2=0xa000a", CKR_OK,
		"HMAC_Start SequenceUpdate Load GetCapability FlushContext Load StartAuthSession "
		"HMAC_Start SequenceUpdate SequenceComplete" },
};

static void
sequence_that_fails_leaves_nothing_behind(void **state)
{
	struct rig *r = *state;
	struct secretspec spec = {
		.kind = SECRET_HMAC, .hash = HASH_SHA256, .len = 16, KEY, false
	};
	struct rig_object key;
	struct buf data = BUF_EMPTY;
	struct buf mac = BUF_EMPTY;
	uint8_t expected[32];

	fill(&data, 2048);
	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA256, KEY, &(struct bytes){ data.ptr, data.len },
				  1, expected));
	rig_secret(r, &r->parent, &spec, &key);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct tpm *t = rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_FAULT", faults[i].fault);

		assert_rv(CKR_OK, tpm_hmac(t, &key.o, HASH_SHA256, view(&data), &mac));
		rig_commands(r);
		buf_free(&mac);
		;
		assert_rv(faults[i].rv, tpm_hmac(t, &key.o, HASH_SHA256, view(&data), &mac));
		assert_commands(r, faults[i].commands);
		if (faults[i].rv == CKR_OK)
			assert_bytes_equal(bytes_of(expected, 32), view(&mac));
		else
			assert_null(mac.ptr);
		tpm_free(t);
		/* What an injected loss makes us forget is still there, really. */
		if (faults[i].rv != CKR_OK)
			assert_int_equal(0, rig_left(r));
		assert_true(swtpm_reset(&r->swtpm));
		rig_commands(r);
	}
	buf_free(&mac);
	buf_free(&data);
	rig_object_free(&key);
}

static void
sequence_finds_room_beside_idle_keys(void **state)
{
	struct rig *r = *state;
	struct secretspec spec = {
		.kind = SECRET_HMAC, .hash = HASH_SHA256, .len = 16, KEY, false
	};
	struct tpm_parent primary = { .handle = 0 };
	struct rig_object keys[2];
	struct buf data = BUF_EMPTY;

	fill(&data, 5000);
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &primary));
	for (size_t i = 0; i < 2; i++)
		rig_secret(r, &primary, &spec, &keys[i]);
	for (size_t i = 0; i < 4; i++)
		assert_hmac(r, &keys[i % 2], HASH_SHA256, KEY, view(&data));
	for (size_t i = 0; i < 2; i++)
		rig_object_free(&keys[i]);
	tpm_parent_free(&primary);
	buf_free(&data);
}

/* --- all kinds ------------------------------------------------------------------------------- */

static void
sealed_secret_comes_back_and_does_not_count_guesses(void **state)
{
	struct rig *r = *state;
	struct secretspec spec = { .kind = SECRET_SEALED, .len = 16, .value = KEY };
	struct rig_object key;
	struct buf secret = BUF_EMPTY;
	struct tpm_lockout lockout;
	enum tpm_kind kind = TPM_KIND_ASYMMETRIC;
	bool exportable = true;

	rig_secret(r, &r->parent, &spec, &key);
	assert_commands(r, "Create");
	assert_rv(CKR_OK, tpm_public_kind(key.o.public, &kind, &exportable));
	assert_int_equal(TPM_KIND_SEALED, kind);
	assert_false(exportable);
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &key.o, &secret));
	assert_bytes_equal(KEY, view(&secret));
	buf_free(&secret);
	assert_rv(CKR_OK, tpm_reset_lockout(r->tpm, BYTES_EMPTY));
	key.o.auth = rig_wrong_auth();
	assert_true(tpm_unseal(r->tpm, &key.o, &secret) != CKR_OK);
	assert_null(secret.ptr);
	assert_rv(CKR_OK, tpm_read_lockout(r->tpm, &lockout));
	assert_int_equal(0, lockout.counter);
	rig_object_free(&key);
}

static void
wrong_authorisation_of_a_secret_key_is_a_damaged_store(void **state)
{
	struct rig *r = *state;
	struct secretspec aes = aes_of(KEY);
	struct secretspec hmac = { .kind = SECRET_HMAC, .hash = HASH_SHA256, .len = 32 };
	struct rig_object keys[2];
	struct buf mac = BUF_EMPTY;
	struct buf data = BUF_EMPTY;
	uint8_t out[16];

	fill(&data, 2000);
	rig_secret(r, &r->parent, &aes, &keys[0]);
	rig_secret(r, &r->parent, &hmac, &keys[1]);
	keys[0].o.auth = keys[1].o.auth = rig_wrong_auth();
	assert_rv(
		CKR_DEVICE_ERROR, tpm_blocks(r->tpm, &keys[0].o, BLOCK_ECB, true, NULL, KEY, out));
	assert_rv(CKR_DEVICE_ERROR, tpm_hmac(r->tpm, &keys[1].o, HASH_SHA256, KEY, &mac));
	assert_rv(CKR_DEVICE_ERROR, tpm_hmac(r->tpm, &keys[1].o, HASH_SHA256, view(&data), &mac));
	keys[0].private.ptr[keys[0].private.len - 1] ^= 1;
	keys[0].o.auth = rig_auth();
	assert_rv(
		CKR_DEVICE_ERROR, tpm_blocks(r->tpm, &keys[0].o, BLOCK_ECB, true, NULL, KEY, out));
	assert_null(mac.ptr);
	buf_free(&data);
	rig_object_free(&keys[0]);
	rig_object_free(&keys[1]);
}

/* Under the owner's ECC parent and under an RSA one: two kinds of salt. */
static void
neither_keys_nor_data_are_seen_on_the_way(void **state)
{
	static const char aes_key[] = "unseen AES key..";
	static const char hmac_key[] = "unseen key of an HMAC";
	static const char sealed[] = "unseen sealed secret";
	static const char data[] = "unseen plain text of an AES key.";
	static const char message[] = "an unseen message under an HMAC";
	struct rig *r = *state;
	struct tpm_parent rsa = { .handle = 0 };

	rig_rsa_parent(r, &rsa);
	for (size_t i = 0; i < 2; i++) {
		const struct tpm_parent *parent = i == 0 ? &r->parent : &rsa;
		struct secretspec specs[] = {
			{ SECRET_AES, HASH_NONE, 16, bytes_str(aes_key), i == 1 },
			{ SECRET_HMAC, HASH_SHA256, sizeof hmac_key - 1, bytes_str(hmac_key),
				i == 1 },
			{ SECRET_SEALED, HASH_NONE, sizeof sealed - 1, bytes_str(sealed), i == 1 },
		};
		struct rig_object keys[3];
		struct buf out = BUF_EMPTY;
		uint8_t block[sizeof data - 1];

		for (size_t k = 0; k < 3; k++)
			rig_secret(r, parent, &specs[k], &keys[k]);
		assert_rv(CKR_OK, tpm_blocks(r->tpm, &keys[0].o, BLOCK_ECB, true, NULL,
					  bytes_str(data), block));
		assert_rv(CKR_OK, tpm_blocks(r->tpm, &keys[0].o, BLOCK_ECB, false, NULL,
					  bytes_of(block, sizeof block), block));
		assert_memory_equal(block, data, sizeof block);
		assert_rv(CKR_OK,
			tpm_hmac(r->tpm, &keys[1].o, HASH_SHA256, bytes_str(message), &out));
		assert_false(rig_wire_has(r, view(&out)));
		assert_rv(CKR_OK, tpm_unseal(r->tpm, &keys[2].o, &out));
		assert_bytes_equal(bytes_str(sealed), view(&out));
		for (size_t k = 0; k < 3; k++)
			rig_object_free(&keys[k]);
		buf_free(&out);
	}
	assert_false(rig_wire_has(r, LITERAL("unseen")));
	assert_false(rig_wire_has(r, rig_auth()));
	/* It would have been seen. */
	assert_true(rig_wire_has(r, view(&rsa.name)));
	tpm_parent_free(&rsa);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_mode_gives_what_libcrypto_gives),
		CASE(two_calls_are_as_one),
		CASE(key_that_the_tpm_makes_encrypts_and_decrypts),
		CASE(what_does_not_fit_is_refused_without_the_tpm),
		CASE(impossible_secrets_are_refused_without_the_tpm),
		CASE(tpm_with_less_says_so),
		CASE(hmac_of_every_length_is_what_libcrypto_gives),
		CASE(sequence_that_fails_leaves_nothing_behind),
		CASE(sequence_finds_room_beside_idle_keys),
		CASE(sealed_secret_comes_back_and_does_not_count_guesses),
		CASE(wrong_authorisation_of_a_secret_key_is_a_damaged_store),
		CASE(neither_keys_nor_data_are_seen_on_the_way),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
