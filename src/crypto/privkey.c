/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys from outside: numbers that are missing are computed, and those that are
 * there must belong together. RSA by BIGNUM, in constant time as far as libcrypto has it.
 */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/err.h>

#include "crypto/crypto_private.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { FACTOR_TRIES = 128 };

/* One RSA key as numbers; a number that is not known is 0. All belong to bn. */
struct rsa_work {
	BN_CTX *bn;
	BIGNUM *n, *e, *d, *p, *q;
	BIGNUM *p1, *q1, *lambda; /* p - 1, q - 1, their least common multiple */
	BIGNUM *x, *y;            /* for a moment */
};

static BIGNUM *
secret_new(BN_CTX *bn)
{
	BIGNUM *n = BN_CTX_get(bn);

	if (n != NULL)
		BN_set_flags(n, BN_FLG_CONSTTIME);
	return n;
}

static CK_RV
rsa_work_init(struct rsa_work *w)
{
	BIGNUM **const numbers[] = { &w->n, &w->e, &w->d, &w->p, &w->q, &w->p1, &w->q1, &w->lambda,
		&w->x, &w->y };
	bool ok = true;

	w->bn = BN_CTX_new_ex(libctx());
	if (w->bn == NULL)
		return rv_ossl("BN_CTX_new_ex");
	BN_CTX_start(w->bn);
	for (size_t i = 0; i < COUNT(numbers); i++)
		ok = (*numbers[i] = secret_new(w->bn)) != NULL && ok;
	return ok ? CKR_OK : rv_ossl("BN_CTX_get");
}

static void
rsa_work_clear(struct rsa_work *w)
{
	if (w->bn != NULL)
		BN_CTX_end(w->bn);
	BN_CTX_free(w->bn); /* wipes */
}

static CK_RV
number_read(const struct buf *from, BIGNUM *to)
{
	return BN_bin2bn(from->ptr, (int)from->len, to) != NULL ? CKR_OK : rv_ossl("BN_bin2bn");
}

static CK_RV
number_write(const BIGNUM *from, struct buf *to)
{
	CK_RV rv = buf_resize(to, (size_t)BN_num_bytes(from));

	if (rv == CKR_OK && BN_bn2binpad(from, to->ptr, (int)to->len) < 0)
		rv = rv_ossl("BN_bn2binpad");
	return rv;
}

/* --- the primes --- */

/* With one prime the other is what is left of n. */
static CK_RV
other_prime(struct rsa_work *w, const BIGNUM *known, BIGNUM *other)
{
	if (BN_div(other, w->x, w->n, known, w->bn) != 1)
		return rv_ossl("BN_div");
	return BN_is_zero(w->x) ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* x is a root of 1 in n that is neither 1 nor -1, if one came up: SP 800-56B, appendix C. *t: how
 * often base ^ r can be squared. */
static CK_RV
root_search(struct rsa_work *w, const BIGNUM *r, int t, BN_ULONG base, bool *found)
{
	BIGNUM *minus_one = w->y;

	if (BN_set_word(w->x, base) != 1 ||
		BN_mod_exp_mont_consttime(w->x, w->x, r, w->n, w->bn, NULL) != 1 ||
		BN_copy(minus_one, w->n) == NULL || BN_sub_word(minus_one, 1) != 1)
		return rv_ossl("BN_mod_exp_mont_consttime");
	for (int i = 0; i < t && !BN_is_one(w->x) && BN_cmp(w->x, minus_one) != 0; i++) {
		if (BN_mod_sqr(w->p, w->x, w->n, w->bn) != 1)
			return rv_ossl("BN_mod_sqr");
		*found = BN_is_one(w->p);
		if (*found)
			break;
		if (BN_copy(w->x, w->p) == NULL)
			return rv_ossl("BN_copy");
	}
	return CKR_OK;
}

/* Both primes from d and e: de - 1 is a multiple of the order of everything that has an inverse in
 * n. */
static CK_RV
factor(struct rsa_work *w)
{
	BIGNUM *r = w->lambda;
	bool found = false;
	CK_RV rv = CKR_OK;
	int t = 0;

	if (BN_mul(r, w->d, w->e, w->bn) != 1 || BN_sub_word(r, 1) != 1)
		return rv_ossl("BN_mul");
	if (BN_is_zero(r) || BN_is_odd(r))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	while (!BN_is_bit_set(r, t))
		t++;
	if (BN_rshift(r, r, t) != 1)
		return rv_ossl("BN_rshift");
	for (BN_ULONG base = 2; base < FACTOR_TRIES && !found && rv == CKR_OK; base++)
		rv = root_search(w, r, t, base, &found);
	if (rv != CKR_OK)
		return rv;
	if (!found)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (BN_sub_word(w->x, 1) != 1 || BN_gcd(w->p, w->x, w->n, w->bn) != 1)
		return rv_ossl("BN_gcd");
	return other_prime(w, w->p, w->q);
}

static CK_RV
find_primes(struct rsa_work *w)
{
	bool has_p = !BN_is_zero(w->p);
	bool has_q = !BN_is_zero(w->q);

	if (has_p && has_q)
		return CKR_OK;
	if (has_p)
		return other_prime(w, w->p, w->q);
	if (has_q)
		return other_prime(w, w->q, w->p);
	if (BN_is_zero(w->d) || BN_is_zero(w->e))
		return CKR_TEMPLATE_INCOMPLETE;
	return factor(w);
}

/* --- exponents --- */

/* 1/of modulo m; zero if there is none. */
static CK_RV
inverse(struct rsa_work *w, const BIGNUM *of, const BIGNUM *m, BIGNUM *out)
{
	bool ok = false;

	ERR_set_mark();
	ok = BN_mod_inverse(out, of, m, w->bn) != NULL;
	ERR_pop_to_mark();
	return ok ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
find_lambda(struct rsa_work *w)
{
	if (BN_mul(w->x, w->p, w->q, w->bn) != 1 || BN_copy(w->p1, w->p) == NULL ||
		BN_copy(w->q1, w->q) == NULL)
		return rv_ossl("BN_mul");
	if (BN_cmp(w->x, w->n) != 0 || BN_is_one(w->p) || BN_is_one(w->q) ||
		BN_cmp(w->p, w->q) == 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (BN_sub_word(w->p1, 1) != 1 || BN_sub_word(w->q1, 1) != 1 ||
		BN_gcd(w->x, w->p1, w->q1, w->bn) != 1 || BN_mul(w->y, w->p1, w->q1, w->bn) != 1 ||
		BN_div(w->lambda, NULL, w->y, w->x, w->bn) != 1)
		return rv_ossl("BN_gcd");
	return CKR_OK;
}

static CK_RV
find_exponents(struct rsa_work *w)
{
	bool has_d = !BN_is_zero(w->d);
	bool has_e = !BN_is_zero(w->e);

	if (!has_d && !has_e)
		return CKR_TEMPLATE_INCOMPLETE;
	if (!has_d)
		return inverse(w, w->e, w->lambda, w->d);
	return has_e ? CKR_OK : inverse(w, w->d, w->lambda, w->e);
}

/* Exponents that undo each other, also with a number: they would not if a prime was none. */
static CK_RV
check_exponents(struct rsa_work *w)
{
	if (BN_cmp(w->d, w->n) >= 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (BN_mod_mul(w->x, w->d, w->e, w->lambda, w->bn) != 1)
		return rv_ossl("BN_mod_mul");
	if (!BN_is_one(w->x))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (BN_set_word(w->x, 2) != 1 ||
		BN_mod_exp_mont_consttime(w->y, w->x, w->d, w->n, w->bn, NULL) != 1 ||
		BN_mod_exp_mont(w->y, w->y, w->e, w->n, w->bn, NULL) != 1)
		return rv_ossl("BN_mod_exp_mont");
	return BN_is_word(w->y, 2) ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* --- in and out --- */

static CK_RV
rsa_read(struct rsa_work *w, const struct privkey *key)
{
	const struct {
		const struct buf *from;
		BIGNUM *to;
	} rows[] = { { &key->public.modulus, w->n }, { &key->public.exponent, w->e },
		{ &key->exponent, w->d }, { &key->prime1, w->p }, { &key->prime2, w->q } };
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < COUNT(rows) && rv == CKR_OK; i++)
		rv = rows[i].from->len <= key->public.modulus.len
			     ? number_read(rows[i].from, rows[i].to)
			     : CKR_ATTRIBUTE_VALUE_INVALID;
	return rv;
}

static CK_RV
crt_write(struct rsa_work *w, struct privkey *out)
{
	CK_RV rv = CKR_OK;

	if (BN_mod(w->x, w->d, w->p1, w->bn) != 1 || BN_mod(w->y, w->d, w->q1, w->bn) != 1)
		return rv_ossl("BN_mod");
	if ((rv = number_write(w->x, &out->exponent1)) != CKR_OK ||
		(rv = number_write(w->y, &out->exponent2)) != CKR_OK ||
		(rv = inverse(w, w->q, w->p, w->x)) != CKR_OK)
		return rv;
	return number_write(w->x, &out->coefficient);
}

static CK_RV
rsa_write(struct rsa_work *w, struct privkey *out)
{
	const struct {
		const BIGNUM *from;
		struct buf *to;
	} rows[] = { { w->n, &out->public.modulus }, { w->e, &out->public.exponent },
		{ w->d, &out->exponent }, { w->p, &out->prime1 }, { w->q, &out->prime2 } };
	CK_RV rv = CKR_OK;

	out->public.kind = KEY_RSA;
	for (size_t i = 0; i < COUNT(rows) && rv == CKR_OK; i++)
		rv = number_write(rows[i].from, rows[i].to);
	return rv == CKR_OK ? crt_write(w, out) : rv;
}

/* What was given for a CRT number is the number. */
static bool
agrees(const struct buf *given, const struct buf *right)
{
	struct bytes number = bytes_trim_left(view(given));

	return given->len == 0 ||
	       (number.len == right->len && mem_equal_ct(number.ptr, right->ptr, right->len));
}

static bool
crt_agrees(const struct privkey *given, const struct privkey *right)
{
	return agrees(&given->exponent1, &right->exponent1) &&
	       agrees(&given->exponent2, &right->exponent2) &&
	       agrees(&given->coefficient, &right->coefficient);
}

/* Without primes only these numbers can say which prime is the first. */
static CK_RV
crt_check(struct rsa_work *w, const struct privkey *given, struct privkey *out)
{
	CK_RV rv = CKR_OK;

	if (crt_agrees(given, out))
		return CKR_OK;
	if (given->prime1.len > 0 || given->prime2.len > 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	BN_swap(w->p, w->q);
	BN_swap(w->p1, w->q1);
	rv = rsa_write(w, out);
	return rv == CKR_OK && !crt_agrees(given, out) ? CKR_ATTRIBUTE_VALUE_INVALID : rv;
}

static CK_RV
rsa_compute(struct rsa_work *w, const struct privkey *key, struct privkey *out)
{
	CK_RV rv = rsa_read(w, key);

	if (rv == CKR_OK)
		rv = find_primes(w);
	if (rv == CKR_OK)
		rv = find_lambda(w);
	if (rv == CKR_OK)
		rv = find_exponents(w);
	if (rv == CKR_OK)
		rv = check_exponents(w);
	if (rv == CKR_OK)
		rv = rsa_write(w, out);
	if (rv == CKR_OK)
		rv = rsa_key_check(&out->public);
	return rv == CKR_OK ? crt_check(w, key, out) : rv;
}

static CK_RV
rsa_complete(const struct privkey *key, struct privkey *out)
{
	struct rsa_work w = { NULL };
	CK_RV rv = rsa_modulus_check(&key->public);

	if (rv == CKR_OK)
		rv = rsa_work_init(&w);
	if (rv == CKR_OK)
		rv = rsa_compute(&w, key, out);
	rsa_work_clear(&w);
	return rv;
}

CK_RV
crypto_privkey_complete(struct privkey *key)
{
	struct privkey whole = PRIVKEY_EMPTY;
	CK_RV rv = CKR_KEY_TYPE_INCONSISTENT;

	if (key->public.kind == KEY_RSA)
		rv = rsa_complete(key, &whole);
	else if (key->public.kind == KEY_EC)
		rv = ec_complete(key, &whole);
	if (rv == CKR_OK) {
		privkey_free(key);
		*key = whole;
		whole = PRIVKEY_EMPTY; /* owned by key */
	}
	privkey_free(&whole);
	return rv;
}
