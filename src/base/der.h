/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DER, as much as keys and certificates need. Readers are strict (definite
 * shortest lengths) and bounded by the bytes they are given.
 */
#ifndef BASE_DER_H
#define BASE_DER_H

#include "base/alg.h"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0,
	DER_CONTEXT_1 = 0xa1,
	DER_CONTEXT_3 = 0xa3,
};

/* Read one element with this tag; its content into *content. False and *rest unchanged if it is not there. */
bool der_read(struct bytes *rest, uint8_t tag, struct bytes *content);
/* Read any one element; whole: tag, length and content. */
bool der_read_any(struct bytes *rest, uint8_t *tag, struct bytes *content, struct bytes *whole);
/* The same, but the whole element: tag, length and content. */
bool der_read_whole(struct bytes *rest, uint8_t tag, struct bytes *whole);
/* A SEQUENCE and nothing behind it. */
bool der_read_sequence(struct bytes der, struct bytes *content);
/* A positive INTEGER in its shortest form; without the byte for the sign. */
bool der_read_uint(struct bytes *rest, struct bytes *number);
/* Append tag, length, content. */
CHECKED CK_RV der_append(struct buf *out, uint8_t tag, struct bytes content);
/* INTEGER from an unsigned big-endian number. */
CHECKED CK_RV der_append_uint(struct buf *out, struct bytes number);

/* AlgorithmIdentifier: the key's kind, with an EC key its curve. */
CHECKED CK_RV der_algorithm_append(struct buf *out, const struct pubkey *key);
/* And back. CKR_CURVE_NOT_SUPPORTED: a curve that this project does not know; CKR_ATTRIBUTE_VALUE_INVALID: all else. */
CHECKED CK_RV der_algorithm_read(struct bytes *rest, enum key_kind *kind, enum curve *curve);

/* SubjectPublicKeyInfo (RFC 5280): the value of CKA_PUBLIC_KEY_INFO. */
CHECKED CK_RV der_spki_of(const struct pubkey *key, struct buf *out);
/* CKR_ATTRIBUTE_VALUE_INVALID: malformed or not a key that this project knows. */
CHECKED CK_RV der_spki_read(struct bytes der, struct pubkey *out);

/* CKA_EC_POINT: a DER OCTET STRING around the point, and back (a raw point is accepted too). */
CHECKED CK_RV der_ec_point_of(const struct pubkey *key, struct buf *out);
bool der_ec_point_read(struct bytes value, struct bytes *point);

/* Fields of an X.509 certificate that PKCS#11 wants as attributes; all borrowed from der. */
struct der_certificate {
	struct bytes serial;     /* DER INTEGER, whole */
	struct bytes issuer;     /* DER Name, whole */
	struct bytes subject;    /* DER Name, whole */
	struct bytes spki;       /* DER SubjectPublicKeyInfo, whole */
	struct bytes not_before; /* DER time, whole */
	struct bytes not_after;
};
bool der_certificate_read(struct bytes der, struct der_certificate *out);

#endif
