/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Algorithms: the rows.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alg.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define BYTES(...) { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }

/* TPM_ALG_ID, TPM_ECC_CURVE: TPM 2.0 Library, Part 2; the tss2 headers stop at tpm/. */
static const struct hash_row hash_rows[] = {
	{ HASH_SHA1, "SHA1", 20, 64, 0x0004, CKM_SHA_1, CKG_MGF1_SHA1,
		BYTES(0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
			0x14) },
	{ HASH_SHA224, "SHA224", 28, 64, 0x0000, CKM_SHA224, CKG_MGF1_SHA224,
		BYTES(0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x04, 0x05, 0x00, 0x04, 0x1c) },
	{ HASH_SHA256, "SHA256", 32, 64, 0x000b, CKM_SHA256, CKG_MGF1_SHA256,
		BYTES(0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x01, 0x05, 0x00, 0x04, 0x20) },
	{ HASH_SHA384, "SHA384", 48, 128, 0x000c, CKM_SHA384, CKG_MGF1_SHA384,
		BYTES(0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x02, 0x05, 0x00, 0x04, 0x30) },
	{ HASH_SHA512, "SHA512", 64, 128, 0x000d, CKM_SHA512, CKG_MGF1_SHA512,
		BYTES(0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x03, 0x05, 0x00, 0x04, 0x40) },
	{ HASH_SHA3_224, "SHA3-224", 28, 144, 0x0000, CKM_SHA3_224, CKG_MGF1_SHA3_224,
		BYTES(0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x07, 0x05, 0x00, 0x04, 0x1c) },
	{ HASH_SHA3_256, "SHA3-256", 32, 136, 0x0027, CKM_SHA3_256, CKG_MGF1_SHA3_256,
		BYTES(0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x08, 0x05, 0x00, 0x04, 0x20) },
	{ HASH_SHA3_384, "SHA3-384", 48, 104, 0x0028, CKM_SHA3_384, CKG_MGF1_SHA3_384,
		BYTES(0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x09, 0x05, 0x00, 0x04, 0x30) },
	{ HASH_SHA3_512, "SHA3-512", 64, 72, 0x0029, CKM_SHA3_512, CKG_MGF1_SHA3_512,
		BYTES(0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
			0x0a, 0x05, 0x00, 0x04, 0x40) },
};

static const struct curve_row curve_rows[] = {
	{ CURVE_P256, "P-256", "prime256v1", "nistp256", 256, 32, 0x0003,
		BYTES(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07) },
	{ CURVE_P384, "P-384", "secp384r1", "nistp384", 384, 48, 0x0004,
		BYTES(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22) },
	{ CURVE_P521, "P-521", "secp521r1", "nistp521", 521, 66, 0x0005,
		BYTES(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23) },
};

const struct hash_row *
hash_row(enum hash id)
{
	for (size_t i = 0; i < COUNT(hash_rows); i++)
		if (hash_rows[i].id == id)
			return &hash_rows[i];
	return NULL;
}

const struct hash_row *
hash_by_mechanism(CK_MECHANISM_TYPE mechanism)
{
	for (size_t i = 0; i < COUNT(hash_rows); i++)
		if (hash_rows[i].mechanism == mechanism)
			return &hash_rows[i];
	return NULL;
}

const struct hash_row *
hash_by_mgf(CK_ULONG mgf)
{
	for (size_t i = 0; i < COUNT(hash_rows); i++)
		if (hash_rows[i].mgf == mgf)
			return &hash_rows[i];
	return NULL;
}

const struct hash_row *
hash_by_tpm_alg(uint16_t alg)
{
	for (size_t i = 0; i < COUNT(hash_rows); i++)
		if (alg != 0 && hash_rows[i].tpm_alg == alg)
			return &hash_rows[i];
	return NULL;
}

const struct curve_row *
curve_row(enum curve id)
{
	for (size_t i = 0; i < COUNT(curve_rows); i++)
		if (curve_rows[i].id == id)
			return &curve_rows[i];
	return NULL;
}

const struct curve_row *
curve_by_oid(struct bytes der)
{
	for (size_t i = 0; i < COUNT(curve_rows); i++)
		if (bytes_equal(curve_rows[i].oid, der))
			return &curve_rows[i];
	return NULL;
}

const struct curve_row *
curve_by_tpm(uint16_t tpm_curve)
{
	for (size_t i = 0; i < COUNT(curve_rows); i++)
		if (curve_rows[i].tpm_curve == tpm_curve)
			return &curve_rows[i];
	return NULL;
}

const struct curve_row *
curve_by_name(const char *name)
{
	if (strcasecmp(name, "secp256r1") == 0)
		return curve_row(CURVE_P256);
	for (size_t i = 0; i < COUNT(curve_rows); i++) {
		const struct curve_row *row = &curve_rows[i];

		if (strcasecmp(row->name, name) == 0 || strcasecmp(row->group, name) == 0 ||
			strcasecmp(row->ssh, name) == 0)
			return row;
	}
	return NULL;
}

size_t
block_len(enum block_mode m)
{
	return m < BLOCK_MODES ? AES_BLOCK_LEN : DES_BLOCK_LEN;
}

bool
block_takes_iv(enum block_mode m)
{
	return m != BLOCK_ECB && m != BLOCK_DES_ECB;
}

size_t
kbkdf_segments_max(const struct kbkdf *k)
{
	size_t max = UINT32_MAX; /* SP 800-108, 4: of every mode */

	for (size_t i = 0; i < k->count; i++) {
		const struct kbkdf_part *p = &k->parts[i];

		if ((p->kind == KBKDF_ITERATION || p->kind == KBKDF_COUNTER) && p->width > 0 &&
			p->width < 4 && max >> (8 * p->width) != 0)
			max = ((size_t)1 << (8 * p->width)) - 1;
	}
	return max;
}

void
scheme_free(struct scheme *s)
{
	free(s->kbkdf.parts);
	buf_free(&s->label);
	buf_free(&s->iv);
	buf_free(&s->aad);
	*s = (struct scheme){ .alg = ALG_NONE };
}

void
pubkey_free(struct pubkey *k)
{
	if (k == NULL)
		return;
	buf_free(&k->modulus);
	buf_free(&k->exponent);
	buf_free(&k->point);
	*k = PUBKEY_EMPTY;
}

void
privkey_free(struct privkey *k)
{
	pubkey_free(&k->public);
	buf_free(&k->exponent);
	buf_free(&k->prime1);
	buf_free(&k->prime2);
	buf_free(&k->exponent1);
	buf_free(&k->exponent2);
	buf_free(&k->coefficient);
	buf_free(&k->scalar);
}

CK_RV
pubkey_copy(struct pubkey *dst, const struct pubkey *src)
{
	struct pubkey fresh = { .kind = src->kind, .curve = src->curve };
	CK_RV rv = CKR_OK;

	if ((rv = buf_set(&fresh.modulus, view(&src->modulus))) != CKR_OK ||
		(rv = buf_set(&fresh.exponent, view(&src->exponent))) != CKR_OK ||
		(rv = buf_set(&fresh.point, view(&src->point))) != CKR_OK) {
		pubkey_free(&fresh);
		return rv;
	}
	pubkey_free(dst);
	*dst = fresh;
	return CKR_OK;
}

bool
pubkey_equal(const struct pubkey *a, const struct pubkey *b)
{
	return a->kind == b->kind && a->curve == b->curve &&
		bytes_equal(view(&a->modulus), view(&b->modulus)) &&
		bytes_equal(view(&a->exponent), view(&b->exponent)) &&
		bytes_equal(view(&a->point), view(&b->point));
}

size_t
pubkey_bits(const struct pubkey *k)
{
	const struct curve_row *curve = curve_row(k->curve);
	size_t bits = k->modulus.len * 8;

	if (k->kind == KEY_EC)
		return curve != NULL ? curve->bits : 0;
	for (uint8_t top = k->modulus.len > 0 ? k->modulus.ptr[0] : 0x80; bits > 0 && !(top & 0x80); bits--)
		top = (uint8_t)(top << 1);
	return bits;
}

size_t
pubkey_signature_len(const struct pubkey *k)
{
	const struct curve_row *curve = curve_row(k->curve);

	if (k->kind == KEY_EC)
		return curve != NULL ? 2 * curve->field_len : 0;
	return k->modulus.len;
}

bool
pubkey_signature_fits(const struct pubkey *k, size_t len)
{
	size_t most = pubkey_signature_len(k);

	return k->kind == KEY_EC ? len > 0 && len % 2 == 0 && len <= most : len == most;
}

bool
pubkey_has_room(const struct pubkey *k, const struct scheme *s)
{
	const struct hash_row *hash = hash_row(s->digest);
	size_t encoded_len = (pubkey_bits(k) + 6) / 8;

	if (s->alg != ALG_RSA_PSS || hash == NULL)
		return true;
	return encoded_len >= hash->len + 2 && s->salt_len <= encoded_len - hash->len - 2;
}

bool
caps_hash(const struct tpm_caps *c, enum hash h)
{
	return c != NULL && (c->hashes & 1u << h) != 0;
}

bool
caps_curve(const struct tpm_caps *c, enum curve v)
{
	return c != NULL && (c->curves & 1u << v) != 0;
}

bool
caps_rsa(const struct tpm_caps *c, size_t bits)
{
	return c != NULL && bits % 1024 == 0 && bits >= 1024 && bits <= 4096 &&
		(c->rsa_bits & 1u << (bits / 1024)) != 0;
}

bool
caps_aes(const struct tpm_caps *c, size_t bits)
{
	return c != NULL && c->encrypt_decrypt && bits % 64 == 0 && bits >= 128 && bits <= 256 &&
	       (c->aes_bits & 1u << (bits / 64)) != 0;
}

bool
caps_mode(const struct tpm_caps *c, enum block_mode m)
{
	return c != NULL && c->encrypt_decrypt && m < BLOCK_MODES && (c->modes & 1u << m) != 0;
}
