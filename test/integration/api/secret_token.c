/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys of the token: they do the same after C_Finalize, and in another
 * process, as before; not without a login; and what may be read of them is.
 */
#include "config.h"

#include <sys/wait.h>
#include <unistd.h>

#include "api.h"

static const uint8_t value[] = "thirty-two bytes of what is secret";
static uint8_t data[16] = "a block of data.";

static const struct row {
	const char *label;
	CK_ULONG type;
	CK_MECHANISM_TYPE mechanism;
	bool encrypts;
} rows[] = {
	{ "token AES", CKK_AES, CKM_AES_ECB, true },
	{ "token HMAC", CKK_SHA256_HMAC, CKM_SHA256_HMAC, false },
	{ "token generic", CKK_GENERIC_SECRET, CKM_SHA256_HMAC, false },
};

static CK_OBJECT_HANDLE
create(struct ctx *c, CK_SESSION_HANDLE h, const struct row *row, bool token, bool private,
	bool readable)
{
	static const CK_ULONG secret = CKO_SECRET_KEY;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &row->type),
		attr_bool(CKA_TOKEN, token), attr_bool(CKA_PRIVATE, private),
		attr_bool(CKA_SENSITIVE, !readable), attr_bool(CKA_EXTRACTABLE, readable),
		attr_bool(row->encrypts ? CKA_ENCRYPT : CKA_SIGN, true),
		attr_text(CKA_LABEL, row->label), attr_bytes(CKA_VALUE, value, 32) };
	CK_OBJECT_HANDLE key = 0;

	expect(c, "a secret key is created", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &key));
	return key;
}

static CK_RV
use(struct ctx *c, CK_SESSION_HANDLE h, const struct row *row, CK_OBJECT_HANDLE key, uint8_t *out)
{
	CK_MECHANISM m = { row->mechanism, NULL, 0 };
	CK_ULONG len = 32;
	CK_RV rv = CKR_OK;

	memset(out, 0, 32);
	if (!row->encrypts)
		return sign(c, h, &m, key, data, sizeof(data), out, &len);
	rv = c->f->C_EncryptInit(h, &m, key);
	return rv != CKR_OK ? rv : c->f->C_Encrypt(h, data, sizeof(data), out, &len);
}

static CK_OBJECT_HANDLE
find(struct ctx *c, CK_SESSION_HANDLE h, const struct row *row, CK_ULONG expected)
{
	CK_ATTRIBUTE label = attr_text(CKA_LABEL, row->label);
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG n = 0;

	expect(c, "search", CKR_OK, search(c, h, &label, 1, &key, 1, &n));
	expect(c, "a secret key is found by those who may see it", expected, n);
	return key;
}

static void
same(struct ctx *c, CK_SESSION_HANDLE h, const struct row *row, CK_OBJECT_HANDLE key,
	const uint8_t *right)
{
	uint8_t out[32];

	expect(c, "a secret key of the token is used", CKR_OK, use(c, h, row, key, out));
	expect_true(c, "it does what a session's does", memcmp(out, right, 32) == 0);
}

static void
after_a_restart(struct ctx *c, const struct row *row, bool private, const uint8_t *right)
{
	CK_SESSION_HANDLE h = open_session(c, 0);
	CK_OBJECT_HANDLE key = find(c, h, row, !private);
	uint8_t out[32];

	if (!private)
		expect(c, "a secret key of the token without a login", CKR_USER_NOT_LOGGED_IN,
			use(c, h, row, key, out));
	close_all(c);
	h = open_session(c, 0);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	key = find(c, h, row, 1);
	same(c, h, row, key, right);
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	if (private)
		expect(c, "a private secret key after a logout", CKR_KEY_HANDLE_INVALID,
			use(c, h, row, key, out));
	close_all(c);
}

/* A child, which is another process to the token. */
static void
elsewhere(struct ctx *c, const struct row *row, const uint8_t *right)
{
	unsigned before = failures();
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		CK_SESSION_HANDLE h = 0;

		if (start(c)) {
			h = open_session(c, 0);
			expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
			same(c, h, row, find(c, h, row, 1), right);
			expect(c, "C_Finalize", CKR_OK, c->f->C_Finalize(NULL));
		}
		_exit(failures() - before > 0);
	}
	expect_true(c, "another process uses the key",
		waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
test_life(struct ctx *c, const struct row *row, bool private)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_OBJECT_HANDLE key = 0;
	uint8_t right[32];

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	key = create(c, h, row, false, false, false);
	expect(c, "a session's secret key is used", CKR_OK, use(c, h, row, key, right));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	key = create(c, h, row, true, private, false);
	same(c, h, row, key, right);
	close_all(c);
	expect(c, "C_Finalize", CKR_OK, c->f->C_Finalize(NULL));
	elsewhere(c, row, right);
	if (!expect_true(c, "the module starts again", start(c)))
		return;
	after_a_restart(c, row, private, right);
	h = open_rw(c);
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, find(c, h, row, 1)));
	close_all(c);
}

static CK_RV
digest(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, uint8_t *out)
{
	CK_MECHANISM m = { CKM_SHA256, NULL, 0 };
	CK_ULONG len = 32;
	CK_RV rv = c->f->C_DigestInit(h, &m);

	if (rv == CKR_OK)
		rv = c->f->C_DigestKey(h, key);
	return rv == CKR_OK ? c->f->C_DigestFinal(h, out, &len) : rv;
}

static void
test_reading(struct ctx *c, const struct row *row)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_OBJECT_HANDLE key = 0;
	uint8_t back[64], hash[32], right[32];
	CK_ULONG len = 0;
	CK_ATTRIBUTE t[] = { { CKA_VALUE, back, sizeof(back) },
		{ CKA_VALUE_LEN, &len, sizeof(len) } };

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	key = create(c, h, row, true, true, true);
	expect(c, "a token key's value is read", CKR_OK, c->f->C_GetAttributeValue(h, key, t, 2));
	expect_true(c, "it is what was given",
		t[0].ulValueLen == 32 && len == 32 && memcmp(back, value, 32) == 0);
	expect(c, "C_DigestKey of a token key", CKR_OK, digest(c, h, key, hash));
	openssl_digest("SHA256", value, 32, right);
	expect_true(c, "is the digest of its value", memcmp(hash, right, 32) == 0);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	key = create(c, h, row, true, true, false);
	t[0].ulValueLen = sizeof(back);
	expect(c, "a sensitive token key's value is not read", CKR_ATTRIBUTE_SENSITIVE,
		c->f->C_GetAttributeValue(h, key, t, 2));
	expect_true(
		c, "but its length", t[0].ulValueLen == CK_UNAVAILABLE_INFORMATION && len == 32);
	expect(c, "C_DigestKey of a sensitive token key", CKR_KEY_INDIGESTIBLE,
		digest(c, h, key, hash));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, key));
	close_all(c);
}

void
test_secret_token(struct ctx *c)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		test_life(c, &rows[i], true);
		test_life(c, &rows[i], false);
		test_reading(c, &rows[i]);
	}
}
