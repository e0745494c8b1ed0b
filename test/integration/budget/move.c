/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private key that may leave, wrapped by a key on the host.
 */
#include "config.h"

#include "budget.h"

static CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };

static CK_OBJECT_HANDLE by; /* the key on the host */

static void
make_wrapping_key(struct budget *b)
{
	static CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
	static CK_KEY_TYPE aes = CKK_AES;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &secret, sizeof secret },
		{ CKA_KEY_TYPE, &aes, sizeof aes }, { CKA_VALUE, digest, sizeof digest } };

	must("C_CreateObject", b->f->C_CreateObject(b->session, t, COUNT(t), &by));
}

static void
generate(struct budget *b)
{
	static CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public = { CKA_EC_PARAMS, p256, sizeof p256 };
	CK_ATTRIBUTE private = { CKA_EXTRACTABLE, &yes, 1 };

	must("C_GenerateKeyPair", b->f->C_GenerateKeyPair(b->session, &m, &public, 1, &private, 1,
					  &b->public_key, &b->key));
}

static void
wrap_size(struct budget *b)
{
	must("C_WrapKey", b->f->C_WrapKey(b->session, &kwp, by, b->key, NULL, &b->out_len));
}

static void
wrap(struct budget *b)
{
	must("C_WrapKey", b->f->C_WrapKey(b->session, &kwp, by, b->key, b->out, &b->out_len));
}

static void
unwrap(struct budget *b)
{
	static CK_BBOOL yes = CK_TRUE;
	static CK_OBJECT_CLASS private = CKO_PRIVATE_KEY;
	static CK_KEY_TYPE ec = CKK_EC;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &private, sizeof private },
		{ CKA_KEY_TYPE, &ec, sizeof ec }, { CKA_TOKEN, &yes, 1 } };

	must("C_UnwrapKey",
		b->f->C_UnwrapKey(b->session, &kwp, by, b->out, b->out_len, t, COUNT(t), &b->key));
}

static void
drop(struct budget *b)
{
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, b->key));
	must("C_DestroyObject", b->f->C_DestroyObject(b->session, by));
}

const struct row move_rows[] = {
	{ .call = start },
	{ .call = draw_random },
	{ .call = make_wrapping_key },
	{ "C_GenerateKeyPair of a key that may leave", generate, ALL(1), 0 },
	{ "the length of a wrapped private key", wrap_size, ALL(0), 0 },
	{ "first C_WrapKey of a private key", wrap, ALL(8), 0 },
	{ "the length again", wrap_size, ALL(0), 0 },
	{ "each later C_WrapKey", wrap, ALL(7), 0 },
	{ .call = drop_pair },
	{ "C_UnwrapKey of a private key", unwrap, ALL(1), 0 },
	{ .call = drop },
	{ .call = finalize },
	{ .call = NULL },
};
