/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The salt of a session: a secret that only the holder of the pinned key can
 * read. TPM 2.0 Part 1, "Secret Sharing" (RSA and ECC annexes).
 */
#include "config.h"

#include <tss2/tss2_mu.h>

#include "crypto/crypto.h"
#include "tpm/wire_private.h"

#define SALT_LABEL "SECRET"

void
wire_salt_clear(struct wire_salt *s)
{
	pubkey_free(&s->key);
	buf_free(&s->x);
	*s = (struct wire_salt){ .handle = 0 };
}

static CK_RV
salt_read_rsa(const TPMT_PUBLIC *pub, struct wire_salt *out)
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
salt_read_ecc(const TPMT_PUBLIC *pub, struct wire_salt *out)
{
	const struct curve_row *curve = curve_by_tpm(pub->parameters.eccDetail.curveID);
	struct bytes x = bytes_of(pub->unique.ecc.x.buffer, pub->unique.ecc.x.size);
	struct bytes y = bytes_of(pub->unique.ecc.y.buffer, pub->unique.ecc.y.size);
	struct buf padded = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (curve == NULL)
		return rv_fail(CKR_DEVICE_ERROR, "the parent key's curve is unknown");
	out->key.kind = KEY_EC;
	out->key.curve = curve->id;
	if ((rv = buf_set(&out->x, x)) != CKR_OK ||
		(rv = buf_append_u8(&out->key.point, 4)) != CKR_OK ||
		(rv = buf_set_padded(&padded, x, curve->field_len)) != CKR_OK ||
		(rv = buf_append(&out->key.point, view(&padded))) != CKR_OK ||
		(rv = buf_set_padded(&padded, y, curve->field_len)) != CKR_OK)
		goto out;
	rv = buf_append(&out->key.point, view(&padded));
out:
	buf_free(&padded);
	return rv;
}

static CK_RV
salt_read(struct bytes public, struct wire_salt *out)
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
	if (pub.publicArea.type == TPM2_ALG_ECC)
		return salt_read_ecc(&pub.publicArea, out);
	if (pub.publicArea.type == TPM2_ALG_RSA)
		return salt_read_rsa(&pub.publicArea, out);
	return rv_fail(CKR_DEVICE_ERROR, "the parent is neither an RSA nor an ECC key");
}

CK_RV
wire_salt_to(struct wire *w, uint32_t handle, struct bytes public)
{
	struct wire_salt salt = { .handle = handle };
	CK_RV rv = CKR_OK;

	if ((rv = salt_read(public, &salt)) != CKR_OK) {
		wire_salt_clear(&salt);
		return rv;
	}
	wire_salt_clear(&w->salt);
	w->salt = salt; /* owned by the wire */
	return CKR_OK;
}

/*
 * Elliptic-curve secret: KDFe of an ephemeral Diffie-Hellman, both x coordinates as they go over
 * the wire.
 */
static CK_RV
salt_make_ecc(const struct wire_salt *key, struct buf *salt, struct buf *encrypted)
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
	rv = crypto_kdfe(key->hash, view(&z), SALT_LABEL, x, view(&key->x),
		8 * hash_row(key->hash)->len, salt);
out:
	buf_free(&z);
	buf_free(&point);
	return rv;
}

/* RSA secret: random bytes under OAEP with the name algorithm; the label's NUL is hashed. */
static CK_RV
salt_make_rsa(const struct wire_salt *key, struct buf *salt, struct buf *encrypted)
{
	struct bytes label = bytes_of(SALT_LABEL, sizeof SALT_LABEL);
	struct buf padded = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if ((rv = buf_resize(salt, hash_row(key->hash)->len)) != CKR_OK ||
		(rv = crypto_random(salt->ptr, salt->len)) != CKR_OK ||
		(rv = pad_oaep(key->hash, key->hash, label, view(salt), key->key.modulus.len,
			 &padded)) != CKR_OK)
		goto out;
	rv = rsa_public(&key->key, view(&padded), encrypted);
out:
	buf_free(&padded);
	return rv;
}

CK_RV
wire_salt_make(const struct wire_salt *key, struct buf *salt, struct buf *encrypted)
{
	if (key->key.kind == KEY_EC)
		return salt_make_ecc(key, salt, encrypted);
	return salt_make_rsa(key, salt, encrypted);
}
