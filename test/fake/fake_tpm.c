/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TPM made of software. Blobs hold what a real TPM would encrypt, plainly:
 *   public   "FAKE" kind curve sign decrypt what exportable modulus exponent point
 *   private  hash of the authorisation and parent name, then secret or key
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "fake_private.h"

struct tpm {
	int unused;
};

struct fake_tpm fake_tpm;

static const uint32_t magic = 0x46414b45;

void
fake_tpm_reset(void)
{
	fake_tpm =
		(struct fake_tpm){ .max = 10, .fail_rv = CKR_DEVICE_ERROR, .hashes = UINT32_MAX };
}

/* Every command passes here. */
CK_RV
fake_command(void)
{
	void (*during)(void *arg) = fake_tpm.during;

	fake_tpm.calls++;
	if (during != NULL) {
		fake_tpm.during = NULL;
		during(fake_tpm.during_arg);
	}
	if (fake_tpm.absent)
		return CKR_DEVICE_REMOVED;
	return fake_tpm.calls == fake_tpm.fail_at ? fake_tpm.fail_rv : CKR_OK;
}

CK_RV
tpm_new(const char *tcti, enum tpm_manager manager, struct tpm **out)
{
	(void)tcti;
	(void)manager;
	*out = calloc(1, sizeof **out);
	return *out != NULL ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV
tpm_share(struct tpm *t, const char *path)
{
	(void)t;
	(void)path;
	return CKR_OK;
}

void
tpm_free(struct tpm *t)
{
	free(t);
}

/* --- parents --- */

void
tpm_parent_free(struct tpm_parent *p)
{
	buf_free(&p->name);
	buf_free(&p->public);
}

CK_RV
tpm_parent_open(struct tpm *t, enum tpm_hierarchy hierarchy, uint32_t handle,
	struct bytes hierarchy_auth, struct tpm_parent *out)
{
	CK_RV rv = fake_command();

	(void)t;
	if (rv == CKR_OK && hierarchy_auth.len > 0 &&
		!bytes_equal(hierarchy_auth, bytes_str("owner")))
		rv = CKR_PIN_INCORRECT;
	out->hierarchy = hierarchy;
	out->handle = hierarchy == TPM_OWNER ? 0x81000001 : handle;
	if (rv == CKR_OK)
		rv = buf_set(&out->name, bytes_str("\x0b name of the parent"));
	return rv == CKR_OK ? buf_set(&out->public, bytes_str("public area of the parent")) : rv;
}

CK_RV
tpm_parent_check(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth)
{
	CK_RV rv = fake_command();

	(void)t;
	(void)hierarchy_auth;
	if (rv == CKR_OK && !bytes_equal(view(&parent->name), bytes_str("\x0b name of the parent")))
		rv = CKR_DEVICE_ERROR;
	return rv;
}

/* --- blobs --- */

CK_RV
fake_private_make(
	const struct tpm_parent *parent, struct bytes auth, struct bytes content, struct buf *out)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	CK_RV rv = CKR_OK;

	buf_free(out);
	SHA256(auth.ptr, auth.len, hash);
	if ((rv = buf_append_sized(out, bytes_of(hash, sizeof hash))) != CKR_OK)
		return rv;
	if ((rv = buf_append_sized(out, view(&parent->name))) != CKR_OK)
		return rv;
	return buf_append_sized(out, content);
}

/* wrong: what a wrong authorisation is called. */
CK_RV
fake_private_open(const struct tpm_object *o, CK_RV wrong, struct bytes *content)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	struct reader r = reader_of(o->private);
	struct bytes auth = read_sized(&r);
	struct bytes parent = read_sized(&r);

	*content = read_sized(&r);
	if (!reader_done(&r) || !bytes_equal(parent, view(&o->parent->name)))
		return CKR_DEVICE_ERROR;
	if (o->auth.len == 0 || o->auth.ptr[o->auth.len - 1] == 0)
		return CKR_GENERAL_ERROR; /* the layers above promise that it does not happen */
	SHA256(o->auth.ptr, o->auth.len, hash);
	return bytes_equal(auth, bytes_of(hash, sizeof hash)) ? CKR_OK : wrong;
}

CK_RV
fake_public_make(const struct fake_public *p, struct buf *out)
{
	const uint8_t head[] = { (uint8_t)p->key.kind, (uint8_t)p->key.curve, p->sign, p->decrypt,
		(uint8_t)p->what, p->exportable };
	CK_RV rv = CKR_OK;

	buf_free(out);
	if ((rv = buf_append_u32(out, magic)) != CKR_OK)
		return rv;
	if ((rv = buf_append(out, bytes_of(head, sizeof head))) != CKR_OK)
		return rv;
	if ((rv = buf_append_sized(out, view(&p->key.modulus))) != CKR_OK)
		return rv;
	if ((rv = buf_append_sized(out, view(&p->key.exponent))) != CKR_OK)
		return rv;
	return buf_append_sized(out, view(&p->key.point));
}

CK_RV
fake_public_read(struct bytes public, struct fake_public *out)
{
	struct reader r = reader_of(public);
	struct buf *numbers[] = { &out->key.modulus, &out->key.exponent, &out->key.point };
	CK_RV rv = read_u32(&r) == magic ? CKR_OK : CKR_DEVICE_ERROR;

	out->key.kind = read_u8(&r);
	out->key.curve = read_u8(&r);
	out->sign = read_u8(&r);
	out->decrypt = read_u8(&r);
	out->what = read_u8(&r);
	out->exportable = read_u8(&r);
	for (int i = 0; i < 3 && rv == CKR_OK; i++)
		rv = buf_set(numbers[i], read_sized(&r));
	return rv == CKR_OK && !reader_done(&r) ? CKR_DEVICE_ERROR : rv;
}

CK_RV
tpm_public_key(struct bytes public, struct pubkey *out)
{
	struct fake_public p = { .what = TPM_KIND_ASYMMETRIC };
	CK_RV rv = fake_public_read(public, &p);

	if (rv == CKR_OK && p.what != TPM_KIND_ASYMMETRIC)
		rv = CKR_DEVICE_ERROR;
	*out = rv == CKR_OK ? p.key : PUBKEY_EMPTY; /* owned by the caller */
	if (rv != CKR_OK)
		pubkey_free(&p.key);
	return rv;
}

CK_RV
tpm_public_usage(struct bytes public, bool *sign, bool *decrypt)
{
	struct fake_public p = { .what = TPM_KIND_ASYMMETRIC };
	CK_RV rv = fake_public_read(public, &p);

	pubkey_free(&p.key);
	*sign = p.sign;
	*decrypt = p.decrypt;
	return rv;
}

CK_RV
tpm_public_kind(struct bytes public, enum tpm_kind *kind, bool *exportable)
{
	struct fake_public p = { .what = TPM_KIND_ASYMMETRIC };
	CK_RV rv = fake_public_read(public, &p);

	pubkey_free(&p.key);
	*kind = p.what;
	*exportable = p.exportable;
	return rv;
}

CK_RV
tpm_public_name(struct bytes public, struct buf *name)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	SHA256(public.ptr, public.len, hash);
	buf_free(name);
	if (buf_append_u16(name, 0x000b) != CKR_OK)
		return CKR_HOST_MEMORY;
	return buf_append(name, bytes_of(hash, sizeof hash));
}

/* --- seals --- */

CK_RV
tpm_seal(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	struct bytes auth, struct bytes secret, struct buf *public, struct buf *private)
{
	CK_RV rv = fake_command();

	(void)t;
	(void)hierarchy_auth;
	if (rv == CKR_OK && (secret.len > 128 || auth.len == 0 || auth.ptr[auth.len - 1] == 0))
		rv = CKR_GENERAL_ERROR;
	if (rv == CKR_OK)
		rv = buf_set(public, bytes_str("public area of a seal"));
	return rv == CKR_OK ? fake_private_make(parent, auth, secret, private) : rv;
}

CK_RV
tpm_unseal(struct tpm *t, const struct tpm_object *seal, struct buf *secret)
{
	struct bytes content = BYTES_EMPTY;
	CK_RV rv = fake_command();

	(void)t;
	if (rv != CKR_OK)
		return rv;
	if (fake_tpm.failures >= fake_tpm.max)
		return CKR_PIN_LOCKED;
	rv = fake_private_open(seal, CKR_PIN_INCORRECT, &content);
	if (rv == CKR_PIN_INCORRECT)
		fake_tpm.failures++;
	return rv == CKR_OK ? buf_set(secret, content) : rv;
}

/* --- keys --- */

CK_RV
fake_number(EVP_PKEY *key, const char *name, struct buf *out)
{
	BIGNUM *n = NULL;
	CK_RV rv = CKR_FUNCTION_FAILED;

	if (EVP_PKEY_get_bn_param(key, name, &n) == 1)
		rv = buf_resize(out, (size_t)BN_num_bytes(n));
	if (rv == CKR_OK)
		BN_bn2bin(n, out->ptr);
	BN_free(n);
	return rv;
}

static CK_RV
public_of(EVP_PKEY *key, const struct keyspec *spec, struct pubkey *out)
{
	uint8_t point[133];
	size_t len = 0;
	CK_RV rv = CKR_OK;

	out->kind = spec->kind;
	out->curve = spec->curve;
	if (spec->kind == KEY_RSA) {
		rv = fake_number(key, OSSL_PKEY_PARAM_RSA_N, &out->modulus);
		return rv == CKR_OK ? fake_number(key, OSSL_PKEY_PARAM_RSA_E, &out->exponent) : rv;
	}
	if (EVP_PKEY_get_octet_string_param(
		    key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) != 1)
		return CKR_FUNCTION_FAILED;
	return buf_set(&out->point, bytes_of(point, len));
}

CK_RV
fake_key_blobs(EVP_PKEY *key, const struct tpm_parent *parent, const struct keyspec *spec,
	struct bytes auth, struct buf *public, struct buf *private)
{
	struct fake_public p = { .sign = true,
		.decrypt = !fake_tpm.fips,
		.what = TPM_KIND_ASYMMETRIC,
		.exportable = spec->exportable };
	uint8_t *der = NULL;
	int len = i2d_PrivateKey(key, &der);
	CK_RV rv = len > 0 ? public_of(key, spec, &p.key) : CKR_FUNCTION_FAILED;

	if (rv == CKR_OK)
		rv = fake_public_make(&p, public);
	if (rv == CKR_OK)
		rv = fake_private_make(parent, auth, bytes_of(der, (size_t)len), private);
	OPENSSL_free(der);
	pubkey_free(&p.key);
	return rv;
}

CK_RV
tpm_create_key(struct tpm *t, const struct tpm_parent *parent, struct bytes hierarchy_auth,
	const struct tpm_caps *caps, const struct keyspec *spec, struct bytes auth,
	struct buf *public, struct buf *private)
{
	EVP_PKEY *key = NULL;
	CK_RV rv = fake_command();

	(void)t;
	(void)hierarchy_auth;
	(void)caps;
	if (rv != CKR_OK)
		return rv;
	if (spec->kind == KEY_RSA)
		key = EVP_RSA_gen((unsigned)spec->bits);
	else
		key = EVP_EC_gen(curve_row(spec->curve)->group);
	rv = key != NULL ? fake_key_blobs(key, parent, spec, auth, public, private)
			 : CKR_FUNCTION_FAILED;
	EVP_PKEY_free(key);
	return rv;
}

CK_RV
fake_key_open(const struct tpm_object *o, EVP_PKEY **out)
{
	struct bytes der = BYTES_EMPTY;
	CK_RV rv = fake_command();

	if (rv == CKR_OK)
		rv = fake_private_open(o, CKR_DEVICE_ERROR, &der);
	if (rv != CKR_OK)
		return rv;
	*out = d2i_AutoPrivateKey(NULL, &der.ptr, (long)der.len);
	return *out != NULL ? CKR_OK : CKR_DEVICE_ERROR;
}

static CK_RV
ecdsa_plain(struct bytes der, size_t field_len, struct buf *out)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der.ptr, (long)der.len);
	CK_RV rv = sig != NULL ? buf_resize(out, 2 * field_len) : CKR_FUNCTION_FAILED;

	if (rv == CKR_OK) {
		BN_bn2binpad(ECDSA_SIG_get0_r(sig), out->ptr, (int)field_len);
		BN_bn2binpad(ECDSA_SIG_get0_s(sig), out->ptr + field_len, (int)field_len);
	}
	ECDSA_SIG_free(sig);
	return rv;
}

/* padding 0: an EC key. */
static CK_RV
evp_sign(EVP_PKEY *key, int padding, enum hash hash, struct bytes digest, uint8_t *out, size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1;

	if (good && padding != 0)
		good = EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1 &&
		       EVP_PKEY_CTX_set_signature_md(
			       ctx, EVP_get_digestbyname(hash_row(hash)->name)) == 1;
	if (good && padding == RSA_PKCS1_PSS_PADDING)
		good = EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
	good = good && EVP_PKEY_sign(ctx, out, len, digest.ptr, digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good ? CKR_OK : CKR_FUNCTION_FAILED;
}

CK_RV
tpm_sign(struct tpm *t, const struct tpm_object *key, const struct scheme *s, struct bytes digest,
	struct buf *signature)
{
	static const int paddings[ALG_COUNT] = {
		[ALG_RSA_PKCS1] = RSA_PKCS1_PADDING, [ALG_RSA_PSS] = RSA_PKCS1_PSS_PADDING
	};
	uint8_t raw[512];
	size_t len = sizeof raw;
	EVP_PKEY *pkey = NULL;
	CK_RV rv = fake_key_open(key, &pkey);

	(void)t;
	if (rv == CKR_OK)
		rv = evp_sign(pkey, paddings[s->alg], s->digest, digest, raw, &len);
	if (rv == CKR_OK && s->alg == ALG_ECDSA)
		rv = ecdsa_plain(
			bytes_of(raw, len), ((size_t)EVP_PKEY_get_bits(pkey) + 7) / 8, signature);
	else if (rv == CKR_OK)
		rv = buf_set(signature, bytes_of(raw, len));
	EVP_PKEY_free(pkey);
	return rv;
}

static CK_RV
evp_raw(EVP_PKEY *key, struct bytes in, struct buf *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t len = in.len;
	CK_RV rv = buf_resize(out, in.len);

	if (rv == CKR_OK && (EVP_PKEY_decrypt_init(ctx) != 1 ||
				    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
				    EVP_PKEY_decrypt(ctx, out->ptr, &len, in.ptr, in.len) != 1))
		rv = CKR_DATA_INVALID;
	EVP_PKEY_CTX_free(ctx);
	return rv;
}

CK_RV
tpm_rsa_private(struct tpm *t, const struct tpm_object *key, struct bytes in, struct buf *out)
{
	bool sign = false;
	bool decrypt = false;
	EVP_PKEY *pkey = NULL;
	CK_RV rv = tpm_public_usage(key->public, &sign, &decrypt);

	(void)t;
	if (rv == CKR_OK && !decrypt)
		rv = CKR_GENERAL_ERROR; /* the layer above knows that it may not */
	if (rv == CKR_OK)
		rv = fake_key_open(key, &pkey);
	if (rv == CKR_OK)
		rv = evp_raw(pkey, in, out);
	EVP_PKEY_free(pkey);
	return rv;
}

static CK_RV
evp_derive(EVP_PKEY *key, struct bytes point, struct buf *out)
{
	EVP_PKEY *peer = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx = NULL;
	size_t len = 0;
	bool good = EVP_PKEY_copy_parameters(peer, key) == 1 &&
		    EVP_PKEY_set1_encoded_public_key(peer, point.ptr, point.len) == 1;

	ctx = EVP_PKEY_CTX_new(key, NULL);
	good = good && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	       EVP_PKEY_derive(ctx, NULL, &len) == 1 && buf_resize(out, len) == CKR_OK &&
	       EVP_PKEY_derive(ctx, out->ptr, &len) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return good ? CKR_OK : CKR_FUNCTION_FAILED;
}

CK_RV
tpm_ecdh(struct tpm *t, const struct tpm_object *key, struct bytes peer, struct buf *z)
{
	bool sign = false;
	bool decrypt = false;
	EVP_PKEY *pkey = NULL;
	CK_RV rv = tpm_public_usage(key->public, &sign, &decrypt);

	(void)t;
	if (rv == CKR_OK && !decrypt)
		rv = CKR_GENERAL_ERROR; /* the layer above knows that it may not */
	if (rv == CKR_OK)
		rv = fake_key_open(key, &pkey);
	if (rv == CKR_OK)
		rv = evp_derive(pkey, peer, z);
	EVP_PKEY_free(pkey);
	return rv;
}

CK_RV
tpm_change_auth(
	struct tpm *t, const struct tpm_object *key, struct bytes new_auth, struct buf *private)
{
	struct bytes content = BYTES_EMPTY;
	CK_RV rv = fake_command();

	(void)t;
	if (rv == CKR_OK && (new_auth.len == 0 || new_auth.ptr[new_auth.len - 1] == 0))
		rv = CKR_GENERAL_ERROR;
	if (rv == CKR_OK)
		rv = fake_private_open(key, CKR_DEVICE_ERROR, &content);
	return rv == CKR_OK ? fake_private_make(key->parent, new_auth, content, private) : rv;
}

CK_RV
tpm_forget(struct tpm *t, struct bytes public)
{
	(void)t;
	(void)public;
	fake_tpm.forgotten++;
	return CKR_OK;
}

/* --- the rest --- */

CK_RV
tpm_random(struct tpm *t, size_t len, struct buf *out)
{
	CK_RV rv = fake_command();

	(void)t;
	if (rv == CKR_OK)
		rv = buf_resize(out, len < 32 ? len : 32);
	if (rv == CKR_OK && RAND_bytes(out->ptr, (int)out->len) != 1)
		rv = CKR_FUNCTION_FAILED;
	return rv;
}

CK_RV
tpm_read_caps(struct tpm *t, struct tpm_caps *out)
{
	CK_RV rv = fake_command();

	(void)t;
	*out = (struct tpm_caps){
		.vendor = "FAKE",
		.firmware = 1,
		.hashes = fake_tpm.hashes,
		.curves = 1U << CURVE_P256 | 1U << CURVE_P384,
		.rsa_bits = 1U << 1 | 1U << 2,
		.encrypt_decrypt = !fake_tpm.no_aes,
		.modes = (1U << BLOCK_MODES) - 1 - fake_tpm.missing_modes,
		.aes_bits = 1U << 2 | 1U << 3 | 1U << 4,
		.fips = fake_tpm.fips,
		.max_auth_fail = fake_tpm.max,
	};
	return rv;
}

CK_RV
tpm_read_lockout(struct tpm *t, struct tpm_lockout *out)
{
	CK_RV rv = fake_command();

	(void)t;
	*out = (struct tpm_lockout){
		.counter = fake_tpm.failures,
		.max = fake_tpm.max,
		.interval_s = 1000,
		.recovery_s = 1000,
		.locked = fake_tpm.failures >= fake_tpm.max,
	};
	return rv;
}

CK_RV
tpm_reset_lockout(struct tpm *t, struct bytes lockout_auth)
{
	CK_RV rv = fake_command();

	(void)t;
	(void)lockout_auth;
	if (rv == CKR_OK)
		fake_tpm.failures = 0;
	return rv;
}
