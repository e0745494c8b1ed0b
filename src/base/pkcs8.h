/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#8: how a private key is written down when it is wrapped. RSA as RFC 8017's
 * RSAPrivateKey, EC as RFC 5915's ECPrivateKey.
 */
#ifndef BASE_PKCS8_H
#define BASE_PKCS8_H

#include "base/alg.h"

/* PrivateKeyInfo of a key with all its numbers (crypto_privkey_complete()). CKR_ATTRIBUTE_VALUE_INVALID: not such a key. */
CHECKED CK_RV pkcs8_of(const struct privkey *key, struct buf *out);
/*
 * And back; strict DER, nothing in front of it or behind. All numbers of an RSA key are there; of an EC key the
 * point may be missing. They are not checked arithmetically. CKR_ATTRIBUTE_VALUE_INVALID: malformed, or not a key
 * that this project knows; CKR_CURVE_NOT_SUPPORTED.
 */
CHECKED CK_RV pkcs8_read(struct bytes der, struct privkey *out);

#endif
