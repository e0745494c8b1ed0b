/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the model share: the row of an attribute, the kinds of
 * object that a row is for, and the footnotes of the standard as bits.
 */
#ifndef MODEL_MODEL_PRIVATE_H
#define MODEL_MODEL_PRIVATE_H

#include "model/attr.h"
#include "model/mech.h"

/* Kinds of object: class with key type or certificate type. */
enum attr_object {
	OF_DATA = 1 << 0,
	OF_X509 = 1 << 1,
	OF_RSA_PUBLIC = 1 << 2,
	OF_EC_PUBLIC = 1 << 3,
	OF_RSA_PRIVATE = 1 << 4,
	OF_EC_PRIVATE = 1 << 5,
	OF_AES = 1 << 6,
	OF_GENERIC = 1 << 7,
	OF_PROFILE = 1 << 8,
	OF_DES = 1 << 9, /* and Triple DES */
	OF_RSA = OF_RSA_PUBLIC | OF_RSA_PRIVATE,
	OF_EC = OF_EC_PUBLIC | OF_EC_PRIVATE,
	OF_PUBLIC = OF_RSA_PUBLIC | OF_EC_PUBLIC,
	OF_PRIVATE = OF_RSA_PRIVATE | OF_EC_PRIVATE,
	OF_SECRET = OF_AES | OF_GENERIC | OF_DES,
	OF_PAIR = OF_PUBLIC | OF_PRIVATE,
	OF_KEY = OF_PAIR | OF_SECRET,
	OF_STORAGE = OF_DATA | OF_X509 | OF_KEY,
	OF_ANY = OF_STORAGE | OF_PROFILE,
};

/* PKCS#11 3.2, table "Common footnotes for object attribute tables"; its number in brackets. */
enum attr_rule {
	NEED_CREATE = 1 << 0,   /* [1] C_CreateObject wants it */
	NOT_CREATE = 1 << 1,    /* [2] C_CreateObject refuses it */
	NEED_GENERATE = 1 << 2, /* [3] */
	NOT_GENERATE = 1 << 3,  /* [4] */
	NEED_UNWRAP = 1 << 4,   /* [5] */
	NOT_UNWRAP = 1 << 5,    /* [6] */
	NOT_DERIVE = 1 << 6,
	SECRET = 1 << 7,        /* [7] not revealed if sensitive or not extractable */
	SETTABLE = 1 << 8,      /* [8] C_SetAttributeValue and C_CopyObject may change it */
	SO_TRUE = 1 << 9,       /* [10] only the SO makes it TRUE */
	STICKY_TRUE = 1 << 10,  /* [11] TRUE stays */
	STICKY_FALSE = 1 << 11, /* [12] FALSE stays */
	ON_COPY = 1 << 12,      /* C_CopyObject may change it, C_SetAttributeValue not */
	COMPUTED = 1 << 13,     /* follows from the key */
	USAGE = 1 << 14,        /* what a key may be used for */
	NEVER_GIVEN = 1 << 15,  /* no template may have it, not even with the right value */
	IS_CHECKED = 1 << 16,   /* follows from others: a template may have the right value only */
	ERASABLE = 1 << 17,     /* C_SetAttributeValue and C_CopyObject may make it empty */
	TOKEN_SETS = NOT_CREATE | NOT_GENERATE | NOT_UNWRAP | NOT_DERIVE,
};

/* What an object has when nobody says. */
enum attr_default {
	DEF_NONE, /* does not have it */
	DEF_FALSE,
	DEF_TRUE,        /* USAGE: unless the template asks for other uses */
	DEF_ZERO,        /* number */
	DEF_UNAVAILABLE, /* number CK_UNAVAILABLE_INFORMATION */
	DEF_EMPTY,
	DEF_READS_EMPTY,   /* does not have it, and reads as empty */
	DEF_OF_USER,       /* TRUE for a token object, and for what a logged-in user makes */
	DEF_GENERATED,     /* TRUE if generated here */
	DEF_BROUGHT,       /* TRUE if it came wrapped, or in the clear and is not sensitive */
	DEF_SENSITIVE,     /* CKA_SENSITIVE if it was always so, else FALSE */
	DEF_VERIFIES,      /* CKA_VERIFY if it was made elsewhere, else FALSE */
	DEF_COPYABLE,      /* TRUE unless it asks for the PIN at each use */
	DEF_UNEXTRACTABLE, /* not CKA_EXTRACTABLE if it was never so, else FALSE */
};

struct attr_row {
	uint64_t type;
	enum attr_kind kind;
	uint32_t of;    /* enum attr_object bits; rows of one type do not overlap */
	uint32_t rules; /* enum attr_rule bits */
	enum attr_default fallback;
	size_t max; /* bytes, or the greatest number; 0: no limit */
};

/* All rows, ascending by type. */
const struct attr_row *attr_rows(size_t *count);
/* Any row of this type: its kind and length do not depend on the object. NULL: unknown. */
const struct attr_row *attr_row_of_type(uint64_t type);
/* NULL: such an object does not have it. */
const struct attr_row *attr_row_for(uint64_t type, uint32_t object);
/*
 * What kind of object these attributes make: one OF_ bit.
 * CKR_TEMPLATE_INCOMPLETE: class or type is missing; CKR_ATTRIBUTE_VALUE_INVALID: none that this
 * project has.
 */
CHECKED CK_RV attr_object_of(const struct attrs *a, uint32_t *object);

/* May a key of this kind be used so if its template says nothing? False when the template asks for
 * other uses. */
bool attr_usage_default(const struct attrs *given, const struct attr_row *row, uint32_t object);
/* Set the row's default. Rows come in order of number: out has CKA_SENSITIVE and CKA_EXTRACTABLE
 * before what follows from them. */
CHECKED CK_RV attr_default_set(const struct attr_request *rq, const struct attr_row *row,
	uint32_t object, struct attrs *out);

/* Rules that more than one attribute takes part in. CKR_TEMPLATE_INCONSISTENT,
 * CKR_TEMPLATE_INCOMPLETE. */
CHECKED CK_RV attr_check_object(enum attr_event event, uint32_t object, const struct attrs *a);

/* The longest value of a secret key, in bytes. */
#define SECRET_LEN_MAX 4096

/* CKA_EC_PARAMS to a curve. CKR_CURVE_NOT_SUPPORTED: well-formed, but none of ours;
 * CKR_DOMAIN_PARAMS_INVALID. */
CHECKED CK_RV curve_of_params(struct bytes der, enum curve *out);

/* Parameters of mechanisms: struct mech.params. */
/* Bytes that a parameter points to: false if they can not be there. */
bool params_bytes(const void *ptr, CK_ULONG len, struct bytes *out);
CHECKED CK_RV params_none(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_ecdh(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
/* Is the other party's point given where it must be, and nowhere else? True for all but ECDH. */
bool ecdh_peer_fits(const struct scheme *s, CK_FLAGS use);
CHECKED CK_RV params_string(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_cbc_string(
	const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_other_key(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_start_bit(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_hkdf(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_kbkdf(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_hmac(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_hmac_general(
	const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_pss(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_oaep(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_rsa_aes_wrap(
	const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_aes_iv(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_des_iv(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_aes_ctr(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_aes_gcm(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_aes_wrap(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_cmac(const struct mech *m, const CK_MECHANISM *given, struct scheme *out);
CHECKED CK_RV params_cmac_general(
	const struct mech *m, const CK_MECHANISM *given, struct scheme *out);

/* An AES mechanism that keys in this TPM can be used with. */
bool mech_aes_in_tpm(const struct mech *m, const struct tpm_caps *caps);
/* May a GCM tag have so many bits? */
bool mech_aes_tag_fits(CK_ULONG bits);

#endif
