/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ciphers with secret keys: what is refused, with which code, and what then
 * becomes of the operation.
 */
#include "config.h"

#include "api.h"

#define ROOM 64

static uint8_t value[16] = "sixteen bytes ok", iv[16], data[48];
static CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 }, pad = { CKM_AES_CBC_PAD, iv, 16 };
static CK_GCM_PARAMS gcm_params = { iv, GCM_IV_LEN, 96, NULL, 0, 128 };
static CK_MECHANISM gcm = { CKM_AES_GCM, &gcm_params, sizeof(gcm_params) };

static CK_RV
encrypt(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key, size_t len,
	uint8_t *out, CK_ULONG *n)
{
	CK_RV rv = c->f->C_EncryptInit(h, m, key);

	*n = ROOM;
	return rv != CKR_OK ? rv : c->f->C_Encrypt(h, data, len, out, n);
}

static CK_RV
decrypt(struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key, uint8_t *cipher,
	size_t len)
{
	uint8_t out[ROOM];
	CK_RV rv = c->f->C_DecryptInit(h, m, key);

	return rv != CKR_OK ? rv : c->f->C_Decrypt(h, cipher, len, out, &(CK_ULONG){ sizeof(out) });
}

static CK_RV
update(struct ctx *c, CK_SESSION_HANDLE h, uint8_t *in, CK_ULONG len)
{
	uint8_t out[ROOM];

	return c->f->C_EncryptUpdate(h, in, len, out, &(CK_ULONG){ sizeof(out) });
}

static CK_RV
final(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t out[ROOM];

	return c->f->C_EncryptFinal(h, out, &(CK_ULONG){ sizeof(out) });
}

static void
test_lengths(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	static const CK_MECHANISM_TYPE wraps[] = { CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP };
	uint8_t out[ROOM];
	CK_ULONG n = 0;

	expect(c, "a part of a block", CKR_DATA_LEN_RANGE, encrypt(c, h, &ecb, key, 17, out, &n));
	expect(c, "C_Encrypt after an error", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_Encrypt(h, data, 16, out, &n));
	expect(c, "a part of an encrypted block", CKR_ENCRYPTED_DATA_LEN_RANGE,
		decrypt(c, h, &ecb, key, data, 17));
	expect(c, "a part of a padded block", CKR_ENCRYPTED_DATA_LEN_RANGE,
		decrypt(c, h, &pad, key, data, 31));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_EncryptUpdate", CKR_OK, update(c, h, data, 17));
	expect(c, "the end in a block", CKR_DATA_LEN_RANGE, final(c, h));
	expect(c, "C_EncryptFinal after an error", CKR_OPERATION_NOT_INITIALIZED, final(c, h));
	if (c->reference)
		return;
	expect(c, "less than a tag", CKR_ENCRYPTED_DATA_LEN_RANGE,
		decrypt(c, h, &gcm, key, data, 15));
	for (size_t i = 0; i < COUNT(wraps); i++) {
		CK_MECHANISM m = { wraps[i], NULL, 0 };

		expect(c, "wrapped data of a strange length", CKR_ENCRYPTED_DATA_LEN_RANGE,
			decrypt(c, h, &m, key, data, 23));
		expect(c, "data that was not wrapped", CKR_ENCRYPTED_DATA_INVALID,
			decrypt(c, h, &m, key, data, 24));
	}
}

/* The parameters, to begin with. */
static void
test_parameters(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	static CK_AES_CTR_PARAMS ctr = { 1, { 0 } };
	static struct {
		CK_BYTE *iv;
		CK_ULONG iv_len;
		CK_BYTE *aad;
		CK_ULONG aad_len, tag_bits;
	} brief = { iv, GCM_IV_LEN, NULL, 0, 128 };
	CK_MECHANISM short_iv = { CKM_AES_CBC, iv, 15 }, counter = { CKM_AES_CTR, &ctr, 8 };
	CK_MECHANISM old = { CKM_AES_GCM, &brief, sizeof(brief) };
	struct gcm_case g = { iv, NULL, GCM_IV_LEN, 0, GCM_TAG_LEN };
	uint8_t out[ROOM], right[ROOM];
	CK_ULONG n = 0;

	if (c->reference)
		return;
	expect(c, "a short IV", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_EncryptInit(h, &short_iv, key));
	expect(c, "a part of the parameters", CKR_MECHANISM_PARAM_INVALID,
		c->f->C_EncryptInit(h, &counter, key));
	counter.ulParameterLen = sizeof(ctr);
	expect(c, "as much as one bit can count", CKR_OK,
		encrypt(c, h, &counter, key, 32, out, &n));
	expect(c, "more than it can count", CKR_DATA_LEN_RANGE,
		encrypt(c, h, &counter, key, 48, out, &n));
	expect(c, "GCM's parameters of old headers", CKR_OK, encrypt(c, h, &old, key, 20, out, &n));
	openssl_gcm(&g, value, sizeof(value), data, 20, right, right + 20);
	expect_true(c, "they say the same", n == 36 && memcmp(out, right, n) == 0);
}

static void
test_invalid(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t out[ROOM];
	CK_ULONG n = 0;

	expect(c, "C_Encrypt", CKR_OK, encrypt(c, h, &gcm, key, 20, out, &n));
	out[n - 1] ^= 1;
	expect(c, "a wrong tag", CKR_ENCRYPTED_DATA_INVALID, decrypt(c, h, &gcm, key, out, n));
	expect(c, "C_Encrypt", CKR_OK, encrypt(c, h, &pad, key, 16, out, &n));
	expect(c, "a block that is no padding", CKR_ENCRYPTED_DATA_INVALID,
		decrypt(c, h, &pad, key, out, 16));
}

/* Nothing comes out of GCM before the tag has been seen. */
static void
test_gcm_waits(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t cipher[ROOM], out[ROOM];
	CK_ULONG n = 0, len = sizeof(out);

	expect(c, "C_Encrypt", CKR_OK, encrypt(c, h, &gcm, key, 32, cipher, &n));
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &gcm, key));
	expect(c, "C_DecryptUpdate", CKR_OK, c->f->C_DecryptUpdate(h, cipher, n, out, &len));
	expect(c, "no plaintext without a tag", 0, len);
	len = sizeof(out);
	expect(c, "C_DecryptFinal", CKR_OK, c->f->C_DecryptFinal(h, out, &len));
	expect_true(c, "all of it with the tag", len == 32 && memcmp(out, data, 32) == 0);
}

static void
test_order(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t out[ROOM];
	CK_ULONG n = sizeof(out);

	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "a second C_EncryptInit", CKR_OPERATION_ACTIVE,
		c->f->C_EncryptInit(h, &ecb, key));
	if (!c->reference)
		expect(c, "C_EncryptUpdate asks for its length", CKR_OK,
			c->f->C_EncryptUpdate(h, data, 16, NULL, &n));
	expect(c, "which is no part", CKR_OK, c->f->C_Encrypt(h, data, 16, out, &n));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_EncryptUpdate", CKR_OK, update(c, h, data, 16));
	expect(c, "C_EncryptFinal", CKR_OK, final(c, h));
	if (c->reference)
		return;
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_EncryptUpdate", CKR_OK, update(c, h, data, 16));
	expect(c, "C_Encrypt within parts", CKR_OPERATION_ACTIVE,
		c->f->C_Encrypt(h, data, 16, out, &n));
	expect(c, "it has ended the parts", CKR_OPERATION_NOT_INITIALIZED, final(c, h));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_EncryptUpdate without its data", CKR_ARGUMENTS_BAD, update(c, h, NULL, 1));
	expect(c, "an error ends the encryption", CKR_OPERATION_NOT_INITIALIZED, final(c, h));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_EncryptUpdate without a length", CKR_ARGUMENTS_BAD,
		c->f->C_EncryptUpdate(h, data, 16, out, NULL));
	expect(c, "so does this one", CKR_OPERATION_NOT_INITIALIZED, final(c, h));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_EncryptInit without a mechanism cancels", CKR_OK,
		c->f->C_EncryptInit(h, NULL, 0));
	expect(c, "a cancelled encryption", CKR_OPERATION_NOT_INITIALIZED, final(c, h));
}

/* The end of a padded decryption: as short as the plaintext, and nothing comes after it. */
static void
test_kept(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t cipher[ROOM], out[ROOM];
	CK_ULONG n = 0, len = sizeof(out);

	if (c->reference)
		return;
	expect(c, "C_Encrypt", CKR_OK, encrypt(c, h, &pad, key, 20, cipher, &n));
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &pad, key));
	expect(c, "C_DecryptUpdate", CKR_OK, c->f->C_DecryptUpdate(h, cipher, n, out, &len));
	expect(c, "a block is left", 16, len);
	len = 3;
	expect(c, "C_DecryptFinal into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_DecryptFinal(h, out + 16, &len));
	expect(c, "the length of the rest", 4, len);
	expect(c, "C_DecryptFinal asks for it, too", CKR_OK, c->f->C_DecryptFinal(h, NULL, &len));
	expect(c, "and is told", 4, len);
	expect(c, "C_DecryptFinal", CKR_OK, c->f->C_DecryptFinal(h, out + 16, &len));
	expect_true(c, "the plaintext", len == 4 && memcmp(out, data, 20) == 0);
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &pad, key));
	len = sizeof(out);
	expect(c, "C_DecryptUpdate", CKR_OK, c->f->C_DecryptUpdate(h, cipher, n, out, &len));
	len = 3;
	expect(c, "C_DecryptFinal into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_DecryptFinal(h, out, &len));
	expect(c, "a part after the end", CKR_OPERATION_ACTIVE,
		c->f->C_DecryptUpdate(h, cipher, 16, out, &(CK_ULONG){ 16 }));
	expect(c, "it has ended the decryption", CKR_OPERATION_NOT_INITIALIZED,
		c->f->C_DecryptFinal(h, out, &len));
}

/* The result waits for the same ciphertext, and for nothing else. */
static void
test_kept_whole(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t cipher[ROOM], other[ROOM], out[ROOM];
	CK_ULONG n = 0, other_len = 0, len = 19;

	if (c->reference)
		return;
	expect(c, "C_Encrypt", CKR_OK, encrypt(c, h, &pad, key, 20, cipher, &n));
	expect(c, "C_Encrypt", CKR_OK, encrypt(c, h, &pad, key, 40, other, &other_len));
	expect(c, "C_DecryptInit", CKR_OK, c->f->C_DecryptInit(h, &pad, key));
	expect(c, "C_Decrypt into a small buffer", CKR_BUFFER_TOO_SMALL,
		c->f->C_Decrypt(h, cipher, n, out, &len));
	expect(c, "the length of the plaintext", 20, len);
	expect(c, "C_Decrypt of something else", CKR_BUFFER_TOO_SMALL,
		c->f->C_Decrypt(h, other, other_len, out, &len));
	expect(c, "its length", 40, len);
	expect(c, "C_Decrypt", CKR_OK, c->f->C_Decrypt(h, other, other_len, out, &len));
	expect_true(c, "the other plaintext", len == 40 && memcmp(out, data, 40) == 0);
}

/* PKCS#11 3.2, 6.16. */
static void
test_single_part(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };

	if (c->reference)
		return;
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &m, key));
	expect(c, "parts of what is wrapped", CKR_FUNCTION_NOT_SUPPORTED, update(c, h, data, 8));
	expect(c, "it has ended", CKR_OPERATION_NOT_INITIALIZED, final(c, h));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &m, key));
	expect(c, "the end of what is wrapped", CKR_FUNCTION_NOT_SUPPORTED, final(c, h));
}

static CK_OBJECT_HANDLE
limited_key(struct ctx *c, CK_SESSION_HANDLE h, bool decrypts, const CK_MECHANISM_TYPE *allowed)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, aes = CKK_AES;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &aes),
		attr_bool(CKA_ENCRYPT, true), attr_bool(CKA_DECRYPT, decrypts),
		attr_bool(CKA_PRIVATE, false), attr_bytes(CKA_VALUE, value, sizeof(value)),
		attr_number(CKA_ALLOWED_MECHANISMS, allowed) };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "a key that may do one thing", CKR_OK, c->f->C_CreateObject(h, t, 7, &o));
	return o;
}

static void
test_keys(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	static const CK_MECHANISM_TYPE only = CKM_AES_ECB;
	CK_MECHANISM hmac = { CKM_SHA256_HMAC, NULL, 0 }, pkcs = { CKM_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE limited = limited_key(c, h, false, &only);

	expect(c, "C_EncryptInit with an allowed mechanism", CKR_OK,
		c->f->C_EncryptInit(h, &ecb, limited));
	expect(c, "C_EncryptFinal", CKR_OK, final(c, h));
	expect(c, "C_EncryptInit with a mechanism that is not allowed", CKR_MECHANISM_INVALID,
		c->f->C_EncryptInit(h, &pad, limited));
	expect(c, "C_DecryptInit with a key that encrypts", CKR_KEY_FUNCTION_NOT_PERMITTED,
		c->f->C_DecryptInit(h, &ecb, limited));
	if (c->reference)
		return;
	expect(c, "an HMAC with an AES key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_SignInit(h, &hmac, key));
	expect(c, "RSA with an AES key", CKR_KEY_TYPE_INCONSISTENT,
		c->f->C_EncryptInit(h, &pkcs, key));
	expect(c, "AES with a key that is not there", CKR_KEY_HANDLE_INVALID,
		c->f->C_EncryptInit(h, &ecb, 0x7ffffffful));
	expect(c, "AES with a use that it does not have", CKR_MECHANISM_INVALID,
		c->f->C_SignInit(h, &ecb, key));
}

/* A private key's operation does not outlive the login. */
static void
test_logout(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_OBJECT_HANDLE key = 0;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	key = aes_key(c, h, true, value, sizeof(value));
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	if (!c->reference)
		expect(c, "an encryption does not outlive a logout", CKR_OPERATION_NOT_INITIALIZED,
			update(c, h, data, 16));
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "the key's handle is dead", CKR_OBJECT_HANDLE_INVALID,
		c->f->C_DestroyObject(h, key));
	close_all(c);
}

static void
test_cancel(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	if (c->f3 == NULL)
		return;
	expect(c, "C_EncryptInit", CKR_OK, c->f->C_EncryptInit(h, &ecb, key));
	expect(c, "C_SessionCancel", CKR_OK, c->f3->C_SessionCancel(h, CKF_ENCRYPT));
	expect(c, "a cancelled encryption", CKR_OPERATION_NOT_INITIALIZED, final(c, h));
}

void
test_cipher_rules(struct ctx *c)
{
	static void (*const tests[])(struct ctx *, CK_SESSION_HANDLE,
		CK_OBJECT_HANDLE) = { test_lengths, test_parameters, test_invalid, test_gcm_waits,
		test_order, test_kept, test_kept_whole, test_single_part, test_keys, test_cancel };

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i + 1);
	for (size_t i = 0; i < COUNT(tests); i++) {
		CK_SESSION_HANDLE h = open_session(c, 0);

		tests[i](c, h, aes_key(c, h, false, value, sizeof(value)));
		close_all(c);
	}
	test_logout(c);
}
