/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What several chapters do.
 */
#include "config.h"

#include "api.h"

const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

CK_SESSION_HANDLE
open_session(const struct ctx *c, CK_FLAGS flags)
{
	CK_SESSION_HANDLE h = 0;
	CK_RV rv = c->f->C_OpenSession(c->slot, CKF_SERIAL_SESSION | flags, NULL, NULL, &h);

	expect(c, "a session can be opened", CKR_OK, rv);
	return h;
}

CK_SESSION_HANDLE
open_rw(const struct ctx *c)
{
	return open_session(c, CKF_RW_SESSION);
}

CK_RV
login(const struct ctx *c, CK_SESSION_HANDLE h, CK_USER_TYPE user, const char *pin)
{
	return c->f->C_Login(h, user, (CK_UTF8CHAR *)pin, strlen(pin));
}

void
close_all(const struct ctx *c)
{
	expect(c, "all sessions can be closed", CKR_OK, c->f->C_CloseAllSessions(c->slot));
}

bool
find_slot(struct ctx *c)
{
	CK_SLOT_ID list[16];
	CK_ULONG n = COUNT(list);
	CK_TOKEN_INFO info;

	if (c->f->C_GetSlotList(CK_TRUE, NULL, &(CK_ULONG){ 0 }) != CKR_OK ||
		c->f->C_GetSlotList(CK_TRUE, list, &n) != CKR_OK)
		return false;
	for (CK_ULONG i = 0; i < n; i++) {
		if (c->f->C_GetTokenInfo(list[i], &info) != CKR_OK ||
			memcmp(info.label, LABEL, strlen(LABEL)) != 0)
			continue;
		c->slot = list[i];
		return true;
	}
	return false;
}

bool
start(struct ctx *c)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	return expect(c, "C_Initialize", CKR_OK, c->f->C_Initialize(&args)) && find_slot(c);
}

CK_ATTRIBUTE
attr_bytes(CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	return (CK_ATTRIBUTE){ type, (void *)value, len };
}

CK_ATTRIBUTE
attr_bool(CK_ATTRIBUTE_TYPE type, bool value)
{
	return attr_bytes(type, value ? &yes : &no, 1);
}

CK_ATTRIBUTE
attr_text(CK_ATTRIBUTE_TYPE type, const char *value)
{
	return attr_bytes(type, value, strlen(value));
}

CK_ATTRIBUTE
attr_number(CK_ATTRIBUTE_TYPE type, const CK_ULONG *value)
{
	return attr_bytes(type, value, sizeof(*value));
}

static CK_RV
generate(const struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type, bool token,
	const char *label, CK_ATTRIBUTE what, struct pair *out)
{
	CK_MECHANISM m = { type, NULL, 0 };
	CK_ATTRIBUTE public[] = { what, attr_bool(CKA_TOKEN, token), attr_bool(CKA_PRIVATE, false),
		attr_bool(CKA_VERIFY, true), attr_text(CKA_LABEL, label),
		attr_text(CKA_ID, label) };
	CK_ATTRIBUTE private[] = { attr_bool(CKA_TOKEN, token), attr_bool(CKA_PRIVATE, true),
		attr_bool(CKA_SENSITIVE, true), attr_bool(CKA_SIGN, true),
		attr_text(CKA_LABEL, label), attr_text(CKA_ID, label) };

	return c->f->C_GenerateKeyPair(
		h, &m, public, COUNT(public), private, COUNT(private), &out->public, &out->private);
}

CK_RV
generate_rsa(
	const struct ctx *c, CK_SESSION_HANDLE h, bool token, const char *label, struct pair *out)
{
	static const CK_ULONG bits = 2048;

	return generate(c, h, CKM_RSA_PKCS_KEY_PAIR_GEN, token, label,
		attr_number(CKA_MODULUS_BITS, &bits), out);
}

CK_RV
generate_ec(
	const struct ctx *c, CK_SESSION_HANDLE h, bool token, const char *label, struct pair *out)
{
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };

	return generate(c, h, CKM_EC_KEY_PAIR_GEN, token, label,
		attr_bytes(CKA_EC_PARAMS, p256, sizeof(p256)), out);
}

CK_OBJECT_HANDLE
aes_key(const struct ctx *c, CK_SESSION_HANDLE h, bool token, const uint8_t *value, size_t len)
{
	static const CK_ULONG secret = CKO_SECRET_KEY, aes = CKK_AES;
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &aes),
		attr_bool(CKA_TOKEN, token), attr_bool(CKA_PRIVATE, token),
		attr_bool(CKA_ENCRYPT, true), attr_bool(CKA_DECRYPT, true),
		attr_bool(CKA_SIGN, true), attr_bool(CKA_VERIFY, true),
		attr_bytes(CKA_VALUE, value, len) };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "an AES key for all uses", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	return o;
}

CK_RV
search(const struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE *t, CK_ULONG n,
	CK_OBJECT_HANDLE *list, CK_ULONG room, CK_ULONG *count)
{
	CK_RV rv = c->f->C_FindObjectsInit(h, t, n), end = CKR_OK;

	*count = 0;
	if (rv != CKR_OK)
		return rv;
	rv = c->f->C_FindObjects(h, list, room, count);
	end = c->f->C_FindObjectsFinal(h);
	return rv != CKR_OK ? rv : end;
}

CK_RV
sign(const struct ctx *c, CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
	const void *data, size_t len, uint8_t *signature, CK_ULONG *signature_len)
{
	CK_RV rv = c->f->C_SignInit(h, m, key);

	return rv != CKR_OK ? rv : c->f->C_Sign(h, (CK_BYTE *)data, len, signature, signature_len);
}

void
find_keys(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const struct {
		const char *label;
		size_t pair;
	} rows[] = { { "rsa", offsetof(struct ctx, rsa) }, { "ec", offsetof(struct ctx, ec) } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair *pair = (struct pair *)(void *)((char *)c + rows[i].pair);
		CK_ULONG public = CKO_PUBLIC_KEY, private = CKO_PRIVATE_KEY, n = 0;
		CK_ATTRIBUTE t[] = { attr_text(CKA_LABEL, rows[i].label),
			attr_number(CKA_CLASS, &public) };

		expect(c, "search", CKR_OK, search(c, h, t, 2, &pair->public, 1, &n));
		expect(c, "the public key is found by its label", 1, n);
		t[1] = attr_number(CKA_CLASS, &private);
		expect(c, "search", CKR_OK, search(c, h, t, 2, &pair->private, 1, &n));
		expect(c, "the private key is found by its label", 1, n);
	}
}
