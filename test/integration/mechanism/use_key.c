/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that are made, and derived.
 */
#include "config.h"

#include "mechanism.h"

/* What a key that has been generated does next. */
static CK_MECHANISM_TYPE
first_use(const struct trial *t, enum kind kind)
{
	switch (kind) {
	case KIND_RSA:
		return CKM_RSA_PKCS;
	case KIND_EC:
		return CKM_ECDSA;
	case KIND_AES:
		return CKM_AES_CMAC;
	default:
		return t->row->hash != NULL ? t->row->hash->hmac : CKM_SHA256_HMAC;
	}
}

bool
key_signs(const struct trial *made, const struct key *key)
{
	struct trial t = *made;
	uint8_t data[ROOM], out[ROOM], right[ROOM];
	size_t len = 0, n = 0;

	t.row = row_find(first_use(made, key->kind));
	trial_parameter(&t);
	len = trial_data(&t, 100, data);
	n = call_once(&t, OP_SIGN, key->handle, data, len, out, true);
	if (n == FAILED)
		return false;
	if (key->pkey != NULL)
		return ref_verify(&t, key->pkey, data, len, out, n);
	return key->len == 0 ||
	       (ref_mac(&t, key, data, len, right) == n && memcmp(out, right, n) == 0);
}

bool
use_generate_pair(struct trial *t)
{
	const struct key *key = key_for(t, CKF_SIGN);

	if (key == NULL)
		return false;
	if (key->pkey == NULL || EVP_PKEY_get_bits(key->pkey) != (int)t->size)
		return trial_fails(t, "makes a key of another size", 0);
	return key_signs(t, key) || trial_fails(t, "makes a key that does not sign", 0);
}

/* A DES key makes no MACs. */
static bool
key_encrypts(const struct trial *made, const struct key *key)
{
	struct trial t = *made;
	uint8_t data[ROOM], out[ROOM], right[ROOM];
	size_t len = 0, n = 0;

	t.row = row_find(key->size == 8 ? CKM_DES_ECB : CKM_DES3_ECB);
	trial_parameter(&t);
	len = trial_data(&t, 100, data);
	n = call_once(&t, OP_ENCRYPT, key->handle, data, len, out, true);
	return n != FAILED &&
	       (key->len == 0 || (ref_crypt(&t, key, true, data, len, right) == n &&
					 memcmp(out, right, n) == 0));
}

/* The type of a DES key says how long it is. */
static CK_RV
generate(const struct trial *t, bool open, struct key *key)
{
	bool des = t->row->kind == KIND_DES;
	CK_ATTRIBUTE template[] = { attr_bool(CKA_TOKEN, t->token), attr_bool(CKA_PRIVATE, true),
		attr_bool(des ? CKA_ENCRYPT : CKA_SIGN, true), attr_bool(CKA_SENSITIVE, !open),
		attr_bool(CKA_EXTRACTABLE, open), attr_number(CKA_VALUE_LEN, &t->size) };

	return f->C_GenerateKey(session, (CK_MECHANISM *)&t->m, template,
		COUNT(template) - (des ? 1 : 0), &key->handle);
}

/* Once as a key that may be read, and once as one that may not. */
bool
use_generate(struct trial *t)
{
	bool ok = true;

	for (int open = 0; open < 2 && ok; open++) {
		struct key key = { .kind = t->row->kind, .size = t->size };
		CK_RV rv = generate(t, open, &key);

		if (rv != CKR_OK)
			return trial_fails(t, open ? "of a key that may be read" : "of a key", rv);
		key.len = read_value(key.handle, CKA_VALUE, key.value);
		if (key.len != (open ? t->size : 0))
			ok = trial_fails(t, "gives a value of another length", key.len);
		else if (t->row->kind == KIND_DES)
			ok = key_encrypts(t, &key) ||
			     trial_fails(t, "makes a key that does not encrypt", 0);
		else if (t->row->scheme == SCHEME_GENERATE && t->key_type != CKK_HKDF)
			ok = key_signs(t, &key) ||
			     trial_fails(t, "makes a key that does not sign", 0);
		f->C_DestroyObject(session, key.handle);
	}
	return ok;
}

/* A secret of len bytes that may be read; or, from CKM_HKDF_DATA, as much data. */
static CK_RV
derive(const struct trial *t, const struct key *key, CK_ULONG len, uint8_t *out, size_t *out_len)
{
	static const CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	const CK_OBJECT_CLASS class = t->row->type == CKM_HKDF_DATA ? CKO_DATA : CKO_SECRET_KEY;
	CK_ATTRIBUTE template[] = { attr_number(CKA_CLASS, &class), attr_bool(CKA_TOKEN, t->token),
		attr_bool(CKA_PRIVATE, true), attr_number(CKA_VALUE_LEN, &len),
		attr_number(CKA_KEY_TYPE, &type), attr_bool(CKA_SENSITIVE, false),
		attr_bool(CKA_EXTRACTABLE, true) };
	CK_OBJECT_HANDLE derived = 0;
	CK_RV rv = f->C_DeriveKey(session, (CK_MECHANISM *)&t->m, key->handle, template,
		class == CKO_DATA ? 4 : COUNT(template), &derived);

	if (rv != CKR_OK)
		return rv;
	*out_len = read_value(derived, CKA_VALUE, out);
	return f->C_DestroyObject(session, derived);
}

bool
use_derive(struct trial *t)
{
	const struct key *key = key_for(t, CKF_DERIVE);
	uint8_t point[ROOM], right[ROOM], out[ROOM];
	size_t point_len = 0, n = 0, got = 0;
	CK_RV rv = CKR_OK;

	if (key == NULL)
		return false;
	n = t->row->kind == KIND_EC ? ref_ecdh(key, point, &point_len, right)
				    : ref_derive(t, key, right);
	if (t->row->scheme == SCHEME_DERIVE_KEY)
		t->p.other = key->handle;
	if (t->row->kind == KIND_EC) {
		t->p.ecdh.pPublicData = point;
		t->p.ecdh.ulPublicDataLen = point_len;
	}
	if (n == FAILED)
		return trial_fails(t, "is not known to OpenSSL", 0);
	rv = derive(t, key, n, out, &got);
	if (rv != CKR_OK)
		return trial_fails(t, "to a key that may be read", rv);
	return (got == n && memcmp(out, right, n) == 0) ||
	       trial_fails(t, "comes to something else than OpenSSL", got);
}
