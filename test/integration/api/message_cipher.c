/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encrypting and decrypting many messages with one key: PKCS#11 3.0 and later
 * only. OpenSSL encrypts with the IVs that come back.
 */
#include "config.h"

#include "api.h"

#define LEN    40
#define IV_LEN 12
#define ROOM   64

static uint8_t value[32] = "thirty-two bytes of an AES key..", data[LEN], aad[] = "to whom";
static CK_MECHANISM gcm = { CKM_AES_GCM, NULL, 0 };

/* A message's parameter, and its memory. */
struct parameter {
	CK_GCM_MESSAGE_PARAMS p;
	uint8_t iv[16], tag[16];
};

static void
fill(struct parameter *m, CK_GENERATOR_FUNCTION generator, CK_ULONG fixed_bits)
{
	memset(m->iv, 0xa5, sizeof(m->iv));
	memset(m->tag, 0, sizeof(m->tag));
	m->p = (CK_GCM_MESSAGE_PARAMS){ m->iv, IV_LEN, fixed_bits, generator, m->tag, 128 };
}

static CK_RV
encrypt(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m, uint8_t *out, CK_ULONG *n)
{
	return c->f3->C_EncryptMessage(h, &m->p, sizeof(m->p), aad, sizeof(aad), data, LEN, out, n);
}

static CK_RV
decrypt(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m, uint8_t *in, uint8_t *out,
	CK_ULONG *n)
{
	return c->f3->C_DecryptMessage(h, &m->p, sizeof(m->p), aad, sizeof(aad), in, LEN, out, n);
}

static CK_RV
next(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m, uint8_t *in, CK_ULONG len,
	uint8_t *out, CK_ULONG *n, bool last)
{
	return c->f3->C_EncryptMessageNext(
		h, &m->p, sizeof(m->p), in, len, out, n, last ? CKF_END_OF_MESSAGE : 0);
}

static CK_RV
decrypt_next(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m, uint8_t *in, CK_ULONG len,
	uint8_t *out, CK_ULONG *n, bool last)
{
	return c->f3->C_DecryptMessageNext(
		h, &m->p, sizeof(m->p), in, len, out, n, last ? CKF_END_OF_MESSAGE : 0);
}

static CK_RV
begin(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m)
{
	return c->f3->C_EncryptMessageBegin(h, &m->p, sizeof(m->p), aad, sizeof(aad));
}

static CK_RV
decrypt_begin(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m)
{
	return c->f3->C_DecryptMessageBegin(h, &m->p, sizeof(m->p), aad, sizeof(aad));
}

static void
check(struct ctx *c, const struct parameter *m, const uint8_t *cipher)
{
	struct gcm_case g = { m->p.pIv, aad, m->p.ulIvLen, sizeof(aad), m->p.ulTagBits / 8 };
	uint8_t right[ROOM], tag[16];

	expect_true(c, "OpenSSL can judge",
		openssl_gcm(&g, value, sizeof(value), data, LEN, right, tag));
	expect_true(c, "a message as OpenSSL encrypts it", memcmp(cipher, right, LEN) == 0);
	expect_true(c, "and its tag", memcmp(m->tag, tag, g.tag_len) == 0);
}

/* Asking for the length, or a short buffer, takes no IV and writes nothing. */
static void
encrypt_one(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m, uint8_t *out)
{
	uint8_t iv[16];
	CK_ULONG n = 0;

	memcpy(iv, m->iv, sizeof(iv));
	expect(c, "C_EncryptMessage asks for the length", CKR_OK, encrypt(c, h, m, NULL, &n));
	expect(c, "a message is as long as it was", LEN, n);
	n--;
	expect(c, "C_EncryptMessage into a small buffer", CKR_BUFFER_TOO_SMALL,
		encrypt(c, h, m, out, &n));
	expect_true(c, "no IV was made", memcmp(iv, m->iv, sizeof(iv)) == 0);
	expect(c, "C_EncryptMessage", CKR_OK, encrypt(c, h, m, out, &n));
	expect(c, "length of an encrypted message", LEN, n);
	check(c, m, out);
}

static void
decrypt_one(struct ctx *c, CK_SESSION_HANDLE h, struct parameter *m, const uint8_t *cipher)
{
	uint8_t copy[ROOM];
	CK_ULONG n = 0;

	memcpy(copy, cipher, LEN);
	expect(c, "C_DecryptMessage asks for the length", CKR_OK, decrypt(c, h, m, copy, NULL, &n));
	expect(c, "the length of the message", LEN, n);
	n--;
	expect(c, "C_DecryptMessage into a small buffer", CKR_BUFFER_TOO_SMALL,
		decrypt(c, h, m, copy, copy, &n));
	expect(c, "C_DecryptMessage in one memory", CKR_OK, decrypt(c, h, m, copy, copy, &n));
	expect_true(c, "the message", n == LEN && memcmp(copy, data, LEN) == 0);
	m->tag[0] ^= 1;
	memcpy(copy, cipher, LEN);
	expect(c, "a message with a wrong tag", CKR_AEAD_DECRYPT_FAILED,
		decrypt(c, h, m, copy, copy, &n));
	m->tag[0] ^= 1;
}

/* Each way to get an IV; the fixed bits stay. */
static void
test_whole(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	static const struct {
		CK_GENERATOR_FUNCTION generator;
		CK_ULONG fixed_bits;
	} rows[] = { { CKG_NO_GENERATE, 0 }, { CKG_GENERATE, 0 }, { CKG_GENERATE, 32 },
		{ CKG_GENERATE_COUNTER, 64 }, { CKG_GENERATE_RANDOM, 32 },
		{ CKG_GENERATE_COUNTER_XOR, 0 } };
	uint8_t cipher[ROOM], first[16];
	struct parameter m;

	for (size_t i = 0; i < COUNT(rows); i++) {
		expect(c, "C_MessageEncryptInit", CKR_OK,
			c->f3->C_MessageEncryptInit(h, &gcm, key));
		expect(c, "C_MessageDecryptInit", CKR_OK,
			c->f3->C_MessageDecryptInit(h, &gcm, key));
		for (int k = 0; k < 3; k++) {
			fill(&m, rows[i].generator, rows[i].fixed_bits);
			encrypt_one(c, h, &m, cipher);
			decrypt_one(c, h, &m, cipher);
			for (size_t b = 0; b < rows[i].fixed_bits / 8; b++)
				expect(c, "a fixed byte of the IV", 0xa5, m.iv[b]);
			if (k > 0 && rows[i].generator != CKG_NO_GENERATE)
				expect_true(c, "another message has another IV",
					memcmp(first, m.iv, IV_LEN) != 0);
			memcpy(first, m.iv, IV_LEN);
		}
		expect(c, "C_MessageEncryptFinal", CKR_OK, c->f3->C_MessageEncryptFinal(h));
		expect(c, "C_MessageDecryptFinal", CKR_OK, c->f3->C_MessageDecryptFinal(h));
	}
}

static void
test_counter(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	static const uint8_t zeros[4] = { 0 };
	uint8_t cipher[ROOM];
	struct parameter m;
	CK_ULONG n = LEN;

	expect(c, "C_MessageEncryptInit", CKR_OK, c->f3->C_MessageEncryptInit(h, &gcm, key));
	fill(&m, CKG_GENERATE_COUNTER, 64);
	expect(c, "C_EncryptMessage", CKR_OK, encrypt(c, h, &m, cipher, &n));
	expect_true(c, "the counter starts at zero", memcmp(m.iv + 8, zeros, 4) == 0);
	expect(c, "C_EncryptMessage", CKR_OK, encrypt(c, h, &m, cipher, &n));
	expect(c, "and counts", 1, m.iv[11]);
	fill(&m, CKG_GENERATE_COUNTER_XOR, 64);
	expect(c, "another way to count", CKR_MECHANISM_PARAM_INVALID,
		encrypt(c, h, &m, cipher, &n));
	expect(c, "C_MessageEncryptFinal", CKR_OK, c->f3->C_MessageEncryptFinal(h));
	expect(c, "C_MessageEncryptInit", CKR_OK, c->f3->C_MessageEncryptInit(h, &gcm, key));
	fill(&m, CKG_GENERATE_COUNTER, 95);
	for (int i = 0; i < 2; i++)
		expect(c, "C_EncryptMessage", CKR_OK, encrypt(c, h, &m, cipher, &n));
	expect(c, "an IV more than a bit can count", CKR_MECHANISM_PARAM_INVALID,
		encrypt(c, h, &m, cipher, &n));
	fill(&m, CKG_GENERATE_RANDOM, 40);
	expect(c, "an IV with few random bits", CKR_MECHANISM_PARAM_INVALID,
		encrypt(c, h, &m, cipher, &n));
	expect(c, "C_MessageEncryptFinal", CKR_OK, c->f3->C_MessageEncryptFinal(h));
}

static void
test_encrypt_parts(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t out[ROOM];
	struct parameter m;
	CK_ULONG n = 0;

	expect(c, "C_MessageEncryptInit", CKR_OK, c->f3->C_MessageEncryptInit(h, &gcm, key));
	fill(&m, CKG_GENERATE, 16);
	expect(c, "C_EncryptMessageNext before it begins", CKR_OPERATION_NOT_INITIALIZED,
		next(c, h, &m, data, 5, out, &n, false));
	for (int i = 0; i < 2; i++) {
		fill(&m, CKG_GENERATE, 16);
		m.p.ulTagBits = 96;
		expect(c, "C_EncryptMessageBegin", CKR_OK, begin(c, h, &m));
		expect(c, "C_EncryptMessageBegin twice", CKR_OPERATION_ACTIVE, begin(c, h, &m));
		n = LEN;
		expect(c, "C_EncryptMessage within parts", CKR_OPERATION_ACTIVE,
			encrypt(c, h, &m, out, &n));
		expect(c, "C_MessageEncryptFinal within parts", CKR_OPERATION_ACTIVE,
			c->f3->C_MessageEncryptFinal(h));
		expect(c, "C_EncryptMessageNext asks for the length", CKR_OK,
			next(c, h, &m, data, 7, NULL, &n, false));
		expect(c, "a part is as long as it was", 7, n);
		n = 6;
		expect(c, "C_EncryptMessageNext into a small buffer", CKR_BUFFER_TOO_SMALL,
			next(c, h, &m, data, 7, out, &n, false));
		expect(c, "C_EncryptMessageNext", CKR_OK, next(c, h, &m, data, 7, out, &n, false));
		expect(c, "the last part asks for the length", CKR_OK,
			next(c, h, &m, data + 7, LEN - 7, NULL, &n, true));
		expect(c, "the tag is not counted", LEN - 7, n);
		expect(c, "the last C_EncryptMessageNext", CKR_OK,
			next(c, h, &m, data + 7, LEN - 7, out + 7, &n, true));
		check(c, &m, out);
	}
	expect(c, "C_EncryptMessageNext after the last", CKR_OPERATION_NOT_INITIALIZED,
		next(c, h, &m, data, 5, out, &n, false));
	expect(c, "C_EncryptMessageBegin", CKR_OK, begin(c, h, &m));
	expect(c, "C_EncryptMessageNext without its data", CKR_ARGUMENTS_BAD,
		next(c, h, &m, NULL, 5, out, &n, false));
	expect(c, "an error ends the message", CKR_OPERATION_NOT_INITIALIZED,
		next(c, h, &m, data, 5, out, &n, false));
	expect(c, "and not what comes after it", CKR_OK, begin(c, h, &m));
	m.p.ulTagBits = 128;
	expect(c, "a tag of another length", CKR_MECHANISM_PARAM_INVALID,
		next(c, h, &m, data, 5, out, &n, true));
	expect(c, "C_MessageEncryptFinal", CKR_OK, c->f3->C_MessageEncryptFinal(h));
	expect(c, "C_MessageEncryptFinal twice", CKR_OPERATION_NOT_INITIALIZED,
		c->f3->C_MessageEncryptFinal(h));
}

/* Nothing comes out before the tag has been seen. */
static void
test_decrypt_parts(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	struct gcm_case g = { NULL, aad, 16, sizeof(aad), 16 };
	uint8_t cipher[ROOM], out[ROOM];
	struct parameter m;
	CK_ULONG n = 0;

	fill(&m, 99, 1000); /* a decryption does not look at these */
	m.p.ulIvLen = 16;
	g.iv = m.iv;
	expect_true(c, "OpenSSL can encrypt",
		openssl_gcm(&g, value, sizeof(value), data, LEN, cipher, m.tag));
	expect(c, "C_MessageDecryptInit", CKR_OK, c->f3->C_MessageDecryptInit(h, &gcm, key));
	for (int i = 0; i < 2; i++) {
		expect(c, "C_DecryptMessageBegin", CKR_OK, decrypt_begin(c, h, &m));
		n = sizeof(out);
		expect(c, "C_DecryptMessageNext", CKR_OK,
			decrypt_next(c, h, &m, cipher, 20, out, &n, false));
		expect(c, "no plaintext without a tag", 0, n);
		expect(c, "the last part asks for the length", CKR_OK,
			decrypt_next(c, h, &m, cipher + 20, LEN - 20, NULL, &n, true));
		expect(c, "that of the whole message", LEN, n);
		n--;
		expect(c, "the last part into a small buffer", CKR_BUFFER_TOO_SMALL,
			decrypt_next(c, h, &m, cipher + 20, LEN - 20, out, &n, true));
		expect(c, "the last C_DecryptMessageNext", CKR_OK,
			decrypt_next(c, h, &m, cipher + 20, LEN - 20, out, &n, true));
		expect_true(c, "the message", n == LEN && memcmp(out, data, LEN) == 0);
	}
	expect(c, "C_DecryptMessageBegin", CKR_OK, decrypt_begin(c, h, &m));
	m.tag[15] ^= 1;
	expect(c, "parts with a wrong tag", CKR_AEAD_DECRYPT_FAILED,
		decrypt_next(c, h, &m, cipher, LEN, out, &n, true));
	expect(c, "it has ended the message", CKR_OPERATION_NOT_INITIALIZED,
		decrypt_next(c, h, &m, cipher, LEN, out, &n, true));
	expect(c, "C_MessageDecryptFinal", CKR_OK, c->f3->C_MessageDecryptFinal(h));
}

static void
test_parameters(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	uint8_t iv[16], tag[16], out[ROOM];
	const CK_GCM_MESSAGE_PARAMS bad[] = {
		{ NULL, IV_LEN, 0, CKG_NO_GENERATE, tag, 128 },
		{ iv, 0, 0, CKG_NO_GENERATE, tag, 128 },
		{ iv, IV_LEN, 0, CKG_NO_GENERATE, NULL, 128 },
		{ iv, IV_LEN, 0, CKG_NO_GENERATE, tag, 0 },
		{ iv, IV_LEN, 0, CKG_NO_GENERATE, tag, 100 },
		{ iv, IV_LEN, 0, CKG_NO_GENERATE, tag, 136 },
		{ iv, IV_LEN, 0, 5, tag, 128 },
		{ iv, IV_LEN, 96, CKG_GENERATE, tag, 128 },
	};
	CK_ULONG n = 0;
	struct parameter m;

	expect(c, "C_MessageEncryptInit", CKR_OK, c->f3->C_MessageEncryptInit(h, &gcm, key));
	for (size_t i = 0; i < COUNT(bad); i++) {
		fill(&m, 0, 0);
		m.p = bad[i];
		n = LEN;
		expect(c, "parameters that do not fit", CKR_MECHANISM_PARAM_INVALID,
			encrypt(c, h, &m, out, &n));
	}
	fill(&m, CKG_NO_GENERATE, 0);
	expect(c, "C_EncryptMessage without a parameter", CKR_MECHANISM_PARAM_INVALID,
		c->f3->C_EncryptMessage(h, NULL, 0, aad, sizeof(aad), data, LEN, out, &n));
	expect(c, "C_EncryptMessage with a part of a parameter", CKR_MECHANISM_PARAM_INVALID,
		c->f3->C_EncryptMessage(
			h, &m.p, sizeof(m.p) - 1, aad, sizeof(aad), data, LEN, out, &n));
	expect(c, "C_EncryptMessage without a length", CKR_ARGUMENTS_BAD,
		encrypt(c, h, &m, out, NULL));
	expect(c, "C_EncryptMessage without its additional data", CKR_ARGUMENTS_BAD,
		c->f3->C_EncryptMessage(h, &m.p, sizeof(m.p), NULL, 5, data, LEN, out, &n));
	n = LEN;
	expect(c, "errors end messages only", CKR_OK, encrypt(c, h, &m, out, &n));
	check(c, &m, out);
	expect(c, "C_MessageEncryptFinal", CKR_OK, c->f3->C_MessageEncryptFinal(h));
}

static void
test_init(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	struct parameter m;
	CK_MECHANISM ecb = { CKM_AES_ECB, NULL, 0 }, full = { CKM_AES_GCM, &m.p, sizeof(m.p) };
	CK_MECHANISM part = { CKM_AES_GCM, &m.p, 8 };
	uint8_t out[ROOM];
	CK_ULONG n = LEN;

	fill(&m, CKG_NO_GENERATE, 0);
	expect(c, "messages with ECB", CKR_MECHANISM_INVALID,
		c->f3->C_MessageEncryptInit(h, &ecb, key));
	expect(c, "a part of the parameters", CKR_MECHANISM_PARAM_INVALID,
		c->f3->C_MessageEncryptInit(h, &part, key));
	expect(c, "messages with an EC key", CKR_KEY_TYPE_INCONSISTENT,
		c->f3->C_MessageEncryptInit(h, &gcm, c->ec.public));
	expect(c, "messages without a key", CKR_KEY_HANDLE_INVALID,
		c->f3->C_MessageDecryptInit(h, &gcm, 0x7ffffffful));
	expect(c, "C_MessageEncryptInit with the parameter", CKR_OK,
		c->f3->C_MessageEncryptInit(h, &full, key));
	expect(c, "a second C_MessageEncryptInit", CKR_OPERATION_ACTIVE,
		c->f3->C_MessageEncryptInit(h, &gcm, key));
	expect(c, "C_EncryptMessage", CKR_OK, encrypt(c, h, &m, out, &n));
	expect(c, "C_MessageEncryptInit without a mechanism cancels", CKR_OK,
		c->f3->C_MessageEncryptInit(h, NULL, 0));
	expect(c, "C_EncryptMessage then", CKR_OPERATION_NOT_INITIALIZED,
		encrypt(c, h, &m, out, &n));
	expect(c, "C_MessageDecryptInit", CKR_OK, c->f3->C_MessageDecryptInit(h, &gcm, key));
	expect(c, "C_SessionCancel", CKR_OK, c->f3->C_SessionCancel(h, CKF_MESSAGE_DECRYPT));
	expect(c, "messages that the session cancelled", CKR_OPERATION_NOT_INITIALIZED,
		decrypt(c, h, &m, out, out, &n));
}

static void
test_info(struct ctx *c)
{
	const CK_FLAGS flags = CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MULTI_MESSAGE;
	CK_MECHANISM_INFO info;

	expect(c, "C_GetMechanismInfo of GCM", CKR_OK,
		c->f->C_GetMechanismInfo(c->slot, CKM_AES_GCM, &info));
	expect(c, "it encrypts messages", flags, info.flags & flags);
	expect(c, "C_GetMechanismInfo of CBC", CKR_OK,
		c->f->C_GetMechanismInfo(c->slot, CKM_AES_CBC, &info));
	expect(c, "it does not", 0, info.flags & flags);
}

void
test_message_cipher(struct ctx *c)
{
	static void (*const tests[])(
		struct ctx *, CK_SESSION_HANDLE, CK_OBJECT_HANDLE) = { test_whole, test_counter,
		test_encrypt_parts, test_decrypt_parts, test_parameters, test_init };

	if (c->f3 == NULL)
		return;
	for (size_t i = 0; i < LEN; i++)
		data[i] = (uint8_t)(5 * i);
	test_info(c);
	for (size_t i = 0; i < 2 * COUNT(tests); i++) {
		CK_SESSION_HANDLE h = open_rw(c);
		CK_OBJECT_HANDLE key = 0;

		expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
		find_keys(c, h);
		key = aes_key(c, h, i % 2 == 1, value, sizeof(value)); /* once in the TPM */
		tests[i / 2](c, h, key);
		expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
		close_all(c);
	}
}
