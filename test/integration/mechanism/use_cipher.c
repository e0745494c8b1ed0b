/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encryption and decryption.
 */
#include "config.h"

#include "mechanism.h"

/* The last is more than a TPM takes at once. */
static const size_t lens[] = { 16, 45, 0, 1104 };

/* Ciphertexts of one text differ where the padding is random: OpenSSL decrypts what the module has
 * made. */
static bool
encrypts(const struct trial *t, const struct key *key, size_t data_len, bool parts)
{
	uint8_t data[ROOM], out[ROOM], back[ROOM];
	size_t len = trial_data(t, data_len, data);
	size_t n = parts ? call_parts(t, OP_ENCRYPT, key->handle, data, len, out)
			 : call_once(t, OP_ENCRYPT, key->handle, data, len, out, true);

	if (n == FAILED)
		return false;
	n = ref_crypt(t, key, false, out, n, back);
	return (n == len && memcmp(data, back, n) == 0) ||
	       trial_fails(t, "is not what OpenSSL can decrypt", 0);
}

static bool
decrypts(const struct trial *t, const struct key *key, size_t data_len, bool parts)
{
	uint8_t data[ROOM], out[ROOM], back[ROOM];
	size_t len = trial_data(t, data_len, data);
	size_t n = ref_crypt(t, key, true, data, len, out);

	if (n == FAILED)
		return trial_fails(t, "is not known to OpenSSL", 0);
	n = parts ? call_parts(t, OP_DECRYPT, key->handle, out, n, back)
		  : call_once(t, OP_DECRYPT, key->handle, out, n, back, false);
	if (n == FAILED)
		return false;
	return (n == len && memcmp(data, back, n) == 0) ||
	       trial_fails(t, "is not what OpenSSL has encrypted", 0);
}

static bool
each_way(struct trial *t, CK_FLAGS use,
	bool (*run)(const struct trial *, const struct key *, size_t, bool))
{
	const struct key *key = key_for(t, use);
	bool ok = key != NULL;

	/* A TPM that wraps a long message takes a second for it, and nothing can not be wrapped. */
	for (size_t i = 0; i < (t->row->single ? 2 : COUNT(lens)) && ok; i++)
		ok = run(t, key, lens[i], false) && (t->row->single || run(t, key, lens[i], true));
	return ok;
}

bool
use_encrypt(struct trial *t)
{
	return each_way(t, CKF_ENCRYPT, encrypts);
}

bool
use_decrypt(struct trial *t)
{
	return each_way(t, CKF_DECRYPT, decrypts);
}
