/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSASVE (SP 800-56B, 7.2.1): a secret that only the private key can recover.
 * It is a number between 1 and n - 1, as is what it becomes.
 */
#include "config.h"

#include "crypto/crypto_private.h"

/* Both have the modulus' length. n is odd, so n - 1 differs from it in the last bit. */
static bool
is_between(struct bytes n, struct bytes number)
{
	struct bytes rest = bytes_trim_left(number);
	struct bytes front = bytes_slice(n, 0, n.len - 1);

	if (rest.len == 0 || (rest.len == 1 && rest.ptr[0] == 1))
		return false;
	if (bytes_equal(front, bytes_slice(number, 0, n.len - 1)))
		return (number.ptr[n.len - 1] | 1) < n.ptr[n.len - 1];
	return bytes_compare(number, n) < 0;
}

/* As many bits as the modulus has, until it fits: each try does with a chance of a half at least.
 */
static CK_RV
draw(const struct pubkey *key, struct buf *out)
{
	struct bytes n = view(&key->modulus);
	uint8_t mask = (uint8_t)(0xff >> (8 * n.len - pubkey_bits(key)));
	CK_RV rv = buf_resize(out, n.len);

	do {
		if (rv == CKR_OK)
			rv = crypto_random(out->ptr, out->len);
		if (rv != CKR_OK)
			return rv;
		out->ptr[0] &= mask;
	} while (!is_between(n, view(out)));
	return CKR_OK;
}

CK_RV
rsa_encapsulate(const struct pubkey *key, struct buf *secret, struct buf *cipher)
{
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = key->kind == KEY_RSA ? rsa_key_check(key) : CKR_KEY_TYPE_INCONSISTENT;

	if (rv == CKR_OK)
		rv = draw(key, &fresh);
	if (rv == CKR_OK)
		rv = rsa_public(key, view(&fresh), cipher);
	if (rv == CKR_OK)
		buf_move(secret, &fresh);
	buf_free(&fresh);
	return rv;
}

CK_RV
rsa_encapsulated_check(const struct pubkey *key, struct bytes cipher)
{
	if (cipher.len != key->modulus.len)
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	return is_between(view(&key->modulus), cipher) ? CKR_OK : CKR_ENCRYPTED_DATA_INVALID;
}
