/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Algorithms: what a hash, a curve and a way to use a key are called in the
 * worlds that meet here, one row each.
 */
#ifndef BASE_ALG_H
#define BASE_ALG_H

#include "base/bytes.h"

enum hash {
	HASH_NONE,
	HASH_SHA1,
	HASH_SHA224,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	/* New ones come last: the store keeps these numbers, in tpm_caps. */
	HASH_SHA3_224,
	HASH_SHA3_256,
	HASH_SHA3_384,
	HASH_SHA3_512,
	HASH_COUNT
};

struct hash_row {
	enum hash id;
	const char *name;      /* libcrypto's fetch name and ours */
	size_t len;            /* bytes of a digest */
	size_t block_len;      /* bytes of an HMAC block */
	uint16_t tpm_alg;      /* TPM_ALG_ID */
	CK_MECHANISM_TYPE mechanism; /* CKM_SHA256 ... */
	CK_ULONG mgf;          /* CKG_MGF1_SHA256 ... */
	struct bytes digest_info; /* DER prefix of a PKCS#1 DigestInfo, parameters NULL */
};

/* NULL for HASH_NONE and unknown ids. */
const struct hash_row *hash_row(enum hash id);
const struct hash_row *hash_by_mechanism(CK_MECHANISM_TYPE mechanism);
const struct hash_row *hash_by_mgf(CK_ULONG mgf);
const struct hash_row *hash_by_tpm_alg(uint16_t alg);

enum curve { CURVE_NONE, CURVE_P256, CURVE_P384, CURVE_P521, CURVE_COUNT };

struct curve_row {
	enum curve id;
	const char *name;       /* "P-256" */
	const char *group;      /* libcrypto's group name: "prime256v1" */
	const char *ssh;        /* "nistp256" */
	size_t bits;
	size_t field_len;       /* bytes of a coordinate and of r, s */
	uint16_t tpm_curve;     /* TPM_ECC_CURVE */
	struct bytes oid;       /* DER OBJECT IDENTIFIER: the value of CKA_EC_PARAMS */
};

const struct curve_row *curve_row(enum curve id);
const struct curve_row *curve_by_oid(struct bytes der);
const struct curve_row *curve_by_tpm(uint16_t tpm_curve);
const struct curve_row *curve_by_name(const char *name); /* any of the names, also "secp256r1", "nistp256" */

enum key_kind { KEY_NONE, KEY_RSA, KEY_EC };

/* A way to use a key. A new algorithm is a new line here and a function where it is computed. */
enum alg {
	ALG_NONE,
	ALG_DIGEST,
	ALG_RSA_PKCS1, /* PKCS#1 v1.5 */
	ALG_RSA_PSS,
	ALG_RSA_OAEP,
	ALG_RSA_RAW, /* X.509: no padding */
	ALG_ECDSA,
	ALG_RSA_KEYGEN,
	ALG_EC_KEYGEN,
	ALG_SECRET_KEYGEN,
	ALG_HMAC,
	ALG_ECDH,
	ALG_AES_ECB,
	ALG_AES_CBC,
	ALG_AES_CBC_PAD,
	ALG_AES_CTR,
	ALG_AES_CFB,
	ALG_AES_OFB,
	ALG_AES_GCM,
	ALG_AES_CMAC,
	ALG_AES_KEY_WRAP,     /* RFC 3394 */
	ALG_AES_KEY_WRAP_KWP, /* RFC 5649 */
	ALG_RSA_AES_KEY_WRAP,
	ALG_DES_ECB,
	ALG_DES_CBC,
	ALG_DES_CBC_PAD,
	ALG_DES3_ECB, /* SP 800-67: of three DES keys, or of two */
	ALG_DES3_CBC,
	ALG_DES3_CBC_PAD,
	ALG_HKDF,
	ALG_HKDF_DATA,   /* the same; what comes of it is no secret */
	ALG_KBKDF_COUNTER, /* SP 800-108, in each of its modes */
	ALG_KBKDF_FEEDBACK,
	ALG_KBKDF_PIPELINE,
	ALG_DERIVE_HASH, /* a digest of the base key */
	ALG_DERIVE_ECB,  /* data, encrypted with it */
	ALG_DERIVE_CBC,
	ALG_DERIVE_JOIN_KEY,  /* it and another key */
	ALG_DERIVE_JOIN_DATA, /* it and data */
	ALG_DERIVE_DATA_JOIN, /* data and it */
	ALG_DERIVE_XOR,       /* it and data, bit by bit */
	ALG_DERIVE_EXTRACT,   /* bits of it */
	ALG_COUNT
};

/* What is computed of a block cipher where the key is; all else is made of these. */
enum block_mode {
	/* of AES, in libcrypto or in the TPM */
	BLOCK_ECB,
	BLOCK_CBC,
	BLOCK_CTR,
	BLOCK_CFB,
	BLOCK_OFB,
	BLOCK_MODES,
	/* of DES and Triple DES, in libcrypto only */
	BLOCK_DES_ECB = BLOCK_MODES,
	BLOCK_DES_CBC
};

#define AES_BLOCK_LEN 16
#define DES_BLOCK_LEN 8

/* Bytes of a block, and of the IV where there is one. */
size_t block_len(enum block_mode m);
bool block_takes_iv(enum block_mode m);

/* What makes a key of the secret that two parties share. */
enum kdf {
	KDF_NONE,  /* the secret itself */
	KDF_X963,  /* ANSI X9.63: hash(secret, counter, info) */
	KDF_SP800, /* SP 800-56A: hash(counter, secret, info) */
	/* The same with BLAKE2b of so many bits, which is no hash of ours otherwise. */
	KDF_BLAKE2B_160,
	KDF_BLAKE2B_256,
	KDF_BLAKE2B_384,
	KDF_BLAKE2B_512
};

/* SP 800-108: what the input of the PRF is put together from. */
enum kbkdf_kind {
	KBKDF_ITERATION, /* by mode: the number of the segment, K(i - 1), or A(i) */
	KBKDF_COUNTER,   /* the number of the segment, in the other modes, too */
	KBKDF_LENGTH,    /* of all that is derived, in bits */
	KBKDF_BYTES,
	KBKDF_KEY        /* the value of another key */
};

struct kbkdf_part {
	enum kbkdf_kind kind;
	size_t width;       /* bytes of a number */
	bool little_endian; /* a number */
	bool of_segments;   /* KBKDF_LENGTH: all that the PRF makes counts, not only what the keys get of it */
	struct bytes bytes; /* KBKDF_BYTES; borrowed */
	uint64_t key;       /* KBKDF_KEY: its handle */
};

struct kbkdf {
	CK_MECHANISM_TYPE prf;    /* a MAC */
	size_t segment_len;       /* bytes that it makes each time; keys share none of these */
	struct kbkdf_part *parts; /* owned */
	size_t count;
	struct bytes iv;          /* ALG_KBKDF_FEEDBACK: K(0); borrowed */
};

/* The most segments that there can be: every counter has room for their number. */
size_t kbkdf_segments_max(const struct kbkdf *k);

/* A mechanism with its parameters, freed from PKCS#11's types. */
struct scheme {
	enum alg alg;
	enum hash hash;   /* the digest that is computed before signing; HASH_NONE: the caller's bytes are used */
	enum hash digest; /* RSA-PSS, RSA-OAEP: hash of the encoding; equals hash where both are given */
	enum hash mgf;    /* RSA-PSS, RSA-OAEP: hash of MGF1 */
	size_t salt_len;  /* RSA-PSS: bytes */
	struct buf label; /* RSA-OAEP */
	size_t message_len; /* RSA-PKCS1, decryption: the only length that will do, else another
			       message of this length takes its place; 0: any */
	size_t mac_len;   /* HMAC, by digest, and CMAC: bytes that are given out */
	struct buf iv;    /* ciphers: of the length that the mode wants; CTR: the first counter block; empty: RFC 3394's and 5649's own */
	struct buf aad;   /* GCM */
	size_t tag_len;   /* GCM: bytes */
	size_t key_len;   /* RSA_AES_KEY_WRAP: bytes of the AES key between the two */
	size_t counter_bits; /* CTR: low bits of the block that count */
	enum kdf kdf;     /* derivation, by digest */
	struct bytes peer; /* ECDH: the other party's point; borrowed from the caller for the call, as is the next */
	struct bytes info; /* derivation: what both parties add */
	bool extract, expand; /* HKDF: which of its steps */
	struct bytes salt;    /* HKDF; borrowed, too */
	size_t start_bit;     /* ALG_DERIVE_EXTRACT */
	struct kbkdf kbkdf;   /* ALG_KBKDF_... */
	uint64_t second;      /* derivation: handle of another key (HKDF: its value is the salt;
				 ALG_DERIVE_JOIN_KEY: the end); 0: none */
};

/* Frees what it owns; it says nothing afterwards. */
void scheme_free(struct scheme *s);

/* A public key in plain numbers. */
struct pubkey {
	enum key_kind kind;
	enum curve curve;     /* EC */
	struct buf modulus;   /* RSA: big-endian, no leading zero */
	struct buf exponent;  /* RSA: big-endian, no leading zero */
	struct buf point;     /* EC: 04 || X || Y */
};

#define PUBKEY_EMPTY ((struct pubkey){ 0 })

void pubkey_free(struct pubkey *k);
CHECKED CK_RV pubkey_copy(struct pubkey *dst, const struct pubkey *src);
bool pubkey_equal(const struct pubkey *a, const struct pubkey *b);
/* RSA: bits of the modulus; EC: bits of the field. */
size_t pubkey_bits(const struct pubkey *k);
/* Bytes of a signature: RSA modulus length, EC twice the field length. */
size_t pubkey_signature_len(const struct pubkey *k);
/* Can a signature of so many bytes be this key's? Who verifies one of EC may have cut zeros that r
 * and s both begin with. PKCS#11 3.2, "EC Signatures". */
bool pubkey_signature_fits(const struct pubkey *k, size_t len);
/* RSA-PSS: is the key long enough for digest and salt (RFC 8017, 9.1.1)? True for all other schemes. */
bool pubkey_has_room(const struct pubkey *k, const struct scheme *s);

/* A private key in plain numbers, big-endian, without leading zeros: on its way into the TPM or out of it. */
struct privkey {
	struct pubkey public;
	struct buf exponent; /* RSA: d */
	struct buf prime1, prime2; /* RSA: p, q */
	struct buf exponent1, exponent2, coefficient; /* RSA: d mod p - 1, d mod q - 1, 1/q mod p: follow from the others */
	struct buf scalar;   /* EC */
};

#define PRIVKEY_EMPTY ((struct privkey){ 0 })

void privkey_free(struct privkey *k);

/* What key to make. */
struct keyspec {
	enum key_kind kind;
	enum curve curve;  /* EC */
	size_t bits;       /* RSA */
	bool sign;         /* usage asked for by the template */
	bool decrypt;      /* RSA: decrypt or unwrap; EC: derive */
	bool exportable;   /* TPM2_Duplicate may have it, with its authorisation */
};

/* A secret key that lives in the TPM, by what the TPM does with it. */
enum secret_kind {
	SECRET_AES,   /* encrypts */
	SECRET_HMAC,  /* signs */
	SECRET_SEALED /* only gives it out, to who has its authorisation */
};

struct secretspec {
	enum secret_kind kind;
	enum hash hash;     /* HMAC */
	size_t len;         /* bytes */
	struct bytes value; /* empty: the TPM makes it; a sealed one must be given */
	bool exportable;    /* as above */
};

/* What a TPM can do, as cached in the store. */
struct tpm_caps {
	char vendor[17];        /* TPM_PT_MANUFACTURER and TPM_PT_VENDOR_STRING_*, printable */
	uint64_t firmware;      /* TPM_PT_FIRMWARE_VERSION_1 || _2 */
	uint32_t hashes;        /* bit (1 << enum hash) */
	uint32_t curves;        /* bit (1 << enum curve) */
	uint32_t rsa_bits;      /* bit (1 << (bits / 1024)): 1024, 2048, 3072, 4096 */
	bool encrypt_decrypt;   /* TPM2_EncryptDecrypt2 */
	uint32_t modes;         /* bit (1 << enum block_mode): what it can do of AES */
	uint32_t aes_bits;      /* bit (1 << (bits / 64)): 128, 192, 256 */
	bool fips;              /* TPMA_MODES.FIPS_140_2: refuses keys that sign and decrypt */
	bool pin_fail;          /* NV PIN indices (specification 1.38) */
	uint32_t max_auth_fail; /* dictionary-attack limit at the time of reading */
};

bool caps_hash(const struct tpm_caps *c, enum hash h);
bool caps_curve(const struct tpm_caps *c, enum curve v);
bool caps_rsa(const struct tpm_caps *c, size_t bits);
/* EncryptDecrypt2, with keys of this size. */
bool caps_aes(const struct tpm_caps *c, size_t bits);
bool caps_mode(const struct tpm_caps *c, enum block_mode m);

#endif
