/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "crypto/crypto.h"
#include "privkey_reference.h"
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const groups[] = { "P-256", "P-384", "P-521" };

static int
open_crypto(void **state)
{
	(void)state;
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
close_crypto(void **state)
{
	(void)state;
	crypto_close();
	return 0;
}

static struct privkey
rsa_key(void)
{
	return privkey_reference(EVP_RSA_gen(1024));
}

/* --- RSA --- */

enum { N = 1, E = 2, D = 4, P = 8, Q = 16, CRT = 32 };

struct rsa_row {
	unsigned has;
	CK_RV rv;
};

static const struct rsa_row rsa_rows[] = {
	{ N | E | D | P | Q | CRT, CKR_OK },
	{ N | E | D | P | Q, CKR_OK },
	{ N | E | D, CKR_OK },
	{ N | E | D | CRT, CKR_OK },
	{ N | D | P | Q, CKR_OK },
	{ N | D | P, CKR_OK },
	{ N | D | Q, CKR_OK },
	{ N | E | P, CKR_OK },
	{ N | E | P | Q, CKR_OK },
	{ N | D, CKR_TEMPLATE_INCOMPLETE },
	{ N | E, CKR_TEMPLATE_INCOMPLETE },
	{ N | P | Q, CKR_TEMPLATE_INCOMPLETE },
	{ E | D | P | Q, CKR_ATTRIBUTE_VALUE_INVALID },
};

static void
without(struct privkey *key, unsigned has)
{
	const struct {
		unsigned bit;
		struct buf *number;
	} rows[] = { { N, &key->public.modulus }, { E, &key->public.exponent },
		{ D, &key->exponent }, { P, &key->prime1 }, { Q, &key->prime2 },
		{ CRT, &key->exponent1 }, { CRT, &key->exponent2 }, { CRT, &key->coefficient } };

	for (size_t i = 0; i < COUNT(rows); i++)
		if ((has & rows[i].bit) == 0)
			buf_free(rows[i].number);
}

static void
missing_numbers_of_rsa_keys_are_computed(void **state)
{
	struct privkey whole = rsa_key();
	struct privkey key = PRIVKEY_EMPTY;

	(void)state;
	buf_free(&whole.exponent); /* libcrypto may choose one that is not the smallest */
	assert_rv(CKR_OK, crypto_privkey_complete(&whole));
	for (size_t i = 0; i < COUNT(rsa_rows); i++) {
		privkey_copy(&key, &whole);
		without(&key, rsa_rows[i].has);
		assert_rv(rsa_rows[i].rv, crypto_privkey_complete(&key));
		if (rsa_rows[i].rv == CKR_OK)
			assert_same_key(&whole, &key);
	}
	privkey_free(&key);
	privkey_free(&whole);
}

static void
numbers_of_rsa_keys_that_do_not_belong_together_are_refused(void **state)
{
	struct privkey whole = rsa_key();
	struct privkey key = PRIVKEY_EMPTY;
	struct buf *const numbers[] = { &key.public.modulus, &key.public.exponent, &key.exponent,
		&key.prime1, &key.prime2, &key.exponent1, &key.exponent2, &key.coefficient };

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		privkey_copy(&key, &whole);
		numbers[i]->ptr[numbers[i]->len - 1] ^= 2;
		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	}
	privkey_free(&key);
	privkey_free(&whole);
}

static void
rsa_keys_that_can_not_be_are_refused(void **state)
{
	struct privkey whole = rsa_key();
	struct privkey key = PRIVKEY_EMPTY;

	(void)state;
	privkey_copy(&key, &whole); /* too short */
	assert_rv(CKR_OK, buf_resize(&key.public.modulus, 16));
	key.public.modulus.ptr[15] |= 1;
	assert_rv(CKR_KEY_SIZE_RANGE, crypto_privkey_complete(&key));
	privkey_copy(&key, &whole); /* even */
	key.public.modulus.ptr[key.public.modulus.len - 1] &= 0xfe;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	privkey_copy(&key, &whole); /* p = 1 */
	assert_rv(CKR_OK, buf_set(&key.prime1, LITERAL("\x01")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	buf_free(&key.prime2);
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	privkey_copy(&key, &whole); /* a prime longer than the modulus */
	assert_rv(CKR_OK, buf_resize(&key.prime1, 4096));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	privkey_copy(&key, &whole); /* an exponent that no public key has */
	assert_rv(CKR_OK, buf_set(&key.public.exponent, LITERAL("\x01")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	privkey_free(&key);
	privkey_free(&whole);
}

static void
leading_zeros_of_numbers_are_nothing(void **state)
{
	struct privkey whole = rsa_key();
	struct privkey key = PRIVKEY_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_privkey_complete(&whole));
	privkey_copy(&key, &whole);
	assert_rv(CKR_OK, buf_set_padded(&key.prime1, view(&whole.prime1), 100));
	assert_rv(CKR_OK, buf_set_padded(&key.exponent2, view(&whole.exponent2), 100));
	assert_rv(CKR_OK, crypto_privkey_complete(&key));
	assert_same_key(&whole, &key);
	privkey_free(&key);
	privkey_free(&whole);
}

/* What PKCS#8 lets through is caught here: no changed bit makes another key. */
static void
a_flipped_bit_makes_no_other_key(void **state)
{
	struct privkey whole = rsa_key();
	struct buf der = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, pkcs8_of(&whole, &der));
	for (size_t at = 0; at < der.len; at++) {
		struct privkey key = PRIVKEY_EMPTY;

		der.ptr[at] ^= (uint8_t)(1 << at % 8);
		if (pkcs8_read(view(&der), &key) == CKR_OK)
			assert_int_not_equal(CKR_OK, crypto_privkey_complete(&key));
		der.ptr[at] ^= (uint8_t)(1 << at % 8);
		privkey_free(&key);
	}
	buf_free(&der);
	privkey_free(&whole);
}

/* --- EC --- */

static void
the_point_follows_from_the_scalar(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++) {
		struct privkey whole = privkey_reference(EVP_EC_gen(groups[i]));
		struct privkey key = PRIVKEY_EMPTY;

		privkey_copy(&key, &whole);
		assert_rv(CKR_OK, crypto_privkey_complete(&key));
		assert_same_key(&whole, &key);
		buf_free(&key.public.point);
		assert_rv(CKR_OK, crypto_privkey_complete(&key));
		assert_same_key(&whole, &key);
		key.public.point.ptr[10] ^= 1;
		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
		privkey_free(&key);
		privkey_free(&whole);
	}
}

/* Of P-256. */
#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static void
scalars_are_below_the_order(void **state)
{
	struct privkey key = { .public = { .kind = KEY_EC, .curve = CURVE_P256 } };

	(void)state;
	assert_rv(CKR_TEMPLATE_INCOMPLETE, crypto_privkey_complete(&key));
	assert_rv(CKR_OK, buf_set(&key.scalar, hex(ORDER)));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	assert_rv(CKR_OK, buf_set(&key.scalar, hex("00")));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	assert_rv(CKR_OK, buf_set(&key.scalar, hex("01" ORDER)));
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, crypto_privkey_complete(&key));
	assert_rv(CKR_OK, buf_set(&key.scalar, hex("0000" ORDER)));
	key.scalar.ptr[key.scalar.len - 1]--;
	assert_rv(CKR_OK, crypto_privkey_complete(&key));
	assert_int_equal(32, key.scalar.len);
	assert_int_equal(65, key.public.point.len);
	key.public.curve = CURVE_NONE;
	assert_rv(CKR_DOMAIN_PARAMS_INVALID, crypto_privkey_complete(&key));
	key.public.kind = KEY_NONE;
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, crypto_privkey_complete(&key));
	privkey_free(&key);
	vectors_free();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_numbers_of_rsa_keys_are_computed),
		cmocka_unit_test(numbers_of_rsa_keys_that_do_not_belong_together_are_refused),
		cmocka_unit_test(rsa_keys_that_can_not_be_are_refused),
		cmocka_unit_test(leading_zeros_of_numbers_are_nothing),
		cmocka_unit_test(a_flipped_bit_makes_no_other_key),
		cmocka_unit_test(the_point_follows_from_the_scalar),
		cmocka_unit_test(scalars_are_below_the_order),
	};

	return cmocka_run_group_tests(tests, open_crypto, close_crypto);
}
