/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "crypto/crypto.h"
#include "vector.h"
#include "with_crypto.h"

/* RFC 4231, test cases 2 and 6; RFC 2202 for SHA-1. The key of the second is longer than a block of
 * SHA-512. */
#define JEFE "4a656665"
#define WHAT "7768617420646f2079612077616e7420666f72206e6f7468696e673f"
#define LONG_DATA                                                                                  \
	"54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368" \
	"204b6579204669727374"

static const struct {
	enum hash hash;
	bool long_key;
	const char *mac;
} rfc_macs[] = {
	{ HASH_SHA1, false, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ HASH_SHA224, false, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44" },
	{ HASH_SHA256, false, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ HASH_SHA384, false,
		"af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
		"8e2240ca5e69e2c78b3239ecfab21649" },
	{ HASH_SHA512, false,
		"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
		"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
	{ HASH_SHA224, true, "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e" },
	{ HASH_SHA256, true, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ HASH_SHA384, true,
		"4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
		"0c2ef6ab4030fe8296248df163f44952" },
	{ HASH_SHA512, true,
		"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
		"6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
};

static struct bytes
long_key(void)
{
	static uint8_t key[131];

	memset(key, 0xaa, sizeof key);
	return bytes_of(key, sizeof key);
}

/* In parts of `part` bytes. */
static void
assert_mac(enum hash h, struct bytes key, struct bytes data, size_t part, struct bytes expected)
{
	struct mac *m = NULL;
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, mac_new(h, key, &m));
	for (size_t at = 0; at < data.len; at += part)
		assert_rv(CKR_OK, mac_update(m, bytes_slice(data, at, part)));
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_bytes_equal(expected, view(&out));
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, mac_update(m, data));
	assert_rv(CKR_OPERATION_NOT_INITIALIZED, mac_final(m, &out));
	assert_rv(CKR_OK, mac_restart(m));
	assert_rv(CKR_OK, mac_update(m, LITERAL("what does not count")));
	assert_rv(CKR_OK, mac_restart(m));
	assert_rv(CKR_OK, mac_update(m, data));
	assert_rv(CKR_OK, mac_final(m, &out));
	assert_bytes_equal(expected, view(&out));
	mac_free(m);
	buf_free(&out);
}

static void
macs_are_those_of_the_rfcs_in_parts_of_any_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rfc_macs / sizeof *rfc_macs; i++) {
		struct bytes key = rfc_macs[i].long_key ? long_key() : hex(JEFE);
		struct bytes data = hex(rfc_macs[i].long_key ? LONG_DATA : WHAT);
		struct bytes expected = hex(rfc_macs[i].mac);
		uint8_t once[64];

		for (size_t part = 1; part <= data.len; part += 9)
			assert_mac(rfc_macs[i].hash, key, data, part, expected);
		assert_rv(CKR_OK, crypto_hmac_into(rfc_macs[i].hash, key, &data, 1, once));
		assert_memory_equal(once, expected.ptr, expected.len);
		vectors_free();
	}
}

static void
nothing_has_a_mac_too(void **state)
{
	struct bytes none = BYTES_EMPTY;
	uint8_t once[32];

	(void)state;
	assert_rv(CKR_OK, crypto_hmac_into(HASH_SHA256, none, &none, 1, once));
	assert_mac(HASH_SHA256, none, none, 1, bytes_of(once, sizeof once));
}

static void
an_unknown_hash_makes_no_mac(void **state)
{
	struct mac *m = NULL;

	(void)state;
	assert_rv(CKR_MECHANISM_INVALID, mac_new(HASH_NONE, LITERAL("key"), &m));
	assert_null(m);
	mac_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(macs_are_those_of_the_rfcs_in_parts_of_any_size),
		cmocka_unit_test(nothing_has_a_mac_too),
		cmocka_unit_test(an_unknown_hash_makes_no_mac),
	};

	return cmocka_run_group_tests(tests, crypto_begin, crypto_end);
}
