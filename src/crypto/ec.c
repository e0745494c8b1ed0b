/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elliptic curves by EC_POINT: check of a point, the point of a private key, an ephemeral
 * key agreement, verification of ECDSA (FIPS 186-4, 6.4; SEC 1, 4.1.4).
 */
#include "config.h"

#include <stdatomic.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "crypto/crypto_private.h"

enum { FIELD_MAX = 66, SCALAR_TRIES = 64 };

/* Made at first use, never changed, freed at the last crypto_close(). */
static _Atomic(EC_GROUP *) groups[CURVE_COUNT];

static const EC_GROUP *
ec_group(enum curve c)
{
	EC_GROUP *known = atomic_load(&groups[c]);
	EC_GROUP *fresh = NULL;

	if (known != NULL)
		return known;
	fresh = EC_GROUP_new_by_curve_name_ex(libctx(), NULL, OBJ_sn2nid(curve_row(c)->group));
	if (fresh == NULL || atomic_compare_exchange_strong(&groups[c], &known, fresh))
		return fresh;
	EC_GROUP_free(fresh); /* another thread was first */
	return known;
}

void
ec_groups_clear(void)
{
	for (size_t i = 0; i < CURVE_COUNT; i++)
		EC_GROUP_free(atomic_exchange(&groups[i], NULL));
}

void
ec_groups_forget(void)
{
	for (size_t i = 0; i < CURVE_COUNT; i++)
		atomic_store(&groups[i], NULL);
}

/* One computation: what every function below needs and frees together. */
struct ec_work {
	const struct curve_row *curve;
	const EC_GROUP *group;
	const BIGNUM *order;
	BN_CTX *bn;
	EC_POINT *peer; /* the key's point, checked to be on the curve */
	EC_POINT *sum;
};

static void
ec_work_clear(struct ec_work *w)
{
	EC_POINT_clear_free(w->peer);
	EC_POINT_clear_free(w->sum);
	if (w->bn != NULL)
		BN_CTX_end(w->bn);
	BN_CTX_free(w->bn); /* wipes */
}

/* Uncompressed, of the right length, coordinates below the prime, on the curve. The cofactor is 1
 * on all curves. */
static CK_RV
ec_point_read(struct ec_work *w, struct bytes point)
{
	bool ok = false;

	if (point.len != 1 + 2 * w->curve->field_len || point.ptr[0] != 0x04)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	ERR_set_mark();
	ok = EC_POINT_oct2point(w->group, w->peer, point.ptr, point.len, w->bn) == 1;
	ERR_pop_to_mark();
	return ok ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
ec_work_start(struct ec_work *w, enum curve curve)
{
	*w = (struct ec_work){ .curve = curve_row(curve) };
	if (w->curve == NULL)
		return CKR_DOMAIN_PARAMS_INVALID;
	w->group = ec_group(curve);
	w->bn = BN_CTX_new_ex(libctx());
	if (w->bn != NULL)
		BN_CTX_start(w->bn);
	if (w->group == NULL || w->bn == NULL)
		return rv_ossl("EC_GROUP_new_by_curve_name_ex");
	w->order = EC_GROUP_get0_order(w->group);
	w->peer = EC_POINT_new(w->group);
	w->sum = EC_POINT_new(w->group);
	return w->peer != NULL && w->sum != NULL ? CKR_OK : rv_ossl("EC_POINT_new");
}

static CK_RV
ec_work_init(struct ec_work *w, const struct pubkey *key)
{
	CK_RV rv = ec_work_start(w, key->curve);

	return rv == CKR_OK ? ec_point_read(w, view(&key->point)) : rv;
}

CK_RV
ec_key_check(const struct pubkey *key)
{
	struct ec_work w;
	CK_RV rv = ec_work_init(&w, key);

	ec_work_clear(&w);
	return rv;
}

/* 1 <= d < order, evenly distributed: more bits than the order has are cut, what is too large is
 * thrown away. */
static CK_RV
scalar_random(const struct ec_work *w, BIGNUM *d)
{
	uint8_t raw[FIELD_MAX];
	size_t bits = (size_t)BN_num_bits(w->order);
	size_t len = (bits + 7) / 8;
	CK_RV rv = CKR_FUNCTION_FAILED; /* the generator is broken */

	for (int i = 0; i < SCALAR_TRIES; i++) {
		rv = crypto_random(raw, len);
		if (rv != CKR_OK)
			break;
		raw[0] &= (uint8_t)(0xff >> (8 * len - bits));
		if (BN_bin2bn(raw, (int)len, d) == NULL) {
			rv = rv_ossl("BN_bin2bn");
			break;
		}
		if (!BN_is_zero(d) && BN_cmp(d, w->order) < 0)
			break;
		rv = CKR_FUNCTION_FAILED;
	}
	mem_wipe(raw, sizeof raw);
	return rv;
}

/* A number in [1, order - 1]. */
static bool
scalar_read(const struct ec_work *w, struct bytes b, BIGNUM *out)
{
	return BN_bin2bn(b.ptr, (int)b.len, out) != NULL && !BN_is_zero(out) &&
	       BN_cmp(out, w->order) < 0;
}

/* Numbers of fixed length: a private key's length would tell something about it. */
static CK_RV
key_make(struct ec_work *w, struct buf *scalar, struct buf *point)
{
	BIGNUM *d = BN_CTX_get(w->bn);
	CK_RV rv = CKR_OK;

	if (d == NULL)
		return rv_ossl("BN_CTX_get");
	BN_set_flags(d, BN_FLG_CONSTTIME);
	if ((rv = scalar_random(w, d)) != CKR_OK ||
		(rv = buf_resize(scalar, w->curve->field_len)) != CKR_OK ||
		(rv = buf_resize(point, 1 + 2 * w->curve->field_len)) != CKR_OK)
		return rv;
	if (BN_bn2binpad(d, scalar->ptr, (int)scalar->len) < 0 ||
		EC_POINT_mul(w->group, w->sum, d, NULL, NULL, w->bn) != 1 ||
		EC_POINT_point2oct(w->group, w->sum, POINT_CONVERSION_UNCOMPRESSED, point->ptr,
			point->len, w->bn) != point->len)
		return rv_ossl("EC_POINT_mul");
	return CKR_OK;
}

CK_RV
ec_key_make(enum curve c, struct buf *scalar, struct buf *point)
{
	struct ec_work w;
	struct buf d = BUF_EMPTY;
	struct buf own = BUF_EMPTY;
	CK_RV rv = ec_work_start(&w, c);

	if (rv == CKR_OK && (rv = key_make(&w, &d, &own)) == CKR_OK) {
		buf_move(scalar, &d);
		buf_move(point, &own);
	}
	ec_work_clear(&w);
	buf_free(&d);
	buf_free(&own);
	return rv;
}

static CK_RV
shared_compute(struct ec_work *w, struct bytes scalar, struct buf *z)
{
	BIGNUM *d = BN_CTX_get(w->bn);
	BIGNUM *x = BN_CTX_get(w->bn); /* NULL if d is */
	CK_RV rv = CKR_OK;

	if (x == NULL)
		return rv_ossl("BN_CTX_get");
	BN_set_flags(d, BN_FLG_CONSTTIME);
	if (!scalar_read(w, scalar, d))
		return CKR_ARGUMENTS_BAD;
	if ((rv = buf_resize(z, w->curve->field_len)) != CKR_OK)
		return rv;
	if (EC_POINT_mul(w->group, w->sum, NULL, w->peer, d, w->bn) != 1 ||
		EC_POINT_get_affine_coordinates(w->group, w->sum, x, NULL, w->bn) != 1 ||
		BN_bn2binpad(x, z->ptr, (int)z->len) < 0)
		return rv_ossl("EC_POINT_mul");
	return CKR_OK;
}

CK_RV
ecdh_shared(const struct pubkey *peer, struct bytes scalar, struct buf *z)
{
	struct ec_work w;
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (peer->kind != KEY_EC)
		return CKR_KEY_TYPE_INCONSISTENT;
	if ((rv = ec_work_init(&w, peer)) == CKR_OK &&
		(rv = shared_compute(&w, scalar, &fresh)) == CKR_OK)
		buf_move(z, &fresh);
	ec_work_clear(&w);
	buf_free(&fresh);
	return rv;
}

CK_RV
ecdh_ephemeral(const struct pubkey *peer, struct buf *point, struct buf *z)
{
	struct buf scalar = BUF_EMPTY;
	struct buf own = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (peer->kind != KEY_EC)
		return CKR_KEY_TYPE_INCONSISTENT;
	if ((rv = ec_key_make(peer->curve, &scalar, &own)) == CKR_OK &&
		(rv = ecdh_shared(peer, view(&scalar), z)) == CKR_OK)
		buf_move(point, &own);
	buf_free(&scalar);
	buf_free(&own);
	return rv;
}

/* The leftmost bits of the digest, as many as the order has. */
static bool
digest_number(const struct ec_work *w, struct bytes digest, BIGNUM *out)
{
	int bits = BN_num_bits(w->order);
	struct bytes left = bytes_slice(digest, 0, (size_t)(bits + 7) / 8);
	int surplus = (int)left.len * 8 - bits;

	return BN_bin2bn(left.ptr, (int)left.len, out) != NULL &&
	       (surplus <= 0 || BN_rshift(out, out, surplus) == 1);
}

/* Is r the x coordinate, modulo the order, of (e/s) G + (r/s) Q? */
static CK_RV
ecdsa_compute(struct ec_work *w, const BIGNUM *r, const BIGNUM *s, struct bytes digest)
{
	BIGNUM *inverse = BN_CTX_get(w->bn);
	BIGNUM *u1 = BN_CTX_get(w->bn);
	BIGNUM *u2 = BN_CTX_get(w->bn);
	BIGNUM *x = BN_CTX_get(w->bn); /* NULL if one of them is */

	if (x == NULL || !digest_number(w, digest, u1) ||
		BN_mod_inverse(inverse, s, w->order, w->bn) == NULL ||
		BN_mod_mul(u1, u1, inverse, w->order, w->bn) != 1 ||
		BN_mod_mul(u2, r, inverse, w->order, w->bn) != 1 ||
		EC_POINT_mul(w->group, w->sum, u1, w->peer, u2, w->bn) != 1)
		return rv_ossl("ECDSA");
	if (EC_POINT_is_at_infinity(w->group, w->sum))
		return CKR_SIGNATURE_INVALID;
	if (EC_POINT_get_affine_coordinates(w->group, w->sum, x, NULL, w->bn) != 1 ||
		BN_nnmod(x, x, w->order, w->bn) != 1)
		return rv_ossl("ECDSA");
	return BN_cmp(x, r) == 0 ? CKR_OK : CKR_SIGNATURE_INVALID;
}

CK_RV
ecdsa_verify(const struct pubkey *key, struct bytes digest, struct bytes signature)
{
	struct ec_work w;
	size_t half = signature.len / 2;
	BIGNUM *r = NULL;
	BIGNUM *s = NULL;
	CK_RV rv = ec_work_init(&w, key);

	if (rv != CKR_OK)
		goto out;
	r = BN_CTX_get(w.bn);
	s = BN_CTX_get(w.bn); /* NULL if r is */
	if (s == NULL)
		rv = rv_ossl("BN_CTX_get");
	else if (!scalar_read(&w, bytes_slice(signature, 0, half), r) ||
		 !scalar_read(&w, bytes_slice(signature, half, half), s))
		rv = CKR_SIGNATURE_INVALID;
	else
		rv = ecdsa_compute(&w, r, s, digest);
out:
	ec_work_clear(&w);
	return rv;
}

static CK_RV
point_of_scalar(struct ec_work *w, struct bytes scalar, struct buf *point)
{
	BIGNUM *d = BN_CTX_get(w->bn);
	CK_RV rv = buf_resize(point, 1 + 2 * w->curve->field_len);

	if (rv != CKR_OK)
		return rv;
	if (d == NULL || BN_bin2bn(scalar.ptr, (int)scalar.len, d) == NULL)
		return rv_ossl("BN_bin2bn");
	BN_set_flags(d, BN_FLG_CONSTTIME);
	if (BN_is_zero(d) || BN_cmp(d, w->order) >= 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (EC_POINT_mul(w->group, w->sum, d, NULL, NULL, w->bn) != 1 ||
		EC_POINT_point2oct(w->group, w->sum, POINT_CONVERSION_UNCOMPRESSED, point->ptr,
			point->len, w->bn) != point->len)
		return rv_ossl("EC_POINT_mul");
	return CKR_OK;
}

CK_RV
ec_complete(const struct privkey *key, struct privkey *out)
{
	struct bytes given = view(&key->public.point);
	struct bytes scalar = bytes_trim_left(view(&key->scalar));
	struct ec_work w = { NULL };
	CK_RV rv = CKR_OK;

	if (key->scalar.len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	rv = ec_work_start(&w, key->public.curve);
	if (rv == CKR_OK && scalar.len > w.curve->field_len)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv == CKR_OK)
		rv = point_of_scalar(&w, scalar, &out->public.point);
	ec_work_clear(&w);
	if (rv == CKR_OK && given.len > 0 && !bytes_equal(given, view(&out->public.point)))
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	out->public.kind = KEY_EC;
	out->public.curve = key->public.curve;
	return rv == CKR_OK ? buf_set(&out->scalar, scalar) : rv;
}
