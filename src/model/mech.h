/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mechanisms: one row each. List and info, the checks at Init, hashing, the
 * tool's and the manual's tables and test cases follow from the row.
 */
#ifndef MODEL_MECH_H
#define MODEL_MECH_H

#include "base/alg.h"
#include "base/attrs.h"

struct mech {
	CK_MECHANISM_TYPE type;
	const char *name;     /* "ECDSA-SHA256" */
	CK_KEY_TYPE key_type; /* CK_UNAVAILABLE_INFORMATION: no key */
	CK_FLAGS flags; /* CKF_SIGN | CKF_VERIFY | CKF_DIGEST | CKF_GENERATE_KEY_PAIR ...; CKF_HW,
			   CKF_MESSAGE_* and CKF_EC_* are computed */
	enum alg alg;
	enum hash hash; /* hash that the mechanism applies to the data; HASH_NONE: single-part, the
			   data is signed as it is */
	CHECKED CK_RV (*params)(
		const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
};

/* NULL: this project does not have it. */
const struct mech *mech_find(CK_MECHANISM_TYPE type);
/* All rows, in the order in which they are listed (single-part before hashed, PKCS before X.509:
 * clients take the first). */
const struct mech *mech_rows(size_t *count);

/* This TPM (or the host, for digests and what is done with public keys) can do it. caps NULL: no
 * token, nothing known. */
bool mech_supported(const struct mech *m, const struct tpm_caps *caps);
/* CKR_MECHANISM_INVALID unless supported. */
CHECKED CK_RV mech_info(const struct mech *m, const struct tpm_caps *caps, CK_MECHANISM_INFO *out);
/* Several bits of one use must be allowed by the mechanism: CKR_MECHANISM_INVALID. Parameters are
 * checked and freed from the caller's memory: CKR_MECHANISM_PARAM_INVALID. The caller frees *out by
 * scheme_free(). */
CHECKED CK_RV mech_scheme(
	const struct mech *m, const CK_MECHANISM *given, CK_FLAGS use, struct scheme *out);

/* Keys that a derivation makes beside the one of C_DeriveKey: CK_DERIVED_KEY structures in the caller's memory. */
struct more_keys {
	const void *list; /* may be unaligned: read it by more_keys_at() */
	size_t count;
};

/* None, where the mechanism makes but one. CKR_MECHANISM_PARAM_INVALID: an array, a template or the place for a handle is not there. */
CHECKED CK_RV mech_more_keys(
	const struct mech *m, const CK_MECHANISM *given, struct more_keys *out);
CK_DERIVED_KEY more_keys_at(const struct more_keys *keys, size_t i);

/* Where the initialization vector of a message comes from. */
enum iv_source {
	IV_GIVEN,      /* the caller */
	IV_COUNTED,    /* us: counted from a random number on */
	IV_COUNTER,    /* counted from zero on */
	IV_RANDOM,
	IV_COUNTER_XOR /* the caller's, with a counter added bit by bit */
};

/* What comes with a message: CK_GCM_MESSAGE_PARAMS. */
struct message_params {
	enum iv_source source;
	size_t fixed_bits; /* of the IV: they are the caller's */
	uint8_t *iv;       /* the caller's memory, as is the next; NULL: none given */
	size_t iv_len;
	uint8_t *tag;
	size_t tag_len;
};

/* Does it encrypt messages, each with parameters of its own? */
bool mech_has_messages(const struct mech *m);
/* Such parameters. CKR_MECHANISM_PARAM_INVALID. Decrypting, how the IV was made is ignored. */
CHECKED CK_RV mech_message_params(
	const void *parameter, size_t len, bool encrypt, struct message_params *out);

/* Key generation: what to make. caps as above: CKR_CURVE_NOT_SUPPORTED, CKR_TEMPLATE_INCOMPLETE,
 * CKR_TEMPLATE_INCONSISTENT (exponent, class, key type), CKR_ATTRIBUTE_VALUE_INVALID (also: a size
 * that it does not have), CKR_DOMAIN_PARAMS_INVALID. */
CHECKED CK_RV mech_keyspec(const struct mech *m, const struct tpm_caps *caps,
	const struct attrs *public, const struct attrs *private, struct keyspec *out);

/* The same for a private key that comes from outside; private: all its attributes. Kind and size are not set.
 * CKR_TEMPLATE_INCONSISTENT: they forbid every use. */
CHECKED CK_RV mech_import_spec(const struct attrs *private, struct keyspec *out);

/*
 * May this key be used so? use: one CKF_ bit (CKF_SIGN ...). First CKR_KEY_TYPE_INCONSISTENT (class
 * and key type), then CKR_KEY_FUNCTION_NOT_PERMITTED (CKA_SIGN false), CKR_MECHANISM_INVALID (not
 * in CKA_ALLOWED_MECHANISMS).
 */
CHECKED CK_RV mech_fits(const struct mech *m, CK_FLAGS use, const struct attrs *key);
/* Is it a secret key of a type that the mechanism takes, whatever it may be used for? */
bool mech_takes(const struct mech *m, const struct attrs *key);

#endif
