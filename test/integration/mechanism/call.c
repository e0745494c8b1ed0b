/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations in one call and in parts. What all have in common is tested with
 * each: the length is told before, a buffer that is too small changes nothing.
 */
#include "config.h"

#include "mechanism.h"

static CK_RV
sign_update(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	(void)out;
	*out_len = 0;
	return f->C_SignUpdate(h, in, len);
}

static CK_RV
digest_update(CK_SESSION_HANDLE h, CK_BYTE *in, CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	(void)out;
	*out_len = 0;
	return f->C_DigestUpdate(h, in, len);
}

static CK_RV
digest_init(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
	(void)key;
	return f->C_DigestInit(h, m);
}

struct calls {
	CK_RV (*init)(CK_SESSION_HANDLE, CK_MECHANISM *, CK_OBJECT_HANDLE);
	CK_RV (*once)(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG, CK_BYTE *, CK_ULONG *);
	CK_RV (*update)(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG, CK_BYTE *, CK_ULONG *);
	CK_RV (*final)(CK_SESSION_HANDLE, CK_BYTE *, CK_ULONG *);
};

static struct calls
calls_of(enum operation op)
{
	const struct calls all[] = {
		[OP_ENCRYPT] = { f->C_EncryptInit, f->C_Encrypt, f->C_EncryptUpdate,
			f->C_EncryptFinal },
		[OP_DECRYPT] = { f->C_DecryptInit, f->C_Decrypt, f->C_DecryptUpdate,
			f->C_DecryptFinal },
		[OP_SIGN] = { f->C_SignInit, f->C_Sign, sign_update, f->C_SignFinal },
		[OP_SIGN_RECOVER] = { f->C_SignRecoverInit, f->C_SignRecover, NULL, NULL },
		[OP_VERIFY_RECOVER] = { f->C_VerifyRecoverInit, f->C_VerifyRecover, NULL, NULL },
		[OP_DIGEST] = { digest_init, f->C_Digest, digest_update, f->C_DigestFinal },
	};

	return all[op];
}

size_t
call_once(const struct trial *t, enum operation op, CK_OBJECT_HANDLE key, const uint8_t *in,
	size_t len, uint8_t *out, bool exact)
{
	const struct calls calls = calls_of(op);
	CK_BYTE *data = (CK_BYTE *)in;
	CK_ULONG told = 0, n = 0;
	CK_RV rv = calls.init(session, (CK_MECHANISM *)&t->m, key);

	if (rv == CKR_OK)
		rv = calls.once(session, data, len, NULL, &told);
	n = told;
	if (rv == CKR_OK && exact && told > 0) {
		n = told - 1;
		rv = calls.once(session, data, len, out, &n) == CKR_BUFFER_TOO_SMALL && n == told
			     ? CKR_OK
			     : CKR_GENERAL_ERROR;
	}
	if (rv == CKR_OK)
		rv = calls.once(session, data, len, out, &n);
	if (rv == CKR_OK && (exact ? n != told : n > told))
		rv = CKR_DATA_LEN_RANGE;
	if (rv == CKR_OK)
		return n;
	trial_fails(t, "in one call", rv);
	return FAILED;
}

/* One part, of which the length is asked before. */
static CK_RV
part(const struct calls *calls, const uint8_t *in, size_t len, uint8_t *out, size_t *at)
{
	CK_ULONG told = 0, n = 0;
	CK_RV rv = CKR_OK;

	/* An update without an output has no length to tell, and would be made twice. */
	if (calls->update != sign_update && calls->update != digest_update)
		rv = calls->update(session, (CK_BYTE *)in, len, NULL, &told);
	n = told;
	if (rv == CKR_OK)
		rv = calls->update(session, (CK_BYTE *)in, len, out + *at, &n);
	*at += n;
	return rv == CKR_OK && n != told ? CKR_DATA_LEN_RANGE : rv;
}

size_t
call_parts(const struct trial *t, enum operation op, CK_OBJECT_HANDLE key, const uint8_t *in,
	size_t len, uint8_t *out)
{
	static const size_t parts[] = { 1, 15, 3, 33, ROOM };
	const struct calls calls = calls_of(op);
	CK_RV rv = calls.init(session, (CK_MECHANISM *)&t->m, key);
	CK_ULONG n = 0;
	size_t done = 0, at = 0;

	for (size_t i = 0; i < COUNT(parts) && rv == CKR_OK && done < len; i++) {
		size_t now = parts[i] < len - done ? parts[i] : len - done;

		rv = part(&calls, in + done, now, out, &at);
		done += now;
	}
	if (rv == CKR_OK)
		rv = calls.final(session, NULL, &n);
	if (rv == CKR_OK)
		rv = calls.final(session, out + at, &n);
	if (rv == CKR_OK)
		return at + n;
	trial_fails(t, "in parts", rv);
	return FAILED;
}
