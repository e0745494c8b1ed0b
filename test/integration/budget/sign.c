/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an elliptic-curve key does: signatures, agreement, login for each use.
 */
#include "config.h"

#include <string.h>

#include "budget.h"

static CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_ATTRIBUTE generic_secret[] = { { CKA_CLASS, &secret, sizeof secret },
	{ CKA_KEY_TYPE, &generic, sizeof generic } };

static void
generate(struct budget *b)
{
	generate_ec(b, CK_FALSE);
}

static void
generate_always(struct budget *b)
{
	generate_ec(b, CK_TRUE);
}

static void
verify(struct budget *b)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };

	must("C_VerifyInit", b->f->C_VerifyInit(b->session, &ecdsa, b->public_key));
	must("C_Verify",
		b->f->C_Verify(b->session, digest, sizeof digest, b->signature, SIGNATURE_LEN));
}

static void
verify_in_parts(struct budget *b)
{
	CK_MECHANISM m = { CKM_ECDSA_SHA256, NULL, 0 };
	CK_RV rv = CKR_OK;

	must("C_VerifyInit", b->f->C_VerifyInit(b->session, &m, b->public_key));
	must("C_VerifyUpdate", b->f->C_VerifyUpdate(b->session, digest, sizeof digest));
	rv = b->f->C_VerifyFinal(b->session, b->signature, SIGNATURE_LEN);
	if (rv != CKR_SIGNATURE_INVALID) /* it is the signature of something else */
		must("C_VerifyFinal", rv == CKR_OK ? CKR_GENERAL_ERROR : rv);
}

static void
sign_in_parts(struct budget *b)
{
	CK_MECHANISM m = { CKM_ECDSA_SHA256, NULL, 0 };
	CK_ULONG len = 0;

	must("C_SignInit", b->f->C_SignInit(b->session, &m, b->key));
	must("C_SignUpdate", b->f->C_SignUpdate(b->session, digest, sizeof digest));
	must("C_SignUpdate", b->f->C_SignUpdate(b->session, digest, sizeof digest));
	must("C_SignFinal", b->f->C_SignFinal(b->session, NULL, &len));
	must("C_SignFinal", b->f->C_SignFinal(b->session, b->out, &len));
}

/* With a point that is certainly on the curve: the key's own. */
static void
derive(struct budget *b)
{
	CK_BYTE point[67];
	CK_ATTRIBUTE value = { CKA_EC_POINT, point, sizeof point };
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, sizeof point, point };
	CK_MECHANISM ecdh = { CKM_ECDH1_DERIVE, &params, sizeof params };
	CK_OBJECT_HANDLE key = 0;

	must("C_GetAttributeValue",
		b->f->C_GetAttributeValue(b->session, b->public_key, &value, 1));
	must("C_DeriveKey", b->f->C_DeriveKey(b->session, &ecdh, b->key, generic_secret,
				    COUNT(generic_secret), &key));
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, key));
}

static void
let_it_encapsulate(struct budget *b)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE may[] = { { CKA_ENCAPSULATE, &yes, 1 }, { CKA_DECAPSULATE, &yes, 1 } };

	must("C_SetAttributeValue",
		b->f->C_SetAttributeValue(b->session, b->public_key, &may[0], 1));
	must("C_SetAttributeValue", b->f->C_SetAttributeValue(b->session, b->key, &may[1], 1));
}

static void
encapsulate(struct budget *b)
{
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, 0, NULL };
	CK_MECHANISM ecdh = { CKM_ECDH1_DERIVE, &params, sizeof params };
	CK_OBJECT_HANDLE key = 0;

	b->out_len = sizeof b->out;
	must("C_EncapsulateKey",
		functions_3_2(b)->C_EncapsulateKey(b->session, &ecdh, b->public_key, generic_secret,
			COUNT(generic_secret), b->out, &b->out_len, &key));
}

static void
decapsulate(struct budget *b)
{
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, 0, NULL };
	CK_MECHANISM ecdh = { CKM_ECDH1_DERIVE, &params, sizeof params };
	CK_OBJECT_HANDLE key = 0;

	must("C_DecapsulateKey",
		functions_3_2(b)->C_DecapsulateKey(b->session, &ecdh, b->key, generic_secret,
			COUNT(generic_secret), b->out, b->out_len, &key));
}

/* To the session: gone with it. */
static void
copy(struct budget *b)
{
	static CK_BBOOL no = CK_FALSE;
	CK_ATTRIBUTE t = { CKA_TOKEN, &no, 1 };
	CK_OBJECT_HANDLE o = 0;

	must("C_CopyObject", b->f->C_CopyObject(b->session, b->key, &t, 1, &o));
	must("C_CopyObject", b->f->C_CopyObject(b->session, b->public_key, &t, 1, &o));
}

static void
context_login(struct budget *b)
{
	must("C_Login",
		b->f->C_Login(b->session, CKU_CONTEXT_SPECIFIC, (CK_BYTE *)b->pin, strlen(b->pin)));
}

const struct row sign_rows[] = {
	{ .call = start },
	{ "C_GenerateKeyPair EC", generate, ALL(1), 0 },
	{ "C_SignInit", sign_init, ALL(0), 0 },
	{ "the size of a signature", sign_size, ALL(0), 0 },
	{ "first C_Sign with a key", sign_now, ALL(2), 0 },
	{ "each later one, with C_SignInit and its size asked for", sign, ALL(1), 0 },
	{ "and in parts", sign_in_parts, ALL(1), 0 },
	{ .call = sign },
	{ "C_Verify", verify, ALL(0), 0 },
	{ "C_VerifyFinal", verify_in_parts, ALL(0), 0 },
	{ "C_DeriveKey with a key that is loaded", derive, ALL(1), 0 },
	{ .call = let_it_encapsulate },
	{ "C_EncapsulateKey", encapsulate, ALL(0), 0 },
	{ "C_DecapsulateKey with a key that is loaded", decapsulate, ALL(1), 0 },
	{ "C_CopyObject of a pair whose key is loaded", copy, ALL(1), 0 },
	{ .call = drop_pair },
	{ "C_GenerateKeyPair of an always-authenticate key", generate_always, ALL(1), 0 },
	{ "C_SignInit with it", sign_init, ALL(0), 0 },
	{ "context-specific login", context_login, ALL(3), 0 },
	{ "the size of its signature", sign_size, ALL(0), 0 },
	{ "its first C_Sign", sign_now, ALL(2), 0 },
	{ "the next C_SignInit", sign_init, ALL(0), 0 },
	{ "the next context-specific login", context_login, ALL(3), 0 },
	{ "the next C_Sign", sign_now, ALL(1), 0 },
	{ .call = drop_pair },
	{ .call = finalize },
	{ .call = NULL },
};
