/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pthread.h>

#include <openssl/err.h>

#include "crypto/crypto.h"
#include "vector.h"
#include "with_crypto.h"

struct row {
	enum hash hash;
	const char *abc;   /* FIPS 180-4 and FIPS 202, example "abc" */
	const char *empty; /* of nothing */
};

static const struct row rows[] = {
	{ HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ HASH_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
		"d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f" },
	{ HASH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ HASH_SHA384,
		"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc23"
		"58baeca134c825a7",
		"38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
		"274edebfe76f65fbd51ad2f14898b95b" },
	{ HASH_SHA512,
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
		"36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
		"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
		"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ HASH_SHA3_224, "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
		"6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7" },
	{ HASH_SHA3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
		"a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" },
	{ HASH_SHA3_384, "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
		"98d88cea927ac7f539f1edf228376d25",
		"0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a"
		"c3713831264adb47fb6bd1e058d5f004" },
	{ HASH_SHA3_512, "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
		"10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
		"a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
		"15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
digests_are_the_published_ones(void **state)
{
	const struct bytes parts[] = { LITERAL("a"), BYTES_EMPTY, LITERAL("bc") };
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_rv(CKR_OK, crypto_hash(rows[i].hash, parts, COUNT(parts), &out));
		assert_bytes_equal(view(&out), hex(rows[i].abc));
		assert_rv(CKR_OK, crypto_hash(rows[i].hash, NULL, 0, &out));
		assert_bytes_equal(view(&out), hex(rows[i].empty));
	}
	buf_free(&out);
	vectors_free();
}

static void
a_running_digest_takes_data_in_pieces(void **state)
{
	struct digest *d = NULL;
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_rv(CKR_OK, digest_new(rows[i].hash, &d));
		assert_rv(CKR_OK, digest_update(d, LITERAL("ab")));
		assert_rv(CKR_OK, digest_update(d, BYTES_EMPTY));
		assert_rv(CKR_OK, digest_update(d, LITERAL("c")));
		assert_rv(CKR_OK, digest_final(d, &out));
		assert_bytes_equal(view(&out), hex(rows[i].abc));
		digest_free(d);
	}
	buf_free(&out);
	vectors_free();
}

static void
a_finished_digest_is_refused(void **state)
{
	struct digest *d = NULL;
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, digest_new(HASH_SHA256, &d));
	assert_rv(CKR_OK, digest_final(d, &out));
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, digest_update(d, LITERAL("x")));
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, digest_final(d, &out));
	digest_free(d);
	digest_free(NULL);
	buf_free(&out);
}

static void
an_abandoned_digest_leaves_nothing_for_the_next(void **state)
{
	struct digest *d = NULL;
	struct bytes abc = LITERAL("abc");
	uint8_t md[32];

	(void)state;
	assert_rv(CKR_OK, digest_new(HASH_SHA256, &d));
	assert_rv(CKR_OK, digest_update(d, LITERAL("secret")));
	digest_free(d);
	assert_rv(CKR_OK, crypto_hash_into(HASH_SHA256, &abc, 1, md));
	assert_bytes_equal(bytes_of(md, sizeof md), hex(rows[2].abc));
	vectors_free();
}

static void
many_digests_can_run_at_once(void **state)
{
	struct digest *d[40] = { NULL };
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(d); i++) {
		assert_rv(CKR_OK, digest_new(HASH_SHA1, &d[i]));
		assert_rv(CKR_OK, digest_update(d[i], LITERAL("ab")));
	}
	for (size_t i = 0; i < COUNT(d); i++) {
		assert_rv(CKR_OK, digest_update(d[i], LITERAL("c")));
		assert_rv(CKR_OK, digest_final(d[i], &out));
		assert_bytes_equal(view(&out), hex(rows[0].abc));
		digest_free(d[i]);
	}
	buf_free(&out);
	vectors_free();
}

static void
no_hash_is_refused(void **state)
{
	struct digest *d = NULL;
	struct buf out = BUF_EMPTY;
	uint8_t md[64];

	(void)state;
	assert_rv(CKR_MECHANISM_INVALID, digest_new(HASH_NONE, &d));
	assert_rv(CKR_MECHANISM_INVALID, digest_new(HASH_COUNT, &d));
	assert_rv(CKR_MECHANISM_INVALID, crypto_hash(HASH_NONE, NULL, 0, &out));
	assert_rv(CKR_MECHANISM_INVALID, crypto_hmac_into(HASH_NONE, BYTES_EMPTY, NULL, 0, md));
	assert_null(d);
	assert_null(out.ptr);
}

static void *
hash_often(void *arg)
{
	const struct bytes abc = LITERAL("abc");
	uint8_t md[32];

	(void)arg;
	for (int i = 0; i < 2000; i++) {
		if (crypto_hash_into(HASH_SHA256, &abc, 1, md) != CKR_OK || md[0] != 0xba ||
			md[31] != 0xad)
			return arg;
	}
	return NULL;
}

static void
threads_do_not_mix_their_digests(void **state)
{
	pthread_t threads[12];
	void *failed = NULL;

	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(0, pthread_create(&threads[i], NULL, hash_often, state));
	for (size_t i = 0; i < COUNT(threads); i++) {
		assert_int_equal(0, pthread_join(threads[i], &failed));
		assert_null(failed);
	}
}

static void
shake256_gives_as_many_bytes_as_wanted(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	/* FIPS 202's example of no message; the longer output begins with the shorter. */
	assert_rv(CKR_OK, crypto_xof(BYTES_EMPTY, 64, &out));
	assert_bytes_equal(view(&out),
		hex("46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
		    "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be"));
	assert_rv(CKR_OK, crypto_xof(BYTES_EMPTY, 5000, &out));
	assert_bytes_equal(bytes_slice(view(&out), 0, 4), hex("46b9dd2b"));
	assert_int_equal(out.len, 5000);
	assert_rv(CKR_OK, crypto_xof(LITERAL("abc"), 16, &out));
	assert_bytes_equal(view(&out), hex("483366601360a8771c6863080cc4114d"));
	assert_rv(CKR_OK, crypto_xof(LITERAL("abc"), 0, &out));
	assert_int_equal(out.len, 0);
	buf_free(&out);
	vectors_free();
}

static void
the_library_is_freed_with_its_last_user(void **state)
{
	struct bytes abc = LITERAL("abc");
	struct digest *running = NULL;
	uint8_t md[32];
	uint8_t random[8];

	(void)state;
	assert_rv(CKR_OK, digest_new(HASH_SHA256, &running));
	assert_rv(CKR_OK, crypto_open());
	crypto_close();
	assert_rv(
		CKR_OK, crypto_hash_into(HASH_SHA256, &abc, 1, md)); /* the fixture's use counts */
	crypto_close();
	assert_rv(CKR_FUNCTION_FAILED, crypto_hash_into(HASH_SHA256, &abc, 1, md));
	assert_rv(CKR_GENERAL_ERROR, crypto_random(random, sizeof random));
	assert_rv(CKR_GENERAL_ERROR, crypto_random_mix(abc));
	digest_free(running); /* late, and harmless */
	crypto_close();       /* one too many is harmless */
	assert_rv(CKR_OK, crypto_open());
	assert_rv(CKR_OK, crypto_hash_into(HASH_SHA256, &abc, 1, md));
}

static void
random_bytes_differ_also_after_mixing(void **state)
{
	uint8_t a[32] = { 0 };
	uint8_t b[32] = { 0 };
	struct buf large = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_random(NULL, 0));
	assert_rv(CKR_OK, crypto_random(a, sizeof a));
	assert_rv(CKR_OK, crypto_random_mix(BYTES_EMPTY));
	assert_rv(CKR_OK, crypto_random_mix(LITERAL("from the TPM")));
	assert_rv(CKR_OK, crypto_random(b, sizeof b));
	assert_memory_not_equal(a, b, sizeof a);
	/* More than the generator gives at once. */
	assert_rv(CKR_OK, buf_resize(&large, 200000));
	assert_rv(CKR_OK, crypto_random(large.ptr, large.len));
	assert_memory_not_equal(large.ptr + large.len - 32, a, sizeof a);
	buf_free(&large);
}

/* The program that calls us may look at its errors after our call. */
static void
the_callers_errors_stay_and_ours_go(void **state)
{
	(void)state;
	ERR_clear_error();
	ERR_raise(ERR_LIB_USER, 77);
	crypto_errors_hold();
	ERR_raise(ERR_LIB_EVP, ERR_R_INTERNAL_ERROR);
	assert_rv(CKR_FUNCTION_FAILED, rv_ossl("a test"));
	crypto_errors_drop();
	assert_int_equal(ERR_GET_REASON(ERR_get_error()), 77);
	assert_int_equal(ERR_get_error(), 0);
	crypto_errors_hold();
	ERR_raise(ERR_LIB_EVP, ERR_R_MALLOC_FAILURE);
	assert_rv(CKR_HOST_MEMORY, rv_ossl("a test"));
	crypto_errors_drop();
	assert_int_equal(ERR_get_error(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_the_published_ones),
		cmocka_unit_test(a_running_digest_takes_data_in_pieces),
		cmocka_unit_test(a_finished_digest_is_refused),
		cmocka_unit_test(an_abandoned_digest_leaves_nothing_for_the_next),
		cmocka_unit_test(many_digests_can_run_at_once),
		cmocka_unit_test(no_hash_is_refused),
		cmocka_unit_test(threads_do_not_mix_their_digests),
		cmocka_unit_test(shake256_gives_as_many_bytes_as_wanted),
		cmocka_unit_test(the_library_is_freed_with_its_last_user),
		cmocka_unit_test(random_bytes_differ_also_after_mixing),
		cmocka_unit_test(the_callers_errors_stay_and_ours_go),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
