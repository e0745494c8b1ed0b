/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/der.h"
#include "base/pkcs8.h"
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const groups[] = { "P-256", "P-384", "P-521" };

/* What libcrypto writes; the key is freed. */
static void
written_by_libcrypto(EVP_PKEY *pkey, struct buf *der)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	unsigned char *p = NULL;

	assert_non_null(info);
	assert_rv(CKR_OK, buf_resize(der, (size_t)i2d_PKCS8_PRIV_KEY_INFO(info, NULL)));
	p = der->ptr;
	assert_int_equal(der->len, i2d_PKCS8_PRIV_KEY_INFO(info, &p));
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(pkey);
}

/* RSA first, then each curve. */
static bool
example(size_t i, struct buf *der)
{
	if (i > COUNT(groups))
		return false;
	written_by_libcrypto(i == 0 ? EVP_RSA_gen(512) : EVP_EC_gen(groups[i - 1]), der);
	return true;
}

static void
what_libcrypto_writes_is_read_and_written_the_same(void **state)
{
	struct buf der = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; example(i, &der); i++) {
		struct privkey key = PRIVKEY_EMPTY;
		struct buf again = BUF_EMPTY;

		assert_rv(CKR_OK, pkcs8_read(view(&der), &key));
		assert_int_equal(i == 0 ? KEY_RSA : KEY_EC, key.public.kind);
		assert_rv(CKR_OK, pkcs8_of(&key, &again));
		assert_bytes_equal(view(&der), view(&again));
		buf_free(&again);
		privkey_free(&key);
	}
	buf_free(&der);
}

static void
assert_well_formed(const struct privkey *key)
{
	if (key->public.kind == KEY_RSA) {
		assert_true(key->public.modulus.len > 0 && key->public.modulus.ptr[0] != 0);
		assert_true(key->public.exponent.len > 0 && key->exponent.len > 0);
		assert_true(key->prime1.len > 0 && key->prime2.len > 0);
		assert_true(key->exponent1.len > 0 && key->exponent2.len > 0);
		assert_true(key->coefficient.len > 0);
		return;
	}
	assert_int_equal(KEY_EC, key->public.kind);
	assert_non_null(curve_row(key->public.curve));
	assert_true(
		key->scalar.len > 0 && key->scalar.len <= curve_row(key->public.curve)->field_len);
	assert_true(key->public.point.len == 0 ||
		    key->public.point.len == 1 + 2 * curve_row(key->public.curve)->field_len);
}

/* A copy on the heap, as long as it says, so that a read beyond its end is seen. */
static void
read_copy(struct bytes der)
{
	struct privkey key = PRIVKEY_EMPTY;
	struct buf copy = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	assert_rv(CKR_OK, buf_set(&copy, der));
	rv = pkcs8_read(view(&copy), &key);
	if (rv == CKR_OK)
		assert_well_formed(&key);
	else
		assert_int_equal(KEY_NONE, key.public.kind);
	assert_true(
		rv == CKR_OK || rv == CKR_ATTRIBUTE_VALUE_INVALID || rv == CKR_CURVE_NOT_SUPPORTED);
	buf_free(&copy);
	privkey_free(&key);
}

static void
every_truncation_is_refused(void **state)
{
	struct buf der = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; example(i, &der); i++)
		for (size_t len = 0; len < der.len; len++) {
			struct privkey key = PRIVKEY_EMPTY;
			struct buf copy = BUF_EMPTY;

			assert_rv(CKR_OK, buf_set(&copy, bytes_slice(view(&der), 0, len)));
			assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, pkcs8_read(view(&copy), &key));
			buf_free(&copy);
		}
	buf_free(&der);
}

static void
every_change_of_a_byte_is_refused_or_gives_a_well_formed_key(void **state)
{
	struct buf der = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; example(i, &der); i++)
		for (size_t at = 0; at < der.len; at++) {
			uint8_t right = der.ptr[at];

			for (unsigned value = 0; value <= UINT8_MAX; value++) {
				der.ptr[at] = (uint8_t)value;
				read_copy(view(&der));
			}
			der.ptr[at] = right;
		}
	buf_free(&der);
}

static void
bytes_behind_the_key_are_refused(void **state)
{
	struct privkey key = PRIVKEY_EMPTY;
	struct buf der = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; example(i, &der); i++) {
		assert_rv(CKR_OK, buf_append_u8(&der, 0));
		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, pkcs8_read(view(&der), &key));
	}
	buf_free(&der);
}

/* --- forms that libcrypto does not write: P-256 --------------------------------------- */

#define ALG   "301306072a8648ce3d020106082a8648ce3d030107"
#define OTHER "301006072a8648ce3d020106052b8104000a" /* secp256k1 */
#define SHORT "040301ab03"                           /* a scalar without its zeros */

struct form_row {
	const char *why;
	const char *der;
	CK_RV rv;
};

static const struct form_row forms[] = {
	{ "neither point nor curve in ECPrivateKey", "3024020100" ALG "040a3008020101" SHORT,
		CKR_OK },
	{ "the curve is repeated",
		"3030020100" ALG "041630140201010403"
		"01ab03"
		"a00a06082a8648ce3d030107",
		CKR_OK },
	{ "another curve is repeated",
		"302d020100" ALG "041330110201010403"
		"01ab03"
		"a00706052b81040022",
		CKR_ATTRIBUTE_VALUE_INVALID },
	{ "attributes behind the key", "3026020100" ALG "040a3008020101" SHORT "a000", CKR_OK },
	{ "something else behind the key", "3026020100" ALG "040a3008020101" SHORT "a100",
		CKR_ATTRIBUTE_VALUE_INVALID },
	{ "version 1", "3024020101" ALG "040a3008020101" SHORT, CKR_ATTRIBUTE_VALUE_INVALID },
	{ "version 0 of ECPrivateKey", "3024020100" ALG "040a3008020100" SHORT,
		CKR_ATTRIBUTE_VALUE_INVALID },
	{ "a scalar of zero",
		"3022020100" ALG "0408"
		"3006020101"
		"040100",
		CKR_ATTRIBUTE_VALUE_INVALID },
	{ "no scalar",
		"3020020100" ALG "0406"
		"3004020101"
		"0400",
		CKR_ATTRIBUTE_VALUE_INVALID },
	{ "a curve of others", "3021020100" OTHER "040a3008020101" SHORT, CKR_CURVE_NOT_SUPPORTED },
	{ "a curve that is no OID",
		"301d020100"
		"300c06072a8648ce3d0201020101"
		"040a3008020101" SHORT,
		CKR_ATTRIBUTE_VALUE_INVALID },
	{ "an algorithm of others",
		"3014020100"
		"300506032b6570"
		"0408"
		"0406010203040506",
		CKR_ATTRIBUTE_VALUE_INVALID },
};

static void
forms_are_accepted_by_the_letter(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct privkey key = PRIVKEY_EMPTY;
		CK_RV rv = pkcs8_read(hex(forms[i].der), &key);

		if (rv != forms[i].rv)
			fail_msg("%s: %#lx", forms[i].why, rv);
		if (rv == CKR_OK)
			assert_bytes_equal(hex("01ab03"), view(&key.scalar));
		privkey_free(&key);
		vectors_free();
	}
}

static void
a_key_without_all_its_numbers_is_not_written(void **state)
{
	struct privkey key = { .public = { .kind = KEY_RSA } };
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, pkcs8_of(&key, &out));
	key.public.kind = KEY_EC;
	key.public.curve = CURVE_P256;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, pkcs8_of(&key, &out));
	key.public.kind = KEY_NONE;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, pkcs8_of(&key, &out));
	assert_int_equal(0, out.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_libcrypto_writes_is_read_and_written_the_same),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_change_of_a_byte_is_refused_or_gives_a_well_formed_key),
		cmocka_unit_test(bytes_behind_the_key_are_refused),
		cmocka_unit_test(forms_are_accepted_by_the_letter),
		cmocka_unit_test(a_key_without_all_its_numbers_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
