/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys of the token: in the TPM, or sealed in it.
 */
#include "config.h"

#include "budget.h"

static CK_BYTE data[2048];

static void
generate(struct budget *b, CK_MECHANISM_TYPE type, bool readable)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_ULONG len = 32;
	CK_BBOOL extractable = readable, sensitive = !readable;
	CK_MECHANISM m = { type, NULL, 0 };
	CK_ATTRIBUTE t[] = { { CKA_TOKEN, &yes, 1 }, { CKA_VALUE_LEN, &len, sizeof len },
		{ CKA_EXTRACTABLE, &extractable, 1 }, { CKA_SENSITIVE, &sensitive, 1 } };

	must("C_GenerateKey", b->f->C_GenerateKey(b->session, &m, t, COUNT(t), &b->key));
}

static void
generate_aes(struct budget *b)
{
	generate(b, CKM_AES_KEY_GEN, false);
}

static void
generate_hmac(struct budget *b)
{
	generate(b, CKM_SHA256_KEY_GEN, false);
}

static void
generate_sealed(struct budget *b)
{
	generate(b, CKM_GENERIC_SECRET_KEY_GEN, true);
}

/* The size is asked for first. */
static void
encrypt(struct budget *b, CK_MECHANISM *m, size_t len)
{
	CK_ULONG out_len = 0;

	must("C_EncryptInit", b->f->C_EncryptInit(b->session, m, b->key));
	must("C_Encrypt", b->f->C_Encrypt(b->session, data, len, NULL, &out_len));
	must("C_Encrypt", b->f->C_Encrypt(b->session, data, len, b->out, &out_len));
}

static void
encrypt_gcm(struct budget *b, size_t len)
{
	CK_BYTE iv[12] = { 0 };
	CK_GCM_PARAMS gcm = { iv, sizeof iv, 8 * sizeof iv, NULL, 0, 128 };

	encrypt(b, &(CK_MECHANISM){ CKM_AES_GCM, &gcm, sizeof gcm }, len);
}

static void
gcm_992(struct budget *b)
{
	encrypt_gcm(b, 992);
}

static void
gcm_993(struct budget *b)
{
	encrypt_gcm(b, 993);
}

static void
encrypt_cbc(struct budget *b, size_t len)
{
	CK_BYTE iv[16] = { 0 };

	encrypt(b, &(CK_MECHANISM){ CKM_AES_CBC, iv, sizeof iv }, len);
}

static void
cbc_1024(struct budget *b)
{
	encrypt_cbc(b, 1024);
}

static void
cbc_2048(struct budget *b)
{
	encrypt_cbc(b, 2048);
}

static void
read_one(struct budget *b, CK_ATTRIBUTE_TYPE type)
{
	CK_BYTE value[64];
	CK_ATTRIBUTE a = { type, value, sizeof value };

	must("C_GetAttributeValue", b->f->C_GetAttributeValue(b->session, b->key, &a, 1));
}

static void
read_length(struct budget *b)
{
	read_one(b, CKA_VALUE_LEN);
}

static void
read_value(struct budget *b)
{
	read_one(b, CKA_VALUE);
}

static void
mac(struct budget *b)
{
	CK_MECHANISM m = { CKM_SHA256_HMAC, NULL, 0 };
	CK_BYTE out[32];
	CK_ULONG len = 0;

	must("C_SignInit", b->f->C_SignInit(b->session, &m, b->key));
	must("C_Sign", b->f->C_Sign(b->session, data, 1024, NULL, &len));
	must("C_Sign", b->f->C_Sign(b->session, data, 1024, out, &len));
}

/* What it left loaded is not the next one's. */
static void
drop(struct budget *b)
{
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, b->key));
}

const struct row secret_rows[] = {
	{ .call = start },
	{ .call = draw_random },
	{ "C_GenerateKey AES", generate_aes, ALL(1), 0 },
	{ "first C_Encrypt AES-GCM with a key, 992 bytes", gcm_992, ALL(2), 0 },
	{ "each later C_Encrypt AES-GCM, 992 bytes", gcm_992, ALL(1), 0 },
	{ "C_Encrypt AES-GCM, 993 bytes", gcm_993, ALL(2), 0 },
	{ "C_Encrypt AES-CBC, 1024 bytes", cbc_1024, ALL(1), 0 },
	{ "C_Encrypt AES-CBC, 2048 bytes", cbc_2048, ALL(2), 0 },
	{ "C_GetAttributeValue of its length", read_length, ALL(0), 0 },
	{ .call = drop },
	{ "C_GenerateKey SHA256-HMAC", generate_hmac, ALL(1), 0 },
	{ "first C_Sign with an HMAC key, 1024 bytes", mac, ALL(2), 0 },
	{ "each later C_Sign with an HMAC key", mac, ALL(1), 0 },
	{ .call = drop },
	{ "C_GenerateKey of a generic secret", generate_sealed, ALL(1), 0 },
	{ "C_Sign with a sealed key", mac, ALL(3), 0 },
	{ "C_GetAttributeValue of a sealed value", read_value, ALL(3), 0 },
	{ .call = drop },
	{ .call = finalize },
	{ .call = NULL },
};
