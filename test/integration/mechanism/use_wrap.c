/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that leave under another key, and come in: secret ones, and private ones
 * where the mechanism carries so many bytes.
 */
#include "config.h"

#include <openssl/rand.h>
#include <openssl/x509.h>

#include "mechanism.h"

enum { SECRET_LEN = 32 };

static const CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY, private_class = CKO_PRIVATE_KEY;
static const CK_KEY_TYPE generic = CKK_GENERIC_SECRET, ec = CKK_EC;

/* A PKCS#8 encoding has any length, and RSA has no room for it. */
static bool
carries_private(const struct row *row)
{
	switch (row->scheme) {
	case SCHEME_AES_IV:
	case SCHEME_DES_IV:
		return row->unit == 0;
	case SCHEME_AES_GCM:
	case SCHEME_AES_WRAP:
	case SCHEME_RSA_AES:
		return true;
	default:
		return false;
	}
}

/* --- out --- */

static size_t
wrap(const struct trial *t, const struct key *key, CK_OBJECT_HANDLE target, uint8_t *out)
{
	CK_MECHANISM *m = (CK_MECHANISM *)&t->m;
	CK_ULONG told = 0, n = 0;
	CK_RV rv = f->C_WrapKey(session, m, key->handle, target, NULL, &told);

	if (rv == CKR_OK && told > 0) {
		n = 1;
		rv = f->C_WrapKey(session, m, key->handle, target, out, &n);
		rv = rv == CKR_BUFFER_TOO_SMALL && n == told ? CKR_OK : CKR_GENERAL_ERROR;
	}
	n = told;
	if (rv == CKR_OK)
		rv = f->C_WrapKey(session, m, key->handle, target, out, &n);
	if (rv == CKR_OK && n <= told)
		return n;
	trial_fails(t, "a key", rv);
	return FAILED;
}

static bool
wraps_secret(const struct trial *t, const struct key *key)
{
	uint8_t value[SECRET_LEN], wrapped[ROOM], back[ROOM];
	CK_ATTRIBUTE template[] = { attr_number(CKA_CLASS, &secret_class),
		attr_number(CKA_KEY_TYPE, &generic), attr_bool(CKA_TOKEN, t->token),
		attr_bool(CKA_EXTRACTABLE, true), attr(CKA_VALUE, value, sizeof(value)) };
	CK_OBJECT_HANDLE target = 0;
	CK_RV rv = CKR_OK;
	size_t n = 0;

	RAND_bytes(value, sizeof(value));
	rv = f->C_CreateObject(session, template, COUNT(template), &target);
	if (rv != CKR_OK)
		return trial_fails(t, "without a key to wrap", rv);
	n = wrap(t, key, target, wrapped);
	f->C_DestroyObject(session, target);
	if (n == FAILED)
		return false;
	n = ref_crypt(t, key, false, wrapped, n, back);
	return (n != FAILED && n >= sizeof(value) &&
		       memcmp(back + n - sizeof(value), value, sizeof(value)) == 0 &&
		       (n == sizeof(value) || t->row->scheme == SCHEME_RSA_RAW)) ||
	       trial_fails(t, "what OpenSSL finds another value in", n);
}

static CK_RV
make_private(bool token, CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE of_public[] = { attr(CKA_EC_PARAMS, p256, sizeof(p256)),
		attr_bool(CKA_TOKEN, token) };
	CK_ATTRIBUTE of_private[] = { attr_bool(CKA_TOKEN, token), attr_bool(CKA_EXTRACTABLE, true),
		attr_bool(CKA_SIGN, true) };

	return f->C_GenerateKeyPair(session, &m, of_public, COUNT(of_public), of_private,
		COUNT(of_private), public, private);
}

static bool
wraps_private(const struct trial *t, const struct key *key)
{
	uint8_t wrapped[ROOM], back[ROOM];
	const uint8_t *at = back;
	CK_OBJECT_HANDLE public = 0, private = 0;
	EVP_PKEY *there = NULL, *here = NULL;
	CK_RV rv = make_private(t->token, &public, &private);
	size_t n = 0;
	bool same = false;

	if (rv != CKR_OK)
		return trial_fails(t, "without a private key to wrap", rv);
	there = key_read(KIND_EC, 256, public);
	n = wrap(t, key, private, wrapped);
	f->C_DestroyObject(session, public);
	f->C_DestroyObject(session, private);
	if (n != FAILED)
		n = ref_crypt(t, key, false, wrapped, n, back);
	if (n != FAILED)
		here = d2i_AutoPrivateKey(NULL, &at, (long)n);
	same = here != NULL && EVP_PKEY_eq(here, there) == 1;
	EVP_PKEY_free(here);
	EVP_PKEY_free(there);
	return same || trial_fails(t, "another private key", n);
}

bool
use_wrap(struct trial *t)
{
	const struct key *key = key_for(t, CKF_WRAP);

	return key != NULL && wraps_secret(t, key) &&
	       (!carries_private(t->row) || wraps_private(t, key));
}

/* --- in --- */

/* Length of what stands in out: zeros to the left where RSA takes a number, to the right for whole
 * blocks. */
static size_t
pad(const struct trial *t, const uint8_t *in, size_t len, uint8_t *out)
{
	size_t whole = len;

	if (t->row->scheme == SCHEME_RSA_RAW)
		whole = key_len(KIND_RSA, t->size);
	else if (t->row->unit > 1)
		whole = (len + t->row->unit - 1) / t->row->unit * t->row->unit;
	memset(out, 0, whole);
	memcpy(t->row->scheme == SCHEME_RSA_RAW ? out + whole - len : out, in, len);
	return whole;
}

static CK_RV
unwrap(const struct trial *t, const struct key *key, const uint8_t *plain, size_t len,
	CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *out)
{
	uint8_t padded[ROOM], wrapped[ROOM];
	size_t n = pad(t, plain, len, padded);

	n = ref_crypt(t, key, true, padded, n, wrapped);
	if (n == FAILED)
		return CKR_GENERAL_ERROR;
	return f->C_UnwrapKey(
		session, (CK_MECHANISM *)&t->m, key->handle, wrapped, n, template, count, out);
}

static bool
unwraps_secret(const struct trial *t, const struct key *key)
{
	static const CK_ULONG len = SECRET_LEN;
	uint8_t value[SECRET_LEN], back[ROOM];
	/* The length comes last: where the mechanism tells it, it is not given. */
	CK_ATTRIBUTE template[] = { attr_number(CKA_CLASS, &secret_class),
		attr_number(CKA_KEY_TYPE, &generic), attr_bool(CKA_TOKEN, t->token),
		attr_bool(CKA_EXTRACTABLE, true), attr_bool(CKA_SENSITIVE, false),
		attr_number(CKA_VALUE_LEN, &len) };
	bool untold = t->row->scheme == SCHEME_RSA_RAW || t->row->unit == 16;
	CK_OBJECT_HANDLE made = 0;
	CK_RV rv = CKR_OK;
	size_t n = 0;

	RAND_bytes(value, sizeof(value));
	rv = unwrap(t, key, value, sizeof(value), template,
		untold ? COUNT(template) : COUNT(template) - 1, &made);
	if (rv != CKR_OK)
		return trial_fails(t, "a key", rv);
	n = read_value(made, CKA_VALUE, back);
	f->C_DestroyObject(session, made);
	return (n == sizeof(value) && memcmp(back, value, n) == 0) ||
	       trial_fails(t, "another value", n);
}

static size_t
pkcs8_of(EVP_PKEY *pkey, uint8_t *out)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	int n = i2d_PKCS8_PRIV_KEY_INFO(info, &out);

	PKCS8_PRIV_KEY_INFO_free(info);
	return n > 0 ? (size_t)n : 0;
}

static bool
unwraps_private(const struct trial *t, const struct key *key)
{
	CK_ATTRIBUTE template[] = { attr_number(CKA_CLASS, &private_class),
		attr_number(CKA_KEY_TYPE, &ec), attr_bool(CKA_TOKEN, t->token),
		attr_bool(CKA_SIGN, true) };
	struct key made = { .kind = KIND_EC, .size = 256, .pkey = EVP_EC_gen("prime256v1") };
	uint8_t plain[ROOM];
	size_t len = pkcs8_of(made.pkey, plain);
	CK_RV rv = unwrap(t, key, plain, len, template, COUNT(template), &made.handle);
	bool good = rv == CKR_OK && key_signs(t, &made);

	if (rv == CKR_OK)
		f->C_DestroyObject(session, made.handle);
	EVP_PKEY_free(made.pkey);
	return good || trial_fails(t, "a private key that does not sign", rv);
}

bool
use_unwrap(struct trial *t)
{
	const struct key *key = key_for(t, CKF_UNWRAP);

	return key != NULL && unwraps_secret(t, key) &&
	       (!carries_private(t->row) || unwraps_private(t, key));
}
