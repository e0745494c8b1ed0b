/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes by rule: one table says of every attribute what it looks like,
 * which objects have it, who may set it when, and what it is by default; one
 * engine answers create, generate, unwrap, derive, copy, set and get from it.
 *
 * CK_ATTRIBUTE exists on this side only; the layers below and beside see
 * struct attrs in canonical form (base/attrs.h).
 */
#ifndef MODEL_ATTR_H
#define MODEL_ATTR_H

#include "base/alg.h"
#include "base/attrs.h"

enum attr_event { ATTR_CREATE, ATTR_GENERATE, ATTR_UNWRAP, ATTR_DERIVE, ATTR_COPY, ATTR_SET };
enum attr_role { ROLE_PUBLIC, ROLE_USER, ROLE_SO };

/*
 * A caller's template in canonical form. Checks the form of each value, not whether it may be
 * given. CKR_ARGUMENTS_BAD: NULL with a length; CKR_ATTRIBUTE_TYPE_INVALID: unknown;
 * CKR_ATTRIBUTE_VALUE_INVALID: wrong length or content (a CK_BBOOL other than 0 and 1);
 * CKR_TEMPLATE_INCONSISTENT: one attribute twice with two values.
 */
CHECKED CK_RV attr_template_read(const CK_ATTRIBUTE *list, CK_ULONG count, struct attrs *out);

/* The same for a search: attributes that are unknown, malformed or given twice with two values end
 * up in out so that it matches nothing. CKR_ARGUMENTS_BAD. */
CHECKED CK_RV attr_search_read(const CK_ATTRIBUTE *list, CK_ULONG count, struct attrs *out);

struct attr_request {
	enum attr_event event;
	enum attr_role role;
	const struct attrs *given; /* the caller's template */
	/* What the token sets itself: CKA_CLASS and CKA_KEY_TYPE by the mechanism, key values,
	 * CKA_KEY_GEN_MECHANISM, CKA_UNIQUE_ID ... A template may repeat such a value, not
	 * contradict it. May be NULL. */
	const struct attrs *fixed;
	const struct attrs *base; /* ATTR_COPY: the object that is copied; ATTR_DERIVE: the base
				     key; else NULL */
};

/*
 * The whole object that a template makes: every attribute of its class and key type, checked by the
 * standard's footnotes and completed with defaults. PKCS#11 3.2, 4.1.1.
 *
 * Attributes that are computed from the key (attr_is_computed) are not in out unless given in fixed
 * or, for ATTR_CREATE, in the template. CKA_ID of a key pair's halves is not in out unless given:
 * the caller chooses one. A certificate's names and serial number are taken from its DER where the
 * template leaves them out. A template that asks for none of the uses that its type of key can do
 * gets all of them, except those it forbids.
 *
 * CKR_TEMPLATE_INCOMPLETE; CKR_TEMPLATE_INCONSISTENT (also: an attribute that such an object does
 * not have); CKR_ATTRIBUTE_READ_ONLY; CKR_ATTRIBUTE_VALUE_INVALID (also: CKA_CHECK_VALUE or
 * CKA_PUBLIC_KEY_INFO is not that of fixed or base); CKR_ATTRIBUTE_TYPE_INVALID
 * (CKA_PUBLIC_KEY_INFO of a key that is not there yet); CKR_ACTION_PROHIBITED (a copy of what is
 * not CKA_COPYABLE).
 */
CHECKED CK_RV attr_complete(const struct attr_request *rq, struct attrs *out);

/*
 * C_SetAttributeValue: the object's attributes after the change; all or nothing.
 * CKR_ACTION_PROHIBITED (not modifiable, or a trusted certificate), CKR_ATTRIBUTE_READ_ONLY, and as
 * above. PKCS#11 3.2, 5.7.6.
 */
CHECKED CK_RV attr_change(enum attr_role role, const struct attrs *object,
	const struct attrs *given, struct attrs *out);

/*
 * C_GetAttributeValue: fills every entry that it can. PKCS#11 3.2, 5.7.5.
 * CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL.
 */
CHECKED CK_RV attr_values(const struct attrs *object, CK_ATTRIBUTE *list, CK_ULONG count);
/* Does it ask for something secret that may be read, and that is not there because the TPM has it? */
bool attr_asks_secret(const struct attrs *object, const CK_ATTRIBUTE *list, CK_ULONG count);

/* Does an object match a search? What it does not reveal matches nothing, so that nobody can guess.
 */
bool attr_matches(const struct attrs *object, const struct attrs *wanted);

/* May the value of a secret key of this type have this length? CKR_ATTRIBUTE_VALUE_INVALID. */
CHECKED CK_RV attr_secret_len(uint64_t key_type, uint64_t len);
/* The one length that values of this type have: such a key has no CKA_VALUE_LEN. 0: the type does not say. */
uint64_t attr_secret_own_len(uint64_t key_type);
/*
 * May it be this value? As attr_secret_len(); and each byte of a DES key must be odd: PKCS#11 3.2 demands an error
 * for a key that is not.
 */
CHECKED CK_RV attr_secret_value(uint64_t key_type, struct bytes value);
/* Random bytes, or derived ones, become such a value: DES keys get their parity, others stay as they are. */
void attr_secret_shape(uint64_t key_type, uint8_t *value, size_t len);

/* Attributes of a public key, from its numbers: CKA_CLASS is not among them; CKA_KEY_TYPE,
 * CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_MODULUS_BITS (public keys only), CKA_EC_PARAMS,
 * CKA_EC_POINT, CKA_PUBLIC_KEY_INFO are. Added to out. */
CHECKED CK_RV attr_of_pubkey(const struct pubkey *key, bool is_private, struct attrs *out);
/* And back, from a template or object of class public key. CKR_TEMPLATE_INCOMPLETE,
 * CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_VALUE_INVALID (also: CKA_PUBLIC_KEY_INFO contradicts),
 * CKR_DOMAIN_PARAMS_INVALID. Not checked arithmetically. */
CHECKED CK_RV attr_to_pubkey(const struct attrs *a, struct pubkey *out);

/*
 * A private key's numbers, from a template; those that it leaves out are empty. CKR_TEMPLATE_INCOMPLETE (of RSA
 * the modulus and the private exponent are needed, of EC the curve and the value), CKR_CURVE_NOT_SUPPORTED,
 * CKR_DOMAIN_PARAMS_INVALID, CKR_ATTRIBUTE_VALUE_INVALID. Not checked arithmetically.
 */
CHECKED CK_RV attr_to_privkey(const struct attrs *a, struct privkey *out);
/* And back, what is secret of it: CKA_PRIVATE_EXPONENT, the primes and what follows from them; CKA_VALUE, as long as
 * the curve's order. Added to out. */
CHECKED CK_RV attr_of_privkey(const struct privkey *key, struct attrs *out);
/* Take these out of an object's attributes. */
void attr_drop_privkey(struct attrs *a);

/* Derived from the public area or the key's value when an object is loaded, and never stored. */
bool attr_is_computed(uint64_t type, uint64_t class);

/* Attributes of a certificate that the caller left out and its DER says: CKA_SUBJECT, CKA_ISSUER,
 * CKA_SERIAL_NUMBER. Added to out where absent or empty; nothing for an empty der.
 * CKR_ATTRIBUTE_VALUE_INVALID: not a certificate. */
CHECKED CK_RV attr_of_certificate(struct bytes der, struct attrs *out);

/* The name of an attribute, and its kind, for the tool. */
enum attr_kind {
	KIND_BOOL,
	KIND_NUMBER,
	KIND_BYTES,
	KIND_TEXT,
	KIND_DATE,
	KIND_MECHANISMS,
	KIND_TEMPLATE,
};
bool attr_describe(uint64_t type, const char **name, enum attr_kind *kind);

#endif
