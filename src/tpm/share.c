/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sharing secrets with the holder of a storage key.
 */
#include "config.h"

#include <string.h>

#include <tss2/tss2_mu.h>

#include "crypto/crypto.h"
#include "tpm/share.h"

void
share_key_clear(struct share_key *k)
{
	pubkey_free(&k->key);
	buf_free(&k->x);
	*k = (struct share_key){ .hash = HASH_NONE };
}

static CK_RV
read_rsa(const TPMT_PUBLIC *pub, struct share_key *out)
{
	uint32_t e = pub->parameters.rsaDetail.exponent;
	uint8_t exponent[4];
	CK_RV rv = CKR_OK;

	out->key.kind = KEY_RSA;
	put_u32(exponent, e != 0 ? e : 65537);
	if ((rv = buf_set(&out->key.exponent, bytes_trim_left(bytes_of(exponent, 4)))) != CKR_OK)
		return rv;
	return buf_set(&out->key.modulus, bytes_of(pub->unique.rsa.buffer, pub->unique.rsa.size));
}

static CK_RV
append_padded(struct buf *out, struct bytes number, size_t len)
{
	struct buf padded = BUF_EMPTY;
	CK_RV rv = buf_set_padded(&padded, number, len);

	if (rv == CKR_OK)
		rv = buf_append(out, view(&padded));
	buf_free(&padded);
	return rv;
}

static CK_RV
read_ecc(const TPMT_PUBLIC *pub, struct share_key *out)
{
	const struct curve_row *curve = curve_by_tpm(pub->parameters.eccDetail.curveID);
	struct bytes x = bytes_of(pub->unique.ecc.x.buffer, pub->unique.ecc.x.size);
	struct bytes y = bytes_of(pub->unique.ecc.y.buffer, pub->unique.ecc.y.size);
	CK_RV rv = CKR_OK;

	if (curve == NULL)
		return rv_fail(CKR_DEVICE_ERROR, "the parent key's curve is unknown");
	out->key.kind = KEY_EC;
	out->key.curve = curve->id;
	if ((rv = buf_set(&out->x, x)) == CKR_OK &&
		(rv = buf_append_u8(&out->key.point, 4)) == CKR_OK &&
		(rv = append_padded(&out->key.point, x, curve->field_len)) == CKR_OK)
		rv = append_padded(&out->key.point, y, curve->field_len);
	return rv;
}

/* RSA and ECC keys begin with it. */
static size_t
aes_bits_of(const TPMT_SYM_DEF_OBJECT *symmetric)
{
	return symmetric->algorithm == TPM2_ALG_AES && symmetric->mode.aes == TPM2_ALG_CFB
		       ? symmetric->keyBits.aes
		       : 0;
}

static CK_RV
read_key(struct bytes public, struct share_key *out)
{
	TPM2B_PUBLIC pub = { 0 };
	const struct hash_row *hash = NULL;
	size_t at = 0;

	if (public.len == 0 ||
		Tss2_MU_TPM2B_PUBLIC_Unmarshal(public.ptr, public.len, &at, &pub) !=
			TSS2_RC_SUCCESS ||
		at != public.len || (hash = hash_by_tpm_alg(pub.publicArea.nameAlg)) == NULL)
		return rv_fail(CKR_DEVICE_ERROR, "the parent's public area is malformed");
	out->hash = hash->id;
	out->aes_bits = aes_bits_of(&pub.publicArea.parameters.asymDetail.symmetric);
	if (pub.publicArea.type == TPM2_ALG_ECC)
		return read_ecc(&pub.publicArea, out);
	if (pub.publicArea.type == TPM2_ALG_RSA)
		return read_rsa(&pub.publicArea, out);
	return rv_fail(CKR_DEVICE_ERROR, "the parent is neither an RSA nor an ECC key");
}

CK_RV
share_key_read(struct bytes public, struct share_key *out)
{
	struct share_key fresh = { .hash = HASH_NONE };
	CK_RV rv = read_key(public, &fresh);

	if (rv != CKR_OK) {
		share_key_clear(&fresh);
		return rv;
	}
	share_key_clear(out);
	*out = fresh;
	return CKR_OK;
}

/*
 * KDFe of what both parties have computed. The x coordinates are hashed as they go over the wire:
 * the ephemeral key's, and the static one's as it stands in its public area.
 */
static CK_RV
derive_ecc(const struct share_key *key, struct bytes z, const char *label, struct bytes ephemeral_x,
	struct buf *secret)
{
	return crypto_kdfe(key->hash, z, label, ephemeral_x, view(&key->x),
		8 * hash_row(key->hash)->len, secret);
}

static CK_RV
make_ecc(const struct share_key *key, const char *label, struct buf *secret, struct buf *encrypted)
{
	const struct curve_row *curve = curve_row(key->key.curve);
	struct buf point = BUF_EMPTY;
	struct buf z = BUF_EMPTY;
	struct bytes x, y;
	CK_RV rv = CKR_OK;

	if ((rv = ecdh_ephemeral(&key->key, &point, &z)) != CKR_OK)
		goto out;
	x = bytes_slice(view(&point), 1, curve->field_len);
	y = bytes_slice(view(&point), 1 + curve->field_len, curve->field_len);
	if ((rv = buf_append_u16(encrypted, (uint16_t)x.len)) != CKR_OK ||
		(rv = buf_append(encrypted, x)) != CKR_OK ||
		(rv = buf_append_u16(encrypted, (uint16_t)y.len)) != CKR_OK ||
		(rv = buf_append(encrypted, y)) != CKR_OK)
		goto out;
	rv = derive_ecc(key, view(&z), label, x, secret);
out:
	buf_free(&z);
	buf_free(&point);
	return rv;
}

/* Random bytes under OAEP with the name algorithm. */
static CK_RV
make_rsa(const struct share_key *key, const char *label, struct buf *secret, struct buf *encrypted)
{
	struct bytes hashed = bytes_of(label, strlen(label) + 1);
	struct buf padded = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = buf_resize(secret, hash_row(key->hash)->len)) != CKR_OK ||
		(rv = crypto_random(secret->ptr, secret->len)) != CKR_OK ||
		(rv = pad_oaep(key->hash, key->hash, hashed, view(secret), key->key.modulus.len,
			 &padded)) != CKR_OK)
		goto out;
	rv = rsa_public(&key->key, view(&padded), encrypted);
out:
	buf_free(&padded);
	return rv;
}

CK_RV
share_make(
	const struct share_key *key, const char *label, struct buf *secret, struct buf *encrypted)
{
	if (key->key.kind == KEY_EC)
		return make_ecc(key, label, secret, encrypted);
	return make_rsa(key, label, secret, encrypted);
}

/* TPMS_ECC_POINT as 04 || X || Y. */
static CK_RV
point_read(enum curve c, struct bytes in, struct bytes *x, struct pubkey *out)
{
	const struct curve_row *curve = curve_row(c);
	struct reader r = reader_of(in);
	struct bytes parts[2] = { BYTES_EMPTY, BYTES_EMPTY };
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < 2; i++)
		parts[i] = read_sized_u16(&r);
	if (!reader_done(&r) || curve == NULL)
		return CKR_DEVICE_ERROR;
	out->kind = KEY_EC;
	out->curve = c;
	*x = parts[0];
	if ((rv = buf_append_u8(&out->point, 4)) == CKR_OK &&
		(rv = append_padded(&out->point, parts[0], curve->field_len)) == CKR_OK)
		rv = append_padded(&out->point, parts[1], curve->field_len);
	return rv;
}

CK_RV
share_open(const struct share_key *key, struct bytes scalar, const char *label,
	struct bytes encrypted, struct buf *secret)
{
	struct pubkey peer = PUBKEY_EMPTY;
	struct bytes x = BYTES_EMPTY;
	struct buf z = BUF_EMPTY;
	CK_RV rv = point_read(key->key.curve, encrypted, &x, &peer);

	if (rv == CKR_OK && (rv = ecdh_shared(&peer, scalar, &z)) == CKR_ATTRIBUTE_VALUE_INVALID)
		rv = CKR_DEVICE_ERROR;
	if (rv == CKR_OK)
		rv = derive_ecc(key, view(&z), label, x, secret);
	buf_free(&z);
	pubkey_free(&peer);
	return rv;
}
