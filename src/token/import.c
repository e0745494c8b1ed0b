/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private keys from outside: C_CreateObject and C_UnwrapKey. Their numbers go
 * into the TPM and are kept nowhere else; the object is one like those whose
 * key the TPM has made.
 */
#include "config.h"

#include "crypto/crypto.h"
#include "token_private.h"

struct import {
	struct home home;
	enum attr_event event;
	const struct attrs *given;
	struct keyspec spec;
	struct attrs attrs;
	struct buf tpm_public;
	struct buf tpm_private;
	struct object *object;
};

static void
import_free(struct import *m)
{
	home_close(&m->home);
	attrs_free(&m->attrs);
	buf_free(&m->tpm_public);
	buf_free(&m->tpm_private);
	object_put(m->object);
}

/* Before anything is computed with large numbers. PKCS#11 3.2, 4.1.1: what only this token can not
 * do makes a template inconsistent. */
static CK_RV
size_check(const struct tpm_caps *caps, const struct pubkey *key)
{
	if (key->kind == KEY_RSA && !caps_rsa(caps, pubkey_bits(key)))
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The TPM does not have RSA keys of %zu bits.", pubkey_bits(key));
	if (key->kind == KEY_EC && !caps_curve(caps, key->curve))
		return rv_fail(CKR_CURVE_NOT_SUPPORTED, "The TPM does not have the curve %s.",
			curve_row(key->curve)->name);
	return CKR_OK;
}

static CK_RV
numbers_check(const struct privkey *key)
{
	static const uint8_t f4[] = { 0x01, 0x00, 0x01 };
	size_t half = pubkey_bits(&key->public) / 2;
	struct pubkey p = { .kind = KEY_RSA, .modulus = key->prime1 };
	struct pubkey q = { .kind = KEY_RSA, .modulus = key->prime2 };

	if (key->public.kind != KEY_RSA)
		return CKR_OK;
	if (!bytes_equal(view(&key->public.exponent), bytes_of(f4, sizeof f4)))
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The TPM has RSA keys with exponent 65537 only.");
	if (pubkey_bits(&p) != half || pubkey_bits(&q) != half)
		return rv_fail(CKR_TEMPLATE_INCONSISTENT,
			"The TPM has RSA keys with two primes of the same length only.");
	return CKR_OK;
}

static CK_RV
import_numbers(const struct import *m, struct privkey *key)
{
	CK_RV rv = size_check(&m->home.caps, &key->public);

	if (rv != CKR_OK)
		return rv;
	rv = crypto_privkey_complete(key);
	if (rv == CKR_ATTRIBUTE_VALUE_INVALID)
		return rv_fail(m->event == ATTR_UNWRAP ? CKR_WRAPPED_KEY_INVALID : rv,
			"The private key's numbers do not belong together.");
	return rv == CKR_OK ? numbers_check(key) : rv;
}

static CK_RV
import_fix(const struct import *m, const struct privkey *key, struct attrs *fixed)
{
	CK_RV rv = object_uid_new(fixed);

	if (rv == CKR_OK)
		rv = attrs_set_u64(fixed, CKA_CLASS, CKO_PRIVATE_KEY);
	if (rv == CKR_OK && !attrs_has(m->given, CKA_ID))
		rv = object_id_default(&key->public, fixed);
	return rv == CKR_OK ? attr_of_pubkey(&key->public, true, fixed) : rv;
}

static CK_RV
import_attrs(struct import *m, const struct privkey *key)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = {
		.event = m->event, .role = m->home.role, .given = m->given, .fixed = &fixed
	};
	CK_RV rv = import_fix(m, key, &fixed);

	if (rv == CKR_OK)
		rv = attr_complete(&rq, &m->attrs);
	if (rv == CKR_OK)
		rv = mech_import_spec(&m->attrs, &m->spec);
	attr_drop_privkey(&m->attrs);
	attrs_free(&fixed);
	return rv;
}

static CK_RV
import_run(struct import *m, const struct privkey *key)
{
	struct token *t = m->home.token;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&t->lock);
	rv = home_authorise(&m->home, &m->attrs);
	pthread_mutex_unlock(&t->lock);
	return rv == CKR_OK ? tpm_import(t->core->tpm, &m->home.parent,
				      view(&m->home.hierarchy_auth), &m->home.caps, key, &m->spec,
				      view(&m->home.auth), &m->tpm_public, &m->tpm_private)
			    : rv;
}

/* Lock held. */
static CK_RV
import_add(struct import *m, token_owner owner)
{
	CK_RV rv = home_is_ours(&m->home);

	if (rv == CKR_OK)
		rv = home_object(&m->home, &m->attrs, &m->tpm_public, &m->tpm_private, &m->object);
	return rv == CKR_OK ? object_add_all(m->home.token, owner, &m->object, 1) : rv;
}

static CK_RV
import_make(struct import *m, struct token *t, token_owner owner, struct privkey *key)
{
	CK_RV rv = home_open(t, &m->home);

	if (rv == CKR_OK)
		rv = import_numbers(m, key);
	if (rv == CKR_OK)
		rv = import_attrs(m, key);
	if (rv == CKR_OK)
		rv = import_run(m, key);
	if (rv != CKR_OK)
		return rv;
	pthread_mutex_lock(&t->lock);
	rv = import_add(m, owner);
	pthread_mutex_unlock(&t->lock);
	return rv;
}

CK_RV
object_import(struct token *t, token_owner owner, enum attr_event event, const struct attrs *given,
	struct privkey *key, struct object **out)
{
	struct import m = { .event = event, .given = given };
	CK_RV rv = import_make(&m, t, owner, key);

	if (rv == CKR_OK) {
		*out = m.object;
		m.object = NULL; /* the reference is the caller's */
	}
	import_free(&m);
	return rv;
}

/* --- and out --- */

CK_RV
object_privkey(struct token *t, struct object *o, struct privkey *out)
{
	struct object *verified = NULL;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_KEY_UNEXTRACTABLE;

	if (o->key == NULL || attrs_bool(&o->attrs, CKA_ALWAYS_AUTHENTICATE, false))
		return rv;
	pthread_mutex_lock(&t->lock);
	rv = object_prepare(t, o, BYTES_EMPTY, &verified, &auth);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK && !attrs_bool(&verified->attrs, CKA_EXTRACTABLE, false))
		rv = CKR_KEY_UNEXTRACTABLE;
	if (rv == CKR_OK)
		rv = key_private(verified->key, view(&auth), out);
	if (rv == CKR_OK)
		rv = crypto_privkey_complete(out);
	if (rv == CKR_ATTRIBUTE_VALUE_INVALID)
		rv = rv_fail(CKR_DEVICE_ERROR,
			"The TPM gave out a key whose numbers do not belong together.");
	buf_free(&auth);
	object_put(verified);
	return rv;
}
