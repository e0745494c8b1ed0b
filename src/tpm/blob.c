/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blobs: the public and private areas of objects as the store keeps them.
 *
 * A public area is read here by hand where no TPM is needed: libtss2 would
 * accept more than a TPM makes, and complain on stderr about what it does not.
 */
#include "config.h"

#include <string.h>

#include <tss2/tss2_mu.h>

#include "crypto/crypto.h"
#include "tpm/tpm_private.h"

struct public_area {
	uint16_t type;
	uint16_t name_alg;
	uint32_t attributes;
	uint16_t bits;          /* RSA */
	uint32_t exponent;      /* RSA; 0 means 65537 */
	uint16_t curve;         /* ECC */
	uint16_t algorithm;     /* SYMCIPHER: of the cipher; KEYEDHASH: of the scheme */
	struct bytes policy;
	struct bytes unique[2]; /* RSA: modulus; ECC: x, y; else the digest */
};

static CK_RV
blob_malformed(void)
{
	return rv_fail(CKR_DEVICE_ERROR, "the public area of an object is malformed");
}

/* TPMT_SYM_DEF_OBJECT */
static uint16_t
read_symmetric(struct reader *r)
{
	uint16_t algorithm = read_u16(r);

	if (algorithm != TPM2_ALG_NULL)
		(void)read_bytes(r, 4); /* key bits, mode */
	return algorithm;
}

/* TPMT_RSA_SCHEME, TPMT_ECC_SCHEME, TPMT_KDF_SCHEME, TPMT_KEYEDHASH_SCHEME: an algorithm, mostly
 * with a hash. */
static uint16_t
read_scheme(struct reader *r)
{
	uint16_t scheme = read_u16(r);

	if (scheme == TPM2_ALG_NULL || scheme == TPM2_ALG_RSAES)
		return scheme;
	(void)read_u16(r);
	if (scheme == TPM2_ALG_ECDAA || scheme == TPM2_ALG_XOR)
		(void)read_u16(r); /* count, KDF */
	return scheme;
}

static void
read_parameters(struct reader *r, struct public_area *a)
{
	switch (a->type) {
	case TPM2_ALG_RSA:
		(void)read_symmetric(r);
		(void)read_scheme(r);
		a->bits = read_u16(r);
		a->exponent = read_u32(r);
		break;
	case TPM2_ALG_ECC:
		(void)read_symmetric(r);
		(void)read_scheme(r);
		a->curve = read_u16(r);
		(void)read_scheme(r);
		break;
	case TPM2_ALG_KEYEDHASH:
		a->algorithm = read_scheme(r);
		break;
	case TPM2_ALG_SYMCIPHER:
		a->algorithm = read_symmetric(r);
		break;
	default:
		r->failed = true;
	}
}

static CK_RV
read_area(struct bytes public, struct public_area *a)
{
	struct reader r = reader_of(public);

	memset(a, 0, sizeof *a);
	if (read_u16(&r) != r.rest.len)
		return blob_malformed();
	a->type = read_u16(&r);
	a->name_alg = read_u16(&r);
	a->attributes = read_u32(&r);
	a->policy = read_sized_u16(&r);
	read_parameters(&r, a);
	a->unique[0] = read_sized_u16(&r);
	if (a->type == TPM2_ALG_ECC)
		a->unique[1] = read_sized_u16(&r);
	return reader_done(&r) ? CKR_OK : blob_malformed();
}

static CK_RV
area_rsa(const struct public_area *a, struct pubkey *out)
{
	uint8_t exponent[4];
	CK_RV rv = CKR_OK;

	/* The TPM sets the highest bit of a modulus: anything else is not of its making. */
	if (a->bits == 0 || a->bits % 8 != 0 || a->unique[0].len != a->bits / 8u ||
		(a->unique[0].ptr[0] & 0x80) == 0)
		return blob_malformed();
	put_u32(exponent, a->exponent != 0 ? a->exponent : 65537);
	out->kind = KEY_RSA;
	if ((rv = buf_set(&out->modulus, a->unique[0])) == CKR_OK)
		rv = buf_set(&out->exponent, bytes_trim_left(bytes_of(exponent, sizeof exponent)));
	return rv;
}

/* A coordinate may have lost its leading zeros. */
static CK_RV
area_ec(const struct public_area *a, struct pubkey *out)
{
	const struct curve_row *curve = curve_by_tpm(a->curve);
	struct buf coordinate = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (curve == NULL || a->unique[0].len == 0 || a->unique[1].len == 0)
		return blob_malformed();
	out->kind = KEY_EC;
	out->curve = curve->id;
	rv = buf_append_u8(&out->point, 4);
	for (size_t i = 0; rv == CKR_OK && i < 2; i++)
		if ((rv = buf_set_padded(&coordinate, a->unique[i], curve->field_len)) == CKR_OK)
			rv = buf_append(&out->point, view(&coordinate));
	buf_free(&coordinate);
	return rv == CKR_DEVICE_ERROR ? blob_malformed() : rv;
}

CK_RV
tpm_public_key(struct bytes public, struct pubkey *out)
{
	struct pubkey fresh = PUBKEY_EMPTY;
	struct public_area a;
	CK_RV rv = read_area(public, &a);

	if (rv != CKR_OK)
		return rv;
	if (a.type == TPM2_ALG_RSA)
		rv = area_rsa(&a, &fresh);
	else if (a.type == TPM2_ALG_ECC)
		rv = area_ec(&a, &fresh);
	else
		rv = blob_malformed();
	if (rv != CKR_OK) {
		pubkey_free(&fresh);
		return rv;
	}
	pubkey_free(out);
	*out = fresh;
	return CKR_OK;
}

CK_RV
tpm_public_usage(struct bytes public, bool *sign, bool *decrypt)
{
	struct public_area a;
	CK_RV rv = read_area(public, &a);

	if (rv != CKR_OK)
		return rv;
	*sign = (a.attributes & TPMA_OBJECT_SIGN_ENCRYPT) != 0;
	*decrypt = (a.attributes & TPMA_OBJECT_DECRYPT) != 0;
	return CKR_OK;
}

struct kind_row {
	uint16_t type;
	uint16_t algorithm; /* of the cipher or the scheme; 0: none */
	enum tpm_kind kind;
};

static const struct kind_row kinds[] = {
	{ TPM2_ALG_RSA, 0, TPM_KIND_ASYMMETRIC },
	{ TPM2_ALG_ECC, 0, TPM_KIND_ASYMMETRIC },
	{ TPM2_ALG_SYMCIPHER, TPM2_ALG_AES, TPM_KIND_AES },
	{ TPM2_ALG_KEYEDHASH, TPM2_ALG_HMAC, TPM_KIND_HMAC },
	{ TPM2_ALG_KEYEDHASH, TPM2_ALG_NULL, TPM_KIND_SEALED },
};

CK_RV
tpm_public_kind(struct bytes public, enum tpm_kind *kind, bool *exportable)
{
	TPMA_OBJECT fixed = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT;
	struct public_area a;
	CK_RV rv = read_area(public, &a);

	if (rv != CKR_OK)
		return rv;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].type == a.type && kinds[i].algorithm == a.algorithm) {
			*kind = kinds[i].kind;
			*exportable = (a.attributes & fixed) == 0 &&
				      bytes_equal(a.policy, template_export_policy());
			return CKR_OK;
		}
	return blob_malformed();
}

CK_RV
tpm_public_name(struct bytes public, struct buf *name)
{
	const struct hash_row *hash = NULL;
	struct bytes area = bytes_slice(public, 2, SIZE_MAX);
	struct buf digest = BUF_EMPTY;
	struct buf fresh = BUF_EMPTY;
	struct public_area a;
	CK_RV rv = read_area(public, &a);

	if (rv != CKR_OK)
		return rv;
	hash = hash_by_tpm_alg(a.name_alg);
	if (hash == NULL)
		return blob_malformed();
	if ((rv = crypto_hash(hash->id, &area, 1, &digest)) == CKR_OK &&
		(rv = buf_append_u16(&fresh, a.name_alg)) == CKR_OK &&
		(rv = buf_append(&fresh, view(&digest))) == CKR_OK)
		buf_move(name, &fresh);
	buf_free(&fresh);
	buf_free(&digest);
	return rv;
}

CK_RV
blob_read_public(struct bytes in, TPM2B_PUBLIC *out)
{
	struct public_area a;
	size_t offset = 0;
	CK_RV rv = read_area(in, &a);

	if (rv != CKR_OK)
		return rv;
	memset(out, 0, sizeof *out);
	if (Tss2_MU_TPM2B_PUBLIC_Unmarshal(in.ptr, in.len, &offset, out) != TSS2_RC_SUCCESS ||
		offset != in.len)
		return blob_malformed();
	return CKR_OK;
}

CK_RV
blob_read_private(struct bytes in, TPM2B_PRIVATE *out)
{
	struct reader r = reader_of(in);
	struct bytes content = read_sized_u16(&r);

	if (!reader_done(&r) || content.len == 0 || content.len > sizeof out->buffer)
		return rv_fail(CKR_DEVICE_ERROR, "the private area of an object is malformed");
	out->size = (UINT16)content.len;
	memcpy(out->buffer, content.ptr, content.len);
	return CKR_OK;
}

CK_RV
blob_write_public(const TPM2B_PUBLIC *in, struct buf *out)
{
	uint8_t bytes[sizeof *in];
	size_t len = 0;
	CK_RV rv = rv_tss(Tss2_MU_TPM2B_PUBLIC_Marshal(in, bytes, sizeof bytes, &len), RV_OTHER,
		"Tss2_MU_TPM2B_PUBLIC_Marshal");

	return rv == CKR_OK ? buf_set(out, bytes_of(bytes, len)) : rv;
}

CK_RV
blob_write_private(const TPM2B_PRIVATE *in, struct buf *out)
{
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (in->size > sizeof in->buffer)
		return rv_fail(
			CKR_DEVICE_ERROR, "the TPM answered with a private area that is too long");
	if ((rv = buf_append_u16(&fresh, in->size)) == CKR_OK &&
		(rv = buf_append(&fresh, bytes_of(in->buffer, in->size))) == CKR_OK)
		buf_move(out, &fresh);
	buf_free(&fresh);
	return rv;
}

void
chunk_set(TPM2B_MAX_BUFFER *out, struct bytes data)
{
	out->size = (UINT16)data.len;
	if (data.len > 0)
		memcpy(out->buffer, data.ptr, data.len);
}
