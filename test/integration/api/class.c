/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classes and types of objects: certificates, the keys of each HMAC, profiles,
 * what this token does not have, and how all of them are found.
 */
#include "config.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "api.h"

static const CK_ULONG certificate = CKO_CERTIFICATE, x509 = CKC_X_509, secret = CKO_SECRET_KEY,
		      profile = CKO_PROFILE;

static CK_RV
get(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *a)
{
	return c->f->C_GetAttributeValue(h, o, a, 1);
}

static CK_RV
set(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE a)
{
	return c->f->C_SetAttributeValue(h, o, &a, 1);
}

/* --- certificates ------------------------------------------------------------------------------
 */

/* A self-signed certificate in DER, CN=api; its length, 0 on failure. */
static size_t
make_certificate(uint8_t *out, size_t room)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_NAME_new();
	uint8_t *end = out;
	int len = 0;

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"api", -1, -1, 0);
	if (x != NULL && key != NULL && X509_set_subject_name(x, name) == 1 &&
		X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1 &&
		ASN1_INTEGER_set(X509_get_serialNumber(x), 7) == 1 &&
		X509_gmtime_adj(X509_getm_notBefore(x), 0) != NULL &&
		X509_gmtime_adj(X509_getm_notAfter(x), 3600) != NULL &&
		X509_sign(x, key, EVP_sha256()) > 0 && (size_t)i2d_X509(x, NULL) <= room)
		len = i2d_X509(x, &end);
	X509_NAME_free(name);
	X509_free(x);
	EVP_PKEY_free(key);
	return len > 0 ? (size_t)len : 0;
}

static const uint8_t subject[] = { 0x30, 0x0e, 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04, 0x03,
	0x0c, 0x03, 'a', 'p', 'i' };

static CK_RV
create_certificate(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE value, CK_ATTRIBUTE more,
	CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &certificate),
		attr_number(CKA_CERTIFICATE_TYPE, &x509),
		attr_bytes(CKA_SUBJECT, subject, sizeof(subject)), value, more };

	return c->f->C_CreateObject(h, t, COUNT(t), out);
}

static void
test_check_value(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE value)
{
	uint8_t right[64], back[8];
	CK_ATTRIBUTE a = { CKA_CHECK_VALUE, back, sizeof(back) };
	CK_OBJECT_HANDLE o = 0;

	expect_true(
		c, "SHA-1", openssl_digest("SHA1", value.pValue, value.ulValueLen, right) == 20);
	if (expect(c, "a certificate with its check value", CKR_OK,
		    create_certificate(c, h, value, attr_bytes(CKA_CHECK_VALUE, right, 3), &o)))
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	expect(c, "a certificate with another's check value", CKR_ATTRIBUTE_VALUE_INVALID,
		create_certificate(c, h, value, attr_bytes(CKA_CHECK_VALUE, "abc", 3), &o));
	expect(c, "a certificate", CKR_OK,
		create_certificate(c, h, value, attr_text(CKA_LABEL, "certificate"), &o));
	expect(c, "its check value", CKR_OK, get(c, h, o, &a));
	expect_true(c, "it is SHA-1's start", a.ulValueLen == 3 && memcmp(back, right, 3) == 0);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

static void
test_certificate(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t der[1024];
	CK_ATTRIBUTE value = { CKA_VALUE, der, make_certificate(der, sizeof(der)) };
	CK_ATTRIBUTE none = { CKA_VALUE, NULL, 0 }, id = attr_text(CKA_ID, "i");
	CK_OBJECT_HANDLE o = 0;

	expect_true(c, "OpenSSL makes a certificate", value.ulValueLen > 0);
	test_check_value(c, h, value);
	expect(c, "a certificate without value and URL", CKR_TEMPLATE_INCOMPLETE,
		create_certificate(c, h, none, id, &o));
	expect(c, "a certificate elsewhere without hashes", CKR_TEMPLATE_INCOMPLETE,
		create_certificate(c, h, none, attr_text(CKA_URL, "http://a"), &o));
	expect(c, "a certificate that is none", CKR_ATTRIBUTE_VALUE_INVALID,
		create_certificate(c, h, attr_text(CKA_VALUE, "none"), id, &o));
	expect(c, "a certificate that the user trusts", CKR_ATTRIBUTE_READ_ONLY,
		create_certificate(c, h, value, attr_bool(CKA_TRUSTED, true), &o));
	expect(c, "a certificate", CKR_OK, create_certificate(c, h, value, id, &o));
	expect(c, "its id can be set", CKR_OK, set(c, h, o, attr_text(CKA_ID, "j")));
	expect(c, "its issuer can be set", CKR_OK, set(c, h, o, attr_text(CKA_ISSUER, "x")));
	expect(c, "its serial number can be set", CKR_OK,
		set(c, h, o, attr_text(CKA_SERIAL_NUMBER, "x")));
	expect(c, "its subject can not be set", CKR_ATTRIBUTE_READ_ONLY,
		set(c, h, o, attr_bytes(CKA_SUBJECT, subject, sizeof(subject))));
	expect(c, "its value can not be set", CKR_ATTRIBUTE_READ_ONLY, set(c, h, o, value));
	expect(c, "its dates can not be set", CKR_ATTRIBUTE_READ_ONLY,
		set(c, h, o, attr_text(CKA_START_DATE, "20260101")));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

/* PKCS#11 3.2, 4.6.2: then it stays as it is. The end of the objects that it makes. */
static void
test_trusted(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	uint8_t der[1024];
	CK_ATTRIBUTE t[] = { { CKA_VALUE, der, make_certificate(der, sizeof(der)) },
		attr_number(CKA_CLASS, &certificate), attr_number(CKA_CERTIFICATE_TYPE, &x509),
		attr_bytes(CKA_SUBJECT, subject, sizeof(subject)), attr_bool(CKA_TOKEN, true),
		attr_bool(CKA_PRIVATE, false), attr_bool(CKA_TRUSTED, true) };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_SO, SO_PIN));
	if (expect(c, "a certificate that the SO trusts", CKR_OK,
		    c->f->C_CreateObject(h, t, COUNT(t), &o))) {
		expect(c, "a change of a trusted certificate", CKR_ACTION_PROHIBITED,
			set(c, h, o, attr_text(CKA_LABEL, "x")));
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	}
	close_all(c);
}

/* --- keys of HMACs -----------------------------------------------------------------------------
 */

static const struct {
	CK_ULONG type;
	bool is_3; /* SHA-3: of PKCS#11 3.0 */
} hmacs[] = {
	{ CKK_SHA_1_HMAC, false },
	{ CKK_SHA224_HMAC, false },
	{ CKK_SHA256_HMAC, false },
	{ CKK_SHA384_HMAC, false },
	{ CKK_SHA512_HMAC, false },
	{ CKK_SHA3_224_HMAC, true },
	{ CKK_SHA3_256_HMAC, true },
	{ CKK_SHA3_384_HMAC, true },
	{ CKK_SHA3_512_HMAC, true },
};

static void
test_hmac_key(struct ctx *c, CK_SESSION_HANDLE h, const CK_ULONG *type)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, type),
		attr_bytes(CKA_VALUE, subject, sizeof(subject)), attr_bool(CKA_TOKEN, false),
		attr_bool(CKA_SIGN, true), attr_bool(CKA_SENSITIVE, false),
		attr_bool(CKA_EXTRACTABLE, true) };
	uint8_t hash[64], back[8], value[64];
	CK_ATTRIBUTE check = { CKA_CHECK_VALUE, back, sizeof(back) };
	CK_ATTRIBUTE read = { CKA_VALUE, value, sizeof(value) };
	CK_ATTRIBUTE label = attr_text(CKA_LABEL, "hmac");
	CK_OBJECT_HANDLE o = 0, copy = 0, found[3];
	CK_ULONG n = 0;

	if (!expect(c, "an HMAC key of each type", CKR_OK,
		    c->f->C_CreateObject(h, t, COUNT(t), &o)))
		return;
	expect_true(c, "SHA-1", openssl_digest("SHA1", subject, sizeof(subject), hash) == 20);
	expect(c, "its check value", CKR_OK, get(c, h, o, &check));
	expect_true(c, "it is SHA-1's start", memcmp(back, hash, 3) == 0);
	expect(c, "its value", CKR_OK, get(c, h, o, &read));
	expect_true(c, "it is as it was given",
		read.ulValueLen == sizeof(subject) && memcmp(value, subject, sizeof(subject)) == 0);
	expect(c, "C_SetAttributeValue", CKR_OK, set(c, h, o, label));
	expect(c, "C_CopyObject", CKR_OK, c->f->C_CopyObject(h, o, &label, 1, &copy));
	expect(c, "search", CKR_OK, search(c, h, &t[1], 1, found, 3, &n));
	expect(c, "key and copy are found by type", 2, n);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, copy));
}

/* --- profiles ----------------------------------------------------------------------------------
 */

static void
test_profiles(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_ULONG baseline = CKP_BASELINE_PROVIDER, n = 0;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &profile),
		attr_number(CKA_PROFILE_ID, &baseline) };
	CK_ATTRIBUTE token = { CKA_TOKEN, NULL, 0 }, id = { CKA_UNIQUE_ID, NULL, 0 };
	CK_OBJECT_HANDLE o = 0, other = 0, list[8], all[64];

	expect(c, "search", CKR_OK, search(c, h, t, 1, list, 8, &n));
	expect_true(c, "there are profiles", n > 0);
	expect(c, "search", CKR_OK, search(c, h, t, 2, &o, 1, &n));
	expect(c, "a profile is found by its id", 1, n);
	expect(c, "a profile has a unique id", CKR_OK, get(c, h, o, &id));
	expect(c, "a profile is no storage object", CKR_ATTRIBUTE_TYPE_INVALID,
		get(c, h, o, &token));
	expect(c, "a change of a profile", CKR_ACTION_PROHIBITED,
		set(c, h, o, attr_number(CKA_PROFILE_ID, &baseline)));
	expect(c, "a copy of a profile", CKR_ACTION_PROHIBITED,
		c->f->C_CopyObject(h, o, NULL, 0, &other));
	expect(c, "the end of a profile", CKR_ACTION_PROHIBITED, c->f->C_DestroyObject(h, o));
	expect(c, "a profile of one's own", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_CreateObject(h, t, COUNT(t), &other));
	token = attr_bool(CKA_TOKEN, true);
	expect(c, "search", CKR_OK, search(c, h, &token, 1, list, 8, &n));
	for (CK_ULONG i = 0; i < n; i++)
		expect(c, "a search for token objects finds no profile", CKR_ATTRIBUTE_TYPE_INVALID,
			get(c, h, list[i], &(CK_ATTRIBUTE){ CKA_PROFILE_ID, NULL, 0 }));
	expect(c, "search", CKR_OK, search(c, h, NULL, 0, all, COUNT(all), &n));
	for (CK_ULONG i = 0; i < n; i++)
		expect(c, "nor does a search for everything", CKR_ATTRIBUTE_TYPE_INVALID,
			get(c, h, all[i], &(CK_ATTRIBUTE){ CKA_PROFILE_ID, NULL, 0 }));
	t[1] = token;
	expect(c, "search", CKR_OK, search(c, h, t, 2, list, 8, &n));
	expect_true(c, "one that names their class does, since NSS asks so", n > 0);
	t[1] = attr_bool(CKA_TOKEN, false);
	expect(c, "search", CKR_OK, search(c, h, t, 2, list, 8, &n));
	expect(c, "as session objects they are not found", 0, n);
}

/* --- what this token does not have -------------------------------------------------------------
 */

static const struct {
	CK_ULONG class;
	CK_ATTRIBUTE_TYPE more; /* says more */
	CK_ULONG value;
} missing[] = {
	{ CKO_HW_FEATURE, CKA_TOKEN, 0 },
	{ CKO_DOMAIN_PARAMETERS, CKA_KEY_TYPE, CKK_DSA },
	{ CKO_MECHANISM, CKA_TOKEN, 0 },
	{ CKO_OTP_KEY, CKA_KEY_TYPE, CKK_HOTP },
	{ CKO_VALIDATION, CKA_TOKEN, 0 },
	{ CKO_TRUST, CKA_TOKEN, 0 },
	{ CKO_VENDOR_DEFINED | 1, CKA_TOKEN, 0 },
	{ CKO_CERTIFICATE, CKA_CERTIFICATE_TYPE, CKC_X_509_ATTR_CERT },
	{ CKO_CERTIFICATE, CKA_CERTIFICATE_TYPE, CKC_WTLS },
	{ CKO_PUBLIC_KEY, CKA_KEY_TYPE, CKK_X9_42_DH },
	{ CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_SKIPJACK },
};

static void
test_missing(struct ctx *c, CK_SESSION_HANDLE h)
{
	for (size_t i = 0; i < COUNT(missing); i++) {
		CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &missing[i].class),
			attr_number(missing[i].more, &missing[i].value) };
		CK_OBJECT_HANDLE o = 0;
		CK_ULONG n = 9;

		if (c->reference && missing[i].class == CKO_DOMAIN_PARAMETERS)
			continue; /* SoftHSM has them */
		if (missing[i].more == CKA_TOKEN)
			t[1] = attr_bool(CKA_TOKEN, false);
		expect(c, "an object that this token does not have", CKR_ATTRIBUTE_VALUE_INVALID,
			c->f->C_CreateObject(h, t, COUNT(t), &o));
		expect(c, "a search for it", CKR_OK, search(c, h, t, COUNT(t), &o, 1, &n));
		expect(c, "finds nothing", 0, n);
	}
}

/* --- searches: 5.7.7 ---------------------------------------------------------------------------
 */

static void
test_match(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const CK_ULONG data = CKO_DATA;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &data), attr_text(CKA_LABEL, "exact"),
		attr_bool(CKA_PRIVATE, true) };
	CK_ATTRIBUTE longer = attr_text(CKA_LABEL, "exactly"),
		     shorter = attr_text(CKA_LABEL, "exac");
	CK_OBJECT_HANDLE o = 0, list[64];
	CK_ULONG n = 0, all = 0;

	expect(c, "C_CreateObject", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	expect(c, "search", CKR_OK, search(c, h, t, COUNT(t), list, 64, &n));
	expect(c, "what matches is found", 1, n);
	expect(c, "search", CKR_OK, search(c, h, &longer, 1, list, 64, &n));
	expect(c, "a longer value does not match", 0, n);
	expect(c, "search", CKR_OK, search(c, h, &shorter, 1, list, 64, &n));
	expect(c, "a shorter value does not match", 0, n);
	expect(c, "search", CKR_OK, search(c, h, NULL, 0, list, 64, &all));
	expect_true(c, "no template matches everything", all > 4);
	for (CK_ULONG i = 0; i < all; i++)
		expect_true(c, "no handle is 0", list[i] != CK_INVALID_HANDLE);
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	expect(c, "search", CKR_OK, search(c, h, &t[2], 1, list, 64, &n));
	expect(c, "nothing private is found in a public session", 0, n);
}

void
test_class(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	test_certificate(c, h);
	for (size_t i = 0; i < COUNT(hmacs); i++)
		if (!hmacs[i].is_3 || !c->reference)
			test_hmac_key(c, h, &hmacs[i].type);
	if (!c->reference)
		test_profiles(c, h);
	test_missing(c, h);
	test_match(c, h);
	close_all(c);
	test_trusted(c);
}
