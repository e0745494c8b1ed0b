/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outer wrapper of duplicates, and sensitive areas. There is no inner
 * wrapper: the outer one has both secrecy and integrity.
 */
#include "config.h"

#include <tss2/tss2_tpm2_types.h>

#include "crypto/crypto.h"
#include "tpm/duplicate.h"

/* Both come from the seed. */
struct wrapper {
	struct buf cipher_key;
	struct buf mac_key;
};

static void
wrapper_clear(struct wrapper *w)
{
	buf_free(&w->cipher_key);
	buf_free(&w->mac_key);
}

static CK_RV
wrapper_init(
	struct wrapper *w, const struct share_key *parent, struct bytes name, struct bytes seed)
{
	const struct hash_row *hash = hash_row(parent->hash);
	CK_RV rv = CKR_OK;

	*w = (struct wrapper){ BUF_EMPTY, BUF_EMPTY };
	if (parent->aes_bits == 0)
		return rv_fail(CKR_DEVICE_ERROR,
			"the parent protects its objects by a cipher that is not known here");
	if ((rv = crypto_kdfa(hash->id, seed, "STORAGE", name, BYTES_EMPTY, parent->aes_bits,
		     &w->cipher_key)) == CKR_OK)
		rv = crypto_kdfa(hash->id, seed, "INTEGRITY", BYTES_EMPTY, BYTES_EMPTY,
			8 * hash->len, &w->mac_key);
	return rv;
}

/* Each key encrypts once, so the IV is zero. */
static CK_RV
wrapper_crypt(const struct wrapper *w, bool encrypt, struct buf *data)
{
	static const uint8_t zeros[AES_BLOCK_LEN];

	return crypto_aes_cfb(
		view(&w->cipher_key), bytes_of(zeros, sizeof zeros), encrypt, data->ptr, data->len);
}

/* out: room for the digest */
static CK_RV
wrapper_mac(const struct wrapper *w, const struct share_key *parent, struct bytes encrypted,
	struct bytes name, uint8_t *out)
{
	const struct bytes parts[] = { encrypted, name };

	return crypto_hmac_into(parent->hash, view(&w->mac_key), parts, 2, out);
}

static CK_RV
wrap(const struct wrapper *w, const struct share_key *parent, struct bytes name,
	struct buf *encrypted, struct buf *out)
{
	uint8_t mac[sizeof(TPMU_HA)];
	CK_RV rv = wrapper_crypt(w, true, encrypted);

	if (rv == CKR_OK && (rv = wrapper_mac(w, parent, view(encrypted), name, mac)) == CKR_OK &&
		(rv = buf_append_u16(out, (uint16_t)hash_row(parent->hash)->len)) == CKR_OK &&
		(rv = buf_append(out, bytes_of(mac, hash_row(parent->hash)->len))) == CKR_OK)
		rv = buf_append(out, view(encrypted));
	return rv;
}

CK_RV
duplicate_wrap(const struct share_key *parent, struct bytes name, struct bytes sensitive,
	struct buf *seed, struct buf *duplicate)
{
	struct wrapper w = { BUF_EMPTY, BUF_EMPTY };
	struct buf secret = BUF_EMPTY;
	struct buf data = BUF_EMPTY;
	CK_RV rv = share_make(parent, DUPLICATE_LABEL, &secret, seed);

	if (rv == CKR_OK && (rv = wrapper_init(&w, parent, name, view(&secret))) == CKR_OK &&
		(rv = buf_set(&data, sensitive)) == CKR_OK)
		rv = wrap(&w, parent, name, &data, duplicate);
	buf_free(&data);
	buf_free(&secret);
	wrapper_clear(&w);
	return rv;
}

static CK_RV
duplicate_damaged(void)
{
	return rv_fail(CKR_DEVICE_ERROR,
		"what the TPM gave out is damaged, or was not meant for this process");
}

static CK_RV
unwrap(const struct wrapper *w, const struct share_key *parent, struct bytes name,
	struct bytes duplicate, struct buf *out)
{
	struct reader r = reader_of(duplicate);
	struct bytes told = read_sized_u16(&r);
	uint8_t mac[sizeof(TPMU_HA)];
	CK_RV rv = CKR_OK;

	if (r.failed || told.len != hash_row(parent->hash)->len)
		return duplicate_damaged();
	if ((rv = wrapper_mac(w, parent, r.rest, name, mac)) != CKR_OK)
		return rv;
	if (!mem_equal_ct(mac, told.ptr, told.len))
		return duplicate_damaged();
	rv = buf_set(out, r.rest);
	return rv == CKR_OK ? wrapper_crypt(w, false, out) : rv;
}

CK_RV
duplicate_unwrap(const struct share_key *parent, struct bytes scalar, struct bytes name,
	struct bytes seed, struct bytes duplicate, struct buf *sensitive)
{
	struct wrapper w = { BUF_EMPTY, BUF_EMPTY };
	struct buf secret = BUF_EMPTY;
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = share_open(parent, scalar, DUPLICATE_LABEL, seed, &secret);

	if (rv == CKR_DEVICE_ERROR)
		rv = duplicate_damaged();
	if (rv == CKR_OK && (rv = wrapper_init(&w, parent, name, view(&secret))) == CKR_OK &&
		(rv = unwrap(&w, parent, name, duplicate, &fresh)) == CKR_OK)
		buf_move(sensitive, &fresh);
	buf_free(&fresh);
	buf_free(&secret);
	wrapper_clear(&w);
	return rv;
}

/* --- sensitive areas ------------------------------------------------------------------------- */

static CK_RV
append_sized(struct buf *out, struct bytes b)
{
	CK_RV rv = buf_append_u16(out, (uint16_t)b.len);

	return rv == CKR_OK ? buf_append(out, b) : rv;
}

/* Type, authorisation, seed (none: no parent), secret. */
static CK_RV
write_area(uint16_t type, struct bytes auth, struct bytes secret, struct buf *out)
{
	struct buf area = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = buf_append_u16(&area, type)) == CKR_OK &&
		(rv = append_sized(&area, auth)) == CKR_OK &&
		(rv = append_sized(&area, BYTES_EMPTY)) == CKR_OK &&
		(rv = append_sized(&area, secret)) == CKR_OK)
		rv = append_sized(out, view(&area));
	buf_free(&area);
	return rv;
}

CK_RV
sensitive_write(const struct privkey *key, struct bytes auth, struct buf *out)
{
	const struct curve_row *curve = curve_row(key->public.curve);
	struct buf scalar = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (key->public.kind == KEY_RSA) {
		if (key->prime1.len == 0 || 2 * key->prime1.len != key->public.modulus.len)
			return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
				"a TPM wants a prime that is half as long as the modulus");
		return write_area(TPM2_ALG_RSA, auth, view(&key->prime1), out);
	}
	if (curve == NULL || key->scalar.len == 0 || key->scalar.len > curve->field_len)
		return rv_fail(
			CKR_ATTRIBUTE_VALUE_INVALID, "a private key that does not fit its curve");
	if ((rv = buf_set_padded(&scalar, view(&key->scalar), curve->field_len)) == CKR_OK)
		rv = write_area(TPM2_ALG_ECC, auth, view(&scalar), out);
	buf_free(&scalar);
	return rv;
}

CK_RV
sensitive_read(struct bytes sensitive, uint16_t type, struct bytes *secret)
{
	struct reader r = reader_of(sensitive);
	uint16_t len = read_u16(&r);
	bool fits = len == r.rest.len && read_u16(&r) == type;
	struct bytes found = BYTES_EMPTY;

	(void)read_sized_u16(&r); /* authorisation */
	(void)read_sized_u16(&r); /* seed */
	found = read_sized_u16(&r);
	if (!fits || !reader_done(&r))
		return duplicate_damaged();
	*secret = found;
	return CKR_OK;
}
