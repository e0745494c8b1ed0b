/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AES in all modes, with keys of all sizes, at once and in parts of all
 * lengths; OpenSSL has the other opinion.
 */
#include "config.h"

#include "api.h"

#define DATA_MAX 112
#define ROOM     (DATA_MAX + 64)
#define CANARY   0x5a

static uint8_t value[32] = "thirty-two bytes of an AES key..";
static uint8_t data[DATA_MAX];

/* One direction. */
struct way {
	const char *what;
	CK_RV (*init)(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key);
	CK_RV (*whole)(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG n, CK_BYTE *out, CK_ULONG *len);
	CK_RV (*update)(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG n, CK_BYTE *out, CK_ULONG *len);
	CK_RV (*final)(CK_SESSION_HANDLE h, CK_BYTE *out, CK_ULONG *len);
	bool exact; /* the length that is told is the length that it gets */
};

static bool
is_padded(const struct aes_row *row)
{
	return row->type == CKM_AES_CBC_PAD || row->type == CKM_AES_KEY_WRAP_KWP;
}

static struct way
encryption(const struct ctx *c)
{
	return (struct way){ "C_Encrypt", c->f->C_EncryptInit, c->f->C_Encrypt,
		c->f->C_EncryptUpdate, c->f->C_EncryptFinal, true };
}

static struct way
decryption(const struct ctx *c, const struct aes_row *row)
{
	return (struct way){ "C_Decrypt", c->f->C_DecryptInit, c->f->C_Decrypt,
		c->f->C_DecryptUpdate, c->f->C_DecryptFinal, !is_padded(row) };
}

static bool
same(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* One call: what it asks for, and neither more nor less than it gets. */
static void
whole(struct ctx *c, CK_SESSION_HANDLE h, const struct way *w, const uint8_t *in, size_t len,
	const uint8_t *wanted, size_t wanted_len)
{
	uint8_t out[ROOM], copy[ROOM];
	CK_ULONG n = 0, small = wanted_len - 1;

	expect(c, w->what, CKR_OK, w->whole(h, (CK_BYTE *)in, len, NULL, &n));
	if (w->exact && !c->reference)
		expect(c, "the length is told exactly", wanted_len, n);
	expect_true(c, "the length is told", n >= wanted_len && n <= wanted_len + 16);
	if (wanted_len > 0 && !c->reference) {
		expect(c, "a byte less is too small", CKR_BUFFER_TOO_SMALL,
			w->whole(h, (CK_BYTE *)in, len, out, &small));
		expect(c, "and the length is told again", wanted_len, small);
	}
	/* Input and output may be the same memory. */
	memset(copy, CANARY, sizeof(copy));
	if (len > 0)
		memcpy(copy, in, len);
	n = c->reference ? sizeof(copy) : wanted_len;
	expect(c, w->what, CKR_OK, w->whole(h, copy, len, copy, &n));
	expect_true(c, "as OpenSSL has it", same(copy, n, wanted, wanted_len));
	expect_true(c, "and nothing behind it",
		copy[(len > wanted_len ? len : wanted_len) + 1] == CANARY);
}

/* The same rules for a part; how much it has put out. */
static CK_ULONG
part(struct ctx *c, CK_SESSION_HANDLE h, const struct way *w, const uint8_t *in, size_t len,
	uint8_t *out)
{
	CK_ULONG n = 0, small = 0;

	if (c->reference) {
		n = ROOM;
		expect(c, "a part", CKR_OK, w->update(h, (CK_BYTE *)in, len, out, &n));
		return n;
	}
	expect(c, "a part asks for its length", CKR_OK, w->update(h, (CK_BYTE *)in, len, NULL, &n));
	small = n - 1;
	if (n > 0)
		expect(c, "a part into a small buffer", CKR_BUFFER_TOO_SMALL,
			w->update(h, (CK_BYTE *)in, len, out, &small));
	small = n;
	expect(c, "a part", CKR_OK, w->update(h, (CK_BYTE *)in, len, out, &n));
	expect(c, "what a part gives was told exactly", small, n);
	return n;
}

static CK_ULONG
last(struct ctx *c, CK_SESSION_HANDLE h, const struct way *w, size_t wanted, uint8_t *out)
{
	CK_ULONG n = 0, small = wanted - 1;

	if (c->reference) {
		n = ROOM;
		expect(c, "the end", CKR_OK, w->final(h, out, &n));
		return n;
	}
	expect(c, "the end asks for its length", CKR_OK, w->final(h, NULL, &n));
	expect_true(
		c, "the end's length", w->exact ? n == wanted : n >= wanted && n <= wanted + 16);
	if (wanted > 0) {
		expect(c, "the end into a small buffer", CKR_BUFFER_TOO_SMALL,
			w->final(h, out, &small));
		expect(c, "which tells the length", wanted, small);
	}
	n = wanted;
	expect(c, "the end", CKR_OK, w->final(h, out, &n));
	return n;
}

static void
in_parts(struct ctx *c, CK_SESSION_HANDLE h, const struct way *w, size_t step, const uint8_t *in,
	size_t len, const uint8_t *wanted, size_t wanted_len)
{
	uint8_t out[2 * ROOM];
	size_t at = 0, done = 0;

	if (!c->reference) /* SoftHSM wants a buffer without end for it */
		done += part(c, h, w, in, 0, out);
	for (at = 0; at < len; at += step)
		done += part(c, h, w, in + at, len - at < step ? len - at : step, out + done);
	if (!expect_true(c, "no more than there is", done <= wanted_len))
		return;
	done += last(c, h, w, wanted_len - done, out + done);
	expect_true(c, "in parts, too", same(out, done, wanted, wanted_len));
	expect(c, "then it has ended", CKR_OPERATION_NOT_INITIALIZED,
		w->final(h, out, &(CK_ULONG){ sizeof(out) }));
}

static bool
begin(struct ctx *c, CK_SESSION_HANDLE h, const struct way *w, const struct aes_row *row,
	CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = aes_mechanism(row);

	return expect(c, row->what, CKR_OK, w->init(h, &m, key));
}

static void
test_way(struct ctx *c, CK_SESSION_HANDLE h, const struct way *w, const struct aes_row *row,
	CK_OBJECT_HANDLE key, const uint8_t *in, size_t len, const uint8_t *wanted,
	size_t wanted_len)
{
	static const size_t steps[] = { 1, 7, 16, 33, DATA_MAX };

	if (!begin(c, h, w, row, key))
		return;
	whole(c, h, w, in, len, wanted, wanted_len);
	if (row->type == CKM_AES_KEY_WRAP || row->type == CKM_AES_KEY_WRAP_KWP)
		return;
	for (size_t i = 0; i < COUNT(steps); i++)
		if (begin(c, h, w, row, key))
			in_parts(c, h, w, steps[i], in, len, wanted, wanted_len);
}

/* Also nothing at all, where the mode takes that; key wrapping has a least length. */
static void
test_row(struct ctx *c, CK_SESSION_HANDLE h, const struct aes_row *row, CK_OBJECT_HANDLE key,
	size_t key_len)
{
	static const size_t lengths[] = { 0, 1, 16, 24, 47, 48, DATA_MAX };
	struct way encrypting = encryption(c), decrypting = decryption(c, row);
	bool wraps = row->type == CKM_AES_KEY_WRAP || row->type == CKM_AES_KEY_WRAP_KWP;
	uint8_t cipher[ROOM];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t len = lengths[i], n = 0;

		if (len % row->unit != 0 || (len == 0 && (wraps || c->reference)) ||
			(len == 8 && row->type == CKM_AES_KEY_WRAP))
			continue;
		n = openssl_aes(row, value, key_len, data, len, cipher);
		test_way(c, h, &encrypting, row, key, data, len, cipher, n);
		test_way(c, h, &decrypting, row, key, cipher, n, data, len);
	}
}

static void
test_cmac(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, size_t key_len)
{
	static const size_t lengths[] = { 0, 1, 16, 17, 64, DATA_MAX };
	CK_ULONG want = 5;
	CK_MECHANISM m = { CKM_AES_CMAC, NULL, 0 };
	CK_MECHANISM brief = { CKM_AES_CMAC_GENERAL, &want, sizeof(want) };
	uint8_t right[16], mac[16];

	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t len = lengths[i];
		CK_ULONG n = sizeof(mac);

		openssl_cmac(value, key_len, data, len, right);
		expect(c, "CKM_AES_CMAC", CKR_OK, sign(c, h, &m, key, data, len, mac, &n));
		expect_true(c, "OpenSSL makes the same CMAC", same(mac, n, right, 16));
		expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &m, key));
		for (size_t at = 0; at < len; at += 7)
			expect(c, "C_VerifyUpdate", CKR_OK,
				c->f->C_VerifyUpdate(h, data + at, len - at < 7 ? len - at : 7));
		expect(c, "C_VerifyFinal", CKR_OK, c->f->C_VerifyFinal(h, right, 16));
		n = sizeof(mac);
		if (!expect(c, "CKM_AES_CMAC_GENERAL", CKR_OK,
			    sign(c, h, &brief, key, data, len, mac, &n)))
			continue;
		expect_true(c, "it is the CMAC's beginning", same(mac, n, right, want));
		expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &brief, key));
		expect(c, "C_Verify", CKR_OK, c->f->C_Verify(h, data, len, mac, want));
		expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &brief, key));
		expect(c, "a whole CMAC", CKR_SIGNATURE_LEN_RANGE,
			c->f->C_Verify(h, data, len, right, 16));
		right[0] ^= 1;
		expect(c, "C_VerifyInit", CKR_OK, c->f->C_VerifyInit(h, &m, key));
		expect(c, "a wrong CMAC", CKR_SIGNATURE_INVALID,
			c->f->C_Verify(h, data, len, right, 16));
	}
}

static void
test_info(struct ctx *c, CK_MECHANISM_TYPE type, CK_FLAGS flags)
{
	CK_MECHANISM_INFO info;

	if (c->reference)
		return;
	expect(c, "C_GetMechanismInfo of AES", CKR_OK,
		c->f->C_GetMechanismInfo(c->slot, type, &info));
	expect(c, "its least key", 16, info.ulMinKeySize);
	expect(c, "its largest key", 32, info.ulMaxKeySize);
	expect(c, "its uses", flags, info.flags & flags);
}

static void
test_key(struct ctx *c, CK_SESSION_HANDLE h, bool token, size_t len)
{
	CK_OBJECT_HANDLE key = aes_key(c, h, token, value, len);

	for (size_t i = 0; i < aes_row_count; i++)
		test_row(c, h, &aes_rows[i], key, len);
	test_cmac(c, h, key, len);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
}

void
test_cipher(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < aes_row_count; i++)
		test_info(c, aes_rows[i].type, CKF_ENCRYPT | CKF_DECRYPT);
	test_info(c, CKM_AES_CMAC, CKF_SIGN | CKF_VERIFY);
	test_info(c, CKM_AES_CMAC_GENERAL, CKF_SIGN | CKF_VERIFY);
	for (size_t len = 16; len <= sizeof(value); len += 8)
		test_key(c, h, false, len);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	test_key(c, h, true, 16);
	test_key(c, h, true, 32);
	close_all(c);
}
