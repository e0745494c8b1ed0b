/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption and decryption of many messages: the tag is apart, and the IV may
 * be the module's.
 */
#include "config.h"

#include "mechanism.h"

enum { DATA_LEN = 1100, TAG_LEN = 12, IV_LEN = 12 };

struct message {
	CK_GCM_MESSAGE_PARAMS p;
	uint8_t iv[IV_LEN], tag[TAG_LEN];
	struct trial single; /* the same as one operation, for OpenSSL */
};

static void
message_begin(struct message *m, const struct trial *t, bool random)
{
	*m = (struct message){ .single = *t };
	memcpy(m->iv, t->p.gcm.pIv, IV_LEN);
	m->p = (CK_GCM_MESSAGE_PARAMS){ m->iv, IV_LEN, 0,
		random ? CKG_GENERATE_RANDOM : CKG_NO_GENERATE, m->tag, 8 * TAG_LEN };
	m->single.p.gcm.pIv = m->iv;
	m->single.p.gcm.ulTagBits = 8 * TAG_LEN;
}

static CK_RV
encrypt(struct message *m, uint8_t *data, size_t len, uint8_t *out, size_t *out_len, bool parts)
{
	CK_GCM_PARAMS *g = &m->single.p.gcm;
	CK_ULONG first = ROOM, n = ROOM;
	CK_RV rv = CKR_OK;

	if (!parts) {
		rv = f3->C_EncryptMessage(
			session, &m->p, sizeof(m->p), g->pAAD, g->ulAADLen, data, len, out, &n);
		*out_len = n;
		return rv;
	}
	rv = f3->C_EncryptMessageBegin(session, &m->p, sizeof(m->p), g->pAAD, g->ulAADLen);
	if (rv == CKR_OK)
		rv = f3->C_EncryptMessageNext(
			session, &m->p, sizeof(m->p), data, 17, out, &first, 0);
	if (rv == CKR_OK)
		rv = f3->C_EncryptMessageNext(session, &m->p, sizeof(m->p), data + 17, len - 17,
			out + first, &n, CKF_END_OF_MESSAGE);
	*out_len = first + n;
	return rv;
}

static bool
encrypts(const struct trial *t, const struct key *key, bool parts, bool random)
{
	uint8_t data[ROOM], out[ROOM], back[ROOM];
	size_t len = trial_data(t, DATA_LEN, data), n = 0;
	struct message m;
	CK_RV rv = CKR_OK;

	message_begin(&m, t, random);
	rv = encrypt(&m, data, len, out, &n, parts);
	if (rv != CKR_OK)
		return trial_fails(t, "a message", rv);
	if (random && memcmp(m.iv, t->p.gcm.pIv, IV_LEN) == 0)
		return trial_fails(t, "with no IV of its own", 0);
	memcpy(out + n, m.tag, TAG_LEN);
	n = ref_crypt(&m.single, key, false, out, n + TAG_LEN, back);
	return (n == len && memcmp(back, data, len) == 0) ||
	       trial_fails(t, "what OpenSSL can not decrypt", n);
}

bool
use_message_encrypt(struct trial *t)
{
	const struct key *key = key_for(t, CKF_ENCRYPT);
	CK_RV rv = CKR_OK;
	bool ok = true;

	if (key == NULL)
		return false;
	t->m = (CK_MECHANISM){ t->row->type, NULL, 0 };
	rv = f3->C_MessageEncryptInit(session, &t->m, key->handle);
	if (rv != CKR_OK)
		return trial_fails(t, "messages", rv);
	for (int i = 0; i < 4 && ok; i++)
		ok = encrypts(t, key, i % 2 == 1, i / 2 == 1);
	rv = ok ? f3->C_MessageEncryptFinal(session) : CKR_OK;
	return ok && (rv == CKR_OK || trial_fails(t, "to the end of its messages", rv));
}

static CK_RV
decrypt(struct message *m, uint8_t *data, size_t len, uint8_t *out, size_t *out_len, bool parts)
{
	CK_GCM_PARAMS *g = &m->single.p.gcm;
	CK_ULONG first = ROOM, n = ROOM;
	CK_RV rv = CKR_OK;

	if (!parts) {
		rv = f3->C_DecryptMessage(
			session, &m->p, sizeof(m->p), g->pAAD, g->ulAADLen, data, len, out, &n);
		*out_len = n;
		return rv;
	}
	rv = f3->C_DecryptMessageBegin(session, &m->p, sizeof(m->p), g->pAAD, g->ulAADLen);
	if (rv == CKR_OK)
		rv = f3->C_DecryptMessageNext(
			session, &m->p, sizeof(m->p), data, 17, out, &first, 0);
	if (rv == CKR_OK)
		rv = f3->C_DecryptMessageNext(session, &m->p, sizeof(m->p), data + 17, len - 17,
			out + first, &n, CKF_END_OF_MESSAGE);
	*out_len = first + n;
	return rv;
}

static bool
decrypts(const struct trial *t, const struct key *key, bool parts)
{
	uint8_t data[ROOM], cipher[ROOM], back[ROOM];
	size_t len = trial_data(t, DATA_LEN, data), n = 0;
	struct message m;
	CK_RV rv = CKR_OK;

	message_begin(&m, t, false);
	if (ref_crypt(&m.single, key, true, data, len, cipher) != len + TAG_LEN)
		return trial_fails(t, "is not known to OpenSSL", 0);
	memcpy(m.tag, cipher + len, TAG_LEN);
	rv = decrypt(&m, cipher, len, back, &n, parts);
	if (rv != CKR_OK || n != len || memcmp(back, data, len) != 0)
		return trial_fails(t, "not what OpenSSL has encrypted", rv);
	m.tag[0] ^= 1;
	rv = decrypt(&m, cipher, len, back, &n, parts);
	return rv == CKR_AEAD_DECRYPT_FAILED || trial_fails(t, "with a wrong tag", rv);
}

bool
use_message_decrypt(struct trial *t)
{
	const struct key *key = key_for(t, CKF_DECRYPT);
	CK_RV rv = CKR_OK;
	bool ok = true;

	if (key == NULL)
		return false;
	t->m = (CK_MECHANISM){ t->row->type, NULL, 0 };
	rv = f3->C_MessageDecryptInit(session, &t->m, key->handle);
	if (rv != CKR_OK)
		return trial_fails(t, "messages", rv);
	for (int parts = 0; parts < 2 && ok; parts++)
		ok = decrypts(t, key, parts);
	rv = ok ? f3->C_MessageDecryptFinal(session) : CKR_OK;
	return ok && (rv == CKR_OK || trial_fails(t, "to the end of its messages", rv));
}
