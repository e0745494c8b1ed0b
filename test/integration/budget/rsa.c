/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA: encryption on the host, decryption and signatures in the TPM, whose
 * answer is kept until the buffer fits.
 */
#include "config.h"

#include <string.h>

#include "budget.h"

static CK_MECHANISM pkcs = { CKM_RSA_PKCS, NULL, 0 };

/* A session key, which leaves nothing loaded at the end. */
static void
generate(struct budget *b)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_ULONG bits = 8 * RSA_LEN;
	CK_MECHANISM rsa = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_MODULUS_BITS, &bits, sizeof bits },
		{ CKA_ENCRYPT, &yes, 1 } };
	CK_ATTRIBUTE private[] = { { CKA_DECRYPT, &yes, 1 }, { CKA_SIGN, &yes, 1 } };

	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &rsa, public, COUNT(public),
					  private, COUNT(private), &b->public_key, &b->key));
}

static void
encrypt(struct budget *b)
{
	CK_ULONG len = 0;

	must("C_EncryptInit", b->f->C_EncryptInit(b->session, &pkcs, b->public_key));
	must("C_Encrypt", b->f->C_Encrypt(b->session, digest, sizeof digest, NULL, &len));
	must("C_Encrypt", b->f->C_Encrypt(b->session, digest, sizeof digest, b->out, &len));
}

static void
decrypt_init(struct budget *b)
{
	must("C_DecryptInit", b->f->C_DecryptInit(b->session, &pkcs, b->key));
}

static void
decrypt_size(struct budget *b)
{
	must("C_Decrypt", b->f->C_Decrypt(b->session, b->out, RSA_LEN, NULL, &b->out_len));
}

static void
decrypt_now(struct budget *b)
{
	CK_BYTE plain[RSA_LEN];
	CK_ULONG len = sizeof plain;

	must("C_Decrypt", b->f->C_Decrypt(b->session, b->out, RSA_LEN, plain, &len));
	if (len != sizeof digest || memcmp(plain, digest, len) != 0)
		must("C_Decrypt of something else", CKR_GENERAL_ERROR);
}

/* The size is asked for, then the buffer is too small, then it fits. */
static void
decrypt(struct budget *b)
{
	CK_BYTE plain[RSA_LEN];
	CK_ULONG len = sizeof digest - 1;

	decrypt_init(b);
	decrypt_size(b);
	if (b->f->C_Decrypt(b->session, b->out, RSA_LEN, plain, &len) != CKR_BUFFER_TOO_SMALL)
		must("C_Decrypt into a small buffer", CKR_GENERAL_ERROR);
	decrypt_now(b);
}

static void
sign_rsa(struct budget *b)
{
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE signature[RSA_LEN];
	CK_ULONG len = 0;

	must("C_SignInit", b->f->C_SignInit(b->session, &m, b->key));
	must("C_Sign", b->f->C_Sign(b->session, digest, sizeof digest, NULL, &len));
	must("C_Sign", b->f->C_Sign(b->session, digest, sizeof digest, signature, &len));
}

const struct row rsa_rows[] = {
	{ .call = start },
	{ "C_GenerateKeyPair RSA", generate, ALL(1), 0 },
	{ "C_Encrypt with a public key", encrypt, ALL(0), 0 },
	{ "C_DecryptInit", decrypt_init, ALL(0), 0 },
	{ "the size of what C_Decrypt gives", decrypt_size, ALL(0), 0 },
	{ "first C_Decrypt with a key", decrypt_now, ALL(2), 0 },
	{ "each later one, its size asked for, then into a small buffer, then into one that fits",
		decrypt, ALL(1), 0 },
	{ "C_Sign RSA with a key that is loaded", sign_rsa, ALL(1), 0 },
	{ .call = drop_pair },
	{ .call = finalize },
	{ .call = NULL },
};
