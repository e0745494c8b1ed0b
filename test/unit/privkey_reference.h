/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys that libcrypto makes, in plain numbers, for tests.
 */
#ifndef TEST_UNIT_PRIVKEY_REFERENCE_H
#define TEST_UNIT_PRIVKEY_REFERENCE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/pkcs8.h"
#include "unit.h"

/* Takes the key. */
static inline struct privkey
privkey_reference(EVP_PKEY *pkey)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	struct privkey key = PRIVKEY_EMPTY;
	unsigned char *der = NULL;
	int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);

	assert_true(len > 0);
	assert_rv(CKR_OK, pkcs8_read(bytes_of(der, (size_t)len), &key));
	OPENSSL_free(der);
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(pkey);
	return key;
}

static inline void
privkey_copy(struct privkey *dst, const struct privkey *src)
{
	struct buf *const to[] = { &dst->exponent, &dst->prime1, &dst->prime2, &dst->exponent1,
		&dst->exponent2, &dst->coefficient, &dst->scalar };
	const struct buf *const from[] = { &src->exponent, &src->prime1, &src->prime2,
		&src->exponent1, &src->exponent2, &src->coefficient, &src->scalar };

	privkey_free(dst);
	assert_rv(CKR_OK, pubkey_copy(&dst->public, &src->public));
	for (size_t i = 0; i < sizeof to / sizeof to[0]; i++)
		assert_rv(CKR_OK, buf_set(to[i], view(from[i])));
}

/* The primes may have changed places: that makes another coefficient. */
static inline void
assert_same_key(const struct privkey *a, const struct privkey *b)
{
	bool swapped = !bytes_equal(view(&a->prime1), view(&b->prime1));

	assert_true(pubkey_equal(&a->public, &b->public));
	assert_bytes_equal(view(&a->exponent), view(&b->exponent));
	assert_bytes_equal(view(&a->prime1), view(swapped ? &b->prime2 : &b->prime1));
	assert_bytes_equal(view(&a->prime2), view(swapped ? &b->prime1 : &b->prime2));
	assert_bytes_equal(view(&a->exponent1), view(swapped ? &b->exponent2 : &b->exponent1));
	assert_bytes_equal(view(&a->exponent2), view(swapped ? &b->exponent1 : &b->exponent2));
	if (!swapped)
		assert_bytes_equal(view(&a->coefficient), view(&b->coefficient));
	assert_bytes_equal(view(&a->scalar), view(&b->scalar));
}

#endif
